//! Strings that look random and that no rule knows: perhaps secrets without a shape. They are counted, so that a person
//! looks before buyers may; nothing is masked, and neither text nor length of one is kept.
//!
//! Digests, UUIDs and other names of things look random, too, and are none: hex, images and certificates in base64, public
//! keys and the ids that vendors give their objects. A password made of words cannot be told from words.

use super::strip;

/// What is shorter is a name or a number.
const SHORTEST: usize = 20;
/// What is longer is a file in base64.
const LONGEST: usize = 1024;
/// Files in base64 are wrapped at 64 or 76 digits.
const WRAPPED: usize = 60;
/// More of an unfinished line is not kept.
const LINE: usize = 64 * 1024;
/// How far back it is looked for what a string belongs to.
const BEFORE: usize = 32;

/// Counts them in a stream, the same for every way it is cut up.
#[derive(Clone, Default)]
pub(super) struct Suspects {
    count: u64,
    /// The end of the text so far that is no whole line yet.
    carry: Vec<u8>,
    /// An endless string was cut: what goes on is the same one.
    going_on: bool,
    /// The last bytes that were looked at, and how many there were.
    before: Vec<u8>,
    seen: u64,
    last: Option<Last>,
}

/// The string before.
#[derive(Clone, Copy)]
struct Last {
    end: u64,
    len: usize,
    /// It is part of a file in base64.
    is_file: bool,
    /// It is all that stands in its line.
    is_line: bool,
    counted: bool,
}

impl Suspects {
    /// How many there were.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Takes the next bytes.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) {
        if !self.carry.is_empty() {
            let end = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1);
            self.carry.extend_from_slice(&bytes[..end]);
            bytes = &bytes[end..];
            if self.carry.ends_with(b"\n") {
                let line = std::mem::take(&mut self.carry);
                self.look(&line);
            } else {
                self.shorten();
            }
        }
        let whole = memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1);
        self.look(&bytes[..whole]);
        self.carry.extend_from_slice(&bytes[whole..]);
        self.shorten();
    }

    /// The text is over.
    pub(super) fn finish(&mut self) {
        let line = std::mem::take(&mut self.carry);
        self.look(&line);
    }

    /// Looks at a line that does not end as far as a string cannot go on.
    fn shorten(&mut self) {
        while self.carry.len() > LINE {
            let apart = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b',' | b'{' | b'}');
            let cut = self.carry.iter().rposition(apart).map_or(self.carry.len(), |at| at + 1);
            let rest = self.carry.split_off(cut);
            let line = std::mem::replace(&mut self.carry, rest);
            self.look(&line);
            self.going_on = line.last().is_some_and(|last| !apart(last));
        }
    }

    fn look(&mut self, text: &[u8]) {
        if memchr::memchr(0x1b, text).is_none() {
            self.scan(text);
            return;
        }
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            // An escape sequence without an end does not reach into the next line.
            let (line, end) = line.strip_suffix(b"\n").map_or((line, &b""[..]), |line| (line, b"\n"));
            let mut plain = strip::strip_escapes(line).into_owned();
            plain.extend_from_slice(end);
            self.scan(&plain);
        }
    }

    fn scan(&mut self, text: &[u8]) {
        let mut at = 0;
        if std::mem::take(&mut self.going_on) {
            at = text.iter().take_while(|byte| is_part(**byte)).count();
        }
        // Every string of this length covers one of the places that are looked at.
        while at + SHORTEST <= text.len() {
            let probe = at + SHORTEST - 1;
            let back = text[at..=probe].iter().rev().take_while(|byte| is_part(**byte)).count();
            if back < SHORTEST {
                at = probe + 1 - back;
                if back == 0 {
                    at = probe + 1;
                }
                continue;
            }
            let end = probe + 1 + text[probe + 1..].iter().take_while(|byte| is_part(**byte)).count();
            self.string(text, at, end);
            at = end;
        }
        self.before.extend_from_slice(&text[text.len().saturating_sub(BEFORE)..]);
        let over = self.before.len().saturating_sub(BEFORE);
        self.before.drain(..over);
        self.seen += text.len() as u64;
    }

    /// One string, from its first byte to its last.
    fn string(&mut self, text: &[u8], start: usize, end: usize) {
        let string = &text[start..end];
        let mut before: Vec<u8> = if start < BEFORE { self.before.clone() } else { Vec::new() };
        before.extend_from_slice(&text[start.saturating_sub(BEFORE)..start]);
        let (begin, len) = (self.seen + start as u64, string.len());
        let gap = self.last.map_or(usize::MAX, |last| usize::try_from(begin - last.end).unwrap_or(usize::MAX));
        let between = before.len().checked_sub(gap).map_or(&b"x"[..], |from| &before[from..]);
        let goes_on = between.iter().all(|byte| byte.is_ascii_whitespace() || *byte == b'\\')
            && between.iter().any(|byte| matches!(byte, b'\n' | b'\\'));
        let wrapped = |last: &Last| goes_on && last.len >= WRAPPED;
        let lead = before.trim_ascii_end();
        let is_line = matches!(before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t')), None | Some(b'\n'))
            && matches!(text.get(end), None | Some(b'\n' | b'\r'));
        let is_file = len > LONGEST
            || is_file(string)
            || lead.strip_suffix(b"\\").unwrap_or(lead).ends_with(b"-----")
            || before.ends_with(b"base64,")
            || self.last.as_ref().is_some_and(|last| wrapped(last) && last.is_file);
        // Two lines of one width, one below the other, and nothing else in them.
        let block = self.last.filter(|last| wrapped(last) && last.is_line && is_line && len <= last.len);
        if let Some(last) = block.filter(|last| last.counted) {
            self.count -= 1;
            self.last = Some(Last { counted: false, ..last });
        }
        let is_file = is_file || block.is_some();
        let counted = !is_file && is_random(string);
        self.count += u64::from(counted);
        self.last = Some(Last { end: self.seen + end as u64, len, is_file, is_line, counted });
    }
}

