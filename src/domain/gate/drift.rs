//! Whether a decision still stands, what changed since, by whom, and whose voice is needed again.
//!
//! Anything it was judged on that got worse or became something else ends it; a requirement that was excluded and is met
//! now does not, and neither does evidence that merely got old, which the gate shows as stale by itself. Nothing is ever
//! deleted: a decision that another took the place of stays in the list and says which.

use super::case::Case;
use super::decision::{gates_of, holder, judgeable, label};
use super::finding::Finding;
use super::inputs;
use super::since;
use super::status::{Cause, DecisionChange, DecisionStanding, DecisionState, RequirementStatus};
use crate::domain::ids::RoleId;
use crate::domain::ledger::{Body, Decision, Entry, Inputs, Ledger};
use crate::domain::person;
use crate::domain::plan::{Input, Party, Plan, Requirement};
use crate::domain::room::Room;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What changed since a decision.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    /// One sentence each; what one of them says of several is said once.
    pub changed: Vec<String>,
    /// All of it, piece by piece.
    pub changes: Vec<DecisionChange>,
    pub since: Option<Timestamp>,
}

/// Every decision ever recorded, the newest first. What changed since is told of the newest alone: the others bind nothing.
#[must_use]
pub fn decisions(plan: &Plan, room: &Room, ledger: &Ledger, now: Timestamp) -> Vec<DecisionState> {
    let assumed = BTreeSet::new();
    let case = Case::new(plan, room, ledger, now, &assumed);
    let states = history(ledger).into_iter().map(|(entry, decision, overtaken)| match overtaken {
        None => current(&case, entry, decision, &of_newest(&case)),
        Some(standing) => past(entry, decision, standing),
    });
    states.collect()
}

/// Every decision, the newest first, each with what became of it; of the newest that depends on what it was judged on.
#[must_use]
pub fn history(ledger: &Ledger) -> Vec<(&Entry, &Decision, Option<DecisionStanding>)> {
    let mut out: Vec<(&Entry, &Decision, Option<DecisionStanding>)> = Vec::new();
    for entry in ledger.entries.iter().rev() {
        let Body::Decided(decision) = &entry.body else { continue };
        let standing = out.last().map(|(later, by, _)| {
            let ends = decision.outcome.accepts() && !by.outcome.accepts();
            if ends { DecisionStanding::Ended(later.seq) } else { DecisionStanding::Superseded(later.seq) }
        });
        out.push((entry, decision, standing));
    }
    out
}

/// The newest decision, for the screens.
pub(super) fn newest(case: &Case<'_>, drift: &Drift) -> Option<DecisionState> {
    let (entry, decision) = case.history.decision()?;
    Some(current(case, entry, decision, drift))
}

fn current(case: &Case<'_>, entry: &Entry, decision: &Decision, drift: &Drift) -> DecisionState {
    let mut bound = decision.judged.clone();
    bound.0.extend(drift.changes.iter().map(|change| (change.what.clone(), change.now.clone())));
    let standing = if drift.changed.is_empty() { DecisionStanding::Stands } else { DecisionStanding::ChangedSince };
    DecisionState {
        changed: drift.changed.clone(),
        changes: drift.changes.clone(),
        voices: voices(case.plan, &drift.changes),
        digest_now: bound.digest(),
        ..past(entry, decision, standing)
    }
}

fn past(entry: &Entry, decision: &Decision, standing: DecisionStanding) -> DecisionState {
    let digest = decision.digest.unwrap_or_else(|| decision.judged.digest());
    DecisionState {
        seq: entry.seq,
        at: entry.at,
        stage: decision.stage.clone(),
        outcome: decision.outcome,
        standing,
        stands: standing == DecisionStanding::Stands,
        changed: Vec::new(),
        changes: Vec::new(),
        voices: Vec::new(),
        same_person: person::same(&decision.customer, &decision.operator),
        digest,
        digest_now: digest,
    }
}

/// What changed since the newest decision. Since one that does not accept anything, nothing can.
pub(super) fn of_newest(case: &Case<'_>) -> Drift {
    match case.history.decision() {
        Some((entry, decision)) if decision.outcome.accepts() => since_decided(case, entry.seq, decision),
        Some(_) | None => Drift::default(),
    }
}

fn since_decided(case: &Case<'_>, seq: u64, decision: &Decision) -> Drift {
    let mut drift = Drift::default();
    if let Some(damage) = case.broken() {
        drift.say(of_ledger("intact", format!("the ledger is broken at line {}", damage.line)));
    }
    if let Some(told) = other_ledger(case.ledger, decision) {
        drift.say(of_ledger("the one it was made on", told));
    }
    if decision.judged.is_empty() {
        drift.say(of_ledger("unknown", "it does not say what it was judged on".to_owned()));
        return drift;
    }
    for gate in gates_of(case.plan, decision) {
        for (requirement, found) in judgeable(case, gate) {
            if let Some(change) = worse(case, seq, &decision.judged, requirement, found) {
                drift.since = drift.since.max(found.since);
                drift.say(change);
            }
        }
    }
    for (key, then) in decision.judged.0.iter().filter(|(key, _)| !key.contains('/')) {
        let Some((now, voice)) = value(case, key).filter(|(now, _)| now != then) else { continue };
        drift.say(of_value(case, seq, key, then, now, voice));
    }
    drift
}

