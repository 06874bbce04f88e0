//! The weeks of the plan: each step where it stands, as a row, as a block, or all of them in one line.

use crate::domain::gate::{StepState, StepStatus};
use crate::present::words;
use crate::tui::model::{Facts, Model};
use crate::tui::view::parts;
use crate::tui::widget::{self, Ink};
use ratatui::text::Line;

/// `W0 ✓ scope  W1 ✗ tenant setup 4 d late, ✓ operator`: as much as fits; what is closed gives way first.
pub fn line(model: &Model, facts: &Facts, width: usize) -> Line<'static> {
    let at = |brevity: u8, cells: usize| all(model, facts, brevity, cells);
    let fits = (0..4).find(|brevity| at(*brevity, 400).width() < width);
    at(fits.unwrap_or(4), width)
}

fn all(model: &Model, facts: &Facts, brevity: u8, cells: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let mut ink = Ink::new(look, cells).gap(1);
    for week in 0..=facts.readiness.steps.iter().map(|step| step.week).max().unwrap_or(0) {
        let steps: Vec<&StepState> = facts.readiness.steps.iter().filter(|step| step.week == week).collect();
        let Some(first) = steps.first() else { continue };
        ink = if ink.used() > 1 { ink.gap(2) } else { ink };
        ink = ink.text(&format!("W{week} "), theme.strong);
        // A week in which every step stands alike, and there is nothing to say about it, is one mark.
        let calm = |status: StepStatus| matches!(status, StepStatus::Closed | StepStatus::Ahead);
        if brevity > 0 && calm(first.status) && steps.iter().all(|step| step.status == first.status) {
            ink = ink.text(look.symbols.step(first.status), theme.step(first.status));
            continue;
        }
        // Several late steps, and no room to name them: how many, and how late the latest is.
        let late = steps.iter().filter(|step| step.status == StepStatus::Late);
        if brevity > 2 && late.clone().count() > 1 {
            let days = late.clone().map(|step| step.late_days).max().unwrap_or(0);
            ink = ink.text(look.symbols.unmet, theme.trouble).plain(&format!(" {} steps {days} d late", late.count()));
            continue;
        }
        let shown = steps.iter().filter(|step| brevity < 2 || step.status != StepStatus::Closed);
        for (at, step) in shown.enumerate() {
            ink = if at > 0 { ink.plain(", ") } else { ink };
            ink = ink.text(look.symbols.step(step.status), theme.step(step.status)).gap(1).plain(&short_step(step, brevity));
        }
    }
    ink.line()
}

fn short_step(state: &StepState, brevity: u8) -> String {
    let name = state.id.as_str().replace('-', " ");
    // `operator activation` is `operator` to whoever has two weeks of it behind them; `go no go` stays whole.
    let first = match name.split_once(' ') {
        Some((first, rest)) if !rest.contains(' ') => first.to_owned(),
        _ => name.clone(),
    };
    let done = state.tasks.iter().filter(|task| task.done).count();
    match state.status {
        StepStatus::Closed => first,
        StepStatus::Late => format!("{name} {} d late", state.late_days),
        StepStatus::AtRisk | StepStatus::Ahead if brevity > 3 => first,
        StepStatus::AtRisk | StepStatus::Ahead => format!("{first} {done}/{}", state.tasks.len()),
    }
}

/// `W1 09 Nov` in front of the first step of a week.
fn week_label(facts: &Facts, state: &StepState, first: bool) -> String {
    let begins = facts.room.tenant.kickoff.checked_add(jiff::Span::new().weeks(i64::from(state.week))).ok();
    if first { format!("W{} {}", state.week, begins.map(words::date).unwrap_or_default()) } else { String::new() }
}

fn is_first_of_week(facts: &Facts, at: usize) -> bool {
    let week = |at: usize| facts.readiness.steps.get(at).map(|step| step.week);
    at == 0 || week(at - 1) != week(at)
}

/// A step over the full width of a page in one column.
pub fn row(model: &Model, facts: &Facts, state: &StepState, at: usize, width: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let step = facts.plan.step(state.id.as_str());
    let done = state.tasks.iter().filter(|task| task.done).count();
    let style = theme.step(state.status);
    Ink::new(look, width)
        .gap(1)
        .cell(&week_label(facts, state, is_first_of_week(facts, at)), 9, theme.strong)
        .gap(1)
        .text(look.symbols.step(state.status), style)
        .gap(1)
        .cell(step.map_or(state.id.as_str(), |step| &step.title), width.saturating_sub(13 + 5 + 12 + 19), theme.text)
        .gap(1)
        .cell(&format!("{done}/{}", state.tasks.len()), 4, theme.text)
        .cell(&parts::standing(facts, state), 12, style)
        .plain(&step.map(|step| parts::who(facts, &step.owner)).unwrap_or_default())
        .line()
}

/// A step in the second column; a title that needs it takes a second line.
pub fn block(model: &Model, facts: &Facts, state: &StepState, at: usize, cells: usize) -> Vec<Line<'static>> {
    const WHEN: usize = 10;
    let (look, theme) = (&model.look, &model.look.theme);
    let title = facts.plan.step(state.id.as_str()).map_or(state.id.as_str(), |step| &step.title);
    let done = state.tasks.iter().filter(|task| task.done).count();
    let room = cells.saturating_sub(9 + 1 + 2 + 1 + 4 + WHEN);
    let style = theme.step(state.status);
    let put = |(line, text): (usize, &String)| {
        let ink = Ink::new(look, cells);
        if line > 0 {
            return ink.gap(12).plain(text).line();
        }
        ink.cell(&week_label(facts, state, is_first_of_week(facts, at)), 9, theme.strong)
            .gap(1)
            .text(look.symbols.step(state.status), style)
            .gap(1)
            .cell(text, room, theme.text)
            .gap(1)
            .cell(&format!("{done}/{}", state.tasks.len()), 4, theme.text)
            .text(&parts::standing(facts, state), style)
            .line()
    };
    widget::wrap(look.symbols, title, room).iter().enumerate().map(put).collect()
}
