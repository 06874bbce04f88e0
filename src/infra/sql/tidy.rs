//! Carries SQLite's log over into the database beside the server's work, so that no answer waits for it; and makes the log's
//! file as long as it gets, so that no answer waits for it to grow. What is acknowledged is synced all the same.

use rusqlite::Connection;
use std::fs::OpenOptions;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// After so many commits: each carrying over keeps the disk busy for one or two of them.
const COMMITS: u32 = 256;

/// Bytes of the log that are there before anybody writes, enough for twice as many commits of a lifelike room.
const LONG: u64 = 16 << 20;

/// A thread that carries over, until it is dropped.
pub struct Tidy {
    commits: AtomicU32,
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Tidy {
    /// With a connection of its own. Where the system gives no thread, SQLite does it within a commit, and later.
    pub fn start(connection: Connection, writer: Arc<Mutex<Connection>>) -> Self {
        let (wake, woken) = sync_channel(1);
        let work = move || {
            while woken.recv().is_ok() {
                carry_over(&connection);
                // What was committed meanwhile, little, while nobody commits: a log that is carried over whole begins anew
                // in its own place, and one that is not grows.
                let _turn = writer.lock().unwrap_or_else(PoisonError::into_inner);
                carry_over(&connection);
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

/// Passive: it waits for nobody and nobody for it. What it leaves is for the next time.
fn carry_over(connection: &Connection) {
    let _ = connection.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(()));
}

/// Makes the log's file long, with zeros after what is in it: to SQLite they are no entries, whose sums do not fit. A sync
/// of bytes in a file that stays as long as it is takes the disk half of what one takes that makes it longer.
///
/// # Errors
/// What the disk says; the log is as good as before then.
pub fn lengthen(database: &Path) -> io::Result<()> {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    let mut file = OpenOptions::new().write(true).open(name)?;
    let mut end = file.seek(SeekFrom::End(0))?;
    let before = end;
    let zeros = vec![0; 1 << 20];
    let mut write = || -> io::Result<()> {
        while end < LONG {
            let piece = zeros.get(..usize::try_from(LONG - end).unwrap_or(zeros.len()).min(zeros.len())).unwrap_or_default();
            file.write_all(piece)?;
            end += piece.len() as u64;
        }
        file.sync_all()
    };
    let written = write();
    if written.is_err() {
        // On a small disk the room is for what is to be kept.
        file.set_len(before)?;
    }
    written
}
