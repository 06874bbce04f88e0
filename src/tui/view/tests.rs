//! What has to hold of a picture whatever the room and the window.

use super::parts;
use crate::app::error::{Error, Kind};
use crate::domain::gate;
use crate::domain::ids::Digest;
use crate::domain::ledger::{BlobState, Body, Entry};
use crate::tui::model::{Screen, Subject};
use crate::tui::msg::Msg;
use crate::tui::testing::{BLANK, NORTHWIND, blank_model, model, opened, picture, press, tell};
use std::sync::Arc;

fn line(picture: &str, with: &str) -> String {
    picture.lines().find(|line| line.contains(with)).unwrap_or_default().to_owned()
}

#[test]
fn no_width_cuts_the_tabs() {
    for width in (80..=130).chain([160, 200]) {
        for screen in Screen::ALL {
            let mut model = model(NORTHWIND, width, 30);
            press(&mut model, &screen.number().to_string());
            let tabs = picture(&model).lines().nth(1).unwrap_or_default().to_owned();
            assert!(tabs.contains("9 Decide"), "{width}: {tabs}");
        }
    }
}

#[test]
fn an_action_that_has_no_row_is_counted_and_the_whole_way_reaches_it() {
    let mut model = blank_model(80, 24);
    let mut room = opened(BLANK);
    room.readiness = gate::evaluate(&room.snapshot.plan, &room.snapshot.room, &room.snapshot.ledger, model.now);
    tell(&mut model, Msg::RoomLoaded(Ok(Box::new(room))));
    let all = model.facts().map_or(0, |facts| facts.readiness.actions.len());
    assert!(all > 5, "{all}");
    assert!(picture(&model).contains(&format!("{} more; t shows the whole way", all - 4)), "{}", picture(&model));
    press(&mut model, "t");
    let last = model.facts().and_then(|facts| facts.readiness.way.last().map(|action| action.kind.clone()));
    let wanted = last.map(Subject::Action);
    for _ in 0..60 {
        if model.selected() == wanted.as_ref() {
            return;
        }
        press(&mut model, "j");
    }
    panic!("the last action is out of reach");
}

#[test]
fn a_locked_record_of_another_machine_is_no_fault_and_a_missing_one_of_ours_is() {
    let digest = Digest::of(b"bytes");
    let attached = serde_json::from_value(serde_json::json!({
        "proof": "launch-proof-bundle", "target": "launch-proof-bundle", "class": "locked", "outcome": "passed",
        "digest": digest, "size": 5, "holder": "another-machine",
    }));
    let body = Body::Attached(attached.expect("a record"));
    let at = "2026-11-18T09:00:00Z".parse().expect("a moment");
    let entry = Entry { seq: 1, at, by: "Jonas Okafor".into(), body, prev: Digest::ZERO, hash: Digest::ZERO };
    for (holder, wanted) in [("this-machine", "passed, receipt"), ("another-machine", "bytes missing")] {
        let mut room = opened(NORTHWIND);
        room.snapshot.ledger.entries = Arc::new(vec![entry.clone()]);
        room.snapshot.ledger.holder = Some(holder.to_owned());
        room.snapshot.ledger.blobs = [(digest, BlobState::Missing)].into();
        let mut model = blank_model(80, 24);
        tell(&mut model, Msg::RoomLoaded(Ok(Box::new(room))));
        press(&mut model, "6");
        let row = line(&picture(&model), "Launch proof bundle");
        assert!(row.contains(wanted) && row.contains('✗') == wanted.contains("missing"), "{row}");
    }
}

#[test]
fn whom_an_action_waits_for_is_whole_at_every_width() {
    for width in 80..=200 {
        let seen = picture(&model(NORTHWIND, width, 30));
        for words in ["asked 2 d ago", "not asked yet", "after row 3", "after all rows", "accepted 12 Nov, stands"] {
            assert!(seen.contains(words), "{words} at {width}:\n{seen}");
        }
    }
}

#[test]
fn a_long_tenant_name_leaves_the_clock_and_the_call() {
    let mut long = opened(NORTHWIND);
    Arc::make_mut(&mut long.snapshot.room).tenant.name = "International Freight and Warehousing Holding".repeat(3);
    let mut model = blank_model(80, 24);
    tell(&mut model, Msg::RoomLoaded(Ok(Box::new(long))));
    let header = picture(&model).lines().next().unwrap_or_default().to_owned();
    assert!(header.contains("Thu 19 Nov 09:14") && header.contains("go/no-go Wed 25 Nov"), "{header}");
}

