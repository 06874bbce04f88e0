//! A copy of a server's room in this machine's data directory: a room file, a ledger and captured bytes like any other
//! room's, so that whatever reads rooms reads it. It is written here and nowhere else, and only with what the server said.
//!
//! Its ledger is only ever continued. A server whose ledger does not continue what was seen of it is not believed.

use super::place::Place;
use super::{FileStore, holder, lock, trouble, write};
use crate::app::discover::ROOM_FILE;
use crate::app::error::{Error, Kind};
use crate::app::ports::RoomStore as _;
use crate::domain::ledger::chain::{self, Head};
use crate::format::ledger_jsonl;
use crate::infra::disk::{self, Disk, RealDisk};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Names, beside the copies of one server, whose room it gives now.
pub const CURRENT: &str = "current";
/// What names of numbered files end in.
const NUMBERED: &str = ".json";
/// No line of a ledger is longer.
const LINE: u64 = 16 << 20;

/// What the server said about its room.
pub struct Said<'a> {
    pub text: &'a str,
    /// A plan that is none of ours: its name in the room file, and its text.
    pub plan: Option<(&'a str, &'a str)>,
    /// Ledger lines, each with its end.
    pub lines: &'a [u8],
    /// Where the copy ended when they were asked for; the start, when all of them were.
    pub seen: Head,
}

