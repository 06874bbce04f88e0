//! The other end: what a guard does from its first moment to its last.
//!
//! It sleeps until one of three things happens: something of the run has ended, its holder wants something or is gone, or
//! the time is up. Then it climbs the ladder: TERM, a moment, CONT and KILL, again and again until nobody is left.

use super::{Ask, Cause, Charge, Told, family::Descendants, receive, send};
use crate::infra::proc::{poll, sys};
use rustix::{
    event::{PollFd, PollFlags},
    process::{Pid, Signal, WaitOptions},
};
use std::{
    io::{self, PipeReader, PipeWriter, Read as _, Write as _},
    os::{fd::AsFd as _, unix::net::UnixStream},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Between asking a command to end and ending it.
const GRACE: Duration = Duration::from_secs(3);
/// The same when its holder is leaving and somebody waits for the prompt.
const GRACE_ON_LEAVING: Duration = Duration::from_millis(300);
/// The same for what outlived its leader.
const GRACE_OF_THE_REST: Duration = Duration::from_millis(200);
/// What is killed may have just forked: it is looked at again this soon.
const AGAIN: Duration = Duration::from_millis(50);
/// Whoever is still there so long after the first KILL belongs to another user, or hangs in the kernel.
const ENOUGH: Duration = Duration::from_secs(5);

/// Guards one run from its start to the end of its last process.
pub fn stand() -> io::Result<()> {
    // A session of its own: what ends the cockpit's must not reach in here. It has one already when somebody tries this
    // by hand in a place of its own.
    let _ = rustix::process::setsid();
    sys::turn_a_deaf_ear();
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let mut post = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let charge: Charge = receive(&mut post)?;
    let leader = match start(&charge) {
        Ok(leader) => leader,
        Err(why) => return send(&mut post, &Told::NotStarted(format!("not started: {why}"))),
    };
    silence()?;
    let timeout = charge.timeout.and_then(|after| Instant::now().checked_add(after));
    let deaths = reap(leader)?;
    let mut watch = Watch { post, deserted: false, leader, deaths, timeout, ladder: None, status: None, left: 0 };
    let told = watch.until_nobody_is_left()?;
    send(&mut watch.post, &told)
}

/// Starts the command. Its outputs are ours, and not ours any more when it has them.
fn start(charge: &Charge) -> io::Result<Pid> {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(&charge.line).env_clear().envs(charge.env.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null());
    sys::as_guest(&mut command);
    let child = command.spawn()?;
    i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or_else(|| io::Error::other("a process without a number"))
}

/// Whoever reads the output waits for its end; it must not be us who keeps it open.
fn silence() -> io::Result<()> {
    let nothing = std::fs::OpenOptions::new().write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdout(&nothing)?;
    Ok(rustix::stdio::dup2_stderr(&nothing)?)
}

/// Buries every child that ends, and tells of the leader. The pipe closes with the last one: whatever descends from us is
/// below some child of ours.
fn reap(leader: Pid) -> io::Result<PipeReader> {
    let (read, write) = io::pipe()?;
    std::thread::Builder::new().spawn(move || bury(leader, write))?;
    Ok(read)
}

fn bury(leader: Pid, mut told: PipeWriter) {
    loop {
        match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == leader => {
                let [a, b, c, d] = status.as_raw().to_ne_bytes();
                let _ = told.write_all(&[a, b, c, d, u8::from(nobody_is_left())]);
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
    }
}

fn nobody_is_left() -> bool {
    loop {
        match rustix::process::wait(WaitOptions::NOHANG) {
            Ok(Some(_)) | Err(rustix::io::Errno::INTR) => {}
            Ok(None) => return false,
            Err(_) => return true,
        }
    }
}

/// A run under way.
struct Watch {
    post: UnixStream,
    /// Nobody is at the other end any more.
    deserted: bool,
    leader: Pid,
    deaths: PipeReader,
    timeout: Option<Instant>,
    ladder: Option<Ladder>,
    /// The leader's, once it has ended.
    status: Option<i32>,
    left: usize,
}

/// A run that is being ended: asked to, and killed from `kill_at` on.
struct Ladder {
    by: Option<Cause>,
    kill_at: Instant,
    killed: Option<Instant>,
}

impl Watch {
    fn until_nobody_is_left(&mut self) -> io::Result<Told> {
        loop {
            self.climb();
            let (asked, died) = self.wait()?;
            if asked {
                self.hear();
            }
            if died && self.bury()? || self.is_given_up() {
                break;
            }
        }
        let status = self.status.ok_or_else(|| io::Error::other("its end was not seen"))?;
        Ok(Told::Ended { status, by: self.ladder.as_ref().and_then(|ladder| ladder.by), left: self.left })
    }

    /// What is due on the ladder.
    fn climb(&mut self) {
        let now = Instant::now();
        if self.ladder.is_none() && self.timeout.is_some_and(|at| now >= at) {
            self.end(Some(Cause::Timeout), GRACE);
        }
        if self.ladder.as_ref().is_none_or(|ladder| now < ladder.kill_at) {
            return;
        }
        // A stopped process cannot end before it goes on.
        self.signal(Signal::CONT);
        self.signal(Signal::KILL);
        if let Some(ladder) = &mut self.ladder {
            ladder.killed.get_or_insert(now);
            ladder.kill_at = now + AGAIN;
        }
    }

    /// Asks everyone to end, or shortens the time of those who were asked before: the first reason is the one that is told.
    fn end(&mut self, by: Option<Cause>, grace: Duration) {
        let kill_at = Instant::now() + grace;
        if let Some(ladder) = &mut self.ladder {
            ladder.kill_at = ladder.kill_at.min(kill_at);
            return;
        }
        self.signal(Signal::TERM);
        self.ladder = Some(Ladder { by, kill_at, killed: None });
    }

    #[cfg(target_os = "linux")]
    fn signal(&self, signal: Signal) {
        let _ = self.leader;
        Descendants::of_us().signal(signal);
    }

    #[cfg(not(target_os = "linux"))]
    fn signal(&self, signal: Signal) {
        let _ = rustix::process::kill_process_group(self.leader, signal);
    }

    /// Sleeps until something happens or is due: whether the holder wants something, and whether somebody has ended.
    fn wait(&self) -> io::Result<(bool, bool)> {
        let due = self.ladder.as_ref().map_or(self.timeout, |ladder| Some(ladder.kill_at));
        let due = due.map(|at| at.saturating_duration_since(Instant::now()));
        let ready = |fd: &PollFd<'_>| !fd.revents().is_empty();
        let mut fds = [PollFd::new(&self.deaths, PollFlags::IN), PollFd::new(&self.post, PollFlags::IN)];
        let waited = if self.deserted { &mut fds[..1] } else { &mut fds[..] };
        poll(waited, due)?;
        Ok((ready(&fds[1]), ready(&fds[0])))
    }

    /// What its holder wants. When that is gone without a word, the run has to go as well, in good order.
    fn hear(&mut self) {
        let mut asked = [0; 16];
        match self.post.read(&mut asked) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => {
                self.deserted = true;
                self.end(Some(Cause::Leave), GRACE);
            }
            Ok(len) => {
                for word in asked.iter().take(len) {
                    match Ask::of(*word) {
                        Ask::Stop => self.end(Some(Cause::Stop), GRACE),
                        Ask::Leave => self.end(Some(Cause::Leave), GRACE_ON_LEAVING),
                        Ask::Kill => self.end(Some(Cause::Leave), Duration::ZERO),
                    }
                }
            }
        }
    }

    /// Takes note of an end; whether that was the last. The run ends with its leader: the rest has to follow.
    fn bury(&mut self) -> io::Result<bool> {
        let mut told = [0; 5];
        match self.deaths.read(&mut told) {
            Ok(0) => return Ok(true),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(false),
            read => read?,
        };
        let [a, b, c, d, alone] = told;
        self.status = Some(i32::from_ne_bytes([a, b, c, d]));
        if alone == 1 {
            return Ok(true);
        }
        self.left = Descendants::of_us().count();
        self.end(None, GRACE_OF_THE_REST);
        Ok(false)
    }

    fn is_given_up(&self) -> bool {
        let killed = self.ladder.as_ref().and_then(|ladder| ladder.killed);
        self.status.is_some() && killed.is_some_and(|since| since.elapsed() > ENOUGH)
    }
}
