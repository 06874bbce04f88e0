//! Changes a room: the rules decide inside the store, on the room as it is at that moment.

use super::error::{Error, Kind};
use super::ports::{RoomStore, Snapshot};
use crate::domain::change::{Applied, Change, Refused};
use crate::domain::ids::Digest;
use crate::domain::ledger::BlobState;
use crate::domain::redact::Added;
use crate::domain::room::Value;
use crate::domain::{apply, gate};
use crate::format::redact_toml;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Asks for a change; it is on disk when this returns.
///
/// # Errors
/// `Refused` by a rule, or for a secret that would lie open in the room file; what [`RoomStore::update`] says otherwise. Nothing was changed then.
pub fn edit(store: &dyn RoomStore, by: &str, now: Timestamp, change: &Change) -> Result<Snapshot, Error> {
    if !texts(change).is_empty() {
        holds_no_secret(change, &store.load()?.room.redact)?;
    }
    store.change(by, now, change)
}

/// What a change comes to on the room as it is at that moment.
///
/// # Errors
/// The rule that forbids it.
pub fn decide(current: &Snapshot, change: &Change, now: Timestamp, check: LookAt<'_>) -> Result<Applied, Refused> {
    let mut ledger = current.ledger.clone();
    if matches!(change, Change::RecordDecision { .. }) {
        // A decision is judged on what a verdict rests on, captured bytes included.
        let wanted = gate::wanted_blobs(&current.plan, &ledger);
        ledger.blobs.extend(check(&wanted));
    }
    apply::apply(&current.plan, &current.room, &ledger, change, now)
}

/// Looks at captured bytes: reads and hashes each.
type LookAt<'a> = &'a dyn Fn(&[Digest]) -> BTreeMap<Digest, BlobState>;

/// The room file is read by everybody, shown on every face and kept in repositories: no secret gets into it this way.
///
/// # Errors
/// `Refused`, with the name of the rule.
pub fn holds_no_secret(change: &Change, added: &[Added]) -> Result<(), Error> {
    let found: Vec<_> = texts(change).into_iter().flat_map(|text| redact_toml::rules_in(text, added)).collect();
    let Some(rule) = found.first() else { return Ok(()) };
    let why = format!("it looks like it holds a secret ({rule}), and everybody reads the room file");
    let hint = "say where it is kept instead; a value itself belongs into a locked env file";
    Err(Error::new(Kind::Refused, "nothing was changed", why).hint(hint))
}

/// What a change would write into the room file as somebody typed it.
fn texts(change: &Change) -> Vec<&str> {
    match change {
        Change::SetOwner { name, contact, basis, .. } => {
            [name, contact, basis].into_iter().flatten().map(String::as_str).collect()
        }
        Change::SetFunction { name, contact, .. } => [name, contact].into_iter().flatten().map(String::as_str).collect(),
        Change::SetDependency { order_form, launch_room, changed, .. } => {
            [order_form, launch_room, changed].into_iter().flatten().map(String::as_str).collect()
        }
        Change::SetScope { value: Value::Text(text), .. } => vec![text],
        Change::SetScope { value: Value::List(items), .. } => items.iter().map(String::as_str).collect(),
        // What was there before may come back, and the ledger masks what it keeps.
        Change::ClearOwner { .. }
        | Change::SetTask { .. }
        | Change::SetActivation { .. }
        | Change::Restore { .. }
        | Change::AttachEvidence(_)
        | Change::WithdrawEvidence { .. }
        | Change::SignExclusion { .. }
        | Change::RevokeExclusion { .. }
        | Change::RecordDecision { .. }
        | Change::FinishRun(_)
        | Change::Ask(_)
        | Change::Answer(_) => Vec::new(),
    }
}
