//! Screen 2. The weeks, their steps and tasks, and what still keeps a step open.

use super::parts;
use crate::domain::gate::{StepState, StepStatus};
use crate::present::words;
use crate::tui::model::list::Item;
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::widget::Ink;
use ratatui::text::Line;

/// Weeks, in them steps, beneath those their tasks.
pub fn items(model: &Model) -> Vec<Item> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let mut items = Vec::new();
    let mut week = None;
    for state in &facts.readiness.steps {
        if week != Some(state.week) {
            items.push(Item::group(week_title(&facts, state)));
        }
        week = Some(state.week);
        let open = state.status != StepStatus::Closed;
        items.push(Item::row(Subject::Step(state.id.clone()), open));
        items.extend(state.tasks.iter().map(|task| Item::below(Subject::Task(state.id.clone(), task.id.clone()), !task.done)));
    }
    items
}

fn week_title(facts: &Facts, state: &StepState) -> String {
    let begins = facts.room.tenant.kickoff.checked_add(jiff::Span::new().weeks(i64::from(state.week))).ok();
    let today = if i64::from(state.week) == facts.readiness.week.now { ", this week" } else { "" };
    format!("WEEK {}, from {}{today}", state.week, begins.map(words::weekday).unwrap_or_default())
}

fn find<'a>(facts: &Facts<'a>, id: &str) -> Option<&'a StepState> {
    facts.readiness.steps.iter().find(|step| step.id == *id)
}

/// One row.
pub fn line(model: &Model, subject: &Subject, width: usize) -> Line<'static> {
    let Some(facts) = model.facts() else { return Line::default() };
    let (look, theme) = (&model.look, &model.look.theme);
    match subject {
        Subject::Step(id) => {
            let (Some(state), Some(step)) = (find(&facts, id.as_str()), facts.plan.step(id.as_str())) else {
                return Line::default();
            };
            let done = state.tasks.iter().filter(|task| task.done).count();
            let style = theme.step(state.status);
            Ink::new(look, width)
                .gap(1)
                .text(look.symbols.step(state.status), style)
                .gap(1)
                .cell(&step.title, width.saturating_sub(3 + 1 + 4 + 12 + 1 + 14 + 1).min(52), theme.strong)
                .gap(1)
                .cell(&format!("{done}/{}", state.tasks.len()), 4, theme.text)
                .cell(&parts::standing(&facts, state), 11, style)
                .gap(1)
                .quiet(&parts::who(&facts, &step.owner))
                .line()
        }
        Subject::Task(step, task) => {
            let Some(text) = facts.plan.step(step.as_str()).and_then(|step| step.task(task.as_str())).map(|task| &task.text)
            else {
                return Line::default();
            };
            let done = facts.room.is_done(step.as_str(), task.as_str());
            let mark = if done { look.symbols.met } else { " " };
            Ink::new(look, width)
                .gap(5)
                .quiet("[")
                .text(mark, theme.good)
                .quiet("]")
                .gap(1)
                .text(text, if done { theme.quiet } else { theme.text })
                .line()
        }
        _ => Line::default(),
    }
}

/// Goal, exit gate, stop rule, targets, and what keeps it open.
pub fn detail(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let (Some(facts), Some(Subject::Step(id) | Subject::Task(id, _))) = (model.facts(), model.selected()) else {
        return Vec::new();
    };
    let (Some(state), Some(step)) = (find(&facts, id.as_str()), facts.plan.step(id.as_str())) else { return Vec::new() };
    let theme = &model.look.theme;
    let put = |label: &str, text: &str| parts::labelled(model, cells, label, text, theme.text);
    let mut out = Vec::new();
    if let Some(Subject::Task(_, task)) = model.selected()
        && let Some(task) = step.task(task.as_str())
    {
        out.extend(put("Task", &task.text));
        out.push(Line::default());
    }
    for (at, open) in state.open.iter().enumerate() {
        out.extend(parts::labelled(model, cells, if at == 0 { "Open" } else { "" }, open, theme.trouble));
    }
    if state.open.is_empty() {
        out.extend(parts::labelled(model, cells, "Open", "nothing: it is closed", theme.good));
    }
    out.extend(put("Goal", &step.goal));
    out.extend(put("Who", &format!("{} ({})", parts::who(&facts, &step.owner), facts.plan.party_title(&step.owner))));
    out.extend(put("Due", &due(&facts, state)));
    out.extend(put("Exit", &step.exit_gate));
    out.extend(put("Until", &step.stop_rule));
    let targets: Vec<&str> =
        step.targets.iter().filter_map(|id| facts.plan.target(id.as_str())).map(|target| target.title.as_str()).collect();
    out.extend(put("Attach", &format!("to {}", targets.join(", "))));
    let records: Vec<String> = state.evidence.iter().map(|seq| format!("#{seq}")).collect();
    out.extend(put("Evidence", &if records.is_empty() { "none yet".to_owned() } else { records.join(", ") }));
    for requirement in &state.requirements {
        out.push(parts::requirement(model, &facts, requirement, cells, 0));
    }
    out
}

/// The day, and how the step stands against it unless that is the day again.
fn due(facts: &Facts, state: &StepState) -> String {
    let day = words::weekday(parts::due(facts, state));
    match state.status {
        StepStatus::Ahead => day,
        StepStatus::Closed | StepStatus::Late | StepStatus::AtRisk => format!("{day}, {}", parts::standing(facts, state)),
    }
}
