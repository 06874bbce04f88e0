//! What to do next: the fewest steps that clear a gate, in the order to do them.
//!
//! People first, then what can be run without harm, then what changes something outside, the decision last. An action
//! that rests on what another one changes comes after it: a proof run before its dependency is accepted would only go
//! stale again.

mod draft;
mod order;
mod runs;
mod wants;

use super::case::Case;
use super::finding::stage_words;
use super::status::{Action, ActionKind, GateState, GateStatus, ProofState, RequirementStatus, StageView, StepState};
use crate::domain::ids::GateId;
use crate::domain::plan::{Need, Requirement};
use draft::Draft;

/// What the lists are made from: everything that was found out already.
pub struct Known<'k, 'a> {
    pub case: &'k Case<'a>,
    pub gates: &'k [GateState],
    pub steps: &'k [StepState],
    pub proofs: &'k [ProofState],
    pub stage: &'k StageView,
}

/// What clears the next gate, and what clears everything up to the target.
pub fn actions(known: &Known<'_, '_>) -> (Vec<Action>, Vec<Action>) {
    let Some(next) = &known.stage.next else { return (Vec::new(), Vec::new()) };
    let upto = |stage: &GateId| -> Vec<GateId> {
        let rank = known.case.plan.rank(stage.as_str());
        let ids = known.gates.iter().map(|gate| gate.id.clone());
        ids.filter(|id| known.case.plan.rank(id.as_str()) <= rank).collect()
    };
    let target = &known.stage.target;
    let way = list(known, &upto(target), target);
    if next == target { (way.clone(), way) } else { (list(known, std::slice::from_ref(next), next), way) }
}

fn list(known: &Known<'_, '_>, gates: &[GateId], decide: &GateId) -> Vec<Action> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut asked: Vec<GateId> = Vec::new();
    for gate in gates {
        collect(known, gate, &mut asked, &mut drafts);
    }
    runs::add(known, &asked, &mut drafts);
    let mut actions = order::of(drafts);
    if let Some(decision) = decision(known, decide, actions.len()) {
        actions.push(decision);
    }
    actions
}

/// What a gate and those it builds on still want, runs of proofs aside.
fn collect(known: &Known<'_, '_>, id: &GateId, asked: &mut Vec<GateId>, drafts: &mut Vec<Draft>) {
    let (Some(gate), false) = (known.case.plan.gate(id.as_str()), asked.contains(id)) else { return };
    asked.push(id.clone());
    for requirement in open(known, id) {
        if let Need::Gate(below) = &requirement.need {
            collect(known, below, asked, drafts);
        } else {
            for draft in wants::of(known, &requirement.need, requirement, &gate.id) {
                draft::merge(drafts, draft);
            }
        }
    }
}

/// The requirements of a gate that are not settled.
fn open<'a>(known: &Known<'_, 'a>, id: &GateId) -> impl Iterator<Item = &'a Requirement> {
    let plan = known.case.plan;
    let states = known.gates.iter().find(|gate| gate.id == *id).map_or(&[][..], |gate| &gate.requirements);
    let open: Vec<_> = states.iter().filter(|state| !state.status.is_settled()).map(|state| &state.id).collect();
    let requirements = plan.gate(id.as_str()).map_or(&[][..], |gate| &gate.requires);
    requirements.iter().filter(move |requirement| open.contains(&&requirement.id)).collect::<Vec<_>>().into_iter()
}

/// The decision, after everything else.
fn decision(known: &Known<'_, '_>, id: &GateId, before: usize) -> Option<Action> {
    let gate = known.gates.iter().find(|gate| gate.id == *id).filter(|gate| !gate.status.is_clear())?;
    let plan = known.case.plan;
    let decides = plan.gate(id.as_str())?.requires.iter().find(|requirement| requirement.need == Need::Decision)?;
    let state = gate.requirements.iter().find(|state| state.id == decides.id)?;
    if state.status.is_settled() {
        return None;
    }
    let target = &known.stage.target;
    let stage = stage_words(id);
    let text =
        if id == target { format!("Decide {stage}") } else { format!("Decide {stage}, or wait for {}", stage_words(target)) };
    let excluded = gate.status == GateStatus::ClearWithExclusions
        || gate.requirements.iter().any(|state| state.status == RequirementStatus::Excluded);
    let outcome = if excluded { "accepted_with_exclusions" } else { "accepted" };
    Some(Action {
        text,
        kind: ActionKind::Decide(id.clone()),
        owner: decides.owner.clone(),
        side: crate::domain::plan::Side::Joint,
        status: RequirementStatus::Unmet,
        command: format!("launchroom decide --stage {id} --outcome {outcome} --customer NAME --operator NAME"),
        unlocks: vec![decides.id.clone()],
        after: (before > 0).then_some(before),
        asked: None,
        dangerous: false,
        alternative: None,
    })
}
