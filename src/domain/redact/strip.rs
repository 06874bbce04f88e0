//! Text without what a person does not see: a colour code, an overstruck letter or a joiner of no width splits a secret for
//! a machine only, so secrets are looked for in what would be read.

use std::borrow::Cow;

/// `raw` without escape sequences.
#[must_use]
pub fn strip_escapes(raw: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(0x1b, raw).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut plain = Vec::with_capacity(raw.len());
    each_plain(raw, |start, end| plain.extend_from_slice(&raw[start..end]));
    Cow::Owned(plain)
}

/// Stripped text, and where each stretch of it stands in the raw bytes.
pub(super) struct Plain {
    pub text: Vec<u8>,
    /// Start in `text` and start in raw, in order.
    stretches: Vec<(usize, usize)>,
}

impl Plain {
    pub fn of(raw: &[u8]) -> Self {
        let mut seen: Vec<(usize, usize)> = Vec::new();
        let (mut at, mut from) = (0, 0);
        while let Some(found) = next_hidden(&raw[from..]).map(|found| from + found) {
            if at < found {
                seen.push((at, found));
            }
            from = found + hidden(&raw[found..]);
            at = from;
            if raw[found] == BACKSPACE {
                take_back(raw, &mut seen);
            }
        }
        if at < raw.len() {
            seen.push((at, raw.len()));
        }
        let mut plain = Self { text: Vec::with_capacity(raw.len()), stretches: Vec::with_capacity(seen.len()) };
        for (start, end) in seen {
            plain.stretches.push((plain.text.len(), start));
            plain.text.extend_from_slice(&raw[start..end]);
        }
        plain
    }

    /// Where the byte at `at` of the text stands in the raw bytes.
    fn raw(&self, at: usize) -> usize {
        let next = self.stretches.partition_point(|(text, _)| *text <= at);
        self.stretches.get(next.wrapping_sub(1)).map_or(at, |(text, raw)| raw + (at - text))
    }

    /// The raw bytes that a range of the text spans, escapes in between included, escapes around it not.
    pub fn span(&self, start: usize, end: usize) -> (usize, usize) {
        if start == end { (self.raw(start), self.raw(start)) } else { (self.raw(start), self.raw(end - 1) + 1) }
    }
}

const BACKSPACE: u8 = 0x08;

/// Where the next thing stands that nobody sees.
pub(super) fn next_hidden(bytes: &[u8]) -> Option<usize> {
    let control = memchr::memchr3(0x1b, BACKSPACE, 0, bytes);
    let bytes = &bytes[..control.unwrap_or(bytes.len())];
    next_split(bytes).or(control)
}

/// The next line start within a line, or character without a width. Their first bytes begin much that is seen as well.
pub(super) fn next_split(bytes: &[u8]) -> Option<usize> {
    let is_return = |at: &usize| !matches!(bytes.get(at + 1), None | Some(b'\n' | b'\r'));
    let back = memchr::memchr_iter(b'\r', bytes).find(is_return);
    let bytes = &bytes[..back.unwrap_or(bytes.len())];
    memchr::memchr3_iter(0xe2, 0xef, 0xc2, bytes).find(|at| no_width(&bytes[*at..]) > 0).or(back)
}

/// How long the thing is that nobody sees.
fn hidden(raw: &[u8]) -> usize {
    match raw.first().copied() {
        Some(0x1b) => escape(raw),
        Some(BACKSPACE | 0 | b'\r') => 1,
        _ => no_width(raw).max(1),
    }
}

/// How long the character without a width at the start is, also when the rest of it is still to come; 0 for any other.
fn no_width(raw: &[u8]) -> usize {
    match raw {
        // Zero width space and joiners, direction marks and overrides; word joiner, isolates; byte order mark; soft hyphen.
        [0xe2, 0x80, 0x8b..=0x8f | 0xaa..=0xae, ..] | [0xe2, 0x81, 0xa0..=0xaf, ..] | [0xef, 0xbb, 0xbf, ..] => 3,
        [0xc2, 0xad, ..] | [0xe2, 0x80 | 0x81] | [0xef, 0xbb] => 2,
        [0xe2 | 0xef | 0xc2] => 1,
        _ => 0,
    }
}

