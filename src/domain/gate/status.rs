//! The answer of `evaluate`: everything a screen, a report or a rule may want to know, with its reason in words.

use crate::domain::ids::Digest;
use crate::domain::ids::{CheckId, ExclusionId, FieldId, GateId, GroupId, ProofId, RequirementId, RoleId, StepId, TaskId};
use crate::domain::ledger::{Damage, Outcome};
use crate::domain::plan::{Party, Side};
use crate::domain::room::ActivationStatus;
use jiff::{Timestamp, civil::Date};

/// What `evaluate(plan, room, ledger, now)` answers. Same input, same answer, to the byte.
#[derive(Clone, Debug, PartialEq)]
pub struct Readiness {
    pub as_of: Timestamp,
    pub week: Week,
    pub stage: StageView,
    /// In stage order.
    pub gates: Vec<GateState>,
    pub steps: Vec<StepState>,
    pub roles: Vec<RoleState>,
    pub scope: Vec<FieldState>,
    pub proofs: Vec<ProofState>,
    pub decision: Option<DecisionState>,
    /// What clears the next gate, in the order to do it.
    pub actions: Vec<Action>,
    /// What clears everything up to the target.
    pub way: Vec<Action>,
    /// Activation groups that the way to the target waits for.
    pub gaps: Vec<Gap>,
    /// What goes stale or ends by itself, soonest first.
    pub endings: Vec<Ending>,
    /// Every exclusion that was not revoked, in the order they were signed; ended ones say so.
    pub exclusions: Vec<ExclusionState>,
    pub trust: Trust,
}

impl Readiness {
    /// The gate with this id.
    #[must_use]
    pub fn gate(&self, id: &str) -> Option<&GateState> {
        self.gates.iter().find(|gate| gate.id == *id)
    }

    /// The requirement with this id, of any gate.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&RequirementState> {
        self.gates.iter().flat_map(|gate| &gate.requirements).find(|requirement| requirement.id == *id)
    }

    /// The verdict for the target of the room's motion.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.gate(self.stage.target.as_str()).map_or(Verdict::NoGo, |gate| gate.status.verdict())
    }
}

/// An activation group that is not proven, and what waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    pub group: GroupId,
    /// `None`: not recorded.
    pub status: Option<ActivationStatus>,
    /// The requirements on the way that cannot be settled before, in stage order.
    pub unlocks: Vec<RequirementId>,
    /// Since when it is asked for, while nobody answered.
    pub asked: Option<Timestamp>,
}

impl Gap {
    /// Its values still have to come from the systems that hold them.
    #[must_use]
    pub fn is_to_collect(&self) -> bool {
        self.status != Some(ActivationStatus::Collected)
    }
}

/// Where today stands, counted from the kickoff week, which is 0. Negative before the kickoff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    pub now: i64,
    pub last: i64,
}

/// The stages that matter now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageView {
    /// What the newest decision accepted, while it stands.
    pub accepted: Option<GateId>,
    /// The highest stage whose requirements, and those it builds on, are all met or excluded, decisions aside.
    pub allowed: Option<GateId>,
    /// The first stage up to the target whose gate is not clear.
    pub next: Option<GateId>,
    /// What the room's motion aims at.
    pub target: GateId,
}

/// Go or no-go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    Go,
    GoWithExclusions,
    AwaitingDecision,
    NoGo,
}

impl Verdict {
    /// The word of `--json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::GoWithExclusions => "go_with_exclusions",
            Self::AwaitingDecision => "awaiting_decision",
            Self::NoGo => "no_go",
        }
    }
}

/// One gate and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct GateState {
    pub id: GateId,
    pub title: String,
    pub status: GateStatus,
    /// Beyond the target of the room's motion: shown, never flagged.
    pub outside: bool,
    /// Requirements that are met or excluded; only met ones where the gate is blocked by policy.
    pub met: usize,
    pub total: usize,
    pub stop_rule: String,
    pub requirements: Vec<RequirementState>,
    /// Until when `status` holds by itself, and what ends it. `None`: nothing ends it by time alone.
    pub holds_until: Option<(Timestamp, String)>,
}

