//! `run --again`: the arguments and names of the last run, and the values of today.

use crate::desk::{Desk, Told};

const PROOF: &str = "first-customer-launch-plan";

fn run(desk: &Desk, arguments: &[&str], env: &[(&str, &str)]) -> Told {
    let mut command = desk.launchroom(&[&["run", PROOF], arguments].concat());
    command.envs(env.iter().copied());
    let output = command.output().unwrap();
    Told {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Prints what it was given.
fn desk() -> Desk {
    let desk = Desk::with_command(PROOF, "sh show.sh");
    desk.write("show.sh", r#"for word; do echo "word=$word"; done; echo "region=$REGION""#);
    desk
}

#[test]
fn it_has_the_same_arguments_and_names_and_the_values_of_today() {
    let desk = desk();
    let first = run(&desk, &["--trust", "--pass-env", "REGION", "--", "--strict", "two words", "it's"], &[("REGION", "north")]);
    assert_eq!(first.out, "word=--strict\nword=two words\nword=it's\nregion=north\n", "{first:?}");
    let again = run(&desk, &["--again"], &[("REGION", "south"), ("OTHER", "x")]);
    assert_eq!(again.out, first.out.replace("north", "south"), "{again:?}");
    let twice = run(&desk, &["--again"], &[("REGION", "west")]);
    assert_eq!(twice.out, first.out.replace("north", "west"), "{twice:?}");
}

#[test]
fn a_name_without_a_value_today_is_told_and_nothing_runs() {
    let desk = desk();
    run(&desk, &["--trust", "--pass-env", "REGION"], &[("REGION", "north")]);
    let told = run(&desk, &["--again"], &[]);
    assert!(told.code == 4 && told.err.contains("REGION") && told.out.is_empty(), "{told:?}");
    assert!(!told.err.contains("north"), "{told:?}");
}

#[test]
fn names_of_a_locked_file_come_from_it_again() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = desk();
    desk.write("locked.env", "REGION=from-the-file\n");
    std::fs::set_permissions(desk.path("locked.env"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let first = run(&desk, &["--trust", "--env-file", "locked.env"], &[]);
    assert_eq!(first.code, 0, "{first:?}");
    assert_eq!(run(&desk, &["--again"], &[]).code, 4);
    let again = run(&desk, &["--again", "--env-file", "locked.env"], &[]);
    assert_eq!((again.code, again.out), (0, first.out));
}

#[test]
fn a_masked_argument_another_command_and_no_run_are_refused() {
    let desk = desk();
    assert_eq!(run(&desk, &["--again", "--trust"], &[]).code, 2, "it never ran");
    run(&desk, &["--trust", "--", "ghp_0123456789abcdefghijklmnopqrstuvwxyz"], &[]);
    let told = run(&desk, &["--again"], &[]);
    assert!(told.code == 4 && told.err.contains("masked"), "{told:?}");
    run(&desk, &["--", "fine"], &[]);
    desk.write("launchroom.toml", desk.read("launchroom.toml").replace("sh show.sh", "sh other.sh"));
    let told = run(&desk, &["--again", "--trust"], &[]);
    assert!(told.code == 4 && told.err.contains("another by now"), "{told:?}");
}
