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
fn nobody_answering_is_a_fault_and_an_address_that_may_not_be_asked_is_misuse() {
    let desk = Desk::empty();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(desk.run(&["check", "launch-proof-bundle", "--base-url", &format!("http://{gone}")]).code, 5);
    assert_eq!(desk.run(&["check", "launch-proof-bundle", "--base-url", "http://www.example.test"]).code, 2);
    assert_eq!(desk.run(&["check", "no-such-check", "--base-url", &pages()]).code, 2);
}
