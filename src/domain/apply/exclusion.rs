//! Signing and revoking exclusions. An exclusion narrows what was promised; it opens nothing that policy keeps closed.

use super::{entry, readable};
use crate::domain::calendar;
use crate::domain::change::{Applied, Refused};
use crate::domain::ids::ExclusionId;
use crate::domain::ledger::replay::History;
use crate::domain::ledger::{Body, Exclusion, Ledger, Revoked};
use crate::domain::plan::{Plan, Requirement};
use crate::domain::room::Room;
use jiff::{Timestamp, civil::Date};

/// What somebody wants excluded.
pub struct Wanted<'a> {
    pub covers: &'a str,
    pub wording: &'a str,
    pub signed_by: &'a str,
    pub until: Date,
    pub reference: Option<&'a str>,
}

pub fn sign(plan: &Plan, room: &Room, ledger: &Ledger, wanted: &Wanted<'_>, now: Timestamp) -> Result<Applied, Refused> {
    let covers = wanted.covers.trim();
    excludable(plan, covers)?;
    let history = History::of(ledger);
    let now = history.newest().map_or(now, |newest| newest.max(now));
    if wanted.until < calendar::today(now, &room.tenant.timezone) {
        let why = format!("{} is past. An exclusion holds to the end of its last day.", wanted.until);
        return Err(Refused::new("exclusion.past", why));
    }
    let exclusion = Exclusion {
        id: format!("X{}", history.exclusions().len() + 1).into(),
        covers: covers.to_owned(),
        wording: readable("wording", wanted.wording, "exclusion.blank-wording")?,
        signed_by: readable("name", wanted.signed_by, "exclusion.unsigned")?,
        until: wanted.until,
        reference: wanted.reference.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned),
    };
    let mut standing = history.exclusions().iter().filter(|signed| signed.revoked.is_none());
    let same = standing.any(|signed| Exclusion { id: exclusion.id.clone(), ..signed.exclusion.clone() } == exclusion);
    Ok(if same { Applied::default() } else { entry(Body::ExclusionSigned(exclusion)) })
}

/// Whether the plan lets this be excluded: a requirement, or one check of a bundle that such a requirement rests on.
fn excludable(plan: &Plan, covers: &str) -> Result<(), Refused> {
    let resting: Vec<&Requirement> = match covers.split_once(':') {
        None => plan.requirement(covers).into_iter().collect(),
        Some((id, check)) => {
            let Some(proof) = plan.proof(id).filter(|proof| proof.bundle && !check.trim().is_empty()) else {
                let bundles: Vec<&str> = plan.proofs.iter().filter(|proof| proof.bundle).map(|proof| proof.id.as_str()).collect();
                let why =
                    format!("`{covers}` names no check of a bundle. Write PROOF:CHECK; bundles are: {}.", bundles.join(", "));
                return Err(Refused::new("unknown.check", why));
            };
            plan.requirements().filter(|requirement| requirement.need.asks_for(&proof.id)).collect()
        }
    };
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

pub fn revoke(ledger: &Ledger, id: &ExclusionId, why: &str) -> Result<Applied, Refused> {
    let history = History::of(ledger);
    let Some(signed) = history.exclusions().iter().find(|signed| signed.exclusion.id == *id) else {
        let known: Vec<&str> = history.exclusions().iter().map(|signed| signed.exclusion.id.as_str()).collect();
        let known =
            if known.is_empty() { "None was signed yet.".to_owned() } else { format!("There are: {}.", known.join(", ")) };
        return Err(Refused::new("unknown.exclusion", format!("There is no exclusion `{id}`. {known}")));
    };
    if let Some(seq) = signed.revoked {
        return Err(Refused::new("exclusion.already-revoked", format!("{id} was revoked already, by entry #{seq}.")));
    }
    let why = readable("reason", why, "exclusion.revoked-without-reason")?;
    Ok(entry(Body::ExclusionRevoked(Revoked { exclusion: id.clone(), why })))
}
