//! Signals, on a thread that sleeps until one comes.

use signal_hook::{
    consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH},
    iterator::Signals,
};
use std::io;

/// A signal the cockpit acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Leave now; the number is for the exit status.
    End(i32),
    Stop,
    Continued,
    Resized,
}

/// Hands every signal to `sink`, from the moment this returns.
///
/// # Errors
/// When the handlers cannot be set.
pub fn watch(sink: impl Fn(Signal) + Send + 'static) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])?;
    std::thread::Builder::new().name("signals".into()).stack_size(64 * 1024).spawn(move || {
        for signal in &mut signals {
            sink(match signal {
                SIGTSTP => Signal::Stop,
                SIGCONT => Signal::Continued,
                SIGWINCH => Signal::Resized,
                number => Signal::End(number),
            });
        }
    })?;
    Ok(())
}
