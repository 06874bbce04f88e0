//! A plan: read, or refused with its problems.
#![no_main]

use launchroom::format::plan_toml;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Err(told) = plan_toml::parse(text, "plan.toml") {
        assert!(!told.problems.is_empty());
        assert!(told.render().chars().all(|c| c == '\n' || !c.is_control()));
    }
});
