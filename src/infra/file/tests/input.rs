//! Files that are no room, on a real disk.

use super::*;
use crate::app::error::Kind;
use std::{fs, path::PathBuf};

/// A folder, and what it takes to try a room in it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("plans")).unwrap();
        fs::write(folder.path().join("plans/small.toml"), PLAN).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Opens and loads; what it took exception to.
    fn trouble(&self, name: &str) -> (Kind, String) {
        let data = self.path("data");
        let tried = FileStore::open(&self.path(name), &data, false).and_then(|store| store.load());
        let error = tried.map(drop).unwrap_err();
        (error.kind, error.to_string())
    }

    fn trouble_with(&self, bytes: impl AsRef<[u8]>) -> (Kind, String) {
        fs::write(self.path("x.toml"), bytes).unwrap();
        self.trouble("x.toml")
    }
}

#[test]
fn what_cannot_be_a_room_is_refused_before_it_is_read() {
    let folder = Folder::new();
    assert_eq!(folder.trouble("absent.toml").0, Kind::Storage);
    let (kind, why) = folder.trouble(".");
    assert_eq!(kind, Kind::Input);
    assert!(why.ends_with("it is a folder"), "{why}");
    let fifo = folder.path("fifo.toml");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, rustix::fs::Mode::from_raw_mode(0o644), 0).unwrap();
    assert_eq!(folder.trouble("fifo.toml").0, Kind::Input);
    std::os::unix::fs::symlink("/dev/null", folder.path("null.toml")).unwrap();
    assert_eq!(folder.trouble("null.toml").0, Kind::Input);
    std::os::unix::fs::symlink("loop.toml", folder.path("loop.toml")).unwrap();
    assert_eq!(folder.trouble("loop.toml").0, Kind::Input);
    let large = fs::File::create(folder.path("large.toml")).unwrap();
    large.set_len(100 << 20).unwrap();
    let (kind, why) = folder.trouble("large.toml");
    assert_eq!(kind, Kind::Input);
    assert!(why.ends_with("it is larger than 4 MiB"), "{why}");
}

#[test]
fn a_text_that_is_no_room_is_told_with_its_place_and_touches_nothing() {
    let folder = Folder::new();
    let (kind, why) = folder.trouble_with(b"schema = 1\nplan = \"\xff\"\n");
    assert_eq!(kind, Kind::Input);
    assert!(why.contains("x.toml:2:9: "), "{why}");
    for text in ["not toml at all", "", "plan = 3", "schema = 1\nplan = \"first-customer\"\n", "\0", "[[[[["] {
        assert_eq!(folder.trouble_with(text).0, Kind::Input, "{text:?}");
    }
    assert_eq!(fs::read_dir(folder.path(".")).unwrap().count(), 2);
}

#[test]
fn a_plan_lies_beneath_the_rooms_folder_or_is_one_of_ours() {
    let folder = Folder::new();
    let outside = tempfile::NamedTempFile::new().unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path("link.toml")).unwrap();
    let outside = outside.path().display().to_string();
    for name in ["nobody-knows", "../plan.toml", &outside, "a/../../plan.toml", "link.toml", ".", "", "x\\u0000y"] {
        let text = TEXT.replace("plans/small.toml", name);
        let (kind, why) = folder.trouble_with(text);
        assert_eq!(kind, Kind::Input, "{name}: {why}");
    }
}

#[test]
fn a_room_reached_by_a_link_has_its_evidence_beside_the_file_and_the_link_stays() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    fs::create_dir_all(folder.path("real/plans")).unwrap();
    fs::write(folder.path("real/plans/small.toml"), PLAN).unwrap();
    fs::write(folder.path("real/x.toml"), TEXT).unwrap();
    fs::set_permissions(folder.path("real/x.toml"), fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real/x.toml", folder.path("x.toml")).unwrap();
    let store = FileStore::open(&folder.path("x.toml"), &folder.path("data"), false).unwrap();
    update(&store, tick()).unwrap();
    assert!(fs::symlink_metadata(folder.path("x.toml")).unwrap().is_symlink());
    assert_eq!(fs::metadata(folder.path("real/x.toml")).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(folder.path("real/x.evidence/ledger.jsonl").is_file());
    assert!(!folder.path("x.evidence").exists());
    assert_eq!(fs::metadata(folder.path("real/x.evidence/locked")).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(fs::read_to_string(folder.path("real/x.toml")).unwrap().replace(", \"billing\"", "") == TEXT);
}
