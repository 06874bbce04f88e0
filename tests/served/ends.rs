//! How a server stops: what is in flight is finished, who listens is let go, and nobody is waited for forever.

use crate::house::{CHANGES, House, ROOM, request, rest, until};
use std::io::{Read as _, Write as _};
use std::time::Duration;

#[test]
fn a_server_that_is_stopped_finishes_what_is_in_flight_and_lets_listeners_go() {
    let mut house = House::open();
    let token = house.token("operator");
    let mut listeners: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = house.connect();
            stream.write_all(request("GET", &format!("{ROOM}/events"), &token, "", "").as_bytes()).unwrap();
            let mut first = [0; 12];
            stream.read_exact(&mut first).unwrap();
            stream
        })
        .collect();
    let body = format!(
        "{{\"base_revision\":\"{}\",\"changes\":[{{\"change\":\"ask\",\"about\":[\"tenant-owner\"],\"to\":\"Mara\"}}]}}",
        house.revision(&token)
    );
    let whole = request("POST", CHANGES, &token, "content-type: application/json\r\n", &body);
    let (first, last) = whole.split_at(whole.len() - 10);
    let mut half = house.connect();
    half.write_all(first.as_bytes()).unwrap();
    // An idle connection that was used before is no reason to wait.
    let mut idle = house.connect();
    idle.write_all(b"GET /api/health HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut one = [0; 12];
    idle.read_exact(&mut one).unwrap();
    until("all are connected", || {
        let metrics = house.get("/metrics", "").body;
        let connections = metrics.lines().find_map(|line| line.strip_prefix("launchroom_connections ")?.parse::<u32>().ok());
        connections >= Some(23)
    });
    house.signal(rustix::process::Signal::TERM);
    until("it takes no more", || std::net::TcpStream::connect(house.address).is_err());
    half.write_all(last.as_bytes()).unwrap();
    let told = rest(&mut half);
    assert_eq!(told.status, 200, "{told:?}");
    for stream in &mut listeners {
        let ended = rest(stream);
        assert!(ended.head.contains("chunked") || ended.body.is_empty() || ended.head.ends_with('0'), "{ended:?}");
    }
    let (status, took) = house.stop();
    assert!(status.success() && took < Duration::from_secs(10), "{status} {took:?}");
    assert!(house.log().contains("\"event\":\"stopped\""), "{}", house.log());
}

#[test]
fn who_hangs_does_not_keep_a_server_from_stopping() {
    let mut house = House::open();
    let token = house.token("operator");
    let head = request("POST", CHANGES, &token, "content-type: application/json\r\ncontent-length: 500\r\n", "");
    let _hanging: Vec<_> = (0..5)
        .map(|_| {
            let mut stream = house.connect();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    // Listeners that read nothing, also when there is much to read.
    let _deaf: Vec<_> = (0..5)
        .map(|_| {
            let mut stream = house.connect();
            stream.write_all(request("GET", &format!("{ROOM}/events?after=0"), &token, "", "").as_bytes()).unwrap();
            stream
        })
        .collect();
    let (status, took) = house.stop();
    assert!(status.success() && took < Duration::from_secs(10), "{status} {took:?}");
}

#[test]
fn a_listener_whose_token_was_ended_hears_nothing_more() {
    let house = House::open();
    let (token, other) = (house.token("viewer"), house.token("operator"));
    let mut stream = house.connect();
    stream.write_all(request("GET", &format!("{ROOM}/events"), &token, "", "").as_bytes()).unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    let list = house.desk.json(&["token", "list", "--json"]);
    let tokens = list["tokens"].as_array().unwrap();
    let id = tokens.iter().find(|token| token["role"] == "viewer").unwrap()["id"].as_str().unwrap();
    house.desk.ok(&["token", "revoke", id]);
    // Somebody goes on changing the room, so that there is never silence.
    let mut changed = 0;
    std::thread::scope(|scope| {
        let ended = scope.spawn(|| rest(&mut stream));
        while !ended.is_finished() {
            let change = serde_json::json!({ "change": "set_owner", "role": "tenant-owner", "name": format!("Nr {changed}") });
            assert_eq!(house.change(&other, &change).status, 200);
            changed += 1;
            assert!(changed < 5000, "it still listens");
        }
    });
}
