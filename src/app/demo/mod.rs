//! The demo: a pilot in its second week, told as a ledger whose times are relative to now.
//!
//! Pure: what it needs from outside are the time, the address its pages are served at, and the name of this program. The
//! composition root writes what comes out of here and opens it like any other room.

mod room;
mod story;

use super::error::{Error, Kind};
use crate::domain::ids::ProofId;
use crate::domain::ledger::Body;
use crate::format::{plan_toml, room_toml};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The plan the demo follows.
pub const PLAN: &str = "first-customer";

/// Everything the working copy consists of.
pub struct DemoRoom {
    pub room_toml: String,
    /// The commands in it, which start this very program: nobody needs to be asked about those.
    pub commands: BTreeMap<ProofId, String>,
    /// In order, each with when and by whom.
    pub entries: Vec<(Timestamp, String, Body)>,
    /// The captured bytes that lie on this machine. Locked records are held elsewhere and count by their receipts.
    pub blobs: Vec<Vec<u8>>,
}

/// A pilot as it stands at `now`, whose public proofs ask `base_url` through the program `exe`.
///
/// # Errors
/// `Input` when the embedded plan or room cannot be read, which the tests rule out.
pub fn build(now: Timestamp, base_url: &str, exe: &str) -> Result<DemoRoom, Error> {
    let unreadable = |why: String| Error::new(Kind::Input, "the demo cannot be made", why);
    let text = plan_toml::embedded(PLAN).ok_or_else(|| unreadable(format!("there is no plan {PLAN}")))?;
    let plan = plan_toml::shared(text, PLAN).map_err(|problems| unreadable(problems.render()))?;
    let weeks = room::Weeks::around(now);
    let room_toml = room::text(&weeks, &plan, base_url, exe);
    let room = room_toml::parse(&room_toml, "demo.toml", &plan).map_err(|problems| unreadable(problems.render()))?;
    let (entries, blobs) = story::tell(&plan, &room, &weeks, now, base_url);
    Ok(DemoRoom { room_toml, commands: room.commands, entries, blobs })
}

#[cfg(test)]
mod tests;
