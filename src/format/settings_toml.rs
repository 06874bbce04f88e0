//! Reads the user's settings: all problems of the file at once, and what would be right.

use super::diagnose::{Diagnosed, Problem};
use super::moment;
use jiff::SignedDuration;
use std::{borrow::Cow, collections::BTreeMap, ops::Range};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What the file says. `None` and empty: it says nothing about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSettings {
    pub room: Option<String>,
    /// A folder or a server whose rooms are listed.
    pub rooms: Option<String>,
    /// Prints the token of a server.
    pub token_command: Option<String>,
    pub proxy: Option<String>,
    /// `default` or `mono`.
    pub theme: Option<String>,
    /// `auto`, `unicode` or `ascii`.
    pub symbols: Option<String>,
    pub mouse: Option<bool>,
    pub copy_command: Option<String>,
    /// How many proofs run at the same time.
    pub proofs_at_once: Option<usize>,
    /// How long a proof may print nothing before that is said.
    pub quiet_after: Option<SignedDuration>,
    pub me: Me,
    /// Action id → chords.
    pub keys: BTreeMap<String, Vec<String>>,
}

/// Who the user is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Me {
    pub name: Option<String>,
    pub roles: Vec<String>,
    pub functions: Vec<String>,
}

/// The words `symbols` takes.
pub const SYMBOLS: [&str; 3] = ["auto", "unicode", "ascii"];

/// The words `theme` takes.
pub const THEMES: [&str; 2] = ["default", "mono"];

const TOP: [&str; 12] = [
    "room",
    "rooms",
    "token_command",
    "proxy",
    "theme",
    "symbols",
    "mouse",
    "copy_command",
    "proofs_at_once",
    "quiet_after",
    "me",
    "keys",
];
const ME: [&str; 3] = ["name", "roles", "functions"];

/// How many proofs may run at the same time: more than a few would only slow each other down.
#[must_use]
pub fn at_once(text: &str) -> Option<usize> {
    text.parse().ok().filter(|count| (1..=16).contains(count))
}

/// Reads a settings file.
///
/// # Errors
/// Every problem of the file.
pub fn parse(text: &str, path: &str) -> Result<FileSettings, Diagnosed> {
    let mut reader = Reader::default();
    let mut settings = FileSettings::default();
    match DeTable::parse(text) {
        Ok(table) => settings = reader.settings(table.get_ref()),
        // The message only: the error's own display quotes the raw line.
        Err(error) => reader.say(error.span().unwrap_or(0..0), error.message().to_owned(), None),
    }
    if reader.problems.is_empty() {
        return Ok(settings);
    }
    Err(Diagnosed { path: path.to_owned(), text: text.into(), problems: reader.problems })
}

type Table<'a> = DeTable<'a>;
type Value<'a> = Spanned<DeValue<'a>>;

