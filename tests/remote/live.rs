//! Cockpits that stay: they hear the server, and are told when they do not.

use crate::desk::{Desk, edit, holder, owner, until};
use crate::server::{Fault, TOKEN};
use launchroom::app::ports::RoomStore as _;
use launchroom::app::sync::{State, Synced as _};
use launchroom::infra::http::{Live, Mode, RemoteStore, Token};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

fn listening(desk: &Desk, machine: &str) -> (Arc<RemoteStore>, Live, Arc<AtomicUsize>) {
    let store = Arc::new(desk.open(machine, Mode::Cockpit).unwrap());
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let live = Live::start(Arc::clone(&store), move || {
        count.fetch_add(1, Ordering::SeqCst);
    })
    .unwrap();
    until("live", || store.link().state == State::Live);
    (store, live, told)
}

#[test]
fn two_who_have_one_room_open_see_each_others_changes() {
    let desk = Desk::new();
    let (ada, _listens, _) = listening(&desk, "ada");
    let (bo, _listens_too, told) = listening(&desk, "bo");
    let before = told.load(Ordering::SeqCst);
    edit(&ada, &owner("tenant-owner", "Mara Lindt")).unwrap();
    until("bo sees it", || holder(&*bo, "tenant-owner").is_some());
    assert!(told.load(Ordering::SeqCst) > before, "and was told");
    edit(&bo, &owner("tenant-owner", "Somebody Else")).unwrap();
    until("ada sees it", || holder(&*ada, "tenant-owner").as_deref() == Some("Somebody Else"));
    assert_eq!(ada.link().here, ["Mara Lindt"], "who else is here");
}

#[test]
fn a_cockpit_opens_on_its_copy_without_asking_anybody() {
    let mut desk = Desk::new();
    desk.open("ada", Mode::Command).unwrap();
    let base = desk.server().base();
    desk.down();
    let store = crate::desk::open(&desk.home.path().join("ada"), &base, Mode::Cockpit, crate::server::TOKEN).unwrap();
    assert_eq!(holder(&store, "executive-sponsor").as_deref(), Some("Ingrid Aasen"));
    assert!(store.link().as_of.is_some() && store.link().state == State::Syncing);
}

#[test]
fn a_server_that_restarts_is_found_again_and_gets_what_was_changed_meanwhile() {
    let mut desk = Desk::new();
    let (ada, _listens, told) = listening(&desk, "ada");
    let address = desk.down();
    until("offline is told", || ada.link().state == State::Offline);
    let before = told.load(Ordering::SeqCst);
    edit(&ada, &owner("tenant-owner", "Mara Lindt")).unwrap();
    assert_eq!(ada.link().queued, 1);
    desk.up(address);
    until("sent", || ada.link().queued == 0 && ada.link().state == State::Live);
    assert_eq!(holder(&desk.server().state.room, "tenant-owner").as_deref(), Some("Mara Lindt"));
    assert!(told.load(Ordering::SeqCst) > before);
}

#[test]
fn a_server_without_events_is_asked_every_so_often() {
    let desk = Desk::new();
    desk.server().fault(Fault::NoEvents);
    let (ada, _listens, _) = listening(&desk, "ada");
    desk.server().change("Bo", &owner("tenant-owner", "Mara Lindt"));
    until("polled", || holder(&*ada, "tenant-owner").is_some());
}

#[test]
fn a_server_that_hangs_keeps_nobody_waiting() {
    let desk = Desk::new();
    let (ada, _listens, _) = listening(&desk, "ada");
    desk.server().fault(Fault::Hang);
    let start = std::time::Instant::now();
    for _ in 0..20 {
        ada.load().unwrap();
        ada.link();
    }
    assert!(start.elapsed() < std::time::Duration::from_millis(500), "{:?}", start.elapsed());
}

#[test]
fn no_access_is_left_as_soon_as_there_is_another_token_or_somebody_asks_again() {
    let desk = Desk::new();
    let wrong = Token::of("wrong", "test").unwrap();
    let right: Arc<Mutex<Option<Token>>> = Arc::default();
    let found = Arc::clone(&right);
    desk.open("ada", Mode::Command).unwrap();
    let store = desk.open_renewed("ada", wrong, Box::new(move || found.lock().unwrap().clone()));
    let store = Arc::new(store);
    let _listens = Live::start(Arc::clone(&store), || {}).unwrap();
    until("no access", || store.link().state == State::Refused);
    assert!(store.link().hint.unwrap().contains("launchroom login"));
    let asked = desk.server().count("GET", "launch-room");
    store.wake();
    until("asked again at once", || desk.server().count("GET", "launch-room") > asked);
    *right.lock().unwrap() = Some(Token::of(TOKEN, "test").unwrap());
    let start = std::time::Instant::now();
    until("live", || store.link().state == State::Live);
    assert!(start.elapsed() < std::time::Duration::from_secs(5), "{:?}", start.elapsed());
}
