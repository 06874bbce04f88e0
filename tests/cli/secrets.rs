//! What looks like a secret: not stored, or masked, and in either case said.

use crate::desk::Desk;
use sha2::{Digest as _, Sha256};

/// Made of pieces, so that no file of this project holds anything that looks like a key.
fn key() -> String {
    ["sk_li", "ve_51H8xQeKJ2aZvBnMwRtYuIoPa", "SdFgHjKl"].concat()
}

#[test]
fn a_secret_is_not_set_and_the_rule_that_found_it_is_named() {
    let desk = Desk::with_room();
    let before = desk.read("launchroom.toml");
    let key = key();
    for command in [
        &["set", "retention", &key] as &[&str],
        &["set", "modules", "credentials", &key],
        &["assign", "tenant-owner", "--name", "Mara Lindt", "--evidence", &key],
        &["dependency", "accept", "stripe", "--treatment", "invoice", "--order-form", &key],
        &["dependency", "changed", "stripe", "--what", &key],
    ] {
        let told = desk.run(command);
        assert_eq!(told.code, 4, "{command:?} {told:?}");
        assert!(told.err.contains("stripe-key") && !told.err.contains(&key), "{command:?} {told:?}");
    }
    assert_eq!(desk.read("launchroom.toml"), before);
}

#[test]
fn what_was_masked_in_a_document_is_said_by_rule() {
    let desk = Desk::with_room();
    desk.write("invoice.txt", format!("paid with {} and {}\n", key(), key()));
    let told = desk.ok(&["attach", "--meets", "paid-beta/billing", "invoice.txt"]);
    assert!(told.err.contains("masked before it was kept: stripe-key 2"), "{told:?}");
    assert!(!told.err.contains("could be unpacked"), "{told:?}");
}

#[test]
fn a_document_that_is_no_text_is_said_not_to_be_searched() {
    let desk = Desk::with_room();
    desk.write("invoice.pdf", b"%PDF-1.7 packed");
    let told = desk.ok(&["attach", "--meets", "paid-beta/billing", "invoice.pdf"]);
    assert!(
        told.err.contains("invoice.pdf") && told.err.contains("only what could be unpacked was searched for secrets"),
        "{told:?}"
    );
}

#[test]
fn an_empty_file_shows_nothing() {
    let desk = Desk::with_room();
    for nothing in ["", "\n \n"] {
        desk.write("invoice.txt", nothing);
        let told = desk.run(&["attach", "--meets", "paid-beta/billing", "invoice.txt"]);
        assert_eq!(told.code, 4, "{told:?}");
        assert!(told.err.contains("holds nothing"), "{told:?}");
    }
}

/// What is printed, and the secret in it.
fn seeded() -> Vec<(String, String)> {
    let cases = include_str!("../../assets/redact/seeded.tsv").lines().filter(|line| !line.starts_with('#'));
    let case = |line: &str| {
        let text = line.split('\t').nth(2).unwrap().replace('¦', "").replace('␛', "\x1b");
        let secret = text.split_once('«').unwrap().1.split_once('»').unwrap().0.to_owned();
        (text.replace(['«', '»'], ""), secret)
    };
    cases.map(case).collect()
}

/// Every file of the folder but those the test wrote, as one text each.
fn files(under: &std::path::Path, into: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(under).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_none_or(|ending| ending != "seeds") {
            into.push((path.display().to_string(), String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned()));
        }
    }
}

