//! What a server does on one machine, the real binary on SQLite: rooms that are known already read again, changes
//! acknowledged beside what the disk itself takes, and changes told to many who listen.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, dead_code, reason = "a bench says what it measured, or stops")]

#[path = "../tests/cli/desk.rs"]
mod desk;
#[path = "../tests/served/house.rs"]
mod house;

use desk::Desk;
use house::{CHANGES, House, ROOM, Told, request};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const READS: usize = 20_000;
const CHANGED: usize = 1_000;
const LISTENERS: usize = 1_000;
const HEARD: usize = 50;

fn main() {
    let house = open();
    let token = house.token("operator");
    known_again(&house, &token);
    acknowledged(&house, &token);
    told_to(&house, &token, 1);
    told_to(&house, &token, LISTENERS);
}

/// A lifelike room, in a server that logs as it does by default.
fn open() -> House {
    let desk = Desk::empty();
    desk.ok(&["demo", "--keep", "."]);
    House::with(desk, &["--import", "launchroom.toml"])
}

/// Two visitors who keep asking whether the room is still the one they know.
fn known_again(house: &House, token: &str) {
    let tag = format!("if-none-match: \"{}\"\r\n", house.revision(token));
    let ask = request("GET", ROOM, token, &tag, "").replace("connection: close\r\n", "");
    let (start, before) = (Instant::now(), house.cpu());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut stream = house.connect();
                stream.set_nodelay(true).unwrap();
                for _ in 0..READS / 2 {
                    stream.write_all(ask.as_bytes()).unwrap();
                    assert!(answer(&mut stream).starts_with("HTTP/1.1 304"));
                }
            });
        }
    });
    let (took, cpu) = (start.elapsed().as_secs_f64(), house.cpu().saturating_sub(before).as_secs_f64());
    println!(
        "a room that is known   {:.0} a second over two connections; {:.0} a second of one core",
        READS as f64 / took,
        READS as f64 / cpu
    );
}

/// A change, and what the disk takes for as much, in turns.
fn acknowledged(house: &House, token: &str) {
    let mut stream = house.connect();
    stream.set_nodelay(true).unwrap();
    let mut beside = OpenOptions::new().create(true).append(true).open(house.desk.path("beside")).unwrap();
    let mut base = house.revision(token);
    let (mut disk, mut changes) = (Vec::new(), Vec::new());
    for turn in 0..CHANGED {
        let start = Instant::now();
        beside.write_all(&[0; 4096]).unwrap();
        beside.sync_all().unwrap();
        disk.push(start.elapsed());
        let ask = changing(token, &base, &format!("Person {turn}"));
        let start = Instant::now();
        stream.write_all(ask.as_bytes()).unwrap();
        let told = answer(&mut stream);
        changes.push(start.elapsed());
        base = Told::of(told.as_bytes()).text("revision");
    }
    tell("fsync of 4 KiB", &mut disk);
    tell("a change acknowledged", &mut changes);
    let at = |times: &[Duration]| times[times.len() * 99 / 100].as_secs_f64();
    println!("  {:.1} of the disk's own at 99 of 100", at(&changes) / at(&disk));
}

/// One change after the other, each until the last of all listeners has it.
fn told_to(house: &House, token: &str, listeners: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (ready, heard) = channel();
    let ask = Arc::new(request("GET", &format!("{ROOM}/events"), token, "", ""));
    let marker = |turn: usize| format!("\"Heard {listeners}/{turn}\"");
    for _ in 0..listeners {
        let (ready, ask, address) = (ready.clone(), Arc::clone(&ask), house.address);
        runtime.spawn(async move {
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            stream.write_all(ask.as_bytes()).await.unwrap();
            let (mut text, mut piece, mut next) = (Vec::new(), vec![0; 64 * 1024], None);
            loop {
                let count = stream.read(&mut piece).await.unwrap();
                if count == 0 {
                    return;
                }
                text.extend_from_slice(&piece[..count]);
                let told = String::from_utf8_lossy(&text);
                if next.is_none() && told.contains("retry:") {
                    next = Some(0);
                    ready.send(Instant::now()).unwrap();
                }
                while let Some(turn) = next.filter(|turn| told.contains(&format!("\"Heard {listeners}/{turn}\""))) {
                    ready.send(Instant::now()).unwrap();
                    next = Some(turn + 1);
                }
                text = text.split_off(text.len().saturating_sub(4096));
            }
        });
    }
    let patience = Duration::from_mins(1);
    for _ in 0..listeners {
        heard.recv_timeout(patience).unwrap();
    }
    let mut stream = house.connect();
    stream.set_nodelay(true).unwrap();
    let mut base = house.revision(token);
    let (mut each, mut last) = (Vec::new(), Vec::new());
    for turn in 0..HEARD {
        let name = marker(turn).trim_matches('"').to_owned();
        let ask = changing(token, &base, &name);
        let start = Instant::now();
        stream.write_all(ask.as_bytes()).unwrap();
        base = Told::of(answer(&mut stream).as_bytes()).text("revision");
        let times: Vec<Duration> = (0..listeners).map(|_| heard.recv_timeout(patience).unwrap() - start).collect();
        last.push(*times.iter().max().unwrap());
        each.extend(times);
    }
    tell(&format!("seen by each of {listeners}"), &mut each);
    tell(&format!("seen by all of {listeners}"), &mut last);
}

fn changing(token: &str, base: &str, name: &str) -> String {
    let change = json!({ "change": "set_owner", "role": "tenant-owner", "name": name });
    let body = json!({ "base_revision": base, "changes": [change] }).to_string();
    request("POST", CHANGES, token, "content-type: application/json\r\n", &body).replace("connection: close\r\n", "")
}

/// One answer, of a connection that stays.
fn answer(stream: &mut TcpStream) -> String {
    let (mut text, mut piece) = (String::new(), [0; 16 * 1024]);
    loop {
        let count = stream.read(&mut piece).unwrap();
        assert!(count > 0, "{text}");
        text += std::str::from_utf8(&piece[..count]).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if body.len() >= length.unwrap_or(0) {
            return text;
        }
    }
}

fn tell(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    println!("{what:<22} median {:.2} ms, 99 of 100 within {:.2} ms, all within {:.2} ms", at(50), at(99), at(100));
}
