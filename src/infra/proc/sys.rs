//! What happens between fork and exec. The one place with `unsafe`: the standard library hands over this moment only so.
//!
//! Nothing in here allocates, locks or panics: another thread may have held any lock when the process was copied.
#![allow(unsafe_code, reason = "`pre_exec`, `signal` and `close_range` have no safe form")]

use std::{io, os::unix::process::CommandExt as _, process::Command};

/// Makes the command a guest: a session of its own without a terminal, default signals, no files but 0 to 2, and an end
/// when the thread that started it ends without having stopped it.
pub fn as_guest(command: &mut Command) {
    // SAFETY: `prepare` makes system calls only, all of them allowed between fork and exec.
    unsafe {
        command.pre_exec(prepare);
    }
}

/// For a guard: what asks whole groups to end does not mean the one who has to see to it.
pub fn turn_a_deaf_ear() {
    for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGTSTP, libc::SIGPIPE] {
        // SAFETY: ignoring a signal touches no memory of ours.
        unsafe {
            libc::signal(signal, libc::SIG_IGN);
        }
    }
}

fn prepare() -> io::Result<()> {
    rustix::process::setsid()?;
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    for signal in 1..65 {
        // SAFETY: resetting to the default touches no memory of ours. It fails where nobody may choose: KILL,
        // STOP, and the two that the C library keeps for itself.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
        }
    }
    close_others();
    Ok(())
}

/// Everything above 2 closes at exec, whoever opened it; until then the standard library still needs its own.
#[cfg(target_os = "linux")]
fn close_others() {
    const CLOSE_ON_EXEC: libc::c_uint = 4;
    // SAFETY: sets a flag on file descriptors; an older kernel says no, and then only files opened without care leak.
    unsafe {
        libc::syscall(libc::SYS_close_range, 3 as libc::c_uint, libc::c_uint::MAX, CLOSE_ON_EXEC);
    }
}

#[cfg(not(target_os = "linux"))]
fn close_others() {
    for fd in 3..1024 {
        // SAFETY: sets a flag on a file descriptor, or fails when there is none.
        unsafe {
            libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC);
        }
    }
}
