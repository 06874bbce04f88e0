//! A room that a server keeps, as a store like any other: the same cockpit and the same commands work on it.
//!
//! What is shown is a copy on this machine (see [`Mirror`]), with the changes that wait laid over it. A change is on disk
//! here before it is sent, is sent with a key that lets the server make it once, and leaves the queue when the copy has it.
//! What somebody else changed first is never written over: a person is asked. Locked bytes never leave; their receipt does.

mod bell;
mod exchange;
mod picture;
mod settle;

pub(super) use exchange::lines_of;

use super::api::{Api, Trouble};
use super::queue::{self, Item};
use super::token::Token;
use crate::app::error::{Error, Kind};
use crate::app::host::{MAY_NOT, Role, takes};
use crate::app::ports::{Captured, Clock, RoomStore, Snapshot};
use crate::app::sync::State;
use crate::domain::change::{Applied, Change, Refused};
use crate::domain::ids::{Digest, RunId};
use crate::domain::ledger::BlobState;
use crate::domain::plan::Class;
use crate::infra::file::FileStore;
use crate::infra::file::mirror::Mirror;
use bell::Bell;
use jiff::Timestamp;
use picture::{seen, sentence};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// What is known about the copy, beside it.
const KNOWN: &str = "sync.json";
/// How often the copy is asked for again because another program on this machine took the same in.
const ATTEMPTS: usize = 8;
/// A command that looks again and again asks the server no more often.
const FRESH: Duration = Duration::from_secs(1);

/// So long a person at the cockpit waits for a change to be with the server.
const PATIENCE: Duration = Duration::from_millis(1200);

/// Who looks: a command that ends, or a cockpit that stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Asks the server first, and waits for it.
    Command,
    /// Shows the copy at once; the server is heard on a thread of its own.
    Cockpit,
}

/// What it is made of.
pub struct Parts {
    pub api: Api,
    /// The address, as it was named.
    pub address: String,
    /// Whose room it is: the answer with any other is not taken.
    pub tenant: String,
    pub mirror: Mirror,
    /// Where commands run.
    pub workdir: PathBuf,
    pub readonly: bool,
    pub mode: Mode,
    pub clock: Arc<dyn Clock>,
    /// Looks again for a token, when the one there was is refused: somebody may have logged in meanwhile.
    pub renew: Box<dyn Fn() -> Option<Token> + Send + Sync>,
}

/// A room of a server.
pub struct RemoteStore {
    inner: Arc<Inner>,
}

impl Deref for RemoteStore {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

/// What a change that takes long goes on with after nobody waits for it any more.
pub struct Inner {
    pub(super) parts: Parts,
    known: Mutex<Known>,
    /// Held while something is sent or taken in: in order, one at a time.
    turn: Mutex<()>,
    bell: Bell,
    /// Something was sent that nobody waited for.
    news: AtomicBool,
}

/// How it stands to the server.
struct Known {
    kept: Kept,
    state: State,
    why: Option<String>,
    hint: Option<String>,
    /// The entries that this process had written.
    ours: BTreeSet<u64>,
    /// What was told to a person already.
    is_told: bool,
    asked: Option<Instant>,
    /// How long the server asked us to leave it alone.
    wait: Option<Duration>,
    here: Vec<String>,
}

/// Survives this process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept {
    tag: String,
    revision: String,
    /// Of the ledger.
    length: u64,
    as_of: Option<Timestamp>,
    /// Bytes that the server says it holds.
    blobs: BTreeSet<Digest>,
    /// What the token may do, as its role is written.
    #[serde(default)]
    role: Option<String>,
}

