//! What a machine can do to a server: no room on the disk, a damaged database, a log that nobody takes.

use crate::house::{House, ROOM, Told, desk, request, until};
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

fn owner(name: &str) -> serde_json::Value {
    json!({ "change": "set_owner", "role": "tenant-owner", "name": name })
}

#[test]
fn a_log_that_nobody_takes_or_that_cannot_be_written_stops_nothing() {
    // A pipe that nobody reads, one that is shut, and a disk that is full.
    let (unread, kept) = {
        let (reader, writer) = std::io::pipe().unwrap();
        (Stdio::from(writer), reader)
    };
    let shut = Stdio::from(std::io::pipe().unwrap().1);
    let full = Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    for log in [unread, shut, full] {
        let mut house = House::start(desk(), &["--import", "launchroom.toml"], log);
        let token = house.token("operator");
        let mut stream = house.connect();
        let ask = b"GET /api/health HTTP/1.1\r\nhost: x\r\n\r\n".repeat(100);
        for _ in 0..20 {
            stream.write_all(&ask).unwrap();
            let (mut seen, mut piece) = (String::new(), vec![0; 64 * 1024]);
            while seen.matches("HTTP/1.1 200").count() < 100 || !seen.ends_with('}') {
                let count = stream.read(&mut piece).unwrap();
                assert!(count > 0, "shut after {}", seen.len());
                seen += &String::from_utf8_lossy(&piece[..count]);
            }
        }
        drop(stream);
        assert_eq!(house.change(&token, &owner("Mara Lindt")).status, 200);
        let (status, _) = house.stop();
        assert!(status.success(), "{status}");
    }
    drop(kept);
}

#[test]
fn a_room_that_is_damaged_in_the_database_is_named_and_the_others_are_served() {
    let home = desk();
    home.ok(&["init", "b/launchroom.toml", "--tenant", "Breitfeld", "--kickoff", "2026-11-02"]);
    home.ok(&["init", "c/launchroom.toml", "--tenant", "Calluna", "--kickoff", "2026-11-02"]);
    let rooms = ["--import", "launchroom.toml", "--import", "b/launchroom.toml", "--import", "c/launchroom.toml"];
    let mut house = House::with(home, &rooms);
    let all = house.desk.ok(&["token", "create", "--all-tenants", "--role", "operator", "--name", "All"]).out.trim().to_owned();
    for tenant in ["northwind-logistics", "breitfeld", "calluna"] {
        let room = format!("{ROOM}?tenant={tenant}");
        let base = house.get(&room, &all).text("revision");
        let body = json!({ "base_revision": base, "changes": [owner("Mara Lindt")] }).to_string();
        let path = format!("{ROOM}/changes?tenant={tenant}");
        assert_eq!(house.ask("POST", &path, &all, "content-type: application/json\r\n", &body).status, 200);
    }
    house.stop();
    let path = house.desk.path("data/launchroom/server/rooms.db");
    let database = rusqlite::Connection::open(&path).unwrap();
    // Somebody with the file and no respect.
    database.execute_batch("drop trigger entry_is_not_changed").unwrap();
    database.execute("update entry set line = replace(line, 'Mara', 'Nora') where tenant = 'breitfeld'", []).unwrap();
    database.execute("update room set text = 'schema = nonsense' where tenant = 'calluna'", []).unwrap();
    drop(database);
    let moved = std::mem::replace(&mut house.desk, desk());
    drop(house);
    let house = House::with(moved, &[]);
    assert!(house.is_alive());
    assert_eq!(house.get(&format!("{ROOM}?tenant=northwind-logistics"), &all).status, 200);
    let told = house.get(&format!("{ROOM}?tenant=breitfeld"), &all);
    assert!(told.status == 500 && told.is_problem(), "{told:?}");
    assert!(
        told.text("detail").contains("ledger of breitfeld is damaged") && told.text("detail").contains("entry 1"),
        "{told:?}"
    );
    let told = house.get(&format!("{ROOM}?tenant=calluna"), &all);
    assert!(
        told.status == 500 && told.is_problem() && told.text("detail").contains("room of calluna cannot be read"),
        "{told:?}"
    );
    assert!(!house.log().contains("nonsense"), "{}", house.log());
    let body = json!({ "base_revision": "1-0", "changes": [owner("Bo")] }).to_string();
    let told = house.ask("POST", &format!("{ROOM}/changes?tenant=breitfeld"), &all, "content-type: application/json\r\n", &body);
    assert!(told.status == 500 && told.is_problem(), "{told:?}");
    let rows = house.get("/api/platform/launch-rooms", &all).json();
    let bad: Vec<_> =
        rows["rooms"].as_array().unwrap().iter().filter(|row| row["error"].is_object() || row["error"].is_string()).collect();
    assert_eq!((rows["rooms"].as_array().unwrap().len(), bad.len()), (3, 2), "{rows}");
}

