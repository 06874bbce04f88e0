//! Checks a dossier by itself: sums, hashes, links, evidence, and what an older one knew.

mod chain;
mod report;

pub use report::{json, lines};

use super::File;
use super::read::{Unreadable, are_own, has_place};
use crate::domain::ids::Digest;
use crate::present::words;
use chain::Chain;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What was found out.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    pub room: String,
    pub audience: String,
    pub as_of: String,
    /// Entries whose hash was taken again, and entries of which only the hash is there.
    pub rehashed: usize,
    pub withheld: usize,
    pub head: Digest,
    /// Files whose sum was compared.
    pub files: usize,
    /// Captured files whose digest was compared with the record that names it.
    pub evidence: usize,
    /// Captured files whose record is withheld: they are what `dossier.json` says, and no line says so.
    pub stated: usize,
    /// Entries that an older dossier knew, too.
    pub against: Option<Against>,
    /// Everything that is not as it should be. Empty: intact.
    pub findings: Vec<Finding>,
}

/// What an older dossier says about a newer one.
#[derive(Clone, Debug, Default)]
pub struct Against {
    pub length: usize,
    pub head: Digest,
    pub as_of: String,
    /// How many entries were written since.
    pub newer: usize,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `sums`, `chain`, `head`, `evidence`, `manifest`, `cut`, `replaced` or `other-room`.
    pub rule: &'static str,
    pub file: String,
    /// A line of `ledger.jsonl`, from 1.
    pub line: Option<usize>,
    pub what: String,
}

/// A dossier taken apart.
struct Parts<'f> {
    files: BTreeMap<&'f str, &'f [u8]>,
    told: Value,
    chain: Chain<'f>,
}

/// Checks these files, against those of an older dossier of the same room when there are any.
///
/// # Errors
/// When either is no dossier at all.
pub fn verify(files: &[File], older: Option<&[File]>) -> Result<Verified, Unreadable> {
    let mut out = Verified::default();
    let parts = take_apart(files)?;
    let text = |at: &str| parts.told.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    (out.room, out.audience, out.as_of) = (text("/room/id"), text("/audience"), text("/as_of"));
    out.findings.extend(parts.chain.findings.iter().cloned());
    (out.rehashed, out.withheld) = (parts.chain.rehashed(), parts.chain.entries.len() - parts.chain.rehashed());
    out.head = parts.chain.head;
    sums(&parts, &mut out);
    head(&parts, &mut out);
    evidence(&parts, &mut out);
    if let Some(older) = older {
        let before = take_apart(older).map_err(|why| why.of("the older one"))?;
        against(&before, &parts, &mut out);
    }
    Ok(out)
}

fn take_apart(files: &[File]) -> Result<Parts<'_>, Unreadable> {
    let by_name: BTreeMap<&str, &[u8]> = files.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
    // Where the other parts are there, the one that is not is damage.
    let no = |why: String| if are_own(by_name.keys().copied()) { Unreadable::Damaged(why) } else { Unreadable::Other(why) };
    let wanted = |name: &str| by_name.get(name).copied().ok_or_else(|| no(format!("it has no {name}")));
    let told: Value = serde_json::from_slice(wanted("dossier.json")?).map_err(|_| no("its dossier.json is no JSON".into()))?;
    if told["kind"] != "dossier" {
        return Err(no("its dossier.json is not that of a dossier".into()));
    }
    if told["schema"].as_u64().is_some_and(|schema| schema > 1) {
        return Err(Unreadable::Other("it was made by a newer version: its schema is not 1".into()));
    }
    if told["schema"] != 1 {
        return Err(no("its dossier.json does not say its schema".into()));
    }
    let chain = Chain::read(wanted("ledger.jsonl")?);
    Ok(Parts { files: by_name, told, chain })
}

fn finding(rule: &'static str, file: impl Into<String>, what: impl Into<String>) -> Finding {
    Finding { rule, file: file.into(), line: None, what: what.into() }
}

fn sums(parts: &Parts<'_>, out: &mut Verified) {
    const NAME: &str = "SHA256SUMS";
    let Some(text) = parts.files.get(NAME).and_then(|bytes| std::str::from_utf8(bytes).ok()) else {
        out.findings.push(finding("sums", NAME, "it is missing, so no file can be compared"));
        return;
    };
    let mut listed = BTreeSet::new();
    for (n, line) in text.lines().enumerate() {
        let parsed = line.split_once("  ").and_then(|(digest, name)| Some((Digest::from_hex(digest)?, name)));
        let Some((digest, name)) = parsed.filter(|(_, name)| has_place(name)) else {
            out.findings.push(finding("sums", NAME, format!("line {} is none of sha256sum's", n + 1)));
            continue;
        };
        match parts.files.get(name) {
            _ if !listed.insert(name) => out.findings.push(finding("sums", name, "it is listed twice")),
            Some(bytes) if Digest::of(bytes) == digest => out.files += 1,
            Some(_) => out.findings.push(finding("sums", name, "its bytes are not the ones that were packed")),
            None => out.findings.push(finding("sums", name, "it is listed and not there")),
        }
    }
    let extra = parts.files.keys().filter(|name| **name != NAME && !listed.contains(**name));
    out.findings.extend(extra.map(|name| finding("sums", *name, "it is there and not listed")));
}

