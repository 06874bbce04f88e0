//! Scenarios: a plan, a room, what happened, and how it must come out. Every file of `tests/scenario/` is a test.
//!
//! What happened goes through `apply`, as it does in the program, so a scenario cannot record what a rule refuses. Each
//! line of `expect` must be the beginning of a line that the verdict makes; each line of `never` of none.

#![allow(clippy::expect_used, clippy::panic)] // a test may stop where it stands

#[path = "support/story.rs"]
mod story;
#[path = "support/told.rs"]
mod told;

use launchroom::domain::gate::evaluate;
use launchroom::domain::plan::Requirement;
use std::fmt::Write as _;
use std::{fs, path::Path};
use story::Story;

#[test]
fn every_scenario_comes_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenario");
    let mut files: Vec<_> = fs::read_dir(&folder).expect("the scenarios").map(|file| file.expect("a file").path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    files.sort();
    assert!(files.len() > 20, "scenarios are missing from {}", folder.display());
    let mut wrong = String::new();
    for path in files {
        let text = fs::read_to_string(&path).expect("a scenario");
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let story: Story = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        if let Err(what) = story.check() {
            write!(wrong, "\n=== {name}: {}\n{what}", story.about).expect("text grows");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Even where a plan says that stating a document suffices: what policy blocks is opened by what is shown.
#[test]
fn a_statement_never_counts_inside_a_gate_that_policy_blocks() {
    let told = |gate: &str| {
        let story = "about = ''\nfilled = true\nproven = true\nnow = '2026-11-19T08:14:00Z'\nexpect = []\n\
            event = [{ at = '2026-11-17T08:00:00Z', withdraw = 5 },\n\
            { at = '2026-11-17T08:00:00Z', attach = 'live/billing', target = 'billing', reference = 'OF-1' }]";
        let story: Story = toml::from_str(story).expect("a story");
        let mut stage = story.play().expect("played");
        let asks = stage.plan.requirement("live/billing").expect("it wants billing terms").clone();
        let slug = format!("{gate}/terms");
        let gate = stage.plan.gates.iter_mut().find(|one| one.id == *gate).expect("the gate");
        gate.requires.push(Requirement { id: slug.as_str().into(), ..asks });
        let now = "2026-11-19T08:14:00Z".parse().expect("a time");
        let readiness = evaluate(&stage.plan, &stage.room, &stage.ledger, now);
        let state = readiness.requirement(&slug).expect("it is judged");
        format!("{}: {}", state.status.as_str(), state.reason)
    };
    assert_eq!(told("setup"), "met: stated in #7 Tue 09:00");
    assert_eq!(told("open"), "unmet: stated in #7; a captured file is needed");
}

/// A room may aim a proof at a host of its own: then its runs belong there, or where the plan says.
#[test]
fn a_run_belongs_to_the_host_that_the_plan_or_the_room_names() {
    let told = |own: &str, ran: &str, host: &str| {
        let story = format!(
            "about = ''\nplan = 'first-customer'\nnow = '2026-11-19T08:14:00Z'\nexpect = []\nevent = [{{ at = '2026-11-18T08:00:00Z', \
            run = 'customer-launch-room', command = '{ran}', host = '{host}' }}]"
        );
        let story: Story = toml::from_str(&story).expect("a story");
        let mut stage = story.play().expect("played");
        stage.room.commands.insert("customer-launch-room".into(), own.to_owned());
        let now = "2026-11-19T08:14:00Z".parse().expect("a time");
        let readiness = evaluate(&stage.plan, &stage.room, &stage.ledger, now);
        readiness.requirement("private-beta/launch-room-proof").expect("it is judged").reason.clone()
    };
    let npm = "npm run check:customer-launch-room";
    let own = format!("THESMIOS_SMOKE_URL=https://eu.thesmios.com {npm}");
    assert!(told(&own, &own, "eu.thesmios.com").starts_with("passed"));
    assert!(told(&own, npm, "www.thesmios.com").starts_with("passed"));
    let other = told(&own, npm, "us.thesmios.com");
    assert_eq!(other, "made against us.thesmios.com, not eu.thesmios.com or www.thesmios.com");
    let script = "sh p.sh --base-url https://eu.thesmios.com";
    assert!(told(script, script, "eu.thesmios.com").starts_with("passed"));
    assert_eq!(told(script, "sh p.sh --base-url https://x.test", "x.test"), "made against x.test, not eu.thesmios.com");
    assert!(told("sh p.sh", "sh p.sh", "anywhere.test").starts_with("passed"));
}
