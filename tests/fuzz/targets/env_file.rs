//! An env file: values, or the number of a line; no name that a shell would not take.
#![no_main]

#[allow(dead_code)]
#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|input: &str| checks::env_file(input));
