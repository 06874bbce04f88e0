//! The end of a pilot at a terminal: what is missing is attached, one thing is left out, the launch is decided; then a
//! dependency changes, its effect is told before it is saved, and the decision no longer stands.

use crate::layout;
use crate::pty::Terminal;
use std::path::Path;
use std::process::Command;

const STRICT: &str = r#"
paid-beta-fixture-proof = '''printf '{"checks":[{"id":"access","status":"passed"},{"id":"stripe","status":"failed"}]}'; exit 1'''
"#;

/// The shell, in the room's folder. How it ended is for what follows to show.
fn launchroom(home: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_launchroom"));
    command.args(arguments).current_dir(home).env_clear().env("HOME", home).env("LANG", "C.UTF-8");
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.output().expect("the program runs");
}

/// All but a billing record, the issuer and the decision.
fn prepared(home: &Path) {
    launchroom(home, &["init", "--tenant", "Northwind Logistics", "--kickoff", "2026-11-02"]);
    layout::fill(|command| launchroom(home, command));
    let room = home.join("launchroom.toml");
    let text = std::fs::read_to_string(&room).expect("the room") + layout::COMMANDS + STRICT;
    std::fs::write(&room, text).expect("its commands");
    for proof in layout::HARMLESS.into_iter().chain(["paid-beta-fixture-proof"]) {
        launchroom(home, &["run", proof, "--trust", "--attach"]);
    }
    for (serves, target) in layout::DOCUMENTS {
        std::fs::write(home.join("document.md"), format!("# {serves}\n")).expect("a document");
        launchroom(home, &["attach", "--meets", serves, "--target", target, "document.md"]);
    }
    std::fs::write(home.join("invoice.md"), "# Invoice route\n").expect("a document");
}

fn row(terminal: &mut Terminal, parts: &[&str]) {
    terminal.wait_until(&format!("a row says {parts:?}"), |screen| {
        screen.lines().any(|line| {
            let mut rest = line;
            parts.iter().all(|part| rest.split_once(part).map(|(_, after)| rest = after).is_some())
        })
    });
}

/// Drops the filter. An Esc is a key of its own only while nothing follows it, so the screen is waited for.
fn unfiltered(terminal: &mut Terminal, text: &str) {
    terminal.send("\x1b");
    terminal.wait_gone(&format!("with \"{text}\""));
}

#[test]
fn what_is_missing_is_attached_left_out_and_decided_and_a_changed_dependency_asks_again() {
    let home = tempfile::tempdir().expect("a home");
    prepared(home.path());
    let mut terminal = Terminal::start(&[], home.path(), 40, 140);
    terminal.wait_for("Northwind Logistics");
    row(&mut terminal, &["paid beta", "held", "5/9"]);

    // Attached where it is asked for.
    terminal.send("4/billing\r");
    row(&mut terminal, &[">", "billing", "nothing attached"]);
    terminal.send("a");
    terminal.wait_for("Attach for paid-beta/billing");
    terminal.send("invoice.md\r");
    terminal.wait_for("attached for paid-beta/billing");
    unfiltered(&mut terminal, "billing");

    // Left out, with its effect told before.
    terminal.send("/issuer\r");
    row(&mut terminal, &[">", "issuer", "nothing attached"]);
    terminal.send("x");
    terminal.wait_for("Leave out paid-beta/issuer");
    terminal.send("no official issuer\tSaskia de Wit\t\t\t2099-01-31");
    row(&mut terminal, &["Saving", "paid beta: awaiting decision"]);
    terminal.send("\r");
    row(&mut terminal, &["Saved: Leave out paid-beta/issuer"]);
    unfiltered(&mut terminal, "issuer");

    // Decided: the plain acceptance is closed, and says why.
    terminal.send("9d");
    terminal.wait_for("The launch decision");
    row(&mut terminal, &["Stage", "paid beta"]);
    row(&mut terminal, &["Open", "accepted with exclusions, deferred, rejected"]);
    row(&mut terminal, &["Closed", "accepted:", "paid-beta/issuer"]);
    terminal.send("\tIngrid Aasen\tJonas Okafor\r");
    row(&mut terminal, &["Saved: The launch decision"]);
    terminal.send("1");
    row(&mut terminal, &["ACCEPTED", "paid beta", "stands"]);

    // A dependency changes: what it stales and whose decision no longer stands is known before it is saved.
    terminal.send("7/support\r");
    row(&mut terminal, &[">", "Support email", "managed"]);
    terminal.send("e");
    terminal.wait_for("an outside change worth a re-run");
    terminal.send("\x1b[D\x1b[D");
    row(&mut terminal, &["Saving", "2 proofs go stale"]);
    terminal.wait_for("asks again");
    terminal.send("\r");
    terminal.wait_gone("an outside change worth a re-run");
    unfiltered(&mut terminal, "support");
    terminal.send("1");
    row(&mut terminal, &["CHANGED SINCE"]);
    terminal.send("9");
    row(&mut terminal, &["accepted with exclusions", "CHANGED SINCE"]);
    terminal.send("d");
    terminal.wait_for("The launch decision");
    row(&mut terminal, &["Stage", "paid beta"]);
    row(&mut terminal, &["Closed", "accepted, accepted with exclusions:", "cannot be accepted"]);
    terminal.send("\x1b");
    terminal.wait_gone("── The launch decision");
    terminal.send("q");
    assert_eq!(terminal.wait_end().code(), Some(0));
    let ledger = std::fs::read_to_string(home.path().join("launchroom.evidence/ledger.jsonl")).expect("the ledger");
    for kind in ["exclusion.signed", "decision.recorded"] {
        assert_eq!(ledger.matches(&format!("\"{kind}\"")).count(), 1, "{kind}");
    }
}
