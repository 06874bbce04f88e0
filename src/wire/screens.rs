//! The faces that are not the shell: made and started only when somebody asks for one.

use super::{demo, portfolio};
use crate::app::check::Fetch;
use crate::app::discover::ROOM_FILE;
use crate::app::error::{Error, Kind};
use crate::app::init::{self, Wish};
use crate::app::ports::{Clock, RoomStore, Runner, TrustStore};
use crate::app::settings::{Color, Settings, SymbolSet, Theme};
use crate::cli::{Exit, Faces, Process};
use crate::infra::file::FileStore;
use crate::infra::http::Http;
use crate::infra::plain;
use crate::tui::{self, Cockpit, ExitReason, ListRooms, LookSettings, Watch, Way};
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
        let (mut room, mut from) = (room, None::<PathBuf>);
        let mut greeting = None;
        loop {
            let ran = self.made(room.as_deref(), settings).and_then(|mut made| {
                made.greeting = greeting.take();
                tui::run(made)
            });
            let reason = match (ran, from.take()) {
                (Ok(reason), _) => reason,
                // The room somebody was in is still there.
                (Err(error), Some(before)) => {
                    greeting = Some(format!("{error}; this is the room you came from"));
                    room = Some(before);
                    continue;
                }
                (Err(error), None) => return Err(error),
            };
            match reason {
                ExitReason::Quit => return Ok(Exit::Ok),
                ExitReason::Signal(_) | ExitReason::TerminalGone => return Ok(Exit::Interrupted),
                ExitReason::To(Way::Demo) => return self.demo(settings),
                ExitReason::To(Way::Open(path)) => from = room.replace(path.into()),
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

    fn fetch(&self, base_url: &str, proxy: Option<&str>) -> Result<Box<dyn Fetch>, Error> {
        Ok(Box::new(Http::new(base_url, proxy)?))
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
            rooms: self.around(room, settings),
            greeting: None,
        })
    }

    /// The rooms around one: those of the settings, else of its folder, or of the folder above one that holds a single room.
    fn around(&self, room: Option<&Path>, settings: &Settings) -> ListRooms {
        let (data, clock) = (self.process.data.clone(), Arc::clone(&self.clock));
        let folder = settings.rooms.value.clone().map_or_else(|| self.folder_of(room), PathBuf::from);
        let here = room.map(Path::to_owned);
        Arc::new(move || {
            let mut found = portfolio::of_folder(&data, &folder, clock.now())?;
            // The room in front is named as whoever opened it named it.
            if let Some((here, whole)) = here.as_ref().and_then(|here| Some((here, here.canonicalize().ok()?))) {
                let same = |place: &str| Path::new(place).canonicalize().is_ok_and(|path| path == whole);
                found.rows.iter_mut().filter(|row| same(&row.place)).for_each(|row| row.place = here.display().to_string());
            }
            Ok(found)
        })
    }

    fn folder_of(&self, room: Option<&Path>) -> PathBuf {
        let Some(room) = room else { return self.process.here.clone() };
        let whole = std::path::absolute(room).unwrap_or_else(|_| room.to_owned());
        let folder = whole.parent().unwrap_or(&whole);
        let holds_one = whole.file_name().is_some_and(|name| name == ROOM_FILE);
        let above = folder.parent().filter(|_| holds_one);
        above.unwrap_or(folder).to_owned()
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
