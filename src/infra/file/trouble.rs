//! What the disk said, as the error of a use case.

use crate::app::error::{Error, Kind};
use std::{io, path::Path};

/// The disk did not do it.
pub fn storage(what: &str, path: &Path, error: &io::Error) -> Error {
    let failed = Error::new(Kind::Storage, format!("{what} {}", path.display()), reason(error));
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => failed.hint("make room on the disk, then try again"),
        io::ErrorKind::PermissionDenied => failed.hint("check who owns it and its permissions"),
        _ => failed,
    }
}

/// In words where there are some, without the number that only a programmer wants.
#[must_use]
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}
