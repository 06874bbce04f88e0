//! A room file: read or refused with its problems, and whatever is told about it is safe to show.
#![no_main]

use launchroom::format::{plan_toml, room_toml};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let plan = plan_toml::shared(plan_toml::embedded("first-customer").unwrap_or_default(), "plan").expect("the plan reads");
    let _ = room_toml::plan_name(text, "room.toml");
    if let Err(told) = room_toml::parse(text, "room.toml", &plan) {
        assert!(!told.problems.is_empty());
        assert!(told.render().chars().all(|c| c == '\n' || !c.is_control()));
    }
});
