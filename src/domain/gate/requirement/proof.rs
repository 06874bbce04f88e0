//! `proof`: the newest attached run passed, its bytes are there, and it is fresh. A pass is necessary, never sufficient.

use crate::domain::bundle::Tally;
use crate::domain::gate::case::Case;
use crate::domain::gate::finding::{Finding, listed, sooner};
use crate::domain::gate::fresh::{self, unverified};
use crate::domain::gate::guard;
use crate::domain::gate::status::RequirementStatus;
use crate::domain::ids::{CheckId, ProofId};
use crate::domain::ledger::replay::Record;
use crate::domain::ledger::{Attached, Check, CheckStatus, Outcome};
use crate::domain::plan::Proof;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// How many older passes are looked at for one that would count; what lies further back is no news to anybody.
const REMEMBERED: usize = 20;

pub fn find(case: &Case<'_>, id: &ProofId, excludable: bool) -> Finding {
    let Some(proof) = case.plan.proof(id.as_str()) else {
        return Finding::unmet(format!("the plan has no proof {id}"));
    };
    newest(case, proof, excludable, |_| true).unwrap_or_else(|| never(case, proof))
}

/// How the newest run stands that `wanted` picks.
///
/// A run that was taken back steps aside for an older one only if it would have counted itself: withdrawing a failure,
/// or a run whose bytes are gone, never brings an older pass back.
pub fn newest(case: &Case<'_>, proof: &Proof, excludable: bool, wanted: impl Fn(&Attached) -> bool) -> Option<Finding> {
    let mut taken_back = None;
    for record in case.history.runs_attached(proof.id.as_str()).filter(|record| wanted(record.attached)) {
        let found = judge(case, proof, &record, excludable);
        if record.withdrawn.is_none() {
            return Some(match taken_back {
                None => older_pass(case, proof, &record, excludable, found),
                Some(seq) => {
                    let reason = format!("run #{seq} was withdrawn and did not count; an older one does not come back");
                    Finding { ends: None, covered: Vec::new(), ..Finding::unmet(reason) }
                }
            });
        }
        if !found.is_met() {
            taken_back = taken_back.or(Some(record.seq));
        }
    }
    None
}

/// Says so when an older run would count and the newest does not: the newest counts. An exit status 0 alone is not
/// enough to say it: a hollow run passed nothing.
fn older_pass(case: &Case<'_>, proof: &Proof, record: &Record<'_>, excludable: bool, mut found: Finding) -> Finding {
    if found.status == RequirementStatus::Unmet {
        let older = case.history.runs_attached(proof.id.as_str()).skip_while(|r| r.seq >= record.seq);
        let passed = older.filter(|r| r.withdrawn.is_none() && r.attached.outcome == Outcome::Passed);
        let mut passed = passed.take(REMEMBERED);
        if let Some(pass) = passed.find(|r| result(case, proof, r, excludable).is_met()) {
            found.reason = format!("{}; #{} passed before, the newest counts", found.reason, pass.seq);
        }
    }
    found
}

/// How one attached run stands.
pub fn judge(case: &Case<'_>, proof: &Proof, record: &Record<'_>, excludable: bool) -> Finding {
    let attached = record.attached;
    if let Some(why) = unverified(case.ledger, attached) {
        return Finding::new(RequirementStatus::Unverified, format!("run #{}: {why}", record.seq)).evidence([record.seq]);
    }
    let mut found = result(case, proof, record, excludable).evidence([record.seq]);
    if !found.status.is_settled() {
        // What changed since comes first: another run is due anyway, and may end otherwise.
        if let Some(changed) = fresh::changed(case, proof, record) {
            found.reason = format!("{}; {}", changed.why, found.reason);
        }
        found.since = Some(record.at);
        return found;
    }
    if let Some(stale) = fresh::stale(case, proof, record) {
        let mut out = Finding::new(RequirementStatus::Stale, stale.why).evidence([record.seq]).since(stale.since);
        (out.aged, out.covered, out.narrowed) = (stale.aged, found.covered, found.narrowed);
        return out;
    }
    if let Some(until) = fresh::fresh_until(proof, record) {
        found.reason = format!("{}, fresh until {}", found.reason, case.moment(until));
        found.ends = sooner(found.ends, Some((until, format!("{} goes stale", proof.title))));
    }
    found
}

