//! The power fails at every step of every kind of write, and comes back to a disk in each state it may be in. Then the
//! same with a disk that fails first: once, for good, full, or at a sync.

use super::*;
use crate::app::error::Kind;
use crate::infra::disk::{Fault, Survives};

/// What somebody does, and what must be true of the room when it was acknowledged.
struct Story {
    name: &'static str,
    before: fn(&FaultyDisk, &FileStore),
    act: fn(&FileStore) -> Result<(), Error>,
    /// What the room file may say afterwards.
    texts: &'static [&'static str],
    done: fn(&FaultyDisk, &FileStore),
}

const STORIES: &[Story] = &[
    Story {
        name: "the first write of all",
        before: |_, _| (),
        act: |store| update(store, tick()).map(drop),
        texts: &["[\"wording\"]", "[\"wording\", \"billing\"]"],
        done: |disk, _| assert_eq!(entries(disk).len(), 2),
    },
    Story {
        name: "tick",
        before: |_, store| drop(update(store, Applied::default()).unwrap()),
        act: |store| update(store, tick()).map(drop),
        texts: &["[\"wording\"]", "[\"wording\", \"billing\"]"],
        done: |disk, _| {
            assert_eq!(entries(disk)[1].body, tick().entries[0]);
            assert!(room(disk).contains("billing"));
        },
    },
    Story {
        name: "edit, with a hand edit before it",
        before: |disk, store| {
            drop(update(store, Applied::default()).unwrap());
            disk.put(ROOM, TEXT.replace("Northwind", "North Wind").as_bytes());
        },
        act: |store| update(store, edit("43")).map(drop),
        texts: &["\"42 supervisors\"", "\"43\""],
        done: |disk, _| {
            assert!(matches!(entries(disk)[1].body, Body::EditedOutside(_)));
            assert!(room(disk).contains("\"43\""));
        },
    },
    Story {
        name: "attach a file",
        before: |_, store| drop(update(store, Applied::default()).unwrap()),
        act: |store| {
            let digest = store.keep(Class::Tenant, b"out")?;
            update(store, attach(digest, None)).map(drop)
        },
        texts: &["[\"wording\"]"],
        done: |disk, _| assert_eq!(entries(disk).len(), 2),
    },
    Story {
        name: "attach a locked file, the second of its kind",
        before: |_, store| {
            store.keep(Class::Locked, b"before").unwrap();
            update(store, attach(Digest::of(b"before"), None)).unwrap();
        },
        act: |store| {
            let digest = store.keep(Class::Locked, b"out")?;
            update(store, attach(digest, None)).map(drop)
        },
        texts: &["[\"wording\"]"],
        done: |disk, _| assert_eq!(entries(disk).len(), 3),
    },
    Story {
        name: "attach a captured run",
        before: |disk, store| {
            drop(update(store, Applied::default()).unwrap());
            spool(store, disk, "run-1", b"out", &[b"file"]);
        },
        act: |store| {
            store.keep_spooled(&"run-1".into(), Class::Public)?;
            let run = captured("run-1", b"out", &[]).run;
            update(store, attach(Digest::of(b"out"), Some(run)))?;
            store.discard(&"run-1".into())
        },
        texts: &["[\"wording\"]"],
        done: |disk, store| {
            assert_eq!(entries(disk).len(), 2);
            assert_eq!(store.spooled().unwrap(), []);
            assert_eq!(store.blob(&Digest::of(b"file")).unwrap(), Some(b"file".to_vec()));
        },
    },
    Story {
        name: "withdraw",
        before: |_, store| {
            let digest = store.keep(Class::Tenant, b"out").unwrap();
            update(store, attach(digest, None)).unwrap();
        },
        act: |store| update(store, withdraw(2)).map(drop),
        texts: &["[\"wording\"]"],
        done: |disk, _| assert_eq!(entries(disk).len(), 3),
    },
    Story {
        name: "discard a captured run",
        before: |disk, store| drop(spool(store, disk, "run-1", b"out", &[b"file"])),
        act: |store| store.discard(&"run-1".into()),
        texts: &["[\"wording\"]"],
        done: |_, store| assert_eq!(store.spooled().unwrap(), []),
    },
];

/// A disk and a store as the story begins, everything so far acknowledged.
fn begin(story: &Story) -> (FaultyDisk, FileStore) {
    let disk = fresh();
    let store = open(&disk);
    (story.before)(&disk, &store);
    disk.strike(None);
    // A new store, so that the sweep of the first write is among the steps.
    let store = open(&disk);
    (disk, store)
}

#[test]
fn a_power_cut_at_any_step_loses_nothing_that_was_acknowledged() {
    for story in STORIES {
        let (disk, store) = begin(story);
        (story.act)(&store).unwrap();
        (story.done)(&disk, &store);
        let steps = disk.steps();
        assert!(steps > 0);
        // One further than there are steps: the cut comes right after the acknowledgement.
        for (step, survives) in (0..=steps).flat_map(|step| Survives::ALL.map(|survives| (step, survives))) {
            let (disk, store) = begin(story);
            let before = entries(&disk);
            disk.strike(Some(Fault::Crash(step)));
            let acknowledged = (story.act)(&store).is_ok();
            disk.power_loss(survives);
            let at = format!("{}, cut at step {step} of {steps}, {survives:?}", story.name);
            check(&disk, story, &before, acknowledged, &at);
        }
    }
}

/// What a disk may do at a step, besides losing its power.
const TROUBLES: [fn(u64) -> Fault; 4] = [Fault::Once, Fault::Full, Fault::Sync, Fault::ReadOnly];

