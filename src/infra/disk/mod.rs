//! The disk as the store uses it: few verbs, each one step that can fail by itself.
//!
//! Every write of the store goes through [`Disk`], because "acknowledged means on disk" can only be tested by a disk
//! that forgets what was not synced and fails at step 1, 2, 3 …

#[cfg(test)]
mod faulty;
mod real;

#[cfg(test)]
pub use faulty::{Fault, FaultyDisk, Survives};
pub use real::RealDisk;

use std::{
    io,
    path::{Path, PathBuf},
};

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    pub kind: Kind,
    pub len: u64,
    /// Permission bits.
    pub mode: u32,
    /// User and group.
    pub owner: (u32, u32),
    /// Tells two states of a path apart: which file it is, and when it last changed.
    pub stamp: (u64, i64, i64),
}

/// What sort of thing lies at a path, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    Fifo,
    /// A device or a socket.
    Other,
}

/// A disk. Paths are absolute; links are followed unless said otherwise.
pub trait Disk: Send + Sync {
    /// What lies there; `None` when nothing does.
    ///
    /// # Errors
    /// As the system says.
    fn stat(&self, path: &Path) -> io::Result<Option<Stat>>;

    /// The path with every link resolved.
    ///
    /// # Errors
    /// As the system says.
    fn resolve(&self, path: &Path) -> io::Result<PathBuf>;

    /// Whether files can be made and changed there.
    fn is_writable(&self, path: &Path) -> bool;

    /// Reads a regular file from `offset`, at most `limit` bytes. Never waits for a FIFO.
    ///
    /// # Errors
    /// As the system says; `InvalidInput` for what is no regular file.
    fn read(&self, path: &Path, offset: u64, limit: u64) -> io::Result<Vec<u8>>;

    /// The names in a folder, sorted.
    ///
    /// # Errors
    /// As the system says.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// Opens a file that must not be there yet, with these permission bits whatever the umask.
    ///
    /// # Errors
    /// As the system says.
    fn create(&self, path: &Path, mode: u32) -> io::Result<Box<dyn Writing>>;

    /// Opens a file to write at its end; makes it when it is not there.
    ///
    /// # Errors
    /// As the system says.
    fn append(&self, path: &Path) -> io::Result<Box<dyn Writing>>;

    /// Makes a folder; one that is there already is fine and stays as it is.
    ///
    /// # Errors
    /// As the system says.
    fn make_folder(&self, path: &Path, mode: u32) -> io::Result<()>;

    /// Puts a file in the place of another, at once.
    ///
    /// # Errors
    /// As the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Gives a file a second name.
    ///
    /// # Errors
    /// As the system says; `AlreadyExists` when the name is taken.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Changes the permission bits.
    ///
    /// # Errors
    /// As the system says.
    fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()>;

    /// Takes a name away; links are not followed.
    ///
    /// # Errors
    /// As the system says.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Waits until the names in a folder are on disk.
    ///
    /// # Errors
    /// As the system says. Afterwards nobody knows what is on disk.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;

    /// Takes the advisory lock of a folder, when nobody else has it. Dropping the guard gives it back.
    ///
    /// # Errors
    /// As the system says.
    fn try_lock(&self, folder: &Path) -> io::Result<Option<Box<dyn Send>>>;
}

/// A file open for writing. Dropping it closes it and syncs nothing.
pub trait Writing: Send {
    /// Writes all of `bytes` at the end.
    ///
    /// # Errors
    /// As the system says; some of the bytes may have been written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes room for `more` bytes at the end, where the file system can, without changing the file.
    ///
    /// # Errors
    /// `StorageFull` when there is none.
    fn reserve(&mut self, more: u64) -> io::Result<()>;

    /// Cuts the file to `len` bytes.
    ///
    /// # Errors
    /// As the system says.
    fn truncate(&mut self, len: u64) -> io::Result<()>;

    /// Gives the file to somebody else. Only an administrator may.
    ///
    /// # Errors
    /// As the system says.
    fn set_owner(&mut self, owner: (u32, u32)) -> io::Result<()>;

    /// Waits until bytes and length are on disk.
    ///
    /// # Errors
    /// As the system says. Afterwards nobody knows what is on disk, and asking again proves nothing.
    fn sync(&mut self) -> io::Result<()>;
}
