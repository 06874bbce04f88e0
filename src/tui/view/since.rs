//! What moved since a start: gates, steps and requirements, because of what; then what happened, the newest first.

use super::{evidence, parts};
use crate::domain::gate::since::{RequirementMove, Since};
use crate::present::words;
use crate::tui::model::{Facts, Model};
use crate::tui::widget::Ink;
use ratatui::text::Line;

/// So many entries of the ledger are listed at most.
const ENTRIES: usize = 300;

/// The whole text.
#[must_use]
pub fn text(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let Some(found) = model.since.found() else { return Vec::new() };
    let (look, theme) = (&model.look, &model.look.theme);
    let other = format!("{} another start, {} a date", model.keymap.hint("since.start"), model.keymap.hint("since.date"));
    let mut out = vec![
        Line::default(),
        Ink::new(look, cells)
            .text(&format!("Since {}", model.since.told(&facts)), theme.heading)
            .right(&other, theme.quiet)
            .line(),
    ];
    out.extend(moved(model, &facts, found, cells));
    out.extend(happened(model, &facts, found, cells));
    out
}

/// `4 newly met, 3 gone stale`, in one line.
#[must_use]
pub fn short(found: &Since) -> String {
    let (met, stale) = (found.newly_met(), found.gone_stale());
    let lost = found.requirements.len() - met - stale;
    let mut parts = Vec::new();
    for (count, word) in [(met, "newly met"), (stale, "gone stale"), (lost, "lost")] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    match (parts.is_empty(), found.entries.len()) {
        (false, _) => parts.join(", "),
        (true, 0) => "nothing happened".to_owned(),
        (true, n) => format!("{}, nothing moved", words::count(n, "entry", "entries")),
    }
}

fn moved(model: &Model, facts: &Facts, found: &Since, cells: usize) -> Vec<Line<'static>> {
    let (look, theme) = (&model.look, &model.look.theme);
    let arrow = look.symbols.arrow;
    let mut out = Vec::new();
    for gate in &found.gates {
        let text = format!(
            "{}: {} {}/{} {arrow} {} {}/{}",
            words::stage(facts.plan, gate.id.as_str()),
            words::gate(gate.was.0),
            gate.was.1,
            gate.total,
            words::gate(gate.now.0),
            gate.now.1,
            gate.total
        );
        out.push(
            Ink::new(look, cells).gap(2).text(look.symbols.gate(gate.now.0), theme.gate(gate.now.0)).gap(1).plain(&text).line(),
        );
    }
    for step in &found.steps {
        let title = facts.plan.step(step.id.as_str()).map_or(step.id.as_str(), |step| &step.title);
        let text = format!("{title}: {} {arrow} {}", words::step(step.was), words::step(step.now));
        out.push(Ink::new(look, cells).gap(2).text(look.symbols.step(step.now), theme.step(step.now)).gap(1).plain(&text).line());
        out.extend(because(model, facts, &step.because, cells));
    }
    for one in &found.requirements {
        out.extend(requirement(model, facts, one, cells));
    }
    if out.is_empty() {
        out.extend(parts::text(model, cells, "  No gate, step or requirement moved.", theme.quiet));
    }
    out
}

fn requirement(model: &Model, facts: &Facts, one: &RequirementMove, cells: usize) -> Vec<Line<'static>> {
    let (look, theme) = (&model.look, &model.look.theme);
    let text = format!("{}: {} {} {}", one.id, one.was.as_str(), look.symbols.arrow, one.now.as_str());
    let mark = (look.symbols.requirement(one.now), theme.requirement(one.now));
    let mut out = vec![Ink::new(look, cells).gap(2).text(mark.0, mark.1).gap(1).plain(&text).line()];
    out.extend(because(model, facts, &one.because, cells));
    out
}

/// The newest entry behind it, and how many more there are.
fn because(model: &Model, facts: &Facts, entries: &[u64], cells: usize) -> Vec<Line<'static>> {
    let look = &model.look;
    let text = match entries.last().and_then(|seq| facts.entry(*seq)) {
        None => "time passed".to_owned(),
        Some(entry) => {
            let more = if entries.len() > 1 { format!(", and {} more", entries.len() - 1) } else { String::new() };
            format!("#{} {}, by {}{more}", entry.seq, evidence::sentence(facts, entry), entry.by)
        }
    };
    vec![Ink::new(look, cells).gap(6).quiet(&text).line()]
}

fn happened(model: &Model, facts: &Facts, found: &Since, cells: usize) -> Vec<Line<'static>> {
    let (look, theme) = (&model.look, &model.look.theme);
    let mut out = vec![Line::default()];
    let mut day = String::new();
    for entry in found.entries.iter().rev().take(ENTRIES).filter_map(|seq| facts.entry(*seq)) {
        let this = words::weekday(entry.at.to_zoned(facts.zone.clone()).date());
        if this != day {
            out.push(Ink::new(look, cells).text(&this, theme.heading).line());
            day = this;
        }
        let time = entry.at.to_zoned(facts.zone.clone()).strftime("%H:%M").to_string();
        let ink = Ink::new(look, cells).gap(2).cell(&time, 6, theme.quiet).cell(&format!("#{}", entry.seq), 6, theme.quiet);
        out.push(ink.plain(&evidence::sentence(facts, entry)).quiet(&format!("  {}", entry.by)).line());
    }
    if found.entries.is_empty() {
        out.extend(parts::text(model, cells, "Nothing was written into the ledger since then.", theme.quiet));
    }
    out
}
