//! Files that a command says it writes. Their names are predictable and lie in shared folders, so nothing about them is
//! believed: opened without following links, looked at on that descriptor, read once.

use crate::domain::redact::Redactor;
use rustix::fs::{Mode, OFlags};
use std::{
    fs::File,
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::Path,
    time::SystemTime,
};

/// A report is small; what is larger is not taken.
const LARGEST: u64 = 16 * 1024 * 1024;
/// File systems keep time in steps of a few milliseconds, and round down.
const GRAIN_MS: u128 = 20;

/// Reads and redacts a declared file, or says why not.
pub fn take(path: &Path, started: SystemTime, redactor: &mut Redactor) -> Result<Vec<u8>, String> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags, Mode::empty()).map_err(io::Error::from);
    let file = File::from(opened.map_err(|error| match error.raw_os_error() {
        Some(libc::ELOOP) => "it is a link".to_owned(),
        _ if error.kind() == io::ErrorKind::NotFound => "the command did not write it".to_owned(),
        _ => error.to_string(),
    })?);
    let found = file.metadata().map_err(|error| error.to_string())?;
    if !found.is_file() {
        return Err("it is not a regular file".into());
    }
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err("it belongs to somebody else".into());
    }
    if found.nlink() != 1 {
        return Err("it has other names too".into());
    }
    // Anybody can set the one to any day; the other is the system's, and moves with whatever is done to the file.
    let content = i128::from(found.mtime()) * 1000 + i128::from(found.mtime_nsec()) / 1_000_000;
    let status = i128::from(found.ctime()) * 1000 + i128::from(found.ctime_nsec()) / 1_000_000;
    let started = started.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis());
    if content.min(status) < started.saturating_sub(GRAIN_MS) as i128 {
        return Err("it is older than this run".into());
    }
    if found.len() > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20));
    }
    let mut raw = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut raw).map_err(|error| error.to_string())?;
    if raw.len() as u64 > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20));
    }
    Ok(redactor.once(&raw))
}
