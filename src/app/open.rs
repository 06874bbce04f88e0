//! Opens a room: loads it, looks at the captured bytes a verdict rests on, and evaluates.

use super::error::Error;
use super::ports::{Clock, RoomStore, Snapshot};
use crate::domain::change::Applied;
use crate::domain::gate::{self, Readiness};
use crate::domain::ledger::replay;
use crate::format::redact_toml;
use jiff::Timestamp;

/// A room and how it stands.
#[derive(Clone, Debug)]
pub struct Opened {
    pub snapshot: Snapshot,
    pub readiness: Readiness,
}

/// Who is said to have edited a room file by hand: the file does not tell.
const SOMEBODY: &str = "unknown";

/// Loads the room and evaluates it as of now. A hand edit is recorded first, when there is a ledger that can be written;
/// otherwise it counts all the same and is recorded with the next change.
///
/// # Errors
/// What [`RoomStore::load`] says. That the hand edit could not be recorded is no error: looking must stay possible.
pub fn open(store: &dyn RoomStore, clock: &dyn Clock) -> Result<Opened, Error> {
    let now = clock.now();
    let loaded = store.load()?;
    let snapshot = if has_unrecorded_edit(&loaded) {
        store.update(SOMEBODY, now, &mut |_| Ok(Applied::default())).unwrap_or(loaded)
    } else {
        loaded
    };
    Ok(evaluate(store, snapshot, now))
}

/// Looks at the captured bytes that a verdict on this snapshot rests on, and evaluates it as of `now`.
#[must_use]
pub fn evaluate(store: &dyn RoomStore, mut snapshot: Snapshot, now: Timestamp) -> Opened {
    let wanted = gate::wanted_blobs(&snapshot.plan, &snapshot.ledger);
    snapshot.ledger.blobs.extend(store.check(&wanted));
    let readiness = gate::evaluate(&snapshot.plan, &snapshot.room, &snapshot.ledger, now);
    Opened { snapshot, readiness }
}

fn has_unrecorded_edit(snapshot: &Snapshot) -> bool {
    let writable = snapshot.view_only.is_none() && !snapshot.ledger.entries.is_empty() && snapshot.ledger.damage.is_none();
    writable && replay::edited_outside(&snapshot.room, &snapshot.ledger, &redact_toml::mask_with(&snapshot.room.redact)).is_some()
}
