//! Per-check results, found in whatever a proof printed.
//!
//! A bundle is JSON with a list or a map of checks, nested groups included. What cannot be read as one is `None`: it is
//! kept whole and said to be unread, never guessed at. A status word nobody knows is a failed check, because not known
//! is not passed.

use crate::domain::{
    ids::CheckId,
    ledger::{Check, CheckStatus},
    redact::strip_escapes,
};
use serde_json::{Map, Value};

/// Output beyond this is not searched; a bundle is a report, not a log.
const LARGEST: usize = 16 * 1024 * 1024;
const MOST_CHECKS: usize = 10_000;
const DEEPEST: usize = 16;
const LONGEST_ID: usize = 200;
const LONGEST_DETAIL: usize = 600;
/// Objects tried in mixed text. Logs of JSON lines have many; the last bundle among them counts.
const MOST_TRIES: usize = 50_000;

const GROUPS: [&str; 6] = ["groups", "sections", "suites", "bundles", "proofs", "results"];
const WRAPPERS: [&str; 5] = ["bundle", "report", "result", "data", "proof"];
const NAMES: [&str; 5] = ["id", "name", "key", "check", "title"];
const STATUSES: [&str; 9] = ["status", "state", "result", "outcome", "ok", "passed", "pass", "success", "ready"];
const DETAILS: [&str; 7] = ["detail", "details", "message", "reason", "error", "summary", "note"];

/// The checks in an output: the whole output as JSON, or else the last JSON object in it that is a bundle.
#[must_use]
pub fn find(output: &[u8]) -> Option<Vec<Check>> {
    if output.len() > LARGEST {
        return None;
    }
    let plain = strip_escapes(output);
    if let Ok(value) = serde_json::from_slice::<Value>(&plain) {
        return read(&value);
    }
    last_object(&plain)
}

/// The checks in a JSON value, when it has the shape of a bundle. An empty list is a bundle that tested nothing.
#[must_use]
pub fn read(value: &Value) -> Option<Vec<Check>> {
    let mut reader = Reader::default();
    let object = value.as_object()?;
    if !reader.container(object, 0)? {
        let inner = WRAPPERS.iter().find_map(|key| object.get(*key)?.as_object())?;
        if !reader.container(inner, 1)? {
            return None;
        }
    }
    Some(reader.finish())
}

fn last_object(text: &[u8]) -> Option<Vec<Check>> {
    let (mut found, mut at, mut budget) = (None, 0, 4 * LARGEST);
    for _ in 0..MOST_TRIES {
        let Some(next) = memchr::memchr(b'{', &text[at..]) else { break };
        let start = at + next;
        let mut stream = serde_json::Deserializer::from_slice(&text[start..]).into_iter::<Value>();
        let parsed = stream.next();
        let read_to = stream.byte_offset();
        match parsed {
            Some(Ok(value)) => {
                found = read(&value).or(found);
                at = start + read_to.max(1);
            }
            // The rest of a line that begins like JSON and is none is not searched: it may hold pieces of one.
            _ => at = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |end| start + end + 1),
        }
        budget = budget.saturating_sub(at - start);
        if budget == 0 {
            break;
        }
    }
    found
}

/// Checks as they are read: group, own id, status, detail.
#[derive(Default)]
struct Reader {
    found: Vec<(String, String, CheckStatus, String)>,
}

impl Reader {
    /// Reads what holds checks. `Some(false)`: it holds none. `None`: it does, in a shape that cannot be read.
    fn container(&mut self, object: &Map<String, Value>, depth: usize) -> Option<bool> {
        self.group(object, "", depth)
    }

    fn group(&mut self, object: &Map<String, Value>, group: &str, depth: usize) -> Option<bool> {
        if depth > DEEPEST {
            return None;
        }
        let mut any = false;
        if let Some(checks) = object.get("checks") {
            self.checks(checks, group, depth)?;
            any = true;
        }
        for key in GROUPS {
            // A count such as `"results": 3` is no group.
            if let Some(inner @ (Value::Array(_) | Value::Object(_))) = object.get(key) {
                self.checks(inner, group, depth)?;
                any = true;
            }
        }
        Some(any)
    }

