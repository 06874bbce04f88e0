//! A room on this machine's disk: the room file, and beside it the ledger, the captured bytes and the spool.
//!
//! The store holds one promise above all: what it acknowledged is on disk, and what it could not acknowledge has
//! changed nothing that anybody would take for true. It writes only under the room's lock, and never rewrites the ledger.

mod began;
mod blobs;
pub mod copy;
mod find;
mod holder;
mod journal;
mod lock;
mod looked;
pub mod mirror;
mod place;
mod sample;
mod save;
mod source;
pub mod spool;
mod spooled;
mod spooling;
mod trouble;
mod trust;
mod watch;
mod write;

pub use find::{Found, find};
pub use looked::Looked;
pub use sample::sample_ledger;
pub use spooling::Spooling;
pub use trouble::reason;
pub use trust::FileTrust;
pub use watch::Watch;
pub(in crate::infra) use write::Temporary;

use crate::app::error::{Error, Kind};
use crate::app::ports::{Captured, RoomStore, Snapshot};
use crate::domain::change::{Applied, Refused};
use crate::domain::ids::{Digest, RunId};
use crate::domain::ledger::replay;
use crate::domain::ledger::{BlobState, Body, DamageKind, Entry, Ledger, chain};
use crate::domain::plan::Class;
use crate::format::{plan_toml, redact_toml, room_toml};
use crate::infra::disk::{Disk, RealDisk};
use crate::present::words;
use blobs::Blobs;
use jiff::Timestamp;
use journal::Journal;
use place::Place;
use save::Unsaved;
use source::Source;
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use write::Failed;

/// A room in a file.
pub struct FileStore {
    disk: Arc<dyn Disk>,
    place: Place,
    data_dir: PathBuf,
    is_readonly: bool,
    known: Mutex<Known>,
}

/// What was read last, and what this store found out about the disk.
#[derive(Default)]
struct Known {
    source: Option<Source>,
    journal: Journal,
    /// Why nothing is written any more. There is no way back but opening again.
    lost: Option<String>,
    is_swept: bool,
    /// Where bytes can be kept, known to be on disk: open to others, locked.
    settled: [bool; 2],
    /// The entries that were written here.
    ours: BTreeSet<u64>,
}

impl Known {
    /// Whether the folders for captured bytes of this class are on disk: an entry that speaks of such bytes was only
    /// acknowledged when they were.
    fn settled(&mut self, class: Class) -> &mut bool {
        let is_locked = class == Class::Locked;
        let settled = &mut self.settled[usize::from(is_locked)];
        let shows = |entry: &Entry| match &entry.body {
            Body::Attached(attached) => attached.digest.is_some() && (attached.class == Class::Locked) == is_locked,
            _ => false,
        };
        *settled = *settled || self.journal.entries.iter().any(shows);
        settled
    }
}

impl FileStore {
    /// A room on the disk of this machine. The file is looked at, not read.
    ///
    /// # Errors
    /// `Storage` when there is no such file, `Input` when it cannot be a room.
    pub fn open(path: &Path, data_dir: &Path, readonly: bool) -> Result<Self, Error> {
        Self::on(Arc::new(RealDisk), path, data_dir, readonly)
    }

    /// The same on any disk.
    ///
    /// # Errors
    /// As [`FileStore::open`].
    pub fn on(disk: Arc<dyn Disk>, path: &Path, data_dir: &Path, readonly: bool) -> Result<Self, Error> {
        let failed = |error: io::Error| {
            let trouble = trouble::storage("cannot open the room file", path, &error);
            let is_link = path.is_symlink();
            match error.kind() {
                io::ErrorKind::NotFound if is_link => {
                    Error { kind: Kind::Input, ..trouble }.hint("it is a link that leads nowhere: mend it or take it away")
                }
                io::ErrorKind::NotFound => trouble.hint("name a file that is there, or make one with `launchroom init`"),
                _ if is_link => Error { kind: Kind::Input, ..trouble }.hint("it is a link: mend it or take it away"),
                _ => trouble,
            }
        };
        let place = Place::of(path, disk.resolve(path).map_err(failed)?);
        source::check(&*disk, &place.room, &place.shown, "room file")?;
        Ok(Self { disk, place, data_dir: data_dir.to_owned(), is_readonly: readonly, known: Mutex::default() })
    }

    /// Calls back when somebody changes the room, its plan or its ledger: from another thread, some moments later, once
    /// for many changes. Our own writes call back too; reading then finds nothing new. Dropping the watch ends it.
    ///
    /// # Errors
    /// `Storage` when the system does not tell.
    pub fn watch(&self, changed: impl Fn() + Send + 'static) -> Result<Watch, Error> {
        Watch::start(&self.place, changed)
    }

