//! Finds the room files beneath a folder: bounded in depth and number, never through a linked folder, never into what is
//! kept beside rooms.
//!
//! A file that cannot be read as TOML may well be a room that somebody broke, so it is found; one that can, and names no
//! tenant, is something else.

use super::trouble;
use crate::app::discover::ROOM_FILE;
use crate::app::error::{Error, Kind};
use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::{fs, io};

const DEPTH: usize = 6;
const ENTRIES: usize = 20_000;
const ROOMS: usize = 1_000;
/// No room file is larger.
const LARGEST: u64 = 4 << 20;
/// Full of files, and none of them a room.
const ELSEWHERE: [&str; 3] = ["node_modules", "target", "__pycache__"];

/// The room files that were found, nearest first and by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub rooms: Vec<PathBuf>,
    /// Why there may be more.
    pub cut: Option<String>,
}

/// Looks beneath `folder`.
///
/// # Errors
/// `Input` when it is no folder, `Storage` when it cannot be read. A folder further down that cannot be read is passed by.
pub fn find(folder: &Path) -> Result<Found, Error> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Error::new(Kind::Input, format!("there is no folder {}", folder.display()), "no such name"),
        io::ErrorKind::NotADirectory => {
            Error::new(Kind::Input, format!("{} is no folder", folder.display()), "name a folder of rooms")
        }
        _ => trouble::storage("cannot look for rooms in", folder, &error),
    };
    let mut found = Found::default();
    let mut seen = BTreeSet::new();
    let mut looked = 0;
    let mut waiting = VecDeque::from([(folder.to_owned(), 0)]);
    while let Some((here, depth)) = waiting.pop_front() {
        let listed = match fs::read_dir(&here) {
            Ok(listed) => listed,
            Err(error) if depth == 0 => return Err(failed(error)),
            Err(_) => continue,
        };
        let mut entries: Vec<PathBuf> = listed.flatten().take(ENTRIES).map(|entry| entry.path()).collect();
        entries.sort();
        for path in entries {
            looked += 1;
            if looked > ENTRIES || found.rooms.len() >= ROOMS {
                let most = if looked > ENTRIES { format!("{ENTRIES} files") } else { format!("{ROOMS} rooms") };
                found.cut = Some(format!("the search ended after {most}; name a folder further down"));
                return Ok(found);
            }
            let Ok(kind) = path.symlink_metadata() else { continue };
            if kind.is_dir() {
                if depth < DEPTH && !is_elsewhere(&path) {
                    waiting.push_back((path, depth + 1));
                }
            } else if is_room(&path) && seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
                found.rooms.push(path);
            }
        }
    }
    Ok(found)
}

fn is_elsewhere(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || name.ends_with(".evidence") || ELSEWHERE.contains(&&*name)
}

fn is_room(path: &Path) -> bool {
    if path.file_name().is_some_and(|name| name == ROOM_FILE) {
        return true;
    }
    if path.extension().is_none_or(|extension| extension != "toml") {
        return false;
    }
    if path.with_extension("evidence").is_dir() {
        return true;
    }
    // Whatever else it is, reading it must not wait or fill the memory.
    let Ok(meta) = path.metadata() else { return false };
    if !meta.is_file() || meta.len() > LARGEST {
        return false;
    }
    let Ok(bytes) = fs::read(path) else { return true };
    let Ok(text) = String::from_utf8(bytes) else { return true };
    match toml::de::DeTable::parse(&text) {
        Ok(table) => table.get_ref().contains_key("tenant"),
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lay(folder: &Path, files: &[(&str, &str)]) {
        for (name, text) in files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    #[test]
    fn rooms_are_found_by_name_by_what_is_in_them_and_when_they_are_broken() {
        let home = tempfile::tempdir().unwrap();
        lay(
            home.path(),
            &[
                ("a/launchroom.toml", ""),
                ("north.toml", "[tenant]\nid = \"x\"\n"),
                ("broken.toml", "[[[ no"),
                ("Cargo.toml", "[package]\nname = \"x\"\n"),
                ("notes.txt", "[tenant]"),
                (".git/launchroom.toml", ""),
                ("node_modules/launchroom.toml", ""),
                ("a/launchroom.evidence/launchroom.toml", ""),
            ],
        );
        let found = find(home.path()).unwrap();
        let names: Vec<_> = found.rooms.iter().map(|path| path.strip_prefix(home.path()).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["broken.toml", "north.toml", "a/launchroom.toml"]);
        assert_eq!(found.cut, None);
    }

    #[test]
    fn a_linked_folder_is_not_gone_into_and_a_room_of_two_names_is_one() {
        let home = tempfile::tempdir().unwrap();
        lay(home.path(), &[("a/launchroom.toml", "")]);
        std::os::unix::fs::symlink(home.path(), home.path().join("a/round")).unwrap();
        std::os::unix::fs::symlink(home.path().join("a/launchroom.toml"), home.path().join("a/launchroom2.toml")).unwrap();
        assert_eq!(find(home.path()).unwrap().rooms.len(), 1);
    }

    #[test]
    fn a_search_without_an_end_ends() {
        let home = tempfile::tempdir().unwrap();
        let deep = (0..20).fold(home.path().to_owned(), |path, n| path.join(n.to_string()));
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join(ROOM_FILE), "").unwrap();
        assert!(find(home.path()).unwrap().rooms.is_empty());
        for n in 0..=ROOMS {
            fs::write(home.path().join(format!("r{n}.toml")), "[tenant]").unwrap();
        }
        let found = find(home.path()).unwrap();
        assert!(found.rooms.len() == ROOMS && found.cut.is_some());
    }

    #[test]
    fn what_is_no_folder_is_told() {
        assert_eq!(find(Path::new("/no/such/folder")).unwrap_err().kind, Kind::Input);
        assert_eq!(find(Path::new("/dev/null")).unwrap_err().kind, Kind::Input);
    }
}
