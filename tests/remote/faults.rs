//! Servers that misbehave: each is told for what it is, nothing is lost, and the last good room stays with its age.

use crate::desk::{Desk, edit, holder, open, owner};
use crate::server::{Fault, TOKEN};
use launchroom::app::error::Kind;
use launchroom::app::ports::RoomStore as _;
use launchroom::app::sync::{State, Synced as _};
use launchroom::infra::http::Mode;
use std::time::{Duration, Instant};

#[test]
fn every_bad_answer_is_told_and_the_last_good_room_stays() {
    let elsewhere = Desk::new();
    let there = elsewhere.server().base();
    for (fault, state, said) in [
        (Fault::Hang, State::Offline, "did not answer in time"),
        (Fault::Status(503, None), State::Offline, "busy or out of order"),
        (Fault::Status(429, Some(1)), State::Offline, "busy or out of order"),
        (Fault::Status(401, None), State::Refused, "the token is wrong"),
        (Fault::Status(404, None), State::Refused, "no such room"),
        (Fault::Html, State::Offline, "web page instead of JSON"),
        (Fault::Malformed, State::Offline, "malformed"),
        (Fault::Truncated, State::Offline, "broke off"),
        (Fault::Elsewhere(there.clone()), State::Offline, "sends on to 127.0.0.1"),
        (Fault::NewerSchema, State::Offline, "newer launchroom"),
        (Fault::Rewritten, State::Doubted, "not the one that was seen before"),
    ] {
        let desk = Desk::new();
        desk.open("ada", Mode::Command).unwrap();
        desk.server().fault(fault.clone());
        let store = desk.open("ada", Mode::Command).unwrap();
        let link = store.link();
        assert_eq!(link.state, state, "{fault:?}: {link:?}");
        assert!(link.why.as_ref().is_some_and(|why| why.contains(said)), "{fault:?}: {link:?}");
        assert!(link.as_of.is_some(), "{fault:?}: its age is known");
        assert_eq!(holder(&store, "executive-sponsor").as_deref(), Some("Ingrid Aasen"), "{fault:?}");
        assert!(store.unheard().is_some() && !format!("{link:?}").contains(TOKEN), "{fault:?}");
        desk.server().fault(Fault::None);
        assert!(store.exchange().is_ok() && store.link().state == State::Live, "{fault:?}: it comes back");
    }
    let asked = elsewhere.server().state.asked.lock().unwrap().clone();
    assert!(asked.iter().all(|asked| !asked.bearer), "no token goes to another host, not even a question: {asked:?}");
}

#[test]
fn without_a_copy_the_reason_is_the_error() {
    for (fault, kind) in
        [(Fault::Status(401, None), Kind::Refused), (Fault::Html, Kind::Network), (Fault::Status(503, None), Kind::Network)]
    {
        let desk = Desk::new();
        desk.server().fault(fault);
        let error = desk.open("ada", Mode::Command).err().unwrap();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.hint.is_some(), "{error}");
    }
}

#[test]
fn a_change_the_server_does_not_answer_is_kept_within_its_time() {
    let desk = Desk::new();
    let store = desk.open("ada", Mode::Command).unwrap();
    store.load().unwrap();
    desk.server().fault(Fault::Hang);
    let start = Instant::now();
    edit(&store, &owner("tenant-owner", "Mara")).unwrap();
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!((store.link().state, store.link().queued), (State::Offline, 1));
}

#[test]
fn a_change_made_with_a_token_that_has_expired_is_told_and_not_made_later_behind_ones_back() {
    let desk = Desk::new();
    let store = desk.open("ada", Mode::Command).unwrap();
    store.load().unwrap();
    desk.server().fault(Fault::Status(401, None));
    let error = edit(&store, &owner("tenant-owner", "Mara")).unwrap_err();
    assert!(
        error.kind == Kind::Refused && error.hint.as_ref().is_some_and(|hint| hint.contains("launchroom login")),
        "{error:?}"
    );
    assert_eq!(store.link().queued, 0);
}

#[test]
fn a_wrong_token_gets_nothing_and_shows_nobody_the_right_one() {
    let desk = Desk::new();
    let error = desk.open_with("ada", Mode::Command, "wrong-token-0123456789").err().unwrap();
    assert_eq!(error.kind, Kind::Refused);
    assert!(!format!("{error:?}").contains("wrong-token"), "{error:?}");
}

#[test]
fn the_room_of_another_tenant_does_not_take_the_place_of_this_one() {
    let (one, other) = (Desk::new(), Desk::new());
    one.open("ada", Mode::Command).unwrap();
    let text = std::fs::read_to_string(other.room()).unwrap();
    std::fs::write(other.room(), text.replace("northwind", "acme")).unwrap();
    let store = open(&one.home.path().join("ada"), &other.server().base(), Mode::Command, TOKEN).unwrap();
    assert_eq!(store.link().state, State::Doubted);
    assert!(store.link().why.unwrap().contains("another tenant"));
    assert_eq!(store.load().unwrap().room.tenant.id.as_str(), "northwind");
}

#[test]
fn a_hiccup_is_not_an_outage() {
    for fault in [Fault::StatusOnce(503), Fault::StatusOnce(429), Fault::DropOnce] {
        let desk = Desk::new();
        let store = desk.open("ada", Mode::Command).unwrap();
        desk.server().fault(fault.clone());
        store.exchange().unwrap();
        assert_eq!(store.link().state, State::Live, "{fault:?}");
        desk.server().fault(fault.clone());
        edit(&store, &owner("tenant-owner", "Mara")).unwrap();
        assert_eq!((store.link().state, store.link().queued), (State::Live, 0), "{fault:?}");
    }
}
