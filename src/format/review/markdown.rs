//! The report as Markdown, complete: for a pull request, a wiki, an email.

use super::{Report, who};
use crate::domain::gate::GateState;
use crate::present::words;
use std::fmt::Write as _;

/// The whole report.
#[must_use]
pub fn markdown(report: &Report<'_>) -> String {
    let zone = &report.room.tenant.timezone;
    let verdict = report.verdict();
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = writeln!(
        out,
        "# {}: {}, {}\n",
        words::verdict(verdict),
        words::stage(report.plan, report.gate.as_str()),
        escape(words::room_name(report.room)),
    );
    let _ = writeln!(out, "As of {}. Exit code {}.\n", words::moment_in_full(report.readiness.as_of, zone), report.ending().0);
    stages(&mut out, report);
    for gate in &report.readiness.gates {
        one_gate(&mut out, report, gate);
    }
    actions(&mut out, report);
    trust(&mut out, report);
    out
}

fn stages(out: &mut String, report: &Report<'_>) {
    let stage = &report.readiness.stage;
    let told =
        |id: Option<&crate::domain::ids::GateId>| id.map_or("none".to_owned(), |id| words::stage(report.plan, id.as_str()));
    let _ = writeln!(out, "- Accepted now: {}", told(stage.accepted.as_ref()));
    let _ = writeln!(out, "- Allowed now: {}", told(stage.allowed.as_ref()));
    let _ = writeln!(out, "- Next: {}", told(stage.next.as_ref()));
    let _ = writeln!(out, "- Target: {}", told(Some(&stage.target)));
    if let Some((at, why)) = report.state().and_then(|gate| gate.holds_until.as_ref()) {
        let _ = writeln!(out, "- Holds until {}: {}", words::moment_in_full(*at, &report.room.tenant.timezone), escape(why));
    }
    for id in report.assumed {
        let _ = writeln!(out, "- What-if, assumed met: `{id}`");
    }
    out.push('\n');
}

fn one_gate(out: &mut String, report: &Report<'_>, gate: &GateState) {
    let _ = writeln!(out, "## {} ({}, {} of {})\n", escape(&gate.title), words::gate(gate.status), gate.met, gate.total);
    if gate.outside {
        out.push_str("Outside this motion.\n\n");
    }
    if !gate.status.is_clear() {
        let _ = writeln!(out, "Stop rule: {}\n", escape(&gate.stop_rule));
    }
    out.push_str("| requirement | status | reason | owner | what to do |\n| --- | --- | --- | --- | --- |\n");
    for state in &gate.requirements {
        let remedy = if state.status.is_settled() { "" } else { state.remedy.as_str() };
        let _ = writeln!(
            out,
            "| `{}` {} | {} | {} | {} | {} |",
            state.id.slug(),
            cell(&state.text),
            words::requirement(state.status),
            cell(&state.reason),
            cell(who(report.plan, report.room, &state.owner)),
            cell(remedy),
        );
    }
    out.push('\n');
}

fn actions(out: &mut String, report: &Report<'_>) {
    if report.readiness.actions.is_empty() {
        return;
    }
    out.push_str("## Next\n\n");
    for (at, action) in report.readiness.actions.iter().enumerate() {
        let _ = writeln!(
            out,
            "{}. {} ({}): `{}`",
            at + 1,
            escape(&action.text),
            escape(who(report.plan, report.room, &action.owner)),
            action.command.replace('`', "'"),
        );
    }
    out.push('\n');
}

fn trust(out: &mut String, report: &Report<'_>) {
    out.push_str("## Trust\n\n");
    for line in super::text::trust_lines(report) {
        let _ = writeln!(out, "- {}", escape(&line));
    }
}

pub(in crate::format) fn cell(text: &str) -> String {
    escape(text).replace('|', "\\|").replace('\n', " ")
}

/// Outside text must not become markup.
pub(in crate::format) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '*' | '_' | '`' | '[' | ']' | '#' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() && c != '\n' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
