//! The server, wired: its database, its listener, and what ends it.

use crate::app::error::{Error, Kind};
use crate::app::host::shelf::{Shelf, Word};
use crate::app::host::{Coming, House, TakenIn, look_over};
use crate::app::ports::Clock;
use crate::cli::{Exit, Hosting, Process, Serving};
use crate::domain::ids::Digest;
use crate::format::api::PlanText;
use crate::format::plan_toml;
use crate::infra::file::FileStore;
use crate::infra::plain;
use crate::infra::sql::{Db, Folder, Postgres, SqlShelf, Sqlite};
use crate::server::{self, Doors, Limits, Log, Presence, Site};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::Write;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// No certificate, key or plan is longer.
const SMALL: u64 = 4 << 20;

/// A server on this machine.
pub struct Host {
    pub process: Process,
    pub clock: Arc<dyn Clock>,
}

/// The plan whose public pages a server shows.
const PLAN: &str = "first-customer";

impl Host {
    fn home(&self) -> PathBuf {
        self.process.data.join("server")
    }

    fn open(&self, database: Option<&str>, blobs: Option<&Path>, only: bool) -> Result<SqlShelf, Error> {
        let db: Box<dyn Db> = match database {
            Some(address) if address.starts_with("postgres://") || address.starts_with("postgresql://") => {
                Box::new(Postgres::open(address)?)
            }
            Some(address) if address.contains("://") => {
                let why = "it is neither a file nor a postgres:// address";
                return Err(Error::new(Kind::Usage, "there is no such database", why));
            }
            Some(path) => {
                let path = Path::new(path.strip_prefix("sqlite:").unwrap_or(path));
                has_folder(path)?;
                Box::new(Sqlite::open(path, only)?)
            }
            None => Box::new(Sqlite::open(&self.home().join("rooms.db"), only)?),
        };
        Ok(SqlShelf::new(db, blobs.map(Folder::open).transpose()?, self.home().join("uploads")))
    }
}

impl Host {
    fn local(&self, room: &Path) -> Result<FileStore, Error> {
        if !plain::has_name(room) {
            return Err(unfit(room, Error::new(Kind::Input, "it cannot be read", "there is no such file")));
        }
        FileStore::open(room, &self.process.data, false).map_err(|error| unfit(room, error))
    }
}

impl Hosting for Host {
    fn shelf(&self, database: Option<&str>, blobs: Option<&Path>, only: bool) -> Result<Arc<dyn Shelf>, Error> {
        Ok(Arc::new(self.open(database, blobs, only)?))
    }

    fn take_in(&self, shelf: &dyn Shelf, rooms: &[PathBuf]) -> Result<Vec<TakenIn>, Error> {
        let stores = rooms.iter().map(|room| self.local(room)).collect::<Result<Vec<_>, _>>()?;
        // All of them are looked over before anything of the first is written.
        let mut coming: Vec<Coming<'_>> = Vec::new();
        for (room, store) in rooms.iter().zip(&stores) {
            let plan = || Ok(store.own_plan()?.map(|(name, text)| PlanText { name, text }));
            let looked = plan().and_then(|plan| look_over(shelf, store, &*self.clock, plan));
            let looked = looked.map_err(|error| unfit(room, error))?;
            if coming.iter().any(|other| other.tenant() == looked.tenant()) {
                let why = format!("another --import is a room of {}, too", looked.tenant());
                return Err(unfit(room, Error::new(Kind::Usage, "there is one room of a tenant", why)));
            }
            coming.push(looked);
        }
        coming.iter().map(|coming| coming.take_in(shelf)).collect()
    }

    fn serve(&self, shelf: Arc<dyn Shelf>, serving: &Serving, ready: &mut dyn FnMut(&str)) -> Result<Exit, Error> {
        let tls = serving.tls.as_ref().map(|(chain, key)| acceptor(chain, key)).transpose()?;
        let listener = bind(&serving.bind)?;
        let address = listener.local_addr().map_err(|error| unbound(&serving.bind, &error.to_string()))?;
        let to: Option<Box<dyn Write + Send>> = if serving.is_logged { Some(Box::new(std::io::stderr())) } else { None };
        let limits = Limits { blob: serving.max_upload, connections: serving.max_connections, ..Limits::default() };
        let plan = plan_toml::shared(plan_toml::embedded(PLAN).unwrap_or_default(), PLAN)
            .map_err(|problems| Error::new(Kind::Input, "the built-in plan cannot be read", problems.render()))?;
        raise_limit();
        let house = Arc::new(House::new(Arc::clone(&shelf), Arc::clone(&self.clock)));
        let site = Site::new(house, plan, limits, Log::new(to, Arc::clone(&self.clock)));
        let heard = Arc::clone(&site);
        if shelf.is_shared() {
            let name = Digest::of(&self.random()?).short();
            let presence = Presence::start(&site, name);
            shelf.listen(Box::new(move |word| {
                // A room nobody remembers and nobody listens to is read when somebody asks.
                let changed = |tenant: &str| drop(heard.house.heard(tenant));
                match word {
                    Word::Changed(tenant) => changed(tenant),
                    Word::Here(told) => presence.heard(told),
                    Word::Missed => {
                        heard.hub.tenants().iter().for_each(|tenant| changed(tenant));
                        presence.missed();
                    }
                }
            }));
        }
        let scheme = if tls.is_some() { "https" } else { "http" };
        let shown = format!("{scheme}://{address}");
        let doors = Doors { listener, tls };
        let served = server::serve(&site, doors, async {
            // The signals are caught before anybody is told that it serves.
            let caught = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
            ready(&shown);
            match caught {
                (Ok(mut term), Ok(mut int)) => {
                    tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
                }
                _ => std::future::pending().await,
            }
        });
        served.map(|()| Exit::Ok).map_err(|error| unbound(&shown, &error.to_string()))
    }

    fn random(&self) -> Result<[u8; 32], Error> {
        let mut random = [0; 32];
        getrandom::fill(&mut random)
            .map_err(|error| Error::new(Kind::Storage, "this machine gives no randomness", error.to_string()))?;
        Ok(random)
    }
}

/// A folder that is not there is a path that is misspelt: only the one of this program is made.
fn has_folder(path: &Path) -> Result<(), Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() {
        return Ok(());
    }
    let what = format!("the database {} cannot be made", path.display());
    let why = format!("there is no folder {}", folder.display());
    Err(Error::new(Kind::Input, what, why).hint("is it spelt right? else make the folder first"))
}

/// Says of which room it is. Nothing came in, of the others neither.
fn unfit(room: &Path, error: Error) -> Error {
    Error { what: format!("nothing was brought in, because of {}: {}", room.display(), error.what), ..error }
}

fn acceptor(chain: &Path, key: &Path) -> Result<tokio_rustls::TlsAcceptor, Error> {
    server::acceptor(&plain::read(chain, SMALL)?, &plain::read(key, SMALL)?)
}

fn bind(named: &str) -> Result<TcpListener, Error> {
    let addresses: Vec<SocketAddr> = named
        .to_socket_addrs()
        .map_err(|_| Error::new(Kind::Usage, format!("`{named}` is no address to answer at"), "it is ADDRESS:PORT"))?
        .collect();
    TcpListener::bind(&*addresses).map_err(|error| unbound(named, &error.to_string()))
}

fn unbound(named: &str, why: &str) -> Error {
    Error::new(Kind::Network, format!("{named} cannot be served"), why.to_owned())
        .hint("see what else answers there, or name another address: --bind")
}

/// As many descriptors as the system gives: one a connection.
fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    // Where it may not be raised, fewer visitors come in at once.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}
