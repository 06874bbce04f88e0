//! Decisions and exclusions in the shell: bound to what they were judged on, listed for ever, asked again when it changes.

use crate::desk::Desk;
use serde_json::Value;

const PLAN: &str = include_str!("../plans/two-people.toml");
const DECIDE: [&str; 7] = ["decide", "--stage", "setup", "--customer", "Ingrid Aasen", "--operator", "Jonas Okafor"];
const EXCLUDE: [&str; 6] = ["exclude", "setup/terms", "--wording", "no terms", "--signed-by", "Saskia de Wit"];

/// A room in which all is there but the terms and the decision.
fn desk(plan: &str) -> Desk {
    let desk = Desk::empty();
    desk.write("plan.toml", plan);
    let room = "schema = 1\nplan = \"plan.toml\"\n[tenant]\nid = \"northwind\"\nname = \"Northwind\"\nkickoff = 2026-11-02\ntimezone = \"Europe/Amsterdam\"\n";
    desk.write("launchroom.toml", room);
    desk.ok(&["assign", "sponsor", "--name", "Ingrid Aasen"]);
    desk.ok(&["set", "cohort", "42 supervisors"]);
    desk.ok(&["dependency", "accept", "mail", "--treatment", "managed", "--order-form", "OF-1"]);
    desk
}

fn with<'a>(first: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    first.iter().chain(more).copied().collect()
}

fn refused(desk: &Desk, arguments: &[&str], says: &str) {
    let before = desk.json(&["log", "--json"]);
    let told = desk.run(arguments);
    assert_eq!(told.code, 4, "{arguments:?}: {}{}", told.out, told.err);
    assert!(told.err.contains(says), "{arguments:?}: {}", told.err);
    assert_eq!(desk.json(&["log", "--json"]), before, "nothing is written");
}

fn newest(desk: &Desk) -> Value {
    desk.json(&["decisions", "--json"])["decisions"][0].clone()
}