/// How a gate stands. Ordered from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GateStatus {
    Clear,
    ClearWithExclusions,
    /// All but the decision.
    AwaitingDecision,
    /// Nothing unmet, something stale.
    Stale,
    Held,
    /// Blocked by policy until its own proofs pass.
    Blocked,
}

impl GateStatus {
    /// The word of `--json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::ClearWithExclusions => "clear_with_exclusions",
            Self::AwaitingDecision => "awaiting_decision",
            Self::Stale => "stale",
            Self::Held => "held",
            Self::Blocked => "blocked",
        }
    }

    /// What it means for a go/no-go.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Clear => Verdict::Go,
            Self::ClearWithExclusions => Verdict::GoWithExclusions,
            Self::AwaitingDecision => Verdict::AwaitingDecision,
            Self::Stale | Self::Held | Self::Blocked => Verdict::NoGo,
        }
    }

    /// Whether another gate may build on it.
    #[must_use]
    pub fn is_clear(self) -> bool {
        matches!(self, Self::Clear | Self::ClearWithExclusions)
    }
}

/// One requirement and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct RequirementState {
    pub id: RequirementId,
    /// The word of [`crate::domain::plan::Need::kind`].
    pub kind: &'static str,
    pub text: String,
    pub status: RequirementStatus,
    /// Why it stands so, in words that stand alone.
    pub reason: String,
    pub owner: Party,
    pub remedy: String,
    pub excludable: bool,
    /// Only a decision is missing: a gate that builds on a gate that awaits its decision.
    pub only_decision: bool,
    /// When it goes stale or its exclusion ends, if nothing else happens.
    pub fresh_until: Option<Timestamp>,
    /// What happens then, in words.
    pub ends_because: Option<String>,
    /// Since when it is not met, when the ledger knows.
    pub since: Option<Timestamp>,
    /// The ledger entries it rests on.
    pub evidence: Vec<u64>,
    /// The signed exclusion that covers it.
    pub exclusion: Option<ExclusionId>,
    /// Failing checks that an exclusion or an accepted fallback covers.
    pub covered: Vec<CheckId>,
    /// Failing checks that nothing covers.
    pub failing: Vec<CheckId>,
    /// Scope fields, roles, dependencies or groups that are the missing pieces.
    pub missing: Vec<String>,
}

/// How a requirement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequirementStatus {
    Met,
    /// Out of scope by a signed exclusion, or a bundle whose failures are all covered.
    Excluded,
    /// Too old, or something it rests on changed.
    Stale,
    /// The bytes are missing or differ, or the chain is broken there.
    Unverified,
    Unmet,
}

impl RequirementStatus {
    /// The word of `--json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Excluded => "excluded",
            Self::Stale => "stale",
            Self::Unverified => "unverified",
            Self::Unmet => "unmet",
        }
    }

    /// Met or excluded: it does not hold the gate.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Met | Self::Excluded)
    }
}

/// One step and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct StepState {
    pub id: StepId,
    pub status: StepStatus,
    pub week: u32,
    /// The last day of its week.
    pub due: Date,
    /// Days past `due`, for a late step.
    pub late_days: i64,
    pub tasks: Vec<TaskState>,
    /// Records attached for it, at one of its targets, that count.
    pub evidence: Vec<u64>,
    /// What still keeps it open, one sentence each.
    pub open: Vec<String>,
    pub requirements: Vec<RequirementState>,
}

/// A task and whether it is ticked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskState {
    pub id: TaskId,
    pub done: bool,
}

/// How a step stands against its week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepStatus {
    Closed,
    /// Its week is over.
    Late,
    /// Due this week and not closed.
    AtRisk,
    /// Its week is still to come.
    Ahead,
}

impl StepStatus {
    /// The word of `--json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Late => "late",
            Self::AtRisk => "at_risk",
            Self::Ahead => "ahead",
        }
    }
}

/// One role and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleState {
    pub id: RoleId,
    pub blank: bool,
    /// Blank, and the next gate waits for it.
    pub urgent: bool,
    /// Records that show the person really holds it.
    pub shown: Vec<u64>,
    /// Needed only beyond the target of the room's motion.
    pub outside: bool,
    /// The last day by which the timeline wants it, and how many days past that today is.
    pub due: Option<Date>,
    pub late_days: i64,
    /// The newest unanswered request for it.
    pub asked: Option<Timestamp>,
}

