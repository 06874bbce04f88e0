use super::*;
use crate::format::{pack, plan_toml};

/// A deployment of a plan, as the server makes it, with pages changed.
struct Deployed {
    plan: Plan,
    pages: Vec<(&'static str, u16, &'static str, String)>,
}

impl Fetch for Deployed {
    fn send(&self, request: &Request<'_>) -> Result<Page, Error> {
        let path = request.path;
        let page =
            |status, content_type: &str, body| Ok(Page { status, content_type: content_type.into(), body, ..Page::default() });
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
    ask(&Order { name, ..Order::default() }, &Deployed { plan: plan(), pages }).unwrap()
}

fn ask(order: &Order<'_>, fetch: &dyn Fetch) -> Result<Vec<Check>, Error> {
    check(order, &plan(), fetch, Watch { made: &mut |_| {}, stopped: &|| false })
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
    let order = Order { name: "paid-beta-fixture-proof", ..Order::default() };
    let checks = ask(&order, &Deployed { plan: plan(), pages: Vec::new() }).unwrap();
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
    let error = ask(&Order { name: "lunch", ..Order::default() }, &Deployed { plan: plan(), pages: Vec::new() }).unwrap_err();
    assert!(error.to_string().contains("launch-proof-bundle"));
}

#[test]
fn a_web_page_instead_of_json_is_told_as_one() {
    let html = checks(
        "buyer-close-pack",
        vec![("/api/product/buyer-close-pack", 200, "text/html; charset=utf-8", "<h1>Sign in".into())],
    );
    assert!(html[0].detail.contains("web page instead of JSON"), "{html:?}");
    let cut = checks("buyer-close-pack", vec![("/api/product/buyer-close-pack", 200, "application/json", "{\"a\": [1,".into())]);
    assert!(cut[0].detail.contains("breaks off or is malformed"), "{cut:?}");
}

#[test]
fn a_value_of_the_env_file_on_any_page_fails_and_is_told_by_its_name() {
    let secret = "correct horse battery staple";
    let pages = vec![("/api/health", 200, "application/json", format!("{{\"debug\": \"{secret}\"}}"))];
    let order = Order { name: "launch-clearance", values: vec![("SMOKE_PASSWORD".into(), secret.into())], ..Order::default() };
    let checks = ask(&order, &Deployed { plan: plan(), pages }).unwrap();
    assert_eq!(failed(&checks), ["pages-public-safe"]);
    assert!(checks.iter().all(|check| !check.detail.contains(secret)));
    assert!(checks.iter().any(|check| check.detail.contains("/api/health: SMOKE_PASSWORD")), "{checks:?}");
}

#[test]
fn a_deployment_that_stops_answering_fails_the_checks_it_owes() {
    struct Dying(Deployed);
    impl Fetch for Dying {
        fn send(&self, request: &Request<'_>) -> Result<Page, Error> {
            match request.path {
                "/api/product/commercial-pack" => Err(Error::new(Kind::Network, "x", "it did not answer in time")),
                _ => self.0.send(request),
            }
        }
    }
    let order = Order { name: "launch-proof-bundle", ..Order::default() };
    let checks = ask(&order, &Dying(Deployed { plan: plan(), pages: Vec::new() })).unwrap();
    assert_eq!(failed(&checks), ["commercial-pack-deployed"]);
    assert!(checks.iter().any(|check| check.detail.ends_with("it did not answer in time")));
}

/// A SCIM service with users and groups, which can be made to fail at one request.
#[derive(Default)]
struct Directory {
    there: std::cell::RefCell<std::collections::BTreeMap<String, serde_json::Value>>,
    fails_at: Option<(&'static str, &'static str)>,
    tokens: std::cell::RefCell<Vec<String>>,
}

impl Fetch for Directory {
    fn send(&self, request: &Request<'_>) -> Result<Page, Error> {
        use serde_json::{Value, json};
        let answer = |status: u16, body: Value| {
            Ok(Page { status, content_type: "application/scim+json".into(), body: body.to_string(), ..Page::default() })
        };
        self.tokens.borrow_mut().extend(request.bearer.map(str::to_owned));
        let Some(path) = request.path.strip_prefix("/api/scim/v2") else { return answer(404, Value::Null) };
        if path == "/ServiceProviderConfig" {
            let schema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
            return answer(200, json!({ "schemas": [schema], "patch": { "supported": true } }));
        }
        if self.fails_at.is_some_and(|(method, kind)| method == request.method && path.starts_with(kind)) {
            return answer(500, json!({ "detail": "secret words of the service" }));
        }
        let mut there = self.there.borrow_mut();
        let body: Value = request.body.map(|body| serde_json::from_str(body).unwrap()).unwrap_or_default();
        match request.method {
            "POST" => {
                let id = format!("{path}/{}", there.len() + 1);
                let mut made = body;
                made["id"] = id.rsplit('/').next().into();
                there.insert(id, made.clone());
                answer(201, made)
            }
            "PATCH" => {
                let Some(known) = there.get_mut(path) else { return answer(404, Value::Null) };
                let operation = &body["Operations"][0];
                known[operation["path"].as_str().unwrap()] = operation["value"].clone();
                answer(200, known.clone())
            }
            "DELETE" => answer(if there.remove(path).is_some() { 204 } else { 404 }, Value::Null),
            _ => there.get(path).map_or_else(|| answer(404, Value::Null), |known| answer(200, known.clone())),
        }
    }
}

fn scim(fetch: &dyn Fetch) -> Vec<Check> {
    let values = vec![("THESMIOS_SCIM_TOKEN".to_owned(), "scim-token-of-the-tenant".to_owned())];
    ask(&Order { name: "scim-fixture", values, mark: "7".into(), ..Order::default() }, fetch).unwrap()
}

#[test]
fn a_user_is_made_changed_mapped_and_taken_away_and_nothing_is_left() {
    let directory = Directory::default();
    let checks = scim(&directory);
    assert!(passed(&checks), "{checks:?}");
    assert_eq!(checks.len(), 6, "{checks:?}");
    assert!(directory.there.borrow().is_empty());
}

#[test]
fn whatever_fails_nothing_is_left_at_the_service() {
    for (method, kind, broken) in [
        ("POST", "/Users", "scim-create"),
        ("GET", "/Users", "scim-create"),
        ("PATCH", "/Users", "scim-update"),
        ("POST", "/Groups", "scim-group-mapping"),
        ("GET", "/Groups", "scim-group-mapping"),
    ] {
        let directory = Directory { fails_at: Some((method, kind)), ..Directory::default() };
        let checks = scim(&directory);
        assert!(failed(&checks).contains(&broken), "{method} {kind}: {checks:?}");
        assert!(checks.iter().all(|check| !check.detail.contains("secret words")), "{checks:?}");
        assert!(directory.there.borrow().is_empty(), "{method} {kind}: {:?}", directory.there.borrow());
    }
    let stuck = Directory { fails_at: Some(("DELETE", "/")), ..Directory::default() };
    let checks = scim(&stuck);
    assert!(failed(&checks).contains(&"scim-cleanup"), "what cannot be taken away is told: {checks:?}");
}

#[test]
fn without_a_token_or_a_service_every_step_fails_and_says_why() {
    let order = Order { name: "scim-fixture", ..Order::default() };
    let checks = ask(&order, &Directory::default()).unwrap();
    assert!(checks.iter().any(|check| check.id.as_str() == "scim-create" && check.detail.contains("THESMIOS_SCIM_TOKEN")));
    let placeholder = vec![("THESMIOS_SCIM_TOKEN".to_owned(), "<tenant-scim-token>".to_owned())];
    let directory = Directory::default();
    ask(&Order { name: "scim-fixture", values: placeholder, ..Order::default() }, &directory).unwrap();
    assert!(directory.tokens.borrow().is_empty(), "a placeholder is nobody's token");
    let gone = scim(&Deployed { plan: plan(), pages: Vec::new() });
    assert_eq!(failed(&gone).len(), 5, "{gone:?}");
}
