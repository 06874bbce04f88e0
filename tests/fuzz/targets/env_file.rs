//! An env file: values, or the number of a line; no name that a shell would not take.
#![no_main]

use launchroom::format::env_file;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(values) = env_file::parse(text) {
        for (name, value) in values {
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !value.contains('\0'));
        }
    }
});
