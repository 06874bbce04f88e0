//! What is being judged: plan, room and ledger at one moment, each read once.

use super::finding::Finding;
use super::status::ExclusionStanding;
use crate::domain::bundle;
use crate::domain::calendar;
use crate::domain::ids::{CheckId, RequirementId};
use crate::domain::ledger::replay::{History, Signed};
use crate::domain::ledger::{Damage, DamageKind, Ledger};
use crate::domain::plan::{Plan, Requirement};
use crate::domain::room::{Room, Treatment};
use jiff::Timestamp;
use std::{cell::OnceCell, collections::BTreeSet};

/// How each requirement of a gate stands.
pub type Found<'a> = Vec<(&'a Requirement, Finding)>;

/// Everything a rule may look at.
pub struct Case<'a> {
    pub plan: &'a Plan,
    pub room: &'a Room,
    pub ledger: &'a Ledger,
    pub history: History<'a>,
    /// Never before the newest entry: a clock set back freshens nothing.
    pub now: Timestamp,
    pub assumed: &'a BTreeSet<RequirementId>,
    /// What was found already, by the gate's rank: gates build on gates, and each is judged once a view.
    pub undecided: Vec<OnceCell<Found<'a>>>,
    pub decided: Vec<OnceCell<Found<'a>>>,
}

impl<'a> Case<'a> {
    pub fn new(plan: &'a Plan, room: &'a Room, ledger: &'a Ledger, now: Timestamp, assumed: &'a BTreeSet<RequirementId>) -> Self {
        let history = History::of(ledger);
        let now = history.newest().map_or(now, |newest| newest.max(now));
        let none = || plan.gates.iter().map(|_| OnceCell::new()).collect();
        Self { plan, room, ledger, history, now, assumed, undecided: none(), decided: none() }
    }

    /// A moment as people say it, in the tenant's zone.
    pub fn moment(&self, at: Timestamp) -> String {
        calendar::moment(at, self.now, &self.room.tenant.timezone)
    }

    /// A day as people say it.
    pub fn day(&self, date: jiff::civil::Date) -> String {
        calendar::day(date, self.now, &self.room.tenant.timezone)
    }

    /// When an exclusion ends by itself.
    pub fn end_of(&self, signed: &Signed<'_>) -> Timestamp {
        calendar::end_of(signed.exclusion.until, &self.room.tenant.timezone)
    }

    /// When an exclusion begins by itself, when it says so.
    pub fn start_of(&self, signed: &Signed<'_>) -> Option<Timestamp> {
        signed.exclusion.from.map(|day| calendar::start_of(day, &self.room.tenant.timezone))
    }

    /// Where an exclusion is on its way.
    pub fn standing(&self, signed: &Signed<'_>) -> ExclusionStanding {
        match signed.revoked {
            Some(seq) => ExclusionStanding::Revoked(seq),
            None if self.now >= self.end_of(signed) => ExclusionStanding::Ended,
            None if self.start_of(signed).is_some_and(|start| self.now < start) => ExclusionStanding::NotYet,
            None => ExclusionStanding::InForce,
        }
    }

    /// The exclusion that covers this now: signed, begun, not revoked, not ended. The newest, when there are several.
    pub fn exclusion(&self, covers: &str) -> Option<Signed<'a>> {
        self.exclusion_that(covers, ExclusionStanding::InForce)
    }

    /// The newest exclusion of this that stands so.
    pub fn exclusion_that(&self, covers: &str, standing: ExclusionStanding) -> Option<Signed<'a>> {
        let mut signed = self.history.exclusions().iter().rev();
        signed.find(|signed| signed.exclusion.covers == covers && self.standing(signed) == standing).copied()
    }

    /// What covers a failing check of a proof: an exclusion of that very check, where the requirement may be excluded at
    /// all, or the accepted fallback of a dependency. Answers its id, and when it ends by itself.
    pub fn cover(&self, proof: &str, check: &CheckId, excludable: bool) -> Option<(String, Option<Timestamp>)> {
        if excludable && let Some(signed) = self.exclusion(&format!("{proof}:{check}")) {
            return Some((signed.exclusion.id.to_string(), Some(self.end_of(&signed))));
        }
        let fallback = self.plan.dependencies.iter().find(|dependency| {
            let accepted = self.room.dependencies.get(&dependency.id).filter(|a| a.is_accepted());
            accepted.and_then(|a| a.treatment).is_some_and(Treatment::is_fallback)
                && dependency.covers.iter().any(|pattern| bundle::covers(pattern, check))
        });
        fallback.map(|dependency| (dependency.id.to_string(), None))
    }

    /// The damage that makes everything the ledger says doubtful. A torn tail is none: nothing acknowledged was in it.
    ///
    /// Whoever can cut evidence out of the middle can hide a failure or a revocation, so what rests on a broken ledger
    /// is unverified, also where the entry itself stands before the damage.
    pub fn broken(&self) -> Option<&'a Damage> {
        self.ledger.damage.as_ref().filter(|damage| damage.kind == DamageKind::Broken)
    }
}
