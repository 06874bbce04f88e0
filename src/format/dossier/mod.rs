//! A dossier: how a room stands, for somebody else to keep and to check without us.
//!
//! It is made of a room in which what is not for its reader is not there any more (the use case draws that curtain), and of the
//! ledger's own lines, of which the ones that stay behind leave their hash. Same state, same bytes: no clock is read, the
//! order is fixed, and the stated moment comes from the state.

mod content;
mod html;
mod json;
mod layout;
mod markdown;
mod preview;
pub mod read;
mod scan;
mod svg;
pub mod verify;

pub use content::{Block, Section, Table, sections};
pub use html::html;
pub use json::json;
pub use layout::{File, files, withheld_line, zipped};
pub use markdown::markdown;
pub use preview::{preview, told};
pub use scan::{Found, scan};

use crate::domain::gate::{DecisionState, GateStatus, Readiness};
use crate::domain::ids::{Digest, GateId};
use crate::domain::ledger::{Ledger, chain::Head};
use crate::domain::plan::{Class, Plan};
use crate::domain::room::Room;
use crate::present::audience::Audience;
use jiff::civil::Date;
use std::{collections::BTreeMap, sync::Arc};

/// Everything a dossier tells.
#[derive(Clone, Debug)]
pub struct Dossier {
    pub audience: Audience,
    pub plan: Arc<Plan>,
    /// As the audience may see it; so are the ledger and the readiness.
    pub room: Arc<Room>,
    pub ledger: Ledger,
    pub readiness: Readiness,
    /// The newest first, judged on the room as it is; what changed since is an operator's to read.
    pub decisions: Vec<DecisionState>,
    /// The end of the whole ledger, of which nothing is left out.
    pub head: Head,
    /// Every entry, in order.
    pub lines: Vec<Kept>,
    /// The records that the audience may hear of.
    pub records: Vec<Record>,
    /// Captured bytes that go along.
    pub bytes: BTreeMap<Digest, Vec<u8>>,
    /// How many requirements of each gate were settled, day by day.
    pub series: Vec<Point>,
}

/// One entry of the ledger, whole or by its hash.
#[derive(Clone, Debug)]
pub struct Kept {
    pub seq: u64,
    pub class: Class,
    pub hash: Digest,
    pub prev: Digest,
    /// The exact line, without its end. `None`: withheld.
    pub line: Option<String>,
    /// Why it is of this class.
    pub why: &'static str,
}

/// One record of evidence.
#[derive(Clone, Debug)]
pub struct Record {
    pub seq: u64,
    pub proof: Option<String>,
    pub serves: Option<String>,
    pub target: String,
    pub class: Class,
    pub outcome: &'static str,
    /// `verified`, `unverified`, `stale`, `withdrawn` or `stated`, and why.
    pub status: &'static str,
    pub reason: String,
    pub files: Vec<Captured>,
}

/// Captured bytes of a record.
#[derive(Clone, Debug)]
pub struct Captured {
    pub digest: Digest,
    pub size: u64,
    pub place: Place,
}

/// Where captured bytes are, for the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the dossier, at this path.
    Here(String),
    /// Not in it, and why.
    Withheld(&'static str),
}

/// One day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    pub day: Date,
    pub gates: Vec<(GateId, GateStatus, usize, usize)>,
}

impl Dossier {
    /// How many entries leave as they are.
    #[must_use]
    pub fn included(&self) -> usize {
        self.lines.iter().filter(|line| line.line.is_some()).count()
    }

    /// How many leave their hash only.
    #[must_use]
    pub fn withheld(&self) -> usize {
        self.lines.len() - self.included()
    }

    /// Why entries are withheld, and how many for each reason.
    #[must_use]
    pub fn reasons(&self) -> BTreeMap<(Class, &'static str), usize> {
        let mut out = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line.line.is_none()) {
            *out.entry((line.class, line.why)).or_default() += 1;
        }
        out
    }

    /// Captured bytes that stay behind, and why.
    #[must_use]
    pub fn left_behind(&self) -> BTreeMap<&'static str, usize> {
        let mut out = BTreeMap::new();
        for captured in self.records.iter().flat_map(|record| &record.files) {
            if let Place::Withheld(why) = captured.place {
                *out.entry(why).or_default() += 1;
            }
        }
        out
    }
}

/// What nobody can see from a dossier alone.
pub const CANNOT_SEE: [&str; 5] = [
    "whether entries were added after it was made, or a tail was cut off before: an older or newer dossier shows that",
    "whether the whole ledger was written anew before the first dossier: only a head that somebody else holds shows that",
    "whether index.html or dossier.json was edited and SHA256SUMS made anew: the ledger's own lines are chained, what is told of them is not",
    "what a withheld entry says: its hash and its place are there, its text is not",
    "whether what people stated is true: a dossier shows what was recorded, by whom and when",
];
