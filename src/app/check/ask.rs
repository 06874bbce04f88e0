//! The questions, each of which leaves one check behind.

use super::{Fetch, Page};
use crate::app::error::Error;
use crate::domain::ledger::{Check, CheckStatus};
use crate::domain::plan::Plan;
use serde_json::Value;
use std::collections::BTreeMap;

/// One deployment under question. A page is fetched once, however many questions look at it.
pub struct Ask<'a> {
    plan: &'a Plan,
    fetch: &'a dyn Fetch,
    pages: BTreeMap<String, (u16, String, String)>,
    pub done: Vec<Check>,
}

impl<'a> Ask<'a> {
    pub fn new(plan: &'a Plan, fetch: &'a dyn Fetch) -> Self {
        Self { plan, fetch, pages: BTreeMap::new(), done: Vec::new() }
    }

    /// The page at `path`, fetched at most once.
    pub fn page(&mut self, path: &str) -> Result<Page, Error> {
        if !self.pages.contains_key(path) {
            let page = self.fetch.get(path)?;
            self.pages.insert(path.to_owned(), (page.status, page.content_type, page.body));
        }
        let (status, content_type, body) = self.pages.get(path).cloned().unwrap_or_default();
        Ok(Page { status, content_type, body })
    }

    /// Leaves a check behind.
    pub fn note(&mut self, id: &str, passed: bool, detail: impl Into<String>) {
        let status = if passed { CheckStatus::Passed } else { CheckStatus::Failed };
        self.done.push(Check { id: id.into(), status, detail: detail.into() });
    }

    /// The service answers at all.
    pub fn health(&mut self) -> Result<(), Error> {
        let page = self.page("/api/health")?;
        self.note("health", page.status == 200, format!("/api/health answered {}", page.status));
        Ok(())
    }

    /// The plan's page and its JSON: there, whole, safe, linked.
    pub fn plan(&mut self) -> Result<(), Error> {
        let route = "/first-customer-launch-plan";
        let page = self.page(route)?;
        let html = page.status == 200 && page.content_type.starts_with("text/html");
        self.note("plan-page-deployed", html, answered(route, &page));
        if html {
            let plan = self.plan;
            let titles = plan.gates.iter().map(|it| &it.title).chain(plan.roles.iter().map(|it| &it.title));
            let missing: Vec<&str> = titles.map(String::as_str).filter(|title| !page.body.contains(&escape(title))).collect();
            self.note("plan-page-complete", missing.is_empty(), complete(&missing));
            self.note(
                "plan-page-linked",
                page.body.contains("/api/product/first-customer-launch-plan"),
                "links its JSON endpoint",
            );
            self.safe("plan-page-public-safe", &page.body);
        }
        self.pack("first-customer-launch-plan")
    }

    /// One public pack: there, whole, safe.
    pub fn pack(&mut self, name: &str) -> Result<(), Error> {
        let route = format!("/api/product/{name}");
        let page = self.page(&route)?;
        let value: Option<Value> = serde_json::from_str(&page.body).ok();
        let json = page.status == 200 && page.content_type.starts_with("application/json");
        self.note(&format!("{name}-deployed"), json && value.is_some(), answered(&route, &page));
        if let (true, Some(value)) = (json, value) {
            let mut texts = Vec::new();
            collect(&value, &mut texts);
            let wanted = wanted(self.plan, name);
            let missing: Vec<&str> = wanted.into_iter().filter(|text| !texts.iter().any(|there| there == text)).collect();
            self.note(&format!("{name}-complete"), missing.is_empty(), complete(&missing));
            self.safe(&format!("{name}-public-safe"), &page.body);
        }
        Ok(())
    }

    /// The page and its JSON speak of the same plan.
    pub fn parity(&mut self) -> Result<(), Error> {
        let page = self.page("/first-customer-launch-plan")?;
        let json = self.page("/api/product/first-customer-launch-plan")?;
        let title = serde_json::from_str::<Value>(&json.body).ok().and_then(|it| Some(it.get("title")?.as_str()?.to_owned()));
        let same = title.as_deref().is_some_and(|title| page.body.contains(&escape(title)));
        self.note("deployment-parity", same, "page and JSON carry the same title");
        Ok(())
    }

