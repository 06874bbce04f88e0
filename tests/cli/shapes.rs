//! The JSON that scripts rely on.

use crate::desk::Desk;
use serde_json::Value;

fn has(value: &Value, keys: &str) {
    for key in keys.split_whitespace() {
        assert!(value.get(key).is_some(), "`{key}` is missing in {value:#}");
    }
}

#[test]
fn review_has_its_shape() {
    let desk = Desk::with_room();
    let review = desk.json(&["review", "--json"]);
    assert_eq!(review["schema"], 1);
    has(&review, "room as_of verdict stage gates next_actions holds_until ends_because");
    assert_eq!(review["room"]["id"], "northwind-logistics");
    assert_eq!(review["room"]["name"], "Northwind Logistics");
    assert_eq!(review["room"]["plan"], "first-customer");
    assert_eq!(review["verdict"], "no_go");
    has(&review["stage"], "accepted allowed next target");
    assert_eq!(review["stage"]["target"], "paid-beta");
    let gates: Vec<_> = review["gates"].as_array().unwrap().iter().map(|gate| gate["id"].as_str().unwrap()).collect();
    assert_eq!(gates, ["setup", "private-beta", "paid-beta", "self-serve", "enterprise"]);
    has(&review["gates"][0], "id title status met total stop_rule requirements holds_until ends_because");
    has(&review["gates"][0]["requirements"][0], "id kind text status reason owner remedy excludable fresh_until");
    has(&review["next_actions"][0], "text owner side command unlocks");
    assert_eq!(desk.json(&["review", "--format", "json"])["schema"], 1);
}

#[test]
fn status_has_its_shape() {
    let status = Desk::with_room().json(&["status", "--json"]);
    assert_eq!(status["schema"], 1);
    has(&status, "room as_of week verdict stage steps gates");
    has(&status["week"], "now last");
    has(&status["steps"][0], "id title week owner state tasks evidence");
    has(&status["steps"][0]["tasks"][0], "id text done");
    has(&status["gates"][0], "id status met total");
}

#[test]
fn owners_have_their_shape() {
    let desk = Desk::with_room();
    let owners = desk.json(&["owners", "--json"]);
    assert_eq!(owners["schema"], 1);
    has(&owners["roles"][0], "id title side due name contact evidence blank urgent");
    has(&owners["scope"][0], "id title value blank required");
    desk.ok(&["assign", "tenant-owner", "--name", "Mara Lindt", "--contact", "mara@example.test", "--evidence", "settings"]);
    let owners = desk.json(&["owners", "--json"]);
    let role = owners["roles"].as_array().unwrap().iter().find(|role| role["id"] == "tenant-owner").unwrap();
    assert_eq!(
        (&role["name"], &role["contact"], &role["evidence"]),
        (&"Mara Lindt".into(), &"mara@example.test".into(), &"settings".into())
    );
    assert_eq!(role["blank"], false);
    let blank = desk.json(&["owners", "--blank", "--json"]);
    assert!(blank["roles"].as_array().unwrap().iter().all(|role| role["blank"] == true));
}

#[test]
fn proofs_have_their_shape() {
    let proofs = Desk::with_room().json(&["proofs", "--json"]);
    assert_eq!(proofs["schema"], 1);
    has(&proofs["proofs"][0], "id title class mutating command last");
    assert_eq!(proofs["proofs"][0]["last"], Value::Null);
}

#[test]
fn an_empty_room_has_an_empty_log_and_no_evidence() {
    let desk = Desk::with_room();
    assert_eq!(desk.json(&["log", "--json"]), Value::Array(Vec::new()));
    let evidence = desk.json(&["evidence", "list", "--json"]);
    assert_eq!((&evidence["schema"], &evidence["evidence"]), (&1.into(), &Value::Array(Vec::new())));
}

#[test]
fn the_log_is_the_ledger_line_by_line() {
    let desk = Desk::with_room();
    desk.ok(&["tick", "scope/close-pack"]);
    let log = desk.json(&["log", "--json"]);
    let lines: Vec<Value> =
        desk.read("launchroom.evidence/ledger.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(log, Value::Array(lines));
    assert_eq!(log[0]["kind"], "room.edited-outside");
    assert_eq!(log[1]["kind"], "room.changed");
    assert_eq!(log[1]["by"], "ada");
}

#[test]
fn every_other_reading_command_says_its_schema() {
    let desk = Desk::with_room();
    for arguments in [
        &["activation", "list", "--json"] as &[&str],
        &["dependency", "list", "--json"],
        &["evidence", "verify", "--json"],
        &["why", "paid-beta", "--json"],
        &["doctor", "--json"],
        &["config", "show", "--json"],
        &["validate", "--json"],
    ] {
        assert_eq!(desk.json(arguments)["schema"], 1, "{arguments:?}");
    }
}

#[test]
fn junit_and_markdown_are_complete() {
    let desk = Desk::with_room();
    let junit = desk.run(&["review", "--format", "junit"]);
    assert_eq!(junit.code, 1);
    assert!(junit.out.starts_with("<?xml") && junit.out.contains("<testcase classname=\"paid-beta\" name=\"billing\""));
    let markdown = desk.run(&["review", "--format", "markdown"]).out;
    assert!(markdown.starts_with("# NO-GO") && markdown.contains("support-fallback"), "{markdown}");
}

#[test]
fn an_assumption_moves_the_verdict_and_saves_nothing() {
    let desk = Desk::with_room();
    let met = |review: &Value| review["gates"][2]["met"].as_u64().unwrap();
    let before = desk.json(&["review", "--json"]);
    let assumed = desk.json(&["review", "--json", "--assume", "paid-beta/billing"]);
    assert_eq!(met(&assumed), met(&before) + 1);
    assert_eq!(met(&desk.json(&["review", "--json"])), met(&before));
}

#[test]
fn the_files_that_people_write_have_a_schema() {
    let desk = Desk::empty();
    let room = desk.json(&["schema", "room"]);
    assert!(room["properties"]["owners"]["properties"]["tenant-owner"].is_object(), "the built-in plan's ids: {room:#}");
    assert!(desk.json(&["schema", "plan"])["properties"]["gates"]["items"].is_object());
    let desk = Desk::with_room();
    assert_eq!(desk.json(&["schema", "room"]), room);
    assert!(!desk.path("launchroom.evidence").exists());
    assert_eq!(desk.run(&["schema", "rom"]).code, 2);
}
