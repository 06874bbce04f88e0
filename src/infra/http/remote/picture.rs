//! What is shown: the copy, with what waits laid over it, and how that stands to the server.

use super::{Inner, Mode};
use crate::app::edit;
use crate::app::error::Error;
use crate::app::host::Role;
use crate::app::ports::{RoomStore as _, Snapshot};
use crate::app::sync::{Clash, Link, State};
use crate::domain::apply;
use crate::domain::change::{Applied, Change};
use crate::domain::ids::Digest;
use crate::domain::ledger::chain::{self, Head};
use crate::domain::ledger::{BlobState, Body, Ledger, ValueChange};
use crate::domain::room::{Room, Value};
use crate::format::{redact_toml, room_toml};
use crate::infra::http::queue::{self, Item};
use crate::present::told;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Inner {
    /// The copy, with what waits laid over it.
    pub(super) fn picture(&self) -> Result<Snapshot, Error> {
        let mut snapshot = self.files()?.load()?;
        for item in self.waiting().unwrap_or_default() {
            // A change that no longer fits is told when it is sent.
            if let Some(after) = self.laid_over(&snapshot, &item) {
                snapshot = after;
            }
        }
        if self.parts.readonly {
            snapshot.view_only = Some("the room was opened with --readonly".into());
        }
        snapshot.notices.extend(self.notice());
        Ok(snapshot)
    }

    pub(super) fn laid_over(&self, before: &Snapshot, item: &Item) -> Option<Snapshot> {
        let applied = edit::decide(before, &item.change, item.at, &|wanted| self.looked_at(wanted)).ok()?;
        let text = room_toml::splice(&before.text, &applied.edits).ok()?;
        let room = room_toml::parse(&text, &self.parts.address, &before.plan).ok()?;
        let mut entries = (*before.ledger.entries).clone();
        for body in applied.entries {
            let head = Head::of(&entries);
            let body = body.masked(&redact_toml::mask_with(&room.redact)).ok()?;
            entries.push(chain::seal(head.hash, head.seq + 1, item.at, &item.by, body).ok()?.entry);
        }
        let ledger = Ledger { entries: Arc::new(entries), ..before.ledger.clone() };
        Some(Snapshot { room: Arc::new(room), text: text.into(), ledger, ..before.clone() })
    }

    /// Said once: that this is not what the server has now, or that something waits.
    pub(super) fn notice(&self) -> Option<String> {
        let link = self.stands();
        let mut known = self.known();
        if known.is_told || self.parts.mode == Mode::Cockpit {
            return None;
        }
        known.is_told = true;
        let mut parts = Vec::new();
        if matches!(link.state, State::Offline | State::Refused | State::Doubted) {
            let as_of = link.as_of.map(|at| format!(" as it was {at:.0}")).unwrap_or_default();
            parts.push(format!("this is the room{as_of}: {}", link.why.unwrap_or_default()));
        }
        if link.queued > 0 {
            parts.push(format!("{} on this machine's disk, not on the server yet", changes(link.queued)));
        }
        if !link.conflicts.is_empty() {
            parts.push(format!("{} for you to settle: launchroom sync", changes(link.conflicts.len())));
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    /// The change is refused here already, where the same rules would refuse it there.
    pub(super) fn judge(&self, before: &Snapshot, change: &Change, now: Timestamp) -> Result<Applied, Error> {
        Ok(edit::decide(before, change, now, &|wanted| self.looked_at(wanted))?)
    }

    /// Captured bytes: those that are here are hashed, for those that are not the server vouches.
    pub(super) fn looked_at(&self, wanted: &[Digest]) -> BTreeMap<Digest, BlobState> {
        let Ok(files) = self.files() else { return BTreeMap::new() };
        let mut found = files.check(wanted);
        let known = self.known();
        for (digest, state) in &mut found {
            // The server hashed them when it took them; whoever wants to see for himself fetches them.
            if *state == BlobState::Missing && known.kept.blobs.contains(digest) {
                *state = BlobState::Intact;
            }
        }
        found
    }

    /// How it stands to its server.
    pub(super) fn stands(&self) -> Link {
        let items = queue::list(&self.parts.mirror).unwrap_or_default();
        let known = self.known();
        let conflicts: Vec<_> = items.iter().filter_map(Item::conflict).collect();
        Link {
            state: known.state,
            as_of: known.kept.as_of,
            queued: items.len() - conflicts.len(),
            conflicts,
            here: known.here.clone(),
            why: known.why.clone(),
            hint: known.hint.clone(),
            role: self.parts.api.role().or_else(|| Role::named(known.kept.role.as_deref()?)),
        }
    }
}

pub(super) fn changes(count: usize) -> String {
    if count == 1 { "1 change waits".to_owned() } else { format!("{count} changes wait") }
}

/// Values that are neither what they were to whoever made a change nor what it makes them.
pub(super) fn clashes(room: &Room, seen: &[ValueChange]) -> Vec<Clash> {
    let values = room.values();
    let line = |value: Option<&Value>| value.map(|value| value.to_line().trim().to_owned()).unwrap_or_default();
    let clash = |change: &ValueChange| {
        let (there, was, mine) = (line(values.get(&change.path)), line(change.was.as_ref()), line(change.now.as_ref()));
        (there != was && there != mine).then(|| Clash { path: change.path.clone(), mine, theirs: there })
    };
    seen.iter().filter_map(clash).collect()
}

/// The values a change touches. A task is ticked by itself: who ticks another one of the same step is not in its way.
pub(super) fn seen(before: &Room, change: &Change) -> Vec<ValueChange> {
    match (change, apply::inverse(before, change)) {
        (Change::SetTask { .. }, _) => Vec::new(),
        (_, Some(Change::Restore { changes })) => changes,
        _ => Vec::new(),
    }
}

/// A change in a sentence, from what it would write.
pub(super) fn sentence(before: &Snapshot, applied: &Applied) -> String {
    applied.entries.first().map(|body: &Body| told::entry(&before.plan, body)).unwrap_or_default()
}
