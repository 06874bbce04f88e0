//! Runs that take too long, and runs that say nothing: ended in the one case, told in the other.

use crate::desk::Desk;
use launchroom::format::plan_toml;

const PROOF: &str = "first-customer-launch-plan";

/// A room that follows a plan file whose one proof runs this command, and at most so long.
fn with_limit(command: &str, timeout: &str) -> Desk {
    let desk = Desk::with_room();
    desk.write("launchroom.toml", desk.read("launchroom.toml").replace("plan = \"first-customer\"", "plan = \"plan.toml\""));
    let plan = plan_toml::embedded("first-customer").unwrap();
    let (before, rest) = plan.split_at(plan.find(&format!("id = \"{PROOF}\"")).unwrap());
    let ours = rest.lines().map(|line| match line.split(" = ").next() {
        Some("command") => format!("command = '{command}'"),
        Some("timeout") => format!("timeout = \"{timeout}\""),
        _ => line.to_owned(),
    });
    let of_ours = rest.split("[[").next().unwrap().lines().count();
    let ours: Vec<String> = ours.take(of_ours).chain(rest.lines().skip(of_ours).map(str::to_owned)).collect();
    desk.write("plan.toml", format!("{before}{}\n", ours.join("\n")));
    desk
}

fn last_outcome(desk: &Desk) -> String {
    let log = desk.json(&["log", "--json"]);
    log.as_array().unwrap().last().unwrap()["body"]["outcome"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn the_plan_says_how_long_a_proof_may_take() {
    let desk = with_limit("trap \"exit 0\" TERM; sleep 30 & wait", "1 s");
    let told = desk.run(&["run", PROOF, "--trust"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains("timed out"), "leaving with 0 when asked to end is no pass: {told:?}");
    assert_eq!(last_outcome(&desk), "timeout");
}

#[test]
fn whoever_runs_it_may_give_it_longer_or_less() {
    let desk = with_limit("sleep 1.5", "1 s");
    desk.ok(&["run", PROOF, "--trust", "--timeout", "30s"]);
    let told = desk.run(&["run", PROOF, "--timeout", "200ms"]);
    assert!(told.code == 1 && last_outcome(&desk) == "timeout", "{told:?}");
}

#[test]
fn a_run_that_prints_nothing_for_long_is_told_once_and_goes_on() {
    let desk = Desk::with_command(PROOF, "sleep 1.6; echo here; sleep 0.2");
    let told = desk.launchroom(&["run", PROOF, "--trust"]).env("LAUNCHROOM_QUIET_AFTER", "1 s").output().unwrap();
    let said = String::from_utf8(told.stderr).unwrap();
    assert!(told.status.success(), "{said}");
    assert_eq!(said.matches("has printed nothing for 1 s").count(), 1, "{said}");
    assert_eq!(said.matches("has printed nothing").count(), 1, "{said}");
    assert_eq!(told.stdout, b"here\n");
}
