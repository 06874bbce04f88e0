//! Placeholders: what stands in a command or a file for a value that somebody has to put there. None of them is ever run.

/// Whether a value is a placeholder as a whole: `<tenant-scim-token>`, `{{token}}`, `YOUR_TOKEN_HERE`, `xxxx`, `TODO`.
#[must_use]
pub fn is_placeholder(value: &str) -> bool {
    in_brackets(value) || is_written_out(value) || matches!(value.to_ascii_uppercase().as_str(), "TODO" | "TBD" | "FIXME")
}

/// The first placeholder that is still in a command.
#[must_use]
pub fn placeholder(command: &str) -> Option<&str> {
    bracketed(command, '<', ">").or_else(|| bracketed(command, '{', "}}")).or_else(|| written_out(command))
}

fn in_brackets(text: &str) -> bool {
    let angled = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
    let braced = || text.strip_prefix("{{").and_then(|text| text.strip_suffix("}}")).map(|inner| inner.trim_matches(' '));
    angled.or_else(braced).is_some_and(|inner| {
        inner.starts_with(|c: char| c.is_ascii_alphabetic())
            && inner.chars().all(|c| c.is_ascii_alphanumeric() || "-_ .".contains(c))
    })
}

/// `YOUR_TOKEN_HERE`, `your-api-key`, `REPLACE_ME`, `change me`, `xxxx-xxxx`.
fn is_written_out(text: &str) -> bool {
    let upper = text.to_ascii_uppercase().replace(['-', ' '], "_");
    let yours =
        |rest: &str| rest.ends_with("_HERE") || ["TOKEN", "KEY", "SECRET", "PASSWORD"].iter().any(|word| rest.ends_with(word));
    let crosses = upper.replace('_', "");
    upper.strip_prefix("YOUR_").is_some_and(yours)
        || ["REPLACE_ME", "REPLACEME", "REPLACE_THIS", "CHANGE_ME", "CHANGEME", "FILL_ME_IN", "INSERT_HERE"].contains(&&*upper)
        || crosses.len() >= 4 && crosses.bytes().all(|byte| byte == b'X')
}

/// `cat <in>out` is two redirections; a placeholder stands where a value would.
fn bracketed<'a>(command: &'a str, open: char, close: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(start) = command[from..].find(open).map(|at| from + at) {
        let end = start + command[start..].find(close)? + close.len();
        let stands = command[..start].chars().next_back().is_none_or(|c| c.is_whitespace() || "='\"/:@".contains(c));
        let ends = command[end..].chars().next().is_none_or(|c| c.is_whitespace() || "'\"/:@;&|)".contains(c));
        if stands && ends && in_brackets(&command[start..end]) {
            return Some(&command[start..end]);
        }
        from = start + 1;
    }
    None
}

/// Words and what stands behind a `=`, `:` or `/` in them. `TODO` is also something to look for, so it counts only where
/// it is given as a value.
fn written_out(command: &str) -> Option<&str> {
    let mut before = "";
    for word in command.split(|c: char| c.is_whitespace() || "'\"();&|".contains(c)).filter(|word| !word.is_empty()) {
        if let Some(found) = word.split(['=', ':', '/', '@', '?']).find(|part| is_written_out(part)) {
            return Some(found);
        }
        let value = word.split_once('=').map(|(_, value)| value).or(before.starts_with("--").then_some(word));
        if let Some(value) = value.filter(|value| is_placeholder(value)) {
            return Some(value);
        }
        before = word;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_where_values_stand() {
        for (command, found) in [
            ("x --token <tenant-scim-token>", "<tenant-scim-token>"),
            ("TOKEN='<scim token>' x", "<scim token>"),
            ("x --token {{token}}", "{{token}}"),
            ("x --token={{ scim_token }}", "{{ scim_token }}"),
            ("x YOUR_TOKEN_HERE", "YOUR_TOKEN_HERE"),
            ("curl -H 'Authorization: Bearer your-api-key' x", "your-api-key"),
            ("curl https://x.test/?key=REPLACE_ME", "REPLACE_ME"),
            ("x --password CHANGEME", "CHANGEME"),
            ("x --pin xxxx", "xxxx"),
            ("x --id=XXXX-XXXX", "XXXX-XXXX"),
            ("x --owner TODO", "TODO"),
            ("x --owner=tbd", "tbd"),
        ] {
            assert_eq!(placeholder(command), Some(found), "{command}");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for command in [
            "cat <in>out",
            "a < b > c",
            "a <<EOF\n>",
            "a 2>&1 <&3",
            "grep -r TODO src",
            "docker ps --format {{.Names}}",
            "awk '{{print $1}}'",
            "x --mode replace",
            "npm run check:your-room",
            "echo xxx",
            "x --region example.com",
            "tar xf x.tar",
        ] {
            assert_eq!(placeholder(command), None, "{command}");
        }
    }

    #[test]
    fn a_value_is_a_placeholder_as_a_whole_or_not_at_all() {
        for value in
            ["<token>", "{{token}}", "YOUR_TOKEN_HERE", "your_secret", "change-me", "CHANGEME", "xxxxxxxx", "todo", "TBD"]
        {
            assert!(is_placeholder(value), "{value}");
        }
        for value in ["", "x", "token", "https://www.example.com", "your", "todo-list", "sk_live_xxxx1", "a<b>c", "example.com"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }
}
