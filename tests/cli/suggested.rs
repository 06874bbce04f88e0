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

/// What a person puts in the place of a word in capitals.
const FILLED: [(&str, &str); 9] = [
    ("NAME", "'Ada Lovelace'"),
    ("VALUE", "invoice"),
    ("TREATMENT", "ready"),
    ("REF", "'OF-2026-014 section 4'"),
    ("FILE", "document.md"),
    ("TENANT", "northwind-logistics"),
    ("PHRASE", "yes"),
    ("WORDING", "'left out'"),
    ("DATE", "2099-01-31"),
];

/// A line as a person pastes it into a shell.
fn pasted(desk: &Desk, command: &str) -> std::process::Output {
    let binary = assert_cmd::cargo::cargo_bin("launchroom");
    let folder = binary.parent().unwrap().display().to_string();
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", command]).current_dir(desk.home()).env_clear().env("HOME", desk.home()).env("LANG", "C.UTF-8");
    shell.env("XDG_CONFIG_HOME", desk.path("config")).env("XDG_DATA_HOME", desk.path("data"));
    shell.env("PATH", format!("{folder}:{}", std::env::var("PATH").unwrap())).output().unwrap()
}

/// Every command that a person reads: the rows of the path, the chain of each gate and step, what the review lists.
fn printed(desk: &Desk) -> BTreeSet<String> {
    let gates = ["setup", "private-beta", "paid-beta", "self-serve", "enterprise"];
    let steps = ["scope", "tenant-setup", "operator-activation", "access-proof", "continuity", "go-no-go"];
    let mut texts = vec![desk.run(&["status"]).out, desk.run(&["review", "--all"]).out, desk.run(&["doctor"]).out];
    texts.extend(gates.iter().map(|gate| desk.ok(&["path", "--to", gate]).out));
    texts.extend(gates.iter().chain(&steps).map(|what| desk.ok(&["why", what]).out));
    let lines = texts.iter().flat_map(|text| text.lines()).map(str::trim);
    let bare = |line: &'_ str| line.strip_prefix("Command").or(line.strip_prefix("do: ")).unwrap_or(line).trim().to_owned();
    let mut all: BTreeSet<String> = lines.map(bare).filter(|line| line.starts_with("launchroom ")).collect();
    let path = desk.json(&["path", "--json"]);
    let instead = path["actions"].as_array().unwrap().iter().filter_map(|action| action["alternative"].as_str());
    all.extend(instead.map(str::to_owned));
    all
}

#[test]
fn every_command_that_is_printed_works_as_it_stands_or_shows_what_to_put_in() {
    let commands = "\n[commands]\nlaunch-proof-bundle = 'true'\nfirst-customer-launch-plan = 'true'\n\
        customer-launch-room = 'true'\nreadiness-strict = 'true'\nscim-fixture = 'true'\npaid-beta-fixture-proof = 'true'\n";
    let desk = Desk::with_room();
    desk.write("launchroom.toml", desk.read("launchroom.toml") + commands);
    desk.write("document.md", "a document\n");
    // Agreed to once, as the path says.
    let notes = desk.json(&["path", "--json"])["notes"].to_string();
    assert!(notes.contains("with --trust the first time"), "{notes}");
    let ids = commands.lines().filter_map(|line| line.split_once(" = ")).map(|(id, _)| id);
    ids.for_each(|id| drop(desk.ok(&["run", id, "--trust"])));
    assert!(!desk.ok(&["path"]).out.contains("--trust"));
    desk.ok(&["dependency", "accept", "stripe", "--treatment", "invoice", "--order-form", "it's $HOME `x`; \"4\""]);
    let all = printed(&desk);
    assert!(all.len() > 40, "{all:#?}");
    for command in &all {
        let words: Vec<&str> = command.split(' ').collect();
        let open: Vec<_> = FILLED.iter().filter(|(word, _)| words.contains(word)).collect();
        let told = pasted(&desk, command);
        let said = String::from_utf8_lossy(&told.stderr).into_owned();
        let code = told.status.code().unwrap();
        let decides = command.starts_with("launchroom decide");
        if open.is_empty() {
            assert!(code == 0 || command.starts_with("launchroom review"), "{command}: {code} {said}");
            continue;
        }
        assert!([2, 4].contains(&code), "what stands in the place of a value is taken for none: {command}: {code} {said}");
        let filled = words.iter().map(|word| FILLED.iter().find(|(known, _)| known == word).map_or(*word, |(_, value)| value));
        let filled = filled.collect::<Vec<_>>().join(" ");
        let told = pasted(&desk, &filled);
        let said = String::from_utf8_lossy(&told.stderr).into_owned();
        // A decision waits for everything before it; a plan names what a value may be.
        let code = told.status.code().unwrap();
        assert!(code == 0 || decides && code == 4, "{filled}: {code} {said}");
    }
}

#[test]
fn what_is_printed_about_another_room_means_that_room() {
    let desk = Desk::with_room();
    let name = "it's elsewhere.toml";
    desk.write(name, desk.read("launchroom.toml"));
    let here = ["--room", name];
    for command in [&["path"][..], &["why", "scope"], &["status"], &["review", "--all"], &["review"]] {
        let told = desk.run(&[command, &here].concat());
        let lines = told.out.lines().map(str::trim);
        let bare = |line: &str| line.trim_start_matches("Command").trim_start_matches("More:").trim().to_owned();
        let commands: Vec<String> = lines.map(bare).filter(|line| line.starts_with("launchroom ")).collect();
        assert!(!commands.is_empty(), "{command:?} {told:?}");
        for line in commands {
            let asked = line.split("  ").next().unwrap().to_owned();
            assert!(asked.contains(r" --room 'it'\''s elsewhere.toml'"), "{command:?}: {line}");
            if asked.contains(" tick ") || asked.contains(" why ") {
                assert_eq!(pasted(&desk, &asked).status.code(), Some(0), "{asked}");
            }
        }
    }
    assert!(!desk.path("launchroom.evidence").exists(), "the room that is near was not meant");
    assert!(!desk.json(&["path", "--room", name, "--json"]).to_string().contains("--room"), "programs know which they asked");
}
