//! Where the launch stands.

use super::mine::{self, Mine};
use crate::app::error::Error;
use crate::app::open::Opened;
use crate::cli::args::StatusArgs;
use crate::cli::{Exit, context::Context, context::for_room};
use crate::domain::gate::{GateState, Readiness, StepState, StepStatus, Verdict};
use crate::domain::plan::Plan;
use crate::format::review::{self, Report, who, whom};
use crate::present::line::{Line, Tone, clip, columns};
use crate::present::symbols::Symbols;
use crate::present::words;
use serde_json::{Value, json};

const COLUMNS: usize = 80;
/// How many next actions fit without crowding out the rest.
const ACTIONS: usize = 5;

pub fn run(cx: &mut Context<'_>, args: &StatusArgs) -> Result<Exit, Error> {
    let (_, mut opened) = cx.opened()?;
    if args.mine {
        only(&mut opened, &mine::of(cx)?);
    }
    if args.reading.json {
        cx.out.json(&as_json(&opened));
    } else {
        let symbols = cx.symbols();
        for_room(&mut opened.readiness.actions, &cx.room_flag());
        cx.out.lines(as_text(&opened, symbols));
    }
    cx.judged(&opened.readiness);
    Ok(Exit::Ok)
}

/// What somebody else owes is left out; how the room stands is not.
fn only(opened: &mut Opened, mine: &Mine) {
    let plan = &opened.snapshot.plan;
    let readiness = &mut opened.readiness;
    readiness.steps.retain(|state| plan.step(state.id.as_str()).is_some_and(|step| mine.owes(&step.owner)));
    readiness.actions.retain(|action| mine.owes(&action.owner));
}

fn as_json(opened: &Opened) -> Value {
    let Opened { snapshot, readiness } = opened;
    let report = Report {
        plan: &snapshot.plan,
        room: &snapshot.room,
        ledger: &snapshot.ledger,
        readiness,
        gate: &readiness.stage.target,
        assumed: &[],
        now: readiness.as_of,
        unheard: None,
    };
    json!({
        "schema": 1,
        "room": review::room(&report),
        "as_of": words::stamp(readiness.as_of),
        "week": { "now": readiness.week.now, "last": readiness.week.last },
        "verdict": readiness.verdict().as_str(),
        "stage": review::stage(&report),
        "steps": readiness.steps.iter().map(|state| step_json(&snapshot.plan, state)).collect::<Vec<_>>(),
        "gates": readiness.gates.iter().map(gate_json).collect::<Vec<_>>(),
    })
}

fn step_json(plan: &Plan, state: &StepState) -> Value {
    let step = plan.step(state.id.as_str());
    let text = |id: &str| step.and_then(|step| step.task(id)).map(|task| task.text.as_str()).unwrap_or_default();
    let tasks =
        state.tasks.iter().map(|task| json!({ "id": task.id.as_str(), "text": text(task.id.as_str()), "done": task.done }));
    json!({
        "id": state.id.as_str(),
        "title": step.map(|step| step.title.as_str()),
        "week": state.week,
        "owner": step.map(|step| step.owner.as_str()),
        "state": state.status.as_str(),
        "due": state.due.to_string(),
        "late_days": state.late_days,
        "tasks": tasks.collect::<Vec<_>>(),
        "evidence": state.evidence,
        "open": state.open,
    })
}

fn gate_json(gate: &GateState) -> Value {
    json!({ "id": gate.id.as_str(), "status": gate.status.as_str(), "met": gate.met, "total": gate.total, "outside": gate.outside })
}

fn as_text(opened: &Opened, symbols: &Symbols) -> Vec<Line> {
    let Opened { snapshot, readiness } = opened;
    let (plan, room) = (&*snapshot.plan, &*snapshot.room);
    let zone = &room.tenant.timezone;
    let mut lines = vec![header(opened)];
    lines.push(headline(plan, readiness));
    lines.push(Line::default());
    lines.push(Line::of(Tone::Strong, "STAGES"));
    lines.extend(stages(plan, readiness, symbols));
    if !readiness.steps.is_empty() {
        lines.push(Line::default());
        lines.push(Line::of(Tone::Strong, "STEPS"));
    }
    lines.extend(columns(&readiness.steps.iter().map(|state| step_row(opened, state, symbols)).collect::<Vec<_>>()));
    if !readiness.actions.is_empty() {
        let next = readiness.stage.next.as_ref().map(|id| words::stage(plan, id.as_str())).unwrap_or_default();
        lines.push(Line::default());
        lines.push(Line::of(Tone::Strong, format!("DO NEXT, TO CLEAR {}", next.to_uppercase())));
        for action in readiness.actions.iter().take(ACTIONS) {
            let asked = action.asked.map(|at| format!(", asked {}", words::relative(at, readiness.as_of))).unwrap_or_default();
            let text = format!("{} ({}{asked})", action.text, whom(plan, room, &action.owner));
            lines.push(Line::plain(format!("{} {}", symbols.action(action.status), clip(&text, COLUMNS - 2, symbols.ellipsis))));
            lines.push(Line::of(Tone::Quiet, format!("    {}", action.command)));
        }
        if readiness.actions.len() > ACTIONS {
            lines.push(Line::of(Tone::Quiet, format!("  {} more: launchroom review --all", readiness.actions.len() - ACTIONS)));
        }
    }
    if let Some(ending) = readiness.endings.first() {
        let when = words::moment_dated(ending.at, readiness.as_of, zone);
        lines.push(Line::default());
        lines.push(Line::plain(clip(&format!("Next to end: {when}, {}", ending.what), COLUMNS, symbols.ellipsis)));
    }
    if let Some(why) = &snapshot.view_only {
        lines.push(Line::of(Tone::Warn, format!("View only: {why}")));
    }
    lines
}

