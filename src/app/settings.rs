//! The user's settings: flag over environment over file over default, and where each value came from.

use super::error::{Error, Kind};
use crate::format::moment;
use crate::format::settings_toml::{self, FileSettings};
use crate::present::words;
use jiff::SignedDuration;
use std::{collections::BTreeMap, fmt, path::PathBuf};

/// Two keep a machine busy without getting into each other's way.
pub const PROOFS_AT_ONCE: usize = 2;

/// A check that goes well says something more often than that.
pub const QUIET_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// The settings this process works with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the settings file is, or would be.
    pub path: Option<PathBuf>,
    /// The room to open when nothing else names one; a flag or the environment name it outright.
    pub room: Setting<Option<String>>,
    /// A folder or a server whose rooms are listed, in the shell and in the cockpit's switcher.
    pub rooms: Setting<Option<String>>,
    /// Prints the token of a server, whose address it gets as `LAUNCHROOM_SERVER`.
    pub token_command: Setting<Option<String>>,
    /// What requests go through; without it no proxy is used, whatever the environment says.
    pub proxy: Setting<Option<String>>,
    pub theme: Setting<Theme>,
    pub symbols: Setting<SymbolSet>,
    pub mouse: Setting<bool>,
    pub color: Setting<Color>,
    pub readonly: Setting<bool>,
    /// Gets what is copied on its stdin, besides the terminal's own way.
    pub copy_command: Setting<Option<String>>,
    /// How many proofs run at the same time; the others wait.
    pub proofs_at_once: Setting<usize>,
    /// How long a proof may print nothing before that is said.
    pub quiet_after: Setting<SignedDuration>,
    /// Who acts: the `by` of every entry made here.
    pub name: Setting<String>,
    pub roles: Setting<Vec<String>>,
    pub functions: Setting<Vec<String>>,
    /// Action id → chords.
    pub keys: Setting<BTreeMap<String, Vec<String>>>,
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    pub value: T,
    pub origin: Origin,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Flag(&'static str),
    Env(&'static str),
    File,
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag {flag}"),
            Self::Env(name) => write!(f, "environment {name}"),
            Self::File => f.write_str("settings file"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Which marks to draw with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolSet {
    /// By the locale.
    Auto,
    Unicode,
    Ascii,
}

impl SymbolSet {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "auto" => Some(Self::Auto),
            "unicode" => Some(Self::Unicode),
            "ascii" => Some(Self::Ascii),
            _ => None,
        }
    }

    /// The word of the settings file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Unicode => "unicode",
            Self::Ascii => "ascii",
        }
    }
}

/// What the cockpit is coloured with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Blue for good, orange for trouble: kept apart by every common kind of sight, on light and on dark.
    Default,
    /// Bold, dim and reverse only.
    Mono,
}

impl Theme {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "default" => Some(Self::Default),
            "mono" => Some(Self::Mono),
            _ => None,
        }
    }

    /// The word of the settings file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Mono => "mono",
        }
    }
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// In a terminal that wants it.
    Auto,
    Always,
    Never,
}

impl Color {
    /// The word of the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    pub room: Option<String>,
    pub color: Option<Color>,
    pub readonly: bool,
}

