//! How entries hang together: each is sealed with a hash that covers the hash before it.
//!
//! A hash is taken over the bytes of the line, never over what we understood of them, so a field that this version does
//! not know is covered too. What a chain cannot show by itself is a cut tail or a full rewrite: whoever needs that holds
//! the head elsewhere.

use super::{Body, Entry, canon};
use crate::domain::ids::Digest;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{borrow::Cow, fmt};

/// The end of a chain: what the next entry must follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Of the last entry; 0 before the first.
    pub seq: u64,
    pub hash: Digest,
}

impl Head {
    /// Before the first entry.
    pub const START: Self = Self { seq: 0, hash: Digest::ZERO };

    /// The end of these entries.
    #[must_use]
    pub fn of(entries: &[Entry]) -> Self {
        entries.last().map_or(Self::START, |entry| Self { seq: entry.seq, hash: entry.hash })
    }

    /// Moves on to `entry`, when it is the next one.
    ///
    /// # Errors
    /// [`Fault::Sequence`] or [`Fault::Link`].
    pub fn follow(&mut self, entry: &Entry) -> Result<(), Fault> {
        let expected = self.seq.saturating_add(1);
        if entry.seq != expected {
            return Err(Fault::Sequence { found: entry.seq, expected });
        }
        if entry.prev != self.hash {
            return Err(Fault::Link);
        }
        *self = Self { seq: entry.seq, hash: entry.hash };
        Ok(())
    }
}

/// An entry and the line that says it, line end included.
#[derive(Clone, Debug, PartialEq)]
pub struct Sealed {
    pub entry: Entry,
    pub line: Vec<u8>,
}

/// Seals what happened to the end of a chain. `at` is kept in whole milliseconds.
///
/// # Errors
/// [`Unsealable`] for a kind that this version does not know: it cannot say what it holds.
pub fn seal(prev: Digest, seq: u64, at: Timestamp, by: &str, body: Body) -> Result<Sealed, Unsealable> {
    let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
    let json = body.to_json();
    if !json.is_object() {
        return Err(Unsealable);
    }
    // The members in the order of `KEYS`, which canonical JSON puts them in: the hash goes in at its place, and what was
    // hashed is what stands around it.
    let mut line = Vec::with_capacity(512);
    let mut member = |key: &str, value: &Value| {
        line.extend_from_slice(key.as_bytes());
        canon::write(value, &mut line);
        line.len()
    };
    member("{\"at\":", &stamp(at).into());
    member(",\"body\":", &json);
    let here = member(",\"by\":", &by.into());
    member(",\"kind\":", &body.kind().into());
    member(",\"prev\":", &prev.to_hex().into());
    member(",\"seq\":", &seq.into());
    line.push(b'}');
    let hash = Digest::of(&line);
    line.splice(here..here, format!(",\"hash\":\"{}\"", hash.to_hex()).into_bytes());
    line.push(b'\n');
    Ok(Sealed { entry: Entry { seq, at, by: by.to_owned(), body, prev, hash }, line })
}

/// A line as a value, its hash left out.
#[must_use]
pub fn envelope(seq: u64, at: Timestamp, by: &str, body: &Body, prev: Digest) -> Value {
    json!({ "seq": seq, "at": stamp(at), "by": by, "kind": body.kind(), "body": body.to_json(), "prev": prev })
}

/// UTC with exactly milliseconds: `2026-11-19T08:14:00.000Z`.
#[must_use]
pub fn stamp(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// An entry that cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsealable;

impl fmt::Display for Unsealable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entry of a kind that this version does not know cannot be written")
    }
}

impl std::error::Error for Unsealable {}

/// A line whose form and hash are right. Its place in the chain is for [`Head::follow`] to check.
#[derive(Clone, Debug, PartialEq)]
pub struct Line<'a> {
    pub seq: u64,
    pub at: Timestamp,
    pub by: String,
    pub kind: Cow<'a, str>,
    /// JSON, as it stands in the line.
    pub body: &'a [u8],
    pub prev: Digest,
    pub hash: Digest,
}

/// The members of a line, in the order that canonical JSON puts them.
const KEYS: [&[u8]; 7] = [b"\"at\"", b"\"body\"", b"\"by\"", b"\"hash\"", b"\"kind\"", b"\"prev\"", b"\"seq\""];

