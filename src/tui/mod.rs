//! The cockpit: one loop, one model, one table of actions.
//!
//! `update(&mut Model, Msg) → Vec<Effect>` decides in values; `effects` acts and answers with a `Msg`; `view` only
//! reads. A frame is drawn when something happened, and never otherwise.
//!
//! To add a screen: a variant of [`model::Screen`] and a file in `view/`. To add a key: one row in `action/table.rs`.

pub mod action;
mod clipboard;
mod effect;
mod effects;
mod model;
mod msg;
mod runtime;
mod terminal;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_deciding;
#[cfg(test)]
mod tests_of_dossiers;
#[cfg(test)]
mod tests_of_hostile_text;
#[cfg(test)]
mod tests_of_links;
#[cfg(test)]
mod tests_of_presenting;
#[cfg(test)]
mod tests_of_rooms;
#[cfg(test)]
mod tests_of_runs;
#[cfg(test)]
mod tests_of_since;
mod theme;
mod update;
mod view;
mod widget;

pub use model::start::Way;

use crate::app::error::Error;
use crate::app::open::Opened;
use crate::app::portfolio::Portfolio;
use crate::app::ports::{Clock, RoomStore, Runner, TrustStore};
use crate::app::sync::Synced;
use crate::present::audience::Audience;
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Tells `changed` whenever the room may have changed. What it returns keeps it going; dropping that ends it.
pub type Watch = Box<dyn FnOnce(Box<dyn Fn() + Send + Sync>) -> Result<Box<dyn Send>, Error> + Send + Sync>;

/// Lists the rooms that a person could go to from here.
pub type ListRooms = Arc<dyn Fn() -> Result<Portfolio, Error> + Send + Sync>;

/// Remembers that the room was left at this moment.
pub type Remember = Arc<dyn Fn(Timestamp) + Send + Sync>;

/// Reads a regular file of at most so many bytes.
pub type ReadFile = Arc<dyn Fn(&Path, u64) -> Result<Vec<u8>, Error> + Send + Sync>;

/// Writes a new file, never over one that is there, and says where it is in full.
pub type CreateFile = Arc<dyn Fn(&Path, &[u8]) -> Result<PathBuf, Error> + Send + Sync>;

/// Everything the cockpit needs from outside; the composition root fills it in.
pub struct Cockpit {
    /// The room to show. `None`: the start screen.
    pub store: Option<Arc<dyn RoomStore>>,
    /// How the room stands to its server, when it has one.
    pub synced: Option<Arc<dyn Synced>>,
    pub clock: Arc<dyn Clock>,
    pub runner: Arc<dyn Runner>,
    pub trust: Arc<dyn TrustStore>,
    /// Who is said to have made a change.
    pub by: String,
    pub env: BTreeMap<String, String>,
    pub look: LookSettings,
    /// Roles and functions that are the person's own, by id; `m` shows what these owe.
    pub mine: Vec<String>,
    /// Reads a file that a person names, of at most so many bytes.
    pub read: ReadFile,
    /// Writes a file that a person names.
    pub create: CreateFile,
    /// A command that gets what is copied on its stdin, besides the terminal's own way.
    pub copy_command: Option<String>,
    /// How long a proof may print nothing before that is said.
    pub quiet_after: SignedDuration,
    /// How many proofs run at the same time; the others wait.
    pub proofs_at_once: usize,
    /// Chords by action id, instead of the table's own.
    pub keys: BTreeMap<String, Vec<String>>,
    pub watch: Option<Watch>,
    pub rooms: ListRooms,
    /// Who watches from the first frame on.
    pub present: Option<Audience>,
    /// When this room was last left on this machine.
    pub looked: Option<Timestamp>,
    /// Remembers when it was left.
    pub remember: Option<Remember>,
    /// What to tell first, e.g. why another room could not be opened.
    pub greeting: Option<String>,
    /// The room as it was read already, so that the first frame needs no store.
    pub prepared: Option<Prepared>,
}

/// A room that is shown while its store still comes about.
pub struct Prepared {
    pub opened: Opened,
    /// Waits until the store holds what is shown. Called after the first frame and before anything is acted on.
    pub settle: Box<dyn FnOnce() -> Result<(), Error> + Send + Sync>,
}

/// What a person may want to look different.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookSettings {
    /// `Some(true)`: the ASCII symbols whatever the locale says.
    pub ascii: Option<bool>,
    /// `Some(false)`: no colours, whatever the terminal can do.
    pub color: Option<bool>,
    /// `false`: the mouse stays with the terminal, for selecting text.
    pub mouse: bool,
}

/// Why the cockpit was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExitReason {
    Quit,
    /// Ended by this signal.
    Signal(i32),
    /// The terminal went away.
    TerminalGone,
    /// Open this instead.
    To(Way),
}

/// Runs the cockpit until somebody leaves it.
///
/// # Errors
/// When the room cannot be read at all, or there is no terminal to draw on.
pub fn run(cockpit: Cockpit) -> Result<ExitReason, Error> {
    runtime::run(cockpit)
}
