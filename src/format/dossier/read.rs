//! Takes a dossier apart that somebody handed over: nothing in it is believed, and nothing of it is written anywhere.

use super::File;
use std::fmt;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// Files and folders at most.
pub const FILES: usize = 20_000;
/// Unpacked, all of it together.
pub const TOTAL: u64 = 256 << 20;
/// The signature of a zip's end, and where in that record the number of its files stands.
const END: &[u8; 4] = b"PK\x05\x06";
const COUNT_AT: usize = 10;
/// A member that is a link, in the mode that Unix zips keep.
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;

/// Why something is no dossier. Quotes no text of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

fn no(why: impl Into<String>) -> Unreadable {
    Unreadable(why.into())
}

/// Whether a file of this name has its place in a dossier.
#[must_use]
pub fn has_place(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let inner = name.strip_prefix("evidence/").unwrap_or(name);
    !inner.is_empty() && inner.len() <= 128 && !inner.starts_with('.') && inner.chars().all(plain)
}

/// The files of a zip, each once, unpacked in memory.
///
/// # Errors
/// For what is no zip, is cut off, is too large unpacked, or names a file that has no place in a dossier.
pub fn unzip(bytes: &[u8]) -> Result<Vec<File>, Unreadable> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| no("it is no zip, or a zip that is cut off or damaged"))?;
    if zip.len() > FILES {
        return Err(no(format!("it has more than {FILES} files")));
    }
    // The reader keeps one of several files of a name: the count that the zip states tells.
    let end = memchr::memmem::rfind(bytes, END).and_then(|at| bytes.get(at + COUNT_AT..at + COUNT_AT + 2));
    let stated = end.map_or(0, |count| usize::from(u16::from_le_bytes([count[0], count[1]])));
    if stated != zip.len() {
        return Err(no("two files in it have the same name, or its list of files is not what it says"));
    }
    let (mut out, mut total) = (Vec::new(), 0_u64);
    for n in 0..zip.len() {
        let member = zip.by_index(n).map_err(|_| no(format!("file {} of it cannot be read", n + 1)))?;
        let name = member.name().to_owned();
        if member.is_dir() && name == "evidence/" {
            continue;
        }
        if !has_place(&name) {
            return Err(no(format!("file {} of it has a name that has no place in a dossier", n + 1)));
        }
        if member.unix_mode().is_some_and(|mode| mode & KIND != 0 && mode & KIND != REGULAR) {
            return Err(no(format!("{name} in it is a link or a device, not a file")));
        }
        let mut bytes = Vec::new();
        let read = member.take(TOTAL - total + 1).read_to_end(&mut bytes);
        read.map_err(|_| no(format!("{name} in it is cut off or damaged")))?;
        total += bytes.len() as u64;
        if total > TOTAL {
            return Err(no(format!("it is larger than {} MiB unpacked", TOTAL >> 20)));
        }
        out.push(File { name, bytes });
    }
    Ok(out)
}
