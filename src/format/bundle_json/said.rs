//! What one value says about how something went. A word nobody knows is not a pass.

use super::node::{Map, Node};
use crate::domain::ledger::CheckStatus;

/// Where a status stands, and whether a word that nobody knows is one there: `status` holds nothing else, while `result`
/// may be a text about something that `status` tells.
const STATUSES: [(&str, bool); 9] = [
    ("status", true),
    ("outcome", true),
    ("state", false),
    ("result", false),
    ("ok", false),
    ("passed", false),
    ("pass", false),
    ("success", false),
    ("ready", false),
];
/// Counts, flags or lists of what failed.
const FAILURES: [&str; 3] = ["failed", "failures", "errors"];
/// Says that something ended, not how.
const NEUTRAL: [&str; 4] = ["complete", "completed", "done", "finished"];

/// A verdict, and the word itself when nobody knows it or when it stands for a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub status: CheckStatus,
    pub word: Option<String>,
    /// It is a word for a failure, or a `false`.
    pub known: bool,
}

/// The names under which a status may stand.
pub fn keys() -> impl Iterator<Item = &'static str> {
    STATUSES.into_iter().map(|(key, _)| key)
}

/// What a check says about itself: the worst of everything in it that is a status.
pub fn of_check(check: &Map) -> Option<Said> {
    let (mut worst, mut unknown) = (None, None);
    for (key, strict) in STATUSES {
        for value in check.all(key) {
            match (word(value), value) {
                (Some(Ok(status)), _) => worst = Some(worse(worst, Said { status, word: None, known: true })),
                (Some(Err(word)), _) if strict => worst = Some(worse(worst, failed(word))),
                (Some(Err(word)), _) => unknown = unknown.or(Some(failed(word))),
                // `ok: 0`, as some languages write it.
                (None, Node::Number(number)) if !strict && *number == 0.0 => worst = Some(worse(worst, failed("0"))),
                (None, _) => {}
            }
        }
    }
    let failures = failures(check).map(|word| failed(&word));
    failures.into_iter().fold(worst.or(unknown), |worst, said| Some(worse(worst, said)))
}

/// What a group or a whole bundle says beside its checks, when that is no pass.
pub fn of_whole(whole: &Map) -> Option<Said> {
    let mut worst = None;
    for (key, strict) in STATUSES {
        for value in whole.all(key) {
            match (word(value), value.text()) {
                (Some(Ok(CheckStatus::Passed)) | None, _) => {}
                (Some(Ok(status)), text) => {
                    let word = text.map_or_else(|| format!("{key}: false"), |text| format!("{key}: {}", text.trim()));
                    worst = Some(worse(worst, Said { status, word: Some(word), known: status == CheckStatus::Failed }));
                }
                (Some(Err(word)), _) => {
                    if strict && !NEUTRAL.contains(&word.to_ascii_lowercase().as_str()) {
                        worst = Some(worse(worst, failed(&format!("{key}: {word}"))));
                    }
                }
            }
        }
    }
    let failures = failures(whole).map(|word| Said { known: true, ..failed(&word) });
    failures.into_iter().fold(worst, |worst, said| Some(worse(worst, said)))
}

fn failures(map: &Map) -> Option<String> {
    FAILURES.into_iter().find_map(|key| {
        let some = |value: &Node| match value {
            Node::Bool(any) => *any,
            Node::Number(count) => *count > 0.0,
            Node::List(items) => !items.is_empty(),
            Node::Null | Node::Text(_) | Node::Map(_) => false,
        };
        map.all(key).find(|value| some(value)).map(|value| match value {
            Node::Number(count) => format!("{key}: {count}"),
            _ => key.to_owned(),
        })
    })
}

fn failed(word: &str) -> Said {
    Said { status: CheckStatus::Failed, word: Some(word.to_owned()), known: false }
}

fn worse(one: Option<Said>, other: Said) -> Said {
    match one {
        Some(one) if badness(one.status) >= badness(other.status) => one,
        _ => other,
    }
}

/// Of two results for one thing the worse counts.
pub fn badness(status: CheckStatus) -> u8 {
    match status {
        CheckStatus::Passed => 0,
        CheckStatus::Skipped => 1,
        CheckStatus::Failed => 2,
    }
}

/// The status that a value is: `Err` with a word that nobody knows, `None` for what is no word.
pub fn word(value: &Node) -> Option<Result<CheckStatus, &str>> {
    let word = match value {
        Node::Bool(true) => return Some(Ok(CheckStatus::Passed)),
        Node::Bool(false) => return Some(Ok(CheckStatus::Failed)),
        Node::Text(word) => word.trim(),
        Node::Null | Node::Number(_) | Node::List(_) | Node::Map(_) => return None,
    };
    Some(match word.to_ascii_lowercase().replace([' ', '-'], "_").as_str() {
        "pass" | "passed" | "passing" | "ok" | "okay" | "ready" | "true" | "success" | "successful" | "succeeded"
        | "verified" | "healthy" | "green" | "yes" => Ok(CheckStatus::Passed),
        "skip" | "skipped" | "n/a" | "na" | "not_applicable" | "pending" | "todo" | "not_tested" | "not_run" | "untested"
        | "disabled" | "ignored" => Ok(CheckStatus::Skipped),
        "fail" | "failed" | "failing" | "failure" | "error" | "errored" | "blocked" | "not_ready" | "false" | "missing"
        | "unhealthy" | "red" | "no" | "not_ok" | "crashed" | "aborted" | "cancelled" | "canceled" | "timeout" | "timed_out"
        | "unsuccessful" | "rejected" | "denied" => Ok(CheckStatus::Failed),
        _ => Err(word),
    })
}
