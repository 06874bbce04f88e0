//! The demo: a pilot in its second week, told as a ledger whose times are relative to now.
//!
//! Pure: what it needs from outside are the time, the address its pages are served at, and the name of this program. The
//! composition root writes what comes out of here and opens it like any other room.

mod room;
mod story;

use super::error::{Error, Kind};
use crate::app::open::Opened;
use crate::app::ports::Snapshot;
use crate::domain::gate;
use crate::domain::ids::{Digest, ProofId};
use crate::domain::ledger::{BlobState, Entry, Ledger, chain};
use crate::domain::plan::Plan;
use crate::domain::room::Room;
use crate::format::{plan_toml, room_toml};
use jiff::Timestamp;
use std::{collections::BTreeMap, sync::Arc};

/// The plan the demo follows.
pub const PLAN: &str = "first-customer";

/// Whoever looks at the demo acts as the pilot's own operator.
pub use story::OPERATOR;

/// Everything the working copy consists of.
pub struct DemoRoom {
    pub room_toml: String,
    /// The commands in it, which start this very program: nobody needs to be asked about those.
    pub commands: BTreeMap<ProofId, String>,
    /// The ledger file: sealed lines, in order.
    pub ledger: Vec<u8>,
    /// The captured bytes that lie on this machine. Locked records are held elsewhere and count by their receipts.
    pub blobs: Vec<Vec<u8>>,
    /// The same as it will be read from there, for a first frame that waits for no disk.
    pub opened: Opened,
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
    let (entries, ledger) = sealed(entries).map_err(|why| unreadable(why.to_string()))?;
    let commands = room.commands.clone();
    let opened = opened(plan, room, &room_toml, entries, &blobs, now);
    Ok(DemoRoom { room_toml, commands, ledger, blobs, opened })
}

/// The entries as a chain, and the file they make.
fn sealed(entries: Vec<story::Told>) -> Result<(Vec<Entry>, Vec<u8>), chain::Unsealable> {
    let (mut chained, mut file) = (Vec::with_capacity(entries.len()), Vec::new());
    for (at, by, body) in entries {
        let head = chain::Head::of(&chained);
        let sealed = chain::seal(head.hash, head.seq + 1, at, &by, body)?;
        file.extend_from_slice(&sealed.line);
        chained.push(sealed.entry);
    }
    Ok((chained, file))
}

fn opened(plan: Arc<Plan>, room: Room, text: &str, entries: Vec<Entry>, blobs: &[Vec<u8>], now: Timestamp) -> Opened {
    let mut ledger = Ledger { entries: Arc::new(entries), ..Ledger::default() };
    ledger.blobs.extend(gate::wanted_blobs(&plan, &ledger).into_iter().map(|digest| (digest, BlobState::Missing)));
    ledger.blobs.extend(blobs.iter().map(|bytes| (Digest::of(bytes), BlobState::Intact)));
    let readiness = gate::evaluate(&plan, &room, &ledger, now);
    let (room, text) = (Arc::new(room), text.into());
    Opened { snapshot: Snapshot { plan, room, text, ledger, view_only: None, notices: Vec::new() }, readiness }
}

#[cfg(test)]
mod tests;
