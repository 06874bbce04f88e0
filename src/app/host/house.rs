//! The rooms of a server: reads them from where they are kept, remembers them, and changes them one way.

use super::held::{Held, read, revision};
use super::may::may;
use super::shelf::{Draft, Key, Shelf, Stored};
use super::{Grant, secret_of};
use crate::app::edit;
use crate::app::error::{Error, Kind};
use crate::app::ports::{Clock, Snapshot};
use crate::domain::change::{Applied, Change, Refused};
use crate::domain::gate;
use crate::domain::ids::Digest;
use crate::domain::ledger::{BlobState, Body, Entry, chain, chain::Head};
use crate::domain::room::Room;
use crate::format::{redact_toml, room_toml};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Tells that a room has gone on, to an entry.
type Bell = Box<dyn Fn(&str, u64) + Send + Sync>;

/// All rooms of a server.
pub struct House {
    shelf: Arc<dyn Shelf>,
    clock: Arc<dyn Clock>,
    rooms: RwLock<BTreeMap<String, Arc<Cell>>>,
    bell: RwLock<Option<Bell>>,
}

/// One room: who writes waits for who writes, and nobody who reads waits for the disk.
#[derive(Default)]
struct Cell {
    writing: Mutex<()>,
    held: RwLock<Option<Held>>,
}

/// Changes that somebody asks for: all of them, or none.
pub struct Order<'a> {
    pub grant: &'a Grant,
    pub tenant: &'a str,
    /// The room they were made on.
    pub base: &'a str,
    pub changes: &'a [Change],
    pub key: Option<&'a Key>,
}

/// What became of them.
#[derive(Debug)]
pub enum Outcome {
    Accepted(Accepted),
    /// The room is another one by now: its revision, and what was written since.
    Stale {
        revision: String,
        entries: Vec<Arc<str>>,
    },
    /// A rule forbids one of them, by its place.
    Refused {
        at: usize,
        refused: Refused,
        is_role: bool,
    },
    /// The key was used for another request.
    OtherRequest,
    Absent,
}

/// What was answered, now or the first time.
#[derive(Debug)]
pub struct Accepted {
    pub body: String,
}

/// So many entries tell what somebody missed; whoever missed more reads the room anew.
const BETWEEN: usize = 1000;

impl House {
    #[must_use]
    pub fn new(shelf: Arc<dyn Shelf>, clock: Arc<dyn Clock>) -> Self {
        Self { shelf, clock, rooms: RwLock::default(), bell: RwLock::default() }
    }

    /// Calls this whenever a room has gone on.
    pub fn on_change(&self, bell: Bell) {
        *self.bell.write().unwrap_or_else(PoisonError::into_inner) = Some(bell);
    }

