//! What may be said now, and where files say more.

use crate::app::error::Error;
use crate::cli::args::{ClaimsCommand, FindingsFormat};
use crate::cli::{Exit, context::Context};
use crate::domain::claims;
use crate::format::claims::{Checked, check, json, list_json, list_text, sarif, text};
use crate::format::document;
use crate::present::line::{Line, Tone};
use crate::present::words;
use std::path::{Path, PathBuf};

/// No file is larger.
const LIMIT: u64 = 256 << 20;

/// What to name instead of what cannot be read.
const READABLE: &str = "name text, Markdown, HTML, DOCX or PDF files; - is standard input";

pub fn run(cx: &mut Context<'_>, command: &ClaimsCommand) -> Result<Exit, Error> {
    match command {
        ClaimsCommand::List(reading) => list(cx, reading.json),
        ClaimsCommand::Check { files, format, reading } => {
            files_checked(cx, files, if reading.json { FindingsFormat::Json } else { *format })
        }
    }
}

fn list(cx: &mut Context<'_>, as_json: bool) -> Result<Exit, Error> {
    let (_, opened) = cx.opened()?;
    let (plan, room) = (&opened.snapshot.plan, &opened.snapshot.room);
    let said = claims::now(plan, room, &opened.readiness);
    if as_json {
        cx.out.json(&list_json(&said, &opened.readiness));
    } else {
        let symbols = cx.symbols();
        cx.out.lines(list_text(&said, plan, symbols));
    }
    Ok(Exit::Ok)
}

fn files_checked(cx: &mut Context<'_>, files: &[PathBuf], format: FindingsFormat) -> Result<Exit, Error> {
    let (_, opened) = cx.opened()?;
    let plan = &opened.snapshot.plan;
    let said = claims::now(plan, &opened.snapshot.room, &opened.readiness);
    let guard = said.guard();
    let (mut checked, mut worst, mut missing) = (Vec::new(), None, 0);
    for file in files {
        let one = one_checked(cx, file, &guard);
        if let Err((kind, _)) = &one {
            missing += 1;
            worst = Some(worst.map_or(*kind, |worst: Exit| if worst.code() > kind.code() { worst } else { *kind }));
        }
        checked.push(one.unwrap_or_else(|(_, unread)| unread));
    }
    match format {
        FindingsFormat::Text => cx.out.lines(text(&checked, &said, plan)),
        FindingsFormat::Json => cx.out.json(&json(&checked, &said)),
        FindingsFormat::Sarif => cx.out.json(&sarif(&checked, &said, plan, env!("CARGO_PKG_VERSION"))),
    }
    let found: usize = checked.iter().map(|checked| checked.findings.len() + checked.more).sum();
    let unread = checked.iter().filter(|checked| checked.unread.is_some()).count();
    cx.out.flush();
    summary(cx, found, &Read { files: checked.len() - missing, missing, partly: unread - missing });
    let partly = (unread > 0).then_some(Exit::Usage);
    Ok(worst.or(partly).unwrap_or(if found > 0 { Exit::No } else { Exit::Ok }))
}

/// One file looked through; what cannot be read is told at once, and the others go on.
fn one_checked(cx: &mut Context<'_>, file: &Path, guard: &claims::Guard) -> Result<Checked, (Exit, Checked)> {
    let name = file.to_string_lossy().into_owned();
    let bytes = if name == "-" { cx.wiring.rooms.read_stdin(LIMIT) } else { cx.wiring.rooms.read(file, LIMIT) };
    let bytes = bytes.map_err(|error| if error.hint.is_none() { error.hint(READABLE) } else { error });
    let document = bytes.and_then(|bytes| {
        let read = document::read(&name, &bytes);
        read.map_err(|unreadable| {
            let error = Error::new(crate::app::error::Kind::Input, format!("cannot read {name}"), unreadable.why);
            unreadable.hint.into_iter().fold(error, Error::hint)
        })
    });
    match document {
        Ok(document) => {
            for told in document.guess.into_iter().map(str::to_owned).chain(document.lacks.clone()) {
                cx.out.say(Line::of(Tone::Warn, format!("{name}: {told}")));
            }
            Ok(check(&name, &document, guard))
        }
        Err(error) => {
            cx.out.error(&error);
            let unread = Some(error.why.clone()).filter(|why| !why.is_empty()).unwrap_or_else(|| error.what.clone());
            Err((error.kind.into(), Checked { file: name, findings: Vec::new(), more: 0, unread: Some(unread) }))
        }
    }
}

/// How many files were read, could not be, and could be in part only; the last are among the first.
struct Read {
    files: usize,
    missing: usize,
    partly: usize,
}

fn summary(cx: &mut Context<'_>, found: usize, read: &Read) {
    let files = words::count(read.files, "file", "files");
    let (tone, mut told) = match (found, read.files) {
        (_, 0) => (Tone::Warn, "nothing was checked".to_owned()),
        (0, _) => (Tone::Good, format!("no blocked wording in {files}")),
        _ => (
            Tone::Bad,
            format!("{} in {files}", words::count(found, "place with blocked wording", "places with blocked wording")),
        ),
    };
    if read.partly > 0 {
        told = format!("{told}, {} of which in part only", read.partly);
    }
    if read.missing > 0 {
        told = format!("{told}; {} could not be read", words::count(read.missing, "file", "files"));
    }
    let is_whole = read.missing + read.partly == 0;
    cx.out.say(Line::of(if is_whole { tone } else { Tone::Warn }, told));
}
