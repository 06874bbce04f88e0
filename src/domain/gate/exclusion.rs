//! How each exclusion stands, what it narrows, and what about it somebody should look at.
//!
//! An exclusion narrows: it takes a line out of a gate and wording out of use, and with that caps what may be reached. It
//! never opens what the plan keeps closed, so one that the plan does not allow (any more) counts for nothing and is said.

use super::case::Case;
use super::status::{ExclusionStanding, ExclusionState, Remark};
use crate::domain::calendar;
use crate::domain::change::Refused;
use crate::domain::ids::{CheckId, GateId, RequirementId};
use crate::domain::ledger::replay::{History, Signed};
use crate::domain::ledger::{CheckStatus, Exclusion, Ledger};
use crate::domain::person;
use crate::domain::plan::{Plan, Requirement};
use crate::domain::room::Room;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// An end within so many days is soon.
const SOON: i64 = 7;

/// Every exclusion ever signed, revoked ones too, in the order they were signed.
#[must_use]
pub fn exclusions(plan: &Plan, room: &Room, ledger: &Ledger, now: Timestamp) -> Vec<ExclusionState> {
    let assumed = BTreeSet::new();
    let case = Case::new(plan, room, ledger, now, &assumed);
    case.history.exclusions().iter().map(|signed| state(&case, signed)).collect()
}

/// Those that were not revoked.
pub(super) fn standing(case: &Case<'_>) -> Vec<ExclusionState> {
    let signed = case.history.exclusions().iter().filter(|signed| signed.revoked.is_none());
    signed.map(|signed| state(case, signed)).collect()
}

/// The requirements that an exclusion takes something out of: the one it names, or those that rest on the check it names.
#[must_use]
pub fn narrowed<'a>(plan: &'a Plan, covers: &str) -> Vec<&'a RequirementId> {
    resting(plan, covers).into_iter().map(|requirement| &requirement.id).collect()
}

/// Whether the plan lets this be excluded: a requirement, or one check of a bundle that such a requirement rests on.
///
/// # Errors
/// The rule that forbids it.
pub fn excludable(plan: &Plan, covers: &str) -> Result<(), Refused> {
    if let Some((id, check)) = covers.split_once(':')
        && (check.trim().is_empty() || plan.proof(id).is_none_or(|proof| !proof.bundle))
    {
        let bundles: Vec<&str> = plan.proofs.iter().filter(|proof| proof.bundle).map(|proof| proof.id.as_str()).collect();
        let why = format!("`{covers}` names no check of a bundle. Write PROOF:CHECK; bundles are: {}.", bundles.join(", "));
        return Err(Refused::new("unknown.check", why));
    }
    let resting = resting(plan, covers);
    if resting.is_empty() && !covers.contains(':') {
        let known: Vec<&str> = plan.requirements().filter(|r| may(plan, r).is_ok()).map(|r| r.id.as_str()).collect();
        let why = format!("The plan has no requirement `{covers}`. These may be excluded: {}.", known.join(", "));
        return Err(Refused::new("unknown.requirement", why));
    }
    let mut refusal = None;
    for requirement in resting {
        match may(plan, requirement) {
            Ok(()) => return Ok(()),
            Err(refused) => refusal = refusal.or(Some(refused)),
        }
    }
    Err(refusal.unwrap_or_else(|| {
        Refused::new("exclusion.not-excludable", format!("No requirement rests on `{covers}`, so there is nothing to exclude."))
    }))
}

