//! Where the parts of a room lie.

use std::path::{Path, PathBuf};

/// The paths of one room. Links are resolved, so that a room reached by two names has one ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// As the person named it.
    pub shown: String,
    pub room: PathBuf,
    /// The folder the room file lies in: commands run here, and its lock is the room's lock.
    pub folder: PathBuf,
    pub evidence: PathBuf,
    pub ledger: PathBuf,
    /// The hash of the ledger's first entry, once that was on disk.
    pub began: PathBuf,
    pub blobs: PathBuf,
    /// What leaves this machine by no way we know of.
    pub locked: PathBuf,
    pub locked_blobs: PathBuf,
    pub spool: PathBuf,
}

impl Place {
    /// The parts of the room in this file.
    #[must_use]
    pub fn of(shown: &Path, room: PathBuf) -> Self {
        let folder = room.parent().unwrap_or(Path::new("/")).to_owned();
        let is_toml = room.extension().is_some_and(|extension| extension == "toml");
        let name = if is_toml { room.file_stem() } else { room.file_name() };
        let mut name = name.unwrap_or_default().to_owned();
        name.push(".evidence");
        let evidence = folder.join(name);
        let locked = evidence.join("locked");
        Self {
            shown: shown.display().to_string(),
            ledger: evidence.join("ledger.jsonl"),
            began: evidence.join("ledger.began"),
            blobs: evidence.join("blobs"),
            locked_blobs: locked.join("blobs"),
            spool: locked.join("spool"),
            room,
            folder,
            evidence,
            locked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_lies_beside_the_room_under_its_name() {
        let evidence = |room: &str| Place::of(Path::new("x"), room.into()).evidence;
        assert_eq!(evidence("/r/launchroom.toml"), Path::new("/r/launchroom.evidence"));
        assert_eq!(evidence("/r/a.b.toml"), Path::new("/r/a.b.evidence"));
        assert_eq!(evidence("/r/room"), Path::new("/r/room.evidence"));
    }
}
