//! What moved between two moments, and because of what: gates, steps and requirements, each with the entries behind it.
//!
//! Both moments are judged by the same rules, the earlier one on the room as the ledger knew it then. An entry is a cause
//! when it touches what the requirement asks for; where none does, time did it.

use super::status::{GateState, GateStatus, Readiness, RequirementState, RequirementStatus, StepStatus};
use crate::domain::ids::{GateId, RequirementId, StepId};
use crate::domain::ledger::replay;
use crate::domain::ledger::{Attached, Body, Entry, Ledger};
use crate::domain::plan::{Input, Need, Plan, Proof, Requirement};
use crate::domain::room::Room;
use jiff::Timestamp;

/// What moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Since {
    pub from: Timestamp,
    pub gates: Vec<GateMove>,
    pub steps: Vec<StepMove>,
    pub requirements: Vec<RequirementMove>,
    /// Every entry written meanwhile, oldest first.
    pub entries: Vec<u64>,
}

/// A gate, from what to what.
#[derive(Clone, Debug, PartialEq)]
pub struct GateMove {
    pub id: GateId,
    pub was: (GateStatus, usize),
    pub now: (GateStatus, usize),
    pub total: usize,
}

/// A step, from what to what.
#[derive(Clone, Debug, PartialEq)]
pub struct StepMove {
    pub id: StepId,
    pub was: StepStatus,
    pub now: StepStatus,
    pub because: Vec<u64>,
}

/// A requirement, from what to what.
#[derive(Clone, Debug, PartialEq)]
pub struct RequirementMove {
    pub id: RequirementId,
    pub was: RequirementStatus,
    pub now: RequirementStatus,
    pub reason: String,
    /// The entries that touch what it asks for; none: time did it.
    pub because: Vec<u64>,
}

impl Since {
    /// How many requirements came to be settled.
    #[must_use]
    pub fn newly_met(&self) -> usize {
        self.requirements.iter().filter(|one| one.now.is_settled() && !one.was.is_settled()).count()
    }

    /// How many requirements went stale.
    #[must_use]
    pub fn gone_stale(&self) -> usize {
        self.requirements.iter().filter(|one| one.now == RequirementStatus::Stale).count()
    }
}

/// What moved since `from`, as it stands in `now`. Captured bytes are taken to be what they are now at both moments.
#[must_use]
pub fn since(plan: &Plan, room: &Room, ledger: &Ledger, now: &Readiness, from: Timestamp) -> Since {
    let (then_room, then_ledger) = replay::as_of(room, ledger, from);
    let written: Vec<&Entry> = ledger.entries.iter().skip(then_ledger.entries.len()).collect();
    let then = super::evaluate(plan, &then_room, &then_ledger, from);
    let entries = written.iter().map(|entry| entry.seq).collect();
    let cause = |touches: &dyn Fn(&Body) -> bool| -> Vec<u64> {
        written.iter().filter(|entry| touches(&entry.body)).map(|entry| entry.seq).collect()
    };
    let gates = now.gates.iter().filter_map(|gate| gate_move(then.gate(gate.id.as_str())?, gate)).collect();
    let steps = now.steps.iter().filter_map(|step| {
        let was = then.steps.iter().find(|was| was.id == step.id)?.status;
        let because = cause(&|body| touches_step(plan, ledger, &step.id, body));
        (was != step.status).then(|| StepMove { id: step.id.clone(), was, now: step.status, because })
    });
    let states = now.gates.iter().filter(|gate| !gate.outside).flat_map(|gate| &gate.requirements);
    // What a lower gate came to is said by its own requirements.
    let requirements = states.filter(|state| state.kind != "gate").filter_map(|state| {
        let was = then.requirement(state.id.as_str())?;
        let spec = plan.requirement(state.id.as_str())?;
        let because = cause(&|body| touches(plan, ledger, spec, &spec.need, body));
        (was.status != state.status).then(|| requirement_move(was, state, because))
    });
    Since { from, gates, steps: steps.collect(), requirements: requirements.collect(), entries }
}

fn gate_move(was: &GateState, now: &GateState) -> Option<GateMove> {
    let (was, is) = ((was.status, was.met), (now.status, now.met));
    (was != is && !now.outside).then(|| GateMove { id: now.id.clone(), was, now: is, total: now.total })
}

fn requirement_move(was: &RequirementState, now: &RequirementState, because: Vec<u64>) -> RequirementMove {
    RequirementMove { id: now.id.clone(), was: was.status, now: now.status, reason: now.reason.clone(), because }
}

