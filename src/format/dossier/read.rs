//! Takes a dossier apart that somebody handed over: nothing in it is believed, and nothing of it is written anywhere.

use super::File;
use std::fmt;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// Files and folders at most.
pub const FILES: usize = 20_000;
/// Unpacked, all of it together.
pub const TOTAL: u64 = 256 << 20;
/// A zip's last record, by its length and signature, and the same of each file in the list before it.
const END: (usize, &[u8]) = (22, b"PK\x05\x06");
const LISTED: (usize, &[u8]) = (46, b"PK\x01\x02");
/// A member that is a link, in the mode that Unix zips keep.
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;

/// Why something cannot be checked. Quotes no text of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It never was a dossier, or is one of a newer version.
    Other(String),
    /// It was a dossier, and is not what was packed.
    Damaged(String),
}

impl Unreadable {
    /// The same about one of two.
    #[must_use]
    pub fn of(self, which: &str) -> Self {
        match self {
            Self::Other(why) => Self::Other(format!("{which}: {why}")),
            Self::Damaged(why) => Self::Damaged(format!("{which}: {why}")),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Other(why) | Self::Damaged(why)) = self;
        f.write_str(why)
    }
}

impl std::error::Error for Unreadable {}

/// What every dossier has, and hardly anything else.
const OWN: [&str; 3] = ["dossier.json", "ledger.jsonl", "SHA256SUMS"];
/// Where the name of a zip's first file stands; ours is always the same.
const FIRST: (usize, &[u8], &[u8]) = (30, b"PK\x03\x04", b"README");

/// Whether these names are those of a dossier, be one of them missing.
pub(super) fn are_own<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    names.filter(|name| OWN.contains(name)).count() + 1 >= OWN.len()
}

/// Whether this was packed as a dossier, however much of it is left.
fn was_one(bytes: &[u8]) -> bool {
    let begins = bytes.starts_with(FIRST.1) && bytes.get(FIRST.0..).is_some_and(|name| name.starts_with(FIRST.2));
    begins || are_own(OWN.into_iter().filter(|name| memchr::memmem::find(bytes, name.as_bytes()).is_some()))
}

/// Whether a file of this name has its place in a dossier.
#[must_use]
pub fn has_place(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let inner = name.strip_prefix("evidence/").unwrap_or(name);
    !inner.is_empty() && inner.len() <= 128 && !inner.starts_with('.') && inner.chars().all(plain)
}

/// How many files the zip lists, when its list is whole and nothing is hidden in or behind it: readers differ in what they
/// make of two ends, of a count that is not the list's, and of bytes between the two.
fn listed(bytes: &[u8]) -> Option<usize> {
    let end = bytes.len().checked_sub(END.0)?;
    let tail = bytes.get(end..)?.strip_prefix(END.1)?;
    let (count, size, comment) = (number(tail, 6, 2)?, number(tail, 8, 4)?, number(tail, 16, 2)?);
    let mut at = number(tail, 12, 4)?;
    if comment != 0 || at.checked_add(size)? != end {
        return None;
    }
    let mut files = 0;
    while at < end {
        let entry = bytes.get(at..end)?;
        let fields = entry.strip_prefix(LISTED.1)?;
        at += LISTED.0 + number(fields, 24, 2)? + number(fields, 26, 2)? + number(fields, 28, 2)?;
        files += 1;
    }
    (at == end && files == count).then_some(files)
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    Some(bytes.get(at..at + length)?.iter().rev().fold(0, |all, byte| all << 8 | usize::from(*byte)))
}

/// The files of a zip, each once, unpacked in memory.
///
/// # Errors
/// For what is no zip, is cut off, is too large unpacked, or names a file that has no place in a dossier.
pub fn unzip(bytes: &[u8]) -> Result<Vec<File>, Unreadable> {
    unpacked(bytes).map_err(|why| if was_one(bytes) { Unreadable::Damaged(why) } else { Unreadable::Other(why) })
}

