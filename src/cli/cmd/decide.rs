//! Records the launch decision. Whether it may be taken is for the rules to say.

use crate::app::error::Error;
use crate::cli::args::DecideArgs;
use crate::cli::{Exit, context::Context, context::filled, context::unknown};
use crate::domain::change::Change;
use crate::domain::ledger::DecisionOutcome;

const OUTCOMES: [DecisionOutcome; 4] =
    [DecisionOutcome::Accepted, DecisionOutcome::AcceptedWithExclusions, DecisionOutcome::Deferred, DecisionOutcome::Rejected];
/// A stage of its own that no gate guards.
const HOLD: &str = "hold";

pub fn run(cx: &mut Context<'_>, args: &DecideArgs) -> Result<Exit, Error> {
    let outcome = OUTCOMES.into_iter().find(|outcome| outcome.as_str() == args.outcome.replace('-', "_"));
    let outcome = outcome.ok_or_else(|| unknown("outcome", &args.outcome, OUTCOMES.iter().map(|outcome| outcome.as_str())))?;
    filled([Some(args.customer.as_str()), Some(args.operator.as_str())])?;
    cx.change(|opened| {
        let plan = &opened.snapshot.plan;
        if args.stage != HOLD && plan.gate(&args.stage).is_none() {
            return Err(unknown("stage", &args.stage, plan.gates.iter().map(|gate| gate.id.as_str()).chain([HOLD])));
        }
        Ok(Change::RecordDecision {
            stage: args.stage.as_str().into(),
            outcome,
            customer: args.customer.clone(),
            operator: args.operator.clone(),
            reference: args.reference.clone(),
            note: args.note.clone(),
        })
    })
}
