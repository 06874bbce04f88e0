//! Taking a room out of its server.

use crate::desk::{Desk, Now, owner};
use crate::server::TOKEN;
use launchroom::app::attach::{self, Desk as At, How};
use launchroom::app::error::Kind;
use launchroom::app::open;
use launchroom::app::ports::RoomStore as _;
use launchroom::domain::plan::Class;
use launchroom::infra::file::FileStore;
use launchroom::infra::http::{Api, Client, Mode, Token, pull};

fn api(desk: &Desk) -> Api {
    Api::new(Client::new(&desk.server().base(), None).unwrap(), Some(Token::of(TOKEN, "test").unwrap()), None)
}

#[test]
fn a_room_that_was_pulled_is_a_room_that_verifies() {
    let desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    let at = At { store: &ada, clock: &Now, by: "Ada" };
    let how = |class| How { serves: Some("paid-beta/billing".into()), class: Some(class), ..How::default() };
    attach::attach_file(at, "invoice.txt", b"invoice 4711, to be paid\n", None, &how(Class::Tenant)).unwrap();
    attach::attach_file(at, "secret.txt", b"for the operator alone\n", None, &how(Class::Locked)).unwrap();
    desk.server().change("Bo", &owner("tenant-owner", "Mara Lindt"));

    let path = desk.home.path().join("elsewhere/out.toml");
    let pulled = pull::pull(&api(&desk), &path, &desk.home.path().join("elsewhere-data"), None).unwrap();
    assert_eq!((pulled.tenant.as_str(), pulled.files, pulled.receipts), ("Northwind", 1, 1));
    let store = FileStore::open(&path, &desk.home.path().join("elsewhere-data"), false).unwrap();
    let mine = store.load().unwrap();
    let theirs = desk.server().state.room.load().unwrap();
    assert_eq!((&mine.text, &mine.ledger.entries), (&theirs.text, &theirs.ledger.entries));
    let opened = open::open(&store, &Now).unwrap();
    assert_eq!(opened.readiness.trust.intact, opened.readiness.trust.blobs);
    let left: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn nothing_is_written_over_and_a_broken_pull_leaves_nothing() {
    let desk = Desk::new();
    let path = desk.home.path().join("out/room.toml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "mine").unwrap();
    let error = pull::pull(&api(&desk), &path, desk.home.path(), None).err().unwrap();
    assert_eq!(error.kind, Kind::Conflict);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");

    let ada = desk.open("ada", Mode::Command).unwrap();
    let how = How { serves: Some("paid-beta/billing".into()), class: Some(Class::Tenant), ..How::default() };
    attach::attach_file(At { store: &ada, clock: &Now, by: "Ada" }, "invoice.txt", b"invoice 4711\n", None, &how).unwrap();
    desk.server().fault(crate::server::Fault::WrongBytes);
    let other = desk.home.path().join("out/other.toml");
    assert!(pull::pull(&api(&desk), &other, desk.home.path(), None).is_err());
    let left = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(left, 1, "only what was there before");
}
