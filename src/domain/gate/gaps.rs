//! Activation gaps: groups of values that are not collected and proven, and what on the way waits for each.

use super::case::Case;
use super::people;
use super::status::{Gap, GateState, RequirementState};
use crate::domain::bundle;
use crate::domain::ids::{CheckId, GateId};
use crate::domain::plan::{Group, Input, Need, Plan};
use crate::domain::room::{Acceptance, ActivationStatus};

/// What keeps a stage, or one it builds on, waiting: the gaps that unblock most first, else in the plan's order. What a stage
/// beyond it wants is no gap of this one.
pub fn of(case: &Case<'_>, gates: &[GateState], stage: &GateId) -> Vec<Gap> {
    let below = super::closure(case.plan, stage);
    let states = gates.iter().filter(|gate| below.contains(&&gate.id)).flat_map(|gate| &gate.requirements);
    let open: Vec<&RequirementState> =
        states.filter(|state| !state.status.is_settled() && !case.assumed.contains(&state.id)).collect();
    let mut gaps: Vec<Gap> = case.plan.activation.iter().filter_map(|group| gap(case, group, &open)).collect();
    gaps.sort_by_key(|gap| std::cmp::Reverse(gap.unlocks.len()));
    gaps
}

fn gap(case: &Case<'_>, group: &Group, open: &[&RequirementState]) -> Option<Gap> {
    let status = case.room.activation.get(&group.id).copied();
    if matches!(status, Some(ActivationStatus::Proven | ActivationStatus::Excluded)) {
        return None;
    }
    let needs = |state: &&&RequirementState| {
        case.plan.requirement(state.id.as_str()).is_some_and(|requirement| waits(case, &requirement.need, group))
    };
    let unlocks: Vec<_> = open.iter().filter(needs).map(|state| state.id.clone()).collect();
    let about = format!("activation.{}", group.id);
    let asked = people::asked(case, &about, &format!("{about}.status"));
    (!unlocks.is_empty()).then(|| Gap { group: group.id.clone(), status, unlocks, asked })
}

/// Whether a need cannot be settled before the group is proven.
fn waits(case: &Case<'_>, need: &Need, group: &Group) -> bool {
    let plan = case.plan;
    match need {
        Need::Activation(groups) => groups.contains(&group.id),
        Need::Proof(id) => {
            let rests = |input: &Input| matches!(input, Input::Activation(of) if *of == group.id);
            let rests = plan.proof(id.as_str()).is_some_and(|proof| proof.depends_on.iter().any(rests));
            rests || group.proof.as_ref() == Some(id) && !is_done_without(case, group)
        }
        Need::Any(needs) => needs.iter().any(|need| waits(case, need, group)),
        Need::Step(id) => {
            plan.step(id.as_str()).is_some_and(|step| step.requires.iter().any(|own| waits(case, &own.need, group)))
        }
        Need::Roles | Need::Scope(_) | Need::Evidence { .. } | Need::Dependencies(_) | Need::Decision | Need::Gate(_) => false,
    }
}

/// An accepted fallback does without what the group would be collected for.
fn is_done_without(case: &Case<'_>, group: &Group) -> bool {
    let check = CheckId::from(group.id.as_str());
    let accepted = |id: &str| case.room.dependencies.get(id).is_some_and(Acceptance::is_accepted);
    covering(case.plan, &check).any(accepted)
}

fn covering<'a>(plan: &'a Plan, check: &'a CheckId) -> impl Iterator<Item = &'a str> {
    let covers = |patterns: &[String]| patterns.iter().any(|pattern| bundle::covers(pattern, check));
    plan.dependencies.iter().filter(move |dependency| covers(&dependency.covers)).map(|dependency| dependency.id.as_str())
}
