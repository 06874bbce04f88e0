//! The server, wired: its database, its listener, and what ends it.

use crate::app::error::{Error, Kind};
use crate::app::host::{House, TakenIn, shelf::Shelf, take_in};
use crate::app::ports::{Clock, RoomStore as _};
use crate::cli::{Exit, Hosting, Process, Serving};
use crate::format::api::PlanText;
use crate::format::{plan_toml, room_toml};
use crate::infra::file::FileStore;
use crate::infra::plain;
use crate::infra::sql::{Db, Folder, Postgres, SqlShelf, Sqlite};
use crate::server::{self, Doors, Limits, Log, Site};
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
            Some(path) => Box::new(Sqlite::open(Path::new(path.strip_prefix("sqlite:").unwrap_or(path)), only)?),
            None => Box::new(Sqlite::open(&self.home().join("rooms.db"), only)?),
        };
        Ok(SqlShelf::new(db, blobs.map(Folder::open).transpose()?, self.home().join("uploads")))
    }
}

impl Hosting for Host {
    fn shelf(&self, database: Option<&str>, blobs: Option<&Path>, only: bool) -> Result<Arc<dyn Shelf>, Error> {
        Ok(Arc::new(self.open(database, blobs, only)?))
    }

    fn take_in(&self, shelf: &dyn Shelf, room: &Path) -> Result<TakenIn, Error> {
        let store = FileStore::open(room, &self.process.data, false)?;
        let text = store.load()?.text;
        let plan = plan_beside(&text, &store.workdir())?;
        take_in(shelf, &store, &*self.clock, plan)
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
        shelf.listen(Box::new(move |tenant| {
            let all = tenant.map_or_else(|| heard.hub.tenants(), |tenant| vec![tenant.to_owned()]);
            for tenant in all {
                // A room nobody remembers and nobody listens to is read when somebody asks.
                let _ = heard.house.heard(&tenant);
            }
        }));
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

/// The plan that a room names as a file of its own.
fn plan_beside(text: &str, folder: &Path) -> Result<Option<PlanText>, Error> {
    let name = room_toml::plan_name(text, "launchroom.toml")
        .map_err(|problems| Error::new(Kind::Input, "the room cannot be read", problems.render()))?;
    if plan_toml::embedded(&name).is_some() {
        return Ok(None);
    }
    let bytes = plain::read(&folder.join(&name), SMALL)?;
    Ok(Some(PlanText { name, text: String::from_utf8_lossy(&bytes).into_owned() }))
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
