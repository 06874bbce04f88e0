//! Everything that is stale, as one batch: what runs, in which order, and what is left to a person.

use crate::app::open::Opened;
use crate::domain::gate::RequirementStatus;
use crate::domain::ids::{GateId, ProofId};
use crate::domain::ledger::Outcome;
use crate::domain::plan::{Input, Need, Proof};

/// What a batch runs and what it does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Stale and read-only, those first that others rest on.
    pub runs: Vec<ProofId>,
    /// Stale, too, but they change something outside: each wants a person of its own.
    pub left: Vec<ProofId>,
}

/// A run that failed in nothing but what was left out counted, too: a requirement that rests on it is stale, not unmet.
fn counted(opened: &Opened, proof: &ProofId) -> bool {
    let states = opened.readiness.gates.iter().flat_map(|gate| &gate.requirements);
    states.filter(|state| state.status == RequirementStatus::Stale).any(|state| {
        let spec = opened.snapshot.plan.requirement(state.id.as_str());
        spec.is_some_and(|spec| matches!(&spec.need, Need::Proof(id) if id == proof))
    })
}

/// The proofs that counted once and are stale now; with a stage, those that it or a stage it builds on asks for.
#[must_use]
pub fn stale(opened: &Opened, stage: Option<&GateId>) -> Batch {
    let plan = &opened.snapshot.plan;
    let wanted = |proof: &Proof| {
        let Some(state) = opened.readiness.proofs.iter().find(|state| state.id == proof.id) else { return false };
        let stale = state
            .last
            .as_ref()
            .is_some_and(|last| !last.fresh && (last.outcome == Outcome::Passed || counted(opened, &proof.id)));
        let upto = |gate: &GateId| stage.is_none_or(|stage| plan.rank(gate.as_str()) <= plan.rank(stage.as_str()));
        stale && (stage.is_none() || state.gates.iter().any(upto))
    };
    let mut waiting: Vec<&Proof> = plan.proofs.iter().filter(|proof| wanted(proof)).collect();
    let left = waiting.extract_if(.., |proof| proof.mutating).map(|proof| proof.id.clone()).collect();
    let mut runs = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let rests = |proof: &Proof| waiting.iter().any(|other| proof.depends_on.contains(&Input::Proof(other.id.clone())));
        // A plan with a circle among its proofs is refused when it is read; in order all the same, should one come by.
        let free = waiting.iter().position(|proof| !rests(proof)).unwrap_or(0);
        runs.push(waiting.remove(free).id.clone());
    }
    Batch { runs, left }
}
