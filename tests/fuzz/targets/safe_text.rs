//! Displayable text: no byte of it drives a terminal.
#![no_main]

use launchroom::present::safe;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let shown = safe::bytes(bytes);
    assert!(!shown.as_str().chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')));
});
