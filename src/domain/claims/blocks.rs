//! What begins at the start of a line of text or Markdown. Owns where one block ends and another begins, so that no wording
//! runs from a list item, a heading or a table's cell into the next.

/// No header of a table is longer.
const HEADER: usize = 4 << 10;
/// What stands before an item, besides `-`, `+` and `*`.
const BULLETS: &str = "•◦▪▫‣●○■□⁃·∙➢➤✓✔✗✘☐☑☒\u{f0b7}\u{f0a7}";

/// What a line is to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It goes on.
    Flows,
    /// It begins a block, and the next line may go on with it.
    Item,
    /// It is a block by itself: a heading, a fence, a rule.
    Whole,
    /// Each of its cells is a block.
    Row,
    /// The row of dashes below a table's header: what follows are rows.
    Delimiter,
}

/// How a line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    pub kind: Kind,
    /// How many `>` it is quoted by.
    pub depth: usize,
    /// Bytes before its words.
    pub skip: usize,
}

/// Reads how a line begins; `rest` is the text from there on.
pub fn opening(rest: &str) -> Opening {
    let (depth, at) = prefix(rest);
    let line = &rest[at..];
    let (kind, skip) = kind(line);
    let kind = if kind == Kind::Flows && is_header(line) { Kind::Row } else { kind };
    Opening { kind, depth, skip: at + skip }
}

/// Past spaces and `>`.
fn prefix(rest: &str) -> (usize, usize) {
    let marks = rest.bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'>'));
    marks.fold((0, 0), |(depth, at), byte| (depth + usize::from(byte == b'>'), at + 1))
}

/// What the line is, and the bytes of its own mark.
fn kind(line: &str) -> (Kind, usize) {
    let Some(first) = line.as_bytes().first() else { return (Kind::Flows, 0) };
    match first {
        b'|' if is_delimiter(line) => (Kind::Delimiter, 0),
        b'|' => (Kind::Row, 0),
        b'#' if is_heading(line) => (Kind::Whole, 0),
        b'`' | b'~' if line.starts_with("```") || line.starts_with("~~~") => (Kind::Whole, 0),
        b'-' | b'=' | b'*' | b'_' | b'+' | b':' => marked(line, *first),
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'(' => numbered(line).map_or((Kind::Flows, 0), |len| (Kind::Item, len)),
        0x80.. => match line.chars().next().filter(|c| BULLETS.contains(*c)) {
            Some(bullet) => (Kind::Item, bullet.len_utf8()),
            None => (Kind::Flows, 0),
        },
        _ => (Kind::Flows, 0),
    }
}

fn marked(line: &str, first: u8) -> (Kind, usize) {
    if is_delimiter(line) {
        return (Kind::Delimiter, 0);
    }
    if is_rule(line) {
        return (Kind::Whole, 0);
    }
    let after = line.as_bytes().get(1).copied().unwrap_or(b'\n');
    let is_item = matches!(first, b'-' | b'*' | b'+' | b':') && after.is_ascii_whitespace();
    if is_item { (Kind::Item, 1) } else { (Kind::Flows, 0) }
}

fn is_heading(line: &str) -> bool {
    let depth = line.bytes().take(7).take_while(|byte| *byte == b'#').count();
    depth < 7 && line.as_bytes().get(depth).is_none_or(u8::is_ascii_whitespace)
}

/// A line of nothing but marks: `---`, `===`, `* * *`, `+---+---+`. One `-` alone may be a dash.
fn is_rule(line: &str) -> bool {
    let (mut marks, mut last) = (0_usize, 0);
    for byte in line.bytes() {
        match byte {
            b'\n' | b'\r' => break,
            b' ' | b'\t' => {}
            b'-' | b'=' | b'*' | b'_' | b'+' | b':' | b'|' => (marks, last) = (marks + 1, byte),
            _ => return false,
        }
    }
    marks > 1 || last == b'='
}

