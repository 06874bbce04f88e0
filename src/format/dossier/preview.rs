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
        Line::plain(format!(
            "goes in    {} as they are, {} of evidence",
            words::count(dossier.included(), "entry", "entries"),
            words::count(files.iter().filter(|file| file.name.starts_with("evidence/")).count(), "file", "files"),
        )),
        Line::plain(format!("withheld   {}, by their hash", words::count(dossier.withheld(), "entry", "entries"))),
    ];
    for ((class, why), n) in dossier.reasons() {
        out.push(Line::of(Tone::Quiet, format!("           {n} {}: {why}", class.as_str())));
    }
    for (why, n) in dossier.left_behind() {
        out.push(Line::of(Tone::Quiet, format!("           {}: {why}", words::count(n, "captured file", "captured files"))));
    }
    let size = words::size(u64::try_from(size).unwrap_or(u64::MAX));
    out.push(Line::plain(format!("size       {size} in {}", words::count(files.len(), "file", "files"))));
    out.push(Line::plain(format!("head       {} #{}", dossier.head.hash.short(), dossier.head.seq)));
    out
}
