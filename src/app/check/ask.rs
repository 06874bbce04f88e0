//! The questions, each of which leaves one check behind.
//!
//! Every page is searched for secrets when it is fetched; what a page says is never repeated, only which rule found it.

use super::wanted::{collect, complete, escape, wanted};
use super::{Fetch, Page, Request, Watch};
use crate::app::error::{Error, Kind};
use crate::domain::ledger::{Check, CheckStatus};
use crate::domain::plan::Plan;
use crate::domain::redact::Redactor;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One deployment under question. A page is fetched once, however many questions look at it.
pub struct Ask<'a> {
    plan: &'a Plan,
    fetch: &'a dyn Fetch,
    watch: Watch<'a>,
    /// Knows the values that were handed to us: they must be on no page.
    redactor: Redactor,
    pages: BTreeMap<String, Page>,
    /// Public pages that have a check of their own for secrets.
    searched: BTreeSet<String>,
    done: Vec<Check>,
}

impl<'a> Ask<'a> {
    pub fn new(plan: &'a Plan, fetch: &'a dyn Fetch, watch: Watch<'a>, redactor: Redactor) -> Self {
        Self { plan, fetch, watch, redactor, pages: BTreeMap::new(), searched: BTreeSet::new(), done: Vec::new() }
    }

    /// Asks something that is no public page; nothing of it is kept.
    pub fn send(&self, request: &Request<'_>) -> Result<Page, Error> {
        self.fetch.send(request)
    }

    /// Whether somebody wants it to end.
    pub fn is_stopped(&self) -> bool {
        (self.watch.stopped)()
    }

    /// The page at `path`, fetched at most once. A deployment that answered before and does not now is a page without an
    /// answer; one that never did is a fault.
    pub fn page(&mut self, path: &str) -> Result<Page, Error> {
        if self.is_stopped() {
            return Err(Error::new(Kind::Interrupted, "the checks were not finished", "somebody stopped them"));
        }
        if let Some(page) = self.pages.get(path) {
            return Ok(page.clone());
        }
        let page = match self.fetch.send(&Request::get(path)) {
            Ok(page) => page,
            Err(error) if error.kind == Kind::Network && !self.pages.is_empty() => {
                Page { trouble: Some(error.why), ..Page::default() }
            }
            Err(error) => return Err(error),
        };
        self.pages.insert(path.to_owned(), page.clone());
        Ok(page)
    }

    /// Leaves a check behind.
    pub fn note(&mut self, id: &str, passed: bool, detail: impl Into<String>) {
        let status = if passed { CheckStatus::Passed } else { CheckStatus::Failed };
        let check = Check { id: id.into(), status, detail: detail.into() };
        (self.watch.made)(&check);
        self.done.push(check);
    }

    /// Everything that was found; pages without a check of their own for secrets share one.
    pub fn finish(mut self) -> Vec<Check> {
        let rest: Vec<(&String, &Page)> = self.pages.iter().filter(|(path, _)| !self.searched.contains(*path)).collect();
        let found: Vec<String> = rest
            .iter()
            .filter_map(|(path, page)| {
                let rules = self.secrets_in(&page.body);
                (!rules.is_empty()).then(|| format!("{path}: {}", rules.join(", ")))
            })
            .collect();
        let several = if rest.len() == 1 { "page" } else { "pages" };
        let clean = format!("{} more {several}, nothing looks like a secret", rest.len());
        let is_empty = rest.is_empty();
        if !is_empty {
            self.note("pages-public-safe", found.is_empty(), if found.is_empty() { clean } else { found.join("; ") });
        }
        self.done
    }

    /// The service answers at all.
    pub fn health(&mut self) -> Result<(), Error> {
        let page = self.page("/api/health")?;
        self.note("health", page.status == 200, answered("/api/health", &page));
        Ok(())
    }

    /// The plan's page and its JSON: there, whole, safe, linked.
    pub fn plan(&mut self) -> Result<(), Error> {
        let route = "/first-customer-launch-plan";
        let page = self.page(route)?;
        let html = page.status == 200 && page.trouble.is_none() && is_type(&page, "text/html");
        self.note("plan-page-deployed", html, answered(route, &page));
        if html {
            let plan = self.plan;
            let titles = plan.gates.iter().map(|it| &it.title).chain(plan.roles.iter().map(|it| &it.title));
            let missing: Vec<&str> = titles.map(String::as_str).filter(|title| !page.body.contains(&escape(title))).collect();
            self.note("plan-page-complete", missing.is_empty(), complete(&missing));
            let linked = page.body.contains("/api/product/first-customer-launch-plan");
            self.note(
                "plan-page-linked",
                linked,
                if linked { "links its JSON endpoint" } else { "does not link its JSON endpoint" },
            );
            self.safe("plan-page-public-safe", route, &page.body);
        }
        self.pack("first-customer-launch-plan")
    }

