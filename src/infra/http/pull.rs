//! Takes a room out of its server: a room file, its ledger and its captured bytes on this machine, like any other room.
//!
//! Everything is laid beside where it will be and checked there; it gets its name when it is whole. Locked bytes are on the
//! machine that holds them and nowhere else: of those the receipts come along, and the bytes only where that is this one.

use super::api::{Api, Room};
use super::remote::lines_of;
use crate::app::error::{Error, Kind};
use crate::app::ports::RoomStore as _;
use crate::domain::ids::Digest;
use crate::domain::ledger::chain::Head;
use crate::domain::ledger::{Attached, BlobState, Body, Ledger};
use crate::domain::plan::Class;
use crate::infra::file::FileStore;
use crate::infra::file::mirror::{Mirror, Said};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What came out.
pub struct Pulled {
    pub tenant: String,
    pub entries: usize,
    pub files: usize,
    /// Locked records whose bytes are on another machine.
    pub receipts: usize,
}

/// Takes the room out, into the room file `path` and the evidence folder beside it. `copy` is this machine's own copy of
/// the room, when there is one.
///
/// # Errors
/// `Conflict` when something is there already; what the server says; `Integrity` when what it gave does not verify.
pub fn pull(api: &Api, path: &Path, data: &Path, copy: Option<&FileStore>) -> Result<Pulled, Error> {
    let host = api.client.host().to_owned();
    let path = std::path::absolute(path).map_err(|error| storage(path, &error))?;
    let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
    let evidence = path.with_extension("evidence");
    for there in [&path, &evidence] {
        if there.symlink_metadata().is_ok() {
            let what = format!("{} is there already", there.display());
            return Err(Error::new(Kind::Conflict, what, "nothing is written over it").hint("name another path"));
        }
    }
    let Room::Changed(body, _) = api.room(None).map_err(|trouble| trouble.error(&api.client))? else {
        return Err(Error::new(Kind::Network, format!("{host} does not give this room"), "it says that nothing changed"));
    };
    let lines = lines_of(api, Head::START, &body.head)?;
    let laid = Laid::beside(&folder)?;
    let mirror = Mirror::at(&laid.folder, data)?;
    let plan = body.plan.as_ref().map(|plan| (plan.name.as_str(), plan.text.as_str()));
    mirror.take(&Said { text: &body.text, plan, lines: &lines, seen: Head::START })?;
    let store = mirror.store()?.ok_or_else(|| Error::new(Kind::Storage, "the room was not written", ""))?;
    let snapshot = store.load()?;
    let (files, receipts) = fetch(api, &host, &store, &snapshot.ledger, copy)?;
    laid.name(&path, &evidence, plan.map(|(name, _)| name))?;
    Ok(Pulled { tenant: snapshot.room.tenant.name.clone(), entries: snapshot.ledger.entries.len(), files, receipts })
}

/// Captured bytes, each checked: how many came, and of how many records only the receipt did.
fn fetch(api: &Api, host: &str, store: &FileStore, ledger: &Ledger, copy: Option<&FileStore>) -> Result<(usize, usize), Error> {
    let mut wanted: BTreeMap<Digest, Class> = BTreeMap::new();
    let mut receipts = 0;
    for entry in ledger.entries.iter() {
        let Body::Attached(attached) = &entry.body else { continue };
        if attached.class == Class::Locked {
            receipts += usize::from(attached.digest.is_some() && !held(store, attached, copy)?);
            continue;
        }
        wanted.extend(attached.digests().map(|digest| (digest, attached.class)));
    }
    for (digest, class) in &wanted {
        let bytes = api.get(digest).map_err(|trouble| trouble.error(&api.client))?;
        let bytes = bytes.ok_or_else(|| {
            let why = format!("it does not have the bytes of {}", digest.short());
            Error::new(Kind::Integrity, format!("{host} does not give all of the room"), why)
        })?;
        store.keep(*class, &bytes)?;
    }
    let digests: Vec<Digest> = wanted.keys().copied().collect();
    if let Some((digest, _)) = store.check(&digests).iter().find(|(_, state)| **state != BlobState::Intact) {
        return Err(Error::new(Kind::Integrity, "what was written is not what was fetched", digest.short()));
    }
    Ok((wanted.len(), receipts))
}

/// Locked bytes that this machine holds come along.
fn held(store: &FileStore, attached: &Attached, copy: Option<&FileStore>) -> Result<bool, Error> {
    let Some(copy) = copy else { return Ok(false) };
    for digest in attached.digests() {
        let Some(bytes) = copy.blob(&digest)? else { return Ok(false) };
        store.keep(Class::Locked, &bytes)?;
    }
    Ok(true)
}

/// What is laid out and not named yet; gone when it is dropped.
struct Laid {
    folder: PathBuf,
}

impl Laid {
    fn beside(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(|error| storage(folder, &error))?;
        Ok(Self { folder: folder.join(format!(".launchroom-pull-{}", std::process::id())) })
    }

    /// The evidence first: a room without its evidence would be no room.
    fn name(&self, path: &Path, evidence: &Path, plan: Option<&str>) -> Result<(), Error> {
        let rename = |from: &str, to: &Path| {
            let from = self.folder.join(from);
            if from.symlink_metadata().is_err() { Ok(()) } else { fs::rename(from, to) }
        };
        let folder = path.parent().unwrap_or(Path::new("/"));
        if let Some(plan) = plan {
            let to = folder.join(plan);
            if to.symlink_metadata().is_err() {
                fs::create_dir_all(to.parent().unwrap_or(folder))
                    .and_then(|()| rename(plan, &to))
                    .map_err(|error| storage(&to, &error))?;
            }
        }
        rename("launchroom.evidence", evidence).map_err(|error| storage(evidence, &error))?;
        rename("launchroom.toml", path).map_err(|error| storage(path, &error))?;
        let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| storage(folder, &error))
    }
}

impl Drop for Laid {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn storage(at: &Path, error: &std::io::Error) -> Error {
    Error::new(Kind::Storage, format!("cannot write {}", at.display()), crate::infra::file::reason(error))
}