#[test]
fn no_seeded_secret_is_in_any_file_or_answer() {
    const PROOF: &str = "first-customer-launch-plan";
    let desk = Desk::with_command(PROOF, "cat printed.seeds; cat printed.seeds >&2; printf %s end");
    let added = "\n[[redact]]\nid = \"badge-key\"\nkeyword = \"bdg_key_\"\nsample = \"bdg_key_0000\"\n";
    desk.write("launchroom.toml", desk.read("launchroom.toml") + added);
    let mut seeded = seeded();
    seeded.push(("badge bdg_key_91kf82".into(), "91kf82".into()));
    let printed: String = seeded.iter().flat_map(|(text, _)| [text.as_str(), "\n"]).collect();
    desk.write("printed.seeds", &printed);
    // Where a value in YAML is over, only the end of its line says.
    let joined: Vec<&str> = printed.lines().filter(|line| !line.contains("password: ")).collect();
    let joined = joined.join(" ");
    desk.write("joined.seeds", &joined);
    let mut said = Vec::new();
    let mut told = |arguments: &[&str]| {
        let told = desk.run(arguments);
        assert!(told.code != 2, "{arguments:?}: {}", told.err);
        said.push((arguments.join(" "), format!("{}{}", told.out, told.err)));
        told.code
    };
    assert_eq!(told(&["run", PROOF, "--trust"]), 0);
    assert_eq!(told(&["run", PROOF, "--attach"]), 0);
    assert_eq!(told(&["attach", "--meets", "paid-beta/billing", "joined.seeds"]), 0);
    for some in seeded.iter().step_by(16) {
        told(&["attach", "--meets", "paid-beta/billing", "--reference", &some.0]);
        told(&["dependency", "changed", "stripe", "--what", &some.0]);
    }
    for arguments in [
        &["proofs"] as &[&str],
        &["proofs", "--json"],
        &["evidence", "list"],
        &["evidence", "list", "--json"],
        &["evidence", "show", "4"],
        &["evidence", "show", "5"],
        &["log"],
        &["log", "--json"],
        &["review"],
        &["review", "--json"],
        &["review", "--format", "markdown"],
        &["review", "--format", "junit"],
        &["status", "--json"],
        &["validate", "--json"],
        &["doctor"],
    ] {
        told(arguments);
    }
    let mut sinks = Vec::new();
    files(desk.home(), &mut sinks);
    assert!(sinks.iter().any(|(_, text)| text.contains("⟨redacted:stripe-key⟩")), "nothing was kept at all");
    assert!(sinks.iter().any(|(_, text)| text.contains("⟨redacted:badge-key⟩")), "the room's own rule did nothing");
    for (sink, text) in sinks.iter().chain(&said) {
        for (case, secret) in &seeded {
            assert!(!text.contains(secret.as_str()), "{case} is in {sink}");
        }
    }
}

/// How every leak canary begins, in base64 behind nothing: made of pieces, so that this file holds none.
fn canary() -> String {
    ["lrc_live_9vQm", "4TzXK2cV7hWdR5nB", "0123456789abcdef"].concat()
}

