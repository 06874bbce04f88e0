//! One run, from fork to verdict.

use super::{
    capture::Capture,
    family::{self, Family, MARK},
    guard::Guard,
    outputs::{self, Untaken},
    shell, sys,
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
    file::{
        reason,
        spool::{self, Meta},
    },
};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, PipeReader, PipeWriter, Read as _, Write as _},
    os::unix::{fs::OpenOptionsExt as _, process::ExitStatusExt as _},
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicU8, Ordering},
    time::{Duration, Instant, SystemTime},
};

/// Between asking a command to end and ending it.
const GRACE: Duration = Duration::from_secs(3);
/// The same when we are leaving and somebody waits for the prompt.
const GRACE_ON_LEAVING: Duration = Duration::from_millis(300);
/// After its end: how long the pipe may be silent, and how long it may talk on, before it is closed.
const DRAIN_QUIET: Duration = Duration::from_millis(100);
const DRAIN: Duration = Duration::from_secs(2);
/// How much of the output is searched for a bundle.
const BUNDLE: u64 = bundle_json::LARGEST as u64;

/// What the holder of a run wants. A later one outranks an earlier one.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    Nothing,
    Stop,
    Leave,
    /// As leaving, when nobody is left to wait: no grace.
    Kill,
}

/// A spool that is ready to be written, and what is known of the run so far.
pub struct Opened {
    capture: Capture,
    captured: Captured,
    started: SystemTime,
}

/// Makes the spool's files: from here on the run is known, whatever happens to us.
pub fn open_spool(order: &RunOrder) -> io::Result<Opened> {
    let out = spool::out_path(&order.spool, &order.id);
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&out)?;
    let redactor = Redactor::new(redact_toml::rules(), &order.secrets);
    let (started, now) = (SystemTime::now(), SystemClock.now());
    let run = Run {
        id: order.id.clone(),
        command: String::from_utf8_lossy(&redactor.another().once(order.shown.as_bytes())).into_owned(),
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
        outputs: Vec::new(),
        checks: None,
        unread: None,
        inputs: order.inputs.clone(),
        notes: Vec::new(),
    };
    let meta = Meta::Running { runner: spool::Process::this(), captured: Box::new(captured.clone()) };
    if let Err(error) = spool::write_meta(&RealDisk, &order.spool, &order.id, &meta) {
        // A run that nobody describes is a leftover.
        let _ = std::fs::remove_file(&out);
        return Err(error);
    }
    Ok(Opened { capture: Capture::new(redactor, file), captured, started })
}

/// Runs the command and tells what happens. The last event is `Ended`.
pub fn run(
    order: &RunOrder,
    opened: Opened,
    news: PipeReader,
    wake: PipeWriter,
    asked: &AtomicU8,
    events: &(dyn Fn(RunEvent) + Send + Sync),
) {
    let Opened { mut capture, mut captured, started } = opened;
    let ended = match spawn(order) {
        Ok((child, pipe)) => {
            let mut watch = Watch { order, child, pipe: Some(pipe), news, asked, events, capture: &mut capture };
            watch.until_the_end(wake, &mut captured)
        }
        Err(why) => {
            captured.outcome = Outcome::Failed;
            captured.notes.push(why);
            Ok(())
        }
    };
    let ended = ended.and_then(|()| finish(order, &mut capture, &mut captured, started, events));
    events(RunEvent::Ended(match ended {
        Ok(()) => Ok(Box::new(captured)),
        Err(error) => {
            give_up(order, captured);
            Err(format!("what {} printed could not be kept: {}", order.proof, reason(&error)))
        }
    }));
}

/// The disk did not take it. What it took until then is left as an interrupted run, less a little: on a full disk that is
/// the room in which the run's end can still be told to the ledger.
fn give_up(order: &RunOrder, captured: Captured) {
    const ROOM: u64 = 64 * 1024;
    for n in 0..order.outputs.len() {
        let _ = std::fs::remove_file(spool::file_path(&order.spool, &order.id, n));
    }
    if let Ok(file) = OpenOptions::new().write(true).open(spool::out_path(&order.spool, &order.id)) {
        let kept = file.metadata().map_or(0, |meta| meta.len());
        let _ = file.set_len(kept.saturating_sub(ROOM)).and_then(|()| file.sync_all());
    }
    let meta = Meta::Running { runner: spool::Process::GONE, captured: Box::new(captured) };
    // Should this fail as well, the run is found once this process is gone.
    let _ = spool::write_meta(&RealDisk, &order.spool, &order.id, &meta);
}

