//! What our own tools say of a server of ours.

use crate::house::House;

#[test]
fn every_check_runs_against_it_and_what_only_the_vendor_has_fails_and_says_so() {
    let house = House::open();
    let base = format!("http://{}", house.address);
    for (name, code) in [
        ("first-customer-launch-plan", 0),
        ("commercial-pack", 0),
        ("order-form-template", 0),
        ("customer-launch-room", 0),
        ("launch-evidence", 0),
        ("launch-activation-manifest", 0),
        ("dependency-acceptance", 0),
        ("buyer-close-pack", 0),
        ("production-proof", 0),
        ("launch-proof-bundle", 0),
        ("launch-clearance", 0),
        ("readiness", 0),
        ("readiness-strict", 1),
        ("scim-fixture", 1),
        ("paid-beta-fixture-proof", 1),
    ] {
        let told = house.desk.run(&["check", name, "--base-url", &base]);
        assert_eq!(told.code, code, "{name} {told:?}");
        let bundle: serde_json::Value = serde_json::from_str(&told.out).unwrap();
        assert_eq!(bundle["passed"], code == 0, "{name} {bundle}");
        let checks = bundle["checks"].as_array().unwrap();
        let unexplained =
            checks.iter().find(|check| check["status"] == "failed" && check["detail"].as_str().is_none_or(str::is_empty));
        assert!(!checks.is_empty() && unexplained.is_none(), "{name} {unexplained:?}");
    }
    // A member's token opens the room for the bundle that wants it, and stands nowhere in it.
    let token = house.token("member");
    house.desk.write("env", format!("LAUNCHROOM_TOKEN={token}\n"));
    std::fs::set_permissions(house.desk.path("env"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let told = house.desk.run(&["check", "launch-proof-bundle", "--base-url", &base, "--include-fixtures", "--env-file", "env"]);
    let bundle: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    let access = bundle["checks"].as_array().unwrap().iter().find(|check| check["id"] == "authenticated-access").unwrap();
    assert_eq!(access["status"], "passed", "{access}");
    assert!(!told.out.contains(&token) && !told.err.contains(&token));
}

#[test]
fn a_doctor_says_how_a_room_stands_to_its_server_and_under_whose_name_it_writes() {
    let mut house = House::open();
    let base = format!("http://{}", house.address);
    let token = house.token("operator");
    let doctor = |token: &str| {
        let mut command = house.desk.launchroom(&["doctor", "--room", &base]);
        let ended = command.env("LAUNCHROOM_TOKEN", token).output().unwrap();
        (ended.status.code(), String::from_utf8(ended.stdout).unwrap())
    };
    let (code, told) = doctor(&token);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("under the name of the token") && told.contains("it answers; nothing waits to be sent"), "{told}");
    let (code, told) = doctor("lrtok_of_nobody");
    assert_eq!(code, Some(4), "{told}");
    assert!(told.contains("copy from before") && told.contains("launchroom login --server"), "{told}");
    house.signal(rustix::process::Signal::TERM);
    crate::house::until("it is gone", || std::net::TcpStream::connect(house.address).is_err());
    let (code, told) = doctor(&token);
    assert_eq!(code, Some(5), "{told}");
    assert!(told.contains("nobody answers there") && told.contains("launchroom sync --room"), "{told}");
    house.stop();
}
