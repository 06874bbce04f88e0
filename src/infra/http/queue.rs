//! Changes that the server does not have yet, one file each, in order. What is in here is on disk before anybody is told
//! that it was taken; it goes when the server has it, or when a person says so.

use crate::app::error::{Error, Kind};
use crate::app::sync::{Clash, Conflict};
use crate::domain::change::Change;
use crate::domain::ledger::ValueChange;
use crate::infra::file::mirror::{Mirror, numbered};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const FOLDER: &str = "queue";

/// One change on its way.
#[derive(Clone, Debug)]
pub struct Item {
    pub number: u64,
    /// The same for every attempt: the server makes it once.
    pub key: String,
    pub at: Timestamp,
    pub by: String,
    pub change: Change,
    /// What it was to do, in a sentence.
    pub what: String,
    /// The values it touches, as they were to whoever made it and as it makes them.
    pub seen: Vec<ValueChange>,
    pub parked: Option<Parked>,
}

/// Why it waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parked {
    /// Path, mine, theirs.
    Clash(Vec<(String, String, String)>),
    Refused(String),
}

impl Parked {
    /// Values that somebody else changed.
    #[must_use]
    pub fn clash(clashes: Vec<Clash>) -> Self {
        Self::Clash(clashes.into_iter().map(|clash| (clash.path, clash.mine, clash.theirs)).collect())
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    schema: u8,
    key: String,
    at: Timestamp,
    by: String,
    change: Change,
    what: String,
    seen: Vec<ValueChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parked: Option<Parked>,
}

impl Item {
    /// As a person is asked about it.
    #[must_use]
    pub fn conflict(&self) -> Option<Conflict> {
        let parked = self.parked.as_ref()?;
        let (values, refused) = match parked {
            Parked::Clash(values) => {
                let clash = |(path, mine, theirs): &(String, String, String)| Clash {
                    path: path.clone(),
                    mine: mine.clone(),
                    theirs: theirs.clone(),
                };
                (values.iter().map(clash).collect(), None)
            }
            Parked::Refused(why) => (Vec::new(), Some(why.clone())),
        };
        Some(Conflict { number: self.number, at: self.at, what: self.what.clone(), values, refused })
    }
}

/// Everything in the queue, in order. A file that cannot be read is told, not skipped.
///
/// # Errors
/// `Integrity` for a file that is none of ours.
pub fn list(mirror: &Mirror) -> Result<Vec<Item>, Error> {
    let mut items = Vec::new();
    for name in mirror.list(FOLDER) {
        let Some(number) = name.strip_suffix(".json").and_then(|number| number.parse().ok()) else { continue };
        match mirror.get(&format!("{FOLDER}/{name}")) {
            Some(bytes) => items.push(read(&bytes, &name, number)?),
            // Another program on this machine has sent it since.
            None if !mirror.list(FOLDER).contains(&name) => {}
            None => return Err(unreadable(&name)),
        }
    }
    Ok(items)
}

fn unreadable(name: &str) -> Error {
    let why = format!("{FOLDER}/{name} cannot be read");
    Error::new(Kind::Integrity, "a change that waits to be sent is lost from sight", why)
        .hint("it is kept; look at the file by hand")
}

fn read(bytes: &[u8], name: &str, number: u64) -> Result<Item, Error> {
    let kept: Kept = serde_json::from_slice(bytes).map_err(|_| unreadable(name))?;
    Ok(Item {
        number,
        key: kept.key,
        at: kept.at,
        by: kept.by,
        change: kept.change,
        what: kept.what,
        seen: kept.seen,
        parked: kept.parked,
    })
}

/// Puts a change at the end; on disk when this returns.
///
/// # Errors
/// `Storage` when the disk fails.
pub fn push(mirror: &Mirror, item: Item) -> Result<Item, Error> {
    let number = mirror.add(FOLDER, &kept(&item)?)?;
    Ok(Item { number, ..item })
}

/// Writes an item where it stands.
///
/// # Errors
/// `Storage` when the disk fails.
pub fn write(mirror: &Mirror, item: &Item) -> Result<(), Error> {
    mirror.put(&name(item.number), &kept(item)?)
}

fn kept(item: &Item) -> Result<Vec<u8>, Error> {
    let kept = Kept {
        schema: 1,
        key: item.key.clone(),
        at: item.at,
        by: item.by.clone(),
        change: item.change.clone(),
        what: item.what.clone(),
        seen: item.seen.clone(),
        parked: item.parked.clone(),
    };
    serde_json::to_vec(&kept).map_err(|error| Error::new(Kind::Storage, "a change cannot be kept", error.to_string()))
}

/// Takes an item away.
///
/// # Errors
/// `Storage` when the disk fails.
pub fn drop(mirror: &Mirror, number: u64) -> Result<(), Error> {
    mirror.remove(&name(number))
}

fn name(number: u64) -> String {
    format!("{FOLDER}/{}", numbered(number))
}
