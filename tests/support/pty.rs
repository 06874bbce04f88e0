//! A person at a terminal: the real binary in a real pty, its screen as that terminal would show it.
//!
//! Nothing here sleeps. It waits for a condition, with a deadline, and shows the screen when that passes.

use pty_process::{Size, blocking};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{Termios, tcgetattr};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::num::NonZeroU16;
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Longer than anything takes on a machine that is busy with other tests.
const DEADLINE: Duration = Duration::from_secs(20);

/// A terminal with one program in it.
#[allow(dead_code)] // what a person can do at a terminal, whichever test needs it
pub struct Terminal {
    pty: blocking::Pty,
    child: Child,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    /// Everything that came out, for looking at escape sequences themselves.
    pub bytes: Vec<u8>,
    before: Termios,
    ended: bool,
}

#[allow(dead_code)]
impl Terminal {
    /// Starts the program in an empty home, so that nobody's own settings or rooms play along.
    pub fn start(args: &[&str], home: &Path, rows: u16, columns: u16) -> Self {
        Self::start_other(env!("CARGO_BIN_EXE_launchroom"), args, &[], home, rows, columns)
    }

    /// Starts another program with more in its environment, e.g. a shell that starts ours.
    pub fn start_other(program: &str, args: &[&str], env: &[(&str, &str)], home: &Path, rows: u16, columns: u16) -> Self {
        let (pty, pts) = blocking::open().expect("a pty");
        pty.resize(Size::new(rows, columns)).expect("a size");
        let before = tcgetattr(&pty).expect("its settings");
        let child = blocking::Command::new(program)
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .envs(env.iter().copied())
            .current_dir(home)
            .spawn(pts)
            .expect("the program starts");
        let reader = std::os::fd::AsFd::as_fd(&pty).try_clone_to_owned().expect("a second handle");
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let (mut reader, mut buffer) = (std::fs::File::from(reader), [0; 16 * 1024]);
            // The read fails once nobody has the other end open any more.
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        let parser = vt100::Parser::new(size(rows), size(columns), 0);
        Self { pty, child, output, parser, bytes: Vec::new(), before, ended: false }
    }

    /// Types, exactly these bytes.
    pub fn send(&mut self, keys: &str) {
        self.pty.write_all(keys.as_bytes()).expect("the program reads its keys");
    }

    /// Waits until the screen shows `text`.
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(&format!("the screen shows {text:?}"), |screen| screen.contains(text));
    }

    /// Waits until the screen no longer shows `text`.
    pub fn wait_gone(&mut self, text: &str) {
        self.wait_until(&format!("the screen no longer shows {text:?}"), |screen| !screen.contains(text));
    }

    /// Waits until `condition` holds of the screen's text.
    pub fn wait_until(&mut self, what: &str, condition: impl Fn(&str) -> bool) {
        let until = Instant::now() + DEADLINE;
        loop {
            if condition(&self.screen()) {
                return;
            }
            match self.output.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Timeout) => panic!("waited in vain until {what}\n{}", self.dump()),
                Err(RecvTimeoutError::Disconnected) => panic!("the program ended before {what}\n{}", self.dump()),
            }
        }
    }

    /// Waits until more than `seen` bytes came out in all.
    pub fn wait_bytes(&mut self, seen: usize) {
        while self.bytes.len() <= seen {
            let Ok(bytes) = self.output.recv_timeout(DEADLINE) else { panic!("nothing came out\n{}", self.dump()) };
            self.take(&bytes);
        }
    }

    /// Takes in what comes for so long.
    pub fn quiet_for(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while let Ok(bytes) = self.output.recv_timeout(until.saturating_duration_since(Instant::now())) {
            self.take(&bytes);
        }
    }

    /// What another program writes on the same terminal.
    pub fn draw_over(&mut self, text: &str) {
        self.parser.process(format!("\x1b[2J\x1b[3;3H{text}").as_bytes());
    }

    /// Makes the terminal another size.
    pub fn resize(&mut self, rows: u16, columns: u16) {
        self.parser.screen_mut().set_size(size(rows), size(columns));
        self.pty.resize(Size::new(rows, columns)).expect("another size");
    }

    /// Sends the program a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("the program is there");
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// The most memory it ever had at once, in bytes.
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid().as_raw_nonzero())).expect("its status");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        peak.expect("a peak") * 1024
    }

    /// Waits until the program has ended and everything it wrote has arrived.
    pub fn wait_end(&mut self) -> ExitStatus {
        let until = Instant::now() + DEADLINE;
        loop {
            match self.output.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the program does not end\n{}", self.dump()),
            }
        }
        self.ended = true;
        self.child.wait().expect("its status")
    }

    /// Asserts that the terminal is as it was before: its settings, and every mode the program may have switched on.
    pub fn assert_given_back(&self) {
        let now = tcgetattr(&self.pty).expect("its settings");
        let same = now.local_modes == self.before.local_modes
            && now.input_modes == self.before.input_modes
            && now.output_modes == self.before.output_modes;
        assert!(same, "the terminal is still raw\n{}", self.dump());
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen(), "still on the alternate screen\n{}", self.dump());
        assert!(!screen.hide_cursor(), "the cursor is still hidden\n{}", self.dump());
        assert!(!screen.bracketed_paste(), "bracketed paste is still on\n{}", self.dump());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is still taken\n{}", self.dump());
    }

    /// What the screen shows, line by line.
    pub fn screen(&self) -> String {
        self.parser.screen().contents()
    }

    fn dump(&self) -> String {
        let (rows, columns) = self.parser.screen().size();
        format!("── the screen, {columns}×{rows} ──\n{}\n──", self.screen())
    }

    fn take(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
        self.bytes.extend_from_slice(bytes);
        self.answer(bytes);
    }

    /// A terminal answers what it is asked; a program that waits for an answer would wait for its time-out otherwise.
    fn answer(&mut self, bytes: &[u8]) {
        let asked = |question: &[u8]| bytes.windows(question.len()).any(|window| window == question);
        let (row, column) = self.parser.screen().cursor_position();
        let mut answers = String::new();
        if asked(b"\x1b[6n") {
            let _ = write!(answers, "\x1b[{};{}R", row + 1, column + 1);
        }
        if asked(b"\x1b[?u") {
            answers.push_str("\x1b[?0u");
        }
        if asked(b"\x1b[c") || asked(b"\x1b[0c") {
            answers.push_str("\x1b[?62;22c");
        }
        // It may have gone already.
        let _ = self.pty.write_all(answers.as_bytes());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that failed must not leave its program behind.
        if !self.ended {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn size(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).expect("at least one cell")
}
