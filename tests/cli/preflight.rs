//! `preflight`: names and hosts of a locked env file, never a value.

use crate::desk::Desk;
use std::os::unix::fs::PermissionsExt as _;

fn locked(desk: &Desk, text: &str, mode: u32) {
    desk.write("operator.env", text);
    std::fs::set_permissions(desk.path("operator.env"), std::fs::Permissions::from_mode(mode)).unwrap();
}

const ASK: [&str; 3] = ["preflight", "--env-file", "operator.env"];

#[test]
fn a_file_that_is_whole_and_ours_is_fine_and_no_value_is_printed() {
    let desk = Desk::with_room();
    locked(
        &desk,
        "THESMIOS_SCIM_TOKEN=correct-horse-9\nTHESMIOS_SMOKE_URL=https://www.thesmios.com\nLAUNCH_TENANT=northwind-logistics\n",
        0o600,
    );
    let told = desk.ok(&ASK);
    assert!(told.out.contains("THESMIOS_SCIM_TOKEN is there, for scim-fixture"), "{}", told.out);
    assert!(!told.out.contains("correct-horse"), "{}", told.out);
    let told = desk.json(&["preflight", "--env-file", "operator.env", "--json"]);
    assert_eq!((&told["schema"], &told["ok"]), (&1.into(), &true.into()));
    assert!(!told.to_string().contains("correct-horse"));
}

#[test]
fn what_is_missing_or_aimed_elsewhere_is_a_finding() {
    let desk = Desk::with_room();
    locked(
        &desk,
        "THESMIOS_SMOKE_URL=https://staging.example.test/x\nLAUNCH_TENANT=globex-secret-name\nCONFIRM_RESET=wipe-it-now\n",
        0o600,
    );
    let told = desk.run(&ASK);
    assert_eq!(told.code, 1, "{told:?}");
    for part in [
        "THESMIOS_SCIM_TOKEN is missing",
        "staging.example.test, not www.thesmios.com",
        "LAUNCH_TENANT is another tenant",
        "CONFIRM_RESET",
    ] {
        assert!(told.out.contains(part), "{part}: {}", told.out);
    }
    assert!(!told.out.contains("globex") && !told.out.contains("wipe"), "{}", told.out);
}

#[test]
fn nothing_runs_with_the_env_file_of_another_tenant() {
    const PROOF: &str = "first-customer-launch-plan";
    let desk = Desk::with_command(PROOF, "touch ran");
    locked(&desk, "LAUNCH_TENANT=globex-secret-name\n", 0o600);
    let told = desk.run(&["run", PROOF, "--trust", "--env-file", "operator.env"]);
    assert!(told.code == 4 && told.err.contains("another tenant's: LAUNCH_TENANT is not northwind-logistics"), "{told:?}");
    assert!(!told.err.contains("globex"), "no value is repeated: {told:?}");
    desk.write("launchroom.toml", desk.read("launchroom.toml").replace("'touch ran'", "'touch ran --env-file operator.env'"));
    assert_eq!(desk.run(&["run", PROOF, "--trust"]).code, 4, "nor with one that the command itself names");
    assert!(!desk.path("ran").exists());
    locked(&desk, "LAUNCH_TENANT=Northwind-Logistics\n", 0o600);
    desk.write("launchroom.toml", desk.read("launchroom.toml").replace(" --env-file operator.env'", "'"));
    desk.ok(&["run", PROOF, "--trust", "--env-file", "operator.env"]);
}

#[test]
fn a_file_that_others_can_read_is_refused_and_one_that_is_not_there_is_a_slip() {
    let desk = Desk::with_room();
    locked(&desk, "A=b\n", 0o644);
    assert_eq!(desk.run(&ASK).code, 4);
    assert_eq!(desk.run(&["preflight", "--env-file", "nowhere.env"]).code, 2);
}

#[test]
fn a_value_that_is_still_a_placeholder_is_told_by_name_and_runs_nothing() {
    let desk = Desk::with_command("scim-fixture", "touch ran");
    locked(&desk, "THESMIOS_SCIM_TOKEN=YOUR_TOKEN_HERE\nOTHER_KEY={{other}}\nFINE=value-1\n", 0o600);
    let told = desk.run(&ASK);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.out.contains("THESMIOS_SCIM_TOKEN is still a placeholder"), "{told:?}");
    let shape = desk.json(&["preflight", "--env-file", "operator.env", "--json"]);
    assert_eq!(shape["placeholders"], serde_json::json!(["THESMIOS_SCIM_TOKEN", "OTHER_KEY"]));
    let told = desk.run(&["run", "scim-fixture", "--trust", "--env-file", "operator.env"]);
    assert_eq!(told.code, 4, "{told:?}");
    for name in ["THESMIOS_SCIM_TOKEN", "OTHER_KEY"] {
        assert!(told.err.contains(&format!("{name} is a placeholder (env file)")), "{told:?}");
    }
    assert!(!told.err.contains("YOUR_TOKEN") && !told.err.contains("{{other}}"), "no value is repeated: {told:?}");
    assert!(!desk.path("ran").exists());
}

#[test]
fn placeholders_are_refused_wherever_they_are_typed() {
    const PROOF: &str = "first-customer-launch-plan";
    for command in
        ["touch ran --token {{token}}", "touch ran --token=REPLACE_ME", "touch ran; echo CHANGEME", "touch ran xxxxxxxx"]
    {
        let desk = Desk::with_command(PROOF, command);
        let told = desk.run(&["run", PROOF, "--trust"]);
        assert!(told.code == 4 && told.err.contains("placeholder"), "{command}: {told:?}");
        assert!(!desk.path("ran").exists(), "{command}");
    }
    let desk = Desk::with_command(PROOF, "touch ran");
    let told = desk.run(&["run", PROOF, "--trust", "--", "--token", "YOUR_TOKEN_HERE"]);
    assert!(told.code == 4 && !desk.path("ran").exists(), "{told:?}");
    let told = desk.launchroom(&["run", PROOF, "--trust", "--pass-env", "KEY"]).env("KEY", "<api-key>").output().unwrap();
    assert_eq!(told.status.code(), Some(4));
    assert!(!desk.path("ran").exists());
}
