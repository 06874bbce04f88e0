//! Redaction: the same for every way of cutting the stream, and a known value never comes out.
#![no_main]

use launchroom::domain::redact::{Redactor, Secret};
use launchroom::format::redact_toml;
use std::sync::LazyLock;

const KNOWN: &str = "correct-horse-battery";

libfuzzer_sys::fuzz_target!(|input: (u8, Vec<u8>)| {
    let (size, mut bytes) = input;
    bytes.extend_from_slice(KNOWN.as_bytes());
    // Rules are compiled when they are first needed, once.
    static FRESH: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(redact_toml::rules(), &[Secret::new(KNOWN, "KNOWN")]));
    let whole = FRESH.another().once(&bytes);
    assert!(!whole.windows(KNOWN.len()).any(|window| window == KNOWN.as_bytes()));
    let (mut other, mut out) = (FRESH.another(), Vec::new());
    bytes.chunks(usize::from(size).max(1)).for_each(|chunk| other.feed(chunk, &mut out));
    other.finish(&mut out);
    assert_eq!(whole, out);
});