/// How many there are in a text that is all there.
#[must_use]
pub fn suspects_in(text: &[u8]) -> u64 {
    let mut suspects = Suspects::default();
    suspects.feed(text);
    suspects.finish();
    suspects.count
}

/// The lines that hold one, from 1; at most `most` of them.
#[must_use]
pub fn suspect_lines(text: &[u8], most: usize) -> Vec<usize> {
    let mut suspects = Suspects::default();
    let (mut lines, mut known) = (Vec::new(), 0);
    for (n, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
        suspects.look(line);
        if suspects.count < known {
            lines.pop();
        }
        if suspects.count > known && lines.len() < most {
            lines.push(n);
        }
        known = suspects.count;
    }
    lines
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'=' | b'.' | b':' | b'~' | b'@')
}

/// The beginnings of files in base64: images, fonts, documents, archives; and of public keys.
fn is_file(string: &[u8]) -> bool {
    const BEGINNINGS: [&str; 16] = [
        "iVBORw0KGgo",
        "R0lGOD",
        "/9j/",
        "UklGR",
        "PHN2Zy",
        "PD94bWw",
        "JVBERi0",
        "d09GM",
        "d09GR",
        "AAABAA",
        "UEsDB",
        "H4sI",
        "AAAAB3NzaC1",
        "AAAAC3NzaC1",
        "AAAAE2VjZHNh",
        "MIIB",
    ];
    BEGINNINGS.iter().any(|begin| string.starts_with(begin.as_bytes()))
}

/// Whether what stands between its dots, dashes and slashes changes between small letters, capitals and digits as words
/// and numbers never do.
fn is_random(string: &[u8]) -> bool {
    let string = without_digest(string);
    let mut characters = Vec::new();
    let mut before: &[u8] = b"";
    for part in string.split(|byte| !byte.is_ascii_alphanumeric()) {
        if looks_random(part) && !is_id(before, part) {
            characters.extend_from_slice(part);
        }
        before = part;
    }
    let long = characters.len() >= SHORTEST;
    characters.sort_unstable();
    characters.dedup();
    long && characters.len() >= SHORTEST / 2
}

