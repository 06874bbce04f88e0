//! Why a proof does not count any more: what happened, when, by whom, what to do, and what hangs on it.

use super::{overlay, parts};
use crate::domain::gate::{ActionKind, LastRun};
use crate::domain::ids::ProofId;
use crate::domain::ledger::Outcome;
use crate::present::words;
use crate::tui::model::{Facts, Model};
use crate::tui::widget::Ink;
use jiff::{SignedDuration, Timestamp};
use ratatui::text::Line;

/// The whole of it, from the proof down to the requirements that wait for it.
pub fn why(model: &Model, facts: &Facts, id: &ProofId, cells: usize, out: &mut Vec<Line<'static>>) {
    let (Some(proof), Some(state)) = (facts.plan.proof(id.as_str()), facts.readiness.proofs.iter().find(|state| state.id == *id))
    else {
        return;
    };
    let (symbols, theme) = (model.look.symbols, &model.look.theme);
    let last = state.last.as_ref();
    let (mark, style, word) = match last {
        Some(last) if last.outcome == Outcome::Passed && last.fresh => (symbols.met, theme.good, "counts"),
        Some(last) if last.outcome == Outcome::Passed => (symbols.stale, theme.caution, "stale"),
        Some(_) => (symbols.unmet, theme.trouble, "did not pass"),
        None => (symbols.idle, theme.quiet, "never attached"),
    };
    out.push(
        Ink::new(&model.look, cells).text(mark, style).gap(1).text(&proof.title, theme.strong).gap(2).text(word, style).line(),
    );
    let mut put = |label: &str, text: &str| out.extend(parts::labelled(model, cells, label, text, theme.text));
    let counts = last.is_some_and(|last| last.outcome == Outcome::Passed && last.fresh);
    match last {
        Some(last) => {
            put("Why", &last.reason);
            if let Some(since) = last.since {
                put("Since", &since_when(facts, since));
            }
            put("Run", &run(facts, last));
        }
        None => put("Why", "no run of it was ever attached"),
    }
    let waiting = facts.readiness.gates.iter().filter(|gate| !gate.outside).flat_map(|gate| &gate.requirements).filter(|state| {
        let need = facts.plan.requirement(state.id.as_str()).map(|requirement| &requirement.need);
        !state.status.is_settled() && need.is_some_and(|need| need.asks_for(id))
    });
    if !counts {
        let owner = waiting.clone().next().map(|state| parts::who(facts, &state.owner));
        put("Who", &owner.unwrap_or_else(|| operator(facts)));
        let takes = state.typical_ms.map(|ms| format!(", about {}", words::duration(SignedDuration::from_millis(ms))));
        let touches = if proof.mutating { "changes something outside" } else { "read-only" };
        let (run, attach) = (model.keymap.hint("proof.run"), model.keymap.hint("evidence.attach"));
        put("Do", &format!("{run} runs it ({touches}{}), then {attach} attaches what it printed", takes.unwrap_or_default()));
        if let Some(first) = comes_first(facts, id) {
            put("First", &format!("{first}; before that a new run would only go stale again"));
        }
    }
    let waiting: Vec<_> = waiting.collect();
    if waiting.is_empty() {
        let gates: Vec<&str> = facts
            .plan
            .requirements()
            .filter(|requirement| requirement.need.asks_for(id))
            .map(|requirement| requirement.id.as_str())
            .collect();
        let holds = if gates.is_empty() {
            "no gate asks for it; it holds nothing up".to_owned()
        } else {
            format!("{}: settled, or beyond this motion", gates.join(", "))
        };
        put("Holds", &holds);
    }
    for state in waiting {
        overlay::chain(model, facts, state, 1, cells, out);
    }
}

/// `Thu 19 Nov 08:52, #38 by J. Okafor`.
fn since_when(facts: &Facts, since: Timestamp) -> String {
    let moment = words::moment_near(since, facts.now, facts.zone);
    let entry = facts.snapshot.ledger.entries.iter().rev().find(|entry| entry.at == since);
    entry.map_or(moment.clone(), |entry| format!("{moment}, #{} by {}", entry.seq, entry.by))
}

fn run(facts: &Facts, last: &LastRun) -> String {
    format!("#{}, {}, {}", last.seq, words::outcome(last.outcome), words::moment(last.at, facts.zone))
}

fn operator(facts: &Facts) -> String {
    let party = facts.plan.function("operator").map(|function| crate::domain::plan::Party::Function(function.id.clone()));
    party.map_or_else(|| "whoever operates the launch".into(), |party| parts::who(facts, &party))
}

/// The action that has to come before the run.
fn comes_first(facts: &Facts, id: &ProofId) -> Option<String> {
    let actions = &facts.readiness.actions;
    let mut runs = actions.iter().filter(|action| matches!(&action.kind, ActionKind::RunProofs(ids) if ids.contains(id)));
    let after = runs.find_map(|action| action.after)?;
    actions.get(after.checked_sub(1)?).map(|first| first.text.clone())
}
