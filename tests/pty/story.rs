//! The main job, at a terminal: the first frame, a blank role filled, a proof run, what it printed attached, the gate moved.

use crate::pty::Terminal;
use std::path::{Path, PathBuf};

#[test]
fn from_the_first_frame_to_attached_evidence_and_a_moved_gate() {
    let home = tempfile::tempdir().expect("a home");
    let mut terminal = Terminal::start(&["demo"], home.path(), 40, 140);
    terminal.wait_for("Northwind Logistics");
    row(&mut terminal, &["private beta", "held", "5/10"]);
    row(&mut terminal, &[">✗ Name the support and incident owner", "blank"]);

    // A role is filled where it is asked for.
    terminal.send("e");
    terminal.wait_for("who holds it");
    terminal.send("Lena Brandt\r");
    row(&mut terminal, &["private beta", "held", "6/10"]);
    row(&mut terminal, &["Support and incident", "Lena Brandt"]);

    // A proof runs only from its sheet, and is only looked at until it is attached.
    terminal.send("5");
    terminal.wait_for("Launch proof bundle");
    terminal.send("/bundle\r");
    row(&mut terminal, &[">~ Launch proof bundle", "stale"]);
    terminal.send("r");
    terminal.wait_for("Run Launch proof bundle?");
    terminal.send("\r");
    row(&mut terminal, &["Launch proof bundle", "passed, not attached"]);
    assert!(ledger(home.path()).contains("\"run.finished\""), "a run leaves a line, attached or not");

    terminal.send("a");
    terminal.wait_for("Attach Launch proof bundle");
    terminal.send("\r");
    row(&mut terminal, &["Launch proof bundle", "fresh to"]);
    terminal.send("1");
    row(&mut terminal, &["private beta", "held", "7/10"]);

    // What was said to be saved is what another program finds, while this one still runs.
    let last = ledger(home.path()).lines().last().expect("entries").to_owned();
    assert!(last.contains("\"evidence.attached\"") && last.contains("\"launch-proof-bundle\""), "{last}");
    let told = std::process::Command::new(env!("CARGO_BIN_EXE_launchroom"))
        .args(["review", "--json", "--gate", "private-beta"])
        .env("HOME", home.path())
        .current_dir(room(home.path()))
        .output()
        .expect("the review");
    assert_eq!(told.status.code(), Some(1), "no-go: scope and dependencies are still open");
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
    let gate = told["gates"].as_array().and_then(|gates| gates.iter().find(|gate| gate["id"] == "private-beta"));
    let met = |id: &str| {
        let all = gate.and_then(|gate| gate["requirements"].as_array()).expect("requirements");
        all.iter().find(|one| one["id"] == format!("private-beta/{id}")).expect("a requirement")["status"] == "met"
    };
    assert!(met("roles") && met("public-bundle") && !met("scope"), "{told}");

    terminal.send("q");
    assert_eq!(terminal.wait_end().code(), Some(0));
    terminal.assert_given_back();
    assert!(
        std::fs::read_dir(home.path().join(".local/share/launchroom/demo")).expect("copies").next().is_none(),
        "it tidies up"
    );
}

/// Waits until one line of the screen holds all of `parts`, in this order.
fn row(terminal: &mut Terminal, parts: &[&str]) {
    terminal.wait_until(&format!("a row says {parts:?}"), |screen| {
        screen.lines().any(|line| {
            let mut rest = line;
            parts.iter().all(|part| rest.split_once(part).map(|(_, after)| rest = after).is_some())
        })
    });
}

/// Where the demo keeps its working copy.
fn room(home: &Path) -> PathBuf {
    let mut folders = vec![home.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.file_name().and_then(|name| name.to_str()) {
                Some("launchroom.toml") => return folder,
                _ if path.is_dir() => folders.push(path),
                _ => {}
            }
        }
    }
    panic!("no room below {}", home.display())
}

fn ledger(home: &Path) -> String {
    std::fs::read_to_string(room(home).join("launchroom.evidence/ledger.jsonl")).expect("the ledger")
}
