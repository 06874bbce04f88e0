//! What a refused attachment leaves behind, which is nothing, and what no attachment may hold.

use crate::desk::Desk;
use std::path::Path;

/// Made of pieces, so that no file of this project holds anything that looks like a key.
fn key() -> String {
    ["sk_li", "ve_51H8xQeKJ2aZvBnMwRtYuIoPa", "SdFgHjKl"].concat()
}

/// Every file below the evidence folder that holds these bytes.
fn holding(folder: &Path, wanted: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holding(&path, wanted));
        } else if std::fs::read(&path).unwrap().windows(wanted.len()).any(|window| window == wanted) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn a_refused_file_is_not_kept() {
    let desk = Desk::with_room();
    desk.ok(&["tick", "scope/close-pack"]);
    desk.write("notes.txt", "a document of its own kind");
    let told = desk.run(&["attach", "--meets", "paid-beta/billing", "--class", "public", "notes.txt"]);
    assert_eq!(told.code, 4, "{told:?}");
    assert_eq!(holding(&desk.path("launchroom.evidence"), b"a document of its own kind"), [""; 0]);
}

#[test]
fn a_secret_among_zeros_is_seen_and_the_file_is_not_taken() {
    let utf_16: Vec<u8> = format!("\u{feff}key {}\n", key()).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in [("dump.bin", [b"\0\0", key().as_bytes(), b"\0"].concat()), ("notes.txt", utf_16)] {
        let desk = Desk::with_room();
        desk.write(name, bytes);
        let told = desk.run(&["attach", "--meets", "paid-beta/billing", name]);
        assert_eq!(told.code, 4, "{told:?}");
        assert!(told.err.contains("looks like it holds a secret") && !told.err.contains(&key()), "{}", told.err);
        assert_eq!(holding(&desk.path("launchroom.evidence"), key().as_bytes()), [""; 0]);
    }
}

#[test]
fn a_file_that_is_no_text_and_holds_none_is_kept_as_it_is() {
    let desk = Desk::with_room();
    let bytes: Vec<u8> = (0..4096u32).map(|n| (n * n % 251) as u8).collect();
    desk.write("scan.png", &bytes);
    desk.ok(&["attach", "--meets", "paid-beta/billing", "scan.png"]);
    assert_eq!(holding(&desk.path("launchroom.evidence"), &bytes).len(), 1);
}

#[test]
fn what_is_stated_where_bytes_are_needed_is_told_at_once() {
    let desk = Desk::with_room();
    let told =
        desk.ok(&["attach", "--meets", "private-beta/operator-seed", "--target", "launch-dossier", "--reference", "trust me"]);
    assert!(told.err.contains("private-beta/operator-seed is still unmet") && told.err.contains("captured file"), "{}", told.err);
}
