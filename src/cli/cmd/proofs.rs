//! Every proof command, its last attached run, and whether that is still fresh.

use crate::app::error::Error;
use crate::app::open::Opened;
use crate::app::ports::Captured;
use crate::cli::args::Reading;
use crate::cli::{Exit, context::Context};
use crate::domain::gate::{LastRun, ProofState};
use crate::domain::ledger::Outcome;
use crate::domain::plan::Proof;
use crate::format::redact_toml;
use crate::present::line::{Line, Tone, clip, columns};
use crate::present::symbols::Symbols;
use crate::present::words;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

pub fn run(cx: &mut Context<'_>, reading: Reading) -> Result<Exit, Error> {
    let (store, opened) = cx.opened()?;
    let captured = store.spooled()?;
    let proofs =
        || opened.readiness.proofs.iter().filter_map(|state| Some((opened.snapshot.plan.proof(state.id.as_str())?, state)));
    if reading.json {
        cx.out.json(&json!({
            "schema": 1,
            "proofs": proofs().map(|(proof, state)| proof_json(&opened, proof, state)).collect::<Vec<_>>(),
            "captured": captured.iter().map(captured_json).collect::<Vec<_>>(),
        }));
        return Ok(Exit::Ok);
    }
    let symbols = cx.symbols();
    for (at, (proof, state)) in proofs().enumerate() {
        if at > 0 {
            cx.out.line("");
        }
        cx.out.lines(proof_lines(&opened, proof, state, symbols));
    }
    if !captured.is_empty() {
        cx.out.line("");
        cx.out.line(Line::of(Tone::Strong, "CAPTURED, NOT ATTACHED"));
        let zone = &opened.snapshot.room.tenant.timezone;
        let rows: Vec<_> = captured.iter().map(|run| captured_row(run, cx.now(), zone)).collect();
        cx.out.lines(columns(&rows));
        cx.out
            .line(Line::of(Tone::Quiet, "  to keep one: launchroom attach --run RUN; to drop one: launchroom run --discard RUN"));
    }
    Ok(Exit::Ok)
}

/// The command as it runs here, as it may be shown: the room may replace the plan's, and hold what it should not.
fn command(opened: &Opened, proof: &Proof) -> String {
    redact_toml::mask_in(opened.snapshot.room.commands.get(&proof.id).unwrap_or(&proof.command), &opened.snapshot.room.redact)
}

fn proof_json(opened: &Opened, proof: &Proof, state: &ProofState) -> Value {
    json!({
        "id": proof.id.as_str(),
        "title": proof.title,
        "class": proof.class.as_str(),
        "mutating": proof.mutating,
        "command": command(opened, proof),
        "last": state.last.as_ref().map(last_json),
        "newest": state.newest.map(|(at, outcome)| json!({ "at": words::stamp(at), "outcome": outcome.as_str() })),
        "gates": state.gates.iter().map(crate::domain::ids::GateId::as_str).collect::<Vec<_>>(),
        "confirm": proof.confirm.as_ref().map(|confirm| confirm.phrase.as_str()),
        "env": proof.env.iter().map(|need| need.name.as_str()).collect::<Vec<_>>(),
        "targets": proof.targets.iter().map(crate::domain::ids::TargetId::as_str).collect::<Vec<_>>(),
    })
}

fn last_json(last: &LastRun) -> Value {
    json!({
        "seq": last.seq,
        "at": words::stamp(last.at),
        "outcome": last.outcome.as_str(),
        "fresh": last.fresh,
        "reason": last.reason,
        "fresh_until": last.fresh_until.map(words::stamp),
    })
}

fn captured_json(captured: &Captured) -> Value {
    json!({
        "run": captured.run.id.as_str(),
        "proof": captured.proof.as_str(),
        "at": words::stamp(captured.run.ended),
        "outcome": captured.outcome.as_str(),
        "class": captured.class.as_str(),
        "size": captured.size,
    })
}

fn captured_row(captured: &Captured, now: Timestamp, zone: &TimeZone) -> Vec<(Tone, String)> {
    let passed = captured.outcome == Outcome::Passed;
    vec![
        (Tone::Strong, format!("  {}", captured.run.id)),
        (Tone::Plain, captured.proof.to_string()),
        (if passed { Tone::Good } else { Tone::Bad }, words::run_outcome(captured.outcome, &captured.run)),
        (Tone::Plain, words::moment_near(captured.run.ended, now, zone)),
        (Tone::Quiet, words::size(captured.size)),
    ]
}

fn proof_lines(opened: &Opened, proof: &Proof, state: &ProofState, symbols: &Symbols) -> Vec<Line> {
    let (mark, tone, standing) = standing(opened, state, symbols);
    let mut badges = vec![proof.class.as_str()];
    if proof.mutating {
        badges.push("mutating");
    }
    if proof.confirm.is_some() {
        badges.push("asks for its phrase");
    }
    if proof.illustrative {
        badges.push("illustrative");
    }
    vec![
        Line::of(tone, mark).then(" ").and(Tone::Strong, proof.id.as_str()).and(Tone::Quiet, format!("  {}", badges.join(", "))),
        Line::plain(format!("  {}", clip(&standing, 78, symbols.ellipsis))),
        Line::of(Tone::Quiet, format!("  $ {}", command(opened, proof))),
    ]
}

fn standing(opened: &Opened, state: &ProofState, symbols: &Symbols) -> (&'static str, Tone, String) {
    let zone = &opened.snapshot.room.tenant.timezone;
    let Some(last) = &state.last else {
        let newest = state.newest.map(|(at, outcome)| {
            format!(
                "; last run {} {}, not attached",
                words::outcome(outcome),
                words::moment_dated(at, opened.readiness.as_of, zone)
            )
        });
        return (symbols.idle, Tone::Quiet, format!("no run attached{}", newest.unwrap_or_default()));
    };
    let when =
        format!("{} {} #{}", words::outcome(last.outcome), words::moment_dated(last.at, opened.readiness.as_of, zone), last.seq);
    let until = last
        .fresh_until
        .map(|at| format!(", fresh until {}", words::moment_dated(at, opened.readiness.as_of, zone)))
        .unwrap_or_default();
    match (last.outcome == Outcome::Passed, last.fresh) {
        (true, true) => (symbols.met, Tone::Good, format!("{when}{until}")),
        (true, false) => (symbols.stale, Tone::Warn, format!("{when}; {}", last.reason)),
        (false, _) => (symbols.unmet, Tone::Bad, format!("{when}; {}", last.reason)),
    }
}
