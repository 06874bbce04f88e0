//! Three pictures, drawn as text: the stage ladder, the timeline, and readiness over time. No script, no remote thing, and
//! a sentence that says what each shows.

use super::{Dossier, Point};
use crate::domain::gate::{GateStatus, StepStatus};
use crate::present::words;
use std::fmt::Write as _;

/// A picture and what it says in words.
#[derive(Clone, Debug)]
pub struct Figure {
    pub id: &'static str,
    pub title: String,
    pub told: String,
    pub width: usize,
    pub height: usize,
    /// What is inside of the `svg` element, escaped.
    pub inner: String,
}

const WIDTH: usize = 760;

/// Text as markup.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in crate::present::safe::line(text).as_str().chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn tone(status: GateStatus, outside: bool) -> &'static str {
    match status {
        GateStatus::Clear => "good",
        GateStatus::ClearWithExclusions | GateStatus::AwaitingDecision | GateStatus::Stale if !outside => "warn",
        GateStatus::Held | GateStatus::Blocked if !outside => "bad",
        _ => "quiet",
    }
}

fn text(out: &mut String, (x, y): (usize, usize), class: &str, words: &str) {
    let _ = write!(out, "<text x=\"{x}\" y=\"{y}\" class=\"{class}\">{}</text>", escape(words));
}

fn bar(out: &mut String, (x, y): (usize, usize), (width, height): (usize, usize), class: &str) {
    let _ = write!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"3\" class=\"{class}\"/>");
}

/// A bar a stage: how much of its gate is settled.
pub fn ladder(dossier: &Dossier) -> Figure {
    const ROW: usize = 38;
    let (mut inner, mut told) = (String::new(), Vec::new());
    let gates = &dossier.readiness.gates;
    for (n, gate) in gates.iter().enumerate() {
        let y = n * ROW;
        let tone = tone(gate.status, gate.outside);
        let name = words::stage(&dossier.plan, gate.id.as_str());
        let state = if gate.outside { "outside this motion" } else { words::gate(gate.status) };
        text(&mut inner, (0, y + 22), "label", &clipped(&name, 22));
        bar(&mut inner, (170, y + 8), (330, 20), "track");
        let filled = 330 * gate.met / gate.total.max(1);
        if filled > 0 {
            bar(&mut inner, (170, y + 8), (filled, 20), &format!("f-{tone}"));
        }
        text(&mut inner, (512, y + 22), "label", &format!("{} of {}", gate.met, gate.total));
        text(&mut inner, (580, y + 22), &format!("t-{tone}"), &clipped(state, 26));
        told.push(format!("{name}: {state}, {} of {} settled", gate.met, gate.total));
    }
    let title = "Stage ladder".into();
    Figure { id: "fig-ladder", title, told: told.join(". ") + ".", width: WIDTH, height: (gates.len() * ROW).max(ROW), inner }
}

/// A row a step, a column a week, and where the stated moment stands.
pub fn timeline(dossier: &Dossier) -> Figure {
    const LEFT: usize = 276;
    const ROW: usize = 32;
    const TOP: usize = 30;
    let readiness = &dossier.readiness;
    let weeks = usize::try_from(readiness.week.last.clamp(0, 51)).unwrap_or(0) + 1;
    let column = (WIDTH - LEFT) / weeks;
    let height = TOP + readiness.steps.len() * ROW + 6;
    let (mut inner, mut told) = (String::new(), Vec::new());
    for week in 0..weeks {
        let x = LEFT + week * column;
        let _ = write!(inner, "<line x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{height}\" class=\"grid\"/>", TOP - 8);
        if column >= 40 || week % 4 == 0 {
            text(&mut inner, (x + 6, 16), "small", &format!("week {week}"));
        }
    }
    if (0..=readiness.week.last).contains(&readiness.week.now) {
        let x = LEFT + usize::try_from(readiness.week.now).unwrap_or(0).min(weeks - 1) * column + column / 2;
        let _ = write!(inner, "<line x1=\"{x}\" y1=\"20\" x2=\"{x}\" y2=\"{height}\" class=\"now\"/>");
        text(&mut inner, ((x + 5).min(WIDTH - 44), 27), "small", "as of");
    }
    for (n, state) in readiness.steps.iter().enumerate() {
        let Some(step) = dossier.plan.step(state.id.as_str()) else { continue };
        let (y, done) = (TOP + n * ROW, state.tasks.iter().filter(|task| task.done).count());
        let tone = match state.status {
            StepStatus::Closed => "good",
            StepStatus::Late => "bad",
            StepStatus::AtRisk => "warn",
            StepStatus::Ahead => "quiet",
        };
        let x = LEFT + (state.week as usize).min(weeks - 1) * column + 4;
        let wide = column.saturating_sub(8).max(4);
        text(&mut inner, (0, y + 18), "label", &clipped(&step.title, 36));
        bar(&mut inner, (x, y + 3), (wide, 22), &format!("f-{tone}"));
        let state_word = words::step(state.status);
        let tally = format!("{state_word} {done}/{}", state.tasks.len());
        if column >= 90 {
            text(&mut inner, (x + 8, y + 18), "on-bar", &tally);
        }
        told.push(format!("Week {}, {}: {state_word}, {done} of {} tasks", state.week, step.title, state.tasks.len()));
    }
    Figure { id: "fig-timeline", title: "Timeline".into(), told: told.join(". ") + ".", width: WIDTH, height, inner }
}