/// Starts `sh -c`, or says in words why it cannot.
fn spawn(order: &RunOrder) -> Result<(Child, PipeReader), String> {
    if !order.workdir.is_dir() {
        return Err(format!("not started: the folder {} is gone", order.workdir.display()));
    }
    let (read, write) = io::pipe().map_err(|error| format!("not started: {error}"))?;
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(&read, 1 << 20);
    // Both outputs share one pipe: what was printed first is read first.
    let second = write.try_clone().map_err(|error| format!("not started: {error}"))?;
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(shell::line(&order.command)).current_dir(&order.workdir);
    command.env_clear().envs(order.env.iter().map(|(name, value)| (name, value))).env(MARK, order.id.as_str());
    command.stdin(Stdio::null()).stdout(write).stderr(second);
    sys::as_guest(&mut command);
    // One that ends at once would be taken for an orphan by another run, and buried, before it is known as a leader.
    let mut refused = String::new();
    let start = || command.spawn().map_err(|error| refused = format!("not started: {error}")).ok();
    let child = family::known(start).ok_or(refused)?;
    Ok((child, read))
}

/// A command under way.
struct Watch<'a> {
    order: &'a RunOrder,
    child: Child,
    pipe: Option<PipeReader>,
    news: PipeReader,
    asked: &'a AtomicU8,
    events: &'a (dyn Fn(RunEvent) + Send + Sync),
    capture: &'a mut Capture,
}

/// Why we end a run, and how far that has gone.
struct Stopping {
    outcome: Outcome,
    kill_at: Instant,
    killed: bool,
}

