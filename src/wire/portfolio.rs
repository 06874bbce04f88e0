//! The portfolio, wired: rooms of a folder, opened only to look at them.

use crate::app::error::Error;
use crate::app::portfolio::{self, Portfolio};
use crate::app::ports::RoomStore;
use crate::infra::file::{self, FileStore};
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
