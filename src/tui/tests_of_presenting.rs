//! Presenting, screen by screen: what is marked as somebody's own is on none of them.

use super::effect::Effect;
use super::model::Screen;
use super::msg::Msg;
use super::testing::{self, picture, press, tell};
use super::update::present;
use crate::domain::ids::Digest;
use crate::domain::ledger::{Attached, Body, Decision, DecisionOutcome, Entry, Inputs, Outcome, Run};
use crate::domain::plan::Class;
use crate::present::audience::Audience;
use std::sync::Arc;

const ROOM: &str = r#"
schema = 1
plan = "first-customer"
[tenant]
id = "northwind"
name = "Northwind Logistics"
kickoff = 2026-11-02
[scope]
cohort = "TENANTMARK cohort"
employee_notice = "TENANTMARK notice"
modules = ["TENANTMARK module"]
[owners.tenant-owner]
name = "Mara Lindt"
contact = "INNERMARK-mail"
basis = "INNERMARK basis"
[functions.finance]
name = "Priya Nair"
contact = "INNERMARK-phone"
[dependencies.stripe]
treatment = "invoice"
order_form = "TENANTMARK order form"
launch_room = "TENANTMARK room"
[commands]
launch-proof-bundle = "/home/INNERMARK/run"
"#;

/// A room in which everything that is not for everybody bears a mark.
fn marked(width: u16, height: u16) -> super::model::Model {
    let mut model = testing::model(ROOM, width, height);
    model.place = "/home/INNERMARK/launchroom.toml".into();
    let now = model.now;
    let run = Run {
        id: "run-1".into(),
        command: "/home/INNERMARK/run --for LOCKEDMARK".into(),
        env: vec!["LOCKEDMARK_NAME".into()],
        host: Some("lockedmark.example.test".into()),
        started: now,
        ended: now,
        exit: Some(0),
        signal: None,
        seen: 1,
        cut: false,
    };
    let record = |class, mark: &str| Attached {
        reference: Some(format!("{mark} reference")),
        note: Some("INNERMARK note".into()),
        file: Some("/home/INNERMARK/file".into()),
        ..Attached::at("launch-room".into(), class, Outcome::Reference)
    };
    let locked = Attached { proof: Some("readiness-strict".into()), run: Some(run), ..record(Class::Locked, "LOCKEDMARK") };
    let decision = Decision {
        stage: "setup".into(),
        outcome: DecisionOutcome::Accepted,
        customer: "Mara Lindt".into(),
        operator: "Jonas Okafor".into(),
        judged: Inputs::default(),
        digest: None,
        head: None,
        length: None,
        reference: Some("TENANTMARK paper".into()),
        note: Some("INNERMARK decision note".into()),
    };
    let bodies = [
        Body::Attached(Box::new(locked)),
        Body::Attached(Box::new(record(Class::Tenant, "TENANTMARK"))),
        Body::Decided(Box::new(decision)),
    ];
    let opened = model.opened.as_mut().unwrap();
    let entries = Arc::make_mut(&mut opened.snapshot.ledger.entries);
    for (place, body) in bodies.into_iter().enumerate() {
        let seq = place as u64 + 1;
        entries.push(Entry { seq, at: now, by: "J. Okafor".into(), body, prev: Digest::ZERO, hash: Digest::ZERO });
    }
    model.opened.as_mut().unwrap().readiness.gates[1].requirements[0].reason = "cohort changed: was TENANTMARK cohort".into();
    model
}

/// Every screen, every row of it with its detail, why, since and help.
fn walked(model: &mut super::model::Model) -> String {
    let mut seen = String::new();
    for screen in Screen::ALL {
        press(model, &screen.number().to_string());
        press(model, "g");
        for _ in 0..14 {
            seen.push_str(&picture(model));
            press(model, "w");
            seen.push_str(&picture(model));
            press(model, "<Esc>");
            press(model, "<Enter>");
            seen.push_str(&picture(model));
            press(model, "<Esc>");
            press(model, &screen.number().to_string());
            press(model, "j");
        }
    }
    press(model, "s");
    seen.push_str(&picture(model));
    press(model, "<Esc>:");
    seen.push_str(&picture(model));
    press(model, "<Esc>");
    seen
}

