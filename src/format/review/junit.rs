//! The report as `JUnit` XML: a suite a gate, a case a requirement, for whatever draws test results in a pipeline.

use super::{Report, who};
use crate::domain::gate::{RequirementState, RequirementStatus};
use crate::present::words;
use std::fmt::Write as _;

/// The whole report. Gates outside the motion are skipped suites: they hold nothing.
#[must_use]
pub fn junit(report: &Report<'_>) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let name = format!("launchroom {}", report.room.tenant.id);
    let wanted = || report.readiness.gates.iter().filter(|gate| !gate.outside || gate.id == *report.gate);
    let tests: usize = wanted().map(|gate| gate.requirements.len()).sum();
    let failures: usize = wanted().flat_map(|gate| &gate.requirements).filter(|state| fails(state)).count();
    // Writing into a String cannot fail.
    let _ = writeln!(out, "<testsuites name=\"{}\" tests=\"{tests}\" failures=\"{failures}\">", escape(&name));
    for gate in wanted() {
        let failures = gate.requirements.iter().filter(|state| fails(state)).count();
        let skipped = gate.requirements.iter().filter(|state| state.status == RequirementStatus::Excluded).count();
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\" timestamp=\"{}\">",
            escape(gate.id.as_str()),
            gate.requirements.len(),
            report.readiness.as_of,
        );
        let _ = writeln!(out, "    <properties><property name=\"status\" value=\"{}\"/></properties>", gate.status.as_str());
        for state in &gate.requirements {
            case(&mut out, report, state);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn case(out: &mut String, report: &Report<'_>, state: &RequirementState) {
    let (class, name) = (escape(state.id.gate()), escape(state.id.slug()));
    let _ = write!(out, "    <testcase classname=\"{class}\" name=\"{name}\"");
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

/// Text as XML may hold it: the five marks escaped, and what XML forbids made visible.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(escape("a<b & \"c\"\u{1b}[2J"), "a&lt;b &amp; &quot;c&quot;\u{fffd}[2J");
    }
}
