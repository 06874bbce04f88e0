//! `step`: all tasks done, something attached for it at one of its targets, and its own requirements settled.

use super::{View, proof};
use crate::domain::gate::case::Case;
use crate::domain::gate::finding::{Finding, sooner};
use crate::domain::gate::fresh::unverified;
use crate::domain::gate::status::RequirementStatus;
use crate::domain::ids::{GateId, StepId};
use crate::domain::plan::Step;

/// How a step stands, taken apart.
pub struct Parts {
    pub done: usize,
    pub evidence: Finding,
    pub requirements: Vec<Finding>,
}

pub fn find(case: &Case<'_>, id: &StepId, stage: &GateId) -> Finding {
    match case.plan.step(id.as_str()) {
        Some(step) => sum(step, &parts(case, step, stage)),
        None => Finding::unmet(format!("the plan has no step {id}")),
    }
}

pub fn parts(case: &Case<'_>, step: &Step, stage: &GateId) -> Parts {
    let done = step.tasks.iter().filter(|task| case.room.is_done(step.id.as_str(), task.id.as_str())).count();
    let requirements = step.requires.iter().map(|requirement| super::find(case, requirement, stage, View::Undecided)).collect();
    Parts { done, evidence: evidence(case, step), requirements }
}

/// The step as one answer. An excluded part makes the whole excluded: it is closed, and not everything in it was done.
pub fn sum(step: &Step, parts: &Parts) -> Finding {
    let mut open: Vec<String> = Vec::new();
    let mut missing: Vec<String> = Vec::new();
    let mut status = RequirementStatus::Met;
    if parts.done < step.tasks.len() {
        open.push(format!("{} of {} tasks", parts.done, step.tasks.len()));
        status = RequirementStatus::Unmet;
    }
    let mut ends = None;
    let mut since = None;
    let mut narrowed = std::collections::BTreeSet::new();
    let seqs = parts.evidence.evidence.clone();
    let required = step.requires.iter().map(|requirement| requirement.id.slug());
    let all = std::iter::once((None, &parts.evidence)).chain(required.map(Some).zip(&parts.requirements));
    let aged = all.clone().all(|(_, found)| found.status.is_settled() || found.aged);
    for (slug, found) in all {
        status = status.max(found.status);
        since = since.or(found.since);
        ends = sooner(ends, found.ends.clone());
        narrowed.extend(found.narrowed.iter().cloned());
        if !found.status.is_settled() {
            missing.extend(found.missing.iter().cloned());
            open.push(slug.map_or_else(|| found.reason.clone(), |slug| format!("{slug}: {}", found.reason)));
        }
    }
    let closed = status.is_settled();
    let reason = match status {
        RequirementStatus::Met => "closed".to_owned(),
        RequirementStatus::Excluded => "closed, with exclusions".to_owned(),
        RequirementStatus::Stale | RequirementStatus::Unverified | RequirementStatus::Unmet => open.join("; "),
    };
    let mut found = Finding::new(status, reason).evidence(seqs).missing(missing).since(since);
    found.aged = status == RequirementStatus::Stale && aged;
    found.narrowed = narrowed;
    found.ends = ends.filter(|_| closed);
    found
}

/// What is attached for the step: by its id or one of its own requirements, or a passing run of one of its proofs. It
/// need not be fresh, for the week's work stays shown; a gate that wants it fresh asks for the proof itself.
fn evidence(case: &Case<'_>, step: &Step) -> Finding {
    let mut unseen = None;
    let ids = std::iter::once(step.id.as_str()).chain(step.requires.iter().map(|requirement| requirement.id.as_str()));
    let fits = |target: &crate::domain::ids::TargetId| step.targets.is_empty() || step.targets.contains(target);
    let mut counted: Vec<u64> = Vec::new();
    for record in ids.flat_map(|id| case.history.serving(id)) {
        if !record.attached.is_shown() || !fits(&record.attached.target) {
            continue;
        }
        match unverified(case.ledger, record.attached) {
            None => counted.push(record.seq),
            Some(why) => unseen = unseen.or(Some((record.seq, why))),
        }
    }
    let mut excluded = None;
    for proof in case.plan.proofs.iter().filter(|proof| proof.step.as_ref() == Some(&step.id)) {
        let Some(found) = proof::newest(case, proof, true, |attached| fits(&attached.target)) else { continue };
        match found.status {
            RequirementStatus::Met | RequirementStatus::Stale if found.covered.is_empty() => counted.extend(found.evidence),
            RequirementStatus::Excluded | RequirementStatus::Stale | RequirementStatus::Met => excluded = Some(found),
            RequirementStatus::Unverified => {
                let records = found.evidence.iter().filter_map(|seq| case.history.record(*seq));
                let mut bytes = records.filter_map(|r| unverified(case.ledger, r.attached).map(|why| (r.seq, why)));
                unseen = unseen.or_else(|| bytes.next());
            }
            RequirementStatus::Unmet => {}
        }
    }
    counted.sort_unstable_by(|a, b| b.cmp(a));
    counted.dedup();
    match (counted.first(), excluded, unseen) {
        (Some(seq), _, _) => Finding::met(format!("attached as #{seq}")).evidence(counted),
        (None, Some(found), _) => {
            Finding { status: RequirementStatus::Excluded, missing: Vec::new(), since: None, aged: false, ..found }
        }
        (None, None, Some((seq, why))) => Finding::new(RequirementStatus::Unverified, format!("#{seq}: {why}")).evidence([seq]),
        (None, None, None) => Finding::unmet("nothing attached").missing([step.id.to_string()]),
    }
}
