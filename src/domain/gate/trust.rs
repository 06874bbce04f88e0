//! Which bytes a verdict rests on, and what it did not see of them.

use super::case::Case;
use super::fresh::{self, is_elsewhere, unverified, wrong_bytes};
use super::status::{GateState, NewerFailure, Trust, Unverified};
use crate::domain::ids::Digest;
use crate::domain::ledger::replay::{History, Record};
use crate::domain::ledger::{Attached, BlobState, Ledger, Outcome};
use crate::domain::plan::{Plan, Proof};
use std::collections::BTreeSet;

/// The captured bytes a verdict rests on, to be looked at before judging: of each proof the newest run, of everything
/// else each record that counts. Bytes that are legitimately on another machine are among them.
#[must_use]
pub fn wanted_blobs(plan: &Plan, ledger: &Ledger) -> Vec<Digest> {
    let history = History::of(ledger);
    let mut wanted = BTreeSet::new();
    for record in resting(plan, &history) {
        wanted.extend(record.attached.digests());
    }
    wanted.into_iter().collect()
}

/// Why a record does not count by itself: taken back, or its bytes are not what was attached.
#[must_use]
pub fn withdrawn_or_bytes(ledger: &Ledger, attached: &Attached, withdrawn: bool) -> Option<&'static str> {
    if withdrawn { Some("withdrawn") } else { unverified(ledger, attached) }
}

/// The newest runs that stand of one proof, each with the later ones that were taken back: the newest of all, and the
/// newest that passed.
pub(super) fn newest_runs<'a>(history: &History<'a>, proof: &Proof) -> Vec<Record<'a>> {
    let mut out = Vec::new();
    let mut any = false;
    for record in history.runs_attached(proof.id.as_str()) {
        let stands = record.withdrawn.is_none();
        if !any || record.attached.outcome == Outcome::Passed {
            out.push(record);
        }
        any |= stands;
        if stands && record.attached.outcome == Outcome::Passed {
            break;
        }
    }
    out
}

/// The records a verdict rests on.
fn resting<'a>(plan: &Plan, history: &History<'a>) -> Vec<Record<'a>> {
    let mut out: Vec<Record<'a>> = plan.proofs.iter().flat_map(|proof| newest_runs(history, proof)).collect();
    let serving = |record: &&Record<'a>| record.withdrawn.is_none() && record.attached.serves.is_some();
    out.extend(history.records().iter().filter(serving).copied());
    out.sort_by_key(|record| record.seq);
    out.dedup_by_key(|record| record.seq);
    out
}

/// How far the verdict can be trusted.
pub(super) fn trust(case: &Case<'_>, gates: &[GateState]) -> Trust {
    let records: Vec<_> = resting(case.plan, &case.history).into_iter().filter(|record| record.withdrawn.is_none()).collect();
    let seen = |digest: &Digest| case.ledger.blobs.get(digest).copied();
    let not_here = |record: &&Record<'_>| {
        is_elsewhere(case.ledger, record.attached)
            && record.attached.digests().any(|digest| seen(&digest) != Some(BlobState::Intact))
    };
    let here: BTreeSet<Digest> =
        records.iter().filter(|record| !not_here(record)).flat_map(|record| record.attached.digests()).collect();
    let newer = case.plan.proofs.iter().filter_map(|proof| {
        let last = case.history.runs_attached(proof.id.as_str()).find(|record| record.withdrawn.is_none())?;
        let (at, outcome) = fresh::newer_failure(case, proof, &last)?;
        Some(NewerFailure { proof: proof.id.clone(), at, outcome })
    });
    Trust {
        entries: case.ledger.entries.len(),
        head: case.ledger.head(),
        damage: case.ledger.damage.clone(),
        blobs: here.len(),
        intact: here.iter().filter(|digest| seen(digest) == Some(BlobState::Intact)).count(),
        unverified: records.iter().filter_map(|record| wrong(case, gates, record)).collect(),
        receipts: records.iter().filter(not_here).map(|record| record.seq).collect(),
        newer_failures: newer.collect(),
    }
}

/// What is wrong with a record's bytes, and what does not count because of it.
fn wrong(case: &Case<'_>, gates: &[GateState], record: &Record<'_>) -> Option<Unverified> {
    let (digest, what) = wrong_bytes(case.ledger, record.attached)?;
    let all = gates.iter().flat_map(|gate| &gate.requirements);
    let rests = all.filter(|state| state.evidence.contains(&record.seq)).map(|state| state.id.to_string());
    let mut holds: Vec<String> = rests.collect();
    if holds.is_empty() {
        holds.extend(record.attached.serves.clone().or_else(|| record.attached.proof.as_ref().map(ToString::to_string)));
    }
    Some(Unverified { seq: record.seq, digest, what, holds })
}
