use super::*;
use crate::format::{pack, plan_toml};

/// A deployment of a plan, as the server makes it, with pages changed.
struct Deployed {
    plan: Plan,
    pages: Vec<(&'static str, u16, &'static str, String)>,
}

impl Fetch for Deployed {
    fn get(&self, path: &str) -> Result<Page, Error> {
        let page = |status, content_type: &str, body| Ok(Page { status, content_type: content_type.into(), body });
        if let Some((_, status, content_type, body)) = self.pages.iter().find(|(known, ..)| *known == path) {
            return page(*status, content_type, body.clone());
        }
        match path.trim_start_matches("/api/product/") {
            "/api/health" => page(200, "application/json", "{}".into()),
            "/first-customer-launch-plan" => page(200, "text/html; charset=utf-8", pack::page(&self.plan)),
            "readiness" => page(200, "application/json", pack::readiness(&self.plan, false).to_string()),
            "readiness?strict=1" => page(200, "application/json", pack::readiness(&self.plan, true).to_string()),
            name => match pack::pack(&self.plan, name) {
                Some(pack) => page(200, "application/json", pack.to_string()),
                None => page(404, "application/problem+json", String::new()),
            },
        }
    }
}

fn plan() -> Plan {
    plan_toml::parse(plan_toml::embedded("first-customer").unwrap(), "first-customer").unwrap()
}

fn checks(name: &str, pages: Vec<(&'static str, u16, &'static str, String)>) -> Vec<Check> {
    let order = Order { name, strict: false, fixtures: false };
    check(&order, &plan(), &Deployed { plan: plan(), pages }).unwrap()
}

fn failed(checks: &[Check]) -> Vec<&str> {
    checks.iter().filter(|check| check.status != CheckStatus::Passed).map(|check| check.id.as_str()).collect()
}

#[test]
fn every_public_check_passes_against_a_whole_deployment() {
    for name in PACKS.into_iter().chain(["first-customer-launch-plan", "launch-proof-bundle", "launch-clearance"]) {
        let checks = checks(name, Vec::new());
        assert!(passed(&checks), "{name}: {checks:?}");
    }
}

#[test]
fn strict_readiness_fixtures_and_vendors_fail_where_nothing_is_behind_them() {
    let order = Order { name: "paid-beta-fixture-proof", strict: true, fixtures: true };
    let checks = check(&order, &plan(), &Deployed { plan: plan(), pages: Vec::new() }).unwrap();
    let failed = failed(&checks);
    for id in ["readiness-strict", "stripe-checkout", "scim-create", "authenticated-access"] {
        assert!(failed.contains(&id), "{id} in {failed:?}");
    }
}

#[test]
fn a_page_that_lost_a_role_is_incomplete() {
    let mut less = plan();
    less.roles.pop();
    let body = pack::pack(&less, "customer-launch-room").unwrap().to_string();
    let checks = checks("customer-launch-room", vec![("/api/product/customer-launch-room", 200, "application/json", body)]);
    assert_eq!(failed(&checks), ["customer-launch-room-complete"]);
    assert!(checks.iter().any(|check| check.detail.contains("Continuity owner")));
}

#[test]
fn a_secret_on_a_public_page_is_found_and_not_repeated() {
    let mut body = pack::pack(&plan(), "launch-evidence").unwrap();
    let secret = concat!("sk_live_", "4eC39HqLyjWDarjtT1zdp7dcAAAA");
    body["note"] = secret.into();
    let checks = checks("launch-evidence", vec![("/api/product/launch-evidence", 200, "application/json", body.to_string())]);
    assert_eq!(failed(&checks), ["launch-evidence-public-safe"]);
    assert!(checks.iter().all(|check| !check.detail.contains(secret)));
}

#[test]
fn a_page_that_is_not_there_or_not_json_is_not_deployed() {
    let gone = checks("commercial-pack", vec![("/api/product/commercial-pack", 404, "text/html", "<h1>Not found".into())]);
    assert_eq!(failed(&gone), ["commercial-pack-deployed"]);
    let html = checks("commercial-pack", vec![("/api/product/commercial-pack", 200, "text/html", "<h1>Sign in".into())]);
    assert_eq!(failed(&html), ["commercial-pack-deployed"]);
}

#[test]
fn an_unknown_name_says_what_is_known() {
    let order = Order { name: "lunch", strict: false, fixtures: false };
    let error = check(&order, &plan(), &Deployed { plan: plan(), pages: Vec::new() }).unwrap_err();
    assert!(error.to_string().contains("launch-proof-bundle"));
}
