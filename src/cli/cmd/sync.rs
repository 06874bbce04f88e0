//! What of a server's room waits on this machine.

use crate::app::discover::Where;
use crate::app::error::Error;
use crate::app::host::Role;
use crate::app::sync::{Conflict, Link, State};
use crate::cli::args::SyncArgs;
use crate::cli::{Exit, context::Context, context::usage};
use crate::present::line::{Line, Tone};
use crate::present::words;
use serde_json::{Value, json};

pub fn run(cx: &mut Context<'_>, args: &SyncArgs) -> Result<Exit, Error> {
    let Where::Server(address) = cx.place(None)? else {
        return Err(usage("this room is a file: nothing of it waits for a server").hint("launchroom sync --room https://HOST"));
    };
    let synced = cx.wiring.servers.synced(&address, &cx.settings)?;
    let mut refused = None;
    if let Some(take) = args.take {
        cx.writable()?;
        // One that cannot be settled so keeps none of the others back.
        for conflict in synced.link().conflicts {
            refused = synced.resolve(conflict.number, take.into()).err().or(refused);
        }
        let _ = synced.exchange();
    }
    let link = synced.link();
    if args.reading.json {
        cx.out.json(&as_json(&link));
    } else {
        tell(cx, &link);
    }
    if let Some(error) = refused {
        return Err(error);
    }
    Ok(match link.state {
        State::Offline | State::Doubted => Exit::Fault,
        State::Refused => Exit::Refused,
        _ if !link.conflicts.is_empty() => Exit::Refused,
        State::Live | State::Syncing => Exit::Ok,
    })
}

fn as_json(link: &Link) -> Value {
    let conflict = |it: &Conflict| {
        let values = it.values.iter().map(|clash| json!({ "path": clash.path, "mine": clash.mine, "theirs": clash.theirs }));
        json!({ "number": it.number, "at": words::stamp(it.at), "what": it.what, "values": values.collect::<Vec<_>>(), "refused": it.refused })
    };
    json!({
        "schema": 1,
        "state": state(link.state),
        "as_of": link.as_of.map(words::stamp),
        "queued": link.queued,
        "conflicts": link.conflicts.iter().map(conflict).collect::<Vec<_>>(),
        "here": link.here,
        "why": link.why,
        "role": link.role.map(Role::as_str),
    })
}

fn state(state: State) -> &'static str {
    match state {
        State::Live => "live",
        State::Syncing => "syncing",
        State::Offline => "offline",
        State::Refused => "refused",
        State::Doubted => "doubted",
    }
}

fn tell(cx: &mut Context<'_>, link: &Link) {
    let tone = if link.state == State::Live { Tone::Good } else { Tone::Bad };
    let as_of = link.as_of.map(|at| format!(", as of {}", words::stamp(at))).unwrap_or_default();
    cx.out.line(Line::of(tone, state(link.state)).then(as_of));
    if let Some(why) = &link.why {
        cx.out.line(Line::of(Tone::Quiet, format!("  {why}")));
    }
    if let Some(hint) = &link.hint {
        cx.out.line(Line::of(Tone::Quiet, format!("  {hint}")));
    }
    if !link.here.is_empty() {
        cx.out.line(format!("also here: {}", link.here.join(", ")));
    }
    cx.out.line(format!("{} on this machine for the server", words::count(link.queued, "change waits", "changes wait")));
    for conflict in &link.conflicts {
        let told = if conflict.refused.is_some() { "the server does not take" } else { "waits for you" };
        cx.out.line(Line::of(Tone::Bad, format!("{told}: {}", conflict.what)));
        for clash in &conflict.values {
            cx.out.line(format!("  {}: mine `{}`, theirs `{}`", clash.path, clash.mine, clash.theirs));
        }
        if let Some(why) = &conflict.refused {
            cx.out.line(format!("  {why}"));
        }
    }
    if link.conflicts.iter().any(|conflict| conflict.refused.is_none()) {
        cx.out.line(Line::of(Tone::Quiet, "  settle it: launchroom sync --take mine, or --take theirs"));
    }
    if link.conflicts.iter().any(|conflict| conflict.refused.is_some()) {
        let told = "  what is not taken: --take theirs drops it, --take mine sends it again once what stood against it is gone";
        cx.out.line(Line::of(Tone::Quiet, told));
    }
}