    /// The plan of the room as a file beneath its folder, name and text, as it was read last; `None` for a built-in one.
    ///
    /// # Errors
    /// As [`RoomStore::load`].
    pub fn own_plan(&self) -> Result<Option<(String, String)>, Error> {
        let mut known = self.known();
        self.refresh(&mut known)?;
        let own = known.source.as_ref().filter(|source| plan_toml::embedded(&source.plan_name).is_none());
        Ok(own.map(|source| (source.plan_name.clone(), source.plan_text.to_string())))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Whatever a panic left half-done is read again before it is used.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn blobs(&self) -> Blobs<'_> {
        Blobs { disk: &*self.disk, place: &self.place }
    }

    /// Reads what changed.
    fn refresh(&self, known: &mut Known) -> Result<Snapshot, Error> {
        known.journal.refresh(&*self.disk, &self.place)?;
        let source = source::read(&*self.disk, &self.place, known.source.as_ref())?;
        known.source = Some(source.clone());
        Ok(self.snapshot(known, source))
    }

    fn snapshot(&self, known: &Known, source: Source) -> Snapshot {
        let ledger = Ledger {
            entries: known.journal.entries.clone(),
            damage: known.journal.damage.clone(),
            blobs: BTreeMap::new(),
            holder: holder::peek(&*self.disk, &self.data_dir),
        };
        let view_only = self.obstacle(known).map(|error| error.why);
        Snapshot { plan: source.plan, room: source.room, text: source.text, ledger, view_only, notices: Vec::new() }
    }

    /// Why nothing can be written.
    fn obstacle(&self, known: &Known) -> Option<Error> {
        let what = "nothing is written";
        if self.is_readonly {
            return Some(Error::new(Kind::Refused, what, "the room was opened with --readonly"));
        }
        if let Some(why) = &known.lost {
            return Some(Error::new(Kind::Storage, what, why).hint("check the disk, then open the room again"));
        }
        if let Some(damage) = known.journal.damage.as_ref().filter(|damage| damage.kind == DamageKind::Broken) {
            let why = format!("ledger line {}: {}", damage.line, damage.what);
            let hint = "put ledger.jsonl back from a copy; `launchroom evidence verify` names what is wrong";
            return Some(Error::new(Kind::Integrity, what, why).hint(hint));
        }
        let is_there = |path: &Path| matches!(self.disk.stat(path), Ok(Some(_)));
        let parts = [&self.place.folder, &self.place.evidence, &self.place.ledger];
        let shut =
            parts.into_iter().find(|path| !self.disk.is_writable(path) && (**path == self.place.folder || is_there(path)))?;
        let why = format!("{} cannot be written to", shut.display());
        Some(
            Error::new(Kind::Storage, what, why)
                .hint("check who owns it and its permissions, and that the disk is not read-only"),
        )
    }

    /// Makes ready to write: allowed, the evidence folder there, what crashes left swept up. The lock is held.
    fn prepare(&self, known: &mut Known) -> Result<(), Error> {
        if let Some(obstacle) = self.obstacle(known) {
            return Err(obstacle);
        }
        let made = save::make_evidence_folder(&*self.disk, &self.place, known.journal.length == 0);
        made.map_err(|failed| Self::failed(known, "cannot make the evidence folder", &self.place.evidence, &failed))?;
        if !known.is_swept {
            for folder in [&self.place.folder, &self.place.evidence, &self.place.blobs, &self.place.locked_blobs] {
                write::sweep(&*self.disk, folder);
            }
            spooled::sweep(&*self.disk, &self.place.spool);
            known.is_swept = true;
        }
        Ok(())
    }

    /// Tells what failed, and ends writing when nobody knows what is on disk any more.
    fn failed(known: &mut Known, what: &str, path: &Path, failed: &Failed) -> Error {
        if failed.is_unknown {
            let why = format!("the disk did not confirm a write ({})", trouble::reason(&failed.error));
            known.lost = Some(why);
        }
        trouble::storage(what, path, &failed.error)
    }

