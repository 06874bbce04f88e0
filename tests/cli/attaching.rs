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
fn the_same_bytes_for_a_second_requirement_are_taken_and_told() {
    let desk = Desk::with_room();
    desk.write("form.txt", "signed\n");
    let told = desk.ok(&["attach", "form.txt", "--meets", "paid-beta/billing"]);
    assert!(!told.err.contains("same bytes"), "{told:?}");
    let told = desk.ok(&["attach", "form.txt", "--meets", "private-beta/support-fallback"]);
    assert!(told.err.contains("the same bytes are evidence #2 already"), "{told:?}");
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

const PROOF: &str = "first-customer-launch-plan";
/// Looks random, has no shape and no naming word. Made of pieces, as the key above.
const PIECES: [&str; 2] = ["Zx8kQ2mN7pL4", "vR9tY3wB6cD1fG5h"];

#[test]
fn what_may_be_a_secret_is_held_back_from_public_until_a_person_looked() {
    let desk = Desk::with_command(PROOF, "cat printed.txt");
    desk.write("printed.txt", format!("first\n{}\nlast\n", PIECES.concat()));
    let told = desk.run(&["run", PROOF, "--trust", "--attach"]);
    assert_eq!(told.code, 4, "{told:?}");
    assert!(told.err.contains("1 string in it looks random") && told.err.contains("(line 2)"), "{}", told.err);
    assert!(!told.err.contains(PIECES[1]), "{}", told.err);
    let captured: serde_json::Value = serde_json::from_str(&desk.ok(&["proofs", "--json"]).out).unwrap();
    let run = captured["captured"][0]["run"].as_str().expect("the run waits for whoever looks").to_owned();
    assert!(told.err.contains(&format!("launchroom run --show {run}")), "{}", told.err);
    assert_eq!(desk.ok(&["run", "--show", &run]).out, format!("first\n{}\nlast\n", PIECES.concat()));
    assert_eq!(desk.run(&["attach", "--run", &run]).code, 4);
    desk.ok(&["attach", "--run", &run, "--looked"]);
    let shown: serde_json::Value = serde_json::from_str(&desk.ok(&["evidence", "list", "--json"]).out).unwrap();
    let record = &shown["evidence"][0];
    assert_eq!((&record["class"], &record["suspects"], &record["looked"]), (&"public".into(), &1.into(), &true.into()));
    assert!(desk.ok(&["log", "--json"]).out.contains("\"suspects\""));
    assert!(!desk.ok(&["log", "--json"]).out.contains(PIECES[1]));
}

#[test]
fn a_higher_class_needs_no_look_and_the_record_says_that_nobody_did() {
    let desk = Desk::with_command(PROOF, &format!("echo {}", PIECES.concat()));
    desk.ok(&["run", PROOF, "--trust"]);
    let captured: serde_json::Value = serde_json::from_str(&desk.ok(&["proofs", "--json"]).out).unwrap();
    let run = captured["captured"][0]["run"].as_str().unwrap().to_owned();
    desk.ok(&["attach", "--run", &run, "--class", "tenant"]);
    let shown: serde_json::Value = serde_json::from_str(&desk.ok(&["evidence", "list", "--json"]).out).unwrap();
    let record = &shown["evidence"][0];
    assert_eq!((&record["suspects"], &record["looked"]), (&2.into(), &false.into()));
    let seq = record["seq"].to_string();
    assert!(desk.ok(&["evidence", "show", &seq]).out.contains("2 strings look random, nobody looked"));
}

#[test]
fn what_only_looks_like_one_holds_nothing_back() {
    let text = "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\nrequest 550e8400-e29b-41d4-a716-446655440000\ncommit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12\nimage data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4\n";
    let desk = Desk::with_command(PROOF, "cat printed.txt");
    desk.write("printed.txt", text);
    desk.ok(&["run", PROOF, "--trust", "--attach"]);
    assert!(!desk.ok(&["log", "--json"]).out.contains("suspects"));
}
