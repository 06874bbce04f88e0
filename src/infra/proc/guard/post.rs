//! Our end: starts a guard, tells it what to do, and hears how it went.

use super::{Ask, Charge, Told, WORD, family, receive, send};
use crate::app::ports::RunOrder;
use crate::infra::proc::shell;
use std::{
    io::{self, PipeReader, Write as _},
    net::Shutdown,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::{net::UnixStream, process::CommandExt as _},
    },
    path::Path,
    process::{Child, Command},
};

/// A guard on duty. Letting go of it, however that happens, ends the run.
pub struct Guard {
    child: Child,
    post: UnixStream,
}

impl Guard {
    /// Starts a guard and through it the command; what that prints comes out of the pipe. `ours` and `theirs` are the two
    /// ends of one socket. In words, why it could not be started.
    pub fn set(program: &Path, order: &RunOrder, mut ours: UnixStream, theirs: UnixStream) -> Result<(Self, PipeReader), String> {
        if !order.workdir.is_dir() {
            return Err(format!("not started: the folder {} is gone", order.workdir.display()));
        }
        let failed = |error: io::Error| format!("not started: {error}");
        let (read, write) = io::pipe().map_err(failed)?;
        #[cfg(target_os = "linux")]
        let _ = rustix::pipe::fcntl_setpipe_size(&read, 1 << 20);
        // Both outputs share one pipe: what was printed first is read first.
        let second = write.try_clone().map_err(failed)?;
        let mut command = Command::new(program);
        // Under a name of its own, so that whoever ends all cockpits by name leaves the guards to their work.
        command.arg0("proof-guard").args([WORD, order.id.as_str()]).env_clear().current_dir(&order.workdir);
        command.stdin(OwnedFd::from(theirs)).stdout(write).stderr(second);
        let child = family::known(|| command.spawn()).map_err(failed)?;
        // It keeps the other ends open, and would for as long as it lives.
        drop(command);
        let mut env = order.env.clone();
        env.push((super::MARK.into(), order.id.to_string()));
        let charge = Charge { line: shell::line(&order.command), env, timeout: order.timeout };
        let sent = send(&mut ours, &charge);
        let guard = Self { child, post: ours };
        sent.map(|()| (guard, read)).map_err(failed)
    }

    /// For waiting until there is something to hear.
    pub fn post(&self) -> BorrowedFd<'_> {
        self.post.as_fd()
    }

    /// Asks for the end of the run.
    pub fn ask(&self, wanted: Ask) {
        ask(&self.post, wanted);
    }

    /// Hears how the run ended. `None`: the guard went without a word, and its command with it.
    pub fn hear(mut self) -> Option<Told> {
        let told = receive(&mut self.post).ok();
        if told.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
            family::end_orphans();
        }
        told
    }
}

impl Drop for Guard {
    /// It has nothing left to do, or learns here that it has to end what it guards; both are short.
    fn drop(&mut self) {
        let _ = self.post.shutdown(Shutdown::Both);
        let _ = self.child.wait();
        family::forget(&self.child);
    }
}

/// Tells a guard what is wanted. When the run is over nobody listens, and there is nothing left to ask for.
pub fn ask(mut post: &UnixStream, ask: Ask) {
    let _ = post.write_all(&[ask as u8]);
}
