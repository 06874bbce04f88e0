//! The start screen: no room yet, and four calm ways to one.

/// The start screen's own state.
#[derive(Default)]
pub struct Start {
    pub selected: usize,
}

/// A way to a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// A lifelike pilot to look around in; nothing of it is anybody's.
    Demo,
    /// A new room at this path, for this tenant.
    New { path: String, tenant: String },
    /// A room file.
    Open(String),
    /// A server's room, by address.
    Connect(String),
}

/// Key letter, title and what it means, in the order shown.
pub const WAYS: [(&str, &str); 4] = [
    ("Look around in a demo", "a pilot in week 2 with everything in it; a private copy, nothing to set up"),
    ("Start a new room", "writes a launchroom.toml that you can fill in here or by hand"),
    ("Open a room file", "a launchroom.toml somewhere else on this machine"),
    ("Connect to a server", "a room that a launchroom server keeps"),
];