/// Lays the layers over each other. `env` answers for one name; `file` is the settings file's path and text.
///
/// # Errors
/// `Input` for a settings file that cannot be read, `Usage` for an environment value that makes no sense.
pub fn settle(
    flags: &Flags,
    env: &dyn Fn(&str) -> Option<String>,
    path: Option<PathBuf>,
    file: Option<&str>,
) -> Result<Settings, Error> {
    let shown = path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let file = match file.map(|text| settings_toml::parse(text, &shown)) {
        None => FileSettings::default(),
        Some(Ok(file)) => file,
        Some(Err(told)) => return Err(Error::new(Kind::Input, "the settings file cannot be used", told.render())),
    };
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let no_color = set("NO_COLOR").map(|_| Color::Never);
    let readonly = flags.readonly.then_some(true);
    Ok(Settings {
        path,
        room: layer(flags.room.clone(), "--room", set("LAUNCHROOM_ROOM"), "LAUNCHROOM_ROOM", file.room).map(Some).or(None),
        rooms: layer(None, "", set("LAUNCHROOM_ROOMS"), "LAUNCHROOM_ROOMS", file.rooms).map(Some).or(None),
        token_command: layer(None, "", set("LAUNCHROOM_TOKEN_COMMAND"), "LAUNCHROOM_TOKEN_COMMAND", file.token_command)
            .map(Some)
            .or(None),
        proxy: layer(None, "", set("LAUNCHROOM_PROXY"), "LAUNCHROOM_PROXY", file.proxy).map(Some).or(None),
        theme: layer(
            None,
            "",
            word(set("LAUNCHROOM_THEME"), "LAUNCHROOM_THEME", Theme::from_word)?,
            "LAUNCHROOM_THEME",
            file.theme.as_deref().and_then(Theme::from_word),
        )
        .or(Theme::Default),
        symbols: layer(
            None,
            "",
            word(set("LAUNCHROOM_SYMBOLS"), "LAUNCHROOM_SYMBOLS", SymbolSet::from_word)?,
            "LAUNCHROOM_SYMBOLS",
            file.symbols.as_deref().and_then(SymbolSet::from_word),
        )
        .or(SymbolSet::Auto),
        mouse: layer(None, "", word(set("LAUNCHROOM_MOUSE"), "LAUNCHROOM_MOUSE", truth)?, "LAUNCHROOM_MOUSE", file.mouse)
            .or(true),
        color: layer(flags.color, "--color", no_color, "NO_COLOR", None).or(Color::Auto),
        readonly: layer(
            readonly,
            "--readonly",
            word(set("LAUNCHROOM_READONLY"), "LAUNCHROOM_READONLY", truth)?,
            "LAUNCHROOM_READONLY",
            None,
        )
        .or(false),
        copy_command: layer(None, "", set("LAUNCHROOM_COPY_COMMAND"), "LAUNCHROOM_COPY_COMMAND", file.copy_command)
            .map(Some)
            .or(None),
        proofs_at_once: layer(
            None,
            "",
            word(set("LAUNCHROOM_PROOFS_AT_ONCE"), "LAUNCHROOM_PROOFS_AT_ONCE", settings_toml::at_once)?,
            "LAUNCHROOM_PROOFS_AT_ONCE",
            file.proofs_at_once,
        )
        .or(PROOFS_AT_ONCE),
        quiet_after: layer(
            None,
            "",
            word(set("LAUNCHROOM_QUIET_AFTER"), "LAUNCHROOM_QUIET_AFTER", moment::length)?,
            "LAUNCHROOM_QUIET_AFTER",
            file.quiet_after,
        )
        .or(QUIET_AFTER),
        name: name(&set, file.me.name),
        roles: list(file.me.roles),
        functions: list(file.me.functions),
        keys: Setting { origin: if file.keys.is_empty() { Origin::Default } else { Origin::File }, value: file.keys },
    })
}

impl Settings {
    /// The room a flag or the environment names, and then nothing else counts.
    #[must_use]
    pub fn named_room(&self) -> Option<&str> {
        match self.room.origin {
            Origin::Flag(_) | Origin::Env(_) => self.room.value.as_deref(),
            Origin::File | Origin::Default => None,
        }
    }

    /// The room of the settings file, for when none is named and none is near.
    #[must_use]
    pub fn default_room(&self) -> Option<&str> {
        match self.room.origin {
            Origin::File => self.room.value.as_deref(),
            Origin::Flag(_) | Origin::Env(_) | Origin::Default => None,
        }
    }

    /// Every setting as a line: its name, its value in words, where it came from.
    #[must_use]
    pub fn listed(&self) -> Vec<(&'static str, String, Origin)> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let mut keys: Vec<_> = self.keys.value.iter().map(|(id, chords)| format!("{id} = {}", chords.join(" "))).collect();
        keys.sort();
        vec![
            ("room", text(&self.room.value), self.room.origin),
            ("rooms", text(&self.rooms.value), self.rooms.origin),
            ("token_command", text(&self.token_command.value), self.token_command.origin),
            // It may hold a password.
            ("proxy", self.proxy.value.as_ref().map(|_| "set".to_owned()).unwrap_or_default(), self.proxy.origin),
            ("me.name", self.name.value.clone(), self.name.origin),
            ("me.roles", self.roles.value.join(", "), self.roles.origin),
            ("me.functions", self.functions.value.join(", "), self.functions.origin),
            ("theme", self.theme.value.as_str().to_owned(), self.theme.origin),
            ("symbols", self.symbols.value.as_str().to_owned(), self.symbols.origin),
            ("color", self.color.value.as_str().to_owned(), self.color.origin),
            ("mouse", self.mouse.value.to_string(), self.mouse.origin),
            ("readonly", self.readonly.value.to_string(), self.readonly.origin),
            ("copy_command", text(&self.copy_command.value), self.copy_command.origin),
            ("proofs_at_once", self.proofs_at_once.value.to_string(), self.proofs_at_once.origin),
            ("quiet_after", words::duration(self.quiet_after.value), self.quiet_after.origin),
            ("keys", keys.join(", "), self.keys.origin),
        ]
    }
}

