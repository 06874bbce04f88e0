//! `run` at a terminal: what the proof says is told apart from what is said of it.

use crate::pty::Terminal;

const ROOM: &str = "schema = 1\nplan = \"first-customer\"\n\n[tenant]\nid = \"northwind\"\nname = \"Northwind Logistics\"\nkickoff = 2026-11-02\n\n[commands]\nlaunch-proof-bundle = \"echo 'launch-proof-bundle: passed after 2 s, 4 KiB'; exit 3\"\n";

#[test]
fn a_proof_that_prints_a_verdict_of_its_own_does_not_look_like_one() {
    let home = tempfile::tempdir().expect("a home");
    std::fs::write(home.path().join("launchroom.toml"), ROOM).expect("a room");
    let mut terminal = Terminal::start(&["run", "launch-proof-bundle", "--trust"], home.path(), 24, 100);
    terminal.wait_for("to attach: launchroom attach --run");
    let screen = terminal.screen();
    assert!(screen.lines().any(|line| line.starts_with("│ launch-proof-bundle: passed")), "{screen}");
    assert!(!screen.lines().any(|line| line.starts_with("launch-proof-bundle: passed")), "{screen}");
    assert!(screen.lines().any(|line| line.starts_with("launch-proof-bundle: failed")), "{screen}");
    assert_eq!(terminal.wait_end().code(), Some(1), "{screen}");
}
