//! Finds the room: named, else the nearest one upward from here, else the configured one.

use super::error::{Error, Kind};
use std::fmt;
use std::path::{Path, PathBuf};

/// What a room file is called when nobody calls it otherwise.
pub const ROOM_FILE: &str = "launchroom.toml";

/// Where to look.
pub struct Search<'a> {
    /// From the flag, an argument or the environment.
    pub named: Option<&'a str>,
    pub here: &'a Path,
    /// From the settings.
    pub default: Option<&'a str>,
}

/// Where a room is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    File(PathBuf),
    /// By its address.
    Server(String),
}

impl Where {
    /// What somebody named: an address has a scheme, everything else is a file.
    #[must_use]
    pub fn of(named: &str) -> Self {
        if named.contains("://") { Self::Server(named.to_owned()) } else { Self::File(named.into()) }
    }

    /// The file, of a room that is one.
    ///
    /// # Errors
    /// `Usage` for a room of a server.
    pub fn file(self) -> Result<PathBuf, Error> {
        match self {
            Self::File(path) => Ok(path),
            Self::Server(address) => {
                let why = "this works on a room file of this machine";
                Err(Error::new(Kind::Usage, format!("{address} is a room of a server"), why)
                    .hint("take it out first: launchroom pull"))
            }
        }
    }
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Server(address) => f.write_str(address),
        }
    }
}

/// The room to open. Whether it can be read is for the store to say; `is_there` only answers for the search upward,
/// and for everything of that name: a link that leads nowhere is a room that is broken, not a reason to open another.
///
/// # Errors
/// `Usage` when nothing names a room, with how to begin.
pub fn discover(search: &Search<'_>, is_there: &dyn Fn(&Path) -> bool) -> Result<Where, Error> {
    if let Some(named) = search.named {
        return named_so(named);
    }
    let nearest = search.here.ancestors().map(|folder| folder.join(ROOM_FILE)).find(|path| is_there(path));
    match (nearest, search.default) {
        (Some(path), _) => Ok(Where::File(path)),
        (None, Some(default)) => named_so(default),
        (None, None) => Err(none_here()),
    }
}

/// As it was named: that is how messages show it.
fn named_so(named: &str) -> Result<Where, Error> {
    if named.is_empty() {
        return Err(Error::new(Kind::Usage, "the name of the room is empty", "").hint("name a room: --room PATH or --room URL"));
    }
    Ok(Where::of(named))
}

fn none_here() -> Error {
    let why = format!("no {ROOM_FILE} in this folder or above it, and no room is configured");
    let hint = "make one: launchroom init --tenant NAME; look around first: launchroom demo; or name one: --room PATH";
    Error::new(Kind::Usage, "there is no room here", why).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search<'a>(named: Option<&'a str>, default: Option<&'a str>) -> Search<'a> {
        Search { named, here: Path::new("/home/ada/pilots/northwind/notes"), default }
    }

    #[test]
    fn the_nearest_room_upward_is_found() {
        let there = |path: &Path| {
            path == Path::new("/home/ada/pilots/northwind/launchroom.toml") || path == Path::new("/home/ada/launchroom.toml")
        };
        let found = discover(&search(None, Some("/elsewhere.toml")), &there).unwrap();
        assert_eq!(found, Where::of("/home/ada/pilots/northwind/launchroom.toml"));
    }

    #[test]
    fn a_named_room_comes_before_one_that_is_near() {
        let found = discover(&search(Some("other.toml"), None), &|_| true).unwrap();
        assert_eq!(found, Where::File("other.toml".into()));
    }

    #[test]
    fn the_configured_room_is_the_last_resort() {
        let found = discover(&search(None, Some("/rooms/main.toml")), &|_| false).unwrap();
        assert_eq!(found, Where::File("/rooms/main.toml".into()));
        let found = discover(&search(None, Some("https://rooms.example.test")), &|_| false).unwrap();
        assert_eq!(found, Where::Server("https://rooms.example.test".into()));
    }

    #[test]
    fn without_any_room_the_error_says_how_to_begin() {
        let error = discover(&search(None, None), &|_| false).unwrap_err();
        assert_eq!(error.kind, Kind::Usage);
        assert!(error.hint.is_some_and(|hint| hint.contains("launchroom init")));
    }
}
