//! Screen 9, for reading. The go/no-go sheet: verdict per stage, what blocks it, what was left out, what was decided.

use super::chrome::stage;
use super::parts;
use crate::domain::gate::{self, DecisionStanding, DecisionState};
use crate::domain::ids::GateId;
use crate::domain::ledger::{Body, Decision, DecisionOutcome, Entry, Exclusion};
use crate::domain::person;
use crate::format::decisions::Told;
use crate::present::words;
use crate::tui::model::list::Item;
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::widget::Ink;
use jiff::Timestamp;
use ratatui::text::Line;

/// What may be decided now.
pub fn head(model: &Model, width: usize) -> Vec<Line<'static>> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let theme = &model.look.theme;
    let verdict = facts.readiness.verdict();
    let allowed = facts.readiness.stage.allowed.as_ref().map_or("Nothing may be accepted yet".to_owned(), |id| {
        format!("The highest stage that may be accepted now: {}", stage(facts.plan, id.as_str()))
    });
    vec![
        Ink::new(&model.look, width)
            .gap(1)
            .text(&words::headline(facts.plan, facts.readiness), theme.verdict(verdict))
            .right(&allowed, theme.text)
            .line(),
    ]
}

/// Stages, exclusions, every decision with the newest first.
pub fn items(model: &Model) -> Vec<Item> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let mut items: Vec<Item> = facts
        .readiness
        .gates
        .iter()
        .map(|gate| Item::row(Subject::Gate(gate.id.clone()), !gate.status.is_clear() && !gate.outside))
        .collect();
    let exclusions = exclusions(&facts);
    items.push(Item::heading(format!("Left out on purpose, {}", exclusions.len())));
    if exclusions.is_empty() {
        items.push(Item::note("Nothing is excluded"));
    }
    items.extend(exclusions.iter().map(|(seq, _)| Item::row(Subject::Record(*seq), false)));
    let history = gate::history(&facts.snapshot.ledger);
    items.push(Item::heading(match history.len() {
        0 | 1 => "Decision".to_owned(),
        count => format!("Decisions, {count}"),
    }));
    match &facts.readiness.decision {
        None => items.push(Item::note("Nothing was decided yet")),
        Some(newest) => items.push(Item::row(Subject::Decision, !newest.stands)),
    }
    items.extend(history.iter().skip(1).map(|(entry, ..)| Item::row(Subject::Record(entry.seq), false)));
    items
}

/// Exclusions that were signed and not revoked, with their entries.
fn exclusions<'a>(facts: &Facts<'a>) -> Vec<(u64, &'a Exclusion)> {
    let entries = &facts.snapshot.ledger.entries;
    let revoked = |id: &crate::domain::ids::ExclusionId| {
        entries.iter().any(|entry| matches!(&entry.body, Body::ExclusionRevoked(revoked) if revoked.exclusion == *id))
    };
    entries
        .iter()
        .filter_map(|entry| match &entry.body {
            Body::ExclusionSigned(exclusion) if !revoked(&exclusion.id) => Some((entry.seq, exclusion)),
            _ => None,
        })
        .collect()
}

