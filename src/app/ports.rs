//! The world outside, as the use cases need it. `infra` implements these; tests have fakes. All calls block: the cockpit
//! makes them on its own worker threads.

use super::error::{Error, Kind};
use crate::domain::bundle::Tally;
use crate::domain::change::{Applied, Change, Refused};
use crate::domain::ids::{Digest, ProofId, RunId};
use crate::domain::ledger::{BlobState, Check, Inputs, Ledger, Outcome, OutputFile, Run};
use crate::domain::plan::{Class, Plan};
use crate::domain::redact::{Added, Secret};
use crate::domain::room::Room;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, in milliseconds.
    fn now(&self) -> Timestamp;
}

/// A room as it stood at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub plan: Arc<Plan>,
    pub room: Arc<Room>,
    /// The room file as it is, for showing a line of it.
    pub text: Arc<str>,
    pub ledger: Ledger,
    /// Why nothing can be written, when that is so.
    pub view_only: Option<String>,
    /// What the store did by itself and a person must be told, e.g. that a torn line was set aside. Told once.
    pub notices: Vec<String>,
}

/// Keeps one room: its file, its ledger, its captured bytes and its spool.
pub trait RoomStore: Send + Sync {
    /// Where it is, for people: a path or an address.
    fn place(&self) -> String;

    /// Tells it from every other room of this machine, however it was named.
    fn identity(&self) -> String {
        self.place()
    }

    /// The folder that commands run in.
    fn workdir(&self) -> PathBuf;

    /// Reads everything, captured bytes aside.
    ///
    /// # Errors
    /// `Input` for a file that is not a room, `Storage` for one that cannot be read.
    fn load(&self) -> Result<Snapshot, Error>;

    /// The only way to write. `decide` sees the room as it is now, under the lock, with hand edits already recorded; what
    /// it answers is on disk when this returns, or nothing is. `decide` may run more than once.
    ///
    /// # Errors
    /// What `decide` refused; `Storage` when the disk fails; `Integrity` when the ledger is broken.
    fn update(
        &self,
        by: &str,
        now: Timestamp,
        decide: &mut dyn FnMut(&Snapshot) -> Result<Applied, Refused>,
    ) -> Result<Snapshot, Error>;

    /// Asks for one change, which the rules judge where the room is kept.
    ///
    /// # Errors
    /// As [`RoomStore::update`].
    fn change(&self, by: &str, now: Timestamp, change: &Change) -> Result<Snapshot, Error> {
        self.update(by, now, &mut |current| super::edit::decide(current, change, now, &|wanted| self.check(wanted)))
    }

    /// Whether whoever works here may ask for a change, as far as that is known: said before a form is filled in for nothing.
    ///
    /// # Errors
    /// The rule that forbids it.
    fn may(&self, _current: &Snapshot, _change: &Change) -> Result<(), Refused> {
        Ok(())
    }

    /// The ledger's lines as they are, one a line, up to the first damage. Unlike the entries, they still hold what this
    /// version does not know.
    ///
    /// # Errors
    /// As [`RoomStore::load`].
    fn lines(&self) -> Result<String, Error> {
        let entries = self.load()?.ledger.entries;
        Ok(entries.iter().map(|entry| crate::format::ledger_jsonl::encode(entry) + "\n").collect())
    }

    /// Puts bytes where evidence lies; on disk when this returns. `locked` bytes go to a place of their own.
    ///
    /// # Errors
    /// `Storage` when the disk fails.
    fn keep(&self, class: Class, bytes: &[u8]) -> Result<Digest, Error>;

    /// The captured bytes with this digest, checked; `None` when they are not here.
    ///
    /// # Errors
    /// `Integrity` when the bytes differ, `Storage` when they cannot be read.
    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Error>;

    /// Looks at captured bytes: reads and hashes each.
    fn check(&self, wanted: &[Digest]) -> BTreeMap<Digest, BlobState>;

    /// Brings captured bytes here that are kept elsewhere and may come, so that looking at them is looking at them.
    ///
    /// # Errors
    /// `Network` when they cannot be had, `Integrity` when they are others.
    fn fetch(&self, _wanted: &[Digest]) -> Result<(), Error> {
        Ok(())
    }

    /// Runs whose output is captured and not yet attached or discarded, oldest first.
    ///
    /// # Errors
    /// `Storage` when the spool cannot be read.
    fn spooled(&self) -> Result<Vec<Captured>, Error>;

    /// What a spooled run printed.
    ///
    /// # Errors
    /// `Storage` when it is gone.
    fn spooled_bytes(&self, run: &RunId) -> Result<Vec<u8>, Error>;

    /// Puts a spooled run's bytes, and its output files', where evidence lies. The run leaves the spool only with the
    /// ledger entry that attaches it, or when it is discarded: should the entry fail, nothing is lost.
    ///
    /// # Errors
    /// `Storage` when the disk fails; the spool is as it was.
    fn keep_spooled(&self, run: &RunId, class: Class) -> Result<(), Error>;

    /// Drops a spooled run's bytes. Its `run.finished` line stays.
    ///
    /// # Errors
    /// `Storage` when the disk fails.
    fn discard(&self, run: &RunId) -> Result<(), Error>;

    /// Where a runner spools; made, and private to its owner, when this returns.
    ///
    /// # Errors
    /// `Storage` when it cannot be made.
    fn spool_dir(&self) -> Result<PathBuf, Error>;

