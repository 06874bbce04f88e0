//! The plan: the template a room follows. Steps, gates, roles, proofs, dependencies and wording, all of it data.
//!
//! The engine knows no vendor: whatever a plan says, it says in these types. `format::plan_toml` makes them and
//! refuses a plan that cannot work, so code that holds a `Plan` may rely on every id in it being known.

mod lookup;
mod proof;
mod requirement;

pub use proof::{Confirmation, EnvNeed, Input, Proof};
pub use requirement::{Need, Requirement};

use super::ids::{DependencyId, FieldId, FunctionId, GateId, GroupId, MotionId, PlanId, RoleId, StepId, TargetId, TaskId};
use serde::{Deserialize, Serialize};

/// The whole template. Order in every list is the order of the plan file, which is the order on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub id: PlanId,
    pub title: String,
    /// Who launches the customer; the name shown for [`Side::Vendor`].
    pub vendor: String,
    /// Whoever approves must be another person than whoever asks: enforced, where it is only said otherwise.
    pub four_eyes: bool,
    /// What is done before its turn is refused, where it is only said otherwise.
    pub ordered: bool,
    pub stance: Stance,
    pub motions: Vec<Motion>,
    pub scope: Vec<ScopeField>,
    pub functions: Vec<Function>,
    pub roles: Vec<Role>,
    pub steps: Vec<Step>,
    /// In stage order: each gate guards the stage of the same id.
    pub gates: Vec<Gate>,
    pub proofs: Vec<Proof>,
    pub activation: Vec<Group>,
    pub dependencies: Vec<Dependency>,
    pub targets: Vec<Target>,
    pub attachments: Vec<Attachment>,
    /// Wording nobody may use for this customer, besides each motion's own list.
    pub blocked_wording: Vec<String>,
    /// What unlocks blocked wording, and what to say instead.
    pub claims: Vec<Claim>,
    pub boundaries: Vec<String>,
}

/// Wording that stays blocked until a gate is clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub wording: Vec<String>,
    /// Other wording for the same, which no list names.
    pub also: Vec<String>,
    pub gate: GateId,
    /// Each has to be accepted in the order form and in the launch room besides.
    pub dependencies: Vec<DependencyId>,
    /// Each has to be proven besides.
    pub activation: Vec<GroupId>,
    /// What to say instead; of several the one that the room's motion allows.
    pub instead: Vec<String>,
}

/// What kind of launch this is, before anything is proven.
#[derive(Clone, Debug, PartialEq)]
pub struct Stance {
    pub text: String,
    /// The motion of a room that names none.
    pub motion: MotionId,
    pub billing_default: String,
}

/// How the customer is sold to, up to which stage, and in which words.
#[derive(Clone, Debug, PartialEq)]
pub struct Motion {
    pub id: MotionId,
    pub title: String,
    /// `conditional` or `blocked`, in the plan's own word.
    pub status: String,
    pub treatment: String,
    pub condition: String,
    /// The stage this motion aims at; gates beyond it are outside the motion.
    pub target: GateId,
    pub allowed: Vec<String>,
    pub blocked: Vec<String>,
}

/// Which side of the table somebody sits on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Customer,
    Vendor,
    Joint,
}

impl Side {
    /// `customer`, `vendor` or `joint`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Vendor => "vendor",
            Self::Joint => "joint",
        }
    }
}

/// Who owes something: a role of the owner map or a function of the plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    Role(RoleId),
    Function(FunctionId),
}

impl Party {
    /// The id as the plan file writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Role(id) => id.as_str(),
            Self::Function(id) => id.as_str(),
        }
    }
}

/// A function people act in: Sales, Finance, Security, Operator, Support.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    pub id: FunctionId,
    pub title: String,
    pub side: Side,
}