/// One scope field and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldState {
    pub id: FieldId,
    pub blank: bool,
    pub urgent: bool,
    pub outside: bool,
    pub due: Option<Date>,
    pub late_days: i64,
    pub asked: Option<Timestamp>,
}

/// One proof and its newest attached run.
#[derive(Clone, Debug, PartialEq)]
pub struct ProofState {
    pub id: ProofId,
    /// The newest attached run.
    pub last: Option<LastRun>,
    /// What ended most recently, attached or not.
    pub newest: Option<(Timestamp, Outcome)>,
    /// A typical duration in milliseconds, from runs that passed or failed.
    pub typical_ms: Option<i64>,
    /// Gates that wait for it, the nearest first.
    pub gates: Vec<GateId>,
}

/// The newest attached run of a proof.
#[derive(Clone, Debug, PartialEq)]
pub struct LastRun {
    pub seq: u64,
    pub at: Timestamp,
    pub outcome: Outcome,
    pub fresh: bool,
    /// Why it is fresh or not, in words.
    pub reason: String,
    /// Since when it does not count any more, when that is known.
    pub since: Option<Timestamp>,
    pub fresh_until: Option<Timestamp>,
}

/// One decision and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionState {
    pub seq: u64,
    pub at: Timestamp,
    pub stage: GateId,
    pub outcome: crate::domain::ledger::DecisionOutcome,
    pub standing: DecisionStanding,
    /// Nothing it was judged on has changed, and no later one took its place.
    pub stands: bool,
    /// What changed since, one sentence each.
    pub changed: Vec<String>,
    /// The same piece by piece, also where one sentence says it of several.
    pub changes: Vec<DecisionChange>,
    /// Whose voice is needed again: who answers for what changed, each with what that is.
    pub voices: Vec<(Party, Vec<String>)>,
    /// Both names mean one person.
    pub same_person: bool,
    /// What it is bound to: as recorded, and as far as that is still so today. Equal while it stands.
    pub digest: Digest,
    pub digest_now: Digest,
}

/// How a decision stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DecisionStanding {
    Stands,
    /// Something it was judged on is worse, or something else: the gate asks for a new one.
    ChangedSince,
    /// A later decision, by this entry, took its place.
    Superseded(u64),
    /// It accepted, and a later one, by this entry, accepts nothing any more.
    Ended(u64),
}

impl DecisionStanding {
    /// The word of `--json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stands => "stands",
            Self::ChangedSince => "changed_since",
            Self::Superseded(_) => "superseded",
            Self::Ended(_) => "ended",
        }
    }

    /// The entry that took its place.
    #[must_use]
    pub fn by(self) -> Option<u64> {
        match self {
            Self::Superseded(seq) | Self::Ended(seq) => Some(seq),
            Self::Stands | Self::ChangedSince => None,
        }
    }
}

/// One thing a decision was judged on that is not what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionChange {
    /// A requirement by its id, or a value as `dependency:ID`, `scope:ID`, `role:ID`, `activation:ID`; else `ledger`.
    pub what: String,
    pub was: String,
    pub now: String,
    /// All of it in one sentence.
    pub told: String,
    /// The entry that did it; `None`: time did, or what is no entry.
    pub cause: Option<Cause>,
    /// When it came to be so, as far as anybody knows.
    pub at: Option<Timestamp>,
    /// Whose voice it asks for.
    pub voice: Option<Party>,
}

/// An entry of the ledger that something came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub seq: u64,
    pub by: String,
    /// By hand, in the room file: `by` only found it.
    pub outside: bool,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    pub text: String,
    pub kind: ActionKind,
    pub owner: Party,
    pub side: Side,
    /// The status of what it mends, for the symbol in front.
    pub status: RequirementStatus,
    /// The command that does it in a shell.
    pub command: String,
    /// The requirements it helps to settle.
    pub unlocks: Vec<RequirementId>,
    /// The place in the list (from 1) of an action that has to come first, because it changes this one's input.
    pub after: Option<usize>,
    /// When it was asked for, when it has to be asked of somebody.
    pub asked: Option<Timestamp>,
    /// It changes something outside.
    pub dangerous: bool,
    /// How else it may be settled, as a command: by an exclusion, where the plan allows one.
    pub alternative: Option<String>,
}

