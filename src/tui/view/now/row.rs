//! One row of screen 1, whatever it is about.

use super::{Budget, actions, changed_decision, endings, weeks};
use crate::domain::gate::{Action, ActionKind, GateState, GateStatus, RequirementStatus, RoleState};
use crate::present::words;
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::view::chrome::stage;
use crate::tui::view::parts::{stale_proofs, tally};
use crate::tui::view::{evidence, parts, since};
use crate::tui::widget::{self, Ink};
use ratatui::text::Line;

/// One row.
pub fn line(model: &Model, subject: &Subject, width: usize) -> Line<'static> {
    let Some(facts) = model.facts() else { return Line::default() };
    let r = facts.readiness;
    match subject {
        Subject::Action(kind) => {
            let all = actions(model, &facts);
            let at = all.iter().position(|action| action.kind == *kind);
            at.and_then(|at| Some((at, all.get(at)?)))
                .map(|(at, action)| action_line(model, &facts, action, at, width))
                .unwrap_or_default()
        }
        Subject::Gate(id) => r.gate(id.as_str()).map(|gate| stage_line(model, &facts, gate, width)).unwrap_or_default(),
        Subject::Requirement(id) => {
            r.requirement(id.as_str()).map(|state| parts::requirement(model, &facts, state, width, 5)).unwrap_or_default()
        }
        Subject::Step(id) if Budget::of(model, &facts).weeks => {
            let mut steps = r.steps.iter().enumerate();
            let found = steps.find(|(_, step)| step.id == *id);
            found.map(|(at, step)| weeks::row(model, &facts, step, at, width)).unwrap_or_default()
        }
        Subject::Step(_) => weeks::line(model, &facts, width),
        Subject::Decision => decision_line(model, &facts, width),
        Subject::Role(_) => owners_line(model, &facts, width),
        Subject::Ending(at) => ending_line(model, &facts, *at, width),
        Subject::Record(_) => evidence::line(model, subject, width),
        Subject::Since => since_line(model, &facts, width),
        Subject::Spooled(_) => spool_line(model, &facts, width),
        _ => Line::default(),
    }
}

fn action_line(model: &Model, facts: &Facts, action: &Action, at: usize, width: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let undecided = matches!(action.kind, ActionKind::Decide(_));
    let mark = if undecided { look.symbols.idle } else { look.symbols.action(action.status) };
    let style = if undecided || action.status == RequirementStatus::Met { theme.quiet } else { theme.requirement(action.status) };
    let waiting = match action.after {
        Some(row) => format!("after row {row}"),
        None if undecided => "after all rows".into(),
        None if matches!(action.kind, ActionKind::NameOwner(_) | ActionKind::FillScope(_) | ActionKind::AcceptDependency(_)) => {
            parts::asked(facts, action.asked)
        }
        None if action.dangerous => "asks first".into(),
        None => String::new(),
    };
    let who = if undecided { "both sides".into() } else { parts::who(facts, &action.owner) };
    // The columns share what the line has; what to do gets the most. Whom it waits for is never cut, so what it unlocks
    // has to go where a line is short.
    let number = if width >= 100 { format!("{:>2} ", at + 1) } else { String::new() };
    let (who_cells, wait_cells, unlock_cells) = match width {
        120.. => (19, 14, 32),
        96.. => (17, 14, 18),
        90.. => (15, 14, 13),
        76.. => (17, 14, 0),
        _ => (13, 0, 0),
    };
    let taken = 3 + number.len() + who_cells + wait_cells + unlock_cells + 2 + usize::from(unlock_cells > 0);
    let ink = Ink::new(look, width).gap(1).text(mark, style).gap(1).text(&number, theme.quiet);
    let ink = ink.cell(&action.text, width.saturating_sub(taken), theme.text).gap(1);
    let ink = ink.cell(&who, who_cells, theme.text).gap(1).cell(&waiting, wait_cells, theme.quiet);
    if unlock_cells > 0 { ink.gap(1).quiet(&unlocks(action, unlock_cells)).line() } else { ink.line() }
}

/// The requirements an action helps to settle, as many by name as fit.
fn unlocks(action: &Action, cells: usize) -> String {
    let mut slugs: Vec<&str> = action.unlocks.iter().map(crate::domain::ids::RequirementId::slug).collect();
    slugs.dedup();
    for shown in (1..=slugs.len()).rev() {
        let more = if shown < slugs.len() { format!(" +{}", slugs.len() - shown) } else { String::new() };
        let text = format!("{}{more}", slugs.iter().take(shown).copied().collect::<Vec<_>>().join(", "));
        if widget::width(&text) <= cells || shown == 1 {
            return text;
        }
    }
    String::new()
}

