//! Screen 9, for reading. The go/no-go sheet: verdict per stage, what blocks it, what was left out, what was decided.

use super::chrome::stage;
use super::parts;
use crate::domain::ledger::{Body, Exclusion};
use crate::present::words;
use crate::tui::model::list::Item;
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::widget::Ink;
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

/// Stages, exclusions, the newest decision.
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
    items.push(Item::heading("Decision"));
    if facts.readiness.decision.is_none() {
        items.push(Item::note("Nothing was decided yet"));
    } else {
        let stands = facts.readiness.decision.as_ref().is_some_and(|decision| decision.stands);
        items.push(Item::row(Subject::Decision, !stands));
    }
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
        Subject::Record(seq) => {
            let all = exclusions(&facts);
            let Some((_, exclusion)) = all.iter().find(|(at, _)| at == seq) else { return Line::default() };
            let ink = Ink::new(look, width)
                .gap(1)
                .text(look.symbols.excluded, theme.excluded)
                .gap(1)
                .cell(exclusion.id.as_str(), 4, theme.text)
                .cell(&exclusion.covers, 30, theme.text)
                .gap(1);
            let until = format!("to {}, {}", words::date_with_year(exclusion.until), exclusion.signed_by);
            let until = parts::in_clauses(&until, ink.left());
            ink.quiet(&until).line()
        }
        Subject::Decision => {
            let Some(decision) = &facts.readiness.decision else { return Line::default() };
            let (mark, style) =
                if decision.stands { (look.symbols.met, theme.good) } else { (look.symbols.warning, theme.caution) };
            let stands = if decision.stands { "stands" } else { "CHANGED SINCE" };
            Ink::new(look, width)
                .gap(1)
                .text(mark, style)
                .gap(1)
                .plain(&format!(
                    "{} {}, {} #{}, ",
                    stage(facts.plan, decision.stage.as_str()),
                    words::decision(decision.outcome),
                    words::moment(decision.at, facts.zone),
                    decision.seq
                ))
                .text(stands, style)
                .line()
        }
        _ => Line::default(),
    }
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
        Subject::Record(seq) => {
            let all = exclusions(&facts);
            let Some((_, exclusion)) = all.iter().find(|(at, _)| at == seq) else { return Vec::new() };
            let by = facts.entry(*seq).map(|entry| entry.by.clone()).unwrap_or_default();
            let mut out = put("Covers", &exclusion.covers);
            out.extend(put("Wording", &exclusion.wording));
            out.extend(put("Signed", &format!("{}, recorded by {by}", exclusion.signed_by)));
            out.extend(put("Until", &words::date_with_year(exclusion.until)));
            out.extend(exclusion.reference.iter().flat_map(|reference| put("Paper", reference)));
            out
        }
        Subject::Decision => {
            let Some(decision) = &facts.readiness.decision else { return Vec::new() };
            let mut out = Vec::new();
            if let Some(Body::Decided(body)) = facts.entry(decision.seq).map(|entry| &entry.body) {
                let by = facts.entry(decision.seq).map(|entry| entry.by.clone()).unwrap_or_default();
                out.extend(put("Customer", &format!("{}, recorded by {by}", body.customer)));
                out.extend(put("Operator", &format!("{}, recorded by {by}", body.operator)));
                out.extend(body.reference.iter().flat_map(|reference| put("Paper", reference)));
                out.extend(body.note.iter().flat_map(|note| put("Note", note)));
            }
            for (at, changed) in decision.changed.iter().enumerate() {
                out.extend(parts::labelled(model, cells, if at == 0 { "Changed" } else { "" }, changed, theme.caution));
            }
            if decision.changed.is_empty() {
                out.extend(put("Changed", "nothing it was judged on"));
            }
            out
        }
        _ => Vec::new(),
    }
}
