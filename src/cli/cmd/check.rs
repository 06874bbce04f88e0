//! Asks a deployment what a public proof asks it, and prints the bundle.

use crate::app::check::{self, Order};
use crate::app::error::{Error, Kind};
use crate::app::init::PLAN;
use crate::cli::args::CheckArgs;
use crate::cli::{Exit, context::Context};
use crate::domain::ledger::{Check, CheckStatus};
use crate::domain::plan::Plan;
use crate::format::plan_toml;
use crate::present::line::{Line, Tone};
use crate::present::words;
use serde_json::json;
use std::sync::Arc;

pub fn run(cx: &mut Context<'_>, args: &CheckArgs) -> Result<Exit, Error> {
    let plan = plan(cx)?;
    let fetch = cx.wiring.faces.fetch(&args.base_url)?;
    let order = Order { name: &args.name, strict: args.strict, fixtures: args.include_fixtures };
    let checks = check::check(&order, &plan, &*fetch)?;
    let passed = check::passed(&checks);
    let bundle = json!({ "schema": 1, "check": args.name, "base_url": args.base_url, "passed": passed, "checks": checks });
    if let Some(path) = &args.output {
        cx.wiring.rooms.replace(path, format!("{bundle:#}\n").as_bytes())?;
    }
    // Captured as the output of a proof, it is the bundle and nothing else; a person gets lines.
    if args.reading.json || !cx.wiring.process.stdout_is_terminal {
        cx.out.json(&bundle);
    } else {
        tell(cx, &checks);
    }
    Ok(if passed { Exit::Ok } else { Exit::No })
}

/// The plan of the room somebody named; else the built-in one, so that no room is needed to ask a deployment.
fn plan(cx: &Context<'_>) -> Result<Arc<Plan>, Error> {
    if cx.settings.named_room().is_some() {
        return Ok(cx.store()?.load()?.plan);
    }
    let text = plan_toml::embedded(PLAN).unwrap_or_default();
    let plan = plan_toml::parse(text, PLAN).map_err(|told| Error::new(Kind::Input, "the plan cannot be used", told.render()))?;
    Ok(Arc::new(plan))
}

fn tell(cx: &mut Context<'_>, checks: &[Check]) {
    let symbols = cx.symbols();
    for check in checks {
        let (tone, mark) = match check.status {
            CheckStatus::Passed => (Tone::Good, symbols.met),
            CheckStatus::Failed => (Tone::Bad, symbols.unmet),
            CheckStatus::Skipped => (Tone::Quiet, symbols.idle),
        };
        cx.out.line(Line::of(tone, mark).then(format!(" {}  ", check.id)).and(Tone::Quiet, check.detail.clone()));
    }
    let passed = checks.iter().filter(|check| check.status == CheckStatus::Passed).count();
    cx.out.line(Line::of(Tone::Strong, format!("{passed} of {} passed", words::count(checks.len(), "check", "checks"))));
}
