//! Runs a proof: its output on stdout as it comes, everything we say about it on stderr.

use super::{captured, run_several};
use crate::app::attach::{self, Desk, How};
use crate::app::error::{Error, Kind};
use crate::app::open::{self, Opened};
use crate::app::ports::{Captured, RoomStore, RunEvent, RunHandle};
use crate::app::prove::{self, Means, RunSheet, Wanted, again};
use crate::cli::args::RunArgs;
use crate::cli::interrupt::{self, Interrupted};
use crate::cli::{Exit, context::Context, context::unknown, context::usage, moved};
use crate::domain::ids::{ProofId, RunId};
use crate::domain::ledger::{CheckStatus, Outcome};
use crate::domain::plan::{Plan, Proof};
use crate::present::line::{Line, Tone};
use crate::present::{safe, words};
use jiff::SignedDuration;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Events that may wait for a slow reader of our stdout before the proof has to wait, too.
const WAITING: usize = 64;

pub fn run(cx: &mut Context<'_>, args: &RunArgs) -> Result<Exit, Error> {
    if let Some(run) = &args.discard {
        return captured::discard(cx, run);
    }
    if let Some(run) = &args.show {
        return captured::show(cx, run);
    }
    let [name] = args.proofs.as_slice() else { return run_several::run(cx, args) };
    cx.writable()?;
    let timeout = args.timeout.as_deref().map(duration).transpose()?;
    let (store, before) = cx.opened()?;
    let plan = &before.snapshot.plan;
    let proof = named(plan, name)?;
    names_only(cx, args)?;
    if args.confirm.is_some() && proof.confirm.is_none() && !proof.mutating {
        cx.out.say(Line::of(Tone::Warn, format!("{} asks for no phrase: --confirm is not used", proof.id)));
    }
    let means = means(cx, &store);
    let wanted = wanted(cx, args, &proof.id, timeout);
    let wanted = if args.again { again::again(&means, wanted)? } else { wanted };
    let how = How { target: args.target.as_deref().map(Into::into), looked: args.looked, ..How::default() };
    if args.attach || args.attach_passed {
        // Where it goes is settled before anything runs: a slip must not cost a run.
        attach::place(plan, Some(&proof.id), None, &how)?;
    }
    let sheet = prove::sheet(&means, &wanted)?;
    tidy(cx, &means)?;
    cx.out.say(Line::of(Tone::Quiet, format!("$ {}", sheet.command)));
    let wanted = Wanted { confirmation: asked(cx, &sheet, &wanted, before.snapshot.room.tenant.id.as_str())?, ..wanted };
    let (captured, interrupted) = follow(cx, &means, &wanted)?;
    let attaches = attaches(args, &captured);
    verdict(cx, &captured, attaches);
    if attaches {
        attach(cx, &*store, &captured, &how)?;
    }
    tell_what_moved(cx, &*store, &before)?;
    Ok(if interrupted.happened() { Exit::Interrupted } else { exit(&captured) })
}

/// What changes something outside is asked about, once, at a terminal: the answer names the tenant it is for.
fn asked(cx: &mut Context<'_>, sheet: &RunSheet, wanted: &Wanted, tenant: &str) -> Result<Option<String>, Error> {
    if let Some(why) = sheet.too_early.as_ref().filter(|_| sheet.mutating) {
        cx.out.say(Line::of(Tone::Warn, why.clone()));
    }
    if let Some(why) = &sheet.elsewhere {
        cx.out.say(Line::of(Tone::Warn, format!("it will not count: {why}")));
    }
    let process = &cx.wiring.process;
    let Some(question) = sheet.question.as_ref().filter(|_| process.stdin_is_terminal && process.stderr_is_terminal) else {
        return Ok(wanted.confirmation.clone());
    };
    cx.out.say(Line::of(Tone::Warn, question.clone()));
    let wants = sheet.confirm.as_ref().map_or(tenant, |confirm| confirm.phrase.as_str());
    cx.wiring.faces.ask(&format!("Type {wants} to run it: ")).map(Some)
}

/// How we end after a run: as it did, and 1 also for one that ended well with checks that failed or cannot be read.
fn exit(captured: &Captured) -> Exit {
    match captured.outcome {
        Outcome::Passed if !captured.passed() && !captured.is_hollow() => Exit::No,
        outcome => outcome.into(),
    }
}

