//! What a review reads like: whole words, the right rule, dates nobody mistakes.

use crate::desk::Desk;

#[test]
fn where_nothing_is_allowed_the_lowest_stages_stop_rule_is_told() {
    let desk = Desk::with_room();
    let gates = desk.json(&["review", "--json"])["gates"].clone();
    let rule = gates[0]["stop_rule"].as_str().unwrap().to_owned();
    let told: String = desk.run(&["review"]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains(&format!("You may now: nothing beyond demo data. Stop rule: {rule}")), "{told}");
}

#[test]
fn an_assumption_made_twice_is_one() {
    let desk = Desk::with_room();
    let told = desk.json(&["review", "--json", "--assume", "paid-beta/billing", "--assume", "paid-beta/billing"]);
    assert_eq!(told["assumed"], serde_json::json!(["paid-beta/billing"]));
}

#[test]
fn a_week_outside_the_plan_and_a_day_of_another_year_are_told_as_such() {
    let desk = Desk::empty();
    desk.ok(&["init", "--tenant", "Northwind", "--kickoff", "2019-01-07"]);
    assert!(desk.ok(&["status"]).out.contains("after week 3"));
    let told = desk.run(&["review", "--as-of", "2019-02-01T10:00"]).out;
    assert!(told.lines().next().unwrap().contains("2019"), "{told}");
    desk.write("launchroom.toml", desk.read("launchroom.toml").replace("2019-01-07", "2999-01-07"));
    assert!(desk.ok(&["status"]).out.contains("before week 0"));
}

#[test]
fn every_moment_a_program_reads_has_its_milliseconds() {
    let desk = Desk::with_room();
    desk.write("invoice.txt", "invoice setup\n");
    desk.ok(&["attach", "--meets", "paid-beta/billing", "invoice.txt"]);
    for (command, at) in [
        (&["review", "--json", "--as-of", "2026-11-25T15:00"] as &[&str], "/as_of"),
        (&["review", "--json"], "/as_of"),
        (&["status", "--json"], "/as_of"),
        (&["evidence", "list", "--json"], "/evidence/0/at"),
        (&["log", "--json"], "/0/at"),
    ] {
        let told = desk.json(command);
        let stamp = told.pointer(at).unwrap().as_str().unwrap();
        assert_eq!(stamp.len(), "2026-11-19T08:14:00.240Z".len(), "{command:?}: {stamp}");
    }
}
