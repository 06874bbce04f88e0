//! The cockpit on the built-in pilot.

use crate::app::error::{Error, Kind};
use crate::cli::{Exit, context::Context};

pub fn run(cx: &mut Context<'_>) -> Result<Exit, Error> {
    let process = &cx.wiring.process;
    if !(process.stdin_is_terminal && process.stdout_is_terminal) {
        return Err(Error::new(Kind::Usage, "the cockpit needs a terminal", "stdin and stdout have to be one"));
    }
    cx.wiring.faces.demo(&cx.settings)
}
