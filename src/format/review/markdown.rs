//! The report as Markdown, complete: for a pull request, a wiki, an email.

use super::{Report, who};
use crate::domain::gate::{GateState, RequirementState};
use crate::domain::ids::GateId;
use crate::format::decisions::Told;
use crate::format::exclusions;
use crate::format::markup::{code, text};
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
        text(&words::stage(report.plan, report.gate.as_str())),
        text(words::room_name(report.room)),
    );
    let _ = writeln!(out, "As of {}. Exit code {}.\n", words::moment_in_full(report.readiness.as_of, zone), report.ending().0);
    stages(&mut out, report);
    for gate in &report.readiness.gates {
        one_gate(&mut out, report, gate);
    }
    left_out(&mut out, report);
    decision(&mut out, report);
    actions(&mut out, report);
    trust(&mut out, report);
    out
}

fn stages(out: &mut String, report: &Report<'_>) {
    let stage = &report.readiness.stage;
    let told = |id: Option<&GateId>| id.map_or("none".to_owned(), |id| text(&words::stage(report.plan, id.as_str())));
    let _ = writeln!(out, "- Accepted now: {}", text(&words::accepted_now(report.plan, report.readiness)));
    let _ = writeln!(out, "- Allowed now: {}", told(stage.allowed.as_ref()));
    let _ = writeln!(out, "- Next: {}", told(stage.next.as_ref()));
    let _ = writeln!(out, "- Target: {}", told(Some(&stage.target)));
    if let Some((at, why)) = report.state().and_then(|gate| gate.holds_until.as_ref()) {
        let _ = writeln!(out, "- Holds until {}: {}", words::moment_in_full(*at, &report.room.tenant.timezone), text(why));
    }
    for id in report.assumed {
        let _ = writeln!(out, "- What-if, assumed met: {}", code(id.as_str()));
    }
    out.push('\n');
}

fn one_gate(out: &mut String, report: &Report<'_>, gate: &GateState) {
    let _ = writeln!(out, "## {} ({}, {} of {})\n", text(&gate.title), words::gate(gate.status), gate.met, gate.total);
    if gate.outside {
        out.push_str("Outside this motion.\n\n");
    }
    if !gate.status.is_clear() {
        let _ = writeln!(out, "Stop rule: {}\n", text(&gate.stop_rule));
    }
    table(out, &["requirement", "status", "reason", "owner", "what to do"]);
    gate.requirements.iter().for_each(|state| row(out, &requirement(report, state)));
    out.push('\n');
}

fn requirement(report: &Report<'_>, state: &RequirementState) -> Vec<String> {
    let remedy = if state.status.is_settled() { "" } else { state.remedy.as_str() };
    vec![
        format!("{} {}", code(state.id.slug()), text(&state.text)),
        words::requirement(state.status).to_owned(),
        text(&state.reason),
        text(who(report.plan, report.room, &state.owner)),
        text(remedy),
    ]
}

fn left_out(out: &mut String, report: &Report<'_>) {
    let all = &report.readiness.exclusions;
    let _ = writeln!(out, "## Left out on purpose ({})\n", all.len());
    if all.is_empty() {
        out.push_str("Nothing is excluded.\n\n");
        return;
    }
    table(out, &["exclusion", "wording", "signed", "holds", "state"]);
    for state in all {
        let caps = state.caps.as_ref().map(|stage| format!("; caps {}", text(&words::stage(report.plan, stage.as_str()))));
        let cells = [
            format!("{} {}", text(state.id.as_str()), code(&state.covers)),
            text(&state.wording),
            text(&exclusions::people(state)),
            format!("{}{}", text(&exclusions::period(report.room, state)), caps.unwrap_or_default()),
            text(&exclusions::standing(state)),
        ];
        row(out, &cells);
    }
    out.push('\n');
}

fn decision(out: &mut String, report: &Report<'_>) {
    out.push_str("## Decision\n\n");
    let Some(state) = &report.readiness.decision else { return out.push_str("Nothing was decided yet.\n\n") };
    let told = Told { plan: report.plan, room: report.room, ledger: report.ledger, now: report.readiness.as_of };
    let when = words::moment_in_full(state.at, &report.room.tenant.timezone);
    let what = format!("{} {}", words::stage(report.plan, state.stage.as_str()), words::decision(state.outcome));
    let people = told.recorded(state.seq).map(|(_, decision)| format!("{} and {}", decision.customer, decision.operator));
    let entry = format!("entry {}", state.seq);
    let by = text(&people.unwrap_or_default());
    let _ = writeln!(out, "{}: {}. {entry}, {when}, by {by}.\n", text(&what), words::standing(state.standing));
    if state.same_person {
        out.push_str("One person decided for both sides.\n\n");
    }
    if state.changes.is_empty() {
        return;
    }
    table(out, &["what changed", "was", "now", "by, when"]);
    for change in &state.changes {
        row(out, &[code(&change.what), text(&change.was), text(&change.now), text(&told.cause(change))]);
    }
    let voices: Vec<_> = state.voices.iter().map(|(party, _)| text(&told.party(party))).collect();
    let _ = writeln!(out, "\nNeeded again: {}.\n", voices.join(", "));
}

fn actions(out: &mut String, report: &Report<'_>) {
    if report.readiness.actions.is_empty() {
        return;
    }
    out.push_str("## Next\n\n");
    for (at, action) in report.readiness.actions.iter().enumerate() {
        let whose = text(who(report.plan, report.room, &action.owner));
        let _ = writeln!(out, "{}. {} ({whose}): {}", at + 1, text(&action.text), code(&action.command));
    }
    out.push('\n');
}

fn trust(out: &mut String, report: &Report<'_>) {
    out.push_str("## Trust\n\n");
    for line in super::text::trust_lines(report) {
        let _ = writeln!(out, "- {}", text(&line));
    }
}

fn table(out: &mut String, head: &[&str]) {
    let _ = writeln!(out, "| {} |\n|{}", head.join(" | "), " --- |".repeat(head.len()));
}

fn row(out: &mut String, cells: &[String]) {
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}