fn canary_in_hex() -> String {
    canary().bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[test]
fn a_leak_canary_comes_in_by_no_door() {
    let desk = Desk::with_room();
    let before = desk.read("launchroom.toml");
    for text in [canary(), canary_in_hex()] {
        desk.write("notes.txt", format!("first\n{text}\n"));
        for command in [
            &["attach", "--meets", "paid-beta/billing", "notes.txt"] as &[&str],
            &["attach", "--meets", "paid-beta/billing", "--reference", &text],
        ] {
            let told = desk.run(command);
            assert!(told.code == 4 && told.err.contains("leak canary"), "{command:?} {told:?}");
        }
    }
    for command in [
        &["assign", "tenant-owner", "--name", &canary()] as &[&str],
        &["assign", "tenant-owner", "--name", "Ada", "--contact", &canary()],
    ] {
        let told = desk.run(command);
        assert!(told.code == 4 && told.err.contains("leak-canary"), "{command:?} {told:?}");
    }
    assert_eq!(desk.read("launchroom.toml"), before);
    desk.ok(&["dossier", "--audience", "operator", "-o", "dossier.zip"]);
}

#[test]
fn what_is_packed_inside_a_file_is_searched_before_it_is_taken_in() {
    let desk = Desk::with_room();
    for (text, taken) in [(canary(), false), (key(), false), ("nothing of the kind".into(), true)] {
        desk.write("inside.txt", format!("first\n{text}\n"));
        let packed = std::process::Command::new("gzip").args(["-kf", "inside.txt"]).current_dir(desk.home()).status().unwrap();
        assert!(packed.success());
        let told = desk.run(&["attach", "--meets", "paid-beta/billing", "inside.txt.gz"]);
        assert_eq!(told.code, if taken { 0 } else { 4 }, "{text}: {told:?}");
        assert!(!told.err.contains(&text), "{told:?}");
    }
}

#[test]
fn no_export_is_made_that_holds_a_leak_canary() {
    let desk = Desk::with_room();
    for (at, text) in [canary(), canary_in_hex()].iter().enumerate() {
        desk.write("notes.txt", format!("notes {at}\n"));
        desk.ok(&["attach", "--meets", "paid-beta/billing", "notes.txt"]);
        taken_in_by_somebody_else(&desk, format!("first\n{text}\n").as_bytes());
    }
    let list: serde_json::Value = serde_json::from_str(&desk.ok(&["evidence", "list", "--json"]).out).unwrap();
    for record in list["evidence"].as_array().unwrap() {
        let seq = record["seq"].to_string();
        for command in
            [&["evidence", "save", &seq, "-o", "out.txt"] as &[&str], &["evidence", "save", &seq], &["evidence", "show", &seq]]
        {
            let told = desk.run(command);
            assert_eq!(told.code, 4, "{command:?} {told:?}");
            assert!(told.err.contains("leak canary") && !told.out.contains("lrc_live_9vQm"), "{command:?} {told:?}");
        }
        assert!(!desk.path("out.txt").exists());
    }
    let told = desk.run(&["dossier", "--audience", "customer", "-o", "dossier.zip"]);
    assert_eq!(told.code, 4, "{told:?}");
    assert!(!desk.path("dossier.zip").exists());
}

/// The newest record speaks of these bytes, as if another program had taken them in.
fn taken_in_by_somebody_else(desk: &Desk, bytes: &[u8]) {
    let ledger = desk.read("launchroom.evidence/ledger.jsonl");
    let (before, last) = ledger.trim_end().rsplit_once('\n').map_or(("", ledger.trim_end()), |(before, last)| (before, last));
    let mut entry: serde_json::Value = serde_json::from_str(last).unwrap();
    let sha = |bytes: &[u8]| Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let digest = sha(bytes);
    entry["body"]["digest"] = digest.clone().into();
    entry["body"]["size"] = bytes.len().into();
    entry.as_object_mut().unwrap().remove("hash");
    entry["hash"] = sha(entry.to_string().as_bytes()).into();
    let before = if before.is_empty() { String::new() } else { format!("{before}\n") };
    desk.write("launchroom.evidence/ledger.jsonl", format!("{before}{entry}\n"));
    let folder = format!("launchroom.evidence/blobs/{}", &digest[..2]);
    std::fs::create_dir_all(desk.path(&folder)).unwrap();
    desk.write(&format!("{folder}/{digest}"), bytes);
    desk.ok(&["evidence", "verify"]);
}

#[test]
fn a_brief_a_request_and_a_review_that_quote_a_leak_canary_are_not_printed() {
    let desk = Desk::with_room();
    desk.write(
        "launchroom.toml",
        desk.read("launchroom.toml").replace("Northwind Logistics", &format!("Northwind {}", canary())),
    );
    for command in [
        &["review"] as &[&str],
        &["review", "--json"],
        &["review", "--format", "markdown"],
        &["brief"],
        &["brief", "--json"],
        &["ask", "--side", "customer"],
    ] {
        let told = desk.run(command);
        assert_eq!(told.code, 4, "{command:?} {told:?}");
        assert!(told.err.contains("leak canary") && !told.out.contains("lrc_live_9vQm"), "{command:?} {told:?}");
    }
}

#[test]
fn what_a_room_says_is_secret_is_not_set_and_not_shown_either() {
    const PROOF: &str = "first-customer-launch-plan";
    let desk = Desk::with_command(PROOF, "echo bdg_key_91kf82 | grep -c x");
    let added = "\n[[redact]]\nid = \"badge-key\"\nkeyword = \"bdg_key_\"\nsample = \"bdg_key_0000\"\n";
    desk.write("launchroom.toml", desk.read("launchroom.toml") + added);
    let told = desk.run(&["set", "retention", "bdg_key_91kf82"]);
    assert!(told.code == 4 && told.err.contains("badge-key"), "{told:?}");
    let told = desk.run(&["assign", "tenant-owner", "--name", "bdg_key_91kf82"]);
    assert!(told.code == 4 && told.err.contains("badge-key"), "{told:?}");
    for command in [&["proofs"] as &[&str], &["proofs", "--json"], &["run", PROOF], &["run", PROOF, "--trust"]] {
        let told = desk.run(command);
        assert!(!format!("{}{}", told.out, told.err).contains("91kf82"), "{command:?} {told:?}");
    }
}

/// Printed as programs print what they were given: as it is, and encoded, wrapped or not.
const ENCODED: &str = r#"v="$SMOKE_PASSWORD"
echo "raw $v"
printf '%s' "$v" | base64 -w 0; echo
printf '%s' "$v" | base64 -w 20
printf 'x%s' "$v" | base64 -w 0; echo
printf 'xy%s' "$v" | base64 -w 64
printf 'user:%s' "$v" | base64 -w 76 | tr '+/' '-_'
printf '%s' "$v" | od -An -v -tx1 | tr -d ' \n'; echo
printf 'at %s' "$v" | od -An -v -tx1 | tr -d ' \n' | fold -w 60; echo
printf '%s' "$v" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F | fold -w 32; echo
printf '%s' "$v" | sed 's/%/%25/g; s/ /%20/g; s/"/%22/g; s,/,%2F,g; s/\$/%24/g; s/+/%2B/g; s/!/%21/g'; echo
printf '%s' "$v" | sed 's/"/\\"/g'; echo
printf '\033[1m%s\033[0m%s\n' "$(printf '%s' "$v" | cut -c 1-9)" "$(printf '%s' "$v" | cut -c 10-)"
"#;

#[test]
fn no_value_of_an_env_file_comes_out_however_it_is_encoded_and_wrapped() {
    const PROOF: &str = "first-customer-launch-plan";
    let value = r#"Correct "horse"/battery $taple+0042! for the smoke of one tenant"#;
    let desk = Desk::with_command(PROOF, "sh encoded.sh; sh encoded.sh >&2");
    desk.write("encoded.sh", ENCODED);
    desk.write("locked.seeds", format!("SMOKE_PASSWORD='{value}'\n"));
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(desk.path("locked.seeds"), mode).unwrap();
    let told = desk.ok(&["run", PROOF, "--trust", "--env-file", "locked.seeds", "--attach", "--target", "launch-room"]);
    assert!(told.out.matches("⟨redacted:SMOKE_PASSWORD⟩").count() > 20, "{}", told.out);
    let mut sinks = vec![("the shell".to_owned(), format!("{}{}", told.out, told.err))];
    files(desk.home(), &mut sinks);
    let hex = value.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    for (sink, text) in sinks {
        let plain = text.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
        assert!(!plain.contains("battery $taple") && !plain.contains("horse"), "in {sink}");
        let lower = plain.to_ascii_lowercase();
        for window in hex.as_bytes().windows(14).step_by(2) {
            assert!(!lower.contains(std::str::from_utf8(window).unwrap()), "as hex in {sink}");
        }
        for word in plain.split(|c: char| !c.is_ascii_alphanumeric() && !"+/-_=".contains(c)).filter(|word| word.len() >= 12) {
            for shift in 0..4 {
                let decoded = decoded(word.get(shift..).unwrap_or_default());
                assert!(!decoded.contains("battery") && !decoded.contains("the smoke of"), "as base64 in {sink}: {word}");
            }
        }
    }
}

/// Base64 of either alphabet, as far as it goes.
fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for byte in text.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xff) as u8);
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
