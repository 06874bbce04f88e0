//! What a proof's result rests on, by meaning and not by wording.
//!
//! A treatment, whether it is accepted, an outside change somebody recorded; a scope value without its spacing; how far a
//! group is collected; how another proof last ended. Where an acceptance is written down may be reworded at will.

use super::case::Case;
use crate::domain::ids::Digest;
use crate::domain::ledger::replay::History;
use crate::domain::ledger::{Inputs, Ledger, Outcome};
use crate::domain::plan::{Input, Plan, Proof};
use crate::domain::room::{Room, Value};
use jiff::Timestamp;

/// What this proof's result rests on now. A record keeps it, and is stale once it differs. Source: the seed's rule to run
/// again after any dependency change.
#[must_use]
pub fn inputs_of(_plan: &Plan, room: &Room, ledger: &Ledger, proof: &Proof) -> Inputs {
    now(room, &History::of(ledger), proof)
}

pub(super) fn now(room: &Room, history: &History<'_>, proof: &Proof) -> Inputs {
    Inputs(proof.depends_on.iter().map(|input| (input.to_string(), value(room, history, input))).collect())
}

/// The meaning of one input, short enough to be read in a sentence.
pub(super) fn value(room: &Room, history: &History<'_>, input: &Input) -> String {
    match input {
        Input::Scope(field) => {
            room.scope.get(field).map(meaning).filter(|text| !text.is_empty()).unwrap_or_else(|| "blank".into())
        }
        Input::Dependency(id) => {
            let Some(acceptance) = room.dependencies.get(id) else { return "not recorded".into() };
            let treatment = acceptance.treatment.map_or("no treatment", crate::domain::room::Treatment::as_str);
            let accepted = if acceptance.is_accepted() { "accepted" } else { "not accepted" };
            let changed = squeeze(&acceptance.changed);
            if changed.is_empty() { format!("{treatment}, {accepted}") } else { format!("{treatment}, {accepted}, {changed}") }
        }
        Input::Activation(group) => room.activation.get(group).map_or("not recorded", |status| status.as_str()).into(),
        Input::Proof(proof) => newest(history, proof.as_str()).into(),
    }
}

/// How a proof last ended, attached or not. A run that somebody stopped shows nothing either way.
fn newest(history: &History<'_>, proof: &str) -> &'static str {
    let told = |outcome: &Outcome| !matches!(outcome, Outcome::Stopped | Outcome::Interrupted | Outcome::Reference);
    match history.runs(proof).iter().rev().map(|ran| ran.outcome).find(told) {
        Some(Outcome::Passed) => "passed",
        Some(_) => "failed",
        None => "not run",
    }
}

/// A scope value without its spacing, and a list without its order. A long one by its digest: it is compared, not read.
pub(super) fn meaning(value: &Value) -> String {
    let text = match value {
        Value::Text(text) => squeeze(text),
        Value::List(items) => {
            let mut items: Vec<String> = items.iter().map(|item| squeeze(item)).filter(|item| !item.is_empty()).collect();
            items.sort();
            items.join(", ")
        }
    };
    if text.chars().count() <= 80 { text } else { format!("sha256 {}", Digest::of(text.as_bytes())) }
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What changed, one sentence each: `support-email changed: was managed, now manual`.
pub(super) fn changes(case: &Case<'_>, was: &Inputs, proof: &Proof) -> Vec<(String, Option<Timestamp>)> {
    let mut out = Vec::new();
    for input in &proof.depends_on {
        let key = input.to_string();
        let now = value(case.room, &case.history, input);
        match was.0.get(&key) {
            Some(then) if *then == now => {}
            Some(then) => out.push((sentence(&key, then, &now), changed_at(case, &key))),
            None => out.push((format!("the record does not say which {} it rests on", name(&key)), None)),
        }
    }
    out
}

/// `cohort changed: was 42 supervisors, now 60 supervisors`.
pub(super) fn sentence(key: &str, was: &str, now: &str) -> String {
    let name = name(key);
    if !key.starts_with("dependency:") {
        let long = was.starts_with("sha256 ") || now.starts_with("sha256 ") || was.len() + now.len() > 60;
        return if long { format!("{name} changed") } else { format!("{name} changed: was {was}, now {now}") };
    }
    let parts = |text: &'_ str| -> (String, String, String) {
        let mut parts = text.splitn(3, ", ").map(str::to_owned);
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    };
    let ((t1, a1, c1), (t2, a2, c2)) = (parts(was), parts(now));
    if t1 != t2 {
        format!("{name} changed: was {t1}, now {t2}")
    } else if a1 != a2 {
        format!("{name} changed: was {a1}, now {a2}")
    } else if c2.is_empty() {
        format!("{name} changed: no longer “{c1}”")
    } else {
        format!("{name} changed: {c2}")
    }
}

/// The input without its kind: `dependency:stripe` is `stripe`.
fn name(key: &str) -> &str {
    key.split_once(':').map_or(key, |(_, name)| name)
}

/// When the room's value behind an input last changed, as far as the ledger knows.
fn changed_at(case: &Case<'_>, key: &str) -> Option<Timestamp> {
    if let Some(proof) = key.strip_prefix("proof:") {
        return case.history.runs(proof).last().map(|ran| ran.at);
    }
    let paths = paths(key);
    let newest = paths.iter().filter_map(|path| case.history.changes(path).last()).max_by_key(|change| change.seq);
    newest.map(|change| change.at)
}

/// The values of the room that a key is made from, as [`Room::values`] names them.
pub(super) fn paths(key: &str) -> Vec<String> {
    let Some((kind, id)) = key.split_once(':') else { return Vec::new() };
    match kind {
        "scope" => vec![format!("scope.{id}")],
        "activation" => vec![format!("activation.{id}.status")],
        "role" => vec![format!("owners.{id}.name")],
        "dependency" => {
            ["treatment", "order_form", "launch_room", "changed"].iter().map(|p| format!("dependencies.{id}.{p}")).collect()
        }
        _ => Vec::new(),
    }
}
