//! A document of any kind: read or refused with a reason, and what is found in it stands in it.
#![no_main]

#[allow(dead_code)]
#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|input: &[u8]| checks::document(input));