    #[must_use]
    pub fn shelf(&self) -> &dyn Shelf {
        &*self.shelf
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Who shows this token, while it holds.
    ///
    /// # Errors
    /// `Storage`.
    pub fn who(&self, token: &str) -> Result<Option<Grant>, Error> {
        let grant = self.shelf.grant(&secret_of(token))?;
        Ok(grant.filter(|grant| grant.holds(self.now())))
    }

    /// The end of a room's ledger as it is now.
    ///
    /// # Errors
    /// `Storage`, `Integrity`.
    pub fn head(&self, tenant: &str) -> Result<Option<Head>, Error> {
        if self.shelf.is_shared() {
            return self.shelf.head(tenant);
        }
        Ok(self.room(tenant)?.map(|held| held.head))
    }

    /// A room as it is now.
    ///
    /// # Errors
    /// `Storage`, `Integrity` for one that is damaged.
    pub fn room(&self, tenant: &str) -> Result<Option<Held>, Error> {
        let known = self.known(tenant);
        if let Some(held) = &known {
            let is_new = !self.shelf.is_shared() || self.shelf.head(tenant)? == Some(held.head);
            if is_new {
                return Ok(known);
            }
        }
        let after = known.as_ref().map_or(0, |held| held.head.seq);
        drop(known);
        let Some(stored) = self.shelf.read(tenant, after)? else { return Ok(None) };
        self.follow(tenant, after, &stored).map(Some)
    }

    /// A room as it was last heard of, without asking the database: for those who are told when it goes on.
    #[must_use]
    pub fn remembered(&self, tenant: &str) -> Option<Held> {
        self.known(tenant)
    }

    /// Another server on the same database changed a room.
    ///
    /// # Errors
    /// As [`House::room`].
    pub fn heard(&self, tenant: &str) -> Result<(), Error> {
        if let Some(held) = self.room(tenant)? {
            self.ring(tenant, held.head.seq);
        }
        Ok(())
    }

    /// The room as the rules see it, with what is known of the bytes it rests on.
    #[must_use]
    pub fn snapshot(&self, tenant: &str, held: &Held) -> Snapshot {
        Self::snapshot_with(held, &self.shelf.blobs(tenant).unwrap_or_default())
    }

    /// The same, by whoever knows already which bytes are kept. Those were hashed when they came.
    #[must_use]
    pub fn snapshot_with(held: &Held, kept: &BTreeSet<Digest>) -> Snapshot {
        let snapshot = held.snapshot(BTreeMap::new());
        let wanted = gate::wanted_blobs(&snapshot.plan, &snapshot.ledger);
        let state = |digest: &Digest| if kept.contains(digest) { BlobState::Intact } else { BlobState::Missing };
        held.snapshot(wanted.iter().map(|digest| (*digest, state(digest))).collect())
    }

    /// Reads and hashes: for a decision, which binds.
    #[must_use]
    pub fn looked_at(&self, tenant: &str, wanted: &[Digest]) -> BTreeMap<Digest, BlobState> {
        let look = |digest: &Digest| match self.blob(tenant, digest) {
            Ok(Some(bytes)) if Digest::of(&bytes) == *digest => BlobState::Intact,
            Ok(None) => BlobState::Missing,
            Ok(Some(_)) | Err(_) => BlobState::Differs,
        };
        wanted.iter().map(|digest| (*digest, look(digest))).collect()
    }

    /// All bytes of a digest.
    ///
    /// # Errors
    /// `Storage`.
    pub fn blob(&self, tenant: &str, digest: &Digest) -> Result<Option<Vec<u8>>, Error> {
        let Some(size) = self.shelf.blob_size(tenant, digest)? else { return Ok(None) };
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        for part in 0.. {
            let piece = self.shelf.blob_part(tenant, digest, part)?;
            if piece.is_empty() {
                break;
            }
            bytes.extend(piece);
        }
        Ok(Some(bytes))
    }

    /// Changes a room, as somebody who shows a token: all of it or nothing, and what is answered is on disk.
    ///
    /// # Errors
    /// `Storage`, `Integrity`; what was refused is an [`Outcome`].
    pub fn change(&self, order: &Order<'_>) -> Result<Outcome, Error> {
        let mut outcome = Outcome::Absent;
        let now = self.now();
        let is_there = self.write(order.tenant, order.key, &mut |house, held, answered| {
            if let Some(answered) = answered {
                let is_same = order.key.is_some_and(|key| key.request == answered.request);
                outcome = if is_same { Outcome::Accepted(Accepted { body: answered.body }) } else { Outcome::OtherRequest };
                return Ok(None);
            }
            // First: on whichever room it was made, what takes another role stays refused.
            let refused = |(at, change)| Some((at, may(order.grant, &held.plan, &held.entries, change).err()?));
            if let Some((at, refused)) = order.changes.iter().enumerate().find_map(refused) {
                outcome = Outcome::Refused { at, refused, is_role: true };
                return Ok(None);
            }
            if revision(&held.head) != order.base {
                let since = order.base.split('-').next().and_then(|seq| seq.parse().ok()).unwrap_or(u64::MAX);
                outcome = Outcome::Stale { revision: revision(&held.head), entries: held.after(since, BETWEEN) };
                return Ok(None);
            }
            let mut work = Work::on(held, &order.grant.name, now);
            for (at, change) in order.changes.iter().enumerate() {
                if let Err(refused) = house.step(order.tenant, &mut work, change) {
                    outcome = Outcome::Refused { at, refused, is_role: false };
                    return Ok(None);
                }
            }
            let body = json!({
                "schema": crate::format::api::SCHEMA,
                "revision": revision(&work.head),
                "entries": work.lines.iter().filter_map(|(_, line)| serde_json::from_str(line).ok()).collect::<Vec<Value>>(),
            });
            let body = body.to_string();
            outcome = Outcome::Accepted(Accepted { body: body.clone() });
            Ok(Some(work.with_answer(body)))
        })?;
        Ok(if is_there { outcome } else { Outcome::Absent })
    }

    /// Changes a room by a decision of its own, for whoever is inside the house.
    ///
    /// # Errors
    /// What was refused; `Storage`, `Integrity`.
    pub fn update(
        &self,
        tenant: &str,
        by: &str,
        now: Timestamp,
        decide: &mut dyn FnMut(&Snapshot) -> Result<Applied, Refused>,
    ) -> Result<Snapshot, Error> {
        let is_there = self.write(tenant, None, &mut |_, held, _| {
            let mut work = Work::on(held, by, now);
            let applied = decide(&work.snapshot)?;
            work.take(applied)?;
            Ok(Some(work))
        })?;
        let held = if is_there { self.room(tenant)? } else { None };
        Ok(held.ok_or_else(|| absent(tenant))?.snapshot(BTreeMap::new()))
    }

    /// One change on top of those before it.
    fn step(&self, tenant: &str, work: &mut Work, change: &Change) -> Result<(), Refused> {
        let as_refused = |error: Error| Refused::new("change.refused", format!("{}.", error.why));
        edit::holds_no_secret(change, &work.snapshot.room.redact)
            .map_err(|error| Refused::new("text.secret", format!("{error}.")))?;
        if let Change::AttachEvidence(attached) = change {
            self.bytes_are_here(tenant, attached)?;
        }
        work.go_on();
        let applied = edit::decide(&work.snapshot, change, work.now, &|wanted| self.looked_at(tenant, wanted))?;
        work.take(applied).map_err(as_refused)
    }

    /// Locked bytes stay with whoever holds them; of all others there is no record without its bytes.
    fn bytes_are_here(&self, tenant: &str, attached: &crate::domain::ledger::Attached) -> Result<(), Refused> {
        if attached.class == crate::domain::plan::Class::Locked {
            return Ok(());
        }
        for digest in attached.digests() {
            if !matches!(self.shelf.blob_size(tenant, &digest), Ok(Some(_))) {
                let why = format!("The bytes of {} are not here. Upload them first, then attach.", digest.short());
                return Err(Refused::new("evidence.no-bytes", why));
            }
        }
        Ok(())
    }

    fn write(&self, tenant: &str, key: Option<&Key>, decide: Decide<'_>) -> Result<bool, Error> {
        let Some(cell) = self.cell(tenant)? else { return Ok(false) };
        let _turn = cell.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let after = self.known(tenant).map_or(0, |held| held.head.seq);
        let mut made = None;
        let is_there = self.shelf.write(tenant, after, key, &mut |stored, answered| {
            // What is remembered is let go of before it is added to: it need not be copied then.
            let held = self.follow(tenant, after, stored)?;
            let Some(work) = decide(self, &held, answered)? else { return Ok(None) };
            let Work { text, lines, entries, head, answer, now, snapshot, .. } = work;
            if lines.is_empty() && text.is_none() && answer.is_none() {
                return Ok(None);
            }
            let draft = Draft { text: text.map(|text| text.to_string()), lines, head, answer, now };
            made = Some((draft.clone(), Arc::clone(&snapshot.room), entries));
            Ok(Some(draft))
        })?;
        if let Some((draft, room, entries)) = made {
            Self::remember(&cell, &draft, room, entries);
            if !draft.lines.is_empty() {
                self.ring(tenant, draft.head.seq);
            }
        }
        Ok(is_there)
    }

    /// What was committed is what is remembered.
    fn remember(cell: &Cell, draft: &Draft, room: Arc<Room>, entries: Vec<Entry>) {
        let mut held = cell.held.write().unwrap_or_else(PoisonError::into_inner);
        // Another server's bell was faster: it has this entry already.
        let Some(held) = held.as_mut().filter(|held| held.head.seq < draft.head.seq) else { return };
        if let Some(text) = &draft.text {
            (held.room, held.text) = (room, text.as_str().into());
        }
        held.push(entries, draft.lines.iter().map(|(_, line)| line.trim_end()));
    }

    /// Takes in what is kept after an entry.
    fn follow(&self, tenant: &str, after: u64, stored: &Stored) -> Result<Held, Error> {
        let cell = self.cell_of(tenant);
        let mut held = cell.held.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = held.as_mut() {
            // `after` was remembered before this was read. What ends before it belongs to a database that was set back, e.g.
            // to a backup, and what it holds counts; what ends before `held` alone was overtaken by another reader.
            let is_overtaken = after <= stored.head.seq && stored.head.seq < held.head.seq;
            if held.head == stored.head || is_overtaken {
                return Ok(held.clone());
            }
            if held.head.seq == after && held.follow(tenant, stored).is_ok() {
                return Ok(held.clone());
            }
        }
        let whole = if after == 0 { Some(stored.clone()) } else { self.shelf.read(tenant, 0)? };
        let whole = whole.ok_or_else(|| absent(tenant))?;
        let read = Held::of(tenant, &whole).map_err(|error| unreadable(tenant, error))?;
        Ok(held.insert(read).clone())
    }

    fn known(&self, tenant: &str) -> Option<Held> {
        let rooms = self.rooms.read().unwrap_or_else(PoisonError::into_inner);
        let cell = rooms.get(tenant)?;
        let held = cell.held.read().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    /// The cell of a room that is kept. There is none of a tenant that somebody made up.
    fn cell(&self, tenant: &str) -> Result<Option<Arc<Cell>>, Error> {
        if self.known(tenant).is_none() && self.shelf.head(tenant)?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.cell_of(tenant)))
    }

