//! What the composition root hands to the shell.

use super::Exit;
use crate::app::check::Fetch;
use crate::app::discover::Where;
use crate::app::error::Error;
use crate::app::host::{TakenIn, shelf::Shelf};
use crate::app::portfolio::Portfolio;
use crate::app::ports::{Clock, RoomStore, Runner, TrustStore};
use crate::app::settings::Settings;
use crate::app::sync::Synced;
use crate::present::audience::Audience;
use std::{path::Path, path::PathBuf, sync::Arc};

/// The world outside, made by the composition root. Nothing in here starts anything before it is asked to.
pub struct Wiring {
    pub process: Process,
    pub clock: Arc<dyn Clock>,
    pub rooms: Arc<dyn Rooms>,
    pub servers: Box<dyn Servers>,
    pub hosting: Box<dyn Hosting>,
    pub runner: Arc<dyn Runner>,
    pub trust: Arc<dyn TrustStore>,
    pub faces: Box<dyn Faces>,
}

/// Opens rooms, and makes new ones.
pub trait Rooms: Send + Sync {
    /// The store of a room.
    ///
    /// # Errors
    /// `Input` for what is no file, `Storage` for what cannot be read; what the server of the room says.
    fn open(&self, place: &Where, settings: &Settings) -> Result<Arc<dyn RoomStore>, Error>;

    /// The store of a room file, to look only.
    ///
    /// # Errors
    /// As [`Rooms::open`].
    fn look(&self, path: &Path) -> Result<Arc<dyn RoomStore>, Error>;

    /// Tells `changed` whenever the room file, its plan or its ledger may have changed, until what it returns is dropped.
    ///
    /// # Errors
    /// `Storage` when the system does not tell.
    fn watch(&self, place: &Where, settings: &Settings, changed: Box<dyn Fn() + Send + Sync>) -> Result<Box<dyn Send>, Error>;

    /// The rooms at a place, each looked at and none changed.
    ///
    /// # Errors
    /// `Input` for a place that is none, `Storage` or `Network` for one that cannot be read.
    fn portfolio(&self, place: &str, settings: &Settings) -> Result<Portfolio, Error>;

    /// Ends what runs left behind whose program was killed; `spool` is the room's.
    fn sweep(&self, spool: &Path);

    /// Whether a file is there.
    fn is_there(&self, path: &Path) -> bool;

    /// Whether anything has this name: a file, a folder, also a link that leads nowhere.
    fn has_name(&self, path: &Path) -> bool;

    /// Whether a folder is there.
    fn is_folder(&self, path: &Path) -> bool;

    /// Makes a folder, and those above it that are not there.
    ///
    /// # Errors
    /// `Storage` when the disk fails.
    fn make_folder(&self, path: &Path) -> Result<(), Error>;

    /// Writes a file that must not be there yet; it is on disk when this returns.
    ///
    /// # Errors
    /// `Conflict` when something is there, `Storage` when the disk fails.
    fn create(&self, path: &Path, bytes: &[u8]) -> Result<(), Error>;

    /// Writes a file that only its owner reads, also over one of the same name; a link of that name is replaced, never
    /// followed.
    ///
    /// # Errors
    /// `Storage` when the disk fails.
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), Error>;

    /// Reads a file that a person named: regular, and not larger than `limit` bytes.
    ///
    /// # Errors
    /// `Input` for what is no such file, `Storage` for what cannot be read.
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, Error>;

    /// Reads all of standard input.
    ///
    /// # Errors
    /// `Input` for more than `limit` bytes, `Storage` for what cannot be read.
    fn read_stdin(&self, limit: u64) -> Result<Vec<u8>, Error>;

    /// Reads the files of a folder and of the folders in it, by their names from there. Links are refused.
    ///
    /// # Errors
    /// `Input` for anything that is no regular file, for more than `files` of them or more than `limit` bytes together.
    fn read_folder(&self, path: &Path, files: usize, limit: u64) -> Result<Vec<(String, Vec<u8>)>, Error>;
}

/// What is asked of servers by name.
pub trait Servers {
    /// Reads a token without showing it: typed, where there is a terminal, else from stdin.
    ///
    /// # Errors
    /// `Input` for what is no token, `Storage` when it cannot be read.
    fn read_token(&self, prompt: &str) -> Result<String, Error>;

    /// Keeps a token for a server that takes it, and says where it lies and who the server says it is.
    ///
    /// # Errors
    /// `Refused` when the server does not take it, `Network` when it does not answer.
    fn login(&self, server: &str, token: &str, settings: &Settings) -> Result<PathBuf, Error>;

