//! Recording a decision. Putting off, rejecting and holding are always possible; accepting only what may be accepted.

use super::{bounded, entry, readable};
use crate::domain::change::{Applied, Change, Refused};
use crate::domain::gate::{self, GateState, RequirementState, RequirementStatus};
use crate::domain::ids::GateId;
use crate::domain::ledger::{Body, Decision, DecisionOutcome, Inputs, Ledger};
use crate::domain::person;
use crate::domain::plan::{Need, Plan};
use crate::domain::room::Room;
use jiff::Timestamp;

/// The stage of a decision that puts the launch on hold.
const HOLD: &str = "hold";

pub fn record(plan: &Plan, room: &Room, ledger: &Ledger, change: &Change, now: Timestamp) -> Result<Applied, Refused> {
    let Change::RecordDecision { stage, outcome, customer, operator, reference, note } = change else {
        return Ok(Applied::default());
    };
    let both = "A decision needs both names, the customer's and the operator's.";
    let name = |what, text: &str| {
        readable(what, text, "decision.names").map_err(|refused| Refused { why: format!("{} {both}", refused.why), ..refused })
    };
    let (customer, operator) = (name("customer's name", customer)?, name("operator's name", operator)?);
    if plan.four_eyes && person::same(&customer, &operator) {
        let why = format!(
            "{customer} would decide for both sides, and the plan asks for two people. Name whoever decides for the other side."
        );
        return Err(Refused::new("decision.same-person", why));
    }
    for (what, text) in [("reference", reference), ("note", note)] {
        bounded(what, text.as_deref().unwrap_or_default())?;
    }
    let mut judged = Inputs::default();
    if *stage == *HOLD {
        if outcome.accepts() {
            let why = "`hold` accepts nothing. Record it as deferred or rejected, or name the stage that is accepted.";
            return Err(Refused::new("decision.hold-accepts-nothing", why));
        }
    } else if plan.gate(stage.as_str()).is_none() {
        let known: Vec<&str> = plan.gates.iter().map(|gate| gate.id.as_str()).collect();
        return Err(Refused::new(
            "unknown.stage",
            format!("The plan has no stage `{stage}`. It has: {}, hold.", known.join(", ")),
        ));
    } else if outcome.accepts() {
        may_accept(plan, room, ledger, stage, *outcome, now)?;
        judged = gate::judged(plan, room, ledger, now, stage);
    }
    let filled = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(entry(Body::Decided(Box::new(Decision {
        stage: stage.clone(),
        outcome: *outcome,
        customer,
        operator,
        digest: (!judged.is_empty()).then(|| judged.digest()),
        judged,
        head: Some(ledger.head()),
        length: Some(ledger.entries.len() as u64),
        reference: filled(reference),
        note: filled(note),
    }))))
}

/// Refuses what may not be accepted, with everything that stands against it.
fn may_accept(
    plan: &Plan,
    room: &Room,
    ledger: &Ledger,
    stage: &GateId,
    outcome: DecisionOutcome,
    now: Timestamp,
) -> Result<(), Refused> {
    if let Some(damage) = ledger.damage.as_ref().filter(|damage| damage.kind == crate::domain::ledger::DamageKind::Broken) {
        let why = format!("The ledger is broken at line {}, so nothing can be accepted on it.", damage.line);
        return Err(Refused::new("decision.broken-ledger", why));
    }
    let readiness = gate::evaluate(plan, room, ledger, now);
    let Some(gate) = readiness.gate(stage.as_str()) else { return Ok(()) };
    let open: Vec<&RequirementState> = waiting(gate).collect();
    let allowed = readiness.stage.allowed.as_ref();
    let above = plan.rank(stage.as_str()) > allowed.and_then(|allowed| plan.rank(allowed.as_str()));
    if above || !open.is_empty() {
        let names: Vec<String> = open.iter().take(5).map(|state| format!("{} ({})", state.id, state.reason)).collect();
        let more = if open.len() > 5 { format!(" and {} more", open.len() - 5) } else { String::new() };
        let highest = allowed.map_or("no stage", |allowed| allowed.as_str());
        let rule = if open.is_empty() { "decision.above-allowed" } else { "decision.unmet-requirements" };
        let why = format!(
            "{} cannot be accepted; the highest stage allowed now is {highest}. In the way: {}{more}.",
            gate.title,
            names.join("; ")
        );
        return Err(Refused::new(rule, why));
    }
    let excluded: Vec<&str> = excluded(plan, &readiness.gates, stage);
    if outcome == DecisionOutcome::Accepted && !excluded.is_empty() {
        let why = format!("{} is excluded, so the outcome is `accepted_with_exclusions`.", excluded.join(", "));
        return Err(Refused::new("decision.excluded-requirements", why));
    }
    Ok(())
}

/// What stands in the way of a decision: all that is not settled, decisions aside.
fn waiting(gate: &GateState) -> impl Iterator<Item = &RequirementState> {
    let decides = |state: &RequirementState| state.only_decision || state.kind == Need::Decision.kind();
    gate.requirements.iter().filter(move |state| !state.status.is_settled() && !decides(state))
}

/// What is excluded at a stage and at those it builds on.
fn excluded<'a>(plan: &Plan, gates: &'a [GateState], stage: &GateId) -> Vec<&'a str> {
    let below = gate::closure(plan, stage);
    let within = gates.iter().filter(|gate| below.iter().any(|id| **id == gate.id));
    let requirements = within.flat_map(|gate| &gate.requirements);
    requirements.filter(|state| state.status == RequirementStatus::Excluded).map(|state| state.id.as_str()).collect()
}