/// One row.
pub fn line(model: &Model, subject: &Subject, width: usize) -> Line<'static> {
    let Some(facts) = model.facts() else { return Line::default() };
    let (look, theme) = (&model.look, &model.look.theme);
    match subject {
        Subject::Gate(id) => {
            let Some(gate) = facts.readiness.gate(id.as_str()) else { return Line::default() };
            let verdict = gate.status.verdict();
            let place = if gate.outside { "outside this motion".to_owned() } else { parts::tally(gate) };
            let ink = Ink::new(look, width)
                .gap(1)
                .text(look.symbols.gate(gate.status), parts::gate_style(model, &facts, gate))
                .gap(1)
                .cell(&stage(facts.plan, id.as_str()), 14, theme.text)
                .gap(1)
                .cell(words::verdict(verdict), 18, parts::gate_style(model, &facts, gate))
                .gap(1)
                .cell(&format!("{:>5}", format!("{}/{}", gate.met, gate.total)), 5, theme.text)
                .gap(2);
            let place = parts::in_clauses(&place, ink.left());
            ink.quiet(&place).line()
        }
        Subject::Record(seq) => match facts.entry(*seq).map(|entry| &entry.body) {
            Some(Body::ExclusionSigned(exclusion)) => exclusion_line(model, &facts, *seq, exclusion, width),
            Some(Body::Decided(_)) => {
                let overtaken = gate::history(&facts.snapshot.ledger).into_iter().find(|(entry, ..)| entry.seq == *seq);
                let Some((entry, decision, Some(standing))) = overtaken else { return Line::default() };
                decision_line(model, &facts, (entry.seq, entry.at), (&decision.stage, decision.outcome), standing, width)
            }
            _ => Line::default(),
        },
        Subject::Decision => {
            let Some(decision) = &facts.readiness.decision else { return Line::default() };
            let (entry, what) = ((decision.seq, decision.at), (&decision.stage, decision.outcome));
            decision_line(model, &facts, entry, what, decision.standing, width)
        }
        _ => Line::default(),
    }
}

fn exclusion_line(model: &Model, facts: &Facts, seq: u64, exclusion: &Exclusion, width: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let state = facts.readiness.exclusions.iter().find(|state| state.seq == seq);
    let looks = state.is_some_and(|state| !state.remarks.is_empty());
    let (mark, style) = if looks { (look.symbols.warning, theme.caution) } else { (look.symbols.excluded, theme.excluded) };
    let ink = Ink::new(look, width)
        .gap(1)
        .text(mark, style)
        .gap(1)
        .cell(exclusion.id.as_str(), 4, theme.text)
        .cell(&exclusion.covers, 30, theme.text)
        .gap(1);
    let standing = state.filter(|state| !state.live).map(|state| format!("{}, ", words::exclusion(state.standing)));
    let until = words::date_with_year(exclusion.until);
    let told = format!("{}to {until}, {}", standing.unwrap_or_default(), exclusion.signed_by);
    let told = parts::in_clauses(&told, ink.left());
    ink.quiet(&told).line()
}

fn decision_line(
    model: &Model,
    facts: &Facts,
    (seq, at): (u64, Timestamp),
    (of, outcome): (&GateId, DecisionOutcome),
    standing: DecisionStanding,
    width: usize,
) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let (mark, style) = match standing {
        DecisionStanding::Stands => (look.symbols.met, theme.good),
        DecisionStanding::ChangedSince => (look.symbols.warning, theme.caution),
        DecisionStanding::Superseded(_) | DecisionStanding::Ended(_) => (look.symbols.idle, theme.quiet),
    };
    let stands = match standing {
        DecisionStanding::ChangedSince => "CHANGED SINCE".to_owned(),
        _ => words::standing(standing),
    };
    let what = format!("{} {}", stage(facts.plan, of.as_str()), words::decision(outcome));
    let what = format!("{what}, {} #{seq}, ", words::moment(at, facts.zone));
    Ink::new(look, width).gap(1).text(mark, style).gap(1).plain(&what).text(&stands, style).line()
}

