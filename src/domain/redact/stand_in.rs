//! What stands where a secret would, and is none: a manual's `xoxb-your-token` has to stay readable.

/// A placeholder, a variable or a remark where a value would stand.
pub(super) fn is_stand_in(text: &[u8]) -> bool {
    const REMARKS: [&str; 63] = [
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
        "bearer",
        "basic",
        "digest",
        "negotiate",
        "apikey",
        "denied",
        "accepted",
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
        || is_filled_in(text)
        || asks_for_one(text)
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

/// `sk_live_XXXX`, `ghp_xxxx`: a vendor's beginning and nothing behind it.
fn is_filled_in(text: &[u8]) -> bool {
    const BEGINNINGS: [&str; 24] = [
        "sk", "rk", "ek", "pk", "org", "live", "test", "proj", "ghp", "gho", "ghu", "ghs", "ghr", "github", "pat", "glpat",
        "whsec", "re", "sb", "secret", "sbp", "npm", "scim", "AKIA",
    ];
    let between = |byte: &u8| matches!(byte, b'_' | b'-' | b'.');
    let slack = |part: &[u8]| part.len() == 4 && (part.starts_with(b"xox") || part == b"xapp");
    let begins = |part: &[u8]| slack(part) || BEGINNINGS.iter().any(|known| known.as_bytes() == part);
    let body = text.strip_prefix(b"AKIA").unwrap_or(text);
    let mut parts = body.split(between).skip_while(|part| begins(part)).peekable();
    parts.peek().is_some_and(|first| first.len() >= 3)
        && parts.all(|part| part.iter().all(|byte| matches!(byte, b'x' | b'X' | b'*')))
}

/// `your-token`, `YOUR_API_KEY`, `key-goes-here`: words for whoever fills it in, without a digit.
fn asks_for_one(text: &[u8]) -> bool {
    if text.iter().any(u8::is_ascii_digit) {
        return false;
    }
    let words: Vec<_> = text.split(|byte| !byte.is_ascii_alphabetic()).filter(|word| !word.is_empty()).collect();
    let is = |word: &[u8], known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
    words.iter().any(|word| is(word, &["your", "placeholder", "changeme"]))
        || words.len() > 1 && words.last().is_some_and(|word| is(word, &["here"]))
        || matches!(words.as_slice(), [.., a, b] if is(a, &["change", "replace", "fill"]) && is(b, &["me", "this", "in"]))
}
