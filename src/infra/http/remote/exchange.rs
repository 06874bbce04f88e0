//! Takes in what the server has, and sends what waits: in order, one at a time, each change once.

use super::picture::clashes;
use super::{ATTEMPTS, Inner, KNOWN, Kept, Mode};
use crate::app::error::{Error, Kind};
use crate::app::ports::RoomStore as _;
use crate::app::sync::{Clash, State};
use crate::domain::change::Change;
use crate::domain::ids::TenantId;
use crate::domain::ledger::chain::Head;
use crate::domain::plan::Class;
use crate::infra::file::mirror::Said;
use crate::infra::http::api::{Api, Room, Trouble};
use crate::infra::http::live::jittered;
use crate::infra::http::queue::{self, Item, Parked};
use jiff::SignedDuration;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// So old may the age be that is on disk.
const AGE: SignedDuration = SignedDuration::from_secs(60);

/// So long a change is sent again because somebody else was first with another.
const STUBBORN: Duration = Duration::from_secs(15);

/// No ledger is longer, in bytes.
const LEDGER: usize = 512 << 20;

/// What became of a change.
enum Sent {
    Taken,
    Clash(Vec<Clash>),
    Refused(String),
    /// The server did not get it, or did not say so.
    Waits(Trouble),
}

impl Inner {
    /// Takes in what the server has, and sends what waits. Whether anything changed here.
    ///
    /// # Errors
    /// Why not; the copy stays.
    pub(in crate::infra::http) fn ask(&self) -> Result<bool, Error> {
        let _turn = self.turn();
        if self.known().state == State::Refused {
            self.renew();
        }
        let outcome = self.pull().and_then(|changed| Ok(self.flush()? || changed));
        self.note(&outcome);
        outcome
    }

    /// Looks for another token than the one that was refused. Whether there is one.
    pub(in crate::infra::http) fn renew(&self) -> bool {
        let found = (self.parts.renew)().filter(|token| !self.parts.api.shows(token));
        let is_new = found.is_some();
        if let Some(token) = found {
            self.parts.api.renew(token);
        }
        is_new
    }

    /// Remembers how asking went. Whether that is news.
    pub(super) fn note<T>(&self, outcome: &Result<T, Error>) -> bool {
        let mut known = self.known();
        known.asked = Some(Instant::now());
        let (state, trouble) = match outcome {
            Ok(_) => (State::Live, None),
            Err(error) if error.kind == Kind::Network => (State::Offline, Some(error)),
            Err(error) if error.kind == Kind::Refused => (State::Refused, Some(error)),
            Err(error) => (State::Doubted, Some(error)),
        };
        let why = trouble.map(ToString::to_string);
        known.hint = trouble.and_then(|error| error.hint.clone());
        let is_news = known.state != state || known.why != why;
        if state != State::Live {
            known.here.clear();
        }
        (known.state, known.why) = (state, why);
        is_news
    }

    /// The server is no longer heard.
    pub(in crate::infra::http) fn lost(&self, trouble: &Trouble) -> bool {
        self.note::<()>(&Err(trouble.error(&self.parts.api.client)))
    }

    /// Takes in what the server has.
    fn pull(&self) -> Result<bool, Error> {
        let mut tries = 0;
        loop {
            match self.pull_once() {
                // Another program on this machine took the same in: what is left to take is another question.
                Err(error) if error.kind == Kind::Conflict && tries < ATTEMPTS => tries += 1,
                outcome => return outcome,
            }
        }
    }

    fn pull_once(&self) -> Result<bool, Error> {
        let mut kept = self.known().kept.clone();
        let head = self.parts.mirror.head()?;
        // A copy that is not what it was then is fetched whole.
        let is_whole = head.seq == kept.length && !kept.tag.is_empty() && self.copy()?.is_some();
        let tag = is_whole.then_some(kept.tag.as_str());
        let now = self.parts.clock.now();
        let (body, tag) = match self.parts.api.room(tag).map_err(|trouble| self.trouble(&trouble))? {
            Room::Unchanged => {
                let role = self.role().map(|role| role.to_string());
                let is_old = kept.role != role || kept.as_of.is_none_or(|as_of| now.duration_since(as_of) > AGE);
                (kept.as_of, kept.role) = (Some(now), role);
                if is_old {
                    self.remember(&kept)?;
                }
                self.known().kept = kept;
                return Ok(false);
            }
            Room::Changed(body, tag) => (body, tag),
        };
        if self.parts.tenant != body.tenant {
            if TenantId::fits(&body.tenant) {
                self.parts.mirror.point(&body.tenant)?;
            }
            let why = "it answers with the room of another tenant than before";
            return Err(Error::new(Kind::Integrity, format!("{} is not believed", self.host()), why)
                .hint("if the token is another one now, open the room again"));
        }
        let lines = lines_of(&self.parts.api, head, &body.head)?;
        let said = Said {
            text: &body.text,
            plan: body.plan.as_ref().map(|plan| (plan.name.as_str(), plan.text.as_str())),
            lines: &lines,
            seen: head,
        };
        self.parts.mirror.take(&said)?;
        let role = self.role().map(|role| role.to_string());
        kept = Kept { tag, revision: body.revision, length: body.head.seq, as_of: Some(now), blobs: body.blobs, role };
        self.remember(&kept)?;
        let mut known = self.known();
        known.kept = kept;
        // A listener is told by the events.
        if self.parts.mode == Mode::Command {
            known.here = body.here;
        }
        Ok(true)
    }

