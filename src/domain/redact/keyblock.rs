//! Private keys that span lines: from their first line to their last, nothing in between is kept.

/// The name on the mask.
pub(super) const RULE: &str = "private-key";
/// One of these, in this case or another, is in every first line.
pub(super) const KEYWORDS: [&str; 3] = ["private key", "ls0tls1crudjti", "private-lines:"];
/// Longer than any key; a first line without a last one must not swallow the rest of the output.
const LONGEST: u32 = 1000;

/// How the lines behind a first line are told from what follows the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goes {
    /// Until `-----END`.
    ToItsEnd,
    /// The first line says how many there are.
    For(u32),
    /// Base64 in lines of this width; the last one is shorter.
    InLinesOf(usize),
}

/// Calls back with what to mask and how the key goes on when it does not end here.
pub(super) fn each(text: &[u8], mut found: impl FnMut(usize, usize, Option<Goes>)) {
    let line = text.strip_suffix(b"\n").map_or(text.len(), <[u8]>::len);
    let line = if text[..line].ends_with(b"\r") { line - 1 } else { line };
    let mut from = 0;
    while let Some((start, _)) = marker(text, b"-----BEGIN ", from) {
        match end(text, start) {
            Some(end) => {
                found(start, end, None);
                from = end;
            }
            None => return found(start, line.max(start), Some(Goes::ToItsEnd)),
        }
    }
    encoded(text, line, &mut found);
    counted(text, line, &mut found);
}

/// Where the last line of a key ends.
fn end(text: &[u8], from: usize) -> Option<usize> {
    marker(text, b"-----END ", from).map(|(_, end)| end)
}

/// `-----BEGIN … PRIVATE KEY …-----`, as start and end.
fn marker(text: &[u8], dashes: &[u8], mut from: usize) -> Option<(usize, usize)> {
    while let Some(found) = text.get(from..).and_then(|rest| memchr::memmem::find(rest, dashes)) {
        let start = from + found;
        let label = start + dashes.len();
        let len = text[label..].iter().take(64).take_while(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' ')).count();
        let name = &text[label..label + len];
        if memchr::memmem::find(name, b"PRIVATE KEY").is_some() && text[label + len..].starts_with(b"-----") {
            return Some((start, label + len + 5));
        }
        from = label;
    }
    None
}

/// A key with its first line that was put into base64 as a whole, in one line or in lines of one width.
fn encoded(text: &[u8], line: usize, found: &mut impl FnMut(usize, usize, Option<Goes>)) {
    /// `-----BEGIN ` …
    const BEGINS: &[u8] = b"LS0tLS1CRUdJTi";
    let mut from = 0;
    while let Some(start) = memchr::memmem::find(&text[from..], BEGINS).map(|found| from + found) {
        let end = start + text[start..].iter().take_while(|byte| is_base64(**byte)).count();
        from = end;
        let head = &text[start..end.min(start + 80)];
        let head = super::shape::decode(&head[..head.len() / 4 * 4]).unwrap_or_default();
        // … of a key, not of a certificate. A head cut short tells neither, and is taken for a key.
        let is_key = memchr::memmem::find(&head, b"PRIVATE KEY").is_some()
            || head.len() < 30 && memchr::memmem::find(&head, b"CERT").is_none();
        if is_key {
            let goes_on = end == line && line < text.len() && end - start >= 40 && !text[..end].ends_with(b"=");
            found(start, end, goes_on.then_some(Goes::InLinesOf(end - start)));
        }
    }
}

/// `Private-Lines: 8`, as `PuTTY` writes it.
fn counted(text: &[u8], line: usize, found: &mut impl FnMut(usize, usize, Option<Goes>)) {
    const NAME: &[u8] = b"Private-Lines:";
    let Some(start) = memchr::memmem::find(text, NAME) else { return };
    let value = start
        + NAME.len()
        + text[start + NAME.len()..line.max(start + NAME.len())].iter().take_while(|byte| **byte == b' ').count();
    let digits = text[value..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let count = std::str::from_utf8(&text[value..value + digits]).ok().and_then(|count| count.parse::<u32>().ok());
    if let Some(count) = count.filter(|count| (1..=LONGEST).contains(count)) {
        found(value, value + digits, Some(Goes::For(count)));
    }
}

/// Inside a key, between its first line and its last.
#[derive(Default)]
pub(super) struct KeyBlock {
    open: Option<(Goes, u32)>,
    /// What stood before the first line, as a log puts it before each: `app_1  | `.
    before: Vec<u8>,
}

impl KeyBlock {
    /// `before`: what stands before the key in its first line.
    pub fn open(&mut self, goes: Goes, before: &[u8]) {
        self.open = Some((goes, 0));
        self.before = before.to_vec();
    }

    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Where the key ends in this text. Then it is over.
    pub fn ends(&mut self, text: &[u8]) -> Option<usize> {
        let end = self.open.filter(|(goes, _)| *goes == Goes::ToItsEnd).and_then(|_| end(text, 0))?;
        self.open = None;
        Some(end)
    }

    /// Whether a line without an end marker still belongs to the key; if not, the key is over. A very long line comes in
    /// pieces, of which only the last one ends it.
    pub fn takes(&mut self, line: &[u8], is_last: bool) -> bool {
        let Some((goes, lines)) = &mut self.open else { return false };
        *lines += u32::from(is_last);
        let line = without(&self.before, line).trim_ascii();
        let (belongs, over) = match goes {
            Goes::ToItsEnd => (*lines <= LONGEST && looks_like_key(line), false),
            Goes::For(count) => (true, *lines >= *count),
            Goes::InLinesOf(width) => {
                let digits = !line.is_empty() && line.iter().all(|byte| is_base64(*byte));
                let full = line.len() == *width && *lines <= LONGEST;
                (digits && (full || line.len() < *width && !line.iter().all(u8::is_ascii_lowercase)), !full)
            }
        };
        if !belongs || over {
            self.open = None;
        }
        belongs
    }
}

/// A line without what a log puts before it; a time of day in there goes on.
fn without<'l>(before: &[u8], line: &'l [u8]) -> &'l [u8] {
    let same = |(a, b): (&u8, &u8)| a == b || a.is_ascii_digit() && b.is_ascii_digit();
    match line.split_at_checked(before.len()) {
        Some((begins, rest)) if before.iter().zip(begins).all(same) => rest,
        _ => line,
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

fn looks_like_key(line: &[u8]) -> bool {
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\\');
    let frame = |byte: &u8| matches!(byte, b'"' | b'\'' | b'|' | b',' | b'>' | b'#');
    // `Proc-Type: 4,ENCRYPTED` and its like stand at the top of some.
    let header = || {
        let name = line.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'-').count();
        name > 0 && line[name..].starts_with(b": ")
    };
    let run = || line.split(|byte| !digit(byte)).any(|run| run.len() >= 24);
    line.iter().all(|byte| digit(byte) || frame(byte)) || run() || header()
}
