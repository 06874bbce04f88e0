//! Per-check results, found in whatever a proof printed and in the files it wrote.
//!
//! A bundle is JSON with a list or a map of checks, nested groups included. What cannot be read of it is said to be unread,
//! never guessed at, and a run with something unread does not count. Of all that says something about one check, in
//! however many documents, the worse counts. A status word nobody knows is a failed check: not known is not passed. Plain
//! text holds no checks; the exit status alone speaks for it.

mod aimed;
mod hollow;
mod node;
mod reader;
mod said;

use crate::domain::{ledger::Check, redact::strip_escapes};
use memchr::memmem;
use node::Node;
use reader::{Kind, Reader};

/// Output beyond this is not searched; a bundle is a report, not a log.
pub const LARGEST: usize = 16 * 1024 * 1024;
/// Documents tried in mixed text, and how many of them may be cut off before nothing more is looked for.
const MOST_TRIES: usize = 50_000;
const MOST_CUT: usize = 16;
/// Blanks between a bracket and what follows it.
const MOST_BLANKS: usize = 4096;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// `None`: it was no bundle.
    pub checks: Option<Vec<Check>>,
    /// Why its checks, or some of them, could not be read.
    pub unread: Option<String>,
    /// The hosts it says it was made against, in order.
    pub hosts: Vec<String>,
}

impl Reading {
    /// No checks at all, where a command without a bundle says of itself that it tested nothing, or where one that should
    /// bring a bundle (`declared`) brought not a word. Such a run never counts.
    #[must_use]
    pub fn or_hollow(self, printed: &[u8], files: &[Vec<u8>], declared: bool) -> Self {
        let plain = strip_escapes(printed);
        let silent = || declared && files.iter().map(Vec::as_slice).chain([&*plain]).all(|bytes| bytes.trim_ascii().is_empty());
        let is_hollow = self.checks.is_none() && self.unread.is_none() && (hollow::says_so(&plain) || silent());
        if is_hollow { Self { checks: Some(Vec::new()), ..Self::default() } } else { self }
    }
}

/// The checks in what a command printed and in the files it wrote.
///
/// `declared`: the plan says that the output is a bundle, so JSON of an unknown shape is one that could not be read. For
/// any other proof it is just JSON.
#[must_use]
pub fn read(printed: &[u8], files: &[Vec<u8>], declared: bool) -> Reading {
    let mut reader = Reader::default();
    let mut search = Search { declared, ..Search::default() };
    for file in files {
        let seen = search.seen;
        search.seen = Seen::default();
        search.output(file, &mut reader);
        if declared && search.seen.json && !search.seen.bundle {
            reader.unread("the file it wrote holds no checks in a known shape");
        }
        search.seen = search.seen.and(seen);
    }
    search.output(printed, &mut reader);
    if reader.is_bundle() {
        if search.seen.failed {
            reader.unread("another part of the output says that it failed");
        }
    } else if declared && search.seen.json {
        reader.unread("it is JSON, and holds no checks in a known shape");
    }
    reader.finish()
}

/// The checks of output that is too long to be searched, of which `told` says whether anything in it looks like them.
#[must_use]
pub fn too_long(told: bool) -> Reading {
    let unread = told.then(|| format!("more than {} MiB were printed, too much to look for them", LARGEST >> 20));
    Reading { unread, ..Reading::default() }
}

/// What the documents of an output were.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// There is JSON in it.
    json: bool,
    bundle: bool,
    /// A document without checks says that something failed.
    failed: bool,
}

impl Seen {
    fn and(self, other: Self) -> Self {
        Self { json: self.json | other.json, bundle: self.bundle | other.bundle, failed: self.failed | other.failed }
    }
}

#[derive(Default)]
struct Search {
    declared: bool,
    seen: Seen,
}