/// The failing checks that nothing covers, of the bundles that a requirement rests on, as an exclusion would name them.
#[must_use]
pub fn uncovered(plan: &Plan, room: &Room, ledger: &Ledger, now: Timestamp, requirement: &Requirement) -> Vec<String> {
    let assumed = BTreeSet::new();
    let case = Case::new(plan, room, ledger, now, &assumed);
    let bundles = plan.proofs.iter().filter(|proof| proof.bundle && requirement.need.asks_for(&proof.id));
    let failing = bundles.flat_map(|proof| {
        let newest = case.history.runs_attached(proof.id.as_str()).find(|record| record.withdrawn.is_none());
        let checks = newest.into_iter().flat_map(|record| record.attached.checks.iter().flatten());
        let failed = checks.filter(|check| check.status == CheckStatus::Failed).map(|check| &check.id);
        let open = failed.filter(|check| case.cover(proof.id.as_str(), check, requirement.excludable).is_none());
        open.map(|check| format!("{}:{check}", proof.id)).collect::<Vec<_>>()
    });
    failing.filter(|covers| excludable(plan, covers).is_ok()).collect()
}

/// Whether any run of the bundle told of the check that this names; `None` while none told of any, or where it names no check.
pub(super) fn told(history: &History<'_>, covers: &str) -> Option<bool> {
    let (proof, check) = covers.split_once(':')?;
    let mut checks = history.checks(proof).peekable();
    checks.peek()?;
    Some(checks.any(|known| known == check))
}

/// Whether the bundle may have the check that this names, as far as its runs told.
///
/// # Errors
/// When they told of others only.
pub fn existing(ledger: &Ledger, covers: &str) -> Result<(), Refused> {
    let history = History::of(ledger);
    let (Some(false), Some((proof, check))) = (told(&history, covers), covers.split_once(':')) else { return Ok(()) };
    let known: BTreeSet<&str> = history.checks(proof).map(CheckId::as_str).collect();
    let known: Vec<&str> = known.into_iter().collect();
    let why = format!(
        "No run of {proof} has a check `{check}`. It has: {}. Name one of these, or attach a run that has yours first.",
        known.join(", ")
    );
    Err(Refused::new("unknown.check", why))
}

fn resting<'a>(plan: &'a Plan, covers: &str) -> Vec<&'a Requirement> {
    match covers.split_once(':') {
        None => plan.requirement(covers).into_iter().collect(),
        Some((proof, _)) => plan.requirements().filter(|requirement| requirement.need.asks_for(&proof.into())).collect(),
    }
}

fn may(plan: &Plan, requirement: &Requirement) -> Result<(), Refused> {
    let id = &requirement.id;
    let gate = plan.gates.iter().find(|gate| gate.requires.iter().any(|r| r.id == *id));
    if let Some(gate) = gate.filter(|gate| gate.blocked_by_policy) {
        let why = format!("{} is blocked by policy: only its own proofs open it, and no exclusion does.", gate.title);
        return Err(Refused::new("exclusion.blocked-by-policy", why));
    }
    if requirement.excludable {
        return Ok(());
    }
    let why = format!("{id} cannot be excluded: the plan marks it not excludable. {}", requirement.remedy);
    Err(Refused::new("exclusion.not-excludable", why))
}

fn state(case: &Case<'_>, signed: &Signed<'_>) -> ExclusionState {
    let exclusion = signed.exclusion;
    let standing = case.standing(signed);
    ExclusionState {
        seq: signed.seq,
        id: exclusion.id.clone(),
        covers: exclusion.covers.clone(),
        wording: exclusion.wording.clone(),
        signed_by: exclusion.signed_by.clone(),
        approved_by: exclusion.approved_by.clone(),
        by: signed.by.to_owned(),
        reference: exclusion.reference.clone(),
        from: exclusion.from,
        starts: case.start_of(signed),
        until: exclusion.until,
        ends: case.end_of(signed),
        standing,
        live: standing == ExclusionStanding::InForce,
        caps: cap(case.plan).cloned(),
        remarks: remarks(case, signed, standing),
    }
}

/// The highest stage that can be reached while anything is left out: the one before the first that policy blocks.
fn cap(plan: &Plan) -> Option<&GateId> {
    let blocked = plan.gates.iter().position(|gate| gate.blocked_by_policy)?;
    plan.gates.get(blocked.checked_sub(1)?).map(|gate| &gate.id)
}