/// What stands before a digest that says which one it is: `sha512-…`, `SHA256:…`, `h1:…`.
fn without_digest(string: &[u8]) -> &[u8] {
    const NAMES: [&str; 5] = ["sha1", "sha256", "sha384", "sha512", "h1"];
    let mut at = 0;
    for part in string.split_inclusive(|byte| !byte.is_ascii_alphanumeric()) {
        let name = &part[..part.len() - 1];
        if NAMES.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes())) {
            return &string[..at];
        }
        at += part.len();
    }
    string
}

/// The ids of vendors' objects, and keys that are meant to be public: anybody may know `pi_…`, nobody `sk_live_…`.
fn is_id(before: &[u8], part: &[u8]) -> bool {
    const OBJECTS: [&str; 34] = [
        "pi",
        "seti",
        "cus",
        "ch",
        "py",
        "in",
        "il",
        "sub",
        "si",
        "price",
        "prod",
        "evt",
        "acct",
        "pm",
        "card",
        "src",
        "txn",
        "po",
        "we",
        "cs",
        "du",
        "dp",
        "file",
        "req",
        "dpl",
        "prj",
        "team",
        "pk",
        "live",
        "test",
        "publishable",
        "usr",
        "org",
        "run",
    ];
    let named = OBJECTS.iter().any(|known| before == known.as_bytes());
    // A ULID of these decades.
    let ulid = part.len() == 26 && part.starts_with(b"01") && part.iter().all(|byte| !byte.is_ascii_lowercase());
    named || ulid
}