    fn checks(&mut self, value: &Value, group: &str, depth: usize) -> Option<()> {
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| {
                let object = item.as_object()?;
                let id = NAMES.iter().find_map(|key| object.get(*key)?.as_str());
                self.item(id.unwrap_or_default(), object, group, depth)
            }),
            Value::Object(map) => map.iter().try_for_each(|(id, value)| match value {
                Value::Object(object) => self.item(id, object, group, depth),
                Value::Array(_) => self.checks(value, id, depth + 1).filter(|()| depth < DEEPEST),
                _ => self.push(group, id, status(value)?, String::new()),
            }),
            _ => None,
        }
    }

    /// One check, or a group of them.
    fn item(&mut self, id: &str, object: &Map<String, Value>, group: &str, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let inner = if group.is_empty() { id.to_owned() } else { format!("{group}.{id}") };
        if self.group(object, &inner, depth + 1)? {
            return Some(());
        }
        let Some(status) = STATUSES.iter().find_map(|key| object.get(*key).and_then(status)) else {
            // A map without a status may be a group whose checks are its own keys.
            let nested = !object.is_empty() && object.values().all(|value| value.is_object() || status(value).is_some());
            return if nested { self.checks(&Value::Object(object.clone()), &inner, depth + 1) } else { None };
        };
        self.push(group, id, status, DETAILS.iter().find_map(|key| text(object.get(*key)?)).unwrap_or_default())
    }

    fn push(&mut self, group: &str, id: &str, (status, said): (CheckStatus, Option<&str>), detail: String) -> Option<()> {
        let id = id.trim();
        if id.is_empty() || id.len() > LONGEST_ID || self.found.len() >= MOST_CHECKS {
            return None;
        }
        let detail = match said {
            Some(word) if detail.is_empty() => format!("says \"{word}\", which is not a pass"),
            Some(word) => format!("says \"{word}\": {detail}"),
            None => detail,
        };
        self.found.push((group.to_owned(), id.to_owned(), status, shorten(detail)));
        Some(())
    }

    /// Leaf ids, unless two groups share one; of two results for one check the worse counts.
    fn finish(self) -> Vec<Check> {
        use std::collections::{BTreeMap, BTreeSet};
        let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (group, id, ..) in &self.found {
            groups.entry(id).or_default().insert(group);
        }
        let mut place: BTreeMap<String, usize> = BTreeMap::new();
        let mut checks: Vec<Check> = Vec::new();
        for (group, id, status, detail) in &self.found {
            let shared = groups.get(id.as_str()).is_some_and(|groups| groups.len() > 1);
            let full = if shared && !group.is_empty() { format!("{group}.{id}") } else { id.clone() };
            let check = Check { id: CheckId::from(full.as_str()), status: *status, detail: detail.clone() };
            if let Some(&at) = place.get(&full) {
                if let Some(before) = checks.get_mut(at).filter(|before| badness(before.status) < badness(*status)) {
                    *before = check;
                }
            } else {
                place.insert(full, checks.len());
                checks.push(check);
            }
        }
        checks
    }
}

fn badness(status: CheckStatus) -> u8 {
    match status {
        CheckStatus::Passed => 0,
        CheckStatus::Skipped => 1,
        CheckStatus::Failed => 2,
    }
}

/// What a value says about a check, and the word itself when nobody knows it.
fn status(value: &Value) -> Option<(CheckStatus, Option<&str>)> {
    let word = match value {
        Value::Bool(true) => return Some((CheckStatus::Passed, None)),
        Value::Bool(false) => return Some((CheckStatus::Failed, None)),
        Value::String(word) => word,
        _ => return None,
    };
    Some(match word.trim().to_ascii_lowercase().replace([' ', '-'], "_").as_str() {
        "pass" | "passed" | "passing" | "ok" | "okay" | "ready" | "true" | "success" | "successful" | "succeeded"
        | "verified" | "healthy" | "green" | "yes" => (CheckStatus::Passed, None),
        "skip" | "skipped" | "n/a" | "na" | "not_applicable" | "pending" | "todo" | "not_tested" | "not_run" | "untested"
        | "disabled" | "ignored" => (CheckStatus::Skipped, None),
        "fail" | "failed" | "failing" | "failure" | "error" | "errored" | "blocked" | "not_ready" | "false" | "missing"
        | "unhealthy" | "red" | "no" => (CheckStatus::Failed, None),
        _ => (CheckStatus::Failed, Some(word)),
    })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        Value::Object(object) => object.get("message").and_then(text).or_else(|| Some(value.to_string())),
        _ => Some(value.to_string()),
    }
}

