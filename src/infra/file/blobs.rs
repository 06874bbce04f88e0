//! Captured bytes by their digest: `blobs/<2 hex>/<sha256>`, and the same in `locked/` for what stays on this machine.

use super::{
    place::Place,
    write::{self, Failed, PIECE, Temporary},
};
use crate::domain::{ids::Digest, ledger::BlobState, plan::Class};
use crate::infra::disk::{self, Disk};
use std::{
    io,
    path::{Path, PathBuf},
};

/// The captured bytes of one room.
pub struct Blobs<'a> {
    pub disk: &'a dyn Disk,
    pub place: &'a Place,
}

impl Blobs<'_> {
    /// Makes the folders for bytes of a class, all of them at once: later keeps then have one folder to sync, not two.
    /// Folders that are there may have been made by somebody who died before syncing them; `is_settled` says that not.
    pub fn settle(&self, class: Class, is_settled: &mut bool) -> Result<(), Failed> {
        if *is_settled {
            return Ok(());
        }
        let (home, mode) = (self.home(class), if class == Class::Locked { 0o700 } else { 0o777 });
        self.disk.make_folder(home, mode)?;
        for n in 0..=u8::MAX {
            self.disk.make_folder(&home.join(format!("{n:02x}")), mode)?;
        }
        for folder in [home, home.parent().unwrap_or(home), &self.place.evidence] {
            self.disk.sync_folder(folder).map_err(write::unknown)?;
        }
        *is_settled = true;
        Ok(())
    }

    /// Keeps bytes; on disk when this returns. Keeping them again changes nothing.
    pub fn keep(&self, class: Class, bytes: &[u8]) -> Result<Digest, Failed> {
        let digest = Digest::of(bytes);
        let shard = self.shard(class, &digest)?;
        let path = shard.join(digest.to_hex());
        if !self.holds(&path, &digest) {
            Temporary::write(self.disk, self.home(class), bytes, mode(class), None)?.name(&path)?;
        }
        // Also for bytes that were there: whoever put them may have died before this.
        self.disk.sync_folder(&shard).map_err(write::unknown)?;
        Ok(digest)
    }

    /// Keeps the bytes of a file, which are on disk already, without copying them where the file system can.
    pub fn keep_file(&self, class: Class, file: &Path, digest: &Digest) -> Result<(), Failed> {
        let shard = self.shard(class, digest)?;
        let path = shard.join(digest.to_hex());
        if !self.holds(&path, digest) {
            let temporary = write::temporary_name(self.home(class));
            if self.disk.link(file, &temporary).is_err() {
                let bytes = self.disk.read(file, 0, u64::MAX)?;
                return self.keep(class, &bytes).map(|_| ());
            }
            let named = self.disk.set_mode(&temporary, mode(class)).and_then(|()| self.disk.rename(&temporary, &path));
            if let Err(error) = named {
                let _ = self.disk.remove(&temporary);
                return Err(error.into());
            }
        }
        self.disk.sync_folder(&shard).map_err(write::unknown)
    }

    /// Keeps a copy of a file of which nobody knows how much is on disk.
    pub fn keep_copy(&self, class: Class, file: &Path, digest: &Digest) -> Result<(), Failed> {
        let shard = self.shard(class, digest)?;
        let path = shard.join(digest.to_hex());
        if !self.holds(&path, digest) {
            Temporary::copy(self.disk, self.home(class), file, mode(class))?.name(&path)?;
        }
        self.disk.sync_folder(&shard).map_err(write::unknown)
    }

    /// The bytes with this digest, unchecked; `None` when they are not here.
    pub fn read(&self, digest: &Digest) -> io::Result<Option<Vec<u8>>> {
        match self.find(digest)? {
            Some(path) => self.disk.read(&path, 0, u64::MAX).map(Some),
            None => Ok(None),
        }
    }

    /// Reads and hashes.
    pub fn check(&self, digest: &Digest) -> BlobState {
        match self.find(digest) {
            Ok(Some(path)) if digest_of(self.disk, &path).is_ok_and(|(found, _)| found == *digest) => BlobState::Intact,
            Ok(None) => BlobState::Missing,
            // What cannot be read cannot be shown to be what was attached.
            Ok(Some(_)) | Err(_) => BlobState::Differs,
        }
    }

    /// Bytes may lie in either place, whatever class the record has: raising a class moves nothing.
    fn find(&self, digest: &Digest) -> io::Result<Option<PathBuf>> {
        for home in [&self.place.blobs, &self.place.locked_blobs] {
            let path = home.join(shard_name(digest)).join(digest.to_hex());
            if self.disk.stat(&path)?.is_some() {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    fn holds(&self, path: &Path, digest: &Digest) -> bool {
        let is_file = matches!(self.disk.stat(path), Ok(Some(found)) if found.kind == disk::Kind::File);
        is_file && digest_of(self.disk, path).is_ok_and(|(found, _)| found == *digest)
    }

    fn home(&self, class: Class) -> &Path {
        match class {
            Class::Public | Class::Tenant => &self.place.blobs,
            Class::Locked => &self.place.locked_blobs,
        }
    }

    /// The folder for a digest. A copy of a repository has only those with something in them.
    fn shard(&self, class: Class, digest: &Digest) -> Result<PathBuf, Failed> {
        let shard = self.home(class).join(shard_name(digest));
        if self.disk.stat(&shard)?.is_none() {
            self.settle(class, &mut false)?;
        }
        Ok(shard)
    }
}

fn shard_name(digest: &Digest) -> String {
    digest.to_hex().chars().take(2).collect()
}

fn mode(class: Class) -> u32 {
    match class {
        Class::Public | Class::Tenant => 0o644,
        Class::Locked => 0o600,
    }
}

/// Digest and size of a file.
pub fn digest_of(disk: &dyn Disk, path: &Path) -> io::Result<(Digest, u64)> {
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new();
    let mut size = 0;
    loop {
        let piece = disk.read(path, size, PIECE)?;
        hash.update(&piece);
        size += piece.len() as u64;
        if (piece.len() as u64) < PIECE {
            return Ok((Digest(hash.finalize().into()), size));
        }
    }
}
