//! Hears a server: one thread that takes in what is new, sends what waits, and then listens for what happens. When the
//! server is not heard it asks again, ever more slowly; where it offers no events, it asks every so often.

use super::api::Trouble;
use super::client::Lost;
use super::remote::RemoteStore;
use super::sse::Reader;
use crate::app::error::{Error, Kind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::watch::Receiver;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(10);
/// Where there are no events.
const POLL: Duration = Duration::from_secs(5);
/// A token that was refused is asked for again by a person, not by us …
const REFUSED: Duration = Duration::from_mins(1);
/// … who may have logged in meanwhile: whether there is another one is looked at so often.
const LOOK: Duration = Duration::from_secs(1);

/// Listens until dropped.
pub struct Live {
    stop: Arc<AtomicBool>,
    store: Arc<RemoteStore>,
}

impl Live {
    /// Starts listening; `changed` is called from another thread when what is shown, or how it stands, is another.
    ///
    /// # Errors
    /// `Storage` when there is no thread to be had.
    pub fn start(store: Arc<RemoteStore>, changed: impl Fn() + Send + 'static) -> Result<Self, Error> {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, heard) = (Arc::clone(&stop), Arc::clone(&store));
        let thread = thread::Builder::new().name("live".into());
        let started = thread.spawn(move || Loop { store: heard, stopped, changed, pause: FIRST, polls: false }.run());
        started.map_err(|error| Error::new(Kind::Storage, "cannot listen to the server", error.to_string()))?;
        Ok(Self { stop, store })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        crate::app::sync::Synced::wake(&*self.store);
    }
}

struct Loop<F> {
    store: Arc<RemoteStore>,
    stopped: Arc<AtomicBool>,
    changed: F,
    pause: Duration,
    /// The server has no events.
    polls: bool,
}

impl<F: Fn()> Loop<F> {
    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    fn run(mut self) {
        let mut was = None;
        while !self.is_stopped() {
            // Heard from here on: what rings while we ask is asked about right after.
            let bell = self.store.bell();
            let outcome = self.store.ask();
            let link = crate::app::sync::Synced::link(&*self.store);
            let is_news =
                self.store.has_news() || was.as_ref() != Some(&(link.state, link.queued, link.conflicts.len(), link.why.clone()));
            was = Some((link.state, link.queued, link.conflicts.len(), link.why));
            if is_news || matches!(outcome, Ok(true)) {
                (self.changed)();
            }
            if outcome.is_ok() {
                self.pause = FIRST;
            }
            match outcome {
                Ok(_) if self.polls => drop(self.store.pause(jittered(POLL))),
                Ok(_) => self.listen(bell),
                Err(error) if error.kind == Kind::Network => self.back_off(None),
                Err(error) if error.kind == Kind::Refused => self.wait_for_another_token(),
                Err(_) => drop(self.store.pause(REFUSED)),
            }
        }
    }

    /// Until there is another token, a person asks again, or a while has passed.
    fn wait_for_another_token(&self) {
        let start = Instant::now();
        while !self.is_stopped() && !self.store.pause(LOOK) && !self.store.renew() && start.elapsed() < REFUSED {}
    }

    /// Hears events until the stream ends; each is a reason to ask what is new.
    fn listen(&mut self, mut bell: Receiver<u64>) {
        let after = self.store.last_seen();
        let Ok(ask) = self.store.parts.api.events(after) else { return self.polls = true };
        let mut reader = Reader::default();
        let (store, changed) = (&self.store, &self.changed);
        let ended = store.parts.api.client.follow(ask, &mut bell, |bytes| {
            let mut ask_again = false;
            for event in reader.feed(bytes) {
                match event.here() {
                    Some(here) => {
                        if store.others(here) {
                            changed();
                        }
                    }
                    None => ask_again = true,
                }
            }
            if ask_again {
                match store.ask() {
                    Ok(true) => changed(),
                    Ok(false) => {}
                    Err(_) => return false,
                }
            }
            true
        });
        match ended {
            // It went well until it ended: a server that restarts, a proxy that has had enough.
            // What is wrong with a token, the next question tells.
            Ok(200 | 401 | 403) => {}
            Ok(404 | 405 | 406 | 501) => self.polls = true,
            Ok(status) => self.back_off(Some(&Trouble::Busy { status, after: None })),
            Err(lost) => self.back_off(Some(&Trouble::Lost(lost))),
        }
    }

    fn back_off(&mut self, trouble: Option<&Trouble>) {
        if let Some(trouble) = trouble {
            // The stream broke; whether the server is gone, the next question tells. Only silence is said at once.
            if *trouble == Trouble::Lost(Lost::Unreachable) && self.store.lost(trouble) {
                (self.changed)();
            }
        }
        let asked = self.store.asked_to_wait();
        self.store.pause(asked.unwrap_or_default().max(jittered(self.pause)));
        self.pause = (self.pause * 2).min(LONGEST);
    }
}

/// Between half of it and all of it, so that many who lost one server do not all come back at once.
pub(super) fn jittered(pause: Duration) -> Duration {
    let mut random = [0; 2];
    // Without randomness the pause is whole.
    let _ = getrandom::fill(&mut random);
    let share = u32::from(u16::from_ne_bytes(random)) * 1000 / u32::from(u16::MAX);
    pause / 2 + pause / 2 * share / 1000
}