    /// Advisory readiness can be read; it may well be degraded.
    pub fn advisory(&mut self) -> Result<(), Error> {
        let status = self.status("/api/product/readiness")?;
        let known = matches!(status.as_deref(), Some("ready" | "degraded"));
        self.note("readiness-advisory", known, format!("advisory readiness is {}", status.as_deref().unwrap_or("not there")));
        Ok(())
    }

    /// Readiness is `ready`, each blocker being a check of its own.
    pub fn readiness(&mut self, strict: bool) -> Result<(), Error> {
        let route = if strict { "/api/product/readiness?strict=1" } else { "/api/product/readiness" };
        let status = self.status(route)?;
        let page = self.page(route)?;
        let word = status.as_deref().unwrap_or("not there");
        let id = if strict { "readiness-strict" } else { "readiness" };
        self.note(id, status.as_deref() == Some("ready"), format!("readiness is {word}"));
        let value: Value = serde_json::from_str(&page.body).unwrap_or_default();
        for blocker in value.get("blockers").and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| blocker.get(key).and_then(Value::as_str).unwrap_or("unnamed").to_owned();
            self.note(&format!("blocker-{}", text("id")), false, text("title"));
        }
        Ok(())
    }

    fn status(&mut self, route: &str) -> Result<Option<String>, Error> {
        let page = self.page(route)?;
        let value: Option<Value> = serde_json::from_str(&page.body).ok().filter(|_| page.status == 200);
        Ok(value.and_then(|value| Some(value.get("status")?.as_str()?.to_owned())))
    }

    /// Nothing in it looks like a secret.
    fn safe(&mut self, id: &str, body: &str) {
        let found = super::secrets_in(body);
        let detail =
            if found.is_empty() { "nothing looks like a secret".to_owned() } else { format!("found: {}", found.join(", ")) };
        self.note(id, found.is_empty(), detail);
    }
}

/// What of the plan a pack must name.
fn wanted<'p>(plan: &'p Plan, name: &str) -> Vec<&'p str> {
    let titles = |it: &mut dyn Iterator<Item = &'p String>| it.map(String::as_str).collect::<Vec<_>>();
    let steps = titles(&mut plan.steps.iter().map(|it| &it.title));
    let gates = titles(&mut plan.gates.iter().map(|it| &it.title));
    let roles = titles(&mut plan.roles.iter().map(|it| &it.title));
    let proofs = titles(&mut plan.proofs.iter().filter(|it| !it.illustrative).map(|it| &it.command));
    let motions = titles(&mut plan.motions.iter().map(|it| &it.title));
    let wording = titles(&mut plan.blocked_wording.iter());
    let attachments = titles(&mut plan.attachments.iter().map(|it| &it.text));
    match name {
        "first-customer-launch-plan" => [steps, gates, roles, proofs, wording].concat(),
        "commercial-pack" => [motions, wording].concat(),
        "order-form-template" => [attachments, wording].concat(),
        "customer-launch-room" => [roles, steps, gates].concat(),
        "launch-evidence" => titles(&mut plan.targets.iter().map(|it| &it.title)),
        "launch-activation-manifest" => titles(&mut plan.activation.iter().map(|it| &it.title)),
        "dependency-acceptance" => titles(&mut plan.dependencies.iter().map(|it| &it.title)),
        "buyer-close-pack" => [motions, attachments, wording].concat(),
        "production-proof" => proofs,
        _ => Vec::new(),
    }
}

/// Every text of a JSON value, wherever it stands.
fn collect<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => out.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
        Value::Object(map) => map.values().for_each(|item| collect(item, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn answered(route: &str, page: &Page) -> String {
    format!("{route} answered {} {}", page.status, page.content_type)
}

fn complete(missing: &[&str]) -> String {
    match missing {
        [] => "nothing of the plan is missing".to_owned(),
        [one] => format!("missing: {one}"),
        [first, rest @ ..] => format!("missing: {first}, and {} more", rest.len()),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
