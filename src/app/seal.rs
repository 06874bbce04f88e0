//! The look at what comes in as evidence, and the last one at what leaves this house: a leak canary in it says that a run
//! handed on what it was given to keep.

use super::error::{Error, Kind};
use crate::domain::canary;

/// Nothing with a leak canary in it is handed out.
///
/// # Errors
/// `Refused` when one stands in it, in whatever encoding.
pub fn sealed(bytes: &[u8]) -> Result<(), Error> {
    if canary::leaks(bytes) { Err(leaked("nothing was written")) } else { Ok(()) }
}

/// Nothing with a leak canary in it comes in either: in whatever encoding it stands there, everything made of it later
/// would be refused.
///
/// # Errors
/// `Refused`, with `what` was not done.
pub fn taken_in(bytes: &[u8], what: &str) -> Result<(), Error> {
    if !canary::leaks(bytes) {
        return Ok(());
    }
    let hint = "find out what wrote it; run the proof itself (launchroom run … --attach), which masks it as it is printed";
    let why = "the leak canary of a run stands in it, so whatever wrote it hands on the secrets it was given";
    Err(Error::new(Kind::Refused, what, why).hint(hint))
}

/// Why it was not handed out. `what` is what was not done.
#[must_use]
pub fn leaked(what: &str) -> Error {
    let why = "the leak canary of a run stands in it, so something hands on the secrets it was given";
    Error::new(Kind::Refused, what, why)
        .hint("find out what printed it, and who put it there; then take it out, or withdraw the record")
}
