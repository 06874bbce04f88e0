//! The verdict: what is met, what holds each gate, what may be done now, and until when that is true.

mod evaluate;
mod next;
pub mod status;

pub use status::{
    Action, ActionKind, DecisionState, Ending, FieldState, GateState, GateStatus, LastRun, ProofState, Readiness,
    RequirementState, RequirementStatus, RoleState, StageView, StepState, StepStatus, TaskState, Verdict, Week,
};