    fn remember(&self, kept: &Kept) -> Result<(), Error> {
        let bytes = serde_json::to_vec(kept).map_err(|error| Error::new(Kind::Storage, "cannot be kept", error.to_string()))?;
        self.parts.mirror.put(KNOWN, &bytes)
    }

    /// Sends what waits, in order. Whether anything went.
    fn flush(&self) -> Result<bool, Error> {
        if self.parts.readonly || self.waiting()?.is_empty() {
            return Ok(false);
        }
        // Another launchroom on this machine is sending them.
        let Ok(_turn) = self.parts.mirror.turn() else { return Ok(false) };
        let mut went = false;
        for item in self.waiting()? {
            match self.send(&item)? {
                Sent::Taken => went |= self.done(&item)?,
                Sent::Clash(clashes) => {
                    self.park(item, Parked::clash(clashes))?;
                    went = true;
                }
                Sent::Refused(why) => {
                    self.park(item, Parked::Refused(why))?;
                    went = true;
                }
                // What comes after it was made on top of it.
                Sent::Waits(trouble) => return Err(self.trouble(&trouble)),
            }
        }
        Ok(went)
    }

    /// The server has it: once the copy has it, too, it leaves the queue.
    fn done(&self, item: &Item) -> Result<bool, Error> {
        self.pull()?;
        queue::drop(&self.parts.mirror, item.number)?;
        Ok(true)
    }

    /// Sends one change, as often as somebody else is first with another.
    fn send(&self, item: &Item) -> Result<Sent, Error> {
        if let Some(sent) = self.upload(item)? {
            return Ok(sent);
        }
        let start = Instant::now();
        let mut pause = Duration::from_millis(4);
        while start.elapsed() < STUBBORN {
            let clashes = clashes(&self.files()?.load()?.room, &item.seen);
            if !clashes.is_empty() {
                return Ok(Sent::Clash(clashes));
            }
            let revision = self.known().kept.revision.clone();
            match self.parts.api.change(&revision, &item.change, &item.key) {
                Ok(entries) => {
                    self.known().ours.extend(entries);
                    return Ok(Sent::Taken);
                }
                Err(Trouble::Stale) => {
                    // Of many who write at once one gets through each time; in step they would only meet again.
                    thread::sleep(jittered(pause));
                    pause = (pause * 2).min(Duration::from_millis(250));
                    self.pull()?;
                }
                Err(Trouble::Refused { why, .. } | Trouble::Forbidden(why)) => return Ok(Sent::Refused(why)),
                Err(trouble) => return Ok(Sent::Waits(trouble)),
            }
        }
        Ok(Sent::Waits(Trouble::Stale))
    }

    /// The bytes that a record speaks of are there before the record. Locked ones stay here.
    fn upload(&self, item: &Item) -> Result<Option<Sent>, Error> {
        let Change::AttachEvidence(attached) = &item.change else { return Ok(None) };
        if attached.class == Class::Locked {
            return Ok(None);
        }
        let files = self.files()?;
        for digest in attached.digests() {
            let Some(bytes) = files.blob(&digest)? else { continue };
            match self.parts.api.put(&digest, bytes) {
                Ok(()) => drop(self.known().kept.blobs.insert(digest)),
                Err(Trouble::Refused { why, .. } | Trouble::Forbidden(why)) => return Ok(Some(Sent::Refused(why))),
                Err(trouble) => return Ok(Some(Sent::Waits(trouble))),
            }
        }
        Ok(None)
    }

