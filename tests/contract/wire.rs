//! What the API promises over HTTP, asked of the real binary on every database.

use crate::backend::TENANT;
use crate::http::{Told, Visitor};
use crate::served::{On, Served, everywhere};
use launchroom::domain::ids::Digest;
use serde_json::{Value, json};
use std::io::{BufReader, Read as _, Write as _};
use std::net::Shutdown;

pub const HERE: &str = "/api/platform/launch-room";
const CHANGES: &str = "/api/platform/launch-room/changes";

fn each(try_it: impl Fn(&mut Served)) {
    for on in everywhere() {
        // Named in the output of a test that fails.
        println!("on {on:?}");
        try_it(&mut Served::on(on));
    }
}

pub fn revision(visitor: &Visitor) -> String {
    let room = visitor.get(HERE);
    assert_eq!(room.status, 200, "{room:?}");
    room.json()["revision"].as_str().unwrap().to_owned()
}

pub fn owner(role: &str, name: &str) -> Value {
    json!({ "change": "set_owner", "role": role, "name": name })
}

pub fn asks(what: &str) -> Value {
    json!({ "change": "ask", "about": [what], "to": "Mara" })
}

/// Asks for changes on a revision.
pub fn change(visitor: &Visitor, base: &str, changes: &[Value], key: Option<&str>) -> Told {
    let body = json!({ "base_revision": base, "changes": changes });
    let key: Vec<_> = key.map(|key| ("idempotency-key", key)).into_iter().collect();
    visitor.post(CHANGES, &body, &key)
}

/// On the room as it is now.
pub fn now(visitor: &Visitor, changes: &[Value]) -> Told {
    change(visitor, &revision(visitor), changes, None)
}

fn length(visitor: &Visitor) -> u64 {
    visitor.get(HERE).json()["ledger"]["length"].as_u64().unwrap()
}

fn blob(digest: &Digest) -> String {
    format!("/api/platform/evidence/blobs/{}", digest.to_hex())
}

#[test]
fn a_change_is_answered_with_its_entries_and_read_by_everybody() {
    each(|served| {
        let ada = served.somebody("operator", "Ada");
        let before = revision(&ada);
        let made = change(&ada, &before, &[owner("tenant-owner", "Mara Lindt"), asks("one")], None);
        assert_eq!(made.status, 200, "{made:?}");
        let told = made.json();
        assert_eq!(told["entries"].as_array().unwrap().len(), 2);
        assert!(told["entries"].as_array().unwrap().iter().all(|entry| entry["by"] == "Ada"), "{told:#}");
        let room = served.somebody("viewer", "Vi").get(HERE);
        assert_eq!(room.json()["revision"], told["revision"]);
        assert_eq!(room.header("etag"), format!("\"{}\"", told["revision"].as_str().unwrap()));
        assert!(room.json()["room"]["text"].as_str().unwrap().contains("Mara Lindt"));
    });
}

#[test]
fn a_room_that_is_known_is_not_sent_again() {
    each(|served| {
        let ada = served.somebody("operator", "Ada");
        let tag = ada.get(HERE).header("etag").to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".into()] {
            let told = ada.get_with(HERE, &[("if-none-match", &known)]);
            assert_eq!((told.status, told.body.len(), told.header("etag")), (304, 0, &*tag), "{known}");
        }
        now(&ada, &[asks("one")]);
        let told = ada.get_with(HERE, &[("if-none-match", &tag)]);
        assert_eq!(told.status, 200);
        assert_ne!(told.header("etag"), tag);
    });
}

#[test]
fn who_comes_second_gets_the_entries_in_between() {
    each(|served| {
        let (ada, bo) = (served.somebody("operator", "Ada"), served.somebody("operator", "Bo"));
        let old = revision(&ada);
        now(&ada, &[asks("one"), asks("two")]);
        let stale = change(&bo, &old, &[owner("tenant-owner", "Bo")], None);
        assert_eq!((stale.status, stale.rule().as_str()), (409, "room.stale-revision"));
        assert_eq!(stale.header("content-type"), "application/problem+json");
        let told = stale.json();
        assert_eq!((told["entries"].as_array().unwrap().len(), &told["revision"]), (2, &revision(&ada).into()));
        assert!(served.log().contains("\"status\":409"));
        let again = change(&bo, told["revision"].as_str().unwrap(), &[owner("tenant-owner", "Bo")], None);
        assert_eq!(again.status, 200);
        for nonsense in ["", "7-0000000000000000", "x", "-", "99999999999999999999-0000000000000000"] {
            assert_eq!(change(&bo, nonsense, &[asks("x")], None).status, 409, "{nonsense:?}");
        }
    });
}

