//! A readiness as a report: text, JSON, Markdown, `JUnit`. Pure functions of the same [`Report`]; no format knows more
//! than another, only the text is cut to fit a screen.

mod json;
mod junit;
mod markdown;
mod text;

pub use json::{json, room, stage};
pub use junit::junit;
pub use markdown::markdown;
pub use text::text;

use crate::domain::gate::{GateState, Readiness, Verdict};
use crate::domain::ids::{GateId, RequirementId};
use crate::domain::ledger::Ledger;
use crate::domain::plan::{Party, Plan};
use crate::domain::room::Room;
use crate::present::words;
use jiff::Timestamp;

/// The exit code of a fault.
const FAULT: u8 = 5;

/// Everything a report tells.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    pub plan: &'a Plan,
    pub room: &'a Room,
    pub ledger: &'a Ledger,
    pub readiness: &'a Readiness,
    /// The gate in question.
    pub gate: &'a GateId,
    /// Requirements taken as met.
    pub assumed: &'a [RequirementId],
    /// When it is read. Other years than this one are spelled out.
    pub now: Timestamp,
    /// Its server was not heard, or not for us: this is a copy from before. The exit code that says so, and why.
    pub unheard: Option<(u8, &'static str)>,
}

impl<'a> Report<'a> {
    fn state(&self) -> Option<&'a GateState> {
        self.readiness.gate(self.gate.as_str())
    }

    fn verdict(&self) -> Verdict {
        self.state().map_or(Verdict::NoGo, |gate| gate.status.verdict())
    }

    /// How the process ends that printed this, and why in a word or two. A fault outranks a verdict.
    fn ending(&self) -> (u8, &'static str) {
        let (verdict, trust) = (self.verdict(), &self.readiness.trust);
        match (&trust.damage, trust.unverified.first(), self.unheard) {
            (Some(_), _, _) => (FAULT, "ledger damaged"),
            (None, Some(wrong), _) => (FAULT, wrong.what),
            (None, None, Some(unheard)) => unheard,
            (None, None, None) => (exit_code(verdict), words::verdict_in_a_sentence(verdict)),
        }
    }
}

/// Whoever owes something, as a person reads it: the person's name when the room has one, the title otherwise.
#[must_use]
pub fn who<'a>(plan: &'a Plan, room: &'a Room, party: &'a Party) -> &'a str {
    let named = match party {
        Party::Role(role) => room.holder(role.as_str()).map(|owner| owner.name.as_str()),
        Party::Function(function) => room.functions.get(function).map(|person| person.name.as_str()),
    };
    named.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| plan.party_title(party))
}

/// Whom to turn to: a person, or the side that has to name one.
#[must_use]
pub fn whom<'a>(plan: &'a Plan, room: &'a Room, party: &'a Party) -> &'a str {
    match party {
        Party::Role(role) if room.holder(role.as_str()).is_none() => plan.party_side(party).as_str(),
        Party::Role(_) | Party::Function(_) => who(plan, room, party),
    }
}

/// The exit code of a verdict, as every face tells it: 0 go, 1 no-go, 3 awaiting decision.
#[must_use]
pub fn exit_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Go | Verdict::GoWithExclusions => 0,
        Verdict::NoGo => 1,
        Verdict::AwaitingDecision => 3,
    }
}
