//! Bad input: one clear message, the right exit code, nothing beside it touched.

use crate::desk::{Desk, Told};

/// The room file is bad, and said to be.
fn refused(desk: &Desk, room: &str) -> Told {
    let before = listing(desk);
    let told = desk.run(&["review", "--room", room]);
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.out.is_empty(), "{told:?}");
    assert!(told.err.contains(room), "the message names the file: {told:?}");
    assert!(!told.err.contains("panicked"), "{told:?}");
    assert_eq!(listing(desk), before, "nothing beside it is touched");
    told
}

fn listing(desk: &Desk) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(desk.home()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_file_that_is_not_toml_is_told_with_line_and_column() {
    let desk = Desk::empty();
    desk.write("room.toml", "schema = 1\nthis is no toml\n");
    assert!(refused(&desk, "room.toml").err.contains("room.toml:2:"));
}

#[test]
fn every_problem_of_a_room_is_told_at_once() {
    let desk = Desk::with_room();
    let text = desk.read("launchroom.toml").replace("schema = 1", "schema = 1\nnonsense = true");
    desk.write("launchroom.toml", text.replace("2026-11-02", "\"soon\""));
    let told = desk.run(&["validate"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("nonsense") && told.err.contains("kickoff"), "{}", told.err);
}

#[test]
fn a_room_of_a_newer_schema_is_not_guessed_at() {
    let desk = Desk::with_room();
    desk.write("launchroom.toml", desk.read("launchroom.toml").replace("schema = 1", "schema = 99"));
    assert!(refused(&desk, "launchroom.toml").err.contains("schema"));
}

#[test]
fn an_empty_file_is_no_room() {
    let desk = Desk::empty();
    desk.write("room.toml", "");
    refused(&desk, "room.toml");
}

#[test]
fn a_file_that_is_far_too_large_is_not_read() {
    let desk = Desk::empty();
    let file = std::fs::File::create(desk.path("room.toml")).unwrap();
    file.set_len(100 << 20).unwrap();
    refused(&desk, "room.toml");
}

#[test]
fn a_folder_is_no_room() {
    let desk = Desk::empty();
    std::fs::create_dir(desk.path("room.toml")).unwrap();
    refused(&desk, "room.toml");
}

#[test]
fn a_fifo_is_refused_without_waiting_for_a_writer() {
    let desk = Desk::empty();
    let made = std::process::Command::new("mkfifo").arg(desk.path("room.toml")).status().unwrap();
    assert!(made.success());
    refused(&desk, "room.toml");
}

#[test]
fn hostile_text_is_shown_and_not_obeyed() {
    let desk = Desk::empty();
    desk.write("room.toml", "schema = 1\n\u{202e}\u{9b}2J = \"\u{1b}]0;owned\u{7}\"\n");
    let told = refused(&desk, "room.toml");
    assert!(!told.err.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{7}']), "{:?}", told.err);
}

#[test]
fn a_room_that_is_not_there_is_told_with_what_to_do() {
    let desk = Desk::empty();
    let told = desk.run(&["status", "--room", "nowhere.toml"]);
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.err.contains("nowhere.toml"), "{told:?}");
}

#[test]
fn an_unknown_id_is_told_with_the_nearest_known_one() {
    let desk = Desk::with_room();
    for (arguments, near) in [
        (&["assign", "tenant-ownr", "--name", "M"] as &[&str], "tenant-owner"),
        (&["set", "billing_rout", "invoice"], "billing_route"),
        (&["tick", "scope/close-pak"], "scope/close-pack"),
        (&["review", "--gate", "paid-bet"], "paid-beta"),
        (&["why", "paid-beta/bilings"], "paid-beta/billing"),
        (&["activation", "set", "operator-sed", "proven"], "operator-seed"),
        (&["dependency", "changed", "strip", "--what", "x"], "stripe"),
    ] {
        let told = desk.run(arguments);
        assert_eq!(told.code, 2, "{arguments:?} {told:?}");
        assert!(told.err.contains(near), "{arguments:?} {told:?}");
    }
}

#[test]
fn settings_that_cannot_be_read_are_told_with_their_place() {
    let desk = Desk::with_room();
    std::fs::create_dir_all(desk.path("config/launchroom")).unwrap();
    desk.write("config/launchroom/config.toml", "theem = \"light\"\n");
    let told = desk.run(&["status"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("config.toml:1:1") && told.err.contains("theme"), "{}", told.err);
}

/// A folder with a room, and one below it in which something is called like a room file.
fn nested(make: impl Fn(&std::path::Path)) -> Told {
    let desk = Desk::with_room();
    let below = desk.path("below");
    std::fs::create_dir(&below).unwrap();
    make(&below.join("launchroom.toml"));
    let output = desk.launchroom(&["status"]).current_dir(below).output().unwrap();
    Told {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn whatever_is_called_launchroom_toml_here_is_the_room_and_never_the_one_above() {
    use std::os::unix::fs::symlink;
    type Make = dyn Fn(&std::path::Path);
    let cases: [(&str, &Make); 4] = [
        ("a link that leads nowhere", &|path| symlink("gone.toml", path).unwrap()),
        ("a link to itself", &|path| symlink("launchroom.toml", path).unwrap()),
        ("a folder", &|path| std::fs::create_dir(path).unwrap()),
        ("a pipe", &|path| assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success())),
    ];
    for (what, make) in cases {
        let told = nested(make);
        assert_eq!(told.code, 2, "{what}: {told:?}");
        assert!(told.out.is_empty() && told.err.contains("below/launchroom.toml"), "{what}: {told:?}");
    }
}

#[test]
fn a_doctor_diagnoses_settings_that_nothing_else_starts_with() {
    let desk = Desk::with_room();
    std::fs::create_dir_all(desk.path("config/launchroom")).unwrap();
    desk.write("config/launchroom/config.toml", "theem = \"light\"\n");
    let told = desk.run(&["doctor"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.out.contains("theem") && told.out.contains("Northwind"), "{told:?}");
}

#[test]
fn a_filter_that_names_nothing_is_a_slip_and_one_that_finds_nothing_says_so() {
    let desk = Desk::with_room();
    let told = desk.run(&["evidence", "list", "--serves", "paid-beta/bilings"]);
    assert!(told.code == 2 && told.err.contains("paid-beta/billing"), "{told:?}");
    assert!(desk.ok(&["evidence", "list", "--serves", "paid-beta/billing"]).err.contains("no evidence for paid-beta/billing"));
    desk.ok(&["evidence", "list", "--serves", "continuity"]);
}

#[test]
fn another_treatment_does_not_inherit_the_clause_of_the_old_one() {
    let desk = Desk::with_room();
    desk.ok(&["dependency", "accept", "stripe", "--treatment", "invoice", "--order-form", "OF-1 s.4"]);
    let told = desk.run(&["dependency", "accept", "stripe", "--treatment", "manual"]);
    assert!(told.code == 2 && told.err.contains("--order-form"), "{told:?}");
    desk.ok(&["dependency", "accept", "stripe", "--treatment", "invoice"]);
}

#[test]
fn an_unknown_plan_hides_no_other_problem_and_has_a_likely_name() {
    let desk = Desk::with_room();
    let text = desk.read("launchroom.toml").replace("plan = \"first-customer\"", "plan = \"first-custmer\"\nnonsense = true");
    desk.write("launchroom.toml", text.replace("2026-11-02", "\"soon\""));
    let told = desk.run(&["validate"]);
    assert_eq!(told.code, 2, "{told:?}");
    for part in ["did you mean \"first-customer\"?", "nonsense", "is no date"] {
        assert!(told.err.contains(part), "{part}: {}", told.err);
    }
}

#[test]
fn values_of_the_wrong_kind_are_told_together() {
    let desk = Desk::empty();
    desk.write("launchroom.toml", "schema = 1\nplan = 5\ntenant = \"x\"\nscope = 3\n");
    let told = desk.run(&["validate"]);
    assert_eq!(told.code, 2, "{told:?}");
    for part in ["`plan`", "`tenant`", "`scope`"] {
        assert!(told.err.contains(part), "{part}: {}", told.err);
    }
    desk.write("launchroom.toml", "schema = 99999999999\nplan = \"first-customer\"\n");
    let told = desk.run(&["validate"]);
    assert!(told.err.contains("from 0 to 4294967295") && !told.err.contains("not a number"), "{told:?}");
}
