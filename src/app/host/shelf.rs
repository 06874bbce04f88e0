//! Where a server keeps its rooms: a database, as the use cases need it. `infra::sql` implements it.

use super::{Grant, Issued};
use crate::app::error::Error;
use crate::domain::ids::Digest;
use crate::domain::ledger::chain::Head;
use crate::format::api::PlanText;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::io::Read;

/// Bytes are kept and handed out in parts of this size, so that a large file needs no memory of its size.
pub const PART: usize = 1 << 20;

/// What is kept of a room, from some entry on.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The room file.
    pub text: String,
    /// A plan that is not built in.
    pub plan: Option<PlanText>,
    pub head: Head,
    /// The ledger's lines after the entry that was asked for, each with its end.
    pub lines: String,
}

/// The same request comes with the same key, and is done once.
#[derive(Clone, Debug)]
pub struct Key {
    /// Whose key it is: the id of a token.
    pub who: String,
    pub key: String,
    /// Of what is asked for: something else with the same key is a mistake.
    pub request: Digest,
}

/// What was answered to a key.
#[derive(Clone, Debug)]
pub struct Answered {
    pub request: Digest,
    pub body: String,
}

/// What a change comes to: all of it is kept, or nothing.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The room file, when it changes.
    pub text: Option<String>,
    /// New lines of the ledger, each with its number and its end.
    pub lines: Vec<(u64, String)>,
    pub head: Head,
    /// What is answered to the key, now and from now on.
    pub answer: Option<String>,
    pub now: Timestamp,
}

/// Decides on a room as it is, nobody else changing it meanwhile. `None` changes nothing.
pub type Decide<'a> = &'a mut dyn FnMut(&Stored, Option<Answered>) -> Result<Option<Draft>, Error>;

/// What another server on the same database says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word<'a> {
    /// It changed the room of this tenant.
    Changed(&'a str),
    /// Who listens at it, in a text of the servers' own.
    Here(&'a str),
    /// Something may have been missed.
    Missed,
}

/// Hears other servers.
pub type Heard = Box<dyn Fn(Word<'_>) + Send + Sync>;

/// Bytes that are coming up, hashed as they come. Dropped, they are gone.
pub trait Upload: Send {
    /// Takes more.
    ///
    /// # Errors
    /// `Storage`.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Error>;

    /// That was all: its digest, its size, and all of it to read.
    ///
    /// # Errors
    /// `Storage`.
    fn finish(self: Box<Self>) -> Result<(Digest, u64, Box<dyn Read + Send>), Error>;
}

/// A database of rooms. All calls block; what they answer to is committed and on disk.
pub trait Shelf: Send + Sync {
    /// Where it is, for people and without credentials.
    fn place(&self) -> String;

    /// Whether other servers write to it, too: what is remembered of a room may be old then.
    fn is_shared(&self) -> bool;

    /// Whether it answers.
    ///
    /// # Errors
    /// `Storage` when it does not, as for every other call.
    fn ping(&self) -> Result<(), Error>;

    /// Whose rooms are kept.
    ///
    /// # Errors
    /// `Storage`.
    fn tenants(&self) -> Result<Vec<String>, Error>;

    /// The end of a room's ledger.
    ///
    /// # Errors
    /// `Storage`.
    fn head(&self, tenant: &str) -> Result<Option<Head>, Error>;

    /// A room, with the ledger's lines after an entry.
    ///
    /// # Errors
    /// `Storage`.
    fn read(&self, tenant: &str, after: u64) -> Result<Option<Stored>, Error>;

    /// The only way a room changes. Whether there is such a room.
    ///
    /// # Errors
    /// What `decide` says; `Storage`. Nothing was changed then, as far as the database answers.
    fn write(&self, tenant: &str, after: u64, key: Option<&Key>, decide: Decide<'_>) -> Result<bool, Error>;

    /// Keeps a room that was not there. `false` when there is one of this tenant.
    ///
    /// # Errors
    /// `Storage`.
    fn create(&self, tenant: &str, room: &Stored) -> Result<bool, Error>;

    /// The captured bytes that are kept of a tenant.
    ///
    /// # Errors
    /// `Storage`.
    fn blobs(&self, tenant: &str) -> Result<BTreeSet<Digest>, Error>;

    /// How many bytes there are of a digest, when there are any.
    ///
    /// # Errors
    /// `Storage`.
    fn blob_size(&self, tenant: &str, digest: &Digest) -> Result<Option<u64>, Error>;

    /// A part of captured bytes, counted from 0; empty after the last.
    ///
    /// # Errors
    /// `Storage`.
    fn blob_part(&self, tenant: &str, digest: &Digest, part: u32) -> Result<Vec<u8>, Error>;

    /// A place for bytes that are coming up.
    ///
    /// # Errors
    /// `Storage`.
    fn upload(&self) -> Result<Box<dyn Upload>, Error>;

    /// Keeps captured bytes that were hashed already; those that are kept stay as they are.
    ///
    /// # Errors
    /// `Storage`.
    fn put_blob(&self, tenant: &str, digest: &Digest, size: u64, bytes: &mut dyn Read) -> Result<(), Error>;

    /// What the token with this hash may do, whether or not its time is over.
    ///
    /// # Errors
    /// `Storage`.
    fn grant(&self, hash: &Digest) -> Result<Option<Grant>, Error>;

    /// All tokens that were ever made.
    ///
    /// # Errors
    /// `Storage`.
    fn issued(&self) -> Result<Vec<Issued>, Error>;

    /// Keeps a token by its hash.
    ///
    /// # Errors
    /// `Storage`.
    fn issue(&self, grant: &Grant, hash: &Digest, now: Timestamp) -> Result<(), Error>;

    /// Ends a token, by its id. Whether there is one.
    ///
    /// # Errors
    /// `Storage`.
    fn revoke(&self, id: &str, now: Timestamp) -> Result<bool, Error>;

    /// Calls back when another server says something, until the process ends.
    fn listen(&self, heard: Heard);

    /// Says to the other servers who listens at this one. Heard by those that are there, and kept nowhere.
    ///
    /// # Errors
    /// `Storage`.
    fn tell_here(&self, told: &str) -> Result<(), Error>;
}
