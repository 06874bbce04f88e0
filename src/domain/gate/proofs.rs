//! Each proof and its newest attached run.

use super::case::Case;
use super::requirement::proof;
use super::status::{GateState, LastRun, ProofState, RequirementStatus};
use crate::domain::gate::fresh;
use crate::domain::ids::GateId;
use crate::domain::ledger::Outcome;
use crate::domain::plan::{Plan, Proof};

pub fn states(case: &Case<'_>, gates: &[GateState]) -> Vec<ProofState> {
    case.plan.proofs.iter().map(|proof| state(case, proof, gates)).collect()
}

fn state(case: &Case<'_>, proof: &Proof, gates: &[GateState]) -> ProofState {
    let newest = case.history.runs_attached(proof.id.as_str()).find(|record| record.withdrawn.is_none());
    let last = newest.map(|record| {
        let found = proof::newest(case, proof, may_exclude(case.plan, proof), |_| true)
            .unwrap_or_else(|| proof::judge(case, proof, &record, may_exclude(case.plan, proof)));
        let stale = fresh::stale(case, proof, &record);
        LastRun {
            seq: record.seq,
            at: record.at,
            outcome: record.attached.outcome,
            fresh: stale.is_none() && found.status != RequirementStatus::Unverified && found.evidence.contains(&record.seq),
            reason: found.reason,
            since: stale.as_ref().and_then(|stale| stale.since),
            fresh_until: fresh::fresh_until(proof, &record),
        }
    });
    let waits = |gate: &&GateState| {
        gate.requirements.iter().any(|state| {
            let need = case.plan.requirement(state.id.as_str()).map(|requirement| &requirement.need);
            !state.status.is_settled() && need.is_some_and(|need| need.asks_for(&proof.id))
        })
    };
    ProofState {
        id: proof.id.clone(),
        last,
        newest: case.history.runs(proof.id.as_str()).last().map(|ran| (ran.at, ran.outcome)),
        typical_ms: typical_ms(case, proof),
        gates: gates.iter().filter(waits).map(|gate| gate.id.clone()).collect::<Vec<GateId>>(),
    }
}

/// Whether any requirement that rests on a proof may be excluded, so that its checks may be, too.
pub fn may_exclude(plan: &Plan, proof: &Proof) -> bool {
    plan.requirements().any(|requirement| requirement.excludable && requirement.need.asks_for(&proof.id))
}

/// The middle of the newest durations, of runs that came to an end; until there is one, what the plan expects.
fn typical_ms(case: &Case<'_>, proof: &Proof) -> Option<i64> {
    let ended =
        case.history.runs(proof.id.as_str()).iter().rev().filter(|ran| matches!(ran.outcome, Outcome::Passed | Outcome::Failed));
    let mut took: Vec<i64> =
        ended.take(9).map(|ran| ran.run.ended.duration_since(ran.run.started).as_millis().max(0) as i64).collect();
    took.sort_unstable();
    took.get(took.len() / 2).copied().or_else(|| proof.expected.map(|expected| expected.as_millis() as i64))
}
