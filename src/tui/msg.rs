//! Facts, in the past: what a person did, what time it became, what a worker found out.

use super::model::Opened;
use super::terminal::{Key, Mouse, Signal};
use crate::app::{error::Error, portfolio::Portfolio, ports::Captured, sync::Link};
use crate::domain::change::Change;
use crate::domain::ids::{Digest, ProofId, RunId};
use crate::format::document::Document;

/// What wakes the loop.
#[derive(Debug)]
pub enum Event {
    Msg(Msg),
    Signal(Signal),
    TerminalGone,
}

/// Something that happened. `update` decides what it means.
#[derive(Debug)]
pub enum Msg {
    KeyPressed(Key),
    Pasted(String),
    Moused(Mouse),
    Resized {
        width: u16,
        height: u16,
    },
    /// The moment that an `Effect::WakeAt` asked for has come.
    MomentCame,
    /// Somebody else changed the room.
    RoomChangedOutside,
    RoomLoaded(Result<Box<Opened>, Error>),
    /// A change is on disk, or is not and why.
    Written {
        what: String,
        outcome: Result<Box<Written>, Error>,
    },
    /// What a change would do, for the form that proposes it. Late answers are told by their number.
    Previewed {
        number: u64,
        outcome: Result<Vec<String>, String>,
    },
    /// What has to be known before a proof runs.
    SheetReady {
        proof: ProofId,
        outcome: Result<Sheet, Error>,
    },
    /// The same for several. In the order to run them.
    BatchReady {
        proofs: Vec<ProofId>,
        outcome: Result<Vec<Sheet>, Error>,
    },
    RunStarted {
        run: RunId,
        outcome: Result<(), Error>,
    },
    /// New output waits in the run's feed.
    OutputArrived(RunId),
    RunEnded {
        run: RunId,
        outcome: Result<Box<Captured>, String>,
    },
    SpoolListed(Result<Vec<Captured>, Error>),
    /// Captured bytes, for a pager.
    BytesRead {
        of: BytesOf,
        outcome: Result<Vec<u8>, Error>,
    },
    EvidenceChecked(Result<String, Error>),
    /// What a dossier would hold, for the form that asks for it. Late answers are told by their number.
    DossierLookedAt {
        number: u64,
        outcome: Result<Looked, Error>,
    },
    /// It is on disk, or is not and why. In words.
    DossierWritten(Result<String, Error>),
    /// A file's text.
    DocumentRead {
        file: String,
        outcome: Result<Document, Error>,
    },
    RoomsListed(Result<Portfolio, Error>),
    /// How the room stands to its server.
    Linked(Box<Link>),
    /// A conflict was settled, or not and why.
    Settled(Result<(), Error>),
    Copied {
        what: String,
    },
    EditorLeft(Result<(), Error>),
    Continued,
    /// Nobody watches any more.
    Revealed,
}

/// Which captured bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BytesOf {
    Blob(Digest),
    Spool(RunId),
}

/// What a dossier would hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Label and text; without a label it goes on with the one before.
    pub lines: Vec<(String, String)>,
    /// The end of the ledger that it is made of.
    pub head: Digest,
}

/// What a write came to.
#[derive(Debug)]
pub struct Written {
    pub opened: Opened,
    /// What takes it back.
    pub undo: Option<Change>,
}

/// The run sheet, in the terms of the form that shows it.
#[derive(Debug, Default)]
pub struct Sheet {
    pub title: String,
    /// What would run, to the letter.
    pub source: String,
    /// With what it runs.
    pub how: super::effect::How,
    /// Label and text, in reading order.
    pub facts: Vec<(String, String)>,
    pub mutating: bool,
    pub host: Option<String>,
    /// The env name and the phrase a person has to type.
    pub confirm: Option<(String, String)>,
    /// Env names without a value, and whether it is a secret.
    pub missing: Vec<(String, bool)>,
    /// Secrets may come from a locked file.
    pub wants_env_file: bool,
}