    /// Sends everything up to a change. `waits` says whether somebody still waits for it: then a clash is told, and does not
    /// wait in the queue.
    pub(super) fn send_now(&self, item: &Item, waits: &AtomicBool) -> Result<(), Error> {
        let _turn = self.turn();
        let sent = {
            let Ok(_queue) = self.parts.mirror.turn() else {
                self.bell.ring();
                return Ok(());
            };
            let before: Vec<Item> = self.waiting()?.into_iter().filter(|other| other.number < item.number).collect();
            if before.is_empty() { Some(self.send(item)?) } else { None }
        };
        match sent {
            // Something was there before it: all of it in order, and this one's end stands in the queue.
            None => {
                let outcome = self.flush();
                self.note(&outcome);
                return self.parked(item, waits);
            }
            Some(Sent::Taken) => {
                let outcome = self.done(item);
                self.note(&outcome);
                outcome?;
            }
            Some(Sent::Clash(clashes)) if waits.load(Ordering::SeqCst) => {
                queue::drop(&self.parts.mirror, item.number)?;
                return Err(overtaken(&clashes));
            }
            Some(Sent::Refused(why)) if waits.load(Ordering::SeqCst) => {
                queue::drop(&self.parts.mirror, item.number)?;
                return Err(Error::new(Kind::Refused, "refused", why));
            }
            Some(Sent::Clash(clashes)) => self.park(item.clone(), Parked::clash(clashes))?,
            Some(Sent::Refused(why)) => self.park(item.clone(), Parked::Refused(why))?,
            Some(Sent::Waits(trouble)) if trouble.passes() => {
                self.lost(&trouble);
                self.bell.ring();
            }
            Some(Sent::Waits(trouble)) => {
                self.lost(&trouble);
                if waits.load(Ordering::SeqCst) {
                    queue::drop(&self.parts.mirror, item.number)?;
                }
                return Err(self.trouble(&trouble));
            }
        }
        Ok(())
    }

    /// A change that went with others before it, and was not taken: whoever waits for it is told.
    fn parked(&self, item: &Item, waits: &AtomicBool) -> Result<(), Error> {
        let found = queue::list(&self.parts.mirror)?.into_iter().find(|other| other.number == item.number);
        let Some(conflict) = found.and_then(|item| item.conflict()).filter(|_| waits.load(Ordering::SeqCst)) else {
            return Ok(());
        };
        queue::drop(&self.parts.mirror, item.number)?;
        Err(conflict.refused.map_or_else(|| overtaken(&conflict.values), |why| Error::new(Kind::Refused, "refused", why)))
    }

    /// It waits for a person.
    fn park(&self, mut item: Item, why: Parked) -> Result<(), Error> {
        item.parked = Some(why);
        queue::write(&self.parts.mirror, &item)
    }
}

/// The ledger from what was seen to what the server has now.
///
/// # Errors
/// `Integrity` when it does not go on from there; what the server says.
pub(in crate::infra::http) fn lines_of(api: &Api, seen: Head, theirs: &Head) -> Result<Vec<u8>, Error> {
    let strange = |why: &str| {
        Error::new(Kind::Integrity, format!("{} is not believed", api.client.host()), why)
            .hint("the last good copy stays; compare heads with somebody else, or with a dossier, before you go on")
    };
    if theirs.seq < seen.seq || (theirs.seq == seen.seq && theirs.hash != seen.hash) {
        return Err(strange("its ledger is not the one that was seen before: entries are missing or were written anew"));
    }
    let (mut lines, mut last) = (Vec::new(), seen.seq);
    while last < theirs.seq {
        let page = api.ledger(last).map_err(|trouble| trouble.error(&api.client))?;
        let count = memchr::memchr_iter(b'\n', &page).count() as u64;
        if count == 0 {
            return Err(strange("its ledger ends before the entry it names as the last"));
        }
        // Entries that came after the room was read belong to the next time.
        let wanted = count.min(theirs.seq - last);
        let end = memchr::memchr_iter(b'\n', &page).nth(wanted as usize - 1).map_or(0, |end| end + 1);
        lines.extend_from_slice(page.get(..end).unwrap_or_default());
        if lines.len() > LEDGER {
            return Err(strange("its ledger has no end"));
        }
        last += wanted;
    }
    Ok(lines)
}

pub(super) fn overtaken(clashes: &[Clash]) -> Error {
    let first = clashes.first();
    let path = first.map(|clash| clash.path.clone()).unwrap_or_default();
    let blank = |text: &str| if text.is_empty() { "blank".to_owned() } else { format!("`{text}`") };
    let why = first
        .map(|clash| format!("somebody else made it {} in the meantime; yours is {}", blank(&clash.theirs), blank(&clash.mine)));
    Error::new(Kind::Conflict, format!("{path} was not written over"), why.unwrap_or_default())
        .hint("look at it again, then decide")
}
