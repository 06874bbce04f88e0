//! What a check came to, for people and for programs.

use super::{Finding, Verified};
use crate::format::dossier::CANNOT_SEE;
use crate::present::line::{Line, Tone};
use crate::present::words;
use serde_json::{Value, json as value};

/// For people.
#[must_use]
pub fn lines(verified: &Verified) -> Vec<Line> {
    let broken = verified.findings.iter().any(|finding| finding.rule == "chain");
    let links = if broken { "links broken" } else { "links intact" };
    let tone = if verified.findings.is_empty() { Tone::Good } else { Tone::Bad };
    let verdict = if verified.findings.is_empty() { "INTACT" } else { "NOT INTACT" };
    let mut out = vec![
        Line::of(tone, verdict)
            .then(format!("  dossier of {} for the {}, as of {}", verified.room, verified.audience, verified.as_of)),
        Line::plain(format!("  {} re-hashed, {} withheld, {links}", verified.rehashed, verified.withheld)),
        Line::plain(format!("  head {} #{}", verified.head.to_hex(), verified.rehashed + verified.withheld)),
        Line::plain(format!(
            "  {} as packed; {} of evidence what their records say",
            words::count(verified.files, "file", "files"),
            words::count(verified.evidence, "file", "files")
        )),
    ];
    if verified.stated > 0 {
        let files = words::count(verified.stated, "file", "files");
        out.push(Line::plain(format!("  {files} of evidence whose record is withheld: only dossier.json names the digest")));
    }
    if let Some(against) = &verified.against {
        let newer = words::count(against.newer, "entry", "entries");
        let since =
            if against.length > verified.rehashed + verified.withheld { String::new() } else { format!(", {newer} since") };
        let told = format!("  held against one as of {}: #{} {}{since}", against.as_of, against.length, against.head.short());
        out.push(Line::plain(told));
    }
    for finding in &verified.findings {
        out.push(Line::of(Tone::Bad, format!("  {}: {} ({})", place(finding), finding.what, finding.rule)));
    }
    out.push(Line::of(Tone::Quiet, "  It cannot show:"));
    out.extend(CANNOT_SEE.iter().map(|text| Line::of(Tone::Quiet, format!("  - {text}"))));
    out
}

fn place(finding: &Finding) -> String {
    finding.line.map_or(finding.file.clone(), |line| format!("{}:{line}", finding.file))
}

/// For programs.
#[must_use]
pub fn json(verified: &Verified) -> Value {
    let finding = |one: &Finding| value!({ "rule": one.rule, "file": one.file, "line": one.line, "what": one.what });
    let against = verified
        .against
        .as_ref()
        .map(|one| value!({ "length": one.length, "head": one.head.to_hex(), "as_of": one.as_of, "newer": one.newer }));
    let broken = verified.findings.iter().any(|finding| finding.rule == "chain");
    value!({
        "schema": 1,
        "intact": verified.findings.is_empty(),
        "room": verified.room,
        "audience": verified.audience,
        "as_of": verified.as_of,
        "ledger": {
            "length": verified.rehashed + verified.withheld,
            "head": verified.head.to_hex(),
            "rehashed": verified.rehashed,
            "withheld": verified.withheld,
            "links": if broken { "broken" } else { "intact" },
        },
        "files": verified.files,
        "evidence": { "verified": verified.evidence, "stated": verified.stated },
        "against": against,
        "findings": verified.findings.iter().map(finding).collect::<Vec<_>>(),
        "cannot_see": CANNOT_SEE,
    })
}
