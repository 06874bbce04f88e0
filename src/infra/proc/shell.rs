//! How a command is handed to `sh -c`, so that how it ends is how the run ends.
//!
//! A shell that waits for its command answers 128 and the signal's number when a signal ended it, and nobody can tell that
//! from a command that really left with this status. So a command that is one program and its arguments takes the shell's
//! place; whatever needs the shell until the end keeps it.

use crate::present::words;

/// First words that only the shell itself can do, or that it reads as more than the name of a program.
const OF_THE_SHELL: [&str; 55] = [
    ".", ":", "[", "!", "{", "}", "alias", "bg", "break", "builtin", "case", "cd", "command", "continue", "do", "done", "echo",
    "elif", "else", "esac", "eval", "exec", "exit", "export", "false", "fc", "fg", "fi", "for", "function", "getopts", "hash",
    "if", "jobs", "kill", "local", "printf", "pwd", "read", "readonly", "return", "set", "shift", "test", "then", "time",
    "times", "trap", "true", "type", "ulimit", "umask", "until", "wait", "while",
];

/// The line for `sh -c`.
#[must_use]
pub fn line(command: &str) -> String {
    if is_one_program(command) { format!("exec {command}") } else { command.to_owned() }
}

/// One program with its arguments and redirections: nothing before it, beside it or after it.
fn is_one_program(command: &str) -> bool {
    let first = command.split_whitespace().next().unwrap_or_default();
    let named = first.chars().all(|c| c.is_ascii_alphanumeric() || "-_./+".contains(c));
    let joined = command.trim().replace(">&", "").contains([';', '&', '|', '\n', '(', ')', '`', '#']);
    named && !first.is_empty() && !first.starts_with('-') && !joined && !OF_THE_SHELL.contains(&first)
}

/// The signal that a shell would mean by this exit status.
#[must_use]
pub fn signal_of(exit: i32) -> Option<&'static str> {
    words::signal_name(exit.checked_sub(128)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_program_takes_the_place_of_the_shell() {
        for command in ["npm run check:x -- --strict", "./die.sh a b", "/usr/bin/env A=1 x", "node a.js 2>&1", "x \"$HOME\""] {
            assert_eq!(line(command), format!("exec {command}"), "{command}");
        }
    }

    #[test]
    fn what_needs_the_shell_keeps_it() {
        for command in [
            "exit 3", "A=1 x", "a; b", "a && b", "a | b", "cd x", "(a)", "x `y`", "x $(y)", "a &", "", "-x", "a\nb", "if x",
            "$X y",
        ] {
            assert_eq!(line(command), command, "{command}");
        }
    }
}
