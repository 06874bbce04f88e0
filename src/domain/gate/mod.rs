//! The verdict: what is met, what holds each gate, what may be done now, and until when that is true.
//!
//! One pure function, [`evaluate()`], reads the plan, the room and the ledger and answers everything the faces show. A rule
//! lives in one file: a requirement kind under `requirement/`, what ages a run in `fresh`, what a decision is bound to in
//! `decision`, what to do next in `next`.

mod case;
mod decision;
mod drift;
mod endings;
mod evaluate;
mod exclusion;
mod finding;
mod fresh;
mod gaps;
mod guard;
mod inputs;
mod next;
mod people;
mod proofs;
mod requirement;
pub mod since;
pub mod status;
mod steps;
mod trust;

pub use decision::judged;
pub use drift::{decisions, history};
pub use evaluate::{evaluate, evaluate_assuming, gaps, path};
pub use exclusion::{excludable, exclusions, existing, narrowed, uncovered};
pub use guard::{aimed_at, aimed_elsewhere};
pub use inputs::inputs_of;
pub use trust::{wanted_blobs, withdrawn_or_bytes};

/// A stage and those its gate builds on, nearest first.
pub(super) fn closure<'a>(plan: &'a super::plan::Plan, stage: &super::ids::GateId) -> Vec<&'a super::ids::GateId> {
    decision::closure(plan, stage).into_iter().map(|gate| &gate.id).collect()
}

pub use status::{
    Action, ActionKind, Cause, DecisionChange, DecisionStanding, DecisionState, Ending, ExclusionStanding, ExclusionState,
    FieldState, Gap, GateState, GateStatus, LastRun, NewerFailure, ProofState, Readiness, Remark, RequirementState,
    RequirementStatus, RoleState, StageView, StepState, StepStatus, TaskState, Trust, Unverified, Verdict, Week,
};
