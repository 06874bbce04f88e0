//! The faces that are not the shell: made and started only when somebody asks for one.

use super::demo;
use crate::app::check::Fetch;
use crate::app::error::{Error, Kind};
use crate::app::init::{self, Wish};
use crate::app::ports::{Clock, RoomStore, Runner, TrustStore};
use crate::app::settings::{Color, Settings, SymbolSet, Theme};
use crate::cli::{Exit, Faces, Process};
use crate::infra::file::FileStore;
use crate::infra::http::Http;
use crate::infra::plain;
use crate::tui::{self, Cockpit, ExitReason, LookSettings, Watch, Way};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the faces are made of.
pub struct Screens {
    pub process: Process,
    pub clock: Arc<dyn Clock>,
    pub runner: Arc<dyn Runner>,
    pub trust: Arc<dyn TrustStore>,
}

impl Faces for Screens {
    fn cockpit(&self, room: Option<PathBuf>, settings: &Settings) -> Result<Exit, Error> {
        let mut room = room;
        loop {
            match tui::run(self.made(room.as_deref(), settings)?)? {
                ExitReason::Quit => return Ok(Exit::Ok),
                ExitReason::Signal(_) | ExitReason::TerminalGone => return Ok(Exit::Interrupted),
                ExitReason::To(Way::Demo) => return self.demo(settings),
                ExitReason::To(Way::Open(path)) => room = Some(path.into()),
                ExitReason::To(Way::New { path, tenant }) => room = Some(self.new_room(path.into(), tenant)?),
                ExitReason::To(Way::Connect(address)) => return Err(no_server(&address)),
            }
        }
    }

    fn demo(&self, settings: &Settings) -> Result<Exit, Error> {
        demo::run(self, settings)
    }

    fn keep_demo(&self, folder: &Path) -> Result<PathBuf, Error> {
        demo::keep(self, folder)
    }

    fn fetch(&self, base_url: &str) -> Result<Box<dyn Fetch>, Error> {
        Ok(Box::new(Http::new(base_url)?))
    }
}

impl Screens {
    /// The cockpit on this room, ready to run.
    ///
    /// # Errors
    /// When the room cannot be opened.
    pub fn made(&self, room: Option<&Path>, settings: &Settings) -> Result<Cockpit, Error> {
        let store =
            room.map(|path| FileStore::open(path, &self.process.data, settings.readonly.value).map(Arc::new)).transpose()?;
        let ascii = match settings.symbols.value {
            SymbolSet::Auto => None,
            SymbolSet::Unicode => Some(false),
            SymbolSet::Ascii => Some(true),
        };
        let color = match settings.color.value {
            Color::Auto => (settings.theme.value == Theme::Mono).then_some(false),
            Color::Always => Some(true),
            Color::Never => Some(false),
        };
        Ok(Cockpit {
            watch: store.clone().map(watch),
            store: store.map(|store| store as Arc<dyn RoomStore>),
            clock: Arc::clone(&self.clock),
            runner: Arc::clone(&self.runner),
            trust: Arc::clone(&self.trust),
            by: settings.name.value.clone(),
            env: self.process.env.iter().cloned().collect(),
            look: LookSettings { ascii, color, mouse: settings.mouse.value },
            mine: settings.roles.value.iter().chain(&settings.functions.value).cloned().collect(),
            read: Arc::new(plain::read),
            quiet_after: settings.quiet_after.value,
            proofs_at_once: settings.proofs_at_once.value,
            copy_command: settings.copy_command.value.clone(),
            keys: settings.keys.value.clone(),
            prepared: None,
        })
    }

    fn new_room(&self, path: PathBuf, tenant: String) -> Result<PathBuf, Error> {
        let (text, _) = init::init(&Wish { tenant, ..Wish::default() }, self.clock.now())?;
        plain::create(&path, text.as_bytes())?;
        Ok(path)
    }
}

fn watch(store: Arc<FileStore>) -> Watch {
    Box::new(move |changed| Ok(Box::new(store.watch(changed)?)))
}

fn no_server(address: &str) -> Error {
    let why = "this version opens rooms kept in files";
    Error::new(Kind::Usage, format!("cannot connect to {address}"), why).hint("name a room file: launchroom open PATH")
}
