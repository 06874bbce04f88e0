//! The faces that are not the shell: made and started only when somebody asks for one.

use super::{demo, portfolio, remote};
use crate::app::check::Fetch;
use crate::app::discover::{ROOM_FILE, Where};
use crate::app::error::Error;
use crate::app::init::{self, Wish};
use crate::app::ports::{Clock, RoomStore, Runner, TrustStore};
use crate::app::settings::{Color, Settings, SymbolSet, Theme};
use crate::app::sync::Synced;
use crate::cli::{Exit, Faces, Process};
use crate::infra::file::{FileStore, Looked};
use crate::infra::http::{Http, Live, Mode};
use crate::infra::plain;
use crate::present::audience::Audience;
use crate::tui::{self, Cockpit, ExitReason, ListRooms, LookSettings, Remember, Watch, Way};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A room's store, how to hear of changes, and how it stands to its server when it has one.
struct Doors {
    store: Option<Arc<dyn RoomStore>>,
    watch: Option<Watch>,
    synced: Option<Arc<dyn Synced>>,
}

/// What the faces are made of.
pub struct Screens {
    pub process: Process,
    pub clock: Arc<dyn Clock>,
    pub runner: Arc<dyn Runner>,
    pub trust: Arc<dyn TrustStore>,
}

impl Faces for Screens {
    fn ask(&self, prompt: &str) -> Result<String, Error> {
        plain::ask(prompt)
    }

    fn cockpit(&self, room: Option<Where>, settings: &Settings, present: Option<Audience>) -> Result<Exit, Error> {
        // Where somebody came from: another room, or the start screen.
        let (mut room, mut from) = (room, None::<Option<Where>>);
        let mut greeting = None;
        loop {
            let ran = self.made(room.as_ref(), settings).and_then(|mut made| {
                made.greeting = greeting.take();
                made.present = present;
                tui::run(made)
            });
            let reason = match (ran, from.take()) {
                (Ok(reason), _) => reason,
                // What somebody came from is still there.
                (Err(error), Some(before)) => {
                    let back = if before.is_some() { "; this is the room you came from" } else { "" };
                    let hint = error.hint.as_ref().map(|hint| format!(". {hint}")).unwrap_or_default();
                    greeting = Some(format!("{error}{hint}{back}"));
                    room = before;
                    continue;
                }
                (Err(error), None) => return Err(error),
            };
            match reason {
                ExitReason::Quit => return Ok(Exit::Ok),
                ExitReason::Signal(_) | ExitReason::TerminalGone => return Ok(Exit::Interrupted),
                ExitReason::To(Way::Demo) => return self.demo(settings),
                ExitReason::To(Way::Open(place)) => from = Some(room.replace(Where::of(&place))),
                ExitReason::To(Way::Connect(address)) => from = Some(room.replace(server(&address))),
                ExitReason::To(Way::New { path, tenant }) => room = Some(Where::File(self.new_room(path.into(), tenant)?)),
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
    pub fn made(&self, room: Option<&Where>, settings: &Settings) -> Result<Cockpit, Error> {
        let Doors { store, watch, synced } = self.doors(room, settings)?;
        let (looked, key) = (Looked::new(&self.process.data), room.map(key_of));
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
            watch,
            store,
            synced,
            clock: Arc::clone(&self.clock),
            runner: Arc::clone(&self.runner),
            trust: Arc::clone(&self.trust),
            by: settings.name.value.clone(),
            env: self.process.env.iter().cloned().collect(),
            look: LookSettings { ascii, color, mouse: settings.mouse.value },
            mine: settings.roles.value.iter().chain(&settings.functions.value).cloned().collect(),
            read: Arc::new(plain::read),
            create: Arc::new(plain::create_in_full),
            quiet_after: settings.quiet_after.value,
            proofs_at_once: settings.proofs_at_once.value,
            copy_command: settings.copy_command.value.clone(),
            keys: settings.keys.value.clone(),
            prepared: None,
            rooms: self.around(room, settings),
            greeting: None,
            present: None,
            looked: key.as_deref().and_then(|key| looked.at(key)),
            remember: key.map(|key| -> Remember { Arc::new(move |at| drop(looked.mark(&key, at))) }),
        })
    }

    /// What opens a room, and hears of it.
    fn doors(&self, room: Option<&Where>, settings: &Settings) -> Result<Doors, Error> {
        match room {
            None => Ok(Doors { store: None, watch: None, synced: None }),
            Some(Where::File(path)) => {
                let store = Arc::new(FileStore::open(path, &self.process.data, settings.readonly.value)?);
                Ok(Doors { watch: Some(watch(Arc::clone(&store))), store: Some(store), synced: None })
            }
            Some(Where::Server(address)) => {
                let store = remote::open(&self.process, &self.clock, address, settings, Mode::Cockpit)?;
                let heard = Arc::clone(&store);
                let watch: Watch = Box::new(move |changed| Ok(Box::new(Live::start(heard, changed)?)));
                Ok(Doors { store: Some(store.clone()), watch: Some(watch), synced: Some(store) })
            }
        }
    }

    /// The rooms around one: those of the settings, else of its folder, or of the folder above one that holds a single room.
    fn around(&self, room: Option<&Where>, settings: &Settings) -> ListRooms {
        let (process, settings, clock) = (self.process.clone(), settings.clone(), Arc::clone(&self.clock));
        let server = match room {
            Some(Where::Server(address)) => Some(address.clone()),
            _ => settings.rooms.value.clone().filter(|rooms| matches!(Where::of(rooms), Where::Server(_))),
        };
        let here = room.and_then(|room| room.clone().file().ok());
        let folder = settings.rooms.value.clone().map_or_else(|| self.folder_of(here.as_deref()), PathBuf::from);
        Arc::new(move || {
            if let Some(server) = &server {
                return portfolio::of_server(&process, &settings, server);
            }
            let mut found = portfolio::of_folder(&process.data, &folder, clock.now())?;
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

/// An address as somebody types it: without a scheme it is https.
fn server(typed: &str) -> Where {
    let typed = typed.trim();
    Where::Server(if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") })
}

/// One name for a room, however whoever opens it writes it.
fn key_of(room: &Where) -> String {
    match room {
        Where::File(path) => path.canonicalize().unwrap_or_else(|_| path.clone()).display().to_string(),
        Where::Server(address) => address.clone(),
    }
}

fn watch(store: Arc<FileStore>) -> Watch {
    Box::new(move |changed| Ok(Box::new(store.watch(changed)?)))
}
