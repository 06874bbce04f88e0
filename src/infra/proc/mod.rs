//! Proofs are guests: how a command of somebody else runs here without reaching the terminal, the token or the disk raw.
//!
//! A guard of its own starts each run and ends all of it ([`guard`]), also when we are killed. One thread a run owns it
//! from there to the verdict ([`run`]): it reads one pipe that carries both outputs in the order they were written and
//! hands everything to [`capture`]. The verdict is the exit status, never text.

mod capture;
mod envfile;
pub mod guard;
mod outputs;
mod run;
mod shell;
mod sys;

pub use guard::MARK;

use crate::app::{
    error::{Error, Kind},
    ports::{RunEvent, RunHandle, RunOrder, Runner},
};
use crate::infra::{
    disk::RealDisk,
    file::{
        reason,
        spool::{self, Meta},
    },
};
use guard::Ask;
use rustix::event::{PollFd, Timespec};
use std::{
    io,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    thread::JoinHandle,
    time::Duration,
};

/// Starts commands on this machine, each under a guard of its own.
#[derive(Clone, Debug)]
pub struct ProcessRunner {
    /// What is a guard when it is asked to be one.
    program: PathBuf,
}

impl ProcessRunner {
    /// This very program is the guard, even when it was replaced or removed since it was started.
    #[must_use]
    pub fn new() -> Self {
        let itself = PathBuf::from("/proc/self/exe");
        Self { program: if cfg!(target_os = "linux") { itself } else { std::env::current_exe().unwrap_or(itself) } }
    }

    /// Another program is the guard: for one that is none itself, a test or a bench.
    #[must_use]
    pub fn guarded_by(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into() }
    }

    /// Ends what runs left behind whose cockpit and guard were killed; returns how many processes that were. Call it
    /// before anything is started.
    #[must_use]
    pub fn sweep(spool_dir: &Path) -> usize {
        let Ok(listing) = std::fs::read_dir(spool_dir) else { return 0 };
        let names = listing.filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".json").map(str::to_owned));
        let abandoned = names.map(Into::into).filter(|run| match spool::read_meta(&RealDisk, spool_dir, run) {
            Some(Meta::Running { runner, .. }) => !runner.is_alive(),
            Some(Meta::Finished { .. }) | None => false,
        });
        abandoned.map(|run| guard::sweep(&run)).sum()
    }
}

impl Default for ProcessRunner {
    fn default() -> Self {
        Self::new()
    }
}

impl Runner for ProcessRunner {
    fn start(&self, order: RunOrder, events: Box<dyn Fn(RunEvent) + Send + Sync>) -> Result<Box<dyn RunHandle>, Error> {
        let failed = |why: String| Error::new(Kind::Storage, format!("the run of {} was not started", order.proof), why);
        if !spool::is_name(&order.id) {
            return Err(failed("its id cannot be a file name".into()));
        }
        // Should a guard be killed, its children fall to us, so that they can be found and ended.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
        let opened =
            run::open_spool(&order).map_err(|error| failed(format!("the spool cannot be written: {}", reason(&error))))?;
        let (ours, theirs) = UnixStream::pair().map_err(|error| failed(error.to_string()))?;
        let post = ours.try_clone().map_err(|error| failed(error.to_string()))?;
        let (proof, program) = (order.proof.clone(), self.program.clone());
        let thread = std::thread::Builder::new()
            .name(format!("run {}", order.id))
            .spawn(move || run::run(&program, &order, opened, (ours, theirs), &*events))
            .map_err(|error| Error::new(Kind::Storage, format!("the run of {proof} was not started"), error.to_string()))?;
        Ok(Box::new(Handle { post, thread: Some(thread) }))
    }

    fn env_file(&self, path: &Path) -> Result<Option<Vec<(String, String)>>, Error> {
        envfile::read(path)
    }
}

/// A run under way on this machine.
struct Handle {
    post: UnixStream,
    thread: Option<JoinHandle<()>>,
}

impl RunHandle for Handle {
    fn stop(&self) {
        guard::ask(&self.post, Ask::Stop);
    }

    fn kill(&self) {
        guard::ask(&self.post, Ask::Kill);
    }
}

impl Drop for Handle {
    /// Whoever lets go of a run leaves: it is ended at once, and nothing of it is there when this returns.
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        if thread.is_finished() || thread.thread().id() == std::thread::current().id() {
            return;
        }
        guard::ask(&self.post, Ask::Leave);
        let _ = thread.join();
    }
}

/// Waits until one of them is ready or the time is up; a signal that comes meanwhile counts as nothing.
fn poll(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> io::Result<usize> {
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    match rustix::event::poll(fds, timeout.as_ref()) {
        Err(rustix::io::Errno::INTR) => Ok(0),
        polled => polled.map_err(Into::into),
    }
}