#[test]
fn nothing_that_is_not_for_them_is_on_any_screen() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        for (audience, marks) in [
            (Audience::Buyer, ["INNERMARK", "LOCKEDMARK", "lockedmark", "TENANTMARK"].as_slice()),
            (Audience::Customer, &["INNERMARK", "LOCKEDMARK", "lockedmark"]),
        ] {
            let mut model = marked(width, height);
            present::draw(&mut model, audience);
            let seen = walked(&mut model);
            for mark in marks {
                let line = seen.lines().find(|line| line.contains(mark));
                assert!(line.is_none(), "{audience:?} at {width}x{height} sees {mark}: {line:?}");
            }
            let heads = seen.lines().filter(|line| line.contains("Northwind"));
            assert!(heads.count() > 0 && picture(&model).lines().next().unwrap().contains("PRESENTING"));
        }
    }
}

#[test]
fn without_the_curtain_the_marks_are_there() {
    let seen = walked(&mut marked(120, 40));
    for mark in ["INNERMARK", "LOCKEDMARK", "TENANTMARK"] {
        assert!(seen.contains(mark), "{mark} is on no screen, so hiding it shows nothing");
    }
}

#[test]
fn the_header_says_presenting_however_narrow_it_is() {
    for width in [40, 60, 80, 120] {
        let mut model = marked(width, 24);
        present::draw(&mut model, Audience::Buyer);
        tell(&mut model, Msg::RoomChangedOutside);
        let head = picture(&model).lines().next().unwrap().to_owned();
        assert!(head.contains("PRESENTING buyer") && head.contains("1 change waiting"), "{width}: {head}");
    }
}

#[test]
fn whatever_writes_runs_or_copies_is_off_and_leaving_takes_two_steps() {
    let mut model = marked(120, 40);
    press(&mut model, "P");
    assert!(model.curtain.is_none(), "it asks first");
    press(&mut model, "<Enter>");
    assert!(model.curtain.is_some());
    for screen in 1..=9 {
        for key in ["r", "a", "e", "x", "n", "y", "u", "E", "o", "<Ctrl-R>", "<Ctrl-Z>", "<Space>", "<Enter>", "v", "N", "d"] {
            let effects = press(&mut model, &format!("{screen}{key}"));
            assert!(effects.is_empty(), "{screen}{key}: {effects:?}");
            press(&mut model, "<Esc>");
        }
    }
    assert!(press(&mut model, "q").is_empty(), "leaving the cockpit asks, too");
    press(&mut model, "<Esc>P");
    assert!(model.curtain.is_some(), "one step is not enough");
    assert_eq!(press(&mut model, "y"), [Effect::Reveal]);
    tell(&mut model, Msg::Revealed);
    assert!(model.curtain.is_none() && picture(&model).contains("Presenting is over"));
}

#[test]
fn what_is_off_meanwhile_says_so_and_not_something_else() {
    for after in [
        Msg::KeyPressed(crate::tui::terminal::Key::plain(crate::tui::terminal::Code::Char('p'))),
        Msg::Pasted("Self-serve checkout".into()),
    ] {
        let mut model = marked(120, 40);
        press(&mut model, "P<Enter>8");
        tell(&mut model, after);
        let seen = picture(&model);
        assert!(seen.contains("only looking is possible while presenting") && !seen.contains("open a form first"), "{seen}");
        assert!(model.claims.checked.is_none());
    }
}

#[test]
fn the_picture_stands_still_until_it_is_over() {
    let mut model = marked(120, 40);
    present::draw(&mut model, Audience::Customer);
    let before = picture(&model);
    model.now += jiff::SignedDuration::from_hours(2);
    tell(&mut model, Msg::MomentCame);
    let mut other = testing::opened(ROOM);
    Arc::make_mut(&mut other.snapshot.room).tenant.name = "Another name".into();
    tell(&mut model, Msg::RoomLoaded(Ok(Box::new(other))));
    assert_eq!(picture(&model), before);
    tell(&mut model, Msg::Revealed);
    assert!(picture(&model).contains("Another name"), "what waited is there afterwards");
}
