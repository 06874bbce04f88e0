//! The cockpit on a room of a server, at a terminal: live, away and back, and a conflict settled by a person.

use crate::desk::{Desk, owner};
use crate::pty::Terminal;
use crate::server::{Fault, TOKEN};
use launchroom::app::ports::RoomStore as _;
use std::path::Path;

fn open(desk: &Desk, home: &Path) -> Terminal {
    let (base, data) = (desk.server().base(), home.join("data"));
    let env = [("LAUNCHROOM_TOKEN", TOKEN), ("XDG_DATA_HOME", data.to_str().unwrap())];
    Terminal::start_other(env!("CARGO_BIN_EXE_launchroom"), &["open", &base], &env, home, 30, 120)
}

#[test]
fn a_change_of_somebody_else_appears_and_a_server_that_goes_and_comes_loses_nothing() {
    let (mut desk, home) = (Desk::new(), tempfile::tempdir().unwrap());
    let mut terminal = open(&desk, home.path());
    terminal.wait_for("Northwind");
    terminal.wait_for("live with Mara Lindt");
    terminal.send("3");
    terminal.wait_for("Executive sponsor");
    desk.server().change("Bo", &owner("billing-owner", "Lena Brandt"));
    terminal.wait_for("Lena Brandt");

    let address = desk.down();
    terminal.wait_for("OFFLINE");
    // The selected row is the first blank one.
    terminal.send("e");
    terminal.wait_for("who holds it");
    terminal.send("\x15Mara the Second\r");
    terminal.wait_for("OFFLINE (1 queued)");
    terminal.wait_for("Mara the Second");

    desk.up(address);
    terminal.wait_gone("OFFLINE");
    terminal.wait_for("live with");
    let theirs = desk.server().state.room.load().unwrap();
    assert_eq!(theirs.room.holder("tenant-owner").unwrap().name, "Mara the Second");
    terminal.send("q");
    assert_eq!(terminal.wait_end().code(), Some(0));
    terminal.assert_given_back();
}

#[test]
fn a_conflict_shows_both_values_and_asks() {
    let (mut desk, home) = (Desk::new(), tempfile::tempdir().unwrap());
    let mut terminal = open(&desk, home.path());
    terminal.wait_for("live with");
    terminal.send("3");
    let address = desk.down();
    terminal.wait_for("OFFLINE");
    terminal.send("e");
    terminal.wait_for("who holds it");
    terminal.send("\x15Mine\r");
    terminal.wait_for("(1 queued)");
    desk.up(address);
    desk.server().change("Bo", &owner("tenant-owner", "Theirs"));
    terminal.wait_for("Somebody else was first");
    terminal.wait_until("both values are there", |screen| screen.contains("mine    Mine") && screen.contains("theirs  Theirs"));
    terminal.send("\x1b");
    terminal.wait_for("CONFLICT 1");
    terminal.send("C");
    terminal.wait_for("Somebody else was first");
    terminal.send("m");
    terminal.wait_gone("CONFLICT");
    let theirs = desk.server().state.room.load().unwrap();
    assert_eq!(theirs.room.holder("tenant-owner").unwrap().name, "Mine");
    terminal.send("q");
    assert_eq!(terminal.wait_end().code(), Some(0));
}

#[test]
fn keys_are_answered_while_the_network_hangs() {
    let (desk, home) = (Desk::new(), tempfile::tempdir().unwrap());
    let mut terminal = open(&desk, home.path());
    terminal.wait_for("live with");
    desk.server().fault(Fault::Hang);
    terminal.send("3e");
    terminal.wait_for("who holds it");
    terminal.send("\x15Waits\r");
    terminal.wait_for("Kept on this machine");
    let start = std::time::Instant::now();
    for (key, shown) in [("4", "Gates"), ("2", "Steps"), ("?", "On every screen"), ("\x1b", "Steps"), ("1", "Do next")] {
        terminal.send(key);
        terminal.wait_for(shown);
    }
    assert!(start.elapsed() < std::time::Duration::from_secs(3), "{:?}", start.elapsed());
    terminal.send("\x03");
    terminal.wait_end();
    terminal.assert_given_back();
}

#[test]
fn a_token_that_expires_is_said_and_one_that_is_there_again_is_found_by_a_reload() {
    let (desk, home) = (Desk::new(), tempfile::tempdir().unwrap());
    let mut terminal = open(&desk, home.path());
    terminal.wait_for("live with");
    desk.server().fault(Fault::Status(401, None));
    terminal.send("3e");
    terminal.wait_for("who holds it");
    terminal.send("\x15Not lost\r");
    terminal.wait_for("the token is wrong, has expired, or is missing");
    terminal.wait_for("Not lost");
    terminal.wait_for("NO ACCESS");
    desk.server().fault(Fault::None);
    terminal.send("\x1b");
    terminal.wait_gone("who holds it");
    terminal.send("\x12");
    terminal.wait_gone("NO ACCESS");
    terminal.send("e");
    terminal.wait_for("Not lost");
    terminal.send("\x03");
    terminal.wait_end();
}

#[test]
fn from_the_start_screen_to_a_server_and_back_when_that_is_none() {
    let (desk, home) = (Desk::new(), tempfile::tempdir().unwrap());
    let data = home.path().join("data");
    let env = [("LAUNCHROOM_TOKEN", TOKEN), ("XDG_DATA_HOME", data.to_str().unwrap())];
    let mut terminal = Terminal::start_other(env!("CARGO_BIN_EXE_launchroom"), &[], &env, home.path(), 30, 120);
    terminal.wait_for("Connect to a server");
    terminal.send("jjj\r");
    terminal.wait_for("of the room");
    terminal.send("http://127.0.0.1:1\r");
    terminal.wait_for("nobody answers there");
    terminal.wait_for("Connect to a server");
    terminal.send("jjj\r");
    terminal.wait_for("of the room");
    terminal.send(&format!("{}\r", desk.server().base()));
    terminal.wait_for("live with Mara Lindt");

    // The rooms of that server, and of them this one.
    terminal.send("o");
    terminal.wait_until("the room in front is marked", |screen| {
        screen.lines().any(|line| line.contains("Northwind") && line.contains("here"))
    });
    terminal.send("\r");
    terminal.wait_for("This is that room");
    terminal.send("q");
    assert_eq!(terminal.wait_end().code(), Some(0));
}
