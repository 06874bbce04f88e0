//! A room file: read or refused with its problems, and whatever is told about it is safe to show.
#![no_main]

#[allow(dead_code)]
#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|input: &str| checks::room_toml(input));
