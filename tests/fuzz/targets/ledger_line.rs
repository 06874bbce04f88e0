//! A ledger: entries up to the first line that is not what was written. What is accepted is written the same way again.
#![no_main]

#[allow(dead_code)]
#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|input: &[u8]| checks::ledger_line(input));
