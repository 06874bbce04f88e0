//! Captured runs that are not attached yet: finding one by the beginning of its id, and dropping one.

use super::run::{means, tidy};
use crate::app::error::Error;
use crate::app::ports::{Captured, RoomStore};
use crate::cli::{Exit, context::Context, context::usage};
use crate::present::{safe, words};

/// The one captured run whose id begins so.
pub fn find(store: &dyn RoomStore, begins: &str) -> Result<Captured, Error> {
    let all = store.spooled()?;
    let known = |runs: &[Captured]| runs.iter().map(|one| format!("{} ({})", one.run.id, one.proof)).collect::<Vec<_>>();
    let exact = all.iter().find(|one| one.run.id == *begins).cloned();
    let fitting: Vec<_> =
        all.iter().filter(|one| one.run.id.as_str().starts_with(begins) && !begins.is_empty()).cloned().collect();
    match (exact, fitting.as_slice()) {
        (Some(run), _) => Ok(run),
        (None, [run]) => Ok(run.clone()),
        (None, []) => {
            let error = Error {
                why: "it was attached or discarded, or it is still under way".into(),
                ..usage(format!("there is no captured run {begins}"))
            };
            let known = known(&all);
            Err(error.hint(if known.is_empty() {
                "no run is captured".to_owned()
            } else {
                format!("captured: {}", known.join(", "))
            }))
        }
        (None, several) => Err(usage(format!("several captured runs begin with {begins}")).hint(known(several).join(", "))),
    }
}

/// Prints what a run printed, as it was kept: masked, and safe for a terminal.
pub fn show(cx: &mut Context<'_>, begins: &str) -> Result<Exit, Error> {
    let (store, _) = cx.opened()?;
    let captured = find(&*store, begins)?;
    let bytes = store.spooled_bytes(&captured.run.id)?;
    if cx.wiring.process.stdout_is_terminal {
        for line in bytes.strip_suffix(b"\n").unwrap_or(&bytes).split(|byte| *byte == b'\n') {
            cx.out.line(safe::bytes(line).into_string());
        }
    } else {
        cx.out.bytes(&bytes);
    }
    Ok(Exit::Ok)
}

/// Drops what a run printed. That it ran is in the ledger and stays there.
pub fn discard(cx: &mut Context<'_>, begins: &str) -> Result<Exit, Error> {
    cx.writable()?;
    let (store, _) = cx.opened()?;
    let captured = find(&*store, begins)?;
    let means = means(cx, &store);
    // A run whose program was killed is told to the ledger first: dropping it must not make it unhappened.
    tidy(cx, &means)?;
    store.discard(&captured.run.id)?;
    cx.out.line(format!(
        "discarded {} ({}, {}): {} dropped, its line in the ledger stays",
        captured.run.id,
        captured.proof,
        words::outcome(captured.outcome),
        words::size(captured.size)
    ));
    Ok(Exit::Ok)
}
