//! Values that are known to be secret in this run, in every form a program may print them.

use std::collections::BTreeMap;

/// A value that must reach no sink, and the name its mask shows. It has no `Debug`, so that it cannot be printed.
#[derive(Clone)]
pub struct Secret {
    value: String,
    rule: String,
}

/// Shorter values are words and numbers: masking them would tear every text apart and hide nothing.
const SHORTEST: usize = 6;
/// Digits of base64 that tell a value: six bytes, as many as the shortest value has.
const WINDOW: usize = 8;
/// A longer value is told by fewer pieces: it is spread over more lines, too.
const DENSE: usize = 96;
/// Values that env files hold in the open.
const PLAIN: [&str; 12] = [
    "production",
    "development",
    "staging",
    "preview",
    "localhost",
    "enabled",
    "disabled",
    "default",
    "invoice",
    "public",
    "private",
    "undefined",
];

impl Secret {
    /// `rule` is what the mask names: usually the name of the variable.
    pub fn new(value: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { value: value.into(), rule: rule.into() }
    }

    /// The name its mask shows.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The value, for handing it to the command. For nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.value
    }
}

/// One form of one secret.
pub(super) struct Form {
    pub bytes: Vec<u8>,
    pub secret: usize,
    /// Hex and percent codes come in both cases.
    pub any_case: bool,
    /// Part of a longer run of base64: all of that goes.
    pub in_run: bool,
}

/// Every form of every secret that is long enough to be told from ordinary text.
pub(super) fn forms(secrets: &[Secret]) -> Vec<Form> {
    let mut all: BTreeMap<Vec<u8>, Form> = BTreeMap::new();
    for (secret, known) in secrets.iter().enumerate() {
        let value = known.value.trim();
        if value.len() < SHORTEST || PLAIN.contains(&value.to_ascii_lowercase().as_str()) {
            continue;
        }
        let mut add = |bytes: Vec<u8>, any_case, in_run| {
            if bytes.len() >= SHORTEST && !bytes.contains(&b'\n') {
                let key = bytes.clone();
                all.entry(key).or_insert(Form { bytes, secret, any_case, in_run });
            }
        };
        // Output comes in lines, so a value of several lines is found line by line.
        let lines = value.lines().map(str::trim).filter(|line| line.len() < value.len());
        for text in std::iter::once(value).chain(lines) {
            written(text, &mut |text, any_case| add(text.into(), any_case, false));
        }
        let hex: Vec<u8> = value.bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
        add(hex.clone(), true, false);
        // A dump in hex is wrapped, too.
        for window in hex_windows(&hex) {
            add(window.to_vec(), true, true);
        }
        for window in value.as_bytes().windows(SHORTEST).take(DENSE) {
            for dump in dumped(window) {
                add(dump.into(), true, false);
            }
        }
        // A scheme such as `https://` is anybody's.
        let told = value.find("://").map_or(0, |at| at + 3);
        for shift in 0..3 {
            let core = base64_core(value.as_bytes(), shift);
            let first = ((shift + told) * 8).div_ceil(6) - (shift * 8).div_ceil(6);
            for window in windows(core.get(first..).unwrap_or_default()) {
                let url = window
                    .iter()
                    .map(|byte| match byte {
                        b'+' => b'-',
                        b'/' => b'_',
                        other => *other,
                    })
                    .collect();
                add(window.to_vec(), false, true);
                add(url, false, true);
            }
        }
    }
    all.into_values().collect()
}