/// Takes a line apart (line end removed) and checks its hash over exactly these bytes.
///
/// # Errors
/// What is wrong with it, in words that repeat none of its bytes.
pub fn read(line: &[u8]) -> Result<Line<'_>, Fault> {
    if line.is_empty() {
        return Err(Fault::Blank);
    }
    let members = canon::members(line).map_err(|at| not_canonical(line, at))?;
    let [at, body, by, hash, kind, prev, seq] = members.as_slice() else { return Err(Fault::Shape("members")) };
    let part = |range: &std::ops::Range<usize>| line.get(range.clone()).unwrap_or_default();
    if !members.iter().zip(KEYS).all(|(member, key)| part(&member.key) == key) {
        return Err(Fault::Shape("members"));
    }
    let found = Line {
        seq: plain(part(&seq.value)).filter(|seq| *seq > 0).ok_or(Fault::Shape("seq"))?,
        at: plain::<&str>(part(&at.value)).and_then(read_stamp).ok_or(Fault::Shape("at"))?,
        by: plain(part(&by.value)).ok_or(Fault::Shape("by"))?,
        kind: plain::<Text>(part(&kind.value)).ok_or(Fault::Shape("kind"))?.0,
        body: part(&body.value),
        prev: plain(part(&prev.value)).ok_or(Fault::Shape("prev"))?,
        hash: plain(part(&hash.value)).ok_or(Fault::Shape("hash"))?,
    };
    if !found.body.starts_with(b"{") {
        return Err(Fault::Shape("body"));
    }
    // Taking `"hash":"…",` out of canonical bytes leaves canonical bytes.
    let rest = line.get(kind.key.start..).unwrap_or_default();
    if digest_of(part(&(0..hash.key.start)), rest) != found.hash {
        return Err(Fault::Hash);
    }
    Ok(found)
}

/// Text that is only copied when it has escapes.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

fn plain<'a, T: serde::Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    serde_json::from_slice(json).ok()
}

fn read_stamp(text: &str) -> Option<Timestamp> {
    text.parse().ok().filter(|at| stamp(*at) == text)
}

fn digest_of(before: &[u8], after: &[u8]) -> Digest {
    use sha2::{Digest as _, Sha256};
    Digest(Sha256::new().chain_update(before).chain_update(after).finalize().into())
}

