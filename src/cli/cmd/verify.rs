//! Checks a dossier offline. No room is opened, and nothing is written.

use crate::app::error::{Error, Kind};
use crate::cli::args::VerifyArgs;
use crate::cli::{Exit, context::Context};
use crate::format::dossier::File;
use crate::format::dossier::read::{self, Unreadable};
use crate::format::dossier::verify::{self, json, lines};
use std::path::Path;

/// No zip of a dossier is larger.
const LIMIT: u64 = 256 << 20;

pub fn run(cx: &mut Context<'_>, args: &VerifyArgs) -> Result<Exit, Error> {
    let files = files(cx, &args.dossier)?;
    let older = args.against.as_deref().map(|path| self::files(cx, path)).transpose()?;
    let verified = verify::verify(&files, older.as_deref()).map_err(|why| unreadable(&args.dossier, &why))?;
    if args.reading.json {
        cx.out.json(&json(&verified));
    } else {
        cx.out.lines(lines(&verified));
    }
    Ok(if verified.findings.is_empty() { Exit::Ok } else { Exit::Fault })
}

fn files(cx: &Context<'_>, path: &Path) -> Result<Vec<File>, Error> {
    let rooms = &cx.wiring.rooms;
    if rooms.is_folder(path) {
        let found = rooms.read_folder(path, read::FILES, read::TOTAL)?;
        return Ok(found.into_iter().map(|(name, bytes)| File { name, bytes }).collect());
    }
    let bytes = rooms.read(path, LIMIT)?;
    read::unzip(&bytes).map_err(|why| unreadable(path, &why))
}

fn unreadable(path: &Path, why: &Unreadable) -> Error {
    match why {
        Unreadable::Other(why) => Error::new(Kind::Input, format!("{} cannot be checked", path.display()), why.clone())
            .hint("only a zip, or the folder it was unpacked into, can be: launchroom dossier -o FILE.zip makes one"),
        Unreadable::Damaged(why) => {
            Error::new(Kind::Integrity, format!("{} is not the dossier that was packed", path.display()), why.clone())
                .hint("nothing in it can be relied on: ask whoever made it for it again")
        }
    }
}
