//! What the disk said, as the error of a use case.

use crate::app::error::{Error, Kind};
use std::{io, path::Path};

/// The disk did not do it.
pub fn storage(what: &str, path: &Path, error: &io::Error) -> Error {
    let failed = Error::new(Kind::Storage, format!("{what} {}", path.display()), reason(error));
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk, then try again",
        io::ErrorKind::FileTooLarge => "raise the limit on the size of files (ulimit -f), then try again",
        io::ErrorKind::PermissionDenied => "check who owns it and its permissions",
        io::ErrorKind::ReadOnlyFilesystem => "the disk can only be read: have it mounted for writing, then try again",
        // Whoever knows more of what was wanted says what to do about it.
        io::ErrorKind::NotFound | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => return failed,
        _ => "check the disk, then try again",
    };
    failed.hint(hint)
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
