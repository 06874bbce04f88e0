//! A key as settings and help write it: `r`, `Ctrl-R`, `PgUp`, `Enter`.

use crate::tui::terminal::{Code, Key};
use std::fmt;

/// A key that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord(pub Key);

const NAMES: [(&str, Code); 17] = [
    ("Enter", Code::Enter),
    ("Esc", Code::Esc),
    ("Tab", Code::Tab),
    ("BackTab", Code::BackTab),
    ("Backspace", Code::Backspace),
    ("Delete", Code::Delete),
    ("Insert", Code::Insert),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PgUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("Space", Code::Char(' ')),
    ("Minus", Code::Char('-')),
];

impl Chord {
    /// Reads a chord; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mut rest, mut ctrl, mut alt) = (text, false, false);
        loop {
            let (modifier, after) = match rest.split_once('-') {
                Some((modifier, after)) if !modifier.is_empty() && !after.is_empty() => (modifier, after),
                _ => break,
            };
            match modifier.to_ascii_lowercase().as_str() {
                "ctrl" => ctrl = true,
                "alt" => alt = true,
                _ => return None,
            }
            rest = after;
        }
        let named = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(rest)).map(|(_, code)| *code);
        let mut chars = rest.chars();
        let code = match (named, chars.next(), chars.as_str()) {
            (Some(code), ..) => code,
            (None, Some(c), "") => Code::Char(if ctrl { c.to_ascii_lowercase() } else { c }),
            (None, Some('F' | 'f'), number) => Code::F(number.parse().ok().filter(|n| (1..=12).contains(n))?),
            _ => return None,
        };
        Some(Self(Key { code, ctrl, alt }))
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Key { code, ctrl, alt } = self.0;
        if ctrl {
            f.write_str("Ctrl-")?;
        }
        if alt {
            f.write_str("Alt-")?;
        }
        match (NAMES.iter().find(|(_, named)| *named == code), code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Code::Char(c)) if ctrl => write!(f, "{}", c.to_ascii_uppercase()),
            (None, Code::Char(c)) => write!(f, "{c}"),
            (None, Code::F(n)) => write!(f, "F{n}"),
            (None, other) => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read_back() {
        for text in ["r", "R", "?", "Ctrl-R", "Alt-Left", "PgUp", "Enter", "F12", "Space", "Minus", "/"] {
            assert_eq!(Chord::parse(text).map(|chord| chord.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "Hyper-x", "word", "F13"] {
            assert_eq!(Chord::parse(text), None, "{text}");
        }
    }
}
