//! A room of a server, for the use cases that want a store: what they read is the database, and what they change goes the
//! way every change goes. It has no spool, no folder and no holder: commands run where their operator is.

use super::House;
use crate::app::error::{Error, Kind};
use crate::app::ports::{Captured, RoomStore, Snapshot};
use crate::domain::change::{Applied, Refused};
use crate::domain::ids::{Digest, RunId};
use crate::domain::ledger::BlobState;
use crate::domain::plan::Class;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// One tenant's room.
pub struct Hosted {
    pub house: Arc<House>,
    pub tenant: String,
}

impl Hosted {
    fn held(&self) -> Result<super::Held, Error> {
        let found = self.house.room(&self.tenant)?;
        found.ok_or_else(|| Error::new(Kind::Refused, format!("there is no room of {}", self.tenant), "nobody brought one in"))
    }
}

fn nowhere<T>() -> Result<T, Error> {
    Err(Error::new(Kind::Usage, "a server runs no proofs", "they run where their operator is"))
}

impl RoomStore for Hosted {
    fn place(&self) -> String {
        format!("{} of {}", self.tenant, self.house.shelf().place())
    }

    fn workdir(&self) -> PathBuf {
        PathBuf::new()
    }

    fn load(&self) -> Result<Snapshot, Error> {
        Ok(self.held()?.snapshot(BTreeMap::new()))
    }

    fn update(
        &self,
        by: &str,
        now: Timestamp,
        decide: &mut dyn FnMut(&Snapshot) -> Result<Applied, Refused>,
    ) -> Result<Snapshot, Error> {
        self.house.update(&self.tenant, by, now, decide)
    }

    fn lines(&self) -> Result<String, Error> {
        Ok(self.held()?.lines.iter().fold(String::new(), |text, line| text + line + "\n"))
    }

    fn keep(&self, class: Class, bytes: &[u8]) -> Result<Digest, Error> {
        if class == Class::Locked {
            return Err(Error::new(Kind::Refused, "locked bytes are not kept here", "they leave no machine"));
        }
        let digest = Digest::of(bytes);
        self.house.shelf().put_blob(&self.tenant, &digest, bytes.len() as u64, &mut &bytes[..])?;
        Ok(digest)
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Error> {
        match self.house.blob(&self.tenant, digest)? {
            Some(bytes) if Digest::of(&bytes) != *digest => {
                let what = format!("cannot show captured bytes {}", digest.short());
                Err(Error::new(Kind::Integrity, what, "they are not the bytes that were attached"))
            }
            other => Ok(other),
        }
    }

    fn check(&self, wanted: &[Digest]) -> BTreeMap<Digest, BlobState> {
        self.house.looked_at(&self.tenant, wanted)
    }

    fn spooled(&self) -> Result<Vec<Captured>, Error> {
        Ok(Vec::new())
    }

    fn spooled_bytes(&self, _run: &RunId) -> Result<Vec<u8>, Error> {
        nowhere()
    }

    fn keep_spooled(&self, _run: &RunId, _class: Class) -> Result<(), Error> {
        nowhere()
    }

    fn discard(&self, _run: &RunId) -> Result<(), Error> {
        nowhere()
    }

    fn spool_dir(&self) -> Result<PathBuf, Error> {
        nowhere()
    }

    fn holder(&self) -> Result<String, Error> {
        nowhere()
    }
}
