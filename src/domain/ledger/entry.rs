//! One line of the ledger, and everything a line can say.

use crate::domain::ids::{CheckId, Digest, ExclusionId, GateId, ProofId, RoleId, RunId, TargetId};
use crate::domain::plan::Class;
use crate::domain::room::Value;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One thing that happened. On disk it is one line of canonical JSON, see [`super::canon`].
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// From 1, without a gap.
    pub seq: u64,
    /// UTC, milliseconds. Never used for order: that is `seq`.
    pub at: Timestamp,
    /// Who did it, in their own words.
    pub by: String,
    pub body: Body,
    /// The hash of the entry before; [`Digest::ZERO`] for the first.
    pub prev: Digest,
    /// SHA-256 of the canonical JSON without this field.
    pub hash: Digest,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Attached(Box<Attached>),
    Withdrawn(Withdrawn),
    ExclusionSigned(Exclusion),
    ExclusionRevoked(Revoked),
    Decided(Box<Decision>),
    RoomChanged(RoomChanged),
    EditedOutside(RoomChanged),
    RunFinished(Box<RunFinished>),
    AskSent(Ask),
    AskAnswered(Ask),
    /// A kind this version does not know. It is part of the chain and counts for nothing.
    Unknown(String),
}

impl Body {
    /// The `kind` of the line.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Attached(_) => "evidence.attached",
            Self::Withdrawn(_) => "evidence.withdrawn",
            Self::ExclusionSigned(_) => "exclusion.signed",
            Self::ExclusionRevoked(_) => "exclusion.revoked",
            Self::Decided(_) => "decision.recorded",
            Self::RoomChanged(_) => "room.changed",
            Self::EditedOutside(_) => "room.edited-outside",
            Self::RunFinished(_) => "run.finished",
            Self::AskSent(_) => "ask.sent",
            Self::AskAnswered(_) => "ask.answered",
            Self::Unknown(kind) => kind,
        }
    }

    /// The `body` of the line; null for a kind that this version does not know.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let json = match self {
            Self::Attached(body) => serde_json::to_value(body),
            Self::Withdrawn(body) => serde_json::to_value(body),
            Self::ExclusionSigned(body) => serde_json::to_value(body),
            Self::ExclusionRevoked(body) => serde_json::to_value(body),
            Self::Decided(body) => serde_json::to_value(body),
            Self::RoomChanged(body) | Self::EditedOutside(body) => serde_json::to_value(body),
            Self::RunFinished(body) => serde_json::to_value(body),
            Self::AskSent(body) | Self::AskAnswered(body) => serde_json::to_value(body),
            Self::Unknown(_) => return serde_json::Value::Null,
        };
        // Only a map with keys that are no text could fail, and none of these has one.
        json.unwrap_or_default()
    }

    /// The same with every text in it through `mask`: whatever people typed may hold a secret, and the ledger is for ever.
    ///
    /// # Errors
    /// When a mask stands where no text can: what was typed is then no id, path or name.
    pub fn masked(self, mask: &dyn Fn(&str) -> String) -> Result<Self, serde_json::Error> {
        let mut json = self.to_json();
        if !mask_texts(&mut json, mask) {
            return Ok(self);
        }
        Self::from_json(self.kind(), json.to_string().as_bytes())
    }

    /// Reads the `body` of a line of this kind. Members that this version does not know are left aside.
    ///
    /// # Errors
    /// When it does not fit the kind.
    pub fn from_json(kind: &str, json: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(match kind {
            "evidence.attached" => Self::Attached(serde_json::from_slice(json)?),
            "evidence.withdrawn" => Self::Withdrawn(serde_json::from_slice(json)?),
            "exclusion.signed" => Self::ExclusionSigned(serde_json::from_slice(json)?),
            "exclusion.revoked" => Self::ExclusionRevoked(serde_json::from_slice(json)?),
            "decision.recorded" => Self::Decided(serde_json::from_slice(json)?),
            "room.changed" => Self::RoomChanged(serde_json::from_slice(json)?),
            "room.edited-outside" => Self::EditedOutside(serde_json::from_slice(json)?),
            "run.finished" => Self::RunFinished(serde_json::from_slice(json)?),
            "ask.sent" => Self::AskSent(serde_json::from_slice(json)?),
            "ask.answered" => Self::AskAnswered(serde_json::from_slice(json)?),
            other => Self::Unknown(other.to_owned()),
        })
    }
}

