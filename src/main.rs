use launchroom::{cli, wire};
use std::process::ExitCode;

fn main() -> ExitCode {
    // The last-resort report of a panic; everything foreseen is told by the shell in its own words.
    let _ = color_eyre::install();
    let wiring = wire::wire();
    let exit = cli::run(std::env::args_os(), &wiring);
    ExitCode::from(exit.code())
}
