//! The chain from a red thing to its missing pieces, its owner, its stop rule, and the command that mends it.

use crate::app::error::Error;
use crate::app::open::Opened;
use crate::cli::args::WhyArgs;
use crate::cli::{Exit, context::Context, context::for_room, context::unknown};
use crate::domain::gate::{Action, GateState, Readiness, RequirementState, StepState, StepStatus};
use crate::domain::plan::{Need, Plan};
use crate::format::review::who;
use crate::present::line::{Line, Tone, wrap};
use crate::present::symbols::Symbols;
use crate::present::words;
use serde_json::{Value, json};

const COLUMNS: usize = 80;
const LABEL: usize = 10;
/// A plan has no cycles; this bounds the depth all the same.
const DEEPEST: usize = 8;

pub fn run(cx: &mut Context<'_>, args: &WhyArgs) -> Result<Exit, Error> {
    let (_, mut opened) = cx.opened()?;
    let flag = if args.reading.json { String::new() } else { cx.room_flag() };
    let Readiness { actions, way, .. } = &mut opened.readiness;
    for_room(actions.iter_mut().chain(way), &flag);
    let (plan, readiness) = (&opened.snapshot.plan, &opened.readiness);
    let found = find(&opened, &args.what);
    let Some(found) = found else {
        let gates = plan.gates.iter().map(|gate| gate.id.as_str());
        let steps = plan.steps.iter().map(|step| step.id.as_str());
        let known = gates.chain(steps).chain(plan.requirements().map(|one| one.id.as_str()));
        return Err(unknown("gate, step or requirement", &args.what, known));
    };
    if args.reading.json {
        let links = chain_json(&opened, &found, 0);
        cx.out.json(&json!({ "schema": 1, "as_of": words::stamp(readiness.as_of), "why": links }));
        return Ok(Exit::Ok);
    }
    let symbols = cx.symbols();
    let lines = match found {
        Found::Gate(gate) => gate_lines(&opened, gate, symbols),
        Found::Step(step) => step_lines(&opened, step, symbols, &flag),
        Found::Requirement(state) => requirement_lines(&opened, state, symbols),
    };
    cx.out.lines(lines);
    Ok(Exit::Ok)
}

enum Found<'a> {
    Gate(&'a GateState),
    Step(&'a StepState),
    Requirement(&'a RequirementState),
}

fn find<'a>(opened: &'a Opened, id: &str) -> Option<Found<'a>> {
    let readiness = &opened.readiness;
    let of_a_step = || readiness.steps.iter().flat_map(|step| &step.requirements).find(|state| state.id == *id);
    let requirement = readiness.requirement(id).or_else(of_a_step);
    let step = || readiness.steps.iter().find(|step| step.id == *id).map(Found::Step);
    readiness.gate(id).map(Found::Gate).or_else(step).or(requirement.map(Found::Requirement))
}

fn gate_lines(opened: &Opened, gate: &GateState, symbols: &Symbols) -> Vec<Line> {
    let plan = &opened.snapshot.plan;
    let stage = words::stage(plan, gate.id.as_str());
    let head =
        format!("{} {stage}: {}, {} of {} settled", symbols.gate(gate.status), words::gate(gate.status), gate.met, gate.total);
    let mut lines = vec![Line::of(Tone::Strong, head)];
    if !gate.status.is_clear() {
        lines.extend(labelled("Stop rule", &gate.stop_rule, 2));
    }
    if let Some((at, why)) = &gate.holds_until {
        let until = words::moment_dated(*at, opened.readiness.as_of, &opened.snapshot.room.tenant.timezone);
        lines.extend(labelled("Holds", &format!("until {until}: {why}"), 2));
    }
    for state in gate.requirements.iter().filter(|state| !state.status.is_settled()) {
        lines.push(Line::default());
        lines.extend(chain(opened, state, symbols, 0));
    }
    lines
}

