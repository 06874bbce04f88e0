//! The ledger file, kept parsed between looks: what did not change is not hashed again.

use super::place::Place;
use super::{began, trouble};
use crate::app::error::Error;
use crate::domain::ledger::{Damage, DamageKind, Entry, chain::Head};
use crate::format::ledger_jsonl;
use crate::infra::disk::{Disk, Stat};
use std::{path::Path, sync::Arc};

/// What the ledger file held when it was last looked at.
#[derive(Clone, Default)]
pub struct Journal {
    pub entries: Arc<Vec<Entry>>,
    pub damage: Option<Damage>,
    /// How many bytes of the file are entries that stand.
    pub length: u64,
    /// How many bytes the file has; more than `length` when it is damaged.
    pub size: u64,
    /// The bytes of the last entry, to see that what we know is still what comes before.
    last: Vec<u8>,
    seen: Option<Stat>,
}

impl Journal {
    /// Brings it up to date with the file. A file that is not there is an empty ledger, unless one began here.
    pub fn refresh(&mut self, disk: &dyn Disk, place: &Place) -> Result<(), Error> {
        let path = &place.ledger;
        let failed = |error| trouble::storage("cannot read the ledger", path, &error);
        let seen = disk.stat(path).map_err(failed)?;
        let Some(now) = seen else {
            *self = Self { damage: began::missing(disk, place, &[]), ..Self::default() };
            return Ok(());
        };
        if self.seen == seen {
            return Ok(());
        }
        let mine = self.length.saturating_sub(self.last.len() as u64);
        // Only a file that grew can still begin with what we know; same size and another stamp is no append.
        if self.damage.is_none() && self.length > 0 && now.len > self.length && self.is_ended() {
            let tail = disk.read(path, mine, u64::MAX).map_err(failed)?;
            if let Some(appended) = tail.strip_prefix(self.last.as_slice()) {
                let (entries, damage) = ledger_jsonl::parse_after(Head::of(&self.entries), appended);
                self.take(entries, damage, appended, seen);
                return Ok(());
            }
        }
        let bytes = disk.read(path, 0, u64::MAX).map_err(failed)?;
        let (entries, damage) = ledger_jsonl::parse(&bytes);
        // A torn line is the last of a ledger, never all of one that began.
        let damage = match damage {
            Some(Damage { kind: DamageKind::Broken, .. }) => damage,
            torn => began::missing(disk, place, &entries).or(torn),
        };
        *self = Self::default();
        self.take(entries, damage, &bytes, seen);
        Ok(())
    }

    /// Whether the next line can begin where the last one stops: a tool may have taken its line feed off.
    pub fn is_ended(&self) -> bool {
        self.last.last().is_none_or(|byte| *byte == b'\n')
    }

    /// Takes in what we appended ourselves.
    pub fn extend(&mut self, entries: Vec<Entry>, lines: &[u8], disk: &dyn Disk, path: &Path) {
        let seen = disk.stat(path).ok().flatten();
        self.take(entries, None, lines, seen);
    }

    fn take(&mut self, entries: Vec<Entry>, damage: Option<Damage>, bytes: &[u8], seen: Option<Stat>) {
        let good = match &damage {
            None => bytes.len(),
            Some(_) => ledger_jsonl::length_of(bytes, entries.len()),
        };
        let whole = bytes.get(..good).unwrap_or_default();
        if let Some(before_end) = whole.len().checked_sub(1) {
            let start = whole.get(..before_end).and_then(|lines| memchr::memrchr(b'\n', lines)).map_or(0, |end| end + 1);
            self.last = whole.get(start..).unwrap_or_default().to_vec();
        }
        if self.entries.is_empty() {
            self.entries = Arc::new(entries);
        } else {
            Arc::make_mut(&mut self.entries).extend(entries);
        }
        self.size = self.length + bytes.len() as u64;
        self.length += good as u64;
        self.damage = damage;
        self.seen = seen;
    }
}