/// Tells apart why bytes are not canonical. Slow, and only for a line that is damaged anyway.
fn not_canonical(line: &[u8], at: usize) -> Fault {
    if line.contains(&0) {
        return Fault::Zeros;
    }
    if let Err(error) = std::str::from_utf8(line) {
        let cut = error.error_len().is_none();
        return if cut { Fault::Partial } else { Fault::NotUtf8 { at: error.valid_up_to() } };
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(line) {
        Ok(_) => Fault::NotCanonical { at },
        Err(error) if error.is_eof() => Fault::Partial,
        Err(_) => Fault::NotJson { at },
    }
}

/// What is wrong with a line. Never repeats a byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Blank,
    /// It ends before its JSON does.
    Partial,
    /// It has zero bytes in it, as a file system may leave them.
    Zeros,
    NotUtf8 {
        at: usize,
    },
    NotJson {
        at: usize,
    },
    NotCanonical {
        at: usize,
    },
    /// This part is missing or not what it should be.
    Shape(&'static str),
    /// The body does not fit its kind.
    Body,
    Hash,
    Link,
    Sequence {
        found: u64,
        expected: u64,
    },
}

impl Fault {
    /// Whether a crash during an append can leave this at the end of a file.
    #[must_use]
    pub fn is_torn(self) -> bool {
        matches!(self, Self::Partial | Self::Zeros)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("the line is blank"),
            Self::Partial => f.write_str("the line stops in the middle"),
            Self::Zeros => f.write_str("the line has zero bytes in it"),
            Self::NotUtf8 { at } => write!(f, "the line is not UTF-8 (byte {})", at + 1),
            Self::NotJson { at } => write!(f, "the line is not JSON (byte {})", at + 1),
            Self::NotCanonical { at } => write!(f, "the line is not canonical JSON (byte {})", at + 1),
            Self::Shape("members") => f.write_str("the line does not have the members of an entry"),
            Self::Shape(member) => write!(f, "its `{member}` is not what it should be"),
            Self::Body => f.write_str("its body does not fit its kind"),
            Self::Hash => f.write_str("its hash does not fit its content"),
            Self::Link => f.write_str("its `prev` is not the hash of the entry before"),
            Self::Sequence { found, expected } => write!(f, "its number is {found}, expected {expected}"),
        }
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::Withdrawn;

    fn at() -> Timestamp {
        "2026-11-19T08:14:00.1239Z".parse().unwrap()
    }

    fn sealed() -> Sealed {
        let body = Body::Withdrawn(Withdrawn { evidence: 3, why: "wrong \"tenant\"\n é".into() });
        seal(Digest::ZERO, 1, at(), "J. Okafor", body).unwrap()
    }

    #[test]
    fn a_line_is_canonical_and_its_hash_is_over_the_rest_of_it() {
        let Sealed { entry, line } = sealed();
        let text = std::str::from_utf8(&line).unwrap();
        let hash = entry.hash.to_hex();
        assert_eq!(
            text,
            format!(
                "{{\"at\":\"2026-11-19T08:14:00.123Z\",\"body\":{{\"evidence\":3,\"why\":\"wrong \\\"tenant\\\"\\n é\"}},\
                 \"by\":\"J. Okafor\",\"hash\":\"{hash}\",\"kind\":\"evidence.withdrawn\",\"prev\":\"{}\",\"seq\":1}}\n",
                "0".repeat(64)
            )
        );
        assert_eq!(Digest::of(text.trim_end().replace(&format!("\"hash\":\"{hash}\","), "").as_bytes()), entry.hash);
        let read = read(line.trim_ascii_end()).unwrap();
        assert_eq!((read.seq, read.at, read.by.as_str(), read.hash), (1, entry.at, "J. Okafor", entry.hash));
    }

    #[test]
    fn every_changed_byte_is_seen() {
        let line = sealed().line;
        let line = line.trim_ascii_end();
        for i in 0..line.len() {
            for flip in [1, 2, 0x20, 0x80] {
                let mut other = line.to_vec();
                other[i] ^= flip;
                assert!(read(&other).is_err(), "byte {i} changed by {flip}");
            }
        }
    }

    #[test]
    fn a_line_of_another_form_is_told_as_what_it_is() {
        let line = String::from_utf8(sealed().line).unwrap();
        let line = line.trim_end();
        let fault = |text: &str| read(text.as_bytes()).unwrap_err();
        assert_eq!(fault(""), Fault::Blank);
        assert_eq!(fault("hello"), Fault::NotJson { at: 0 });
        assert_eq!(fault("{}"), Fault::Shape("members"));
        assert_eq!(fault(&line.replace(",\"seq\"", ", \"seq\"")), Fault::NotCanonical { at: line.find("\"seq\"").unwrap() });
        assert_eq!(fault(&line[..line.len() - 1]), Fault::Partial);
        assert_eq!(fault(&line.replace(".123Z", "Z")), Fault::Shape("at"));
        assert_eq!(fault(&line.replace("08:14:00", "08:13:60")), Fault::Shape("at"));
        assert_eq!(fault(&line.replace("\"seq\":1", "\"seq\":0")), Fault::Shape("seq"));
        assert_eq!(fault(&line.replace("Okafor", "okafor")), Fault::Hash);
        assert_eq!(read(b"{\"at\":\"\xff\"}").unwrap_err(), Fault::NotUtf8 { at: 7 });
        assert_eq!(fault("\0\0\0"), Fault::Zeros);
    }

    #[test]
    fn an_entry_follows_only_the_one_it_was_sealed_to() {
        let first = sealed().entry;
        let body = || Body::Withdrawn(Withdrawn { evidence: 1, why: String::new() });
        let second = seal(first.hash, 2, at(), "x", body()).unwrap().entry;
        let mut head = Head::START;
        assert_eq!(head.follow(&second), Err(Fault::Sequence { found: 2, expected: 1 }));
        assert_eq!(head.follow(&first), Ok(()));
        let stranger = seal(Digest::of(b"other"), 2, at(), "x", body()).unwrap().entry;
        assert_eq!(head.follow(&stranger), Err(Fault::Link));
        assert_eq!(head.follow(&second), Ok(()));
    }

    #[test]
    fn an_unknown_kind_cannot_be_sealed() {
        assert_eq!(seal(Digest::ZERO, 1, at(), "x", Body::Unknown("later".into())), Err(Unsealable));
    }
}
