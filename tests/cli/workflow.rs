//! The example workflow: every command in it is one of ours, and its steps do what they are there for.

use crate::desk::Desk;
use clap::Parser as _;
use launchroom::cli::args::Cli;
use std::os::unix::fs::symlink;
use std::process::Command;

const WORKFLOW: &str = include_str!("../../assets/ci/launch-review.yml");

/// The scripts of its steps, by name.
fn steps() -> Vec<(String, String)> {
    let (mut out, mut name): (Vec<(String, String)>, _) = (Vec::new(), String::new());
    let mut block = None;
    for line in WORKFLOW.lines() {
        let indent = line.len() - line.trim_start().len();
        if let Some(at) = block.filter(|at| indent > *at) {
            let (_, script) = out.last_mut().unwrap_or_else(|| panic!("a block at {at} without a step"));
            script.push_str(line.trim_start());
            script.push('\n');
            continue;
        }
        block = None;
        let text = line.trim_start();
        if let Some(named) = text.strip_prefix("- name: ") {
            named.clone_into(&mut name);
        } else if text == "run: |" {
            out.push((name.clone(), String::new()));
            block = Some(indent);
        } else if let Some(command) = text.strip_prefix("run: ") {
            out.push((name.clone(), format!("{command}\n")));
        }
    }
    out
}

/// The words of every `launchroom` in a script, as a shell would hand them over; variables stand for one word.
fn commands(script: &str) -> Vec<Vec<String>> {
    let ends = |word: &&str| !matches!(*word, ">" | ">>" | "|" | "||" | "&&" | ";");
    let lines = script.lines().filter(|line| line.starts_with("launchroom "));
    lines.map(|line| line.split(' ').take_while(ends).map(|word| word.trim_matches('"').to_owned()).collect()).collect()
}

#[test]
fn every_command_of_the_example_workflow_is_one_of_ours() {
    let all: Vec<Vec<String>> = steps().iter().flat_map(|(_, script)| commands(script)).collect();
    for words in &all {
        assert!(Cli::try_parse_from(words).is_ok(), "{words:?}: {}", Cli::try_parse_from(words).unwrap_err());
    }
    let has = |wanted: &[&str]| all.iter().any(|words| wanted.iter().all(|word| words.iter().any(|one| one == word)));
    for wanted in [&["review", "markdown"][..], &["review", "junit"], &["claims", "check", "sarif"], &["evidence", "verify"]] {
        assert!(has(wanted), "{wanted:?} is not in {all:#?}");
    }
    let named = WORKFLOW.lines().filter(|line| !line.trim_start().starts_with('#') && line.contains("launchroom --")).count();
    assert_eq!(named, all.len(), "each of them was looked at");
}

/// A step, run as the workflow runs it.
fn step(desk: &Desk, name: &str) -> i32 {
    let all = steps();
    let (_, script) = all.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no step {name}: {all:#?}"));
    std::fs::create_dir_all(desk.path("bin")).unwrap();
    drop(symlink(assert_cmd::cargo::cargo_bin("launchroom"), desk.path("bin/launchroom")));
    let path = format!("{}:{}", desk.path("bin").display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", script]).current_dir(desk.home()).env_clear().env("PATH", path).env("HOME", desk.home());
    shell.env("LAUNCHROOM_ROOM", "launchroom.toml").env("WORDING", "docs/*.md");
    shell.env("GITHUB_STEP_SUMMARY", desk.path("summary.md"));
    let ended = shell.output().unwrap();
    ended.status.code().unwrap_or(-1)
}

#[test]
fn a_no_go_is_reported_and_stops_only_the_step_that_is_there_for_it() {
    let desk = Desk::with_room();
    std::fs::create_dir_all(desk.path("docs")).unwrap();
    desk.write("docs/offer.md", "We offer self-serve checkout today.\n");
    for name in ["The review, for people", "The review, for the test report", "Wording that no clear gate has unlocked"] {
        assert_eq!(step(&desk, name), 0, "{name}");
    }
    assert!(desk.read("summary.md").contains("# NO-GO"), "{}", desk.read("summary.md"));
    assert!(desk.read("launch-review.xml").starts_with("<?xml"));
    let marked: serde_json::Value = serde_json::from_str(&desk.read("claims.sarif")).unwrap();
    assert_eq!(marked["version"], "2.1.0");
    assert!(!marked["runs"][0]["results"].as_array().unwrap().is_empty(), "{marked:#}");
    assert_eq!(step(&desk, "Go, or not"), 1);
    assert!(!desk.path("launchroom.evidence").exists(), "nothing was changed");
}

#[test]
fn a_room_that_cannot_be_read_is_a_fault_and_no_verdict() {
    let desk = Desk::with_room();
    desk.write("launchroom.toml", "schema = 1\nplan = 7\n");
    assert_eq!(step(&desk, "The review, for people"), 2);
    assert_eq!(step(&desk, "The room can be read, and its ledger and captured bytes are what they were"), 2);
}