/// One field of the launch scope.
#[derive(Clone, Debug, PartialEq)]
pub struct ScopeField {
    pub id: FieldId,
    pub title: String,
    pub kind: FieldKind,
    pub required: bool,
    /// A cohort boundary: while it is blank the tenant works on demo data only.
    pub boundary: bool,
    /// The first stage that needs it.
    pub due: GateId,
    /// Whom to ask for it.
    pub owner: Party,
    /// What belongs in it, in one line.
    pub hint: String,
}

/// What a scope field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    List,
    /// One of these words.
    Choice(Vec<String>),
}

/// A role of the owner map.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    pub id: RoleId,
    pub title: String,
    pub side: Side,
    /// The stage before which somebody must hold it.
    pub due: GateId,
    pub decides: String,
    /// What shows that the person really holds it.
    pub evidence: String,
}

/// One step of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub id: StepId,
    pub title: String,
    /// Counted from the kickoff week, which is 0.
    pub week: u32,
    pub owner: Party,
    pub goal: String,
    pub tasks: Vec<Task>,
    pub exit_gate: String,
    /// What may not be done while the step is open.
    pub stop_rule: String,
    /// Where its evidence attaches.
    pub targets: Vec<TargetId>,
    /// What else must hold before the step can close.
    pub requires: Vec<Requirement>,
}

/// One thing to do in a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    pub id: TaskId,
    pub text: String,
    /// Tasks of the same step that come first.
    pub after: Vec<TaskId>,
    /// Only once somebody approved it: a record of its step shows that.
    pub approved: bool,
}

/// The requirements of one stage, and what may not be done while they are not there.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    pub id: GateId,
    pub title: String,
    pub summary: String,
    /// What may not be done while the gate is held.
    pub stop_rule: String,
    /// Blocked until its own proofs pass: nothing typed, excluded or decided opens it.
    pub blocked_by_policy: bool,
    /// The command the plan names for this gate.
    pub proof: Option<super::ids::ProofId>,
    pub requires: Vec<Requirement>,
}

/// Names of values that are collected together, and what they unlock.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub id: GroupId,
    pub title: String,
    pub unlocks: String,
    pub owner: Party,
    pub sources: Vec<String>,
    /// Where proof of it attaches.
    pub evidence: Vec<String>,
    pub env: Vec<EnvName>,
    /// Claims that stay locked while it is not proven.
    pub locks: Vec<String>,
    pub accepted_when: String,
    pub proof: Option<super::ids::ProofId>,
    /// Tasks, as `step/task`, that come before it can be proven.
    pub after: Vec<String>,
    /// Filled in by us; the sources do not state it.
    pub illustrative: bool,
}

/// The name of a value, never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvName {
    pub name: String,
    pub place: EnvPlace,
}

/// Where a named value lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvPlace {
    /// On the production host.
    Production,
    /// In the operator's own shell only.
    Operator,
}

/// Something outside the room that the launch leans on.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    pub id: DependencyId,
    pub title: String,
    pub category: String,
    pub owner: Party,
    /// How the pilot may do without it, per kind of pilot.
    pub managed: String,
    pub invoice: String,
    /// What the customer accepts, in words for the order form.
    pub acceptance: String,
    pub target: Option<TargetId>,
    /// Bundle checks that an accepted fallback covers; `*` at the end matches any rest.
    pub covers: Vec<String>,
    pub illustrative: bool,
}

/// A place evidence attaches to.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    pub id: TargetId,
    pub title: String,
    /// The class evidence gets there when nobody says otherwise.
    pub class: Class,
    pub receives: String,
}

/// Something that goes with the order form.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// A route or a command, exactly as the plan names it.
    pub text: String,
    /// The proof whose attached evidence shows it, when there is one.
    pub proof: Option<super::ids::ProofId>,
}

/// Who may see a piece of evidence. Ordered: an export may raise a class, never lower it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Buyers may see it.
    Public,
    /// The operator and members of the tenant.
    Tenant,
    /// This machine only.
    Locked,
}

impl Class {
    /// `public`, `tenant` or `locked`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Tenant => "tenant",
            Self::Locked => "locked",
        }
    }
}