/// What the run came to: what it showed, unless it is no run of what the plan asks for.
fn result(case: &Case<'_>, proof: &Proof, record: &Record<'_>, excludable: bool) -> Finding {
    let found = shown(case, proof, record, excludable);
    match record.attached.run.as_ref().and_then(|run| guard::refused(case, proof, run, &record.attached.hosts)) {
        Some(why) if found.status.is_settled() => Finding::unmet(why),
        _ => found,
    }
}

/// What the run showed when it ended: exit status decides, and in a bundle each failing check by itself.
fn shown(case: &Case<'_>, proof: &Proof, record: &Record<'_>, excludable: bool) -> Finding {
    let attached = record.attached;
    let when = case.moment(attached.run.as_ref().map_or(record.at, |run| run.ended));
    let unmet = |what: &str| Finding::unmet(format!("{what} {when}"));
    match attached.outcome {
        Outcome::Passed | Outcome::Failed => {}
        Outcome::Signal => return unmet("killed by a signal"),
        Outcome::Timeout => return unmet("timed out"),
        Outcome::Stopped => return unmet("was stopped"),
        Outcome::Interrupted => return unmet("was interrupted"),
        Outcome::Reference => return Finding::unmet("a reference shows no run"),
    }
    let exit = attached.run.as_ref().and_then(|run| run.exit).map_or("no exit status".to_owned(), |exit| format!("exit {exit}"));
    let passed = attached.outcome == Outcome::Passed;
    let silent = attached.size == Some(0) && attached.outputs.is_empty();
    let by_exit = || match (passed, proof.bundle) {
        (true, _) if silent => Finding::met(format!("passed {when}, printed nothing")),
        (true, false) => Finding::met(format!("passed {when}")),
        (true, true) => Finding::met(format!("passed {when}, no checks in its output")),
        (false, _) => Finding::unmet(format!("failed {when}, {exit}")),
    };
    let found = attached.checks.as_ref().map_or_else(by_exit, |checks| {
        let tally = Tally::of(checks, |check| cover(case, proof, check, excludable).map(|(by, _)| by));
        // What was no bundle by the plan is none: its checks may speak against the run, never for it.
        if !proof.bundle && !passed && tally.failing.is_empty() {
            return by_exit();
        }
        bundle(case, proof, checks, excludable, tally, &Ended { passed, exit: &exit, when: &when })
    });
    match &attached.unread {
        Some(why) if found.failing.is_empty() => {
            let kept = if attached.checks.is_none() { "kept whole, " } else { "" };
            let failed = if passed { String::new() } else { format!("failed {when}, {exit}; ") };
            let reason = format!("{failed}{kept}its checks could not be read: {why}");
            Finding { covered: found.covered, ..Finding::unmet(reason) }
        }
        Some(why) => Finding { reason: format!("{}; not all of its checks could be read: {why}", found.reason), ..found },
        None => found,
    }
}

/// How a run ended, in words.
struct Ended<'a> {
    passed: bool,
    exit: &'a str,
    when: &'a str,
}

/// What covers a check. Only a bundle by the plan has checks that may be forgiven.
fn cover(case: &Case<'_>, proof: &Proof, check: &CheckId, excludable: bool) -> Option<(String, Option<Timestamp>)> {
    case.cover(proof.id.as_str(), check, excludable).filter(|_| proof.bundle)
}

