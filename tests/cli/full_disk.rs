//! A disk with no room left, on a small one of our own. Only an administrator may make one: elsewhere nothing is tested.

use crate::desk::Desk;
use std::path::Path;
use std::process::Command;

const PROOF: &str = "first-customer-launch-plan";

/// A room on a disk of 512 kB; `None` where none can be made.
struct Small {
    desk: Desk,
}

impl Small {
    fn with_command(command: &str) -> Option<Self> {
        let desk = Desk::empty();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=512k", "tmpfs"]).arg(desk.home()).output();
        if !mounted.is_ok_and(|ended| ended.status.success()) {
            eprintln!("not tested: no disk can be mounted here");
            return None;
        }
        let small = Self { desk };
        small.desk.ok(&["init", "--tenant", "Northwind Logistics", "--kickoff", "2026-11-02"]);
        let text = small.desk.read("launchroom.toml");
        small.desk.write("launchroom.toml", format!("{text}\n[commands]\n{PROOF} = '{command}'\n"));
        Some(small)
    }

    fn fill(&self) {
        let _ = Command::new("sh").args(["-c", "cat /dev/zero > full"]).current_dir(self.desk.home()).output();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.desk.home()).output();
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_disk_that_is_full_before_a_run_is_told_and_nothing_is_left_over() {
    let Some(small) = Small::with_command("echo hello") else { return };
    small.desk.ok(&["run", PROOF, "--trust"]);
    let spool = small.desk.path("launchroom.evidence/locked/spool");
    let before = names(&spool);
    small.fill();
    let told = small.desk.run(&["run", PROOF]);
    assert_eq!(told.code, 5, "{told:?}");
    assert!(told.err.to_lowercase().contains("no space left on device"), "{told:?}");
    assert_eq!(names(&spool), before, "{told:?}");
}

#[test]
fn a_run_that_fills_the_disk_is_told_once_and_stays_in_the_ledger() {
    let Some(small) = Small::with_command("head -c 900000 /dev/zero | tr \"\\\\0\" x; echo") else { return };
    let told = small.desk.run(&["run", PROOF, "--trust", "--attach"]);
    assert_eq!(told.code, 5, "{told:?}");
    assert_eq!(told.err.matches("could not be kept").count(), 1, "{}", told.err);
    assert!(!told.err.contains("not in the ledger"), "{}", told.err);
    let log = small.desk.json(&["log", "--json"]);
    let last = log.as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["kind"], &last["body"]["outcome"]), (&"run.finished".into(), &"interrupted".into()), "{last:#}");
}