/// A text as formats and shells write it down; whether that comes in either case.
fn written(text: &str, add: &mut dyn FnMut(String, bool)) {
    add(text.into(), false);
    let json = in_quotes(text);
    for json in [json.replace('/', "\\/"), in_quotes(&json), json] {
        for escaped in ["", "<>&", "<>&'", "<>&'/", "<>&'\"+"] {
            add(json_in_ascii(&json, escaped, false), true);
            add(json_in_ascii(&json, escaped, true), true);
        }
        add(json, false);
    }
    for kept in ["-._~", "-._~/", "-._~!*'()", "-._~!*'();/?:@&=+$,#"] {
        add(percent(text, kept.as_bytes()), true);
    }
    add(percent(text, b"-._~ ").replace(' ', "+"), true);
    add(text.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02x}")), true);
    add(text.replace('\'', "'\\''"), false);
    add(text.replace('\'', "'\"'\"'"), false);
    add(ansi_c(text), false);
    add(shell(text, |c| matches!(c, '"' | '\\' | '$' | '`')), false);
    add(shell(text, |c| !c.is_alphanumeric() && !"_-./:=@%+,".contains(c)), false);
    add(shell(text, |c| !c.is_alphanumeric() && !"_-./".contains(c)), false);
    add(html(text), false);
}

/// What stands between the quotes of a JSON string.
fn in_quotes(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap_or_default();
    json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap_or_default().to_owned()
}

/// Bytes in hex with something between them: `od`, `hexdump` and certificates by the byte, `xxd` by two.
fn dumped(bytes: &[u8]) -> [String; 4] {
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let by_two = |first: usize| {
        let (head, rest) = hex.split_at(first);
        let pairs = rest.chunks(2).map(<[String]>::concat);
        std::iter::once(head.concat()).filter(|head| !head.is_empty()).chain(pairs).collect::<Vec<_>>().join(" ")
    };
    [hex.join(" "), hex.join(":"), by_two(0), by_two(1)]
}

/// Pieces of base64 of which every line that holds a part of the value holds one, wherever the encoder broke its lines.
/// A hit takes the whole run of digits around it with it.
fn windows(core: &[u8]) -> impl Iterator<Item = &[u8]> {
    let step = if core.len() > DENSE { WINDOW / 2 } else { 1 };
    // Six bytes in the middle of a group leave one digit less to themselves.
    let window = WINDOW.min(core.len()).max(WINDOW - 1);
    let last = core.len().checked_sub(window).map(|at| &core[at..]);
    core.windows(window).step_by(step).chain(last)
}

/// The same of hex: six bytes, at every byte.
fn hex_windows(hex: &[u8]) -> impl Iterator<Item = &[u8]> {
    const DIGITS: usize = 2 * SHORTEST;
    let step = if hex.len() > 4 * DENSE { DIGITS / 2 } else { 2 };
    let last = hex.len().checked_sub(DIGITS).map(|at| &hex[at..]);
    hex.windows(DIGITS).step_by(step).chain(last)
}

/// Everything but letters, digits and `keep` as percent codes.
fn percent(value: &str, keep: &[u8]) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || keep.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(["%", &format!("{byte:02x}")]);
        }
    }
    out
}

/// JSON with `escaped` written as codes, and with `others` everything that is not ASCII, too.
fn json_in_ascii(json: &str, escaped: &str, others: bool) -> String {
    let mut out = String::new();
    for c in json.chars() {
        if escaped.contains(c) || others && !c.is_ascii() {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out.extend(["\\u", &format!("{unit:04x}")]));
        } else {
            out.push(c);
        }
    }
    out
}

/// Between `$'` and `'`, as a shell writes what has line ends in it.
fn ansi_c(text: &str) -> String {
    text.chars().fold(String::new(), |out, c| match c {
        '\\' | '\'' => out + "\\" + &c.to_string(),
        '\n' => out + "\\n",
        '\r' => out + "\\r",
        '\t' => out + "\\t",
        c => out + &c.to_string(),
    })
}

