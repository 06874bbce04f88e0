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

/// The cockpit with a proof under way that does not listen to anybody. `mark` stands in the command line of its child.
fn proving(home: &tempfile::TempDir, mark: &str) -> Terminal {
    let path = home.path().join("launchroom.toml");
    let launchroom = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_launchroom"));
        command.env("HOME", home.path()).current_dir(home.path());
        command
    };
    assert!(launchroom().args(["init", "--tenant", "Northwind"]).output().expect("init").status.success());
    let room = std::fs::read_to_string(&path).expect("the room");
    let command = format!("trap \"\" TERM INT HUP; echo under way; sleep {mark}; sleep {mark}");
    std::fs::write(&path, format!("{room}\n[commands]\nfirst-customer-launch-plan = '{command}'\n")).expect("the room");
    let mut terminal = Terminal::start(&[], home.path(), 40, 140);
    terminal.wait_for("Northwind");
    terminal.send("5");
    terminal.wait_for("First customer launch plan smoke");
    terminal.send("/plan smoke\r");
    terminal.send("r");
    terminal.wait_for("Run First customer");
    terminal.send("\r");
    terminal.wait_until("the proof prints", |screen| screen.lines().any(|line| line.trim_end().ends_with("under way")));
    // What it printed may be on the screen before its shell has begun the next command.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(7);
    while !lives(mark) {
        assert!(std::time::Instant::now() < until, "the proof's child never came to be");
        std::thread::yield_now();
    }
    terminal
}

/// Whether any process has this word in its command line.
fn lives(mark: &str) -> bool {
    let all = std::fs::read_dir("/proc").expect("the processes").flatten();
    all.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok())
        .any(|line| line.split(|byte| *byte == 0).any(|word| word == mark.as_bytes()))
}

#[test]
fn with_a_stubborn_proof_running_and_nobody_is_left_behind() {
    for (number, signal) in [Signal::TERM, Signal::HUP, Signal::INT].into_iter().enumerate() {
        let home = tempfile::tempdir().expect("a home");
        let mark = format!("60{number}.{}", std::process::id());
        let mut terminal = proving(&home, &mark);
        terminal.signal(signal);
        terminal.wait_end();
        terminal.assert_given_back();
        let until = std::time::Instant::now() + std::time::Duration::from_secs(7);
        while lives(&mark) {
            assert!(std::time::Instant::now() < until, "{signal:?}: the proof's child is still there");
            std::thread::yield_now();
        }
    }
}

#[test]
fn a_killed_cockpit_leaves_nobody_of_a_stubborn_proof_behind() {
    let home = tempfile::tempdir().expect("a home");
    let mark = format!("608.{}", std::process::id());
    let mut terminal = proving(&home, &mark);
    terminal.signal(Signal::KILL);
    terminal.wait_end();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(7);
    while lives(&mark) {
        assert!(std::time::Instant::now() < until, "the proof's child is still there");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn whoever_hangs_up_does_not_wait_for_a_stubborn_proof() {
    let home = tempfile::tempdir().expect("a home");
    let mark = format!("609.{}", std::process::id());
    let mut terminal = proving(&home, &mark);
    let asked = std::time::Instant::now();
    terminal.signal(Signal::HUP);
    terminal.wait_end();
    // The grace of a quit alone is longer.
    assert!(asked.elapsed() < std::time::Duration::from_millis(250), "it took {:?}", asked.elapsed());
    assert!(!lives(&mark), "the proof's child is still there");
}

#[test]
fn a_terminal_that_cannot_place_its_cursor_gets_a_sentence_and_no_escape() {
    let home = tempfile::tempdir().expect("a home");
    let program = env!("CARGO_BIN_EXE_launchroom");
    let mut terminal = Terminal::start_other(program, &["demo"], &[("TERM", "dumb")], home.path(), 24, 80);
    assert_eq!(terminal.wait_end().code(), Some(2));
    assert!(!terminal.bytes.contains(&0x1b), "{}", terminal.screen());
    assert!(terminal.screen().contains("launchroom review"), "{}", terminal.screen());
}
