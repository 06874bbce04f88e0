//! The processes of a run, found in the process table: whoever descends from its guard.
//!
//! Where there is no `/proc`, and nobody to whom orphans fall, the leader's group is all that can be reached.

use super::MARK;
use crate::domain::ids::RunId;
use rustix::process::{Pid, Signal};
use std::{
    collections::BTreeSet,
    fs, io,
    process::Child,
    sync::{Mutex, PoisonError},
};

/// Our children that are guards, and nobody's orphans.
static GUARDS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

/// One line of the process table.
struct Row {
    pid: i32,
    parent: i32,
    session: i32,
    zombie: bool,
    born: u64,
}

/// Everyone who descends from this process and has not ended.
pub struct Descendants(Vec<Row>);

impl Descendants {
    /// As they are now.
    pub fn of_us() -> Self {
        let us = rustix::process::getpid().as_raw_nonzero().get();
        Self(below(table(), |row| row.parent == us))
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Sends each of them a signal.
    pub fn signal(&self, signal: Signal) {
        for row in &self.0 {
            send(row, signal);
        }
    }
}

/// Those that `is_root` picks and everyone below them, less those that have ended.
fn below(mut rows: Vec<Row>, is_root: impl Fn(&Row) -> bool) -> Vec<Row> {
    let mut found: Vec<Row> = rows.extract_if(.., |row| is_root(row)).collect();
    let mut from = 0;
    // Parents may come after their children in the table.
    while from < found.len() {
        let parents: BTreeSet<i32> = found[from..].iter().map(|row| row.pid).collect();
        from = found.len();
        found.extend(rows.extract_if(.., |row| parents.contains(&row.parent)));
    }
    found.retain(|row| !row.zombie);
    found
}

/// Its number may belong to somebody else by now, so it is held fast first and looked at again.
#[cfg(target_os = "linux")]
fn send(to: &Row, signal: Signal) {
    let Some(pid) = Pid::from_raw(to.pid) else { return };
    match rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()) {
        Ok(held) => {
            if row(to.pid).is_some_and(|now| now.born == to.born) {
                let _ = rustix::process::pidfd_send_signal(held, signal);
            }
        }
        Err(rustix::io::Errno::NOSYS) => {
            let _ = rustix::process::kill_process(pid, signal);
        }
        Err(_) => {}
    }
}

#[cfg(not(target_os = "linux"))]
fn send(to: &Row, signal: Signal) {
    let _ = Pid::from_raw(to.pid).map(|pid| rustix::process::kill_process(pid, signal));
}

/// Starts a guard, and knows it before anybody can take it for an orphan.
pub fn known(start: impl FnOnce() -> io::Result<Child>) -> io::Result<Child> {
    let mut guards = GUARDS.lock().unwrap_or_else(PoisonError::into_inner);
    let child = start()?;
    guards.extend(i32::try_from(child.id()));
    Ok(child)
}

/// Such a guard has ended and was waited for.
pub fn forget(child: &Child) {
    let mut guards = GUARDS.lock().unwrap_or_else(PoisonError::into_inner);
    guards.retain(|pid| u32::try_from(*pid) != Ok(child.id()));
}

/// Ends what fell to us because its guard was killed. Whoever shares our session is no guest: an editor, a pager.
pub fn end_orphans() {
    let us = rustix::process::getpid().as_raw_nonzero().get();
    for _ in 0..20 {
        let guards = GUARDS.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = table();
        let Some(session) = rows.iter().find(|row| row.pid == us).map(|row| row.session) else { return };
        let orphan = |row: &Row| row.parent == us && row.session != session && !guards.contains(&row.pid);
        let ended: Vec<i32> = rows.iter().filter(|row| row.zombie && orphan(row)).map(|row| row.pid).collect();
        for pid in ended.into_iter().filter_map(Pid::from_raw) {
            let _ = rustix::process::waitpid(Some(pid), rustix::process::WaitOptions::NOHANG);
        }
        let left = below(rows, orphan);
        drop(guards);
        if left.is_empty() {
            return;
        }
        for row in &left {
            send(row, Signal::KILL);
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// Ends what a run left behind whose cockpit and guard were both killed. Returns how many processes that were.
#[must_use]
pub fn sweep(run: &RunId) -> usize {
    let mark = format!("{MARK}={run}").into_bytes();
    let us = rustix::process::getpid().as_raw_nonzero().get();
    let left = table().into_iter().filter(|row| row.pid != us && mark_of(row.pid).is_some_and(|found| found == mark));
    let left: Vec<Pid> = left.filter_map(|row| Pid::from_raw(row.pid)).collect();
    left.iter().filter(|pid| rustix::process::kill_process(**pid, Signal::KILL).is_ok()).count()
}

/// The mark in a process's environment; `None` without one, or when it may not be read.
fn mark_of(pid: i32) -> Option<Vec<u8>> {
    let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
    environment.split(|byte| *byte == 0).find(|pair| pair.starts_with(b"LAUNCHROOM_RUN=")).map(<[u8]>::to_vec)
}

/// All processes; empty where there is no `/proc`.
fn table() -> Vec<Row> {
    let Ok(listing) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = listing.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    pids.filter_map(row).collect()
}

fn row(pid: i32) -> Option<Row> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold anything, brackets and spaces too.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let zombie = matches!(fields.next()?, "Z" | "X");
    let parent = fields.next()?.parse().ok()?;
    let session = fields.nth(1)?.parse().ok()?;
    let born = fields.nth(15)?.parse().ok()?;
    Some(Row { pid, parent, session, zombie, born })
}
