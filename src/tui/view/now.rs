//! Screen 1. Answers, without a key pressed: what do I do next, and may I?
//!
//! At 80×24 every row has its place; what is left over goes to actions, then to requirements.

use super::chrome::{next_gate, stage};
use super::parts::{self, tally};
use crate::domain::gate::{Action, ActionKind, DecisionState, GateState, GateStatus, RequirementStatus, StepState, StepStatus};
use crate::present::words;
use crate::tui::model::list::Item;
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::widget::{self, Ink};
use ratatui::text::Line;

/// So many actions have their place on the smallest screen.
const ACTIONS: usize = 5;

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
        Some(DecisionState { stands: false, changed, .. }) => Ink::new(look, width)
            .gap(1)
            .text(&words::headline(facts.plan, r), theme.caution)
            .gap(3)
            .plain(changed.first().map_or("", String::as_str)),
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

/// The rows: actions, stages, weeks, owners, what ends before the call, what changed.
pub fn items(model: &Model) -> Vec<Item> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let r = facts.readiness;
    let wide = super::regions(model).detail.is_some();
    let rows = usize::from(super::regions(model).list.height);
    let stages = stage_rows(r.gates.as_slice());
    // Headings and rows that are always there.
    let fixed = 1 + stages.len() + if wide { 2 } else { 3 + 2 + 1 } + usize::from(!model.spool.is_empty());
    let mut left = rows.saturating_sub(fixed);
    let actions = actions(model, &facts);
    let shown = actions.len().min(left.max(ACTIONS));
    left = left.saturating_sub(shown);

    let mut items: Vec<Item> = Vec::new();
    for captured in model.spool.iter().take(1) {
        items.push(Item::row(Subject::Spooled(captured.run.id.clone()), true));
    }
    items.extend(actions.iter().take(shown).map(|action| Item::row(Subject::Action(action.kind.clone()), true)));
    if shown < actions.len() && left > 0 {
        left -= 1;
        let key = model.keymap.hint("palette");
        items.push(Item::note(format!(
            "  {} more after these; screen 4 has every requirement ({key} finds it)",
            actions.len() - shown
        )));
    }
    items.push(Item::heading("Stages"));
    let next = next_gate(&facts).map(|gate| gate.id.clone());
    for gate in stages {
        items.push(Item::row(Subject::Gate(gate.id.clone()), !gate.status.is_clear() && !gate.outside));
        if Some(&gate.id) == next.as_ref() {
            let open =
                gate.requirements.iter().filter(|requirement| !requirement.status.is_settled() && requirement.kind != "decision");
            for requirement in open.take(left) {
                left -= 1;
                items.push(Item::below(Subject::Requirement(requirement.id.clone()), true));
            }
        }
    }
    if !wide {
        items.push(Item::heading("Weeks and owners"));
        let step = r.steps.iter().find(|step| step.status != StepStatus::Closed).or(r.steps.first());
        items.extend(step.map(|step| Item::row(Subject::Step(step.id.clone()), true)));
        let role = r.roles.iter().find(|role| role.blank && !role.outside).or(r.roles.first());
        items.extend(role.map(|role| Item::row(Subject::Role(role.id.clone()), true)));
    }
    items.push(Item::heading(before(&facts)));
    if r.endings.is_empty() {
        items.push(Item::note("Nothing goes stale or ends by itself"));
    } else {
        let more = if wide { r.endings.len().min(left.max(1)) } else { 1 };
        items.extend((0..more).map(|at| Item::row(Subject::Ending(at), true)));
    }
    items.push(Item::row(Subject::Since, false));
    if wide {
        // What is left of a large window tells what happened last.
        let entries = &facts.snapshot.ledger.entries;
        let room = rows.saturating_sub(items.len() + 1).min(entries.len());
        if room > 2 {
            items.push(Item::heading("Latest"));
            items.extend(entries.iter().rev().take(room).map(|entry| Item::row(Subject::Record(entry.seq), false)));
        }
    }
    items
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

