//! How one requirement stands: one file a kind, and what lies over all kinds here.

mod activation;
mod any;
mod decision;
mod dependencies;
mod evidence;
pub(super) mod gate;
pub(super) mod proof;
mod roles;
mod scope;
pub(super) mod step;

pub(super) use roles::due;

use super::case::Case;
use super::finding::Finding;
use super::status::{ExclusionStanding, RequirementStatus};
use crate::domain::ids::GateId;
use crate::domain::plan::{Need, Requirement};

/// Whether decisions are looked at. What may be decided is judged without them, or deciding would be circular.
#[derive(Clone, Copy)]
pub enum View<'v> {
    Undecided,
    Decided(&'v super::drift::Drift),
}

/// Where a requirement stands in the plan: roles and decisions mean a stage.
#[derive(Clone, Copy)]
pub struct Place<'p> {
    pub stage: &'p GateId,
    pub excludable: bool,
}

/// How a requirement of this stage stands: what its kind finds, under what somebody assumed, excluded, or broke.
pub fn find(case: &Case<'_>, requirement: &Requirement, stage: &GateId, view: View<'_>) -> Finding {
    if case.assumed.contains(&requirement.id) {
        return Finding::met("assumed, not recorded anywhere");
    }
    let place = Place { stage, excludable: requirement.excludable };
    let mut found = need(case, &requirement.need, requirement, place, view);
    if requirement.excludable {
        found = under_exclusion(case, requirement.id.as_str(), found);
    }
    match case.broken() {
        Some(damage)
            if found.status != RequirementStatus::Unmet && (found.exclusion.is_some() || rests_on_ledger(&requirement.need)) =>
        {
            let reason = format!("the ledger is broken at line {}: what it says cannot be trusted", damage.line);
            Finding { status: RequirementStatus::Unverified, reason, ends: None, aged: false, only_decision: false, ..found }
        }
        _ => found,
    }
}

/// How one need stands by its kind.
pub fn need(case: &Case<'_>, need: &Need, requirement: &Requirement, place: Place<'_>, view: View<'_>) -> Finding {
    match need {
        Need::Roles => roles::find(case, place.stage),
        Need::Scope(fields) => scope::find(case, fields),
        Need::Step(id) => step::find(case, id, place.stage),
        Need::Proof(id) => proof::find(case, id, place.excludable),
        Need::Evidence { document, targets, may_be_stated } => {
            let wanted = evidence::Wanted { document, targets, may_be_stated: *may_be_stated && !is_blocked(case, place.stage) };
            evidence::find(case, requirement, wanted)
        }
        Need::Dependencies(ids) => dependencies::find(case, ids),
        Need::Activation(groups) => activation::find(case, groups),
        Need::Decision => decision::find(case, place.stage, view),
        Need::Gate(id) => gate::find(case, id, view),
        Need::Any(needs) => any::find(case, needs, requirement, place, view),
    }
}

/// A gate that policy blocks is opened by what is shown, never by what is said.
fn is_blocked(case: &Case<'_>, stage: &GateId) -> bool {
    case.plan.gate(stage.as_str()).is_some_and(|gate| gate.blocked_by_policy)
}

/// An exclusion stands over whatever is there, also over a pass: it says the thing is not part of this launch.
fn under_exclusion(case: &Case<'_>, id: &str, found: Finding) -> Finding {
    if let Some(signed) = case.exclusion(id) {
        let exclusion = signed.exclusion;
        let ends = case.end_of(&signed);
        let mut excluded = Finding::new(
            RequirementStatus::Excluded,
            format!("{}, {}, to {}", exclusion.id, exclusion.signed_by, case.day(exclusion.until)),
        );
        excluded.exclusion = Some(exclusion.id.clone());
        excluded.narrowed = [exclusion.id.to_string()].into();
        excluded.ends = Some((ends, format!("exclusion {} ends", exclusion.id)));
        return excluded;
    }
    if found.status.is_settled() {
        return found;
    }
    if let Some(signed) = case.exclusion_that(id, ExclusionStanding::NotYet)
        && let Some(from) = signed.exclusion.from
    {
        let reason = format!("exclusion {} begins {}; {}", signed.exclusion.id, case.day(from), found.reason);
        return Finding { reason, ..found };
    }
    match case.exclusion_that(id, ExclusionStanding::Ended) {
        Some(signed) => {
            let reason =
                format!("exclusion {} ended {}; {}", signed.exclusion.id, case.day(signed.exclusion.until), found.reason);
            Finding { reason, since: Some(case.end_of(&signed)), ..found }
        }
        None => found,
    }
}

/// Whether the answer comes from what happened and not from what people wrote in the room. A gate's own requirements
/// already say it, so it is not followed here.
fn rests_on_ledger(need: &Need) -> bool {
    match need {
        Need::Step(_) | Need::Proof(_) | Need::Evidence { .. } | Need::Decision => true,
        Need::Roles | Need::Scope(_) | Need::Dependencies(_) | Need::Activation(_) | Need::Gate(_) => false,
        Need::Any(needs) => needs.iter().any(rests_on_ledger),
    }
}
