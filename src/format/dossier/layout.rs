//! The zip: which files lie in it, in which order, and nothing in it that comes from a clock.

use super::{Dossier, Kept, Place, html, json::json as dossier_json};
use crate::domain::ids::Digest;
use crate::domain::ledger::canon;
use std::fmt::Write as _;
use std::io::{self, Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// One file of a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Every file, in the order of the zip. The sums are last and name all others.
#[must_use]
pub fn files(dossier: &Dossier) -> Vec<File> {
    let file = |name: &str, bytes: Vec<u8>| File { name: name.to_owned(), bytes };
    let mut out = vec![
        file("README", readme(dossier).into_bytes()),
        html::file(dossier),
        file("dossier.json", format!("{:#}\n", dossier_json(dossier)).into_bytes()),
        file("ledger.jsonl", ledger(&dossier.lines)),
    ];
    let mut evidence: Vec<File> = Vec::new();
    for captured in dossier.records.iter().flat_map(|record| &record.files) {
        let (Place::Here(path), Some(bytes)) = (&captured.place, dossier.bytes.get(&captured.digest)) else { continue };
        evidence.push(file(path, bytes.clone()));
    }
    evidence.sort_by(|a, b| a.name.cmp(&b.name));
    evidence.dedup_by(|a, b| a.name == b.name);
    out.extend(evidence);
    let sums = sums(&out);
    out.push(file("SHA256SUMS", sums.into_bytes()));
    out
}

/// As `sha256sum -c` reads it.
fn sums(files: &[File]) -> String {
    let mut out = String::new();
    for file in files {
        let _ = writeln!(out, "{}  {}", Digest::of(&file.bytes).to_hex(), file.name);
    }
    out
}

fn ledger(lines: &[Kept]) -> Vec<u8> {
    let mut out = Vec::new();
    for kept in lines {
        match &kept.line {
            Some(line) => out.extend_from_slice(line.as_bytes()),
            None => out.extend_from_slice(&withheld_line(kept)),
        }
        out.push(b'\n');
    }
    out
}

/// What stays of a withheld entry, in canonical JSON.
#[must_use]
pub fn withheld_line(kept: &Kept) -> Vec<u8> {
    canon::to_bytes(&serde_json::json!({
        "seq": kept.seq, "class": kept.class, "hash": kept.hash, "prev": kept.prev, "withheld": true,
    }))
}

fn readme(dossier: &Dossier) -> String {
    format!(
        "Launch dossier of {room}, for the {audience}.\n\n\
         index.html    to read: open it in any browser, it loads nothing\n\
         dossier.json  the same for programs\n\
         ledger.jsonl  what happened, one entry a line; a withheld entry keeps its place, its hash and the hash before it\n\
         evidence/     captured bytes that this reader may see, named by their SHA-256\n\
         SHA256SUMS    the SHA-256 of every other file\n\n\
         Check it offline\n\n\
         \x20 sha256sum -c SHA256SUMS                 the files are the ones that were packed\n\
         \x20 launchroom verify DOSSIER               that, every entry's hash, the links, the evidence\n\
         \x20 launchroom verify DOSSIER --against OLDER   that nothing was cut off, replaced or written anew since\n\n\
         An entry's hash is the SHA-256 of its line without the member \"hash\". Its \"prev\" is the hash of the entry before,\n\
         64 zeros for the first. The ledger has {length} and ends in\n{head}\n",
        room = crate::present::safe::line(crate::present::words::room_name(&dossier.room)).as_str(),
        audience = dossier.audience.as_str(),
        length = crate::present::words::count(dossier.lines.len(), "entry", "entries"),
        head = dossier.head.hash.to_hex(),
    )
}

/// The zip of these files.
///
/// # Errors
/// When one is larger than a zip holds.
pub fn zipped(files: &[File]) -> io::Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        zip.start_file(file.name.as_str(), options)?;
        zip.write_all(&file.bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
