//! Lists the records of a room and says which of them count, and why not.

pub mod json;

use super::open::Opened;
use super::ports::RoomStore;
use crate::domain::gate;
use crate::domain::ids::{Digest, ProofId};
use crate::domain::ledger::{Attached, BlobState, Body, Entry, Inputs};
use crate::domain::plan::Class;
use std::collections::{BTreeMap, BTreeSet};

/// One record and how it stands.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    pub entry: &'a Entry,
    pub attached: &'a Attached,
    pub standing: Standing,
    /// Why it stands so, in words.
    pub reason: String,
}

/// Whether a record counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Verified,
    /// The bytes are missing or differ.
    Unverified,
    /// Too old, or something it rests on changed.
    Stale,
    Withdrawn,
    /// A reference: somebody states it, no bytes show it.
    Stated,
}

impl Standing {
    /// The word of `--json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Unverified => "unverified",
            Self::Stale => "stale",
            Self::Withdrawn => "withdrawn",
            Self::Stated => "stated",
        }
    }
}

/// Every record, oldest first. Reads and hashes all captured bytes.
#[must_use]
pub fn records<'a>(store: &dyn RoomStore, opened: &'a Opened) -> Vec<Record<'a>> {
    let ledger = &opened.snapshot.ledger;
    let mut wanted = BTreeSet::new();
    let mut withdrawn = BTreeMap::new();
    for entry in ledger.entries.iter() {
        match &entry.body {
            Body::Attached(attached) => wanted.extend(attached.digests()),
            Body::Withdrawn(taken) => drop(withdrawn.insert(taken.evidence, taken.why.as_str())),
            _ => {}
        }
    }
    let blobs = store.check(&wanted.into_iter().collect::<Vec<_>>());
    let today = Today { opened, blobs, inputs: inputs(opened) };
    let attached = ledger.entries.iter().filter_map(|entry| match &entry.body {
        Body::Attached(attached) => Some((entry, &**attached)),
        _ => None,
    });
    attached
        .map(|(entry, attached)| {
            let (standing, reason) = match withdrawn.get(&entry.seq) {
                Some(why) => (Standing::Withdrawn, format!("withdrawn: {why}")),
                None => today.standing(entry, attached),
            };
            Record { entry, attached, standing, reason }
        })
        .collect()
}

/// Whether a record's bytes lie on another machine, so that its receipt counts here.
#[must_use]
pub fn is_elsewhere(attached: &Attached, holder: Option<&String>) -> bool {
    attached.class == Class::Locked && attached.holder.is_some() && attached.holder.as_ref() != holder
}

/// What every record is held against, found out once.
struct Today<'a> {
    opened: &'a Opened,
    blobs: BTreeMap<Digest, BlobState>,
    /// What each proof rests on as it is now.
    inputs: BTreeMap<ProofId, Inputs>,
}

fn inputs(opened: &Opened) -> BTreeMap<ProofId, Inputs> {
    let snapshot = &opened.snapshot;
    let of = |proof| gate::inputs_of(&snapshot.plan, &snapshot.room, &snapshot.ledger, proof);
    snapshot.plan.proofs.iter().map(|proof| (proof.id.clone(), of(proof))).collect()
}

impl Today<'_> {
    fn standing(&self, entry: &Entry, attached: &Attached) -> (Standing, String) {
        if attached.is_stated() {
            return (Standing::Stated, "stated, not shown".to_owned());
        }
        let elsewhere = is_elsewhere(attached, self.opened.snapshot.ledger.holder.as_ref());
        for digest in attached.digests() {
            match self.blobs.get(&digest) {
                Some(BlobState::Differs) => return (Standing::Unverified, "bytes differ".to_owned()),
                Some(BlobState::Missing) | None if !elsewhere => return (Standing::Unverified, "bytes missing".to_owned()),
                _ => {}
            }
        }
        if let Some(stale) = self.stale(entry, attached) {
            return (Standing::Stale, stale);
        }
        if attached.proof.is_some() && attached.run.is_none() {
            return (Standing::Verified, "a file without a run has no exit status, so it meets no proof".to_owned());
        }
        let reason =
            if elsewhere { "not here: bytes on another machine, the receipt counts" } else { "bytes are what was attached" };
        (Standing::Verified, reason.to_owned())
    }

    /// Why a run's record is stale: the verdict's own reason for the newest run, what it rests on for an older one.
    fn stale(&self, entry: &Entry, attached: &Attached) -> Option<String> {
        let id = attached.proof.as_ref()?;
        let last = self.opened.readiness.proofs.iter().find(|state| state.id == *id).and_then(|state| state.last.as_ref());
        if let Some(last) = last.filter(|last| last.seq == entry.seq) {
            return (!last.fresh).then(|| last.reason.clone());
        }
        let changed = self.inputs.get(id)?.0.iter().find(|(input, value)| attached.inputs.0.get(*input) != Some(*value));
        changed.map(|(input, _)| format!("{} changed after this run", input.split_once(':').map_or(input.as_str(), |(_, id)| id)))
    }
}