/// What blocks a stage, what an exclusion says, what changed since the decision.
pub fn detail(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let (Some(facts), Some(subject)) = (model.facts(), model.selected()) else { return Vec::new() };
    let theme = &model.look.theme;
    let put = |label: &str, text: &str| parts::labelled(model, cells, label, text, theme.text);
    match subject {
        Subject::Gate(id) => {
            let Some(gate) = facts.readiness.gate(id.as_str()) else { return Vec::new() };
            let mut out = put("Until", &gate.stop_rule);
            if let Some((at, why)) = &gate.holds_until {
                out.extend(put("Holds", &format!("until {}: {why}", words::moment(*at, facts.zone))));
            }
            out.push(Line::default());
            let open = gate.requirements.iter().filter(|requirement| !requirement.status.is_settled());
            let mut blockers: Vec<Line<'static>> =
                open.map(|requirement| parts::requirement(model, &facts, requirement, cells, 0)).collect();
            if blockers.is_empty() {
                blockers = parts::text(model, cells, "Nothing blocks it.", theme.good);
            }
            out.extend(blockers);
            out
        }
        Subject::Record(seq) => match facts.entry(*seq).map(|entry| (entry, &entry.body)) {
            Some((entry, Body::ExclusionSigned(exclusion))) => {
                let mut out = put("Covers", &exclusion.covers);
                out.extend(put("Wording", &exclusion.wording));
                out.extend(put("Signed", &format!("{}, recorded by {}", exclusion.signed_by, entry.by)));
                out.extend(exclusion.approved_by.iter().flat_map(|name| put("Approved", name)));
                out.extend(exclusion.from.iter().flat_map(|from| put("From", &words::date_with_year(*from))));
                out.extend(put("Until", &words::date_with_year(exclusion.until)));
                out.extend(exclusion.reference.iter().flat_map(|reference| put("Paper", reference)));
                let state = facts.readiness.exclusions.iter().find(|state| state.seq == *seq);
                let remarks = state.into_iter().flat_map(|state| &state.remarks);
                out.extend(remarks.flat_map(|one| parts::labelled(model, cells, "Look at", &one.told, theme.caution)));
                out
            }
            Some((entry, Body::Decided(decision))) => people(model, cells, entry, decision),
            _ => Vec::new(),
        },
        Subject::Decision => {
            let Some(decision) = &facts.readiness.decision else { return Vec::new() };
            let mut out = Vec::new();
            if let Some((entry, Body::Decided(body))) = facts.entry(decision.seq).map(|entry| (entry, &entry.body)) {
                out.extend(people(model, cells, entry, body));
            }
            out.extend(drift(model, &facts, decision, cells));
            if decision.changed.is_empty() {
                out.extend(put("Changed", "nothing it was judged on"));
            }
            out
        }
        _ => Vec::new(),
    }
}

/// Who decided, and on what ledger.
fn people(model: &Model, cells: usize, entry: &Entry, decision: &Decision) -> Vec<Line<'static>> {
    let theme = &model.look.theme;
    let put = |label: &str, text: &str| parts::labelled(model, cells, label, text, theme.text);
    let mut out = put("Customer", &format!("{}, recorded by {}", decision.customer, entry.by));
    out.extend(put("Operator", &format!("{}, recorded by {}", decision.operator, entry.by)));
    if person::same(&decision.customer, &decision.operator) {
        out.extend(parts::labelled(model, cells, "Look at", "one person decided for both sides", theme.caution));
    }
    out.extend(decision.reference.iter().flat_map(|reference| put("Paper", reference)));
    out.extend(decision.note.iter().flat_map(|note| put("Note", note)));
    if let (Some(head), Some(length)) = (decision.head, decision.length) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        out.extend(put("Made on", &format!("{}, head {}", words::count(length, "entry", "entries"), head.short())));
    }
    out
}

/// What changed since, from what to what, by whom and when; and whose voice is needed again.
fn drift(model: &Model, facts: &Facts, decision: &DecisionState, cells: usize) -> Vec<Line<'static>> {
    let theme = &model.look.theme;
    let told = Told { plan: facts.plan, room: facts.room, ledger: &facts.snapshot.ledger, now: facts.readiness.as_of };
    let mut out = Vec::new();
    for (at, change) in decision.changes.iter().enumerate() {
        let label = if at == 0 { "Changed" } else { "" };
        out.extend(parts::labelled(model, cells, label, &told.change(change, model.look.symbols), theme.caution));
    }
    for (at, (party, because)) in decision.voices.iter().enumerate() {
        let label = if at == 0 { "Again" } else { "" };
        let text = format!("{}: {}", told.party(party), because.join(", "));
        out.extend(parts::labelled(model, cells, label, &text, theme.text));
    }
    out
}
