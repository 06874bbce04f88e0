//! Until the rules land: what they will answer, from nothing. This file goes away with them.

use crate::app::error::Error;
use crate::app::ports::{Clock, RoomStore, Snapshot};
use crate::domain::change::Change;
use crate::domain::gate::{Readiness, StageView, Week};
use crate::domain::ids::RequirementId;
use crate::domain::ledger::Ledger;
use crate::domain::plan::Plan;
use crate::domain::room::Room;
use jiff::Timestamp;
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
pub struct Opened {
    pub snapshot: Snapshot,
    pub readiness: Readiness,
}

pub fn open(store: &dyn RoomStore, clock: &dyn Clock) -> Result<Opened, Error> {
    Ok(evaluated(store, store.load()?, clock.now()))
}

pub fn evaluated(_: &dyn RoomStore, snapshot: Snapshot, now: Timestamp) -> Opened {
    let readiness = evaluate(&snapshot.plan, &snapshot.room, &snapshot.ledger, now);
    Opened { snapshot, readiness }
}

pub fn edit(store: &dyn RoomStore, by: &str, now: Timestamp, _: &Change) -> Result<Snapshot, Error> {
    store.update(by, now, &mut |_| Ok(crate::domain::change::Applied::default()))
}

pub fn inverse(_: &Room, _: &Change) -> Option<Change> {
    None
}

pub fn evaluate(_: &Plan, _: &Room, _: &Ledger, now: Timestamp) -> Readiness {
    Readiness {
        as_of: now,
        week: Week { now: 0, last: 0 },
        stage: StageView { accepted: None, allowed: None, next: None, target: "setup".into() },
        gates: Vec::new(),
        steps: Vec::new(),
        roles: Vec::new(),
        scope: Vec::new(),
        proofs: Vec::new(),
        decision: None,
        actions: Vec::new(),
        way: Vec::new(),
        endings: Vec::new(),
    }
}

pub fn evaluate_assuming(plan: &Plan, room: &Room, ledger: &Ledger, now: Timestamp, _: &BTreeSet<RequirementId>) -> Readiness {
    evaluate(plan, room, ledger, now)
}
