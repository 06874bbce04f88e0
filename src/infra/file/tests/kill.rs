//! Real processes on a real disk: killed at any moment, and two at once.

use super::*;
use std::{
    env, fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// Where the child finds its room; the child is this test program, told to run only [`child`].
const FOLDER: &str = "LAUNCHROOM_TEST_FOLDER";
const ROUNDS: &str = "LAUNCHROOM_TEST_ROUNDS";

/// Writes in every way there is, and says what was acknowledged: the number of entries, after each write.
#[test]
#[ignore = "is run by the other tests of this file"]
fn child() {
    let Ok(folder) = env::var(FOLDER) else { return };
    let rounds: u64 = env::var(ROUNDS).unwrap().parse().unwrap();
    let store = open_in(Path::new(&folder));
    for n in 0..rounds {
        let saved = match n % 4 {
            0 => update(&store, edit(&format!("{n} supervisors"))),
            1 => store.keep(Class::Public, &n.to_le_bytes()).and_then(|digest| update(&store, attach(digest, None))),
            2 => store.keep(Class::Locked, &n.to_be_bytes()).and_then(|digest| update(&store, attach(digest, None))),
            _ => update(&store, withdraw(n)),
        };
        let head = saved.unwrap().ledger.entries.len();
        eprintln!("saved {head}");
    }
}

fn open_in(folder: &Path) -> FileStore {
    FileStore::open(&folder.join("x.toml"), &folder.join("data"), false).unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("plans")).unwrap();
    fs::write(folder.path().join("plans/small.toml"), PLAN).unwrap();
    fs::write(folder.path().join("x.toml"), TEXT).unwrap();
    folder
}

fn start(folder: &Path, rounds: u64) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "infra::file::tests::kill::child", "--nocapture"]);
    command.env(FOLDER, folder).env(ROUNDS, rounds.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The last acknowledgement that came through.
fn acknowledged(child: &mut Child) -> usize {
    let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    lines.filter_map(|line| line.strip_prefix("saved ")?.parse().ok()).last().unwrap_or(0)
}

#[test]
fn a_process_killed_at_any_moment_leaves_everything_it_was_told_is_saved() {
    let folder = folder();
    let mut known = Vec::new();
    // On a busy machine a child is killed before its first write: more rounds then, until enough was written.
    for round in 0..200_u64 {
        if round >= 12 && known.len() > 40 {
            break;
        }
        let mut child = start(folder.path(), u64::MAX);
        // Any moment will do; these are spread over its start and its first writes.
        thread::sleep(Duration::from_millis(15 + 13 * (round % 5) + round));
        child.kill().unwrap();
        child.wait().unwrap();
        let saved = acknowledged(&mut child);
        let store = open_in(folder.path());
        let found = store.load().unwrap();
        assert!(found.ledger.entries.len() >= saved, "{saved} were acknowledged, {} are there", found.ledger.entries.len());
        assert!(found.ledger.entries.starts_with(&known), "an entry of an earlier round changed");
        for entry in found.ledger.entries.iter() {
            if let Body::Attached(attached) = &entry.body {
                assert!(store.blob(&attached.digest.unwrap()).unwrap().is_some());
            }
        }
        known = update(&store, withdraw(0)).unwrap().ledger.entries.to_vec();
        let strays = fs::read_dir(folder.path())
            .unwrap()
            .filter(|item| item.as_ref().unwrap().file_name().to_string_lossy().ends_with(".tmp"));
        assert_eq!(strays.count(), 0);
    }
    assert!(known.len() > 40, "hardly anything was written before the kills");
}

#[test]
fn two_processes_append_to_one_valid_chain() {
    const EACH: u64 = 300;
    let folder = folder();
    let mut children = [start(folder.path(), EACH), start(folder.path(), EACH)];
    for child in &mut children {
        assert!(acknowledged(child) > 0);
        assert!(child.wait().unwrap().success());
    }
    let found = open_in(folder.path()).load().unwrap();
    assert_eq!(found.ledger.damage, None);
    let hand_edits = found.ledger.entries.iter().filter(|entry| matches!(entry.body, Body::EditedOutside(_))).count();
    assert_eq!((found.ledger.entries.len() as u64, hand_edits), (2 * EACH + 1, 1));
}
