//! The portfolio in the shell: every room beneath a folder, broken ones included.

use crate::desk::Desk;

fn three_pilots() -> Desk {
    let desk = Desk::empty();
    desk.ok(&["init", "pilots/northwind/launchroom.toml", "--tenant", "Northwind Logistics", "--kickoff", "2026-11-02"]);
    desk.ok(&["init", "pilots/acme.toml", "--tenant", "Acme Freight", "--kickoff", "2026-11-16"]);
    desk.ok(&["assign", "tenant-owner", "--name", "Mara Lindt", "--room", "pilots/acme.toml"]);
    desk
}

#[test]
fn every_room_beneath_a_folder_is_a_row_with_what_it_waits_for() {
    let desk = three_pilots();
    let told = desk.ok(&["rooms", "pilots"]);
    for part in
        ["Northwind Logistics", "Acme Freight", "NO-GO", "next: ", "pilots/acme.toml", "2 rooms: 2 no-go", "not moved yet"]
    {
        assert!(told.out.contains(part), "{part}\n{}", told.out);
    }
    let rooms = desk.json(&["rooms", "pilots", "--json"]);
    assert_eq!(rooms["schema"], 1);
    let acme = &rooms["rooms"][0];
    assert_eq!(
        (&acme["room"]["id"], &acme["verdict"], &acme["place"]),
        (&"acme-freight".into(), &"no_go".into(), &"pilots/acme.toml".into())
    );
    assert_eq!(acme["last"]["what"], "Tenant owner is Mara Lindt");
    assert!(acme["next_action"]["command"].as_str().unwrap().starts_with("launchroom "), "{acme:#}");
}

#[test]
fn a_broken_room_is_a_row_and_not_the_end() {
    let desk = three_pilots();
    desk.write("pilots/broken.toml", "schema = 1\nplan = \"first-customer\"\n[tenant\n");
    desk.write("pilots/northwind/launchroom.toml", [0xff, 0xfe]);
    let told = desk.run(&["rooms", "pilots"]);
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.out.contains("Acme Freight") && told.out.contains("pilots/broken.toml:3:"), "{}", told.out);
    assert!(told.out.contains("2 cannot be read"), "{}", told.out);
    let rooms = desk.json(&["rooms", "pilots", "--json"]);
    assert!(rooms["rooms"][1]["error"].as_str().unwrap().contains("broken.toml:3:"), "{rooms:#}");
}

#[test]
fn a_damaged_ledger_outranks_a_broken_file() {
    let desk = three_pilots();
    desk.write("pilots/broken.toml", "[[");
    desk.write("pilots/acme.evidence/ledger.jsonl", "not a line\n");
    let told = desk.run(&["rooms", "pilots"]);
    assert_eq!(told.code, 5, "{told:?}");
    assert!(told.out.contains("ledger damaged at line 1"), "{}", told.out);
}

#[test]
fn looking_writes_nothing() {
    let desk = three_pilots();
    let before = desk.read("pilots/acme.evidence/ledger.jsonl");
    let text = desk.read("pilots/acme.toml");
    desk.write("pilots/acme.toml", text.replace("Mara Lindt", "Somebody Else"));
    desk.ok(&["rooms", "pilots"]);
    assert_eq!(desk.read("pilots/acme.evidence/ledger.jsonl"), before, "a hand edit is recorded by whoever opens the room");
}

#[test]
fn no_room_and_no_folder_are_told_apart() {
    let desk = Desk::empty();
    let told = desk.ok(&["rooms"]);
    assert!(told.out.is_empty() && told.err.contains("launchroom init"), "{told:?}");
    assert_eq!(desk.json(&["rooms", "--json"])["rooms"], serde_json::json!([]));
    assert_eq!(desk.run(&["rooms", "nowhere"]).code, 2);
}

#[test]
fn no_room_file_is_written_at_an_address() {
    let desk = Desk::empty();
    let told = desk.run(&["init", "--room", "https://rooms.example.test", "--tenant", "Northwind"]);
    assert!(told.code == 2 && !desk.path("https:").exists(), "{told:?}");
}
