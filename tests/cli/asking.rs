//! Asking a deployment: the plan's public pages on loopback, real HTTP, honest failures.

use crate::desk::Desk;
use launchroom::format::plan_toml;
use serde_json::Value;
use std::net::TcpListener;
use std::sync::Arc;

/// Serves the plan's public pages for as long as the test process lives.
fn pages() -> String {
    let plan = plan_toml::parse(plan_toml::embedded("first-customer").unwrap(), "plan").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || launchroom::server::serve_public(listener, Arc::new(plan)));
    base
}

#[test]
fn public_proofs_pass_against_the_plans_own_pages() {
    let (desk, base) = (Desk::empty(), pages());
    for name in ["first-customer-launch-plan", "launch-proof-bundle", "dependency-acceptance"] {
        let bundle: Value = serde_json::from_str(&desk.ok(&["check", name, "--base-url", &base]).out).unwrap();
        let checks = bundle["checks"].as_array().unwrap();
        assert!(!checks.is_empty() && checks.iter().all(|check| check["status"] == "passed"), "{bundle:#}");
    }
}

#[test]
fn strict_and_vendor_proofs_fail_honestly() {
    let (desk, base) = (Desk::empty(), pages());
    let told = desk.run(&["check", "readiness", "--strict", "--base-url", &base]);
    assert_eq!(told.code, 1, "{told:?}");
    let told =
        desk.run(&["check", "launch-proof-bundle", "--include-fixtures", "--strict", "--base-url", &base, "--output", "b.json"]);
    assert_eq!(told.code, 1, "{told:?}");
    let kept: Value = serde_json::from_str(&desk.read("b.json")).unwrap();
    assert_eq!(kept, serde_json::from_str::<Value>(&told.out).unwrap(), "the file is what was printed");
}

#[test]
fn what_is_watched_is_a_line_a_check_and_the_bundle_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (desk, base) = (Desk::empty(), pages());
    desk.write("elsewhere.json", "mine");
    std::os::unix::fs::symlink(desk.path("elsewhere.json"), desk.path("b.json")).unwrap();
    let told = desk.ok(&["check", "buyer-close-pack", "--base-url", &base, "--output", "b.json"]);
    assert_eq!(told.err.lines().count(), 3, "{told:?}");
    assert_eq!(desk.read("elsewhere.json"), "mine", "a link is replaced, not followed");
    let kept = desk.path("b.json").symlink_metadata().unwrap();
    assert!(kept.is_file() && kept.permissions().mode() & 0o777 == 0o600, "{kept:?}");
}

#[test]
fn an_env_file_that_others_can_read_is_refused_and_a_token_is_never_printed() {
    use std::os::unix::fs::PermissionsExt as _;
    let (desk, base) = (Desk::empty(), pages());
    desk.write("locked.env", "THESMIOS_SCIM_TOKEN=scim-token-of-northwind-4711\n");
    let ask = ["check", "scim-fixture", "--base-url", &base, "--env-file", "locked.env"];
    std::fs::set_permissions(desk.path("locked.env"), std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(desk.run(&ask).code, 4);
    std::fs::set_permissions(desk.path("locked.env"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let told = desk.run(&ask);
    assert_eq!(told.code, 1, "there is no SCIM service here: {told:?}");
    assert!(told.out.contains("scim-service-provider") && !format!("{told:?}").contains("northwind-4711"), "{told:?}");
}

#[test]
fn the_base_url_may_come_from_the_environment_as_for_the_vendors_scripts() {
    let (desk, base) = (Desk::empty(), pages());
    let mut command = desk.launchroom(&["check", "dependency-acceptance"]);
    assert!(command.env("THESMIOS_SMOKE_URL", &base).output().unwrap().status.success());
}

#[test]
fn nobody_answering_is_a_fault_and_an_address_that_may_not_be_asked_is_misuse() {
    let desk = Desk::empty();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(desk.run(&["check", "launch-proof-bundle", "--base-url", &format!("http://{gone}")]).code, 5);
    assert_eq!(desk.run(&["check", "launch-proof-bundle", "--base-url", "http://www.example.test"]).code, 2);
    assert_eq!(desk.run(&["check", "no-such-check", "--base-url", &pages()]).code, 2);
}
