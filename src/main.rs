use launchroom::{cli, infra::proc::guard, wire};
use std::process::ExitCode;

fn main() -> ExitCode {
    // Each proof is guarded by this same program, started once more; it has to be on watch before anything else costs time.
    if guard::is_wanted() {
        return ExitCode::from(guard::stand());
    }
    // The last-resort report of a panic; everything foreseen is told by the shell in its own words.
    let _ = color_eyre::install();
    let wiring = wire::wire();
    let exit = cli::run(std::env::args_os(), &wiring);
    ExitCode::from(exit.code())
}
