//! The processes of a run: its group, and those that left it.
//!
//! A child can leave the group and the session, and its parent can go before it does. It is known by the mark in its
//! environment, by its line of parents, or because it fell to us: we are the subreaper of whatever we start.

use crate::domain::ids::RunId;
use rustix::process::{Pid, Signal, WaitOptions};
use std::{
    collections::BTreeSet,
    fs,
    process::Child,
    sync::{Mutex, PoisonError},
};

/// The variable that marks every process of a run.
pub const MARK: &str = "LAUNCHROOM_RUN";

/// Leaders of the runs under way and their guards: children of ours that are nobody's orphans.
static LEADERS: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

/// The leader of a run and everything that comes from it.
pub struct Family {
    leader: Pid,
    /// When the leader was born; whoever is older is not of the family.
    born: u64,
    mark: Vec<u8>,
    /// Seen as a descendant at some time, with the start time that tells it from a later process of its number.
    seen: BTreeSet<(i32, u64)>,
}

/// One line of the process table.
struct Row {
    pid: i32,
    parent: i32,
    session: i32,
    zombie: bool,
    born: u64,
}

impl Family {
    /// The family of a run whose leader has just been started.
    pub fn new(run: &RunId, leader: Pid) -> Self {
        let pid = leader.as_raw_nonzero().get();
        LEADERS.lock().unwrap_or_else(PoisonError::into_inner).insert(pid);
        Self {
            leader,
            born: row(pid).map_or(0, |row| row.born),
            mark: format!("{MARK}={run}").into_bytes(),
            seen: BTreeSet::new(),
        }
    }

    /// Sends a signal to the group and to everyone who left it.
    pub fn signal(&mut self, signal: Signal) {
        let _ = rustix::process::kill_process_group(self.leader, signal);
        for pid in self.others() {
            let _ = rustix::process::kill_process(pid, signal);
        }
    }

    /// Those that live, the leader aside. Those that ended and fell to us are buried.
    pub fn others(&mut self) -> Vec<Pid> {
        let (us, rows) = (rustix::process::getpid().as_raw_nonzero().get(), table());
        let our_session = rows.iter().find(|row| row.pid == us).map_or(0, |row| row.session);
        let leader = self.leader.as_raw_nonzero().get();
        let leaders = LEADERS.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut ours: BTreeSet<i32> = [leader].into();
        for row in rows.iter().filter(|row| row.born >= self.born) {
            let orphan = row.parent == us && row.session != our_session && !leaders.contains(&row.pid);
            let known = row.session == leader || self.seen.contains(&(row.pid, row.born));
            let mark = || mark_of(row.pid);
            if row.pid != us && (known || mark().is_some_and(|mark| mark == self.mark) || orphan && mark().is_none()) {
                ours.insert(row.pid);
            }
        }
        // Parents may come after their children in the table.
        loop {
            let theirs = |row: &&Row| ours.contains(&row.parent) && !ours.contains(&row.pid) && row.pid != us;
            let more: Vec<i32> = rows.iter().filter(theirs).map(|row| row.pid).collect();
            if more.is_empty() {
                break;
            }
            ours.extend(more);
        }
        let mut alive = Vec::new();
        for row in rows.iter().filter(|row| row.pid != leader && ours.contains(&row.pid)) {
            self.seen.insert((row.pid, row.born));
            let Some(pid) = Pid::from_raw(row.pid) else { continue };
            if !row.zombie {
                alive.push(pid);
            } else if row.parent == us {
                let _ = rustix::process::waitpid(Some(pid), WaitOptions::NOHANG);
            }
        }
        alive
    }
}

/// Starts a child that is no orphan of any run, before anybody can take it for one.
pub fn known(start: impl FnOnce() -> Option<Child>) -> Option<Child> {
    let mut leaders = LEADERS.lock().unwrap_or_else(PoisonError::into_inner);
    let child = start()?;
    leaders.extend(i32::try_from(child.id()));
    Some(child)
}

/// Such a child has ended and was waited for.
pub fn forget(child: &Child) {
    let mut leaders = LEADERS.lock().unwrap_or_else(PoisonError::into_inner);
    leaders.retain(|pid| u32::try_from(*pid) != Ok(child.id()));
}

impl Drop for Family {
    fn drop(&mut self) {
        LEADERS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.leader.as_raw_nonzero().get());
    }
}

/// Ends what a run left behind whose cockpit was killed. Returns how many processes that were.
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

/// All processes; empty where there is no `/proc`, and then the group is all that can be reached.
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
