//! Whether a piece of evidence still counts: its bytes, what it rests on, its age, and whether a newer run failed.

use super::case::Case;
use super::inputs;
use crate::domain::ids::Digest;
use crate::domain::ledger::replay::{Ran, Record};
use crate::domain::ledger::{Attached, BlobState, Ledger, Outcome};
use crate::domain::plan::{Class, Proof};
use jiff::Timestamp;

/// Why a record does not count any more.
pub struct Stale {
    pub why: String,
    pub since: Option<Timestamp>,
    /// Nothing changed, it only got old.
    pub aged: bool,
}

/// What is wrong with a record's bytes: `bytes differ` or `bytes missing`.
///
/// A locked record counts by its receipt on a machine that does not hold it: its bytes are not here, which is not missing.
pub fn unverified(ledger: &Ledger, attached: &Attached) -> Option<&'static str> {
    wrong_bytes(ledger, attached).map(|(_, what)| what)
}

/// The same, with which bytes.
pub fn wrong_bytes(ledger: &Ledger, attached: &Attached) -> Option<(Digest, &'static str)> {
    let of = |wrong| attached.digests().find(|digest| ledger.blobs.get(digest) == Some(&wrong));
    let missing = || of(BlobState::Missing).filter(|_| !is_elsewhere(ledger, attached)).map(|digest| (digest, "bytes missing"));
    of(BlobState::Differs).map(|digest| (digest, "bytes differ")).or_else(missing)
}

/// A locked record of another machine.
pub fn is_elsewhere(ledger: &Ledger, attached: &Attached) -> bool {
    attached.class == Class::Locked && attached.holder.is_some() && attached.holder != ledger.holder
}

/// When a run gets too old. Its age counts from its end, or from its record where that claims to be earlier.
pub fn fresh_until(proof: &Proof, record: &Record<'_>) -> Option<Timestamp> {
    let ended = record.attached.run.as_ref().map_or(record.at, |run| run.ended.min(record.at));
    Some(ended.checked_add(proof.max_age?).unwrap_or(Timestamp::MAX))
}

/// Why an attached run is stale, when it is: what it rests on changed, a newer run failed, or it is too old.
pub fn stale(case: &Case<'_>, proof: &Proof, record: &Record<'_>) -> Option<Stale> {
    let failed = newer_failure(case, proof, record).map(|(at, outcome)| {
        let what = match outcome {
            Outcome::Timeout => "timed out",
            Outcome::Signal => "was killed",
            Outcome::Passed => "exited 0 with failing checks",
            _ => "failed",
        };
        Stale { why: format!("a newer run {what} {}", case.moment(at)), since: Some(at), aged: false }
    });
    match (changed(case, proof, record), failed) {
        (Some(changed), Some(failed)) => return Some(Stale { why: format!("{}; {}", changed.why, failed.why), ..changed }),
        (Some(why), None) | (None, Some(why)) => return Some(why),
        (None, None) => {}
    }
    let until = fresh_until(proof, record).filter(|until| case.now >= *until)?;
    let age = proof.max_age.map(in_words).unwrap_or_default();
    Some(Stale { why: format!("older than {age} since {}", case.moment(until)), since: Some(until), aged: true })
}

/// What this record rests on that is not what it was.
pub fn changed(case: &Case<'_>, proof: &Proof, record: &Record<'_>) -> Option<Stale> {
    let changes = inputs::changes(case, &record.attached.inputs, proof);
    let (first, since) = changes.first()?;
    let more = if changes.len() > 1 { format!(", and {} more", changes.len() - 1) } else { String::new() };
    Some(Stale { why: format!("{first}{more}"), since: *since, aged: false })
}

/// A run of the same command against the same host that ended badly after this one. A run that a person stopped, or that
/// was interrupted, shows nothing and takes nothing away.
pub fn newer_failure(case: &Case<'_>, proof: &Proof, record: &Record<'_>) -> Option<(Timestamp, Outcome)> {
    let run = record.attached.run.as_ref()?;
    let later = case.history.runs(proof.id.as_str()).iter().rev().take_while(|ran| ran.seq > record.ran);
    // An exit status of 0 does not make a failing check pass.
    let fails = |ran: &Ran<'_>| {
        ran.outcome == Outcome::Passed && ran.failing.iter().any(|check| case.cover(proof.id.as_str(), check, true).is_none())
    };
    let mut failed = later.filter(|ran| {
        (matches!(ran.outcome, Outcome::Failed | Outcome::Signal | Outcome::Timeout) || fails(ran))
            && ran.run.id != run.id
            && ran.run.command == run.command
            && ran.run.host == run.host
    });
    failed.next().map(|ran| (ran.at, ran.outcome))
}

/// `7 days`, `36 hours`, `90 minutes`.
fn in_words(age: jiff::SignedDuration) -> String {
    let minutes = age.as_mins();
    let (count, unit) = match minutes {
        m if m % (24 * 60) == 0 => (m / (24 * 60), "day"),
        m if m % 60 == 0 => (m / 60, "hour"),
        m => (m, "minute"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