    /// Forgets the token of a server; whether there was one.
    ///
    /// # Errors
    /// `Storage` when the disk fails.
    fn logout(&self, server: &str) -> Result<bool, Error>;

    /// Takes a room out of its server.
    ///
    /// # Errors
    /// `Conflict` when something is there already, what the server says, `Integrity`.
    fn pull(&self, address: &str, path: &Path, settings: &Settings) -> Result<Pulled, Error>;

    /// A room of a server, and how it stands to it.
    ///
    /// # Errors
    /// As [`Rooms::open`].
    fn synced(&self, address: &str, settings: &Settings) -> Result<Arc<dyn Synced>, Error>;
}

/// Being a server.
pub trait Hosting {
    /// Opens the database of rooms that is named, else this machine's own. `only` is for a server.
    ///
    /// # Errors
    /// `Usage` for an address that is none, `Conflict` when another server has it, `Storage` when it cannot be used.
    fn shelf(&self, database: Option<&str>, blobs: Option<&Path>, only: bool) -> Result<Arc<dyn Shelf>, Error>;

    /// Brings local rooms in: all of them, or none.
    ///
    /// # Errors
    /// As [`crate::app::host::look_over`]; `Input` for a file that is not there.
    fn take_in(&self, shelf: &dyn Shelf, rooms: &[PathBuf]) -> Result<Vec<TakenIn>, Error>;

    /// Serves until somebody ends it; `ready` hears where, once it answers.
    ///
    /// # Errors
    /// `Usage` for an address that is none, `Input` for a certificate that cannot be used, `Network` when the address
    /// cannot be had.
    fn serve(&self, shelf: Arc<dyn Shelf>, serving: &Serving, ready: &mut dyn FnMut(&str)) -> Result<Exit, Error>;

    /// What nobody can guess.
    ///
    /// # Errors
    /// `Storage` when this machine has none.
    fn random(&self) -> Result<[u8; 32], Error>;
}

/// How to serve.
pub struct Serving {
    pub bind: String,
    /// Certificate chain and private key, both files in PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
    pub max_upload: u64,
    pub max_connections: usize,
    pub is_logged: bool,
}

/// A room that was taken out of its server.
pub struct Pulled {
    pub tenant: String,
    pub entries: usize,
    pub files: usize,
    /// Locked records whose bytes are on another machine.
    pub receipts: usize,
}

/// What is not the shell's to do, and starts only when asked for.
pub trait Faces {
    /// Asks the person at the terminal, and answers what they typed.
    ///
    /// # Errors
    /// `Storage` when it cannot be read.
    fn ask(&self, prompt: &str) -> Result<String, Error>;

    /// The cockpit on a room, or its start screen; with an audience nobody sees more than it may, from the first frame on.
    ///
    /// # Errors
    /// What ended it, when that was not the person.
    fn cockpit(&self, room: Option<Where>, settings: &Settings, present: Option<Audience>) -> Result<Exit, Error>;

    /// The cockpit on the built-in pilot.
    ///
    /// # Errors
    /// What ended it, when that was not the person.
    fn demo(&self, settings: &Settings) -> Result<Exit, Error>;

    /// Lays the built-in pilot into a folder to keep, and says where its room file is.
    ///
    /// # Errors
    /// `Conflict` when a room is there already, `Storage` when the disk fails.
    fn keep_demo(&self, folder: &Path) -> Result<PathBuf, Error>;

    /// Asks a deployment, through a proxy when one is configured.
    ///
    /// # Errors
    /// `Usage` for an address that may not be asked.
    fn fetch(&self, base_url: &str, proxy: Option<&str>) -> Result<Box<dyn Fetch>, Error>;
}

/// What this process was started with.
#[derive(Clone, Debug)]
pub struct Process {
    pub env: Vec<(String, String)>,
    pub here: PathBuf,
    /// The program itself, for commands that start it again.
    pub exe: PathBuf,
    /// Where the settings file is, or would be.
    pub config: Option<PathBuf>,
    /// Where this machine keeps what no room holds.
    pub data: PathBuf,
    pub stdin_is_terminal: bool,
    pub stdout_is_terminal: bool,
    pub stderr_is_terminal: bool,
}

impl Process {
    /// A value of the environment.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<String> {
        self.env.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// The locale, by the usual order of names.
    #[must_use]
    pub fn locale(&self) -> String {
        let set = |name: &str| self.var(name).filter(|value| !value.is_empty());
        set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default()
    }
}