#[test]
fn of_several_changes_all_are_made_or_none() {
    each(|served| {
        let ada = served.somebody("operator", "Ada");
        let before = ada.get(HERE).body;
        let refused = now(&ada, &[owner("tenant-owner", "Mara"), asks("one"), owner("no-such-role", "X")]);
        assert_eq!((refused.status, refused.rule().as_str()), (422, "unknown.role"));
        assert_eq!(refused.json()["field"], "/changes/2/role");
        assert!(refused.json()["detail"].as_str().unwrap().contains("no-such-role"), "{refused:?}");
        let secret = now(&ada, &[asks("one"), owner("tenant-owner", "AKIAIOSFODNN7EXAMPLE")]);
        assert_eq!((secret.status, secret.rule().as_str()), (422, "text.secret"));
        let (before, after): (Value, Value) = (serde_json::from_slice(&before).unwrap(), ada.get(HERE).json());
        assert_eq!((&before["revision"], &before["room"]), (&after["revision"], &after["room"]));
    });
}

#[test]
fn what_is_no_request_is_told_where() {
    each(|served| {
        let ada = served.somebody("operator", "Ada");
        let post = |kind: &str, body: &[u8]| ada.ask("POST", CHANGES, &[("content-type", kind)], body);
        assert_eq!(post("text/plain", b"{}").status, 415);
        assert_eq!(post("application/json", b"{\"base_revision\": \"x\", ").status, 400);
        assert_eq!(post("application/json", b"\xff\xfe").status, 400);
        assert_eq!(post("application/json", &b"[".repeat(100_000)).status, 400);
        assert_eq!(post("application/json", b"").status, 400);
        assert_eq!(post("application/json", b"[]").json()["rule"], "request.shape");
        let acting = json!({ "base_revision": revision(&ada), "changes": [asks("x")], "by": "Mara" });
        assert_eq!(ada.post(CHANGES, &acting, &[]).json()["field"], "/by", "who acts is never in a body");
        let huge = vec![b' '; 5 << 20];
        assert_eq!(post("application/json", &huge).status, 413);
        assert_eq!(ada.ask("DELETE", HERE, &[], b"").status, 405);
        assert_eq!(ada.get("/api/platform/nothing").status, 404);
        let key = |key: &str| ada.post(CHANGES, &json!({}), &[("idempotency-key", key)]).status;
        assert_eq!((key("a b"), key(&"k".repeat(300))), (400, 400));
        for query in ["?after=-1", "?after=x", "?after=99999999999999999999999"] {
            assert_eq!(ada.get(&format!("{HERE}/ledger{query}")).status, 400, "{query}");
        }
        assert_eq!(length(&ada), 0);
    });
}

