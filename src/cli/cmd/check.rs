//! Asks a deployment what a public proof asks it, and prints the bundle.

use crate::app::error::Error;
use crate::cli::args::CheckArgs;
use crate::cli::{Exit, context::Context};

pub fn run(cx: &mut Context<'_>, args: &CheckArgs) -> Result<Exit, Error> {
    let (bundle, passed) = cx.wiring.faces.check(args)?;
    cx.out.json(&bundle);
    Ok(if passed { Exit::Ok } else { Exit::No })
}