/// Whether a run that ended so is attached.
pub(super) fn attaches(args: &RunArgs, captured: &Captured) -> bool {
    match captured.outcome {
        Outcome::Passed => args.attach || args.attach_passed && captured.passed(),
        Outcome::Failed | Outcome::Signal | Outcome::Timeout | Outcome::Reference => args.attach,
        Outcome::Stopped | Outcome::Interrupted => false,
    }
}

/// The proof of this name.
pub(super) fn named<'a>(plan: &'a Plan, name: &str) -> Result<&'a Proof, Error> {
    plan.proof(name).ok_or_else(|| unknown("proof", name, plan.proofs.iter().map(|proof| proof.id.as_str())))
}

/// `--pass-env` takes names: a value on a command line is read by everybody on this machine.
pub(super) fn names_only(cx: &mut Context<'_>, args: &RunArgs) -> Result<(), Error> {
    for name in &args.pass_env {
        if let Some((name, _)) = name.split_once('=') {
            let hint = format!("set it in the environment, then: --pass-env {name}");
            return Err(usage(format!("--pass-env takes the name {name} and no value")).hint(hint));
        }
        if cx.wiring.process.var(name).is_none() {
            cx.out.say(Line::of(Tone::Warn, format!("{name} is not set here: --pass-env hands nothing on")));
        }
    }
    Ok(())
}

/// What the command line asks for, for this proof.
pub(super) fn wanted(cx: &Context<'_>, args: &RunArgs, proof: &ProofId, timeout: Option<Duration>) -> Wanted {
    Wanted {
        proof: Some(proof.clone()),
        environment: cx.wiring.process.env.iter().cloned().collect(),
        typed: Vec::new(),
        env_file: args.env_file.clone(),
        pass_env: args.pass_env.clone(),
        extra: args.extra.clone(),
        confirmation: args.confirm.clone(),
        timeout,
        agree: args.trust,
        source: None,
    }
}

pub(super) fn attach(cx: &mut Context<'_>, store: &dyn RoomStore, captured: &Captured, how: &How) -> Result<(), Error> {
    let by = cx.by().to_owned();
    let desk = Desk { store, clock: &*cx.wiring.clock, by: &by };
    cx.seen(&attach::attach_run(desk, &captured.run.id, how)?);
    Ok(())
}

pub(super) fn means(cx: &Context<'_>, store: &Arc<dyn RoomStore>) -> Means {
    Means {
        store: Arc::clone(store),
        clock: Arc::clone(&cx.wiring.clock),
        runner: Arc::clone(&cx.wiring.runner),
        trust: Arc::clone(&cx.wiring.trust),
        by: cx.by().to_owned(),
    }
}

/// What a killed program left behind is ended, and its runs are told to the ledger, before the next one starts.
pub(super) fn tidy(cx: &mut Context<'_>, means: &Means) -> Result<(), Error> {
    cx.wiring.rooms.sweep(&means.store.spool_dir()?);
    let (interrupted, notices) = prove::record_interrupted(means)?;
    for notice in notices {
        cx.out.say(Line::of(Tone::Warn, notice));
    }
    if interrupted > 0 {
        let runs = words::count(interrupted, "run was", "runs were");
        cx.out.say(Line::of(Tone::Warn, format!("{runs} interrupted earlier; what was printed until then is captured")));
    }
    Ok(())
}

/// Runs it and prints what it prints, until it has ended and is in the ledger.
pub(super) fn follow(cx: &mut Context<'_>, means: &Means, wanted: &Wanted) -> Result<(Captured, Interrupted), Error> {
    let handle: Arc<OnceLock<Box<dyn RunHandle>>> = Arc::default();
    let stoppable = Arc::clone(&handle);
    // Armed before the run starts, so that at no moment a Ctrl-C ends us and leaves the proof behind.
    let interrupted = interrupt::on_interrupt(move || {
        if let Some(handle) = stoppable.get() {
            handle.stop();
        }
    });
    let id: RunId = format!("{}-{}", cx.now().as_millisecond(), std::process::id()).into();
    let (sender, events) = sync_channel(WAITING);
    let started = prove::start(means, wanted, id, Box::new(move |event| drop(sender.send(event))))?;
    let handle = handle.get_or_init(|| started);
    if interrupted.happened() {
        handle.stop();
    }
    let captured = print(cx, &events, wanted)?;
    Ok((captured, interrupted))
}

