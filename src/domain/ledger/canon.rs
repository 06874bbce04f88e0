//! Canonical JSON (RFC 8785): one value, one spelling, so that a hash over the bytes is a hash over the meaning.
//!
//! [`to_bytes`] writes it, [`members`] proves that bytes already are it, without building anything. A ledger is read far
//! more often than written, so the proof is a single scan.

use serde_json::{Number, Value};
use std::{cmp::Ordering, ops::Range};

/// How deep arrays and objects may lie in one another. Our own entries need six.
const DEEPEST: usize = 64;

/// The canonical form of `value`.
#[must_use]
pub fn to_bytes(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    write(value, &mut out);
    out
}

/// Writes the canonical form of `value` after what is there.
pub(super) fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(map) => {
            let mut pairs: Vec<(&String, &Value)> = map.iter().collect();
            pairs.sort_by(|(a, _), (b, _)| order(a, b));
            out.push(b'{');
            for (i, (key, item)) in pairs.into_iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_string(key, out);
                out.push(b':');
                write(item, out);
            }
            out.push(b'}');
        }
    }
}

/// RFC 8785 orders keys by their UTF-16 units, which for ASCII are its bytes.
fn order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

fn write_number(number: &Number, out: &mut Vec<u8>) {
    // Integers that every JSON reader holds exactly are most of what there is; the rest goes the long way.
    match number.as_i64() {
        Some(n) if n.unsigned_abs() <= EXACT => out.extend_from_slice(n.to_string().as_bytes()),
        _ => out.extend_from_slice(spell(number.as_f64().unwrap_or(0.0)).as_bytes()),
    }
}

fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    // What needs no escape goes over in one piece.
    while let Some(at) = rest.iter().position(|byte| matches!(byte, 0x00..0x20 | b'"' | b'\\')) {
        let (plain, escaped) = rest.split_at(at);
        out.extend_from_slice(plain);
        let [byte, after @ ..] = escaped else { break };
        match *byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            byte => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// 2⁵³ − 1: up to here a double holds every integer.
const EXACT: u64 = (1 << 53) - 1;

/// A double as ECMAScript spells it, which is what RFC 8785 asks for.
fn spell(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return "0".into();
    }
    // Rust's `{:e}` gives the shortest digits that read back as the same double; only the layout differs.
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let count = digits.len() as i32;
    if (1..=21).contains(&point) && count <= point {
        format!("{sign}{digits}{}", "0".repeat((point - count) as usize))
    } else if (1..=21).contains(&point) {
        let (whole, rest) = digits.split_at(point as usize);
        format!("{sign}{whole}.{rest}")
    } else if (-5..=0).contains(&point) {
        format!("{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize))
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let plus = if point > 0 { "+" } else { "" };
        format!("{sign}{first}{dot}{rest}e{plus}{}", point - 1)
    }
}

/// One member of an object: where its key (with the quotes) and its value lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub key: Range<usize>,
    pub value: Range<usize>,
}

/// Whether `bytes` are the canonical form of one value.
///
/// # Errors
/// The offset of the first byte that canonical JSON would not have there; the length when the bytes end too early.
pub fn check(bytes: &[u8]) -> Result<(), usize> {
    let mut scan = Scan::new(bytes)?;
    scan.value(0)?;
    scan.end()
}

