//! One shape a test, and what must never be taken for a pass.

use super::*;
use crate::domain::ledger::CheckStatus;
use proptest::prelude::*;

fn find(output: &[u8]) -> Option<Vec<Check>> {
    read(output, &[], true).checks
}

/// Why something was not read, as a plan's bundle and as any other output.
fn unread(output: &str) -> (Option<String>, Option<String>) {
    (read(output.as_bytes(), &[], true).unread, read(output.as_bytes(), &[], false).unread)
}

fn summary(output: &str) -> Option<String> {
    let word = |check: &Check| match check.status {
        CheckStatus::Passed => '+',
        CheckStatus::Failed => '-',
        CheckStatus::Skipped => '.',
    };
    read(output.as_bytes(), &[], true)
        .checks
        .map(|all| all.iter().map(|check| format!("{}{}", word(check), check.id)).collect::<Vec<_>>().join(" "))
}

#[test]
fn a_list_of_checks_is_read() {
    let text = r#"{"checks":[{"id":"a","status":"pass"},{"id":"b","status":"FAILED","detail":"no"},{"id":"c","status":"n/a"}]}"#;
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
    assert_eq!(summary(text).as_deref(), Some("+invoice -billing.live +support.live +top"));
    assert_eq!(summary(r#"{"checks":{"billing":{"invoice":"pass"}}}"#).as_deref(), Some("+invoice"));
}

#[test]
fn every_bundle_in_mixed_text_counts() {
    let text = "> npm run check\n{\"checks\":[{\"id\":\"old\",\"ok\":true}]}\nwarn {not json}\nresult: {\n  \"checks\": [\n    {\"id\": \"new\", \"ok\": false}\n  ]\n}\ndone\n";
    assert_eq!(summary(text).as_deref(), Some("+old -new"));
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
fn plain_text_is_no_bundle_and_nothing_in_it_is_unread() {
    for text in
        ["", "ok\n", "42", "true", "\"fine\"", "[1/4] resolving\n[12:30] {done}\n", "warn {not json}", "f() {}", "{ id: 'a' }"]
    {
        assert_eq!(read(text.as_bytes(), &[], true), Reading::default(), "{text}");
    }
}

#[test]
fn an_empty_bundle_tested_nothing() {
    assert_eq!(read(br#"{"checks":[]}"#, &[], true), Reading { checks: Some(vec![]), ..Reading::default() });
    assert_eq!(read(br#"{"checks":{}}"#, &[], false), Reading { checks: Some(vec![]), ..Reading::default() });
}

#[test]
fn a_bundle_without_a_word_tested_nothing() {
    let hollow = |printed: &[u8], files: &[Vec<u8>], declared| {
        let found = read(printed, files, declared).or_hollow(printed, files, declared);
        found.checks.is_some_and(|checks| checks.is_empty())
    };
    assert!(hollow(b"", &[], true));
    assert!(hollow(b"\x1b[0m \n", &[b"\n".to_vec()], true));
    assert!(!hollow(b"", &[], false), "who brings no bundle may be silent: the exit status decides");
    assert!(!hollow(b"all fine\n", &[], true));
    assert!(!hollow(b"", &[br#"{"checks":[{"id":"a","ok":true}]}"#.to_vec()], true));
}

#[test]
fn json_of_an_unknown_shape_is_unread_where_a_bundle_was_declared() {
    for text in
        ["[1,2]", "[]", "{}", r#"{"status":"ok"}"#, r#"[{"id":"a"}]"#, "> run\n{\"level\":30}\ndone\n", r#"{"results":3}"#]
    {
        let found = read(text.as_bytes(), &[], true);
        assert_eq!((found.checks, found.unread.is_some()), (None, true), "{text}");
        assert_eq!(read(text.as_bytes(), &[], false), Reading::default(), "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_still_counts() {
    for (text, checks) in [
        (r#"{"checks":7}"#, ""),
        (r#"{"checks":null}"#, ""),
        (r#"{"checks":["a"]}"#, ""),
        (r#"{"checks":[{"status":"ok"}]}"#, ""),
        (r#"{"checks":[{"id":"a"}]}"#, ""),
        (r#"{"checks":[{"id":"a","note":"fine"},{"id":"b","ok":true}]}"#, "+b"),
        (r#"{"checks":{"a":1,"b":false}}"#, "-b"),
        (r#"{"checks":[{"id":"a","ok":true}],"groups":[{"id":"g","checks":[{"id":"b"}]}]}"#, "+a"),
    ] {
        assert_eq!(summary(text).as_deref(), Some(checks), "{text}");
        let (declared, other) = unread(text);
        assert!(declared.is_some() && other.is_some(), "{text}");
    }
}

#[test]
fn a_bundle_that_is_cut_off_broken_too_deep_or_too_long_is_unread() {
    let deep = |depth: usize| format!("{}{}", r#"{"groups":[{"id":"g","checks":["#.repeat(depth), "]}]}".repeat(depth));
    let many = format!(r#"{{"checks":[{}{{"id":"z","ok":true}}]}}"#, r#"{"id":"a","ok":true},"#.repeat(10_001));
    let long = format!("{{\"checks\":[{}]}}", " ".repeat(LARGEST));
    for (text, why) in [
        (r#"{"checks":[{"id":"a","status":"pass"},{"id":"b","sta"#.to_owned(), "cut off"),
        ("> run\nresult: {\n \"checks\": [\n {\"id\":\"a\",\"ok\":true}".to_owned(), "cut off"),
        (r#"{"checks":[{"id":"a","status":"pass"},]}"#.to_owned(), "error"),
        (deep(12), "too deep"),
        (deep(200), "too deep"),
        (many, "more than 10000"),
        (long, "too long"),
    ] {
        let (declared, other) = unread(&text);
        assert!(declared.as_ref().is_some_and(|told| told.contains(why)), "{why}: {declared:?}");
        assert!(other.is_some(), "{why}");
    }
    for text in ["{", "[", r#"{"sta"#, "[{\"id\":", "{\"a\":1"] {
        let (declared, other) = unread(text);
        assert!(declared.is_some() && other.is_none(), "{text}");
    }
}

#[test]
fn the_worse_result_wins_wherever_it_stands() {
    for (text, checks) in [
        (r#"{"checks":{"a":"failed","a":"passed"}}"#, "-a"),
        (r#"{"checks":{"a":"passed","a":"failed"}}"#, "-a"),
        (r#"{"checks":[{"id":"a","ok":false}],"checks":[{"id":"a","ok":true}]}"#, "-a"),
        (r#"{"checks":[{"id":"a","status":"failed","status":"passed"}]}"#, "-a"),
        (r#"{"checks":[{"id":"a","status":"passed","ok":false}]}"#, "-a"),
        (r#"{"checks":[{"id":"a","ok":true,"status":"failed"}]}"#, "-a"),
        (r#"{"checks":[{"id":"a","status":"passed","ok":0}]}"#, "-a"),
        (r#"{"checks":[{"id":"a","status":"passed","failed":2}]}"#, "-a"),
        (r#"{"checks":[{"id":"g","status":"failed","checks":[{"id":"a","ok":true}]}]}"#, "+a -g"),
        (r#"{"groups":[{"id":"g","ok":false,"checks":[{"id":"a","ok":true}]}]}"#, "+a -g"),
        (r#"{"groups":[{"id":"g","ok":false,"checks":[{"id":"a","ok":false}]}]}"#, "-a"),
        ("{\"checks\":{\"a\":false}}\n{\"checks\":{\"a\":true}}\n", "-a"),
        (r#"{"checks":{"a":true},"report":{"checks":{"b":false}}}"#, "+a -b"),
        (r#"[{"id":"a","status":"passed"},{"id":"b","status":"failed"}]"#, "+a -b"),
        (r#"{"checks":[{"id":"a","status":"passed","result":"3 rows"}]}"#, "+a"),
    ] {
        assert_eq!(summary(text).as_deref(), Some(checks), "{text}");
    }
}

#[test]
fn a_whole_that_failed_though_no_check_did_is_unread() {
    for whole in [
        r#""status":"failed""#,
        r#""ok":false"#,
        r#""passed":false"#,
        r#""status":"degraded""#,
        r#""status":"pending""#,
        r#""failed":1"#,
        r#""summary":{"failed":1}"#,
        r#""report":{"status":"failed"}"#,
        r#""status":"passed","status":"failed""#,
    ] {
        let text = format!(r#"{{{whole},"checks":[{{"id":"a","ok":true}}]}}"#);
        let (declared, other) = unread(&text);
        assert!(declared.is_some() && other.is_some(), "{text}");
        let explained = format!(r#"{{{},"checks":[{{"id":"a","ok":false}}]}}"#, whole.replace(r#""status":"passed","#, ""));
        assert_eq!(unread(&explained), (None, None), "{explained}");
    }
    for whole in
        [r#""status":"ok""#, r#""ok":true"#, r#""passed":0"#, r#""failed":0"#, r#""status":"completed""#, r#""state":"NL""#]
    {
        assert_eq!(unread(&format!(r#"{{{whole},"checks":[{{"id":"a","ok":true}}]}}"#)), (None, None), "{whole}");
    }
    assert!(unread("{\"checks\":{\"a\":true}}\n{\"status\":\"failed\"}\n").0.is_some());
}

#[test]
fn a_key_that_stands_twice_is_unread() {
    assert!(unread(r#"{"checks":{"a":true,"a":true}}"#).0.is_some());
    assert!(unread(r#"{"checks":[{"id":"a","id":"b","ok":true}]}"#).0.is_some());
}

#[test]
fn what_was_printed_and_what_was_written_count_together() {
    let file = |text: &str| [text.as_bytes().to_vec()];
    let found = read(br#"{"checks":{"a":false}}"#, &file(r#"{"checks":{"a":true,"b":true}}"#), true);
    assert_eq!(found.checks.unwrap()[0].status, CheckStatus::Failed);
    assert!(read(b"ok", &file("{\"che"), true).unread.is_some());
    assert!(read(br#"{"checks":{"a":true}}"#, &file(r#"{"a":1}"#), true).unread.is_some());
    let beside = read(b"> run\n{\"level\":30}\n", &file(r#"{"checks":{"a":true}}"#), true);
    assert_eq!((beside.checks.unwrap().len(), beside.unread), (1, None));
    assert_eq!(read(b"ok\n", &[], true), Reading::default());
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
