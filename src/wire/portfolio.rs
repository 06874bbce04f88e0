//! The portfolio, wired: rooms of a folder, opened only to look at them, and the rooms of a server, as it says they stand.

use super::remote::{self, Target};
use crate::app::error::{Error, Kind};
use crate::app::portfolio::{self, Portfolio, json};
use crate::app::ports::RoomStore;
use crate::app::settings::Settings;
use crate::cli::Process;
use crate::infra::file::{self, FileStore};
use crate::infra::http::Trouble;
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;

/// The rooms beneath a folder.
pub fn of_folder(data: &Path, folder: &Path, now: Timestamp) -> Result<Portfolio, Error> {
    let found = file::find(folder)?;
    let name = |path: &Path| path.strip_prefix(".").unwrap_or(path).display().to_string();
    let places: Vec<String> = found.rooms.iter().map(|path| name(path)).collect();
    // Read-only: a hand edit that nobody recorded yet is not recorded by somebody who only looks.
    let open = |place: &str| FileStore::open(Path::new(place), data, true).map(|store| Arc::new(store) as Arc<dyn RoomStore>);
    Ok(Portfolio { place: folder.display().to_string(), rows: portfolio::look(&places, &open, now), cut: found.cut })
}

/// The rooms of a server that this machine's token may see.
pub fn of_server(process: &Process, settings: &Settings, named: &str) -> Result<Portfolio, Error> {
    let target = Target::of(named)?;
    let api = remote::api(process, settings, &target)?;
    let value = api.rooms().map_err(|trouble| match &trouble {
        Trouble::Forbidden(_) => trouble
            .error(&api.client)
            .hint(format!("the list of a server's rooms is for operators; your own room: launchroom open {}", target.base)),
        _ => trouble.error(&api.client),
    })?;
    let place = |id: &str| format!("{}?tenant={id}", target.base);
    let rows = json::rows(&value, &place).map_err(|why| {
        Error::new(Kind::Network, format!("{} does not list its rooms", target.base), format!("its answer {why}"))
    })?;
    Ok(Portfolio { place: target.base.clone(), rows, cut: None })
}
