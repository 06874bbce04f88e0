//! What to do next.

use super::case::Case;
use super::status::{Action, GateState, ProofState, StageView};

pub fn actions(_case: &Case<'_>, _gates: &[GateState], _proofs: &[ProofState], _stage: &StageView) -> (Vec<Action>, Vec<Action>) {
    (Vec::new(), Vec::new())
}