#[derive(Default)]
struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn say(&mut self, span: Range<usize>, message: String, help: Option<String>) {
        self.problems.push(Problem { span, message, help });
    }

    fn settings(&mut self, table: &Table<'_>) -> FileSettings {
        let mut out = FileSettings::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "room" => out.room = self.text(value),
                "rooms" => out.rooms = self.text(value),
                "token_command" => out.token_command = self.text(value),
                "proxy" => out.proxy = self.text(value),
                "theme" => out.theme = self.word(value, &THEMES),
                "symbols" => out.symbols = self.word(value, &SYMBOLS),
                "mouse" => out.mouse = self.truth(value),
                "copy_command" => out.copy_command = self.text(value),
                "proofs_at_once" => out.proofs_at_once = self.count(value),
                "quiet_after" => out.quiet_after = self.length(value),
                "me" => out.me = self.me(value),
                "keys" => out.keys = self.keys(value),
                _ => self.unknown(key, &TOP),
            }
        }
        out
    }

    fn me(&mut self, value: &Value<'_>) -> Me {
        let mut out = Me::default();
        for (key, value) in self.table(value).into_iter().flatten() {
            match key.get_ref().as_ref() {
                "name" => out.name = self.text(value),
                "roles" => out.roles = self.list(value),
                "functions" => out.functions = self.list(value),
                _ => self.unknown(key, &ME),
            }
        }
        out
    }

    fn keys(&mut self, value: &Value<'_>) -> BTreeMap<String, Vec<String>> {
        let mut out = BTreeMap::new();
        self.collect_keys("", value, &mut out);
        out
    }

    /// `proof.run = "r"` without quotes around the id is a table in TOML; it means the same.
    fn collect_keys(&mut self, prefix: &str, value: &Value<'_>, out: &mut BTreeMap<String, Vec<String>>) {
        for (key, value) in self.table(value).into_iter().flatten() {
            let id = if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}.{}", key.get_ref()) };
            match value.get_ref() {
                DeValue::Table(_) => self.collect_keys(&id, value, out),
                DeValue::String(chord) => drop(out.insert(id, vec![chord.to_string()])),
                _ => drop(out.insert(id, self.list(value))),
            }
        }
    }

    fn unknown(&mut self, key: &Spanned<Cow<'_, str>>, known: &[&str]) {
        let help = match crate::format::diagnose::nearest(key.get_ref(), known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        self.say(key.span(), format!("unknown key `{}`", key.get_ref()), Some(help));
    }

    fn table<'a, 'i>(&mut self, value: &'a Value<'i>) -> Option<&'a Table<'i>> {
        let DeValue::Table(table) = value.get_ref() else {
            self.say(value.span(), "this should be a table".to_owned(), None);
            return None;
        };
        Some(table)
    }

    fn text(&mut self, value: &Value<'_>) -> Option<String> {
        let DeValue::String(text) = value.get_ref() else {
            self.say(value.span(), "this should be a text in quotes".to_owned(), None);
            return None;
        };
        Some(text.to_string())
    }

    fn truth(&mut self, value: &Value<'_>) -> Option<bool> {
        let DeValue::Boolean(truth) = value.get_ref() else {
            self.say(value.span(), "this should be true or false".to_owned(), None);
            return None;
        };
        Some(*truth)
    }

    fn count(&mut self, value: &Value<'_>) -> Option<usize> {
        let count = match value.get_ref() {
            DeValue::Integer(number) => at_once(number.as_str()),
            _ => None,
        };
        if count.is_none() {
            self.say(value.span(), "this should be a number from 1 to 16".to_owned(), None);
        }
        count
    }

    fn length(&mut self, value: &Value<'_>) -> Option<SignedDuration> {
        let text = self.text(value)?;
        let length = moment::length(&text);
        if length.is_none() {
            self.say(value.span(), format!("`{text}` is no length of time"), Some("like \"30 s\" or \"2 minutes\"".to_owned()));
        }
        length
    }

    fn word(&mut self, value: &Value<'_>, words: &[&str]) -> Option<String> {
        let text = self.text(value)?;
        if words.contains(&text.as_str()) {
            return Some(text);
        }
        self.say(
            value.span(),
            format!("`{text}` is not one of the words it takes"),
            Some(format!("one of: {}", words.join(", "))),
        );
        None
    }

    fn list(&mut self, value: &Value<'_>) -> Vec<String> {
        let DeValue::Array(items) = value.get_ref() else {
            self.say(value.span(), "this should be a list of texts, like [\"one\", \"two\"]".to_owned(), None);
            return Vec::new();
        };
        items.iter().filter_map(|item| self.text(item)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_file_is_read() {
        let text = "room = \"pilots/northwind.toml\"\ntheme = \"mono\"\nsymbols = \"ascii\"\nmouse = false\n\
                    [me]\nname = \"Ada\"\nroles = [\"implementation-owner\"]\n[keys]\n\"proof.run\" = [\"R\", \"f5\"]\ngo.back = \"h\"\n";
        let settings = parse(text, "config.toml").unwrap();
        assert_eq!(settings.room.as_deref(), Some("pilots/northwind.toml"));
        assert_eq!(settings.mouse, Some(false));
        assert_eq!(settings.me.name.as_deref(), Some("Ada"));
        assert_eq!(settings.keys["proof.run"], ["R", "f5"]);
        assert_eq!(settings.keys["go.back"], ["h"]);
    }

    #[test]
    fn the_file_to_copy_from_names_every_setting_and_reads() {
        let file = include_str!("../../config/config.toml");
        assert_eq!(parse(file, "config.toml").unwrap(), FileSettings::default(), "as it comes, it changes nothing");
        // Taking the `#` away from every line that holds a setting.
        let setting = |line: &&str| line.starts_with('[') || line.contains(" = ");
        let lines: Vec<&str> = file.lines().filter_map(|line| line.strip_prefix("# ")).filter(setting).collect();
        let settings = parse(&lines.join("\n"), "config.toml").unwrap();
        for key in TOP.iter().chain(&ME) {
            assert!(lines.iter().any(|line| line.trim_start_matches('[').starts_with(key)), "{key} is not in it");
        }
        assert_eq!(settings.keys["move.down"], ["j", "Down"]);
    }

    #[test]
    fn an_unknown_key_gets_the_nearest_known_one() {
        let told = parse("theem = \"light\"\n[me]\nnmae = \"Ada\"\n", "config.toml").unwrap_err();
        let helps: Vec<_> = told.problems.iter().filter_map(|problem| problem.help.as_deref()).collect();
        assert_eq!(helps, ["did you mean `name`?", "did you mean `theme`?"]);
    }

    #[test]
    fn proofs_at_once_are_a_few_and_quiet_is_a_length_of_time() {
        let settings = parse("proofs_at_once = 4\nquiet_after = \"2 minutes\"\n", "config.toml").unwrap();
        assert_eq!((settings.proofs_at_once, settings.quiet_after), (Some(4), Some(SignedDuration::from_mins(2))));
        for wrong in
            ["proofs_at_once = 0", "proofs_at_once = 17", "proofs_at_once = \"2\"", "quiet_after = \"soon\"", "quiet_after = 30"]
        {
            assert_eq!(parse(wrong, "config.toml").unwrap_err().problems.len(), 1, "{wrong}");
        }
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_told_with_its_place() {
        let told = parse("mouse = \"yes\"\n", "config.toml").unwrap_err();
        assert_eq!(told.problems[0].span, 8..13);
    }
}
