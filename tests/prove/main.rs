//! The life of a proof on a real room: sheet, run, ledger, evidence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on says where")]

mod guests;

use launchroom::{
    app::{
        attach::{self, Desk, How},
        error::{Error, Kind},
        ports::{Captured, RunEvent},
        prove::{self, Given, Means, Wanted},
    },
    domain::{
        ids::{FieldId, RunId},
        ledger::{Body, Outcome},
        plan::Class,
    },
    format::{plan_toml, room_toml},
    infra::{
        clock::SystemClock,
        file::{FileStore, FileTrust},
        proc::ProcessRunner,
    },
};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    sync::{Arc, Mutex, mpsc::channel},
    time::Duration,
};

struct Office {
    folder: tempfile::TempDir,
    means: Means,
}

/// A room whose commands are these.
fn office(commands: &[(&str, &str)]) -> Office {
    let folder = tempfile::tempdir().unwrap();
    let text = plan_toml::embedded("first-customer").unwrap();
    let plan = plan_toml::parse(text, "first-customer.toml").unwrap();
    let kickoff = jiff::civil::date(2026, 11, 2);
    let mut room = room_toml::template(&plan, "northwind", "Northwind Logistics", kickoff);
    room.push_str("\n[commands]\n");
    for (proof, command) in commands {
        room.extend([*proof, " = '''", *command, "'''\n"]);
    }
    let path = folder.path().join("launchroom.toml");
    fs::write(&path, room).unwrap();
    let data = folder.path().join("data");
    let store = FileStore::open(&path, &data, false).unwrap();
    let means = Means {
        store: Arc::new(store),
        clock: Arc::new(SystemClock),
        runner: Arc::new(ProcessRunner::guarded_by(env!("CARGO_BIN_EXE_launchroom"))),
        trust: Arc::new(FileTrust::new(&data)),
        by: "J. Okafor".into(),
    };
    Office { folder, means }
}

impl Office {
    fn wanted(proof: &str) -> Wanted {
        let environment = [("PATH", "/usr/bin:/bin"), ("HOME", "/root"), ("LAUNCHROOM_TOKEN", "our-own-token-1"), ("OTHER", "x")];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Wanted { proof: Some(proof.into()), environment, agree: true, ..Wanted::default() }
    }

    /// Whatever bears a run's id is ended with it, so no two tests may share one.
    fn id(&self, id: &str) -> RunId {
        let folder = self.folder.path().file_name().unwrap_or_default().to_string_lossy();
        format!("{}-{id}", folder.trim_start_matches('.')).into()
    }

    fn try_run(&self, id: &str, wanted: &Wanted) -> Result<Captured, Error> {
        let (send, ended) = channel();
        let send = Mutex::new(send);
        let events = Box::new(move |event| {
            if let RunEvent::Ended(ended) = event {
                send.lock().unwrap().send(ended.unwrap()).unwrap();
            }
        });
        let _handle = prove::start(&self.means, wanted, self.id(id), events)?;
        Ok(*ended.recv_timeout(Duration::from_secs(20)).expect("the run ends"))
    }

    fn run(&self, id: &str, wanted: &Wanted) -> Captured {
        self.try_run(id, wanted).unwrap()
    }

    fn printed(&self, id: &str) -> String {
        String::from_utf8(self.means.store.spooled_bytes(&self.id(id)).unwrap()).unwrap()
    }

    fn desk(&self) -> Desk<'_> {
        Desk { store: &*self.means.store, clock: &*self.means.clock, by: "J. Okafor" }
    }

    fn env_file(&self, text: &str, mode: u32) -> PathBuf {
        let path = self.folder.path().join("operator.env");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }
}

