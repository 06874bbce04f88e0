//! The exit codes, all of them, in one place.

use crate::app::error::Kind;
use crate::domain::gate::Verdict;
use crate::domain::ledger::Outcome;

/// How the process ends. "No" is not "broken" is not "misused"; a fault outranks a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or go, also with exclusions.
    Ok = 0,
    /// No-go, findings, or a failed proof.
    No = 1,
    /// Usage, or input that cannot be read.
    Usage = 2,
    AwaitingDecision = 3,
    /// A rule, a conflict, or a missing permission.
    Refused = 4,
    /// Storage, network or integrity.
    Fault = 5,
    Interrupted = 130,
}

impl Exit {
    /// Every code and what it means, for the manual and the help.
    pub const TABLE: [(Self, &'static str); 7] = [
        (Self::Ok, "done, or go (also with exclusions)"),
        (Self::No, "no-go, findings, or a failed proof"),
        (Self::Usage, "the command line makes no sense, or an input cannot be read"),
        (Self::AwaitingDecision, "awaiting decision"),
        (Self::Refused, "refused: a rule, a conflict, a missing permission"),
        (Self::Fault, "a storage, network or integrity fault"),
        (Self::Interrupted, "interrupted"),
    ];

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Kind> for Exit {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Usage | Kind::Input => Self::Usage,
            Kind::Refused | Kind::Conflict => Self::Refused,
            Kind::Storage | Kind::Network | Kind::Integrity => Self::Fault,
            Kind::Interrupted => Self::Interrupted,
        }
    }
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Go | Verdict::GoWithExclusions => Self::Ok,
            Verdict::AwaitingDecision => Self::AwaitingDecision,
            Verdict::NoGo => Self::No,
        }
    }
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed | Outcome::Reference => Self::Ok,
            Outcome::Failed | Outcome::Signal | Outcome::Timeout => Self::No,
            Outcome::Stopped | Outcome::Interrupted => Self::Interrupted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_ends_the_process_as_the_report_says_it_will() {
        for verdict in [Verdict::Go, Verdict::GoWithExclusions, Verdict::AwaitingDecision, Verdict::NoGo] {
            assert_eq!(Exit::from(verdict).code(), crate::format::review::exit_code(verdict));
        }
    }
}
