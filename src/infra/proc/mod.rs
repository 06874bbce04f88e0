//! Proofs are guests: how a command of somebody else runs here without reaching the terminal, the token or the disk raw.
//!
//! One thread a run owns it from fork to verdict ([`run`]). It reads one pipe that carries both outputs in the order they
//! were written, hands everything to [`capture`], and climbs the stop ladder. The verdict is the exit status, never text.

mod capture;
mod envfile;
mod family;
mod guard;
mod outputs;
mod run;
mod shell;
mod sys;
#[cfg(test)]
mod tests;

pub use family::MARK;

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
use run::Ask;
use std::sync::Arc;
use std::{
    io::{PipeWriter, Write as _},
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    thread::JoinHandle,
};

/// Starts commands on this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessRunner;

impl ProcessRunner {
    /// Ends what runs left behind whose cockpit was killed; returns how many processes that were. Call it before anything
    /// is started.
    #[must_use]
    pub fn sweep(spool_dir: &Path) -> usize {
        let Ok(listing) = std::fs::read_dir(spool_dir) else { return 0 };
        let names = listing.filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".json").map(str::to_owned));
        let abandoned = names.map(Into::into).filter(|run| match spool::read_meta(&RealDisk, spool_dir, run) {
            Some(Meta::Running { runner, .. }) => !runner.is_alive(),
            Some(Meta::Finished { .. }) | None => false,
        });
        abandoned.map(|run| family::sweep(&run)).sum()
    }
}

impl Runner for ProcessRunner {
    fn start(&self, order: RunOrder, events: Box<dyn Fn(RunEvent) + Send + Sync>) -> Result<Box<dyn RunHandle>, Error> {
        let failed = |why: String| Error::new(Kind::Storage, format!("the run of {} was not started", order.proof), why);
        if !spool::is_name(&order.id) {
            return Err(failed("its id cannot be a file name".into()));
        }
        // Children whose parent goes fall to us, so that they can be found and ended.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
        let opened =
            run::open_spool(&order).map_err(|error| failed(format!("the spool cannot be written: {}", reason(&error))))?;
        let (news, wake) = std::io::pipe().map_err(|error| failed(error.to_string()))?;
        let wanted = Arc::new(AtomicU8::new(Ask::Nothing as u8));
        let wake_leader = wake.try_clone().map_err(|error| failed(error.to_string()))?;
        let asked = Arc::clone(&wanted);
        let proof = order.proof.clone();
        let thread = std::thread::Builder::new()
            .name(format!("run {}", order.id))
            .spawn(move || run::run(&order, opened, news, wake_leader, &asked, &*events))
            .map_err(|error| Error::new(Kind::Storage, format!("the run of {proof} was not started"), error.to_string()))?;
        Ok(Box::new(Handle { wanted, wake: Mutex::new(wake), thread: Some(thread) }))
    }

    fn env_file(&self, path: &Path) -> Result<Option<Vec<(String, String)>>, Error> {
        envfile::read(path)
    }
}

/// A run under way on this machine.
struct Handle {
    wanted: Arc<AtomicU8>,
    wake: Mutex<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Handle {
    fn ask(&self, ask: Ask) {
        self.wanted.fetch_max(ask as u8, Ordering::SeqCst);
        // When the run is over nobody listens, and there is nothing left to ask for.
        let _ = self.wake.lock().unwrap_or_else(PoisonError::into_inner).write_all(b"!");
    }
}

impl RunHandle for Handle {
    fn stop(&self) {
        self.ask(Ask::Stop);
    }

    fn kill(&self) {
        self.ask(Ask::Kill);
    }
}

impl Drop for Handle {
    /// Whoever lets go of a run leaves: it is ended at once, and nothing of it is there when this returns.
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        if thread.is_finished() || thread.thread().id() == std::thread::current().id() {
            return;
        }
        self.ask(Ask::Leave);
        let _ = thread.join();
    }
}
