//! One pilot, from an empty room to a paid beta that is accepted with exclusions; then a dependency changes, the decision no
//! longer stands, and the gate asks again. Real processes on a real disk, nothing but what is typed.

use crate::desk::{Desk, Told};
use crate::layout;
use serde_json::Value;

/// Two checks of the strict bundle are left out of this pilot on purpose.
const STRICT: &str = "paid-beta-fixture-proof = \"cat fixture.json; exit 1\"\n";
const FIXTURES: &str = r#"{"checks":[
  {"id":"authenticated-access","status":"passed"},
  {"id":"evidence-export","status":"passed"},
  {"id":"stripe-products","status":"failed","detail":"no keys"},
  {"id":"sso-login","status":"failed","detail":"no identity provider"}]}"#;

const DECIDE: &[&str] =
    &["decide", "--stage", "paid-beta", "--customer", "Ingrid Aasen", "--operator", "Jonas Okafor", "--outcome"];

fn review(desk: &Desk) -> (i32, Value) {
    let told = desk.run(&["review", "--gate", "paid-beta", "--json"]);
    (told.code, serde_json::from_str(&told.out).unwrap())
}

fn gate<'a>(review: &'a Value, id: &str) -> &'a Value {
    review["gates"].as_array().unwrap().iter().find(|gate| gate["id"] == id).unwrap()
}

fn requirement<'a>(review: &'a Value, id: &str) -> &'a Value {
    let all = gate(review, id.split('/').next().unwrap())["requirements"].as_array().unwrap();
    all.iter().find(|requirement| requirement["id"] == id).unwrap()
}

fn decide(desk: &Desk, outcome: &str) -> Told {
    desk.run(&[DECIDE, &[outcome]].concat())
}

fn filled() -> Desk {
    let desk = Desk::with_room();
    assert_eq!(review(&desk).0, 1, "an empty room is a no-go");
    layout::fill(|command| drop(desk.ok(command)));
    desk
}

/// Every proof run and attached, every document attached.
pub fn proven() -> Desk {
    let desk = filled();
    desk.write("fixture.json", FIXTURES);
    desk.write("launchroom.toml", desk.read("launchroom.toml") + layout::COMMANDS + STRICT);
    for proof in layout::HARMLESS {
        desk.ok(&["run", proof, "--trust", "--attach"]);
    }
    let told = desk.run(&["run", "paid-beta-fixture-proof", "--trust", "--attach"]);
    assert_eq!(told.code, 1, "it failed, and says so: {told:?}");
    for (serves, target) in layout::DOCUMENTS.into_iter().chain([("paid-beta/billing", "billing-evidence")]) {
        desk.write("document.md", format!("# {serves}\n"));
        desk.ok(&["attach", "--meets", serves, "--target", target, "document.md"]);
    }
    desk
}