/// A run by its checks: each failing one is covered, or it is not.
fn bundle(case: &Case<'_>, proof: &Proof, checks: &[Check], excludable: bool, tally: Tally, ended: &Ended<'_>) -> Finding {
    let Ended { passed, exit, when } = *ended;
    let mut found = if tally.is_hollow() {
        let skipped = match tally.skipped {
            0 => String::new(),
            1 => ", 1 check skipped".to_owned(),
            several => format!(", {several} checks skipped"),
        };
        Finding::unmet(format!("hollow: it tested nothing{skipped}, {when}"))
    } else if !tally.failing.is_empty() {
        let failed = tally.failing.len() + tally.covered.len();
        let names = listed(&tally.failing.iter().map(ToString::to_string).collect::<Vec<_>>(), 2);
        let despite = if passed { "exit 0, yet " } else { "" };
        if tally.covered.is_empty() {
            Finding::unmet(format!("{despite}{failed} fail: {names}"))
        } else {
            Finding::unmet(format!(
                "{despite}{failed} fail: {} covered, {} not: {names}",
                tally.covered.len(),
                tally.failing.len()
            ))
        }
    } else if !tally.covered.is_empty() {
        let by: BTreeSet<&str> = tally.covered.iter().map(|(_, by)| by.as_str()).collect();
        let by = listed(&by.into_iter().collect::<Vec<_>>(), 3);
        Finding::new(RequirementStatus::Excluded, format!("{} fail, all covered by {by}", tally.covered.len()))
    } else if passed {
        Finding::met(format!("{} {when}", tally.words()))
    } else {
        Finding::unmet(format!("{exit}, though no check failed, {when}"))
    };
    if found.status == RequirementStatus::Excluded {
        let failing = checks.iter().filter(|check| check.status == CheckStatus::Failed);
        let covers = failing.filter_map(|check| cover(case, proof, &check.id, excludable));
        found.ends = covers
            .filter_map(|(by, at)| at.map(|at| (at, format!("exclusion {by} ends"))))
            .fold(None, |ends, end| sooner(ends, Some(end)));
        found.narrowed = tally.covered.iter().map(|(check, by)| format!("{check} by {by}")).collect();
    }
    (found.covered, found.failing) = (tally.covered, tally.failing);
    found
}

/// Why nothing counts: no run is attached.
fn never(case: &Case<'_>, proof: &Proof) -> Finding {
    let withdrawn = case.history.runs_attached(proof.id.as_str()).next();
    let ran = case.history.runs(proof.id.as_str()).last();
    let standing = case.history.records().iter().rev().filter(|record| record.withdrawn.is_none());
    let mut files = standing.filter(|record| record.attached.run.is_none() && record.attached.proof.as_ref() == Some(&proof.id));
    if let Some(record) = files.next() {
        let failing = record.attached.checks.iter().flatten().filter(|check| check.status == CheckStatus::Failed);
        let failing: Vec<&str> = failing.map(|check| check.id.as_str()).collect();
        let fails = if failing.is_empty() { String::new() } else { format!("; {} fail: {}", failing.len(), listed(&failing, 2)) };
        let reason = format!("#{} is a file without a run, so it has no exit status{fails}", record.seq);
        return Finding::unmet(reason).missing([proof.id.to_string()]).since(Some(record.at));
    }
    let reason = match (withdrawn, ran) {
        (Some(record), _) => format!("run #{} was withdrawn, no other is attached", record.seq),
        (None, Some(ran)) if ran.outcome == Outcome::Passed => format!("a run passed {}, not attached", case.moment(ran.at)),
        (None, Some(ran)) => format!("no run attached; the last one {} {}", verb(ran.outcome), case.moment(ran.at)),
        (None, None) => "no run attached".to_owned(),
    };
    Finding::unmet(reason).missing([proof.id.to_string()]).since(withdrawn.map(|record| record.at))
}

fn verb(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Signal => "was killed",
        Outcome::Timeout => "timed out",
        Outcome::Stopped => "was stopped",
        Outcome::Interrupted => "was interrupted",
        Outcome::Reference => "is a reference",
    }
}