#[test]
fn text_that_no_database_likes_is_kept_or_refused_and_breaks_nothing() {
    each(|served| {
        let ada = served.somebody("operator", "Ada");
        for name in [
            "\0",
            "a\0b",
            "\u{202e}cba",
            "\u{feff}",
            "\u{2028}",
            "\u{7f}",
            "\r\n[owners]",
            "'; drop table entry; --",
            "\u{10ffff}",
        ] {
            for change in
                [owner("tenant-owner", name), asks(name), json!({ "change": "set_scope", "field": "cohort", "value": name })]
            {
                let told = now(&ada, std::slice::from_ref(&change));
                assert!(matches!(told.status, 200 | 422), "{change}: {} {}", told.status, String::from_utf8_lossy(&told.body));
            }
        }
        let lone =
            format!(r#"{{"base_revision":"{}","changes":[{{"change":"ask","about":["\ud800"],"to":"Mara"}}]}}"#, revision(&ada));
        let told = ada.ask("POST", CHANGES, &[("content-type", "application/json")], lone.as_bytes());
        assert!(matches!(told.status, 400 | 422), "{told:?}");
        let (entries, damage) = launchroom::format::ledger_jsonl::parse_after(
            launchroom::domain::ledger::chain::Head::START,
            whole_ledger(&ada).0.as_bytes(),
        );
        assert_eq!((entries.len() as u64, damage), (length(&ada), None));
    });
}

#[test]
fn a_token_that_ends_while_it_listens_is_sent_away_however_much_there_is_to_hear() {
    let served = Served::on(On::Sqlite);
    let (ada, vi) = (served.somebody("operator", "Ada"), served.somebody("viewer", "Vi"));
    let mut stream = vi.events(&format!("{HERE}/events"), &[]);
    let listed = served.desk.json(&["token", "list", "--json", "--database", &served.database]);
    let tokens = listed["tokens"].as_array().unwrap();
    let id = tokens.iter().find(|token| token["name"] == "Vi").unwrap()["id"].as_str().unwrap();
    served.desk.ok(&["token", "revoke", id, "--database", &served.database]);
    let start = std::time::Instant::now();
    // Looked at every 15 seconds: a room that is never silent changes nothing about that.
    while stream.next().is_some() {
        assert!(start.elapsed().as_secs() < 30, "it still hears");
        assert_eq!(now(&ada, &[asks("more")]).status, 200);
    }
}

#[test]
fn the_same_key_does_it_once_also_across_a_restart() {
    each(|served| {
        let ada = served.somebody("operator", "Ada");
        let base = revision(&ada);
        let first = change(&ada, &base, &[owner("tenant-owner", "Mara")], Some("key-1"));
        assert_eq!(first.status, 200, "{first:?}");
        let again = change(&ada, &base, &[owner("tenant-owner", "Mara")], Some("key-1"));
        assert_eq!((again.status, &again.body), (200, &first.body));
        served.kill();
        served.start(&[]);
        let again = change(&ada, &base, &[owner("tenant-owner", "Mara")], Some("key-1"));
        assert_eq!((again.status, &again.body), (200, &first.body));
        let newer = change(&ada, &revision(&ada), &[owner("tenant-owner", "Mara")], Some("key-1"));
        assert_eq!((newer.status, &newer.body), (200, &first.body), "the answer was lost, and the room read anew");
        let other = change(&ada, &base, &[owner("tenant-owner", "Somebody Else")], Some("key-1"));
        assert_eq!((other.status, other.rule().as_str()), (422, "idempotency.other-request"));
        assert_eq!(length(&ada), 1);
        // A key is its owner's: the same word of somebody else is another key.
        let bo = served.somebody("operator", "Bo");
        assert_eq!(change(&bo, &revision(&bo), &[asks("x")], Some("key-1")).status, 200);
        // What was refused may be asked again with the same key, once it is right.
        assert_eq!(change(&ada, &base, &[asks("y")], Some("key-2")).status, 409);
        assert_eq!(change(&ada, &revision(&ada), &[asks("y")], Some("key-2")).status, 200);
    });
}

#[test]
fn bytes_are_checked_against_their_digest_and_kept_once() {
    each(|served| {
        let ada = served.somebody("operator", "Ada");
        let bytes: Vec<u8> = (0..3_300_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let digest = Digest::of(&bytes);
        assert_eq!(ada.get(&blob(&digest)).status, 404);
        let wrong = ada.put(&blob(&Digest::of(b"others")), &bytes);
        assert_eq!((wrong.status, wrong.rule().as_str()), (422, "blob.digest"));
        for _ in 0..3 {
            assert_eq!(ada.put(&blob(&digest), &bytes).status, 204);
        }
        let told = ada.get(&blob(&digest));
        assert!(told.status == 200 && told.body == bytes);
        let tag = told.header("etag").to_owned();
        assert_eq!(ada.get_with(&blob(&digest), &[("if-none-match", &tag)]).status, 304);
        assert_eq!(ada.put(&blob(&Digest::of(b"")), b"").status, 204);
        assert_eq!(ada.get(&blob(&Digest::of(b""))).body, b"");
        for name in ["xyz", "..%2f..%2fetc%2fpasswd", &"A".repeat(64), &"0".repeat(63)] {
            let path = format!("/api/platform/evidence/blobs/{name}");
            assert_eq!((ada.get(&path).status, ada.put(&path, b"x").status), (400, 400), "{name}");
        }
        served.kill();
        served.start(&[]);
        assert_eq!(ada.get(&blob(&digest)).body, bytes);
        assert_eq!(ada.get(HERE).json()["blobs"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn an_upload_that_is_too_large_or_breaks_off_leaves_nothing() {
    for on in everywhere() {
        let mut served = Served::on(on);
        let ada = served.somebody("operator", "Ada");
        served.stop();
        served.start(&["--max-upload", "1"]);
        let bytes = vec![7; (1 << 20) + 1];
        let digest = Digest::of(&bytes);
        let large = ada.put(&blob(&digest), &bytes);
        assert_eq!((large.status, large.rule().as_str()), (413, "request.too-large"));

        // The same without saying so beforehand.
        let mut stream = ada.connect().unwrap();
        stream.write_all(ada.head("PUT", &blob(&digest), &[("transfer-encoding", "chunked")], None).as_bytes()).unwrap();
        stream.write_all(format!("{:x}\r\n", bytes.len()).as_bytes()).unwrap();
        // It may have heard enough before all of it is sent.
        let _ = stream.write_all(&bytes).and_then(|()| stream.write_all(b"\r\n0\r\n\r\n"));
        let mut said = [0; 12];
        BufReader::new(stream).read_exact(&mut said).unwrap();
        assert_eq!(&said, b"HTTP/1.1 413");

        let whole = vec![8; 500_000];
        let digest = Digest::of(&whole);
        let mut stream = ada.connect().unwrap();
        stream.write_all(ada.head("PUT", &blob(&digest), &[], Some(whole.len())).as_bytes()).unwrap();
        stream.write_all(&whole[..300_000]).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(!rest.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&rest));
        assert_eq!(ada.get(&blob(&digest)).status, 404);
        assert_eq!(ada.put(&blob(&digest), &whole).status, 204, "and it can be sent again");
        assert_eq!(ada.get(HERE).json()["blobs"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_record_without_its_bytes_is_refused() {
    each(|served| {
        let ada = served.somebody("operator", "Ada");
        let digest = Digest::of(b"invoice 4711\n");
        let record = json!({ "change": "attach_evidence", "target": "billing-evidence", "class": "tenant", "outcome": "reference",
            "digest": digest.to_hex(), "size": 13 });
        let without = now(&ada, std::slice::from_ref(&record));
        assert_eq!((without.status, without.rule().as_str()), (422, "evidence.no-bytes"), "{without:?}");
        assert_eq!(ada.put(&blob(&digest), b"invoice 4711\n").status, 204);
        let with = now(&ada, &[record]);
        assert_eq!(with.status, 200, "{}", String::from_utf8_lossy(&with.body));
        let billing = ada.get("/api/platform/billing-evidence").json();
        assert_eq!(billing["evidence"].as_array().unwrap().len(), 1, "{billing:#}");
    });
}

#[test]
fn the_ledger_comes_in_pages_that_are_one_valid_chain() {
    each(|served| {
        let ada = served.somebody("operator", "Ada");
        for round in 0..5 {
            let changes: Vec<Value> = (0..300).map(|n| asks(&format!("{round}-{n}"))).collect();
            assert_eq!(now(&ada, &changes).status, 200);
        }
        let (lines, pages) = whole_ledger(&ada);
        assert_eq!((lines.lines().count(), pages), (1500, 2));
        let (entries, damage) =
            launchroom::format::ledger_jsonl::parse_after(launchroom::domain::ledger::chain::Head::START, lines.as_bytes());
        assert_eq!((entries.len(), damage), (1500, None));
        let beyond = ada.get(&format!("{HERE}/ledger?after=1500"));
        assert_eq!(launchroom::format::api::page_lines(&beyond.json()).unwrap(), b"");
        assert_eq!(ada.get(&format!("{HERE}/ledger?after=9000000000")).status, 200);
    });
}

/// All lines, and how many pages they took.
pub fn whole_ledger(visitor: &Visitor) -> (String, usize) {
    let (mut lines, mut pages) = (String::new(), 0);
    loop {
        let page = visitor.get(&format!("{HERE}/ledger?after={}", lines.lines().count())).json();
        lines += &String::from_utf8(launchroom::format::api::page_lines(&page).unwrap()).unwrap();
        pages += 1;
        if page["more"] != true {
            return (lines, pages);
        }
    }
}

#[test]
fn who_listens_again_misses_nothing() {
    each(|served| {
        let (ada, vi) = (served.somebody("operator", "Ada"), served.somebody("viewer", "Vi"));
        let mut heard = Vec::new();
        let mut stream = vi.events(&format!("{HERE}/events"), &[("last-event-id", "0")]);
        now(&ada, &[asks("one"), asks("two")]);
        heard.extend([stream.entry().unwrap(), stream.entry().unwrap()]);
        drop(stream);
        now(&ada, &[asks("three")]);
        served.kill();
        served.start(&[]);
        now(&ada, &[asks("four")]);
        let mut stream = vi.events(&format!("{HERE}/events"), &[("last-event-id", "2")]);
        now(&ada, &[asks("five")]);
        heard.extend((0..3).map(|_| stream.entry().unwrap()));
        let ids: Vec<u64> = heard.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, [1, 2, 3, 4, 5]);
        let lines = heard.iter().fold(String::new(), |text, (_, line)| text + line + "\n");
        assert_eq!(lines, whole_ledger(&ada).0, "what is heard is what is kept, byte for byte");
        assert_eq!(vi.get_with(&format!("{HERE}/events"), &[("last-event-id", "x")]).status, 400);
        assert_eq!(served.stop().unwrap().code(), Some(0), "somebody who listens does not keep it from stopping");
        assert!(stream.entry().is_none());
    });
}

#[test]
fn a_token_that_was_ended_opens_nothing_at_once() {
    each(|served| {
        let ada = served.somebody("operator", "Ada");
        assert_eq!(ada.get(HERE).status, 200);
        let listed = served.desk.json(&["token", "list", "--json", "--database", &served.database]);
        let id = listed["tokens"][0]["id"].as_str().unwrap().to_owned();
        served.desk.ok(&["token", "revoke", &id, "--database", &served.database]);
        assert_eq!(ada.get(HERE).status, 401);
        let said = served.log();
        assert!(!said.contains(ada.token.as_deref().unwrap()) && !said.contains("lrtok_"), "no token in a log");
    });
}

#[test]
fn the_portfolio_has_the_rooms_that_the_token_may_see() {
    for on in everywhere() {
        let served = Served::on(on).bring_in("acme").bring_in("zeta");
        let ids = |token: &str| {
            let told = served.visitor().with(token).get("/api/platform/launch-rooms").json();
            let rooms = told["rooms"].as_array().unwrap().clone();
            rooms.iter().map(|room| room["room"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&served.token("operator", "All", &["--all-tenants"])), ["acme", "northwind", "zeta"]);
        assert_eq!(ids(&served.token("operator", "Two", &["--tenant", "zeta", "--tenant", "acme"])), ["acme", "zeta"]);
        assert_eq!(ids(&served.token("operator", "One", &["--tenant", "acme"])), ["acme"]);
    }
}

#[test]
fn a_dossier_of_a_server_verifies() {
    each(|served| {
        let ada = served.somebody("operator", "Ada");
        now(&ada, &[owner("tenant-owner", "Mara Lindt")]);
        for audience in ["buyer", "customer", "operator"] {
            let told = ada.get(&format!("/api/platform/launch-dossier?download=1&audience={audience}"));
            assert_eq!((told.status, told.header("content-type")), (200, "application/zip"), "{told:?}");
            let file = format!("{audience}.zip");
            served.desk.write(&file, &told.body);
            served.desk.ok(&["verify", &file]);
        }
        let page = ada.get("/api/platform/launch-dossier");
        assert!(page.status == 200 && page.header("content-security-policy").contains("default-src 'none'"));
    });
}

#[test]
fn a_room_goes_in_and_comes_out_byte_for_byte() {
    for on in everywhere() {
        println!("on {on:?}");
        let mut served = Served::empty(on);
        served.desk.ok(&["init", "room.toml", "--tenant", "Northwind", "--kickoff", "2026-11-02"]);
        served.desk.ok(&["assign", "tenant-owner", "--name", "Mara Lindt", "--room", "room.toml"]);
        served.desk.write("invoice.txt", "invoice 4711, to be paid\n");
        let attach = ["attach", "invoice.txt", "--meets", "paid-beta/billing", "--room", "room.toml"];
        served.desk.ok(&attach);
        served.start(&["--import", "room.toml"]);
        let token = served.token("operator", "Ada", &["--tenant", TENANT]);
        let (base, path) = (served.base(), served.desk.path("out/room.toml"));
        let mut pull = served.desk.launchroom(&["pull", &base, path.to_str().unwrap()]);
        pull.env("LAUNCHROOM_TOKEN", &token).assert().success();
        for name in ["room.toml", "room.evidence/ledger.jsonl"] {
            assert_eq!(served.desk.read(name), served.desk.read(&format!("out/{name}")), "{name}");
        }
        served.desk.ok(&["evidence", "verify", "--room", "out/room.toml"]);
        // The same room again is no other room, and one that has gone on there is not put back.
        now(&served.visitor().with(&token), &[asks("one")]);
        served.stop();
        served.start(&["--import", "room.toml"]);
        assert_eq!(length(&served.visitor().with(&token)), 4);
        // Another room of the same tenant is.
        served.desk.ok(&["assign", "billing-owner", "--name", "Lena", "--room", "room.toml"]);
        served.stop();
        let told = served.desk.run(&["serve", "--bind", "127.0.0.1:0", "--database", &served.database, "--import", "room.toml"]);
        assert_eq!(told.code, 4, "{told:?}");
    }
}

#[test]
fn a_visitor_who_says_nothing_does_not_keep_others_out() {
    let served = Served::on(On::Sqlite);
    let ada = served.somebody("operator", "Ada");
    let silent: Vec<_> = (0..50).map(|_| ada.connect().unwrap()).collect();
    let mut half = ada.connect().unwrap();
    half.write_all(b"POST /api/platform/launch-room/changes HTTP/1.1\r\nhost: x\r\ncontent-le").unwrap();
    for _ in 0..20 {
        assert_eq!(ada.get(HERE).status, 200);
    }
    drop((silent, half));
}

#[test]
fn what_is_too_long_is_put_back_nowhere_or_lies_behind_the_end_is_refused_with_what_to_do() {
    each(|served| {
        let ada = served.somebody("operator", "Ada");
        let long = "x".repeat(5_000);
        let put_back =
            |path: &str, was: &str| json!({ "change": "restore", "changes": [{ "path": path, "was": was, "now": null }] });
        for (change, rule) in [
            (owner("tenant-owner", &long), "text.too-long"),
            (json!({ "change": "set_scope", "field": "modules", "value": [long] }), "text.too-long"),
            (asks(&long), "text.too-long"),
            (put_back("owners.tenant-owner.name", &long), "text.too-long"),
            (put_back("owners.tenant-owner.name", "two\nlines"), "text.control-characters"),
            (put_back("owners.nobody.name", "Mara"), "unknown.role"),
            (put_back("scope.nothing", "x"), "unknown.scope-field"),
            (put_back("owners.tenant-owner.shoes", "x"), "restore.not-editable"),
            (put_back("tenant.name", "x"), "restore.not-editable"),
        ] {
            let told = now(&ada, std::slice::from_ref(&change));
            assert_eq!((told.status, told.rule().as_str()), (422, rule), "{}", String::from_utf8_lossy(&told.body));
        }
        let nothing = json!({ "change": "restore", "changes": [{ "path": "owners.nobody.name", "was": null, "now": null }] });
        assert_eq!(now(&ada, &[nothing]).rule(), "unknown.role", "also where there is nothing to put back");
        assert_eq!(now(&ada, &[owner("tenant-owner", &"é".repeat(1_000))]).status, 200);
        let end = length(&ada);
        let told = ada.get(&format!("{HERE}/events?after={}", end + 1));
        let said = String::from_utf8_lossy(&told.body).into_owned();
        assert!(told.status == 400 && said.contains(&format!("ends with entry {end}")), "{said}");
    });
}

#[test]
fn a_refusal_is_logged_with_the_token_that_was_shown() {
    let served = Served::on(On::Sqlite);
    let eve = served.somebody("viewer", "Eve");
    assert_eq!(eve.get("/api/platform/launch-rooms").status, 403);
    let listed = served.desk.json(&["token", "list", "--json", "--database", &served.database]);
    let id = listed["tokens"][0]["id"].as_str().unwrap().to_owned();
    let line = || served.log().lines().find(|line| line.contains("403")).map(str::to_owned);
    let start = std::time::Instant::now();
    while line().is_none() {
        assert!(start.elapsed().as_secs() < 10, "{}", served.log());
    }
    assert!(line().unwrap().contains(&id), "{}", served.log());
}
