//! What a decision is bound to: by meaning, everything it was judged on. How each requirement stood, and the values behind
//! them. Whether that is still so is for [`super::drift`] to say.

use super::case::Case;
use super::finding::Finding;
use super::inputs;
use super::requirement::{self, View, gate};
use super::status::RequirementStatus;
use crate::domain::ids::GateId;
use crate::domain::ledger::{Decision, Inputs, Ledger};
use crate::domain::plan::{Gate, Input, Need, Plan, Requirement};
use crate::domain::room::Room;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

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
pub(super) fn gates_of<'a>(plan: &'a Plan, decision: &Decision) -> Vec<&'a Gate> {
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
pub(super) fn judgeable<'c, 'a>(case: &'c Case<'a>, gate: &'a Gate) -> impl Iterator<Item = &'c (&'a Requirement, Finding)> {
    gate::findings(case, gate, View::Undecided).iter().filter(|(requirement, _)| !matches!(requirement.need, Need::Gate(_)))
}

/// How a requirement stood: `met`, `excluded X2`, `excluded checkout by stripe, sso by X1`, `stale`.
pub(super) fn label(found: &Finding) -> String {
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

pub(super) fn holder(case: &Case<'_>, role: &str) -> String {
    case.room.holder(role).map_or("blank", |owner| owner.name.trim()).to_owned()
}
