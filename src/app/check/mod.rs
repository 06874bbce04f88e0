//! Asks a deployment what a public proof asks it: is it there, is it whole, is it safe for the public, does it hang together.
//!
//! What a page must contain is read from the plan, so any deployment of any plan can be asked; how its JSON is shaped is its
//! own affair. A check that cannot be made here fails and says so: not tested is not passed.

mod ask;
mod fixtures;

use super::error::{Error, Kind};
use crate::domain::ledger::{Check, CheckStatus};
use crate::domain::plan::Plan;
use crate::domain::redact::Redactor;
use crate::format::redact_toml;
use ask::Ask;

/// Gets pages of one deployment.
pub trait Fetch {
    /// The page at `path`, whatever its status.
    ///
    /// # Errors
    /// `Network` when there is no answer at all.
    fn get(&self, path: &str) -> Result<Page, Error>;
}

/// What a deployment answered.
pub struct Page {
    pub status: u16,
    pub content_type: String,
    pub body: String,
}

/// What to check, and how strictly.
pub struct Order<'a> {
    pub name: &'a str,
    pub strict: bool,
    pub fixtures: bool,
}

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
    let own = ["first-customer-launch-plan", "launch-proof-bundle", "launch-clearance", "readiness", "scim-fixture"];
    own.into_iter().chain(PACKS).collect()
}

/// Makes the checks of one name, in a fixed order.
///
/// # Errors
/// `Usage` for a name that cannot be checked; `Network` when the deployment does not answer at all.
pub fn check(order: &Order<'_>, plan: &Plan, fetch: &dyn Fetch) -> Result<Vec<Check>, Error> {
    let mut ask = Ask::new(plan, fetch);
    match order.name {
        "first-customer-launch-plan" => ask.plan()?,
        "readiness" | "readiness-strict" => ask.readiness(order.strict || order.name == "readiness-strict")?,
        "launch-proof-bundle" | "paid-beta-fixture-proof" => {
            let whole = order.name == "paid-beta-fixture-proof";
            ask.health()?;
            ask.plan()?;
            for name in PACKS {
                ask.pack(name)?;
            }
            ask.parity()?;
            ask.advisory()?;
            if order.fixtures || whole {
                fixtures::all(&mut ask)?;
            }
            if order.strict || whole {
                ask.readiness(true)?;
            }
        }
        "launch-clearance" => {
            ask.health()?;
            ask.parity()?;
            ask.advisory()?;
        }
        "scim-fixture" => fixtures::scim(&mut ask)?,
        name if PACKS.contains(&name) => ask.pack(name)?,
        name => {
            let why = format!("known: {}", names().join(", "));
            return Err(Error::new(Kind::Usage, format!("there is no check `{name}`"), why));
        }
    }
    Ok(ask.done)
}

/// The redaction rules that hit in a text, by name.
fn secrets_in(text: &str) -> Vec<String> {
    let mut redactor = Redactor::new(redact_toml::rules(), &[]);
    let mut out = Vec::new();
    redactor.feed(text.as_bytes(), &mut out);
    redactor.finish(&mut out);
    redactor.counts().keys().cloned().collect()
}

/// Whether every check passed, and there was one.
#[must_use]
pub fn passed(checks: &[Check]) -> bool {
    !checks.is_empty() && checks.iter().all(|check| check.status == CheckStatus::Passed)
}

#[cfg(test)]
mod tests;
