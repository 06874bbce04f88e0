//! Signing and revoking exclusions. An exclusion narrows what was promised; it opens nothing that policy keeps closed.

use super::{bounded, entry, readable};
use crate::domain::calendar;
use crate::domain::change::{Applied, Refused};
use crate::domain::gate::{excludable, existing};
use crate::domain::ids::ExclusionId;
use crate::domain::ledger::replay::History;
use crate::domain::ledger::{Body, Exclusion, Ledger, Revoked};
use crate::domain::person;
use crate::domain::plan::Plan;
use crate::domain::room::Room;
use jiff::{Timestamp, civil::Date};

/// What somebody wants excluded.
pub struct Wanted<'a> {
    pub covers: &'a str,
    pub wording: &'a str,
    pub signed_by: &'a str,
    pub approved_by: Option<&'a str>,
    pub from: Option<Date>,
    pub until: Date,
    pub reference: Option<&'a str>,
}

pub fn sign(plan: &Plan, room: &Room, ledger: &Ledger, wanted: &Wanted<'_>, now: Timestamp) -> Result<Applied, Refused> {
    let covers = wanted.covers.trim();
    excludable(plan, covers)?;
    existing(ledger, covers)?;
    let history = History::of(ledger);
    let now = history.newest().map_or(now, |newest| newest.max(now));
    if wanted.until < calendar::today(now, &room.tenant.timezone) {
        let why = format!("{} is past. An exclusion holds to the end of its last day.", wanted.until);
        return Err(Refused::new("exclusion.past", why));
    }
    if let Some(from) = wanted.from.filter(|from| *from > wanted.until) {
        let why = format!("It would begin on {from} and end with {}. Name a first day that is not after the last.", wanted.until);
        return Err(Refused::new("exclusion.ends-before-it-begins", why));
    }
    let approved_by = wanted.approved_by.map(|name| readable("approver", name, "exclusion.blank-approver")).transpose()?;
    bounded("reference", wanted.reference.unwrap_or_default())?;
    let exclusion = Exclusion {
        id: format!("X{}", history.exclusions().len() + 1).into(),
        covers: covers.to_owned(),
        wording: readable("wording", wanted.wording, "exclusion.blank-wording")?,
        signed_by: readable("name", wanted.signed_by, "exclusion.unsigned")?,
        approved_by,
        from: wanted.from,
        until: wanted.until,
        reference: wanted.reference.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned),
    };
    if plan.four_eyes {
        two_people(&exclusion)?;
    }
    let mut standing = history.exclusions().iter().filter(|signed| signed.revoked.is_none());
    let same = standing.any(|signed| Exclusion { id: exclusion.id.clone(), ..signed.exclusion.clone() } == exclusion);
    Ok(if same { Applied::default() } else { entry(Body::ExclusionSigned(exclusion)) })
}

/// Where the plan asks for four eyes, whoever signs and whoever approves are two.
fn two_people(exclusion: &Exclusion) -> Result<(), Refused> {
    match exclusion.approved_by.as_deref() {
        None => {
            let why = "The plan asks for four eyes: name who approved it, somebody other than the signer.";
            Err(Refused::new("exclusion.unapproved", why))
        }
        Some(name) if person::same(name, &exclusion.signed_by) => {
            let why = format!("{name} signs and approves, and the plan asks for two people. Let somebody else approve it.");
            Err(Refused::new("exclusion.same-person", why))
        }
        Some(_) => Ok(()),
    }
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