/// A line a gate of the motion: the share of its requirements that was settled on each day.
pub fn over_time(dossier: &Dossier) -> Figure {
    const LEFT: usize = 46;
    const RIGHT: usize = 600;
    const TOP: usize = 14;
    const TALL: usize = 170;
    let series = &dossier.series;
    let outside: Vec<_> = dossier.readiness.gates.iter().filter(|gate| gate.outside).map(|gate| &gate.id).collect();
    let (mut inner, mut told) = (String::new(), Vec::new());
    for share in [0, 50, 100] {
        let y = TOP + TALL - TALL * share / 100;
        let _ = write!(inner, "<line x1=\"{LEFT}\" y1=\"{y}\" x2=\"{RIGHT}\" y2=\"{y}\" class=\"grid\"/>");
        text(&mut inner, (0, y + 4), "small", &format!("{share} %"));
    }
    let place = |n: usize| LEFT + (RIGHT - LEFT) * n / (series.len() - 1).max(1);
    let mut labels: Vec<(usize, usize, String)> = Vec::new();
    let Some(last) = series.last() else {
        return Figure {
            id: "fig-over-time",
            title: "Readiness over time".into(),
            told: String::new(),
            width: WIDTH,
            height: TALL,
            inner,
        };
    };
    for (row, (id, status, met, total)) in last.gates.iter().filter(|(id, ..)| !outside.contains(&id)).enumerate() {
        let at = |point: &Point| {
            point.gates.iter().find(|(other, ..)| other == id).map_or(0, |(_, _, met, total)| TALL * met / total.max(&1))
        };
        let points: Vec<String> =
            series.iter().enumerate().map(|(n, point)| format!("{},{}", place(n), TOP + TALL - at(point))).collect();
        let style = row % 4;
        let _ = write!(inner, "<polyline points=\"{}\" class=\"line l{style}\"/>", points.join(" "));
        for (n, point) in series.iter().enumerate() {
            let _ =
                write!(inner, "<circle cx=\"{}\" cy=\"{}\" r=\"3\" class=\"dot d{style}\"/>", place(n), TOP + TALL - at(point));
        }
        let name = words::stage(&dossier.plan, id.as_str());
        labels.push((TOP + TALL - at(last), style, format!("{} {met}/{total}", clipped(&name, 16))));
        let first =
            series.first().and_then(|point| point.gates.iter().find(|(other, ..)| other == id)).map_or(0, |(_, _, met, _)| *met);
        told.push(format!("{name} went from {first} to {met} of {total} settled and is {}", words::gate(*status)));
    }
    // Labels at the line ends, pushed apart where lines meet.
    labels.sort();
    let mut free = 0;
    for (y, style, label) in labels {
        let y = y.max(free);
        free = y + 17;
        text(&mut inner, (RIGHT + 12, y + 4), &format!("label k{style}"), &label);
    }
    let day = |point: &Point| words::date_with_year(point.day);
    let span = series.first().map(|first| (day(first), day(last)));
    if let Some((from, to)) = span {
        text(&mut inner, (LEFT, TOP + TALL + 22), "small", &from);
        let _ = write!(
            inner,
            "<text x=\"{RIGHT}\" y=\"{}\" text-anchor=\"end\" class=\"small\">{}</text>",
            TOP + TALL + 22,
            escape(&to)
        );
        told.insert(0, format!("From {from} to {to}"));
    }
    let height = (TOP + TALL + 30).max(free + 10);
    Figure { id: "fig-over-time", title: "Readiness over time".into(), told: told.join(". ") + ".", width: WIDTH, height, inner }
}

fn clipped(text: &str, cells: usize) -> String {
    crate::present::line::clip(text, cells, "…").into_owned()
}
