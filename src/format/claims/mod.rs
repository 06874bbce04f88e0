//! What may be said, and where a text says more: as text, JSON and SARIF. Pure.

mod list;
mod sarif;

pub use list::{json as list_json, text as list_text};
pub use sarif::sarif;

use crate::domain::claims::{Because, Blocked, Guard, Place, Said, places};
use crate::domain::plan::Plan;
use crate::format::document::Document;
use crate::present::line::{Line, Tone};
use crate::present::words;
use serde_json::{Value, json};

/// More places of one file help nobody.
const MOST: usize = 10_000;
/// More letters of a place are not quoted.
const QUOTED: usize = 200;

/// One place where a text says more than may be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub at: Place,
    /// Where it ends.
    pub to: Place,
    /// As the text has it, in one line.
    pub text: String,
    /// Which of the blocked wording.
    pub blocked: usize,
}

/// One file and what was found in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// As it was named.
    pub file: String,
    pub findings: Vec<Finding>,
    /// Places that are not among them, since there are so many.
    pub more: usize,
    /// Why it, or some of it, could not be read.
    pub unread: Option<String>,
}

/// Looks through one document.
#[must_use]
pub fn check(file: &str, document: &Document, guard: &Guard) -> Checked {
    let found = guard.find(&document.text, document.markup);
    let mut place = places(&document.text);
    let finding = |found: &crate::domain::claims::Found| {
        let (at, to) = (place(found.start), place(found.end));
        let words: Vec<&str> = document.text[found.start..found.end].split_whitespace().collect();
        let text: String = words.join(" ").chars().filter(|c| *c != '\u{ad}').take(QUOTED).collect();
        Finding { at, to, text, blocked: found.blocked }
    };
    let findings = found.iter().take(MOST).map(finding).collect();
    Checked { file: file.to_owned(), findings, more: found.len().saturating_sub(MOST), unread: document.lacks.clone() }
}

/// `{schema, findings: [{file, line, column, text, claim, unlocked_by, instead}]}`.
#[must_use]
pub fn json(checked: &[Checked], said: &Said) -> Value {
    let findings = checked.iter().flat_map(|checked| {
        checked.findings.iter().filter_map(|finding| {
            let blocked = said.blocked.get(finding.blocked)?;
            Some(json!({
                "file": checked.file,
                "line": finding.at.line,
                "column": finding.at.column,
                "text": finding.text,
                "claim": blocked.claim,
                "unlocked_by": blocked.unlocked_by,
                "instead": blocked.instead,
            }))
        })
    });
    let unread = checked.iter().filter_map(|checked| Some(json!({ "file": checked.file, "why": checked.unread.as_ref()? })));
    json!({ "schema": 1, "findings": findings.collect::<Vec<_>>(), "unread": unread.collect::<Vec<_>>() })
}

/// Each place with what was written, what locks it and what to say instead.
#[must_use]
pub fn text(checked: &[Checked], said: &Said, plan: &Plan) -> Vec<Line> {
    let mut out = Vec::new();
    for checked in checked {
        for finding in &checked.findings {
            let Some(blocked) = said.blocked.get(finding.blocked) else { continue };
            let place = format!("{}:{}:{}: ", checked.file, finding.at.line, finding.at.column);
            out.push(Line::of(Tone::Strong, place).and(Tone::Bad, finding.text.clone()));
            let told =
                if finding.text.eq_ignore_ascii_case(&blocked.claim) { String::new() } else { format!("{}: ", blocked.claim) };
            out.push(Line::plain(format!("    {told}{}", locked(blocked, plan))));
            out.push(Line::of(Tone::Good, "    say: ").then(blocked.instead.clone()));
        }
        if checked.more > 0 {
            out.push(Line::of(
                Tone::Warn,
                format!("{}: {}", checked.file, words::count(checked.more, "more place", "more places")),
            ));
        }
    }
    out
}

/// `blocked until the self-serve gate is clear`, and what else keeps it locked.
#[must_use]
pub fn locked(blocked: &Blocked, plan: &Plan) -> String {
    let because = blocked.because.iter().map(|one| match one {
        Because::Gate(gate) => format!("until the {} gate is clear", words::stage(plan, gate.as_str())),
        Because::Dependency(id) => format!("until {id} is accepted in the order form and in the launch room"),
        Because::Activation(id) => format!("until {id} is proven"),
        Because::Exclusion(id, until) => format!("while {id} leaves it out, to {}", words::date_with_year(*until)),
    });
    let because: Vec<String> = because.collect();
    let told = format!("blocked {}", because.join(", and "));
    let is_told = blocked.because.iter().any(|one| matches!(one, Because::Gate(gate) if *gate == blocked.unlocked_by));
    if is_told { told } else { format!("{told} ({} gate)", words::stage(plan, blocked.unlocked_by.as_str())) }
}
