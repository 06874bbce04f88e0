//! A room as an audience may see it: the same verdict, and nothing that is not for them.
//!
//! What is shown is made from a copy in which it is not there at all, so no screen has to remember to hide it. The verdict
//! is the real one; only its words lose what they quote.

use super::open::Opened;
use super::ports::Snapshot;
use crate::domain::gate::{self, Action, DecisionState, Readiness, RequirementState};
use crate::domain::ledger::{Attached, Body, CheckStatus, Entry, Ledger, RoomChanged, Run};
use crate::domain::plan::{Class, Plan};
use crate::domain::room::{Room, Value};
use crate::present::audience::Audience;
use std::sync::Arc;

/// What stands where something was.
const HIDDEN: &str = "(hidden)";
/// Shorter texts are no secrets: they would be found inside of words.
const SHORTEST: usize = 4;

/// The room behind the curtain: contacts, paths, notes and whatever is above the audience's class are gone.
#[must_use]
pub fn drawn(opened: &Opened, audience: Audience) -> Opened {
    if audience == Audience::Operator {
        return opened.clone();
    }
    let snapshot = &opened.snapshot;
    let hide = Hide { plan: &snapshot.plan, audience, quoted: quoted(&snapshot.room, &snapshot.ledger, audience) };
    Opened {
        snapshot: Snapshot {
            plan: Arc::clone(&snapshot.plan),
            room: Arc::new(hide.room(&snapshot.room)),
            text: "".into(),
            ledger: hide.ledger(&snapshot.ledger),
            view_only: snapshot.view_only.as_ref().map(|_| "presenting".to_owned()),
            notices: Vec::new(),
        },
        readiness: hide.readiness(&opened.readiness),
    }
}

/// The decisions, judged on the room as it is. Only an operator reads what changed since: what a value was and is says more
/// than others may know.
#[must_use]
pub fn decisions(opened: &Opened, audience: Audience) -> Vec<DecisionState> {
    let snapshot = &opened.snapshot;
    let mut all = gate::decisions(&snapshot.plan, &snapshot.room, &snapshot.ledger, opened.readiness.as_of);
    if audience != Audience::Operator {
        for state in &mut all {
            state.changed.clear();
            state.changes.clear();
            state.voices.clear();
        }
    }
    all
}

/// Everything that sentences of the verdict may quote and that is not for this audience, the longest first.
fn quoted(room: &Room, ledger: &Ledger, audience: Audience) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let paths = room.values().into_iter().filter(|(path, _)| is_hidden(path, audience)).map(|(_, value)| value);
    let changes = ledger.entries.iter().filter_map(|entry| match &entry.body {
        Body::RoomChanged(changed) | Body::EditedOutside(changed) => Some(&changed.changes),
        _ => None,
    });
    let before = changes.flatten().filter(|change| is_hidden(&change.path, audience));
    let values = before.flat_map(|change| [change.was.clone(), change.now.clone()]).flatten();
    for value in paths.chain(values) {
        out.push(value.to_line());
        if let Value::List(items) = value {
            out.extend(items);
        }
    }
    out.extend(room.commands.values().cloned());
    out.retain(|text| text.trim().chars().count() >= SHORTEST);
    let mut out: Vec<String> = out.iter().flat_map(|text| [text.clone(), text.trim().to_owned()]).collect();
    out.sort_by_key(|text| std::cmp::Reverse(text.len()));
    out.dedup();
    out
}

/// Whether a value of the room, by its path, is not for this audience.
fn is_hidden(path: &str, audience: Audience) -> bool {
    let of = |prefix: &str, ends: &[&str]| path.starts_with(prefix) && ends.iter().any(|end| path.ends_with(end));
    let inner = of("owners.", &[".contact", ".basis"]) || of("functions.", &[".contact"]) || path.starts_with("commands.");
    let tenants = path.starts_with("scope.") || of("dependencies.", &[".order_form", ".launch_room", ".changed"]);
    inner || (audience == Audience::Buyer && tenants)
}

struct Hide<'h> {
    plan: &'h Plan,
    audience: Audience,
    quoted: Vec<String>,
}