    /// One public pack: there, whole, safe.
    pub fn pack(&mut self, name: &str) -> Result<(), Error> {
        let route = format!("/api/product/{name}");
        let page = self.page(&route)?;
        let read = json(&page);
        self.note(
            &format!("{name}-deployed"),
            read.is_ok(),
            read.as_ref().err().map_or_else(|| answered(&route, &page), |why| format!("{route} {why}")),
        );
        if let Ok(value) = read {
            let mut texts = Vec::new();
            collect(&value, &mut texts);
            let wanted = wanted(self.plan, name);
            let missing: Vec<&str> = wanted.into_iter().filter(|text| !texts.iter().any(|there| there == text)).collect();
            self.note(&format!("{name}-complete"), missing.is_empty(), complete(&missing));
            self.safe(&format!("{name}-public-safe"), &route, &page.body);
        }
        Ok(())
    }

    /// The page and its JSON speak of the same plan.
    pub fn parity(&mut self) -> Result<(), Error> {
        let page = self.page("/first-customer-launch-plan")?;
        let pack = self.page("/api/product/first-customer-launch-plan")?;
        let title = json(&pack).ok().and_then(|it| Some(it.get("title")?.as_str()?.to_owned()));
        let same = title.as_deref().is_some_and(|title| page.body.contains(&escape(title)));
        self.note(
            "deployment-parity",
            same,
            if same { "page and JSON carry the same title" } else { "page and JSON do not carry the same title" },
        );
        Ok(())
    }

    /// Advisory readiness can be read; it may well be degraded.
    pub fn advisory(&mut self) -> Result<(), Error> {
        let told = self.told("/api/product/readiness")?;
        let known = matches!(told.as_deref(), Ok("ready" | "degraded"));
        self.note("readiness-advisory", known, format!("advisory readiness is {}", told.unwrap_or_else(|why| why)));
        Ok(())
    }

    /// Strict readiness is `ready`, each blocker being a check of its own.
    pub fn readiness(&mut self) -> Result<(), Error> {
        let route = "/api/product/readiness?strict=1";
        let told = self.told(route)?;
        self.note(
            "readiness-strict",
            told.as_deref() == Ok("ready"),
            format!("strict readiness is {}", told.unwrap_or_else(|why| why)),
        );
        let value = json(&self.page(route)?).unwrap_or_default();
        for blocker in value.get("blockers").and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| blocker.get(key).and_then(Value::as_str).unwrap_or("unnamed").to_owned();
            self.note(&format!("blocker-{}", text("id")), false, self.masked(&text("title")));
        }
        Ok(())
    }

    /// The status word of a readiness page, or why there is none.
    fn told(&mut self, route: &str) -> Result<Result<String, String>, Error> {
        let page = self.page(route)?;
        let word = json(&page).map_err(|why| format!("not known: {route} {why}")).and_then(|value| {
            let word = value.get("status").and_then(Value::as_str).map(|word| self.masked(word));
            word.ok_or_else(|| format!("not known: {route} names no status"))
        });
        Ok(word)
    }

    /// Nothing in it looks like a secret.
    fn safe(&mut self, id: &str, path: &str, body: &str) {
        self.searched.insert(path.to_owned());
        let found = self.secrets_in(body);
        let detail =
            if found.is_empty() { "nothing looks like a secret".to_owned() } else { format!("found: {}", found.join(", ")) };
        self.note(id, found.is_empty(), detail);
    }

    /// The redaction rules that hit in a text, by name; a value we were given goes by its name.
    fn secrets_in(&self, text: &str) -> Vec<String> {
        let mut redactor = self.redactor.another();
        let _ = redactor.once(text.as_bytes());
        redactor.counts().keys().cloned().collect()
    }

    /// A short text of the deployment, fit to be shown.
    fn masked(&self, text: &str) -> String {
        let mut redactor = self.redactor.another();
        let short: String = text.chars().take(200).collect();
        String::from_utf8_lossy(&redactor.once(short.as_bytes())).into_owned()
    }
}

/// The JSON of a page that is what it should be; else why not.
pub fn json(page: &Page) -> Result<Value, String> {
    if let Some(trouble) = &page.trouble {
        return Err(format!("cannot be used: {trouble}"));
    }
    if page.status != 200 || page.leads_to.is_some() {
        return Err(status(page));
    }
    if is_type(page, "text/html") {
        return Err("answered 200 with a web page instead of JSON, as a sign-in or an error page does".into());
    }
    if !is_type(page, "application/json") && !is_type(page, "application/scim+json") {
        return Err(format!("answered 200 with {} instead of JSON", type_of(page)));
    }
    serde_json::from_str(&page.body)
        .map_err(|error| format!("answered 200 with JSON that breaks off or is malformed at line {}", error.line()))
}

/// What a page answered, in a few words.
pub fn answered(route: &str, page: &Page) -> String {
    match &page.trouble {
        Some(trouble) => format!("{route} cannot be used: {trouble}"),
        None => format!("{route} {}", status(page)),
    }
}

fn status(page: &Page) -> String {
    match &page.leads_to {
        Some(there) => format!("answered {} and sends on to {there}, which was not followed", page.status),
        None => format!("answered {} {}", page.status, type_of(page)).trim_end().to_owned(),
    }
}

fn is_type(page: &Page, wanted: &str) -> bool {
    type_of(page).eq_ignore_ascii_case(wanted)
}

fn type_of(page: &Page) -> &str {
    page.content_type.split(';').next().unwrap_or_default().trim()
}
