//! SARIF 2.1.0, for code review: a rule a wording, a result a place.

use super::{Checked, Finding, locked};
use crate::domain::claims::Said;
use crate::domain::plan::Plan;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// One run over these files.
#[must_use]
pub fn sarif(checked: &[Checked], said: &Said, plan: &Plan, version: &str) -> Value {
    let rules = said.blocked.iter().map(|one| {
        json!({
            "id": rule(&one.claim),
            "name": "BlockedWording",
            "shortDescription": { "text": format!("Blocked wording: {}", one.claim) },
            "fullDescription": { "text": format!("\"{}\" is {}.", one.claim, locked(one, plan)) },
            "help": { "text": format!("Say instead: {}", one.instead) },
            "defaultConfiguration": { "level": "error" },
            "properties": { "unlocked_by": one.unlocked_by, "instead": one.instead },
        })
    });
    let results = checked.iter().flat_map(|checked| checked.findings.iter().map(move |finding| (checked, finding)));
    let results = results.filter_map(|(checked, finding)| result(checked, finding, said, plan));
    let notes = checked.iter().filter_map(|checked| {
        let why = checked.unread.as_ref()?;
        Some(json!({
            "level": "error",
            "message": { "text": format!("{}: {why}", checked.file) },
            "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(&checked.file) } } }],
        }))
    });
    let notes: Vec<Value> = notes.collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "launchroom", "version": version, "rules": rules.collect::<Vec<_>>() } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": notes.is_empty(), "toolExecutionNotifications": notes }],
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

fn result(checked: &Checked, finding: &Finding, said: &Said, plan: &Plan) -> Option<Value> {
    let blocked = said.blocked.get(finding.blocked)?;
    let told = format!("\"{}\" is {}. Say instead: {}", finding.text, locked(blocked, plan), blocked.instead);
    Some(json!({
        "ruleId": rule(&blocked.claim),
        "ruleIndex": finding.blocked,
        "level": "error",
        "message": { "text": told },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&checked.file) },
                "region": {
                    "startLine": finding.at.line,
                    "startColumn": finding.at.column,
                    "endLine": finding.to.line,
                    "endColumn": finding.to.column,
                    "snippet": { "text": finding.text },
                },
            },
        }],
    }))
}

/// `claims/self-serve-checkout`.
fn rule(claim: &str) -> String {
    let words = claim.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    format!("claims/{}", words.map(str::to_lowercase).collect::<Vec<_>>().join("-"))
}

/// A path as a reference: what has a meaning in one is written as its bytes.
fn uri(file: &str) -> String {
    let mut out = String::new();
    for byte in file.trim_start_matches("./").bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    if file == "-" { "stdin".to_owned() } else { out }
}
