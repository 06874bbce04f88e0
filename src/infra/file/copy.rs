//! A throw-away room, written at once: the demo's working copy.
//!
//! Plain writes and no fsync. Nothing here was ever acknowledged to anybody, and a copy that a power cut takes is made
//! anew by the next demo; the cockpit opens it like any other room and from then on every promise holds.

use super::{began, place::Place};
use crate::app::error::{Error, Kind};
use crate::domain::ids::Digest;
use crate::domain::ledger::chain;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Writes a room file into `folder`, which only its owner may open, and says where it is. The folder must be new or empty
/// of a room.
///
/// # Errors
/// `Conflict` when a room is there already, `Storage` when the disk fails.
pub fn lay_room(folder: &Path, room_toml: &str) -> Result<PathBuf, Error> {
    let room = folder.join("launchroom.toml");
    folders(folder).and_then(|()| new_file(&room, room_toml.as_bytes())).map_err(|error| failed(folder, &error))?;
    Ok(room)
}

/// Writes what belongs beside a room that [`lay_room`] made: its ledger and its captured bytes.
///
/// # Errors
/// As [`lay_room`].
pub fn lay_evidence(room: &Path, ledger: &[u8], blobs: &[Vec<u8>]) -> Result<(), Error> {
    let place = Place::of(room, room.to_owned());
    let write = || -> io::Result<()> {
        folders(&place.blobs)?;
        new_file(&place.ledger, ledger)?;
        let first = ledger.split(|byte| *byte == b'\n').next().and_then(|line| chain::read(line).ok());
        if let Some(first) = first {
            new_file(&place.began, began::text(&first.hash).as_bytes())?;
        }
        for bytes in blobs {
            let hex = Digest::of(bytes).to_hex();
            let shelf = place.blobs.join(hex.get(..2).unwrap_or_default());
            folders(&shelf)?;
            new_file(&shelf.join(&hex), bytes)?;
        }
        Ok(())
    };
    write().map_err(|error| failed(room, &error))
}

fn failed(at: &Path, error: &io::Error) -> Error {
    let what = format!("cannot write the working copy in {}", at.display());
    match error.kind() {
        io::ErrorKind::AlreadyExists => Error::new(Kind::Conflict, what, "a room is there already").hint("name another folder"),
        _ => Error::new(Kind::Storage, what, error.to_string()),
    }
}

fn folders(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn new_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)
}
