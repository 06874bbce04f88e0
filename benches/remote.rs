//! How soon a change of one is seen by another who has the same room open, over loopback: from the key that saves it to a
//! room that shows it, the disk of both machines and of the server included.
#![allow(clippy::unwrap_used, clippy::print_stdout, dead_code, reason = "a bench says what it measured, or stops")]

#[path = "../tests/remote/desk.rs"]
mod desk;
#[path = "../tests/remote/server.rs"]
mod server;

use desk::{Desk, edit, holder, owner, until};
use launchroom::app::sync::{State, Synced as _};
use launchroom::infra::http::{Live, Mode};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

const ROUNDS: usize = 60;

fn main() {
    let desk = Desk::new();
    let [ada, bo] = ["ada", "bo"].map(|machine| Arc::new(desk.open(machine, Mode::Cockpit).unwrap()));
    let (changed, heard) = channel();
    let _ada_listens = Live::start(Arc::clone(&ada), || {}).unwrap();
    let _bo_listens = Live::start(Arc::clone(&bo), move || {
        let _ = changed.send(());
    })
    .unwrap();
    until("both are live", || ada.link().state == State::Live && bo.link().state == State::Live);
    let (mut seen, mut saved) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let name = format!("Person {round}");
        let start = Instant::now();
        let teller = Arc::clone(&ada);
        let change = owner("tenant-owner", &name);
        let saving = std::thread::spawn(move || {
            edit(&teller, &change).unwrap();
            start.elapsed()
        });
        while holder(&*bo, "tenant-owner").as_deref() != Some(&name) {
            heard.recv_timeout(Duration::from_secs(10)).unwrap();
        }
        seen.push(start.elapsed());
        saved.push(saving.join().unwrap());
    }
    tell("acknowledged to who made it", saved);
    tell("shown to who looks on", seen);
}

fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    println!("{what:<28} median {:.1} ms, 99 of 100 within {:.1} ms", at(50), at(99));
}
