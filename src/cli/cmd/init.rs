//! A new room file.

use crate::app::discover::ROOM_FILE;
use crate::app::error::Error;
use crate::app::init::{self, PLAN, Wish};
use crate::cli::args::InitArgs;
use crate::cli::{Exit, context::Context, context::usage};
use crate::format::moment;

pub fn run(cx: &mut Context<'_>, args: &InitArgs) -> Result<Exit, Error> {
    cx.writable()?;
    let kickoff = args.kickoff.as_deref().map(moment::day).transpose().map_err(usage)?;
    let wish = Wish { tenant: args.tenant.clone(), id: args.id.clone(), kickoff };
    let (text, kickoff) = init::init(&wish, cx.now())?;
    let mut path = args.path.clone();
    if path.as_os_str().as_encoded_bytes().ends_with(b"/") || cx.wiring.rooms.is_folder(&path) {
        path.push(ROOM_FILE);
    }
    cx.wiring.rooms.create(&path, text.as_bytes())?;
    cx.out.line(format!("wrote {}: {}, plan {PLAN}, week 0 begins {kickoff}", path.display(), args.tenant.trim()));
    let flag = if path.as_os_str() == ROOM_FILE { String::new() } else { format!(" --room {}", path.display()) };
    cx.out.say(format!("next: launchroom owners --blank{flag}; launchroom status{flag}"));
    Ok(Exit::Ok)
}
