//! What happened in the room, line by line.

use crate::app::error::Error;
use crate::cli::args::LogArgs;
use crate::cli::{Exit, context::Context, context::usage, moved};
use crate::domain::ledger::{Body, Entry};
use crate::format::{ledger_jsonl, moment};
use crate::present::line::{Line, Tone};
use crate::present::words;
use serde_json::Value;

pub fn run(cx: &mut Context<'_>, args: &LogArgs) -> Result<Exit, Error> {
    let (_, opened) = cx.opened()?;
    let zone = &opened.snapshot.room.tenant.timezone;
    let since = args.since.as_deref().map(|text| moment::since(text, cx.now(), zone)).transpose().map_err(usage)?;
    let entries = opened.snapshot.ledger.entries.iter().filter(|entry| since.is_none_or(|since| entry.at >= since));
    if args.reading.json {
        // The lines as they are on disk; a line that we could not read back would not have been loaded.
        let lines = entries.filter_map(|entry| serde_json::from_str(&ledger_jsonl::encode(entry)).ok());
        cx.out.json(&Value::Array(lines.collect()));
        return Ok(Exit::Ok);
    }
    let symbols = cx.symbols();
    let mut empty = true;
    for entry in entries {
        empty = false;
        let when = format!("#{:<4} {}  ", entry.seq, words::moment_dated(entry.at, opened.readiness.as_of, zone));
        for (at, line) in what(entry, symbols).into_iter().enumerate() {
            let head = if at == 0 { when.clone() } else { " ".repeat(when.chars().count()) };
            let by = if at == 0 { format!("  {}", entry.by) } else { String::new() };
            let mut whole = Line::of(Tone::Quiet, head);
            whole.0.extend(line.0);
            cx.out.line(whole.and(Tone::Quiet, by));
        }
    }
    if empty {
        cx.out.say(if since.is_some() { "nothing happened since then" } else { "nothing has happened in this room yet" });
    }
    Ok(Exit::Ok)
}

fn what(entry: &Entry, symbols: &crate::present::symbols::Symbols) -> Vec<Line> {
    match &entry.body {
        Body::EditedOutside(room) => {
            let values = words::count(room.changes.len(), "value", "values");
            let paths: Vec<_> = room.changes.iter().take(3).map(|change| change.path.as_str()).collect();
            let more = if room.changes.len() > paths.len() { ", and more" } else { "" };
            vec![Line::plain(format!("the room file was edited by hand: {values} ({}{more})", paths.join(", ")))]
        }
        body => moved::happened(entry.seq, body, symbols),
    }
}
