//! Finds the room: named, else the nearest one upward from here, else the configured one.

use super::error::{Error, Kind};
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

/// The room file to open. Whether it can be read is for the store to say; `is_there` only answers for the search upward,
/// and for everything of that name: a link that leads nowhere is a room that is broken, not a reason to open another.
///
/// # Errors
/// `Usage` when nothing names a room, with how to begin; also for an address, which this version cannot open.
pub fn discover(search: &Search<'_>, is_there: &dyn Fn(&Path) -> bool) -> Result<PathBuf, Error> {
    if let Some(named) = search.named {
        return local(named);
    }
    let nearest = search.here.ancestors().map(|folder| folder.join(ROOM_FILE)).find(|path| is_there(path));
    match (nearest, search.default) {
        (Some(path), _) => Ok(path),
        (None, Some(default)) => local(default),
        (None, None) => Err(none_here()),
    }
}

/// As it was named: that is how messages show it.
fn local(named: &str) -> Result<PathBuf, Error> {
    if named.contains("://") {
        let why = "this version opens rooms kept in files";
        return Err(Error::new(Kind::Usage, "a room on a server cannot be opened", why).hint("name a room file: --room PATH"));
    }
    if named.is_empty() {
        return Err(Error::new(Kind::Usage, "the name of the room is empty", "").hint("name a room file: --room PATH"));
    }
    Ok(named.into())
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
        assert_eq!(found, Path::new("/home/ada/pilots/northwind/launchroom.toml"));
    }

    #[test]
    fn a_named_room_comes_before_one_that_is_near() {
        let found = discover(&search(Some("other.toml"), None), &|_| true).unwrap();
        assert_eq!(found, Path::new("other.toml"));
    }

    #[test]
    fn the_configured_room_is_the_last_resort() {
        let found = discover(&search(None, Some("/rooms/main.toml")), &|_| false).unwrap();
        assert_eq!(found, Path::new("/rooms/main.toml"));
    }

    #[test]
    fn without_any_room_the_error_says_how_to_begin() {
        let error = discover(&search(None, None), &|_| false).unwrap_err();
        assert_eq!(error.kind, Kind::Usage);
        assert!(error.hint.is_some_and(|hint| hint.contains("launchroom init")));
    }
}
