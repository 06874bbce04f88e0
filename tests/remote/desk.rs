//! A room with a server in front of it, and stores that open it from machines of their own.

use crate::server::{Server, TOKEN};
use jiff::Timestamp;
use launchroom::app::error::Error;
use launchroom::app::ports::{RoomStore, Snapshot};
use launchroom::domain::change::Change;
use launchroom::infra::file::mirror::Mirror;
use launchroom::infra::http::{Api, Client, Limits, Mode, Parts, RemoteStore, Token};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const ROOM: &str = "schema = 1\nplan = \"first-customer\"\n\n[tenant]\nid = \"northwind\"\nname = \"Northwind\"\nkickoff = 2026-11-02\n\n[scope]\nbilling_route = \"invoice\"\n";

pub use crate::server::Now;

/// A room file, its server, and a folder for the machines.
pub struct Desk {
    pub home: TempDir,
    pub server: Option<Server>,
}

impl Desk {
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let room = home.path().join("served/launchroom.toml");
        std::fs::create_dir_all(room.parent().unwrap()).unwrap();
        std::fs::write(&room, ROOM).unwrap();
        let server = Server::start(&room);
        server.change("Somebody", &owner("executive-sponsor", "Ingrid Aasen"));
        Self { home, server: Some(server) }
    }

    pub fn room(&self) -> PathBuf {
        self.home.path().join("served/launchroom.toml")
    }

    pub fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    /// Takes the server away; where it was.
    pub fn down(&mut self) -> std::net::SocketAddr {
        self.server.take().unwrap().stop()
    }

    /// A server again, where one was.
    pub fn up(&mut self, address: std::net::SocketAddr) {
        self.server = Some(Server::at(&self.room(), address));
    }

    /// Opens the room from the machine of this name.
    pub fn open(&self, machine: &str, mode: Mode) -> Result<RemoteStore, Error> {
        self.open_with(machine, mode, TOKEN)
    }

    pub fn open_with(&self, machine: &str, mode: Mode, token: &str) -> Result<RemoteStore, Error> {
        open(&self.home.path().join(machine), &self.server().base(), mode, token)
    }
}

/// The same, to look only.
impl Desk {
    pub fn open_to_look(&self, machine: &str) -> RemoteStore {
        opened(&self.home.path().join(machine), &self.server().base(), Mode::Command, TOKEN, true).unwrap()
    }
}

impl Desk {
    /// In a cockpit, with a token, and where another one is looked for when that is refused.
    pub fn open_renewed(&self, machine: &str, token: Token, renew: Box<dyn Fn() -> Option<Token> + Send + Sync>) -> RemoteStore {
        let (data, base) = (self.home.path().join(machine), self.server().base());
        let api = Api::new(Client::new(&base, None).unwrap(), Some(token), None);
        let mode = Mode::Cockpit;
        RemoteStore::open(Parts { renew, ..parts(&data, &base, mode, api, false).unwrap() }).unwrap()
    }
}

/// Opens the room at `base` from a machine whose data lies in `data`.
pub fn open(data: &Path, base: &str, mode: Mode, token: &str) -> Result<RemoteStore, Error> {
    opened(data, base, mode, token, false)
}

fn opened(data: &Path, base: &str, mode: Mode, token: &str, readonly: bool) -> Result<RemoteStore, Error> {
    let limits = Limits {
        connect: Duration::from_secs(2),
        idle: Duration::from_millis(700),
        whole: Duration::from_millis(700),
        upload: Duration::from_secs(5),
        silent: Duration::from_secs(5),
    };
    let client = Client::within(limits, base, None)?;
    RemoteStore::open(parts(data, base, mode, Api::new(client, Some(Token::of(token, "test")?), None), readonly)?)
}

fn parts(data: &Path, base: &str, mode: Mode, api: Api, readonly: bool) -> Result<Parts, Error> {
    Ok(Parts {
        api,
        address: base.to_owned(),
        tenant: "northwind".to_owned(),
        mirror: Mirror::at(&data.join("servers/x"), data)?,
        workdir: data.to_owned(),
        readonly,
        mode,
        clock: Arc::new(Now),
        renew: Box::new(|| None),
    })
}

pub fn owner(role: &str, name: &str) -> Change {
    Change::SetOwner { role: role.into(), name: Some(name.into()), contact: None, basis: None }
}

/// Makes a change as somebody at that machine.
pub fn edit(store: &RemoteStore, change: &Change) -> Result<Snapshot, Error> {
    store.change("Ada", Timestamp::now(), change)
}

/// Who holds a role, as a store shows it.
pub fn holder(store: &dyn RoomStore, role: &str) -> Option<String> {
    store.load().unwrap().room.holder(role).map(|owner| owner.name.clone())
}

/// Waits until something holds.
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "never: {what}");
        std::thread::yield_now();
    }
}