impl Watch<'_> {
    fn until_the_end(&mut self, wake: PipeWriter, captured: &mut Captured) -> io::Result<()> {
        let Some(leader) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) else {
            return Err(io::Error::other("a process without a number"));
        };
        let mut family = Family::new(&self.order.id, leader);
        let guard = Guard::set(leader);
        // Not reaped here: the number stays taken until the group is gone.
        let waiter = std::thread::spawn(move || {
            while let Err(rustix::io::Errno::INTR) =
                rustix::process::waitid(WaitId::Pid(leader), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
            {}
            let _ = { wake }.write_all(b".");
        });
        let watched = self.watch(&mut family);
        let (stopping, broken) = match watched {
            Ok(stopping) => (stopping, None),
            Err(error) => (None, Some(error)),
        };
        if broken.is_some() {
            family.signal(Signal::KILL);
        }
        let drained = if broken.is_none() { self.drain() } else { Ok(()) };
        let left = end_the_rest(&mut family);
        let _ = waiter.join();
        drop(guard);
        let status = self.child.wait()?;
        tell_end(captured, status, stopping.map(|stopping| stopping.outcome));
        if left > 0 && captured.outcome != Outcome::Stopped && captured.outcome != Outcome::Interrupted {
            let processes = if left == 1 { "1 process was".to_owned() } else { format!("{left} processes were") };
            captured.notes.push(format!("{processes} left running and ended"));
        }
        broken.map_or(drained, Err)
    }

    /// Until the leader has ended.
    fn watch(&mut self, family: &mut Family) -> io::Result<Option<Stopping>> {
        let mut stopping: Option<Stopping> = None;
        let timeout = self.order.timeout.and_then(|after| Instant::now().checked_add(after));
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let now = Instant::now();
            let wanted = self.asked.load(Ordering::SeqCst);
            let wish = if wanted == Ask::Kill as u8 {
                Some((Outcome::Interrupted, Duration::ZERO))
            } else if wanted == Ask::Leave as u8 {
                Some((Outcome::Interrupted, GRACE_ON_LEAVING))
            } else if wanted == Ask::Stop as u8 {
                Some((Outcome::Stopped, GRACE))
            } else {
                timeout.filter(|at| now >= *at).map(|_| (Outcome::Timeout, GRACE))
            };
            match (&mut stopping, wish) {
                (None, Some((outcome, grace))) => {
                    family.signal(Signal::TERM);
                    stopping = Some(Stopping { outcome, kill_at: now + grace, killed: false });
                }
                // Leaving cannot wait as long as stopping could.
                (Some(stopping), Some((Outcome::Interrupted, grace))) => stopping.kill_at = stopping.kill_at.min(now + grace),
                _ => {}
            }
            if let Some(stopping) = stopping.as_mut().filter(|stopping| now >= stopping.kill_at) {
                // A stopped process cannot end before it goes on. Children may be born meanwhile: ask again.
                family.signal(Signal::CONT);
                family.signal(Signal::KILL);
                stopping.killed = true;
                stopping.kill_at = now + Duration::from_millis(100);
            }
            let news = self.capture.tell(self.events);
            let deadlines = [stopping.as_ref().map(|stopping| stopping.kill_at), timeout.filter(|_| stopping.is_none())];
            let next = deadlines.into_iter().flatten().map(|at| at.saturating_duration_since(now)).chain(news).min();
            let (readable, woken) = self.poll(next)?;
            if readable {
                self.read(&mut buffer)?;
            }
            if woken {
                let mut told = [0; 64];
                let len = self.news.read(&mut told)?;
                if told[..len].contains(&b'.') {
                    return Ok(stopping);
                }
            }
        }
    }

    /// What was printed before the end and is still in the pipe. Whoever else holds it open is not waited for.
    fn drain(&mut self) -> io::Result<()> {
        let end = Instant::now() + DRAIN;
        let mut buffer = vec![0; 256 * 1024];
        while self.pipe.is_some() && Instant::now() < end {
            let mut fds = [PollFd::new(self.pipe.as_ref().map_or(&self.news, |pipe| pipe), PollFlags::IN)];
            if poll(&mut fds, Some(DRAIN_QUIET))? == 0 {
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

    fn poll(&self, timeout: Option<Duration>) -> io::Result<(bool, bool)> {
        let ready = |fd: &PollFd<'_>| !fd.revents().is_empty();
        let news = PollFd::new(&self.news, PollFlags::IN);
        if let Some(pipe) = &self.pipe {
            let mut fds = [PollFd::new(pipe, PollFlags::IN), news];
            poll(&mut fds, timeout)?;
            Ok((ready(&fds[0]), ready(&fds[1])))
        } else {
            let mut fds = [news];
            poll(&mut fds, timeout)?;
            Ok((false, ready(&fds[0])))
        }
    }
}

fn poll(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> io::Result<usize> {
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    match rustix::event::poll(fds, timeout.as_ref()) {
        Err(rustix::io::Errno::INTR) => Ok(0),
        polled => polled.map_err(Into::into),
    }
}

/// Ends what outlived its leader, wherever it went. Returns how many that were.
fn end_the_rest(family: &mut Family) -> usize {
    let left = family.others().len();
    if left == 0 {
        return 0;
    }
    family.signal(Signal::TERM);
    wait_for_none(family, Duration::from_millis(200));
    // Killing and looking again, until a whole look finds nobody: what is killed may have just forked.
    for _ in 0..20 {
        if family.others().is_empty() {
            break;
        }
        family.signal(Signal::CONT);
        family.signal(Signal::KILL);
        wait_for_none(family, Duration::from_millis(50));
    }
    left
}

fn wait_for_none(family: &mut Family, longest: Duration) {
    let end = Instant::now() + longest;
    while !family.others().is_empty() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The verdict: the exit status, and whether we had a hand in it.
fn tell_end(captured: &mut Captured, status: ExitStatus, stopped: Option<Outcome>) {
    (captured.run.exit, captured.run.signal) = (status.code(), status.signal());
    captured.outcome = match (stopped, status.code()) {
        (Some(outcome), _) => outcome,
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
    let mut reports = Vec::new();
    for name in &order.outputs {
        let mut redactor = capture.redactor().another();
        match outputs::take(&order.workdir.join(name), started, &mut redactor) {
            Ok(bytes) => {
                let path = spool::file_path(&order.spool, &order.id, captured.outputs.len());
                let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
                file.write_all(&bytes)?;
                file.sync_all()?;
                captured.outputs.push(OutputFile { name: name.clone(), digest: Digest::of(&bytes), size: bytes.len() as u64 });
                for (rule, count) in redactor.counts() {
                    *captured.redactions.entry(rule.clone()).or_default() += count;
                }
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
    let found = checks(order, &reports)?;
    if let Some(why) = &found.unread {
        captured.notes.push(format!("its checks could not be read, so it does not count: {why}"));
    }
    captured.checks = found.checks;
    captured.unread = captured.unread.take().or(found.unread);
    spool::write_meta(&RealDisk, &order.spool, &order.id, &Meta::Finished { captured: Box::new(captured.clone()) })
}

/// The checks in the declared files and in what was printed.
fn checks(order: &RunOrder, reports: &[Vec<u8>]) -> io::Result<Reading> {
    let mut printed = Vec::new();
    let mut file = File::open(spool::out_path(&order.spool, &order.id))?;
    (&file).take(BUNDLE + 1).read_to_end(&mut printed)?;
    if printed.len() as u64 <= BUNDLE {
        return Ok(bundle_json::read(&printed, reports, order.bundle));
    }
    // A log, or a bundle that nobody can read: whether it looks like checks anywhere decides.
    let sign: &[u8] = if order.bundle { b"{" } else { b"\"checks\"" };
    let told = holds(&printed, sign) || holds_further(&mut file, &printed, sign)?;
    let (found, mut of_files) = (bundle_json::too_long(told), bundle_json::read(b"", reports, order.bundle));
    of_files.unread = of_files.unread.or(found.unread);
    Ok(of_files)
}

fn holds(bytes: &[u8], sign: &[u8]) -> bool {
    memchr::memmem::find(bytes, sign).is_some()
}

/// Looks through the rest of a file, also where the sign lies across two pieces of it.
fn holds_further(file: &mut File, before: &[u8], sign: &[u8]) -> io::Result<bool> {
    let mut piece = before[before.len().saturating_sub(sign.len())..].to_vec();
    let mut buffer = vec![0; 1024 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(false),
            Ok(len) => piece.extend_from_slice(&buffer[..len]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        if holds(&piece, sign) {
            return Ok(true);
        }
        piece.drain(..piece.len().saturating_sub(sign.len()));
    }
}