fn header(opened: &Opened) -> Line {
    let Opened { snapshot, readiness } = opened;
    let tenant = &snapshot.room.tenant;
    let motion = snapshot.room.motion(&snapshot.plan).map(|motion| motion.title.as_str()).unwrap_or_default();
    let week = words::week_of(readiness.week);
    let call = snapshot.room.go_no_go().map(|at| {
        format!(
            "   go/no-go {}, {}",
            words::moment_dated(at, readiness.as_of, &tenant.timezone),
            words::relative(at, readiness.as_of)
        )
    });
    Line::of(Tone::Strong, words::room_name(&snapshot.room))
        .then(format!("   {motion}   {week}, {}", words::moment_in_zone(readiness.as_of, &tenant.timezone)))
        .then(call.unwrap_or_default())
}

fn headline(plan: &Plan, readiness: &Readiness) -> Line {
    let tone = match readiness.verdict() {
        Verdict::Go | Verdict::GoWithExclusions => Tone::Good,
        Verdict::AwaitingDecision => Tone::Warn,
        Verdict::NoGo => Tone::Bad,
    };
    let stage = |id: &crate::domain::ids::GateId| words::stage(plan, id.as_str());
    let now = readiness.stage.allowed.as_ref().map_or("nothing beyond demo data".to_owned(), stage);
    Line::of(tone, words::headline(plan, readiness))
        .then(format!("   You may now: {now}. Target: {}.", stage(&readiness.stage.target)))
}

fn stages(plan: &Plan, readiness: &Readiness, symbols: &Symbols) -> Vec<Line> {
    let stage = &readiness.stage;
    let row = |gate: &GateState| {
        let mut roles = Vec::new();
        if stage.accepted.as_ref() == Some(&gate.id) {
            roles.push("accepted");
        } else if readiness.decision.as_ref().is_some_and(|one| one.outcome.accepts() && !one.stands && one.stage == gate.id) {
            roles.push("accepted, changed since");
        }
        if stage.allowed.as_ref() == Some(&gate.id) {
            roles.push("allowed");
        }
        if stage.next.as_ref() == Some(&gate.id) {
            roles.push("next");
        }
        if stage.target == gate.id {
            roles.push("target");
        }
        if gate.outside {
            roles.push("outside this motion");
        }
        vec![
            (Tone::Plain, format!("{} {}", symbols.gate(gate.status), words::stage(plan, gate.id.as_str()))),
            (Tone::Plain, words::gate(gate.status).to_owned()),
            (Tone::Plain, format!("{}/{}", gate.met, gate.total)),
            (Tone::Quiet, roles.join(", ")),
        ]
    };
    columns(&readiness.gates.iter().map(row).collect::<Vec<_>>())
}

fn step_row(opened: &Opened, state: &StepState, symbols: &Symbols) -> Vec<(Tone, String)> {
    let (plan, room) = (&*opened.snapshot.plan, &*opened.snapshot.room);
    let step = plan.step(state.id.as_str());
    let done = state.tasks.iter().filter(|task| task.done).count();
    let standing = match state.status {
        StepStatus::Late => format!("{} d late", state.late_days),
        StepStatus::AtRisk => format!("at risk, due {}", words::weekday(state.due)),
        StepStatus::Closed | StepStatus::Ahead => words::step(state.status).to_owned(),
    };
    vec![
        (Tone::Plain, format!("{} W{} {}", symbols.step(state.status), state.week, state.id)),
        (Tone::Plain, format!("{done}/{} tasks", state.tasks.len())),
        (Tone::Plain, words::count(state.evidence.len(), "record", "records")),
        (Tone::Plain, standing),
        (Tone::Quiet, step.map(|step| who(plan, room, &step.owner).to_owned()).unwrap_or_default()),
    ]
}