/// Whether an entry is about what a requirement asks for.
pub(super) fn touches(plan: &Plan, ledger: &Ledger, requirement: &Requirement, need: &Need, body: &Body) -> bool {
    let covers = |what: &str| requirement.id == *what || matches!(need, Need::Proof(id) if what.starts_with(&format!("{id}:")));
    match body {
        Body::ExclusionSigned(exclusion) if covers(&exclusion.covers) => return true,
        Body::ExclusionRevoked(revoked) if signed(ledger, revoked.exclusion.as_str()).is_some_and(covers) => return true,
        _ => {}
    }
    match need {
        Need::Roles => changes(body, &|path| path.starts_with("owners.")),
        Need::Scope(fields) => changes(body, &|path| fields.iter().any(|id| path == format!("scope.{id}"))),
        Need::Step(id) => touches_step(plan, ledger, id, body),
        Need::Proof(id) => plan.proof(id.as_str()).is_some_and(|proof| touches_proof(ledger, proof, body)),
        Need::Evidence { document, .. } => is_about(ledger, body, &|attached| {
            let served = attached.serves.as_deref().and_then(|id| plan.requirement(id));
            served.is_some_and(|served| served.id == requirement.id || names(&served.need, document.as_str()))
        }),
        Need::Dependencies(ids) => changes(body, &|path| ids.iter().any(|id| path.starts_with(&format!("dependencies.{id}.")))),
        Need::Activation(ids) => changes(body, &|path| ids.iter().any(|id| path.starts_with(&format!("activation.{id}.")))),
        // A decision that is overtaken is so by whatever its gates rest on: those lines name it.
        Need::Decision => matches!(body, Body::Decided(_)),
        Need::Gate(_) => false,
        Need::Any(needs) => needs.iter().any(|need| touches(plan, ledger, requirement, need, body)),
    }
}

fn names(need: &Need, document: &str) -> bool {
    match need {
        Need::Evidence { document: asked, .. } => *asked == *document,
        Need::Any(needs) => needs.iter().any(|need| names(need, document)),
        _ => false,
    }
}

fn touches_step(plan: &Plan, ledger: &Ledger, id: &StepId, body: &Body) -> bool {
    let Some(step) = plan.step(id.as_str()) else { return false };
    let own = |attached: &Attached| {
        let serves =
            attached.serves.as_deref().is_some_and(|what| *id == *what || step.requires.iter().any(|own| own.id == *what));
        let proof = attached.proof.as_ref().and_then(|proof| plan.proof(proof.as_str()));
        serves || proof.is_some_and(|proof| proof.step.as_ref() == Some(id))
    };
    changes(body, &|path| path.starts_with(&format!("steps.{id}.")))
        || is_about(ledger, body, &own)
        || step.requires.iter().any(|own| touches(plan, ledger, own, &own.need, body))
}

fn touches_proof(ledger: &Ledger, proof: &Proof, body: &Body) -> bool {
    let of_input = |path: &str, input: &Input| match input {
        Input::Scope(id) => path == format!("scope.{id}"),
        Input::Dependency(id) => path.starts_with(&format!("dependencies.{id}.")),
        Input::Activation(id) => path.starts_with(&format!("activation.{id}.")),
        Input::Proof(_) => false,
    };
    let rests_on = |id: &str| proof.depends_on.iter().any(|input| matches!(input, Input::Proof(other) if *other == *id));
    match body {
        Body::RunFinished(run) => run.proof == proof.id || rests_on(run.proof.as_str()),
        _ => {
            changes(body, &|path| proof.depends_on.iter().any(|input| of_input(path, input)))
                || is_about(ledger, body, &|attached| attached.proof.as_ref() == Some(&proof.id))
        }
    }
}

fn changes(body: &Body, is_it: &dyn Fn(&str) -> bool) -> bool {
    match body {
        Body::RoomChanged(changed) | Body::EditedOutside(changed) => changed.changes.iter().any(|change| is_it(&change.path)),
        _ => false,
    }
}

/// Whether a record like this was attached, or taken back.
fn is_about(ledger: &Ledger, body: &Body, is_it: &dyn Fn(&Attached) -> bool) -> bool {
    match body {
        Body::Attached(attached) => is_it(attached),
        Body::Withdrawn(withdrawn) => {
            let place = ledger.entries.binary_search_by_key(&withdrawn.evidence, |entry| entry.seq).ok();
            let entry = place.and_then(|place| ledger.entries.get(place));
            entry.is_some_and(|entry| matches!(&entry.body, Body::Attached(attached) if is_it(attached)))
        }
        _ => false,
    }
}

fn signed<'a>(ledger: &'a Ledger, id: &str) -> Option<&'a str> {
    ledger.entries.iter().find_map(|entry| match &entry.body {
        Body::ExclusionSigned(exclusion) if exclusion.id == *id => Some(exclusion.covers.as_str()),
        _ => None,
    })
}