/// Masks every text of a value, keys aside; says whether one changed.
fn mask_texts(json: &mut serde_json::Value, mask: &dyn Fn(&str) -> String) -> bool {
    match json {
        serde_json::Value::String(text) => {
            let masked = mask(text);
            std::mem::replace(text, masked) != *text
        }
        serde_json::Value::Array(items) => items.iter_mut().fold(false, |changed, item| mask_texts(item, mask) | changed),
        serde_json::Value::Object(map) => map.values_mut().fold(false, |changed, item| mask_texts(item, mask) | changed),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => false,
    }
}

/// How a run ended, or that it was none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Exit status 0.
    Passed,
    /// Any other exit status.
    Failed,
    /// Ended by a signal that we did not send.
    Signal,
    /// Ended by us, for taking too long.
    Timeout,
    /// Ended by us, because a person said so.
    Stopped,
    /// The cockpit went away before the run ended.
    Interrupted,
    /// No run: somebody states it and says where it stands, or brings a file that says how a proof went.
    Reference,
}

impl Outcome {
    /// The word of `--json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Signal => "signal",
            Self::Timeout => "timeout",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
            Self::Reference => "reference",
        }
    }
}

/// A piece of evidence: captured bytes or a reference, and what they are evidence of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attached {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofId>,
    /// The requirement (`gate/slug`), step or role it serves, when it is not the proof's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serves: Option<String>,
    pub target: TargetId,
    pub class: Class,
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// Of the captured bytes. `None`: a reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Of the captured bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Where the thing stands, in words. Only with [`Outcome::Reference`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The name of the attached file, when it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<OutputFile>,
    /// Per-check results, when the output was a bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<Vec<Check>>,
    /// Why its checks, or some of them, could not be read. Such a run never counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// The hosts that its bundle says it was made against.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// What the result rests on, at the time of attaching.
    #[serde(default, skip_serializing_if = "Inputs::is_empty")]
    pub inputs: Inputs,
    /// How many times each redaction rule masked something; never what.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub redactions: BTreeMap<String, u64>,
    /// How many strings in it look random and are known to no rule; never which.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub suspects: u64,
    /// Whoever attached it looked at those.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub looked: bool,
    /// The machine that holds the bytes of a locked record: a random id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Attached {
    /// A record that says nothing yet but where it lies, and who may see it.
    #[must_use]
    pub fn at(target: TargetId, class: Class, outcome: Outcome) -> Self {
        Self {
            proof: None,
            serves: None,
            target,
            class,
            outcome,
            run: None,
            digest: None,
            size: None,
            reference: None,
            file: None,
            outputs: Vec::new(),
            checks: None,
            unread: None,
            hosts: Vec::new(),
            inputs: Inputs::default(),
            redactions: BTreeMap::new(),
            suspects: 0,
            looked: false,
            holder: None,
            note: None,
        }
    }

    /// Every captured thing it points at: what the command printed, and the files it wrote.
    pub fn digests(&self) -> impl Iterator<Item = Digest> {
        self.digest.into_iter().chain(self.outputs.iter().map(|file| file.digest))
    }

    /// Somebody says where it is, and no bytes show it.
    #[must_use]
    pub fn is_stated(&self) -> bool {
        self.outcome == Outcome::Reference && self.digest.is_none()
    }

    /// Buyers may see it, and nobody looked at what looks like a secret in it.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.class == Class::Public && self.suspects > 0 && !self.looked
    }

    /// A file is no failure and no run: it shows what is in it.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.digest.is_some() && matches!(self.outcome, Outcome::Passed | Outcome::Reference)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// One execution of a proof.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub id: RunId,
    /// As run, with secrets as placeholders.
    pub command: String,
    /// The names it was given, never the values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// The host it was aimed at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    pub started: Timestamp,
    pub ended: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// Bytes the command printed, after masking; more than `size` when the capture was cut.
    pub seen: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// A file that the command wrote and we took in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputFile {
    pub name: String,
    pub digest: Digest,
    pub size: u64,
}

