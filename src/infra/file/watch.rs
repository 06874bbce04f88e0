//! Wakes the cockpit when somebody else writes the room, its plan or its ledger. Sleeps otherwise: nothing polls.

use super::{place::Place, write};
use crate::app::error::{Error, Kind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::{
    path::{Path, PathBuf},
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

/// An editor's save is several events; they are over after this long.
const QUIET: Duration = Duration::from_millis(120);
/// Somebody who writes without a pause is told about every so often.
const LONGEST: Duration = Duration::from_millis(600);

/// A watch; ends when dropped.
pub struct Watch {
    stop: Sender<Signal>,
}

enum Signal {
    /// Something in a folder.
    Event(Event),
    Stop,
}

impl Watch {
    pub(super) fn start(place: &Place, changed: impl Fn() + Send + 'static) -> Result<Self, Error> {
        let (send, receive) = mpsc::channel();
        let events = send.clone();
        let failed = |error: notify::Error| {
            let what = format!("cannot watch {}", place.folder.display());
            Error::new(Kind::Storage, what, error.to_string()).hint("reload by hand")
        };
        let told = move |event: notify::Result<Event>| {
            // Errors are overflows: something happened, and nobody knows what.
            let event = event.unwrap_or_else(|_| Event::new(EventKind::Any));
            if matters(&event) {
                // The other end is gone when the watch is being dropped.
                let _ = events.send(Signal::Event(event));
            }
        };
        let mut watcher = notify::recommended_watcher(told).map_err(failed)?;
        watcher.watch(&place.folder, RecursiveMode::NonRecursive).map_err(failed)?;
        let mut loop_ = Loop { watcher, evidence: place.evidence.clone(), is_watched: false };
        loop_.watch_evidence();
        thread::Builder::new()
            .name("watch".into())
            .spawn(move || loop_.run(&receive, changed))
            .map_err(|error| Error::new(Kind::Storage, "cannot watch the room", error.to_string()))?;
        Ok(Self { stop: send })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.stop.send(Signal::Stop);
    }
}

/// Reading is no change, and neither is a file that has not got its name yet.
fn matters(event: &Event) -> bool {
    let is_ours = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).is_some_and(write::is_temporary);
    match event.kind {
        EventKind::Access(_) => false,
        _ => event.paths.is_empty() || !event.paths.iter().all(is_ours),
    }
}

struct Loop {
    watcher: RecommendedWatcher,
    evidence: PathBuf,
    is_watched: bool,
}

impl Loop {
    fn run(mut self, signals: &Receiver<Signal>, changed: impl Fn()) {
        while let Ok(Signal::Event(event)) = signals.recv() {
            let start = Instant::now();
            self.follow(&event);
            loop {
                let left = LONGEST.saturating_sub(start.elapsed());
                match signals.recv_timeout(QUIET.min(left)) {
                    Ok(Signal::Event(event)) => self.follow(&event),
                    Err(RecvTimeoutError::Timeout) => break,
                    Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                }
                if left.is_zero() {
                    break;
                }
            }
            changed();
        }
    }

    /// The evidence folder may be made, or made anew, while we watch.
    fn follow(&mut self, event: &Event) {
        if event.paths.iter().any(|path| path == &self.evidence) || event.paths.is_empty() {
            self.is_watched = false;
        }
        self.watch_evidence();
    }

    fn watch_evidence(&mut self) {
        if !self.is_watched && Path::is_dir(&self.evidence) {
            self.is_watched = self.watcher.watch(&self.evidence, RecursiveMode::NonRecursive).is_ok();
        }
    }
}
