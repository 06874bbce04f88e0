//! Bodies that lie, break off, never end, or are no JSON; and visitors who dawdle.

use crate::house::{CHANGES, House, ROOM, Told, request, rest};
use launchroom::domain::ids::Digest;
use std::io::Write as _;
use std::time::{Duration, Instant};

fn post(house: &House, token: &str, body: &str) -> Told {
    house.ask("POST", CHANGES, token, "content-type: application/json\r\n", body)
}

#[test]
fn what_is_no_change_is_told_as_such_and_changes_nothing() {
    let house = House::open();
    let token = house.token("operator");
    let before = house.revision(&token);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let nested = format!("{{\"base_revision\":\"{before}\",\"changes\":[{}1{}]}}", "{\"a\":".repeat(90), "}".repeat(90));
    let many = format!("{{\"base_revision\":\"{before}\",\"changes\":[{}1]}}", "1,".repeat(1000));
    for body in [
        "",
        " ",
        "null",
        "[]",
        "1",
        "\"x\"",
        "{",
        "{\"base_revision\":",
        "{}",
        "{\"changes\":[]}",
        "\u{feff}{}",
        "{\"a\":1}{\"b\":2}",
        "{\"base_revision\":1,\"changes\":[1]}",
        "{\"base_revision\":null,\"changes\":null}",
        "[1e999999]",
        "\"\\ud800\"",
        &deep,
        &nested,
        &many,
    ] {
        let told = post(&house, &token, body);
        let shown: String = body.chars().take(60).collect();
        assert!(matches!(told.status, 400 | 422), "{shown:?} {told:?}");
        assert!(told.is_problem() && told.body.len() < 2000, "{shown:?} {told:?}");
    }
    for kind in ["", "content-type: text/plain\r\n", "content-type: application/json-patch+json\r\n"] {
        let told = house.ask("POST", CHANGES, &token, kind, "{}");
        assert_eq!(told.status, 415, "{kind} {told:?}");
        assert!(told.is_problem());
    }
    assert_eq!(house.revision(&token), before);
}

#[test]
fn a_body_that_breaks_off_or_lies_about_its_length_changes_nothing() {
    let house = House::open();
    let token = house.token("operator");
    let before = house.revision(&token);
    let body =
        format!("{{\"base_revision\":\"{before}\",\"changes\":[{{\"change\":\"ask\",\"about\":[\"x\"],\"to\":\"Mara\"}}]}}");
    let kind = "content-type: application/json\r\n";
    let short = request("POST", CHANGES, &token, &format!("{kind}content-length: {}\r\n", body.len() + 10), "") + &body;
    let told = house.say_and_leave(short);
    assert!(told.status == 400 && told.is_problem(), "{told:?}");
    let long = request("POST", CHANGES, &token, &format!("{kind}content-length: {}\r\n", body.len() - 10), "") + &body;
    assert_eq!(house.say_and_leave(long).status, 400);
    let half = request("POST", CHANGES, &token, &format!("{kind}transfer-encoding: chunked\r\n"), "")
        + &format!("{:x}\r\n{}", body.len(), &body[..20]);
    assert_eq!(house.say_and_leave(half).status, 400);
    assert_eq!(house.revision(&token), before);
    let whole = request("POST", CHANGES, &token, &format!("{kind}transfer-encoding: chunked\r\n"), "")
        + &format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    assert_eq!(house.say(whole).status, 200, "whole and in chunks it is a change like any other");
}

#[test]
fn whoever_sends_too_much_can_read_that_while_they_are_still_sending() {
    let house = House::with(crate::house::desk(), &["--import", "launchroom.toml", "--max-upload", "1"]);
    let token = house.token("operator");
    let large = "x".repeat(12 << 20);
    let told = post(&house, &token, &large);
    assert!(told.status == 413 && told.is_problem(), "{told:?}");
    let path = format!("/api/platform/evidence/blobs/{}", Digest::of(b"y").to_hex());
    let told = house.ask("PUT", &path, &token, "", &large);
    assert!(told.status == 413 && told.is_problem(), "{told:?}");
    let told = house.ask("PUT", &path, "", "", &large);
    assert!(told.status == 401 && told.is_problem(), "{told:?}");
    let chunked = request("PUT", &path, &token, "transfer-encoding: chunked\r\n", "")
        + &format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    let told = house.say(chunked);
    assert!(told.status == 413 && told.is_problem(), "{told:?}");
    // A file that is here already is not read again, and the answer arrives all the same.
    let small = "z".repeat(1 << 20);
    let path = format!("/api/platform/evidence/blobs/{}", Digest::of(small.as_bytes()).to_hex());
    assert_eq!(house.ask("PUT", &path, &token, "", &small).status, 204);
    assert_eq!(house.ask("PUT", &path, &token, "", &small).status, 204);
}

#[test]
fn who_dawdles_is_let_go_and_keeps_nobody_waiting() {
    let house = House::open();
    let token = house.token("operator");
    let start = Instant::now();
    std::thread::scope(|scope| {
        let silent = scope.spawn(|| (rest(&mut house.connect()), start.elapsed()));
        let slow_head = scope.spawn(|| {
            let mut stream = house.connect();
            let mut sent = 0;
            // A byte a second is no request in ten.
            for byte in request("GET", ROOM, &token, "", "").bytes() {
                if stream.write_all(&[byte]).is_err() {
                    break;
                }
                sent += 1;
                stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
                let mut piece = [0; 256];
                match std::io::Read::read(&mut stream, &mut piece) {
                    Ok(_) => break,
                    Err(error) => assert!(
                        matches!(
                            error.kind(),
                            std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut | std::io::ErrorKind::ConnectionReset
                        ),
                        "{error}"
                    ),
                }
            }
            (sent, start.elapsed())
        });
        let slow_body = scope.spawn(|| {
            let head = request("POST", CHANGES, &token, "content-type: application/json\r\ncontent-length: 9999\r\n", "");
            (house.say(head + "{\"base"), start.elapsed())
        });
        while start.elapsed() < Duration::from_secs(5) {
            let asked = Instant::now();
            assert_eq!(house.get(ROOM, &token).status, 200);
            assert!(asked.elapsed() < Duration::from_secs(3), "others wait");
        }
        let (_, took) = silent.join().unwrap();
        assert!(took < Duration::from_secs(20), "{took:?}");
        let (sent, took) = slow_head.join().unwrap();
        assert!(sent < 30 && took < Duration::from_secs(25), "{sent} {took:?}");
        let (told, took) = slow_body.join().unwrap();
        assert!(told.status == 408 && told.is_problem() && took < Duration::from_secs(35), "{told:?} {took:?}");
    });
}

#[test]
fn more_visitors_than_there_is_room_for_wait_and_come_in() {
    let house = House::with(crate::house::desk(), &["--import", "launchroom.toml", "--max-connections", "20"]);
    let token = house.token("viewer");
    let crowd: Vec<_> = (0..200).map(|_| house.connect()).collect();
    std::thread::scope(|scope| {
        let late = scope.spawn(|| house.get(ROOM, &token).status);
        drop(crowd);
        assert_eq!(late.join().unwrap(), 200);
    });
}
