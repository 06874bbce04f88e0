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

#[test]
fn a_brief_fits_twelve_lines_and_a_buyer_reads_no_names() {
    let desk = Desk::with_room();
    desk.ok(&["assign", "implementation-owner", "--name", "Jonas Okafor", "--contact", "jonas@vendor.test"]);
    desk.ok(&["assign", "tenant-owner", "--name", "Mara Lindt", "--contact", "mara@example.test"]);
    desk.ok(&["set", "cohort", "42 supervisors of the Rotterdam site"]);
    let told = desk.ok(&["brief", "--since", "2026-01-01"]).out;
    assert!(told.lines().count() <= 12 && told.lines().all(|line| line.chars().count() <= 80), "{told}");
    assert!(told.starts_with("NO-GO"), "{told}");
    for audience in ["buyer", "customer"] {
        for arguments in [["brief", "--audience", audience].as_slice(), &["brief", "--audience", audience, "--json"]] {
            let told = desk.ok(arguments).out;
            for kept in ["Jonas", "mara@", "jonas@", "Rotterdam", "launchroom.toml"] {
                assert!(!told.contains(kept), "{audience} reads {kept}: {told}");
            }
        }
    }
    assert!(!desk.ok(&["brief", "--audience", "buyer"]).out.contains("Mara Lindt"));
    assert_eq!(desk.run(&["brief", "--since", "2199-01-01"]).code, 2);
}

#[test]
fn a_request_is_remembered_until_it_is_answered() {
    let desk = Desk::with_room();
    let ask = |desk: &Desk| desk.json(&["ask", "--role", "executive-sponsor", "--json"])["requests"][0].clone();
    assert!(ask(&desk)["asked"].is_null());
    let told = desk.ok(&["ask", "--role", "executive-sponsor", "--mark-sent", "--to", "Ingrid Aasen"]);
    assert!(told.out.starts_with("For the launch of Northwind Logistics, we still need:"), "{}", told.out);
    assert!(told.err.contains("asked Ingrid Aasen"), "{}", told.err);
    let log = desk.json(&["log", "--json"]);
    assert_eq!(log.as_array().unwrap().last().unwrap()["kind"], "ask.sent");
    let role = |desk: &Desk| desk.json(&["owners", "--json"])["roles"].as_array().unwrap()[0].clone();
    assert!(role(&desk)["asked"].is_string());
    desk.ok(&["assign", "executive-sponsor", "--name", "Ingrid Aasen"]);
    assert!(role(&desk)["asked"].is_null(), "filling it closes it");
    assert_eq!(desk.run(&["ask", "--mark-sent"]).code, 2, "several people, and nobody named");
    assert_eq!(desk.run(&["--readonly", "ask", "--mark-sent", "--to", "A"]).code, 4);
}

#[test]
fn what_comes_out_of_systems_is_one_ask_a_system_those_first_that_unblock_most() {
    let desk = Desk::with_room();
    let of_systems = |desk: &Desk| -> Vec<serde_json::Value> {
        let all = desk.json(&["ask", "--json"])["requests"].as_array().unwrap().clone();
        all.into_iter().filter(|request| !request["system"].is_null()).collect()
    };
    let all = of_systems(&desk);
    let names: Vec<&str> = all.iter().map(|request| request["system"].as_str().unwrap()).collect();
    assert_eq!(names.iter().filter(|name| **name == "Vercel production env").count(), 1, "{names:?}");
    assert_eq!(names[0], "Vercel production env", "most groups wait for it: {names:?}");
    let weight =
        |request: &serde_json::Value| (request["unlocks"].as_array().unwrap().len(), request["about"].as_array().unwrap().len());
    assert!(weight(&all[0]).1 > 1 && all.is_sorted_by_key(|request| std::cmp::Reverse(weight(request))), "{all:#?}");
    assert!(!names.contains(&"Customer HR system"), "nothing on the way to the target waits for it: {names:?}");

    // One text, with names and without values; remembered until what it asks for is there.
    let told = desk.ok(&["ask", "--system", "vercel production env", "--mark-sent", "--to", "Platform team"]).out;
    assert!(told.contains("from Vercel production env:") && told.contains("LAUNCH_OPERATIONS_SECRET"), "{told}");
    assert!(of_systems(&desk)[0]["asked"].is_string());
    let asked = desk.json(&["path", "--json"])["systems"][0].clone();
    assert_eq!((&asked["system"], asked["asked"].is_string()), (&"Vercel production env".into(), true));
    let groups = asked["groups"].as_array().unwrap().clone();
    for group in &groups {
        desk.ok(&["activation", "set", group.as_str().unwrap(), "collected"]);
    }
    let left: Vec<_> = of_systems(&desk).iter().map(|request| request["system"].as_str().unwrap().to_owned()).collect();
    assert!(!left.contains(&"Vercel production env".to_owned()), "what is collected is asked for no more: {left:?}");

    let told = desk.run(&["ask", "--system", "Vercel"]);
    assert!(told.code == 2 && told.err.contains("source system"), "{told:?}");
    assert!(desk.ok(&["path"]).out.contains("One ask a system"));
}

