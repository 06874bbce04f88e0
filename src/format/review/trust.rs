//! What the ledger and the captured bytes say about themselves: how far a report can be trusted.

use crate::domain::ids::{Digest, ProofId};
use crate::domain::ledger::{BlobState, Body, Damage, Ledger, Outcome, Run};
use crate::domain::plan::{Class, Plan};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    pub entries: usize,
    pub head: Digest,
    pub damage: Option<Damage>,
    /// Captured bytes that were read and hashed, and how many of them are what was attached.
    pub looked_at: usize,
    pub intact: usize,
    /// The others: the entry, its bytes' digest, what is wrong.
    pub bad: Vec<(u64, Digest, BlobState)>,
    /// Locked records that count by their receipt, their bytes lying on another machine.
    pub receipts: usize,
    /// Runs that failed after the newest attached run of the same proof.
    pub failed: Vec<FailedRun>,
}

/// A run that did not pass and that nobody attached.
#[derive(Clone, Debug, PartialEq)]
pub struct FailedRun {
    pub seq: u64,
    pub proof: ProofId,
    pub outcome: Outcome,
    pub run: Run,
    pub at: Timestamp,
}

impl Trust {
    /// Gathers the facts in one pass over the entries.
    #[must_use]
    pub fn of(plan: &Plan, ledger: &Ledger) -> Self {
        let withdrawn: BTreeSet<u64> = ledger
            .entries
            .iter()
            .filter_map(|entry| if let Body::Withdrawn(withdrawn) = &entry.body { Some(withdrawn.evidence) } else { None })
            .collect();
        let mut bad = Vec::new();
        let mut receipts = 0;
        let mut failed: BTreeMap<&ProofId, FailedRun> = BTreeMap::new();
        for entry in ledger.entries.iter() {
            match &entry.body {
                Body::Attached(attached) => {
                    if let Some(proof) = &attached.proof {
                        failed.remove(proof);
                    }
                    if withdrawn.contains(&entry.seq) {
                        continue;
                    }
                    let elsewhere = attached.class == Class::Locked && attached.holder != ledger.holder;
                    receipts += usize::from(elsewhere && attached.digest.is_some());
                    if let Some(digest) = attached.digest.filter(|_| !elsewhere)
                        && let Some(state) = ledger.blobs.get(&digest).filter(|state| **state != BlobState::Intact)
                    {
                        bad.push((entry.seq, digest, *state));
                    }
                }
                Body::RunFinished(ended) if ended.outcome == Outcome::Passed => drop(failed.remove(&ended.proof)),
                Body::RunFinished(ended) if plan.proof(ended.proof.as_str()).is_some() => {
                    let run = ended.run.clone();
                    let told =
                        FailedRun { seq: entry.seq, proof: ended.proof.clone(), outcome: ended.outcome, run, at: entry.at };
                    failed.insert(&ended.proof, told);
                }
                _ => {}
            }
        }
        let intact = ledger.blobs.values().filter(|state| **state == BlobState::Intact).count();
        Self {
            entries: ledger.entries.len(),
            head: ledger.head(),
            damage: ledger.damage.clone(),
            looked_at: ledger.blobs.len(),
            intact,
            bad,
            receipts,
            failed: failed.into_values().collect(),
        }
    }

    /// Nothing that was stored differs from what was written.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.damage.is_none() && self.bad.is_empty()
    }
}
