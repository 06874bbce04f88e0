//! The client against the real server: cockpits that hear each other, a laptop that was away, two who were not of one mind.

use crate::backend::{Now, TENANT, asks, edit, owner};
use crate::cluster;
use crate::desk::Desk;
use crate::served::{On, Served, everywhere};
use launchroom::app::attach::{self, Desk as At, How};
use launchroom::app::error::Kind;
use launchroom::app::ports::RoomStore;
use launchroom::app::sync::{State, Synced as _, Take};
use launchroom::domain::plan::Class;
use launchroom::infra::file::mirror::Mirror;
use launchroom::infra::http::{Api, Client, Live, Mode, Parts, RemoteStore, Token};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The room, as it is open on somebody's machine.
fn open(served: &Served, name: &str, mode: Mode) -> Arc<RemoteStore> {
    open_as(served, name, "operator", mode)
}

fn open_as(served: &Served, name: &str, role: &str, mode: Mode) -> Arc<RemoteStore> {
    let token = served.token(role, name, &["--tenant", TENANT]);
    let data = served.desk.path(&format!("machines/{name}"));
    let api = Api::new(Client::new(&served.base(), None).unwrap(), Some(Token::of(&token, "test").unwrap()), None);
    let parts = Parts {
        api,
        address: served.base(),
        tenant: TENANT.to_owned(),
        mirror: Mirror::at(&data.join("servers/x"), &data).unwrap(),
        workdir: data,
        readonly: false,
        mode,
        clock: Arc::new(Now),
        renew: Box::new(|| None),
    };
    Arc::new(RemoteStore::open(parts).unwrap())
}

fn live(store: &Arc<RemoteStore>) -> Live {
    let live = Live::start(Arc::clone(store), || {}).unwrap();
    until("live", || store.link().state == State::Live);
    live
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        std::thread::yield_now();
    }
}

fn holder(store: &dyn RoomStore, role: &str) -> Option<String> {
    store.load().unwrap().room.holder(role).map(|owner| owner.name.clone())
}

#[test]
fn two_cockpits_on_one_room_see_each_others_changes_and_who_is_here() {
    for on in everywhere() {
        let served = Served::on(on);
        let (ada, bo) = (open(&served, "Ada", Mode::Cockpit), open(&served, "Bo", Mode::Cockpit));
        let _both = (live(&ada), live(&bo));
        until("who is here", || ada.link().here == ["Bo"] && bo.link().here == ["Ada"]);
        let mut took = Vec::new();
        for round in 0..10 {
            let (writes, sees) = if round % 2 == 0 { (&ada, &bo) } else { (&bo, &ada) };
            let name = format!("Mara {round}");
            edit(&**writes, "x", &owner("tenant-owner", &name)).unwrap();
            let start = Instant::now();
            until("seen", || holder(&**sees, "tenant-owner").as_deref() == Some(&name));
            took.push(start.elapsed());
        }
        took.sort();
        println!("{on:?}: a change was seen after {:?} in the middle, {:?} at most", took[5], took[9]);
        assert!(took[5] < Duration::from_secs(1), "{took:?}");
        assert_eq!(ada.load().unwrap().ledger.entries, bo.load().unwrap().ledger.entries);
    }
}

