//! Captured runs between their end and their place in the ledger.

use super::*;
use crate::app::error::Kind;
use spooling::{Meta, Process};

#[test]
fn a_run_stays_in_the_spool_until_the_ledger_has_it() {
    let disk = fresh();
    let store = open(&disk);
    let captured = spool(&store, &disk, "run-1", b"printed", &[b"file"]);
    assert_eq!(store.spooled().unwrap(), std::slice::from_ref(&captured));
    assert_eq!(store.spooled_bytes(&"run-1".into()).unwrap(), b"printed");

    store.keep_spooled(&"run-1".into(), Class::Locked).unwrap();
    assert_eq!(store.spooled().unwrap(), std::slice::from_ref(&captured), "kept is not attached");
    assert_eq!(store.blob(&captured.digest).unwrap().unwrap(), b"printed");
    assert_eq!(store.blob(&Digest::of(b"file")).unwrap().unwrap(), b"file");
    update(&store, attach(captured.digest, Some(captured.run))).unwrap();
    assert_eq!(store.spooled().unwrap(), []);

    store.discard(&"run-1".into()).unwrap();
    assert!(store.spooled_bytes(&"run-1".into()).is_err());
    assert_eq!(store.blob(&captured.digest).unwrap().unwrap(), b"printed");
    let left: Vec<_> = disk.paths().into_iter().filter(|path| path.contains("/spool/")).collect();
    assert_eq!(left, [""; 0]);
}

#[test]
fn a_discarded_run_is_gone_and_the_ledger_is_as_it_was() {
    let disk = fresh();
    let store = open(&disk);
    update(&store, withdraw(1)).unwrap();
    let before = disk.get(LEDGER);
    spool(&store, &disk, "run-1", b"printed", &[b"file"]);
    store.discard(&"run-1".into()).unwrap();
    assert_eq!(store.spooled().unwrap(), []);
    assert_eq!(disk.get(LEDGER), before);
}

#[test]
fn a_run_whose_runner_is_gone_was_interrupted() {
    let disk = fresh();
    let store = open(&disk);
    let folder = store.spool_dir().unwrap();
    let running = |id: &str, runner| {
        let captured = Box::new(Captured { outcome: Outcome::Passed, ..captured(id, b"", &[]) });
        spooling::write_meta(&disk, &folder, &id.into(), &Meta::Running { runner, captured }).unwrap();
    };
    let gone = Process { pid: u32::MAX, born: 0 };
    running("alive", Process::this());
    running("dead", gone);
    running("silent", gone);
    disk.put("/r/northwind.evidence/locked/spool/dead.out", b"half of it");

    let found = store.spooled().unwrap();
    assert_eq!(found.iter().map(|run| run.run.id.as_str()).collect::<Vec<_>>(), ["dead", "silent"]);
    assert!(found.iter().all(|run| run.outcome == Outcome::Interrupted && run.run.exit.is_none()));
    assert_eq!((found[0].digest, found[0].size), (Digest::of(b"half of it"), 10));
    store.keep_spooled(&"dead".into(), Class::Tenant).unwrap();
    store.keep_spooled(&"silent".into(), Class::Tenant).unwrap();
    assert_eq!(store.blob(&found[0].digest).unwrap().unwrap(), b"half of it");
    assert_eq!(store.keep_spooled(&"alive".into(), Class::Tenant).unwrap_err().kind, Kind::Storage);
}

#[test]
fn a_spool_that_does_not_hold_what_was_captured_is_not_kept() {
    let disk = fresh();
    let store = open(&disk);
    let captured = spool(&store, &disk, "run-1", b"printed", &[]);
    disk.put("/r/northwind.evidence/locked/spool/run-1.out", b"altered");
    assert_eq!(store.keep_spooled(&"run-1".into(), Class::Public).unwrap_err().kind, Kind::Storage);
    assert_eq!(store.blob(&captured.digest).unwrap(), None);
}

#[test]
fn what_lies_in_the_spool_and_is_no_run_is_left_alone() {
    let disk = fresh();
    let store = open(&disk);
    assert_eq!(store.spooled().unwrap(), []);
    store.spool_dir().unwrap();
    disk.put("/r/northwind.evidence/locked/spool/x.json", b"{\"state\":\"finished\"");
    disk.put("/r/northwind.evidence/locked/spool/y.out", b"bytes");
    assert_eq!(store.spooled().unwrap(), []);
    assert!(store.spooled_bytes(&"../../ledger".into()).is_err());
    assert!(store.discard(&"../../ledger".into()).is_err());
}
