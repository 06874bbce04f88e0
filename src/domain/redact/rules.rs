//! Credential formats: what they look like, and the words that make it worth looking.

use regex::bytes::Regex;
use std::sync::OnceLock;

/// One format. Compiled when one of its keywords is first seen: most runs need none of them.
pub struct Rule {
    pub name: String,
    /// At least one of these, in any case, is in every text that the pattern finds.
    pub keywords: Vec<String>,
    /// A group named `secret` is what is masked; without one, the whole match is.
    pub pattern: String,
    /// The secret has a digit in it: tells `Bearer eyJ0…` from `Bearer authentication`.
    pub digit: bool,
    regex: OnceLock<Option<Regex>>,
}

impl Rule {
    /// A rule that is compiled when first needed.
    #[must_use]
    pub fn new(name: String, keywords: Vec<String>, pattern: String, digit: bool) -> Self {
        Self { name, keywords, pattern, digit, regex: OnceLock::new() }
    }

    /// The compiled pattern; `None` when it is no regular expression, which a test of the rules file rules out.
    #[must_use]
    pub fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(&self.pattern).ok()).as_ref()
    }

    /// Calls back with the whole match and the secret in it, each as start and end.
    pub(super) fn each(&self, text: &[u8], mut found: impl FnMut((usize, usize), (usize, usize))) {
        let Some(regex) = self.regex() else { return };
        for captures in regex.captures_iter(text) {
            let Some(whole) = captures.get(0) else { continue };
            let secret = captures.name("secret").unwrap_or(whole);
            let named = captures
                .name("name")
                .is_some_and(|name| tells_no_value(name.as_bytes()) || is_folder(name.as_bytes(), secret.as_bytes()));
            if !named && !is_stand_in(secret.as_bytes()) && (!self.digit || has_digit(secret.as_bytes())) {
                found((whole.start(), whole.end()), (secret.start(), secret.end()));
            }
        }
    }
}

fn has_digit(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit)
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
    let name = String::from_utf8_lossy(name).to_ascii_lowercase().replace('-', "_");
    ABOUT.iter().any(|end| name.strip_suffix(end).is_some_and(|rest| rest.ends_with('_')))
}

/// `PWD=/srv/app`: where a shell is, and no password.
fn is_folder(name: &[u8], value: &[u8]) -> bool {
    matches!(name, b"PWD" | b"OLDPWD") && value.starts_with(b"/")
}

/// A placeholder, a variable or a remark where a value would stand.
pub(super) fn is_stand_in(text: &[u8]) -> bool {
    const REMARKS: [&str; 56] = [
        "null",
        "none",
        "nil",
        "true",
        "false",
        "undefined",
        "missing",
        "present",
        "set",
        "unset",
        "empty",
        "blank",
        "required",
        "optional",
        "valid",
        "invalid",
        "expired",
        "ok",
        "yes",
        "no",
        "pass",
        "passed",
        "fail",
        "failed",
        "found",
        "provided",
        "configured",
        "redacted",
        "hidden",
        "masked",
        "string",
        "secret",
        "token",
        "password",
        "changeme",
        "unknown",
        "rotated",
        "requested",
        "collected",
        "skipped",
        "not",
        "n/a",
        "ready",
        "not_ready",
        "not-ready",
        "pending",
        "blocked",
        "error",
        "not_tested",
        "disabled",
        "enabled",
        "manual",
        "proven",
        "excluded",
        "unavailable",
        "absent",
    ];
    let text = text.trim_ascii();
    let text = text.strip_suffix(b",").unwrap_or(text);
    let text = text.trim_ascii_end();
    let quote = |byte: &u8| matches!(byte, b'"' | b'\'');
    let text = match text {
        [open, inner @ .., close] if quote(open) && quote(close) => inner,
        _ => text,
    };
    let enclosed = |open: &[u8], close: &[u8]| text.starts_with(open) && text.ends_with(close);
    text.is_empty()
        || enclosed(b"<", b">")
        || enclosed(b"{{", b"}}")
        || enclosed(b"[", b"]")
        || enclosed(b"%", b"%")
        || text.starts_with("⟨redacted:".as_bytes())
        || is_variable(text)
        || text.iter().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.' | b'-' | b'#'))
        || text.iter().all(|byte| matches!(byte, 0x80..))
        || REMARKS.iter().any(|remark| text.trim_ascii().eq_ignore_ascii_case(remark.as_bytes()))
}

/// `$NAME`, `${NAME}`, `$(…)`, `process.env.NAME`.
fn is_variable(text: &[u8]) -> bool {
    let name = |text: &[u8]| !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    match text.strip_prefix(b"$") {
        Some(rest) => name(rest) || rest.starts_with(b"{") || rest.starts_with(b"("),
        None => text.strip_prefix(b"process.env.").is_some_and(name),
    }
}
