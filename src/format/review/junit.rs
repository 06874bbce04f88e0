//! The report as `JUnit` XML: a suite a gate, a case a requirement, for whatever draws test results in a pipeline.

use super::{Report, who};
use crate::domain::gate::{self, ExclusionState, GateState, RequirementState, RequirementStatus};
use crate::format::exclusions;
use crate::present::{safe, words};
use std::fmt::Write as _;

/// The whole report. Gates outside the motion are no suites: they hold nothing.
#[must_use]
pub fn junit(report: &Report<'_>) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let name = format!("launchroom {}", report.room.tenant.id);
    let wanted: Vec<&GateState> = report.readiness.gates.iter().filter(|gate| !gate.outside || gate.id == *report.gate).collect();
    let all = || wanted.iter().flat_map(|gate| &gate.requirements);
    let (tests, failures) = (all().count(), all().filter(|state| fails(state)).count());
    let skipped = all().filter(|state| state.status == RequirementStatus::Excluded).count();
    // Writing into a String cannot fail.
    let _ = writeln!(
        out,
        "<testsuites name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">",
        escape(&name)
    );
    for (at, gate) in wanted.iter().enumerate() {
        suite(&mut out, report, gate, at == 0);
    }
    out.push_str("</testsuites>\n");
    out
}

fn suite(out: &mut String, report: &Report<'_>, gate: &GateState, first: bool) {
    let failures = gate.requirements.iter().filter(|state| fails(state)).count();
    let skipped = gate.requirements.iter().filter(|state| state.status == RequirementStatus::Excluded).count();
    let _ = writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" timestamp=\"{}\">",
        escape(gate.id.as_str()),
        gate.requirements.len(),
        report.readiness.as_of,
    );
    out.push_str("    <properties>\n");
    property(out, "title", &gate.title);
    property(out, "status", gate.status.as_str());
    if !gate.status.is_clear() {
        property(out, "stop rule", &gate.stop_rule);
    }
    // Every exclusion is in the report once: with its gate, or with the first suite where it is of no gate shown here.
    for state in report.readiness.exclusions.iter().filter(|state| belongs(report, state, gate, first)) {
        property(out, &format!("exclusion {}", state.id), &excluded(report, state));
    }
    out.push_str("    </properties>\n");
    for state in &gate.requirements {
        case(out, report, state);
    }
    out.push_str("  </testsuite>\n");
}

fn belongs(report: &Report<'_>, state: &ExclusionState, gate: &GateState, first: bool) -> bool {
    let narrowed = gate::narrowed(report.plan, &state.covers);
    let within = |gate: &GateState| gate.requirements.iter().any(|one| narrowed.contains(&&one.id));
    let shown = report.readiness.gates.iter().filter(|gate| !gate.outside || gate.id == *report.gate);
    match shown.into_iter().find(|gate| within(gate)) {
        Some(home) => home.id == gate.id,
        None => first,
    }
}

/// `paid-beta/issuer: “…”; Saskia de Wit, recorded by …; to 31 Jan 2027, midnight Europe/Amsterdam; in force`.
fn excluded(report: &Report<'_>, state: &ExclusionState) -> String {
    let (people, period) = (exclusions::people(state), exclusions::period(report.room, state));
    format!("{}: “{}”; {people}; {period}; {}", state.covers, state.wording, exclusions::standing(state))
}

fn property(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "      <property name=\"{}\" value=\"{}\"/>", escape(name), escape(value));
}

fn case(out: &mut String, report: &Report<'_>, state: &RequirementState) {
    let (class, name) = (escape(state.id.gate()), escape(state.id.slug()));
    let _ = write!(out, "    <testcase classname=\"{class}\" name=\"{name}\" time=\"0\"");
    let reason = escape(&state.reason);
    match state.status {
        RequirementStatus::Met => out.push_str("/>\n"),
        RequirementStatus::Excluded => {
            let _ = writeln!(out, "><skipped message=\"{reason}\"/></testcase>");
        }
        RequirementStatus::Stale | RequirementStatus::Unverified | RequirementStatus::Unmet => {
            let body = format!("{}\nOwner: {}\nDo: {}", state.text, who(report.plan, report.room, &state.owner), state.remedy);
            let kind = words::requirement(state.status);
            let _ = writeln!(out, "><failure type=\"{kind}\" message=\"{reason}\">{}</failure></testcase>", escape(&body));
        }
    }
}

fn fails(state: &RequirementState) -> bool {
    !state.status.is_settled()
}

/// Text as XML may hold it: the five marks escaped; what XML forbids, and what hides or reorders, as a visible mark.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push_str("&#10;");
        }
        for c in safe::line(line).chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&apos;"),
                // No control is left, and these two are no characters of XML.
                '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
                c => out.push(c),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(escape("a<b & \"c\"\u{1b}[2J\nd"), "a&lt;b &amp; &quot;c&quot;␛[2J&#10;d");
        assert!(!escape("\u{ffff}\u{fffe}").contains(['\u{ffff}', '\u{fffe}']));
        assert!(!escape("\u{202e}\u{0}\u{85}").contains(['\u{202e}', '\u{0}', '\u{85}']));
    }
}
