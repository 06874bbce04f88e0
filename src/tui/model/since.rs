//! What moved since somebody last looked, or since another start they choose. Looking uses nothing up: the mark moves when
//! the cockpit is left.

use super::Facts;
use crate::domain::gate::since::{self, Since};
use crate::format::moment;
use crate::present::words;
use jiff::Timestamp;

/// From when on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// When the cockpit was last left with this room in it.
    #[default]
    Looked,
    Yesterday,
    Monday,
    Kickoff,
    /// As somebody wrote it, and what it means.
    At(Timestamp),
}

/// The start, and what moved since then.
#[derive(Default)]
pub struct SinceView {
    /// When this room was last left on this machine.
    pub looked: Option<Timestamp>,
    pub start: Start,
    /// What moved, and what it was worked out for: start, number of entries, moment.
    pub found: Option<(Since, usize, Timestamp)>,
}

impl SinceView {
    /// The next start, round the end.
    pub fn turn(&mut self) {
        self.start = match self.start {
            Start::Looked => Start::Yesterday,
            Start::Yesterday => Start::Monday,
            Start::Monday => Start::Kickoff,
            Start::Kickoff | Start::At(_) => Start::Looked,
        };
    }

    /// Works out what moved, unless that is known.
    pub fn freshen(&mut self, facts: &Facts<'_>) {
        let from = self.from(facts);
        let ledger = &facts.snapshot.ledger;
        let key = (ledger.entries.len(), facts.real.as_of);
        if self.found.as_ref().is_some_and(|(found, entries, as_of)| found.from == from && (*entries, *as_of) == key) {
            return;
        }
        let found = since::since(facts.plan, facts.room, ledger, facts.real, from);
        self.found = Some((found, key.0, key.1));
    }

    /// What moved.
    #[must_use]
    pub fn found(&self) -> Option<&Since> {
        self.found.as_ref().map(|(found, ..)| found)
    }

    /// The moment it counts from; somebody who never looked counts from yesterday.
    #[must_use]
    pub fn from(&self, facts: &Facts<'_>) -> Timestamp {
        let read = |word: &str| moment::since(word, facts.now, facts.zone).unwrap_or(facts.now);
        match &self.start {
            Start::Looked => self.looked.filter(|at| *at <= facts.now).unwrap_or_else(|| read("yesterday")),
            Start::Yesterday => read("yesterday"),
            Start::Monday => read("monday"),
            Start::Kickoff => read(&facts.room.tenant.kickoff.to_string()),
            Start::At(at) => *at,
        }
    }

    /// `you last looked, Fri 13 Nov 16:40`.
    #[must_use]
    pub fn told(&self, facts: &Facts<'_>) -> String {
        let when = words::moment_dated(self.from(facts), facts.now, facts.zone);
        match (&self.start, self.looked) {
            (Start::Looked, Some(_)) => format!("you last looked, {when}"),
            (Start::Looked | Start::Yesterday, _) => format!("yesterday, {when}"),
            (Start::Monday, _) => format!("Monday, {when}"),
            (Start::Kickoff, _) => format!("the kickoff, {when}"),
            (Start::At(_), _) => when,
        }
    }
}