#[test]
fn wording_of_the_rooms_own_motion_may_be_used_and_what_no_gate_unlocked_may_not() {
    let mut model = model(NORTHWIND, 100, 60);
    press(&mut model, "8");
    let seen = picture(&model);
    assert!(seen.contains("✓ may                Invoice-led paid beta"), "{seen}");
    assert!(seen.contains("■ self-serve         Self-serve checkout"), "{seen}");
}

#[test]
fn a_pasted_text_is_checked_place_by_place() {
    let mut model = model(NORTHWIND, 120, 40);
    press(&mut model, "8");
    tell(&mut model, Msg::Pasted("Our offer:\n\n  **self serve** checkouts,\nand a managed rollout".into()));
    let seen = picture(&model);
    for told in ["YOUR TEXT, 4 lines: 1 place with blocked wording", "✗ 3:5", "line 3, column 5", "Manual billing fallback"] {
        assert!(seen.contains(told), "{told}: {seen}");
    }
    press(&mut model, "p");
    tell(&mut model, Msg::Pasted("a managed rollout\n".into()));
    let seen = picture(&model);
    assert!(seen.contains("YOUR TEXT, 1 line: no blocked wording"), "{seen}");
    let asked = press(&mut model, "p<Tab>offer.docx<Enter>");
    assert_eq!(asked, [crate::tui::effect::Effect::ReadDocument("offer.docx".into())]);
    let document =
        crate::format::document::read("offer.docx", b"self-serve checkout").map_err(|no| Error::new(Kind::Input, "", no.why));
    tell(&mut model, Msg::DocumentRead { file: "offer.docx".into(), outcome: document });
    let document =
        crate::format::document::read("offer.md", b"self-serve checkout").map_err(|no| Error::new(Kind::Input, "", no.why));
    assert!(picture(&model).contains("it is named like a DOCX and is none"), "{}", picture(&model));
    tell(&mut model, Msg::DocumentRead { file: "offer.md".into(), outcome: document });
    assert!(picture(&model).contains("offer.md, 1 line: 1 place"), "{}", picture(&model));
    press(&mut model, "punbounded SSO/SCIM<Enter>");
    assert!(picture(&model).contains("✗ 1:1"), "{}", picture(&model));
}

#[test]
fn a_decision_nobody_can_take_yet_waits_and_is_not_red() {
    let mut model = model(NORTHWIND, 120, 40);
    press(&mut model, "4g");
    let row = line(&picture(&model), "decision  ");
    assert!(row.contains("· decision") && row.contains("both sides") && row.contains("waits for 4 above"), "{row}");
}

#[test]
fn what_is_told_is_told_whole() {
    let mut model = model(NORTHWIND, 80, 24);
    model.complain("The room file cannot be read: launchroom.toml, line 12:4: a value was expected here, and nothing stands. Fix it with E, or undo");
    let seen = picture(&model);
    assert!(seen.contains("or undo") && seen.contains("! The room file"), "{seen}");
}

#[test]
fn every_field_of_a_form_has_its_hint() {
    let mut model = model(NORTHWIND, 80, 24);
    press(&mut model, "3e");
    let seen = picture(&model);
    for hint in ["who holds it", "never leaves this room", "why we believe it"] {
        assert!(seen.contains(hint), "{hint}: {seen}");
    }
}

#[test]
fn the_end_of_the_help_is_a_whole_page() {
    let mut model = model(NORTHWIND, 80, 24);
    press(&mut model, "?G");
    let seen = picture(&model);
    assert!(seen.contains("not yet, or not needed") && seen.lines().filter(|line| line.len() > 4).count() > 15, "{seen}");
}

#[test]
fn only_what_ends_before_the_call_stands_under_it() {
    let seen = picture(&model(NORTHWIND, 120, 60));
    let (_, after) = seen.split_once("Before Wed 25 Nov").unwrap_or_default();
    let section: Vec<&str> = after.lines().skip(1).take_while(|line| !line.contains("entry") && !line.starts_with('─')).collect();
    assert!(!section.iter().any(|line| line.contains("Dec")), "{section:?}");
}

#[test]
fn a_reason_is_shortened_by_whole_clauses() {
    let reason = "support-email changed: was managed, now manual";
    assert_eq!(parts::in_clauses(reason, 80), reason);
    assert_eq!(parts::in_clauses(reason, 40), "support-email changed: was managed");
    assert_eq!(parts::in_clauses(reason, 25), "support-email changed");
    assert_eq!(parts::in_clauses(reason, 5), reason, "nothing whole fits: the line marks the cut");
}