#[test]
fn a_run_is_in_the_ledger_before_anybody_hears_of_it_and_becomes_evidence_when_attached() {
    let office = office(&[("customer-launch-room", "echo room is fine")]);
    let captured = office.run("r1", &Office::wanted("customer-launch-room"));
    assert_eq!(captured.outcome, Outcome::Passed);
    let entries = office.means.store.load().unwrap().ledger.entries;
    assert!(
        matches!(&entries.last().unwrap().body, Body::RunFinished(run) if run.run.id == office.id("r1") && run.outcome == Outcome::Passed)
    );

    let after = attach::attach_run(office.desk(), &office.id("r1"), &How::default()).unwrap();
    let Body::Attached(record) = &after.ledger.entries.last().unwrap().body else { panic!("not attached") };
    assert_eq!((record.target.as_str(), record.class), ("launch-room", Class::Public));
    assert_eq!(office.means.store.blob(&record.digest.unwrap()).unwrap().unwrap(), b"room is fine\n");
    assert!(office.means.store.spooled().unwrap().is_empty());
    assert_eq!(attach::attach_run(office.desk(), &office.id("r1"), &How::default()).unwrap_err().kind, Kind::Usage);
}

#[test]
fn a_command_of_the_room_asks_once_and_again_when_it_changed() {
    let office = office(&[("customer-launch-room", "true")]);
    let mut wanted = Wanted { agree: false, ..Office::wanted("customer-launch-room") };
    let error = office.try_run("r1", &wanted).unwrap_err();
    assert_eq!(error.kind, Kind::Refused);
    assert!(!prove::sheet(&office.means, &wanted).unwrap().trusted);
    wanted.agree = true;
    office.run("r2", &wanted);
    wanted.agree = false;
    office.run("r3", &wanted);
    let path = office.folder.path().join("launchroom.toml");
    let changed = fs::read_to_string(&path).unwrap().replace("'''true'''", "'''true; true'''");
    fs::write(&path, changed).unwrap();
    assert_eq!(office.try_run("r4", &wanted).unwrap_err().kind, Kind::Refused);
}

#[test]
fn a_secret_reaches_the_command_through_its_environment_and_no_sink() {
    let command = "THESMIOS_SCIM_TOKEN=<tenant-scim-token> sh -c 'echo token $THESMIOS_SCIM_TOKEN; tr \"\\0\" \" \" < /proc/$PPID/cmdline; env'";
    let office = office(&[("scim-fixture", command)]);
    let mut wanted = Office::wanted("scim-fixture");
    assert!(office.try_run("r1", &wanted).unwrap_err().why.contains("THESMIOS_SCIM_TOKEN has no value"));
    wanted.environment.insert("THESMIOS_SCIM_TOKEN".into(), "opaque-value-77".into());
    let sheet = prove::sheet(&office.means, &wanted).unwrap();
    assert!(sheet.command.starts_with("THESMIOS_SCIM_TOKEN=<tenant-scim-token> sh -c"), "{}", sheet.command);
    assert_eq!(sheet.env.iter().find(|line| line.secret).unwrap().from, Given::Environment);
    let captured = office.run("r2", &wanted);
    let printed = office.printed("r2");
    assert!(printed.contains("token ⟨redacted:THESMIOS_SCIM_TOKEN⟩"), "{printed}");
    assert!(!printed.contains("opaque-value-77") && !format!("{captured:?}").contains("opaque-value-77"));
    for line in printed.lines() {
        assert!(!line.starts_with("OTHER=") && !line.starts_with("LAUNCHROOM_TOKEN"), "{line}");
    }
    assert!(printed.contains("TERM=dumb"));
}

#[test]
fn a_placeholder_in_an_argument_is_refused_as_typed() {
    let office = office(&[("customer-launch-room", "check --token <tenant-scim-token>")]);
    let error = office.try_run("r1", &Office::wanted("customer-launch-room")).unwrap_err();
    assert!(error.why.contains("<tenant-scim-token> is a placeholder"), "{}", error.why);
}

