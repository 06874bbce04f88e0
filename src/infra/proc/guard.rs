//! Ends a run's group when we go without a word: killed, crashed, or out of memory.
//!
//! A small shell waits for the end of a pipe that only we hold open. However we end, the kernel closes it. The leader
//! itself also has a death signal; its children have not, and this reaches them.

use super::{family, sys};
use rustix::process::Pid;
use std::process::{Child, Command, Stdio};

/// Watches over one run until it is dropped.
pub struct Guard(Option<Child>);

impl Guard {
    /// Sets a guard for the group of this leader. Without one, what is left is found at the next start.
    pub fn set(leader: Pid) -> Self {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "read _; kill -s KILL -- -$0", &leader.as_raw_nonzero().to_string()]);
        command.env_clear().stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        sys::apart(&mut command);
        Self(family::known(|| command.spawn().ok()))
    }
}

impl Drop for Guard {
    /// The run is over; has to come before its number is free again.
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
            family::forget(&child);
        }
    }
}
