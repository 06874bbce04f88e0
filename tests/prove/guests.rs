//! Real processes for each promise.

use launchroom::{
    app::ports::{Captured, RunEvent, RunHandle, RunOrder, Runner as _},
    domain::{
        ids::Digest,
        ledger::{CheckStatus, Outcome},
        redact::Secret,
    },
    infra::proc::ProcessRunner,
};
use std::{
    fs,
    path::Path,
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

const LONG: Duration = Duration::from_secs(30);

struct Trial {
    folder: tempfile::TempDir,
    events: Receiver<RunEvent>,
    handle: Option<Box<dyn RunHandle>>,
}

fn runner() -> ProcessRunner {
    ProcessRunner::guarded_by(env!("CARGO_BIN_EXE_launchroom"))
}

fn order(folder: &Path, command: &str) -> RunOrder {
    let spool = folder.join("spool");
    fs::create_dir_all(&spool).unwrap();
    RunOrder {
        id: format!("run-{}", folder.file_name().unwrap().to_string_lossy().replace('.', "")).into(),
        proof: "trial".into(),
        command: command.into(),
        shown: command.into(),
        class: launchroom::domain::plan::Class::Public,
        workdir: folder.to_owned(),
        env: vec![("PATH".into(), std::env::var("PATH").unwrap())],
        secrets: vec![Secret::new("hunter2!", "SMOKE_PASSWORD")],
        redact: Vec::new(),
        host: None,
        timeout: None,
        outputs: vec![],
        bundle: false,
        inputs: launchroom::domain::ledger::Inputs::default(),
        spool,
    }
}

fn start(command: &str, change: impl FnOnce(&mut RunOrder)) -> Trial {
    let folder = tempfile::tempdir().unwrap();
    let mut order = order(folder.path(), command);
    change(&mut order);
    let (send, events) = channel();
    let send = std::sync::Mutex::new(send);
    let handle = runner().start(order, Box::new(move |event| drop(send.lock().unwrap().send(event)))).unwrap();
    Trial { folder, events, handle: Some(handle) }
}

impl Trial {
    fn wait_for_text(&self, text: &str) {
        let mut seen = String::new();
        while !seen.contains(text) {
            match self.events.recv_timeout(LONG).expect("the text comes") {
                RunEvent::Output(bytes) | RunEvent::Partial(bytes) => seen.push_str(&String::from_utf8_lossy(&bytes)),
                RunEvent::Ended(_) => panic!("ended before {text:?}, after {seen:?}"),
            }
        }
    }

    fn end(&self) -> Captured {
        loop {
            if let RunEvent::Ended(ended) = self.events.recv_timeout(LONG).expect("the run ends") {
                return *ended.unwrap();
            }
        }
    }

    fn printed(&self) -> String {
        let spool = self.folder.path().join("spool");
        let name = fs::read_dir(&spool)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|ext| ext == "out"));
        String::from_utf8_lossy(&fs::read(name.unwrap()).unwrap()).into_owned()
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// The process that wrote its number into a file is gone, or ends soon.
    fn is_gone(&self, file: &str) -> bool {
        let pid = fs::read_to_string(self.path(file)).unwrap().trim().to_owned();
        let end = Instant::now() + Duration::from_secs(5);
        loop {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            if stat.is_empty() || stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z')) {
                return true;
            }
            if Instant::now() > end {
                return false;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn run(command: &str) -> (Captured, String) {
    let trial = start(command, |_| {});
    let captured = trial.end();
    (captured, trial.printed())
}

#[test]
fn the_exit_status_decides() {
    let (captured, printed) = run("echo one; echo two >&2; echo three");
    assert_eq!((captured.outcome, captured.run.exit), (Outcome::Passed, Some(0)));
    assert_eq!(printed, "one\ntwo\nthree\n");
    assert_eq!((captured.digest, captured.size), (Digest::of(printed.as_bytes()), printed.len() as u64));
    let (captured, _) = run("echo ok; exit 3");
    assert_eq!((captured.outcome, captured.run.exit), (Outcome::Failed, Some(3)));
}

#[test]
fn a_signal_a_missing_command_and_a_missing_folder_are_told_as_what_they_are() {
    let (captured, _) = run("kill -SEGV $$");
    assert_eq!((captured.outcome, captured.run.signal), (Outcome::Signal, Some(11)));
    let (captured, _) = run("no-such-command-anywhere");
    assert_eq!((captured.outcome, captured.run.exit), (Outcome::Failed, Some(127)));
    assert!(captured.notes[0].contains("did not find"));
    let trial = start("true", |order| order.workdir = order.workdir.join("gone"));
    let captured = trial.end();
    assert_eq!((captured.outcome, captured.run.exit), (Outcome::Failed, None));
    assert!(captured.notes[0].contains("is gone"));
}

#[test]
fn secrets_reach_neither_screen_nor_spool() {
    let trial = start("echo a hunter2! b; printf 'hun'; sleep 0.3; printf 'ter2! c'; echo; echo aHVudGVyMiE=", |_| {});
    let mut shown = Vec::new();
    let captured = loop {
        match trial.events.recv_timeout(LONG).unwrap() {
            RunEvent::Output(bytes) | RunEvent::Partial(bytes) => shown.extend(bytes),
            RunEvent::Ended(ended) => break *ended.unwrap(),
        }
    };
    let shown = String::from_utf8_lossy(&shown).into_owned() + &trial.printed();
    assert!(!shown.contains("hun") && !shown.contains("aHVu"), "{shown}");
    assert_eq!(captured.redactions.get("SMOKE_PASSWORD"), Some(&3));
    assert_eq!(captured.run.seen, captured.size, "nothing tells how long the secret was");
}

#[test]
fn output_is_live_and_a_line_need_not_be_finished() {
    let trial = start("echo first; printf 'and more'; sleep 20", |_| {});
    let began = Instant::now();
    trial.wait_for_text("first");
    trial.wait_for_text("and more");
    assert!(began.elapsed() < Duration::from_secs(5));
    trial.handle.as_ref().unwrap().stop();
    assert_eq!(trial.end().outcome, Outcome::Stopped);
}

#[test]
fn a_command_that_takes_too_long_is_ended() {
    let trial = start("sleep 60", |order| order.timeout = Some(Duration::from_millis(100)));
    let captured = trial.end();
    assert_eq!((captured.outcome, captured.run.exit), (Outcome::Timeout, None));
}

#[test]
fn a_stubborn_command_and_a_child_that_left_are_ended_too() {
    let command = "trap '' TERM; echo $$ > leader; env -i /usr/bin/setsid /bin/sh -c 'trap \"\" TERM; echo $$ > left; while :; do /bin/sleep 1; done' & \
                   while [ ! -s left ]; do sleep 0.01; done; echo ready; while :; do sleep 1; done";
    let trial = start(command, |_| {});
    trial.wait_for_text("ready");
    trial.handle.as_ref().unwrap().stop();
    assert_eq!(trial.end().outcome, Outcome::Stopped);
    assert!(trial.is_gone("leader") && trial.is_gone("left"));
}

#[test]
fn letting_go_of_a_run_leaves_nothing_behind() {
    let mut trial = start(
        "trap '' TERM; setsid sh -c 'echo $$ > left; exec sleep 60' & while [ ! -s left ]; do sleep 0.01; done; echo ready; wait; sleep 60",
        |_| {},
    );
    trial.wait_for_text("ready");
    drop(trial.handle.take());
    assert!(trial.is_gone("left"));
    assert_eq!(trial.end().outcome, Outcome::Interrupted);
}

#[test]
fn a_run_ends_with_its_leader_and_says_what_it_left() {
    let began = Instant::now();
    let trial =
        start("setsid sh -c 'echo $$ > left; exec sleep 60' & while [ ! -s left ]; do sleep 0.01; done; echo done", |_| {});
    let captured = trial.end();
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(captured.outcome, Outcome::Passed);
    assert!(captured.notes.iter().any(|note| note.contains("left running")), "{:?}", captured.notes);
    assert!(trial.is_gone("left"));
}

#[test]
fn the_terminal_is_out_of_reach() {
    let (captured, printed) = run(
        "(echo x > /dev/tty) 2>/dev/null && echo reached; cat; echo stdin over; ls /proc/self/fd | wc -l; ps -o sid= -p $$ | tr -d ' '; echo $$",
    );
    assert_eq!(captured.outcome, Outcome::Passed);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines[0], "stdin over");
    // 0, 1, 2 and the folder that is being listed.
    assert_eq!(lines[1].trim(), "4");
    assert_eq!(lines[2], lines[3], "the leader leads its session");
}

#[test]
fn the_environment_is_what_was_given() {
    let trial = start("env", |order| order.env.push(("GIVEN".into(), "yes".into())));
    trial.end();
    let printed = trial.printed();
    let mut names: Vec<&str> = printed.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["GIVEN", "LAUNCHROOM_RUN", "PATH", "PWD"]
            .into_iter()
            .filter(|name| *name != "PWD" || names.contains(name))
            .collect::<Vec<_>>()
    );
}

#[test]
fn signals_are_as_a_command_expects_them() {
    let (_, printed) = run("grep SigIgn /proc/self/status");
    let ignored = u64::from_str_radix(printed.split_whitespace().last().unwrap(), 16).unwrap();
    // Signals 32 and 33 belong to the C library.
    assert_eq!(ignored & !(0b11 << 31), 0, "{printed}");
}

#[test]
fn a_flood_is_captured_whole_and_shown_in_part() {
    let trial = start("yes 'a line of output that is repeated very often' | head -c 40000000", |_| {});
    let mut shown = 0;
    let captured = loop {
        match trial.events.recv_timeout(LONG).unwrap() {
            RunEvent::Output(bytes) | RunEvent::Partial(bytes) => {
                assert!(bytes.len() <= 70_000);
                shown += bytes.len();
            }
            RunEvent::Ended(ended) => break *ended.unwrap(),
        }
    };
    assert_eq!((captured.run.seen, captured.size, captured.run.cut), (40_000_000, 40_000_000, false));
    assert!(shown < 20_000_000);
}

#[test]
fn a_declared_file_is_taken_in_and_its_checks_are_read() {
    let command = r#"echo '{"checks":[{"id":"a","status":"pass","detail":"hunter2!"}]}' > report.json; echo ok"#;
    let trial = start(command, |order| {
        order.outputs = vec!["report.json".into()];
        order.bundle = true;
    });
    let captured = trial.end();
    assert_eq!(captured.outputs.len(), 1);
    assert_eq!(captured.checks.unwrap()[0].status, CheckStatus::Passed);
    let kept = fs::read_dir(trial.path("spool"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().ends_with(".0.file"));
    let kept = fs::read_to_string(kept.unwrap()).unwrap();
    assert!(kept.contains("⟨redacted:SMOKE_PASSWORD⟩") && Digest::of(kept.as_bytes()) == captured.outputs[0].digest);
}

#[test]
fn links_old_files_and_second_names_are_not_taken_in() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old"), "x").unwrap();
    fs::File::open(folder.path().join("old"))
        .unwrap()
        .set_modified(std::time::SystemTime::now() - Duration::from_mins(1))
        .unwrap();
    fs::write(folder.path().join("dated"), "x").unwrap();
    let dated = fs::File::open(folder.path().join("dated")).unwrap();
    dated.set_modified(std::time::SystemTime::now() + Duration::from_hours(1)).unwrap();
    // Longer than a file system's clock is coarse.
    std::thread::sleep(Duration::from_millis(60));
    let mut order = order(folder.path(), "echo x > real; ln -s real link; echo y > two; ln two second; mkfifo fifo");
    order.outputs = ["link", "two", "old", "dated", "fifo", "absent"].map(String::from).to_vec();
    let (send, events) = channel();
    let send = std::sync::Mutex::new(send);
    let _handle = runner().start(order, Box::new(move |event| drop(send.lock().unwrap().send(event)))).unwrap();
    let captured = loop {
        if let RunEvent::Ended(ended) = events.recv_timeout(LONG).unwrap() {
            break ended.unwrap();
        }
    };
    assert!(captured.outputs.is_empty());
    for (note, why) in captured.notes.iter().zip(["link", "other names", "older", "older", "regular", "did not write"]) {
        assert!(note.contains(why), "{note}");
    }
    assert_eq!(captured.notes.len(), 6);
}

#[test]
fn a_bundle_whose_file_was_refused_or_whose_output_is_broken_says_what_is_unread() {
    let unread = |command: &str| {
        let trial = start(command, |order| {
            order.outputs = vec!["report.json".into()];
            order.bundle = true;
        });
        let captured = trial.end();
        assert_eq!(captured.outcome, Outcome::Passed, "the outcome is what the exit status says");
        captured.unread.unwrap_or_default()
    };
    let passing = r#"{"checks":[{"id":"a","ok":true}]}"#;
    for (command, why) in [
        (
            format!("echo '{passing}' > real; ln -s real report.json; echo '{passing}'"),
            "report.json was not taken in: it is a link",
        ),
        (format!("echo '{passing}' > report.json; ln report.json second"), "other names"),
        ("mkfifo report.json".to_owned(), "regular"),
        (format!("truncate -s 17M report.json; echo '{passing}'"), "larger"),
        ("echo '{\"checks\":[{\"id\":\"a\",'".to_owned(), "cut off"),
        ("echo '{\"fine\":true}'".to_owned(), "known shape"),
        (format!("head -c 17000000 /dev/zero | tr '\\0' 'x'; echo '{passing}'"), "too much to look"),
        ("true".to_owned(), ""),
        ("echo ok".to_owned(), ""),
        ("head -c 17000000 /dev/zero | tr '\\0' 'x'".to_owned(), ""),
    ] {
        let told = unread(&command);
        assert!(told.contains(why) && told.is_empty() == why.is_empty(), "{command}: {told}");
    }
}

#[test]
fn whoever_swaps_a_declared_file_for_a_link_while_it_is_taken_in_gets_nothing_in() {
    const SECRET: &str = "of somebody else";
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("theirs"), SECRET).unwrap();
    // Longer than a file system's clock is coarse: it is older than every run.
    std::thread::sleep(Duration::from_millis(60));
    let over = std::sync::atomic::AtomicBool::new(false);
    let (mut taken, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = std::os::unix::fs::symlink(at("theirs"), at("link"));
                let _ = fs::rename(at("link"), at("report"));
                let _ = fs::hard_link(at("theirs"), at("second"));
                let _ = fs::rename(at("second"), at("report"));
                let _ = fs::remove_file(at("report"));
                std::thread::sleep(Duration::from_micros(300));
            }
        });
        for run in 0..120 {
            let command = "echo mine > report.new; mv report.new report; i=0; while [ $i -lt 40 ]; do echo mine > mine.new; mv mine.new report; i=$((i+1)); done";
            let mut order = order(folder.path(), command);
            order.id = format!("swapped-{run}").into();
            order.outputs = vec!["report".into()];
            let (send, events) = channel();
            let send = std::sync::Mutex::new(send);
            let _handle = runner().start(order, Box::new(move |event| drop(send.lock().unwrap().send(event)))).unwrap();
            let captured = loop {
                if let RunEvent::Ended(ended) = events.recv_timeout(LONG).unwrap() {
                    break ended.unwrap();
                }
            };
            taken += captured.outputs.len();
            refused += captured.notes.iter().filter(|note| note.contains("was not taken in")).count();
            assert!(captured.outputs.iter().all(|file| file.digest == Digest::of(b"mine\n")), "{captured:?}");
        }
        over.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    for entry in fs::read_dir(at("spool")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(SECRET));
    }
    assert!(refused > 0, "nobody was ever in the way: {taken} taken");
}