/// The copy of one room.
pub struct Mirror {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    place: Place,
    data: PathBuf,
    store: Mutex<Option<Arc<FileStore>>>,
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
        Ok(Self { disk, place: Place::of(&room, room.clone()), folder, data: data.to_owned(), store: Mutex::default() })
    }

    /// The copy as a store, which remembers what it read; `None` while nothing was ever fetched.
    ///
    /// # Errors
    /// `Storage` when it cannot be opened.
    pub fn store(&self) -> Result<Option<Arc<FileStore>>, Error> {
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        if store.is_none() && self.stat(&self.place.room)?.is_some() {
            *store = Some(Arc::new(FileStore::open(&self.place.room, &self.data, false)?));
        }
        Ok(store.clone())
    }

    /// The end of the copy's ledger; the start, when there is none or it is damaged.
    ///
    /// # Errors
    /// `Storage` when it cannot be read.
    pub fn head(&self) -> Result<Head, Error> {
        let Some(store) = self.store()? else { return Ok(Head::START) };
        let ledger = store.load()?.ledger;
        Ok(if ledger.damage.is_some() { Head::START } else { Head::of(&ledger.entries) })
    }

    /// Takes in what the server said; on disk when this returns. The ledger first: a room that is ahead of it would look
    /// edited by hand.
    ///
    /// # Errors
    /// `Integrity` when its lines are no chain or do not continue what was seen; nothing is changed then. `Conflict` when
    /// another program took something in meanwhile. `Storage`.
    pub fn take(&self, said: &Said<'_>) -> Result<(), Error> {
        let _lock = lock::take(&*self.disk, &self.folder)?;
        write::sweep(&*self.disk, &self.folder);
        match said.seen {
            Head::START => self.whole(said.lines)?,
            seen => self.append(seen, said.lines)?,
        }
        if let Some((name, text)) = said.plan {
            self.plan(name, text)?;
        }
        let known = self.disk.read(&self.place.room, 0, u64::MAX).unwrap_or_default();
        if known != said.text.as_bytes() {
            self.write(&self.place.room, said.text.as_bytes(), &self.folder)?;
        }
        Ok(())
    }

    /// A whole ledger: what stands here already has to be its beginning.
    fn whole(&self, lines: &[u8]) -> Result<(), Error> {
        chained(Head::START, lines)?;
        let before = self.ledger()?;
        let (_, damage) = ledger_jsonl::parse(&before);
        if damage.is_none() && !lines.starts_with(&before) {
            return Err(other_ledger());
        }
        if lines == before {
            return Ok(());
        }
        self.write(&self.place.ledger, lines, &self.place.evidence)
    }

    /// What goes on from where the copy ends.
    fn append(&self, seen: Head, lines: &[u8]) -> Result<(), Error> {
        if self.end()? != Some(seen) {
            return Err(Error::new(Kind::Conflict, "the copy of the room moved on", "another launchroom fetched it, too"));
        }
        if lines.is_empty() {
            return Ok(());
        }
        chained(seen, lines)?;
        let written = self.disk.append(&self.place.ledger).and_then(|mut file| {
            file.write(lines)?;
            file.sync()
        });
        written.map_err(|error| self.failed(&error))
    }

    /// The last entry on disk; `None` when the file does not end in one. Only its end is read.
    fn end(&self) -> Result<Option<Head>, Error> {
        let Some(stat) = self.stat(&self.place.ledger)? else { return Ok(None) };
        let from = stat.len.saturating_sub(LINE);
        let tail = self.disk.read(&self.place.ledger, from, LINE).map_err(|error| self.failed(&error))?;
        let Some(lines) = tail.strip_suffix(b"\n") else { return Ok(None) };
        let start = memchr::memrchr(b'\n', lines).map_or(0, |end| end + 1);
        let line = chain::read(lines.get(start..).unwrap_or_default()).ok();
        Ok(line.map(|line| Head { seq: line.seq, hash: line.hash }))
    }

    fn plan(&self, name: &str, text: &str) -> Result<(), Error> {
        let inside = !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if !inside || Path::new(name).extension().is_none_or(|end| end != "toml") || name == ROOM_FILE {
            let why = "the plan it names is no .toml file beneath the room's folder";
            return Err(Error::new(Kind::Integrity, "what the server said about the plan is not taken", why));
        }
        let path = self.folder.join(name);
        self.write(&path, text.as_bytes(), path.parent().unwrap_or(&self.folder))
    }

    fn stat(&self, path: &Path) -> Result<Option<disk::Stat>, Error> {
        self.disk.stat(path).map_err(|error| self.failed(&error))
    }

    fn ledger(&self) -> Result<Vec<u8>, Error> {
        match self.stat(&self.place.ledger)? {
            None => Ok(Vec::new()),
            Some(_) => self.disk.read(&self.place.ledger, 0, u64::MAX).map_err(|error| self.failed(&error)),
        }
    }

    fn write(&self, path: &Path, bytes: &[u8], folder: &Path) -> Result<(), Error> {
        holder::make_folders(&*self.disk, folder).map_err(|error| self.failed(&error))?;
        write::whole(&*self.disk, path, bytes, 0o600).map_err(|failed| self.failed(&failed.error))
    }

    fn failed(&self, error: &io::Error) -> Error {
        trouble::storage("cannot keep a copy of the room in", &self.folder, error)
    }

    /// Remembers, beside the copies of one server, whose room it gives now.
    ///
    /// # Errors
    /// `Storage` when the disk fails.
    pub fn point(&self, tenant: &str) -> Result<(), Error> {
        let above = self.folder.parent().unwrap_or(&self.folder);
        self.write(&above.join(CURRENT), tenant.as_bytes(), above)
    }

    /// A small file of our own beside the copy; on disk when this returns.
    ///
    /// # Errors
    /// `Storage` when the disk fails.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        // Whoever holds the lock sweeps up what others left here.
        let _lock = lock::take(&*self.disk, &self.folder)?;
        let path = self.folder.join(name);
        self.write(&path, bytes, path.parent().unwrap_or(&self.folder))
    }

    /// What [`Mirror::put`] wrote; `None` when it is not there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.disk.read(&self.folder.join(name), 0, 64 << 20).ok()
    }

    /// One more file in a folder of our own, under the next number, which is the answer. Two programs that do so at the same
    /// time get two numbers.
    ///
    /// # Errors
    /// `Storage` when the disk fails.
    pub fn add(&self, folder: &str, bytes: &[u8]) -> Result<u64, Error> {
        let folder = self.folder.join(folder);
        holder::make_folders(&*self.disk, &folder).map_err(|error| self.failed(&error))?;
        let beside = write::temporary_name(&folder);
        write::whole(&*self.disk, &beside, bytes, 0o600).map_err(|failed| self.failed(&failed.error))?;
        let named = self.number(&folder, &beside);
        let _ = self.disk.remove(&beside);
        self.disk.sync_folder(&folder).map_err(|error| self.failed(&error))?;
        named.map_err(|error| self.failed(&error))
    }

    fn number(&self, folder: &Path, beside: &Path) -> io::Result<u64> {
        let taken = |name: &String| name.strip_suffix(NUMBERED)?.parse::<u64>().ok();
        let mut number = self.disk.list(folder)?.iter().filter_map(taken).max().unwrap_or(0) + 1;
        loop {
            match self.disk.link(beside, &folder.join(numbered(number))) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                linked => return linked.map(|()| number),
            }
        }
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

