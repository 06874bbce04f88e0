//! Methods, paths, queries and headers that nobody means well with.

use crate::house::{CHANGES, House, ROOM, request};

#[test]
fn what_is_not_there_or_not_taken_is_a_problem_by_the_book() {
    let house = House::open();
    let token = house.token("viewer");
    for (method, path, status) in [
        ("OPTIONS", "/api/health", 405),
        ("DELETE", ROOM, 405),
        ("GET", CHANGES, 405),
        ("POST", "/api/health", 405),
        ("PATCH", "/metrics", 405),
        ("GET", "/", 404),
        ("GET", "/api", 404),
        ("GET", "/api/platform/launch-rooms/", 404),
        ("GET", "//api/health", 404),
        ("GET", "/api/product/../health", 404),
        ("GET", "/api/product/%2e%2e%2fhealth", 404),
        ("GET", "/api/product/%ff%fe", 400),
        ("GET", "/api/platform/evidence/blobs/%ff", 400),
        ("GET", "/api/platform/evidence/blobs/..%2f..%2frooms.db", 400),
    ] {
        let told = house.ask(method, path, &token, "", "");
        assert_eq!(told.status, status, "{method} {path} {told:?}");
        assert!(told.is_problem(), "{method} {path} {told:?}");
        assert_eq!(told.head.contains("\r\nallow: "), status == 405, "{method} {path} {told:?}");
    }
    let told = house.ask("HEAD", "/api/health", "", "", "");
    assert_eq!((told.status, told.body.as_str()), (200, ""));
    let told = house.ask("HEAD", ROOM, &token, "", "");
    assert!(told.status == 200 && told.body.is_empty() && told.head.contains("\r\netag: "), "{told:?}");
}

#[test]
fn a_query_means_one_thing_or_is_refused() {
    let house = House::open();
    let token = house.token("operator");
    let ledger = format!("{ROOM}/ledger");
    for (query, status) in [
        ("?tenant=northwind-logistics", 200),
        ("?tenant=northwind-logistics&tenant=northwind-logistics", 200),
        ("?tenant=northwind-logistics&tenant=other", 400),
        ("?tenant=other&tenant=northwind-logistics", 400),
        ("?tenant=other", 404),
        ("?tenant=", 404),
        ("?tenant=%00", 404),
        ("?tenant=northwind%2dlogistics", 404),
        ("?tenant=northwind-logistics%20", 404),
        ("?tenant=%ff", 404),
        ("?tenant[]=other&a=b", 200),
        ("?%74enant=other", 200),
        ("?after=1&after=2", 400),
        ("?after=-1", 400),
        ("?after=1e3", 400),
        ("?after=18446744073709551616", 400),
        ("?after=9007199254740992", 400),
        ("?after=9007199254740991", 200),
        ("?after=%31", 200),
    ] {
        let told = house.get(&format!("{ledger}{query}"), &token);
        assert_eq!(told.status, status, "{query} {told:?}");
        assert!(status == 200 || told.is_problem(), "{query} {told:?}");
    }
}

#[test]
fn a_token_is_taken_from_its_header_alone_and_nothing_secret_is_logged() {
    let house = House::open();
    let token = house.token("operator");
    for path in [
        format!("{ROOM}?token={token}"),
        format!("{ROOM}?access_token={token}"),
        format!("{ROOM}?Authorization=Bearer%20{token}"),
    ] {
        let told = house.get(&path, "");
        assert_eq!(told.status, 401, "{told:?}");
        assert!(told.is_problem() && told.head.contains("www-authenticate: bearer"), "{told:?}");
    }
    for header in [
        format!("authorization: Basic {token}\r\n"),
        format!("authorization: {token}\r\n"),
        format!("authorization: Bearer {token}x\r\n"),
        format!("authorization: Bearer {}\r\n", "a".repeat(5000)),
        format!("cookie: token={token}\r\n"),
        format!("x-api-key: {token}\r\n"),
        "authorization: Bearer \r\n".to_owned(),
    ] {
        let told = house.ask("GET", ROOM, "", &header, "");
        assert_eq!(told.status, 401, "{header} {told:?}");
    }
    // The first of two is meant by some and the last by others.
    let told = house.ask("GET", ROOM, &token, "authorization: Bearer other\r\n", "");
    assert_eq!(told.status, 401, "{told:?}");
    assert_eq!(house.get(&format!("{ROOM}?after=hush"), &token).status, 200);
    let change = serde_json::json!({ "change": "set_owner", "role": "tenant-owner", "name": "Mara-of-the-body" });
    assert_eq!(house.change(&token, &change).status, 200);
    house.get("/hidden-path", &token);
    let mut house = house;
    house.stop();
    let log = house.log();
    for hidden in [token.as_str(), &token[6..], "hush", "Mara-of-the-body", "hidden-path", "other", "Ada"] {
        assert!(!log.contains(hidden), "{hidden} is in {log}");
    }
    assert!(log.contains("\"route\":\"/api/platform/launch-room\"") && log.contains("\"status\":404"), "{log}");
}

#[test]
fn a_request_that_is_none_is_refused_and_shut() {
    let house = House::open();
    let token = house.token("operator");
    let lengths = |more: &str| request("POST", CHANGES, &token, &format!("content-type: application/json\r\n{more}"), "");
    for bytes in [
        "\r\n\r\n\r\n\r\nnonsense\r\n\r\n".to_owned(),
        "GET\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\u{0}\u{5}hello".to_owned(),
        format!("GET {ROOM} HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n"),
        format!("GET {ROOM} HTTP/1.1\r\nhost: x\r\nx: \0\r\n\r\n"),
        lengths("content-length: -1\r\n"),
        lengths("content-length: 5\r\ncontent-length: 6\r\n"),
        lengths("content-length: 99999999999999999999999\r\n"),
        lengths("transfer-encoding: gzip\r\n"),
        lengths("transfer-encoding: chunked\r\n") + "zz\r\nhello\r\n0\r\n\r\n",
        lengths("transfer-encoding: chunked\r\n") + "fffffffffffffffff\r\nhello",
    ] {
        let told = house.say_and_leave(&bytes);
        assert!((400..500).contains(&told.status), "{bytes:?} {told:?}");
    }
    let told = house.ask("GET", &format!("/{}", "a".repeat(1 << 20)), "", "", "");
    assert!(told.status == 431 || told.status == 414, "{told:?}");
    let told = house.ask("GET", "/api/health", "", &format!("x: {}\r\n", "a".repeat(1 << 20)), "");
    assert_eq!(told.status, 431, "{told:?}");
    let told = house.ask("GET", "/api/health", "", &"x: y\r\n".repeat(500), "");
    assert_eq!(told.status, 431, "{told:?}");
    assert!(house.is_alive());
}