/// One result inside a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub id: CheckId,
    pub status: CheckStatus,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// How one check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckStatus {
    Passed,
    Failed,
    /// Not tested, which is not passed.
    Skipped,
}

/// What a result rests on: meaning, not wording.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Inputs(pub BTreeMap<String, String>);

impl Inputs {
    /// Rests on nothing that can change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// SHA-256 of the canonical JSON.
    #[must_use]
    pub fn digest(&self) -> Digest {
        // A map from text to text is always JSON.
        Digest::of(&super::canon::to_bytes(&serde_json::to_value(self).unwrap_or_default()))
    }
}

/// Evidence taken back. The record stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    pub evidence: u64,
    pub why: String,
}

/// A statement that one requirement, or one check of a bundle, is out of scope for this customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    pub id: ExclusionId,
    /// `gate/slug`, or `proof:check`.
    pub covers: String,
    pub wording: String,
    pub signed_by: String,
    /// Who agreed to what the signer wants left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// Its first day, in the tenant's zone: it begins at that midnight. `None`: when it was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<jiff::civil::Date>,
    /// Its last day, in the tenant's zone: it ends at the following midnight.
    pub until: jiff::civil::Date,
    /// Where the signature is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// An exclusion taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    pub exclusion: ExclusionId,
    pub why: String,
}

/// The launch decision, with what it was judged on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// A gate's id, or `hold`.
    pub stage: GateId,
    pub outcome: DecisionOutcome,
    pub customer: String,
    pub operator: String,
    /// Everything it was judged on, by meaning.
    #[serde(default, skip_serializing_if = "Inputs::is_empty")]
    pub judged: Inputs,
    /// SHA-256 of `judged`, canonical: what two people compare.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The ledger it was made on: the hash of its last entry then, and how many it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What was decided. Seed: week 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionOutcome {
    Accepted,
    AcceptedWithExclusions,
    Deferred,
    Rejected,
}

impl DecisionOutcome {
    /// The word of files and the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AcceptedWithExclusions => "accepted_with_exclusions",
            Self::Deferred => "deferred",
            Self::Rejected => "rejected",
        }
    }

    /// Whether it lets a stage begin.
    #[must_use]
    pub fn accepts(self) -> bool {
        matches!(self, Self::Accepted | Self::AcceptedWithExclusions)
    }
}

/// Values of the room that changed, in the terms of [`crate::domain::room::Room::values`].
///
/// Whatever the ledger does not know of the room was edited outside, so the first entry of a ledger records the room as
/// it was found, and the entries alone tell how it stood at any time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomChanged {
    pub changes: Vec<ValueChange>,
    /// An earlier change was taken back: what that one had answered is open again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undo: bool,
}

impl RoomChanged {
    /// A change that is none taken back.
    #[must_use]
    pub fn new(changes: Vec<ValueChange>) -> Self {
        Self { changes, undo: false }
    }
}

/// One value, before and after. `None` is absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueChange {
    pub path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Value>,
}

/// A run that ended, attached or not: so that a failed run cannot be forgotten.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFinished {
    pub proof: ProofId,
    pub outcome: Outcome,
    pub run: Run,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    #[serde(default, skip_serializing_if = "Inputs::is_empty")]
    pub inputs: Inputs,
    /// Checks that its output says failed, whatever it ended with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failing: Vec<CheckId>,
}

/// A request that was sent, or answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// What was asked for: roles by id, scope fields as `scope.field`.
    pub about: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleId>,
    pub to: String,
}
