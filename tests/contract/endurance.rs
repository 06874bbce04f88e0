//! Many writers, and power that fails under them: what was acknowledged is there, once, in one valid chain.
//!
//! Counts are moderate; `LAUNCHROOM_ENDURANCE=full` takes those of the README.

use crate::backend::{Backend, TENANT, asks, edit, file, postgres, sqlite};
use crate::cluster::{self, Cluster};
use crate::desk::Desk;
use crate::http::Visitor;
use crate::served::{On, Served, everywhere};
use crate::store::chain;
use crate::wire::{self, HERE, whole_ledger};
use launchroom::domain::ledger::chain::Head;
use launchroom::domain::ledger::{Body, Entry};
use launchroom::format::ledger_jsonl;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

const WRITERS: usize = 16;

fn counts(few: usize, all: usize) -> usize {
    if std::env::var_os("LAUNCHROOM_ENDURANCE").is_some_and(|counts| counts == "full") { all } else { few }
}

fn many_writers(place: &Backend) {
    let each = 500;
    let before = chain(&*place.store).len();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            // An SQLite file has one server; any other place may be open as often as one likes.
            let own = if place.name.starts_with("sqlite") { None } else { (writer % 2 == 1).then(|| (place.again)()) };
            let store = own.unwrap_or_else(|| std::sync::Arc::clone(&place.store));
            scope.spawn(move || {
                for n in 0..each {
                    edit(&*store, &format!("writer {writer}"), &asks(&format!("{writer}-{n}"))).unwrap();
                }
            });
        }
    });
    let took = start.elapsed();
    let entries = chain(&*(place.again)());
    assert_eq!(entries.len(), before + WRITERS * each);
    once(&entries, (0..WRITERS).flat_map(|writer| (0..each).map(move |n| format!("{writer}-{n}"))));
    println!("{}: {} entries by {WRITERS} writers in {took:.1?}", place.name, WRITERS * each);
}

/// Each of these was asked, and once.
fn once(entries: &[Entry], asked: impl Iterator<Item = String>) {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        if let Body::AskSent(ask) = &entry.body {
            *found.entry(ask.about[0].as_str()).or_default() += 1;
        }
    }
    for what in asked {
        assert_eq!(found.get(what.as_str()), Some(&1), "{what}");
    }
    assert!(found.values().all(|times| *times == 1), "{found:?}");
}

#[test]
fn many_writers_of_a_file_make_one_chain() {
    many_writers(&file());
}

#[test]
fn many_writers_on_sqlite_make_one_chain() {
    many_writers(&sqlite(false));
}

#[test]
fn many_writers_on_postgres_make_one_chain() {
    if let Some(cluster) = cluster::shared() {
        many_writers(&postgres(cluster));
    }
}

/// Changes that go on being asked for, each with its key, until it is known that it was made.
struct Load {
    acknowledged: Mutex<Vec<String>>,
    count: AtomicUsize,
    over: AtomicBool,
}

impl Load {
    fn new() -> Self {
        Self { acknowledged: Mutex::default(), count: AtomicUsize::new(0), over: AtomicBool::new(false) }
    }