#[test]
fn a_decision_is_refused_with_what_stands_against_it_and_putting_off_always_goes() {
    let desk = desk(PLAN);
    refused(&desk, &with(&DECIDE, &["--outcome", "accepted"]), "setup/terms");
    refused(&desk, &with(&DECIDE, &["--outcome", "accepted_with_exclusions"]), "setup/terms");
    desk.ok(&with(&EXCLUDE, &["--approved-by", "Ingrid Aasen", "--until", "2099-01-31"]));
    refused(&desk, &with(&DECIDE, &["--outcome", "accepted"]), "accepted_with_exclusions");
    desk.ok(&with(&DECIDE, &["--outcome", "accepted-with-exclusions"]));
    for outcome in ["deferred", "rejected"] {
        desk.ok(&with(&DECIDE, &["--outcome", outcome]));
        assert_eq!(newest(&desk)["outcome"], outcome);
    }
    let hold = ["decide", "--stage", "hold", "--customer", "Ingrid Aasen", "--operator", "Jonas Okafor"];
    refused(&desk, &with(&hold, &["--outcome", "accepted"]), "hold");
    desk.ok(&with(&hold, &["--outcome", "deferred"]));
    let states: Vec<_> = desk.json(&["decisions", "--json"])["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["stage"].as_str().unwrap().to_owned(), one["state"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [("hold", "stands"), ("setup", "superseded"), ("setup", "superseded"), ("setup", "ended")];
    assert_eq!(states, expected.map(|(stage, state)| (stage.to_owned(), state.to_owned())));
    let told = desk.ok(&["decisions"]).out;
    assert!(told.contains("ended by #") && told.contains("superseded by #"), "{told}");
}

#[test]
fn a_decision_keeps_the_ledger_it_was_made_on_and_says_what_changed_and_who_is_asked_again() {
    let desk = desk(PLAN);
    desk.ok(&["attach", "--meets", "setup/terms", "--reference", "OF-1, page 3"]);
    let before = desk.json(&["log", "--json"]);
    let last = before.as_array().unwrap().last().unwrap();
    desk.ok(&with(&DECIDE, &["--outcome", "accepted"]));
    let decision = newest(&desk);
    assert_eq!(decision["state"], "stands");
    assert_eq!((&decision["ledger"]["head"], &decision["ledger"]["length"]), (&last["hash"], &last["seq"]));
    assert_eq!(decision["digest"], decision["digest_now"]);
    assert_eq!(desk.json(&["review", "--json"])["decision"], decision);

    // Wording and contacts change nothing that was decided on.
    desk.ok(&["assign", "sponsor", "--contact", "ingrid@example.test"]);
    desk.ok(&["dependency", "accept", "mail", "--treatment", "managed", "--order-form", "OF-1 §4"]);
    assert_eq!(newest(&desk)["state"], "stands");

    let told = desk.ok(&["dependency", "accept", "mail", "--treatment", "manual", "--order-form", "OF-1 §5"]).out;
    assert!(told.contains("asks again") && told.contains("needed again: Support"), "{told}");
    let decision = newest(&desk);
    assert_eq!((&decision["state"], &decision["stands"]), (&"changed_since".into(), &false.into()));
    assert_ne!(decision["digest"], decision["digest_now"]);
    let changes = decision["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "exactly what changed: {changes:?}");
    let change = &changes[0];
    assert_eq!((&change["what"], &change["by"]), (&"dependency:mail".into(), &"ada".into()));
    assert_eq!((&change["from"], &change["to"]), (&"managed, accepted".into(), &"manual, accepted".into()));
    let log = desk.json(&["log", "--json"]);
    let cause = &log[usize::try_from(change["entry"].as_u64().unwrap()).unwrap() - 1];
    assert_eq!(cause["kind"], "room.changed");
    let voices: Vec<_> = decision["voices"].as_array().unwrap().iter().map(|voice| voice["id"].clone()).collect();
    assert_eq!(voices, ["support"]);
    assert_eq!(desk.run(&["review"]).code, 3, "the gate asks for a new one");

    // Back as it was, it stands again; a new one takes its place and deletes nothing.
    desk.ok(&["dependency", "accept", "mail", "--treatment", "managed", "--order-form", "OF-1 §4"]);
    assert_eq!(newest(&desk)["state"], "stands");
    desk.ok(&with(&DECIDE, &["--outcome", "accepted"]));
    assert_eq!(desk.json(&["decisions", "--json"])["decisions"].as_array().unwrap().len(), 2);
}

#[test]
fn a_dossier_judges_decisions_on_the_room_as_it_is_and_tells_a_buyer_no_value() {
    let desk = desk(PLAN);
    desk.ok(&with(&EXCLUDE, &["--approved-by", "Ingrid Aasen", "--until", "2099-01-31"]));
    desk.ok(&with(&DECIDE, &["--outcome", "accepted_with_exclusions"]));
    let state = |audience: &str| {
        let told = desk.json(&["dossier", "--audience", audience, "--format", "json"]);
        let decision = told["decisions"].as_array().unwrap().last().unwrap().clone();
        (decision["state"].as_str().unwrap().to_owned(), decision.to_string())
    };
    for audience in ["buyer", "customer", "operator"] {
        assert_eq!(state(audience).0, "stands", "{audience}");
    }
    desk.ok(&["set", "cohort", "HR"]);
    let (operator, buyer) = (state("operator"), state("buyer"));
    assert_eq!(operator.0, buyer.0);
    assert!(
        operator.1.contains("42 supervisors") && !buyer.1.contains("42 supervisors") && !buyer.1.contains("HR"),
        "{}",
        buyer.1
    );
}

#[test]
fn a_hand_edit_that_changes_what_was_decided_on_is_told_as_one() {
    let desk = desk(PLAN);
    desk.ok(&["attach", "--meets", "setup/terms", "--reference", "OF-1, page 3"]);
    desk.ok(&with(&DECIDE, &["--outcome", "accepted"]));
    desk.write("launchroom.toml", desk.read("launchroom.toml").replace("42 supervisors", "60 supervisors"));
    let change = newest(&desk)["changes"][0].clone();
    assert_eq!((&change["what"], &change["outside"]), (&"scope:cohort".into(), &true.into()));
    assert!(desk.ok(&["decisions"]).out.contains("by hand in the room file"));
}

#[test]
fn four_eyes_are_two_people_and_without_them_it_is_said() {
    let strict = desk(PLAN);
    let alone =
        ["decide", "--stage", "setup", "--outcome", "deferred", "--customer", "Mara Lindt", "--operator", " mara  LINDT "];
    refused(&strict, &alone, "rule: decision.same-person");
    refused(&strict, &with(&EXCLUDE, &["--until", "2099-01-31"]), "rule: exclusion.unapproved");
    refused(&strict, &with(&EXCLUDE, &["--until", "2099-01-31", "--approved-by", "saskia de wit"]), "two people");

    let loose = desk(&PLAN.replace("four_eyes = true\n", ""));
    assert!(loose.ok(&alone).out.contains("one person decided for both sides"));
    assert_eq!(newest(&loose)["same_person"], true);
    let told = loose.ok(&with(&EXCLUDE, &["--until", "2099-01-31", "--approved-by", "saskia de wit"])).out;
    assert!(told.contains("signed and approved it"), "{told}");
    assert!(loose.ok(&["doctor"]).out.contains("signed and approved it"));
}

#[test]
fn an_exclusion_narrows_from_midnight_to_midnight_and_is_asked_for_before_and_after() {
    let desk = desk(PLAN);
    refused(&desk, &with(&EXCLUDE, &["--approved-by", "I. Aasen", "--until", "2026-01-31"]), "past");
    refused(&desk, &with(&EXCLUDE, &["--approved-by", "I. Aasen", "--from", "2099-02-01", "--until", "2099-01-31"]), "begin");
    refused(
        &desk,
        &["exclude", "setup/scope", "--wording", "w", "--signed-by", "S", "--until", "2099-01-31"],
        "cannot be excluded",
    );
    let terms = ["--approved-by", "I. Aasen", "--from", "2099-01-10", "--until", "2099-01-31"];
    let told = desk.ok(&with(&EXCLUDE, &terms)).out;
    assert!(told.contains("midnight Europe/Amsterdam") && !told.contains("nobody may say"), "{told}");
    let at = |moment: &str| desk.json(&["review", "--as-of", moment, "--json"]);
    let terms_of = |review: &Value| {
        let requirements = review["gates"][0]["requirements"].as_array().unwrap();
        requirements.iter().find(|one| one["id"] == "setup/terms").unwrap()["status"].as_str().unwrap().to_owned()
    };
    // Amsterdam is an hour ahead in January.
    for (moment, status, state) in [
        ("2099-01-09T22:59:59Z", "unmet", "not_yet_in_force"),
        ("2099-01-09T23:00:00Z", "excluded", "in_force"),
        ("2099-01-31T22:59:59Z", "excluded", "in_force"),
        ("2099-01-31T23:00:00Z", "unmet", "ended"),
    ] {
        let review = at(moment);
        assert_eq!(terms_of(&review), status, "{moment}");
        let exclusion = &review["exclusions"][0];
        assert_eq!(exclusion["state"], state, "{moment}");
        assert_eq!(exclusion["starts"], "2099-01-09T23:00:00.000Z");
        assert_eq!((&exclusion["ends"], &exclusion["zone"]), (&"2099-01-31T23:00:00.000Z".into(), &"Europe/Amsterdam".into()));
        let asked = review["next_actions"].as_array().unwrap().iter().any(|action| action["text"] == "Attach the terms");
        assert_eq!(asked, status == "unmet", "{moment}");
    }
    desk.ok(&["exclude", "--revoke", "X1", "--why", "the terms came"]);
    let all = desk.json(&["exclusions", "--json"]);
    assert_eq!(all["exclusions"][0]["state"], "revoked");
    assert!(desk.ok(&["exclusions"]).out.contains("revoked by #"));
    assert_eq!(at("now")["exclusions"].as_array().unwrap().len(), 0);
}

#[test]
fn an_exclusion_is_in_every_report_and_is_looked_over() {
    let desk = desk(PLAN);
    desk.ok(&with(&EXCLUDE, &["--approved-by", "I. Aasen", "--until", "2099-01-31"]));
    desk.ok(&[
        "exclude",
        "setup/terms",
        "--wording",
        "again",
        "--signed-by",
        "S. de Wit",
        "--approved-by",
        "I. Aasen",
        "--until",
        "2099-01-30",
    ]);
    for format in ["text", "markdown", "junit", "json"] {
        let told = desk.run(&["review", "--format", format]).out;
        assert!(told.contains("X1") && told.contains("X2") && told.contains("Saskia de Wit"), "{format}: {told}");
    }
    let page = desk.ok(&["dossier", "--audience", "operator", "--format", "html"]).out;
    assert!(page.contains("no terms") && page.contains("approved by I. Aasen"), "the page has it, too");
    assert!(desk.ok(&["doctor"]).out.contains("X2 covers the same"));
    // The plan moved on: what it names is no more, and it counts for nothing.
    desk.write("plan.toml", PLAN.replace("id = \"terms\"\nkind", "id = \"conditions\"\nkind"));
    assert!(desk.ok(&["exclusions"]).out.contains("the plan has no requirement `setup/terms`"));
    assert_eq!(desk.run(&["review"]).code, 1);
}

#[test]
fn what_is_done_before_its_turn_is_said_and_refused_where_the_plan_asks_for_its_order() {
    let desk = Desk::with_room();
    let told = desk.ok(&["tick", "operator-activation/seed"]).out;
    assert!(told.contains("before operator-activation/preflight, operator-activation/env-names"), "{told}");
    let told = desk.ok(&["activation", "set", "operator-seed", "proven"]).out;
    assert!(told.contains("operator-seed is proven before operator-activation/preflight"), "{told}");
    let told = desk.ok(&["doctor"]).out;
    let (_, command) = told.split_once("nothing shows that its confirmation was approved: launchroom ").unwrap();
    let early = desk.json(&["activation", "list", "--json"])["early"].clone();
    assert_eq!(early.as_array().unwrap().len(), 3, "{early:#}");
    // What is printed works as it stands, and settles it.
    desk.write("FILE", "the confirmation\n");
    desk.ok(&command.lines().next().unwrap().split(' ').collect::<Vec<_>>());
    assert!(!desk.ok(&["doctor"]).out.contains("was approved"));

    let plan = include_str!("../../assets/plans/first-customer.toml").replacen("schema = 1\n", "schema = 1\nordered = true\n", 1);
    desk.write("plan.toml", plan);
    desk.ok(&["init", "strict.toml", "--tenant", "Northwind"]);
    let text = desk.read("strict.toml");
    desk.write("strict.toml", text.replace("plan = \"first-customer\"", "plan = \"plan.toml\""));
    let strict = |arguments: &[&str]| desk.run(&[&["--room", "strict.toml"], arguments].concat());
    let told = strict(&["tick", "operator-activation/seed"]);
    assert_eq!(told.code, 4, "{}{}", told.out, told.err);
    assert!(told.err.contains("The plan asks for its order"), "{}", told.err);
    assert_eq!(strict(&["activation", "set", "operator-seed", "proven"]).code, 4);
    for task in ["preflight", "env-names"] {
        assert_eq!(strict(&["tick", &format!("operator-activation/{task}")]).code, 0);
    }
    assert_eq!(strict(&["tick", "operator-activation/seed"]).code, 4, "nothing shows the approval yet");
    desk.write("approval.txt", "confirmed by L. Brandt, 12 Nov");
    let approval = ["--target", "launch-room", "approval.txt"];
    assert_eq!(strict(&[&["attach", "--meets", "operator-activation"], &approval[..]].concat()).code, 0);
    for then in [["tick", "operator-activation/seed"].as_slice(), &["activation", "set", "operator-seed", "proven"]] {
        let told = strict(then);
        assert_eq!(told.code, 0, "{then:?}: {}", told.err);
        assert!(!told.out.contains('!'), "{}", told.out);
    }
}
