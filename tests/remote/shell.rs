//! The binary on a room of a server: the same commands, honest exit codes, and a token that nobody sees.

use crate::desk::{Desk, owner};
use crate::machine::Desk as Machine;
use crate::server::{Fault, TOKEN};
use launchroom::app::ports::RoomStore as _;
use std::os::unix::fs::PermissionsExt as _;

fn logged_in(desk: &Desk) -> Machine {
    let machine = Machine::empty();
    let mut login = machine.launchroom(&["login", "--server", &desk.server().base()]);
    let told = login.write_stdin(format!("{TOKEN}\n")).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    machine
}

#[test]
fn a_login_is_for_its_owner_and_its_server_alone() {
    let desk = Desk::new();
    let machine = logged_in(&desk);
    let base = desk.server().base();
    assert!(machine.ok(&["status", "--room", &base]).out.contains("Northwind"));
    let folder = machine.path("data/launchroom/tokens");
    let kept = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    assert_eq!(std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);

    let other = Desk::new();
    assert_eq!(machine.run(&["status", "--room", &other.server().base()]).code, 4, "no token for that one");
    std::fs::set_permissions(&kept, std::fs::Permissions::from_mode(0o640)).unwrap();
    let told = machine.run(&["status", "--room", &base]);
    assert!(told.code == 4 && told.err.contains("chmod 600") && !told.err.contains(TOKEN), "{told:?}");
    std::fs::set_permissions(&kept, std::fs::Permissions::from_mode(0o600)).unwrap();
    machine.ok(&["login", "--server", &base, "--forget"]);
    assert!(!kept.exists());
}

