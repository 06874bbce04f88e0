//! Every decision, the newest first. None is ever deleted.

use crate::app::error::Error;
use crate::cli::args::Reading;
use crate::cli::{Exit, context::Context};
use crate::domain::gate;
use crate::format::decisions::Told;
use serde_json::json;

pub fn run(cx: &mut Context<'_>, reading: Reading) -> Result<Exit, Error> {
    let (_, opened) = cx.opened()?;
    let (snapshot, now) = (&opened.snapshot, opened.readiness.as_of);
    let (plan, room, ledger) = (&*snapshot.plan, &*snapshot.room, &snapshot.ledger);
    let decisions = gate::decisions(plan, room, ledger, now);
    let told = Told { plan, room, ledger, now };
    if reading.json {
        let all: Vec<_> = decisions.iter().map(|state| told.json(state)).collect();
        cx.out.json(&json!({ "schema": 1, "decisions": all }));
        return Ok(Exit::Ok);
    }
    if decisions.is_empty() {
        cx.out.say("nothing was decided yet: launchroom decide --stage STAGE --outcome OUTCOME --customer NAME --operator NAME");
    }
    let symbols = cx.symbols();
    for state in &decisions {
        cx.out.lines(told.lines(state, symbols));
    }
    Ok(Exit::Ok)
}