fn troubles(story: &Story) -> impl Iterator<Item = (Fault, String)> {
    let (disk, store) = begin(story);
    (story.act)(&store).unwrap();
    let faults = (0..disk.steps()).flat_map(|step| TROUBLES.map(|trouble| trouble(step)));
    faults.map(move |fault| (fault, format!("{}, {fault:?}", story.name)))
}

#[test]
fn a_disk_that_fails_at_any_step_and_then_loses_its_power_loses_nothing_that_was_acknowledged() {
    for story in STORIES {
        for (fault, at) in troubles(story) {
            for survives in [Survives::Synced, Survives::Everything] {
                let (disk, store) = begin(story);
                let before = entries(&disk);
                disk.strike(Some(fault));
                let acknowledged = (story.act)(&store).is_ok();
                disk.power_loss(survives);
                check(&disk, story, &before, acknowledged, &format!("{at}, {survives:?}"));
            }
        }
    }
}

#[test]
fn after_a_failure_at_any_step_the_next_command_works_and_what_it_was_told_is_saved_is() {
    for story in STORIES {
        for (fault, at) in troubles(story) {
            let (disk, store) = begin(story);
            let before = entries(&disk);
            disk.strike(Some(fault));
            let told = (story.act)(&store);
            match fault {
                // It is mounted anew; what was only in memory is gone then.
                Fault::ReadOnly(_) => disk.power_loss(Survives::Synced),
                _ => disk.strike(None),
            }
            if let Err(error) = &told {
                assert_eq!(error.kind, Kind::Storage, "{at}: {error}");
                assert!(error.hint.is_some(), "{at}: what to do is not said: {error}");
            }
            // Whoever was told that nobody knows what is on disk opens the room again, as another process would.
            let is_lost = store.load().unwrap_or_else(|error| panic!("{at}: {error}")).view_only.is_some();
            assert!(!is_lost || told.is_err(), "{at}: acknowledged, and lost");
            let store = if is_lost { open(&disk) } else { store };
            let after = update(&store, withdraw(1)).unwrap_or_else(|error| panic!("{at}: {error}"));
            // What was half done says so by itself: a box that is ticked, a run that is not there to be attached again.
            let is_ticked = room(&disk).contains("billing");
            let again = (story.act)(&store);
            assert!(again.is_ok() || is_ticked || story.name.contains("captured run"), "{at}: {}", again.unwrap_err());
            disk.power_loss(Survives::Synced);
            let found = open(&disk).load().unwrap_or_else(|error| panic!("{at}: {error}"));
            assert_eq!(found.ledger.damage, None, "{at}");
            assert!(found.ledger.entries.starts_with(&before), "{at}: an acknowledged entry is gone");
            assert!(found.ledger.entries.starts_with(&after.ledger.entries), "{at}: an entry acknowledged later is gone");
            evidence_is_whole(&open(&disk), &found, &at);
        }
    }
}

fn check(disk: &FaultyDisk, story: &Story, before: &[Entry], acknowledged: bool, at: &str) {
    let store = open(disk);
    let found = store.load().unwrap_or_else(|error| panic!("{at}: {error}"));
    assert!(found.ledger.entries.starts_with(before), "{at}: an acknowledged entry is gone");
    assert!(story.texts.iter().any(|text| room(disk).contains(text)), "{at}: the room file is neither old nor new");
    assert_eq!(found.view_only, None, "{at}");
    if acknowledged {
        assert_eq!(found.ledger.damage, None, "{at}");
        (story.done)(disk, &store);
    }
    evidence_is_whole(&store, &found, at);
    store.spooled().unwrap_or_else(|error| panic!("{at}: {error}"));
    // Nothing needs a hand: the next change goes through, and leaves a clean place behind.
    let after = update(&store, withdraw(1)).unwrap_or_else(|error| panic!("{at}: {error}"));
    assert_eq!(after.notices.is_empty(), found.ledger.damage.is_none(), "{at}");
    let again = open(disk).load().unwrap();
    assert_eq!(again.ledger.damage, None, "{at}");
    assert_eq!(again.ledger.entries, after.ledger.entries, "{at}");
    assert_eq!(super::super::replay::edited_outside(&again.room, &again.ledger, &str::to_owned), None, "{at}");
    let stray: Vec<_> = disk.paths().into_iter().filter(|path| path.contains(".tmp")).collect();
    assert!(stray.is_empty(), "{at}: {stray:?} left behind");
    nothing_is_left_in_the_spool(disk, &store, at);
    let ignored = disk.get("/r/northwind.evidence/.gitignore").unwrap();
    assert_eq!(String::from_utf8(ignored).unwrap(), "locked/\n", "{at}");
}

/// What was printed is there for a run that is listed or attached, and for no other: discarded is gone.
fn nothing_is_left_in_the_spool(disk: &FaultyDisk, store: &FileStore, at: &str) {
    let runs: Vec<String> = store.spooled().unwrap().into_iter().map(|run| run.run.id.to_string()).collect();
    let attached = entries(disk).iter().any(|entry| matches!(&entry.body, Body::Attached(attached) if attached.run.is_some()));
    let bytes = disk.paths().into_iter().filter(|path| path.contains("/spool/") && path.rsplit('.').next() != Some("json"));
    let stray: Vec<_> = bytes.filter(|path| !attached && !runs.iter().any(|run| path.contains(run.as_str()))).collect();
    assert!(stray.is_empty(), "{at}: {stray:?} left in the spool");
}

/// Whoever finds an attached record finds its bytes.
fn evidence_is_whole(store: &FileStore, found: &Snapshot, at: &str) {
    for entry in found.ledger.entries.iter() {
        if let Body::Attached(attached) = &entry.body {
            let digest = attached.digest.unwrap();
            assert!(store.blob(&digest).unwrap().is_some(), "{at}: the bytes of entry {} are gone", entry.seq);
        }
    }
}
