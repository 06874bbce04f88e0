//! Screen 5. Every proof, its last run and until when that counts. The output of a run is in `output`.

use super::parts;
use crate::domain::gate::ProofState;
use crate::domain::ledger::Outcome;
use crate::domain::plan::{Class, Input, Proof};
use crate::format::redact_toml;
use crate::present::words;
use crate::tui::model::list::Item;
use crate::tui::model::run::{LiveRun, RunState};
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::widget::{self, Ink};
use ratatui::{style::Style, text::Line};

/// The title over the list.
pub fn title(model: &Model) -> String {
    match (model.runs.under_way(), model.runs.waiting()) {
        (0, 0) => "Proofs".into(),
        (running, 0) => format!("Proofs, {running} running"),
        (running, waiting) => format!("Proofs, {running} running, {waiting} waiting"),
    }
}

/// Captured runs that wait, then the proofs in the plan's order.
pub fn items(model: &Model) -> Vec<Item> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let mut items: Vec<Item> = Vec::new();
    if !model.spool.is_empty() {
        items.push(Item::group("CAPTURED EARLIER, NOT ATTACHED"));
        items.extend(model.spool.iter().map(|captured| Item::row(Subject::Spooled(captured.run.id.clone()), true)));
        items.push(Item::group("PROOFS"));
    }
    items.extend(facts.plan.proofs.iter().map(|proof| {
        let state = state(&facts, proof.id.as_str());
        let fresh = state.and_then(|state| state.last.as_ref()).is_some_and(|last| last.fresh && last.outcome == Outcome::Passed);
        let wanted = state.is_some_and(|state| !state.gates.is_empty());
        Item::row(Subject::Proof(proof.id.clone()), wanted && !fresh)
    }));
    items
}

fn state<'a>(facts: &Facts<'a>, id: &str) -> Option<&'a ProofState> {
    facts.readiness.proofs.iter().find(|proof| proof.id == *id)
}

fn badge(class: Class) -> &'static str {
    match class {
        Class::Public => "public",
        Class::Tenant => "tenant",
        Class::Locked => "locked",
    }
}

/// One row.
pub fn line(model: &Model, subject: &Subject, width: usize) -> Line<'static> {
    let Some(facts) = model.facts() else { return Line::default() };
    match subject {
        Subject::Proof(id) => {
            facts.plan.proof(id.as_str()).map(|proof| proof_line(model, &facts, proof, width)).unwrap_or_default()
        }
        Subject::Spooled(id) => {
            let Some(captured) = model.spool.iter().find(|captured| captured.run.id == *id) else { return Line::default() };
            let theme = &model.look.theme;
            let title = facts.plan.proof(captured.proof.as_str()).map_or(captured.proof.as_str(), |proof| &proof.title);
            let state = words::run_outcome(captured.outcome, &captured.run);
            let when = words::moment_near(captured.run.ended, facts.now, facts.zone);
            let ink = Ink::new(&model.look, width).gap(1).text(model.look.symbols.warning, theme.caution).gap(1);
            // How it ended and when is never cut; the title is.
            let room = ink.left().saturating_sub(widget::width(&state) + widget::width(&when) + 3);
            let style = if captured.passed() { theme.good } else { theme.trouble };
            ink.cell(title, room.min(36), theme.text).gap(1).text(&state, style).gap(2).quiet(&when).line()
        }
        _ => Line::default(),
    }
}