    /// Whether an entry came about here, since this was opened; others may have written between two of ours.
    fn is_ours(&self, _seq: u64) -> bool {
        true
    }

    /// Why what is read may not be how the room is now: where it is kept does not answer, or not to us.
    fn unheard(&self) -> Option<Error> {
        None
    }

    /// Torn lines that were set aside and still lie beside the ledger: each by name, with its size in bytes.
    fn set_aside(&self) -> Vec<(String, u64)> {
        Vec::new()
    }

    /// This machine's random id: who holds the bytes of locked records.
    ///
    /// # Errors
    /// `Storage` when it cannot be kept.
    fn holder(&self) -> Result<String, Error>;
}

/// A run whose output is in the spool. Its bytes are already redacted: nothing else ever reached the disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Captured {
    pub proof: ProofId,
    /// The lowest class it may be attached in.
    pub class: Class,
    pub outcome: Outcome,
    pub run: Run,
    pub digest: Digest,
    pub size: u64,
    pub redactions: BTreeMap<String, u64>,
    /// How many strings in all of it look random and are known to no rule.
    #[serde(default)]
    pub suspects: u64,
    pub outputs: Vec<OutputFile>,
    /// Per-check results when the output was a bundle that could be read.
    pub checks: Option<Vec<Check>>,
    /// Why they, or some of them, could not be read.
    #[serde(default)]
    pub unread: Option<String>,
    /// The hosts that its bundle says it was made against.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// What it rests on, as it was when the command started.
    #[serde(default)]
    pub inputs: Inputs,
    /// What a person should know: output that was cut, an output file that was not taken, children left running.
    pub notes: Vec<String>,
}

impl Captured {
    /// It ended well, and nothing that it brought speaks against it: a check that failed, checks that nobody can read, or
    /// none at all where there should be some. Whether it counts is for the gates to say.
    #[must_use]
    pub fn passed(&self) -> bool {
        let tally = self.tally();
        let speaks_against = tally.is_some_and(|tally| tally.is_hollow() || !tally.failing.is_empty());
        self.outcome == Outcome::Passed && self.unread.is_none() && !speaks_against
    }

    /// Its checks could be read, and tested nothing.
    #[must_use]
    pub fn is_hollow(&self) -> bool {
        self.unread.is_none() && self.tally().is_some_and(|tally| tally.is_hollow())
    }

    fn tally(&self) -> Option<Tally> {
        self.checks.as_ref().map(|checks| Tally::of(checks, |_| None))
    }
}

/// Starts commands.
pub trait Runner: Send + Sync {
    /// Starts a run. Events come from another thread, the last one being `Ended`. Dropping the handle stops the run.
    ///
    /// # Errors
    /// `Storage` when the spool cannot be written; a command that cannot start is an `Ended` run, not an error.
    fn start(&self, order: RunOrder, events: Box<dyn Fn(RunEvent) + Send + Sync>) -> Result<Box<dyn RunHandle>, Error>;

    /// The values of a locked env file; `None` when there is no such file.
    ///
    /// # Errors
    /// `Refused` for a file that others can read or that is not what it seems, `Input` for one that cannot be understood.
    fn env_file(&self, path: &Path) -> Result<Option<Vec<(String, String)>>, Error> {
        let what = format!("the env file {} is not used", path.display());
        Err(Error::new(Kind::Refused, what, "this runner reads none"))
    }
}

/// A run under way.
pub trait RunHandle: Send + Sync {
    /// Asks it to end: TERM to the group, grace, then KILL. Returns at once; `Ended` follows.
    fn stop(&self);

    /// Ends it at once, without the moment to finish that stopping gives. Returns before it has ended.
    fn kill(&self);
}

/// What to run, and with what.
pub struct RunOrder {
    pub id: RunId,
    pub proof: ProofId,
    /// Given to `sh -c`.
    pub command: String,
    /// The command for people and the ledger, with secrets as placeholders.
    pub shown: String,
    /// Who may see what it prints.
    pub class: Class,
    pub workdir: PathBuf,
    /// The whole environment of the command.
    pub env: Vec<(String, String)>,
    /// Values that must reach no sink. Their `rule` is the name of the variable.
    pub secrets: Vec<Secret>,
    /// What secrets the room adds to those that every run knows.
    pub redact: Vec<Added>,
    pub host: Option<String>,
    pub timeout: Option<Duration>,
    /// Files the command says it writes.
    pub outputs: Vec<String>,
    pub bundle: bool,
    /// What its result will rest on.
    pub inputs: Inputs,
    pub spool: PathBuf,
}

/// One thing that happened in a run.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// Whole lines, redacted, raw otherwise: make them safe before showing them.
    Output(Vec<u8>),
    /// The line that is not finished yet, redacted. Replaces the one before.
    Partial(Vec<u8>),
    Ended(Result<Box<Captured>, String>),
}

/// Remembers which commands of a room file a person has agreed to run on this machine.
pub trait TrustStore: Send + Sync {
    /// Whether this command of this room was run here before, in this form.
    fn is_trusted(&self, room: &str, proof: &ProofId, command: &str) -> bool;

    /// Remembers that a person agreed.
    ///
    /// # Errors
    /// `Storage` when it cannot be kept.
    fn trust(&self, room: &str, proof: &ProofId, command: &str) -> Result<(), Error>;
}
