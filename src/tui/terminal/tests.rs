//! The terminal after a panic, seen from outside: a process of its own in a terminal of its own.

use super::{ENTER, Guard, LEAVE, MOUSE, hook_panics};
use pty_process::blocking::{Command, open};
use rustix::termios::tcgetattr;
use std::io::{Read as _, Write as _};

/// Takes the terminal and panics, on the thread that its name asks for. Started by the test below, never by itself.
#[test]
#[ignore = "ends its process; the test beside it starts it in a terminal of its own"]
fn panics() {
    hook_panics();
    let _guard = Guard::take(true).unwrap();
    print!("\x1b[5;5Hthe cockpit");
    std::io::stdout().flush().unwrap();
    if std::env::var("WHERE").is_ok_and(|thread| thread == "worker") {
        let _ = std::thread::spawn(|| panic!("a fault of a worker")).join();
        // The hook ends the process: a cockpit whose worker died must not look alive.
        println!("STILL HERE");
        return;
    }
    panic!("a fault of the loop");
}

#[test]
fn a_panic_of_any_thread_gives_the_terminal_back_before_it_is_reported() {
    for thread in ["loop", "worker"] {
        let (mut pty, pts) = open().unwrap();
        let before = tcgetattr(&pty).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "tui::terminal::tests::panics", "--nocapture"])
            .env("WHERE", thread)
            .env("TERM", "xterm-256color")
            .spawn(pts)
            .unwrap();
        let (mut all, mut buffer) = (Vec::new(), [0; 4096]);
        // It fails once nobody has the other end open any more.
        while let Ok(read @ 1..) = pty.read(&mut buffer) {
            all.extend_from_slice(&buffer[..read]);
        }
        child.wait().unwrap();

        let printed = String::from_utf8_lossy(&all);
        let at = |text: &str| printed.find(text).unwrap_or_else(|| panic!("{thread}: no {text:?} in {printed:?}"));
        assert!(at(ENTER) < at(MOUSE) && at(MOUSE) < at("the cockpit"), "{printed:?}");
        assert!(at("the cockpit") < at(LEAVE) && at(LEAVE) < at("a fault of"), "{printed:?}");
        assert!(!printed.contains("STILL HERE"), "{printed:?}");
        let after = tcgetattr(&pty).unwrap();
        assert_eq!((after.local_modes, after.input_modes), (before.local_modes, before.input_modes), "{thread}: still raw");
    }
}
