//! Judges a room at a moment and under assumptions, without changing it.

use super::error::{Error, Kind};
use super::open::{self, Opened};
use super::ports::{Clock, RoomStore, Snapshot};
use crate::domain::gate;
use crate::domain::gate::{Readiness, Verdict};
use crate::domain::ids::{GateId, RequirementId};
use crate::domain::ledger::replay;
use jiff::Timestamp;
use std::{collections::BTreeSet, sync::Arc};

/// What to judge.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// `None`: the target of the room's motion.
    pub gate: Option<GateId>,
    /// Requirements taken as met.
    pub assumed: BTreeSet<RequirementId>,
    /// The moment to judge at: earlier, the room as the ledger knew it then; later, the room if nothing else happens.
    pub at: Option<Timestamp>,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Reviewed {
    pub snapshot: Snapshot,
    pub readiness: Readiness,
    pub gate: GateId,
    pub verdict: Verdict,
}

/// Opens the room and judges it.
///
/// # Errors
/// `Usage` for a gate or requirement the plan does not have; what [`open::open`] says otherwise.
pub fn review(store: &dyn RoomStore, clock: &dyn Clock, question: &Question) -> Result<Reviewed, Error> {
    let Opened { mut snapshot, mut readiness } = open::open(store, clock)?;
    let plan = Arc::clone(&snapshot.plan);
    for id in &question.assumed {
        plan.requirement(id.as_str()).ok_or_else(|| unknown("requirement", id.as_str()))?;
    }
    let now = readiness.as_of;
    let at = question.at.unwrap_or(now);
    if at < now {
        let (room, mut ledger) = replay::as_of(&snapshot.room, &snapshot.ledger, at);
        let wanted = gate::wanted_blobs(&plan, &ledger);
        ledger.blobs.extend(store.check(&wanted));
        snapshot.room = Arc::new(room);
        snapshot.ledger = ledger;
    }
    if at != now || !question.assumed.is_empty() {
        readiness = gate::evaluate_assuming(&plan, &snapshot.room, &snapshot.ledger, at, &question.assumed);
    }
    let gate = question.gate.clone().unwrap_or_else(|| readiness.stage.target.clone());
    let state = readiness.gate(gate.as_str()).ok_or_else(|| unknown("gate", gate.as_str()))?;
    let verdict = state.status.verdict();
    Ok(Reviewed { snapshot, readiness, gate, verdict })
}

fn unknown(what: &str, id: &str) -> Error {
    Error::new(Kind::Usage, format!("the plan has no {what} `{id}`"), "").hint("`launchroom review --format json` lists them all")
}