    /// One attempt; `None` when somebody else wrote the room file in the meantime.
    fn try_update(&self, known: &mut Known, by: &str, now: Timestamp, decide: Decide) -> Result<Option<Snapshot>, Error> {
        let mut before = self.refresh(known)?;
        if let Some(obstacle) = self.obstacle(known) {
            return Err(obstacle);
        }
        let mask = redact_toml::mask_with(&before.room.redact);
        let changed = replay::edited_outside(&before.room, &before.ledger, &mask);
        let mut draft = Draft { head: chain::Head::of(&before.ledger.entries), entries: Vec::new(), lines: Vec::new(), mask };
        if let Some(changed) = changed {
            let entry = draft.add(by, now, Body::EditedOutside(changed))?;
            Arc::make_mut(&mut before.ledger.entries).push(entry);
        }
        let applied = decide(&before)?;
        for body in applied.entries {
            draft.add(by, now, body)?;
        }
        let text = room_toml::splice(&before.text, &applied.edits)
            .map_err(|why| Error::new(Kind::Input, format!("cannot change {}", self.place.shown), why))?;
        // Should a change ever make the file unreadable, it is told now and not at the next opening.
        let after = source::read_as(&*self.disk, &self.place, text.into(), known.source.as_ref())
            .map_err(|error| Error { what: "this change would make the room file unreadable".into(), ..error })?;
        let is_edited = *after.text != *before.text;
        if !is_edited && draft.lines.is_empty() {
            return Ok(Some(self.refresh(known)?));
        }
        self.prepare(known)?;
        let notices = self.set_torn_aside(known)?;
        if !known.journal.is_ended() && !draft.lines.is_empty() {
            draft.lines.insert(0, b'\n');
        }
        let change = save::Change {
            text: is_edited.then_some((&*before.text, &*after.text)),
            lines: &draft.lines,
            ledger_length: known.journal.length,
        };
        // The snapshot that `decide` saw shares the entries; let go of it, or appending copies them all.
        before.ledger.entries = Arc::default();
        let what = "cannot save to";
        match save::save(&*self.disk, &self.place, &change) {
            Ok(()) => {}
            Err(Unsaved::Overtaken) => return Ok(None),
            Err(Unsaved::Failed(failed)) => return Err(Self::failed(known, what, &self.place.evidence, &failed)),
            Err(Unsaved::Half(failed)) => {
                let hint = "the room file has the change, the ledger does not: it will be recorded as a hand edit";
                return Err(Self::failed(known, what, &self.place.evidence, &failed).hint(hint));
            }
        }
        let ours = draft.entries.iter().filter(|entry| !matches!(entry.body, Body::EditedOutside(_)));
        known.ours.extend(ours.map(|entry| entry.seq));
        known.journal.extend(draft.entries, &draft.lines, &*self.disk, &self.place.ledger);
        began::remember(&*self.disk, &self.place, &known.journal.entries);
        known.source = Some(after.clone());
        Ok(Some(Snapshot { notices, ..self.snapshot(known, after) }))
    }

    /// What a crash left behind the last whole line goes to a file of its own; a person is told.
    fn set_torn_aside(&self, known: &mut Known) -> Result<Vec<String>, Error> {
        let Some(damage) = known.journal.damage.clone() else { return Ok(Vec::new()) };
        let (length, torn) = (known.journal.length, known.journal.size - known.journal.length);
        let name = save::set_torn_aside(&*self.disk, &self.place, length)
            .map_err(|failed| Self::failed(known, "cannot set the torn line aside in", &self.place.evidence, &failed))?;
        known.journal.refresh(&*self.disk, &self.place)?;
        let folder = self.place.evidence.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (line, torn) = (damage.line, words::count(torn, "byte", "bytes"));
        Ok(vec![format!("ledger line {line} was not whole, as after a crash: {torn} set aside in {folder}/{name}")])
    }
}

type Decide<'a> = &'a mut dyn FnMut(&Snapshot) -> Result<Applied, Refused>;

/// Entries that continue the chain and are not written yet.
struct Draft {
    head: chain::Head,
    entries: Vec<Entry>,
    lines: Vec<u8>,
    mask: Box<dyn Fn(&str) -> String>,
}

impl Draft {
    fn add(&mut self, by: &str, now: Timestamp, body: Body) -> Result<Entry, Error> {
        let refused = |error: &dyn std::fmt::Display| Error::new(Kind::Refused, "cannot record this", error.to_string());
        let body = body.masked(&*self.mask).map_err(|error| refused(&error))?;
        let sealed = chain::seal(self.head.hash, self.head.seq + 1, now, by, body).map_err(|error| refused(&error))?;
        self.head = chain::Head { seq: sealed.entry.seq, hash: sealed.entry.hash };
        self.lines.extend_from_slice(&sealed.line);
        self.entries.push(sealed.entry.clone());
        Ok(sealed.entry)
    }
}

/// How often a change is worked out again because the room file was written in the meantime.
const ATTEMPTS: usize = 8;

impl RoomStore for FileStore {
    fn place(&self) -> String {
        self.place.shown.clone()
    }

    fn identity(&self) -> String {
        self.place.room.display().to_string()
    }

    fn workdir(&self) -> PathBuf {
        self.place.folder.clone()
    }

    fn load(&self) -> Result<Snapshot, Error> {
        let mut known = self.known();
        // Between a writer's two steps the room is ahead of the ledger. A writer who takes long is not waited for.
        let _lock = lock::take_soon(&*self.disk, &self.place.folder);
        self.refresh(&mut known)
    }

