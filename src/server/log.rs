//! What the server did, a JSON object a line: who, what route, how it ended. Never a token, a query, a body or a value.

use super::route::Row;
use crate::app::error::Error;
use crate::app::host::Grant;
use crate::app::ports::Clock;
use crate::domain::ledger::chain::stamp;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Writes lines to where it was told.
pub struct Log {
    to: Mutex<Option<Box<dyn Write + Send>>>,
    clock: Arc<dyn Clock>,
}

impl Log {
    /// `None` keeps nothing.
    #[must_use]
    pub fn new(to: Option<Box<dyn Write + Send>>, clock: Arc<dyn Clock>) -> Self {
        Self { to: Mutex::new(to), clock }
    }

    /// A request was answered.
    pub fn answered(&self, row: Option<&Row>, grant: Option<&Grant>, status: StatusCode, took: Duration) {
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

    /// Something is wrong with the server itself.
    pub fn trouble(&self, error: &Error) {
        let line =
            json!({ "at": stamp(self.clock.now()), "level": "error", "event": "trouble", "what": error.what, "why": error.why });
        self.line(&line);
    }

    /// Something that happens once.
    pub fn event(&self, event: &str, more: &Value) {
        let mut line = json!({ "at": stamp(self.clock.now()), "level": "info", "event": event });
        if let (Some(line), Some(more)) = (line.as_object_mut(), more.as_object()) {
            line.extend(more.clone());
        }
        self.line(&line);
    }

    fn line(&self, line: &Value) {
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(to) = &mut *to {
            // A log that cannot be written must not stop the server.
            let _ = writeln!(to, "{line}");
        }
    }
}
