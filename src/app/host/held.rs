//! One room as a server has it in memory: what is kept, read into values.

use super::shelf::Stored;
use crate::app::error::{Error, Kind};
use crate::app::ports::Snapshot;
use crate::domain::ids::Digest;
use crate::domain::ledger::{BlobState, Entry, Ledger, chain::Head};
use crate::domain::{plan::Plan, room::Room};
use crate::format::api::PlanText;
use crate::format::{ledger_jsonl, plan_toml, room_toml};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A room, and all of its ledger. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Held {
    pub text: Arc<str>,
    pub plan_text: Option<PlanText>,
    pub plan: Arc<Plan>,
    pub room: Arc<Room>,
    pub entries: Arc<Vec<Entry>>,
    /// The entries as they are kept and were hashed, without line ends.
    pub lines: Arc<Vec<Arc<str>>>,
    pub head: Head,
}

/// What a room is called at one moment: it changes with every entry, and nothing changes without one.
#[must_use]
pub fn revision(head: &Head) -> String {
    format!("{}-{}", head.seq, head.hash.to_hex().get(..16).unwrap_or_default())
}

impl Held {
    /// Reads a room that is kept.
    ///
    /// # Errors
    /// `Input` for a room or plan that cannot be read, `Integrity` for a ledger that is not what was written.
    pub fn of(tenant: &str, stored: &Stored) -> Result<Self, Error> {
        let (plan, room) = read(&stored.text, stored.plan.as_ref(), None)?;
        if *room.tenant.id.as_str() != *tenant {
            let why = format!("the room of {tenant} says that it is {}'s", room.tenant.id);
            return Err(Error::new(Kind::Integrity, "the database is damaged", why));
        }
        let mut held = Self {
            text: stored.text.as_str().into(),
            plan_text: stored.plan.clone(),
            plan,
            room,
            entries: Arc::default(),
            lines: Arc::default(),
            head: Head::START,
        };
        held.follow(tenant, stored)?;
        Ok(held)
    }

    /// Takes in what others wrote since.
    ///
    /// # Errors
    /// As [`Held::of`].
    pub fn follow(&mut self, tenant: &str, stored: &Stored) -> Result<(), Error> {
        let broken = |why: String| {
            Error::new(Kind::Integrity, format!("the ledger of {tenant} is damaged"), why)
                .hint("restore the database from a backup; a dossier or a pulled copy shows what was there")
        };
        let (entries, damage) = ledger_jsonl::parse_after(self.head, stored.lines.as_bytes());
        if let Some(damage) = damage {
            return Err(broken(format!("entry {}: {}", damage.line, damage.what)));
        }
        let head = entries.last().map_or(self.head, |entry| Head { seq: entry.seq, hash: entry.hash });
        if head != stored.head {
            return Err(broken(format!("it ends with entry {}, and {} is recorded as the last", head.seq, stored.head.seq)));
        }
        if *self.text != *stored.text {
            let (_, room) = read(&stored.text, self.plan_text.as_ref(), Some(&self.plan))?;
            (self.room, self.text) = (room, stored.text.as_str().into());
        }
        self.push(entries, stored.lines.lines());
        Ok(())
    }

    /// Goes on by entries that continue it.
    pub fn push<'l>(&mut self, entries: Vec<Entry>, lines: impl Iterator<Item = &'l str>) {
        if let Some(last) = entries.last() {
            self.head = Head { seq: last.seq, hash: last.hash };
        }
        Arc::make_mut(&mut self.entries).extend(entries);
        Arc::make_mut(&mut self.lines).extend(lines.map(Arc::from));
    }

    /// As the rules want to see it.
    #[must_use]
    pub fn snapshot(&self, blobs: BTreeMap<Digest, BlobState>) -> Snapshot {
        let ledger = Ledger { entries: Arc::clone(&self.entries), damage: None, blobs, holder: None };
        Snapshot {
            plan: Arc::clone(&self.plan),
            room: Arc::clone(&self.room),
            text: Arc::clone(&self.text),
            ledger,
            view_only: None,
            notices: Vec::new(),
        }
    }

    /// Lines after an entry, at most so many.
    #[must_use]
    pub fn after(&self, seq: u64, most: usize) -> Vec<Arc<str>> {
        let from = usize::try_from(seq).unwrap_or(usize::MAX);
        self.lines.iter().skip(from).take(most).cloned().collect()
    }
}

/// The plan of a room: the one that came along, else a built-in one.
fn plan_of(text: &str, plan: Option<&PlanText>) -> Result<Arc<Plan>, Error> {
    let name = room_toml::plan_name(text, SHOWN).map_err(|problems| input(problems.render()))?;
    let (text, name) = match (plan, plan_toml::embedded(&name)) {
        (Some(plan), _) => (plan.text.as_str(), plan.name.as_str()),
        (None, Some(text)) => (text, name.as_str()),
        (None, None) => return Err(input(format!("there is no plan `{name}` in this launchroom, and none came along"))),
    };
    plan_toml::shared(text, name).map_err(|problems| input(problems.render()))
}

/// What a room's file is called where its text has no place of its own.
const SHOWN: &str = "launchroom.toml";

fn input(told: String) -> Error {
    Error::new(Kind::Input, "the room cannot be read", told)
}

/// A room and its plan, from their texts. `known` is the plan when it is read already.
///
/// # Errors
/// `Input`.
pub fn read(text: &str, plan: Option<&PlanText>, known: Option<&Arc<Plan>>) -> Result<(Arc<Plan>, Arc<Room>), Error> {
    let plan = match known {
        Some(known) => Arc::clone(known),
        None => plan_of(text, plan)?,
    };
    let room = room_toml::parse(text, SHOWN, &plan).map_err(|problems| input(problems.render()))?;
    Ok((plan, Arc::new(room)))
}