/// `|---|:--:|` or `--- | ---`.
fn is_delimiter(line: &str) -> bool {
    let (mut dash, mut bar) = (false, false);
    for byte in line.bytes() {
        match byte {
            b'\n' | b'\r' => break,
            b' ' | b'\t' | b':' => {}
            b'-' => dash = true,
            b'|' => bar = true,
            _ => return false,
        }
    }
    dash && bar
}

/// Whether it has a `|`, and the next line says that it is the header of a table.
fn is_header(line: &str) -> bool {
    let near = &line.as_bytes()[..line.len().min(HEADER)];
    let Some(end) = memchr::memchr2(b'\n', b'\r', near).filter(|end| near[..*end].contains(&b'|')) else { return false };
    let next = line[end..].strip_prefix("\r\n").or_else(|| line.get(end + 1..)).unwrap_or_default();
    let next = &next[prefix(next).1..];
    next.starts_with(['|', '-', ':']) && is_delimiter(next)
}

/// The length of `12.`, `2.1`, `3)`, `(iv)`, `b)`, when a space comes after it.
fn numbered(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let open = usize::from(bytes[0] == b'(');
    let count = |from: usize, is: fn(&u8) -> bool| bytes[from..].iter().take(4).take_while(|byte| is(byte)).count();
    let letters = count(open, u8::is_ascii_alphabetic);
    let mut at = open;
    let mut dots = 0;
    if letters > 0 {
        let is_roman = bytes[open..open + letters].iter().all(|byte| matches!(byte | 0x20, b'i' | b'v' | b'x'));
        at += if letters == 1 || (open == 1 && is_roman) { letters } else { return None };
    } else {
        loop {
            let digits = count(at, u8::is_ascii_digit);
            if digits > 3 || (digits == 0 && dots == 0) {
                return None;
            }
            at += digits;
            if digits == 0 || bytes.get(at) != Some(&b'.') {
                break;
            }
            (at, dots) = (at + 1, dots + 1);
        }
    }
    let closed = match bytes.get(at) {
        Some(b')') => 1,
        Some(b'.') if open == 0 => 1,
        _ if open == 0 && dots > 0 => 0,
        _ => return None,
    };
    at += closed;
    matches!(bytes.get(at), Some(b' ' | b'\t')).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(line: &str) -> Kind {
        opening(line).kind
    }

    #[test]
    fn a_line_is_known_by_how_it_begins() {
        for line in [
            "- a", "  * a", "+\ta", "-", "1. a", "12) a", "2.1 a", "2.1. a", "(a) b", "(iv) b", "b) c", "> - a", "• a", "●a",
            ": a",
        ] {
            assert_eq!(kind_of(line), Kind::Item, "{line:?}");
        }
        for line in ["# a", "###### a", "#", "```sh", "~~~", "---", "===", "=", "* * *", "__", "+---+---+", "> ---", "# a\nb"] {
            assert_eq!(kind_of(line), Kind::Whole, "{line:?}");
        }
        for line in ["| a | b |", "|a", "a | b\n--- | ---", "a |\r\n|---|", "> a | b\n> :-: | -"] {
            assert_eq!(kind_of(line), Kind::Row, "{line:?}");
        }
        for line in ["|---|", "|:-:|---|\nx", "--- | ---", ":--|"] {
            assert_eq!(kind_of(line), Kind::Delimiter, "{line:?}");
        }
        for line in [
            "",
            "a",
            "-a",
            "*a* b",
            "**a",
            "#a",
            "####### a",
            "2026. a",
            "1.a",
            "1 a",
            "a b",
            "(a b)",
            "(see) b",
            "é",
            "a | b",
            "a\n---|---",
            ":a",
        ] {
            assert_eq!(kind_of(line), Kind::Flows, "{line:?}");
        }
    }

    #[test]
    fn quotes_are_counted_and_marks_are_left_out() {
        assert_eq!(opening("> > 12. a"), Opening { kind: Kind::Item, depth: 2, skip: 7 });
        assert_eq!(opening(">> a"), Opening { kind: Kind::Flows, depth: 2, skip: 3 });
        assert_eq!(opening(" • a"), Opening { kind: Kind::Item, depth: 0, skip: 4 });
    }
}
