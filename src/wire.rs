//! The composition root: the only place that names an adapter. What is slow to make is made when it is asked for.

mod demo;
mod portfolio;
mod remote;
mod screens;
mod serve;

use crate::app::discover::Where;
use crate::app::error::{Error, Kind};
use crate::app::portfolio::Portfolio;
use crate::app::ports::{Clock, RoomStore, Runner, TrustStore};
use crate::app::settings::Settings;
use crate::cli::{Process, Rooms, Wiring};
use crate::infra::clock::SystemClock;
use crate::infra::file::{FileStore, FileTrust};
use crate::infra::http::{Live, Mode};
use crate::infra::plain;
use crate::infra::proc::ProcessRunner;
use screens::Screens;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything the shell needs, from what this process was started with.
#[must_use]
pub fn wire() -> Wiring {
    let process = process();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let runner: Arc<dyn Runner> = Arc::new(ProcessRunner::new());
    let trust: Arc<dyn TrustStore> = Arc::new(FileTrust::new(&process.data));
    let rooms = Arc::new(Places { process: process.clone(), clock: clock.clone() });
    let faces = Screens { process: process.clone(), clock: clock.clone(), runner: runner.clone(), trust: trust.clone() };
    let servers = Box::new(remote::Here { process: process.clone(), clock: clock.clone() });
    let hosting = Box::new(serve::Host { process: process.clone(), clock: clock.clone() });
    Wiring { process, clock, rooms, servers, hosting, runner, trust, faces: Box::new(faces) }
}

fn process() -> Process {
    // A name or value that is no text is none of ours.
    let mut env: Vec<(String, String)> =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
    // Where no login set them, as under a service: who that is stands with the number it runs as.
    if !env.iter().any(|(name, value)| matches!(name.as_str(), "USER" | "LOGNAME") && !value.is_empty()) {
        env.extend(plain::login_name().map(|name| ("LOGNAME".to_owned(), name)));
    }
    let set =
        |name: &str| env.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| PathBuf::from(value));
    let home = directories::ProjectDirs::from("", "", "launchroom");
    let folder = |xdg: &str, own: fn(&directories::ProjectDirs) -> &Path| match set(xdg).filter(|path| path.is_absolute()) {
        // XDG wins on every system when it is set.
        Some(base) => Some(base.join("launchroom")),
        None => home.as_ref().map(|home| own(home).to_owned()),
    };
    Process {
        here: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
        exe: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("launchroom")),
        config: folder("XDG_CONFIG_HOME", |home| home.config_dir()).map(|folder| folder.join("config.toml")),
        data: folder("XDG_DATA_HOME", |home| home.data_dir()).unwrap_or_else(|| std::env::temp_dir().join("launchroom")),
        stdin_is_terminal: io::stdin().is_terminal(),
        stdout_is_terminal: io::stdout().is_terminal(),
        stderr_is_terminal: io::stderr().is_terminal(),
        env,
    }
}

/// Rooms kept in files, and rooms that servers keep.
struct Places {
    process: Process,
    clock: Arc<dyn Clock>,
}

impl Places {
    fn file(&self, path: &Path, readonly: bool) -> Result<Arc<dyn RoomStore>, Error> {
        if matches!(path.symlink_metadata(), Err(error) if error.kind() == io::ErrorKind::NotFound) {
            // A name that leads nowhere is a slip of whoever typed it, not of the disk.
            let error = Error::new(Kind::Input, format!("there is no room {}", path.display()), "no such file");
            return Err(error.hint("make one: launchroom init --tenant NAME, or name another: --room PATH"));
        }
        Ok(Arc::new(FileStore::open(path, &self.process.data, readonly)?))
    }
}

impl Rooms for Places {
    fn open(&self, place: &Where, settings: &Settings) -> Result<Arc<dyn RoomStore>, Error> {
        match place {
            Where::File(path) => self.file(path, settings.readonly.value),
            Where::Server(address) => Ok(remote::open(&self.process, &self.clock, address, settings, Mode::Command)?),
        }
    }

    fn look(&self, path: &Path) -> Result<Arc<dyn RoomStore>, Error> {
        self.file(path, true)
    }

    fn watch(&self, place: &Where, settings: &Settings, changed: Box<dyn Fn() + Send + Sync>) -> Result<Box<dyn Send>, Error> {
        match place {
            Where::File(path) => Ok(Box::new(FileStore::open(path, &self.process.data, true)?.watch(changed)?)),
            Where::Server(address) => {
                let store = remote::open(&self.process, &self.clock, address, settings, Mode::Cockpit)?;
                Ok(Box::new(Live::start(store, changed)?))
            }
        }
    }

    fn portfolio(&self, place: &str, settings: &Settings) -> Result<Portfolio, Error> {
        match Where::of(place) {
            Where::File(folder) => portfolio::of_folder(&self.process.data, &folder, self.clock.now()),
            Where::Server(address) => portfolio::of_server(&self.process, settings, &address),
        }
    }

    fn sweep(&self, spool: &Path) {
        let _ = ProcessRunner::sweep(spool);
    }

    fn is_there(&self, path: &Path) -> bool {
        plain::is_there(path)
    }

    fn has_name(&self, path: &Path) -> bool {
        plain::has_name(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn make_folder(&self, path: &Path) -> Result<(), Error> {
        plain::make_folder(path)
    }

    fn create(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        plain::create(path, bytes)
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        plain::replace(path, bytes)
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
        plain::read(path, limit)
    }

    fn read_stdin(&self, limit: u64) -> Result<Vec<u8>, Error> {
        plain::read_stdin(limit)
    }

    fn read_folder(&self, path: &Path, files: usize, limit: u64) -> Result<Vec<(String, Vec<u8>)>, Error> {
        plain::read_folder(path, files, limit)
    }
}
