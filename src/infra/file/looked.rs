//! When each room was last left on this machine. It belongs to whoever works here, not to the room, and nobody else reads it.

use super::{holder, lock, trouble, write};
use crate::app::error::Error;
use crate::infra::disk::{Disk, RealDisk};
use jiff::Timestamp;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Room → when.
type Known = BTreeMap<String, Timestamp>;

/// The marks of this machine, in `data_dir/looked.json`.
pub struct Looked {
    folder: PathBuf,
}

impl Looked {
    /// Kept in this folder.
    #[must_use]
    pub fn new(data_dir: &Path) -> Self {
        Self { folder: data_dir.to_owned() }
    }

    fn path(&self) -> PathBuf {
        self.folder.join("looked.json")
    }

    /// A file that cannot be read knows of no look.
    fn known(&self) -> Known {
        let bytes = RealDisk.read(&self.path(), 0, 16 << 20).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// When this room was last left here.
    #[must_use]
    pub fn at(&self, room: &str) -> Option<Timestamp> {
        self.known().get(room).copied()
    }

    /// Moves the mark of a room.
    ///
    /// # Errors
    /// `Storage` when it cannot be kept.
    pub fn mark(&self, room: &str, at: Timestamp) -> Result<(), Error> {
        let failed = |error| trouble::storage("cannot remember in", &self.folder, &error);
        holder::make_folders(&RealDisk, &self.folder).map_err(failed)?;
        let _lock = lock::take(&RealDisk, &self.folder)?;
        let mut known = self.known();
        known.insert(room.to_owned(), at);
        let bytes = serde_json::to_vec_pretty(&known).map_err(|error| failed(error.into()))?;
        write::whole(&RealDisk, &self.path(), &bytes, 0o600).map_err(|unsaved| failed(unsaved.error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn each_room_has_a_mark_of_its_own_that_nobody_else_reads() {
        let folder = tempfile::tempdir().unwrap();
        let looked = Looked::new(&folder.path().join("data/launchroom"));
        assert_eq!(looked.at("/r/a.toml"), None);
        let at: Timestamp = "2026-11-13T15:40:00Z".parse().unwrap();
        looked.mark("/r/a.toml", at).unwrap();
        looked.mark("/r/b.toml", at + jiff::SignedDuration::from_hours(1)).unwrap();
        assert_eq!(looked.at("/r/a.toml"), Some(at));
        assert_eq!(std::fs::metadata(looked.path()).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(looked.path(), "not json").unwrap();
        assert_eq!(looked.at("/r/a.toml"), None);
    }
}
