//! Checks a room file: every problem at once.

use crate::app::error::{Error, Kind};
use crate::cli::args::ValidateArgs;
use crate::cli::{Exit, context::Context};
use crate::present::words;
use serde_json::json;

pub fn run(cx: &mut Context<'_>, args: &ValidateArgs) -> Result<Exit, Error> {
    let path = cx.place(args.path.as_deref())?.file()?;
    // Looking must not write: not even a hand edit is recorded here.
    let loaded = cx.wiring.rooms.look(&path).and_then(|store| store.load());
    let snapshot = match loaded {
        Ok(snapshot) => snapshot,
        Err(error) if args.reading.json && error.kind == Kind::Input => {
            cx.out.json(&json!({ "schema": 1, "valid": false, "path": path.display().to_string(), "report": error.why }));
            return Err(error);
        }
        Err(error) => return Err(error),
    };
    let (plan, room) = (&snapshot.plan, &snapshot.room);
    if args.reading.json {
        let told = json!({ "schema": 1, "valid": true, "path": path.display().to_string(), "plan": plan.id.as_str(), "tenant": room.tenant.id.as_str() });
        cx.out.json(&told);
        return Ok(Exit::Ok);
    }
    let named = plan.roles.iter().filter(|role| room.holder(role.id.as_str()).is_some()).count();
    let filled = plan.scope.iter().filter(|field| !room.is_blank(field.id.as_str())).count();
    cx.out.line(format!(
        "{} is a room: {}, plan {}, {named} of {} roles named, {filled} of {} scope fields filled",
        path.display(),
        words::room_name(room),
        plan.id,
        plan.roles.len(),
        plan.scope.len(),
    ));
    Ok(Exit::Ok)
}
