//! What holds for every input, whoever made it up: a fuzzer, or the test that changes the seeds (`tests/mutated.rs`).

use launchroom::domain::claims::{Because, Blocked, Guard, Markup};
use launchroom::domain::redact::{Redactor, Secret};
use launchroom::format::{bundle_json, document, env_file, ledger_jsonl, plan_toml, redact_toml, room_toml};
use launchroom::infra::http::sse::Reader;
use launchroom::present::safe;
use std::sync::LazyLock;

const KNOWN: &str = "correct-horse-battery";

/// A bundle: what is read is bounded, and the same each time.
pub fn bundle_json(bytes: &[u8]) {
    for declared in [false, true] {
        assert_eq!(bundle_json::read(bytes, &[], declared), bundle_json::read(bytes, &[], declared));
    }
}

/// A document: text, Markdown, HTML, DOCX or PDF as its bytes say, looked through for wording in either markup. It is read or
/// refused with a reason; what is found lies in the text, in order, each place once.
pub fn document(bytes: &[u8]) {
    static GUARD: LazyLock<Guard> = LazyLock::new(|| {
        let one = |claim: &str| Blocked {
            claim: claim.into(),
            also: Vec::new(),
            unlocked_by: "self-serve".into(),
            instead: "Managed rollout".into(),
            because: vec![Because::Gate("self-serve".into())],
        };
        let blocked = ["Self-serve checkout", "Unbounded SSO/SCIM", "Official issuer automation"].map(one);
        Guard::new(&blocked, &["We sell without self-serve checkout".to_owned()], &[])
    });
    let names = ["document", "page.html", "letter.docx", "paper.pdf"];
    for name in names {
        let document = match document::read(name, bytes) {
            Ok(document) => document,
            Err(unreadable) => {
                assert!(!unreadable.why.is_empty());
                continue;
            }
        };
        assert!(document.text.len() <= document::TEXT);
        for markup in [Markup::Text, Markup::Html] {
            let found = GUARD.find(&document.text, markup);
            assert!(found.iter().all(|one| one.blocked < 3 && one.start < one.end));
            assert!(found.iter().all(|one| document.text.get(one.start..one.end).is_some()), "a place cuts a letter");
            assert!(found.is_sorted_by_key(|one| one.start));
        }
    }
}

/// An env file: values, or the number of a line; no name that a shell would not take.
pub fn env_file(text: &str) {
    if let Ok(values) = env_file::parse(text) {
        for (name, value) in values {
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !value.contains('\0'));
        }
    }
}

/// A ledger: entries up to the first line that is not what was written. What is accepted is written the same way again.
pub fn ledger_line(bytes: &[u8]) {
    let (entries, damage) = ledger_jsonl::parse(bytes);
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').count();
    assert!(entries.len() <= lines);
    assert!(damage.is_some() || entries.len() == lines, "a line was left out without a word");
}

/// A plan: read, or refused with its problems.
pub fn plan_toml(text: &str) {
    if let Err(told) = plan_toml::parse(text, "plan.toml") {
        assert!(!told.problems.is_empty());
        assert!(told.render().chars().all(|c| c == '\n' || !c.is_control()));
    }
}

/// Redaction, and what may be a secret that no rule knows: the same for every way of cutting the stream, and a known value never comes out.
pub fn redactor((size, bytes): (u8, &[u8])) {
    let mut bytes = bytes.to_vec();
    bytes.extend_from_slice(KNOWN.as_bytes());
    // Rules are compiled when they are first needed, once.
    static FRESH: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(redact_toml::rules(), &[Secret::new(KNOWN, "KNOWN")]));
    let mut one = FRESH.another();
    let whole = one.once(&bytes);
    assert!(!whole.windows(KNOWN.len()).any(|window| window == KNOWN.as_bytes()));
    let (mut other, mut out) = (FRESH.another(), Vec::new());
    bytes.chunks(usize::from(size).max(1)).for_each(|chunk| other.feed(chunk, &mut out));
    other.finish(&mut out);
    assert_eq!((whole, one.suspects()), (out, other.suspects()));
}

/// A room file: read or refused with its problems, and whatever is told about it is safe to show.
pub fn room_toml(text: &str) {
    let plan = plan_toml::shared(plan_toml::embedded("first-customer").unwrap_or_default(), "plan").expect("the plan reads");
    let _ = room_toml::plan_name(text, "room.toml");
    if let Err(told) = room_toml::parse(text, "room.toml", &plan) {
        assert!(!told.problems.is_empty());
        assert!(told.render().chars().all(|c| c == '\n' || !c.is_control()));
    }
}

/// Events of a server: the same however the bytes are cut up, with bounded memory, and none that is empty.
pub fn sse((size, bytes): (u8, &[u8])) {
    let (mut one, mut other) = (Reader::default(), Reader::default());
    let whole = one.feed(bytes);
    let mut pieces = Vec::new();
    for piece in bytes.chunks(usize::from(size).max(1)) {
        pieces.extend(other.feed(piece));
        // A byte that is no text takes three.
        assert!(other.held() <= 3 * bytes.len());
    }
    assert_eq!(whole, pieces);
    assert!(whole.iter().all(|event| !event.data.is_empty() && !event.data.contains('\r')));
    for event in &whole {
        let _ = event.here();
    }
}

/// Displayable text: no byte of it drives a terminal.
pub fn safe_text(bytes: &[u8]) {
    let shown = safe::bytes(bytes);
    assert!(!shown.as_str().chars().any(|c| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')));
}
