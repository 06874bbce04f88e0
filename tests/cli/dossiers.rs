//! Dossiers: what goes in for whom, that they can be checked by anybody, and that what was done to one is found.

use crate::desk::Desk;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

/// A room with a public, a tenant's and a locked record, contacts, a scope value and a decision that was put off.
fn pilot() -> Desk {
    let desk = with_npm("echo public page answered");
    desk.write("tenant.txt", "tenant order form text\n");
    desk.write("locked.txt", "locked fixture text\n");
    desk.ok(&["assign", "tenant-owner", "--name", "Mara Lindt", "--contact", "mara@private.example.test"]);
    desk.ok(&["set", "cohort", "42 warehouse supervisors, Rotterdam"]);
    desk.ok(&["run", "launch-activation-manifest", "--attach", "--trust"]);
    desk.ok(&["attach", "--target", "launch-room", "--class", "tenant", "tenant.txt"]);
    desk.ok(&["attach", "--target", "fixture-evidence", "--class", "locked", "locked.txt"]);
    desk.ok(&[
        "decide",
        "--stage",
        "paid-beta",
        "--outcome",
        "deferred",
        "--customer",
        "Saskia de Wit",
        "--operator",
        "J. Okafor",
    ]);
    desk
}

/// A room whose plan's own commands find an `npm` of the test's own.
fn with_npm(script: &str) -> Desk {
    let desk = Desk::with_room();
    std::fs::create_dir(desk.path("bin")).unwrap();
    desk.write("bin/npm", format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(desk.path("bin/npm"), std::fs::Permissions::from_mode(0o755)).unwrap();
    desk
}

fn unzipped(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(std::fs::read(path).unwrap())).unwrap();
    let names: Vec<String> = zip.file_names().map(str::to_owned).collect();
    let read = |name: String| {
        let mut bytes = Vec::new();
        zip.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    names.into_iter().map(read).collect()
}

fn everything(path: &Path) -> String {
    unzipped(path).values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
}

fn packed(path: &Path, files: &[(&str, &[u8])]) {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    std::fs::write(path, zip.finish().unwrap().into_inner()).unwrap();
}

#[test]
fn each_audience_gets_what_its_class_allows_and_locked_bytes_are_in_none() {
    let desk = pilot();
    for (audience, public, tenant) in [("buyer", true, false), ("customer", true, true), ("operator", true, true)] {
        let name = format!("{audience}.zip");
        desk.ok(&["dossier", "--audience", audience, "-o", &name]);
        let all = everything(&desk.path(&name));
        assert_eq!(all.contains("public page answered"), public, "{audience}");
        assert_eq!(all.contains("tenant order form text"), tenant, "{audience}");
        assert!(!all.contains("locked fixture text"), "{audience}");
        assert_eq!(all.contains("mara@private.example.test"), audience == "operator", "{audience}");
        assert!(all.contains("Mara Lindt"), "{audience}");
        desk.ok(&["verify", &name]);
    }
    assert!(!everything(&desk.path("buyer.zip")).contains("42 warehouse supervisors"));
    let told = desk.ok(&["verify", "buyer.zip"]);
    assert!(told.out.contains("2 re-hashed") && told.out.contains("withheld, links intact"), "{}", told.out);
}

#[test]
fn lines_that_go_along_are_the_ledgers_own_and_others_keep_their_place() {
    let desk = pilot();
    desk.ok(&["dossier", "-o", "buyer.zip"]);
    let files = unzipped(&desk.path("buyer.zip"));
    let ledger = desk.read("launchroom.evidence/ledger.jsonl");
    let inside = String::from_utf8(files["ledger.jsonl"].clone()).unwrap();
    assert_eq!(inside.lines().count(), ledger.lines().count());
    let mut withheld = 0;
    for (there, here) in inside.lines().zip(ledger.lines()) {
        let (cut, own): (serde_json::Value, serde_json::Value) =
            (serde_json::from_str(there).unwrap(), serde_json::from_str(here).unwrap());
        assert_eq!((&cut["seq"], &cut["hash"], &cut["prev"]), (&own["seq"], &own["hash"], &own["prev"]));
        if cut["withheld"] == true {
            withheld += 1;
            assert_eq!(cut.as_object().unwrap().len(), 5, "{there}");
        } else {
            assert_eq!(there, here);
        }
    }
    let told: serde_json::Value = serde_json::from_slice(&files["dossier.json"]).unwrap();
    assert_eq!((&told["schema"], &told["ledger"]["withheld"]), (&1.into(), &withheld.into()));
}

#[test]
fn the_same_state_makes_the_same_bytes_and_nothing_is_written_over() {
    let desk = pilot();
    desk.ok(&["dossier", "-o", "a.zip"]);
    desk.ok(&["dossier", "-o", "b.zip"]);
    assert!(std::fs::read(desk.path("a.zip")).unwrap() == std::fs::read(desk.path("b.zip")).unwrap());
    let before = std::fs::read(desk.path("a.zip")).unwrap();
    assert_eq!(desk.run(&["dossier", "--audience", "customer", "-o", "a.zip"]).code, 4);
    assert!(std::fs::read(desk.path("a.zip")).unwrap() == before);
    desk.ok(&["dossier", "--audience", "customer", "-o", "a.zip", "--force"]);
    assert!(std::fs::read(desk.path("a.zip")).unwrap() != before);
}

#[test]
fn an_unpacked_dossier_is_checked_by_us_and_by_sha256sum() {
    let desk = pilot();
    desk.ok(&["dossier", "--audience", "customer", "-o", "d.zip"]);
    let folder = desk.path("unpacked");
    std::fs::create_dir_all(folder.join("evidence")).unwrap();
    for (name, bytes) in unzipped(&desk.path("d.zip")) {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    desk.ok(&["verify", "unpacked"]);
    let sums = Command::new("sha256sum").args(["-c", "--quiet", "SHA256SUMS"]).current_dir(&folder).status().unwrap();
    assert!(sums.success());
    std::os::unix::fs::symlink("/etc/passwd", folder.join("evidence/x.txt")).unwrap();
    let told = desk.run(&["verify", "unpacked"]);
    assert!(told.code == 2 && told.err.contains("link"), "{told:?}");
}

#[test]
fn an_older_dossier_finds_a_tail_that_was_cut_and_a_log_that_was_chained_anew() {
    let desk = pilot();
    desk.ok(&["dossier", "-o", "old.zip"]);
    let ledger = desk.read("launchroom.evidence/ledger.jsonl");
    desk.ok(&["set", "retention", "24 months"]);
    desk.ok(&["dossier", "-o", "new.zip"]);
    let told = desk.ok(&["verify", "new.zip", "--against", "old.zip"]);
    assert!(told.out.contains("1 entry since"), "{}", told.out);

    let short: String = ledger.split_inclusive('\n').take(3).collect();
    desk.write("launchroom.evidence/ledger.jsonl", short);
    desk.ok(&["dossier", "-o", "cut.zip"]);
    desk.ok(&["verify", "cut.zip"]);
    let told = desk.run(&["verify", "cut.zip", "--against", "old.zip"]);
    assert!(told.code == 5 && told.out.contains("cut off"), "{told:?}");

    std::fs::remove_dir_all(desk.path("launchroom.evidence")).unwrap();
    for n in 0..9 {
        desk.ok(&["set", "retention", &format!("{n} months")]);
    }
    desk.ok(&["dossier", "-o", "anew.zip"]);
    let told = desk.run(&["verify", "anew.zip", "--against", "old.zip", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    assert!(told.code == 5 && found["findings"].to_string().contains("replaced"), "{found:#}");
}

#[test]
fn a_secret_that_got_into_the_store_refuses_the_dossier_by_file_and_rule() {
    let desk = pilot();
    let key = ["sk_li", "ve_51H8xQeKJ2aZvBnMwRtYuIoPa", "SdFgHjKl"].concat();
    let told = desk.launchroom(&["dossier", "-o", "d.zip"]).env("THESMIOS_SCIM_TOKEN", "answered").output().unwrap();
    let err = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.code() == Some(4) && err.contains("THESMIOS_SCIM_TOKEN") && !err.contains("answered"), "{err}");
    assert!(!desk.path("d.zip").exists());
    let canary = ["lrc_live_9vQm4TzXK2cV", "7hWdR5nB"].concat();
    let clean = desk.read("launchroom.toml");
    desk.write("launchroom.toml", clean.replace("name = \"Northwind Logistics\"", &format!("name = \"{canary}\"")));
    let told = desk.run(&["dossier", "-o", "d.zip"]);
    assert!(told.code == 4 && told.err.contains("leak-canary") && !told.err.contains(&canary), "{told:?}");
    let text = clean.replace("name = \"Northwind Logistics\"", &format!("name = \"{key}\""));
    desk.write("launchroom.toml", text);
    let told = desk.run(&["dossier", "-o", "d.zip"]);
    assert!(told.code == 4 && told.err.contains("index.html: stripe-key") && !told.err.contains(&key), "{told:?}");
}

#[test]
fn a_file_that_cannot_be_searched_goes_to_a_buyer_only_when_it_is_named() {
    let desk = Desk::with_command("launch-activation-manifest", "cat terms.pdf");
    desk.write("terms.pdf", "%PDF-1.7 opaque terms");
    desk.ok(&["run", "launch-activation-manifest", "--attach", "--trust"]);
    let list = desk.json(&["evidence", "list", "--json"]);
    let seq = list["evidence"].as_array().unwrap().last().unwrap()["seq"].to_string();
    desk.ok(&["dossier", "-o", "without.zip"]);
    assert!(!everything(&desk.path("without.zip")).contains("opaque terms"));
    desk.ok(&["dossier", "-o", "with.zip", "--include", &seq]);
    assert!(everything(&desk.path("with.zip")).contains("opaque terms"));
    assert_eq!(desk.run(&["dossier", "-o", "x.zip", "--include", "1"]).code, 2);
}

#[test]
fn a_page_alone_says_first_that_it_cannot_be_checked() {
    let desk = pilot();
    let html = desk.ok(&["dossier", "--format", "html"]).out;
    let text = desk.ok(&["dossier", "--format", "md"]).out;
    for told in [&html, &text] {
        assert!(told.contains("cannot be verified alone"), "{told}");
    }
    assert!(!html.contains("<script") && !html.contains("src=") && !html.contains("href=\"http"), "loads nothing");
    assert_eq!(desk.json(&["dossier", "--format", "json"])["schema"], 1);
}

#[test]
fn what_is_no_dossier_is_told_and_nothing_of_it_is_written() {
    let desk = Desk::empty();
    packed(&desk.path("path.zip"), &[("../evil", b"x")]);
    packed(&desk.path("absolute.zip"), &[("/tmp/evil", b"x")]);
    packed(&desk.path("other.zip"), &[("notes.txt", b"x")]);
    let zeros = vec![0_u8; 300 << 20];
    packed(&desk.path("bomb.zip"), &[("evidence/a", &zeros)]);
    desk.write("text.zip", "no zip at all");
    for name in ["path.zip", "absolute.zip", "other.zip", "bomb.zip", "text.zip", "missing.zip"] {
        let told = desk.run(&["verify", name]);
        assert_eq!(told.code, 2, "{name} {told:?}");
        assert!(told.err.contains(name), "{told:?}");
    }
    let there = pilot();
    there.ok(&["dossier", "-o", "d.zip"]);
    let whole = std::fs::read(there.path("d.zip")).unwrap();
    there.write("cut.zip", &whole[..whole.len() / 2]);
    assert_eq!(there.run(&["verify", "cut.zip"]).code, 5, "it was one");
}

#[test]
fn a_byte_that_was_changed_is_damage_wherever_it_stands_and_no_misuse() {
    let desk = pilot();
    desk.ok(&["dossier", "-o", "d.zip"]);
    let whole = std::fs::read(desk.path("d.zip")).unwrap();
    let intact = desk.ok(&["verify", "d.zip"]).out;
    for at in (0..whole.len()).step_by(whole.len() / 60) {
        let mut changed = whole.clone();
        changed[at] ^= 0x21;
        desk.write("changed.zip", &changed);
        let told = desk.run(&["verify", "changed.zip"]);
        // Some fields of a zip say nothing about what is in it.
        assert!(told.code == 5 || told.out == intact, "byte {at}: {told:?}");
    }
    for at in [whole.len() / 2, whole.len() - 3] {
        let mut changed = whole.clone();
        changed[at] ^= 0x21;
        desk.write("changed.zip", &changed);
        let told = desk.run(&["verify", "changed.zip"]);
        assert!(told.code == 5 && told.err.contains("not the dossier that was packed"), "{told:?}");
    }
    desk.write("short.zip", &whole[..60]);
    assert_eq!(desk.run(&["verify", "short.zip"]).code, 5);
    for name in ["launchroom.toml", "launchroom.evidence/ledger.jsonl", "launchroom.evidence"] {
        assert_eq!(desk.run(&["verify", name]).code, 2, "{name} never was one");
    }
}

#[test]
fn two_dossiers_in_the_wrong_order_are_told_so() {
    let desk = pilot();
    desk.ok(&["dossier", "-o", "old.zip"]);
    desk.ok(&["set", "retention", "24 months"]);
    desk.ok(&["dossier", "-o", "new.zip"]);
    let told = desk.run(&["verify", "old.zip", "--against", "new.zip"]);
    assert_eq!(told.code, 5, "a cut tail looks the same: {told:?}");
    assert!(told.out.contains("or it is the older of the two") && !told.out.contains("0 entries since"), "{told:?}");
}

#[test]
fn a_command_of_a_machine_is_for_an_operator_alone() {
    let desk = with_npm("echo public page answered");
    let own = "\n[commands]\nbuyer-close-pack = 'sh ./private-script.sh --to 127.0.0.1:8080'\n";
    desk.write("launchroom.toml", desk.read("launchroom.toml") + own);
    desk.write("private-script.sh", "echo answered\n");
    desk.ok(&["run", "buyer-close-pack", "--attach", "--trust"]);
    desk.ok(&["run", "launch-activation-manifest", "--attach"]);
    for audience in ["buyer", "customer", "operator"] {
        for form in ["zip", "html", "md", "json"] {
            let name = format!("{audience}.{form}");
            desk.ok(&["dossier", "--audience", audience, "-o", &name]);
            let all = if form == "zip" { everything(&desk.path(&name)) } else { desk.read(&name) };
            for part in ["private-script", "127.0.0.1:8080"] {
                let may = audience == "operator" && form == "zip";
                assert!(may || !all.contains(part), "{name}: {part}");
            }
            assert!(form != "zip" || all.contains("answered"), "what it printed is public: {name}");
        }
        desk.ok(&["verify", &format!("{audience}.zip")]);
    }
    let told = desk.json(&["verify", "buyer.zip", "--json"]);
    assert!(told["ledger"]["rehashed"] == 2 && told["ledger"]["links"] == "intact", "{told:#}");
}

#[test]
fn the_form_follows_the_name_of_the_file_and_a_dash_is_no_file() {
    let desk = pilot();
    for (name, begins) in [("d.html", "<!doctype html>"), ("d.md", "# "), ("d.json", "{"), ("d.zip", "PK"), ("dossier", "PK")] {
        desk.ok(&["dossier", "-o", name]);
        let bytes = std::fs::read(desk.path(name)).unwrap();
        let head = String::from_utf8_lossy(&bytes[..16]).to_lowercase();
        assert!(head.starts_with(&begins.to_lowercase()), "{name}: {head}");
    }
    for (name, form) in [("e.html", "zip"), ("e.zip", "json"), ("e.json", "md")] {
        let told = desk.run(&["dossier", "-o", name, "--format", form]);
        assert!(told.code == 2 && told.err.contains("different things"), "{told:?}");
        assert!(!desk.path(name).exists());
    }
    let piped = desk.ok(&["dossier", "--format", "json", "-o", "-"]).out;
    assert_eq!(piped, desk.ok(&["dossier", "--format", "json"]).out);
    assert!(!desk.path("-").exists());
    // Nothing of the room is changed by it, and the file is what was asked for.
    let ledger = desk.read("launchroom.evidence/ledger.jsonl");
    desk.ok(&["--readonly", "dossier", "-o", "r.zip"]);
    assert!(desk.path("r.zip").exists() && desk.read("launchroom.evidence/ledger.jsonl") == ledger);
}

#[test]
fn what_may_be_said_is_what_claims_list_says() {
    let desk = pilot();
    let said = desk.json(&["claims", "list", "--json"]);
    let told = desk.json(&["dossier", "--format", "json"]);
    let blocked: Vec<&serde_json::Value> = said["blocked"].as_array().unwrap().iter().map(|one| &one["claim"]).collect();
    assert!(!blocked.is_empty());
    assert_eq!(told["wording"]["blocked"].as_array().unwrap().iter().collect::<Vec<_>>(), blocked);
}

#[test]
fn a_preview_tells_what_would_go_in_and_writes_nothing() {
    let desk = pilot();
    let told = desk.ok(&["dossier", "--preview", "-o", "d.zip"]);
    for part in ["goes in    2 entries", "withheld", "contacts", "head", "size"] {
        assert!(told.out.contains(part), "{part}\n{}", told.out);
    }
    assert!(!desk.path("d.zip").exists());
}
