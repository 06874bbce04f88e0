//! Carries SQLite's log over into the database beside the server's work, so that no answer waits for it.

use rusqlite::Connection;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// After so many commits: the log stays small, and what is carried over is worth its syncs.
const COMMITS: u32 = 64;

/// A thread that carries over, until it is dropped.
pub struct Tidy {
    commits: AtomicU32,
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Tidy {
    /// With a connection of its own. Where the system gives no thread, SQLite does it within a commit, and later.
    pub fn start(connection: Connection) -> Self {
        let (wake, woken) = sync_channel(1);
        let work = move || {
            while woken.recv().is_ok() {
                // Passive: it waits for nobody and nobody for it. What it leaves is for the next time.
                let _ = connection.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(()));
            }
        };
        Self { commits: AtomicU32::new(0), wake: Some(wake), thread: thread::Builder::new().name("tidy".into()).spawn(work).ok() }
    }

    /// Something was committed.
    pub fn committed(&self) {
        if self.commits.fetch_add(1, Ordering::Relaxed) % COMMITS == COMMITS - 1
            && let Some(wake) = &self.wake
        {
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Tidy {
    fn drop(&mut self) {
        self.wake = None;
        // Its connection is closed with the others: the last one leaves no log behind.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
