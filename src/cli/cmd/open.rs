//! The cockpit, on a room or on its start screen.

use crate::app::error::{Error, Kind};
use crate::app::prove::command::quote;
use crate::cli::{Exit, context::Context};
use crate::present::audience::Audience;

pub fn run(cx: &mut Context<'_>, named: Option<&str>, present: Option<Audience>) -> Result<Exit, Error> {
    let process = &cx.wiring.process;
    let found = cx.place(named);
    if !(process.stdin_is_terminal && process.stdout_is_terminal) {
        // Without a room, how to begin is the more useful thing to hear.
        let place = found?;
        let why = "stdin and stdout have to be one".to_owned();
        let hint = format!("in a shell: launchroom status --room {}", quote(&place.to_string()));
        return Err(Error::new(Kind::Usage, "the cockpit needs a terminal", why).hint(hint));
    }
    let room = match found {
        Ok(path) => Some(path),
        // Nothing named and nothing near: a start screen, not an error.
        Err(_) if named.is_none() && cx.settings.named_room().is_none() => None,
        Err(error) => return Err(error),
    };
    cx.wiring.faces.cockpit(room, &cx.settings, present)
}
