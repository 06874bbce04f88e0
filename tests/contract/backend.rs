//! Every place that can keep a room, as the same thing: a store to try.

use crate::cluster;
use jiff::Timestamp;
use launchroom::app::error::Error;
use launchroom::app::host::{Hosted, House, look_over, shelf::Shelf};
use launchroom::app::ports::{Clock, RoomStore, Snapshot};
use launchroom::domain::change::Change;
use launchroom::domain::ledger::Ask;
use launchroom::infra::file::FileStore;
use launchroom::infra::sql::{Db, Folder, Postgres, SqlShelf, Sqlite};
use std::sync::Arc;
use tempfile::TempDir;

pub const TENANT: &str = "northwind";
pub const ROOM: &str = "schema = 1\nplan = \"first-customer\"\n\n[tenant]\nid = \"northwind\"\nname = \"Northwind\"\nkickoff = 2026-11-02\n\n[scope]\nbilling_route = \"invoice\"\n";

/// The time of this machine.
pub struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A place with the same small room in it.
pub struct Backend {
    pub name: &'static str,
    pub store: Arc<dyn RoomStore>,
    /// Another process that opens the same place.
    pub again: Box<dyn Fn() -> Arc<dyn RoomStore> + Send + Sync>,
    _home: TempDir,
}

/// All of them that this machine has.
pub fn backends() -> Vec<Backend> {
    let mut all = vec![file(), sqlite(false), sqlite(true)];
    all.extend(cluster::shared().map(postgres));
    all
}

pub fn file() -> Backend {
    file_of(TENANT)
}

/// A room file of this tenant.
pub fn file_of(tenant: &str) -> Backend {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("launchroom.toml");
    std::fs::write(&path, ROOM.replace(TENANT, tenant)).unwrap();
    let data = home.path().join("data");
    edit(&FileStore::open(&path, &data, false).unwrap(), "Somebody", &owner("executive-sponsor", "Ingrid Aasen")).unwrap();
    let again = move || Arc::new(FileStore::open(&path, &data, false).unwrap()) as Arc<dyn RoomStore>;
    Backend { name: "file", store: again(), again: Box::new(again), _home: home }
}

pub fn sqlite(in_folder: bool) -> Backend {
    let home = tempfile::tempdir().unwrap();
    let folder = in_folder.then(|| Folder::open(&home.path().join("blobs")).unwrap());
    let shelf = shelf(Box::new(Sqlite::open(&home.path().join("rooms.db"), true).unwrap()), folder, &home);
    let name = if in_folder { "sqlite, bytes in a folder" } else { "sqlite" };
    // One server has the file. One that knows nothing yet reads what is on disk.
    let second = Arc::clone(&shelf);
    hosted(name, &shelf, move || Arc::clone(&second), home)
}

pub fn postgres(cluster: &'static cluster::Cluster) -> Backend {
    let home = tempfile::tempdir().unwrap();
    let (address, uploads) = (cluster.database(), tempfile::tempdir().unwrap());
    let first = shelf(Box::new(Postgres::open(&address).unwrap()), None, &home);
    hosted("postgres", &first, move || shelf(Box::new(Postgres::open(&address).unwrap()), None, &uploads), home)
}

fn shelf(db: Box<dyn Db>, folder: Option<Folder>, home: &TempDir) -> Arc<dyn Shelf> {
    Arc::new(SqlShelf::new(db, folder, home.path().join("uploads")))
}

/// A server's room, and how the next server opens it.
fn hosted(
    name: &'static str,
    first: &Arc<dyn Shelf>,
    second: impl Fn() -> Arc<dyn Shelf> + Send + Sync + 'static,
    home: TempDir,
) -> Backend {
    bring_in(&**first);
    let open = |shelf| {
        let house = Arc::new(House::new(shelf, Arc::new(Now)));
        Arc::new(Hosted { house, tenant: TENANT.to_owned() }) as Arc<dyn RoomStore>
    };
    Backend { name, store: open(Arc::clone(first)), again: Box::new(move || open(second())), _home: home }
}

/// Brings the small room in.
pub fn bring_in(shelf: &dyn Shelf) {
    let local = file();
    look_over(shelf, &*local.store, &Now, None).unwrap().take_in(shelf).unwrap();
}

/// Makes a change and says how the room is then.
pub fn edit(store: &dyn RoomStore, by: &str, change: &Change) -> Result<Snapshot, Error> {
    store.change(by, Timestamp::now(), change)
}

pub fn owner(role: &str, name: &str) -> Change {
    Change::SetOwner { role: role.into(), name: Some(name.into()), contact: None, basis: None }
}

/// A change that is always another one.
pub fn asks(what: &str) -> Change {
    Change::Ask(Ask { about: vec![what.to_owned()], role: None, to: "Mara".into() })
}
