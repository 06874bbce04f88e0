//! The command as the plan writes it, made fit to run: values that stand before it move into the environment, so that no
//! secret is ever an argument, and what is still a placeholder is found.

use super::placeholder::is_placeholder;
pub use crate::domain::command::host;

/// A command and the assignments that stood before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parted {
    /// `NAME`, and the value as written: quotes taken off, placeholders as they are.
    pub before: Vec<(String, String)>,
    pub command: String,
}

/// Takes simple assignments off the front: `NAME=value NAME=<placeholder> command …`. What a shell would have to expand
/// stays where it is.
#[must_use]
pub fn part(command: &str) -> Parted {
    let (mut before, mut rest) = (Vec::new(), command.trim());
    while let Some((name, value, after)) = assignment(rest) {
        before.push((name.to_owned(), value.to_owned()));
        rest = after.trim_start();
    }
    Parted { before, command: rest.to_owned() }
}

fn assignment(text: &str) -> Option<(&str, &str, &str)> {
    let (name, value) = text.split_once('=')?;
    let named = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || !name.bytes().all(named) || name.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    let (inner, after) = match value.as_bytes().first()? {
        b'<' => value.find('>').map(|end| (&value[..=end], &value[end + 1..]))?,
        quote @ (b'"' | b'\'') => {
            let body = &value[1..];
            let end = body.find(char::from(*quote))?;
            (&body[..end], &body[end + 1..])
        }
        _ => value.split_at(value.find(char::is_whitespace)?),
    };
    let plain =
        is_placeholder(inner) || !inner.contains(['$', '`', '\\', ';', '&', '|', '<', '>', '(', ')', '"', '\'', '*', '?', '~']);
    // `A=1;` or `A=1` alone is a command of its own.
    (plain && after.starts_with(char::is_whitespace) && !after.trim().is_empty()).then_some((name, inner, after))
}

/// The value of an option, e.g. of `--base-url`, in either way of writing it.
#[must_use]
pub fn option<'a>(command: &'a str, name: &str) -> Option<&'a str> {
    let mut words = command.split_whitespace();
    while let Some(word) = words.next() {
        if word == name {
            return words.next().map(unquoted);
        }
        if let Some(value) = word.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            return Some(unquoted(value));
        }
    }
    None
}

fn unquoted(word: &str) -> &str {
    word.trim_matches(['"', '\''])
}

/// One word as `sh` reads it back unchanged.
#[must_use]
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// The words that were quoted so, one after another; `None` for what [`quote`] does not write.
#[must_use]
pub fn words(text: &str) -> Option<Vec<String>> {
    let mut out = Vec::new();
    let mut rest = text.trim_start_matches(' ');
    while !rest.is_empty() {
        let mut word = String::new();
        while !rest.is_empty() && !rest.starts_with(' ') {
            if let Some(quoted) = rest.strip_prefix('\'') {
                let (inner, after) = quoted.split_once('\'')?;
                word.push_str(inner);
                rest = after;
            } else if let Some(after) = rest.strip_prefix("\\'") {
                word.push('\'');
                rest = after;
            } else {
                let end = rest.find([' ', '\'', '\\']).unwrap_or(rest.len());
                let (plain, after) = rest.split_at(end);
                if plain.is_empty() || quote(plain) != plain {
                    return None;
                }
                word.push_str(plain);
                rest = after;
            }
        }
        out.push(word);
        rest = rest.trim_start_matches(' ');
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_before_a_command_move_out_of_it() {
        let parted = part("SMOKE_URL=https://www.example.test SCIM_TOKEN=<tenant-scim-token> npm run check:scim -- --a=b");
        assert_eq!(parted.before[0], ("SMOKE_URL".into(), "https://www.example.test".into()));
        assert_eq!(parted.before[1], ("SCIM_TOKEN".into(), "<tenant-scim-token>".into()));
        assert_eq!(parted.command, "npm run check:scim -- --a=b");
    }

    #[test]
    fn what_a_shell_has_to_expand_stays() {
        for command in ["A=$B npm test", "A=1; echo $A", "A=1", "npm test", "A=`x` y", "[ a = b ]", "A=~/x y"] {
            assert_eq!(part(command), Parted { before: vec![], command: command.into() }, "{command}");
        }
        assert_eq!(part("A='two words' B=\"\" x").before, [("A".into(), "two words".into()), ("B".into(), String::new())]);
    }

    #[test]
    fn quoted_words_are_read_back_as_they_were() {
        for all in [&["--strict", "two words", "it's", "", "$HOME", "a\\b", "''"][..], &[], &["x"]] {
            let line = all.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ");
            assert_eq!(words(&line).unwrap(), all, "{line}");
        }
        for odd in ["a$b", "'open", "a;b", "x\\"] {
            assert_eq!(words(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_host_is_told_without_its_user() {
        assert_eq!(host("https://u:p@WWW.example.test:443/x").as_deref(), Some("www.example.test"));
        assert_eq!(host("http://127.0.0.1:8080").as_deref(), Some("127.0.0.1:8080"));
        assert_eq!(option("a --base-url=\"$URL\" b", "--base-url"), Some("$URL"));
        assert_eq!(quote("it's"), "'it'\\''s'");
    }
}
