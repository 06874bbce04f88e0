//! Asks a deployment what a public proof asks it: is it there, is it whole, is it safe for the public, does it hang together.
//!
//! What a page must contain is read from the plan, so any deployment of any plan can be asked; how its JSON is shaped is its
//! own affair. A check that cannot be made here fails and says so: not tested is not passed.

mod ask;
mod fixtures;
mod scim;
mod wanted;

use super::error::{Error, Kind};
use super::prove::placeholder::is_placeholder;
use crate::domain::ledger::{Check, CheckStatus};
use crate::domain::plan::Plan;
use crate::domain::redact::{Added, Redactor, Secret};
use crate::format::redact_toml;
use ask::Ask;

/// Asks one deployment.
pub trait Fetch {
    /// What it answers to a request, whatever the status.
    ///
    /// # Errors
    /// `Network` when there is no answer at all.
    fn send(&self, request: &Request<'_>) -> Result<Page, Error>;
}

/// One request to a deployment.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    /// Below the base URL, with its query.
    pub path: &'a str,
    /// What is asked for, and what `body` is.
    pub media: &'a str,
    pub body: Option<&'a str>,
    /// Secret: it goes into one header and nowhere else.
    pub bearer: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// A page anybody may see.
    #[must_use]
    pub fn get(path: &'a str) -> Self {
        Self { method: "GET", path, media: "application/json, text/html;q=0.9", body: None, bearer: None }
    }
}

/// What a deployment answered.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// 0 when there was no whole answer.
    pub status: u16,
    pub content_type: String,
    pub body: String,
    /// Where a redirect points, as an address without its query.
    pub leads_to: Option<String>,
    /// Why the answer cannot be used: too large, broken off, not text.
    pub trouble: Option<String>,
}

/// What to check, and how strictly.
#[derive(Default)]
pub struct Order<'a> {
    pub name: &'a str,
    pub strict: bool,
    pub fixtures: bool,
    /// Names and values of the locked env file, or of the environment. Secret.
    pub values: Vec<(String, String)>,
    /// What secrets the room adds to those that every page is searched for.
    pub redact: Vec<Added>,
    /// Tells this round's users and groups from everybody else's.
    pub mark: String,
}

impl Order<'_> {
    /// A value that is there and is no placeholder.
    fn value(&self, name: &str) -> Option<&str> {
        let value = self.values.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.trim())?;
        (!value.is_empty() && !is_placeholder(value)).then_some(value)
    }
}

/// How a round is followed from outside.
pub struct Watch<'a> {
    /// Hears of each check as soon as it is made.
    pub made: &'a mut dyn FnMut(&Check),
    /// Whether somebody wants it to end; what was made at the deployment is taken away first.
    pub stopped: &'a dyn Fn() -> bool,
}

/// A shorter value may be a word of the page.
const SHORTEST: usize = 12;

/// The public packs that belong to a launch, by the last part of their route.
const PACKS: [&str; 8] = [
    "commercial-pack",
    "order-form-template",
    "customer-launch-room",
    "launch-evidence",
    "launch-activation-manifest",
    "dependency-acceptance",
    "buyer-close-pack",
    "production-proof",
];

/// The names that can be checked.
#[must_use]
pub fn names() -> Vec<&'static str> {
    let own = [
        "first-customer-launch-plan",
        "launch-proof-bundle",
        "paid-beta-fixture-proof",
        "launch-clearance",
        "readiness",
        "readiness-strict",
        "scim-fixture",
    ];
    own.into_iter().chain(PACKS).collect()
}

/// Makes the checks of one name, in a fixed order.
///
/// # Errors
/// `Usage` for a name that cannot be checked; `Network` when the deployment does not answer at all; `Interrupted`.
pub fn check<'a>(order: &Order<'_>, plan: &'a Plan, fetch: &'a dyn Fetch, watch: Watch<'a>) -> Result<Vec<Check>, Error> {
    if !names().contains(&order.name) {
        let why = format!("known: {}", names().join(", "));
        return Err(Error::new(Kind::Usage, format!("there is no check `{}`", order.name), why));
    }
    let redactor = Redactor::new(redact_toml::rules_with(&order.redact), &secrets(order, plan));
    let mut ask = Ask::new(plan, fetch, watch, redactor);
    match order.name {
        "first-customer-launch-plan" => ask.plan()?,
        "readiness" | "readiness-strict" if order.strict || order.name == "readiness-strict" => ask.readiness()?,
        "readiness" => ask.advisory()?,
        "launch-proof-bundle" => bundle(&mut ask, order, order.fixtures, order.strict)?,
        "paid-beta-fixture-proof" => bundle(&mut ask, order, true, true)?,
        "launch-clearance" => {
            ask.health()?;
            ask.parity()?;
            ask.advisory()?;
        }
        "scim-fixture" => scim::fixture(&mut ask, order)?,
        name => ask.pack(name)?,
    }
    Ok(ask.finish())
}

/// What must stand on no page. Addresses, and what the plan says is no secret, do stand on them.
fn secrets(order: &Order<'_>, plan: &Plan) -> Vec<Secret> {
    let open: Vec<&str> =
        plan.proofs.iter().flat_map(|proof| &proof.env).filter(|env| !env.secret).map(|env| env.name.as_str()).collect();
    let is_secret = |(name, value): &&(String, String)| {
        !open.contains(&name.as_str()) && value.len() >= SHORTEST && !value.contains("://") && !is_placeholder(value)
    };
    order.values.iter().filter(is_secret).map(|(name, value)| Secret::new(value.clone(), name.clone())).collect()
}

fn bundle(ask: &mut Ask<'_>, order: &Order<'_>, fixtures: bool, strict: bool) -> Result<(), Error> {
    ask.health()?;
    ask.plan()?;
    for name in PACKS {
        ask.pack(name)?;
    }
    ask.parity()?;
    ask.advisory()?;
    if fixtures {
        fixtures::all(ask, order)?;
    }
    if strict {
        ask.readiness()?;
    }
    Ok(())
}

/// Whether every check passed, and there was one.
#[must_use]
pub fn passed(checks: &[Check]) -> bool {
    !checks.is_empty() && checks.iter().all(|check| check.status == CheckStatus::Passed)
}

#[cfg(test)]
mod tests;
