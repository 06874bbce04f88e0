//! What must not be read in a dossier, whoever quoted it where: contacts, notes, holders, and for a buyer the scope.

use crate::domain::ledger::{Body, Ledger};
use crate::domain::plan::{Class, Plan};
use crate::domain::room::{Room, Value};
use aho_corasick::AhoCorasick;
use std::collections::{BTreeMap, BTreeSet};

/// Shorter texts would be found inside of words.
const SHORTEST: usize = 6;
/// A scope value is searched for when it is a text of its own, not a word of the plan.
const PHRASE: usize = 12;

/// Texts to search for, each with the rule that a refusal names.
pub struct Private {
    rules: Vec<&'static str>,
    search: Option<AhoCorasick>,
}

impl Private {
    /// Whether one of them is in it.
    #[must_use]
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        self.search.as_ref().is_some_and(|search| search.is_match(bytes))
    }

    /// The rules whose texts are in it.
    #[must_use]
    pub fn rules_in(&self, bytes: &[u8]) -> BTreeSet<&'static str> {
        let found = self.search.iter().flat_map(|search| search.find_overlapping_iter(bytes));
        found.filter_map(|found| self.rules.get(found.pattern().as_usize()).copied()).collect()
    }
}

/// What of this room is above `ceiling`, in the room as it is and as it ever was.
#[must_use]
pub fn private(plan: &Plan, room: &Room, ledger: &Ledger, ceiling: Class) -> Private {
    let mut texts: BTreeMap<String, &'static str> = BTreeMap::new();
    if ceiling < Class::Locked {
        for (path, value) in values(room, ledger) {
            let Some(rule) = rule(&path, ceiling) else { continue };
            for text in texts_of(&value) {
                if is_telling(plan, room, rule, &text) {
                    texts.insert(text, rule);
                }
            }
        }
        let holders = ledger.entries.iter().filter_map(|entry| match &entry.body {
            Body::Attached(attached) => attached.holder.clone(),
            _ => None,
        });
        texts.extend(holders.chain(ledger.holder.clone()).filter(|text| text.len() >= SHORTEST).map(|text| (text, "holder")));
    }
    let forms: Vec<(String, &'static str)> =
        texts.into_iter().flat_map(|(text, rule)| forms(&text).into_iter().map(move |form| (form, rule))).collect();
    let search = if forms.is_empty() { None } else { AhoCorasick::new(forms.iter().map(|(text, _)| text)).ok() };
    Private { rules: forms.into_iter().map(|(_, rule)| rule).collect(), search }
}

fn values(room: &Room, ledger: &Ledger) -> Vec<(String, Value)> {
    let mut out: Vec<(String, Value)> = room.values().into_iter().collect();
    for entry in ledger.entries.iter() {
        let (Body::RoomChanged(changed) | Body::EditedOutside(changed)) = &entry.body else { continue };
        for change in &changed.changes {
            out.extend([&change.was, &change.now].into_iter().flatten().map(|value| (change.path.clone(), value.clone())));
        }
    }
    out
}

fn rule(path: &str, ceiling: Class) -> Option<&'static str> {
    let field = path.rsplit('.').next().unwrap_or_default();
    if field == "contact" {
        Some("contact")
    } else if field == "basis" {
        Some("note")
    } else if ceiling == Class::Public && path.starts_with("scope.") {
        Some("scope")
    } else if ceiling == Class::Public
        && path.starts_with("dependencies.")
        && [".order_form", ".launch_room"].iter().any(|end| path.ends_with(end))
    {
        Some("acceptance")
    } else {
        None
    }
}

fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) => vec![text.trim().to_owned()],
        Value::List(items) => items.iter().map(|item| item.trim().to_owned()).collect(),
    }
}

/// A word that everybody uses tells nothing: what the plan says itself, and names that are shown anyway.
fn is_telling(plan: &Plan, room: &Room, rule: &str, text: &str) -> bool {
    if text.len() < SHORTEST || room.owners.values().any(|owner| owner.name.contains(text)) || text == room.tenant.name {
        return false;
    }
    if rule == "contact" && text.contains('@') {
        return true;
    }
    let own = text.len() >= PHRASE && text.contains(' ');
    (own || rule == "contact") && !plan_says(plan, text)
}

fn plan_says(plan: &Plan, text: &str) -> bool {
    let says = |other: &str| other.contains(text);
    plan.scope.iter().any(|field| says(&field.hint) || says(&field.title))
        || plan.dependencies.iter().any(|one| says(&one.managed) || says(&one.invoice) || says(&one.acceptance))
        || plan.motions.iter().any(|one| says(&one.treatment) || says(&one.condition) || one.allowed.iter().any(|a| says(a)))
        || says(&plan.stance.text)
        || says(&plan.stance.billing_default)
        || plan.gates.iter().flat_map(|gate| &gate.requires).any(|one| says(&one.text) || says(&one.remedy))
}

/// As it is, and as JSON and HTML would write it.
fn forms(text: &str) -> BTreeSet<String> {
    let json = serde_json::to_string(text).unwrap_or_default();
    let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;");
    [text.to_owned(), json.trim_matches('"').to_owned(), html].into_iter().filter(|form| form.len() >= SHORTEST).collect()
}
