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
        for line in value.lines() {
            add(line.trim().into(), false, false);
        }
        let json = serde_json::to_string(value).unwrap_or_default();
        let json = json.trim_matches('"');
        add(json.into(), false, false);
        add(json.replace('/', "\\/").into(), false, false);
        add(json.replace('\\', "\\\\").into(), false, false);
        add(ascii_json(json).into(), true, false);
        add(percent(value, b"-._~").into(), true, false);
        add(percent(value, b"-._~!*'()").into(), true, false);
        add(percent(value, b"-._~!*'();/?:@&=+$,#").into(), true, false);
        add(percent(value, b"-._~ ").replace(' ', "+").into(), true, false);
        add(value.replace('\'', "'\\''").into(), false, false);
        add(shell(value, |c| matches!(c, '"' | '\\' | '$' | '`')).into(), false, false);
        add(shell(value, |c| !c.is_alphanumeric() && !"_-./:=@%+,".contains(c)).into(), false, false);
        add(shell(value, |c| !c.is_alphanumeric() && !"_-./".contains(c)).into(), false, false);
        add(html(value).into(), false, false);
        add(value.bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect(), true, false);
        // A dump in hex is wrapped, too.
        let hex: Vec<u8> = value.bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
        for window in hex_windows(&hex) {
            add(window.to_vec(), true, true);
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

/// Pieces of base64 of which every line that holds a part of the value holds one, wherever the encoder broke its lines.
/// A hit takes the whole run of digits around it with it.
fn windows(core: &[u8]) -> impl Iterator<Item = &[u8]> {
    let step = if core.len() > DENSE { WINDOW / 2 } else { 1 };
    let last = core.len().checked_sub(WINDOW).map(|at| &core[at..]);
    core.windows(WINDOW).step_by(step).chain(last)
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

fn ascii_json(json: &str) -> String {
    let mut out = String::new();
    for c in json.chars() {
        if c.is_ascii() && !matches!(c, '<' | '>' | '&' | '\'') {
            out.push(c);
        } else {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out.extend(["\\u", &format!("{unit:04x}")]));
        }
    }
    out
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