impl Drift {
    fn say(&mut self, change: DecisionChange) {
        // A requirement that went stale because of it has said so already.
        if !self.changed.iter().any(|said| said.contains(&change.told)) {
            self.changed.push(change.told.clone());
        }
        self.changes.push(change);
    }
}

fn of_ledger(was: &str, told: String) -> DecisionChange {
    let (what, was, now) = ("ledger".to_owned(), was.to_owned(), told.clone());
    DecisionChange { what, was, now, told, cause: None, at: None, voice: None }
}

/// Whether the ledger, as long as it was then, ends in another entry: it was cut or written anew.
fn other_ledger(ledger: &Ledger, decision: &Decision) -> Option<String> {
    let (head, length) = (decision.head?, decision.length?);
    let last = usize::try_from(length).ok()?.checked_sub(1)?;
    let is_same = ledger.entries.get(last).is_some_and(|entry| entry.hash == head);
    (!is_same).then(|| format!("entry #{length} is not the one it was made on ({})", head.short()))
}

/// What is worse, or something else, than when it was decided.
fn worse(case: &Case<'_>, seq: u64, judged: &Inputs, requirement: &Requirement, found: &Finding) -> Option<DecisionChange> {
    let (id, now) = (&requirement.id, label(found));
    let was = judged.0.get(id.as_str());
    let told = match was {
        None => format!("{id} was not part of the decision"),
        Some(was) if *was == now || found.is_met() || found.aged || is_less_excluded(was, found) => return None,
        Some(was) => format!("{id} was {was}, now {now}: {}", found.reason),
    };
    let entry = cause_of(case, seq, requirement, found.since);
    Some(DecisionChange {
        what: id.to_string(),
        was: was.cloned().unwrap_or_else(|| "not part of it".to_owned()),
        now,
        told,
        cause: entry.map(cause),
        at: found.since.or(entry.map(|entry| entry.at)),
        voice: Some(requirement.owner.clone()),
    })
}

/// Less left out than was accepted: better, not something else.
fn is_less_excluded(was: &str, found: &Finding) -> bool {
    let Some(then) = was.strip_prefix("excluded ").filter(|_| found.status == RequirementStatus::Excluded) else { return false };
    let then: BTreeSet<&str> = then.split(", ").collect();
    found.narrowed.iter().all(|one| then.contains(one.as_str()))
}

fn of_value(case: &Case<'_>, seq: u64, key: &str, then: &str, now: String, voice: Option<Party>) -> DecisionChange {
    let changes = inputs::paths(key).into_iter().filter_map(|path| case.history.changes(&path).last());
    let newest = changes.filter(|change| change.seq > seq).max_by_key(|change| change.seq);
    DecisionChange {
        what: key.to_owned(),
        was: then.to_owned(),
        told: inputs::sentence(key, then, &now),
        now,
        cause: newest.map(|change| Cause { seq: change.seq, by: change.by.to_owned(), outside: change.outside }),
        at: newest.map(|change| change.at),
        voice,
    }
}

/// The newest entry since the decision that is about what a requirement asks for, or that of the moment it stopped being met.
fn cause_of<'a>(case: &Case<'a>, seq: u64, requirement: &Requirement, since: Option<Timestamp>) -> Option<&'a Entry> {
    let mut found = None;
    for entry in case.ledger.entries.iter().rev().take_while(|entry| entry.seq > seq) {
        if since.is_some_and(|since| entry.at < since) {
            break;
        }
        if since::touches(case.plan, case.ledger, requirement, &requirement.need, &entry.body) {
            found = found.or(Some(entry));
            if since.is_none_or(|since| entry.at == since) {
                return Some(entry);
            }
        }
    }
    found
}

fn cause(entry: &Entry) -> Cause {
    Cause { seq: entry.seq, by: entry.by.clone(), outside: matches!(entry.body, Body::EditedOutside(_)) }
}

/// The value behind a key now, and who answers for it; `None` for a key this version does not know.
fn value(case: &Case<'_>, key: &str) -> Option<(String, Option<Party>)> {
    let (kind, id) = key.split_once(':')?;
    let plan = case.plan;
    let (input, voice) = match kind {
        "role" => return Some((holder(case, id), Some(Party::Role(RoleId::from(id))))),
        "scope" => (Input::Scope(id.into()), plan.field(id).map(|field| field.owner.clone())),
        "dependency" => (Input::Dependency(id.into()), plan.dependency(id).map(|dependency| dependency.owner.clone())),
        "activation" => (Input::Activation(id.into()), plan.group(id).map(|group| group.owner.clone())),
        _ => return None,
    };
    Some((inputs::value(case.room, &case.history, &input), voice))
}

/// Whose voice is needed again, in the plan's order, each with what it answers for.
fn voices(plan: &Plan, changes: &[DecisionChange]) -> Vec<(Party, Vec<String>)> {
    let roles = plan.roles.iter().map(|role| Party::Role(role.id.clone()));
    let functions = plan.functions.iter().map(|function| Party::Function(function.id.clone()));
    let because = |party: &Party| -> Vec<String> {
        changes.iter().filter(|change| change.voice.as_ref() == Some(party)).map(|change| change.what.clone()).collect()
    };
    let all = roles.chain(functions).map(|party| (because(&party), party));
    all.filter(|(because, _)| !because.is_empty()).map(|(because, party)| (party, because)).collect()
}
