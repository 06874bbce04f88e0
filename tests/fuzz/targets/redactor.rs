//! Redaction: the same for every way of cutting the stream, and a known value never comes out.
#![no_main]

#[allow(dead_code)]
#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|input: (u8, Vec<u8>)| checks::redactor((input.0, &input.1)));
