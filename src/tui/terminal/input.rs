//! Keys from the terminal, and the news that the terminal is gone, on one thread that sleeps until there is one.
//!
//! It polls the descriptor itself instead of leaving that to a library, for two reasons: it can let go of the keyboard
//! while an editor runs, and it sees a hang-up that comes without a signal, where a plain reader would spin.

use super::{
    Tty,
    decode::{Decoder, Input},
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    pipe::{PipeFlags, pipe_with},
};
use std::{
    io,
    os::fd::OwnedFd,
    sync::mpsc::{Receiver, Sender, channel},
};

/// How long a lone Esc byte may be the beginning of a key that is still arriving.
const ESC_WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 25_000_000 };
/// How long the loop may take to leave after the terminal went; then the process ends without it.
const LAST_CALL: Timespec = Timespec { tv_sec: 2, tv_nsec: 0 };

/// What the thread tells.
pub enum Heard {
    Input(Input),
    Gone,
}

/// The handle of the thread. Dropping it ends the thread.
pub struct InputThread {
    control: OwnedFd,
    answered: Receiver<()>,
}

impl InputThread {
    /// Starts listening.
    ///
    /// # Errors
    /// When there is no terminal, or no thread to be had.
    pub fn start(sink: impl Fn(Heard) + Send + 'static) -> io::Result<Self> {
        let tty = Tty::open()?;
        let (commands, control) = pipe_with(PipeFlags::CLOEXEC)?;
        let (answer, answered) = channel();
        let thread = Listener { tty, commands, answer, sink, paused: false, decoder: Decoder::default() };
        std::thread::Builder::new().name("keys".into()).stack_size(128 * 1024).spawn(move || thread.run())?;
        Ok(Self { control, answered })
    }

    /// Lets go of the keyboard; when this returns, whoever runs next gets every key.
    pub fn pause(&self) {
        self.order(b'p');
    }

    /// Takes the keyboard again.
    pub fn resume(&self) {
        self.order(b'r');
    }

    fn order(&self, byte: u8) {
        if rustix::io::write(&self.control, &[byte]).is_ok() {
            let _ = self.answered.recv();
        }
    }
}

struct Listener<F> {
    tty: Tty,
    commands: OwnedFd,
    answer: Sender<()>,
    sink: F,
    paused: bool,
    decoder: Decoder,
}

impl<F: Fn(Heard)> Listener<F> {
    fn run(mut self) {
        loop {
            // Paused: no interest in bytes, but a hang-up is always reported.
            let wanted = if self.paused { PollFlags::empty() } else { PollFlags::IN };
            let mut fds = [PollFd::new(&self.tty, wanted), PollFd::new(&self.commands, PollFlags::IN)];
            let wait = self.decoder.is_waiting().then_some(&ESC_WAIT);
            let (ready, keys, orders) = match poll(&mut fds, wait) {
                Ok(ready) => (ready, fds[0].revents(), fds[1].revents()),
                Err(rustix::io::Errno::INTR) => continue,
                Err(_) => return self.gone(),
            };
            if ready == 0 {
                self.decoder.give_up(|input| (self.sink)(Heard::Input(input)));
            }
            if !orders.is_empty() && !self.obey() {
                return;
            }
            if keys.contains(PollFlags::IN) && !self.paused {
                if !self.read() {
                    return self.gone();
                }
            } else if keys.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
                return self.gone();
            }
        }
    }

    /// `false` when the cockpit is done with us.
    fn obey(&mut self) -> bool {
        let mut byte = [0];
        match rustix::io::read(&self.commands, &mut byte) {
            Ok(0) => return false,
            Ok(_) => self.paused = byte[0] == b'p',
            Err(_) => return true,
        }
        self.answer.send(()).is_ok()
    }

    /// `false` when there is nothing left to read from.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        match rustix::io::read(&self.tty, &mut bytes) {
            Ok(0) => false,
            Ok(n) => {
                self.decoder.feed(bytes.get(..n).unwrap_or_default(), |input| (self.sink)(Heard::Input(input)));
                true
            }
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => true,
            Err(_) => false,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the loop did not answer: the terminal is gone, so is whoever would stop it")]
    fn gone(self) {
        (self.sink)(Heard::Gone);
        let mut fds = [PollFd::new(&self.commands, PollFlags::IN)];
        if poll(&mut fds, Some(&LAST_CALL)).is_ok_and(|ready| ready == 0) {
            std::process::exit(129);
        }
    }
}