/// One row.
pub fn line(model: &Model, subject: &Subject, width: usize) -> Line<'static> {
    let Some(facts) = model.facts() else { return Line::default() };
    let r = facts.readiness;
    match subject {
        Subject::Action(kind) => {
            let all = actions(model, &facts);
            let at = all.iter().position(|action| action.kind == *kind);
            at.and_then(|at| all.get(at)).map(|action| action_line(model, &facts, action, width)).unwrap_or_default()
        }
        Subject::Gate(id) => r.gate(id.as_str()).map(|gate| stage_line(model, &facts, gate, width)).unwrap_or_default(),
        Subject::Requirement(id) => {
            r.requirement(id.as_str()).map(|state| parts::requirement(model, &facts, state, width, 5)).unwrap_or_default()
        }
        Subject::Step(_) => weeks_line(model, &facts, width),
        Subject::Role(_) => owners_line(model, &facts, width),
        Subject::Ending(at) => ending_line(model, &facts, *at, width),
        Subject::Record(_) => super::evidence::line(model, subject, width),
        Subject::Since => since_line(model, &facts, width),
        Subject::Spooled(_) => spool_line(model, &facts, width),
        _ => Line::default(),
    }
}

fn action_line(model: &Model, facts: &Facts, action: &Action, width: usize) -> Line<'static> {
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
    // The three columns share what the line has; the text gets the most.
    let (who_cells, wait_cells) = if width >= 76 { (17, 14) } else { (13, 0) };
    let text_cells = width.saturating_sub(3 + who_cells + wait_cells + 2);
    let ink = Ink::new(look, width).gap(1).text(mark, style).gap(1).cell(&action.text, text_cells, theme.text).gap(1);
    ink.cell(&who, who_cells, theme.text).gap(1).text(&waiting, theme.quiet).line()
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
    let mut places = Vec::new();
    let decided = facts.readiness.decision.as_ref().filter(|decision| decision.stage == gate.id && decision.outcome.accepts());
    if stage_view.accepted.as_ref() == Some(&gate.id) {
        places.push("you are here");
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
        .text(mark, theme.gate(gate.status))
        .gap(1)
        .cell(&stage(facts.plan, gate.id.as_str()), 14, theme.text)
        .gap(1)
        .cell(parts::gate_word(gate), 9, theme.gate(gate.status))
        .gap(1)
        .cell(&format!("{:>5}", format!("{}/{}", gate.met, gate.total)), 5, theme.text)
        .gap(2)
        .cell(&note, width.saturating_sub(3 + 15 + 10 + 5 + 2 + 13), theme.text)
        .gap(1)
        .quiet(&places.join(", "))
        .line()
}

/// `W0 ✓ scope  W1 ✗ tenant setup 4 d late, ✓ operator`: as much as fits; what is closed gives way first.
fn weeks_line(model: &Model, facts: &Facts, width: usize) -> Line<'static> {
    let line = |brevity: u8, cells: usize| weeks(model, facts, brevity, cells);
    let fits = (0..4).find(|brevity| line(*brevity, 400).width() < width);
    line(fits.unwrap_or(4), width)
}

fn weeks(model: &Model, facts: &Facts, brevity: u8, cells: usize) -> Line<'static> {
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

fn owners_line(model: &Model, facts: &Facts, width: usize) -> Line<'static> {
    let theme = &model.look.theme;
    let needed: Vec<_> = facts.readiness.roles.iter().filter(|role| !role.outside).collect();
    let blank: Vec<_> = needed.iter().filter(|role| role.blank).collect();
    let ink =
        Ink::new(&model.look, width).gap(1).plain(&format!("Owners {} of {} named.", needed.len() - blank.len(), needed.len()));
    if blank.is_empty() {
        return ink.line();
    }
    let names: Vec<String> = blank
        .iter()
        .map(|role| {
            let title = facts.plan.role(role.id.as_str()).map_or(role.id.as_str(), |spec| &spec.title).to_lowercase();
            let title = title.trim_end_matches(" owner").to_owned();
            let due = facts.plan.role(role.id.as_str()).map(|spec| stage(facts.plan, spec.due.as_str())).unwrap_or_default();
            if role.late_days > 0 { format!("{title} (late)") } else { format!("{title} ({due})") }
        })
        .collect();
    ink.gap(1).text("Blank: ", theme.trouble).plain(&names.join(", ")).line()
}

