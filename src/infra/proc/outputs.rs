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

/// Why a declared file was not taken in.
#[derive(Debug)]
pub enum Untaken {
    /// The command did not write it.
    Absent(String),
    /// Something is there that nobody can rely on.
    Refused(String),
}

impl From<String> for Untaken {
    fn from(why: String) -> Self {
        Self::Refused(why)
    }
}

impl From<&str> for Untaken {
    fn from(why: &str) -> Self {
        Self::Refused(why.to_owned())
    }
}

/// Reads and redacts a declared file, or says why not.
pub fn take(path: &Path, started: SystemTime, redactor: &mut Redactor) -> Result<Vec<u8>, Untaken> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags, Mode::empty()).map_err(io::Error::from);
    let file = File::from(opened.map_err(|error| match error.raw_os_error() {
        Some(libc::ELOOP) => Untaken::from("it is a link"),
        _ if error.kind() == io::ErrorKind::NotFound => Untaken::Absent("the command did not write it".into()),
        _ => error.to_string().into(),
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
    let before = started.saturating_sub(GRAIN_MS) as i128;
    if content.min(status) < before {
        let why = "it is older than this run".to_owned();
        // Something did touch it meanwhile: then it is not merely left over.
        return Err(if status < before { Untaken::Absent(why) } else { Untaken::Refused(why) });
    }
    if found.len() > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20).into());
    }
    let mut raw = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut raw).map_err(|error| error.to_string())?;
    if raw.len() as u64 > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20).into());
    }
    Ok(redactor.once(&raw))
}