impl RemoteStore {
    /// A room of a server. With [`Mode::Cockpit`] and a copy from before nothing is asked yet.
    ///
    /// # Errors
    /// Why the room cannot be had, when there is no copy of it either.
    pub fn open(parts: Parts) -> Result<Self, Error> {
        let kept: Kept = parts.mirror.get(KNOWN).and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let known = Known {
            kept,
            state: State::Syncing,
            why: None,
            hint: None,
            ours: BTreeSet::new(),
            is_told: false,
            asked: None,
            wait: None,
            here: Vec::new(),
        };
        let this = Inner {
            parts,
            known: Mutex::new(known),
            turn: Mutex::default(),
            bell: Bell::default(),
            news: AtomicBool::new(false),
        };
        let has_copy = this.copy()?.is_some();
        if this.parts.mode == Mode::Command || !has_copy {
            match this.ask() {
                Err(error) if !has_copy => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(Self { inner: Arc::new(this) })
    }
}

impl Inner {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn host(&self) -> &str {
        self.parts.api.client.host()
    }

    /// What the token may do, as the server said last.
    fn role(&self) -> Option<Role> {
        self.parts.api.role().or_else(|| Role::named(self.known().kept.role.as_deref()?))
    }

    /// The copy, once there is one.
    fn copy(&self) -> Result<Option<Arc<FileStore>>, Error> {
        self.parts.mirror.store()
    }

    fn files(&self) -> Result<Arc<FileStore>, Error> {
        self.copy()?.ok_or_else(|| {
            Error::new(Kind::Network, format!("{} was never reached", self.host()), "there is no copy of the room yet")
        })
    }

    /// Others who have the room open. Whether that is news.
    pub(super) fn others(&self, here: Vec<String>) -> bool {
        let mut known = self.known();
        let is_news = known.here != here;
        known.here = here;
        is_news
    }

    /// Hears the bell while listening to the server.
    pub(super) fn bell(&self) -> watch::Receiver<u64> {
        self.bell.listener.subscribe()
    }

    /// Sleeps this long, or until somebody asks for it. Whether somebody did.
    pub(super) fn pause(&self, pause: Duration) -> bool {
        self.bell.wait(pause)
    }

    /// The number of the last entry of the copy.
    pub(super) fn last_seen(&self) -> u64 {
        self.parts.mirror.head().map_or(0, |head| head.seq)
    }

    /// Whether something was sent that nobody waited for; once.
    pub(super) fn has_news(&self) -> bool {
        self.news.swap(false, Ordering::SeqCst)
    }

    /// How long the server asked us to leave it alone, once.
    pub(super) fn asked_to_wait(&self) -> Option<Duration> {
        self.known().wait.take()
    }

    fn trouble(&self, trouble: &Trouble) -> Error {
        if let Trouble::Busy { after, .. } = trouble {
            self.known().wait = *after;
        }
        trouble.error(&self.parts.api.client)
    }

    /// What waits for the server, not for a person.
    fn waiting(&self) -> Result<Vec<Item>, Error> {
        Ok(queue::list(&self.parts.mirror)?.into_iter().filter(|item| item.parked.is_none()).collect())
    }
}

fn key() -> Result<String, Error> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)
        .map_err(|error| Error::new(Kind::Storage, "there is no randomness to be had", error.to_string()))?;
    Ok(format!("{:032x}", u128::from_ne_bytes(random)))
}

impl RemoteStore {
    /// Sends a change, and waits for that no longer than a person would. What takes longer goes on by itself.
    fn send_soon(&self, item: Item) -> Result<(), Error> {
        let (told, answer) = channel();
        let (inner, waits) = (Arc::clone(&self.inner), Arc::new(AtomicBool::new(true)));
        let waited = Arc::clone(&waits);
        let sending = thread::Builder::new().name("send".into()).spawn(move || {
            let outcome = inner.send_now(&item, &waited);
            // Nobody waits any more: whoever listens tells what came of it.
            if told.send(outcome).is_err() {
                inner.news.store(true, Ordering::SeqCst);
                inner.bell.ring();
            }
        });
        if sending.is_err() {
            self.bell.ring();
            return Ok(());
        }
        answer.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            waits.store(false, Ordering::SeqCst);
            // It may have ended just now.
            answer.try_recv().unwrap_or(Ok(()))
        })
    }
}

impl RoomStore for RemoteStore {
    fn place(&self) -> String {
        self.parts.address.clone()
    }

    fn workdir(&self) -> PathBuf {
        self.parts.workdir.clone()
    }

    fn load(&self) -> Result<Snapshot, Error> {
        let is_due = self.known().asked.is_none_or(|asked| asked.elapsed() > FRESH);
        if self.parts.mode == Mode::Command && is_due {
            // What came of it stands in the link; the copy is shown either way.
            let _ = self.ask();
        }
        self.picture()
    }

    /// Rooms of a server change by named changes, which its rules judge; there is nothing here that a hand could edit.
    fn update(
        &self,
        _: &str,
        _: Timestamp,
        decide: &mut dyn FnMut(&Snapshot) -> Result<Applied, Refused>,
    ) -> Result<Snapshot, Error> {
        let snapshot = self.picture()?;
        if decide(&snapshot)?.is_empty() {
            return Ok(snapshot);
        }
        Err(Error::new(Kind::Refused, "nothing was changed", "a room of a server takes one named change at a time"))
    }

