//! What a decision is bound to, and whether it still stands.
//!
//! It keeps, by meaning, everything it was judged on: how each requirement stood, and the values behind them. Anything
//! that got worse or became something else ends it; a requirement that was excluded and is met now does not, and neither
//! does evidence that merely got old, which the gate shows as stale by itself.

use super::case::Case;
use super::finding::Finding;
use super::inputs;
use super::requirement::{self, View, gate};
use super::status::{DecisionState, RequirementStatus};
use crate::domain::ids::GateId;
use crate::domain::ledger::{Decision, Inputs, Ledger};
use crate::domain::plan::{Gate, Input, Need, Plan, Requirement};
use crate::domain::room::Room;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Whether the newest decision stands, and what changed since if it does not.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    pub changed: Vec<String>,
    pub since: Option<Timestamp>,
}

/// Everything a decision for this stage rests on now.
#[must_use]
pub fn judged(plan: &Plan, room: &Room, ledger: &Ledger, now: Timestamp, stage: &GateId) -> Inputs {
    let assumed = BTreeSet::new();
    of(&Case::new(plan, room, ledger, now, &assumed), stage)
}

pub(super) fn of(case: &Case<'_>, stage: &GateId) -> Inputs {
    let mut out = BTreeMap::new();
    for gate in decided_with(case, stage) {
        for (requirement, found) in judgeable(case, gate) {
            out.insert(requirement.id.to_string(), label(found));
            if found.is_met() {
                values(case, gate, &requirement.need, &mut out);
            }
        }
    }
    Inputs(out)
}

/// A stage's gate and those it builds on, nearest first.
pub(super) fn closure<'a>(plan: &'a Plan, stage: &GateId) -> Vec<&'a Gate> {
    let mut out: Vec<&Gate> = plan.gate(stage.as_str()).into_iter().collect();
    let mut next = 0;
    while let Some(gate) = out.get(next).copied() {
        next += 1;
        for requirement in &gate.requires {
            if let Need::Gate(id) = &requirement.need
                && let Some(below) = plan.gate(id.as_str())
                && !out.iter().any(|gate| gate.id == below.id)
            {
                out.push(below);
            }
        }
    }
    out
}

/// The gates a decision for a stage is about: those it builds on, and earlier ones that are settled when it is made. An
/// earlier one that is not settled then asks for a decision of its own once it is.
fn decided_with<'a>(case: &Case<'a>, stage: &GateId) -> Vec<&'a Gate> {
    let mut out = closure(case.plan, stage);
    let rank = case.plan.rank(stage.as_str());
    for gate in case.plan.gates.iter().filter(|gate| case.plan.rank(gate.id.as_str()) < rank) {
        let settled = || gate::status(gate, gate::findings(case, gate, View::Undecided)).is_clear();
        if !out.iter().any(|other| other.id == gate.id) && settled() {
            out.push(gate);
        }
    }
    out
}

/// Whether a decision was about this stage, too.
pub(super) fn is_about(plan: &Plan, decision: &Decision, stage: &GateId) -> bool {
    decision.stage == *stage || gates_of(plan, decision).iter().any(|gate| gate.id == *stage)
}

/// The gates a decision was about when it was made.
fn gates_of<'a>(plan: &'a Plan, decision: &Decision) -> Vec<&'a Gate> {
    let mut out = closure(plan, &decision.stage);
    let named = |gate: &&Gate| gate.requires.iter().any(|requirement| decision.judged.0.contains_key(requirement.id.as_str()));
    for gate in plan.gates.iter().filter(named) {
        if !out.iter().any(|other| other.id == gate.id) {
            out.push(gate);
        }
    }
    out
}