    fn cell_of(&self, tenant: &str) -> Arc<Cell> {
        let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(rooms.entry(tenant.to_owned()).or_default())
    }

    fn ring(&self, tenant: &str, seq: u64) {
        if let Some(bell) = &*self.bell.read().unwrap_or_else(PoisonError::into_inner) {
            bell(tenant, seq);
        }
    }
}

type Decide<'a> = &'a mut dyn FnMut(&House, &Held, Option<super::shelf::Answered>) -> Result<Option<Work>, Error>;

/// A change in the making: the room as it would be.
struct Work {
    snapshot: Snapshot,
    by: String,
    now: Timestamp,
    text: Option<Arc<str>>,
    plan_text: Option<crate::format::api::PlanText>,
    lines: Vec<(u64, String)>,
    entries: Vec<Entry>,
    head: Head,
    answer: Option<String>,
}

impl Work {
    fn on(held: &Held, by: &str, now: Timestamp) -> Self {
        Self {
            snapshot: held.snapshot(BTreeMap::new()),
            by: by.to_owned(),
            now,
            text: None,
            plan_text: held.plan_text.clone(),
            lines: Vec::new(),
            entries: Vec::new(),
            head: held.head,
            answer: None,
        }
    }

    fn with_answer(self, body: String) -> Self {
        Self { answer: Some(body), ..self }
    }