fn print(cx: &mut Context<'_>, events: &Receiver<RunEvent>, wanted: &Wanted) -> Result<Captured, Error> {
    let lost = |why: &str| Error::new(Kind::Storage, why, "").hint("see that the disk has room, then run it again");
    let patience = Duration::try_from(cx.settings.quiet_after.value).unwrap_or(Duration::MAX);
    // Said again only when it has lasted twice as long: a note, not a clock.
    let (mut silent, mut pause) = (Duration::ZERO, patience);
    // Whoever watches tells what the proof says from what we say of it; whoever reads a pipe gets what it said.
    let marked = cx.wiring.process.stdout_is_terminal;
    let bar = format!("{} ", cx.symbols().bar);
    loop {
        let event = match events.recv_timeout(pause) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout) => {
                silent = silent.saturating_add(pause);
                pause = silent;
                still_quiet(cx, wanted, silent);
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return Err(lost("the run ended without a word")),
        };
        (silent, pause) = (Duration::ZERO, patience);
        match event {
            RunEvent::Output(bytes) => {
                let bytes = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
                for line in bytes.split(|byte| *byte == b'\n') {
                    let line = safe::bytes(line).into_string();
                    cx.out.line(if marked { Line::of(Tone::Quiet, bar.clone()).then(line) } else { line.into() });
                }
                cx.out.flush();
            }
            // It comes again, whole, with its line end.
            RunEvent::Partial(_) => {}
            RunEvent::Ended(Ok(captured)) => return Ok(*captured),
            RunEvent::Ended(Err(why)) => return Err(lost(&why)),
        }
    }
}

fn still_quiet(cx: &mut Context<'_>, wanted: &Wanted, silent: Duration) {
    let proof = wanted.proof.as_ref().map_or("it", |proof| proof.as_str());
    let length = words::duration(SignedDuration::try_from(silent).unwrap_or(SignedDuration::MAX));
    cx.out.say(Line::of(Tone::Warn, format!("{proof} has printed nothing for {length}; Ctrl-C stops it")));
}

pub(super) fn verdict(cx: &mut Context<'_>, captured: &Captured, attaches: bool) {
    let run = &captured.run;
    let tone = if captured.passed() { Tone::Good } else { Tone::Bad };
    let took = words::duration(run.ended.duration_since(run.started));
    let ended = words::run_outcome(captured.outcome, run);
    cx.out.say(
        Line::of(tone, format!("{}: {ended}", captured.proof)).then(format!(" after {took}, {}", words::size(captured.size))),
    );
    if let Some(checks) = &captured.checks {
        let of = |status| checks.iter().filter(|check| check.status == status).map(|check| check.id.as_str()).collect::<Vec<_>>();
        let failed = of(CheckStatus::Failed);
        let named = if failed.is_empty() { String::new() } else { format!(" ({})", failed.join(", ")) };
        let passed = of(CheckStatus::Passed).len();
        let skipped = of(CheckStatus::Skipped).len();
        cx.out.say(format!("  {passed} passed, {} failed{named}, {skipped} not tested", failed.len()));
    }
    let masked: u64 = captured.redactions.values().sum();
    if masked > 0 {
        cx.out.say(format!(
            "  {} masked before they were kept",
            words::count(usize::try_from(masked).unwrap_or(usize::MAX), "secret", "secrets")
        ));
    }
    if captured.suspects > 0 {
        let strings = usize::try_from(captured.suspects).unwrap_or(usize::MAX);
        let strings = words::count(strings, "string looks random", "strings look random");
        cx.out.say(Line::of(Tone::Warn, format!("  {strings} and no rule knows what that is: look before it is public")));
    }
    for note in &captured.notes {
        cx.out.say(Line::of(Tone::Warn, format!("  {note}")));
    }
    if !attaches {
        cx.out.say(Line::of(Tone::Quiet, format!("  captured, not attached; to attach: launchroom attach --run {}", run.id)));
    }
}

pub(super) fn tell_what_moved(cx: &mut Context<'_>, store: &dyn RoomStore, before: &Opened) -> Result<(), Error> {
    let snapshot = store.load()?;
    cx.seen(&snapshot);
    let after = open::evaluate(store, snapshot, cx.now());
    let symbols = cx.symbols();
    for line in moved::told(before, &after, &|seq| store.is_ours(seq), symbols) {
        cx.out.say(line);
    }
    Ok(())
}

pub(super) fn duration(text: &str) -> Result<Duration, Error> {
    let wrong = || usage(format!("`{text}` is not a duration")).hint("like 90s, 10m or 1h30m");
    let length: SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(length).ok().filter(|length| !length.is_zero()).ok_or_else(wrong)
}
