//! The built-in pilot: the cockpit on it, or its room in a folder to keep.

use crate::app::error::{Error, Kind};
use crate::cli::args::DemoArgs;
use crate::cli::{Exit, context::Context};

pub fn run(cx: &mut Context<'_>, args: &DemoArgs) -> Result<Exit, Error> {
    let process = &cx.wiring.process;
    if let Some(folder) = &args.keep {
        let room = cx.wiring.faces.keep_demo(&process.here.join(folder))?;
        cx.out.line(room.display().to_string());
        cx.out.say("its proofs ask the pages of `launchroom serve` at http://127.0.0.1:8080; where that answers elsewhere, say so under [commands]");
        return Ok(Exit::Ok);
    }
    if !(process.stdin_is_terminal && process.stdout_is_terminal) {
        return Err(Error::new(Kind::Usage, "the cockpit needs a terminal", "stdin and stdout have to be one")
            .hint("`launchroom demo --keep FOLDER` writes the pilot's room for the shell"));
    }
    cx.wiring.faces.demo(&cx.settings)
}
