//! A proof: a command whose output shows something, and what it needs and touches.

use super::Class;
use crate::domain::ids::{DependencyId, FieldId, GroupId, ProofId, StepId, TargetId};
use jiff::SignedDuration;
use std::fmt;

/// A command whose output shows something. Running it makes a run; only an attached run is evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    pub id: ProofId,
    pub title: String,
    /// What a pass shows.
    pub proves: String,
    /// Run by `sh -c`, exactly as the plan writes it.
    pub command: String,
    pub class: Class,
    /// Changes something outside this machine.
    pub mutating: bool,
    pub env: Vec<EnvNeed>,
    pub confirm: Option<Confirmation>,
    /// Files the command says it writes; taken in with the run.
    pub outputs: Vec<String>,
    /// Where a run may attach; the first is the default.
    pub targets: Vec<TargetId>,
    /// The step its evidence counts for.
    pub step: Option<StepId>,
    /// The step whose tasks have to be done before it may run.
    pub after: Option<StepId>,
    pub depends_on: Vec<Input>,
    /// How old an attached run may get before it is stale.
    pub max_age: Option<SignedDuration>,
    /// The output is JSON with a result for each check.
    pub bundle: bool,
    /// How long a run takes, until a run has shown better.
    pub expected: Option<SignedDuration>,
    /// How long a run may take at most, until whoever runs it says otherwise.
    pub timeout: Option<SignedDuration>,
    pub illustrative: bool,
}

/// A value the command reads from its environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvNeed {
    pub name: String,
    pub secret: bool,
    /// What it is when the operator sets nothing. Never for a secret.
    pub default: Option<String>,
}

/// A phrase a person types before a dangerous run. Checked, handed to the command, never stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    pub env: String,
    pub phrase: String,
}

/// Something a proof's result rests on: when its meaning changes, the result is stale.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    Scope(FieldId),
    Dependency(DependencyId),
    Activation(GroupId),
    Proof(ProofId),
}

impl fmt::Display for Input {
    /// `scope:cohort`, `dependency:stripe`, `activation:operator-seed`, `proof:readiness-strict`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scope(id) => write!(f, "scope:{id}"),
            Self::Dependency(id) => write!(f, "dependency:{id}"),
            Self::Activation(id) => write!(f, "activation:{id}"),
            Self::Proof(id) => write!(f, "proof:{id}"),
        }
    }
}
