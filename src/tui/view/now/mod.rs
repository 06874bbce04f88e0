//! Screen 1. Answers, without a key pressed: what do I do next, and may I?
//!
//! At 80×24 every row has its place; what is left over goes to actions, then to requirements.

mod row;
mod weeks;

pub use row::line;

use super::chrome::{next_gate, stage};
use super::parts::{self, stale_proofs, tally};
use crate::domain::gate::{Action, DecisionState, GateState, GateStatus, RequirementState, StepStatus};
use crate::present::words;
use crate::tui::model::list::Item;
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::widget::{self, Ink};
use ratatui::text::Line;

/// So many actions have their place on the smallest screen.
const ACTIONS: usize = 5;
/// So many ledger lines before anything else gets a row; a taller terminal shows more.
const LATEST: usize = 5;

/// Verdict and stop rule.
pub fn head(model: &Model, width: usize) -> Vec<Line<'static>> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let Some(gate) = next_gate(&facts) else { return Vec::new() };
    let (look, theme) = (&model.look, &model.look.theme);
    let r = facts.readiness;
    let target = stage(facts.plan, r.stage.target.as_str());
    let verdict = gate.status.verdict();
    let first = match r.decision.as_ref().filter(|decision| decision.outcome.accepts() && decision.stage == r.stage.target) {
        Some(DecisionState { stands: true, .. }) if r.stage.next.is_none() => Ink::new(look, width)
            .gap(1)
            .text(&words::headline(facts.plan, r), theme.good)
            .right(&format!("Target: {target}"), theme.quiet),
        Some(DecisionState { stands: false, changes, .. }) => {
            let beside = |headline: &str| {
                let room = width.saturating_sub(widget::width(headline) + 4);
                changes.first().map(|first| parts::since_decided(first, room)).unwrap_or_default()
            };
            let mut headline = words::headline(facts.plan, r);
            // The change is worth more than the words around it.
            if !beside(&headline).1 {
                headline = format!("{target} CHANGED SINCE");
            }
            let change = beside(&headline).0;
            Ink::new(look, width).gap(1).text(&headline, theme.caution).gap(3).plain(&change)
        }
        _ => {
            let tally = tally(gate).replace(", decision", ", then decide");
            let allowed = r
                .stage
                .allowed
                .as_ref()
                .map_or("You may not start yet".to_owned(), |id| format!("You may now: {}", stage(facts.plan, id.as_str())));
            let right = if width >= 110 { format!("{allowed}     Target: {target}") } else { format!("Target: {target}") };
            Ink::new(look, width)
                .gap(1)
                .text(words::verdict(verdict), theme.verdict(verdict))
                .gap(2)
                .text(&stage(facts.plan, gate.id.as_str()), theme.strong)
                .gap(3)
                .plain(&tally)
                .right(&right, theme.text)
        }
    };
    let why = format!("{} why", model.keymap.hint("row.why"));
    let room = width.saturating_sub(widget::width(&why) + 4);
    let rule = if gate.status.is_clear() {
        gate.requirements.is_empty().then(String::new).unwrap_or_default()
    } else {
        gate.stop_rule.clone()
    };
    let until = if rule.is_empty() { String::new() } else { format!("Until then: {}", lower_first(&rule)) };
    let second = Ink::new(look, width).gap(1).cell(&until, room, theme.text).right(&why, theme.quiet);
    vec![first.line(), second.line()]
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_lowercase().collect()).unwrap_or_default();
    first + chars.as_str()
}

/// The title over the actions.
pub fn title(model: &Model) -> String {
    let Some(facts) = model.facts() else { return String::new() };
    let r = facts.readiness;
    let gate = if model.whole_way { Some(&r.stage.target) } else { r.stage.next.as_ref() };
    match gate {
        Some(gate) if model.whole_way => format!("Do next, the whole way to {}", stage(facts.plan, gate.as_str())),
        Some(gate) => format!("Do next, to clear {}", stage(facts.plan, gate.as_str())),
        None => "Nothing to do: everything up to the target is clear".into(),
    }
}

fn actions<'a>(model: &Model, facts: &Facts<'a>) -> &'a [Action] {
    if model.whole_way { &facts.readiness.way } else { &facts.readiness.actions }
}