fn remarks(case: &Case<'_>, signed: &Signed<'_>, standing: ExclusionStanding) -> Vec<Remark> {
    let mut out = Vec::new();
    let mut say = |rule, told: String| out.push(Remark { rule, told });
    let exclusion = signed.exclusion;
    if let Err(refused) = excludable(case.plan, &exclusion.covers) {
        let (rule, told) = match refused.rule.as_str() {
            "unknown.requirement" => ("unknown", format!("the plan has no requirement `{}`", exclusion.covers)),
            "unknown.check" => ("unknown", format!("the plan has no bundle check `{}`", exclusion.covers)),
            _ => ("not-excludable", format!("the plan does not let `{}` be excluded any more", exclusion.covers)),
        };
        say(rule, format!("{told}, so it counts for nothing"));
    } else if let Some((proof, check)) = exclusion.covers.split_once(':') {
        match told(&case.history, &exclusion.covers) {
            Some(true) => {}
            Some(false) => say("unknown", format!("no run of {proof} has a check `{check}`, so it covers nothing so far")),
            None => {
                say("unseen", format!("no run of {proof} told of its checks yet, so nobody can say whether it has `{check}`"));
            }
        }
    }
    if exclusion.wording.trim().is_empty() {
        say("blank-wording", "its wording is blank, so it blocks no words".to_owned());
    }
    match standing {
        ExclusionStanding::Revoked(_) => return Vec::new(),
        ExclusionStanding::NotYet => {
            let from = exclusion.from.map(|day| case.day(day)).unwrap_or_default();
            say("not-yet-in-force", format!("it begins {from}; until then what it covers counts"));
        }
        ExclusionStanding::Ended => {
            say("ended", format!("it ended with {}; what it covers counts again", case.day(exclusion.until)));
        }
        ExclusionStanding::InForce => {
            if let Some(told) = soon(case, signed) {
                say("ends-soon", told);
            }
            if let Some(other) = overlapping(case, signed) {
                say("overlaps", other);
            }
        }
    }
    people(case.plan, exclusion, &mut say);
    out
}

/// An end before the go/no-go, or within days.
fn soon(case: &Case<'_>, signed: &Signed<'_>) -> Option<String> {
    let ends = case.end_of(signed);
    let last = case.day(signed.exclusion.until);
    if case.room.go_no_go().is_some_and(|call| case.now < call && ends <= call) {
        return Some(format!("it ends with {last}, before the go/no-go"));
    }
    let today = calendar::today(case.now, &case.room.tenant.timezone);
    let days = calendar::days_between(today, signed.exclusion.until);
    (days < SOON).then(|| format!("it ends with {last}"))
}

/// Another one in force that says the same, or more.
fn overlapping(case: &Case<'_>, signed: &Signed<'_>) -> Option<String> {
    let covers = signed.exclusion.covers.as_str();
    let whole = |other: &Exclusion| covers.contains(':') && narrowed(case.plan, covers).iter().any(|id| **id == *other.covers);
    let mut others = case
        .history
        .exclusions()
        .iter()
        .filter(|other| other.seq != signed.seq && case.standing(other) == ExclusionStanding::InForce);
    let other = others.find(|other| other.exclusion.covers == covers || whole(other.exclusion))?;
    let (id, what) = (&other.exclusion.id, &other.exclusion.covers);
    Some(if *what == covers { format!("{id} covers the same") } else { format!("{id} covers {what} as a whole") })
}

fn people(plan: &Plan, exclusion: &Exclusion, say: &mut dyn FnMut(&'static str, String)) {
    match exclusion.approved_by.as_deref() {
        Some(name) if person::same(name, &exclusion.signed_by) => {
            say("same-person", format!("{} signed and approved it", exclusion.signed_by));
        }
        None if plan.four_eyes => say("unapproved", "nobody approved it, and the plan asks for four eyes".to_owned()),
        Some(_) | None => {}
    }
}
