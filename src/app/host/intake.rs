//! Brings a local room in, its ledger as it is and its bytes with it. Locked bytes stay where they are.

use super::held::Held;
use super::shelf::{Shelf, Stored};
use crate::app::error::{Error, Kind};
use crate::app::open;
use crate::app::ports::{Clock, RoomStore};
use crate::domain::ledger::{Body, chain::Head};
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

/// Takes a room in. `plan` is the text of the plan, when it is not a built-in one.
///
/// # Errors
/// `Integrity` for a ledger that is damaged, or bytes that are missing or others; `Conflict` when there is another room of
/// this tenant.
pub fn take_in(shelf: &dyn Shelf, local: &dyn RoomStore, clock: &dyn Clock, plan: Option<PlanText>) -> Result<TakenIn, Error> {
    let opened = open::open(local, clock)?;
    let snapshot = &opened.snapshot;
    let tenant = snapshot.room.tenant.id.to_string();
    if let Some(damage) = &snapshot.ledger.damage {
        let why = format!("its ledger is damaged at line {}: {}", damage.line, damage.what);
        return Err(Error::new(Kind::Integrity, format!("{tenant} was not brought in"), why).hint("launchroom evidence verify"));
    }
    let stored =
        Stored { text: snapshot.text.to_string(), plan, head: Head::of(&snapshot.ledger.entries), lines: local.lines()? };
    // What a server cannot read again is not taken.
    Held::of(&tenant, &stored)?;
    if let Some(was_here) = is_known(shelf, &tenant, &stored)? {
        return Ok(TakenIn { tenant, entries: snapshot.ledger.entries.len(), files: 0, receipts: 0, was_here });
    }
    let (mut files, mut receipts) = (0, 0);
    for entry in snapshot.ledger.entries.iter() {
        let Body::Attached(attached) = &entry.body else { continue };
        if attached.class == Class::Locked {
            receipts += usize::from(attached.digest.is_some());
            continue;
        }
        for digest in attached.digests() {
            let Some(bytes) = local.blob(&digest)? else {
                let why = format!("the bytes {} of #{} are missing", digest.short(), entry.seq);
                return Err(
                    Error::new(Kind::Integrity, format!("{tenant} was not brought in"), why).hint("launchroom evidence verify")
                );
            };
            shelf.put_blob(&tenant, &digest, bytes.len() as u64, &mut &bytes[..])?;
            files += 1;
        }
    }
    if !shelf.create(&tenant, &stored)? {
        return Err(other(&tenant));
    }
    Ok(TakenIn { tenant, entries: snapshot.ledger.entries.len(), files, receipts, was_here: false })
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
