//! Credential formats: what they look like, and the words that make it worth looking.

use super::{shape, stand_in::is_stand_in};
use regex::bytes::Regex;
use std::sync::OnceLock;

/// A format that a room adds to those that come with the program. Nothing of theirs can be changed by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    pub id: String,
    pub keyword: Option<String>,
    /// Without one, the keyword and the rest of its word are masked.
    pub pattern: Option<String>,
}

impl Added {
    /// As a rule beside the others. Its `^` and `$` are those of a line, wherever the line stands.
    #[must_use]
    pub fn rule(&self) -> Rule {
        let pattern = match (&self.pattern, &self.keyword) {
            (Some(pattern), _) => format!("(?mR)(?:{pattern})"),
            (None, keyword) => {
                format!(r#"(?i){}[^\s"'`<>,;]+"#, regex::escape(keyword.as_deref().unwrap_or_default()))
            }
        };
        Rule::new(self.id.clone(), self.keyword.iter().cloned().collect(), pattern, Shape::Stated)
    }
}

/// One format. Compiled when one of its keywords is first seen: most runs need none of them.
#[derive(Clone)]
pub struct Rule {
    pub name: String,
    /// At least one of these, in any case, is in every text that the pattern finds; without any, every text is searched.
    pub keywords: Vec<String>,
    /// A group named `secret` is what is masked; without one, the whole match is.
    pub pattern: String,
    pub shape: Shape,
    regex: OnceLock<Option<Regex>>,
}

/// What a secret is besides what its pattern says; tells it from words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    #[default]
    Any,
    /// Exactly what the pattern says, placeholder or not.
    Stated,
    /// It has a digit in it: `Bearer eyJ0…`, not `Bearer authentication`.
    Digit,
    /// Digits and letters take turns, as nobody writes them: not `EmployeeBadge2026`, no UUID.
    Mixed,
    /// The base64 of `name:password`: not `Basic authentication`.
    Base64Pair,
    /// `name=value; name=value`, of which the values are secret and attributes such as `Path` are not.
    Cookies,
}

impl Rule {
    /// A rule that is compiled when first needed.
    #[must_use]
    pub fn new(name: String, keywords: Vec<String>, pattern: String, shape: Shape) -> Self {
        Self { name, keywords, pattern, shape, regex: OnceLock::new() }
    }

    /// The compiled pattern; `None` when it is no regular expression, which a test of the rules file rules out.
    #[must_use]
    pub fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(&self.pattern).ok()).as_ref()
    }

    /// Calls back with the whole match and the secret in it, each as start and end.
    pub(super) fn each(&self, text: &[u8], mut found: impl FnMut((usize, usize), (usize, usize))) {
        let Some(regex) = self.regex() else { return };
        let mut at = 0;
        while let Some(captures) = regex.captures_at(text, at) {
            let Some(whole) = captures.get(0) else { return };
            let secret = captures.name("secret").unwrap_or(whole);
            let named = captures
                .name("name")
                .is_some_and(|name| tells_no_value(name.as_bytes()) || is_folder(name.as_bytes(), secret.as_bytes()));
            // The list of a cookie goes on behind the match; in a long line another may follow it.
            let end = match self.shape {
                Shape::Cookies => shape::cookies_end(text, secret.start()),
                Shape::Any | Shape::Stated | Shape::Digit | Shape::Mixed | Shape::Base64Pair => whole.end(),
            };
            let mut found = |start, close| {
                let secret = &text[start..close];
                let stays = match self.shape {
                    Shape::Stated => secret.is_empty() || secret.starts_with("⟨redacted:".as_bytes()),
                    Shape::Any | Shape::Digit | Shape::Mixed | Shape::Base64Pair | Shape::Cookies => is_stand_in(secret),
                };
                if !stays {
                    found((whole.start(), end), (start, close));
                }
            };
            match self.shape {
                _ if named => {}
                Shape::Cookies => {
                    shape::each_cookie(text, secret.start(), end, found);
                }
                Shape::Any => found(secret.start(), secret.end()),
                // The end of the line is nobody's secret.
                Shape::Stated => found(secret.start(), secret.start() + without_line_end(secret.as_bytes()).len()),
                Shape::Digit if secret.as_bytes().iter().any(u8::is_ascii_digit) => found(secret.start(), secret.end()),
                Shape::Mixed if shape::is_mixed(secret.as_bytes()) => found(secret.start(), secret.end()),
                Shape::Base64Pair if shape::is_base64_pair(secret.as_bytes()) => found(secret.start(), secret.end()),
                Shape::Digit | Shape::Mixed | Shape::Base64Pair => {}
            }
            at = end.max(whole.start() + 1);
            if at > text.len() {
                return;
            }
        }
    }
}

fn without_line_end(text: &[u8]) -> &[u8] {
    text.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(&[], |last| &text[..=last])
}

/// `TOKEN_URL`, `SECRET_NAME`: says something about a secret, and is none.
fn tells_no_value(name: &[u8]) -> bool {
    const ABOUT: [&str; 26] = [
        "url",
        "uri",
        "name",
        "names",
        "count",
        "length",
        "len",
        "ttl",
        "expiry",
        "expires",
        "expires_in",
        "expires_at",
        "file",
        "path",
        "type",
        "prefix",
        "status",
        "id",
        "digest",
        "last_used",
        "set",
        "present",
        "policy",
        "version",
        "env",
        "source",
    ];
    /// Where a list goes on: anybody may know.
    const CURSORS: [&str; 6] = ["page_token", "pagetoken", "next_token", "nexttoken", "continuation_token", "sync_token"];
    let name = String::from_utf8_lossy(name).to_ascii_lowercase().replace('-', "_");
    CURSORS.iter().any(|end| name.ends_with(end))
        || ABOUT.iter().any(|end| name.strip_suffix(end).is_some_and(|rest| rest.ends_with('_')))
}

/// `PWD=/srv/app`: where a shell is, and no password.
fn is_folder(name: &[u8], value: &[u8]) -> bool {
    matches!(name, b"PWD" | b"OLDPWD") && value.starts_with(b"/")
}