#[test]
fn a_locked_env_file_makes_a_run_locked_and_an_open_one_is_refused() {
    let office = office(&[("customer-launch-room", "echo $SMOKE_PASSWORD; echo $SMOKE_PASSWORD | base64")]);
    let mut wanted = Office::wanted("customer-launch-room");
    wanted.env_file = Some(office.env_file("SMOKE_PASSWORD='a long pass phrase'\n", 0o644));
    assert_eq!(office.try_run("r1", &wanted).unwrap_err().kind, Kind::Refused);
    wanted.env_file = Some(office.env_file("SMOKE_PASSWORD='a long pass phrase'\n", 0o600));
    let captured = office.run("r2", &wanted);
    assert_eq!(office.printed("r2"), "⟨redacted:SMOKE_PASSWORD⟩\n⟨redacted:SMOKE_PASSWORD⟩\n");
    assert_eq!(captured.class, Class::Locked);
    let lower = How { class: Some(Class::Public), ..How::default() };
    assert_eq!(attach::attach_run(office.desk(), &office.id("r2"), &lower).unwrap_err().kind, Kind::Refused);
    let after = attach::attach_run(office.desk(), &office.id("r2"), &How::default()).unwrap();
    let Body::Attached(record) = &after.ledger.entries.last().unwrap().body else { panic!("not attached") };
    assert_eq!(record.class, Class::Locked);
    assert!(record.holder.is_some());
}

#[test]
fn the_host_is_the_one_the_run_is_really_aimed_at() {
    let office = office(&[("launch-proof-bundle", "check --base-url $THESMIOS_SMOKE_URL")]);
    let mut wanted = Office::wanted("launch-proof-bundle");
    assert_eq!(prove::sheet(&office.means, &wanted).unwrap().host.as_deref(), Some("www.thesmios.com"));
    wanted.environment.insert("THESMIOS_SMOKE_URL".into(), "http://127.0.0.1:8080".into());
    assert_eq!(prove::sheet(&office.means, &wanted).unwrap().host.as_deref(), Some("127.0.0.1:8080"));
}

#[test]
fn files_and_references_follow_the_requirement_they_are_for() {
    let office = office(&[]);
    let how = How { serves: Some("paid-beta/billing".into()), target: Some("billing-evidence".into()), ..How::default() };
    let after = attach::attach_file(office.desk(), "profile.txt", b"billing profile, TOKEN=abcdef\n", None, &how).unwrap();
    let Body::Attached(record) = &after.ledger.entries.last().unwrap().body else { panic!("not attached") };
    assert_eq!(record.file.as_deref(), Some("profile.txt"));
    assert_eq!(
        office.means.store.blob(&record.digest.unwrap()).unwrap().unwrap(),
        "billing profile, TOKEN=⟨redacted:secret-assignment⟩\n".as_bytes()
    );
    let after = attach::attach_reference(office.desk(), "OF-2026-014 §7", &how).unwrap();
    assert!(matches!(&after.ledger.entries.last().unwrap().body, Body::Attached(record) if record.outcome == Outcome::Reference));
    let error = attach::attach_file(office.desk(), "x", b"x", None, &How::default()).unwrap_err();
    assert!(error.hint.unwrap().contains("--target"));
}

#[test]
fn a_file_shows_how_a_proof_ended_only_check_by_check() {
    let office = office(&[]);
    let proof = "launch-proof-bundle".into();
    assert_eq!(
        attach::attach_file(office.desk(), "log.txt", b"all good\n", Some(&proof), &How::default()).unwrap_err().kind,
        Kind::Refused
    );
    let bundle = br#"{"checks":[{"id":"a","status":"pass"},{"id":"b","status":"fail"}]}"#;
    let after = attach::attach_file(office.desk(), "bundle.json", bundle, Some(&proof), &How::default()).unwrap();
    let Body::Attached(record) = &after.ledger.entries.last().unwrap().body else { panic!("not attached") };
    assert_eq!((record.outcome, record.checks.as_ref().unwrap().len()), (Outcome::Failed, 2));
    let bundle = br#"{"checks":[{"id":"a","status":"pass"}]}"#;
    let after = attach::attach_file(office.desk(), "bundle.json", bundle, Some(&proof), &How::default()).unwrap();
    let Body::Attached(record) = &after.ledger.entries.last().unwrap().body else { panic!("not attached") };
    assert_eq!(record.outcome, Outcome::Reference, "nobody saw a run pass");
    let readiness = launchroom::domain::gate::evaluate(&after.plan, &after.room, &after.ledger, office.means.clock.now());
    let found = readiness.requirement("private-beta/public-bundle").unwrap();
    assert_eq!(found.status.as_str(), "unmet");
    assert!(found.reason.contains("is a file without a run, so it has no exit status"), "{}", found.reason);
}

