//! Screen 4. Every requirement of every gate, why it stands so, and what if it did not.

use super::chrome::{next_gate, stage};
use super::parts;
use crate::domain::gate::{GateState, RequirementState};
use crate::present::words;
use crate::tui::model::list::Item;
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::widget::{self, Ink};
use ratatui::text::Line;

/// The gate of the selected row.
fn gate_in_front<'a>(model: &Model, facts: &Facts<'a>) -> Option<&'a GateState> {
    match model.selected() {
        Some(Subject::Gate(id)) => facts.readiness.gate(id.as_str()),
        Some(Subject::Requirement(id)) => facts.readiness.gate(id.gate()),
        _ => next_gate(facts),
    }
}

/// Verdict and stop rule of the gate one is on.
pub fn head(model: &Model, width: usize) -> Vec<Line<'static>> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let Some(gate) = gate_in_front(model, &facts) else { return Vec::new() };
    let (look, theme) = (&model.look, &model.look.theme);
    let allowed = facts
        .readiness
        .stage
        .allowed
        .as_ref()
        .map_or("You may not start yet".into(), |id| format!("You may now: {}", stage(facts.plan, id.as_str())));
    let verdict = gate.status.verdict();
    let first = Ink::new(look, width)
        .gap(1)
        .text(&stage(facts.plan, gate.id.as_str()).to_uppercase(), theme.strong)
        .gap(2)
        .text(words::verdict(verdict), theme.verdict(verdict))
        .gap(3)
        .plain(&parts::tally(gate))
        .right(&allowed, theme.text)
        .line();
    let what_if = match model.what_if.assumed.len() {
        0 => format!("what-if: off, {} assumes", model.keymap.hint("row.space").to_lowercase()),
        n => format!("WHAT-IF: {n} assumed"),
    };
    let rule = match gate.holds_until.as_ref().filter(|_| gate.status.is_clear()) {
        Some((at, why)) => format!("Holds until {}: {why}", words::moment(*at, facts.zone)),
        None => format!("Stop rule: {}", gate.stop_rule),
    };
    let room = width.saturating_sub(widget::width(&what_if) + 3);
    let style = if model.what_if.assumed.is_empty() { theme.quiet } else { theme.excluded };
    vec![first, Ink::new(look, width).gap(1).cell(&rule, room, theme.text).right(&what_if, style).line()]
}

/// Whether a gate shows its requirements: by hand, else the next gate and the target do.
#[must_use]
pub fn is_open(model: &Model, gate: &str) -> bool {
    if let Some(folded) = model.folds.get(gate) {
        return *folded;
    }
    let Some(facts) = model.facts() else { return false };
    let stage = &facts.readiness.stage;
    stage.next.as_ref().is_some_and(|next| *next == *gate) || stage.target == *gate
}

/// Gates, and beneath those that are open their requirements.
pub fn items(model: &Model) -> Vec<Item> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let mut items = Vec::new();
    for gate in &facts.readiness.gates {
        items.push(Item::row(Subject::Gate(gate.id.clone()), !gate.status.is_clear() && !gate.outside));
        let narrowed = model.filter.is_on() || model.problems_only;
        if is_open(model, gate.id.as_str()) || narrowed {
            items.extend(
                gate.requirements.iter().map(|state| {
                    Item::below(Subject::Requirement(state.id.clone()), !state.status.is_settled() && !gate.outside)
                }),
            );
        }
    }
    items
}

/// One row.
pub fn line(model: &Model, subject: &Subject, width: usize) -> Line<'static> {
    let Some(facts) = model.facts() else { return Line::default() };
    match subject {
        Subject::Gate(id) => {
            facts.readiness.gate(id.as_str()).map(|gate| gate_line(model, &facts, gate, width)).unwrap_or_default()
        }
        Subject::Requirement(id) => facts
            .readiness
            .requirement(id.as_str())
            .map(|state| parts::requirement(model, &facts, state, width, 5))
            .unwrap_or_default(),
        _ => Line::default(),
    }
}

fn gate_line(model: &Model, facts: &Facts, gate: &GateState, width: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let style = parts::gate_style(model, facts, gate);
    let fold = if is_open(model, gate.id.as_str()) { "-" } else { "+" };
    let stages = &facts.readiness.stage;
    let place = if stages.accepted.as_ref() == Some(&gate.id) {
        "accepted"
    } else if gate.outside {
        "outside this motion"
    } else if stages.next.as_ref() == Some(&gate.id) {
        "next"
    } else if stages.target == gate.id {
        "target"
    } else {
        ""
    };
    Ink::new(look, width)
        .gap(1)
        .text(fold, theme.quiet)
        .gap(1)
        .text(look.symbols.gate(gate.status), style)
        .gap(1)
        .cell(&stage(facts.plan, gate.id.as_str()), 14, if gate.outside { theme.quiet } else { theme.strong })
        .gap(1)
        .cell(parts::gate_word(gate), 9, style)
        .gap(1)
        .cell(&format!("{:>5}", format!("{}/{}", gate.met, gate.total)), 5, theme.text)
        .gap(3)
        .quiet(place)
        .line()
}

/// Why the selected row stands so, who owes it, what to do, whether it can be left out.
pub fn detail(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let Some(facts) = model.facts() else { return Vec::new() };
    match model.selected() {
        Some(Subject::Requirement(id)) => {
            facts.readiness.requirement(id.as_str()).map(|state| requirement(model, &facts, state, cells)).unwrap_or_default()
        }
        Some(Subject::Gate(id)) => gate(model, &facts, id.as_str(), cells),
        _ => Vec::new(),
    }
}

