//! Events of a server: the same however the bytes are cut up, with bounded memory.
#![no_main]

#[allow(dead_code)]
#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|input: (u8, Vec<u8>)| checks::sse((input.0, &input.1)));
