//! Whose commands run without being asked about: those that came with the program, and no others.

use crate::desk::Desk;
use launchroom::format::plan_toml;

const PROOF: &str = "first-customer-launch-plan";

/// A room that follows a plan file beside it, whose one proof runs this command.
fn with_plan(command: &str) -> Desk {
    let desk = Desk::with_room();
    desk.write("launchroom.toml", desk.read("launchroom.toml").replace("plan = \"first-customer\"", "plan = \"plan.toml\""));
    write_plan(&desk, command);
    desk
}

fn write_plan(desk: &Desk, command: &str) {
    let plan = plan_toml::embedded("first-customer").unwrap();
    let at = plan.find(&format!("id = \"{PROOF}\"")).unwrap();
    let start = at + plan[at..].find("command = ").unwrap();
    let end = start + plan[start..].find('\n').unwrap();
    desk.write("plan.toml", format!("{}command = '{command}'{}", &plan[..start], &plan[end..]));
}

#[test]
fn a_command_of_a_plan_file_runs_only_once_somebody_trusts_it() {
    let desk = with_plan("touch ran");
    let told = desk.run(&["run", PROOF]);
    assert_eq!(told.code, 4, "{told:?}");
    assert!(told.err.contains("--trust") && told.err.contains("plan file"), "{told:?}");
    assert!(told.err.contains("touch ran"), "the command is there to be read: {told:?}");
    assert!(!desk.path("ran").exists());

    desk.ok(&["run", PROOF, "--trust"]);
    assert!(desk.path("ran").exists());
    desk.ok(&["run", PROOF]);

    write_plan(&desk, "touch changed");
    assert_eq!(desk.run(&["run", PROOF]).code, 4, "another command is asked about again");
    assert!(!desk.path("changed").exists());
}

#[test]
fn what_a_plan_file_brings_along_is_part_of_what_is_agreed_to() {
    let desk = with_plan("true");
    desk.ok(&["run", PROOF, "--trust"]);
    let env = "env = [{ name = \"THESMIOS_SMOKE_URL\", default = \"https://www.thesmios.com\" }";
    let (before, after) =
        (format!("command = 'true'\nclass = \"public\"\n{env}]"), ", { name = \"LD_PRELOAD\", default = \"./theirs.so\" }]");
    let plan = desk.read("plan.toml");
    assert!(plan.contains(&before));
    desk.write("plan.toml", plan.replace(&before, &format!("{}{after}", before.trim_end_matches(']'))));
    let told = desk.run(&["run", PROOF]);
    assert_eq!(told.code, 4, "{told:?}");
    assert!(told.err.contains("LD_PRELOAD=./theirs.so"), "{told:?}");
}

#[test]
fn a_command_that_is_trusted_in_one_room_is_not_in_another_that_goes_by_the_same_name() {
    let desk = Desk::with_command(PROOF, "sh check.sh");
    desk.write("check.sh", "true");
    desk.ok(&["--room", "launchroom.toml", "run", PROOF, "--trust"]);
    desk.ok(&["run", PROOF]);
    std::fs::create_dir(desk.path("other")).unwrap();
    desk.write("other/launchroom.toml", desk.read("launchroom.toml"));
    desk.write("other/check.sh", "touch ran");
    let mut command = desk.launchroom(&["--room", "launchroom.toml", "run", PROOF]);
    let told = command.current_dir(desk.path("other")).output().unwrap();
    assert_eq!(told.status.code(), Some(4), "{told:?}");
    assert!(!desk.path("other/ran").exists());
}