    fn update(&self, by: &str, now: Timestamp, decide: Decide) -> Result<Snapshot, Error> {
        let mut known = self.known();
        if let Some(obstacle) = self.obstacle(&known) {
            return Err(obstacle);
        }
        let _lock = lock::take(&*self.disk, &self.place.folder)?;
        for _ in 0..ATTEMPTS {
            if let Some(snapshot) = self.try_update(&mut known, by, now, decide)? {
                return Ok(snapshot);
            }
        }
        let why = "another program keeps writing it";
        Err(Error::new(Kind::Conflict, format!("cannot change {}", self.place.shown), why).hint("close it there, then try again"))
    }

    fn is_ours(&self, seq: u64) -> bool {
        self.known().ours.contains(&seq)
    }

    fn lines(&self) -> Result<String, Error> {
        let mut known = self.known();
        let failed = |error| trouble::storage("cannot read the ledger", &self.place.ledger, &error);
        known.journal.refresh(&*self.disk, &self.place)?;
        if known.journal.length == 0 {
            return Ok(String::new());
        }
        let bytes = self.disk.read(&self.place.ledger, 0, known.journal.length).map_err(failed)?;
        let mut lines = String::from_utf8(bytes).map_err(|_| failed(io::Error::other("it changed while it was read")))?;
        if !lines.ends_with('\n') {
            lines.push('\n');
        }
        Ok(lines)
    }

    fn keep(&self, class: Class, bytes: &[u8]) -> Result<Digest, Error> {
        let mut known = self.known();
        let _lock = lock::take(&*self.disk, &self.place.folder)?;
        self.prepare(&mut known)?;
        let kept = self.blobs().settle(class, known.settled(class)).and_then(|()| self.blobs().keep(class, bytes));
        kept.map_err(|failed| Self::failed(&mut known, "cannot keep captured bytes in", &self.place.evidence, &failed))
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Error> {
        let found = self.blobs().read(digest);
        let found = found.map_err(|error| trouble::storage("cannot read captured bytes in", &self.place.evidence, &error))?;
        match found {
            Some(bytes) if Digest::of(&bytes) != *digest => {
                let what = format!("cannot show captured bytes {}", digest.short());
                Err(Error::new(Kind::Integrity, what, "they are not the bytes that were attached"))
            }
            other => Ok(other),
        }
    }

    fn check(&self, wanted: &[Digest]) -> BTreeMap<Digest, BlobState> {
        wanted.iter().map(|digest| (*digest, self.blobs().check(digest))).collect()
    }

    fn spooled(&self) -> Result<Vec<Captured>, Error> {
        let mut known = self.known();
        known.journal.refresh(&*self.disk, &self.place)?;
        let found = spooled::list(&*self.disk, &self.place.spool, &known.journal.entries);
        found.map_err(|error| trouble::storage("cannot read the spool", &self.place.spool, &error))
    }

    fn spooled_bytes(&self, run: &RunId) -> Result<Vec<u8>, Error> {
        let found = spooled::bytes(&*self.disk, &self.place.spool, run);
        found.map_err(|error| trouble::storage("cannot read a captured run in", &self.place.spool, &error))
    }

    fn keep_spooled(&self, run: &RunId, class: Class) -> Result<(), Error> {
        let mut known = self.known();
        let _lock = lock::take(&*self.disk, &self.place.folder)?;
        self.prepare(&mut known)?;
        let settled = self.blobs().settle(class, known.settled(class));
        let kept = settled.and_then(|()| spooled::keep(&self.blobs(), run, class));
        kept.map_err(|failed| Self::failed(&mut known, "cannot keep a captured run in", &self.place.evidence, &failed))
    }

    fn discard(&self, run: &RunId) -> Result<(), Error> {
        let mut known = self.known();
        if let Some(obstacle) = self.obstacle(&known) {
            return Err(obstacle);
        }
        let gone = spooled::discard(&*self.disk, &self.place.spool, run);
        gone.map_err(|failed| Self::failed(&mut known, "cannot discard a captured run in", &self.place.spool, &failed))
    }

    fn spool_dir(&self) -> Result<PathBuf, Error> {
        let mut known = self.known();
        let _lock = lock::take(&*self.disk, &self.place.folder)?;
        self.prepare(&mut known)?;
        let made = spooled::make_folder(&*self.disk, &self.place);
        made.map_err(|failed| Self::failed(&mut known, "cannot make the spool", &self.place.spool, &failed))?;
        Ok(self.place.spool.clone())
    }

    fn set_aside(&self) -> Vec<(String, u64)> {
        save::torn_files(&*self.disk, &self.place)
    }

    fn holder(&self) -> Result<String, Error> {
        holder::get(&*self.disk, &self.data_dir)
    }
}

#[cfg(test)]
mod tests;
