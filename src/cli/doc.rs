//! What the command line says about itself: completions and the manual page.

use super::args::Cli;
use super::{Exit, context::Context};
use crate::app::error::{Error, Kind};
use clap::CommandFactory as _;
use clap_complete::Shell;
use std::fmt::Write as _;

/// A completion script.
pub fn completions(cx: &mut Context<'_>, shell: Shell) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "launchroom", &mut script);
    cx.out.bytes(&script);
    Exit::Ok
}

/// The manual page: every command with its options, the exit codes, the files and the environment.
///
/// # Errors
/// `Storage` when it cannot be made.
pub fn man(cx: &mut Context<'_>) -> Result<Exit, Error> {
    let page = page().map_err(|why| Error::new(Kind::Storage, "the manual page could not be made", why.to_string()))?;
    cx.out.bytes(&page);
    Ok(Exit::Ok)
}

fn page() -> std::io::Result<Vec<u8>> {
    let command = Cli::command();
    let mut page = Vec::new();
    let man = clap_mangen::Man::new(command.clone());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    let mut rest = String::from(".SH COMMANDS\n");
    for sub in command.get_subcommands() {
        describe(&mut rest, "launchroom", sub);
    }
    rest.push_str(".SH EXIT STATUS\n");
    for (exit, meaning) in Exit::TABLE {
        let _ = writeln!(rest, ".TP\n\\fB{}\\fR\n{meaning}", exit.code());
    }
    rest.push_str(ENVIRONMENT);
    page.extend_from_slice(rest.as_bytes());
    Ok(page)
}

fn describe(out: &mut String, parent: &str, command: &clap::Command) {
    let name = format!("{parent} {}", command.get_name());
    let usage = command.clone().bin_name(&name).render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace('-', "\\-");
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let _ = writeln!(out, ".TP\n\\fB{}\\fR\n{}.", usage.lines().next().unwrap_or_default(), about.trim_end_matches('.'));
    for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
        let told = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let label = match argument.get_long() {
            Some(long) => format!("\\-\\-{}", long.replace('-', "\\-")),
            None => argument.get_id().to_string().to_uppercase(),
        };
        let _ = writeln!(out, ".br\n  {label}: {told}");
    }
    for sub in command.get_subcommands() {
        describe(out, &name, sub);
    }
}

const ENVIRONMENT: &str = "\
.SH ENVIRONMENT
.TP
\\fBLAUNCHROOM_ROOM\\fR
the room, when no \\-\\-room names one
.TP
\\fBLAUNCHROOM_ME\\fR, \\fBUSER\\fR
who acts
.TP
\\fBLAUNCHROOM_THEME\\fR, \\fBLAUNCHROOM_SYMBOLS\\fR, \\fBLAUNCHROOM_MOUSE\\fR, \\fBLAUNCHROOM_COPY_COMMAND\\fR, \\fBLAUNCHROOM_PROOFS_AT_ONCE\\fR, \\fBLAUNCHROOM_QUIET_AFTER\\fR, \\fBLAUNCHROOM_READONLY\\fR
the settings of those names
.TP
\\fBNO_COLOR\\fR
no colour
.SH FILES
.TP
\\fI$XDG_CONFIG_HOME/launchroom/config.toml\\fR
the settings
.TP
\\fIlaunchroom.toml\\fR, \\fIlaunchroom.evidence/\\fR
a room, and what happened in it
";
