//! The ledger of a dossier: whole lines are hashed again, withheld ones are links.

use super::Finding;
use crate::domain::ids::Digest;
use crate::domain::ledger::{Body, canon, chain};
use crate::domain::plan::Class;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Every entry up to the first that does not fit.
pub struct Chain<'f> {
    pub entries: Vec<Link<'f>>,
    pub head: Digest,
    pub findings: Vec<Finding>,
}

/// One entry.
pub struct Link<'f> {
    pub seq: u64,
    pub hash: Digest,
    /// Hashed again. `None`: withheld.
    pub line: Option<&'f [u8]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Withheld {
    seq: u64,
    #[serde(rename = "class")]
    _class: Class,
    hash: Digest,
    prev: Digest,
    #[serde(rename = "withheld")]
    is_so: bool,
}

impl<'f> Chain<'f> {
    pub fn read(bytes: &'f [u8]) -> Self {
        let mut out = Self { entries: Vec::new(), head: Digest::ZERO, findings: Vec::new() };
        let whole = bytes.strip_suffix(b"\n");
        let lines = whole.or(if bytes.is_empty() { None } else { Some(bytes) });
        for (n, line) in lines.into_iter().flat_map(|lines| lines.split(|byte| *byte == b'\n')).enumerate() {
            if let Err(what) = out.take(line) {
                out.wrong(n + 1, what);
                return out;
            }
        }
        if whole.is_none() && !bytes.is_empty() {
            out.wrong(out.entries.len(), "its last line has no end".to_owned());
        }
        out
    }

    fn take(&mut self, line: &'f [u8]) -> Result<(), String> {
        let (seq, prev, hash, kept) = if let Some(link) = withheld(line) {
            (link.seq, link.prev, link.hash, None)
        } else {
            let read = chain::read(line).map_err(|fault| fault.to_string())?;
            (read.seq, read.prev, read.hash, Some(line))
        };
        let expected = self.entries.len() as u64 + 1;
        if seq != expected {
            return Err(format!("it is entry {seq} where {expected} should be"));
        }
        if prev != self.head {
            return Err("it does not follow the entry before it".to_owned());
        }
        self.head = hash;
        self.entries.push(Link { seq, hash, line: kept });
        Ok(())
    }

    fn wrong(&mut self, line: usize, what: String) {
        self.findings.push(Finding { rule: "chain", file: "ledger.jsonl".into(), line: Some(line), what });
    }

    /// How many entries were hashed again.
    pub fn rehashed(&self) -> usize {
        self.entries.iter().filter(|entry| entry.line.is_some()).count()
    }

    /// The digests of captured bytes that whole entries name.
    pub fn digests(&self) -> BTreeSet<Digest> {
        let mut out = BTreeSet::new();
        for line in self.entries.iter().filter_map(|entry| entry.line) {
            let Ok(read) = chain::read(line) else { continue };
            if let Ok(Body::Attached(attached)) = Body::from_json(&read.kind, read.body) {
                out.extend(attached.digests());
            }
        }
        out
    }
}

/// A withheld entry: exactly those members, in canonical form.
fn withheld(line: &[u8]) -> Option<Withheld> {
    let link: Withheld = serde_json::from_slice(line).ok()?;
    (link.is_so && canon::check(line).is_ok()).then_some(link)
}