/// How the rows of this page are shared out. Every section has a smallest size; what is left over goes to actions, then
/// to requirements, to what ends, and last to weeks and to what happened.
struct Budget {
    actions: usize,
    requirements: usize,
    /// One row for each, instead of one row for all of them.
    endings: bool,
    weeks: bool,
    latest: usize,
}

impl Budget {
    fn of(model: &Model, facts: &Facts) -> Self {
        let regions = super::regions(model);
        let (wide, rows) = (regions.detail.is_some(), usize::from(regions.list.height));
        let actions = actions(model, facts).len();
        // Somebody who asks for the whole way gets all of it, and scrolls.
        let smallest = if model.whole_way { actions } else { actions.min(ACTIONS) };
        let sections = usize::from(!wide) * 3 + 1 + 1 + 1;
        let decided = usize::from(changed_decision(facts).is_some());
        let fixed = 1 + stage_rows(&facts.readiness.gates).len() + decided + sections + usize::from(!model.spool.is_empty());
        let mut left = rows.saturating_sub(fixed + smallest);
        let mut take = |wanted: usize| {
            let taken = wanted.min(left);
            left -= taken;
            taken
        };
        let shown = smallest + take(actions - smallest);
        let held = held_requirements(facts).count();
        let requirements = take(held);
        let ending = endings(facts).count();
        let endings = ending > 1 && requirements == held && take(ending - 1) == ending - 1;
        let steps = facts.readiness.steps.len();
        let entries = facts.snapshot.ledger.entries.len();
        // A heading with a single row beneath it is not worth its rows.
        let latest = if requirements == held { take(entries.min(LATEST) + 1) } else { 0 };
        let latest = if latest > 2 { latest - 1 } else { 0 };
        let weeks = !wide && steps > 1 && take(steps - 1) == steps - 1;
        let latest = if latest > 0 { latest + take(entries - latest) } else { 0 };
        Self { actions: shown, requirements, endings, weeks, latest }
    }
}

/// What holds the gates up to the target, the nearest first. Decisions have a row of their own among the actions.
fn held_requirements<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a RequirementState> {
    let gates = facts.readiness.gates.iter().filter(|gate| !gate.outside && gate.status != GateStatus::Blocked);
    gates.flat_map(holding)
}

fn holding(gate: &GateState) -> impl Iterator<Item = &RequirementState> {
    gate.requirements.iter().filter(|requirement| !requirement.status.is_settled() && requirement.kind != "decision")
}

/// What ends before the go/no-go, by its place in the readiness; without a go/no-go, whatever ends.
fn endings(facts: &Facts) -> impl Iterator<Item = usize> {
    let call = facts.room.go_no_go();
    let endings = facts.readiness.endings.iter().enumerate();
    endings.filter(move |(_, ending)| call.is_none_or(|call| ending.at <= call)).map(|(at, _)| at)
}

/// A decision that accepted something and was overtaken since.
fn changed_decision<'a>(facts: &Facts<'a>) -> Option<&'a DecisionState> {
    facts.readiness.decision.as_ref().filter(|decision| decision.outcome.accepts() && !decision.stands)
}

