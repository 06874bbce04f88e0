//! Orders, as values: what `update` wants done. `effects` does them, and every answer comes back as a `Msg`.

use super::model::{run::Feed, start::Way};
use super::msg::BytesOf;
use crate::app::export;
use crate::app::ports::Captured;
use crate::app::sync::Take;
use crate::domain::change::Change;
use crate::domain::ids::{Digest, ProofId, RunId, TargetId};
use crate::domain::plan::Class;
use crate::present::audience::Audience;
use jiff::Timestamp;
use std::{fmt, sync::Arc};

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read the room again.
    Load,
    /// Make a change. Writes happen in the order they were asked for.
    Write {
        change: Box<Change>,
        what: String,
        /// What takes it back, as the room looked to whoever asked for it: when one of these values is another by now,
        /// nothing is written. `None`: no matter.
        seen: Option<Box<Change>>,
    },
    /// Say what a change would do, without doing it.
    Preview {
        number: u64,
        change: Box<Change>,
    },
    /// What has to be known before a proof runs.
    PrepareRun {
        proof: ProofId,
        how: How,
    },
    /// The same for several, which run one after another.
    PrepareBatch(Vec<ProofId>),
    StartRun {
        run: RunId,
        request: Box<RunRequest>,
        feed: FeedOf,
    },
    StopRun(RunId),
    AttachRun(Box<AttachRun>),
    AttachDocument(Box<AttachDocument>),
    Discard(RunId),
    ListSpool,
    ReadBytes(BytesOf),
    CheckEvidence,
    /// What a dossier would hold, without writing it.
    LookAtDossier {
        number: u64,
        wish: DossierWish,
    },
    /// Make it and write it.
    WriteDossier(Box<WriteDossier>),
    /// The rooms a person could go to.
    ListRooms,
    /// A file's text, to look for blocked wording in it.
    ReadDocument(String),
    /// Ask the server now, whatever the pause.
    Sync,
    /// Settle a conflict.
    Settle {
        number: u64,
        take: Take,
    },
    /// To the clipboard of the terminal, wherever that is.
    Copy {
        text: String,
        what: String,
    },
    /// The room file in the person's editor, at this line.
    OpenEditor {
        line: usize,
    },
    Suspend,
    /// Nobody watches any more: comes back as a message.
    Reveal,
    /// Nothing on screen changes by itself before this moment; then something does.
    WakeAt(Timestamp),
    Leave(Leave),
}

/// How to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leave {
    Quit,
    /// To another room.
    To(Way),
}

/// With what a proof runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum How {
    /// With what the plan says.
    #[default]
    Plain,
    /// With the arguments and the environment names of its last run, too.
    Again,
}

/// A run as the run sheet answered it.
#[derive(Clone, PartialEq, Eq)]
pub struct RunRequest {
    pub proof: ProofId,
    /// Values typed into the sheet, by env name. Secret: no `Debug` shows them.
    pub typed: Vec<(String, String)>,
    pub env_file: Option<String>,
    pub confirmation: Option<String>,
    /// The source of the sheet that was answered.
    pub source: String,
    pub how: How,
}

impl fmt::Debug for RunRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunRequest({})", self.proof)
    }
}

/// Where a run's output waits for the loop.
#[derive(Clone)]
pub struct FeedOf(pub Arc<Feed>);

impl fmt::Debug for FeedOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Feed")
    }
}

impl PartialEq for FeedOf {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A dossier as the form asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DossierWish {
    pub audience: Audience,
    pub form: export::Form,
    /// Records whose files nobody can search, named one by one.
    pub include: Vec<u64>,
}

/// A dossier to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteDossier {
    pub wish: DossierWish,
    /// As a person typed it.
    pub path: String,
    /// The end of the ledger that was looked at: at another one nothing is written.
    pub head: Digest,
}

/// A captured run to attach.
#[derive(Clone, Debug, PartialEq)]
pub struct AttachRun {
    pub captured: Captured,
    pub target: TargetId,
    pub class: Class,
    pub note: Option<String>,
    pub looked: bool,
}

/// A file to take in, or a statement of where something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachDocument {
    pub file: Option<String>,
    pub reference: Option<String>,
    pub target: TargetId,
    pub class: Class,
    pub serves: String,
    pub note: Option<String>,
    pub looked: bool,
}
