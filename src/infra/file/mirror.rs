//! A copy of a server's room in this machine's data directory: a room file, a ledger and captured bytes like any other
//! room's, so that whatever reads rooms reads it. It is written here and nowhere else, and only with what the server said.
//!
//! Its ledger is only ever continued. A server whose ledger does not continue what was seen of it is not believed.

use super::place::Place;
use super::{FileStore, holder, lock, trouble, write};
use crate::app::discover::ROOM_FILE;
use crate::app::error::{Error, Kind};
use crate::domain::ledger::Entry;
use crate::domain::ledger::chain::Head;
use crate::format::ledger_jsonl;
use crate::infra::disk::{Disk, RealDisk};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// What the server said about its room.
pub struct Said<'a> {
    pub text: &'a str,
    /// A plan that is none of ours: its name in the room file, and its text.
    pub plan: Option<(&'a str, &'a str)>,
    /// Ledger lines, each with its end.
    pub lines: &'a [u8],
    /// After which entry they go on; 0 for a whole ledger.
    pub after: u64,
}

/// The copy of one room.
pub struct Mirror {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    place: Place,
    data: PathBuf,
}

impl Mirror {
    /// The copy in `folder`, whether there is one yet or not.
    ///
    /// # Errors
    /// `Storage` when the folder cannot be made.
    pub fn at(folder: &Path, data: &Path) -> Result<Self, Error> {
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        holder::make_folders(&*disk, folder).map_err(|error| trouble::storage("cannot make", folder, &error))?;
        let folder = disk.resolve(folder).map_err(|error| trouble::storage("cannot use", folder, &error))?;
        let room = folder.join(ROOM_FILE);
        Ok(Self { disk, place: Place::of(&room, room.clone()), folder, data: data.to_owned() })
    }

