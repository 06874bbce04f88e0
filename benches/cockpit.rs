//! The cockpit as a person meets it, in a real terminal: from start to the first frame, from a key to what it paints, and
//! what it does while nobody does anything. Aims: 0.6 of mprocs' start, 5 ms for 99 of 100 keys, nothing at all when idle.
//!
//! With `mprocs` on the path it is started in turn with ours, three idle processes in it; a ratio within one run says more
//! than a figure from another machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a bench may stop where it stands

#[path = "../tests/support/pty.rs"]
mod pty;

use pty::Terminal;
use std::path::Path;
use std::time::{Duration, Instant};

const STARTS: usize = 40;
const KEYS: usize = 200;
const IDLE: Duration = Duration::from_secs(10);

fn main() {
    let home = tempfile::tempdir().unwrap();
    starts(home.path());
    keys(home.path());
    idle(home.path());
    flood(home.path());
}

fn demo(home: &Path) -> Terminal {
    Terminal::start(&["demo"], home, 48, 160)
}

/// From `exec` to everything on the screen. The two take turns, so that both see the same machine.
fn starts(home: &Path) {
    let peer = peer(home);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        ours.push(first_frame("Northwind Logistics", || demo(home)));
        if let Some(config) = &peer {
            let args = ["--config", config.as_str()];
            theirs.push(first_frame("three", || Terminal::start_other("mprocs", &args, &[], home, 48, 160)));
        }
    }
    let ours = tell("first frame", &mut ours);
    if !theirs.is_empty() {
        let theirs = tell("first frame, mprocs", &mut theirs);
        println!("{:<24}{:>8.2}", "  ours / mprocs", ours.as_secs_f64() / theirs.as_secs_f64());
    }
}

fn first_frame(shows: &str, start: impl FnOnce() -> Terminal) -> Duration {
    let began = Instant::now();
    let mut terminal = start();
    terminal.wait_for(shows);
    began.elapsed()
}

fn peer(home: &Path) -> Option<String> {
    let found = std::env::split_paths(&std::env::var_os("PATH")?).any(|folder| folder.join("mprocs").is_file());
    let config = home.join("mprocs.yaml");
    let sleeping = |name: &str| format!("  {name}: {{shell: \"sleep 1000\"}}\n");
    std::fs::write(&config, format!("procs:\n{}{}{}", sleeping("one"), sleeping("two"), sleeping("three"))).unwrap();
    found.then(|| config.to_string_lossy().into_owned())
}

/// From the press to the screen that differs, one key at a time and never in step with anything.
fn keys(home: &Path) {
    let mut terminal = demo(home);
    terminal.wait_for("Northwind Logistics");
    let mut took = Vec::new();
    for press in 0..KEYS {
        terminal.quiet_for(Duration::from_millis(20 + (press as u64 * 7) % 31));
        let before = terminal.bytes.len();
        let pressed = Instant::now();
        terminal.send(if press % 2 == 0 { "j" } else { "k" });
        terminal.wait_bytes(before);
        took.push(pressed.elapsed());
    }
    tell("key to paint", &mut took);
}

/// What leaves it, and how often it wakes, while nothing happens.
fn idle(home: &Path) {
    let mut terminal = demo(home);
    terminal.wait_for("Northwind Logistics");
    terminal.quiet_for(Duration::from_secs(1));
    let (bytes, woken) = (terminal.bytes.len(), switches(&terminal));
    terminal.quiet_for(IDLE);
    println!("{:<24}{:>8} bytes {:>6} wake-ups in {IDLE:?}", "idle", terminal.bytes.len() - bytes, switches(&terminal) - woken);
}

/// From the press to the screen it asks for, while a proof prints 200 MB; and the most memory that this took. Aims: 100 ms
/// for 95 of 100 keys, 150 MB.
fn flood(home: &Path) {
    const PRINTED: u64 = 200_000_000;
    let folder = home.join("flood");
    std::fs::create_dir_all(&folder).unwrap();
    let line = "a line like many others, of which nobody reads even one; it is about a hundred bytes long, as most are";
    let room = format!(
        "schema = 1\nplan = \"first-customer\"\n\n[tenant]\nid = \"northwind\"\nname = \"Northwind Logistics\"\nkickoff = 2026-11-02\n\n\
         [commands]\nlaunch-proof-bundle = \"yes '{line}' | head -c {PRINTED}\"\n"
    );
    std::fs::write(folder.join("launchroom.toml"), room).unwrap();
    let mut terminal = Terminal::start(&["open", "flood/launchroom.toml"], home, 48, 160);
    terminal.wait_for("Northwind Logistics");
    terminal.send("5");
    terminal.wait_for("Launch proof bundle");
    terminal.send("/bundle\r");
    let (mut took, mut floods) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        terminal.send("r");
        terminal.wait_for("Run Launch proof bundle?");
        let began = Instant::now();
        terminal.send("\r");
        terminal.wait_gone("Run Launch proof bundle?");
        terminal.wait_gone("passed, not attached");
        while !terminal.screen().contains("passed, not attached") {
            for (key, shows) in [("2", "[2 Steps"), ("5", "[5 Proofs")] {
                terminal.quiet_for(Duration::from_millis(3 + took.len() as u64 * 7 % 11));
                let pressed = Instant::now();
                terminal.send(key);
                terminal.wait_for(shows);
                took.push(pressed.elapsed());
            }
        }
        floods.push(began.elapsed());
    }
    let peak = terminal.peak_memory();
    tell("200 MB printed", &mut floods);
    tell("key to paint meanwhile", &mut took);
    let at = took[took.len() * 95 / 100];
    println!("{:<24}{:>8.2} ms 95 of 100 of {} keys {:>6} MiB at most", "", at.as_secs_f64() * 1e3, took.len(), peak >> 20);
}

/// How often its threads have gone to sleep of their own accord.
fn switches(terminal: &Terminal) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", terminal.pid().as_raw_nonzero())).unwrap().flatten();
    let of = |status: String| {
        status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")?.trim().parse::<u64>().ok())
    };
    tasks.filter_map(|task| std::fs::read_to_string(task.path().join("status")).ok().and_then(of)).sum::<u64>()
}

/// One line of a table; returns the median.
fn tell(what: &str, took: &mut [Duration]) -> Duration {
    took.sort_unstable();
    let at = |part: usize| took[(took.len() * part / 100).min(took.len() - 1)];
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!("{what:<24}{:>8.2} ms median {:>8.2} ms 99 of 100 {:>8.2} ms fastest", ms(at(50)), ms(at(99)), ms(at(0)));
    at(50)
}