#[test]
fn what_was_changed_while_the_server_was_away_is_sent_in_order_once_it_is_back() {
    for on in everywhere() {
        let mut served = Served::on(on);
        let ada = open(&served, "Ada", Mode::Cockpit);
        let _live = live(&ada);
        served.stop();
        until("offline", || ada.link().state == State::Offline);
        edit(&*ada, "Ada", &owner("tenant-owner", "First")).unwrap();
        edit(&*ada, "Ada", &owner("tenant-owner", "Second")).unwrap();
        let how = How { serves: Some("paid-beta/billing".into()), class: Some(Class::Tenant), ..How::default() };
        attach::attach_file(At { store: &*ada, clock: &Now, by: "Ada" }, "invoice.txt", b"invoice 4711\n", None, &how).unwrap();
        assert_eq!(ada.link().queued, 3);
        assert_eq!(holder(&*ada, "tenant-owner").as_deref(), Some("Second"), "here it is so already");
        served.start(&[]);
        until("sent", || ada.link().queued == 0 && ada.link().state == State::Live);
        let vi = served.somebody("viewer", "Vi");
        let (lines, _) = crate::wire::whole_ledger(&vi);
        let at = |text: &str| lines.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}\n{lines}"));
        assert!(at("First") < at("Second") && at("Second") < at("invoice.txt"), "{lines}");
        assert_eq!(vi.get(crate::wire::HERE).json()["blobs"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn what_somebody_else_changed_meanwhile_is_asked_about_and_never_written_over() {
    for on in everywhere() {
        let mut served = Served::on(on);
        let (ada, bo) = (open(&served, "Ada", Mode::Command), open(&served, "Bo", Mode::Command));
        served.stop();
        edit(&*ada, "Ada", &owner("tenant-owner", "Mine")).unwrap();
        edit(&*ada, "Ada", &owner("billing-owner", "Untouched")).unwrap();
        served.start(&[]);
        edit(&*bo, "Bo", &owner("tenant-owner", "Theirs")).unwrap();
        ada.exchange().unwrap();
        let link = ada.link();
        assert_eq!((link.queued, link.conflicts.len()), (0, 1), "{link:?}");
        assert_eq!(
            (holder(&*ada, "tenant-owner"), holder(&*ada, "billing-owner")),
            (Some("Theirs".into()), Some("Untouched".into()))
        );
        ada.resolve(link.conflicts[0].number, Take::Mine).unwrap();
        ada.exchange().unwrap();
        bo.exchange().unwrap();
        assert_eq!(holder(&*bo, "tenant-owner").as_deref(), Some("Mine"));
        let by: Vec<String> = bo.load().unwrap().ledger.entries.iter().map(|entry| entry.by.clone()).collect();
        assert_eq!(by, ["Bo", "Ada", "Ada"], "who did it is for the server to say");
    }
}

#[test]
fn a_server_that_is_killed_while_laptops_write_gets_each_change_once() {
    for on in everywhere() {
        let mut served = Served::on(on);
        let stores: Vec<_> = (0..3).map(|n| open(&served, &format!("machine {n}"), Mode::Command)).collect();
        std::thread::scope(|scope| {
            for (n, store) in stores.iter().enumerate() {
                // What is not acknowledged waits on the machine.
                scope.spawn(move || (0..15).for_each(|round| drop(edit(&**store, "x", &asks(&format!("{n}-{round}"))).unwrap())));
            }
            for _ in 0..3 {
                let before = served.log().matches("/changes").count();
                let start = Instant::now();
                while served.log().matches("/changes").count() < before + 3 && start.elapsed() < Duration::from_secs(5) {
                    std::thread::yield_now();
                }
                served.kill();
                served.start(&[]);
            }
        });
        for store in &stores {
            store.exchange().unwrap();
            assert_eq!((store.link().queued, store.link().conflicts.len()), (0, 0));
        }
        let (lines, _) = crate::wire::whole_ledger(&served.somebody("viewer", "Vi"));
        assert_eq!(lines.lines().count(), 45, "{lines}");
    }
}

#[test]
fn a_server_that_is_not_the_one_seen_before_is_not_believed() {
    let mut served = Served::on(On::Sqlite);
    let ada = open(&served, "Ada", Mode::Command);
    edit(&*ada, "Ada", &owner("tenant-owner", "Mara")).unwrap();
    let before = ada.load().unwrap();
    // Restored from a backup that is too old, or another machine at the same address.
    served.stop();
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(served.desk.path(&format!("rooms.db{ending}")));
    }
    let mut served = served.bring_in(TENANT);
    let bo = served.somebody("operator", "Bo");
    for n in 0..3 {
        assert_eq!(crate::wire::now(&bo, &[crate::wire::asks(&n.to_string())]).status, 200);
    }
    drop(ada);
    let ada = open(&served, "Ada", Mode::Cockpit);
    ada.exchange().unwrap_err();
    assert_ne!(ada.link().state, State::Live, "{:?}", ada.link());
    assert_eq!(ada.load().unwrap().ledger.entries, before.ledger.entries, "the last good copy stays");
    served.stop();
}

#[test]
fn two_servers_on_one_database_tell_each_other_who_is_here() {
    if cluster::shared().is_none() {
        return;
    }
    let one = Served::on(On::Postgres);
    let mut two = Served::at(Desk::empty(), one.database.clone(), Vec::new());
    two.start(&[]);
    let (ada, bo) = (open(&one, "Ada", Mode::Cockpit), open(&two, "Bo", Mode::Cockpit));
    let _ada = live(&ada);
    let there = live(&bo);
    until("they are here", || ada.link().here == ["Bo"] && bo.link().here == ["Ada"]);
    drop((there, bo));
    until("Bo has gone", || ada.link().here.is_empty());
    // A server that comes later asks who is here.
    let mut three = Served::at(Desk::empty(), one.database.clone(), Vec::new());
    three.start(&[]);
    let eve = open(&three, "Eve", Mode::Cockpit);
    let _eve = live(&eve);
    until("the last one sees them", || eve.link().here == ["Ada"] && ada.link().here == ["Eve"]);
}

#[test]
fn what_a_role_may_not_is_refused_before_it_waits_for_the_server_also_while_that_is_away() {
    let mut served = Served::on(On::Sqlite);
    let store = open_as(&served, "Cleo", "customer", Mode::Command);
    store.load().unwrap();
    assert_eq!(store.link().role.map(launchroom::app::host::Role::as_str), Some("customer"));
    served.stop();
    for change in [asks("scope.cohort"), owner("implementation-owner", "Jonas")] {
        let error = edit(&*store, "x", &change).unwrap_err();
        assert!(error.kind == Kind::Refused && error.why.contains("has the role customer; this takes the role "), "{error}");
    }
    edit(&*store, "x", &owner("tenant-owner", "Mara")).unwrap();
    assert_eq!(store.link().queued, 1, "what the role may waits");
}