/// The requirements a decision is judged on: not the decision itself, and not other gates, whose own are judged.
fn judgeable<'c, 'a>(case: &'c Case<'a>, gate: &'a Gate) -> impl Iterator<Item = &'c (&'a Requirement, Finding)> {
    gate::findings(case, gate, View::Undecided).iter().filter(|(requirement, _)| !matches!(requirement.need, Need::Gate(_)))
}

/// How a requirement stood: `met`, `excluded X2`, `excluded checkout by stripe, sso by X1`, `stale`.
fn label(found: &Finding) -> String {
    if found.status == RequirementStatus::Excluded {
        format!("excluded {}", found.narrowed.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
    } else {
        found.status.as_str().to_owned()
    }
}

/// The values of the room behind a requirement that is met.
fn values(case: &Case<'_>, gate: &Gate, need: &Need, out: &mut BTreeMap<String, String>) {
    let mut put = |input: Input| {
        out.insert(input.to_string(), inputs::value(case.room, &case.history, &input));
    };
    match need {
        Need::Scope(fields) => fields.iter().cloned().for_each(|id| put(Input::Scope(id))),
        Need::Dependencies(ids) => ids.iter().cloned().for_each(|id| put(Input::Dependency(id))),
        Need::Activation(groups) => groups.iter().cloned().for_each(|id| put(Input::Activation(id))),
        Need::Roles => {
            for role in requirement::due(case.plan, &gate.id) {
                out.insert(format!("role:{}", role.id), holder(case, role.id.as_str()));
            }
        }
        Need::Step(id) => {
            let requires = case.plan.step(id.as_str()).map_or(&[][..], |step| &step.requires);
            for requirement in requires {
                values(case, gate, &requirement.need, out);
            }
        }
        Need::Proof(_) | Need::Evidence { .. } | Need::Decision | Need::Gate(_) | Need::Any(_) => {}
    }
}

fn holder(case: &Case<'_>, role: &str) -> String {
    case.room.holder(role).map_or("blank", |owner| owner.name.trim()).to_owned()
}

/// Whether the newest decision still stands. One that does not accept anything always does.
pub(super) fn standing(case: &Case<'_>) -> Standing {
    let Some((_, decision)) = case.history.decision().filter(|(_, decision)| decision.outcome.accepts()) else {
        return Standing::default();
    };
    let mut changed = Vec::new();
    let mut since = None;
    if let Some(damage) = case.broken() {
        changed.push(format!("the ledger is broken at line {}", damage.line));
    }
    if decision.judged.is_empty() {
        changed.push("it does not say what it was judged on".to_owned());
        return Standing { changed, since };
    }
    let was = &decision.judged.0;
    for gate in gates_of(case.plan, decision) {
        for (requirement, found) in judgeable(case, gate) {
            if let Some(sentence) = worse(requirement, was.get(requirement.id.as_str()), found) {
                changed.push(sentence);
                since = since.max(found.since);
            }
        }
    }
    for (key, then) in was.iter().filter(|(key, _)| !key.contains('/')) {
        let Some(now) = current(case, key) else { continue };
        let sentence = inputs::sentence(key, then, &now);
        // A requirement that went stale because of it has said so already.
        if now != *then && !changed.iter().any(|said| said.contains(&sentence)) {
            changed.push(sentence);
        }
    }
    Standing { changed, since }
}

/// What is worse, or something else, than when it was decided.
fn worse(requirement: &Requirement, was: Option<&String>, found: &Finding) -> Option<String> {
    let id = &requirement.id;
    let Some(was) = was else { return Some(format!("{id} was not part of the decision")) };
    let now = label(found);
    if *was == now || found.is_met() || found.aged {
        return None;
    }
    if let Some(then) = was.strip_prefix("excluded ").filter(|_| found.status == RequirementStatus::Excluded) {
        // Less left out than was accepted: better, not something else.
        let then: BTreeSet<&str> = then.split(", ").collect();
        if found.narrowed.iter().all(|one| then.contains(one.as_str())) {
            return None;
        }
    }
    Some(format!("{id} was {was}, now {now}: {}", found.reason))
}

/// The value behind a key now; `None` for a key this version does not know.
fn current(case: &Case<'_>, key: &str) -> Option<String> {
    let (kind, id) = key.split_once(':')?;
    let input = match kind {
        "role" => return Some(holder(case, id)),
        "scope" => Input::Scope(id.into()),
        "dependency" => Input::Dependency(id.into()),
        "activation" => Input::Activation(id.into()),
        _ => return None,
    };
    Some(inputs::value(case.room, &case.history, &input))
}

/// The newest decision, for the screens.
pub(super) fn state(case: &Case<'_>, standing: &Standing) -> Option<DecisionState> {
    let (entry, decision) = case.history.decision()?;
    Some(DecisionState {
        seq: entry.seq,
        at: entry.at,
        stage: decision.stage.clone(),
        outcome: decision.outcome,
        stands: standing.changed.is_empty(),
        changed: standing.changed.clone(),
    })
}