/// Mark, and what is to say about the newest attached run.
fn standing(model: &Model, facts: &Facts, proof: &Proof) -> (&'static str, Style, String) {
    let (symbols, theme) = (model.look.symbols, &model.look.theme);
    if let Some(run) = model.runs.of(&proof.id) {
        match &run.state {
            RunState::UnderWay { stopping } => {
                let word = if *stopping { "stopping" } else { "running" };
                return (symbols.current, theme.strong, format!("{word}, {}", elapsed(facts, run)));
            }
            RunState::Waiting(_) => return (symbols.idle, theme.strong, "waits for its turn".into()),
            RunState::Captured(captured) => {
                return (
                    symbols.warning,
                    theme.caution,
                    format!("{}, not attached", words::run_outcome(captured.outcome, &captured.run)),
                );
            }
            RunState::Broken(_) => return (symbols.unmet, theme.trouble, "could not run".into()),
            RunState::Settled(_) => {}
        }
    }
    let state = state(facts, proof.id.as_str());
    match state.and_then(|state| state.last.as_ref()) {
        None if state.is_some_and(|state| state.gates.is_empty()) => (symbols.idle, theme.quiet, "not needed yet".into()),
        None => (symbols.idle, theme.quiet, "never attached".into()),
        Some(last) if last.outcome != Outcome::Passed => {
            (symbols.unmet, theme.trouble, format!("{} {}", words::outcome(last.outcome), words::day(last.at, facts.zone)))
        }
        Some(last) if !last.fresh => (symbols.stale, theme.caution, format!("stale: {}", last.reason)),
        Some(last) => {
            let until = last
                .fresh_until
                .map_or_else(|| "no age limit".into(), |at| format!("fresh to {}", words::moment(at, facts.zone)));
            (symbols.met, theme.good, until)
        }
    }
}

pub(super) fn elapsed(facts: &Facts, run: &LiveRun) -> String {
    words::duration(jiff::SignedDuration::from_secs(facts.now.duration_since(run.started).as_secs()))
}

fn proof_line(model: &Model, facts: &Facts, proof: &Proof, width: usize) -> Line<'static> {
    let theme = &model.look.theme;
    let (mark, style, text) = standing(model, facts, proof);
    let ink = Ink::new(&model.look, width).gap(1).text(mark, style).gap(1);
    // How it stands comes first; a narrow list leaves the class to the detail beside it.
    if width < 66 {
        let ink = ink.cell(&proof.title, width.saturating_sub(3 + 27).min(32), theme.text).gap(1);
        let text = parts::in_clauses(&text, ink.left());
        return ink.text(&text, style).line();
    }
    let class = if proof.class == Class::Locked { theme.caution } else { theme.quiet };
    let ink = ink
        .cell(&proof.title, 36, theme.text)
        .gap(1)
        .cell(badge(proof.class), 6, class)
        .text(if proof.mutating { "!" } else { " " }, theme.trouble)
        .gap(1);
    let text = parts::in_clauses(&text, ink.left());
    ink.text(&text, style).line()
}

/// A proof in the second column of Now; only those that a gate waits for.
pub fn short_line(model: &Model, facts: &Facts, proof: &Proof, cells: usize) -> Option<Line<'static>> {
    state(facts, proof.id.as_str()).filter(|state| !state.gates.is_empty())?;
    let theme = &model.look.theme;
    let (mark, style, text) = standing(model, facts, proof);
    let titles = if cells < 60 { 26 } else { 34 };
    let ink = Ink::new(&model.look, cells).text(mark, style).gap(1).cell(&proof.title, titles, theme.text).gap(1);
    let text = parts::in_clauses(&text, ink.left());
    Some(ink.text(&text, style).line())
}