    fn write(&self, visitor: &Visitor, writer: usize) {
        let mut last = None;
        for n in 0.. {
            if self.over.load(Ordering::SeqCst) {
                return;
            }
            let what = format!("{writer}-{n}");
            last = self.ask(visitor, &what, last);
            if last.is_some() {
                self.acknowledged.lock().unwrap().push(what);
                self.count.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    /// The revision after it, once it was acknowledged; `None` when it is over before that.
    fn ask(&self, visitor: &Visitor, what: &str, known: Option<String>) -> Option<String> {
        let mut base = known;
        while !self.over.load(Ordering::SeqCst) {
            let Some(revision) = base.clone().or_else(|| read(visitor)) else { continue };
            let body = json!({ "base_revision": revision, "changes": [wire::asks(what)] });
            let headers = [("idempotency-key", what), ("content-type", "application/json")];
            let path = format!("{HERE}/changes");
            // Whether one that was not answered was made is not known: the same is asked again.
            match visitor.try_to_ask("POST", &path, &headers, body.to_string().as_bytes()) {
                Ok(told) if told.status == 200 => return told.json()["revision"].as_str().map(str::to_owned),
                Ok(told) if told.status == 409 => base = told.json()["revision"].as_str().map(str::to_owned),
                Ok(told) if told.status == 503 => base = Some(revision),
                Ok(told) => panic!("{told:?}"),
                Err(_) => base = Some(revision),
            }
        }
        None
    }

    /// Until so many more were acknowledged.
    fn wait(&self, more: usize) {
        let (target, start) = (self.count.load(Ordering::SeqCst) + more, Instant::now());
        while self.count.load(Ordering::SeqCst) < target {
            assert!(start.elapsed().as_secs() < 60, "nothing is acknowledged any more");
            std::thread::yield_now();
        }
    }

    fn all_are_in(&self, entries: &[Entry]) -> usize {
        let acknowledged = self.acknowledged.lock().unwrap();
        once(entries, acknowledged.iter().cloned());
        acknowledged.len()
    }
}

fn read(visitor: &Visitor) -> Option<String> {
    let told = visitor.try_to_ask("GET", HERE, &[], b"").ok().filter(|told| told.status == 200)?;
    told.json()["revision"].as_str().map(str::to_owned)
}

fn entries(visitor: &Visitor) -> Vec<Entry> {
    let (entries, damage) = ledger_jsonl::parse_after(Head::START, whole_ledger(visitor).0.as_bytes());
    assert_eq!(damage, None);
    entries
}

/// Writes to a server while `fail` makes it fail, again and again.
fn under_load(served: &mut Served, times: usize, fail: &mut dyn FnMut(&mut Served)) {
    let load = Load::new();
    let visitors: Vec<Visitor> = (0..4).map(|n| served.somebody("operator", &format!("writer {n}"))).collect();
    std::thread::scope(|scope| {
        let writes = |(writer, visitor)| {
            let load = &load;
            scope.spawn(move || load.write(visitor, writer))
        };
        let writers: Vec<_> = visitors.iter().enumerate().map(writes).collect();
        // However this ends, the writers end with it.
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for time in 0..times {
                load.wait(1 + time * 7 % 13);
                fail(served);
            }
            load.wait(4);
        }));
        load.over.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.join().unwrap();
        }
        outcome.unwrap();
    });
    let kept = entries(&visitors[0]);
    let acknowledged = load.all_are_in(&kept);
    println!("{times} times killed: {acknowledged} acknowledged, 0 lost, {} entries in one chain", kept.len());
}

#[test]
fn a_server_that_is_killed_loses_nothing_that_it_acknowledged() {
    for on in everywhere() {
        println!("on {on:?}");
        let times = counts(6, 100);
        under_load(&mut Served::on(on), times, &mut |served| {
            served.kill();
            served.start(&[]);
        });
    }
}

#[test]
fn a_database_that_is_killed_loses_nothing_that_was_acknowledged() {
    let Some(cluster) = Cluster::start() else { return };
    let mut served = Served::at(Desk::empty(), cluster.database(), Vec::new()).bring_in(TENANT);
    under_load(&mut served, counts(3, 100), &mut |_| {
        cluster.kill();
        cluster.up();
    });
}

#[test]
fn many_visitors_of_a_server_make_one_chain() {
    for on in everywhere().into_iter().filter(|on| *on != On::SqliteAndFolder) {
        let served = Served::on(on);
        let each = counts(10, 500);
        let load = Load::new();
        let visitors: Vec<Visitor> = (0..WRITERS).map(|n| served.somebody("operator", &format!("writer {n}"))).collect();
        let start = Instant::now();
        std::thread::scope(|scope| {
            for (writer, visitor) in visitors.iter().enumerate() {
                let load = &load;
                scope.spawn(move || {
                    let mut last = None;
                    for n in 0..each {
                        last = load.ask(visitor, &format!("{writer}-{n}"), last);
                    }
                });
            }
        });
        let kept = entries(&visitors[0]);
        assert_eq!(kept.len(), WRITERS * each);
        once(&kept, (0..WRITERS).flat_map(|writer| (0..each).map(move |n| format!("{writer}-{n}"))));
        println!("{on:?} over HTTP: {} entries by {WRITERS} visitors in {:.1?}", kept.len(), start.elapsed());
    }
}
