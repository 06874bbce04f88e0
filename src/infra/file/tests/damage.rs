//! Files that are not what was written: named, never counted, never repaired silently.

use super::*;
use crate::app::error::Kind;
use crate::domain::ledger::{BlobState, DamageKind};

/// A room with some entries, and its ledger's lines.
fn begin() -> (FaultyDisk, FileStore, Vec<String>) {
    let disk = fresh();
    let store = open(&disk);
    let digest = store.keep(Class::Tenant, b"out").unwrap();
    update(&store, attach(digest, None)).unwrap();
    update(&store, tick()).unwrap();
    update(&store, withdraw(2)).unwrap();
    let lines: Vec<String> = store.lines().unwrap().lines().map(|line| format!("{line}\n")).collect();
    assert_eq!(lines.len(), 4);
    (disk, store, lines)
}

#[test]
fn a_torn_tail_is_reported_then_set_aside_by_the_next_write() {
    let (disk, store, lines) = begin();
    let torn = &lines.concat()[..lines.concat().len() - 20];
    disk.put(LEDGER, torn.as_bytes());
    let found = store.load().unwrap();
    let damage = found.ledger.damage.unwrap();
    assert_eq!((damage.line, damage.kind, found.ledger.entries.len()), (4, DamageKind::TornTail, 3));
    assert_eq!(found.view_only, None);
    assert_eq!(disk.get(LEDGER).unwrap(), torn.as_bytes(), "looking repairs nothing");

    let after = update(&store, withdraw(2)).unwrap();
    let size = lines[3].len() - 20;
    let told =
        format!("ledger line 4 was not whole, as after a crash: {size} bytes set aside in northwind.evidence/ledger.torn-1");
    assert_eq!(after.notices, [told]);
    assert_eq!(disk.get("/r/northwind.evidence/ledger.torn-1").unwrap(), &torn.as_bytes()[torn.len() - size..]);
    assert_eq!(entries(&disk).len(), 4);
    assert_eq!(update(&store, withdraw(2)).unwrap().notices, [""; 0]);

    // The next one gets a name of its own.
    let mut bytes = disk.get(LEDGER).unwrap();
    bytes.extend_from_slice(b"{\"at\"");
    disk.put(LEDGER, &bytes);
    assert!(update(&open(&disk), withdraw(2)).unwrap().notices[0].ends_with("ledger.torn-2"));
}

#[test]
fn a_broken_ledger_is_for_viewing_and_names_the_first_bad_line() {
    let (_, _, lines) = begin();
    let rechained = {
        let other = fresh();
        update(&open(&other), withdraw(7)).unwrap();
        String::from_utf8(other.get(LEDGER).unwrap()).unwrap().lines().nth(1).unwrap().to_owned() + "\n"
    };
    let cases = [
        (vec![&lines[0], &lines[2], &lines[3]].into_iter().cloned().collect::<String>(), 2),
        (lines.concat().replace("wrong tenant", "right tenant"), 4),
        (lines.concat().replacen("J. Okafor", "j. Okafor", 1), 1),
        (lines.concat() + "\n", 5),
        (lines[0].clone() + &rechained + &lines[2], 3),
    ];
    for (text, line) in cases {
        let (disk, store, _) = begin();
        disk.put(LEDGER, text.as_bytes());
        for store in [store, open(&disk)] {
            let found = store.load().unwrap();
            let damage = found.ledger.damage.unwrap();
            assert_eq!((damage.line, damage.kind), (line, DamageKind::Broken));
            assert_eq!(found.ledger.entries.len() as u64, line - 1);
            assert!(found.view_only.unwrap().starts_with(&format!("ledger line {line}: ")));
            assert_eq!(update(&store, withdraw(1)).unwrap_err().kind, Kind::Integrity);
            assert_eq!(store.keep(Class::Public, b"x").unwrap_err().kind, Kind::Integrity);
        }
        assert_eq!(disk.get(LEDGER).unwrap(), text.as_bytes());
    }
}

