//! A new room file.

use crate::app::discover::{ROOM_FILE, Where};
use crate::app::error::Error;
use crate::app::init::{self, PLAN, Wish};
use crate::app::prove::command::quote;
use crate::app::settings::Origin;
use crate::cli::args::InitArgs;
use crate::cli::{Exit, context::Context, context::usage};
use crate::format::moment;
use std::path::PathBuf;

pub fn run(cx: &mut Context<'_>, args: &InitArgs) -> Result<Exit, Error> {
    cx.writable()?;
    let kickoff = args.kickoff.as_deref().map(moment::day).transpose().map_err(usage)?;
    let wish = Wish { tenant: args.tenant.clone(), id: args.id.clone(), kickoff };
    let (text, kickoff) = init::init(&wish, cx.now())?;
    let mut path = path(cx, args)?;
    if path.as_os_str().as_encoded_bytes().ends_with(b"/") || cx.wiring.rooms.is_folder(&path) {
        path.push(ROOM_FILE);
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !cx.wiring.rooms.has_name(folder)) {
        cx.wiring.rooms.make_folder(folder)?;
    }
    cx.wiring.rooms.create(&path, text.as_bytes())?;
    cx.out.line(format!("wrote {}: {}, plan {PLAN}, week 0 begins {kickoff}", path.display(), args.tenant.trim()));
    let flag = if path.as_os_str() == ROOM_FILE { String::new() } else { format!(" --room {}", quote(&path.to_string_lossy())) };
    cx.out.say(format!("next: launchroom owners --blank{flag}; launchroom status{flag}"));
    Ok(Exit::Ok)
}

/// Where it is said to be, by name or by `--room`; both have to say the same.
fn path(cx: &Context<'_>, args: &InitArgs) -> Result<PathBuf, Error> {
    let flag =
        cx.settings.room.value.as_deref().filter(|_| matches!(cx.settings.room.origin, Origin::Flag(_))).map(PathBuf::from);
    let named = args.path.as_deref().or(flag.as_deref()).map(|path| path.display().to_string()).unwrap_or_default();
    if matches!(Where::of(&named), Where::Server(_)) {
        let hint = "launchroom init PATH --tenant NAME, then launchroom serve --import PATH where the server is";
        return Err(usage(format!("a room file cannot be written at {named}")).hint(hint));
    }
    match (&args.path, flag) {
        (Some(path), Some(flag)) if *path != flag => {
            let hint = "say it once: launchroom init PATH --tenant NAME";
            Err(usage(format!("the new room cannot be at {} and at {}", path.display(), flag.display())).hint(hint))
        }
        (Some(path), _) => Ok(path.clone()),
        (None, Some(flag)) => Ok(flag),
        (None, None) => Ok(ROOM_FILE.into()),
    }
}
