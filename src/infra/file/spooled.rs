//! The spool as the store sees it: what was captured, what to do with it.

use super::{
    blobs::{self, Blobs},
    place::Place,
    spool::{self, Meta},
    write::{self, Failed},
};
use crate::app::ports::Captured;
use crate::domain::{
    ids::{Digest, RunId},
    ledger::{Body, Entry, Outcome},
    plan::Class,
};
use crate::infra::disk::Disk;
use jiff::Timestamp;
use std::{collections::BTreeSet, io, path::Path};

/// Makes the spool, private to its owner.
pub fn make_folder(disk: &dyn Disk, place: &Place) -> Result<(), Failed> {
    disk.make_folder(&place.spool, 0o700)?;
    // Also for one that was there: whoever made it may have died before this.
    disk.sync_folder(&place.locked).map_err(write::unknown)?;
    disk.sync_folder(&place.evidence).map_err(write::unknown)
}

/// Captured runs that the ledger has not attached, oldest first. One that is under way is not among them.
pub fn list(disk: &dyn Disk, spool: &Path, entries: &[Entry]) -> io::Result<Vec<Captured>> {
    let names = match disk.list(spool) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        names => names?,
    };
    let runs: Vec<RunId> = names.iter().filter_map(|name| name.strip_suffix(".json")).map(RunId::from).collect();
    if runs.is_empty() {
        return Ok(Vec::new());
    }
    let attached: BTreeSet<&RunId> = entries.iter().filter_map(attached_run).collect();
    let mut found = Vec::new();
    for run in runs.iter().filter(|run| !attached.contains(run)) {
        // A run that cannot be read is there all the same: nobody may take it for one that was attached.
        match disk.read(&spool::meta_path(spool, run), 0, 1) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => found.extend(find(disk, spool, run).ok()),
        }
    }
    found.sort_by(|a, b| (a.run.started, a.run.id.as_str()).cmp(&(b.run.started, b.run.id.as_str())));
    Ok(found)
}

fn attached_run(entry: &Entry) -> Option<&RunId> {
    match &entry.body {
        Body::Attached(attached) => attached.run.as_ref().map(|run| &run.id),
        _ => None,
    }
}

/// What a run printed.
pub fn bytes(disk: &dyn Disk, spool: &Path, run: &RunId) -> io::Result<Vec<u8>> {
    if !spool::is_name(run) {
        return Err(io::ErrorKind::NotFound.into());
    }
    match disk.read(&spool::out_path(spool, run), 0, u64::MAX) {
        // A run that was interrupted before it printed anything.
        Err(error) if error.kind() == io::ErrorKind::NotFound && find(disk, spool, run).is_ok() => Ok(Vec::new()),
        found => found,
    }
}

/// Puts a run's bytes and files where evidence lies. The spool keeps its own names for them until the ledger has the
/// entry, so that a failure in between loses nothing.
pub fn keep(blobs: &Blobs, run: &RunId, class: Class) -> Result<(), Failed> {
    let (disk, spool) = (blobs.disk, &blobs.place.spool);
    let captured = find(disk, spool, run)?;
    let files = captured.outputs.iter().enumerate().map(|(n, file)| (spool::file_path(spool, run, n), file.digest));
    let all: Vec<_> = [(spool::out_path(spool, run), captured.digest)].into_iter().chain(files).collect();
    if captured.size == 0 && captured.outputs.is_empty() {
        return blobs.keep(class, b"").map(drop);
    }
    for (path, digest) in &all {
        if blobs::digest_of(disk, path)?.0 != *digest {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the spool does not hold what was captured").into());
        }
    }
    for (path, digest) in &all {
        if captured.outcome == Outcome::Interrupted {
            // Whoever captured it may have died before syncing, or was told by the disk that it failed. Syncing that file
            // now would prove nothing; a copy is written and synced anew.
            blobs.keep_copy(class, path, digest)?;
        } else {
            blobs.keep_file(class, path, digest)?;
        }
    }
    Ok(())
}

/// Drops a run. The description goes first: without it, nobody takes the rest for a run, and [`sweep`] takes it away.
pub fn discard(disk: &dyn Disk, spool: &Path, run: &RunId) -> Result<(), Failed> {
    if !spool::is_name(run) {
        return Err(io::Error::from(io::ErrorKind::NotFound).into());
    }
    let files = spool::read_meta(disk, spool, run).map_or(0, |meta| match meta {
        Meta::Running { captured, .. } | Meta::Finished { captured } => captured.outputs.len(),
    });
    let files = (0..files).map(|n| spool::file_path(spool, run, n));
    let own = [spool::temporary_path(spool, run), spool::meta_path(spool, run), spool::out_path(spool, run)];
    for path in own.into_iter().chain(files) {
        match disk.remove(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    disk.sync_folder(spool).map_err(write::unknown)
}

/// Takes away bytes that no description speaks of: somebody discarded that run, and was stopped before this.
pub fn sweep(disk: &dyn Disk, spool: &Path) {
    for name in disk.list(spool).unwrap_or_default() {
        let Some((run, rest)) = name.split_once('.') else { continue };
        let is_bytes = rest == "out" || rest.strip_suffix(".file").is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()));
        // Whoever captures writes the description first, so bytes that are listed have one already.
        if is_bytes && matches!(disk.stat(&spool::meta_path(spool, &RunId::from(run))), Ok(None)) {
            let _ = disk.remove(&spool.join(&name));
        }
    }
}

/// One captured run that is not under way.
fn find(disk: &dyn Disk, spool: &Path, run: &RunId) -> io::Result<Captured> {
    let absent = || io::Error::from(io::ErrorKind::NotFound);
    if !spool::is_name(run) {
        return Err(absent());
    }
    let captured = match spool::read_meta(disk, spool, run).ok_or_else(absent)? {
        Meta::Finished { captured } => *captured,
        Meta::Running { runner, .. } if runner.is_alive() => return Err(absent()),
        Meta::Running { captured, .. } => interrupted(disk, spool, run, *captured)?,
    };
    // A description that was copied under another name, or whose bytes are gone, is no run.
    let is_here = captured.size == 0 || disk.stat(&spool::out_path(spool, run))?.is_some();
    if captured.run.id == *run && is_here { Ok(captured) } else { Err(absent()) }
}

/// A run whose runner is gone: what was captured until then, and no verdict.
fn interrupted(disk: &dyn Disk, spool: &Path, run: &RunId, mut captured: Captured) -> io::Result<Captured> {
    let out = spool::out_path(spool, run);
    let (digest, size) = match disk.stat(&out)? {
        Some(found) => {
            // Nobody was there when it ended; the last byte is the last sign of life.
            let last = Timestamp::from_millisecond(found.stamp.1 / 1_000_000).unwrap_or(captured.run.started);
            captured.run.ended = last.max(captured.run.started);
            blobs::digest_of(disk, &out)?
        }
        None => (Digest::of(b""), 0),
    };
    captured.outcome = Outcome::Interrupted;
    (captured.run.exit, captured.run.signal) = (None, None);
    (captured.digest, captured.size) = (digest, size);
    captured.run.seen = captured.run.seen.max(size);
    captured.outputs.clear();
    (captured.checks, captured.unread) = (None, None);
    Ok(captured)
}
