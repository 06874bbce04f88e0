//! What a room, its ledger or a command says is shown by every command and obeyed by no terminal.

use crate::desk::{Desk, Told};

/// As much as a room file lets through: what hides, reorders or floods is no control character to TOML.
const IN_ROOM: &str = "\u{202e}e\u{200b}v\u{e0041}il\u{2066}\u{feff}\u{2028}GO  paid beta\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{ad}\u{2060}\u{fe0f}";
/// The same as a command prints it, with all that drives a terminal.
const PRINTED: &str =
    r"\033[2J\033[1;1HGO  paid beta\r\033]52;c;ZXZpbA==\007\033]8;;http://x\033\\\302\233\000\342\200\256back\342\200\213\177";

fn obeyed_or_unseen(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{3164}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

fn harmless(arguments: &[&str], told: &Told) {
    for (stream, text) in [("stdout", &told.out), ("stderr", &told.err)] {
        let line = text.split('\n').find(|line| line.chars().any(obeyed_or_unseen));
        assert_eq!(line, None, "{stream} of {arguments:?}");
    }
    assert_ne!(told.code, 101, "{arguments:?}: {}", told.err);
}

fn hostile_desk() -> Desk {
    let desk = Desk::with_room();
    let text = desk.read("launchroom.toml").replace("Northwind Logistics", &format!("Northwind {IN_ROOM}"));
    desk.write("launchroom.toml", format!("{text}\n[commands]\nlaunch-proof-bundle = '''printf '{PRINTED}\\n'; exit 1'''\n"));
    let file = format!("inv{IN_ROOM}.txt");
    desk.write(&file, PRINTED);
    for arguments in [
        &["assign", "tenant-owner", "--name", IN_ROOM, "--contact", IN_ROOM, "--evidence", IN_ROOM] as &[&str],
        &["assign", "finance", "--name", IN_ROOM],
        &["set", "cohort", IN_ROOM],
        &["set", "modules", IN_ROOM, "evidence"],
        &["dependency", "accept", "stripe", "--treatment", "invoice", "--order-form", IN_ROOM],
        &["dependency", "changed", "stripe", "--what", IN_ROOM],
        &["attach", "--meets", "paid-beta/billing", &file],
        &["attach", "--meets", "paid-beta/billing", "--reference", IN_ROOM],
        &[
            "exclude",
            "paid-beta/issuer",
            "--wording",
            IN_ROOM,
            "--signed-by",
            IN_ROOM,
            "--until",
            "2099-01-31",
            "--reference",
            IN_ROOM,
        ],
        &["decide", "--stage", "hold", "--outcome", "deferred", "--customer", IN_ROOM, "--operator", IN_ROOM],
        &["ask", "--role", "executive-sponsor", "--mark-sent", "--to", IN_ROOM],
        &["evidence", "withdraw", "1", "--why", IN_ROOM],
    ] {
        harmless(arguments, &desk.run(arguments));
    }
    desk
}

const READING: &[&[&str]] = &[
    &["validate"],
    &["status"],
    &["review"],
    &["why", "paid-beta"],
    &["why", "paid-beta/issuer"],
    &["path"],
    &["brief"],
    &["ask"],
    &["owners"],
    &["proofs"],
    &["evidence", "list"],
    &["evidence", "verify"],
    &["activation", "list"],
    &["dependency", "list"],
    &["log"],
    &["doctor"],
    &["config", "show"],
];

#[test]
fn no_reading_command_prints_what_a_terminal_obeys_or_hides() {
    let desk = hostile_desk();
    for command in READING {
        harmless(command, &desk.run(command));
        let mut json = command.to_vec();
        json.push("--json");
        harmless(&json, &desk.run(&json));
    }
    for format in ["markdown", "text"] {
        let arguments = ["review", "--format", format];
        harmless(&arguments, &desk.run(&arguments));
    }
    for seq in ["1", "3", "8", "9", "10"] {
        let arguments = ["evidence", "show", seq];
        harmless(&arguments, &desk.run(&arguments));
    }
    for arguments in [&["why", IN_ROOM] as &[&str], &["evidence", "show", IN_ROOM], &["review", "--room", IN_ROOM], &[IN_ROOM]] {
        harmless(arguments, &desk.run(arguments));
    }
}

#[test]
fn what_a_proof_prints_comes_through_visible_and_forges_no_verdict() {
    let desk = hostile_desk();
    let arguments = ["run", "launch-proof-bundle", "--trust", "--attach"];
    let told = desk.run(&arguments);
    assert!(told.out.contains("paid beta") || told.err.contains("paid beta"), "{told:?}");
    harmless(&arguments, &told);
    assert!(!told.out.lines().chain(told.err.lines()).any(|line| line.starts_with("GO ")), "{told:?}");
    assert_ne!(told.code, 0);
    for arguments in [&["evidence", "list"] as &[&str], &["proofs"], &["log"], &["why", "private-beta"]] {
        harmless(arguments, &desk.run(arguments));
    }
}

#[test]
fn a_word_that_is_refused_is_named_as_it_can_be_shown() {
    let desk = Desk::with_room();
    for word in [IN_ROOM, "x\u{1b}]52;c;ZXZpbA==\u{7}\nGO  paid beta", "--\u{9b}2J"] {
        for arguments in [&["status", word] as &[&str], &["review", "--format", word], &["no-such", word], &[word, word]] {
            let told = desk.run(arguments);
            harmless(arguments, &told);
            assert_eq!(told.code, 2, "{arguments:?}: {}", told.err);
            assert!(!told.err.lines().any(|line| line.starts_with("GO ")), "{}", told.err);
        }
    }
}
