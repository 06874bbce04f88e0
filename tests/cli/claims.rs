//! Wording that may not be used: found in files of every kind, with its place, its gate and what to say.

use crate::desk::Desk;
use serde_json::Value;
use std::io::Write as _;

fn findings(told: &Value) -> Vec<(String, u64, u64, String, String)> {
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let number = |one: &Value, key: &str| one[key].as_u64().unwrap();
    let findings = told["findings"].as_array().unwrap().iter();
    findings
        .map(|one| (text(one, "file"), number(one, "line"), number(one, "column"), text(one, "claim"), text(one, "unlocked_by")))
        .collect()
}

fn docx(words: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    write!(zip, "<w:document><w:body><w:p/><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>").unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn blocked_wording_is_found_with_its_place_its_gate_and_what_to_say() {
    let desk = Desk::with_room();
    desk.write("a.md", "# Offer\n\nIt comes with **self-serve**\ncheckouts. And broad enterprise automation.\n");
    let told = desk.json(&["claims", "check", "a.md", "--json"]);
    assert_eq!(told["schema"], 1);
    let expected =
        [("a.md", 3, 17, "Self-serve checkout", "self-serve"), ("a.md", 4, 16, "Broad enterprise automation", "enterprise")];
    let expected: Vec<_> = expected.into_iter().map(|(f, l, c, w, g)| (f.to_owned(), l, c, w.to_owned(), g.to_owned())).collect();
    assert_eq!(findings(&told), expected);
    assert_eq!(told["findings"][0]["text"], "self-serve** checkouts");
    assert_eq!(told["findings"][0]["instead"], "Manual billing fallback", "what this room's motion allows");
    let told = desk.run(&["claims", "check", "a.md"]);
    assert_eq!(told.code, 1);
    assert!(told.out.contains("a.md:3:17: ") && told.out.contains("say: Manual billing fallback"), "{}", told.out);
    assert!(told.err.contains("2 places with blocked wording in 1 file"), "{}", told.err);
}

#[test]
fn every_blocked_wording_of_the_plan_is_found_and_no_allowed_one() {
    let desk = Desk::with_room();
    let list = desk.json(&["claims", "list", "--json"]);
    let texts = |key: &str, text: &str| -> Vec<String> {
        list[key].as_array().unwrap().iter().map(|one| one[text].as_str().unwrap().to_owned()).collect()
    };
    let (blocked, allowed) = (texts("blocked", "claim"), texts("allowed", "wording"));
    assert!(blocked.len() > 9 && allowed.len() > 6, "{list:#}");
    desk.write("blocked.txt", blocked.join("\n\n"));
    desk.write("allowed.txt", allowed.join("\n"));
    let found: Vec<String> =
        findings(&desk.json(&["claims", "check", "--json", "blocked.txt"])).into_iter().map(|one| one.3).collect();
    assert_eq!(found, blocked);
    assert_eq!(desk.ok(&["claims", "check", "allowed.txt"]).out, "");
    let instead: Vec<String> = texts("blocked", "instead");
    desk.write("instead.txt", instead.join("\n\n"));
    desk.ok(&["claims", "check", "instead.txt"]);
}

#[test]
fn what_the_plan_says_about_its_own_limits_may_be_said() {
    let desk = Desk::with_room();
    desk.write("a.md", "> Self-serve and broad enterprise claims stay out of scope for the first customer unless strict\n> readiness and customer-specific vendor proof pass.\n");
    desk.ok(&["claims", "check", "a.md"]);
}

#[test]
fn documents_of_every_kind_are_read_and_what_cannot_be_stops_no_other() {
    let desk = Desk::with_room();
    desk.write("a.docx", docx("Official issuer automation"));
    desk.write("b.html", "<p>Unbounded SSO&nbsp;and <b>SCIM</b>");
    desk.write("c.docx", b"PK\x03\x04 broken");
    desk.write("d.bin", b"\0\0\0");
    desk.write("old.txt", b"self\x96serve check\xadout");
    std::fs::create_dir(desk.path("folder")).unwrap();
    let told = desk.run(&["claims", "check", "c.docx", "a.docx", "none.md", "b.html", "d.bin", "folder", "old.txt", "--json"]);
    assert_eq!(told.code, 2, "{told:?}");
    let json: Value = serde_json::from_str(&told.out).unwrap();
    let found: Vec<(String, u64, u64)> =
        findings(&json).into_iter().map(|(file, line, column, ..)| (file, line, column)).collect();
    assert_eq!(found, [("a.docx".to_owned(), 2, 1), ("b.html".to_owned(), 1, 4), ("old.txt".to_owned(), 1, 1)]);
    assert_eq!(json["unread"].as_array().unwrap().len(), 4);
    for told_of in ["c.docx", "none.md", "d.bin", "folder"] {
        assert!(told.err.contains(told_of), "{told_of}: {}", told.err);
    }
    assert!(told.err.contains("it is a folder") && told.err.contains("Windows-1252"), "{}", told.err);
}

#[test]
fn what_was_not_read_is_not_called_free_of_blocked_wording() {
    let desk = Desk::with_room();
    let told = desk.run(&["claims", "check", "nofile"]);
    assert_eq!(told.code, 2);
    assert!(
        told.err.contains("cannot read nofile: there is no such file") && told.err.contains("- is standard input"),
        "{told:?}"
    );
    assert!(told.err.contains("nothing was checked; 1 file could not be read") && !told.err.contains("no blocked"), "{told:?}");
    desk.write("a.txt", "Managed rollout");
    let told = desk.run(&["claims", "check", "nofile", "a.txt"]);
    assert!(told.err.contains("no blocked wording in 1 file; 1 file could not be read"), "{told:?}");
}

#[test]
fn words_of_two_blocks_of_a_document_are_no_wording() {
    let desk = Desk::with_room();
    let words = "Official issuer</w:t></w:r></w:p><w:p><w:r><w:t>automation";
    desk.write("a.docx", docx(words));
    desk.write("b.html", "<ul><li>self-serve\n<li>checkout</ul><table><td>unbounded SSO<td>and SCIM</table>");
    desk.write("c.md", "# Self-serve\ncheckout\n\n- unbounded SSO\n- and SCIM\n\n| HRIS | automation |\n|---|---|\n");
    desk.ok(&["claims", "check", "a.docx", "b.html", "c.md"]);
    desk.write("c.md", "- unbounded SSO\n  and SCIM");
    assert_eq!(desk.run(&["claims", "check", "c.md"]).code, 1);
}

#[test]
fn standard_input_is_a_file_called_minus() {
    let desk = Desk::with_room();
    let mut command = desk.launchroom(&["claims", "check", "-", "--json"]);
    let told = command.write_stdin("x\r\n  Automated paid conversion").output().unwrap();
    assert_eq!(told.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(findings(&json), [("-".to_owned(), 2, 3, "Automated paid conversion".to_owned(), "self-serve".to_owned())]);
    let mut empty = desk.launchroom(&["claims", "check", "-"]);
    assert_eq!(empty.write_stdin("").output().unwrap().status.code(), Some(0));
}

#[test]
fn sarif_names_a_rule_and_a_region_for_each() {
    let desk = Desk::with_room();
    desk.write("an offer.md", "We have self-serve checkout");
    let told = desk.json(&["claims", "check", "an offer.md", "none.md", "--format", "sarif"]);
    assert_eq!(told["version"], "2.1.0");
    let run = &told["runs"][0];
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "claims/self-serve-checkout");
    let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
    assert_eq!(rule["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "an%20offer.md");
    assert_eq!((&place["region"]["startColumn"], &place["region"]["endColumn"]), (&9.into(), &28.into()));
    assert_eq!(run["invocations"][0]["executionSuccessful"], false, "one file could not be read");
}

#[test]
fn an_exclusion_an_acceptance_and_a_proven_group_move_what_is_blocked() {
    let desk = Desk::with_room();
    desk.write("a.txt", "Rocket science reports");
    desk.ok(&["claims", "check", "a.txt"]);
    desk.ok(&[
        "exclude",
        "paid-beta/issuer",
        "--wording",
        "no rocket science report",
        "--signed-by",
        "Saskia",
        "--until",
        "2099-01-31",
    ]);
    let told = desk.json(&["claims", "check", "a.txt", "--json"]);
    assert_eq!(findings(&told)[0].3, "no rocket science report");
    assert_eq!(told["findings"][0]["unlocked_by"], "paid-beta");
    desk.ok(&["exclude", "--revoke", "X1", "--why", "joined"]);
    desk.ok(&["claims", "check", "a.txt"]);

    desk.write("b.txt", "The pilot is billed by invoice or not at all; self-serve checkout is excluded.");
    assert_eq!(desk.run(&["claims", "check", "b.txt"]).code, 1, "it was not agreed yet");
    desk.ok(&["dependency", "accept", "stripe", "--treatment", "invoice", "--order-form", "OF-1 §4"]);
    desk.ok(&["claims", "check", "b.txt"]);

    desk.write("c.txt", "The tenant is accepted as live: tenant accepted as live.");
    let locked = desk.run(&["claims", "check", "c.txt"]);
    assert!(locked.code == 1 && locked.out.contains("until operator-seed is proven"), "{locked:?}");
    desk.ok(&["activation", "set", "operator-seed", "proven"]);
    let locked = desk.run(&["claims", "check", "c.txt"]);
    assert!(
        locked.code == 1 && locked.out.contains("until the paid beta gate is clear\n"),
        "values alone open no gate: {locked:?}"
    );
}

#[test]
fn the_list_says_what_would_unlock_each() {
    let desk = Desk::with_room();
    let told = desk.ok(&["claims", "list"]).out;
    assert!(told.contains("MAY BE SAID") && told.contains("Manual billing fallback"), "{told}");
    assert!(told.contains("blocked until the self-serve gate is clear"), "{told}");
}
