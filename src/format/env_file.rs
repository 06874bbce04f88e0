//! `NAME=value` lines: comments, `export`, quotes as shells have them, a key in quotes over several lines.

/// The values of an env file, in order; of a name that stands there twice the last.
///
/// # Errors
/// The line, from 1, that is not `NAME=value`. Nothing of its text: it may be a password.
pub fn parse(text: &str) -> Result<Vec<(String, String)>, usize> {
    let mut values: Vec<(String, String)> = Vec::new();
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    while let Some((n, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').ok_or(n + 1)?;
        let name = name.trim();
        let named = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(named) || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(n + 1);
        }
        let value = value.trim();
        let value = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let mut body = value[1..].to_owned();
                // A private key in quotes spans lines.
                while closing(&body, quote).is_none() {
                    body.push('\n');
                    body.push_str(lines.next().ok_or(n + 1)?.1);
                }
                let end = closing(&body, quote).ok_or(n + 1)?;
                let body = &body[..end];
                if quote == '"' { unescape(body) } else { body.to_owned() }
            }
            _ => value.split(" #").next().unwrap_or_default().trim_end().to_owned(),
        };
        if value.contains('\0') {
            return Err(n + 1);
        }
        values.retain(|(known, _)| known != name);
        values.push((name.to_owned(), value));
    }
    Ok(values)
}

fn closing(body: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    body.char_indices().find_map(|(at, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped && quote == '"';
        closes.then_some(at)
    })
}

fn unescape(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        match (c, chars.as_str().chars().next()) {
            ('\\', Some(next @ ('"' | '\\' | '$' | '`' | 'n'))) => {
                out.push(if next == 'n' { '\n' } else { next });
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_shells_write_them() {
        let text =
            "# a comment\nA=1\nexport B=\"two \\\"words\\\"\" \nC='$raw'\nD=x # why\n\nKEY=\"-----BEGIN\nbody\n-----END\"\nA=2\n";
        let values = parse(text).unwrap();
        let get = |name: &str| values.iter().find(|(known, _)| known == name).unwrap().1.as_str();
        assert_eq!((get("A"), get("B"), get("C"), get("D")), ("2", "two \"words\"", "$raw", "x"));
        assert_eq!(get("KEY"), "-----BEGIN\nbody\n-----END");
    }

    #[test]
    fn a_line_that_is_no_assignment_is_told_by_its_number() {
        assert_eq!(parse("A=1\nhunter2 is my password\n"), Err(2));
        assert_eq!(parse("1A=2\n"), Err(1));
        assert_eq!(parse("KEY=\"never closed\nB=1\n"), Err(1));
    }
}
