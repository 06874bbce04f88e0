//! What it rests on, what stayed behind, and how to check it.

use super::{Block, Dossier, Section, Table, Tone, plain, toned};
use crate::format::dossier::{CANNOT_SEE, Place};
use crate::present::words;

pub fn evidence(dossier: &Dossier) -> Section {
    let title = "Evidence".into();
    if dossier.records.is_empty() {
        let told = "There is no record that this reader may see.".to_owned();
        return Section { id: "evidence", title, blocks: vec![Block::Text(told)] };
    }
    let rows = dossier.records.iter().map(|record| {
        let tone = match record.status {
            "verified" => Tone::Good,
            "unverified" => Tone::Bad,
            _ => Tone::Warn,
        };
        let shows = record.proof.iter().chain(&record.serves).cloned().collect::<Vec<_>>().join(", ");
        let digests: Vec<String> = record.files.iter().map(|file| file.digest.to_hex()).collect();
        let places: Vec<String> = record
            .files
            .iter()
            .map(|file| match &file.place {
                Place::Here(path) => path.rsplit('/').next().map_or("here".to_owned(), |_| "in evidence/".to_owned()),
                Place::Withheld(why) => (*why).to_owned(),
            })
            .collect();
        vec![
            plain(format!("#{}", record.seq)),
            plain(if shows.is_empty() { record.target.clone() } else { shows }),
            plain(record.class.as_str()),
            plain(record.outcome),
            toned(tone, format!("{}: {}", record.status, record.reason)),
            toned(Tone::Exact, digests.join(" ")),
            plain(places.join("; ")),
        ]
    });
    let table = Table {
        caption: "Records of evidence; the digest is the SHA-256 of what was captured".into(),
        head: vec!["Entry", "Shows", "Class", "Outcome", "State", "SHA-256", "Bytes"],
        rows: rows.collect(),
    };
    Section { id: "evidence", title, blocks: vec![Block::Table(table)] }
}

pub fn withheld(dossier: &Dossier) -> Section {
    let mut items: Vec<String> = dossier
        .reasons()
        .into_iter()
        .map(|((class, why), n)| format!("{}, {}: {why}", words::count(n, "ledger entry", "ledger entries"), class.as_str()))
        .collect();
    items.extend(
        dossier
            .left_behind()
            .into_iter()
            .map(|(why, n)| format!("{}: {why}", words::count(n, "captured file", "captured files"))),
    );
    let summary = format!(
        "{} of {} go along as they are; of the others their place and hash stay, so that the links can be checked.",
        dossier.included(),
        words::count(dossier.lines.len(), "ledger entry", "ledger entries")
    );
    let mut blocks = vec![Block::Text(summary)];
    if !items.is_empty() {
        blocks.push(Block::Items(items));
    }
    Section { id: "withheld", title: "What was withheld, and why".into(), blocks }
}

pub fn trust(dossier: &Dossier) -> Section {
    let trust = &dossier.readiness.trust;
    let mut items = vec![
        format!("Ledger: {}, chain intact", words::count(dossier.lines.len(), "entry", "entries")),
        format!("Head: {}", dossier.head.hash.to_hex()),
        format!("{} of {} captured files that the verdict rests on were read and match", trust.intact, trust.blobs),
    ];
    if !trust.receipts.is_empty() {
        let records = words::count(trust.receipts.len(), "locked record", "locked records");
        items.push(format!("{records} by receipt: the bytes are on the machine that holds them"));
    }
    if !trust.unverified.is_empty() {
        items.push(format!(
            "{} whose bytes are missing or differ; they count for nothing",
            words::count(trust.unverified.len(), "record", "records")
        ));
    }
    items.extend(trust.newer_failures.iter().map(|newer| format!("A newer run of {} failed and is not attached", newer.proof)));
    let check = "launchroom verify DOSSIER --against OLDER checks a zip dossier offline; in the unpacked folder sha256sum -c SHA256SUMS checks its files.";
    let blocks = vec![
        Block::Items(items),
        Block::Heading("How to check it".into()),
        Block::Text(check.into()),
        Block::Heading("What a dossier alone cannot show".into()),
        Block::Items(CANNOT_SEE.iter().map(|&text| text.to_owned()).collect()),
    ];
    Section { id: "trust", title: "Trust".into(), blocks }
}