fn ending_line(model: &Model, facts: &Facts, at: usize, width: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let r = facts.readiness;
    let Some(ending) = r.endings.get(at) else { return Line::default() };
    let wide = super::regions(model).detail.is_some();
    let start =
        ending.start_by.map(|by| format!(", start by {}", words::moment_near(by, facts.now, facts.zone))).unwrap_or_default();
    let mark = if ending.proof.is_some() { look.symbols.stale } else { look.symbols.excluded };
    let ink = Ink::new(look, width).gap(1).text(mark, theme.caution).gap(1);
    if wide {
        return ink.plain(&format!("{} {}{start}", words::moment(ending.at, facts.zone), ending.what)).line();
    }
    let stale = r.proofs.iter().filter(|proof| proof.last.as_ref().is_some_and(|last| !last.fresh)).count();
    let call = facts.room.go_no_go();
    let later = r.endings.iter().filter(|ending| call.is_none_or(|call| ending.at <= call)).count();
    let counts = match (stale, later) {
        (0, n) => format!("{n} will end; first is"),
        (s, n) => format!("{s} stale now, {n} more will be; first is"),
    };
    ink.plain(&format!("{counts} {}, {}{start}", ending.what, words::moment(ending.at, facts.zone))).line()
}

fn since_line(model: &Model, facts: &Facts, width: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let entries = &facts.snapshot.ledger.entries;
    let hint = format!("{} details", model.keymap.hint("since"));
    let text = match entries.last() {
        None => "No entry in the ledger yet".to_owned(),
        Some(last) => format!(
            "{} {}, last {} by {}: {}",
            entries.len(),
            if entries.len() == 1 { "entry" } else { "entries" },
            words::moment_near(last.at, facts.now, facts.zone),
            last.by,
            super::evidence::sentence(facts, last)
        ),
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
    let count = model.spool.len();
    let Some(first) = model.spool.first() else { return Line::default() };
    let more = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
    let text = format!(
        "Captured and not attached: {}, {}, {}{more}",
        first.proof,
        words::run_outcome(first.outcome, &first.run),
        words::moment_near(first.run.ended, facts.now, facts.zone)
    );
    Ink::new(&model.look, width).gap(1).text(model.look.symbols.warning, theme.caution).gap(1).plain(&text).line()
}

/// The second column of a wide screen: weeks, owners, proofs.
pub fn side(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let mut out: Vec<Line<'static>> = Vec::new();
    let mut week = None;
    for state in &facts.readiness.steps {
        out.push(step_line(model, &facts, state, week != Some(state.week), cells));
        week = Some(state.week);
    }
    let needed = facts.readiness.roles.iter().filter(|role| !role.outside);
    let (all, named) = (needed.clone().count(), needed.filter(|role| !role.blank).count());
    out.push(parts::section(model, cells, &format!("Owners: {named} of {all} named")));
    out.extend(facts.readiness.roles.iter().map(|role| super::owners::short_line(model, &facts, role, cells)));
    out.push(parts::section(model, cells, "Proofs"));
    out.extend(facts.plan.proofs.iter().filter_map(|proof| super::proofs::short_line(model, &facts, proof, cells)));
    out
}

fn step_line(model: &Model, facts: &Facts, state: &StepState, first: bool, cells: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let title = facts.plan.step(state.id.as_str()).map_or(state.id.as_str(), |step| &step.title);
    let done = state.tasks.iter().filter(|task| task.done).count();
    let begins = facts.room.tenant.kickoff.checked_add(jiff::Span::new().weeks(i64::from(state.week))).ok();
    let label = if first { format!("W{} {}", state.week, begins.map(words::date).unwrap_or_default()) } else { String::new() };
    let when = match state.status {
        StepStatus::Closed => "closed".to_owned(),
        StepStatus::Late => format!("{} d late", state.late_days),
        StepStatus::AtRisk => "at risk".to_owned(),
        StepStatus::Ahead => words::weekday(state.due),
    };
    Ink::new(look, cells)
        .cell(&label, 9, theme.strong)
        .gap(1)
        .text(look.symbols.step(state.status), theme.step(state.status))
        .gap(1)
        .cell(title, cells.saturating_sub(9 + 1 + 2 + 1 + 4 + 1 + 10).min(34), theme.text)
        .gap(1)
        .cell(&format!("{done}/{}", state.tasks.len()), 4, theme.text)
        .gap(1)
        .text(&when, theme.step(state.status))
        .line()
}
