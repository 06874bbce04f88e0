//! `gate`: another gate is clear. Where only its decision is missing, only a decision is missing here.

use super::View;
use crate::domain::gate::case::{Case, Found};
use crate::domain::gate::finding::{Finding, sooner, stage_words};
use crate::domain::gate::status::{GateStatus, RequirementStatus};
use crate::domain::ids::GateId;
use crate::domain::plan::{Gate, Need, Requirement};
use std::fmt::Write as _;

pub fn find(case: &Case<'_>, id: &GateId, view: View<'_>) -> Finding {
    let Some(gate) = case.plan.gate(id.as_str()) else {
        return Finding::unmet(format!("the plan has no gate {id}"));
    };
    let found = findings(case, gate, view);
    let status = status(gate, found);
    let stage = stage_words(id);
    let mut out = match status {
        GateStatus::Clear => Finding::met(format!("{stage} is clear")),
        GateStatus::ClearWithExclusions => Finding::new(RequirementStatus::Excluded, format!("{stage} is clear with exclusions")),
        GateStatus::AwaitingDecision => Finding { only_decision: true, ..Finding::unmet(format!("{stage} awaits its decision")) },
        GateStatus::Stale => Finding::new(RequirementStatus::Stale, format!("{}: {}", stage, counts(found))),
        GateStatus::Held => Finding::unmet(format!("{} is not clear: {}", stage, counts(found))),
        GateStatus::Blocked => Finding::unmet(format!("{} is blocked by policy: {}", stage, counts(found))),
    };
    out.ends = found.iter().fold(None, |ends, (_, found)| sooner(ends, found.ends.clone())).filter(|_| status.is_clear());
    out.aged = status == GateStatus::Stale && found.iter().all(|(_, f)| f.status.is_settled() || f.aged || f.only_decision);
    out.narrowed = found.iter().flat_map(|(_, found)| found.narrowed.iter().cloned()).collect();
    out.since = found.iter().filter(|(_, f)| !f.status.is_settled()).filter_map(|(_, f)| f.since).min();
    out
}

/// How each requirement of a gate stands; without the decision, where decisions are not looked at.
pub fn findings<'c, 'a>(case: &'c Case<'a>, gate: &'a Gate, view: View<'_>) -> &'c Found<'a> {
    let known = match view {
        View::Undecided => &case.undecided,
        View::Decided(_) => &case.decided,
    };
    let rank = case.plan.rank(gate.id.as_str()).unwrap_or_default();
    match known.get(rank) {
        Some(known) => known.get_or_init(|| find_all(case, gate, view)),
        None => const { &Vec::new() },
    }
}

fn find_all<'a>(case: &Case<'a>, gate: &'a Gate, view: View<'_>) -> Found<'a> {
    let counts = |requirement: &&Requirement| matches!(view, View::Decided(_)) || requirement.need != Need::Decision;
    gate.requires.iter().filter(counts).map(|requirement| (requirement, super::find(case, requirement, &gate.id, view))).collect()
}

/// What the requirements of a gate come to.
pub fn status(gate: &Gate, found: &[(&Requirement, Finding)]) -> GateStatus {
    let decides = |r: &Requirement, f: &Finding| r.need == Need::Decision || f.only_decision;
    let others = || found.iter().filter(|(r, f)| !decides(r, f)).map(|(_, f)| f.status);
    if gate.blocked_by_policy && others().any(|status| status != RequirementStatus::Met) {
        return GateStatus::Blocked;
    }
    match others().max() {
        Some(RequirementStatus::Unmet | RequirementStatus::Unverified) => GateStatus::Held,
        Some(RequirementStatus::Stale) => GateStatus::Stale,
        _ if found.iter().any(|(_, f)| !f.status.is_settled()) => GateStatus::AwaitingDecision,
        Some(RequirementStatus::Excluded) => GateStatus::ClearWithExclusions,
        Some(RequirementStatus::Met) | None => GateStatus::Clear,
    }
}

/// `3 unmet, 1 stale`.
pub fn counts(found: &[(&Requirement, Finding)]) -> String {
    let mut out = String::new();
    for status in [RequirementStatus::Unmet, RequirementStatus::Unverified, RequirementStatus::Stale] {
        let count = found.iter().filter(|(r, f)| f.status == status && r.need != Need::Decision && !f.only_decision).count();
        if count > 0 {
            let comma = if out.is_empty() { "" } else { ", " };
            let _ = write!(out, "{comma}{count} {}", status.as_str());
        }
    }
    out
}
