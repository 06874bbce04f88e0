//! That a ledger began here: the hash of its first entry in a file beside it, so that one that was emptied, taken away or
//! put in the place of another is told from one that never was.
//!
//! It is written after the first entry is on disk and never again: a crash before that leaves a room in which nothing
//! happened yet, which is what it says. Nothing rests on it but this.

use super::{place::Place, write};
use crate::domain::ids::Digest;
use crate::domain::ledger::{Damage, DamageKind, Entry};
use crate::infra::disk::Disk;

/// Remembers the first entry, when that was not done yet. Should it fail, the next write does it.
pub fn remember(disk: &dyn Disk, place: &Place, entries: &[Entry]) {
    let Some(first) = entries.first() else { return };
    if matches!(disk.stat(&place.began), Ok(None)) {
        let _ = write::whole(disk, &place.began, text(&first.hash).as_bytes(), 0o644);
    }
}

/// What is written of the first entry.
pub fn text(first: &Digest) -> String {
    format!("{}\n", first.to_hex())
}

/// What is wrong with a ledger that has these entries and should begin with the one that is remembered.
pub fn missing(disk: &dyn Disk, place: &Place, entries: &[Entry]) -> Option<Damage> {
    let known = disk.read(&place.began, 0, 128).ok()?;
    let first = Digest::from_hex(std::str::from_utf8(&known).ok()?.trim())?;
    let what = match entries.first() {
        Some(entry) if entry.hash == first => return None,
        Some(_) => format!("it is another ledger: the one of this folder begins with {}", first.short()),
        None => format!("its entries are gone: it began with {}", first.short()),
    };
    Some(Damage { line: 1, kind: DamageKind::Broken, what })
}
