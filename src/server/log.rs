//! What the server did, a JSON object a line: who, what route, how it ended. Never a token, a query, a body or a value.
//!
//! A thread writes, so that a log nobody takes delays no answer; what does not fit meanwhile is counted and told later.

use super::route::Row;
use crate::app::error::{Error, Kind};
use crate::app::host::Grant;
use crate::app::ports::Clock;
use crate::domain::ledger::chain::stamp;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Lines that wait at most.
const WAITING: usize = 4096;
/// Bytes written at once, about.
const AT_ONCE: usize = 64 * 1024;
/// How long the last lines are waited for.
const FAREWELL: Duration = Duration::from_millis(500);

/// Writes lines to where it was told.
pub struct Log {
    to: Option<SyncSender<Word>>,
    lost: Arc<AtomicU64>,
    clock: Arc<dyn Clock>,
}

enum Word {
    Line(String),
    /// Everything before this is written.
    Written(SyncSender<()>),
}

impl Log {
    /// `None` keeps nothing.
    #[must_use]
    pub fn new(to: Option<Box<dyn Write + Send>>, clock: Arc<dyn Clock>) -> Self {
        let lost = Arc::new(AtomicU64::new(0));
        let to = to.and_then(|to| {
            let (sender, words) = sync_channel(WAITING);
            let missing = Arc::clone(&lost);
            let named = thread::Builder::new().name("log".into());
            named.spawn(move || write(to, &words, &missing)).ok().map(|_| sender)
        });
        Self { to, lost, clock }
    }

    /// A request was answered.
    pub fn answered(&self, row: Option<&Row>, grant: Option<&Grant>, status: StatusCode, took: Duration) {
        if self.to.is_none() {
            return;
        }
        let level = if status.is_server_error() { "error" } else { "info" };
        let known = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        self.line(&json!({
            "at": stamp(self.clock.now()),
            "level": level,
            "event": "request",
            "method": known(row.map(|row| row.method.as_str())),
            "route": known(row.map(|row| row.path)),
            "status": status.as_u16(),
            "ms": took.as_secs_f64() * 1000.0,
            "token": known(grant.map(|grant| grant.id.as_str())),
        }));
    }

    /// Something is wrong with the server itself; what is wrong with a request is told to who made it.
    pub fn trouble(&self, error: &Error) {
        if !matches!(error.kind, Kind::Storage | Kind::Network | Kind::Integrity) {
            return;
        }
        // What follows the first line shows a part of somebody's room.
        let why = error.why.lines().next().unwrap_or_default();
        self.line(
            &json!({ "at": stamp(self.clock.now()), "level": "error", "event": "trouble", "what": error.what, "why": why }),
        );
    }

    /// Something that happens once.
    pub fn event(&self, event: &str, more: &Value) {
        let mut line = json!({ "at": stamp(self.clock.now()), "level": "info", "event": event });
        if let (Some(line), Some(more)) = (line.as_object_mut(), more.as_object()) {
            line.extend(more.clone());
        }
        self.line(&line);
    }

    /// Waits until what was said is written, and not long where nobody takes it.
    pub fn flush(&self) {
        let (sender, written) = sync_channel(1);
        if self.to.as_ref().is_some_and(|to| to.try_send(Word::Written(sender)).is_ok()) {
            let _ = written.recv_timeout(FAREWELL);
        }
    }

    fn line(&self, line: &Value) {
        let Some(to) = &self.to else { return };
        if to.try_send(Word::Line(format!("{line}\n"))).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn write(mut to: Box<dyn Write + Send>, words: &Receiver<Word>, lost: &AtomicU64) {
    while let Ok(word) = words.recv() {
        let (mut text, mut told) = (String::new(), Vec::new());
        let mut next = Some(word);
        while let Some(word) = next {
            match word {
                Word::Line(line) => text.push_str(&line),
                Word::Written(sender) => told.push(sender),
            }
            next = if text.len() < AT_ONCE { words.try_recv().ok() } else { None };
        }
        let missing = lost.swap(0, Ordering::Relaxed);
        if missing > 0 {
            text = format!("{}\n{text}", json!({ "level": "error", "event": "lines-lost", "lines": missing }));
        }
        // A log that cannot be written must not stop the server.
        let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
        for sender in told {
            let _ = sender.try_send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use std::io;
    use std::sync::{Condvar, Mutex};

    struct Then;

    impl Clock for Then {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    #[derive(Default)]
    struct Door {
        state: Mutex<(bool, Vec<u8>)>,
        opened: Condvar,
    }

    /// Takes nothing until it is opened.
    #[derive(Clone, Default)]
    struct Shut(Arc<Door>);

    impl Write for Shut {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut state = self.0.opened.wait_while(self.0.state.lock().unwrap(), |(is_open, _)| !*is_open).unwrap();
            state.1.extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_log_that_nobody_takes_delays_nobody_and_says_later_what_is_missing() {
        let shut = Shut::default();
        let log = Log::new(Some(Box::new(shut.clone())), Arc::new(Then));
        let many = 3 * WAITING;
        for _ in 0..many {
            log.event("x", &json!({}));
        }
        shut.0.state.lock().unwrap().0 = true;
        shut.0.opened.notify_all();
        while log.lost.load(Ordering::Relaxed) > 0 {
            log.flush();
        }
        log.flush();
        let text = String::from_utf8(shut.0.state.lock().unwrap().1.clone()).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let lost: u64 = lines.iter().filter_map(|line| line["lines"].as_u64()).sum();
        let kept = lines.iter().filter(|line| line["event"] == "x").count();
        assert!(lost > 0, "{kept} kept");
        assert_eq!(kept + lost as usize, many);
    }
}
