//! One run, from its guard's start to the verdict.

use super::{
    capture::Capture,
    guard::{Ask, Cause, Guard, Told},
    outputs::{self, Untaken},
    poll, shell,
};
use crate::app::ports::{Captured, Clock as _, RunEvent, RunOrder};
use crate::domain::{
    ids::Digest,
    ledger::{Outcome, OutputFile, Run},
    redact::Redactor,
};
use crate::format::{
    bundle_json::{self, Reading},
    redact_toml,
};
use crate::infra::{
    clock::SystemClock,
    disk::RealDisk,
    file::{Spooling, reason},
};
use rustix::event::{PollFd, PollFlags};
use std::{
    collections::BTreeMap,
    io::{self, PipeReader, Read as _},
    os::unix::{net::UnixStream, process::ExitStatusExt as _},
    path::Path,
    process::ExitStatus,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

/// After its end: how long the pipe may be silent, and how long it may talk on, before it is closed.
const DRAIN_QUIET: Duration = Duration::from_millis(100);
const DRAIN: Duration = Duration::from_secs(2);
/// How much of the output is searched for a bundle.
const BUNDLE: u64 = bundle_json::LARGEST as u64;

/// A spool that is ready to be written, and what is known of the run so far.
pub struct Opened {
    capture: Capture,
    captured: Captured,
    started: SystemTime,
}

/// Makes the spool's files: from here on the run is known, whatever happens to us.
pub fn open_spool(order: &RunOrder) -> io::Result<Opened> {
    let redactor = Redactor::new(redact_toml::rules_with(&order.redact), &order.secrets);
    let (started, now) = (SystemTime::now(), SystemClock.now());
    let mut of_command = redactor.another();
    let run = Run {
        id: order.id.clone(),
        command: String::from_utf8_lossy(&of_command.once(order.shown.as_bytes())).into_owned(),
        env: order.env.iter().map(|(name, _)| name.clone()).collect(),
        host: order.host.clone(),
        started: now,
        ended: now,
        exit: None,
        signal: None,
        seen: 0,
        cut: false,
    };
    let captured = Captured {
        proof: order.proof.clone(),
        class: order.class,
        outcome: Outcome::Interrupted,
        run,
        digest: Digest::of(b""),
        size: 0,
        redactions: BTreeMap::new(),
        suspects: of_command.suspects(),
        outputs: Vec::new(),
        checks: None,
        unread: None,
        hosts: Vec::new(),
        inputs: order.inputs.clone(),
        notes: Vec::new(),
    };
    let spooling = Spooling::open(Arc::new(RealDisk), &order.spool, &captured)?;
    Ok(Opened { capture: Capture::new(redactor, spooling), captured, started })
}

/// Runs the command under a guard and tells what happens. The last event is `Ended`. `ours` and `theirs` are the ends of
/// the socket to the guard.
pub fn run(
    program: &Path,
    order: &RunOrder,
    opened: Opened,
    (ours, theirs): (UnixStream, UnixStream),
    events: &(dyn Fn(RunEvent) + Send + Sync),
) {
    let Opened { mut capture, mut captured, started } = opened;
    let ended = match Guard::set(program, order, ours, theirs) {
        Ok((guard, pipe)) => Watch { pipe: Some(pipe), events, capture: &mut capture }.until_the_end(guard, &mut captured),
        Err(why) => {
            not_started(&mut captured, why);
            Ok(())
        }
    };
    let ended = ended.and_then(|()| finish(order, &mut capture, &mut captured, started, events));
    events(RunEvent::Ended(match ended {
        Ok(()) => Ok(Box::new(captured)),
        Err(error) => {
            capture.give_up(captured);
            Err(format!("what {} printed could not be kept: {}", order.proof, reason(&error)))
        }
    }));
}

/// A command under way.
struct Watch<'a> {
    pipe: Option<PipeReader>,
    events: &'a (dyn Fn(RunEvent) + Send + Sync),
    capture: &'a mut Capture,
}

