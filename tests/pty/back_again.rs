//! Whoever had the terminal meanwhile, the whole screen is there again afterwards.

use crate::pty::Terminal;
use rustix::process::Signal;
use std::os::unix::fs::PermissionsExt as _;

const PROGRAM: &str = env!("CARGO_BIN_EXE_launchroom");

/// All but the first line: there the time goes on.
fn below_the_header(screen: &str) -> String {
    screen.split_once('\n').map_or(String::new(), |(_, rest)| rest.to_owned())
}

fn settled(terminal: &mut Terminal) -> String {
    terminal.wait_for("quit");
    below_the_header(&terminal.screen())
}

fn comes_back(terminal: &mut Terminal, before: &str) {
    terminal.wait_until(&format!("the screen is as before:\n{before}\n"), |screen| below_the_header(screen) == before);
    let asked = terminal.bytes.windows(4).any(|window| window == b"\x1b[6n");
    assert!(!asked, "it asked the terminal where its cursor is");
}

#[test]
fn after_an_editor_that_drew_over_everything() {
    let home = tempfile::tempdir().expect("a home");
    let editor = home.path().join("editor");
    std::fs::write(&editor, "#!/bin/sh\nprintf '\\033[?1049h\\033[2J\\033[5;5HEDITOR WAS HERE'; sleep 0.1\n").expect("an editor");
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o700)).expect("its mode");
    let env = [("EDITOR", editor.to_str().expect("a path"))];
    let mut terminal = Terminal::start_other(PROGRAM, &["demo"], &env, home.path(), 40, 140);
    let before = settled(&mut terminal);
    for _ in 0..2 {
        terminal.send("E");
        terminal.wait_for("EDITOR WAS HERE");
        comes_back(&mut terminal, &before);
    }
    terminal.send("q");
    terminal.wait_end();
    terminal.assert_given_back();
}

#[test]
fn after_ctrl_z_and_fg() {
    let home = tempfile::tempdir().expect("a home");
    let script = format!("set -m; {PROGRAM} demo; printf '\\033[2JSHELL WAS HERE'; sleep 0.1; fg");
    let mut terminal = Terminal::start_other("/bin/sh", &["-c", &script], &[], home.path(), 24, 80);
    let before = settled(&mut terminal);
    terminal.send("\x1a");
    terminal.wait_for("SHELL WAS HERE");
    comes_back(&mut terminal, &before);
    terminal.send("q");
    terminal.wait_end();
    terminal.assert_given_back();
}

#[test]
fn after_a_stop_that_nobody_announced() {
    let home = tempfile::tempdir().expect("a home");
    let mut terminal = Terminal::start(&["demo"], home.path(), 24, 80);
    let before = settled(&mut terminal);
    terminal.signal(Signal::STOP);
    terminal.draw_over("SOMEBODY ELSE WAS HERE");
    terminal.signal(Signal::CONT);
    comes_back(&mut terminal, &before);
    terminal.send("q");
    terminal.wait_end();
    terminal.assert_given_back();
}
