//! The runner's writing, on a disk that fails or loses its power at every step.

use super::*;
use crate::infra::disk::{Fault, Survives};
use crate::infra::file::Spooling;
use std::io;

const PRINTED: [&[u8]; 3] = [b"one\n", b"two\n", b"three\n"];
const FILE: &[u8] = b"{\"checks\":[]}";

fn printed() -> Vec<u8> {
    PRINTED.concat()
}

/// What the runner knows at the end of the run.
fn finished() -> Captured {
    captured("run-1", &printed(), &[FILE])
}

/// One whole run. What could not be written is given up, as the runner does.
fn run(disk: &FaultyDisk, folder: &Path) -> io::Result<()> {
    let started = Captured { outcome: Outcome::Interrupted, ..captured("run-1", b"", &[]) };
    let mut spooling = Spooling::open(Arc::new(disk.clone()), folder, &started)?;
    let done = (|| {
        PRINTED.iter().try_for_each(|bytes| spooling.print(bytes))?;
        spooling.sync()?;
        spooling.keep_file(FILE)?;
        spooling.finish(&finished())
    })();
    if done.is_err() {
        spooling.give_up(started);
    }
    done
}

fn begin() -> (FaultyDisk, FileStore, std::path::PathBuf) {
    let disk = fresh();
    let store = open(&disk);
    let folder = store.spool_dir().unwrap();
    disk.strike(None);
    (disk, store, folder)
}

fn steps() -> u64 {
    let (disk, _, folder) = begin();
    run(&disk, &folder).unwrap();
    disk.steps()
}

/// Whatever happened, what is listed is what it says it is, and attaching it keeps those very bytes.
fn check(disk: &FaultyDisk, acknowledged: bool, at: &str) {
    let store = open(disk);
    // The runner's number may be ours: nobody is alive who could still be capturing.
    disk.strike(None);
    let found = store.spooled().unwrap_or_else(|error| panic!("{at}: {error}"));
    if acknowledged {
        assert_eq!(found, [finished()], "{at}: a run that was acknowledged is gone");
    }
    for run in found {
        let bytes = store.spooled_bytes(&run.run.id).unwrap_or_else(|error| panic!("{at}: {error}"));
        assert_eq!((run.digest, run.size), (Digest::of(&bytes), bytes.len() as u64), "{at}");
        match run.outcome {
            Outcome::Interrupted => assert_eq!(run.outputs, [], "{at}"),
            _ => assert_eq!(run, finished(), "{at}: half a run is shown as a whole one"),
        }
        store.keep_spooled(&run.run.id, Class::Public).unwrap_or_else(|error| panic!("{at}: {error}"));
        update(&store, attach(run.digest, Some(run.run.clone()))).unwrap();
        disk.power_loss(Survives::Synced);
        let kept = open(disk).blob(&run.digest).unwrap_or_else(|error| panic!("{at}: {error}"));
        assert_eq!(kept.as_deref(), Some(&*bytes), "{at}: attached, and not what was shown");
    }
    // What is left over is taken away by the next one who writes.
    let store = open(disk);
    store.discard(&"run-1".into()).unwrap();
    update(&open(disk), withdraw(1)).unwrap();
    let left: Vec<_> = disk.paths().into_iter().filter(|path| path.contains("run-1")).collect();
    assert!(left.iter().all(|path| path.rsplit('.').next() == Some("tmp")), "{at}: {left:?}");
}

#[test]
fn a_run_is_whole_interrupted_or_unknown_wherever_the_power_fails() {
    for (step, survives) in (0..=steps()).flat_map(|step| Survives::ALL.map(|survives| (step, survives))) {
        let (disk, _, folder) = begin();
        disk.strike(Some(Fault::Crash(step)));
        let acknowledged = run(&disk, &folder).is_ok();
        disk.power_loss(survives);
        bury(&disk);
        check(&disk, acknowledged, &format!("cut at step {step}, {survives:?}"));
    }
}

#[test]
fn a_run_is_whole_or_interrupted_wherever_the_disk_fails() {
    for fault in (0..steps()).flat_map(|step| [Fault::Once(step), Fault::Full(step), Fault::Sync(step), Fault::ReadOnly(step)]) {
        let (disk, _, folder) = begin();
        disk.strike(Some(fault));
        let acknowledged = run(&disk, &folder).is_ok();
        disk.strike(None);
        bury(&disk);
        check(&disk, acknowledged, &format!("{fault:?}"));
    }
}

#[test]
fn bytes_that_the_disk_did_not_confirm_are_copied_and_never_synced_again() {
    let (disk, store, folder) = begin();
    let started = Captured { outcome: Outcome::Interrupted, ..captured("run-1", b"", &[]) };
    let mut spooling = Spooling::open(Arc::new(disk.clone()), &folder, &started).unwrap();
    // More than is given back to a full disk, so that something is left to look at.
    let bytes = b"0123456789abcdef".repeat(8 * 1024);
    spooling.print(&bytes).unwrap();
    disk.strike(Some(Fault::Sync(0)));
    spooling.sync().unwrap_err();
    spooling.give_up(started);
    let found = store.spooled().unwrap().remove(0);
    assert_eq!((found.outcome, found.size), (Outcome::Interrupted, 64 * 1024));
    store.keep_spooled(&"run-1".into(), Class::Public).unwrap();
    disk.power_loss(Survives::Synced);
    assert_eq!(open(&disk).blob(&found.digest).unwrap().unwrap(), &bytes[..64 * 1024]);
}

/// The process that captured is gone. Here it is this one, so the description is told.
fn bury(disk: &FaultyDisk) {
    let run = RunId::from("run-1");
    let folder = Path::new("/r/northwind.evidence/locked/spool");
    if let Some(spooling::Meta::Running { captured, .. }) = spooling::read_meta(disk, folder, &run) {
        let gone = spooling::Meta::Running { runner: spooling::Process::GONE, captured };
        spooling::write_meta(disk, folder, &run, &gone).unwrap();
    }
}