/// A step: what keeps it open, and who ticks or attaches it.
fn step_lines(opened: &Opened, state: &StepState, symbols: &Symbols, flag: &str) -> Vec<Line> {
    let (plan, room) = (&*opened.snapshot.plan, &*opened.snapshot.room);
    let Some(step) = plan.step(state.id.as_str()) else { return Vec::new() };
    let standing = match state.status {
        StepStatus::Late => format!("{} d late", state.late_days),
        StepStatus::AtRisk | StepStatus::Closed | StepStatus::Ahead => words::step(state.status).to_owned(),
    };
    let head = format!("{} {}  {standing}, due {}", symbols.step(state.status), state.id, words::weekday(state.due));
    let mut lines = vec![Line::of(Tone::Strong, head)];
    lines.extend(labelled("Is", &step.title, 2));
    lines.extend(labelled("Closes", &format!("when {}", words::inside(&step.exit_gate)), 2));
    if state.status == StepStatus::Closed {
        let seen: Vec<String> = state.evidence.iter().map(|seq| format!("#{seq}")).collect();
        lines.extend(labelled("Shown", &format!("by {}", seen.join(" ")), 2));
        return lines;
    }
    for open in &state.open {
        lines.extend(labelled("Open", open, 2));
    }
    let side = plan.party_side(&step.owner).as_str();
    lines.extend(labelled("Who", &format!("{} ({side})", who(plan, room, &step.owner)), 2));
    for task in state.tasks.iter().filter(|task| !task.done) {
        lines.push(command(&format!("launchroom tick {}/{}{flag}", state.id, task.id), 2));
    }
    if state.evidence.is_empty() {
        let target = step.targets.first().filter(|_| step.targets.len() > 1).map(|id| format!(" --target {id}"));
        lines.push(command(&format!("launchroom attach --meets {}{} FILE{flag}", state.id, target.unwrap_or_default()), 2));
    }
    for below in state.requirements.iter().filter(|state| !state.status.is_settled()) {
        lines.extend(chain(opened, below, symbols, 1));
    }
    lines.extend(labelled("Stop rule", &step.stop_rule, 2));
    lines
}

fn requirement_lines(opened: &Opened, state: &RequirementState, symbols: &Symbols) -> Vec<Line> {
    let mut lines = chain(opened, state, symbols, 0);
    let gate = opened.readiness.gate(state.id.gate());
    if let Some(gate) = gate.filter(|_| !state.status.is_settled()) {
        lines.extend(labelled("Stop rule", &gate.stop_rule, 2));
    }
    lines
}

/// A requirement and, below it, what it waits for.
fn chain(opened: &Opened, state: &RequirementState, symbols: &Symbols, depth: usize) -> Vec<Line> {
    let (plan, room) = (&*opened.snapshot.plan, &*opened.snapshot.room);
    let indent = depth * 2;
    let tone = if state.status.is_settled() { Tone::Good } else { Tone::Bad };
    let mut lines = vec![
        Line::plain(" ".repeat(indent))
            .and(tone, format!("{} ", symbols.requirement(state.status)))
            .and(Tone::Strong, state.id.as_str())
            .then(format!("  {}", words::requirement(state.status))),
    ];
    let deeper = indent + 2;
    lines.extend(labelled("Needs", &state.text, deeper));
    lines.extend(labelled("Why", &state.reason, deeper));
    if !state.missing.is_empty() && !state.status.is_settled() {
        lines.extend(labelled("Missing", &state.missing.join(", "), deeper));
    }
    if !state.failing.is_empty() {
        let failing: Vec<_> = state.failing.iter().map(crate::domain::ids::CheckId::as_str).collect();
        lines.extend(labelled("Fails", &failing.join(", "), deeper));
    }
    if !state.covered.is_empty() {
        let covered: Vec<_> = state.covered.iter().map(crate::domain::ids::CheckId::as_str).collect();
        lines.extend(labelled("Covered", &covered.join(", "), deeper));
    }
    if let Some(at) = state.fresh_until {
        lines.extend(labelled(
            "Fresh",
            &format!("until {}", words::moment_dated(at, opened.readiness.as_of, &room.tenant.timezone)),
            deeper,
        ));
    }
    if state.status.is_settled() {
        return lines;
    }
    let below = below(opened, state);
    for open in &below.open {
        lines.extend(labelled("Open", open, deeper));
    }
    if below.states.is_empty() {
        let side = plan.party_side(&state.owner).as_str();
        lines.extend(labelled("Who", &format!("{} ({side})", who(plan, room, &state.owner)), deeper));
        lines.extend(labelled("Do", &state.remedy, deeper));
        lines.extend(commands(opened, state).iter().map(|text| command(text, deeper)));
    }
    if depth < DEEPEST {
        for state in below.states {
            lines.extend(chain(opened, state, symbols, depth + 1));
        }
    }
    lines
}

/// What a requirement waits for: other requirements, or sentences about a step.
#[derive(Default)]
struct Below<'a> {
    states: Vec<&'a RequirementState>,
    open: Vec<&'a str>,
}

fn below<'a>(opened: &'a Opened, state: &RequirementState) -> Below<'a> {
    let mut below = Below::default();
    if let Some(requirement) = opened.snapshot.plan.requirement(state.id.as_str()) {
        gather(opened, &requirement.need, &mut below);
    }
    below
}

