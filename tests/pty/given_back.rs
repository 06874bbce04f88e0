//! The terminal is given back, however the cockpit ends.

use crate::pty::Terminal;
use rustix::process::Signal;

fn open(home: &tempfile::TempDir) -> Terminal {
    let mut terminal = Terminal::start(&["demo"], home.path(), 40, 140);
    terminal.wait_for("Northwind Logistics");
    terminal
}

#[test]
fn on_q() {
    let home = tempfile::tempdir().expect("a home");
    let mut terminal = open(&home);
    terminal.send("q");
    assert_eq!(terminal.wait_end().code(), Some(0));
    terminal.assert_given_back();
}

#[test]
fn on_every_signal_that_asks_it_to_end() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let home = tempfile::tempdir().expect("a home");
        let mut terminal = open(&home);
        terminal.signal(signal);
        terminal.wait_end();
        terminal.assert_given_back();
    }
}
