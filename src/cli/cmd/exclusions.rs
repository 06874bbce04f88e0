//! Every exclusion in the order they were signed, and what about it should be looked at.

use crate::app::error::Error;
use crate::cli::args::Reading;
use crate::cli::{Exit, context::Context};
use crate::domain::gate;
use crate::format::exclusions::{json, lines};

pub fn run(cx: &mut Context<'_>, reading: Reading) -> Result<Exit, Error> {
    let (_, opened) = cx.opened()?;
    let snapshot = &opened.snapshot;
    let (plan, room) = (&*snapshot.plan, &*snapshot.room);
    let exclusions = gate::exclusions(plan, room, &snapshot.ledger, opened.readiness.as_of);
    if reading.json {
        let all: Vec<_> = exclusions.iter().map(|state| json(plan, room, state)).collect();
        cx.out.json(&serde_json::json!({ "schema": 1, "exclusions": all }));
        return Ok(Exit::Ok);
    }
    if exclusions.is_empty() {
        cx.out.say("nothing is excluded");
    }
    let symbols = cx.symbols();
    for state in &exclusions {
        cx.out.lines(lines(plan, room, state, symbols));
    }
    Ok(Exit::Ok)
}
