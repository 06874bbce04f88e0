//! Runs several proofs, those that are named or everything that is stale: one after another, and no further than the
//! first that fails.

use super::run::{attach, attaches, duration, follow, means, named, names_only, tell_what_moved, tidy, verdict, wanted};
use crate::app::attach::How;
use crate::app::error::{Error, Kind};
use crate::app::open::Opened;
use crate::app::prove::batch::{self, Batch};
use crate::app::prove::{self, Means};
use crate::cli::args::RunArgs;
use crate::cli::{Exit, context::Context, context::unknown, context::usage};
use crate::domain::ids::ProofId;
use crate::domain::ledger::Outcome;
use crate::present::line::{Line, Tone};
use crate::present::words;
use std::time::Duration;

pub fn run(cx: &mut Context<'_>, args: &RunArgs) -> Result<Exit, Error> {
    cx.writable()?;
    let timeout = args.timeout.as_deref().map(duration).transpose()?;
    let (store, before) = cx.opened()?;
    let runs = if args.stale { stale(cx, args, &before)? } else { all_named(args, &before)? };
    if runs.is_empty() {
        cx.out.say("nothing that is read-only is stale");
        return Ok(Exit::Ok);
    }
    names_only(cx, args)?;
    let means = means(cx, &store);
    all_may_start(cx, &means, args, &runs, timeout)?;
    tidy(cx, &means)?;
    let mut ended = Exit::Ok;
    for (at, id) in (1..).zip(&runs) {
        let wanted = wanted(cx, args, id, timeout);
        let sheet = prove::sheet(&means, &wanted)?;
        cx.out.say(Line::of(Tone::Quiet, format!("{at} of {}  $ {}", runs.len(), sheet.command)));
        let (captured, interrupted) = follow(cx, &means, &wanted)?;
        let attaches = attaches(args, &captured);
        verdict(cx, &captured, attaches);
        if attaches {
            attach(cx, &*store, &captured, &How { looked: args.looked, ..How::default() })?;
        }
        ended = match captured.outcome {
            _ if interrupted.happened() => Exit::Interrupted,
            Outcome::Passed if !captured.passed() => Exit::No,
            outcome => outcome.into(),
        };
        if ended != Exit::Ok {
            not_run(cx, runs.get(at..).unwrap_or_default());
            break;
        }
    }
    tell_what_moved(cx, &*store, &before)?;
    Ok(ended)
}

/// Everything that is stale and only reads. What is stale, too, and changes something outside is left to a person.
fn stale(cx: &mut Context<'_>, args: &RunArgs, before: &Opened) -> Result<Vec<ProofId>, Error> {
    let plan = &before.snapshot.plan;
    let stage = args.stage.as_deref().map(|name| {
        let gate = plan.gate(name).ok_or_else(|| unknown("stage", name, plan.gates.iter().map(|gate| gate.id.as_str())))?;
        Ok::<_, Error>(gate.id.clone())
    });
    let Batch { runs, left } = batch::stale(before, stage.transpose()?.as_ref());
    for id in &left {
        let line = format!("{id} is stale, too, and changes something outside; run it by itself: launchroom run {id}");
        cx.out.say(Line::of(Tone::Warn, line));
    }
    Ok(runs)
}

/// The named ones, in the order they were named.
fn all_named(args: &RunArgs, before: &Opened) -> Result<Vec<ProofId>, Error> {
    let plan = &before.snapshot.plan;
    let proofs = args.proofs.iter().map(|name| named(plan, name)).collect::<Result<Vec<_>, _>>()?;
    if let Some(proof) = proofs.iter().find(|proof| proof.mutating) {
        let hint = format!("launchroom run {}", proof.id);
        return Err(usage(format!("{} changes something outside this machine: run it by itself", proof.id)).hint(hint));
    }
    let of_one = [
        ("--confirm", args.confirm.is_some()),
        ("--target", args.target.is_some()),
        ("--again", args.again),
        ("-- EXTRA", !args.extra.is_empty()),
    ];
    if let Some((flag, _)) = of_one.into_iter().find(|(_, given)| *given) {
        return Err(usage(format!("{flag} is meant for one proof, and {} are named", proofs.len())));
    }
    Ok(proofs.into_iter().map(|proof| proof.id.clone()).collect())
}

/// Before the first one starts: a batch that would end half-way for a missing value is refused whole.
fn all_may_start(
    cx: &Context<'_>,
    means: &Means,
    args: &RunArgs,
    runs: &[ProofId],
    timeout: Option<Duration>,
) -> Result<(), Error> {
    let mut refused = Vec::new();
    let mut trusted = true;
    for id in runs {
        let sheet = prove::sheet(means, &wanted(cx, args, id, timeout))?;
        trusted &= sheet.trusted;
        refused.extend(sheet.refused.iter().map(|why| format!("{id}: {why}")));
    }
    if refused.is_empty() {
        return Ok(());
    }
    let error = Error::new(Kind::Refused, "nothing was run", refused.join("\n"));
    Err(if trusted { error } else { error.hint("Read the commands with `launchroom proofs`, then run them with --trust") })
}

fn not_run(cx: &mut Context<'_>, rest: &[ProofId]) {
    if !rest.is_empty() {
        let names = rest.iter().map(ProofId::as_str).collect::<Vec<_>>().join(", ");
        let line = format!("stopped there; {}: {names}", words::count(rest.len(), "proof was not run", "proofs were not run"));
        cx.out.say(Line::of(Tone::Warn, line));
    }
}