/// The layers above the default, the highest first.
struct Layered<T>(Option<(T, Origin)>);

fn layer<T>(flag: Option<T>, flag_name: &'static str, env: Option<T>, env_name: &'static str, file: Option<T>) -> Layered<T> {
    let flag = flag.map(|value| (value, Origin::Flag(flag_name)));
    let env = env.map(|value| (value, Origin::Env(env_name)));
    Layered(flag.or(env).or(file.map(|value| (value, Origin::File))))
}

impl<T> Layered<T> {
    fn map<U>(self, wrap: impl FnOnce(T) -> U) -> Layered<U> {
        Layered(self.0.map(|(value, origin)| (wrap(value), origin)))
    }

    fn or(self, default: T) -> Setting<T> {
        let (value, origin) = self.0.unwrap_or((default, Origin::Default));
        Setting { value, origin }
    }
}

fn name(set: &dyn Fn(&str) -> Option<String>, file: Option<String>) -> Setting<String> {
    let file = file.filter(|name| !name.trim().is_empty());
    let named = layer(None, "", set("LAUNCHROOM_ME"), "LAUNCHROOM_ME", file);
    let user = || ["USER", "LOGNAME"].into_iter().find_map(|name| Some((set(name)?, Origin::Env(name))));
    Layered(named.0.or_else(user)).or("unknown".to_owned())
}

fn list(items: Vec<String>) -> Setting<Vec<String>> {
    Setting { origin: if items.is_empty() { Origin::Default } else { Origin::File }, value: items }
}

fn truth(word: &str) -> Option<bool> {
    match word {
        "1" | "true" | "yes" | "on" => Some(true),
        "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn word<T>(value: Option<String>, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Error> {
    let Some(value) = value else { return Ok(None) };
    read(&value).map(Some).ok_or_else(|| Error::new(Kind::Usage, format!("{name} makes no sense"), format!("it is `{value}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle_with(flags: &Flags, env: &[(&str, &str)], file: &str) -> Settings {
        let env = |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        settle(flags, &env, Some("/home/ada/.config/launchroom/config.toml".into()), Some(file)).unwrap()
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_that_over_the_file() {
        let flags = Flags { room: Some("flag.toml".into()), ..Flags::default() };
        let file = "room = \"file.toml\"";
        assert_eq!(settle_with(&flags, &[("LAUNCHROOM_ROOM", "env.toml")], file).named_room(), Some("flag.toml"));
        let settings = settle_with(&Flags::default(), &[("LAUNCHROOM_ROOM", "env.toml")], file);
        assert_eq!(settings.room.origin, Origin::Env("LAUNCHROOM_ROOM"));
        assert_eq!(settings.named_room(), Some("env.toml"));
        let settings = settle_with(&Flags::default(), &[], file);
        assert_eq!((settings.named_room(), settings.default_room()), (None, Some("file.toml")));
    }

    #[test]
    fn whoever_acts_is_named_by_the_file_then_the_user_then_nobody() {
        let flags = Flags::default();
        assert_eq!(settle_with(&flags, &[("USER", "ada")], "[me]\nname = \"Ada L.\"").name.value, "Ada L.");
        assert_eq!(settle_with(&flags, &[("USER", "ada")], "").name.value, "ada");
        assert_eq!(settle_with(&flags, &[("LOGNAME", "ada")], "").name.value, "ada");
        assert_eq!(settle_with(&flags, &[], "").name.value, "unknown");
    }

    #[test]
    fn an_empty_no_color_means_nothing() {
        let flags = Flags::default();
        assert_eq!(settle_with(&flags, &[("NO_COLOR", "")], "").color.value, Color::Auto);
        assert_eq!(settle_with(&flags, &[("NO_COLOR", "1")], "").color.value, Color::Never);
        let always = Flags { color: Some(Color::Always), ..Flags::default() };
        assert_eq!(settle_with(&always, &[("NO_COLOR", "1")], "").color.value, Color::Always);
    }
}