/// A small disk of one's own. Only an administrator may make one: elsewhere nothing is tested.
struct Small(std::path::PathBuf);

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_is_said_so_and_nothing_that_was_acknowledged_is_lost() {
    let home = desk();
    let disk = home.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(&disk).output();
    if !mounted.is_ok_and(|ended| ended.status.success()) {
        eprintln!("not tested: no disk can be mounted here");
        return;
    }
    let small = Small(disk.clone());
    let place = ["--database", "disk/rooms.db"];
    let mut house = House::with(home, &["--database", "disk/rooms.db", "--import", "launchroom.toml"]);
    let make = [
        "token",
        "create",
        "--tenant",
        "northwind-logistics",
        "--role",
        "operator",
        "--name",
        "Ada",
        "--database",
        "disk/rooms.db",
    ];
    let token = house.desk.ok(&make).out.trim().to_owned();
    let mut filler = std::fs::File::create(disk.join("filler")).unwrap();
    while filler.write_all(&[0; 4096]).is_ok() {}
    drop(filler);
    let mut kept = house.revision(&token);
    let mut told = Told::default();
    // What was set aside for the log lasts for some more.
    for turn in 0..500 {
        told = house.change(&token, &owner(&format!("Nr {turn} {}", "x".repeat(900))));
        if told.status != 200 {
            break;
        }
        kept = told.text("revision");
    }
    assert!(told.status == 503 && told.is_problem() && told.head.contains("\r\nretry-after: "), "{told:?}");
    assert_eq!(house.revision(&token), kept, "it is read as it was");
    let bytes = "y".repeat(1 << 20);
    let path = format!("/api/platform/evidence/blobs/{}", launchroom::domain::ids::Digest::of(bytes.as_bytes()).to_hex());
    let told = house.ask("PUT", &path, &token, "", &bytes);
    assert!(told.status == 503 && told.head.contains("\r\nretry-after: "), "{told:?}");
    assert!(house.log().contains("\"event\":\"trouble\""), "{}", house.log());
    // Room again: it goes on by itself, from what it last said.
    std::fs::remove_file(disk.join("filler")).unwrap();
    let told = house.change(&token, &owner("Mara Lindt"));
    assert_eq!(told.status, 200, "{told:?}");
    kept = told.text("revision");
    house.stop();
    let moved = std::mem::replace(&mut house.desk, desk());
    drop(house);
    let mut house = House::with(moved, &place);
    assert_eq!(house.revision(&token), kept);
    house.stop();
    drop(small);
}

#[test]
fn who_asks_for_much_and_reads_nothing_costs_a_connection_and_no_more() {
    let house = House::open();
    let token = house.token("operator");
    let mut greedy = house.connect();
    let ask = request("GET", ROOM, &token, "", "").replace("connection: close\r\n", "");
    greedy.set_write_timeout(Some(std::time::Duration::from_millis(200))).unwrap();
    // Until neither side takes any more.
    while greedy.write_all(ask.as_bytes()).is_ok() {}
    assert!(house.is_alive());
    until("it is let go", || {
        let metrics = house.get("/metrics", "").body;
        metrics.lines().any(|line| line == "launchroom_connections 1")
    });
}