/// What kind of act, so that a screen knows which key does it and where to jump.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ActionKind {
    NameOwner(RoleId),
    FillScope(FieldId),
    AcceptDependency(crate::domain::ids::DependencyId),
    ProveActivation(crate::domain::ids::GroupId),
    TickTask(StepId, TaskId),
    /// Run these proofs and attach what they print.
    RunProofs(Vec<ProofId>),
    /// Attach a document for a requirement or a step.
    Attach(String),
    /// Bytes are missing or differ: restore or attach again.
    Restore(u64),
    Decide(GateId),
}

/// Something that ends by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    pub at: Timestamp,
    pub what: String,
    pub proof: Option<ProofId>,
    pub exclusion: Option<ExclusionId>,
    /// When to start mending it so that it is whole again in time; from the proof's typical duration.
    pub start_by: Option<Timestamp>,
}

/// One signed exclusion and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExclusionState {
    pub seq: u64,
    pub id: ExclusionId,
    /// `gate/slug`, or `proof:check`.
    pub covers: String,
    pub wording: String,
    /// As stated by whoever recorded it.
    pub signed_by: String,
    pub approved_by: Option<String>,
    /// Who recorded it.
    pub by: String,
    pub reference: Option<String>,
    /// Its first day, when it has one.
    pub from: Option<Date>,
    /// The midnight with which that day begins.
    pub starts: Option<Timestamp>,
    /// Its last day.
    pub until: Date,
    /// The midnight with which that day ends.
    pub ends: Timestamp,
    pub standing: ExclusionStanding,
    /// It is in force.
    pub live: bool,
    /// The highest stage that can be reached while it stands: the one before the first that is blocked by policy.
    pub caps: Option<GateId>,
    /// What somebody should look at.
    pub remarks: Vec<Remark>,
}

impl ExclusionState {
    /// The words nobody may use while it is in force.
    #[must_use]
    pub fn blocks(&self) -> Option<&str> {
        Some(self.wording.trim()).filter(|wording| self.live && !wording.is_empty())
    }
}

/// Where an exclusion is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExclusionStanding {
    /// Its first day is still to come.
    NotYet,
    InForce,
    Ended,
    Revoked(u64),
}

impl ExclusionStanding {
    /// The word of `--json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "not_yet_in_force",
            Self::InForce => "in_force",
            Self::Ended => "ended",
            Self::Revoked(_) => "revoked",
        }
    }
}

/// Something about an exclusion that is not as it should be, by a stable name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub rule: &'static str,
    pub told: String,
}

/// How far the verdict can be trusted: what it looked at, and what it did not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    pub entries: usize,
    /// The hash of the last entry.
    pub head: Digest,
    pub damage: Option<Damage>,
    /// Captured things the verdict rests on that should be on this machine, and how many of them were read and match.
    pub blobs: usize,
    pub intact: usize,
    /// Records whose bytes differ or are missing.
    pub unverified: Vec<Unverified>,
    /// Locked records of another machine, counted by receipt.
    pub receipts: Vec<u64>,
    pub newer_failures: Vec<NewerFailure>,
}

/// A record that should show something and whose bytes are not what was attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unverified {
    pub seq: u64,
    /// The bytes in question.
    pub digest: Digest,
    /// `bytes differ` or `bytes missing`.
    pub what: &'static str,
    /// What does not count because of it: requirements, else what the record says it serves.
    pub holds: Vec<String>,
}

/// A run that failed after the attached one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewerFailure {
    pub proof: ProofId,
    pub at: Timestamp,
    pub outcome: Outcome,
}

impl Default for Trust {
    /// A ledger with nothing in it.
    fn default() -> Self {
        Self {
            entries: 0,
            head: Digest::ZERO,
            damage: None,
            blobs: 0,
            intact: 0,
            unverified: Vec::new(),
            receipts: Vec::new(),
            newer_failures: Vec::new(),
        }
    }
}
