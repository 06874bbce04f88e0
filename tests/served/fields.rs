//! Text of strangers in every field that takes text.

use crate::house::House;
use serde_json::{Value, json};

/// What drives a terminal, hides, turns around, or breaks a line, a file or a database.
const HOSTILE: [&str; 12] = [
    "a\u{0}b",
    "\u{1b}[2J\u{1b}]0;x\u{7}",
    "a\nb",
    "a\r\nb",
    "\u{202e}evil",
    "\u{200b}\u{2066}x",
    "\u{85}\u{9b}31m",
    "\u{e0041}\u{feff}",
    "\"'''\"\"\"\\",
    "'; drop table entry; --",
    "$1 {{x}} <script>",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}",
];

/// Every change that holds text, with a hole in each place where text goes.
fn shapes() -> Vec<Value> {
    vec![
        json!({ "change": "set_owner", "role": "$", "name": "Mara" }),
        json!({ "change": "set_owner", "role": "tenant-owner", "name": "$" }),
        json!({ "change": "set_owner", "role": "tenant-owner", "name": "Mara", "contact": "$" }),
        json!({ "change": "set_owner", "role": "tenant-owner", "name": "Mara", "basis": "$" }),
        json!({ "change": "clear_owner", "role": "$" }),
        json!({ "change": "set_function", "function": "$", "name": "x" }),
        json!({ "change": "set_scope", "field": "$", "value": "x" }),
        json!({ "change": "set_scope", "field": "cohort", "value": "$" }),
        json!({ "change": "set_scope", "field": "modules", "value": ["$"] }),
        json!({ "change": "set_task", "step": "$", "task": "x", "done": true }),
        json!({ "change": "set_task", "step": "scope", "task": "$", "done": true }),
        json!({ "change": "set_activation", "group": "$", "status": "proven" }),
        json!({ "change": "set_dependency", "dependency": "$", "treatment": "ready" }),
        json!({ "change": "set_dependency", "dependency": "stripe", "order_form": "$" }),
        json!({ "change": "set_dependency", "dependency": "stripe", "launch_room": "$" }),
        json!({ "change": "restore", "changes": [{ "path": "$", "now": "x" }] }),
        json!({ "change": "restore", "changes": [{ "path": "scope.cohort", "now": "$" }] }),
        json!({ "change": "attach_evidence", "target": "$", "class": "tenant", "outcome": "reference", "reference": "x" }),
        json!({ "change": "attach_evidence", "target": "launch-room", "class": "tenant", "outcome": "reference", "reference": "$" }),
        json!({ "change": "attach_evidence", "target": "launch-room", "class": "tenant", "outcome": "reference", "reference": "x", "note": "$" }),
        json!({ "change": "attach_evidence", "target": "launch-room", "class": "tenant", "outcome": "reference", "reference": "x", "serves": "$" }),
        json!({ "change": "withdraw_evidence", "evidence": 1, "why": "$" }),
        json!({ "change": "sign_exclusion", "covers": "$", "wording": "x", "signed_by": "Mara", "until": "2027-01-01" }),
        json!({ "change": "sign_exclusion", "covers": "paid-beta/issuer", "wording": "$", "signed_by": "$", "until": "2027-01-01" }),
        json!({ "change": "revoke_exclusion", "exclusion": "$", "why": "$" }),
        json!({ "change": "record_decision", "stage": "$", "outcome": "deferred", "customer": "$", "operator": "$" }),
        json!({ "change": "record_decision", "stage": "hold", "outcome": "deferred", "customer": "Mara", "operator": "Jonas", "note": "$" }),
        json!({ "change": "ask", "about": ["$"], "to": "Mara" }),
        json!({ "change": "ask", "about": ["tenant-owner"], "to": "$" }),
        json!({ "change": "answer", "about": ["$"], "to": "$" }),
    ]
}

fn filled(shape: &Value, text: &str) -> Value {
    match shape {
        Value::String(hole) if hole == "$" => text.into(),
        Value::Array(items) => items.iter().map(|item| filled(item, text)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), filled(value, text))).collect(),
        other => other.clone(),
    }
}

#[test]
fn text_of_every_kind_in_every_field_is_kept_as_it_is_or_refused_by_a_rule() {
    let house = House::open();
    let token = house.token("operator");
    let long = "x".repeat(100_000);
    for shape in shapes() {
        for text in HOSTILE.iter().copied().chain([long.as_str()]) {
            let change = filled(&shape, text);
            let told = house.change(&token, &change);
            assert!(matches!(told.status, 200 | 422), "{shape} {text:?} {told:?}");
            assert!(told.status == 200 || !told.text("rule").is_empty(), "{shape} {text:?} {told:?}");
        }
    }
    // What was taken is read again: by a server that starts on it, and by whoever takes the room out.
    let room = house.get(crate::house::ROOM, &token);
    assert_eq!(room.status, 200);
    let base = format!("http://{}", house.address);
    let mut pull = house.desk.launchroom(&["pull", &base, "out/launchroom.toml"]);
    let pulled = pull.env("LAUNCHROOM_TOKEN", &token).output().unwrap();
    assert!(pulled.status.success(), "{}", String::from_utf8_lossy(&pulled.stderr));
    house.desk.ok(&["evidence", "verify", "--room", "out/launchroom.toml"]);
    // And on a terminal it is text.
    for arguments in [&["log", "--room", "out/launchroom.toml"][..], &["owners", "--room", "out/launchroom.toml"]] {
        let told = house.desk.ok(arguments);
        let wild = told.out.chars().find(|letter| letter.is_control() && *letter != '\n');
        assert_eq!(wild, None, "{arguments:?}");
        assert!(!told.out.contains(['\u{202e}', '\u{2066}', '\u{200b}', '\u{9b}']), "{arguments:?}");
    }
}

#[test]
fn a_field_that_is_misspelt_is_not_done_in_silence() {
    let house = House::open();
    let token = house.token("operator");
    let before = house.revision(&token);
    for (change, field) in [
        (json!({ "change": "set_owner", "role": "tenant-owner", "name": "Mara", "contct": "x" }), "/changes/0/contct"),
        (
            json!({ "change": "set_dependency", "dependency": "stripe", "treatment": "invoice", "orderForm": "x" }),
            "/changes/0/orderForm",
        ),
        (
            json!({ "change": "attach_evidence", "target": "launch-room", "class": "tenant", "outcome": "reference", "reference": "x", "nots": "y" }),
            "/changes/0/nots",
        ),
        (json!({ "change": "ask", "about": ["tenant-owner"], "to": "Mara", "by": "Mallory" }), "/changes/0/by"),
    ] {
        let told = house.change(&token, &change);
        assert_eq!((told.status, told.text("field")), (422, field.to_owned()), "{told:?}");
    }
    assert_eq!(house.revision(&token), before);
}