fn gate(model: &Model, facts: &Facts, id: &str, cells: usize) -> Vec<Line<'static>> {
    let (Some(state), Some(spec)) = (facts.readiness.gate(id), facts.plan.gate(id)) else { return Vec::new() };
    let theme = &model.look.theme;
    let mut out = parts::text(model, cells, &spec.summary, theme.text);
    out.push(Line::default());
    out.extend(parts::labelled(
        model,
        cells,
        "Status",
        &format!("{}, {} of {} met", words::gate(state.status), state.met, state.total),
        theme.gate(state.status),
    ));
    out.extend(parts::labelled(model, cells, "Until", &spec.stop_rule, theme.text));
    if let Some((at, why)) = &state.holds_until {
        out.extend(parts::labelled(
            model,
            cells,
            "Holds",
            &format!("until {}: {why}", words::moment(*at, facts.zone)),
            theme.text,
        ));
    }
    if let Some(proof) = spec.proof.as_ref().and_then(|id| facts.plan.proof(id.as_str())) {
        out.extend(parts::labelled(model, cells, "Proof", &proof.title, theme.text));
    }
    if spec.blocked_by_policy {
        out.extend(parts::labelled(
            model,
            cells,
            "Policy",
            "only its own proofs open it; nothing typed, excluded or decided does",
            theme.quiet,
        ));
    }
    out
}

fn requirement(model: &Model, facts: &Facts, state: &RequirementState, cells: usize) -> Vec<Line<'static>> {
    let (look, theme) = (&model.look, &model.look.theme);
    let put = |label: &str, text: &str| parts::labelled(model, cells, label, text, theme.text);
    let (mark, style) = parts::mark(model, facts, state);
    let word = words::requirement(state.status);
    let mut out: Vec<Line<'static>> = Vec::new();
    let status = Ink::new(look, cells).text(mark, style).gap(1).text(word, style);
    out.push(status.line());
    out.extend(parts::text(model, cells, &state.text, theme.strong));
    out.push(Line::default());
    out.extend(put("Why", &state.reason));
    if let Some(since) = state.since {
        out.extend(put("Since", &words::moment(since, facts.zone)));
    }
    out.extend(put("Who", &owes(facts, state)));
    if !state.status.is_settled() {
        out.extend(put("Do", &state.remedy));
    }
    // What is stale or was never met has no time left to tell of.
    if let Some(until) = state.fresh_until.filter(|_| state.status.is_settled()) {
        out.extend(put("Fresh", &format!("until {}", words::moment(until, facts.zone))));
    }
    if !state.evidence.is_empty() {
        let records: Vec<String> = state.evidence.iter().map(|seq| format!("#{seq}")).collect();
        out.extend(put("Rests on", &records.join(", ")));
    }
    if !state.missing.is_empty() {
        out.extend(put("Missing", &state.missing.join(", ")));
    }
    if !state.failing.is_empty() {
        let failing: Vec<&str> = state.failing.iter().map(crate::domain::ids::CheckId::as_str).collect();
        out.extend(parts::labelled(model, cells, "Failing", &failing.join(", "), theme.trouble));
    }
    if !state.covered.is_empty() {
        let covered: Vec<&str> = state.covered.iter().map(crate::domain::ids::CheckId::as_str).collect();
        out.extend(parts::labelled(model, cells, "Covered", &covered.join(", "), theme.excluded));
    }
    out.push(parts::section(model, cells, "What if"));
    out.extend(what_if(model, facts, cells));
    out.push(parts::section(model, cells, "Can it be excluded?"));
    let excludable = match (&state.exclusion, state.excludable) {
        (Some(id), _) => format!("It is: {id}."),
        (None, true) => "Yes, by a signed statement with an end date: launchroom exclude.".into(),
        (None, false) => "No: the plan marks it not excludable.".into(),
    };
    out.extend(parts::text(model, cells, &excludable, theme.quiet));
    out
}

/// Who owes it, and as what: `Mara Lindt (Tenant owner)`.
fn owes(facts: &Facts, state: &RequirementState) -> String {
    let (who, title) = (parts::owes(facts, state), facts.plan.party_title(&state.owner));
    let says_more = matches!(state.kind, "decision") || who.ends_with("blank") || who == title;
    if says_more { who } else { format!("{who} ({title})") }
}

fn what_if(model: &Model, facts: &Facts, cells: usize) -> Vec<Line<'static>> {
    let theme = &model.look.theme;
    let key = model.keymap.hint("row.space").to_lowercase();
    if model.what_if.assumed.is_empty() {
        return parts::text(
            model,
            cells,
            &format!("{key} assumes it met and shows how every gate would stand; never saved."),
            theme.quiet,
        );
    }
    let mut out = Vec::new();
    for gate in facts.readiness.gates.iter().filter(|gate| !gate.outside) {
        let was = facts.real.gate(gate.id.as_str()).map(|was| (was.status, was.met));
        let text = match was {
            Some(was) if was == (gate.status, gate.met) => {
                format!("{} stays {}", stage(facts.plan, gate.id.as_str()), words::gate(gate.status))
            }
            _ => format!(
                "{} would be {}, {} of {}",
                stage(facts.plan, gate.id.as_str()),
                words::gate(gate.status),
                gate.met,
                gate.total
            ),
        };
        out.extend(parts::text(model, cells, &text, theme.text));
    }
    out
}
