//! Questions people ask of a room: the path, what changed, whom to ask, when it is clear.

use crate::desk::Desk;

#[test]
fn the_path_is_in_order_and_ends_with_the_decision() {
    let desk = Desk::with_room();
    let path = desk.json(&["path", "--json"]);
    assert_eq!((&path["schema"], &path["to"]), (&1.into(), &"paid-beta".into()), "the target of the motion");
    let actions = path["actions"].as_array().unwrap();
    assert!(actions.last().unwrap()["command"].as_str().unwrap().starts_with("launchroom decide --stage paid-beta"));
    for (place, action) in actions.iter().enumerate() {
        assert_eq!(action["row"], place + 1);
        assert!(action["after"].as_u64().is_none_or(|after| after as usize <= place), "{action:#}");
    }
    let dangerous = actions.iter().position(|action| action["dangerous"] == true).unwrap();
    assert!(actions[dangerous..actions.len() - 1].iter().all(|action| action["dangerous"] == true), "what is dangerous is last");
    let setup = desk.json(&["path", "--to", "setup", "--json"]);
    assert!(setup["acts"].as_u64() < path["acts"].as_u64());
}

#[test]
fn a_path_beyond_the_motion_says_so_and_offers_no_exclusion() {
    let desk = Desk::with_room();
    let told = desk.ok(&["path", "--to", "enterprise"]).out;
    assert!(told.contains("outside this motion") && told.contains("blocked by policy"), "{told}");
    assert!(!told.contains("launchroom exclude"), "{told}");
    let told = desk.run(&["path", "--to", "paid-bet"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("did you mean `paid-beta`?"), "{}", told.err);
}

#[test]
fn what_is_mine_follows_from_the_settings() {
    let desk = Desk::with_room();
    let told = desk.run(&["path", "--mine"]);
    assert_eq!(told.code, 2);
    assert!(told.err.contains("[me]"), "{}", told.err);
    std::fs::create_dir_all(desk.path("config/launchroom")).unwrap();
    desk.write("config/launchroom/config.toml", "[me]\nname = \"Ada L.\"\nroles = [\"tenant-owner\"]\n");
    let mine = desk.json(&["path", "--mine", "--json"]);
    let owners = mine["actions"].as_array().unwrap().iter().map(|action| action["owner"].clone());
    let owners: Vec<_> = owners.collect();
    assert!(!owners.is_empty() && owners.iter().all(|owner| owner == "tenant-owner"), "{owners:?}");
}
