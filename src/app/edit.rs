//! Changes a room: the rules decide inside the store, on the room as it is at that moment.

use super::error::Error;
use super::ports::{RoomStore, Snapshot};
use crate::domain::change::Change;
use crate::domain::{apply, gate};
use jiff::Timestamp;

/// Asks for a change; it is on disk when this returns.
///
/// # Errors
/// `Refused` by a rule; what [`RoomStore::update`] says otherwise. Nothing was changed then.
pub fn edit(store: &dyn RoomStore, by: &str, now: Timestamp, change: &Change) -> Result<Snapshot, Error> {
    store.update(by, now, &mut |current| {
        let mut ledger = current.ledger.clone();
        if matches!(change, Change::RecordDecision { .. }) {
            // A decision is judged on what a verdict rests on, captured bytes included.
            let wanted = gate::wanted_blobs(&current.plan, &ledger);
            ledger.blobs.extend(store.check(&wanted));
        }
        apply::apply(&current.plan, &current.room, &ledger, change, now)
    })
}