impl Watch<'_> {
    fn until_the_end(&mut self, guard: Guard, captured: &mut Captured) -> io::Result<()> {
        if let Err(error) = self.watch(&guard) {
            // What cannot be kept need not go on.
            guard.ask(Ask::Kill);
            return Err(error);
        }
        let told = guard.hear();
        self.drain()?;
        match told {
            Some(Told::Ended { status, by, left }) => tell_end(captured, ExitStatus::from_raw(status), by, left),
            Some(Told::NotStarted(why)) => not_started(captured, why),
            None => captured.notes.push("its guard was killed, and it ended with it".into()),
        }
        Ok(())
    }

    /// Until the guard has something to tell, or is gone.
    fn watch(&mut self, guard: &Guard) -> io::Result<()> {
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let due = self.capture.tell(self.events);
            let ready = |fd: &PollFd<'_>| !fd.revents().is_empty();
            let told = PollFd::from_borrowed_fd(guard.post(), PollFlags::IN);
            let (told, printed) = if let Some(pipe) = &self.pipe {
                let mut fds = [told, PollFd::new(pipe, PollFlags::IN)];
                poll(&mut fds, due)?;
                (ready(&fds[0]), ready(&fds[1]))
            } else {
                let mut fds = [told];
                poll(&mut fds, due)?;
                (ready(&fds[0]), false)
            };
            if printed {
                self.read(&mut buffer)?;
            }
            if told {
                return Ok(());
            }
        }
    }

    /// What was printed before the end and is still in the pipe. Whoever else holds it open is not waited for.
    fn drain(&mut self) -> io::Result<()> {
        let end = Instant::now() + DRAIN;
        let mut buffer = vec![0; 256 * 1024];
        while let Some(pipe) = self.pipe.as_ref().filter(|_| Instant::now() < end) {
            if poll(&mut [PollFd::new(pipe, PollFlags::IN)], Some(DRAIN_QUIET))? == 0 {
                break;
            }
            self.read(&mut buffer)?;
            self.capture.tell(self.events);
        }
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let Some(pipe) = &mut self.pipe else { return Ok(()) };
        match pipe.read(buffer) {
            Ok(0) => self.pipe = None,
            Ok(len) => self.capture.take(&buffer[..len])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn not_started(captured: &mut Captured, why: String) {
    captured.outcome = Outcome::Failed;
    captured.notes.push(why);
}

/// The verdict: the exit status, and whether we had a hand in it.
fn tell_end(captured: &mut Captured, status: ExitStatus, by: Option<Cause>, left: usize) {
    (captured.run.exit, captured.run.signal) = (status.code(), status.signal());
    captured.outcome = match (by, status.code()) {
        (Some(Cause::Stop), _) => Outcome::Stopped,
        (Some(Cause::Timeout), _) => Outcome::Timeout,
        (Some(Cause::Leave), _) => Outcome::Interrupted,
        (None, Some(0)) => Outcome::Passed,
        (None, Some(_)) => Outcome::Failed,
        (None, None) => Outcome::Signal,
    };
    match (captured.outcome, status.code()) {
        (Outcome::Failed, Some(127)) => captured.notes.push("the shell did not find the command (exit 127)".into()),
        (Outcome::Failed, Some(exit)) if shell::signal_of(exit).is_some() => {
            let name = shell::signal_of(exit).unwrap_or_default();
            captured
                .notes
                .push(format!("exit {exit} is also what a shell says when signal {} ({name}) ended a command of it", exit - 128));
        }
        (Outcome::Failed, Some(126)) => captured.notes.push("the shell could not execute the command (exit 126)".into()),
        _ => {}
    }
    if left > 0 && !matches!(captured.outcome, Outcome::Stopped | Outcome::Interrupted) {
        let processes = if left == 1 { "1 process was".to_owned() } else { format!("{left} processes were") };
        captured.notes.push(format!("{processes} left running and ended"));
    }
}

/// Takes in the declared files, reads the bundle, and makes the spool whole. Synced when this returns.
fn finish(
    order: &RunOrder,
    capture: &mut Capture,
    captured: &mut Captured,
    started: SystemTime,
    events: &(dyn Fn(RunEvent) + Send + Sync),
) -> io::Result<()> {
    captured.run.ended = SystemClock.now().max(captured.run.started);
    captured.digest = capture.close()?;
    capture.flush(events);
    (captured.size, captured.run.seen, captured.run.cut) = (capture.kept, capture.seen, capture.cut);
    if capture.cut {
        captured.notes.push(format!("cut: {} of {} bytes printed are kept", capture.kept, capture.seen));
    }
    captured.redactions = capture.redactor().counts().clone();
    captured.suspects += capture.redactor().suspects();
    let mut reports = Vec::new();
    for name in &order.outputs {
        let mut redactor = capture.redactor().another();
        match outputs::take(&order.workdir.join(name), started, &mut redactor) {
            Ok(bytes) => {
                capture.spool().keep_file(&bytes)?;
                captured.outputs.push(OutputFile { name: name.clone(), digest: Digest::of(&bytes), size: bytes.len() as u64 });
                for (rule, count) in redactor.counts() {
                    *captured.redactions.entry(rule.clone()).or_default() += count;
                }
                captured.suspects += redactor.suspects();
                reports.push(bytes);
            }
            Err(Untaken::Absent(why)) => captured.notes.push(format!("{name} was not taken in: {why}")),
            Err(Untaken::Refused(why)) => {
                let note = format!("{name} was not taken in: {why}");
                if order.bundle {
                    captured.unread.get_or_insert_with(|| note.clone());
                }
                captured.notes.push(note);
            }
        }
    }
    let found = checks(order, capture.spool(), &reports)?;
    if let Some(why) = &found.unread {
        captured.notes.push(format!("its checks could not be read, so it does not count: {why}"));
    }
    if found.checks.as_ref().is_some_and(Vec::is_empty) {
        captured.notes.push("it tested nothing, so it does not count".into());
    }
    captured.checks = found.checks;
    captured.hosts = found.hosts;
    captured.unread = captured.unread.take().or(found.unread);
    capture.spool().finish(captured)
}

/// The checks in the declared files and in what was printed.
fn checks(order: &RunOrder, spool: &Spooling, reports: &[Vec<u8>]) -> io::Result<Reading> {
    let printed = spool.printed(0, BUNDLE + 1)?;
    if printed.len() as u64 <= BUNDLE {
        return Ok(bundle_json::read(&printed, reports, order.bundle).or_hollow(&printed, reports, order.bundle));
    }
    // A log, or a bundle that nobody can read: whether it looks like checks anywhere decides.
    let sign: &[u8] = if order.bundle { b"{" } else { b"\"checks\"" };
    let told = holds(&printed, sign) || holds_further(spool, printed.len() as u64, sign)?;
    let (found, mut of_files) = (bundle_json::too_long(told), bundle_json::read(b"", reports, order.bundle));
    of_files.unread = of_files.unread.or(found.unread);
    Ok(of_files)
}

fn holds(bytes: &[u8], sign: &[u8]) -> bool {
    memchr::memmem::find(bytes, sign).is_some()
}

/// Looks through the rest of what was printed, also where the sign lies across two pieces of it.
fn holds_further(spool: &Spooling, from: u64, sign: &[u8]) -> io::Result<bool> {
    const PIECE: u64 = 1 << 20;
    let overlap = sign.len() as u64;
    let mut at = from.saturating_sub(overlap);
    loop {
        let piece = spool.printed(at, PIECE + overlap)?;
        if holds(&piece, sign) {
            return Ok(true);
        }
        if (piece.len() as u64) < PIECE + overlap {
            return Ok(false);
        }
        at += PIECE;
    }
}
