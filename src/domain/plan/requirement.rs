//! One line of a gate: what is needed, from whom, and what to do about it.

use super::Party;
use crate::domain::ids::{DependencyId, DocumentId, FieldId, GateId, GroupId, ProofId, RequirementId, StepId, TargetId};

/// One line of a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Requirement {
    pub id: RequirementId,
    pub text: String,
    pub owner: Party,
    /// What to do while it is not met.
    pub remedy: String,
    /// Whether a signed exclusion may put it out of scope. Never for roles, scope and decision.
    pub excludable: bool,
    pub need: Need,
}

/// When a requirement is met.
#[derive(Clone, Debug, PartialEq)]
pub enum Need {
    /// Every role due at this stage or earlier has a name.
    Roles,
    /// These scope fields are not blank.
    Scope(Vec<FieldId>),
    /// The step is closed.
    Step(StepId),
    /// The newest attached run of the proof passed, is verified and fresh.
    Proof(ProofId),
    /// A verified record of this document at one of these targets. Captured bytes, unless `may_be_stated`: then saying where
    /// the document is will do, because it is a paper that lies elsewhere (an order form) and no output that shows something.
    Evidence { document: DocumentId, targets: Vec<TargetId>, may_be_stated: bool },
    /// Each has a treatment, accepted in the order form and in the launch room.
    Dependencies(Vec<DependencyId>),
    /// Each group is proven.
    Activation(Vec<GroupId>),
    /// The newest decision accepts this stage or a later one, and still stands.
    Decision,
    /// Another gate is clear.
    Gate(GateId),
    /// One of these is met.
    Any(Vec<Need>),
}

impl Need {
    /// The word the plan file and `--json` use.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Roles => "roles",
            Self::Scope(_) => "scope",
            Self::Step(_) => "step",
            Self::Proof(_) => "proof",
            Self::Evidence { .. } => "evidence",
            Self::Dependencies(_) => "dependencies",
            Self::Activation(_) => "activation",
            Self::Decision => "decision",
            Self::Gate(_) => "gate",
            Self::Any(_) => "any",
        }
    }

    /// It asks for a run of this proof, by itself or as one of several ways.
    #[must_use]
    pub fn asks_for(&self, proof: &ProofId) -> bool {
        match self {
            Self::Proof(id) => id == proof,
            Self::Any(needs) => needs.iter().any(|need| need.asks_for(proof)),
            Self::Roles
            | Self::Scope(_)
            | Self::Step(_)
            | Self::Evidence { .. }
            | Self::Dependencies(_)
            | Self::Activation(_)
            | Self::Decision
            | Self::Gate(_) => false,
        }
    }

    /// A document may serve it: a file, or a reference. Whether a reference counts is for the requirement to say.
    #[must_use]
    pub fn is_document(&self) -> bool {
        match self {
            Self::Evidence { .. } => true,
            Self::Any(needs) => needs.iter().any(Self::is_document),
            _ => false,
        }
    }
}