fn gather<'a>(opened: &'a Opened, need: &Need, below: &mut Below<'a>) {
    let readiness = &opened.readiness;
    match need {
        Need::Gate(id) => {
            let requirements = readiness.gate(id.as_str()).into_iter().flat_map(|gate| &gate.requirements);
            below.states.extend(requirements.filter(|state| !state.status.is_settled()));
        }
        Need::Step(id) => {
            for step in readiness.steps.iter().filter(|step| step.id == *id) {
                below.open.extend(step.open.iter().map(String::as_str));
                below.states.extend(step.requirements.iter().filter(|state| !state.status.is_settled()));
            }
        }
        Need::Any(needs) => needs.iter().for_each(|need| gather(opened, need, below)),
        Need::Roles
        | Need::Scope(_)
        | Need::Proof(_)
        | Need::Evidence { .. }
        | Need::Dependencies(_)
        | Need::Activation(_)
        | Need::Decision => {}
    }
}

/// The commands of the actions that help this requirement along.
fn commands(opened: &Opened, state: &RequirementState) -> Vec<String> {
    let readiness = &opened.readiness;
    let of = |actions: &[Action]| {
        let helping = actions.iter().filter(|action| action.unlocks.contains(&state.id));
        helping.map(|action| action.command.clone()).collect::<Vec<_>>()
    };
    let mut commands = of(&readiness.actions);
    if commands.is_empty() {
        commands = of(&readiness.way);
    }
    let mut seen = std::collections::BTreeSet::new();
    commands.retain(|command| seen.insert(command.clone()));
    commands
}

/// A command is one row, however long: it is there to be copied.
fn command(text: &str, indent: usize) -> Line {
    Line::of(Tone::Quiet, format!("{:indent$}{:<LABEL$}", "", "Command")).then(text)
}

fn labelled(label: &str, text: &str, indent: usize) -> Vec<Line> {
    let width = COLUMNS.saturating_sub(indent + LABEL).max(20);
    let mut lines = Vec::new();
    for (at, row) in wrap(text, width).into_iter().enumerate() {
        let label = if at == 0 { label } else { "" };
        lines.push(Line::of(Tone::Quiet, format!("{:indent$}{label:<LABEL$}", "")).then(row));
    }
    lines
}

fn chain_json(opened: &Opened, found: &Found<'_>, depth: usize) -> Value {
    let (plan, room) = (&*opened.snapshot.plan, &*opened.snapshot.room);
    match found {
        Found::Gate(gate) => {
            let held = gate.requirements.iter().filter(|state| !state.status.is_settled());
            json!({
                "gate": gate.id.as_str(),
                "status": gate.status.as_str(),
                "stop_rule": gate.stop_rule,
                "because": held.map(|state| chain_json(opened, &Found::Requirement(state), depth + 1)).collect::<Vec<_>>(),
            })
        }
        Found::Step(state) => {
            let step = plan.step(state.id.as_str());
            let held = state.requirements.iter().filter(|state| !state.status.is_settled());
            json!({
                "step": state.id.as_str(),
                "status": state.status.as_str(),
                "due": state.due.to_string(),
                "owner": step.map(|step| step.owner.as_str()),
                "stop_rule": step.map(|step| step.stop_rule.as_str()),
                "open": state.open,
                "because": held.map(|state| chain_json(opened, &Found::Requirement(state), depth + 1)).collect::<Vec<_>>(),
            })
        }
        Found::Requirement(state) => {
            let below = if state.status.is_settled() || depth > DEEPEST { Below::default() } else { below(opened, state) };
            json!({
                "id": state.id.as_str(),
                "status": state.status.as_str(),
                "reason": state.reason,
                "missing": state.missing,
                "failing": state.failing.iter().map(crate::domain::ids::CheckId::as_str).collect::<Vec<_>>(),
                "owner": state.owner.as_str(),
                "who": who(plan, room, &state.owner),
                "side": plan.party_side(&state.owner).as_str(),
                "remedy": state.remedy,
                "stop_rule": stop_rule(plan, state),
                "commands": commands(opened, state),
                "open": below.open,
                "because": below.states.into_iter().map(|state| chain_json(opened, &Found::Requirement(state), depth + 1)).collect::<Vec<_>>(),
            })
        }
    }
}

fn stop_rule<'a>(plan: &'a Plan, state: &RequirementState) -> Option<&'a str> {
    plan.gate(state.id.gate()).map(|gate| gate.stop_rule.as_str())
}
