//! Asks a deployment what a public proof asks it, and prints the bundle.

use crate::app::check::{self, Order, Watch};
use crate::app::error::{Error, Kind};
use crate::app::init::PLAN;
use crate::app::seal;
use crate::cli::args::CheckArgs;
use crate::cli::{Exit, context::Context, interrupt};
use crate::domain::ledger::{Check, CheckStatus};
use crate::domain::plan::Plan;
use crate::domain::redact::Added;
use crate::format::plan_toml;
use crate::present::line::{Line, Tone};
use crate::present::symbols::Symbols;
use crate::present::words;
use serde_json::json;
use std::sync::Arc;

pub fn run(cx: &mut Context<'_>, args: &CheckArgs) -> Result<Exit, Error> {
    let plan = plan(cx)?;
    let order = Order {
        name: &args.name,
        strict: args.strict,
        fixtures: args.include_fixtures,
        values: values(cx, args, &plan)?,
        redact: redact(cx),
        mark: cx.now().as_millisecond().to_string(),
    };
    let fetch = cx.wiring.faces.fetch(&args.base_url, cx.settings.proxy.value.as_deref())?;
    let interrupted = interrupt::on_interrupt(|| {});
    // Captured as the output of a proof, stdout is the bundle and nothing else; what is watched meanwhile is talk.
    let as_json = args.reading.json || !cx.wiring.process.stdout_is_terminal;
    let symbols = cx.symbols();
    let mut made = |check: &Check| {
        let line = line(check, symbols);
        if !as_json {
            cx.out.line(line);
            cx.out.flush();
        } else if !args.reading.json {
            cx.out.say(line);
        }
    };
    let watch = Watch { made: &mut made, stopped: &|| interrupted.happened() };
    let checks = check::check(&order, &plan, &*fetch, watch)?;
    let passed = check::passed(&checks);
    let bundle = json!({ "schema": 1, "check": args.name, "base_url": args.base_url, "passed": passed, "checks": checks });
    if let Some(path) = &args.output {
        let bytes = format!("{bundle:#}\n").into_bytes();
        seal::sealed(&bytes)?;
        cx.wiring.rooms.replace(path, &bytes)?;
    }
    if as_json {
        cx.out.json(&bundle);
    } else {
        cx.out.line(total(&checks));
    }
    Ok(if passed { Exit::Ok } else { Exit::No })
}

/// The values a check may use: those of the locked env file, and of the environment the secrets that the plan names.
fn values(cx: &Context<'_>, args: &CheckArgs, plan: &Plan) -> Result<Vec<(String, String)>, Error> {
    let secret = plan.proofs.iter().flat_map(|proof| &proof.env).filter(|env| env.secret);
    let named = secret.filter_map(|env| Some((env.name.clone(), cx.wiring.process.var(&env.name)?)));
    let mut values: Vec<(String, String)> = named.collect();
    if let Some(path) = &args.env_file {
        let file = cx.wiring.runner.env_file(path)?;
        let missing = || Error::new(Kind::Input, format!("cannot read {}", path.display()), "there is no such file");
        values.extend(file.ok_or_else(missing)?);
    }
    Ok(values)
}

/// What secrets a room adds to those that everybody's are searched for: the named one's, or the one here.
fn redact(cx: &Context<'_>) -> Vec<Added> {
    cx.store().and_then(|store| store.load()).map(|snapshot| snapshot.room.redact.clone()).unwrap_or_default()
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

fn line(check: &Check, symbols: &Symbols) -> Line {
    let (tone, mark) = match check.status {
        CheckStatus::Passed => (Tone::Good, symbols.met),
        CheckStatus::Failed => (Tone::Bad, symbols.unmet),
        CheckStatus::Skipped => (Tone::Quiet, symbols.idle),
    };
    Line::of(tone, mark).then(format!(" {}  ", check.id)).and(Tone::Quiet, check.detail.clone())
}

fn total(checks: &[Check]) -> Line {
    let passed = checks.iter().filter(|check| check.status == CheckStatus::Passed).count();
    Line::of(Tone::Strong, format!("{passed} of {} passed", words::count(checks.len(), "check", "checks")))
}
