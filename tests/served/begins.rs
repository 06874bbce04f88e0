//! How a server starts, or says why it does not.

use crate::desk::Desk;
use crate::house::{House, ROOM, desk, serve};
use std::net::TcpListener;
use std::process::Stdio;

/// A server that does not start: how it ended and what it said.
fn refused(desk: &Desk, arguments: &[&str]) -> (i32, String) {
    let all: Vec<&str> = ["--bind", "127.0.0.1:0"].iter().chain(arguments).copied().collect();
    let ended = serve(desk, &all).stderr(Stdio::piped()).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success() && ended.stdout.is_empty(), "{arguments:?} {ended:?}");
    assert!(!told.contains("panicked") && !told.contains("PRIVATE KEY"), "{told}");
    (ended.status.code().unwrap_or(-1), told)
}

#[test]
fn a_port_that_is_taken_is_told_with_what_to_do() {
    let desk = desk();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = serve(&desk, &["--bind", &address]).stderr(Stdio::piped()).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(5), "{told}");
    assert!(told.contains(&address) && told.contains("--bind"), "{told}");
    for (odd, code) in [("nonsense", 2), ("127.0.0.1", 2), ("127.0.0.1:99999", 2), ("203.0.113.7:0", 5)] {
        let ended = serve(&desk, &["--bind", odd]).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(ended.status.code(), Some(code), "{odd} {ended:?}");
    }
}