/// The rows: actions, stages, weeks, owners, what ends before the call, what changed.
pub fn items(model: &Model) -> Vec<Item> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let r = facts.readiness;
    let wide = super::regions(model).detail.is_some();
    let budget = Budget::of(model, &facts);
    let mut items: Vec<Item> = Vec::new();
    for captured in model.spool.iter().take(1) {
        items.push(Item::row(Subject::Spooled(captured.run.id.clone()), true));
    }
    let actions = actions(model, &facts);
    // A list that is not whole says so, in the place of its last row.
    let shown = if budget.actions < actions.len() { budget.actions.saturating_sub(1) } else { budget.actions };
    items.extend(actions.iter().take(shown).map(|action| Item::row(Subject::Action(action.kind.clone()), true)));
    if shown < actions.len() {
        let hint = model.keymap.hint("actions.target");
        items.push(Item::note(format!("  {} more; {hint} shows the whole way", actions.len() - shown)));
    }
    items.push(Item::heading("Stages"));
    let (mut left, mut beneath) = (budget.requirements, held_requirements(&facts).count());
    for gate in stage_rows(r.gates.as_slice()) {
        items.push(Item::row(Subject::Gate(gate.id.clone()), !gate.status.is_clear() && !gate.outside));
        if changed_decision(&facts).is_some_and(|decision| decision.stage == gate.id) {
            items.push(Item::row(Subject::Decision, true));
        }
        if gate.outside || gate.status == GateStatus::Blocked {
            continue;
        }
        for requirement in holding(gate) {
            match (left, beneath) {
                (0, _) => break,
                (1, 2..) => items
                    .push(Item::note(format!("    {beneath} more; screen {} has them all", model.keymap.hint("screen.gates")))),
                _ => items.push(Item::below(Subject::Requirement(requirement.id.clone()), true)),
            }
            left -= 1;
            beneath -= 1;
        }
    }
    if !wide {
        items.push(Item::heading("Weeks and owners"));
        if budget.weeks {
            items.extend(r.steps.iter().map(|step| Item::row(Subject::Step(step.id.clone()), step.status != StepStatus::Closed)));
        } else {
            let step = r.steps.iter().find(|step| step.status != StepStatus::Closed).or(r.steps.first());
            items.extend(step.map(|step| Item::row(Subject::Step(step.id.clone()), true)));
        }
        let role = r.roles.iter().find(|role| role.blank && !role.outside).or(r.roles.first());
        items.extend(role.map(|role| Item::row(Subject::Role(role.id.clone()), true)));
    }
    items.push(Item::heading(before(&facts)));
    let endings: Vec<usize> = endings(&facts).collect();
    if endings.is_empty() && stale_proofs(&facts) == 0 {
        items.push(Item::note(nothing_ends(&facts)));
    } else {
        // Without an ending there is still to say how much is stale.
        let shown = if budget.endings { endings.len() } else { 1 };
        let rows = endings.iter().copied().chain(endings.is_empty().then_some(usize::MAX)).take(shown);
        items.extend(rows.map(|at| Item::row(Subject::Ending(at), true)));
    }
    items.push(Item::row(Subject::Since, false));
    if budget.latest > 0 {
        let entries = &facts.snapshot.ledger.entries;
        items.push(Item::heading(format!("Latest, {} of {}", budget.latest, entries.len())));
        items.extend(entries.iter().rev().take(budget.latest).map(|entry| Item::row(Subject::Record(entry.seq), false)));
    }
    items
}

fn nothing_ends(facts: &Facts) -> String {
    match (facts.readiness.endings.first(), facts.room.tenant.go_no_go) {
        (Some(first), Some(_)) => {
            format!("Nothing goes stale or ends before it; first is {}, {}", first.what, words::moment(first.at, facts.zone))
        }
        _ => "Nothing goes stale or ends by itself".into(),
    }
}

/// Stages one by one; those that policy blocks share the last row.
fn stage_rows(gates: &[GateState]) -> Vec<&GateState> {
    let mut out: Vec<&GateState> = gates.iter().filter(|gate| gate.status != GateStatus::Blocked).collect();
    out.extend(gates.iter().find(|gate| gate.status == GateStatus::Blocked));
    out
}

fn before(facts: &Facts) -> String {
    facts.room.tenant.go_no_go.map_or_else(|| "Before long".into(), |at| format!("Before {}", at.strftime("%a %d %b %H:%M")))
}

/// The second column of a wide screen: weeks, owners, proofs.
pub fn side(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let mut out: Vec<Line<'static>> = Vec::new();
    for (at, state) in facts.readiness.steps.iter().enumerate() {
        out.extend(weeks::block(model, &facts, state, at, cells));
    }
    let needed = facts.readiness.roles.iter().filter(|role| !role.outside);
    let (all, named) = (needed.clone().count(), needed.filter(|role| !role.blank).count());
    out.push(parts::section(model, cells, &format!("Owners: {named} of {all} named")));
    out.extend(facts.readiness.roles.iter().map(|role| super::owners::short_line(model, &facts, role, cells)));
    out.push(parts::section(model, cells, "Proofs"));
    out.extend(facts.plan.proofs.iter().filter_map(|proof| super::proofs::short_line(model, &facts, proof, cells)));
    out
}
