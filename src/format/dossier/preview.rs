//! What would go into a dossier, before it is written.

use super::{Dossier, File};
use crate::present::line::{Line, Tone};
use crate::present::words;

/// What goes in, what is withheld and why, how large it is, and where the ledger ends.
#[must_use]
pub fn preview(dossier: &Dossier, files: &[File], size: usize) -> Vec<Line> {
    let at = words::moment_in_full(dossier.readiness.as_of, &dossier.room.tenant.timezone);
    let name = words::room_name(&dossier.room);
    let mut out = vec![
        Line::of(Tone::Strong, format!("Dossier of {name} for the {}", dossier.audience.as_str())),
        Line::plain(format!("as of {at}: {}", words::headline(&dossier.plan, &dossier.readiness))),
        Line::plain(""),
    ];
    out.extend(told(dossier, files, size).into_iter().map(|(label, text)| {
        let tone = if label.is_empty() { Tone::Quiet } else { Tone::Plain };
        Line::of(tone, format!("{label:<10} {text}"))
    }));
    out
}

/// The same by label and text; a line without a label goes on with the one before.
#[must_use]
pub fn told(dossier: &Dossier, files: &[File], size: usize) -> Vec<(&'static str, String)> {
    let evidence = files.iter().filter(|file| file.name.starts_with("evidence/")).count();
    let entries = words::count(dossier.included(), "entry", "entries");
    let mut out = vec![
        ("goes in", format!("{entries} as they are, {} of evidence", words::count(evidence, "file", "files"))),
        ("withheld", format!("{}, by their hash", words::count(dossier.withheld(), "entry", "entries"))),
    ];
    out.extend(dossier.reasons().into_iter().map(|((class, why), n)| ("", format!("{n} {}: {why}", class.as_str()))));
    out.extend(
        dossier
            .left_behind()
            .into_iter()
            .map(|(why, n)| ("", format!("{}: {why}", words::count(n, "captured file", "captured files")))),
    );
    let size = words::size(u64::try_from(size).unwrap_or(u64::MAX));
    out.push(("size", format!("{size} in {}", words::count(files.len(), "file", "files"))));
    out.push(("head", format!("{} #{}", dossier.head.hash.short(), dossier.head.seq)));
    out
}
