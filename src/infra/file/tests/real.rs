//! Several writers at once, a watcher, and size, on a real disk.

use super::*;
use std::{
    fs,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("plans")).unwrap();
        fs::write(folder.path().join("plans/small.toml"), PLAN).unwrap();
        fs::write(folder.path().join("x.toml"), TEXT).unwrap();
        Self(folder)
    }

    /// A store of its own: as another process would have.
    fn open(&self) -> FileStore {
        FileStore::open(&self.0.path().join("x.toml"), &self.0.path().join("data"), false).unwrap()
    }
}

#[test]
fn two_writers_make_one_chain_with_everything_that_both_were_told_is_saved() {
    const EACH: usize = 250;
    let folder = Folder::new();
    thread::scope(|scope| {
        for n in 0..2 {
            let store = folder.open();
            scope.spawn(move || {
                for _ in 0..EACH {
                    update(&store, withdraw(n)).unwrap();
                }
            });
        }
    });
    let found = folder.open().load().unwrap();
    assert_eq!(found.ledger.damage, None);
    assert_eq!(found.ledger.entries.len(), 2 * EACH + 1);
    let of = |n| found.ledger.entries.iter().filter(|entry| entry.body == withdraw(n).entries[0]).count();
    assert_eq!((of(0), of(1)), (EACH, EACH));
}

#[test]
fn two_writers_of_one_room_file_lose_neither_change() {
    let folder = Folder::new();
    thread::scope(|scope| {
        for name in ["a", "b"] {
            let store = folder.open();
            scope.spawn(move || {
                for n in 0..40 {
                    let add = |snapshot: &Snapshot| {
                        let was = snapshot.room.scope["cohort"].to_line();
                        Ok(edit(&format!("{was} {name}{n}")))
                    };
                    store.update("x", now(), &mut |snapshot| add(snapshot)).unwrap();
                }
            });
        }
    });
    let cohort = folder.open().load().unwrap().room.scope["cohort"].to_line();
    assert_eq!(cohort.split(' ').count(), 2 + 80);
}

#[test]
fn a_save_in_an_editor_while_a_change_is_decided_is_not_overwritten() {
    let folder = Folder::new();
    let store = folder.open();
    let path = folder.0.path().join("x.toml");
    let mut rounds = 0;
    let after = store.update("x", now(), &mut |_| {
        rounds += 1;
        if rounds == 1 {
            fs::write(&path, TEXT.replace("Northwind", "North Wind")).unwrap();
        }
        Ok(tick())
    });
    let text = after.unwrap().text;
    assert_eq!(rounds, 2);
    assert!(text.contains("North Wind") && text.contains("billing"));
    assert_eq!(fs::read_to_string(&path).unwrap(), *text);
}

#[test]
fn the_watch_tells_of_others_changes_also_in_an_evidence_folder_that_is_new() {
    let folder = Folder::new();
    let store = folder.open();
    let (told, changes) = mpsc::channel();
    let watch = store.watch(move || told.send(()).unwrap_or_default()).unwrap();
    let soon = Duration::from_secs(5);
    let path = folder.0.path().join("x.toml");

    fs::write(&path, TEXT.replace("Northwind", "North Wind")).unwrap();
    changes.recv_timeout(soon).unwrap();
    // Reading what changed is no change.
    store.load().unwrap();
    assert!(changes.recv_timeout(Duration::from_millis(400)).is_err());

    update(&folder.open(), withdraw(1)).unwrap();
    changes.recv_timeout(soon).unwrap();
    while changes.recv_timeout(Duration::from_millis(400)).is_ok() {}
    update(&folder.open(), withdraw(2)).unwrap();
    changes.recv_timeout(soon).unwrap();
    drop(watch);
    assert_eq!(changes.recv_timeout(soon), Err(mpsc::RecvTimeoutError::Disconnected));
}

#[test]
fn this_machine_has_one_holder_id_however_many_ask_first() {
    let folder = Folder::new();
    let ids: Vec<String> = thread::scope(|scope| {
        let ask = || scope.spawn(|| folder.open().holder().unwrap());
        (0..8).map(|_| ask()).collect::<Vec<_>>().into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| id.len() == 32 && *id == ids[0]), "{ids:?}");
    assert_eq!(folder.open().load().unwrap().ledger.holder, Some(ids[0].clone()));
    let left = fs::read_dir(folder.0.path().join("data")).unwrap().count();
    assert_eq!(left, 1);
}

/// `cargo test --release -- --ignored --nocapture a_ledger_of`.
#[test]
#[ignore = "measures; meant for a release build"]
fn a_ledger_of_100_000_entries_opens_in_time() {
    let folder = Folder::new();
    let evidence = folder.0.path().join("x.evidence");
    fs::create_dir(&evidence).unwrap();
    for count in [10_000, 100_000, 1_000_000] {
        fs::write(evidence.join("ledger.jsonl"), crate::infra::file::sample_ledger(count)).unwrap();
        let start = Instant::now();
        let found = folder.open().load().unwrap();
        let took = start.elapsed();
        assert_eq!((found.ledger.entries.len() as u64, found.ledger.damage), (count, None));
        eprintln!("{count} entries: {took:?}");
    }
}