#[test]
fn certificates_and_keys_that_are_none_are_told_and_not_shown() {
    let desk = desk();
    desk.write("none.pem", "");
    desk.write("odd.pem", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0LWtleS1ieXRlcw==\n-----END PRIVATE KEY-----\n");
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    desk.write("chain.pem", made.cert.pem());
    desk.write("key.pem", made.signing_key.serialize_pem());
    desk.write("other.pem", other.signing_key.serialize_pem());
    for (chain, key, named) in [
        ("absent.pem", "key.pem", "absent.pem"),
        ("chain.pem", "absent.pem", "absent.pem"),
        ("none.pem", "key.pem", "certificate"),
        ("key.pem", "key.pem", "certificate"),
        ("chain.pem", "none.pem", "key"),
        ("chain.pem", "chain.pem", "key"),
        ("chain.pem", "odd.pem", "key"),
        ("chain.pem", "other.pem", "key"),
        (".", "key.pem", "."),
    ] {
        let (code, told) = refused(&desk, &["--tls-cert", chain, "--tls-key", key]);
        assert!(matches!(code, 2 | 5), "{chain} {key} {code} {told}");
        assert!(told.contains(named) && !told.contains("c2VjcmV0"), "{chain} {key} {told}");
    }
    assert_eq!(refused(&desk, &["--tls-cert", "chain.pem"]).0, 2, "one without the other");
}

#[test]
fn a_database_that_cannot_be_used_is_told() {
    let desk = desk();
    desk.write("file", "not a folder");
    desk.write("text.db", "this is a text of somebody, and no database at all; it has to stay as it is, to the last letter\n");
    for (database, code) in
        [("file/rooms.db", 2), ("typo/rooms.db", 2), ("/proc/rooms.db", 5), (".", 5), ("text.db", 5), ("mysql://x", 2)]
    {
        let (found, told) = refused(&desk, &["--database", database]);
        assert_eq!(found, code, "{database} {told}");
        assert!(told.contains("database"), "{database} {told}");
    }
    assert!(!desk.path("typo").exists());
    assert!(desk.read("text.db").starts_with("this is a text") && desk.read("text.db").ends_with("letter\n"));
    let (code, told) = refused(&desk, &["--blobs", "file/blobs"]);
    assert!(code == 5 && told.contains("file/blobs"), "{code} {told}");
}

#[test]
fn a_second_server_on_the_same_database_is_refused_and_the_first_goes_on() {
    let house = House::open();
    let token = house.token("operator");
    let (code, told) = refused(&house.desk, &[]);
    assert_eq!(code, 4, "{told}");
    assert!(told.contains("in use") && told.contains("postgres://"), "{told}");
    assert_eq!(house.get(ROOM, &token).status, 200);
}

#[test]
fn the_same_room_is_brought_in_once_and_another_of_its_tenant_never() {
    let mut house = House::open();
    let token = house.token("operator");
    let change = serde_json::json!({ "change": "set_owner", "role": "tenant-owner", "name": "Mara Lindt" });
    assert_eq!(house.change(&token, &change).status, 200);
    let before = house.revision(&token);
    house.stop();
    let desk = Desk::with_room();
    std::fs::create_dir_all(desk.path("data")).unwrap();
    std::fs::copy(house.desk.path("data/launchroom/server/rooms.db"), desk.path("rooms.db")).unwrap();
    drop(house);
    // It went on from there, so there is nothing to bring.
    let same = ["--database", "rooms.db", "--import", "launchroom.toml"];
    let mut house = House::with(desk, &same);
    assert_eq!(house.get(ROOM, &token).json()["revision"], before.as_str());
    house.stop();
    house.desk.ok(&["assign", "tenant-owner", "--name", "Somebody Else"]);
    let (code, told) = refused(&house.desk, &same);
    assert_eq!(code, 4, "{told}");
    assert!(told.contains("northwind-logistics") && told.contains("another room"), "{told}");
}

#[test]
fn a_room_that_is_damaged_or_whose_bytes_are_gone_is_not_brought_in() {
    let desk = desk();
    desk.write("note.txt", "what was seen");
    desk.ok(&["attach", "--target", "launch-room", "--meets", "scope", "note.txt"]);
    let import = ["--import", "launchroom.toml"];
    let ledger = desk.read("launchroom.evidence/ledger.jsonl");

    let blobs = desk.path("launchroom.evidence/blobs");
    std::fs::rename(&blobs, desk.path("away")).unwrap();
    let (code, told) = refused(&desk, &import);
    assert!(code == 5 && told.contains("missing") && told.contains('#'), "{code} {told}");
    std::fs::rename(desk.path("away"), &blobs).unwrap();

    desk.write("launchroom.evidence/ledger.jsonl", ledger.replace("note.txt", "nope.txt"));
    let (code, told) = refused(&desk, &import);
    assert!(code == 5 && told.contains("damaged at line"), "{code} {told}");
    desk.write("launchroom.evidence/ledger.jsonl", &ledger);

    let text = desk.read("launchroom.toml");
    desk.write("launchroom.toml", text.replace("schema = 1", "schema = one"));
    let (code, told) = refused(&desk, &import);
    assert!(code == 2 && told.contains("launchroom.toml"), "{code} {told}");
    desk.write("launchroom.toml", text);
    let (code, told) = refused(&desk, &["--import", "absent.toml"]);
    assert!(code == 2 && told.contains("absent.toml") && told.contains("no such file"), "{code} {told}");

    // Nothing of it stayed: whole again, it comes in.
    let house = House::with(desk, &import);
    let token = house.token("operator");
    assert_eq!(house.get(ROOM, &token).json()["ledger"]["length"], ledger.lines().count());
}

#[test]
fn of_several_rooms_all_come_in_or_none() {
    let desk = desk();
    desk.ok(&["init", "b/launchroom.toml", "--tenant", "Breitfeld", "--kickoff", "2026-11-02"]);
    desk.ok(&["init", "twin/launchroom.toml", "--tenant", "Breitfeld", "--kickoff", "2026-11-02"]);
    desk.write("broken.toml", "schema = 1\nplan = \"first-customer\"\n[tenant\n");
    for (last, said) in
        [("broken.toml", "broken.toml:3"), ("absent.toml", "no such file"), ("twin/launchroom.toml", "one room of a tenant")]
    {
        let (code, told) = refused(&desk, &["--import", "b/launchroom.toml", "--import", last]);
        assert!(code == 2 && told.contains(last) && told.contains(said) && told.contains("nothing was brought in"), "{told}");
    }
    let house = House::with(desk, &["--import", "launchroom.toml"]);
    let all = house.desk.ok(&["token", "create", "--all-tenants", "--role", "operator", "--name", "All"]).out.trim().to_owned();
    let rows = house.get("/api/platform/launch-rooms", &all).json();
    assert_eq!(rows["rooms"].as_array().unwrap().len(), 1, "{rows}");
}