#[test]
fn a_pilot_is_accepted_with_exclusions_and_a_changed_dependency_makes_the_gate_ask_again() {
    let desk = proven();

    // One requirement is left, and nobody can decide over it; the path says what to do or to sign.
    let path = desk.ok(&["path", "--to", "paid-beta"]).out;
    assert!(path.starts_with("2 acts") && path.contains("or sign it away: launchroom exclude paid-beta/issuer"), "{path}");
    let told = decide(&desk, "accepted_with_exclusions");
    assert!(told.code == 4 && told.err.contains("paid-beta/issuer"), "{told:?}");
    let signed = ["--signed-by", "Saskia de Wit", "--until", "2099-01-31", "--reference", "OF-2026-014 section 7"];
    desk.ok(&[&["exclude", "paid-beta/issuer", "--wording", "no official issuer in this pilot"][..], &signed].concat());
    let (code, told) = review(&desk);
    assert_eq!((code, &told["verdict"]), (3, &"awaiting_decision".into()), "all but the decision");
    assert_eq!(requirement(&told, "paid-beta/fixture-proof")["status"], "excluded", "its failures are covered: {told:#}");
    // One decision, and every face names the same.
    let command = "launchroom decide --stage paid-beta --outcome accepted_with_exclusions";
    for told in [&["review", "--all"][..], &["status"], &["path"], &["why", "paid-beta/decision"], &["why", "setup/decision"]] {
        let told = desk.run(told);
        assert!(told.out.contains(command) && !told.out.contains("--stage setup"), "{told:?}");
    }

    // What was left out is not met: the plain acceptance is refused.
    let told = decide(&desk, "accepted");
    assert!(told.code == 4 && told.err.contains("accepted_with_exclusions"), "{told:?}");
    let told = decide(&desk, "accepted_with_exclusions");
    assert_eq!(told.code, 0, "{told:?}");
    let (code, told) = review(&desk);
    assert_eq!((code, &told["verdict"]), (0, &"go_with_exclusions".into()));
    assert_eq!(told["stage"]["accepted"], "paid-beta");

    // The dependency changes: what it stales and whose decision no longer stands is said at once.
    let told = desk.ok(&["dependency", "accept", "support-email", "--treatment", "manual", "--order-form", "OF-2026-015"]);
    let said = told.out + &told.err;
    assert!(said.contains("2 proofs go stale") && said.contains("launch-proof-bundle, paid-beta-fixture-proof"), "{said}");
    assert!(said.contains("asks again"), "{said}");
    let (code, told) = review(&desk);
    assert_eq!((code, &told["verdict"], &told["stage"]["accepted"]), (1, &"no_go".into(), &Value::Null));
    for id in ["private-beta/public-bundle", "paid-beta/fixture-proof"] {
        let state = requirement(&told, id);
        assert_eq!(state["status"], "stale");
        assert!(state["reason"].as_str().unwrap().contains("support-email changed"), "{state}");
    }
    assert_eq!(requirement(&told, "private-beta/launch-room-proof")["status"], "met", "what does not rest on it stays: {told:#}");
    let decision = requirement(&told, "paid-beta/decision")["reason"].as_str().unwrap().to_owned();
    assert!(decision.contains("changed since") && decision.contains("support-email"), "{decision}");
    assert_eq!(decide(&desk, "accepted_with_exclusions").code, 4, "nobody decides on what is stale");

    // A dossier says so, too: it was accepted, and is not any more.
    let dossier = desk.ok(&["dossier", "--format", "md"]).out;
    assert!(dossier.contains("none: paid beta was") && !dossier.contains("none yet"), "{dossier}");
    assert!(desk.ok(&["status"]).out.contains("accepted, changed since"));

    // What is read-only runs by itself; what changes something outside is named and left to a person.
    let told = desk.ok(&["run", "--stale", "--attach-passed", "--trust"]);
    assert!((told.out + &told.err).contains("paid-beta-fixture-proof"), "what is left is named");
    assert_eq!(review(&desk).0, 1);
    assert_eq!(desk.run(&["run", "paid-beta-fixture-proof", "--trust", "--attach"]).code, 1);
    let (code, told) = review(&desk);
    assert_eq!((code, &told["verdict"]), (3, &"awaiting_decision".into()), "a new decision is asked for");
    assert!(requirement(&told, "paid-beta/decision")["reason"].as_str().unwrap().contains("changed since"), "{told:#}");
    assert_eq!(decide(&desk, "accepted_with_exclusions").code, 0);
    assert_eq!(review(&desk).0, 0);

    // Both decisions stand in the ledger, and somebody else can check all of it.
    let log = desk.json(&["log", "--json"]);
    let decided = log.as_array().unwrap().iter().filter(|entry| entry["kind"] == "decision.recorded").count();
    assert_eq!(decided, 2, "the first one is superseded, not gone");
    desk.ok(&["evidence", "verify"]);
    desk.ok(&["dossier", "--audience", "customer", "-o", "customer.zip"]);
    assert!(desk.ok(&["verify", "customer.zip"]).out.contains("INTACT"));
}