/// Lines that go on from `seen`, each hash and link right.
fn chained(seen: Head, lines: &[u8]) -> Result<(), Error> {
    match ledger_jsonl::parse_after(seen, lines).1 {
        None => Ok(()),
        Some(damage) => {
            let why = format!("entry {}: {}", damage.line, damage.what);
            Err(Error::new(Kind::Integrity, "what the server said about the ledger is not taken", why)
                .hint("the last good copy stays; ask whoever runs the server"))
        }
    }
}

/// The name of a file that [`Mirror::add`] made.
#[must_use]
pub fn numbered(number: u64) -> String {
    format!("{number:012}{NUMBERED}")
}

fn other_ledger() -> Error {
    let why = "its ledger is not the one that was seen before: entries are missing or were written anew";
    Error::new(Kind::Integrity, "the server is not believed", why)
        .hint("the last good copy stays; compare heads with somebody else, or with a dossier, before you go on")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infra::file::sample_ledger;

    const ROOM: &str = "schema = 1\nplan = \"first-customer\"\n[tenant]\nid = \"n\"\nname = \"N\"\nkickoff = 2026-11-02\n";

    fn mirror() -> (tempfile::TempDir, Mirror) {
        let home = tempfile::tempdir().unwrap();
        let mirror = Mirror::at(&home.path().join("servers/x"), home.path()).unwrap();
        (home, mirror)
    }

    fn said(lines: &[u8], seen: Head) -> Said<'_> {
        Said { text: ROOM, plan: None, lines, seen }
    }

    #[test]
    fn a_copy_is_a_room_and_is_continued() {
        let (_home, mirror) = mirror();
        assert!(mirror.store().unwrap().is_none());
        let all = sample_ledger(9);
        let cut = ledger_jsonl::length_of(&all, 4);
        mirror.take(&said(&all[..cut], Head::START)).unwrap();
        let seen = mirror.head().unwrap();
        mirror.take(&said(&all[cut..], seen)).unwrap();
        let read = mirror.store().unwrap().unwrap().load().unwrap();
        assert_eq!((read.ledger.entries.len(), read.ledger.damage), (9, None));
        let again = mirror.take(&said(&all[cut..], seen)).unwrap_err();
        assert_eq!(again.kind, Kind::Conflict, "what was taken in already is not taken in twice");
    }

    #[test]
    fn a_server_whose_ledger_is_another_one_is_not_believed() {
        let (_home, mirror) = mirror();
        let all = sample_ledger(9);
        mirror.take(&said(&all, Head::START)).unwrap();
        let short = &all[..ledger_jsonl::length_of(&all, 4)];
        assert_eq!(mirror.take(&said(short, Head::START)).unwrap_err().kind, Kind::Integrity);
        let twisted = String::from_utf8(all.clone()).unwrap().replacen("\"by\":\"", "\"by\":\"x", 1);
        assert_eq!(mirror.take(&said(twisted.as_bytes(), Head::START)).unwrap_err().kind, Kind::Integrity);
        let seen = mirror.head().unwrap();
        let unlinked = &all[ledger_jsonl::length_of(&all, 4)..];
        assert_eq!(mirror.take(&said(unlinked, seen)).unwrap_err().kind, Kind::Integrity);
        assert_eq!(mirror.store().unwrap().unwrap().load().unwrap().ledger.entries.len(), 9, "the last good one stays");
    }

    #[test]
    fn a_damaged_copy_is_fetched_whole() {
        let (_home, mirror) = mirror();
        let all = sample_ledger(5);
        mirror.take(&said(&all, Head::START)).unwrap();
        std::fs::write(&mirror.place.ledger, &all[..all.len() - 10]).unwrap();
        assert_eq!(mirror.head().unwrap(), Head::START);
        mirror.take(&said(&all, Head::START)).unwrap();
        assert_eq!(mirror.head().unwrap().seq, 5);
    }

    #[test]
    fn a_plan_that_would_lie_elsewhere_is_not_taken() {
        let (_home, mirror) = mirror();
        for name in ["../out.toml", "/tmp/out.toml", "launchroom.toml", "x.sh", ""] {
            let said = Said { plan: Some((name, "x")), ..said(b"", Head::START) };
            assert_eq!(mirror.take(&said).unwrap_err().kind, Kind::Integrity, "{name}");
        }
    }
}