fn looks_random(part: &[u8]) -> bool {
    let hex = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    let capital_hex = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'A'..=b'F');
    if part.len() < 6 || part.iter().all(hex) || part.iter().all(capital_hex) {
        return false;
    }
    let kind = |byte: &u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
    let changes = part.windows(2).filter(|pair| kind(&pair[0]) != kind(&pair[1])).count();
    let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
    let (small, capital) = (part.iter().any(u8::is_ascii_lowercase), part.iter().any(u8::is_ascii_uppercase));
    let short = part.len() < SHORTEST;
    let least = match (digits > 0, small && capital) {
        (true, true) => 40,
        (false, _) => 42,
        (true, false) if digits < if short { 2 } else { 3 } => return false,
        (true, false) => {
            if short {
                35
            } else {
                20
            }
        }
    };
    changes * 100 >= (part.len() - 1) * least
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn count(text: &[u8]) -> u64 {
        suspects_in(text)
    }

    #[test]
    fn random_strings_without_a_shape_are_suspects() {
        for text in [
            "Zx8kQ2mN7pL4vR9tY3wB6cD1fG5hJ0sA",
            "value Zx8kQ2mN7pL4vR9tY3wB6cD1",
            "{\"x\":\"q8Zr/T1vPm+Wc4Nd0yKbE7uLh2Ag9sXf\"}",
            "id=k3j9d8f7g6h5z4k3l2m1n0p9",
            "see JBSWY3DPEHPK3PXPJBSWY3DP",
            "\x1b[32mZx8kQ2mN7p\x1b[0mL4vR9tY3wB6cD1",
            "https://x.test/s/Zx8kQ2mN7pL4vR9tY3wB6cD1/edit",
            "Zx8kQ2-mN7pL4_vR9tY3wB-6cD1fG5h_J0sA",
        ] {
            assert_eq!(count(text.as_bytes()), 1, "{text}");
        }
        assert_eq!(count(b"a Zx8kQ2mN7pL4vR9tY3wB6cD1 b q8ZrT1vPmWc4Nd0yKbE7uLh2 c\nq8ZrT1vPmWc4Nd0yKbE7uLh2Ag\n"), 3);
    }

    #[test]
    fn names_of_things_are_none() {
        for text in [
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "urn:uuid:550e8400-e29b-41d4-a716-446655440000 550E8400-E29B-41D4-A716-446655440000",
            "commit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
            "sha512-zVqB8xZkE7uLh2Ag9sXfq8ZrT1vPmWc4Nd0yKbE7uLh2Ag9sXfq8ZrT1vPmWc4Nd0yKbE7uLh2Ag9sXfq8==",
            "SHA256:jN3yq8ZrT1vPmWc4Nd0yKbE7uLh2Ag9sXf0123456Q",
            "pk_live_51H8kQ2mN7pL4vR9tY3wB6cD1fG5hJ0sA pi_3MtwBwLkdIwHu7ix28a3tqPa",
            "did:web:thesmios.com#issuer-ed25519-2026",
            "GET /api/platform/launch-room/first-customer-launch-plan?download=1 2026-11-19T09:14:00.000Z",
            "OAuth2ClientCredentialsGrantHandler getHttp2StreamIdentifier TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "launchroom-0.1.0-x86_64-unknown-linux-gnu.tar.gz 1795421640240-4711 01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0sAq8ZrT1vPmWc4Nd0yKbE7uLh2Ag9sXf0 mara@example.test",
            "<img src=\"data:image/x;base64,q8ZrT1vPmWc4Nd0yKbE7uLh2Ag9sXfq8ZrT1\">",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
            "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 ⟨redacted:leak-canary⟩",
        ] {
            assert_eq!(count(text.as_bytes()), 0, "{text}");
        }
    }

    /// 64 digits of base64 a line.
    fn wrapped(lines: usize) -> String {
        let digit = |n: usize| char::from(b"q8ZrT1vPmWc4Nd0yKbE7uLh2Ag9sXf5J"[(n * 7 + n / 64) % 32]);
        (0..lines).flat_map(|line| (0..64).map(move |n| digit(line * 64 + n)).chain(['\n'])).collect()
    }

    #[test]
    fn a_file_in_base64_is_none_however_it_is_wrapped() {
        let cert =
            format!("-----BEGIN CERTIFICATE-----\n{}q8ZrT1vPmWc4Nd0yKbE7uLh2Ag==\n-----END CERTIFICATE-----\n", wrapped(5));
        assert_eq!(count(cert.as_bytes()), 0);
        assert_eq!(count(cert.replace('\n', "\\n").as_bytes()), 0);
        assert_eq!(count(wrapped(6).as_bytes()), 0);
        assert_eq!(count(wrapped(40).replace('\n', "").as_bytes()), 0);
        assert_eq!(count(wrapped(1).as_bytes()), 1);
        assert_eq!(count(format!("{}and\nZx8kQ2mN7pL4vR9tY3wB6cD1\n", wrapped(6)).as_bytes()), 1);
        assert_eq!(count(format!("{}\n", "Zx8kQ2mN7pL4vR9tY3wB6cD1".repeat(20_000)).as_bytes()), 0);
    }

    #[test]
    fn where_they_stand_is_told_by_line() {
        let text = "one\nZx8kQ2mN7pL4vR9tY3wB6cD1fG5h\nthree\n\nx q8ZrT1vPmWc4Nd0yKbE7uLh2Ag\n";
        assert_eq!(suspect_lines(text.as_bytes(), 9), [2, 5]);
        assert_eq!(suspect_lines(text.as_bytes(), 1), [2]);
        assert!(suspect_lines(wrapped(3).as_bytes(), 9).is_empty());
    }

    proptest! {
        #[test]
        fn every_chunking_counts_the_same(parts in proptest::collection::vec(prop_oneof![
            Just("Zx8kQ2mN7pL4vR9tY3wB6cD1fG5h".to_owned()), Just("\n".to_owned()), Just(" ".to_owned()), Just("words ".to_owned()),
            Just("-----BEGIN CERTIFICATE-----\n".to_owned()), Just(wrapped(1)), Just("base64,".to_owned()), Just("\x1b[1m".to_owned()),
            "[a-zA-Z0-9]{1,40}", Just("x,".repeat(40_000)), Just("ab12".repeat(9_000)),
        ], 0..20), size in 1_usize..3000) {
            let text = parts.concat();
            let mut pieces = Suspects::default();
            text.as_bytes().chunks(size).for_each(|piece| pieces.feed(piece));
            pieces.finish();
            prop_assert_eq!(pieces.count(), count(text.as_bytes()));
        }
    }
}
