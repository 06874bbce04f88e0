//! Text without its escape sequences: colour codes split secrets, so secrets are looked for in what a person would read.

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
        let mut plain = Self { text: Vec::with_capacity(raw.len()), stretches: Vec::new() };
        each_plain(raw, |start, end| {
            plain.stretches.push((plain.text.len(), start));
            plain.text.extend_from_slice(&raw[start..end]);
        });
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
}