fn shorten(mut text: String) -> String {
    if text.len() > LONGEST_DETAIL {
        text.truncate(text.floor_char_boundary(LONGEST_DETAIL));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn summary(output: &str) -> Option<String> {
        let word = |check: &Check| match check.status {
            CheckStatus::Passed => '+',
            CheckStatus::Failed => '-',
            CheckStatus::Skipped => '.',
        };
        find(output.as_bytes())
            .map(|all| all.iter().map(|check| format!("{}{}", word(check), check.id)).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_list_of_checks_is_read() {
        let text =
            r#"{"checks":[{"id":"a","status":"pass"},{"id":"b","status":"FAILED","detail":"no"},{"id":"c","status":"n/a"}]}"#;
        assert_eq!(summary(text).as_deref(), Some("+a -b .c"));
        assert_eq!(find(text.as_bytes()).unwrap()[1].detail, "no");
    }

    #[test]
    fn a_map_of_checks_is_read() {
        let text = r#"{"checks":{"a":true,"b":"not_ready","c":{"status":"skipped","message":"off"}}}"#;
        assert_eq!(summary(text).as_deref(), Some("+a -b .c"));
    }

    #[test]
    fn nested_groups_keep_leaf_ids_unless_two_share_one() {
        let text = r#"{"groups":[{"id":"billing","checks":[{"id":"invoice","ok":true},{"id":"live","ok":false}]},
            {"id":"support","checks":{"live":"ok"}}],"checks":[{"id":"top","passed":true}]}"#;
        assert_eq!(summary(text).as_deref(), Some("+top +invoice -billing.live +support.live"));
        assert_eq!(summary(r#"{"checks":{"billing":{"invoice":"pass"}}}"#).as_deref(), Some("+invoice"));
    }

    #[test]
    fn the_last_bundle_in_mixed_text_counts() {
        let text = "> npm run check\n{\"checks\":[{\"id\":\"old\",\"ok\":true}]}\nwarn {not json}\nresult: {\n  \"checks\": [\n    {\"id\": \"new\", \"ok\": false}\n  ]\n}\ndone\n";
        assert_eq!(summary(text).as_deref(), Some("-new"));
        assert_eq!(summary("\x1b[32m{\"checks\":{\"a\":true}}\x1b[0m").as_deref(), Some("+a"));
    }

    #[test]
    fn a_word_nobody_knows_is_no_pass() {
        let checks = find(br#"{"checks":[{"id":"a","status":"degraded"}]}"#).unwrap();
        assert_eq!(checks[0].status, CheckStatus::Failed);
        assert!(checks[0].detail.contains("degraded"));
    }

    #[test]
    fn the_worse_of_two_results_counts() {
        assert_eq!(summary(r#"{"checks":[{"id":"a","ok":false},{"id":"a","ok":true}]}"#).as_deref(), Some("-a"));
    }

    #[test]
    fn an_empty_bundle_is_a_bundle_and_other_shapes_are_none() {
        assert_eq!(find(br#"{"checks":[]}"#), Some(vec![]));
        for other in [
            "",
            "plain text",
            "[1,2]",
            r#"{"status":"ok"}"#,
            r#"{"checks":7}"#,
            r#"{"checks":[{"status":"ok"}]}"#,
            r#"{"checks":["a"]}"#,
        ] {
            assert_eq!(find(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn depth_has_an_end() {
        let deep = format!("{}{}{}", r#"{"groups":[{"id":"g","checks":["#.repeat(200), "", "]}]}".repeat(200));
        assert_eq!(find(deep.as_bytes()), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(input in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = find(&input);
        }

        #[test]
        fn anything_that_looks_like_a_bundle_is_survived(input in r#"(\{|\}|\[|\]|"checks":|"groups":|"id":|"status":|"a"|"ok"|true|null|1|,|\n| ){0,40}"#) {
            let _ = find(input.as_bytes());
        }
    }
}
