//! What to do next: the fewest steps that clear a gate, in the order to do them.
//!
//! People first, then what can be run without harm, then what changes something outside, the decision last. An action
//! that rests on what another one changes comes after it: a proof run before its dependency is accepted would only go
//! stale again.

pub(super) mod choose;
mod draft;
mod order;
mod runs;
mod wants;

use super::case::Case;
use super::finding::stage_words;
use super::status::{Action, ActionKind, GateState, ProofState, RequirementState, RequirementStatus, StageView, StepState};
use crate::domain::ids::GateId;
use crate::domain::plan::Need;
use choose::Way;
use draft::Draft;

/// What the lists are made from: everything that was found out already.
pub struct Known<'k, 'a> {
    pub case: &'k Case<'a>,
    pub gates: &'k [GateState],
    pub steps: &'k [StepState],
    pub proofs: &'k [ProofState],
    pub stage: &'k StageView,
}

/// What clears the next gate, and the whole way to the target.
pub fn actions(known: &Known<'_, '_>) -> (Vec<Action>, Vec<Action>) {
    let Some(next) = &known.stage.next else { return (Vec::new(), Vec::new()) };
    let target = &known.stage.target;
    let way = path(known, target, choose::AT_ONCE);
    (list(known, next, choose::AT_ONCE, Along::OtherStale), way)
}

/// The fewest acts that clear a stage's gate and all it builds on, and nothing beside them. `tries` bounds the search where
/// a plan leaves many ways open.
pub fn path(known: &Known<'_, '_>, stage: &GateId, tries: usize) -> Vec<Action> {
    list(known, stage, tries, Along::Nothing)
}

/// What goes along with runs that are needed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Along {
    Nothing,
    /// It is one row either way.
    OtherStale,
}

fn list(known: &Known<'_, '_>, stage: &GateId, tries: usize, along: Along) -> Vec<Action> {
    let mut drafts = choose::fewest(known, stage, tries);
    runs::into_rows(known, &mut drafts, along == Along::OtherStale);
    let mut actions = order::of(drafts);
    // One for a later stage decides this one, too: with nothing else to do, it is for as far as may be decided.
    let farthest = known.stage.allowed.as_ref().filter(|_| actions.is_empty() && along == Along::OtherStale);
    let target = known.case.plan.rank(known.stage.target.as_str());
    let reaches = |id: &&GateId| known.case.plan.rank(id.as_str()) <= target;
    let decides = match farthest {
        Some(allowed) if reaches(&allowed) => allowed,
        Some(_) => &known.stage.target,
        None => stage,
    };
    if let Some(decision) = decision(known, decides, actions.len()) {
        actions.push(decision);
    }
    actions
}

/// What a gate and those it builds on still want.
fn collect(way: &Way<'_, '_, '_>, id: &GateId, asked: &mut Vec<GateId>, drafts: &mut Vec<Draft>) {
    let (Some(gate), false) = (way.case.plan.gate(id.as_str()), asked.contains(id)) else { return };
    asked.push(id.clone());
    let states = way.gates.iter().find(|gate| gate.id == *id).map_or(&[][..], |gate| &gate.requirements);
    for requirement in &gate.requires {
        let state = states.iter().find(|state| state.id == requirement.id);
        // Out of scope, or assumed: nothing is wanted, whatever else changes.
        let left_out = state.is_some_and(|state| state.status.is_settled() && state.exclusion.is_some());
        if left_out || way.case.assumed.contains(&requirement.id) {
            continue;
        }
        if let Need::Gate(below) = &requirement.need {
            collect(way, below, asked, drafts);
        } else {
            for draft in wants::of(way, &requirement.need, requirement, &gate.id) {
                draft::merge(drafts, draft);
            }
        }
    }
}

/// The decision, after everything else. One for a stage also decides those it builds on.
fn decision(known: &Known<'_, '_>, id: &GateId, before: usize) -> Option<Action> {
    let plan = known.case.plan;
    let below = super::closure(plan, id);
    let gates: Vec<&GateState> = below.iter().filter_map(|id| known.gates.iter().find(|gate| gate.id == **id)).collect();
    let open = |state: &&RequirementState| state.kind == "decision" && !state.status.is_settled();
    let open: Vec<&RequirementState> = gates.iter().flat_map(|gate| &gate.requirements).filter(open).collect();
    let decides = open.first()?;
    let target = &known.stage.target;
    let stage = stage_words(id);
    let (rank, reach) = (plan.rank(id.as_str()), plan.rank(target.as_str()));
    let text =
        if rank < reach { format!("Decide {stage}, or wait for {}", stage_words(target)) } else { format!("Decide {stage}") };
    let excluded = gates.iter().flat_map(|gate| &gate.requirements).any(|state| state.status == RequirementStatus::Excluded);
    let outcome = if excluded { "accepted_with_exclusions" } else { "accepted" };
    Some(Action {
        text,
        kind: ActionKind::Decide(id.clone()),
        owner: decides.owner.clone(),
        side: crate::domain::plan::Side::Joint,
        status: RequirementStatus::Unmet,
        command: format!("launchroom decide --stage {id} --outcome {outcome} --customer NAME --operator NAME"),
        unlocks: open.iter().map(|state| state.id.clone()).collect(),
        after: (before > 0).then_some(before),
        asked: None,
        dangerous: false,
        alternative: None,
    })
}
