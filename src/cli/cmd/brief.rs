//! The stand-up: at most twelve lines to paste.

use crate::app::error::Error;
use crate::cli::args::BriefArgs;
use crate::cli::{Exit, context::Context, context::usage};
use crate::domain::gate::since;
use crate::format::brief::{Brief, json, lines};
use crate::format::moment;
use crate::present::audience::Audience;

/// Without a start, the day before.
const USUAL: &str = "yesterday";

pub fn run(cx: &mut Context<'_>, args: &BriefArgs) -> Result<Exit, Error> {
    let (_, opened) = cx.opened()?;
    let (snapshot, readiness) = (&opened.snapshot, &opened.readiness);
    let zone = &snapshot.room.tenant.timezone;
    let from = moment::since(args.since.as_deref().unwrap_or(USUAL), readiness.as_of, zone).map_err(usage)?;
    if from > readiness.as_of {
        return Err(usage("nothing happened yet since a moment to come")
            .hint("name one that has passed: launchroom brief --since monday"));
    }
    let since = since::since(&snapshot.plan, &snapshot.room, &snapshot.ledger, readiness, from);
    let audience = Audience::from(args.audience);
    let brief =
        Brief { plan: &snapshot.plan, room: &snapshot.room, ledger: &snapshot.ledger, readiness, since: &since, audience };
    if args.reading.json {
        cx.out.json(&json(&brief));
    } else {
        for line in lines(&brief) {
            cx.out.line(line);
        }
    }
    cx.judged(readiness);
    Ok(Exit::Ok)
}
