//! Waits until a gate is clear. Sleeps meanwhile: a change of the room wakes it, or the moment something ends.

use crate::app::error::{Error, Kind};
use crate::app::open::Opened;
use crate::cli::args::WaitArgs;
use crate::cli::interrupt::on_interrupt;
use crate::cli::{Exit, context::Context, context::unknown, context::usage};
use crate::domain::gate::{GateState, Verdict};
use crate::domain::ids::GateId;
use crate::format::moment;
use crate::present::line::{Line, Tone, clip};
use crate::present::words;
use jiff::Timestamp;
use serde_json::json;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// The wall clock may be set while we sleep.
const LONGEST: Duration = Duration::from_mins(15);

pub fn run(cx: &mut Context<'_>, args: &WaitArgs) -> Result<Exit, Error> {
    let place = cx.place(None)?;
    let (wake, woken) = channel();
    let (file, stop) = (wake.clone(), wake);
    let interrupted = on_interrupt(move || {
        // The loop has ended already when nobody hears it.
        let _ = stop.send(());
    });
    let limit = args.timeout.as_deref().map(|text| moment::length(text).ok_or_else(|| wrong(text))).transpose()?;
    let until = limit.and_then(|limit| cx.now().checked_add(limit).ok());
    // Watched first: what changes between the look and the watch would be missed.
    let _watch = cx.wiring.rooms.watch(&place, &cx.settings, Box::new(move || _ = file.send(())))?;
    let mut told: Option<String> = None;
    loop {
        // Half a save cannot be read for a moment; what cannot be read at the start is an error.
        let opened = match cx.opened() {
            Ok((_, opened)) => opened,
            Err(error) if told.is_none() || error.kind != Kind::Input => return Err(error),
            Err(_) => {
                sleep(cx, &woken, until);
                continue;
            }
        };
        let gate = asked(&opened, args.stage.as_deref())?;
        let verdict = gate.status.verdict();
        let over = until.is_some_and(|until| cx.now() >= until);
        if verdict != Verdict::NoGo || over {
            cx.judged(&opened.readiness);
            return Ok(end(cx, args, &opened, gate, over && verdict == Verdict::NoGo));
        }
        let now = waits_for(&opened, gate);
        if told.as_ref() != Some(&now) {
            cx.out.say(clip(&now, 80, cx.symbols().ellipsis).into_owned());
            told = Some(now);
        }
        let ends = opened.readiness.endings.iter().map(|ending| ending.at).chain(until);
        let next = ends.filter(|at| *at > cx.now()).min();
        sleep(cx, &woken, next);
        if interrupted.happened() {
            return Ok(Exit::Interrupted);
        }
    }
}

fn wrong(text: &str) -> Error {
    usage(format!("`{text}` is no length of time")).hint("write it as 90s, 10m, 2h or 3d")
}

fn asked<'a>(opened: &'a Opened, stage: Option<&str>) -> Result<&'a GateState, Error> {
    let readiness = &opened.readiness;
    let id = stage.map_or_else(|| readiness.stage.target.clone(), GateId::from);
    let known = || readiness.gates.iter().map(|gate| gate.id.as_str());
    readiness.gate(id.as_str()).ok_or_else(|| unknown("gate", id.as_str(), known()))
}

/// Sleeps until something wakes us, or until that moment.
fn sleep(cx: &Context<'_>, woken: &Receiver<()>, until: Option<Timestamp>) {
    let left = until.map(|at| Duration::try_from(at.duration_since(cx.now())).unwrap_or(Duration::ZERO));
    // A millisecond more: waking just before the moment would be for nothing.
    let pause = left.map_or(LONGEST, |left| (left + Duration::from_millis(1)).min(LONGEST));
    if woken.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
        while woken.try_recv().is_ok() {}
    }
}

/// `waiting for paid beta, held 2/9: roles, billing, access-step`.
fn waits_for(opened: &Opened, gate: &GateState) -> String {
    let open: Vec<&str> =
        gate.requirements.iter().filter(|state| !state.status.is_settled()).map(|state| state.id.slug()).collect();
    let stage = words::stage(&opened.snapshot.plan, gate.id.as_str());
    format!("waiting for {stage}, {} {}/{}: {}", words::gate(gate.status), gate.met, gate.total, open.join(", "))
}

fn end(cx: &mut Context<'_>, args: &WaitArgs, opened: &Opened, gate: &GateState, timed_out: bool) -> Exit {
    let verdict = gate.status.verdict();
    if args.reading.json {
        cx.out.json(&json!({
            "schema": 1,
            "as_of": words::stamp(opened.readiness.as_of),
            "gate": gate.id.as_str(),
            "status": gate.status.as_str(),
            "verdict": verdict.as_str(),
            "timed_out": timed_out,
        }));
    } else {
        let stage = words::stage(&opened.snapshot.plan, gate.id.as_str());
        let tone = if timed_out { Tone::Bad } else { Tone::Good };
        let why = if timed_out { "; time is up" } else { "" };
        cx.out.line(Line::of(tone, words::verdict(verdict)).then(format!("  {stage}, {}/{}{why}", gate.met, gate.total)));
    }
    verdict.into()
}
