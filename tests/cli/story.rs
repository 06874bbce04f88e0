//! The whole job without the cockpit: a room is made, filled, proven and reviewed, and the gate moves.

use crate::desk::Desk;
use serde_json::Value;

fn requirement<'a>(review: &'a Value, id: &str) -> &'a Value {
    let gates = review["gates"].as_array().unwrap().iter();
    let mut all = gates.flat_map(|gate| gate["requirements"].as_array().unwrap());
    all.find(|requirement| requirement["id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

#[test]
fn naming_the_owners_meets_the_roles_and_says_what_changed() {
    let desk = Desk::with_room();
    assert_eq!(requirement(&desk.json(&["review", "--json"]), "setup/roles")["status"], "unmet");
    let told = desk.ok(&["assign", "executive-sponsor", "--name", "Ingrid Aasen"]);
    assert!(told.out.contains("owners.executive-sponsor.name: blank → Ingrid Aasen"), "{}", told.out);
    desk.ok(&["assign", "tenant-owner", "--name", "Mara Lindt"]);
    let told = desk.ok(&["assign", "implementation-owner", "--name", "Jonas Okafor"]);
    assert!(told.out.contains("setup: "), "the gate that moved is told: {}", told.out);
    assert_eq!(requirement(&desk.json(&["review", "--json"]), "setup/roles")["status"], "met");
    let told = desk.ok(&["assign", "implementation-owner", "--name", "Jonas Okafor"]);
    assert!(told.out.contains("nothing changed"), "{}", told.out);
}

#[test]
fn a_tick_and_its_undo_leave_the_same_bytes() {
    let desk = Desk::with_room();
    let before = desk.read("launchroom.toml");
    desk.ok(&["tick", "scope/close-pack"]);
    assert_ne!(desk.read("launchroom.toml"), before);
    desk.ok(&["tick", "scope/close-pack", "--undo"]);
    assert_eq!(desk.read("launchroom.toml"), before);
}

#[test]
fn a_hand_edit_is_recorded_at_the_next_look() {
    let desk = Desk::with_room();
    desk.ok(&["tick", "scope/close-pack"]);
    let text = desk.read("launchroom.toml");
    desk.write("launchroom.toml", text.replace("Northwind Logistics", "Northwind Freight"));
    desk.ok(&["status"]);
    let log = desk.json(&["log", "--json"]);
    let last = log.as_array().unwrap().last().unwrap();
    assert_eq!(last["kind"], "room.edited-outside");
    assert!(last["body"].to_string().contains("Northwind Freight"));
}

#[test]
fn a_look_at_a_new_room_writes_nothing() {
    let desk = Desk::with_room();
    for command in ["status", "review", "owners", "proofs", "doctor"] {
        desk.run(&[command]);
    }
    assert!(!desk.path("launchroom.evidence").exists());
}

#[test]
fn a_dependency_is_accepted_in_both_places() {
    let desk = Desk::with_room();
    desk.ok(&["dependency", "accept", "stripe", "--treatment", "invoice", "--order-form", "OF-2026-014 §4"]);
    let all = desk.json(&["dependency", "list", "--json"]);
    let stripe = all["dependencies"].as_array().unwrap().iter().find(|one| one["id"] == "stripe").unwrap();
    assert_eq!((&stripe["treatment"], &stripe["accepted"]), (&"invoice".into(), &true.into()));
}

#[test]
fn the_room_is_found_upward_and_a_flag_wins_over_the_environment() {
    let desk = Desk::with_room();
    desk.ok(&["init", "other.toml", "--tenant", "Other"]);
    std::fs::create_dir_all(desk.path("notes/deep")).unwrap();
    let name = |command: &mut assert_cmd::Command| {
        let told: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        told["room"]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(name(desk.launchroom(&["status", "--json"]).current_dir(desk.path("notes/deep"))), "Northwind Logistics");
    assert_eq!(name(desk.launchroom(&["status", "--json"]).env("LAUNCHROOM_ROOM", "other.toml")), "Other");
    let room = ["status", "--json", "--room", "launchroom.toml"];
    assert_eq!(name(desk.launchroom(&room).env("LAUNCHROOM_ROOM", "other.toml")), "Northwind Logistics");
}

#[test]
fn config_says_where_each_value_came_from() {
    let desk = Desk::empty();
    std::fs::create_dir_all(desk.path("config/launchroom")).unwrap();
    desk.write("config/launchroom/config.toml", "symbols = \"ascii\"\n[me]\nname = \"Ada L.\"\n");
    let told = desk.ok(&["config", "show", "--json"]).out;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["settings"]["me.name"]["value"], "Ada L.");
    assert_eq!(told["settings"]["symbols"]["origin"], "settings file");
    assert_eq!(desk.ok(&["config", "path"]).out.trim(), desk.path("config/launchroom/config.toml").display().to_string());
}

#[test]
fn from_a_blank_room_to_an_accepted_stage_without_the_cockpit() {
    let desk = Desk::with_room();
    assert_eq!(desk.run(&["review", "--gate", "setup"]).code, 1, "a blank room is a no-go");

    // What the review asks for, in its order.
    for (role, name) in
        [("executive-sponsor", "Ingrid Aasen"), ("tenant-owner", "Mara Lindt"), ("implementation-owner", "Jonas Okafor")]
    {
        desk.ok(&["assign", role, "--name", name]);
    }
    for (field, value) in [
        ("cohort", "42 supervisors, Rotterdam"),
        ("modules", "credentials,evidence"),
        ("commercial", "OF-2026-014: 2 modules"),
        ("billing_route", "invoice"),
        ("support_path", "pilot desk, working days 9 to 17"),
    ] {
        desk.ok(&["set", field, value]);
    }
    for task in ["scope/close-pack", "scope/wording", "scope/billing"] {
        desk.ok(&["tick", task]);
    }
    let held = desk.json(&["review", "--gate", "setup", "--json"]);
    assert_eq!(requirement(&held, "setup/plan-proof")["status"], "unmet", "saying so is not showing it");

    let text = desk.read("launchroom.toml");
    desk.write("launchroom.toml", format!("{text}\n[commands]\nfirst-customer-launch-plan = 'echo every page answers'\n"));
    let told = desk.ok(&["run", "first-customer-launch-plan", "--trust", "--attach"]);
    assert!(told.err.contains("setup: held 4/7 → awaiting decision 6/7"), "the gate that moved is told: {}", told.err);
    assert_eq!(desk.run(&["review", "--gate", "setup"]).code, 3, "awaiting decision");

    desk.ok(&["decide", "--stage", "setup", "--outcome", "accepted", "--customer", "Ingrid Aasen", "--operator", "Ada L."]);
    let told = desk.run(&["review", "--gate", "setup"]);
    assert_eq!(told.code, 0, "{}", told.out);
    assert!(told.out.starts_with("GO "), "{}", told.out);
    desk.ok(&["evidence", "verify"]);
}
