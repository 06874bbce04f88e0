//! How it stands: the verdict, the stages, the steps, every requirement with its reason.

use super::{Block, Cell, Dossier, Section, Table, Tone, plain, svg, toned};
use crate::domain::gate::{GateState, GateStatus, RequirementState, RequirementStatus, StepStatus};
use crate::domain::ids::GateId;
use crate::format::review::who;
use crate::present::words;

pub fn glance(dossier: &Dossier) -> Section {
    let (plan, room, readiness) = (&dossier.plan, &dossier.room, &dossier.readiness);
    let zone = &room.tenant.timezone;
    let stage = |id: Option<&GateId>| id.map_or("none yet".to_owned(), |id| words::stage(plan, id.as_str()));
    let target = readiness.gate(readiness.stage.target.as_str());
    let mut facts = vec![
        ("Customer", words::room_name(room).to_owned()),
        ("Plan", plan.title.clone()),
        ("Motion", room.motion(plan).map_or_else(String::new, |motion| motion.title.clone())),
        ("As of", words::moment_in_full(readiness.as_of, zone)),
        ("Week", words::week_of(readiness.week)),
        ("Accepted now", words::accepted_now(plan, readiness)),
        ("Allowed now", stage(readiness.stage.allowed.as_ref())),
        ("Next stage", stage(readiness.stage.next.as_ref())),
        ("Target", stage(Some(&readiness.stage.target))),
    ];
    if let Some((at, why)) = target.and_then(|gate| gate.holds_until.as_ref()) {
        facts.push(("Holds until", format!("{}: {why}", words::moment_in_full(*at, zone))));
    }
    facts.push(("Prepared for", dossier.audience.as_str().to_owned()));
    facts.push((
        "Ledger",
        format!("{}, head {}", words::count(dossier.lines.len(), "entry", "entries"), dossier.head.hash.short()),
    ));
    let mut blocks = vec![Block::Facts(facts.into_iter().map(|(label, text)| (label.to_owned(), text)).collect())];
    if let Some(gate) = target.filter(|gate| !gate.status.is_clear()) {
        blocks.push(Block::Note(format!("Until it is clear: {}", gate.stop_rule)));
    }
    Section { id: "glance", title: "At a glance".into(), blocks }
}

pub fn stages(dossier: &Dossier) -> Section {
    let zone = &dossier.room.tenant.timezone;
    let row = |gate: &GateState| {
        let until = gate.holds_until.as_ref().map(|(at, _)| words::moment_in_full(*at, zone)).unwrap_or_default();
        vec![
            plain(words::stage(&dossier.plan, gate.id.as_str())),
            gate_cell(gate),
            plain(format!("{} of {}", gate.met, gate.total)),
            plain(words::verdict_in_a_sentence(gate.status.verdict())),
            plain(if gate.outside { "outside this motion".to_owned() } else { until }),
        ]
    };
    let table = Table {
        caption: "Stages and how their gates stand".into(),
        head: vec!["Stage", "Gate", "Settled", "Verdict", "Holds until"],
        rows: dossier.readiness.gates.iter().map(row).collect(),
    };
    Section { id: "stages", title: "Stages".into(), blocks: vec![Block::Figure(svg::ladder(dossier)), Block::Table(table)] }
}

fn gate_cell(gate: &GateState) -> Cell {
    let tone = match gate.status {
        GateStatus::Clear => Tone::Good,
        _ if gate.outside => Tone::Quiet,
        GateStatus::ClearWithExclusions | GateStatus::AwaitingDecision | GateStatus::Stale => Tone::Warn,
        GateStatus::Held | GateStatus::Blocked => Tone::Bad,
    };
    toned(tone, words::gate(gate.status))
}

pub fn timeline(dossier: &Dossier) -> Section {
    let (plan, room) = (&dossier.plan, &dossier.room);
    let rows = dossier.readiness.steps.iter().filter_map(|state| {
        let step = plan.step(state.id.as_str())?;
        let tone = match state.status {
            StepStatus::Closed => Tone::Good,
            StepStatus::Late => Tone::Bad,
            StepStatus::AtRisk => Tone::Warn,
            StepStatus::Ahead => Tone::Quiet,
        };
        let done = state.tasks.iter().filter(|task| task.done).count();
        Some(vec![
            plain(step.title.clone()),
            plain(format!("week {}, by {}", state.week, words::date_with_year(state.due))),
            toned(tone, words::step(state.status)),
            plain(who(plan, room, &step.owner)),
            plain(format!("{done} of {}", state.tasks.len())),
            plain(state.open.join("; ")),
        ])
    });
    let table = Table {
        caption: "Steps, week by week".into(),
        head: vec!["Step", "When", "State", "Owner", "Tasks", "What keeps it open"],
        rows: rows.collect(),
    };
    Section { id: "timeline", title: "Timeline".into(), blocks: vec![Block::Figure(svg::timeline(dossier)), Block::Table(table)] }
}

pub fn over_time(dossier: &Dossier) -> Section {
    let mut blocks = Vec::new();
    if dossier.series.is_empty() {
        blocks.push(Block::Text("Nothing was recorded yet, so there is no course to show.".into()));
    } else {
        blocks.push(Block::Figure(svg::over_time(dossier)));
        blocks.push(Block::Text(
            "The ledger was judged again as it stood at the end of each day. Captured bytes count as they are today.".into(),
        ));
    }
    Section { id: "over-time", title: "Readiness over time".into(), blocks }
}

pub fn gates(dossier: &Dossier) -> Section {
    let mut blocks = Vec::new();
    for gate in dossier.readiness.gates.iter().filter(|gate| !gate.outside) {
        blocks.push(Block::Heading(format!("{}: {}", gate.title, words::gate(gate.status))));
        if !gate.status.is_clear() {
            blocks.push(Block::Note(format!("Stop rule: {}", gate.stop_rule)));
        }
        blocks.push(Block::Table(Table {
            caption: format!("Requirements of {}", words::stage(&dossier.plan, gate.id.as_str())),
            head: vec!["Requirement", "Status", "Why", "Owner", "Ledger entries"],
            rows: gate.requirements.iter().map(|state| requirement(dossier, state)).collect(),
        }));
    }
    let outside: Vec<String> = dossier
        .readiness
        .gates
        .iter()
        .filter(|gate| gate.outside)
        .map(|gate| format!("{}: {}, {}", gate.title, words::gate(gate.status), gate.stop_rule))
        .collect();
    if !outside.is_empty() {
        blocks.push(Block::Heading("Outside this motion".into()));
        blocks.push(Block::Items(outside));
    }
    Section { id: "gates", title: "Gates and requirements".into(), blocks }
}

fn requirement(dossier: &Dossier, state: &RequirementState) -> Vec<Cell> {
    let tone = match state.status {
        RequirementStatus::Met => Tone::Good,
        RequirementStatus::Excluded | RequirementStatus::Stale => Tone::Warn,
        RequirementStatus::Unverified | RequirementStatus::Unmet => Tone::Bad,
    };
    let rests: Vec<String> = state.evidence.iter().map(|seq| format!("#{seq}")).collect();
    vec![
        plain(state.text.clone()),
        toned(tone, words::requirement(state.status)),
        plain(state.reason.clone()),
        plain(who(&dossier.plan, &dossier.room, &state.owner)),
        plain(rests.join(" ")),
    ]
}
