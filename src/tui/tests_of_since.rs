//! What moved since somebody last looked: from a start they choose, and looking uses nothing up.

use super::effect::Effect;
use super::model::since::Start;
use super::msg::Msg;
use super::testing::{self, at, picture, press, tell};
use crate::domain::ids::Digest;
use crate::domain::ledger::{Body, Entry, RoomChanged, ValueChange};
use crate::domain::room::Value;
use std::sync::Arc;

const ROOM: &str = r#"
schema = 1
plan = "first-customer"
[tenant]
id = "northwind"
name = "Northwind Logistics"
kickoff = 2026-11-02
[owners.tenant-owner]
name = "Mara Lindt"
[owners.executive-sponsor]
name = "Ingrid Aasen"
[owners.implementation-owner]
name = "Jonas Okafor"
"#;

/// A room in which the last owner of setup was named on Wednesday evening.
fn moved() -> super::model::Model {
    let mut model = testing::model(ROOM, 120, 40);
    let mut opened = testing::opened(ROOM);
    let change =
        ValueChange { path: "owners.executive-sponsor.name".into(), was: None, now: Some(Value::Text("Ingrid Aasen".into())) };
    let entry = |seq, moment: &str, body| Entry {
        seq,
        at: at(moment),
        by: "J. Okafor".into(),
        body,
        prev: Digest::ZERO,
        hash: Digest::ZERO,
    };
    let entries = Arc::make_mut(&mut opened.snapshot.ledger.entries);
    entries.push(entry(1, "2026-11-10T09:00:00Z", Body::EditedOutside(RoomChanged::default())));
    entries.push(entry(2, "2026-11-18T17:00:00Z", Body::RoomChanged(RoomChanged::new(vec![change]))));
    let snapshot = &opened.snapshot;
    opened.readiness = crate::domain::gate::evaluate(&snapshot.plan, &snapshot.room, &snapshot.ledger, testing::at(testing::NOW));
    tell(&mut model, Msg::RoomLoaded(Ok(Box::new(opened))));
    model
}

#[test]
fn it_says_what_moved_from_what_to_what_and_because_of_whom() {
    let mut model = moved();
    model.since.looked = Some(at("2026-11-13T15:40:00Z"));
    press(&mut model, "s");
    let seen = picture(&model);
    assert!(seen.contains("Since you last looked, Fri 13 Nov"), "{seen}");
    assert!(seen.contains("setup/roles: unmet → met"), "{seen}");
    assert!(seen.contains("#2 Executive sponsor is Ingrid Aasen, by J. Okafor"), "{seen}");
    press(&mut model, "<Esc>");
    assert!(picture(&model).contains("newly met"), "the row on Now counts it");
    press(&mut model, "s<Esc>");
    assert_eq!(model.since.looked, Some(at("2026-11-13T15:40:00Z")), "looking uses nothing up");
}

#[test]
fn the_start_is_chosen() {
    let mut model = moved();
    press(&mut model, "s");
    assert!(picture(&model).contains("Since yesterday"), "somebody who never looked");
    for start in [Start::Yesterday, Start::Monday, Start::Kickoff, Start::Looked] {
        press(&mut model, "s");
        assert_eq!(model.since.start, start);
    }
    press(&mut model, "e2026-11-19<Enter>");
    let seen = picture(&model);
    assert!(seen.contains("Since Thu 19 Nov 00:00") && seen.contains("No gate, step or requirement moved"), "{seen}");
    press(&mut model, "esoon<Enter>");
    assert!(picture(&model).contains("neither a day"), "nonsense is told in the form");
}

#[test]
fn the_brief_is_copied_in_twelve_lines() {
    let mut model = moved();
    let effects = press(&mut model, "b");
    let Some(Effect::Copy { text, .. }) = effects.first() else { panic!("{effects:?}") };
    assert!(text.starts_with("NO-GO") && text.lines().count() <= 12, "{text}");
}
