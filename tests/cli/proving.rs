//! Running and attaching in the shell: streams, verdicts, exit codes, trust, and what may not be forgotten.

use crate::desk::Desk;
use serde_json::Value;
use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

const PROOF: &str = "first-customer-launch-plan";

fn last(desk: &Desk, proof: &str) -> Value {
    let proofs = desk.json(&["proofs", "--json"]);
    let all = proofs["proofs"].as_array().unwrap();
    all.iter().find(|one| one["id"] == proof).unwrap()["last"].clone()
}

#[test]
fn a_command_of_the_room_file_runs_only_once_somebody_trusts_it() {
    let desk = Desk::with_command(PROOF, "echo hello");
    let told = desk.run(&["run", PROOF]);
    assert_eq!(told.code, 4, "{told:?}");
    assert!(told.err.contains("--trust"), "{told:?}");
    assert_eq!(desk.run(&["run", PROOF, "--trust"]).code, 0);
    assert_eq!(desk.run(&["run", PROOF]).code, 0, "trusted from now on");
    desk.write("launchroom.toml", desk.read("launchroom.toml").replace("echo hello", "echo changed"));
    assert_eq!(desk.run(&["run", PROOF]).code, 4, "another command is asked about again");
}

#[test]
fn output_is_on_stdout_and_the_verdict_on_stderr() {
    let desk = Desk::with_command(PROOF, "echo one; echo two >&2; printf three");
    let told = desk.run(&["run", PROOF, "--trust"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert_eq!(told.out, "one\ntwo\nthree\n");
    assert!(told.err.contains(&format!("{PROOF}: passed")), "{told:?}");
}

#[test]
fn what_a_proof_prints_cannot_drive_the_terminal() {
    let desk = Desk::with_command(PROOF, r"printf \033]0;owned\007\033[2J");
    let told = desk.run(&["run", PROOF, "--trust"]);
    assert!(!told.out.contains(['\u{1b}', '\u{7}']), "{told:?}");
}

#[test]
fn every_way_to_end_is_told_as_what_it_is() {
    for (command, code, word) in [
        ("true", 0, "passed"),
        ("exit 3", 1, "failed, exit 3"),
        ("kill -SEGV $$", 1, "ended by signal 11 (SEGV)"),
        (r#"sh -c "kill -KILL \$\$""#, 1, "ended by signal 9 (KILL)"),
        ("exit 137", 1, "failed, exit 137"),
        ("no-such-program-anywhere", 1, "failed, exit 127"),
    ] {
        let desk = Desk::with_command(PROOF, command);
        let told = desk.run(&["run", PROOF, "--trust"]);
        assert_eq!(told.code, code, "{command}: {told:?}");
        assert!(told.err.contains(word), "{command}: {told:?}");
    }
}

#[test]
fn a_proof_that_takes_too_long_is_stopped_and_has_not_passed() {
    let desk = Desk::with_command(PROOF, "sleep 60");
    let told = desk.run(&["run", PROOF, "--trust", "--timeout", "1s"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("timed out"), "{told:?}");
    assert_eq!(desk.run(&["run", PROOF, "--timeout", "soon"]).code, 2);
}

#[test]
fn ctrl_c_stops_the_proof_and_is_an_interruption() {
    let desk = Desk::with_command(PROOF, "echo started; sleep 60");
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("launchroom"))
        .args(["run", PROOF, "--trust", "--attach"])
        .current_dir(desk.home())
        .env("HOME", desk.home())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first = [0; 8];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let asked = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(asked.elapsed() < Duration::from_secs(20));
    assert_eq!(last(&desk, PROOF), Value::Null, "a stopped run is no evidence");
    let log = desk.json(&["log", "--json"]);
    assert_eq!(log.as_array().unwrap().last().unwrap()["body"]["outcome"], "stopped");
}

#[test]
fn an_attached_pass_meets_its_requirement_and_a_newer_failure_stales_it() {
    let desk = Desk::with_command(PROOF, "test ! -e broken");
    let told = desk.run(&["run", PROOF, "--trust", "--attach"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.err.contains("attached #") && told.err.contains("setup"), "the gate that moved is told: {told:?}");
    assert!(desk.ok(&["why", "setup/plan-proof"]).out.contains("setup/plan-proof  met"));
    assert_eq!(last(&desk, PROOF)["fresh"], true);

    desk.write("broken", "");
    assert_eq!(desk.run(&["run", PROOF]).code, 1);
    let last = last(&desk, PROOF);
    assert_eq!(last["fresh"], false, "{last:#}");
    assert!(last["reason"].as_str().unwrap().contains("a newer run failed"), "{last:#}");
}

#[test]
fn a_captured_run_can_be_attached_later() {
    let desk = Desk::with_command(PROOF, "echo proof");
    let told = desk.ok(&["run", PROOF, "--trust"]);
    assert_eq!(last(&desk, PROOF), Value::Null, "a run is no evidence until somebody attaches it");
    let id = told.err.split("--run ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    desk.ok(&["attach", "--run", &id]);
    assert_eq!(last(&desk, PROOF)["outcome"], "passed");
    assert_eq!(desk.run(&["attach", "--run", &id]).code, 2, "it is not captured any more");
}

#[test]
fn attaching_a_document_takes_target_and_class_from_what_it_meets() {
    let desk = Desk::with_room();
    desk.write("invoice.txt", "invoice setup, PO 4711\n");
    let told = desk.ok(&["attach", "--meets", "paid-beta/billing", "invoice.txt"]);
    assert!(told.out.contains("at billing-evidence"), "{told:?}");
    let list = desk.json(&["evidence", "list", "--serves", "paid-beta/billing", "--json"]);
    let record = &list["evidence"][0];
    for (key, value) in [("target", "billing-evidence"), ("serves", "paid-beta/billing"), ("status", "verified"), ("by", "ada")] {
        assert_eq!(record[key], value, "{record:#}");
    }
    let seq = record["seq"].to_string();
    assert_eq!(desk.ok(&["evidence", "save", &seq]).out, "invoice setup, PO 4711\n");
    assert!(desk.ok(&["evidence", "show", &seq]).out.contains("PO 4711"));

    desk.ok(&["evidence", "withdraw", &seq, "--why", "wrong customer"]);
    let list = desk.json(&["evidence", "list", "--json"]);
    assert_eq!(list["evidence"][0]["status"], "withdrawn");
}

#[test]
fn a_reference_is_stated_and_satisfies_documents_only() {
    let desk = Desk::with_room();
    desk.ok(&["attach", "--meets", "paid-beta/billing", "--reference", "OF-2026-014, page 3"]);
    let list = desk.json(&["evidence", "list", "--json"]);
    assert_eq!((&list["evidence"][0]["status"], &list["evidence"][0]["outcome"]), (&"stated".into(), &"reference".into()));
    let told = desk.run(&["attach", "--meets", "setup/plan-proof", "--reference", "trust me"]);
    assert_eq!(told.code, 4, "{told:?}");
}

#[test]
fn a_file_says_how_a_proof_went_and_never_meets_it() {
    let desk = Desk::with_room();
    desk.write("out.json", r#"{"checks":[{"id":"api","status":"passed"}]}"#);
    let told = desk.ok(&["attach", "--target", "launch-room", "--proof", "launch-proof-bundle", "out.json"]);
    assert!(told.out.contains("a file without a run") && told.out.contains("no exit status"), "{told:?}");
    assert!(!told.out.contains("passed"), "{told:?}");
    let list = desk.json(&["evidence", "list", "--json"]);
    let record = &list["evidence"][0];
    assert_eq!((&record["outcome"], &record["status"]), (&"reference".into(), &"verified".into()), "{record:#}");
    let why = desk.run(&["why", "private-beta/public-bundle"]);
    assert!(why.out.contains("file without a run"), "{why:?}");
}

#[test]
fn altered_bytes_are_named_and_do_not_count() {
    let desk = Desk::with_room();
    desk.write("invoice.txt", "invoice setup, PO 4711\n");
    desk.ok(&["attach", "--meets", "paid-beta/billing", "invoice.txt"]);
    let list = desk.json(&["evidence", "list", "--json"]);
    let digest = list["evidence"][0]["digest"].as_str().unwrap().to_owned();
    let blob = find(&desk.path("launchroom.evidence"), &digest).expect("the bytes are kept under their digest");
    std::fs::write(&blob, "something else").unwrap();
    let told = desk.run(&["evidence", "verify"]);
    assert_eq!(told.code, 5, "{told:?}");
    assert!(told.out.contains("differ"), "{told:?}");
    assert_eq!(desk.json(&["evidence", "list", "--json"])["evidence"][0]["status"], "unverified");
    let review = desk.json(&["review", "--json"]);
    let billing =
        review["gates"][2]["requirements"].as_array().unwrap().iter().find(|one| one["id"] == "paid-beta/billing").unwrap();
    assert_eq!(billing["status"], "unverified", "{billing:#}");
}

fn find(folder: &std::path::Path, name: &str) -> Option<std::path::PathBuf> {
    std::fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let path = entry.path();
        if path.is_dir() { find(&path, name) } else { (entry.file_name() == name).then_some(path) }
    })
}

#[test]
fn a_run_whose_program_was_killed_is_told_as_interrupted_and_leaves_nobody_behind() {
    let desk = Desk::with_command(PROOF, "echo $$; exec sleep 300");
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("launchroom"))
        .args(["run", PROOF, "--trust"])
        .current_dir(desk.home())
        .env("HOME", desk.home())
        .env("XDG_DATA_HOME", desk.path("data"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut reader = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut reader, &mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();

    desk.write("launchroom.toml", desk.read("launchroom.toml").replace("exec sleep 300", "true"));
    let told = desk.run(&["run", PROOF, "--trust"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.err.contains("interrupted earlier"), "{told:?}");
    // Nobody may have collected it yet: a zombie is as gone as it gets without a parent.
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", line.trim())).unwrap_or_default();
    assert!(stat.is_empty() || stat.contains(") Z "), "the proof is gone: {stat}");
    let log = desk.json(&["log", "--json"]);
    assert!(log.as_array().unwrap().iter().any(|line| line["body"]["outcome"] == "interrupted"), "{log:#}");
}

#[test]
fn what_a_run_was_given_in_vain_is_told() {
    let desk = Desk::with_command(PROOF, "true");
    let told = desk.run(&["run", PROOF, "--trust", "--pass-env", "TOKEN=abc"]);
    assert!(told.code == 2 && !told.err.contains("abc"), "{told:?}");
    let told = desk.ok(&["run", PROOF, "--trust", "--pass-env", "NOPE", "--confirm", "yes"]);
    assert!(told.err.contains("NOPE is not set") && told.err.contains("--confirm is not used"), "{told:?}");
}

#[test]
fn a_run_that_says_it_tested_nothing_ends_well_and_never_counts() {
    let desk = Desk::with_command(PROOF, "echo No tests found, exiting with code 0");
    let told = desk.run(&["run", PROOF, "--trust", "--attach"]);
    assert!(told.code == 0 && told.err.contains("tested nothing"), "{told:?}");
    let reason = last(&desk, PROOF)["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("hollow: it tested nothing"), "{reason}");
}
