//! A throw-away room, written at once: the demo's working copy.
//!
//! Plain writes and no fsync. Nothing here was ever acknowledged to anybody, and a copy that a power cut takes is made
//! anew by the next demo; the cockpit opens it like any other room and from then on every promise holds.

use super::place::Place;
use crate::app::error::{Error, Kind};
use crate::domain::ids::Digest;
use crate::domain::ledger::{Body, chain};
use jiff::Timestamp;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Writes a room with its ledger and captured bytes into `folder`, which only its owner may open, and says where the
/// room file is. The folder must be new or empty of a room.
///
/// # Errors
/// `Conflict` when a room is there already, `Storage` when the disk fails.
pub fn lay(folder: &Path, room_toml: &str, entries: Vec<(Timestamp, String, Body)>, blobs: &[Vec<u8>]) -> Result<PathBuf, Error> {
    let what = || format!("cannot write the working copy in {}", folder.display());
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => Error::new(Kind::Conflict, what(), "a room is there already").hint("name another folder"),
        _ => Error::new(Kind::Storage, what(), error.to_string()),
    };
    let room = folder.join("launchroom.toml");
    let place = Place::of(&room, room.clone());
    let lines = sealed(entries).ok_or_else(|| Error::new(Kind::Integrity, what(), "an entry cannot be sealed"))?;
    let write = || -> io::Result<()> {
        folders(folder)?;
        new_file(&room, room_toml.as_bytes())?;
        folders(&place.blobs)?;
        new_file(&place.ledger, &lines)?;
        for bytes in blobs {
            let hex = Digest::of(bytes).to_hex();
            let shelf = place.blobs.join(hex.get(..2).unwrap_or_default());
            folders(&shelf)?;
            new_file(&shelf.join(&hex), bytes)?;
        }
        Ok(())
    };
    write().map_err(failed)?;
    Ok(room)
}

fn sealed(entries: Vec<(Timestamp, String, Body)>) -> Option<Vec<u8>> {
    let (mut out, mut head) = (Vec::new(), Digest::ZERO);
    for (seq, (at, by, body)) in (1..).zip(entries) {
        let sealed = chain::seal(head, seq, at, &by, body).ok()?;
        out.extend_from_slice(&sealed.line);
        head = sealed.entry.hash;
    }
    Some(out)
}

fn folders(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn new_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)
}
