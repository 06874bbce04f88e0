//! A room that a server keeps, as seen from here: whether it is live, what waits to be sent, what was overtaken, who else
//! looks at it.

use super::error::Error;
use super::host::Role;
use jiff::Timestamp;

/// How this machine stands to the server of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub state: State,
    /// When what is shown was last known to be what the server has.
    pub as_of: Option<Timestamp>,
    /// Changes on this machine's disk that the server does not have yet.
    pub queued: usize,
    pub conflicts: Vec<Conflict>,
    /// Others who have this room open, by name.
    pub here: Vec<String>,
    /// Why it is not live, in a sentence.
    pub why: Option<String>,
    /// What to do about that.
    pub hint: Option<String>,
    /// What this machine's token may do there, when the server said so.
    pub role: Option<Role>,
}

/// Whether the server is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// What is shown is what the server has; changes come by themselves.
    Live,
    /// Asking.
    Syncing,
    /// It does not answer; what is shown is from before.
    Offline,
    /// It answers, and does not give us this room.
    Refused,
    /// What it says is not believed, or could not be kept here.
    Doubted,
}

/// A change that waits for a person: somebody else was first, or the server's rules refuse it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Its place in the queue.
    pub number: u64,
    /// When it was made here.
    pub at: Timestamp,
    /// What it was to do, in a sentence.
    pub what: String,
    pub values: Vec<Clash>,
    /// Why the server does not take it, when no value clashes.
    pub refused: Option<String>,
}

/// One value that two people changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    pub path: String,
    pub mine: String,
    pub theirs: String,
}

/// Which of two values stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// The change is made after all, over what is there now.
    Mine,
    /// The change is dropped.
    Theirs,
}

/// A store whose room a server keeps. Only [`Synced::exchange`] waits for the network.
pub trait Synced: Send + Sync {
    /// How it stands now.
    fn link(&self) -> Link;

    /// Asks again now, whatever the pause.
    fn wake(&self);

    /// Asks now and waits for the answer: takes in what is new, sends what waits. Whether anything changed.
    ///
    /// # Errors
    /// Why not; what is here stays.
    fn exchange(&self) -> Result<bool, Error>;

    /// Settles a conflict.
    ///
    /// # Errors
    /// `Usage` for one that is settled already, `Storage` when the disk fails.
    fn resolve(&self, number: u64, take: Take) -> Result<(), Error>;
}
