//! Decisions as JSON and as lines: how each stands, what changed since, by whom and when, whose voice is needed again.

use super::review::who;
use crate::domain::gate::{DecisionChange, DecisionStanding, DecisionState};
use crate::domain::ledger::{Body, Decision, Entry, Ledger};
use crate::domain::plan::{Party, Plan};
use crate::domain::room::Room;
use crate::present::line::{Line, Tone};
use crate::present::symbols::Symbols;
use crate::present::words;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What a decision is told from.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub plan: &'a Plan,
    pub room: &'a Room,
    pub ledger: &'a Ledger,
    pub now: Timestamp,
}

impl<'a> Told<'a> {
    /// The entry of a decision.
    #[must_use]
    pub fn recorded(&self, seq: u64) -> Option<(&'a Entry, &'a Decision)> {
        let place = self.ledger.entries.binary_search_by_key(&seq, |entry| entry.seq).ok()?;
        let entry = self.ledger.entries.get(place)?;
        let Body::Decided(decision) = &entry.body else { return None };
        Some((entry, decision))
    }

    /// One decision for a program.
    #[must_use]
    pub fn json(&self, state: &DecisionState) -> Value {
        let recorded = self.recorded(state.seq);
        let decision = recorded.map(|(_, decision)| decision);
        json!({
            "seq": state.seq,
            "at": words::stamp(state.at),
            "stage": state.stage.as_str(),
            "outcome": state.outcome.as_str(),
            "state": state.standing.as_str(),
            "stands": state.stands,
            "taken_by": state.standing.by(),
            "customer": decision.map(|decision| &decision.customer),
            "operator": decision.map(|decision| &decision.operator),
            "recorded_by": recorded.map(|(entry, _)| &entry.by),
            "same_person": state.same_person,
            "reference": decision.and_then(|decision| decision.reference.as_ref()),
            "note": decision.and_then(|decision| decision.note.as_ref()),
            "digest": state.digest.to_hex(),
            "digest_now": state.digest_now.to_hex(),
            "ledger": {
                "head": decision.and_then(|decision| decision.head).map(|head| head.to_hex()),
                "length": decision.and_then(|decision| decision.length),
            },
            "changed": state.changed,
            "changes": state.changes.iter().map(change).collect::<Vec<_>>(),
            "voices": state.voices.iter().map(|(party, because)| self.voice(party, because)).collect::<Vec<_>>(),
        })
    }

    fn voice(&self, party: &Party, because: &[String]) -> Value {
        json!({
            "id": party.as_str(),
            "title": self.plan.party_title(party),
            "side": self.plan.party_side(party).as_str(),
            "name": self.named(party),
            "because": because,
        })
    }

    fn named(&self, party: &'a Party) -> Option<&'a str> {
        let (title, who) = (self.plan.party_title(party), who(self.plan, self.room, party));
        (who != title).then_some(who)
    }

    /// One decision for a person.
    #[must_use]
    pub fn lines(&self, state: &DecisionState, symbols: &Symbols) -> Vec<Line> {
        let (tone, mark) = match state.standing {
            DecisionStanding::Stands => (Tone::Good, symbols.met),
            DecisionStanding::ChangedSince => (Tone::Warn, symbols.warning),
            DecisionStanding::Superseded(_) | DecisionStanding::Ended(_) => (Tone::Quiet, symbols.idle),
        };
        let when = words::moment_dated(state.at, self.now, &self.room.tenant.timezone);
        let what = format!("{} {}", words::stage(self.plan, state.stage.as_str()), words::decision(state.outcome));
        let head = Line::of(tone, mark).then(format!(" #{:<4} {when}  ", state.seq)).and(Tone::Strong, what);
        let mut lines = vec![head.and(tone, format!("  {}", words::standing(state.standing)))];
        let mut put =
            |tone, label: &str, text: String| lines.push(Line::of(Tone::Quiet, format!("       {label:<9}")).and(tone, text));
        if let Some((entry, decision)) = self.recorded(state.seq) {
            put(Tone::Plain, "by", people(entry, decision));
            if let (Some(head), Some(length)) = (decision.head, decision.length) {
                put(
                    Tone::Quiet,
                    "on",
                    format!("ledger of {}, head {}", words::count(length as usize, "entry", "entries"), head.short()),
                );
            }
        }
        if state.same_person {
            put(Tone::Warn, "warning", "one person decided for both sides".to_owned());
        }
        for (at, change) in state.changes.iter().enumerate() {
            put(Tone::Warn, if at == 0 { "changed" } else { "" }, self.change(change, symbols));
        }
        for (at, (party, because)) in state.voices.iter().enumerate() {
            put(Tone::Plain, if at == 0 { "again" } else { "" }, format!("{}: {}", self.party(party), because.join(", ")));
        }
        lines
    }

    /// `dependency:stripe: managed, accepted → invoice, accepted; J. Okafor, Thu 19 Nov 08:52, #38`.
    #[must_use]
    pub fn change(&self, change: &DecisionChange, symbols: &Symbols) -> String {
        let from = self.cause(change);
        let from = if from.is_empty() { from } else { format!("; {from}") };
        format!("{}: {} {} {}{from}", change.what, change.was, symbols.arrow, change.now)
    }

    /// `J. Okafor, #38, Thu 19 Nov 08:52`; nothing where nobody knows.
    #[must_use]
    pub fn cause(&self, change: &DecisionChange) -> String {
        let when = change.at.map(|at| words::moment_dated(at, self.now, &self.room.tenant.timezone));
        let whose = change.cause.as_ref().map(|cause| {
            if cause.outside {
                format!("by hand in the room file, #{}", cause.seq)
            } else {
                format!("{}, #{}", cause.by, cause.seq)
            }
        });
        [whose, when].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// `Support (Lena Brandt)`.
    #[must_use]
    pub fn party(&self, party: &Party) -> String {
        let title = self.plan.party_title(party);
        let who = who(self.plan, self.room, party);
        if who == title { title.to_owned() } else { format!("{title} ({who})") }
    }
}

/// `Ingrid Aasen and Jonas Okafor, recorded by J. Okafor, paper: OF-2026-014`.
fn people(entry: &Entry, decision: &Decision) -> String {
    let paper = decision.reference.as_ref().map(|reference| format!(", paper: {reference}")).unwrap_or_default();
    format!("{} and {}, recorded by {}{paper}", decision.customer, decision.operator, entry.by)
}

fn change(change: &DecisionChange) -> Value {
    json!({
        "what": change.what,
        "from": change.was,
        "to": change.now,
        "told": change.told,
        "entry": change.cause.as_ref().map(|cause| cause.seq),
        "by": change.cause.as_ref().map(|cause| &cause.by),
        "outside": change.cause.as_ref().is_some_and(|cause| cause.outside),
        "at": change.at.map(words::stamp),
        "voice": change.voice.as_ref().map(Party::as_str),
    })
}
