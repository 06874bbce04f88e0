//! Many rooms side by side: where each stands, what it waits for, when it last moved. Looking changes none of them.

pub mod json;

use super::error::Error;
use super::open::{self, Opened};
use super::ports::RoomStore;
use crate::domain::gate::{Action, Verdict};
use crate::domain::ids::GateId;
use crate::domain::plan::Side;
use crate::format::review::whom;
use crate::present::{told, words};
use jiff::{Timestamp, tz::TimeZone};
use std::sync::Arc;

/// The rooms that were found at one place.
#[derive(Clone, Debug, Default)]
pub struct Portfolio {
    /// A folder or a server, for people.
    pub place: String,
    pub rows: Vec<Row>,
    /// Why there may be more than these.
    pub cut: Option<String>,
}

/// One room.
#[derive(Clone, Debug)]
pub struct Row {
    /// What opens it: a path or an address.
    pub place: String,
    pub found: Result<Box<Standing>, Arc<Error>>,
}

/// How a room stands, in the few words of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub id: String,
    pub name: String,
    pub plan: String,
    pub verdict: Verdict,
    /// `NO-GO  paid beta`, or what was decided and whether it stands.
    pub headline: String,
    /// The stage it may run at now, in words.
    pub stage: String,
    pub accepted: Option<GateId>,
    pub allowed: Option<GateId>,
    pub next: Option<GateId>,
    pub target: GateId,
    /// Of the target's gate.
    pub met: usize,
    pub total: usize,
    pub action: Option<NextAction>,
    pub moved: Option<Moved>,
    pub zone: TimeZone,
    /// What is wrong with the ledger, when something is.
    pub damage: Option<String>,
}

/// The first thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextAction {
    pub text: String,
    pub owner: String,
    pub side: Side,
    pub command: String,
}

/// The last thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    pub at: Timestamp,
    pub by: String,
    pub what: String,
}

/// Opens a room to look at it.
pub type OpenRoom<'a> = &'a dyn Fn(&str) -> Result<Arc<dyn RoomStore>, Error>;

/// A row for each place, in their order. A room that cannot be read is a row that says why.
#[must_use]
pub fn look(places: &[String], open: OpenRoom<'_>, now: Timestamp) -> Vec<Row> {
    let row = |place: &String| {
        let found = open(place).and_then(|store| {
            let snapshot = store.load()?;
            Ok(Box::new(standing(&open::evaluate(&*store, snapshot, now))))
        });
        Row { place: place.clone(), found: found.map_err(Arc::new) }
    };
    places.iter().map(row).collect()
}

/// How an opened room stands.
#[must_use]
pub fn standing(opened: &Opened) -> Standing {
    let Opened { snapshot, readiness } = opened;
    let (plan, room) = (&*snapshot.plan, &*snapshot.room);
    let stands_at = readiness.stage.accepted.as_ref().or(readiness.stage.allowed.as_ref());
    let target = readiness.gate(readiness.stage.target.as_str());
    let action = |action: &Action| NextAction {
        text: action.text.clone(),
        owner: whom(plan, room, &action.owner).to_owned(),
        side: action.side,
        command: action.command.clone(),
    };
    Standing {
        id: room.tenant.id.to_string(),
        name: words::room_name(room).to_owned(),
        plan: plan.id.to_string(),
        verdict: readiness.verdict(),
        headline: words::headline(plan, readiness),
        stage: stands_at.map_or_else(|| "demo data only".to_owned(), |id| words::stage(plan, id.as_str())),
        accepted: readiness.stage.accepted.clone(),
        allowed: readiness.stage.allowed.clone(),
        next: readiness.stage.next.clone(),
        target: readiness.stage.target.clone(),
        met: target.map_or(0, |gate| gate.met),
        total: target.map_or(0, |gate| gate.total),
        action: readiness.actions.first().map(action),
        moved: snapshot.ledger.entries.last().map(|entry| Moved {
            at: entry.at,
            by: entry.by.clone(),
            what: told::entry(plan, &entry.body),
        }),
        zone: room.tenant.timezone.clone(),
        damage: snapshot.ledger.damage.as_ref().map(|damage| format!("ledger damaged at line {}: {}", damage.line, damage.what)),
    }
}
