//! The demo, wired: a working copy of its own, its pages on loopback, and the cockpit on it.
//!
//! The order is for the first frame: the port is bound before the room names it, and served once the frame is out. What
//! the frame shows is known before it is on disk; the disk is waited for before the first key is taken.

use super::screens::Screens;
use crate::app::demo::{self, DemoRoom};
use crate::app::discover::Where;
use crate::app::error::{Error, Kind};
use crate::app::ports::TrustStore;
use crate::app::settings::Settings;
use crate::cli::{Exit, Faces as _, Process};
use crate::domain::ids::ProofId;
use crate::format::plan_toml;
use crate::infra::file::copy;
use crate::server;
use crate::tui::{self, ExitReason, Prepared, Watch, Way};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::{collections::BTreeMap, fs, process, sync::Arc, thread};

/// The cockpit on a fresh working copy, which is gone afterwards.
pub fn run(screens: &Screens, settings: &Settings) -> Result<Exit, Error> {
    let copies = screens.process.data.join("demo");
    // One folder a process: two demos side by side are two pilots.
    let folder = copies.join(process::id().to_string());
    let copy = Copy { folder: folder.clone() };
    // A process of this number that was killed may have left its own.
    let _ = fs::remove_dir_all(&folder);
    let (made, listener) = build(screens)?;
    let room = copy::lay_room(&folder, &made.room_toml)?;

    let mut cockpit = screens.made(Some(&Where::File(room.clone())), settings)?;
    demo::OPERATOR.clone_into(&mut cockpit.by);
    // The copy is gone afterwards, and so is when it was looked at.
    cockpit.remember = None;
    cockpit.trust = Arc::new(Ours { commands: made.commands, beyond: Arc::clone(&screens.trust) });
    let laying = thread::spawn(move || copy::lay_evidence(&room, &made.ledger, &made.blobs));
    let settle = move || laying.join().unwrap_or_else(|_| Err(Error::new(Kind::Storage, "the demo was not written", "a fault")));
    cockpit.prepared = Some(Prepared { opened: made.opened, settle: Box::new(settle) });
    cockpit.watch = Some(serving(listener, copies, cockpit.watch.take()));
    let reason = tui::run(cockpit)?;
    drop(copy);
    match reason {
        ExitReason::Quit => Ok(Exit::Ok),
        ExitReason::Signal(_) | ExitReason::TerminalGone => Ok(Exit::Interrupted),
        ExitReason::To(Way::Open(path)) => screens.cockpit(Some(Where::of(&path)), settings, None),
        ExitReason::To(Way::Demo | Way::New { .. } | Way::Connect(_)) => screens.cockpit(None, settings, None),
    }
}

/// Where `launchroom serve` answers when nothing else is said: it has the pages that the proofs of a kept room ask.
const SERVED: &str = "http://127.0.0.1:8080";

/// A working copy to keep, without opening it. Says where the room is.
pub fn keep(screens: &Screens, folder: &Path) -> Result<PathBuf, Error> {
    let made = demo::build(screens.clock.now(), SERVED, &by_name(&screens.process))?;
    let room = copy::lay_room(folder, &made.room_toml)?;
    copy::lay_evidence(&room, &made.ledger, &made.blobs)?;
    Ok(room)
}

/// This program as others can start it, too: by its name where that leads here, else by its place on this machine.
fn by_name(process: &Process) -> String {
    const NAME: &str = "launchroom";
    let here = fs::canonicalize(&process.exe).ok();
    let found =
        process.var("PATH").unwrap_or_default().split(':').find_map(|folder| fs::canonicalize(Path::new(folder).join(NAME)).ok());
    if found.is_some() && found == here { NAME.to_owned() } else { process.exe.to_string_lossy().into_owned() }
}

fn build(screens: &Screens) -> Result<(DemoRoom, TcpListener), Error> {
    let unbound = |error: std::io::Error| Error::new(Kind::Network, "the demo's pages have no port", error.to_string());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(unbound)?;
    let url = format!("http://{}", listener.local_addr().map_err(unbound)?);
    let made = demo::build(screens.clock.now(), &url, &screens.process.exe.to_string_lossy())?;
    Ok((made, listener))
}

/// Starts what the first frame does not need: the pages, and sweeping up after demos that could not do it themselves.
fn serving(listener: TcpListener, copies: PathBuf, watch: Option<Watch>) -> Watch {
    Box::new(move |changed| {
        thread::spawn(move || {
            sweep(&copies);
            let text = plan_toml::embedded(demo::PLAN).unwrap_or_default();
            if let Ok(plan) = plan_toml::shared(text, demo::PLAN) {
                // Without the pages a proof says that nobody answers, which is then true.
                let _ = server::serve_public(listener, plan);
            }
        });
        match watch {
            Some(watch) => watch(changed),
            None => Ok(Box::new(())),
        }
    })
}

/// Removes the copies of processes that are gone.
fn sweep(copies: &Path) {
    for copy in fs::read_dir(copies).into_iter().flatten().flatten() {
        let number = copy.file_name().to_str().and_then(|name| name.parse::<i32>().ok());
        let pid = number.and_then(rustix::process::Pid::from_raw);
        let gone = pid.is_some_and(|pid| rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH));
        if gone {
            let _ = fs::remove_dir_all(copy.path());
        }
    }
}

/// The working copy, for as long as the demo runs.
struct Copy {
    folder: PathBuf,
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Agreed already is what the demo itself wrote: this program, asking its own pages. A command that somebody changes in
/// there is as foreign as in any other room.
struct Ours {
    commands: BTreeMap<ProofId, String>,
    beyond: Arc<dyn TrustStore>,
}

impl TrustStore for Ours {
    fn is_trusted(&self, room: &str, proof: &ProofId, command: &str) -> bool {
        self.commands.get(proof).is_some_and(|ours| ours == command) || self.beyond.is_trusted(room, proof, command)
    }

    fn trust(&self, room: &str, proof: &ProofId, command: &str) -> Result<(), Error> {
        self.beyond.trust(room, proof, command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::open;
    use crate::infra::{clock::SystemClock, file::FileStore};

    #[test]
    fn what_the_first_frame_shows_is_what_the_disk_says() {
        let home = tempfile::tempdir().unwrap();
        let made = demo::build("2026-11-19T08:14:00Z".parse().unwrap(), "http://127.0.0.1:8080", "launchroom").unwrap();
        let room = copy::lay_room(&home.path().join("pilot"), &made.room_toml).unwrap();
        copy::lay_evidence(&room, &made.ledger, &made.blobs).unwrap();

        let store = FileStore::open(&room, home.path(), false).unwrap();
        let read = open::open(&store, &SystemClock).unwrap();
        let (shown, read) = (&made.opened.snapshot, &read.snapshot);
        assert_eq!((&shown.plan, &shown.room, &shown.text), (&read.plan, &read.room, &read.text));
        assert_eq!((&shown.ledger.entries, &shown.ledger.blobs), (&read.ledger.entries, &read.ledger.blobs));
        assert!(read.ledger.damage.is_none() && read.view_only.is_none());
    }
}
