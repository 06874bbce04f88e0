//! What a change changed: values before and after, gates that moved, proofs that went stale, a decision that asks again.

use crate::app::open::Opened;
use crate::app::ports::Snapshot;
use crate::domain::gate::{self, GateState, Readiness};
use crate::domain::ledger::{Body, Entry, Outcome, ValueChange, replay};
use crate::domain::person;
use crate::domain::plan::Plan;
use crate::domain::room::Value;
use crate::domain::turns;
use crate::format::decisions::Told;
use crate::format::exclusions;
use crate::present::line::{Line, Tone};
use crate::present::symbols::Symbols;
use crate::present::{told, words};
use std::sync::Arc;

/// So many entries of others are told.
const OTHERS: usize = 3;

/// One line a thing that is different now because of this command. What others wrote meanwhile is told apart, by whom.
pub fn told(before: &Opened, after: &Opened, is_ours: &dyn Fn(u64) -> bool, symbols: &Symbols) -> Vec<Line> {
    let known = before.snapshot.ledger.entries.len();
    let new = after.snapshot.ledger.entries.iter().skip(known);
    let (ours, others): (Vec<&Entry>, Vec<&Entry>) = new.partition(|entry| is_ours(entry.seq));
    let mut lines: Vec<Line> = ours.iter().flat_map(|entry| happened(entry.seq, &entry.body, symbols)).collect();
    let is_nothing = lines.is_empty();
    if is_nothing {
        lines.push(Line::of(Tone::Quiet, "nothing changed: it is so already"));
    } else if others.is_empty() {
        lines.extend(effects(before, after, symbols));
    } else {
        lines.extend(effects(&without(after, &ours), after, symbols));
    }
    lines.extend(meanwhile(&after.snapshot.plan, &others));
    lines
}

/// The room as it would stand without what this command wrote.
fn without(after: &Opened, ours: &[&Entry]) -> Opened {
    let snapshot = &after.snapshot;
    let is_ours = |entry: &Entry| ours.iter().any(|ours| ours.seq == entry.seq);
    let (room, ledger) = replay::without(&snapshot.room, &snapshot.ledger, &is_ours);
    let readiness = gate::evaluate(&snapshot.plan, &room, &ledger, after.readiness.as_of);
    Opened { snapshot: Snapshot { room: Arc::new(room), ledger, ..snapshot.clone() }, readiness }
}

fn meanwhile(plan: &Plan, others: &[&Entry]) -> Vec<Line> {
    let by = |entry: &&Entry| {
        let what = told::entry(plan, &entry.body);
        Line::of(Tone::Quiet, format!("meanwhile, by {}: {what}", entry.by))
    };
    let mut lines: Vec<Line> = others.iter().take(OTHERS).map(by).collect();
    if let Some(more) = others.len().checked_sub(OTHERS).filter(|more| *more > 0) {
        lines.push(Line::of(Tone::Quiet, format!("meanwhile, by others: {more} more; launchroom log")));
    }
    lines
}

fn effects(before: &Opened, after: &Opened, symbols: &Symbols) -> Vec<Line> {
    let mut lines = Vec::new();
    lines.extend(early(before, after, symbols));
    lines.extend(narrowing(before, after, symbols));
    lines.extend(gates(&after.snapshot.plan, &before.readiness, &after.readiness, symbols));
    lines.extend(gone_stale(&before.readiness, &after.readiness, symbols));
    lines.extend(asks_again(&after.snapshot.plan, &before.readiness, &after.readiness, symbols));
    lines.extend(heard_again(&before.readiness, after));
    lines
}