    /// What the next change is judged on: the ledger, with the entries of those before it.
    ///
    /// Only when there is a next one: a long ledger is shared with those who read it, and adding to it copies it.
    fn go_on(&mut self) {
        let known = self.snapshot.ledger.entries.last().map_or(0, |entry| entry.seq);
        let mut new = self.entries.iter().filter(|entry| entry.seq > known).peekable();
        if new.peek().is_some() {
            Arc::make_mut(&mut self.snapshot.ledger.entries).extend(new.cloned());
        }
    }

    /// Adds what one change comes to.
    fn take(&mut self, applied: Applied) -> Result<(), Error> {
        let mask = redact_toml::mask_with(&self.snapshot.room.redact);
        if !applied.edits.is_empty() {
            let text = room_toml::splice(&self.snapshot.text, &applied.edits)
                .map_err(|why| Error::new(Kind::Input, "the room cannot be changed", why))?;
            let text: Arc<str> = text.into();
            let (_, room) = read(&text, self.plan_text.as_ref(), Some(&self.snapshot.plan))?;
            (self.snapshot.room, self.snapshot.text) = (room, Arc::clone(&text));
            self.text = Some(text);
        }
        for body in applied.entries {
            let entry = self.seal(body, &*mask)?;
            self.entries.push(entry);
        }
        Ok(())
    }

    fn seal(&mut self, body: Body, mask: &dyn Fn(&str) -> String) -> Result<Entry, Error> {
        let refused = |why: String| Error::new(Kind::Refused, "cannot record this", why);
        let body = body.masked(mask).map_err(|error| refused(error.to_string()))?;
        let sealed = chain::seal(self.head.hash, self.head.seq + 1, self.now, &self.by, body)
            .map_err(|error| refused(error.to_string()))?;
        self.head = Head { seq: sealed.entry.seq, hash: sealed.entry.hash };
        let line = String::from_utf8(sealed.line).map_err(|error| refused(error.to_string()))?;
        self.lines.push((sealed.entry.seq, line));
        Ok(sealed.entry)
    }
}

/// It was readable when it came in: what is wrong now is what is kept, not what somebody asks for.
fn unreadable(tenant: &str, error: Error) -> Error {
    match error.kind {
        Kind::Input => Error { kind: Kind::Integrity, what: format!("the room of {tenant} cannot be read"), ..error },
        _ => error,
    }
}

fn absent(tenant: &str) -> Error {
    Error::new(Kind::Refused, format!("there is no room of {tenant}"), "nobody brought one in")
        .hint("launchroom serve --import launchroom.toml")
}
