//! A ledger that is not what was written: told by every command, never called go, never mended in silence.

use crate::desk::Desk;

const LEDGER: &str = "launchroom.evidence/ledger.jsonl";
const READING: [&[&str]; 9] = [
    &["review"],
    &["review", "--json"],
    &["review", "--as-of", "2026-11-01"],
    &["status"],
    &["log"],
    &["proofs"],
    &["owners"],
    &["why", "private-beta"],
    &["evidence", "list"],
];

fn desk() -> Desk {
    let desk = Desk::with_room();
    desk.ok(&["tick", "scope/close-pack"]);
    desk.ok(&["tick", "scope/wording"]);
    desk
}

/// The last line has no end, as when the machine stopped while it was written.
fn torn() -> Desk {
    let desk = desk();
    let ledger = desk.read(LEDGER);
    desk.write(LEDGER, &ledger[..ledger.len() - 20]);
    desk
}

/// A line in the middle says something else.
fn broken() -> Desk {
    let desk = desk();
    desk.write(LEDGER, desk.read(LEDGER).replacen("close-pack", "close-back", 1));
    desk
}

#[test]
fn a_fault_outranks_whatever_a_reading_command_has_to_say() {
    for desk in [torn(), broken()] {
        for command in READING {
            let told = desk.run(command);
            assert_eq!(told.code, 5, "{command:?} {told:?}");
            assert!(!told.out.is_empty() || command[0] == "evidence", "what is known is printed: {command:?} {told:?}");
            assert!(told.err.contains("damaged at line"), "{command:?} {told:?}");
        }
        let review = desk.run(&["review"]).out;
        assert!(review.trim_end().ends_with("exit 5 (ledger damaged)"), "{review}");
        assert!(desk.run(&["review", "--format", "markdown"]).out.contains("Exit code 5."));
    }
}

#[test]
fn a_torn_line_is_set_aside_aloud_and_remembered() {
    let desk = torn();
    assert_eq!(desk.run(&["evidence", "verify"]).code, 5, "not mended yet");
    let told = desk.ok(&["tick", "scope/billing"]);
    assert!(told.err.contains("bytes set aside in launchroom.evidence/ledger.torn-1"), "{told:?}");
    assert!(desk.path("launchroom.evidence/ledger.torn-1").exists());

    let told = desk.ok(&["evidence", "verify"]);
    assert!(told.out.contains("ledger.torn-1"), "{told:?}");
    let told = desk.ok(&["doctor"]);
    assert!(told.out.contains("ledger.torn-1"), "{told:?}");
    assert!(desk.ok(&["status"]).err.is_empty(), "told once, not for ever");
}

#[test]
fn a_ledger_that_lost_its_last_line_feed_lost_no_entry() {
    let desk = desk();
    let ledger = desk.read(LEDGER);
    desk.write(LEDGER, ledger.trim_end());
    assert!(desk.ok(&["evidence", "verify"]).out.contains("3 entries"));
    assert!(desk.ok(&["tick", "scope/billing"]).err.is_empty());
    assert!(desk.read(LEDGER).starts_with(&ledger), "it gets its line feed back");
    assert!(desk.ok(&["evidence", "verify"]).out.contains("4 entries"));
}

#[test]
fn a_ledger_of_one_long_line_is_no_torn_one() {
    for (from, to) in [("\n", "\r"), ("", "")] {
        let desk = desk();
        let ledger = desk.read(LEDGER);
        let harmed = if from.is_empty() { "\0".repeat(ledger.len()) } else { ledger.replace(from, to) };
        desk.write(LEDGER, &harmed);
        for command in [&["tick", "scope/billing"] as &[&str], &["set", "cohort", "42 workers"], &["evidence", "verify"]] {
            assert_eq!(desk.run(command).code, 5, "{command:?}");
        }
        assert_eq!(desk.read(LEDGER), harmed, "nothing is written to it, nothing is taken off it");
    }
}

#[test]
fn a_run_tells_that_it_set_a_torn_line_aside() {
    let desk = torn();
    let text = desk.read("launchroom.toml");
    desk.write("launchroom.toml", format!("{text}\n[commands]\nfirst-customer-launch-plan = 'true'\n"));
    let told = desk.ok(&["run", "first-customer-launch-plan", "--trust"]);
    assert!(told.err.contains("ledger.torn-1"), "{told:?}");
}

#[test]
fn nothing_is_written_to_a_broken_ledger_and_every_command_says_so_alike() {
    let desk = broken();
    let text = desk.read("launchroom.toml");
    desk.write("launchroom.toml", format!("{text}\n[commands]\nfirst-customer-launch-plan = 'true'\n"));
    desk.write("invoice.txt", "invoice setup\n");
    for command in [
        &["tick", "scope/billing"] as &[&str],
        &["set", "cohort", "42 workers"],
        &["attach", "--meets", "paid-beta/billing", "invoice.txt"],
        &["attach", "--meets", "paid-beta/billing", "--reference", "page 3"],
        &["evidence", "withdraw", "1", "--why", "wrong"],
        &["run", "first-customer-launch-plan", "--trust"],
    ] {
        let told = desk.run(command);
        assert_eq!(told.code, 5, "{command:?} {told:?}");
        assert!(told.err.contains("evidence verify"), "what to do about it: {command:?} {told:?}");
    }
    assert!(!desk.path("launchroom.evidence/blobs").exists(), "no bytes are kept that no entry will name");
}

