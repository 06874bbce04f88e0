//! A disk that is full, fails once, cannot be written to, or does not confirm.

use super::*;
use crate::app::error::Kind;
use crate::infra::disk::Fault;

/// Keeps bytes, then changes the room and the ledger.
fn act(store: &FileStore) -> Result<(), Error> {
    store.keep(Class::Tenant, b"out")?;
    update(store, edit("43")).map(drop)
}

fn begin() -> (FaultyDisk, FileStore) {
    let disk = fresh();
    let store = open(&disk);
    update(&store, Applied::default()).unwrap();
    disk.strike(None);
    (disk, store)
}

fn steps() -> u64 {
    let (disk, store) = begin();
    act(&store).unwrap();
    disk.steps()
}

#[test]
fn a_failure_changes_nothing_or_says_what_it_changed_and_the_next_try_works() {
    for fault in (0..steps()).flat_map(|step| [Fault::Once(step), Fault::Full(step)]) {
        let (disk, store) = begin();
        disk.strike(Some(fault));
        let result = act(&store);
        disk.strike(None);
        if let Err(error) = &result {
            assert_eq!(error.kind, Kind::Storage, "{fault:?}");
            let says_half = error.hint.as_deref().is_some_and(|hint| hint.contains("the room file has the change"));
            assert_eq!(room(&disk) != TEXT, says_half, "{fault:?}: {error}");
            let on_disk = ledger_jsonl::parse(&disk.get(LEDGER).unwrap());
            assert!(on_disk.0.len() == 1 || error.to_string().contains("confirm") || lost(&store), "{fault:?}: {error}");
        }
        if lost(&store) {
            continue;
        }
        let _ = store.load().unwrap();
        act(&store).unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert!(room(&disk).contains("\"43\""));
        assert_eq!(open(&disk).load().unwrap().ledger.damage, None);
    }
}

fn lost(store: &FileStore) -> bool {
    store.load().unwrap().view_only.is_some_and(|why| why.contains("did not confirm"))
}

#[test]
fn a_disk_that_is_full_changes_nothing_at_all_and_tells_what_to_do() {
    let (disk, store) = begin();
    let before = disk.paths();
    disk.strike(Some(Fault::Full(0)));
    let error = act(&store).unwrap_err();
    assert_eq!((error.kind, error.hint.as_deref()), (Kind::Storage, Some("make room on the disk, then try again")));
    let error = update(&store, edit("43")).unwrap_err();
    assert_eq!(error.kind, Kind::Storage);
    assert_eq!((room(&disk).as_str(), disk.paths()), (TEXT, before));
    assert_eq!(store.load().unwrap().view_only, None);
}

#[test]
fn an_unconfirmed_write_ends_writing_until_the_room_is_opened_again() {
    let (disk, store) = begin();
    act(&store).unwrap();
    let syncs = disk.syncs();
    assert!(syncs > 2);
    for step in 0..steps() {
        let (disk, store) = begin();
        disk.strike(Some(Fault::Sync(step)));
        if act(&store).is_ok() {
            continue;
        }
        assert!(lost(&store), "step {step}");
        let steps = disk.steps();
        for again in [act(&store).unwrap_err(), store.discard(&"run-1".into()).unwrap_err(), store.spool_dir().unwrap_err()] {
            assert_eq!(again.kind, Kind::Storage);
        }
        assert_eq!(disk.steps(), steps, "step {step}: something was written or synced again");
        assert_eq!(open(&disk).load().unwrap().view_only, None);
    }
}

#[test]
fn a_disk_that_cannot_be_written_to_is_for_viewing() {
    let (disk, store) = begin();
    disk.strike(Some(Fault::ReadOnly(0)));
    let found = open(&disk).load().unwrap();
    assert_eq!(found.view_only.as_deref(), Some("/r cannot be written to"));
    assert_eq!(act(&store).unwrap_err().kind, Kind::Storage);
    assert_eq!(disk.steps(), 0);
}

#[test]
fn a_room_opened_readonly_is_never_written() {
    let disk = fresh();
    disk.strike(None);
    let store = try_open(&disk, true).unwrap();
    assert_eq!(store.load().unwrap().view_only.as_deref(), Some("the room was opened with --readonly"));
    assert_eq!(act(&store).unwrap_err().kind, Kind::Refused);
    assert_eq!(update(&store, Applied::default()).unwrap_err().kind, Kind::Refused);
    assert_eq!(disk.steps(), 0);
}

#[test]
fn an_attached_run_costs_three_syncs() {
    let (disk, store) = begin();
    store.keep(Class::Public, b"makes the folders").unwrap();
    disk.strike(None);
    let digest = store.keep(Class::Public, b"out").unwrap();
    update(&store, attach(digest, None)).unwrap();
    assert_eq!(disk.syncs(), 3);

    spool(&store, &disk, "run-1", b"printed", &[]);
    disk.strike(None);
    store.keep_spooled(&"run-1".into(), Class::Public).unwrap();
    update(&store, attach(Digest::of(b"printed"), None)).unwrap();
    assert!(disk.syncs() <= 3);
}

#[test]
fn a_refused_change_touches_nothing() {
    let disk = fresh();
    let store = open(&disk);
    disk.strike(None);
    let refused = store.update("x", now(), &mut |_| Err(crate::domain::change::Refused::new("r", "no")));
    assert_eq!(refused.unwrap_err().kind, Kind::Refused);
    assert_eq!(disk.steps(), 0);
}
