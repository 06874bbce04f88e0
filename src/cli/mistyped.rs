//! A first word that is neither a command nor a room: what was probably meant.

use super::args::Cli;
use super::context::usage;
use crate::app::error::Error;
use crate::format::diagnose;
use clap::CommandFactory as _;

/// Options in front of the first word that take the next one.
const TAKES_ONE: [&str; 3] = ["-r", "--room", "--color"];

/// The first word that is no option.
pub fn first_word<'w>(words: &[&'w str]) -> Option<&'w str> {
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        if TAKES_ONE.contains(&word) {
            words.next();
        } else if !word.starts_with('-') {
            return Some(word);
        }
    }
    None
}

/// The error for a word in place of a command, unless it is one, or names a file or an address.
pub fn mistyped(word: &str, is_there: impl FnOnce(&str) -> bool) -> Option<Error> {
    let command = Cli::command();
    let mut names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    names.push("help");
    if word.is_empty() || names.contains(&word) || word.contains(['/', '.', ':']) || is_there(word) {
        return None;
    }
    let begins = || {
        let mut all = names.iter().copied().filter(|name| name.starts_with(word));
        all.next().filter(|_| all.next().is_none())
    };
    let hint = match diagnose::nearest(word, names.iter().copied()).or_else(begins) {
        Some(meant) => format!("did you mean `launchroom {meant}`?"),
        None => "launchroom --help lists the commands; a room is named by its file or its address".to_owned(),
    };
    Some(usage(format!("there is no command and no room `{word}`")).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(word: &str) -> Option<String> {
        mistyped(word, |_| false).and_then(|error| error.hint)
    }

    #[test]
    fn a_word_that_is_nearly_a_command_is_told_which() {
        for (typed, meant) in [("reveiw", "review"), ("brieff", "brief"), ("doss", "dossier"), ("hlep", "help")] {
            assert_eq!(hint(typed).as_deref(), Some(&*format!("did you mean `launchroom {meant}`?")));
        }
        assert!(hint("xyzzy").is_some_and(|hint| hint.contains("--help")));
    }

    #[test]
    fn a_command_a_file_and_an_address_are_none() {
        for word in ["review", "pilots/northwind", "northwind.toml", "https://rooms.example.test", ""] {
            assert!(mistyped(word, |_| false).is_none(), "{word}");
        }
        assert!(mistyped("reveiw", |_| true).is_none(), "a room may be called so");
    }

    #[test]
    fn what_an_option_takes_is_not_the_first_word() {
        assert_eq!(first_word(&["-r", "x.toml", "--readonly", "reveiw", "--json"]), Some("reveiw"));
        assert_eq!(first_word(&["--json"]), None);
    }
}