    /// The copy as a store; `None` while nothing was ever fetched.
    ///
    /// # Errors
    /// `Storage` when it cannot be opened.
    pub fn store(&self) -> Result<Option<FileStore>, Error> {
        match self.disk.stat(&self.place.room) {
            Ok(Some(_)) => FileStore::open(&self.place.room, &self.data, false).map(Some),
            Ok(None) => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// The end of what was seen of the ledger; the start again when what is here is damaged.
    ///
    /// # Errors
    /// `Storage` when it cannot be read.
    pub fn head(&self) -> Result<Head, Error> {
        let bytes = self.ledger()?;
        let (entries, damage) = ledger_jsonl::parse(&bytes);
        Ok(if damage.is_some() { Head::START } else { Head::of(&entries) })
    }

    /// Takes in what the server said; on disk when this returns.
    ///
    /// # Errors
    /// `Integrity` when its lines are no chain or do not continue what was seen; nothing is changed then. `Storage`.
    pub fn take(&self, said: &Said<'_>) -> Result<Vec<Entry>, Error> {
        let _lock = lock::take(&*self.disk, &self.folder)?;
        write::sweep(&*self.disk, &self.folder);
        let before = self.ledger()?;
        let (seen, damage) = ledger_jsonl::parse(&before);
        let from = Head::of(&seen);
        let (keep, new) = if said.after == 0 && (damage.is_some() || seen.is_empty()) {
            (Vec::new(), said.lines)
        } else if said.after == 0 {
            // A whole ledger again: what was seen has to be its beginning.
            let rest = said.lines.strip_prefix(before.as_slice()).ok_or_else(other_ledger)?;
            (before, rest)
        } else {
            (before, said.lines)
        };
        let head = if keep.is_empty() { Head::START } else { from };
        if said.after != 0 && said.after != head.seq {
            // Another program took something in meanwhile; what is missing is asked for again.
            return Err(Error::new(Kind::Conflict, "the copy of the room moved on", "another launchroom fetched it, too"));
        }
        let (entries, damage) = ledger_jsonl::parse_after(head, new);
        if let Some(damage) = damage {
            let why = format!("entry {}: {}", damage.line, damage.what);
            return Err(Error::new(Kind::Integrity, "what the server said about the ledger is not taken", why)
                .hint("the last good copy stays; ask whoever runs the server"));
        }
        if !new.is_empty() {
            self.write(&self.place.ledger, &[keep.as_slice(), new].concat(), &self.place.evidence)?;
        }
        if let Some((name, text)) = said.plan {
            let inside = !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
            if !inside || Path::new(name).extension().is_none_or(|end| end != "toml") || name == ROOM_FILE {
                let why = "the plan it names is no .toml file beneath the room's folder";
                return Err(Error::new(Kind::Integrity, "what the server said about the plan is not taken", why));
            }
            let path = self.folder.join(name);
            self.write(&path, text.as_bytes(), path.parent().unwrap_or(&self.folder))?;
        }
        let known = self.disk.read(&self.place.room, 0, u64::MAX).unwrap_or_default();
        if known != said.text.as_bytes() {
            self.write(&self.place.room, said.text.as_bytes(), &self.folder)?;
        }
        Ok(entries)
    }

    fn ledger(&self) -> Result<Vec<u8>, Error> {
        match self.disk.stat(&self.place.ledger) {
            Ok(None) => Ok(Vec::new()),
            Ok(Some(_)) => self.disk.read(&self.place.ledger, 0, u64::MAX).map_err(|error| self.failed(&error)),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn write(&self, path: &Path, bytes: &[u8], folder: &Path) -> Result<(), Error> {
        holder::make_folders(&*self.disk, folder).map_err(|error| self.failed(&error))?;
        write::whole(&*self.disk, path, bytes, 0o600).map_err(|failed| self.failed(&failed.error))
    }

    fn failed(&self, error: &io::Error) -> Error {
        trouble::storage("cannot keep a copy of the room in", &self.folder, error)
    }

    /// A small file of our own beside the copy; on disk when this returns.
    ///
    /// # Errors
    /// `Storage` when the disk fails.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.folder.join(name);
        self.write(&path, bytes, path.parent().unwrap_or(&self.folder))
    }

    /// What [`Mirror::put`] wrote; `None` when it is not there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.disk.read(&self.folder.join(name), 0, 64 << 20).ok()
    }

    /// Takes a file of our own away; gone when this returns.
    ///
    /// # Errors
    /// `Storage` when the disk fails.
    pub fn remove(&self, name: &str) -> Result<(), Error> {
        let path = self.folder.join(name);
        match self.disk.remove(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(self.failed(&error)),
            _ => {}
        }
        let folder = path.parent().unwrap_or(&self.folder);
        self.disk.sync_folder(folder).map_err(|error| self.failed(&error))
    }

    /// The names in a folder of our own, in order.
    #[must_use]
    pub fn list(&self, folder: &str) -> Vec<String> {
        let mut names = self.disk.list(&self.folder.join(folder)).unwrap_or_default();
        names.retain(|name| !write::is_temporary(name));
        names.sort();
        names
    }

    /// One program at a time sends what is queued.
    ///
    /// # Errors
    /// As the room's own lock.
    pub fn turn(&self) -> Result<Box<dyn Send>, Error> {
        let queue = self.folder.join("queue");
        holder::make_folders(&*self.disk, &queue).map_err(|error| self.failed(&error))?;
        lock::take(&*self.disk, &queue)
    }
}

fn other_ledger() -> Error {
    let why = "its ledger is not the one that was seen before: entries are missing or were written anew";
    Error::new(Kind::Integrity, "the server is not believed", why)
        .hint("the last good copy stays; compare heads with somebody else, or with a dossier, before you go on")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::ports::RoomStore as _;
    use crate::infra::file::sample_ledger;

    const ROOM: &str = "schema = 1\nplan = \"first-customer\"\n[tenant]\nid = \"n\"\nname = \"N\"\nkickoff = 2026-11-02\n";

    fn mirror() -> (tempfile::TempDir, Mirror) {
        let home = tempfile::tempdir().unwrap();
        let mirror = Mirror::at(&home.path().join("servers/x"), home.path()).unwrap();
        (home, mirror)
    }

    fn said(lines: &[u8], after: u64) -> Said<'_> {
        Said { text: ROOM, plan: None, lines, after }
    }

    #[test]
    fn a_copy_is_a_room_and_is_continued() {
        let (_home, mirror) = mirror();
        assert!(mirror.store().unwrap().is_none());
        let all = sample_ledger(9);
        let cut = ledger_jsonl::length_of(&all, 4);
        mirror.take(&said(&all[..cut], 0)).unwrap();
        assert_eq!(mirror.take(&said(&all[cut..], 4)).unwrap().len(), 5);
        let read = mirror.store().unwrap().unwrap().load().unwrap();
        assert_eq!((read.ledger.entries.len(), read.ledger.damage), (9, None));
    }

    #[test]
    fn a_server_whose_ledger_is_another_one_is_not_believed() {
        let (_home, mirror) = mirror();
        let all = sample_ledger(9);
        mirror.take(&said(&all, 0)).unwrap();
        let short = &all[..ledger_jsonl::length_of(&all, 4)];
        assert_eq!(mirror.take(&said(short, 0)).unwrap_err().kind, Kind::Integrity);
        let twisted = String::from_utf8(all.clone()).unwrap().replacen("\"by\":\"", "\"by\":\"x", 1);
        assert_eq!(mirror.take(&said(twisted.as_bytes(), 0)).unwrap_err().kind, Kind::Integrity);
        assert_eq!(mirror.store().unwrap().unwrap().load().unwrap().ledger.entries.len(), 9, "the last good one stays");
    }

    #[test]
    fn a_damaged_copy_is_fetched_whole() {
        let (_home, mirror) = mirror();
        let all = sample_ledger(5);
        mirror.take(&said(&all, 0)).unwrap();
        std::fs::write(&mirror.place.ledger, &all[..all.len() - 10]).unwrap();
        assert_eq!(mirror.head().unwrap(), Head::START);
        mirror.take(&said(&all, 0)).unwrap();
        assert_eq!(mirror.head().unwrap().seq, 5);
    }
}
