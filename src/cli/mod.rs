//! The shell: arguments in, one printer out, an exit code.

pub mod args;
mod cmd;
mod context;
mod doc;
mod exit;
mod interrupt;
mod mistyped;
mod moved;
mod out;
mod wiring;

pub use exit::Exit;
pub use wiring::{Faces, Hosting, Process, Pulled, Rooms, Servers, Serving, Wiring};

use crate::app::error::Error;
use crate::app::settings;
use crate::present::safe;
use args::{Cli, Command};
use clap::Parser as _;
use context::Context;
use out::{Out, Paint};
use std::ffi::OsString;

/// No settings file is longer.
const SETTINGS_LIMIT: u64 = 1 << 20;

/// Runs one command line to its end.
pub fn run(arguments: impl IntoIterator<Item = OsString>, wiring: &Wiring) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(told) => return answer(&told, &arguments, wiring),
    };
    let process = &wiring.process;
    let flags = settings::Flags {
        room: cli.global.room.clone().or_else(|| cli.command.as_ref().and(cli.path.clone())),
        color: cli.global.color.map(Into::into),
        readonly: cli.global.readonly,
    };
    let settled = settings_text(wiring)
        .and_then(|text| settings::settle(&flags, &|name| process.var(name), process.config.clone(), text.as_deref()));
    let mut context = match settled {
        Ok(settings) => Context::new(wiring, settings),
        Err(error) => {
            // What is wrong with the settings is the first thing a doctor has to say; the defaults hold meanwhile.
            let defaults = settings::settle(&flags, &|_| None, process.config.clone(), None);
            if let (Some(Command::Doctor(reading)), Ok(settings)) = (&cli.command, defaults) {
                let mut context = Context::new(wiring, settings);
                let ended = cmd::doctor::run(&mut context, *reading, Some(&error));
                return context.end(Ok(ended));
            }
            Out::new(Paint::default()).error(&error);
            return error.kind.into();
        }
    };
    let ended = dispatch(&mut context, &cli);
    context.end(ended)
}

/// Help and version are answers, everything else is misuse; clap knows which stream each belongs on.
///
/// It names the words that were typed, so it is asked again with them as they may be shown.
fn answer(told: &clap::Error, arguments: &[OsString], wiring: &Wiring) -> Exit {
    if told.use_stderr()
        && let Some(error) = no_command(arguments, wiring)
    {
        Out::new(Paint::default()).error(&error);
        return Exit::Usage;
    }
    let shown = arguments.iter().map(|word| safe::bytes(word.as_encoded_bytes()).into_string());
    if let Err(told) = Cli::try_parse_from(shown) {
        let _ = told.print();
    } else {
        let mut out = Out::new(Paint::default());
        told.to_string().lines().for_each(|line| out.say(line));
    }
    if told.use_stderr() { Exit::Usage } else { Exit::Ok }
}

/// Options that fit no command are no help when it is the command that is none.
fn no_command(arguments: &[OsString], wiring: &Wiring) -> Option<Error> {
    let words: Vec<&str> = arguments.iter().skip(1).filter_map(|word| word.to_str()).collect();
    mistyped::mistyped(mistyped::first_word(&words)?, |word| wiring.rooms.has_name(word.as_ref()))
}

/// The settings file's text, when there is one.
fn settings_text(wiring: &Wiring) -> Result<Option<String>, Error> {
    let Some(path) = wiring.process.config.as_deref().filter(|path| wiring.rooms.is_there(path)) else { return Ok(None) };
    let bytes = wiring.rooms.read(path, SETTINGS_LIMIT)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

fn dispatch(cx: &mut Context<'_>, cli: &Cli) -> Result<Exit, Error> {
    match &cli.command {
        None => {
            let there = |word: &str| cx.wiring.rooms.has_name(word.as_ref());
            let mistyped = cli.path.as_deref().and_then(|word| mistyped::mistyped(word, there));
            mistyped.map_or_else(|| cmd::open::run(cx, cli.path.as_deref(), None), Err)
        }
        Some(Command::Open(args)) => cmd::open::run(cx, args.path.as_deref(), args.present.map(Into::into)),
        Some(Command::Demo(args)) => cmd::demo::run(cx, args),
        Some(Command::Init(args)) => cmd::init::run(cx, args),
        Some(Command::Validate(args)) => cmd::validate::run(cx, args),
        Some(Command::Status(args)) => cmd::status::run(cx, args),
        Some(Command::Review(args)) => cmd::review::run(cx, args),
        Some(Command::Why(args)) => cmd::why::run(cx, args),
        Some(Command::Path(args)) => cmd::path::run(cx, args),
        Some(Command::Brief(args)) => cmd::brief::run(cx, args),
        Some(Command::Ask(args)) => cmd::ask::run(cx, args),
        Some(Command::Wait(args)) => cmd::wait::run(cx, args),
        Some(Command::Owners(args)) => cmd::owners::run(cx, args),
        Some(Command::Assign(args)) => cmd::assign::run(cx, args),
        Some(Command::Set(args)) => cmd::set::run(cx, args),
        Some(Command::Tick(args)) => cmd::tick::run(cx, args),
        Some(Command::Proofs(reading)) => cmd::proofs::run(cx, *reading),
        Some(Command::Run(args)) => cmd::run::run(cx, args),
        Some(Command::Preflight(args)) => cmd::preflight::run(cx, args),
        Some(Command::Attach(args)) => cmd::attach::run(cx, args),
        Some(Command::Evidence(command)) => cmd::evidence::run(cx, command),
        Some(Command::Activation(command)) => cmd::activation::run(cx, command),
        Some(Command::Dependency(command)) => cmd::dependency::run(cx, command),
        Some(Command::Exclude(args)) => cmd::exclude::run(cx, args),
        Some(Command::Exclusions(reading)) => cmd::exclusions::run(cx, *reading),
        Some(Command::Decide(args)) => cmd::decide::run(cx, args),
        Some(Command::Decisions(reading)) => cmd::decisions::run(cx, *reading),
        Some(Command::Log(args)) => cmd::log::run(cx, args),
        Some(Command::Claims(command)) => cmd::claims::run(cx, command),
        Some(Command::Dossier(args)) => cmd::dossier::run(cx, args),
        Some(Command::Verify(args)) => cmd::verify::run(cx, args),
        Some(Command::Rooms(args)) => cmd::rooms::run(cx, args),
        Some(Command::Sync(args)) => cmd::sync::run(cx, args),
        Some(Command::Pull(args)) => cmd::pull::run(cx, args),
        Some(Command::Serve(args)) => cmd::serve::run(cx, args),
        Some(Command::Token(command)) => cmd::token::run(cx, command),
        Some(Command::Login(args)) => cmd::login::run(cx, args),
        Some(Command::Check(args)) => cmd::check::run(cx, args),
        Some(Command::Schema { what }) => cmd::schema::run(cx, *what),
        Some(Command::Doctor(reading)) => Ok(cmd::doctor::run(cx, *reading, None)),
        Some(Command::Config(command)) => cmd::config::run(cx, command),
        Some(Command::Completions { shell }) => Ok(doc::completions(cx, *shell)),
        Some(Command::Man) => doc::man(cx),
    }
}