impl Search {
    fn output(&mut self, output: &[u8], reader: &mut Reader) {
        if output.len() > LARGEST {
            self.seen.json = true;
            return reader.unread("it is too long to be read");
        }
        let plain = strip_escapes(output);
        match serde_json::from_slice::<Node>(&plain) {
            Ok(document @ (Node::Map(_) | Node::List(_))) => self.document(&document, reader),
            // A number or a word by itself is as good as text.
            Ok(_) => {}
            Err(_) => self.mixed(&plain, reader),
        }
    }

    fn document(&mut self, document: &Node, reader: &mut Reader) {
        self.seen.json = true;
        match reader.document(document) {
            Kind::Bundle => self.seen.bundle = true,
            Kind::Other => {
                let said = document.map().and_then(said::of_whole);
                self.seen.failed |= said.is_some_and(|said| said.known);
            }
        }
    }

    /// JSON between other lines.
    fn mixed(&mut self, text: &[u8], reader: &mut Reader) {
        let first = text.iter().position(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte));
        let (mut at, mut tries, mut cut) = (0, 0, 0);
        loop {
            let Some(start) = text.get(at..).and_then(|rest| memchr::memchr2(b'{', b'[', rest)).map(|next| at + next) else {
                return;
            };
            let is_first = Some(start) == first;
            if !begins(&text[start..], is_first) {
                at = start + 1;
                continue;
            }
            if tries >= MOST_TRIES || cut >= MOST_CUT {
                return reader.unread("there is too much JSON in the output");
            }
            tries += 1;
            let mut stream = serde_json::Deserializer::from_slice(&text[start..]).into_iter::<Node>();
            match stream.next() {
                Some(Ok(document)) => {
                    let read_to = stream.byte_offset();
                    if document != Node::Map(node::Map::default()) && document != Node::List(Vec::new()) {
                        self.document(&document, reader);
                    }
                    at = start + read_to.max(1);
                }
                Some(Err(error)) => {
                    cut += usize::from(error.is_eof());
                    let end = if error.is_eof() { text.len() } else { start + offset(&text[start..], &error) };
                    self.broken(&text[start..end], &error, is_first, reader);
                    // The rest of a line that begins like JSON and is none is not searched: it may hold pieces of one.
                    at = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |line| start + line + 1);
                }
                None => return,
            }
        }
    }

    /// Something that begins like JSON and is none. It matters when it looks like checks.
    fn broken(&mut self, text: &[u8], error: &serde_json::Error, is_first: bool, reader: &mut Reader) {
        let holds = |key: &str| memmem::find(text, format!("\"{key}\"").as_bytes()).is_some();
        let is_bundle = holds("checks");
        let looks_like_one = || is_first || reader::GROUPS.into_iter().chain(said::keys()).any(holds);
        self.seen.json = true;
        if is_bundle || (self.declared && looks_like_one()) {
            reader.unread(match error {
                error if error.is_eof() => "it is cut off",
                error if error.to_string().contains("recursion limit") => "it is nested too deep",
                _ => "it is JSON with an error in it",
            });
        }
    }
}

/// Whether JSON begins here: not every bracket in a text is one. The first thing in an output may be cut off early.
fn begins(text: &[u8], is_first: bool) -> bool {
    let blank = |bytes: &[u8]| bytes.iter().take(MOST_BLANKS).take_while(|byte| byte.is_ascii_whitespace()).count();
    let Some((bracket, rest)) = text.split_first() else { return false };
    let rest = &rest[blank(rest)..];
    match (bracket, rest.first()) {
        (b'{', Some(b'"')) => true,
        (b'[', Some(b'{')) => rest[1..].get(blank(&rest[1..])..).is_some_and(|rest| matches!(rest.first(), Some(b'"'))),
        (b'[', Some(b'"' | b'[')) | (_, None) => is_first,
        _ => false,
    }
}

/// Where a parser stopped, from its line and column.
fn offset(text: &[u8], error: &serde_json::Error) -> usize {
    let skipped = error.line().saturating_sub(2);
    let line = if error.line() < 2 { 0 } else { memchr::memchr_iter(b'\n', text).nth(skipped).map_or(0, |end| end + 1) };
    (line + error.column()).min(text.len())
}

#[cfg(test)]
mod tests;