/// Checks like [`check`] and says where the members of the outermost object lie, in order.
///
/// # Errors
/// As [`check`]; 0 when it is no object.
pub fn members(bytes: &[u8]) -> Result<Vec<Member>, usize> {
    let mut scan = Scan::new(bytes)?;
    let mut found = Vec::with_capacity(8);
    scan.object(0, |member| found.push(member))?;
    scan.end()?;
    Ok(found)
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    /// Checks UTF-8 once, for all the strings in there.
    fn new(bytes: &'a [u8]) -> Result<Self, usize> {
        std::str::from_utf8(bytes).map_err(|error| error.valid_up_to())?;
        Ok(Self { bytes, at: 0 })
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), usize> {
        if self.peek() != Some(byte) {
            return Err(self.at);
        }
        self.at += 1;
        Ok(())
    }

    fn end(&self) -> Result<(), usize> {
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.at) }
    }

    fn value(&mut self, depth: usize) -> Result<(), usize> {
        match self.peek() {
            Some(b'{') => self.object(depth, |_| ()),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string(),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.at),
        }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), usize> {
        word.iter().try_for_each(|byte| self.expect(*byte))
    }

    fn array(&mut self, depth: usize) -> Result<(), usize> {
        if depth >= DEEPEST {
            return Err(self.at);
        }
        self.expect(b'[')?;
        if self.peek() == Some(b']') {
            return self.expect(b']');
        }
        loop {
            self.value(depth + 1)?;
            if self.peek() != Some(b',') {
                return self.expect(b']');
            }
            self.at += 1;
        }
    }

    fn object(&mut self, depth: usize, mut found: impl FnMut(Member)) -> Result<(), usize> {
        if depth >= DEEPEST {
            return Err(self.at);
        }
        self.expect(b'{')?;
        if self.peek() == Some(b'}') {
            return self.expect(b'}');
        }
        let mut before: Option<Range<usize>> = None;
        loop {
            let start = self.at;
            self.string()?;
            let key = start..self.at;
            // Strictly ascending, so that a key stands once.
            if before.is_some_and(|before| self.order(before, key.clone()) != Ordering::Less) {
                return Err(start);
            }
            self.expect(b':')?;
            let start = self.at;
            self.value(depth + 1)?;
            found(Member { key: key.clone(), value: start..self.at });
            before = Some(key);
            if self.peek() != Some(b',') {
                return self.expect(b'}');
            }
            self.at += 1;
        }
    }

    /// Compares two keys by UTF-16 units, as RFC 8785 sorts.
    fn order(&self, a: Range<usize>, b: Range<usize>) -> Ordering {
        let inside = |range: Range<usize>| self.bytes.get(range.start + 1..range.end - 1).unwrap_or_default();
        let (short_a, short_b) = (inside(a.clone()), inside(b.clone()));
        let plain = |key: &[u8]| key.iter().all(|byte| byte.is_ascii() && *byte != b'\\');
        if plain(short_a) && plain(short_b) {
            return short_a.cmp(short_b);
        }
        let units = |range: Range<usize>| -> Vec<u16> {
            let text: String = serde_json::from_slice(self.bytes.get(range).unwrap_or_default()).unwrap_or_default();
            text.encode_utf16().collect()
        };
        units(a).cmp(&units(b))
    }

    fn string(&mut self) -> Result<(), usize> {
        self.expect(b'"')?;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            self.at += plain_len(rest);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                _ => return Err(self.at),
            }
        }
    }

    /// Only what must be escaped is, and in the shortest way.
    fn escape(&mut self) -> Result<(), usize> {
        let start = self.at;
        let rest = self.bytes.get(start + 1..).unwrap_or_default();
        match rest {
            [b'"' | b'\\' | b'b' | b't' | b'n' | b'f' | b'r', ..] => self.at += 2,
            [b'u', b'0', b'0', b'0', b'0'..=b'7' | b'b' | b'e' | b'f', ..]
            | [b'u', b'0', b'0', b'1', b'0'..=b'9' | b'a'..=b'f', ..] => self.at += 6,
            // Cut short is told apart from wrong: the one is what a crash leaves.
            short if short.len() < 5 && b"u0000".starts_with(short) => return Err(self.bytes.len()),
            _ => return Err(start),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), usize> {
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let length = rest.iter().position(|byte| !matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'));
        let text = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        self.at += text.len();
        let digits = text.strip_prefix(b"-").unwrap_or(text);
        let plain = digits.iter().all(u8::is_ascii_digit) && digits.len() <= 15;
        let canonical = match digits {
            [] => false,
            [b'0'] => text.len() == 1,
            [b'0', ..] if plain => false,
            _ if plain => true,
            _ => {
                let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
                number.is_some_and(|number| number.is_finite() && spell(number).as_bytes() == text)
            }
        };
        if canonical { Ok(()) } else { Err(start) }
    }
}

/// How many bytes come before the first that ends a run of plain ones: a quote, a backslash, a control. Eight at a time,
/// since most of a ledger is strings.
fn plain_len(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES * 0x80;
    // The lowest set bit is exact; a borrow can only set bits above it.
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGHS;
    let (words, rest) = bytes.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
        let found = quote | backslash | below(word, 0x20);
        if found != 0 {
            return i * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let is_special = |byte: &u8| matches!(byte, 0..0x20 | b'"' | b'\\');
    words.len() * 8 + rest.iter().position(is_special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn text(value: &Value) -> String {
        String::from_utf8(to_bytes(value)).unwrap()
    }

    #[test]
    fn keys_are_sorted_by_utf16_units_not_by_bytes() {
        // U+10000 is a surrogate pair from D800 on, so it sorts before U+FB33, though its UTF-8 bytes are higher.
        let value = json!({"\u{fb33}": 1, "\u{10000}": 2, "\r": 3, "1": 4, "é": 5});
        let written = text(&value);
        assert_eq!(written, "{\"\\r\":3,\"1\":4,\"é\":5,\"\u{10000}\":2,\"\u{fb33}\":1}");
        assert_eq!(check(written.as_bytes()), Ok(()));
        assert!(check("{\"\u{fb33}\":1,\"\u{10000}\":2}".as_bytes()).is_err());
    }

    #[test]
    fn strings_are_escaped_no_more_than_needed() {
        let value = json!("\u{0}\u{8}\t\n\u{b}\u{c}\r\u{1f}\"\\/\u{7f}\u{2028}é");
        assert_eq!(text(&value), "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u{7f}\u{2028}é\"");
    }

    #[test]
    fn numbers_read_as_ecmascript_writes_them() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (333_333_333.333_333_3, "333333333.3333333"),
            (4.5, "4.5"),
            (2e-3, "0.002"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
        ];
        for (number, expected) in cases {
            assert_eq!(spell(number), expected);
            assert_eq!(check(expected.as_bytes()), Ok(()), "{expected}");
        }
    }

    #[test]
    fn any_other_spelling_is_seen() {
        for other in [
            "{\"b\":1,\"a\":2}",
            "{\"a\":1,\"a\":2}",
            "{ \"a\":1}",
            "{\"a\": 1}",
            "{\"a\":1} ",
            "{\"a\":1}\r",
            "[1, 2]",
            "[1,]",
            "\"\\u0041\"",
            "\"\\/\"",
            "\"\\u000A\"",
            "\"\\u000a\"",
            "\"\\u001F\"",
            "\"\u{1}\"",
            "01",
            "-0",
            "-",
            "1.0",
            "1e2",
            "+1",
            "9007199254740993",
            "1E21",
            "nul",
            "",
            "\u{feff}1",
        ] {
            assert!(check(other.as_bytes()).is_err(), "{other:?}");
        }
        assert_eq!(check(b"\"\xff\""), Err(1));
        assert!(check("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn bytes_that_end_too_early_fail_at_their_end() {
        let whole = "{\"a\":[true,null,{\"b\":\"x\\u0001\\n\"}],\"c\":-12}";
        assert_eq!(check(whole.as_bytes()), Ok(()));
        for cut in 0..whole.len() {
            let part = &whole.as_bytes()[..cut];
            match check(part) {
                Err(at) => assert!(at == cut || part.ends_with(b"-"), "cut at {cut} failed at {at}"),
                Ok(()) => panic!("cut at {cut} passed"),
            }
        }
    }

    #[test]
    fn a_run_of_plain_bytes_ends_at_the_first_special_one_wherever_it_stands() {
        for special in [b'"', b'\\', 0, 0x1f] {
            for at in 0..20 {
                let mut bytes = "é #!]^\u{7f}\u{ff}áü~ ÿab".repeat(2).into_bytes();
                assert_eq!(plain_len(&bytes), bytes.len());
                bytes[at] = special;
                assert_eq!(plain_len(&bytes), at);
            }
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            // Short fractions only: `serde_json` reads long ones to the neighbouring double.
            any::<i32>().prop_map(|n| Value::from(f64::from(n) / 8.0)),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map(any::<String>(), inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_checks_and_reads_back_to_the_same_bytes(value in any_json()) {
            let written = to_bytes(&value);
            prop_assert_eq!(check(&written), Ok(()));
            let back: Value = serde_json::from_slice(&written).unwrap();
            prop_assert_eq!(to_bytes(&back), written);
        }

        #[test]
        fn what_checks_is_what_would_be_written(bytes in "[\\[\\]{}:,\"0-9a-c.e\\\\un -]{0,12}") {
            if check(bytes.as_bytes()).is_ok() {
                let value: Value = serde_json::from_str(&bytes).unwrap();
                prop_assert_eq!(text(&value), bytes);
            }
        }
    }
}