#[test]
fn a_token_that_the_server_does_not_take_is_not_kept() {
    let desk = Desk::new();
    let machine = Machine::empty();
    let mut login = machine.launchroom(&["login", "--server", &desk.server().base()]);
    let told = login.write_stdin("some-other-token-012345\n").output().unwrap();
    assert_eq!(told.status.code(), Some(4));
    let said = format!("{}{}", String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(!said.contains("some-other-token") && !machine.path("data/launchroom/tokens").exists(), "{said}");
}

#[test]
fn commands_work_on_a_server_and_a_server_that_is_away_outranks_the_verdict() {
    let mut desk = Desk::new();
    let machine = logged_in(&desk);
    let base = desk.server().base();
    let with = |words: &[&'static str]| -> Vec<&str> { words.iter().copied().chain(["--room", base.as_str()]).collect() };
    assert!(machine.ok(&with(&["assign", "tenant-owner", "--name", "Mara Lindt"])).out.contains("Mara Lindt"));
    assert_eq!(desk.server().state.room.load().unwrap().room.holder("tenant-owner").unwrap().name, "Mara Lindt");
    assert_eq!(machine.run(&with(&["review"])).code, 1);
    assert_eq!(
        machine.json(&with(&["log", "--json"])).as_array().unwrap().len(),
        desk.server().state.room.load().unwrap().ledger.entries.len()
    );

    let address = desk.down();
    let told = machine.run(&with(&["review"]));
    assert!(told.code == 5 && told.out.contains("NO-GO") && told.err.contains("nobody answers there"), "{told:?}");
    assert!(told.out.trim_end().ends_with("exit 5 (server not heard)"), "what is printed is what is returned: {told:?}");
    let told = machine.run(&with(&["assign", "billing-owner", "--name", "Bo Ek"]));
    assert!(told.code == 5 && told.err.contains("1 change waits"), "{told:?}");
    let told = machine.run(&with(&["sync"]));
    assert!(told.code == 5 && told.out.contains("1 change waits"), "{told:?}");

    desk.up(address);
    desk.server().change("Bo", &owner("billing-owner", "Theirs"));
    let told = machine.run(&with(&["sync"]));
    assert!(told.code == 4 && told.out.contains("mine `Bo Ek`, theirs `Theirs`"), "{told:?}");
    assert_eq!(machine.json(&with(&["sync", "--json"]))["conflicts"][0]["values"][0]["theirs"], "Theirs");
    assert_eq!(machine.run(&with(&["sync", "--take", "theirs"])).code, 0);
    assert_eq!(machine.run(&with(&["review"])).code, 1, "live again");
}

#[test]
fn what_was_pulled_verifies_and_a_file_is_no_server() {
    let desk = Desk::new();
    let machine = logged_in(&desk);
    machine.ok(&["pull", &desk.server().base(), "out/northwind.toml"]);
    let told = machine.ok(&["evidence", "verify", "--room", "out/northwind.toml"]);
    assert!(told.out.contains("chain intact"), "{told:?}");
    assert_eq!(machine.run(&["pull", &desk.server().base(), "out/northwind.toml"]).code, 4);
    assert_eq!(machine.run(&["pull", "--room", "out/northwind.toml"]).code, 2);
    assert_eq!(machine.run(&["sync", "--room", "out/northwind.toml"]).code, 2);
    assert_eq!(machine.run(&["validate", &desk.server().base()]).code, 2);
}

#[test]
fn plain_http_to_another_machine_and_a_password_in_an_address_are_refused_before_anything_is_asked() {
    let machine = Machine::empty();
    for address in ["http://rooms.example.test", "https://ada:secret@rooms.example.test", "https://"] {
        let told = machine.run(&["status", "--room", address]);
        assert_eq!(told.code, 2, "{address}: {told:?}");
    }
}

#[test]
fn a_server_that_answers_nonsense_is_told_as_such_and_nothing_is_lost() {
    let desk = Desk::new();
    let machine = logged_in(&desk);
    let base = desk.server().base();
    machine.ok(&["status", "--room", &base]);
    // A permission that is missing is no fault of the network.
    for (fault, code) in [(Fault::Html, 5), (Fault::Malformed, 5), (Fault::NewerSchema, 5), (Fault::Status(401, None), 4)] {
        desk.server().fault(fault.clone());
        let told = machine.run(&["status", "--room", &base]);
        assert!(
            told.code == code && told.out.contains("Northwind") && told.err.contains("this is the room as it was"),
            "{fault:?}: {told:?}"
        );
    }
}

#[test]
fn what_others_write_meanwhile_is_told_as_theirs_and_so_are_its_effects() {
    let desk = Desk::new();
    let machine = logged_in(&desk);
    let base = desk.server().base();
    machine.ok(&["assign", "executive-sponsor", "--name", "Ingrid Aasen", "--room", &base]);
    let theirs = launchroom::domain::change::Change::SetTask { step: "scope".into(), task: "wording".into(), done: true };
    desk.server().fault(Fault::Overtaken(Box::new(theirs)));
    let told = machine.ok(&["assign", "billing-owner", "--name", "Mara Lindt", "--room", &base]);
    let (ours, meanwhile): (Vec<&str>, Vec<&str>) = told.out.lines().partition(|line| !line.starts_with("meanwhile"));
    assert!(ours[0].contains("owners.billing-owner.name") && !ours.concat().contains("wording"), "{told:?}");
    assert!(meanwhile.len() == 1 && meanwhile[0].starts_with("meanwhile, by Bo: "), "{told:?}");
}

#[test]
fn a_change_that_will_always_be_refused_is_told_and_can_be_dropped() {
    let mut desk = Desk::new();
    let machine = logged_in(&desk);
    let base = desk.server().base();
    machine.ok(&["status", "--room", &base]);
    let address = desk.down();
    assert_eq!(machine.run(&["assign", "tenant-owner", "--name", "Mara Lindt", "--room", &base]).code, 5);
    desk.up(address);
    desk.server().fault(Fault::NoChanges);
    for _ in 0..2 {
        let told = machine.run(&["sync", "--take", "mine", "--room", &base]);
        assert!(told.code == 4 && told.out.contains("the server does not take: "), "{told:?}");
        assert!(told.out.contains("takes the role operator") && told.out.contains("--take theirs drops it"), "{told:?}");
    }
    machine.ok(&["sync", "--take", "theirs", "--room", &base]);
    assert!(machine.ok(&["sync", "--room", &base]).out.contains("0 changes wait"));
}

#[test]
fn the_rooms_of_a_server_are_listed_as_it_says_they_stand() {
    let desk = Desk::new();
    let machine = logged_in(&desk);
    let base = desk.server().base();
    let told = machine.ok(&["rooms", &base]);
    assert!(told.out.contains("Northwind") && told.out.contains(&format!("{base}?tenant=northwind")), "{told:?}");
    let room = &machine.json(&["rooms", "--json", "--room", &base])["rooms"][0];
    assert_eq!((&room["verdict"], &room["room"]["id"]), (&"no_go".into(), &"northwind".into()), "{room:#}");
    assert!(machine.ok(&["status", "--room", room["place"].as_str().unwrap()]).out.contains("Northwind"));
}

#[test]
fn with_another_token_an_address_is_another_tenants_room_and_the_copies_do_not_mix() {
    let desk = Desk::new();
    let machine = logged_in(&desk);
    let base = desk.server().base();
    assert!(machine.ok(&["status", "--room", &base]).out.contains("Northwind"));
    let other = Desk::new();
    let text = std::fs::read_to_string(other.room()).unwrap().replace("\"northwind\"", "\"acme\"").replace("Northwind", "Acme");
    let mut desk = desk;
    let address = desk.down();
    std::fs::write(other.room(), text).unwrap();
    let _acme = crate::server::Server::at(&other.room(), address);
    assert!(machine.ok(&["status", "--room", &base]).out.contains("Acme"));
    assert!(machine.ok(&["status", "--room", &format!("{base}?tenant=acme")]).out.contains("Acme"));
    let told = machine.run(&["status", "--room", &format!("{base}?tenant=northwind")]);
    assert!(told.code == 5 && told.err.contains("another tenant"), "{told:?}");
}

#[test]
fn a_proof_that_ran_here_is_attached_there_with_its_bytes() {
    let desk = Desk::new();
    let text = std::fs::read_to_string(desk.room()).unwrap();
    std::fs::write(desk.room(), format!("{text}\n[commands]\nlaunch-clearance = \"echo everything is clear\"\n")).unwrap();
    let machine = logged_in(&desk);
    let base = desk.server().base();
    let told = machine.run(&["run", "launch-clearance", "--attach", "--room", &base]);
    assert_eq!(told.code, 4, "a command of the room is agreed to first: {told:?}");
    machine.ok(&["run", "launch-clearance", "--attach", "--trust", "--room", &base]);
    assert_eq!(desk.server().count("PUT", "blobs"), 1);
    let told = machine.ok(&["evidence", "verify", "--room", &base]);
    assert!(told.out.contains("1 of 1 verified"), "{told:?}");

    let elsewhere = logged_in(&desk);
    let seq =
        elsewhere.json(&["evidence", "list", "--json", "--room", &base])["evidence"][0]["seq"].as_u64().unwrap().to_string();
    assert_eq!(elsewhere.ok(&["evidence", "save", &seq, "--room", &base]).out, "everything is clear\n");
}

#[test]
fn a_program_that_is_killed_while_the_server_hangs_has_lost_nothing() {
    let desk = Desk::new();
    let machine = logged_in(&desk);
    let base = desk.server().base();
    machine.ok(&["status", "--room", &base]);
    // The room is read, and then the server takes the change and says nothing.
    desk.server().fault(Fault::HangOnChanges);
    let mut assign = std::process::Command::new(env!("CARGO_BIN_EXE_launchroom"))
        .args(["assign", "tenant-owner", "--name", "Mara Lindt", "--room", &base])
        .env_clear()
        .env("HOME", machine.home())
        .env("XDG_DATA_HOME", machine.path("data"))
        .current_dir(machine.home())
        .spawn()
        .unwrap();
    crate::desk::until("it was sent", || desk.server().count("POST", "changes") > 0);
    assign.kill().unwrap();
    assign.wait().unwrap();
    desk.server().fault(Fault::None);
    assert_eq!(machine.run(&["sync", "--room", &base]).code, 0);
    assert_eq!(desk.server().state.room.load().unwrap().room.holder("tenant-owner").unwrap().name, "Mara Lindt");
    let changes = machine.json(&["log", "--json", "--room", &base]);
    let named = changes.as_array().unwrap().iter().filter(|line| line.to_string().contains("Mara Lindt")).count();
    assert_eq!(named, 1, "{changes:#}");
}

#[test]
fn commands_that_run_at_the_same_time_on_one_machine_each_make_their_change_once() {
    let desk = Desk::new();
    let machine = logged_in(&desk);
    let base = desk.server().base();
    machine.ok(&["status", "--room", &base]);
    let before = desk.server().state.room.load().unwrap().ledger.entries.len();
    let roles = ["tenant-owner", "billing-owner", "implementation-owner", "continuity-owner", "provisioning-owner"];
    std::thread::scope(|scope| {
        for role in roles {
            let (machine, base) = (&machine, &base);
            scope.spawn(move || machine.ok(&["assign", role, "--name", "Somebody New", "--room", base]));
        }
    });
    let after = desk.server().state.room.load().unwrap();
    assert!(roles.iter().all(|role| after.room.holder(role).is_some()));
    assert_eq!(after.ledger.entries.len(), before + roles.len());
}

#[test]
fn no_proxy_is_used_that_nobody_configured() {
    let desk = Desk::new();
    let machine = logged_in(&desk);
    let base = desk.server().base();
    let nowhere = "http://127.0.0.1:1";
    let mut status = machine.launchroom(&["status", "--room", &base]);
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        status.env(name, nowhere);
    }
    assert!(status.output().unwrap().status.success());
    let told = machine.launchroom(&["status", "--room", &base]).env("LAUNCHROOM_PROXY", nowhere).output().unwrap();
    assert_eq!(told.status.code(), Some(5), "the one that is configured is used");
}

#[test]
fn waiting_for_a_gate_hears_the_server() {
    use std::io::BufRead as _;
    let desk = Desk::new();
    let machine = logged_in(&desk);
    let base = desk.server().base();
    let mut waiting = std::process::Command::new(env!("CARGO_BIN_EXE_launchroom"))
        .args(["wait", "--for", "setup", "--room", &base])
        .env_clear()
        .env("HOME", machine.home())
        .env("XDG_DATA_HOME", machine.path("data"))
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = std::io::BufReader::new(waiting.stderr.take().unwrap()).lines();
    assert!(told.next().unwrap().unwrap().contains("roles"));
    for role in ["tenant-owner", "implementation-owner"] {
        desk.server().change("Bo", &owner(role, "Somebody"));
    }
    assert!(told.any(|line| !line.unwrap().contains("roles")));
    waiting.kill().unwrap();
    waiting.wait().unwrap();
}
