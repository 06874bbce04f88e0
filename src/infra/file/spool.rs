//! The spool: captured runs that are not attached yet. The runner writes here, the store reads.
//!
//! For a run `R`: `R.json` says what it is, `R.out` is what it printed, `R.0.file`, `R.1.file` … are the files it wrote,
//! in the order of [`Captured::outputs`]. All of it is redacted before it gets here.

use crate::app::ports::Captured;
use crate::domain::ids::RunId;
use crate::infra::disk::Disk;
use serde::{Deserialize, Serialize};
use std::{
    io,
    path::{Path, PathBuf},
};

/// What is known of a spooled run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Meta {
    /// It is under way, or whoever ran it is gone.
    Running {
        /// The process that captures it (ours, not the command's).
        runner: Process,
        /// As far as it is known at the start. Digest, size and end are filled in from what was captured.
        captured: Box<Captured>,
    },
    /// It ended; the bytes are complete and synced.
    Finished { captured: Box<Captured> },
}

/// A process, told apart from a later one with the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    pub pid: u32,
    /// When it started, in the kernel's own count; 0 where the system does not say.
    pub born: u64,
}

impl Process {
    /// Nobody: what it captured is for the next one to find.
    pub const GONE: Self = Self { pid: 0, born: 0 };

    /// This process.
    #[must_use]
    pub fn this() -> Self {
        let pid = std::process::id();
        Self { pid, born: born(pid).unwrap_or(0) }
    }

    /// Whether it is still there.
    #[must_use]
    pub fn is_alive(self) -> bool {
        let Some(pid) = i32::try_from(self.pid).ok().and_then(rustix::process::Pid::from_raw) else { return false };
        let there = match rustix::process::test_kill_process(pid) {
            Ok(()) | Err(rustix::io::Errno::PERM) => true,
            Err(_) => false,
        };
        there && born(self.pid).is_none_or(|born| self.born == 0 || born == self.born)
    }
}

/// The start time in `/proc/<pid>/stat`: the 22nd field, and the 20th behind the name, which may hold anything.
fn born(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)?.parse().ok()
}

/// Where a run's description lies.
#[must_use]
pub fn meta_path(spool: &Path, run: &RunId) -> PathBuf {
    spool.join(format!("{run}.json"))
}

/// Where what a run printed lies.
#[must_use]
pub fn out_path(spool: &Path, run: &RunId) -> PathBuf {
    spool.join(format!("{run}.out"))
}

/// Where the `n`-th file that a run wrote lies, counted from 0.
#[must_use]
pub fn file_path(spool: &Path, run: &RunId, n: usize) -> PathBuf {
    spool.join(format!("{run}.{n}.file"))
}

/// Where a run's description lies while it is being written.
#[must_use]
pub fn temporary_path(spool: &Path, run: &RunId) -> PathBuf {
    spool.join(format!("{run}.json.tmp"))
}

/// Whether a run's id can be a file name: what else a ledger or a person may hand over stays out of the paths.
#[must_use]
pub fn is_name(run: &RunId) -> bool {
    let id = run.as_str();
    !id.is_empty() && id.len() <= 100 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Writes a run's description: whole or not at all, and on disk when this returns.
///
/// # Errors
/// As the disk says.
pub fn write_meta(disk: &dyn Disk, spool: &Path, run: &RunId, meta: &Meta) -> io::Result<()> {
    let bytes = serde_json::to_vec(meta).map_err(io::Error::other)?;
    let temporary = temporary_path(spool, run);
    if disk.stat(&temporary)?.is_some() {
        disk.remove(&temporary)?;
    }
    let mut file = disk.create(&temporary, 0o600)?;
    let written = file.write(&bytes).and_then(|()| file.sync()).and_then(|()| disk.rename(&temporary, &meta_path(spool, run)));
    if written.is_err() {
        let _ = disk.remove(&temporary);
    }
    written.and_then(|()| disk.sync_folder(spool))
}

/// Reads a run's description; `None` when there is none that can be read.
#[must_use]
pub fn read_meta(disk: &dyn Disk, spool: &Path, run: &RunId) -> Option<Meta> {
    let bytes = disk.read(&meta_path(spool, run), 0, META_LIMIT).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// A description holds per-check results, so it can be long; never this long.
const META_LIMIT: u64 = 64 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_one_with_its_number_but_another_birth_is_not() {
        let this = Process::this();
        assert!(this.is_alive());
        assert!(this.born == 0 || !Process { born: this.born + 1, ..this }.is_alive());
        assert!(!Process { pid: u32::MAX, born: 0 }.is_alive());
    }

    #[test]
    fn a_run_id_never_leads_out_of_the_spool() {
        for id in ["", "..", "a/b", "a.b", "../x", "a\0"] {
            assert!(!is_name(&id.into()), "{id:?}");
        }
        assert!(is_name(&"01j9-Zk_7".into()));
    }
}