#[test]
fn every_kind_of_damage_is_found_where_it_begins() {
    let (_, _, lines) = begin();
    let with = |line: usize, text: &str| {
        let mut all = lines.clone();
        all[line - 1] = text.to_owned();
        all.concat()
    };
    let of = |line: usize| lines[line - 1].as_str();
    let swapped = [of(1), of(3), of(2), of(4)].concat();
    let doubled = [of(1), of(2), of(2), of(3), of(4)].concat();
    let hash = |line: usize| of(line).split("\"hash\":\"").nth(1).unwrap()[..64].to_owned();
    let cases: [(&str, Vec<u8>, u64); 17] = [
        ("two lines changed places", swapped.into(), 2),
        ("a line stands twice", doubled.into(), 3),
        ("the first line is gone", [of(2), of(3), of(4)].concat().into(), 1),
        ("another number", with(3, &of(3).replace("\"seq\":3", "\"seq\":4")).into(), 3),
        ("another time", with(3, &of(3).replace("\"at\":\"20", "\"at\":\"21")).into(), 3),
        ("another kind", with(4, &of(4).replace("evidence.withdrawn", "evidence.withdrawm")).into(), 4),
        ("another hash before", with(3, &of(3).replace(&hash(2), &hash(1))).into(), 3),
        ("another hash", with(3, &of(3).replace(&hash(3), &hash(2))).into(), 3),
        ("a member more", with(2, &of(2).replacen('{', "{\"a\":1,", 1)).into(), 2),
        ("a blank between", with(2, &of(2).replacen(':', ": ", 1)).into(), 2),
        ("an empty line", with(2, &format!("\n{}", of(2))).into(), 2),
        ("line ends of another system", lines.concat().replace('\n', "\r\n").into(), 1),
        ("a mark at the beginning", format!("\u{feff}{}", lines.concat()).into(), 1),
        ("zeros in the middle", with(3, &format!("{}\n", "\0".repeat(of(3).len() - 1))).into(), 3),
        ("no text", [of(1).as_bytes(), b"\xff\xfe\n", of(2).as_bytes()].concat(), 2),
        ("half a line in the middle", with(2, &format!("{}\n", &of(2)[..40])).into(), 2),
        ("a member twice", with(2, &of(2).replacen("\"kind\"", "\"kind\":\"x\",\"kind\"", 1)).into(), 2),
    ];
    for (what, bytes, line) in cases {
        let (disk, store, _) = begin();
        disk.put(LEDGER, &bytes);
        for store in [store, open(&disk)] {
            let found = store.load().unwrap();
            let damage = found.ledger.damage.unwrap_or_else(|| panic!("{what}: not found"));
            assert_eq!((damage.line, damage.kind), (line, DamageKind::Broken), "{what}: {}", damage.what);
            assert!(!damage.what.is_empty() && found.ledger.entries.len() as u64 == line - 1, "{what}");
        }
        assert_eq!(disk.get(LEDGER).unwrap(), bytes, "{what}: looking repairs nothing");
    }
}

#[test]
fn what_is_wrong_with_a_ledger_is_told_without_its_bytes() {
    let (disk, store, lines) = begin();
    disk.put(LEDGER, (lines[0].clone() + "password=hunter2\u{1b}[2J\n" + &lines[1]).as_bytes());
    let found = store.load().unwrap();
    assert_eq!(found.view_only.unwrap(), "ledger line 2: the line is not JSON (byte 1)");
}

#[test]
fn a_ledger_that_was_cut_at_a_line_end_reads_as_what_is_left() {
    let (disk, store, lines) = begin();
    disk.put(LEDGER, lines[..2].concat().as_bytes());
    let found = store.load().unwrap();
    assert_eq!((found.ledger.entries.len(), found.ledger.damage), (2, None));
    disk.put(LEDGER, b"");
    assert_eq!(store.load().unwrap().ledger.entries.len(), 0);
}

#[test]
fn what_others_append_is_read_without_reading_the_rest_again() {
    let (disk, store, _) = begin();
    let other = open(&disk);
    update(&other, withdraw(2)).unwrap();
    let found = store.load().unwrap();
    assert_eq!(found.ledger.entries.len(), 5);
    assert_eq!(found.ledger.entries, other.load().unwrap().ledger.entries);
    assert_eq!(update(&store, withdraw(2)).unwrap().ledger.entries.len(), 6);
    assert_eq!(Head::of(&entries(&disk)).seq, 6);
}

#[test]
fn captured_bytes_that_differ_or_are_gone_are_told_apart() {
    let (disk, store, _) = begin();
    let digest = Digest::of(b"out");
    let other = Digest::of(b"never kept");
    let path = format!("/r/northwind.evidence/blobs/{}/{digest}", &digest.to_hex()[..2]);
    let state = |store: &FileStore| store.check(&[digest, other])[&digest];
    assert_eq!(store.check(&[digest, other])[&other], BlobState::Missing);
    assert_eq!(state(&store), BlobState::Intact);
    disk.put(&path, b"0ut");
    assert_eq!(state(&store), BlobState::Differs);
    assert_eq!(store.blob(&digest).unwrap_err().kind, Kind::Integrity);
    disk.remove(Path::new(&path)).unwrap();
    assert_eq!(state(&store), BlobState::Missing);
    assert_eq!(store.blob(&digest).unwrap(), None);
}

#[test]
fn keeping_the_same_bytes_twice_keeps_them_once() {
    let disk = fresh();
    let store = open(&disk);
    let first = store.keep(Class::Public, b"out").unwrap();
    let paths = disk.paths();
    assert_eq!(store.keep(Class::Public, b"out").unwrap(), first);
    assert_eq!(disk.paths(), paths);
}

#[test]
fn a_secret_in_the_room_file_does_not_reach_the_ledger_and_is_no_new_edit_each_time() {
    let disk = fresh();
    let secret = concat!("sk_live_", "4eC39HqLyjWDarjtT1zdp7dcAAAA");
    disk.put(ROOM, TEXT.replace("42 supervisors", secret).as_bytes());
    update(&open(&disk), tick()).unwrap();
    update(&open(&disk), Applied::default()).unwrap();
    let ledger = String::from_utf8(disk.get(LEDGER).unwrap()).unwrap();
    assert!(!ledger.contains(secret) && ledger.contains("redacted"), "{ledger}");
    assert_eq!(ledger.lines().count(), 2, "{ledger}");
}
