//! `run --stale`: one after another, in the order they rest on each other, and no further than the first that fails.

use crate::desk::Desk;

/// Two proofs that rest on scope, both attached and then made stale.
fn desk(buyer: &str, room: &str) -> Desk {
    let desk = Desk::with_room();
    let text = desk.read("launchroom.toml");
    let commands = format!("\n[commands]\nbuyer-close-pack = '{buyer}'\ncustomer-launch-room = '{room}'\n");
    desk.write("launchroom.toml", text + &commands);
    for proof in ["buyer-close-pack", "customer-launch-room"] {
        desk.ok(&["run", proof, "--trust", "--attach"]);
    }
    for (field, value) in [("commercial", "OF-1"), ("cohort", "60 people"), ("modules", "credentials")] {
        desk.ok(&["set", field, value]);
    }
    desk
}

fn fresh(desk: &Desk, proof: &str) -> bool {
    let proofs = desk.json(&["proofs", "--json"]);
    let all = proofs["proofs"].as_array().unwrap();
    all.iter().find(|one| one["id"] == proof).unwrap()["last"]["fresh"] == true
}

#[test]
fn everything_that_is_stale_runs_and_is_attached() {
    let desk = desk("echo close pack", "echo manifest");
    assert!(!fresh(&desk, "buyer-close-pack"));
    let told = desk.ok(&["run", "--stale", "--attach-passed"]);
    assert!(told.err.contains("1 of 2") && told.err.contains("2 of 2"), "{}", told.err);
    assert!(fresh(&desk, "buyer-close-pack"), "{}", told.err);
    assert!(desk.ok(&["run", "--stale"]).err.contains("nothing that is read-only is stale"));
}

#[test]
fn without_attaching_nothing_is_fresh_again() {
    let desk = desk("echo close pack", "echo manifest");
    desk.ok(&["run", "--stale"]);
    assert!(!fresh(&desk, "buyer-close-pack"), "a run is no evidence until somebody attaches it");
}

#[test]
fn the_first_that_fails_ends_it_and_the_rest_is_named() {
    let desk = desk("test ! -e broken", "echo manifest");
    desk.write("broken", "");
    let told = desk.run(&["run", "--stale", "--attach-passed"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(!fresh(&desk, "buyer-close-pack"));
    assert!(told.err.contains("1 proof was not run: customer-launch-room"), "{}", told.err);
}

#[test]
fn a_command_that_changed_refuses_the_whole_batch_before_anything_runs() {
    let desk = desk("echo close pack", "echo manifest");
    let before = desk.json(&["log", "--json"]).as_array().unwrap().len();
    desk.write("launchroom.toml", desk.read("launchroom.toml").replace("echo close pack", "echo another"));
    let told = desk.run(&["run", "--stale"]);
    assert_eq!(told.code, 4, "{told:?}");
    assert!(told.err.contains("buyer-close-pack") && told.err.contains("--trust"), "{}", told.err);
    let runs = desk.json(&["log", "--json"]).as_array().unwrap().iter().skip(before).any(|e| e["kind"] == "run.finished");
    assert!(!runs, "nothing ran");
}

#[test]
fn a_stage_that_is_not_there_is_a_slip() {
    let desk = Desk::with_room();
    assert_eq!(desk.run(&["run", "--stale", "--for", "setpu"]).code, 2);
    assert_eq!(desk.run(&["run"]).code, 2, "which proof?");
}

#[test]
fn proofs_that_are_named_run_in_that_order_up_to_the_first_that_fails() {
    let desk = desk("test ! -e broken", "echo manifest");
    let told = desk.ok(&["run", "customer-launch-room", "buyer-close-pack", "--attach-passed"]);
    assert!(told.err.find("customer-launch-room: passed") < told.err.find("buyer-close-pack: passed"), "{}", told.err);
    assert!(fresh(&desk, "buyer-close-pack") && fresh(&desk, "customer-launch-room"));

    desk.write("broken", "");
    let told = desk.run(&["run", "buyer-close-pack", "customer-launch-room"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("1 proof was not run: customer-launch-room"), "{}", told.err);
}

#[test]
fn what_is_meant_for_one_proof_is_not_given_to_several() {
    let desk = desk("true", "true");
    let before = desk.json(&["log", "--json"]).as_array().unwrap().len();
    for also in
        [&["scim-fixture"][..], &["nonsense"], &["--confirm", "yes"], &["--attach", "--target", "launch-room"], &["--", "x"]]
    {
        let told = desk.run(&[&["run", "buyer-close-pack", "customer-launch-room"], also].concat());
        assert_eq!(told.code, 2, "{told:?}");
    }
    assert_eq!(desk.json(&["log", "--json"]).as_array().unwrap().len(), before, "nothing ran");
}