/// What one entry says, a line a value.
pub fn happened(seq: u64, body: &Body, symbols: &Symbols) -> Vec<Line> {
    match body {
        Body::RoomChanged(room) => room.changes.iter().map(|change| value(change, symbols)).collect(),
        // The ledger catching up with the file is nobody's change here.
        Body::EditedOutside(_) => Vec::new(),
        Body::Attached(attached) => {
            let what = attached
                .proof
                .as_ref()
                .map(super::super::domain::ids::ProofId::as_str)
                .or(attached.serves.as_deref())
                .unwrap_or("evidence");
            let (target, class) = (&attached.target, attached.class.as_str());
            let is_file = attached.proof.is_some() && attached.run.is_none();
            let outcome = match attached.outcome {
                Outcome::Reference if is_file => "a file without a run",
                outcome => words::outcome(outcome),
            };
            let mut lines = vec![Line::plain(format!("attached #{seq}: {what}, {outcome}, at {target}, {class}"))];
            if is_file {
                let why = format!("  it has no exit status, so it does not meet the proof: launchroom run {what} --attach");
                lines.push(Line::of(Tone::Warn, why));
            }
            lines
        }
        Body::Withdrawn(withdrawn) => vec![Line::plain(format!("withdrawn #{}: {}", withdrawn.evidence, withdrawn.why))],
        Body::ExclusionSigned(exclusion) => {
            let until = words::date_with_year(exclusion.until);
            let from = exclusion.from.map(|day| format!(" from {}", words::date_with_year(day))).unwrap_or_default();
            let approved = exclusion.approved_by.as_ref().map(|name| format!(", approved by {name}")).unwrap_or_default();
            vec![Line::plain(format!(
                "excluded {}: {}, recorded for {}{approved},{from} to {until}",
                exclusion.id, exclusion.covers, exclusion.signed_by
            ))]
        }
        Body::ExclusionRevoked(revoked) => vec![Line::plain(format!("revoked {}: {}", revoked.exclusion, revoked.why))],
        Body::Decided(decision) => {
            let outcome = words::decision(decision.outcome);
            let told = format!(
                "decided #{seq}: {} {outcome}, recorded for {} and {}",
                decision.stage, decision.customer, decision.operator
            );
            let mut lines = vec![Line::plain(told)];
            if person::same(&decision.customer, &decision.operator) {
                let told = " one person decided for both sides; a second pair of eyes is missing";
                lines.push(Line::of(Tone::Warn, symbols.warning).then(told));
            }
            lines
        }
        Body::RunFinished(run) => {
            vec![Line::plain(format!("run #{seq}: {}, {}", run.proof, words::run_outcome(run.outcome, &run.run)))]
        }
        Body::AskSent(ask) => vec![Line::plain(format!("asked {}: {}", ask.to, ask.about.join(", ")))],
        Body::AskAnswered(ask) => vec![Line::plain(format!("answered by {}: {}", ask.to, ask.about.join(", ")))],
        Body::Unknown(kind) => vec![Line::plain(format!("#{seq}: {kind}"))],
    }
}

fn value(change: &ValueChange, symbols: &Symbols) -> Line {
    Line::plain(format!("{}: ", change.path))
        .and(Tone::Quiet, shown(change.was.as_ref()))
        .then(format!(" {} ", symbols.arrow))
        .and(Tone::Strong, shown(change.now.as_ref()))
}

fn shown(value: Option<&Value>) -> String {
    match value {
        Some(value) if !value.is_blank() => value.to_line(),
        _ => "blank".to_owned(),
    }
}

fn gates(plan: &Plan, before: &Readiness, after: &Readiness, symbols: &Symbols) -> Vec<Line> {
    let stood = |gate: &GateState| format!("{} {}/{}", words::gate(gate.status), gate.met, gate.total);
    let moved = after.gates.iter().filter_map(|now| {
        let was = before.gate(now.id.as_str())?;
        ((was.status, was.met) != (now.status, now.met)).then(|| {
            let stage = words::stage(plan, now.id.as_str());
            Line::plain(format!("{} {stage}: {} {} {}", symbols.gate(now.status), stood(was), symbols.arrow, stood(now)))
        })
    });
    moved.collect()
}

