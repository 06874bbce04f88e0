//! How it ends: every exit code, streams kept apart, no prompt without a terminal.

use crate::desk::Desk;

#[test]
fn a_room_that_is_not_ready_is_a_no_go() {
    let told = Desk::with_room().run(&["review"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.out.starts_with("NO-GO"), "{}", told.out);
    assert!(told.out.trim_end().ends_with("exit 1 (no-go)"), "{}", told.out);
}

#[test]
fn the_review_fits_a_screen() {
    let out = Desk::with_room().run(&["review"]).out;
    assert!(out.lines().count() <= 22, "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
}

#[test]
fn looking_at_a_room_ends_well_whatever_its_verdict() {
    let desk = Desk::with_room();
    for command in ["status", "owners", "proofs", "log"] {
        desk.ok(&[command]);
    }
    desk.ok(&["why", "private-beta"]);
    desk.ok(&["why", "paid-beta/billing"]);
    desk.ok(&["evidence", "list"]);
    desk.ok(&["evidence", "verify"]);
    desk.ok(&["activation", "list"]);
    desk.ok(&["dependency", "list"]);
}

#[test]
fn without_a_room_it_says_how_to_begin() {
    let desk = Desk::empty();
    for arguments in [&[] as &[&str], &["status"], &["review"], &["owners"]] {
        let told = desk.run(arguments);
        assert_eq!(told.code, 2, "{told:?}");
        assert!(told.out.is_empty() && told.err.contains("launchroom init"), "{told:?}");
    }
}

#[test]
fn the_cockpit_without_a_terminal_is_misuse() {
    let desk = Desk::with_room();
    for arguments in [&[] as &[&str], &["open"], &["open", "launchroom.toml"], &["launchroom.toml"], &["demo"]] {
        let told = desk.run(arguments);
        assert_eq!(told.code, 2, "{told:?}");
        assert!(told.err.contains("terminal"), "{told:?}");
    }
}

#[test]
fn a_missing_flag_is_named_and_nothing_prompts() {
    let desk = Desk::with_room();
    for (arguments, flag) in [
        (&["init", "other.toml"] as &[&str], "--tenant"),
        (&["assign", "tenant-owner"], "--name"),
        (&["evidence", "withdraw", "1"], "--why"),
        (&["attach"], "--reference"),
        (&["dependency", "changed", "stripe"], "--what"),
    ] {
        let told = desk.run(arguments);
        assert_eq!(told.code, 2, "{arguments:?} {told:?}");
        assert!(told.err.contains(flag), "{arguments:?} {told:?}");
    }
}

#[test]
fn a_rule_that_says_no_is_a_refusal_and_changes_nothing() {
    let desk = Desk::with_room();
    let decide = ["decide", "--stage", "paid-beta", "--outcome", "accepted", "--customer", "I", "--operator", "J"];
    let told = desk.run(&decide);
    assert_eq!(told.code, 4, "{told:?}");
    let told = desk.run(&["exclude", "paid-beta/roles", "--wording", "w", "--signed-by", "S", "--until", "2027-01-31"]);
    assert_eq!(told.code, 4, "{told:?}");
    assert!(!desk.read("launchroom.toml").contains("2027-01-31"));
}

#[test]
fn read_only_means_that_nothing_is_written() {
    let desk = Desk::with_room();
    let before = desk.read("launchroom.toml");
    let told = desk.run(&["--readonly", "tick", "scope/close-pack"]);
    assert_eq!(told.code, 4, "{told:?}");
    assert_eq!(desk.read("launchroom.toml"), before);
    assert!(!desk.path("launchroom.evidence").exists());
}

#[test]
fn init_writes_over_nothing() {
    let desk = Desk::with_room();
    let before = desk.read("launchroom.toml");
    assert_eq!(desk.run(&["init", "--tenant", "Other"]).code, 4);
    assert_eq!(desk.read("launchroom.toml"), before);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let desk = Desk::with_room();
    let binary = assert_cmd::cargo::cargo_bin("launchroom");
    let script = format!("{} review --format markdown | head -n 1; exit ${{PIPESTATUS[0]}}", binary.display());
    let ended = std::process::Command::new("bash").args(["-c", &script]).current_dir(desk.home()).output().unwrap();
    assert_eq!(ended.status.code(), Some(1), "the verdict, not the pipe");
    assert!(ended.stderr.is_empty(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn a_full_disk_under_stdout_is_a_fault_and_outranks_the_verdict() {
    let desk = Desk::with_room();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let binary = assert_cmd::cargo::cargo_bin("launchroom");
    let ended = std::process::Command::new(binary).arg("review").current_dir(desk.home()).stdout(full).output().unwrap();
    assert_eq!(ended.status.code(), Some(5), "{ended:?}");
}

#[test]
fn colour_is_for_terminals_unless_it_is_asked_for() {
    let desk = Desk::with_room();
    assert!(!desk.run(&["review"]).out.contains('\u{1b}'));
    assert!(desk.run(&["review", "--color", "always"]).out.contains('\u{1b}'));
    assert!(!desk.run(&["review", "--color", "never"]).out.contains('\u{1b}'));
}

#[test]
fn a_locale_that_is_not_utf8_gets_ascii() {
    let desk = Desk::with_room();
    let output = desk.launchroom(&["review", "--all"]).env("LC_ALL", "C").output().unwrap();
    assert!(output.stdout.is_ascii(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_damaged_ledger_is_named_and_is_a_fault() {
    let desk = Desk::with_room();
    desk.ok(&["tick", "scope/close-pack"]);
    desk.ok(&["tick", "scope/wording"]);
    let ledger = desk.read("launchroom.evidence/ledger.jsonl");
    desk.write("launchroom.evidence/ledger.jsonl", ledger.replacen("close-pack", "close-back", 1));
    let told = desk.run(&["evidence", "verify"]);
    assert_eq!(told.code, 5, "{told:?}");
    assert!(told.out.contains("line "), "{told:?}");
}

#[test]
fn a_mistyped_command_is_told_which_was_meant_whatever_follows_it() {
    let desk = Desk::with_room();
    for (typed, meant) in [
        (&["reveiw"] as &[&str], "launchroom review"),
        (&["reveiw", "--gate", "paid-beta", "--json"], "launchroom review"),
        (&["-r", "launchroom.toml", "statsu", "--json"], "launchroom status"),
        (&["doss", "-o", "x.zip"], "launchroom dossier"),
        (&["xyzzy"], "--help"),
        (&["xyzzy", "--now"], "--help"),
    ] {
        let told = desk.run(typed);
        assert_eq!(told.code, 2, "{typed:?} {told:?}");
        assert!(told.err.contains("no command") && told.err.contains(meant), "{typed:?} {told:?}");
    }
    let told = desk.run(&["review", "--gaet", "paid-beta"]);
    assert!(told.code == 2 && told.err.contains("--gate"), "a mistyped option is still told: {told:?}");
}
