//! `GET /api/platform/launch-room/ledger?after=SEQ`: entries, a page at a time. The lines are what is hashed, so they come
//! and go as they are.

use super::SCHEMA;
use crate::domain::ledger::canon;
use serde_json::{Value, json};

/// A page from ledger lines as they are; `more` when the ledger goes on.
#[must_use]
pub fn page(lines: &str, more: bool) -> Value {
    let entries: Vec<Value> = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    json!({ "schema": SCHEMA, "entries": entries, "more": more })
}

/// The lines of a page, each with its end: canonical JSON has one form, so they are the bytes that were hashed.
///
/// # Errors
/// What is missing, in a sentence that goes on from "its answer".
pub fn page_lines(value: &Value) -> Result<Vec<u8>, String> {
    let entries = value.get("entries").and_then(Value::as_array).ok_or("has no entries")?;
    let mut lines = Vec::new();
    for entry in entries {
        lines.extend_from_slice(&canon::to_bytes(entry));
        lines.push(b'\n');
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infra::file::sample_ledger;

    #[test]
    fn lines_come_back_to_the_byte() {
        let lines = sample_ledger(12);
        let text = String::from_utf8(lines.clone()).unwrap();
        let sent = page(&text, false).to_string();
        assert_eq!(page_lines(&serde_json::from_str(&sent).unwrap()).unwrap(), lines);
    }
}