fn gone_stale(before: &Readiness, after: &Readiness, symbols: &Symbols) -> Option<Line> {
    let fresh = |readiness: &Readiness, id: &str| {
        readiness.proofs.iter().any(|proof| proof.id == *id && proof.last.as_ref().is_some_and(|last| last.fresh))
    };
    let gone: Vec<_> = after
        .proofs
        .iter()
        .filter(|proof| proof.last.is_some() && fresh(before, proof.id.as_str()) && !fresh(after, proof.id.as_str()))
        .collect();
    if gone.is_empty() {
        return None;
    }
    let millis: i64 = gone.iter().filter_map(|proof| proof.typical_ms).sum();
    let again = if millis > 0 {
        format!(" (about {} to run again)", words::duration(jiff::SignedDuration::from_millis(millis)))
    } else {
        String::new()
    };
    let names: Vec<_> = gone.iter().map(|proof| proof.id.as_str()).collect();
    let count = words::count(gone.len(), "proof goes stale", "proofs go stale");
    Some(Line::of(Tone::Warn, symbols.stale).then(format!(" {count}{again}: {}", names.join(", "))))
}

fn asks_again(plan: &Plan, before: &Readiness, after: &Readiness, symbols: &Symbols) -> Option<Line> {
    let stood = before.decision.as_ref().filter(|decision| decision.stands)?;
    let now = after.decision.as_ref().filter(|now| now.seq == stood.seq && !now.stands)?;
    let stage = words::stage(plan, now.stage.as_str());
    let told = format!(" decision #{} ({stage}) asks again: {}", now.seq, now.changed.join("; "));
    Some(Line::of(Tone::Warn, symbols.warning).then(told))
}

/// Whose voice the decision asks for, when it asks again.
fn heard_again(before: &Readiness, after: &Opened) -> Option<Line> {
    let stood = before.decision.as_ref().filter(|decision| decision.stands)?;
    let now = after.readiness.decision.as_ref().filter(|now| now.seq == stood.seq && !now.voices.is_empty())?;
    let (plan, room) = (&*after.snapshot.plan, &*after.snapshot.room);
    let told = Told { plan, room, ledger: &after.snapshot.ledger, now: after.readiness.as_of };
    let parties: Vec<_> = now.voices.iter().map(|(party, _)| told.party(party)).collect();
    Some(Line::plain(format!("  needed again: {}; launchroom decisions tells what changed", parties.join(", "))))
}

/// What this did before its turn.
fn early(before: &Opened, after: &Opened, symbols: &Symbols) -> Option<Line> {
    let snapshot = &after.snapshot;
    let early = turns::would_be_early(&snapshot.plan, &before.snapshot.room, &snapshot.room, &snapshot.ledger)?;
    Some(Line::of(Tone::Warn, symbols.warning).then(format!(" {}", early.told)))
}

/// What a new exclusion closes, and what about it should be looked at.
fn narrowing(before: &Opened, after: &Opened, symbols: &Symbols) -> Vec<Line> {
    let is_new = |seq: u64| !before.readiness.exclusions.iter().any(|state| state.seq == seq);
    let mut lines = Vec::new();
    for state in after.readiness.exclusions.iter().filter(|state| is_new(state.seq)) {
        let caps = state.caps.as_ref().map(|stage| format!("; caps {}", words::stage(&after.snapshot.plan, stage.as_str())));
        let period = exclusions::period(&after.snapshot.room, state);
        lines.push(Line::plain(format!("  {period}{}", caps.unwrap_or_default())));
        lines.extend(state.blocks().map(|wording| Line::plain(format!("  nobody may say meanwhile: “{wording}”"))));
        let remarks = state.remarks.iter().map(|one| Line::of(Tone::Warn, symbols.warning).then(format!(" {}", one.told)));
        lines.extend(remarks);
    }
    lines
}
