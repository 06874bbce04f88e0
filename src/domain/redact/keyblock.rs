//! Private keys that span lines: from their first line to their last, nothing in between is kept.

/// The name on the mask.
pub(super) const RULE: &str = "private-key";
/// In every first line, in this case or another.
pub(super) const KEYWORD: &str = "private key";
/// Longer than any key; a first line without a last one must not swallow the rest of the output.
const LONGEST: u32 = 1000;

/// Where in `text` the first line of a key stands, and where its last line ends when that is here too.
pub(super) fn find(text: &[u8], from: usize) -> Option<(usize, Option<usize>)> {
    let start = marker(text, b"-----BEGIN ", from)?.0;
    Some((start, end(text, start)))
}

/// Where the last line of a key ends.
pub(super) fn end(text: &[u8], from: usize) -> Option<usize> {
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

/// Inside a key, between its first line and its last.
#[derive(Default)]
pub(super) struct KeyBlock {
    lines: Option<u32>,
}

impl KeyBlock {
    pub fn open(&mut self) {
        self.lines = Some(0);
    }

    pub fn close(&mut self) {
        self.lines = None;
    }

    pub fn is_open(&self) -> bool {
        self.lines.is_some()
    }

    /// Whether a line without an end marker still belongs to the key; if not, the key is over.
    pub fn takes(&mut self, line: &[u8]) -> bool {
        let Some(lines) = &mut self.lines else { return false };
        *lines += 1;
        let belongs = *lines <= LONGEST && looks_like_key(line.trim_ascii());
        if !belongs {
            self.close();
        }
        belongs
    }
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
