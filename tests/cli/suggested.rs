//! What the program tells a person to type works as it stands there.

use crate::desk::Desk;
use serde_json::Value;
use std::collections::BTreeSet;

const PROOF: &str = "first-customer-launch-plan";

/// Every command that any action of this room suggests.
fn suggested(desk: &Desk) -> Vec<String> {
    let plan = desk.json(&["review", "--json"]);
    let gates: Vec<String> =
        plan["gates"].as_array().unwrap().iter().map(|gate| gate["id"].as_str().unwrap().to_owned()).collect();
    let mut commands = Vec::new();
    for gate in gates {
        collect(&desk.json(&["why", &gate, "--json"])["why"], &mut commands);
    }
    commands
}

fn collect(why: &Value, into: &mut Vec<String>) {
    into.extend(why["commands"].as_array().into_iter().flatten().map(|command| command.as_str().unwrap().to_owned()));
    why["because"].as_array().into_iter().flatten().for_each(|because| collect(because, into));
}

#[test]
fn every_attach_that_is_suggested_names_all_it_takes() {
    let desk = Desk::with_room();
    desk.write("FILE", "a document\n");
    let all = suggested(&desk);
    let attaching: BTreeSet<_> = all.iter().filter(|command| command.starts_with("launchroom attach")).collect();
    assert!(attaching.iter().any(|command| command.contains("--target")), "{all:#?}");
    for command in attaching {
        let words: Vec<_> = command.split(' ').skip(1).collect();
        desk.ok(&words);
    }
}

#[test]
fn a_room_in_a_folder_that_is_not_there_yet_is_made_with_it() {
    let desk = Desk::empty();
    desk.ok(&["init", "pilots/northwind.toml", "--tenant", "Northwind", "--kickoff", "2026-11-02"]);
    desk.ok(&["validate", "pilots/northwind.toml"]);
}

#[test]
fn init_writes_where_the_room_flag_says_and_not_in_two_places() {
    let desk = Desk::empty();
    desk.ok(&["-r", "other.toml", "init", "--tenant", "Northwind"]);
    assert!(desk.path("other.toml").exists() && !desk.path("launchroom.toml").exists());
    let told = desk.run(&["-r", "a.toml", "init", "b.toml", "--tenant", "Northwind"]);
    assert_eq!(told.code, 2, "{told:?}");
    assert!(!desk.path("a.toml").exists() && !desk.path("b.toml").exists());
}

fn capture(desk: &Desk) -> String {
    desk.run(&["run", PROOF, "--trust"]);
    let all = desk.json(&["proofs", "--json"]);
    all["captured"].as_array().unwrap().last().unwrap()["run"].as_str().unwrap().to_owned()
}

#[test]
fn captured_runs_are_listed_with_what_to_do_about_them() {
    let desk = Desk::with_command(PROOF, "exit 3");
    let run = capture(&desk);
    let told = desk.ok(&["proofs"]);
    assert!(told.out.contains(&run) && told.out.contains("failed, exit 3"), "{told:?}");
    assert!(told.out.contains("--discard"), "{told:?}");
    let one = &desk.json(&["proofs", "--json"])["captured"][0];
    assert_eq!((&one["proof"], &one["outcome"]), (&PROOF.into(), &"failed".into()));
}

#[test]
fn a_captured_run_is_found_by_the_beginning_of_its_id_when_only_one_begins_so() {
    let desk = Desk::with_command(PROOF, "echo hello");
    let (first, second) = (capture(&desk), capture(&desk));
    let told = desk.run(&["attach", "--run", &first[..4]]);
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.err.contains(&first) && told.err.contains(&second), "{told:?}");
    let same = first.bytes().zip(second.bytes()).take_while(|(a, b)| a == b).count();
    desk.ok(&["attach", "--run", &first[..=same]]);
    desk.ok(&["attach", "--run", &second[..4]]);
    assert_eq!(desk.run(&["attach", "--run", ""]).code, 2);
}

#[test]
fn a_discarded_run_is_gone_and_its_line_stays() {
    let desk = Desk::with_command(PROOF, "exit 3");
    let run = capture(&desk);
    let told = desk.ok(&["run", "--discard", &run]);
    assert!(told.out.contains(&run), "{told:?}");
    assert_eq!(desk.json(&["proofs", "--json"])["captured"], serde_json::json!([]));
    let log = desk.json(&["log", "--json"]);
    assert_eq!(log.as_array().unwrap().last().unwrap()["kind"], "run.finished");
    assert_eq!(desk.run(&["run", "--discard", &run]).code, 2);
}