fn shell(value: &str, special: impl Fn(char) -> bool) -> String {
    value.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

fn html(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// The base64 digits that depend on `value` alone when it starts at byte `shift` of a group of three.
fn base64_core(value: &[u8], shift: usize) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let first = (shift * 8).div_ceil(6);
    let last = (shift + value.len()) * 8 / 6;
    let bit = |n: usize| n.checked_sub(shift * 8).and_then(|n| value.get(n / 8).map(|byte| byte >> (7 - n % 8) & 1)).unwrap_or(0);
    (first..last).map(|digit| DIGITS[usize::from((0..6).fold(0_u8, |code, n| code << 1 | bit(digit * 6 + n)))]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_found_at_every_alignment() {
        // "hunter2!" behind nothing, one and two bytes.
        assert_eq!(base64_core(b"hunter2!", 0), b"aHVudGVyMi");
        assert!("eGh1bnRlcjIh".contains(std::str::from_utf8(&base64_core(b"hunter2!", 1)).unwrap()));
        assert!("eHhodW50ZXIyIQ==".contains(std::str::from_utf8(&base64_core(b"hunter2!", 2)).unwrap()));
    }

    #[test]
    fn wherever_base64_is_wrapped_each_line_with_a_part_of_the_value_is_known() {
        let core = base64_core("correct-horse-battery-staple".repeat(9).as_bytes(), 0);
        for core in [&core[..20], &core[..]] {
            for start in 0..=core.len() - 11 {
                let line = &core[start..start + 11];
                assert!(windows(core).any(|window| memchr::memmem::find(line, window).is_some()), "at {start}");
            }
        }
    }

    #[test]
    fn wherever_hex_is_wrapped_each_line_with_six_bytes_of_the_value_is_known() {
        let value = "correct-horse-battery-staple";
        let known = forms(&[Secret::new(value, "PASS")]);
        let hex: String = value.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02X}"));
        for start in (0..=hex.len() - 12).step_by(2) {
            let line = hex[start..start + 12].to_ascii_lowercase();
            assert!(known.iter().any(|form| form.in_run && form.bytes == line.as_bytes()), "at {start}");
        }
    }

    fn masked(value: &str, line: &str) -> bool {
        let secrets = [Secret::new(value, "PASS")];
        let mut redactor = super::super::Redactor::new(std::sync::Arc::new(Vec::new()), &secrets);
        let out = redactor.once(line.as_bytes());
        !redactor.counts().is_empty() && memchr::memmem::find(&out, line.as_bytes()).is_none()
    }

    #[test]
    fn what_common_tools_write_is_known() {
        for (value, line) in [
            ("it's9secret", r#"export PWD1='it'"'"'s9secret'"#),
            ("it's9secret", r"export PWD1='it'\''s9secret'"),
            ("first'line one9\nsecond line two9", r"ML=$'first\'line one9\nsecond line two9'"),
            ("abQ/deF+ghI=jkL7", "abQ/deF%2BghI%3DjkL7"),
            ("Zq7Wx1", "YWI6Y1pxN1d4MQ=="),
            ("Zq7Wx1", "eFpxN1d4MQ=="),
            ("pa'ss<word>9", r#""pa'ss\u003cword\u003e9""#),
            ("päss<wörd>9", r#""päss\u003cwörd\u003e9""#),
            ("a\"b/cd9", r#"{\"x\":\"a\\\"b/cd9\"}"#),
            ("a/b/cd9", r#""a\u002fb\u002fcd9""#),
            ("a/b/cd9", "%61%2F%62%2f%63%64%39"),
            ("hunter2!", "0000000 68 75 6e 74 65 72 32 21 0a"),
            ("hunter2!", "00000000: 6875 6e74 6572 3221 0a"),
            ("hunter2!", "00000000: 7868 756e 7465 7232 210a"),
            ("hunter2!", "68:75:6E:74:65:72:32:21"),
        ] {
            assert!(masked(value, line), "{value}: {line}");
        }
    }

    #[test]
    fn a_scheme_does_not_make_every_encoded_address_a_secret() {
        let known = forms(&[Secret::new("https://x.test/s3cr3t", "HOOK")]);
        assert!(known.iter().all(|form| !b"aHR0cHM6Ly9vdGhlci50ZXN0Lw".windows(form.bytes.len()).any(|part| part == form.bytes)));
    }

    #[test]
    fn words_and_short_values_are_no_secrets() {
        assert!(forms(&[Secret::new("true", "A"), Secret::new("production", "B"), Secret::new(" \n", "C")]).is_empty());
    }
}
