//! The one way a room changes, from the cockpit, the shell and the API alike.
//!
//! [`Change`] says what somebody wants; `apply` (in `domain::apply`) decides, and every store runs that same function,
//! so no rule lives on one side only.

use super::ids::{DependencyId, ExclusionId, FieldId, FunctionId, GateId, GroupId, RoleId, StepId, TaskId};
use super::ledger::{Ask, Attached, Body, DecisionOutcome, RunFinished};
use super::room::{ActivationStatus, Owner, Person, Treatment, Value};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What somebody wants changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Fields that are `None` stay as they are.
    SetOwner {
        role: RoleId,
        name: Option<String>,
        contact: Option<String>,
        basis: Option<String>,
    },
    ClearOwner {
        role: RoleId,
    },
    SetFunction {
        function: FunctionId,
        name: Option<String>,
        contact: Option<String>,
    },
    /// A blank value clears the field.
    SetScope {
        field: FieldId,
        value: Value,
    },
    SetTask {
        step: StepId,
        task: TaskId,
        done: bool,
    },
    SetActivation {
        group: GroupId,
        status: Option<ActivationStatus>,
    },
    /// Fields that are `None` stay as they are; a blank text takes an acceptance back.
    SetDependency {
        dependency: DependencyId,
        treatment: Option<Treatment>,
        order_form: Option<String>,
        launch_room: Option<String>,
        changed: Option<String>,
    },
    /// Puts values back as they were: the inverse of any of the above, and of itself.
    Restore {
        changes: Vec<super::ledger::ValueChange>,
    },
    AttachEvidence(Box<Attached>),
    WithdrawEvidence {
        evidence: u64,
        why: String,
    },
    SignExclusion {
        covers: String,
        wording: String,
        signed_by: String,
        #[serde(default)]
        approved_by: Option<String>,
        #[serde(default)]
        from: Option<jiff::civil::Date>,
        until: jiff::civil::Date,
        reference: Option<String>,
    },
    RevokeExclusion {
        exclusion: ExclusionId,
        why: String,
    },
    RecordDecision {
        stage: GateId,
        outcome: DecisionOutcome,
        customer: String,
        operator: String,
        reference: Option<String>,
        note: Option<String>,
    },
    FinishRun(Box<RunFinished>),
    Ask(Ask),
    Answer(Ask),
}

/// A function or role's person as the forms hand it over.
impl From<Person> for Owner {
    fn from(person: Person) -> Self {
        Self { name: person.name, contact: person.contact, basis: String::new() }
    }
}

/// What applying a change comes to: values of the room file to write, and entries to append. Both or neither.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied {
    pub edits: Vec<Edit>,
    pub entries: Vec<Body>,
}

impl Applied {
    /// Nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.entries.is_empty()
    }
}

/// One value of the room file, by its path, e.g. `["owners", "tenant-owner", "name"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub path: Vec<String>,
    pub to: EditTo,
}

/// What becomes of the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditTo {
    Set(Value),
    /// One more item at the end of a list; the list is made when it is absent.
    Push(String),
    /// One item less. A list that a [`Self::Push`] made goes with its last item.
    Pull(String),
    /// The value goes, with its key and table where a [`Self::Set`] would make them again. What a person laid out as a form
    /// stays one, blank.
    Remove,
}

/// A change that a rule forbids. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// A stable name, e.g. `decision.unmet-requirements`.
    pub rule: String,
    /// For a person: what, why, and what to do.
    pub why: String,
}

impl Refused {
    /// A refusal by this rule.
    pub fn new(rule: &str, why: impl Into<String>) -> Self {
        Self { rule: rule.into(), why: why.into() }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Refused {}