fn head(parts: &Parts<'_>, out: &mut Verified) {
    let told = &parts.told["ledger"];
    let (length, chain) = (told["length"].as_u64(), &parts.chain);
    let entries = chain.entries.len() as u64;
    if length != Some(entries) {
        let stated = length.map_or("nothing".to_owned(), |length| length.to_string());
        let entries = words::count(entries, "entry", "entries");
        out.findings.push(finding("head", "ledger.jsonl", format!("it has {entries}, dossier.json states {stated}")));
    }
    if told["head"].as_str().and_then(Digest::from_hex) != Some(chain.head) {
        out.findings.push(finding("head", "ledger.jsonl", "it does not end in the head that dossier.json states"));
    }
    let whole = chain.rehashed() as u64;
    let counts = (told["included"].as_u64(), told["withheld"].as_u64());
    if counts != (Some(whole), Some(entries - whole)) {
        out.findings.push(finding("manifest", "dossier.json", "it counts other entries as included and withheld than there are"));
    }
    for (list, is_whole) in [("included", true), ("withheld", false)] {
        let named = parts.told["manifest"][list].as_array().map_or(&[][..], Vec::as_slice);
        let named: BTreeSet<u64> = named.iter().filter_map(|entry| entry["seq"].as_u64()).collect();
        let there: BTreeSet<u64> =
            chain.entries.iter().filter(|entry| entry.line.is_some() == is_whole).map(|entry| entry.seq).collect();
        if named != there {
            out.findings.push(finding(
                "manifest",
                "dossier.json",
                format!("its list of entries that are {list} is not what is there"),
            ));
        }
    }
}

fn evidence(parts: &Parts<'_>, out: &mut Verified) {
    let anchored = parts.chain.digests();
    let mut named: BTreeMap<String, Digest> = BTreeMap::new();
    for file in parts.told["evidence"].as_array().into_iter().flatten().filter_map(|record| record["files"].as_array()).flatten()
    {
        let digest = file["digest"].as_str().and_then(Digest::from_hex);
        if let (Some(path), Some(digest)) = (file["path"].as_str(), digest) {
            named.insert(path.to_owned(), digest);
        }
    }
    for (path, digest) in &named {
        match parts.files.get(path.as_str()) {
            None => out.findings.push(finding("evidence", path, "dossier.json names it and it is not there")),
            Some(bytes) if Digest::of(bytes) != *digest => {
                out.findings.push(finding("evidence", path, "its bytes are not the ones that were attached"));
            }
            Some(_) if anchored.contains(digest) => out.evidence += 1,
            Some(_) => out.stated += 1,
        }
    }
    let strays = parts.files.keys().filter(|name| name.starts_with("evidence/") && !named.contains_key(**name));
    out.findings.extend(strays.map(|name| finding("evidence", *name, "no record names it")));
}

/// An older dossier knew a head and a length: a ledger that only grew still has that entry at that place.
fn against(before: &Parts<'_>, now: &Parts<'_>, out: &mut Verified) {
    let (old, new) = (&before.chain, &now.chain);
    let as_of = before.told["as_of"].as_str().unwrap_or_default().to_owned();
    out.against = Some(Against {
        length: old.entries.len(),
        head: old.head,
        as_of,
        newer: new.entries.len().saturating_sub(old.entries.len()),
    });
    if before.told["room"]["id"] != now.told["room"]["id"] {
        out.findings.push(finding("other-room", "dossier.json", "the older dossier is of another room"));
        return;
    }
    let ended = |parts: &Parts<'_>| parts.told["ledger"]["head"].as_str().and_then(Digest::from_hex) == Some(parts.chain.head);
    if !old.findings.is_empty() || !ended(before) {
        out.findings.push(finding("older", "ledger.jsonl", "the older dossier is itself not intact"));
    }
    let first = old.entries.iter().zip(&new.entries).find(|(old, new)| old.hash != new.hash);
    if new.entries.len() < old.entries.len() {
        let (here, there) = (words::count(new.entries.len(), "entry", "entries"), old.entries.len());
        let cut = if first.is_some() {
            format!("it has {here}, the older dossier had {there}: its tail was cut off")
        } else {
            format!(
                "it has {here}, and the one it is held against goes on from them to {there}: its tail was cut off, \
                 or it is the older of the two (launchroom verify NEWER --against OLDER)"
            )
        };
        out.findings.push(finding("cut", "ledger.jsonl", cut));
    }
    if let Some((_, replaced)) = first {
        let what = "from this entry on it is not the ledger that the older dossier knew: an entry was replaced or the log was chained anew";
        out.findings.push(Finding { line: usize::try_from(replaced.seq).ok(), ..finding("replaced", "ledger.jsonl", what) });
    }
}
