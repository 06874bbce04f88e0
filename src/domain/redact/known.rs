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
        for shift in 0..3 {
            let core = base64_core(value.as_bytes(), shift);
            if core.len() >= 8 {
                let url = core
                    .iter()
                    .map(|byte| match byte {
                        b'+' => b'-',
                        b'/' => b'_',
                        other => *other,
                    })
                    .collect();
                add(core, false, true);
                add(url, false, true);
            }
        }
    }
    all.into_values().collect()
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
    fn words_and_short_values_are_no_secrets() {
        assert!(forms(&[Secret::new("true", "A"), Secret::new("production", "B"), Secret::new(" \n", "C")]).is_empty());
    }
}
