//! The guard of a run: this same program, started a second time, with nothing to do but to end what it started.
//!
//! A killed cockpit cannot stop anything, and a child can leave its session, its environment and its parent. So a run is
//! the child of a process of its own, to which all its orphans fall: as long as that one has a child, something of the run
//! is left, and nothing can leave. The two talk over one socket, which the kernel closes however the cockpit ends.

mod duty;
mod family;
mod post;

pub(super) use family::sweep;
pub(super) use post::{Guard, ask};

use serde::{Deserialize, Serialize};
use std::{
    ffi::OsStr,
    io::{self, Read, Write},
    time::Duration,
};

/// The variable that marks every process of a run, for whoever has to find them once cockpit and guard are both gone.
pub const MARK: &str = "LAUNCHROOM_RUN";

/// The hidden command that makes this program a guard.
const WORD: &str = "guard-a-run";

/// Whether this process was started as a guard.
#[must_use]
pub fn is_wanted() -> bool {
    std::env::args_os().nth(1).is_some_and(|word| word == OsStr::new(WORD))
}

/// Guards one run; returns the exit code. What it has to do comes in over stdin.
#[must_use]
pub fn stand() -> u8 {
    duty::stand().map_or(2, |()| 0)
}

/// What a guard starts. It comes over the socket and not in its arguments or its environment, because `ps` shows those.
#[derive(Serialize, Deserialize)]
struct Charge {
    /// Given to `sh -c`.
    line: String,
    /// The whole environment of the command.
    env: Vec<(String, String)>,
    timeout: Option<Duration>,
}

/// How a run ended, as its guard saw it.
#[derive(Serialize, Deserialize)]
pub enum Told {
    NotStarted(String),
    Ended {
        /// As `wait` gives it.
        status: i32,
        /// Who ended it; `None` when it ended by itself.
        by: Option<Cause>,
        /// Processes that outlived the leader and were ended.
        left: usize,
    },
}

/// Why a run was ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Cause {
    Stop,
    Timeout,
    /// Whoever wanted the run has left.
    Leave,
}

/// What the holder of a run wants.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    Stop = b's',
    Leave = b'l',
    /// As leaving, when nobody is left to wait: no grace.
    Kill = b'k',
}

impl Ask {
    /// What is not understood is taken for the end.
    fn of(byte: u8) -> Self {
        [Self::Stop, Self::Leave].into_iter().find(|ask| *ask as u8 == byte).unwrap_or(Self::Kill)
    }
}

/// Sends one message: its length, then JSON.
fn send(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_vec(message)?;
    let len = u32::try_from(json.len()).map_err(io::Error::other)?;
    to.write_all(&[&len.to_be_bytes()[..], &json].concat())
}

/// Waits for one message.
fn receive<T: for<'a> Deserialize<'a>>(from: &mut impl Read) -> io::Result<T> {
    let mut len = [0; 4];
    from.read_exact(&mut len)?;
    let mut json = Vec::new();
    from.take(u32::from_be_bytes(len).into()).read_to_end(&mut json)?;
    Ok(serde_json::from_slice(&json)?)
}