impl Hide<'_> {
    fn is_above(&self, class: Class) -> bool {
        class > self.audience.class()
    }

    fn room(&self, room: &Room) -> Room {
        let mut shown = room.clone();
        for (path, value) in room.values() {
            if is_hidden(&path, self.audience) && !value.is_blank() {
                shown.put(&path, Some(&hidden(&value)));
            }
        }
        shown.commands.clear();
        shown
    }

    fn ledger(&self, ledger: &Ledger) -> Ledger {
        let entries = ledger.entries.iter().map(|entry| Entry { body: self.body(&entry.body), ..entry.clone() });
        let mut shown = Ledger { entries: Arc::new(entries.collect()), ..ledger.clone() };
        if let Some(damage) = &mut shown.damage {
            HIDDEN.clone_into(&mut damage.what);
        }
        shown
    }

    fn body(&self, body: &Body) -> Body {
        let buyer = self.audience == Audience::Buyer;
        match body {
            Body::Attached(attached) => Body::Attached(Box::new(self.attached(attached))),
            Body::Withdrawn(withdrawn) => {
                let mut shown = withdrawn.clone();
                HIDDEN.clone_into(&mut shown.why);
                Body::Withdrawn(shown)
            }
            Body::ExclusionSigned(exclusion) => {
                let mut shown = exclusion.clone();
                shown.reference = shown.reference.filter(|_| !buyer);
                Body::ExclusionSigned(shown)
            }
            Body::ExclusionRevoked(revoked) => {
                let mut shown = revoked.clone();
                HIDDEN.clone_into(&mut shown.why);
                Body::ExclusionRevoked(shown)
            }
            Body::Decided(decision) => {
                let mut shown = decision.clone();
                shown.note = shown.note.map(|_| HIDDEN.to_owned());
                shown.reference = shown.reference.filter(|_| !buyer);
                shown.judged.0.values_mut().for_each(|value| *value = self.said(value));
                Body::Decided(shown)
            }
            Body::RoomChanged(changed) => Body::RoomChanged(self.changed(changed)),
            Body::EditedOutside(changed) => Body::EditedOutside(self.changed(changed)),
            Body::RunFinished(run) => {
                let mut shown = run.clone();
                shown.run = self.run(&run.run, self.plan.proof(run.proof.as_str()).map_or(Class::Locked, |proof| proof.class));
                shown.inputs.0.values_mut().for_each(|value| *value = self.said(value));
                Body::RunFinished(shown)
            }
            Body::AskSent(ask) => Body::AskSent(self.ask(ask)),
            Body::AskAnswered(ask) => Body::AskAnswered(self.ask(ask)),
            Body::Unknown(kind) => Body::Unknown(kind.clone()),
        }
    }

    /// Whom the vendor asked is the vendor's.
    fn ask(&self, ask: &crate::domain::ledger::Ask) -> crate::domain::ledger::Ask {
        let mut shown = ask.clone();
        if self.audience == Audience::Buyer {
            HIDDEN.clone_into(&mut shown.to);
        }
        shown
    }

    fn attached(&self, attached: &Attached) -> Attached {
        let mut shown = attached.clone();
        let above = self.is_above(attached.class);
        shown.note = shown.note.map(|_| HIDDEN.to_owned());
        shown.run = attached.run.as_ref().map(|run| self.run(run, attached.class));
        // The name of a file is a path of somebody's machine.
        shown.file = shown.file.map(|_| HIDDEN.to_owned());
        shown.holder = shown.holder.map(|_| HIDDEN.to_owned());
        shown.outputs.iter_mut().for_each(|output| HIDDEN.clone_into(&mut output.name));
        shown.inputs.0.values_mut().for_each(|value| *value = self.said(value));
        if above {
            shown.reference = shown.reference.map(|_| HIDDEN.to_owned());
            shown.unread = shown.unread.map(|_| HIDDEN.to_owned());
            shown.checks = shown.checks.map(|checks| {
                let hide = |mut check: crate::domain::ledger::Check| {
                    check.detail = String::new();
                    check.id = if check.status == CheckStatus::Failed { check.id } else { "hidden".into() };
                    check
                };
                checks.into_iter().map(hide).collect()
            });
        }
        shown
    }

    fn run(&self, run: &Run, class: Class) -> Run {
        let mut shown = run.clone();
        // A command of the plan is public; any other may name paths.
        if !self.plan.proofs.iter().any(|proof| proof.command == run.command) {
            HIDDEN.clone_into(&mut shown.command);
        }
        if self.is_above(class) {
            shown.env = Vec::new();
            shown.host = shown.host.map(|_| HIDDEN.to_owned());
        }
        shown
    }

    fn changed(&self, changed: &RoomChanged) -> RoomChanged {
        let mut shown = changed.clone();
        for change in shown.changes.iter_mut().filter(|change| is_hidden(&change.path, self.audience)) {
            change.was = change.was.as_ref().map(hidden);
            change.now = change.now.as_ref().map(hidden);
        }
        shown
    }

    /// A sentence without what it quotes.
    fn said(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for quoted in &self.quoted {
            if out.contains(quoted.as_str()) {
                out = out.replace(quoted.as_str(), HIDDEN);
            }
        }
        out
    }

    fn readiness(&self, readiness: &Readiness) -> Readiness {
        let mut shown = readiness.clone();
        for gate in &mut shown.gates {
            gate.requirements.iter_mut().for_each(|state| self.state(state));
            gate.holds_until = gate.holds_until.take().map(|(at, why)| (at, self.said(&why)));
        }
        for step in &mut shown.steps {
            step.requirements.iter_mut().for_each(|state| self.state(state));
            step.open.iter_mut().for_each(|open| *open = self.said(open));
        }
        for last in shown.proofs.iter_mut().filter_map(|proof| proof.last.as_mut()) {
            last.reason = self.said(&last.reason);
        }
        shown.actions.iter_mut().chain(&mut shown.way).for_each(|action| self.action(action));
        shown.endings.iter_mut().for_each(|ending| ending.what = self.said(&ending.what));
        if let Some(decision) = &mut shown.decision {
            decision.changed.iter_mut().for_each(|changed| *changed = self.said(changed));
            for change in &mut decision.changes {
                (change.was, change.now, change.told) = (self.said(&change.was), self.said(&change.now), self.said(&change.told));
            }
        }
        for exclusion in &mut shown.exclusions {
            exclusion.reference = exclusion.reference.take().filter(|_| self.audience != Audience::Buyer);
        }
        if let Some(damage) = &mut shown.trust.damage {
            HIDDEN.clone_into(&mut damage.what);
        }
        shown
    }

    fn state(&self, state: &mut RequirementState) {
        state.reason = self.said(&state.reason);
        state.ends_because = state.ends_because.take().map(|why| self.said(&why));
    }

    fn action(&self, action: &mut Action) {
        action.text = self.said(&action.text);
        action.command = self.said(&action.command);
        action.alternative = action.alternative.take().map(|instead| self.said(&instead));
    }
}

/// As many values as there were: how much is filled in is no secret.
fn hidden(value: &Value) -> Value {
    value.map(&|text| if text.trim().is_empty() { String::new() } else { HIDDEN.to_owned() })
}
