//! The store in a shell: it asks, changes, and keeps its promises about bytes.

use crate::desk::{Desk, edit, holder, owner};
use jiff::Timestamp;
use launchroom::app::attach::{self, Desk as At, How};
use launchroom::app::error::Kind;
use launchroom::app::ports::RoomStore as _;
use launchroom::app::sync::{State, Synced as _};
use launchroom::domain::change::Change;
use launchroom::domain::ledger::{BlobState, Body};
use launchroom::domain::plan::Class;
use launchroom::infra::http::Mode;

#[test]
fn a_room_of_a_server_reads_and_changes_like_any_other() {
    let desk = Desk::new();
    let store = desk.open("ada", Mode::Command).unwrap();
    assert_eq!(holder(&store, "executive-sponsor").as_deref(), Some("Ingrid Aasen"));
    let after = edit(&store, &owner("tenant-owner", "Mara Lindt")).unwrap();
    assert_eq!(after.room.holder("tenant-owner").unwrap().name, "Mara Lindt");
    let theirs = desk.server().state.room.load().unwrap();
    assert_eq!(*theirs.ledger.entries, *after.ledger.entries, "the copy is the server's ledger, entry by entry");
    assert_eq!(theirs.text, after.text);
    assert_eq!(after.ledger.entries.last().unwrap().by, "Server Sam", "who did it is for the server to say");
}

#[test]
fn what_the_rules_refuse_is_refused_and_leaves_nothing_behind() {
    let desk = Desk::new();
    let store = desk.open("ada", Mode::Command).unwrap();
    let error = edit(&store, &owner("no-such-role", "X")).unwrap_err();
    assert_eq!(error.kind, Kind::Refused);
    assert_eq!((store.link().queued, desk.server().count("POST", "changes")), (0, 0));
}

#[test]
fn a_room_that_did_not_change_is_not_sent_again() {
    let desk = Desk::new();
    desk.open("ada", Mode::Command).unwrap();
    let ledgers = desk.server().count("GET", "ledger");
    desk.open("ada", Mode::Command).unwrap().load().unwrap();
    assert_eq!(desk.server().count("GET", "ledger"), ledgers, "304 and nothing more");
}

#[test]
fn bytes_go_up_before_the_record_that_speaks_of_them_and_come_down_checked() {
    let desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    let how = How { serves: Some("paid-beta/billing".into()), class: Some(Class::Tenant), ..How::default() };
    let at = At { store: &ada, clock: &crate::desk::Now, by: "Ada" };
    attach::attach_file(at, "invoice.txt", b"invoice 4711, to be paid by the customer\n", None, &how).unwrap();
    assert_eq!(desk.server().count("PUT", "blobs"), 1);

    let bo = desk.open("bo", Mode::Command).unwrap();
    let digest = attached(&bo);
    assert_eq!(bo.check(&[digest])[&digest], BlobState::Intact, "the server vouches for what it holds");
    desk.server().fault(crate::server::Fault::WrongBytes);
    assert!(bo.blob(&digest).is_err(), "other bytes are not taken");
    desk.server().fault(crate::server::Fault::None);
    assert_eq!(bo.blob(&digest).unwrap().unwrap(), b"invoice 4711, to be paid by the customer\n");
    bo.blob(&digest).unwrap();
    assert_eq!(desk.server().count("GET", "blobs"), 2, "what is here is not fetched again");
}

#[test]
fn locked_bytes_stay_on_this_machine_and_count_by_their_receipt() {
    let desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    let how = How { serves: Some("paid-beta/billing".into()), class: Some(Class::Locked), ..How::default() };
    let at = At { store: &ada, clock: &crate::desk::Now, by: "Ada" };
    attach::attach_file(at, "fixture.txt", b"what only the operator may see\n", None, &how).unwrap();
    assert_eq!(desk.server().count("PUT", "blobs"), 0);
    let digest = attached(&ada);
    assert_eq!(ada.blob(&digest).unwrap().unwrap(), b"what only the operator may see\n");
    let bo = desk.open("bo", Mode::Command).unwrap();
    assert_eq!(bo.blob(&digest).unwrap(), None);
    let server = desk.home.path().join("served");
    let found = std::process::Command::new("grep").args(["-rl", "only the operator"]).arg(&server).output().unwrap();
    assert!(found.stdout.is_empty(), "{}", String::from_utf8_lossy(&found.stdout));
}

#[test]
fn whoever_has_a_copy_that_is_damaged_fetches_it_whole() {
    let desk = Desk::new();
    desk.open("ada", Mode::Command).unwrap();
    let ledger = desk.home.path().join("ada/servers/x/launchroom.evidence/ledger.jsonl");
    std::fs::write(&ledger, "not a line\n").unwrap();
    let store = desk.open("ada", Mode::Command).unwrap();
    assert_eq!(store.link().state, State::Live, "{:?}", store.link());
    assert!(store.load().unwrap().ledger.damage.is_none());
}

#[test]
fn a_readonly_store_sends_nothing() {
    let desk = Desk::new();
    desk.open("ada", Mode::Command).unwrap();
    let store = desk.open_to_look("ada");
    assert_eq!(edit(&store, &owner("tenant-owner", "X")).unwrap_err().kind, Kind::Refused);
    assert!(store.load().unwrap().view_only.is_some());
    assert_eq!(desk.server().count("POST", "changes"), 0);
}

#[test]
fn an_undo_is_a_change_like_any_other() {
    let desk = Desk::new();
    let store = desk.open("ada", Mode::Command).unwrap();
    let before = store.load().unwrap();
    let change = owner("tenant-owner", "Mara Lindt");
    let undo = launchroom::domain::apply::inverse(&before.room, &change).unwrap();
    edit(&store, &change).unwrap();
    edit(&store, &undo).unwrap();
    assert_eq!(holder(&store, "tenant-owner"), None);
    assert!(matches!(undo, Change::Restore { .. }));
    assert_eq!(store.change("Ada", Timestamp::now(), &undo).unwrap().ledger.entries.len(), before.ledger.entries.len() + 2);
}

fn attached(store: &dyn launchroom::app::ports::RoomStore) -> launchroom::domain::ids::Digest {
    let entries = store.load().unwrap().ledger.entries;
    entries
        .iter()
        .rev()
        .find_map(|entry| match &entry.body {
            Body::Attached(attached) => attached.digest,
            _ => None,
        })
        .unwrap()
}