/// A backspace takes the last character with it that is still there.
fn take_back(raw: &[u8], seen: &mut Vec<(usize, usize)>) {
    let Some((start, end)) = seen.last_mut() else { return };
    let goes_on = |byte: &u8| matches!(byte, 0x80..=0xbf);
    let width = 1 + raw[*start..*end - 1]
        .iter()
        .rev()
        .zip(raw[*start + 1..*end].iter().rev())
        .take_while(|(_, byte)| goes_on(byte))
        .count();
    *end -= width;
    if start == end {
        seen.pop();
    }
}

fn each_plain(raw: &[u8], mut stretch: impl FnMut(usize, usize)) {
    let mut at = 0;
    while let Some(found) = memchr::memchr(0x1b, &raw[at..]) {
        if found > 0 {
            stretch(at, at + found);
        }
        at += found + escape(&raw[at + found..]);
    }
    if at < raw.len() {
        stretch(at, raw.len());
    }
}

/// The colour sequences in `raw`, for what is left of a masked stretch.
pub(super) fn colours(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + memchr::memchr(0x1b, &raw[at..])?;
        at = start + escape(&raw[start..]);
        Some(&raw[start..at])
    })
    .filter(|sequence| sequence.starts_with(b"\x1b[") && sequence.ends_with(b"m"))
}

/// How long the escape sequence at the start of `raw` is; 1 for an ESC that begins none.
fn escape(raw: &[u8]) -> usize {
    match raw.get(1) {
        Some(b'[') => {
            let body = raw[2..].iter().take_while(|byte| matches!(byte, 0x20..=0x3f)).count();
            if raw.get(2 + body).is_some_and(|byte| matches!(byte, 0x40..=0x7e)) { body + 3 } else { body + 2 }
        }
        Some(b']' | b'P' | b'X' | b'^' | b'_') => {
            let end = raw[2..].iter().position(|byte| matches!(byte, 0x07 | 0x1b | b'\n'));
            match end.map(|end| (end + 2, &raw[end + 2..])) {
                Some((end, [0x07, ..])) => end + 1,
                Some((end, [0x1b, b'\\', ..])) => end + 2,
                // Never closed: only its introduction is a sequence, the rest is text.
                _ => 2,
            }
        }
        Some(0x20..=0x2f) => {
            let middle = raw[1..].iter().take_while(|byte| matches!(byte, 0x20..=0x2f)).count();
            if raw.get(1 + middle).is_some_and(|byte| matches!(byte, 0x30..=0x7e)) { middle + 2 } else { 1 }
        }
        Some(0x30..=0x7e) => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_reads_is_left() {
        assert_eq!(&*strip_escapes(b"\x1b[1;31mred\x1b[0m \x1b]0;title\x07x\x1b]8;;u\x1b\\y\x1b(Bz\x1b"), b"red xyz");
        assert_eq!(&*strip_escapes(b"\x1b]0;open\nnext"), b"0;open\nnext");
    }

    #[test]
    fn places_map_back() {
        let plain = Plain::of(b"a\x1b[1mbc\x1b[0md");
        assert_eq!(plain.text, b"abcd");
        assert_eq!(plain.span(1, 3), (5, 7));
        assert_eq!(plain.span(0, 2), (0, 6));
    }

    #[test]
    fn what_has_no_width_is_left_out_and_a_backspace_takes_a_letter() {
        let read = |raw: &str| String::from_utf8(Plain::of(raw.as_bytes()).text).unwrap();
        assert_eq!(read("pa\u{200b}ss\u{feff}wo\u{ad}rd\u{2060}"), "password");
        assert_eq!(read("s\x08sk\x08k é\x08e, xy\x08\x08ab, \0nul"), "sk e, ab, nul");
        assert_eq!(read("\x08\x08a"), "a");
        assert_eq!(read("one\rtwo\r\n"), "onetwo\r\n");
        assert_eq!(read("✓ “quoted” – é…"), "✓ “quoted” – é…");
        let plain = Plain::of("pa\u{200b}ss".as_bytes());
        assert_eq!(plain.span(0, 4), (0, 7));
    }
}
