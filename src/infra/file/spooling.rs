//! The runner's side of the spool: how a run gets there, step by step, through the same disk as everything else.
//!
//! The description comes first and goes first: bytes without one belong to no run, and whoever writes next may take them
//! away. It says "finished" only when all the bytes are synced.

use super::spool::{self, Meta, Process};
use crate::app::ports::Captured;
use crate::domain::ids::RunId;
use crate::infra::disk::{Disk, Writing};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A run's place in the spool while it is captured.
pub struct Spooling {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    run: RunId,
    out: Box<dyn Writing>,
    kept: u64,
    files: usize,
}

impl Spooling {
    /// Makes the run known: from here on it is found, whatever happens to us.
    ///
    /// # Errors
    /// As the disk says; nothing is left over then.
    pub fn open(disk: Arc<dyn Disk>, folder: &Path, captured: &Captured) -> io::Result<Self> {
        let run = captured.run.id.clone();
        let meta = Meta::Running { runner: Process::this(), captured: Box::new(captured.clone()) };
        let out = spool::write_meta(&*disk, folder, &run, &meta)
            .and_then(|()| disk.create(&spool::out_path(folder, &run), 0o600))
            .inspect_err(|_| {
                // A run that never began is no run.
                let _ = disk.remove(&spool::meta_path(folder, &run));
            })?;
        Ok(Self { disk, folder: folder.to_owned(), run, out, kept: 0, files: 0 })
    }

    /// Adds to what the run printed.
    ///
    /// # Errors
    /// As the disk says.
    pub fn print(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write(bytes)?;
        self.kept += bytes.len() as u64;
        Ok(())
    }

    /// What was printed is on disk when this returns.
    ///
    /// # Errors
    /// As the disk says. Not to be asked again: see [`Writing::sync`].
    pub fn sync(&mut self) -> io::Result<()> {
        self.out.sync()
    }

    /// Keeps a file that the run wrote; on disk when this returns.
    ///
    /// # Errors
    /// As the disk says.
    pub fn keep_file(&mut self, bytes: &[u8]) -> io::Result<()> {
        let path = spool::file_path(&self.folder, &self.run, self.files);
        self.files += 1;
        let mut file = self.disk.create(&path, 0o600)?;
        file.write(bytes)?;
        file.sync()
    }

    /// Reads what was printed, from `offset` and at most `limit` bytes.
    ///
    /// # Errors
    /// As the disk says.
    pub fn printed(&self, offset: u64, limit: u64) -> io::Result<Vec<u8>> {
        self.disk.read(&spool::out_path(&self.folder, &self.run), offset, limit)
    }

    /// The run has ended and its bytes are synced: says so.
    ///
    /// # Errors
    /// As the disk says; the run is then found as interrupted.
    pub fn finish(&self, captured: &Captured) -> io::Result<()> {
        let meta = Meta::Finished { captured: Box::new(captured.clone()) };
        spool::write_meta(&*self.disk, &self.folder, &self.run, &meta)
    }

    /// The disk did not take it. What it took until then is left as an interrupted run, less a little: on a full disk that
    /// is the room in which the run's end can still be told to the ledger.
    pub fn give_up(mut self, captured: Captured) {
        const ROOM: u64 = 64 * 1024;
        for n in 0..self.files {
            let _ = self.disk.remove(&spool::file_path(&self.folder, &self.run, n));
        }
        // Not synced: after an error nobody would know what that says. Whoever attaches it copies what can be read.
        let _ = self.out.truncate(self.kept.saturating_sub(ROOM));
        let meta = Meta::Running { runner: Process::GONE, captured: Box::new(captured) };
        // Should this fail as well, the run is found once this process is gone.
        let _ = spool::write_meta(&*self.disk, &self.folder, &self.run, &meta);
    }
}
