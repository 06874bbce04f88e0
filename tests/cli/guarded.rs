//! Nobody is left of a proof whose cockpit, whose guard, or both were killed: not even who hid from them.

use crate::desk::Desk;
use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const PROOF: &str = "first-customer-launch-plan";

/// A leader and children that all ignore TERM: a plain one, one without its session and its environment, one whose parents
/// are gone, one that is stopped. Each writes its number into a file of its own.
const STUBBORN: &str = r#"trap "" TERM HUP INT
stay='trap "" TERM HUP INT; echo $$ > "$0.new"; /bin/mv "$0.new" "$0"; while :; do /bin/sleep 1; done'
sh -c "$stay" plain &
env -i /usr/bin/setsid /bin/sh -c "$stay" bare &
( setsid sh -c '(env -i /usr/bin/setsid /bin/sh -c "$0" orphan &) &' "$stay" & )
sh -c 'echo $$ > stopped.new; mv stopped.new stopped; kill -STOP $$; sleep 600' &
while ! [ -e plain -a -e bare -a -e orphan -a -e stopped ]; do sleep 0.01; done
echo $$ > leader.new; mv leader.new leader
while :; do sleep 1; done
"#;
const HIDDEN: [&str; 5] = ["plain", "bare", "orphan", "stopped", "leader"];

struct Killed {
    desk: Desk,
    shell: Child,
    pids: BTreeMap<String, i32>,
}

/// A shell with such a proof under way.
fn under_way() -> Killed {
    let desk = Desk::with_command(PROOF, "sh stubborn.sh");
    desk.write("stubborn.sh", STUBBORN);
    let shell = std::process::Command::new(assert_cmd::cargo::cargo_bin("launchroom"))
        .args(["run", PROOF, "--trust"])
        .current_dir(desk.home())
        .env("HOME", desk.home())
        .env("XDG_DATA_HOME", desk.path("data"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while !desk.path("leader").exists() {
        assert!(Instant::now() < until, "the proof never got under way");
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut pids: BTreeMap<String, i32> =
        HIDDEN.iter().map(|name| ((*name).to_owned(), desk.read(name).trim().parse().unwrap())).collect();
    pids.insert("guard".into(), parent_of(pids["leader"]));
    Killed { desk, shell, pids }
}

fn stat(pid: i32) -> Option<(char, i32)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

fn parent_of(pid: i32) -> i32 {
    stat(pid).unwrap().1
}

fn kill(pid: i32) {
    rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), rustix::process::Signal::KILL).unwrap();
}

impl Killed {
    /// Who of them lives. What nobody has collected yet is gone all the same.
    fn living(&self) -> Vec<&str> {
        self.pids.iter().filter(|(_, pid)| stat(**pid).is_some_and(|(state, _)| state != 'Z')).map(|(name, _)| &**name).collect()
    }

    fn nobody_is_left_within(&self, longest: Duration) {
        let until = Instant::now() + longest;
        while !self.living().is_empty() {
            assert!(Instant::now() < until, "still there: {:?}", self.living());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn outcome(&self) -> String {
        let log = self.desk.json(&["log", "--json"]);
        log.as_array().unwrap().last().unwrap()["body"]["outcome"].as_str().unwrap_or_default().to_owned()
    }
}

#[test]
fn of_a_killed_shell() {
    let mut killed = under_way();
    kill(i32::try_from(killed.shell.id()).unwrap());
    killed.shell.wait().unwrap();
    killed.nobody_is_left_within(Duration::from_secs(7));
}

#[test]
fn of_a_stopped_shell() {
    let mut killed = under_way();
    let pid = rustix::process::Pid::from_raw(i32::try_from(killed.shell.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    killed.nobody_is_left_within(Duration::from_secs(7));
    assert_eq!(killed.shell.wait().unwrap().code(), Some(130));
    assert_eq!(killed.outcome(), "stopped");
}

#[test]
fn of_a_killed_guard() {
    let mut killed = under_way();
    kill(killed.pids["guard"]);
    killed.nobody_is_left_within(Duration::from_secs(7));
    killed.shell.wait().unwrap();
    assert_eq!(killed.outcome(), "interrupted");
}

#[test]
fn of_both_once_the_next_one_has_looked() {
    let mut killed = under_way();
    // First it can do nothing, then both are gone; what still bears the run's mark is found.
    let guard = killed.pids.remove("guard").unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_raw(guard).unwrap(), rustix::process::Signal::STOP).unwrap();
    kill(i32::try_from(killed.shell.id()).unwrap());
    killed.shell.wait().unwrap();
    kill(guard);
    killed.desk.write("stubborn.sh", "true");
    killed.desk.ok(&["run", PROOF]);
    let bare = ["bare", "orphan"].map(|name| killed.pids.remove(name).unwrap());
    bare.into_iter().filter(|pid| stat(*pid).is_some()).for_each(kill);
    killed.nobody_is_left_within(Duration::from_secs(7));
}
