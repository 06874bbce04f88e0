//! Brings a local room in, its ledger as it is and its bytes with it. Locked bytes stay where they are.

use super::held::Held;
use super::shelf::{Shelf, Stored};
use crate::app::error::{Error, Kind};
use crate::app::open;
use crate::app::ports::{Clock, RoomStore, Snapshot};
use crate::domain::ids::Digest;
use crate::domain::ledger::{Body, Entry, chain::Head};
use crate::domain::plan::Class;
use crate::format::api::PlanText;

/// What came in.
pub struct TakenIn {
    pub tenant: String,
    pub entries: usize,
    pub files: usize,
    /// Locked records, whose bytes stay where they are.
    pub receipts: usize,
    /// It was here already, to the entry.
    pub was_here: bool,
}

/// A room that may come in: read, and looked over. Nothing was written.
pub struct Coming<'r> {
    local: &'r dyn RoomStore,
    tenant: String,
    stored: Stored,
    snapshot: Snapshot,
    was_here: bool,
}

/// Looks a room over. `plan` is the text of the plan, when it is not a built-in one.
///
/// # Errors
/// `Integrity` for a ledger that is damaged, or bytes that are missing or others; `Conflict` when there is another room of
/// this tenant.
pub fn look_over<'r>(
    shelf: &dyn Shelf,
    local: &'r dyn RoomStore,
    clock: &dyn Clock,
    plan: Option<PlanText>,
) -> Result<Coming<'r>, Error> {
    let snapshot = open::open(local, clock)?.snapshot;
    let tenant = snapshot.room.tenant.id.to_string();
    if let Some(damage) = &snapshot.ledger.damage {
        let why = format!("its ledger is damaged at line {}: {}", damage.line, damage.what);
        return Err(Error::new(Kind::Integrity, format!("{tenant} was not brought in"), why).hint("launchroom evidence verify"));
    }
    let stored =
        Stored { text: snapshot.text.to_string(), plan, head: Head::of(&snapshot.ledger.entries), lines: local.lines()? };
    // What a server cannot read again is not taken.
    Held::of(&tenant, &stored)?;
    let was_here = is_known(shelf, &tenant, &stored)?.is_some();
    let coming = Coming { local, tenant, stored, snapshot, was_here };
    if !was_here {
        // All of them are looked at before anything is written.
        coming.each_file(&mut |_, _| Ok(()))?;
    }
    Ok(coming)
}

impl Coming<'_> {
    /// Whose it is.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Takes it in.
    ///
    /// # Errors
    /// `Storage`; `Conflict` when another room of this tenant came meanwhile.
    pub fn take_in(&self, shelf: &dyn Shelf) -> Result<TakenIn, Error> {
        let entries = &self.snapshot.ledger.entries;
        let taken =
            TakenIn { tenant: self.tenant.clone(), entries: entries.len(), files: 0, receipts: 0, was_here: self.was_here };
        if self.was_here {
            return Ok(taken);
        }
        let is_locked =
            |entry: &&Entry| matches!(&entry.body, Body::Attached(it) if it.class == Class::Locked && it.digest.is_some());
        let receipts = entries.iter().filter(is_locked).count();
        let mut files = 0;
        self.each_file(&mut |digest, bytes| {
            files += 1;
            shelf.put_blob(&self.tenant, &digest, bytes.len() as u64, &mut &bytes[..])
        })?;
        if !shelf.create(&self.tenant, &self.stored)? {
            return Err(other(&self.tenant));
        }
        Ok(TakenIn { files, receipts, ..taken })
    }

    /// All captured bytes that come along: locked ones stay where they are.
    fn each_file(&self, take: &mut dyn FnMut(Digest, Vec<u8>) -> Result<(), Error>) -> Result<(), Error> {
        for entry in self.snapshot.ledger.entries.iter() {
            let Body::Attached(attached) = &entry.body else { continue };
            if attached.class == Class::Locked {
                continue;
            }
            for digest in attached.digests() {
                let Some(bytes) = self.local.blob(&digest)? else {
                    let why = format!("the bytes {} of #{} are missing", digest.short(), entry.seq);
                    let what = format!("{} was not brought in", self.tenant);
                    return Err(Error::new(Kind::Integrity, what, why).hint("launchroom evidence verify"));
                };
                take(digest, bytes)?;
            }
        }
        Ok(())
    }
}

/// Whether the room is here to the entry, or has gone on from there: then there is nothing to bring.
fn is_known(shelf: &dyn Shelf, tenant: &str, stored: &Stored) -> Result<Option<bool>, Error> {
    let Some(here) = shelf.read(tenant, 0)? else { return Ok(None) };
    if here.lines.starts_with(&stored.lines) && (here.head != stored.head || here.text == stored.text) {
        return Ok(Some(true));
    }
    Err(other(tenant))
}

fn other(tenant: &str) -> Error {
    Error::new(Kind::Conflict, format!("{tenant} was not brought in"), "this server has another room of that tenant")
        .hint("launchroom pull takes a server's room out; compare the two with launchroom log")
}
