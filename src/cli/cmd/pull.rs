//! Takes a room out of its server.

use crate::app::discover::{ROOM_FILE, Where};
use crate::app::error::Error;
use crate::app::prove::command::quote;
use crate::cli::args::PullArgs;
use crate::cli::{Exit, context::Context, context::usage};
use crate::present::line::{Line, Tone};
use crate::present::words;
use std::path::PathBuf;

pub fn run(cx: &mut Context<'_>, args: &PullArgs) -> Result<Exit, Error> {
    cx.writable()?;
    // With --room naming the server, the one word left is where to write.
    let (address, path) = match (&args.address, &args.path) {
        (Some(word), None) if !word.contains("://") => (None, Some(PathBuf::from(word))),
        (address, path) => (address.clone(), path.clone()),
    };
    let Where::Server(address) = cx.place(address.as_deref())? else {
        return Err(usage("no server is named").hint("launchroom pull https://HOST [PATH]"));
    };
    let path = path.unwrap_or_else(|| PathBuf::from(ROOM_FILE));
    let pulled = cx.wiring.servers.pull(&address, &path, &cx.settings)?;
    let (entries, files) = (words::count(pulled.entries, "entry", "entries"), words::count(pulled.files, "file", "files"));
    cx.out.line(format!("{} is in {}: {entries}, {files}, all checked", pulled.tenant, path.display()));
    if pulled.receipts > 0 {
        let records = words::count(pulled.receipts, "locked record", "locked records");
        cx.out.line(Line::of(Tone::Quiet, format!("  {records} by receipt: the bytes are on the machine that holds them")));
    }
    cx.out.line(Line::of(Tone::Quiet, format!("  next: launchroom evidence verify --room {}", quote(&path.to_string_lossy()))));
    Ok(Exit::Ok)
}