/// What has moved on since something was accepted.
fn decision_line(model: &Model, facts: &Facts, width: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let Some(decision) = changed_decision(facts) else { return Line::default() };
    let more = match decision.changed.len() {
        0 | 1 => String::new(),
        n => format!("; {} more", n - 1),
    };
    let ink = Ink::new(look, width).gap(5).text(look.symbols.warning, theme.caution).gap(1);
    let ink = ink.plain(&format!("changed since {}: ", words::day(decision.at, facts.zone)));
    let room = ink.left().saturating_sub(widget::width(&more));
    let first = decision.changes.first().map_or("what it was judged on".to_owned(), |first| parts::since_decided(first, room).0);
    ink.plain(&widget::fit(look.symbols, &first, room)).plain(&more).line()
}

fn stage_line(model: &Model, facts: &Facts, gate: &GateState, width: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let stage_view = &facts.readiness.stage;
    let mark = look.symbols.gate(gate.status);
    if gate.status == GateStatus::Blocked {
        let names: Vec<String> = facts
            .readiness
            .gates
            .iter()
            .filter(|gate| gate.status == GateStatus::Blocked)
            .map(|gate| stage(facts.plan, gate.id.as_str()))
            .collect();
        let outside = if gate.outside { ", outside this motion" } else { "" };
        return Ink::new(look, width)
            .gap(1)
            .text(mark, theme.quiet)
            .gap(1)
            .cell(&names.join(", "), 31, theme.quiet)
            .quiet(&format!("blocked by policy{outside}"))
            .line();
    }
    let style = parts::gate_style(model, facts, gate);
    let mut places = Vec::new();
    let decided = facts.readiness.decision.as_ref().filter(|decision| decision.stage == gate.id && decision.outcome.accepts());
    // Both in the cells there are for one: the place at the end of a reached target is cut otherwise.
    let reached = stage_view.target == gate.id;
    if stage_view.accepted.as_ref() == Some(&gate.id) {
        places.push(if reached { "here" } else { "you are here" });
    }
    if stage_view.next.as_ref() == Some(&gate.id) {
        places.push("next");
    }
    if stage_view.target == gate.id {
        places.push("target");
    }
    let note = match decided {
        Some(decision) if decision.stands => format!("accepted {}, stands", words::day(decision.at, facts.zone)),
        Some(decision) => format!("accepted {}, CHANGED SINCE", words::day(decision.at, facts.zone)),
        None if gate.outside => "outside this motion".into(),
        None => tally(gate),
    };
    Ink::new(look, width)
        .gap(1)
        .text(mark, style)
        .gap(1)
        .cell(&stage(facts.plan, gate.id.as_str()), 14, theme.text)
        .gap(1)
        .cell(parts::gate_word(gate), 9, style)
        .gap(1)
        .cell(&format!("{:>5}", format!("{}/{}", gate.met, gate.total)), 5, theme.text)
        .gap(2)
        .cell(&note, width.saturating_sub(3 + 15 + 10 + 5 + 2 + 13), theme.text)
        .gap(1)
        .quiet(&places.join(", "))
        .line()
}

fn owners_line(model: &Model, facts: &Facts, width: usize) -> Line<'static> {
    let theme = &model.look.theme;
    let needed: Vec<_> = facts.readiness.roles.iter().filter(|role| !role.outside).collect();
    let blank: Vec<&RoleState> = needed.iter().copied().filter(|role| role.blank).collect();
    let ink =
        Ink::new(&model.look, width).gap(1).plain(&format!("Owners {} of {} named.", needed.len() - blank.len(), needed.len()));
    if blank.is_empty() {
        return ink.line();
    }
    let ink = ink.gap(1).text("Blank: ", theme.trouble);
    let short = |role: &RoleState, when: bool| {
        let spec = facts.plan.role(role.id.as_str());
        let title = spec.map_or(role.id.as_str(), |spec| &spec.title).to_lowercase();
        let title = title.trim_end_matches(" owner").to_owned();
        match (role.late_days > 0, spec.filter(|_| when)) {
            (true, _) => format!("{title} (late)"),
            (false, Some(spec)) => format!("{title} ({})", stage(facts.plan, spec.due.as_str())),
            (false, None) => title,
        }
    };
    // What is late is said longest; then when each is due gives way, then the last names.
    let line = |when: bool, shown: usize| {
        let names: Vec<String> = blank.iter().take(shown).map(|role| short(role, when)).collect();
        let more = if shown < blank.len() { format!(" and {} more", blank.len() - shown) } else { String::new() };
        format!("{}{more}", names.join(", "))
    };
    let tries = std::iter::once((true, blank.len())).chain((1..=blank.len()).rev().map(|shown| (false, shown)));
    let fitting = tries.map(|(when, shown)| line(when, shown)).find(|text| widget::width(text) <= ink.left());
    ink.plain(&fitting.unwrap_or_else(|| line(false, 1))).line()
}