#[test]
fn a_doctor_who_finds_a_fault_of_storage_says_so_with_the_exit_code_of_one() {
    let desk = Desk::with_room();
    desk.ok(&["assign", "tenant-owner", "--name", "Mara Lindt"]);
    let ledger = desk.path(LEDGER);
    let text = std::fs::read_to_string(&ledger).unwrap();
    std::fs::write(&ledger, text.replacen("Mara", "Mora", 1)).unwrap();
    let told = desk.run(&["doctor"]);
    assert!(told.code == 5 && told.out.contains("damaged at line"), "{told:?}");
}

/// A room that rests on a file, and where the bytes of that lie.
fn captured() -> (Desk, std::path::PathBuf) {
    let desk = desk();
    desk.write("invoice.txt", "invoice setup\n");
    desk.ok(&["attach", "--meets", "paid-beta/billing", "invoice.txt"]);
    let list = desk.json(&["evidence", "list", "--json"]);
    assert_eq!(list["evidence"][0]["seq"], 4);
    let digest = list["evidence"][0]["digest"].as_str().unwrap().to_owned();
    let blob = desk.path(&format!("launchroom.evidence/blobs/{}/{digest}", &digest[..2]));
    (desk, blob)
}

#[test]
fn bytes_that_are_not_what_was_attached_outrank_every_verdict_and_make_no_dossier() {
    for (what, harm) in [
        ("bytes differ", (|blob| std::fs::write(blob, "something else\n").unwrap()) as fn(&std::path::Path)),
        ("bytes missing", |blob| std::fs::remove_file(blob).unwrap()),
    ] {
        let (desk, blob) = captured();
        let short = blob.file_name().unwrap().to_str().unwrap()[..4].to_owned();
        harm(&blob);
        let wait = ["wait", "--for", "paid-beta", "--timeout", "1s"];
        let dossier = ["dossier", "--audience", "buyer", "-o", "d.zip"];
        for command in [&["review"][..], &["review", "--json"], &["status"], &["brief"], &wait, &dossier, &["doctor"]] {
            let told = desk.run(command);
            let all = told.out.clone() + &told.err;
            assert_eq!(told.code, 5, "{command:?} {told:?}");
            for part in [what, &short, "#4", "paid-beta/billing", "launchroom evidence withdraw 4 --why TEXT"] {
                assert!(all.contains(part), "{part}: {command:?} {told:?}");
            }
        }
        assert!(!desk.path("d.zip").exists());
        let review = desk.run(&["review"]).out;
        assert!(review.trim_end().ends_with(&format!("exit 5 ({what})")), "{review}");
        assert_eq!(desk.run(&["evidence", "verify"]).code, 5);

        desk.ok(&["evidence", "withdraw", "4", "--why", "its bytes are lost"]);
        assert_eq!(desk.run(&["review"]).code, 1, "taken back, it is no fault any more");
        desk.ok(&["dossier", "-o", "d.zip"]);
    }
}

#[test]
fn a_ledger_that_was_emptied_taken_away_or_replaced_is_not_an_empty_room() {
    let other = desk().read(LEDGER);
    for harm in [
        (|ledger, _| std::fs::write(ledger, "").unwrap()) as fn(&std::path::Path, &str),
        |ledger, _| std::fs::remove_file(ledger).unwrap(),
        |ledger, other| std::fs::write(ledger, other).unwrap(),
    ] {
        let (desk, _) = captured();
        harm(&desk.path(LEDGER), &other);
        for command in [&["review"][..], &["status"], &["evidence", "verify"], &["dossier", "-o", "d.zip"], &["doctor"]] {
            let told = desk.run(command);
            assert_eq!(told.code, 5, "{command:?} {told:?}");
            let all = told.out.clone() + &told.err;
            assert!(all.contains("it began with") || all.contains("another ledger"), "{command:?} {told:?}");
        }
        let told = desk.run(&["tick", "scope/billing"]);
        assert!(told.code == 5 && told.err.contains("put ledger.jsonl back from a copy"), "{told:?}");
        let told = desk.run(&["doctor"]);
        assert!(!told.out.contains("user may write to"), "the way out is another one: {told:?}");
        // Whoever means to begin anew takes all of it away.
        std::fs::remove_dir_all(desk.path("launchroom.evidence")).unwrap();
        desk.ok(&["tick", "scope/billing"]);
        desk.ok(&["evidence", "verify"]);
    }
}
