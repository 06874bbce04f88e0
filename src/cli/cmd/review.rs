//! Go or no-go, and why.

use crate::app::error::{Error, Kind};
use crate::app::review::{self, Question};
use crate::cli::args::{ReviewArgs, ReviewFormat};
use crate::cli::{Exit, context::Context, context::for_room, context::unknown, context::usage};
use crate::domain::ids::RequirementId;
use crate::format::moment;
use crate::format::review::{Report, json, junit, markdown, text};

pub fn run(cx: &mut Context<'_>, args: &ReviewArgs) -> Result<Exit, Error> {
    let store = cx.store()?;
    let mut assumed: Vec<RequirementId> = Vec::new();
    for id in args.assume.iter().map(String::as_str) {
        if assumed.iter().all(|known| *known != *id) {
            assumed.push(id.into());
        }
    }
    let mut question =
        Question { gate: args.gate.as_deref().map(Into::into), assumed: assumed.iter().cloned().collect(), at: None };
    // What was typed is read against the plan and in the tenant's zone, so the room comes first.
    if args.as_of.is_some() || args.gate.is_some() || !assumed.is_empty() {
        let snapshot = store.load()?;
        let plan = &snapshot.plan;
        if let Some(gate) = args.gate.as_deref().filter(|id| plan.gate(id).is_none()) {
            return Err(unknown("gate", gate, plan.gates.iter().map(|gate| gate.id.as_str())));
        }
        if let Some(id) = assumed.iter().find(|id| plan.requirement(id.as_str()).is_none()) {
            return Err(unknown("requirement", id.as_str(), plan.requirements().map(|requirement| requirement.id.as_str())));
        }
        let zone = &snapshot.room.tenant.timezone;
        question.at = args.as_of.as_deref().map(|text| moment::until(text, cx.now(), zone)).transpose().map_err(usage)?;
    }
    let mut reviewed = review::review(&*store, &*cx.wiring.clock, &question)?;
    cx.seen(&reviewed.snapshot);
    let format = if args.reading.json { ReviewFormat::Json } else { args.format };
    let flag = if format == ReviewFormat::Text { cx.room_flag() } else { String::new() };
    for_room(&mut reviewed.readiness.actions, &flag);
    let report = Report {
        plan: &reviewed.snapshot.plan,
        room: &reviewed.snapshot.room,
        ledger: &reviewed.snapshot.ledger,
        readiness: &reviewed.readiness,
        gate: &reviewed.gate,
        assumed: &assumed,
        now: cx.now(),
        unheard: store.unheard().map(|error| (Exit::from(error.kind).code(), not_heard(error.kind))),
    };
    match format {
        ReviewFormat::Text => {
            let symbols = cx.symbols();
            cx.out.lines(text(&report, symbols, args.all, &flag));
        }
        ReviewFormat::Json => cx.out.json(&json(&report)),
        ReviewFormat::Markdown => cx.out.report(&markdown(&report)),
        ReviewFormat::Junit => cx.out.report(&junit(&report)),
    }
    cx.judged(&reviewed.readiness);
    Ok(reviewed.verdict.into())
}

fn not_heard(kind: Kind) -> &'static str {
    if kind == Kind::Refused { "no access" } else { "server not heard" }
}
