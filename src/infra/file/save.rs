//! How a change gets onto the disk: the room file first, then the ledger lines, each synced.
//!
//! Should the machine stop in between, the room file has a value that the ledger does not know, and the next writer
//! records it as edited outside: nothing claims what did not happen. The other order could.

use super::{
    place::Place,
    write::{self, Failed, Temporary},
};
use crate::infra::disk::Disk;
use std::io;

/// A change, worked out and not on disk yet.
pub struct Change<'a> {
    /// The room file's text before and after, when it changes.
    pub text: Option<(&'a str, &'a str)>,
    pub lines: &'a [u8],
    /// How much of the ledger file stands. What lies behind was set aside.
    pub ledger_length: u64,
}

/// Why a change is not on disk.
pub enum Unsaved {
    /// Somebody else wrote the room file since it was read. Nothing was changed.
    Overtaken,
    Failed(Failed),
    /// The room file has the change, the ledger does not.
    Half(Failed),
}

impl<E: Into<Failed>> From<E> for Unsaved {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Puts a change on disk. The evidence folder is there and the lock is held.
pub fn save(disk: &dyn Disk, place: &Place, change: &Change) -> Result<(), Unsaved> {
    let room = change.text.map(|(_, after)| prepare(disk, place, after)).transpose()?;
    let mut ledger = disk.append(&place.ledger)?;
    if change.ledger_length == 0 {
        // Also for a file that was there: whoever made it may have died before this.
        disk.sync_folder(&place.evidence).map_err(write::unknown)?;
    }
    // A full disk shows here, before anything has changed.
    ledger.reserve(change.lines.len() as u64)?;
    if let (Some(room), Some((before, after))) = (room, change.text) {
        if disk.read(&place.room, 0, before.len() as u64 + 1)? != before.as_bytes() {
            return Err(Unsaved::Overtaken);
        }
        room.name(&place.room)?;
        disk.sync_folder(&place.folder).map_err(|error| Unsaved::Half(write::unknown(error)))?;
        debug_assert_ne!(before, after);
    }
    let Err(error) = ledger.write(change.lines) else {
        return ledger.sync().map_err(|error| {
            // Nobody knows whether the lines are on disk, so nobody may build on them: they are taken out of sight.
            let _ = ledger.truncate(change.ledger_length);
            match change.text {
                Some(_) => Unsaved::Half(write::unknown(error)),
                None => Unsaved::Failed(write::unknown(error)),
            }
        });
    };
    // Half a line may be there. Should cutting it off fail as well, it reads as a torn tail.
    let _ = ledger.truncate(change.ledger_length);
    match change.text {
        Some((before, _)) if put_back(disk, place, before).is_err() => Err(Unsaved::Half(error.into())),
        _ => Err(error.into()),
    }
}

/// The new room file, written and synced beside the old one, with its mode and owner.
fn prepare<'a>(disk: &'a dyn Disk, place: &Place, text: &str) -> Result<Temporary<'a>, Failed> {
    let old = disk.stat(&place.room)?.ok_or_else(|| Failed::from(io::Error::from(io::ErrorKind::NotFound)))?;
    Temporary::write(disk, &place.folder, text.as_bytes(), old.mode, Some(old.owner))
}

fn put_back(disk: &dyn Disk, place: &Place, text: &str) -> Result<(), Failed> {
    prepare(disk, place, text)?.name(&place.room)?;
    disk.sync_folder(&place.folder).map_err(write::unknown)
}

/// Makes what a first write needs: the evidence folder, `locked/` for nobody else, and a `.gitignore` that keeps it
/// out of repositories before anything lies in it. `is_first`: nothing was ever acknowledged here, so that a folder that
/// is there may still be missing on disk.
pub fn make_evidence_folder(disk: &dyn Disk, place: &Place, is_first: bool) -> Result<(), Failed> {
    if is_first || disk.stat(&place.evidence)?.is_none() {
        disk.make_folder(&place.evidence, 0o777)?;
        disk.sync_folder(&place.folder).map_err(write::unknown)?;
    }
    let ignore = place.evidence.join(".gitignore");
    let mut text = match disk.read(&ignore, 0, 1 << 20) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let covers = |line: &[u8]| matches!(line.trim_ascii(), b"locked/" | b"/locked/" | b"locked" | b"/locked" | b"*");
    if !text.split(|byte| *byte == b'\n').any(covers) {
        if !text.is_empty() && !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        text.extend_from_slice(b"locked/\n");
        write::whole(disk, &ignore, &text, 0o644)?;
    }
    match disk.stat(&place.locked)? {
        None => {
            disk.make_folder(&place.locked, 0o700)?;
            disk.sync_folder(&place.evidence).map_err(write::unknown)?;
        }
        Some(found) if found.mode & 0o077 != 0 => disk.set_mode(&place.locked, 0o700)?,
        Some(_) => {}
    }
    Ok(())
}

/// How files are called that hold what a crash tore.
const TORN: &str = "ledger.torn-";

/// What was set aside and is still there: names and sizes.
pub fn torn_files(disk: &dyn Disk, place: &Place) -> Vec<(String, u64)> {
    let names = disk.list(&place.evidence).unwrap_or_default();
    let torn = names.into_iter().filter(|name| name.starts_with(TORN));
    torn.filter_map(|name| {
        let found = disk.stat(&place.evidence.join(&name)).ok().flatten()?;
        Some((name, found.len))
    })
    .collect()
}

/// Moves what lies behind the last whole line of the ledger to a file beside it, and says where.
pub fn set_torn_aside(disk: &dyn Disk, place: &Place, ledger_length: u64) -> Result<String, Failed> {
    let torn = disk.read(&place.ledger, ledger_length, u64::MAX)?;
    let mut n = 1;
    let name = loop {
        let name = format!("{TORN}{n}");
        match disk.read(&place.evidence.join(&name), 0, u64::MAX) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                write::whole(disk, &place.evidence.join(&name), &torn, 0o600)?;
                break name;
            }
            Err(error) => return Err(error.into()),
            // We got this far once and stopped before the cut.
            Ok(bytes) if bytes == torn => break name,
            Ok(_) => n += 1,
        }
    };
    let mut ledger = disk.append(&place.ledger)?;
    ledger.truncate(ledger_length)?;
    ledger.sync().map_err(write::unknown)?;
    Ok(name)
}
