//! The terminal: taken once, given back in every way of leaving.
//!
//! One guard owns raw mode, the alternate screen, the cursor, the mouse and bracketed paste. It gives them back on
//! return and on error (`Drop`), on a panic of any thread (the hook), on a signal (the loop returns), before an editor
//! and before a stop. Nothing here asks the terminal a question, so nothing here can hang on an answer.

mod decode;
mod input;
mod signals;

pub use decode::{Code, Input, Key, Mouse};
pub use input::{Heard, InputThread};
pub use signals::{Signal, watch as watch_signals};

use rustix::termios::{self, OptionalActions, Termios};
use std::{
    fs::File,
    io::{self, IsTerminal as _, Write as _},
    os::fd::{AsFd, BorrowedFd},
    sync::{Mutex, PoisonError},
};

/// Alternate screen, cursor hidden, bracketed paste.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[?2004h";
/// Clicks and the wheel, in the form that has no column limit. Not motion: it would wake us for nothing.
const MOUSE: &str = "\x1b[?1000h\x1b[?1006h";
/// Everything off, also what a crashed child may have left on.
const LEAVE: &str = "\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l";

/// What the terminal was like before. `Some` while it is ours; taking it out is what makes giving back happen once.
static BEFORE: Mutex<Option<Before>> = Mutex::new(None);

struct Before {
    tty: Tty,
    modes: Termios,
}

/// Where keys come from: standard input, or the controlling terminal when that is something else.
pub enum Tty {
    Stdin,
    Opened(File),
}

impl Tty {
    /// The terminal keys are read from.
    ///
    /// # Errors
    /// When there is none.
    pub fn open() -> io::Result<Self> {
        if io::stdin().is_terminal() {
            return Ok(Self::Stdin);
        }
        Ok(Self::Opened(File::options().read(true).write(true).open("/dev/tty")?))
    }
}

impl AsFd for Tty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Stdin => rustix::stdio::stdin(),
            Self::Opened(file) => file.as_fd(),
        }
    }
}

/// Holds the terminal. Dropping it gives the terminal back.
pub struct Guard {
    mouse: bool,
}

impl Guard {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When there is no terminal, or it does not do what was asked.
    pub fn take(mouse: bool) -> io::Result<Self> {
        // A `NO_COLOR` makes crossterm print an empty colour, which terminals read as "reset all" and the selection
        // vanishes. Our theme has no colours then, so it may as well print what it is told.
        crossterm::style::force_color_output(true);
        let guard = Self { mouse };
        guard.enter()?;
        Ok(guard)
    }

    /// Takes the terminal again, after [`give_back`].
    ///
    /// # Errors
    /// When it does not do what was asked.
    pub fn enter(&self) -> io::Result<()> {
        let tty = Tty::open()?;
        let modes = termios::tcgetattr(&tty)?;
        let mut raw = modes.clone();
        raw.make_raw();
        termios::tcsetattr(&tty, OptionalActions::Now, &raw)?;
        {
            let mut before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
            // Coming back from a stop that we did not make ourselves: what was first is what to go back to.
            if before.is_none() {
                *before = Some(Before { tty, modes });
            }
        }
        let mut out = io::stdout().lock();
        out.write_all(ENTER.as_bytes())?;
        if self.mouse {
            out.write_all(MOUSE.as_bytes())?;
        }
        out.flush()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back, once, from any thread. Failing is fine: then there is no terminal left to give back.
pub fn give_back() {
    let taken = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(Before { tty, modes }) = taken else { return };
    // Straight to the descriptor: the panicking thread may hold the lock of `stdout`.
    let mut rest = LEAVE.as_bytes();
    while !rest.is_empty() {
        match rustix::io::write(rustix::stdio::stdout(), rest) {
            Ok(0) => break,
            Ok(n) => rest = rest.get(n..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => break,
        }
    }
    let _ = termios::tcsetattr(&tty, OptionalActions::Now, &modes);
}

/// Gives the terminal back before a panic is reported, and ends the process when it was not the loop's own thread:
/// a cockpit whose worker died half-way must not look alive.
#[expect(clippy::disallowed_methods, reason = "the guard has run by then: the terminal is given back first")]
pub fn hook_panics() {
    let ui = std::thread::current().id();
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        give_back();
        report(panic);
        if std::thread::current().id() != ui {
            std::process::exit(101);
        }
    }));
}

/// Stops this process as Ctrl-Z in a shell would, with its whole job; proofs go on, they have sessions of their own.
/// `false` when nobody could continue us: a session leader has no shell above it.
#[must_use]
pub fn stop_job() -> bool {
    use rustix::process::{Signal, getpid, getsid, kill_current_process_group};
    if getsid(None).is_ok_and(|leader| leader == getpid()) {
        return false;
    }
    give_back();
    // STOP, not TSTP: TSTP is caught, so that one sent from outside gives the terminal back too.
    kill_current_process_group(Signal::STOP).is_ok()
}

#[cfg(test)]
mod tests;