/// What the selected proof shows, needs and touches, and how its last run stands.
pub fn detail(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let (Some(facts), Some(subject)) = (model.facts(), model.selected()) else { return Vec::new() };
    let theme = &model.look.theme;
    let put = |label: &str, text: &str| parts::labelled(model, cells, label, text, theme.text);
    if let Subject::Spooled(id) = subject {
        let Some(captured) = model.spool.iter().find(|captured| captured.run.id == *id) else { return Vec::new() };
        let mut out = put(
            "Run",
            &format!(
                "{}, ended {}",
                words::run_outcome(captured.outcome, &captured.run),
                words::moment(captured.run.ended, facts.zone)
            ),
        );
        out.extend(put("Holds", &format!("{}; Enter shows them", words::count(captured.size, "byte", "bytes"))));
        out.extend(put("Command", &captured.run.command));
        for note in &captured.notes {
            out.extend(put("Note", note));
        }
        out.extend(put(
            "Do",
            &format!("{} attaches it, {} discards it", model.keymap.hint("evidence.attach"), model.keymap.hint("row.remove")),
        ));
        return out;
    }
    let Some(proof) = subject.proof(model).and_then(|id| facts.plan.proof(id.as_str())) else { return Vec::new() };
    let mut out = parts::text(model, cells, &proof.proves, theme.text);
    out.push(Line::default());
    // Whoever writes a command into the room may have written a secret with it.
    let command = &redact_toml::mask_in(facts.room.commands.get(&proof.id).unwrap_or(&proof.command), &facts.room.redact);
    out.extend(put("Command", command));
    let touches = if proof.mutating { "changes something outside; asks for more before it runs" } else { "read-only" };
    out.extend(put("Class", &format!("{}, {touches}", badge(proof.class))));
    if !proof.env.is_empty() {
        let names: Vec<String> = proof
            .env
            .iter()
            .map(|need| if need.secret { format!("{} (secret)", need.name) } else { need.name.clone() })
            .collect();
        out.extend(put("Needs", &names.join(", ")));
    }
    if let Some(state) = state(&facts, proof.id.as_str()) {
        if let Some(last) = &state.last {
            out.extend(put(
                "Last",
                &format!("#{}, {}, {}", last.seq, words::outcome(last.outcome), words::moment(last.at, facts.zone)),
            ));
            // What no longer counts says why; only what counts says until when.
            match last.fresh_until.filter(|_| last.fresh && last.outcome == Outcome::Passed) {
                Some(until) => out.extend(put("Fresh", &format!("until {}", words::moment(until, facts.zone)))),
                None => out.extend(put("", &last.reason)),
            }
        } else {
            out.extend(put("Last", "never attached"));
        }
        if let Some((at, outcome)) = state.newest.filter(|(at, _)| state.last.as_ref().is_none_or(|last| *at > last.at)) {
            out.extend(put(
                "Newer",
                &format!("a run {} {}, not attached", words::outcome(outcome), words::moment(at, facts.zone)),
            ));
        }
        if let Some(ms) = state.typical_ms.or_else(|| proof.expected.map(|expected| expected.as_millis() as i64)) {
            out.extend(put("Takes", &format!("about {}", words::duration(jiff::SignedDuration::from_millis(ms)))));
        }
        let gates: Vec<String> = state.gates.iter().map(|id| words::stage(facts.plan, id.as_str())).collect();
        if !gates.is_empty() {
            out.extend(put("For", &gates.join(", ")));
        }
    }
    if !proof.depends_on.is_empty() {
        out.extend(put("Rests on", &rests_on(&proof.depends_on)));
    }
    if proof.illustrative {
        out.extend(parts::text(model, cells, "Illustrative: the plan's sources do not state it.", theme.quiet));
    }
    out
}

/// What a proof was made with, kind by kind.
fn rests_on(inputs: &[Input]) -> String {
    let of = |one: &str, many: &str, id: fn(&Input) -> Option<&str>| {
        let ids: Vec<&str> = inputs.iter().filter_map(id).collect();
        let kind = if ids.len() == 1 { one } else { many };
        (!ids.is_empty()).then(|| format!("{kind} {}", ids.join(", ")))
    };
    let kinds = [
        of("scope", "scope", |input| if let Input::Scope(id) = input { Some(id.as_str()) } else { None }),
        of("dependency", "dependencies", |input| if let Input::Dependency(id) = input { Some(id.as_str()) } else { None }),
        of("activation of", "activation of", |input| if let Input::Activation(id) = input { Some(id.as_str()) } else { None }),
        of("proof", "proofs", |input| if let Input::Proof(id) = input { Some(id.as_str()) } else { None }),
    ];
    kinds.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