#[test]
fn an_accepted_fallback_leaves_nothing_to_ask_its_system_for() {
    let desk = Desk::with_room();
    let has = |desk: &Desk| desk.ok(&["ask"]).out.contains("From Resend");
    assert!(has(&desk));
    desk.ok(&["dependency", "accept", "support-email", "--treatment", "manual", "--order-form", "OF-2026-014 section 4"]);
    assert!(!has(&desk), "messages are sent by hand");
}

#[test]
fn owners_and_status_show_what_is_mine() {
    let desk = Desk::with_room();
    assert_eq!(desk.run(&["owners", "--mine"]).code, 2);
    assert_eq!(desk.run(&["status", "--mine"]).code, 2);
    std::fs::create_dir_all(desk.path("config/launchroom")).unwrap();
    desk.write(
        "config/launchroom/config.toml",
        "[me]\nname = \"Ada L.\"\nroles = [\"tenant-owner\"]\nfunctions = [\"finance\"]\n",
    );
    let owners = desk.json(&["owners", "--mine", "--json"]);
    let ids: Vec<&str> = owners["roles"].as_array().unwrap().iter().map(|role| role["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["tenant-owner"]);
    let fields = owners["scope"].as_array().unwrap();
    assert!(!fields.is_empty() && fields.iter().all(|field| field["owner"] == "tenant-owner" || field["owner"] == "finance"));
    let (mine, all) = (desk.json(&["status", "--mine", "--json"]), desk.json(&["status", "--json"]));
    let steps = mine["steps"].as_array().unwrap();
    assert!(!steps.is_empty() && steps.iter().all(|step| step["owner"] == "finance"), "{mine:#}");
    assert_eq!(mine["verdict"], all["verdict"], "how the room stands is nobody's own");
    assert!(desk.ok(&["status", "--mine"]).out.contains("continuity"));
}

#[test]
fn waiting_ends_as_a_review_does() {
    let desk = Desk::with_room();
    let told = desk.run(&["wait", "--for", "setup", "--timeout", "1s"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert_eq!(told.err.lines().count(), 1, "what it waits for, once: {}", told.err);
    assert!(told.err.starts_with("waiting for setup, held"), "{}", told.err);
    let json = desk.json(&["wait", "--for", "setup", "--timeout", "1s", "--json"]);
    assert_eq!((&json["verdict"], &json["timed_out"]), (&"no_go".into(), &true.into()));
    assert_eq!(desk.run(&["wait", "--for", "setup", "--timeout", "soon"]).code, 2);
    assert_eq!(desk.run(&["wait", "--for", "setpu", "--timeout", "1s"]).code, 2);
}

#[test]
fn a_step_says_what_keeps_it_open_and_who_closes_it() {
    let desk = Desk::with_room();
    let told = desk.ok(&["why", "access-proof"]).out;
    assert!(told.contains("Open") && told.contains("launchroom tick access-proof/"), "{told}");
    // A command is one row, however long: it is there to be copied.
    assert!(told.lines().all(|line| line.contains("Command") || line.chars().count() <= 80), "{told}");
    let told = desk.json(&["why", "access-proof", "--json"]);
    assert_eq!(told["why"]["step"], "access-proof");
}
