//! Screen 1. Answers, without a key pressed: what do I do next, and may I?
//!
//! At 80×24 every row has its place; what is left over goes to actions, then to requirements.

use super::chrome::{next_gate, stage};
use super::parts::{self, stale_proofs, tally};
use crate::domain::gate::{
    Action, ActionKind, DecisionState, GateState, GateStatus, RequirementState, RequirementStatus, RoleState, StepState,
    StepStatus,
};
use crate::present::words;
use crate::tui::model::list::Item;
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::widget::{self, Ink};
use ratatui::text::Line;

/// So many actions have their place on the smallest screen.
const ACTIONS: usize = 5;
/// So many ledger lines at most: screen 6 has them all.
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
        Some(DecisionState { stands: false, changed, .. }) => Ink::new(look, width)
            .gap(1)
            .text(&words::headline(facts.plan, r), theme.caution)
            .gap(3)
            .plain(&changed.first().map(|first| parts::in_clauses(first, width.saturating_sub(45))).unwrap_or_default()),
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
        let entries = facts.snapshot.ledger.entries.len().min(LATEST);
        // A heading with a single row beneath it is not worth its rows.
        let latest = if requirements == held { take(entries + 1) } else { 0 };
        let latest = if latest > 2 { latest - 1 } else { 0 };
        let weeks = !wide && steps > 1 && take(steps - 1) == steps - 1;
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
            found.map(|(at, step)| week_row(model, &facts, step, at, width)).unwrap_or_default()
        }
        Subject::Step(_) => weeks_line(model, &facts, width),
        Subject::Decision => decision_line(model, &facts, width),
        Subject::Role(_) => owners_line(model, &facts, width),
        Subject::Ending(at) => ending_line(model, &facts, *at, width),
        Subject::Record(_) => super::evidence::line(model, subject, width),
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
    let first = decision.changed.first().map_or("what it was judged on", String::as_str);
    let ink = Ink::new(look, width).gap(5).text(look.symbols.warning, theme.caution).gap(1);
    let ink = ink.plain(&format!("changed since {}: ", words::day(decision.at, facts.zone)));
    let room = ink.left().saturating_sub(widget::width(&more));
    ink.plain(&widget::fit(look.symbols, &parts::in_clauses(first, room), room)).plain(&more).line()
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

/// The second column of a wide screen: weeks, owners, proofs.
pub fn side(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let mut out: Vec<Line<'static>> = Vec::new();
    for (at, state) in facts.readiness.steps.iter().enumerate() {
        out.extend(step_lines(model, &facts, state, at, cells));
    }
    let needed = facts.readiness.roles.iter().filter(|role| !role.outside);
    let (all, named) = (needed.clone().count(), needed.filter(|role| !role.blank).count());
    out.push(parts::section(model, cells, &format!("Owners: {named} of {all} named")));
    out.extend(facts.readiness.roles.iter().map(|role| super::owners::short_line(model, &facts, role, cells)));
    out.push(parts::section(model, cells, "Proofs"));
    out.extend(facts.plan.proofs.iter().filter_map(|proof| super::proofs::short_line(model, &facts, proof, cells)));
    out
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
fn week_row(model: &Model, facts: &Facts, state: &StepState, at: usize, width: usize) -> Line<'static> {
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
fn step_lines(model: &Model, facts: &Facts, state: &StepState, at: usize, cells: usize) -> Vec<Line<'static>> {
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
