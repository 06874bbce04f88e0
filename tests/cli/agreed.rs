//! What changes something outside is agreed to by naming the tenant; a run against a foreign host never counts; a run that
//! prints its canary says so.

use crate::desk::Desk;

const MUTATING: &str = "paid-beta-fixture-proof";

#[test]
fn a_mutating_proof_runs_only_when_somebody_names_the_tenant() {
    let desk = Desk::with_command(MUTATING, "echo ran >> ran.txt");
    desk.run(&["run", MUTATING, "--trust"]);
    let ran = desk.read("ran.txt");
    let told = desk.run(&["run", MUTATING]);
    assert_eq!(told.code, 4, "{told:?}");
    assert!(told.err.contains("Northwind Logistics (northwind-logistics)") && told.err.contains("--confirm"), "{told:?}");
    assert!(told.err.contains("0 of 3 tasks done"), "it comes after a step that is not done: {told:?}");
    assert_eq!(desk.run(&["run", MUTATING, "--confirm", "somebody-else"]).code, 4);
    let other = desk.run(&["run", MUTATING, "--trust", "--confirm", "somebody-else"]);
    assert_eq!(other.code, 4, "whoever names another tenant means another tenant: {other:?}");
    assert_eq!(desk.read("ran.txt"), ran);
    desk.run(&["run", MUTATING, "--confirm", "northwind-logistics"]);
    assert_ne!(desk.read("ran.txt"), ran);
}

#[test]
fn a_run_against_another_tenants_host_is_refused() {
    let proof = "first-customer-launch-plan";
    let desk = Desk::with_command(proof, "echo https://other.example.test");
    let text = desk.read("launchroom.toml").replace("[tenant]\n", "[tenant]\nhosts = [\"ours.example.test\"]\n");
    desk.write("launchroom.toml", text);
    let told = desk.run(&["run", proof, "--trust"]);
    assert!(told.code == 4 && told.err.contains("none of this tenant's hosts: ours.example.test"), "{told:?}");
}

#[test]
fn a_run_aimed_elsewhere_says_so_before_it_starts_also_where_the_room_names_no_hosts() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::with_room();
    desk.write("npm", "#!/bin/sh\necho ran\n");
    std::fs::set_permissions(desk.path("npm"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", desk.home().display(), std::env::var("PATH").unwrap());
    let said = |url: &str| {
        let mut command = desk.launchroom(&["run", "launch-proof-bundle", "--trust"]);
        let told = command.env("PATH", &path).env("THESMIOS_SMOKE_URL", url).output().unwrap();
        assert_eq!(told.status.code(), Some(0), "{told:?}");
        String::from_utf8(told.stderr).unwrap()
    };
    let told = said("https://staging.example.test");
    assert!(told.contains("it will not count: it would be made against staging.example.test, not www.thesmios.com"), "{told}");
    let told = said("https://www.thesmios.com");
    assert!(!told.contains("it will not count"), "{told}");
}

#[test]
fn a_bundle_that_brought_not_a_word_tested_nothing() {
    let proof = "launch-proof-bundle";
    let desk = Desk::with_command(proof, "true");
    let told = desk.ok(&["run", proof, "--trust", "--attach"]);
    assert!(told.err.contains("it tested nothing, so it does not count"), "{told:?}");
    let review = desk.json(&["review", "--json", "--gate", "private-beta"]);
    assert!(review.to_string().contains("hollow: it tested nothing"), "{review}");
}

#[test]
fn a_host_that_a_command_sets_for_itself_is_the_one_it_goes_to() {
    let proof = "launch-proof-bundle";
    for command in [
        "env THESMIOS_SMOKE_URL=https://evil.example.test ./b.sh",
        "export THESMIOS_SMOKE_URL=https://evil.example.test; ./b.sh",
        "THESMIOS_SMOKE_URL=https://evil.example.test; ./b.sh",
    ] {
        let desk = Desk::with_command(proof, command);
        let text = desk.read("launchroom.toml").replace("[tenant]\n", "[tenant]\nhosts = [\"www.thesmios.com\"]\n");
        desk.write("launchroom.toml", text);
        let told = desk.run(&["run", proof, "--trust"]);
        assert!(told.code == 4 && told.err.contains("evil.example.test, none of this tenant's hosts"), "{command}: {told:?}");
    }
}

#[test]
fn a_run_that_ends_well_and_has_a_failing_check_is_a_finding() {
    let (one, two) = ("launch-proof-bundle", "buyer-close-pack");
    for printed in [r#"{"checks":[{"id":"a","status":"failed"}]}"#, r#"{"checks":[]}"#, r#"{"checks":7}"#] {
        let desk = Desk::with_command(one, "cat bundle.json");
        desk.write("launchroom.toml", desk.read("launchroom.toml") + &format!("{two} = 'touch second'\n"));
        desk.write("bundle.json", printed);
        let nothing = printed.contains("[]");
        assert_eq!(desk.run(&["run", one, "--trust"]).code, i32::from(!nothing), "{printed}");
        let told = desk.run(&["run", one, two, "--trust", "--attach-passed"]);
        assert!(told.code == 1 && told.err.contains("stopped there"), "{printed}: {told:?}");
        assert!(!desk.path("second").exists(), "{printed}");
        assert_eq!(desk.json(&["evidence", "list", "--json"])["evidence"], serde_json::json!([]), "{printed}");
    }
}

#[test]
fn a_run_that_prints_its_canary_says_so_and_keeps_nothing_of_it() {
    let proof = "first-customer-launch-plan";
    let desk = Desk::with_command(proof, "echo $LAUNCHROOM_CANARY");
    let told = desk.run(&["run", proof, "--trust"]);
    assert_eq!(told.out, "⟨redacted:leak-canary⟩\n", "{told:?}");
    assert!(told.err.contains("leak canary"), "{told:?}");
}
