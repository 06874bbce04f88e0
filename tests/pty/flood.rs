//! A proof that prints without end: the keys are answered, the pane says what it leaves out, and memory stays as it is.

use crate::pty::Terminal;

const ROOM: &str = "schema = 1\nplan = \"first-customer\"\n\n[tenant]\nid = \"northwind\"\nname = \"Northwind Logistics\"\nkickoff = 2026-11-02\n\n[commands]\nlaunch-proof-bundle = \"yes 'a line like many others, of which nobody reads even one'\"\n";

#[test]
fn a_flood_makes_no_key_wait_is_shown_in_part_and_takes_no_memory() {
    let home = tempfile::tempdir().expect("a home");
    std::fs::write(home.path().join("launchroom.toml"), ROOM).expect("a room");
    let mut terminal = Terminal::start(&["open", "launchroom.toml"], home.path(), 40, 140);
    terminal.wait_for("Northwind Logistics");
    terminal.send("5");
    terminal.wait_for("Launch proof bundle");
    terminal.send("/bundle\r");
    terminal.wait_for(">");
    terminal.send("r");
    terminal.wait_for("Run Launch proof bundle?");
    terminal.send("\r");
    terminal.wait_gone("Run Launch proof bundle?");
    terminal.wait_for("of which nobody reads even one");
    for _ in 0..3 {
        terminal.send("?");
        terminal.wait_for("On every screen");
        terminal.send("\x1b");
        terminal.wait_gone("On every screen");
        terminal.send("2");
        terminal.wait_for("[2 Steps");
        terminal.send("5");
        terminal.wait_for("of which nobody reads even one");
    }
    let peak = terminal.peak_memory();
    assert!(peak < 150 << 20, "{} MiB", peak >> 20);
    terminal.send("S");
    terminal.wait_for("stopped, not attached");
    // What was too much to be shown is counted where it is left out.
    terminal.send("\t/not shown here\r");
    terminal.wait_for("all of them captured");
    terminal.send("\x03");
    assert_eq!(terminal.wait_end().code(), Some(0));
    terminal.assert_given_back();
}
