//! Writing that is on disk when it returns. The order of steps is the whole point: a file appears whole or not at all.

use crate::infra::disk::Disk;
use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

/// What did not work, and whether anybody still knows what is on disk.
#[derive(Debug)]
pub struct Failed {
    pub error: io::Error,
    /// A sync failed. The kernel may have dropped what it could not write, and asking again would say "fine".
    pub is_unknown: bool,
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self { error, is_unknown: false }
    }
}

/// For the result of a sync.
pub fn unknown(error: io::Error) -> Failed {
    Failed { error, is_unknown: true }
}

/// A file that is written and synced, but does not have its name yet. Forgetting it takes it away again.
pub struct Temporary<'a> {
    disk: &'a dyn Disk,
    path: PathBuf,
    is_done: bool,
}

/// Read in pieces of this size, so that a large output needs no memory of its size.
pub const PIECE: u64 = 1 << 20;

/// How names of temporary files begin and end; whatever is called so and lies there under the lock, a crash left.
const PREFIX: &str = ".launchroom-";
const SUFFIX: &str = ".tmp";

/// A name that nobody else has.
pub fn temporary_name(folder: &Path) -> PathBuf {
    let mut random = [0; 8];
    // Without randomness two writers could meet; creating the file then fails, and nothing worse.
    let _ = getrandom::fill(&mut random);
    folder.join(format!("{PREFIX}{:016x}{SUFFIX}", u64::from_ne_bytes(random)))
}

/// Whether a crash left this.
pub fn is_temporary(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

impl<'a> Temporary<'a> {
    /// Writes `bytes` beside where they will lie.
    pub fn write(disk: &'a dyn Disk, folder: &Path, bytes: &[u8], mode: u32, owner: Option<(u32, u32)>) -> Result<Self, Failed> {
        let path = temporary_name(folder);
        let mut file = disk.create(&path, mode)?;
        let temporary = Self { disk, path, is_done: false };
        if let Some(owner) = owner {
            // Only an administrator may give a file away; the group alone is worth the try, and so is neither.
            let _ = file.set_owner(owner);
        }
        file.write(bytes)?;
        file.sync().map_err(unknown)?;
        Ok(temporary)
    }

    /// Copies a file to beside where it will lie.
    pub fn copy(disk: &'a dyn Disk, folder: &Path, from: &Path, mode: u32) -> Result<Self, Failed> {
        let path = temporary_name(folder);
        let mut file = disk.create(&path, mode)?;
        let temporary = Self { disk, path, is_done: false };
        let mut done = 0;
        loop {
            let piece = disk.read(from, done, PIECE)?;
            file.write(&piece)?;
            done += piece.len() as u64;
            if (piece.len() as u64) < PIECE {
                break;
            }
        }
        file.sync().map_err(unknown)?;
        Ok(temporary)
    }

    /// Takes what comes, however much, to beside where it will lie.
    pub fn stream(disk: &'a dyn Disk, folder: &Path, from: &mut dyn Read, mode: u32) -> Result<Self, Failed> {
        let path = temporary_name(folder);
        let mut file = disk.create(&path, mode)?;
        let temporary = Self { disk, path, is_done: false };
        let mut piece = Vec::new();
        while Read::take(&mut *from, PIECE).read_to_end(&mut piece)? > 0 {
            file.write(&piece)?;
            piece.clear();
        }
        file.sync().map_err(unknown)?;
        Ok(temporary)
    }

    /// Gives it its name, in place of whatever had it. On disk once the folder is synced.
    pub fn name(mut self, path: &Path) -> io::Result<()> {
        self.disk.rename(&self.path, path)?;
        self.is_done = true;
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.is_done {
            // Should it stay, the next writer sweeps it up.
            let _ = self.disk.remove(&self.path);
        }
    }
}

/// Writes a whole file: there or not there, never half.
pub fn whole(disk: &dyn Disk, path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failed> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    Temporary::write(disk, folder, bytes, mode, None)?.name(path)?;
    disk.sync_folder(folder).map_err(unknown)
}

/// Takes away what crashes left in a folder. Only under the lock that every writer of the folder holds.
pub fn sweep(disk: &dyn Disk, folder: &Path) {
    for name in disk.list(folder).unwrap_or_default() {
        if is_temporary(&name) {
            let _ = disk.remove(&folder.join(name));
        }
    }
}
