//! Real processes that append to one room: three hundred of them killed at any moment, and two at once.
//!
//! What a process was told is saved has to be there, whole and in order, whatever happened to it a moment later.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may stop where it stands
#![allow(clippy::disallowed_methods)] // it is the outside: it starts processes and looks at files

use launchroom::app::{
    attach::{self, Desk, How},
    edit,
    ports::{Clock as _, RoomStore as _, Snapshot},
};
use launchroom::domain::{change::Change, ledger::Body, plan::Class, room::Value};
use launchroom::infra::{clock::SystemClock, file::FileStore};
use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Where the child finds its room; the child is this test program, told to run only [`child`].
const FOLDER: &str = "LAUNCHROOM_TEST_FOLDER";
const ROUNDS: &str = "LAUNCHROOM_TEST_ROUNDS";
const ROOM: &str = "schema = 1\nplan = \"first-customer\"\n\n[tenant]\nid = \"northwind\"\nname = \"Northwind Logistics\"\nkickoff = 2026-11-02\n\n[scope]\ncohort = \"42 supervisors\"\n";

fn open(folder: &Path) -> FileStore {
    FileStore::open(&folder.join("launchroom.toml"), &folder.join("data"), false).unwrap()
}

/// Writes in every way there is, and says what was acknowledged: the number of entries, after each write.
#[test]
#[ignore = "is run by the other tests of this file"]
fn child() {
    let Ok(folder) = env::var(FOLDER) else { return };
    let rounds: u64 = env::var(ROUNDS).unwrap().parse().unwrap();
    let store = open(Path::new(&folder));
    let mut last = 0;
    for n in 0..rounds {
        let snapshot = write(&store, n, last);
        let own = snapshot.ledger.entries.iter().rev().find(|entry| matches!(entry.body, Body::Attached(_)));
        last = own.map_or(last, |entry| entry.seq);
        eprintln!("saved {}", snapshot.ledger.entries.len());
    }
}

/// One entry, whichever it is its turn for.
fn write(store: &FileStore, n: u64, last: u64) -> Snapshot {
    let by = format!("writer {}", std::process::id());
    let desk = Desk { store, clock: &SystemClock, by: &by };
    let how = |class| How { serves: Some("paid-beta/billing".into()), class: Some(class), ..How::default() };
    let text = format!("{} {n}", std::process::id());
    let scope = |value: String| {
        let change = Change::SetScope { field: "cohort".into(), value: Value::Text(value) };
        edit::edit(store, &by, SystemClock.now(), &change)
    };
    let done = match n % 4 {
        0 => scope(format!("{text} supervisors")),
        1 => attach::attach_file(desk, "terms.txt", text.as_bytes(), None, &how(Class::Tenant)),
        2 => attach::attach_file(desk, "terms.txt", text.as_bytes(), None, &how(Class::Locked)),
        // Two who withdraw the same one: the second is told so, and writes something else.
        _ => attach::withdraw(desk, last, "of the wrong tenant").or_else(|_| scope(format!("{text} drivers"))),
    };
    done.unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("launchroom.toml"), ROOM).unwrap();
    folder
}

fn start(folder: &Path, rounds: u64) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "child", "--nocapture"]);
    command.env(FOLDER, folder).env(ROUNDS, rounds.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The last acknowledgement that came through.
fn acknowledged(child: &mut Child) -> usize {
    let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    lines.filter_map(|line| line.strip_prefix("saved ")?.parse().ok()).last().unwrap_or(0)
}

/// Moments that nobody chose; told when a test fails, so that it can be had again.
struct Moments(u64);

impl Moments {
    fn next(&mut self, most: u64) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_micros(self.0 % (most * 1000))
    }
}

/// Kills so many in one room, one after another; returns how many entries there are in the end.
fn killed(kills: u64, seed: u64) -> usize {
    let folder = folder();
    let mut moments = Moments(seed);
    let mut known = Vec::new();
    for kill in 0..kills {
        let mut child = start(folder.path(), u64::MAX);
        thread::sleep(Duration::from_millis(4) + moments.next(70));
        child.kill().unwrap();
        child.wait().unwrap();
        let saved = acknowledged(&mut child);
        let at = format!("kill {kill} of seed {seed}");
        let store = open(folder.path());
        let found = store.load().unwrap();
        let entries = &found.ledger.entries;
        assert!(entries.len() >= saved, "{at}: {saved} were acknowledged, {} are there", entries.len());
        assert!(entries.starts_with(&known), "{at}: an earlier entry changed");
        for entry in entries.iter().skip(known.len()) {
            if let Body::Attached(attached) = &entry.body {
                let bytes = store.blob(&attached.digest.unwrap()).unwrap();
                assert!(bytes.is_some(), "{at}: #{} has no bytes", entry.seq);
            }
        }
        // It needs no hand: the next one writes, and what was torn was set aside.
        let after = write(&store, 0, 0);
        assert_eq!(after.ledger.damage, None, "{at}");
        assert!(after.ledger.entries.starts_with(&known), "{at}");
        known = after.ledger.entries.to_vec();
    }
    known.len()
}

#[test]
fn three_hundred_processes_killed_at_any_moment_lose_nothing_they_were_told_is_saved() {
    const ROOMS: u64 = 20;
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64 | 1;
    let written: usize = thread::scope(|scope| {
        let half =
            |from: u64| move || (from..ROOMS).step_by(2).map(|room| killed(300 / ROOMS, seed ^ (room << 32))).sum::<usize>();
        let (one, other) = (scope.spawn(half(0)), scope.spawn(half(1)));
        one.join().unwrap() + other.join().unwrap()
    });
    assert!(written > 400, "hardly anything was written before the kills: {written}");
}

#[test]
fn two_processes_that_each_append_a_thousand_times_make_one_valid_chain() {
    const EACH: u64 = 1000;
    let folder = folder();
    let mut children = [start(folder.path(), EACH), start(folder.path(), EACH)];
    for child in &mut children {
        assert!(acknowledged(child) > 0);
        assert!(child.wait().unwrap().success());
    }
    let store = open(folder.path());
    let found = store.load().unwrap();
    assert_eq!(found.ledger.damage, None);
    // One more: how the room was found before the first of them wrote.
    assert_eq!(found.ledger.entries.len() as u64, 2 * EACH + 1);
    let of = |child: &Child| {
        let by = format!("writer {}", child.id());
        found.ledger.entries.iter().filter(|entry| entry.by == by && !matches!(entry.body, Body::EditedOutside(_))).count() as u64
    };
    assert_eq!(children.each_ref().map(of), [EACH, EACH]);
    for entry in found.ledger.entries.iter() {
        if let Body::Attached(attached) = &entry.body {
            assert!(store.blob(&attached.digest.unwrap()).unwrap().is_some(), "#{}", entry.seq);
        }
    }
}