    fn change(&self, by: &str, now: Timestamp, change: &Change) -> Result<Snapshot, Error> {
        if self.parts.readonly {
            return Err(Error::new(Kind::Refused, "nothing is written", "the room was opened with --readonly"));
        }
        let before = self.picture()?;
        self.may(&before, change)?;
        let applied = self.judge(&before, change, now)?;
        if applied.is_empty() {
            return Ok(before);
        }
        let doubt = {
            let known = self.known();
            (known.state == State::Doubted).then(|| known.why.clone().unwrap_or_default())
        };
        if let Some(why) = doubt {
            // It would be sent to whatever answers next.
            return Err(Error::new(Kind::Integrity, "nothing was changed", why)
                .hint("compare heads with somebody else, or with a dossier, before you go on"));
        }
        let is_offline = self.known().state == State::Offline;
        if is_offline && matches!(change, Change::RecordDecision { .. }) {
            let why = "the server does not answer, and a decision is made on the room that everybody sees";
            return Err(Error::new(Kind::Network, "nothing was decided", why).hint("decide when the header says live"));
        }
        let item = Item {
            number: 0,
            key: key()?,
            at: now,
            by: by.to_owned(),
            change: change.clone(),
            what: sentence(&before, &applied),
            seen: seen(&before.room, change),
            parked: None,
        };
        let item = queue::push(&self.parts.mirror, item)?;
        self.known().is_told = false;
        match self.parts.mode {
            Mode::Command => self.send_now(&item, &AtomicBool::new(true))?,
            Mode::Cockpit if is_offline => self.bell.ring(),
            Mode::Cockpit => self.send_soon(item)?,
        }
        self.picture()
    }

    fn lines(&self) -> Result<String, Error> {
        self.files()?.lines()
    }

    fn keep(&self, class: Class, bytes: &[u8]) -> Result<Digest, Error> {
        self.files()?.keep(class, bytes)
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Error> {
        let files = self.files()?;
        if let Some(bytes) = files.blob(digest)? {
            return Ok(Some(bytes));
        }
        if !self.known().kept.blobs.contains(digest) {
            return Ok(None);
        }
        let found = self.parts.api.get(digest).map_err(|trouble| self.trouble(&trouble))?;
        if let Some(bytes) = &found {
            files.keep(Class::Tenant, bytes)?;
        }
        Ok(found)
    }

    fn check(&self, wanted: &[Digest]) -> BTreeMap<Digest, BlobState> {
        self.looked_at(wanted)
    }

    fn fetch(&self, wanted: &[Digest]) -> Result<(), Error> {
        wanted.iter().try_for_each(|digest| self.blob(digest).map(drop))
    }

    fn spooled(&self) -> Result<Vec<Captured>, Error> {
        self.files()?.spooled()
    }

    fn spooled_bytes(&self, run: &RunId) -> Result<Vec<u8>, Error> {
        self.files()?.spooled_bytes(run)
    }

    fn keep_spooled(&self, run: &RunId, class: Class) -> Result<(), Error> {
        self.files()?.keep_spooled(run, class)
    }

    fn discard(&self, run: &RunId) -> Result<(), Error> {
        self.files()?.discard(run)
    }

    fn spool_dir(&self) -> Result<PathBuf, Error> {
        self.files()?.spool_dir()
    }

    fn holder(&self) -> Result<String, Error> {
        self.files()?.holder()
    }

    fn is_ours(&self, seq: u64) -> bool {
        let known = self.known();
        // What is behind the copy waits on this machine.
        seq > known.kept.length || known.ours.contains(&seq)
    }

    /// What a role may not is refused before anybody waits for it; what it may, the server says.
    fn may(&self, current: &Snapshot, change: &Change) -> Result<(), Refused> {
        let Some(role) = self.role() else { return Ok(()) };
        // Whose a record is, the server knows.
        let least = takes(&current.plan, change, &|_| true);
        if role >= least {
            return Ok(());
        }
        let host = self.host();
        let why =
            format!("Your token has the role {role}; this takes the role {least}. Ask whoever runs {host} for another token.");
        Err(Refused::new(MAY_NOT, why))
    }

    fn unheard(&self) -> Option<Error> {
        let known = self.known();
        let kind = match known.state {
            State::Live | State::Syncing => return None,
            State::Offline => Kind::Network,
            State::Refused => Kind::Refused,
            State::Doubted => Kind::Integrity,
        };
        Some(Error::new(kind, "the room may be another one by now", known.why.clone().unwrap_or_default()))
    }
}