fn unpacked(bytes: &[u8]) -> Result<Vec<File>, String> {
    let mut zip =
        ZipArchive::new(Cursor::new(bytes)).map_err(|_| "it is no zip, or a zip that is cut off or damaged".to_owned())?;
    if zip.len() > FILES {
        return Err(format!("it has more than {FILES} files"));
    }
    // The reader keeps one of several files of a name: the list tells how many there are.
    if listed(bytes) != Some(zip.len()) {
        return Err("two files in it have the same name, or its list of files is not what it says".into());
    }
    let (mut out, mut total) = (Vec::new(), 0_u64);
    for n in 0..zip.len() {
        let member = zip.by_index(n).map_err(|_| format!("file {} of it cannot be read", n + 1))?;
        let name = member.name().to_owned();
        if member.is_dir() && name == "evidence/" {
            continue;
        }
        if !has_place(&name) {
            return Err(format!("file {} of it has a name that has no place in a dossier", n + 1));
        }
        if member.unix_mode().is_some_and(|mode| mode & KIND != 0 && mode & KIND != REGULAR) {
            return Err(format!("{name} in it is a link or a device, not a file"));
        }
        let mut bytes = Vec::new();
        let read = member.take(TOTAL - total + 1).read_to_end(&mut bytes);
        read.map_err(|_| format!("{name} in it is cut off or damaged"))?;
        total += bytes.len() as u64;
        if total > TOTAL {
            return Err(format!("it is larger than {} MiB unpacked", TOTAL >> 20));
        }
        out.push(File { name, bytes });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    /// The same bytes with one name for another, as no writer would make them.
    fn renamed(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
        assert_eq!(from.len(), to.len());
        let mut out = bytes.to_vec();
        let places: Vec<usize> = memchr::memmem::find_iter(bytes, from).collect();
        assert_eq!(places.len(), 2, "in front of the file and in the list");
        for at in places {
            out[at..at + to.len()].copy_from_slice(to.as_bytes());
        }
        out
    }

    fn why(bytes: &[u8]) -> String {
        unzip(bytes).map(|files| files.into_iter().map(|file| file.name).collect::<Vec<_>>()).unwrap_err().to_string()
    }

    #[test]
    fn two_files_of_one_name_are_refused_whichever_would_be_read() {
        let two = packed(&[("index.html", b"seen"), ("indey.html", b"other")]);
        assert_eq!(unzip(&two).unwrap().len(), 2);
        let same = renamed(&two, "indey.html", "index.html");
        assert!(why(&same).contains("same name"), "{}", why(&same));
    }

    #[test]
    fn a_list_that_readers_would_read_in_two_ways_is_refused() {
        let two = packed(&[("index.html", b"seen"), ("indey.html", b"other")]);
        let same = renamed(&two, "indey.html", "index.html");
        let at = same.len() - END.0;
        let states_one = |end: &mut [u8]| (end[8], end[10]) = (1, 1);
        let mut fewer = same.clone();
        states_one(&mut fewer[at..]);
        assert!(unzip(&fewer).is_err(), "a count that is not the list's");
        let mut behind = same.clone();
        behind[at + 20] = 22;
        behind.extend_from_slice(&same[at..]);
        states_one(&mut behind[at + 22..]);
        assert!(unzip(&behind).is_err(), "a second end, in the comment of the first");
        for more in [&b"more"[..], &two[at..]] {
            let trailing = [&two, more].concat();
            assert!(unzip(&trailing).is_err(), "bytes that follow");
        }
        assert!(unzip(&[b"#!/bin/sh\n", two.as_slice()].concat()).is_err(), "bytes in front");
    }

    #[test]
    fn no_name_leads_out_of_the_dossier() {
        let long = format!("evidence/{}", "a".repeat(200));
        for name in [
            "../evil",
            "/etc/passwd",
            "evidence/../../evil",
            "evidence//evil",
            "evidence/a/b",
            "..\\evil",
            "C:\\evil",
            "evidence/.hidden",
            ".git",
            "a b",
            "\u{202e}gpj.exe",
            "new\nline",
            "",
            long.as_str(),
        ] {
            let told = why(&packed(&[(name, b"x")]));
            assert!(told.contains("no place") || told.contains("cannot be read"), "{name:?}: {told}");
            assert!(name.is_empty() || !told.contains(name), "what is not believed is not quoted: {told}");
        }
    }

    #[test]
    fn links_and_devices_are_refused() {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.add_symlink("index.html", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        let linked = zip.finish().unwrap().into_inner();
        assert!(why(&linked).contains("a link or a device"), "{}", why(&linked));
    }

    #[test]
    fn a_zip_that_unpacks_to_more_than_it_may_is_left_when_it_does() {
        let zeros = vec![0_u8; 8 << 20];
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for n in 0..40 {
            zip.start_file(format!("evidence/{n}"), options).unwrap();
            zip.write_all(&zeros).unwrap();
        }
        let bomb = zip.finish().unwrap().into_inner();
        assert!(bomb.len() < 1 << 20, "{} bytes", bomb.len());
        assert!(why(&bomb).contains("larger than 256 MiB"), "{}", why(&bomb));
    }

    #[test]
    fn a_size_that_is_stated_is_not_believed() {
        let whole = packed(&[("index.html", &[b'a'; 4096])]);
        // The unpacked size in the list, as 4 GiB less one.
        let at = memchr::memmem::rfind(&whole, b"PK\x01\x02").unwrap() + 24;
        let mut lying = whole.clone();
        lying[at..at + 4].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
        assert!(unzip(&lying).map_or(true, |files| files[0].bytes.len() == 4096));
    }
}
