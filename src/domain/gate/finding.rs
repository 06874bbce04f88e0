//! How one need stands, before it is put beside its requirement's words.

use super::status::{RequirementState, RequirementStatus};
use crate::domain::ids::{CheckId, ExclusionId};
use crate::domain::plan::Requirement;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// How one need stands.
#[derive(Clone, Debug)]
pub struct Finding {
    pub status: RequirementStatus,
    pub reason: String,
    pub only_decision: bool,
    /// Stale by nothing but age: no input changed and no run failed.
    pub aged: bool,
    /// When it stops counting by itself, and what ends then.
    pub ends: Option<(Timestamp, String)>,
    pub since: Option<Timestamp>,
    pub evidence: Vec<u64>,
    pub exclusion: Option<ExclusionId>,
    /// Failing checks and what covers each.
    pub covered: Vec<(CheckId, String)>,
    pub failing: Vec<CheckId>,
    pub missing: Vec<String>,
    /// What makes it excluded: `X2`, or `sso by X1`. By name, so that another exclusion is another thing.
    pub narrowed: BTreeSet<String>,
}

impl Finding {
    pub fn new(status: RequirementStatus, reason: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
            only_decision: false,
            aged: false,
            ends: None,
            since: None,
            evidence: Vec::new(),
            exclusion: None,
            covered: Vec::new(),
            failing: Vec::new(),
            missing: Vec::new(),
            narrowed: BTreeSet::new(),
        }
    }

    pub fn met(reason: impl Into<String>) -> Self {
        Self::new(RequirementStatus::Met, reason)
    }

    pub fn unmet(reason: impl Into<String>) -> Self {
        Self::new(RequirementStatus::Unmet, reason)
    }

    pub fn missing(mut self, missing: impl IntoIterator<Item = String>) -> Self {
        self.missing = missing.into_iter().collect();
        self
    }

    pub fn evidence(mut self, evidence: impl Into<Vec<u64>>) -> Self {
        self.evidence = evidence.into();
        self
    }

    pub fn since(mut self, since: Option<Timestamp>) -> Self {
        self.since = since;
        self
    }

    pub fn is_met(&self) -> bool {
        self.status == RequirementStatus::Met
    }

    /// With the words of the requirement it was found for.
    pub fn state_of(&self, requirement: &Requirement) -> RequirementState {
        let settled = self.status.is_settled();
        RequirementState {
            id: requirement.id.clone(),
            kind: requirement.need.kind(),
            text: requirement.text.clone(),
            status: self.status,
            reason: self.reason.clone(),
            owner: requirement.owner.clone(),
            remedy: requirement.remedy.clone(),
            excludable: requirement.excludable,
            only_decision: self.only_decision,
            fresh_until: self.ends.as_ref().map(|(at, _)| *at),
            ends_because: self.ends.as_ref().map(|(_, what)| what.clone()),
            since: self.since.filter(|_| !settled),
            evidence: self.evidence.clone(),
            exclusion: self.exclusion.clone(),
            covered: self.covered.iter().map(|(check, _)| check.clone()).collect(),
            failing: self.failing.clone(),
            missing: self.missing.clone(),
        }
    }
}

/// The sooner of two ends.
pub fn sooner(a: Option<(Timestamp, String)>, b: Option<(Timestamp, String)>) -> Option<(Timestamp, String)> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.0 < a.0 { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// `one`, `one and two`, `one, two and three`, and no more than `most` of them by name.
pub fn listed<T: AsRef<str>>(items: &[T], most: usize) -> String {
    let named: Vec<&str> = items.iter().take(most).map(AsRef::as_ref).collect();
    let more = items.len().saturating_sub(most);
    match (named.as_slice(), more) {
        ([], _) => String::new(),
        (names, 1..) => format!("{} and {more} more", names.join(", ")),
        ([one], 0) => (*one).to_owned(),
        ([rest @ .., last], 0) => format!("{} and {last}", rest.join(", ")),
    }
}

/// A stage as people say it: `private beta`.
pub fn stage_words(id: &crate::domain::ids::GateId) -> String {
    id.as_str().replace('-', " ")
}

/// A title inside a sentence: `Support and incident owner` becomes `support and incident owner`, `SCIM fixture` stays.
pub fn inside(title: &str) -> String {
    let mut letters = title.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(title.chars().skip(1)).collect(),
        _ => title.to_owned(),
    }
}
