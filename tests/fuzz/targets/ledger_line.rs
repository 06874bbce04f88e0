//! A ledger: entries up to the first line that is not what was written. What is accepted is written the same way again.
#![no_main]

use launchroom::format::ledger_jsonl;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (entries, damage) = ledger_jsonl::parse(bytes);
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').count();
    assert!(entries.len() <= lines);
    assert!(damage.is_some() || entries.len() == lines, "a line was left out without a word");
});
