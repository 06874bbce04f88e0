//! What happened in the room: append-only, hash-chained.

pub mod canon;
pub mod chain;
pub mod entry;
pub mod replay;

pub use entry::{
    Ask, Attached, Body, Check, CheckStatus, Decision, DecisionOutcome, Entry, Exclusion, Inputs, Outcome, OutputFile, Revoked,
    RoomChanged, Run, RunFinished, ValueChange, Withdrawn,
};

use super::ids::Digest;
use std::{collections::BTreeMap, sync::Arc};

/// The entries that are known to be whole, and what is known about the rest.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// In order of `seq`, chain intact. Shared, because a room of 100,000 entries is handed around.
    pub entries: Arc<Vec<Entry>>,
    /// The first thing wrong with the file, when something is.
    pub damage: Option<Damage>,
    /// What is known of captured bytes. A digest that is not in here was not looked at.
    pub blobs: BTreeMap<Digest, BlobState>,
    /// This machine's holder id, to tell "not here" from "missing".
    pub holder: Option<String>,
}

impl Ledger {
    /// The hash of the last entry, or [`Digest::ZERO`].
    #[must_use]
    pub fn head(&self) -> Digest {
        self.entries.last().map_or(Digest::ZERO, |entry| entry.hash)
    }
}

/// What the store found where captured bytes should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlobState {
    /// Read and hashed: the bytes are the ones that were attached.
    Intact,
    Differs,
    Missing,
}

/// What is wrong with a ledger file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The first bad line, from 1.
    pub line: u64,
    pub kind: DamageKind,
    pub what: String,
}

/// A crash leaves a torn tail; anything else was done to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DamageKind {
    /// The last line is not whole. Everything before it stands; writing may go on after it is set aside.
    TornTail,
    /// A line in the middle is not what was written. Entries from there on do not count, and nothing is written.
    Broken,
}