#[test]
fn a_command_that_changed_under_an_open_sheet_is_not_run() {
    let office = office(&[("customer-launch-room", "echo what was read")]);
    let mut wanted = Office::wanted("customer-launch-room");
    wanted.source = Some(prove::sheet(&office.means, &wanted).unwrap().source);
    let path = office.folder.path().join("launchroom.toml");
    let was = fs::read_to_string(&path).unwrap();
    fs::write(&path, was.replace("echo what was read", "echo something else")).unwrap();
    let error = office.try_run("r1", &wanted).unwrap_err();
    assert!(error.kind == Kind::Refused && error.why.contains("changed while its sheet was open"), "{error:?}");
    // Nor was it remembered as agreed to.
    wanted.source = None;
    wanted.agree = false;
    assert_eq!(office.try_run("r2", &wanted).unwrap_err().kind, Kind::Refused);
    fs::write(&path, was).unwrap();
    wanted.agree = true;
    assert_eq!(office.run("r3", &wanted).outcome, Outcome::Passed);
}

#[test]
fn a_mutating_command_whose_env_file_is_not_there_does_not_start() {
    let office = office(&[("paid-beta-fixture-proof", "touch ran --env-file missing.env")]);
    let error = office.try_run("r1", &Office::wanted("paid-beta-fixture-proof")).unwrap_err();
    assert!(error.kind == Kind::Refused && error.why.contains("missing.env"), "{error:?}");
    assert!(!office.folder.path().join("ran").exists());
}

#[test]
fn a_command_does_not_confirm_itself_and_the_phrase_is_kept_nowhere() {
    let office = office(&[("scim-fixture", "CONFIRM_RESET=wipe-the-sandbox sh -c 'echo reset by $CONFIRM_RESET'")]);
    let mut wanted = Office::wanted("scim-fixture");
    wanted.environment.insert("CONFIRM_RESET".into(), "wipe-the-sandbox".into());
    wanted.pass_env = vec!["CONFIRM_RESET".into()];
    let error = office.try_run("r1", &wanted).unwrap_err();
    assert!(error.kind == Kind::Refused && error.why.contains("phrase"), "{error:?}");
    wanted.confirmation = Some("wipe-the-sandbox".into());
    let captured = office.run("r2", &wanted);
    assert_eq!(captured.outcome, Outcome::Passed);
    assert_eq!(office.printed("r2"), "reset by ⟨redacted:CONFIRM_RESET⟩\n");
    assert!(!captured.run.command.contains("wipe"), "{}", captured.run.command);
    let lines = office.means.store.lines().unwrap();
    let run = lines.lines().find(|line| line.contains("run.finished")).expect("the run is told");
    assert!(!run.contains("wipe-the-sandbox"), "{run}");
}

#[test]
fn what_changes_while_a_proof_runs_makes_it_stale() {
    let command = "sed -i 's/^cohort = .*/cohort = \"others\"/' launchroom.toml";
    let office = office(&[("customer-launch-room", command)]);
    let captured = office.run("r1", &Office::wanted("customer-launch-room"));
    assert_eq!(captured.outcome, Outcome::Passed);
    let after = attach::attach_run(office.desk(), &office.id("r1"), &How::default()).unwrap();
    assert_eq!(after.room.scope.get(&FieldId::from("cohort")).unwrap().to_line(), "others");
    let readiness = launchroom::domain::gate::evaluate(&after.plan, &after.room, &after.ledger, office.means.clock.now());
    let found = readiness.requirement("private-beta/launch-room-proof").unwrap();
    assert!(found.status.as_str() == "stale" && found.reason.starts_with("cohort changed"), "{}", found.reason);
}
