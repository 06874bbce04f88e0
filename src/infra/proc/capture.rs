//! Where a run's bytes go: redacted first, then hashed, spooled and shown. Nothing raw leaves this file.

use crate::app::ports::{Captured, RunEvent};
use crate::domain::{ids::Digest, redact::Redactor};
use crate::infra::file::Spooling;
use crate::present::words;
use sha2::{Digest as _, Sha256};
use std::{
    io,
    time::{Duration, Instant},
};

/// Bytes kept of one run; what comes after is counted, not kept.
const KEPT_AT_MOST: u64 = 2 << 30;
/// Screens get news this often …
const NEWS: Duration = Duration::from_millis(50);
/// … and this much at a time. The spool has all of it.
const SHOWN_AT_ONCE: usize = 64 * 1024;
/// An unfinished line is shown when it has stood this long.
const QUIET: Duration = Duration::from_millis(120);

/// The capture of one run.
pub struct Capture {
    redactor: Redactor,
    spool: Spooling,
    hash: Sha256,
    /// Bytes the command printed, masks in the place of secrets: how long a secret is is nobody's business either.
    pub seen: u64,
    /// Bytes in the spool.
    pub kept: u64,
    pub cut: bool,
    out: Vec<u8>,
    /// News for the screen: the first of it, how many lines were too many, the last of it.
    head: Vec<u8>,
    skipped: u64,
    tail: Vec<u8>,
    told: Option<Instant>,
    last_byte: Instant,
    partial: Vec<u8>,
    partial_due: bool,
}

impl Capture {
    pub fn new(redactor: Redactor, spool: Spooling) -> Self {
        Self {
            redactor,
            spool,
            hash: Sha256::new(),
            seen: 0,
            kept: 0,
            cut: false,
            out: Vec::new(),
            head: Vec::new(),
            skipped: 0,
            tail: Vec::new(),
            told: None,
            last_byte: Instant::now(),
            partial: Vec::new(),
            partial_due: false,
        }
    }

    /// Takes what the command printed.
    pub fn take(&mut self, raw: &[u8]) -> io::Result<()> {
        self.last_byte = Instant::now();
        self.partial_due = true;
        let mut out = std::mem::take(&mut self.out);
        out.clear();
        self.redactor.feed(raw, &mut out);
        let kept = self.keep(&out);
        self.out = out;
        kept
    }

    /// The output is over: what stands in the last line is decided too.
    pub fn close(&mut self) -> io::Result<Digest> {
        let mut out = Vec::new();
        self.redactor.finish(&mut out);
        self.partial_due = false;
        self.keep(&out)?;
        self.spool.sync()?;
        Ok(Digest(self.hash.clone().finalize().into()))
    }

    /// Where the run is spooled.
    pub fn spool(&mut self) -> &mut Spooling {
        &mut self.spool
    }

    /// The disk did not take it: leaves what it took.
    pub fn give_up(self, captured: Captured) {
        self.spool.give_up(captured);
    }

    /// A redactor for another stream of the same run.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    fn keep(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.seen += bytes.len() as u64;
        let room = usize::try_from(KEPT_AT_MOST - self.kept).unwrap_or(usize::MAX);
        let kept = &bytes[..bytes.len().min(room)];
        self.cut |= kept.len() < bytes.len();
        self.hash.update(kept);
        self.spool.print(kept)?;
        self.kept += kept.len() as u64;
        self.show(bytes);
        Ok(())
    }

    /// Queues for the screen. When more comes than anybody can read, the middle is counted and dropped.
    fn show(&mut self, bytes: &[u8]) {
        const HALF: usize = SHOWN_AT_ONCE / 2;
        if self.skipped == 0 && self.tail.is_empty() && self.head.len() + bytes.len() <= HALF {
            self.head.extend_from_slice(bytes);
            return;
        }
        self.tail.extend_from_slice(bytes);
        if let Some(over) = self.tail.len().checked_sub(HALF).filter(|over| *over > 0) {
            let dropped = memchr::memchr(b'\n', &self.tail[over..]).map_or(over, |at| over + at + 1);
            self.skipped += lines(&self.tail[..dropped]).max(1);
            self.tail.drain(..dropped);
        }
    }

    /// Tells what is due, and when to come back.
    pub fn tell(&mut self, events: &dyn Fn(RunEvent)) -> Option<Duration> {
        let now = Instant::now();
        if self.has_news() {
            let due = self.told.map_or(now, |told| told + NEWS);
            if now < due {
                return Some(due - now);
            }
            self.flush(events);
        }
        if !self.partial_due {
            return None;
        }
        let due = self.last_byte + QUIET;
        // A line that grows all the time is shown all the same.
        let overdue = self.told.is_none_or(|told| now >= told + 2 * QUIET);
        if now < due && !overdue {
            return Some(due - now);
        }
        self.partial_due = false;
        self.tell_partial(events);
        None
    }

    /// Tells everything, due or not.
    pub fn flush(&mut self, events: &dyn Fn(RunEvent)) {
        if !self.has_news() {
            return;
        }
        if !self.partial.is_empty() {
            self.partial.clear();
            events(RunEvent::Partial(Vec::new()));
        }
        self.told = Some(Instant::now());
        let mut news = std::mem::take(&mut self.head);
        if self.skipped > 0 {
            if news.last().is_some_and(|byte| *byte != b'\n') {
                news.push(b'\n');
            }
            news.extend_from_slice(
                format!("… {} not shown here, all of them captured …\n", words::count(self.skipped, "line", "lines")).as_bytes(),
            );
        }
        self.skipped = 0;
        news.append(&mut self.tail);
        events(RunEvent::Output(news));
    }

    fn has_news(&self) -> bool {
        self.skipped > 0 || !self.head.is_empty() || !self.tail.is_empty()
    }

    fn tell_partial(&mut self, events: &dyn Fn(RunEvent)) {
        let partial = self.redactor.partial();
        if partial != self.partial {
            self.told = Some(Instant::now());
            self.partial.clone_from(&partial);
            events(RunEvent::Partial(partial));
        }
    }
}

fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