fn ending_line(model: &Model, facts: &Facts, at: usize, width: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let r = facts.readiness;
    let stale = stale_proofs(facts);
    let counted = match stale {
        0 => String::new(),
        n => format!("{} stale now", words::count(n, "proof", "proofs")),
    };
    let Some(ending) = r.endings.get(at) else {
        return Ink::new(look, width).gap(1).text(look.symbols.stale, theme.caution).gap(1).plain(&counted).line();
    };
    let proof = ending.proof.as_ref().and_then(|id| facts.plan.proof(id.as_str()));
    let mark = if proof.is_some() { look.symbols.stale } else { look.symbols.excluded };
    let ink = Ink::new(look, width).gap(1).text(mark, theme.caution).gap(1);
    let start = ending.start_by.map(|by| format!("start by {}", words::moment_near(by, facts.now, facts.zone)));
    if Budget::of(model, facts).endings {
        let start = start.unwrap_or_default();
        let ink = ink.cell(&words::moment(ending.at, facts.zone), 17, theme.text);
        let room = ink.left().saturating_sub(widget::width(&start) + 2);
        return ink.cell(&ending.what, room, theme.text).right(&start, theme.quiet).line();
    }
    // One row for all of them: counts and the date are never cut, the name is.
    let later = endings(facts).count();
    let what = proof.map_or(ending.what.as_str(), |proof| proof.title.as_str());
    let counts = match (counted.is_empty(), later) {
        (true, 1) => "1 ends: ".to_owned(),
        (true, n) => format!("{n} end, first "),
        (false, 1) => format!("{counted}, 1 more by then: "),
        (false, n) => format!("{counted}, {n} more by then; first "),
    };
    let when = words::moment(ending.at, facts.zone);
    let ink = ink.plain(&counts);
    let name = widget::fit(look.symbols, what, ink.left().saturating_sub(widget::width(&when) + 2)).into_owned();
    ink.plain(&name).plain(&format!(", {when}")).line()
}

fn since_line(model: &Model, facts: &Facts, width: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let hint = format!("{} details", model.keymap.hint("since"));
    let text = match model.since.found() {
        Some(found) => format!("Since {}: {}", model.since.told(facts), since::short(found)),
        None => "No entry in the ledger yet".to_owned(),
    };
    let room = width.saturating_sub(widget::width(&hint) + 5);
    Ink::new(look, width)
        .gap(1)
        .text(look.symbols.idle, theme.quiet)
        .gap(1)
        .cell(&text, room, theme.text)
        .right(&hint, theme.quiet)
        .line()
}

fn spool_line(model: &Model, facts: &Facts, width: usize) -> Line<'static> {
    let theme = &model.look.theme;
    let Some(first) = model.spool.first() else { return Line::default() };
    let count = words::count(model.spool.len(), "run", "runs");
    let state = format!(
        "{}, {}",
        words::run_outcome(first.outcome, &first.run),
        words::moment_near(first.run.ended, facts.now, facts.zone)
    );
    let title = facts.plan.proof(first.proof.as_str()).map_or(first.proof.as_str(), |proof| &proof.title);
    let ink = Ink::new(&model.look, width).gap(1).text(model.look.symbols.warning, theme.caution).gap(1);
    let ink = ink.plain(&format!("{count} not attached: "));
    // How it ended is never cut; the title is.
    let room = ink.left().saturating_sub(widget::width(&state) + 2);
    let title = widget::fit(model.look.symbols, title, room).into_owned();
    ink.plain(&title).plain(", ").plain(&state).line()
}
