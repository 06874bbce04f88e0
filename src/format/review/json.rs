//! The report as JSON: stable, tests and scripts rely on it.

use super::Report;
use crate::domain::gate::{Action, GateState, RequirementState};
use crate::format::decisions::Told;
use crate::format::exclusions;
use crate::present::words;
use serde_json::{Value, json};

/// The whole report.
#[must_use]
pub fn json(report: &Report<'_>) -> Value {
    let readiness = report.readiness;
    let told = Told { plan: report.plan, room: report.room, ledger: report.ledger, now: readiness.as_of };
    let ending = report.state().and_then(|gate| gate.holds_until.as_ref());
    json!({
        "schema": 1,
        "room": room(report),
        "as_of": words::stamp(readiness.as_of),
        "gate": report.gate.as_str(),
        "verdict": report.verdict().as_str(),
        "stage": stage(report),
        "holds_until": ending.map(|(at, _)| words::stamp(*at)),
        "ends_because": ending.map(|(_, why)| why),
        "assumed": report.assumed.iter().map(crate::domain::ids::RequirementId::as_str).collect::<Vec<_>>(),
        "gates": readiness.gates.iter().map(gate).collect::<Vec<_>>(),
        "decision": readiness.decision.as_ref().map(|state| told.json(state)),
        "exclusions": readiness.exclusions.iter().map(|one| exclusions::json(report.plan, report.room, one)).collect::<Vec<_>>(),
        "next_actions": readiness.actions.iter().map(action).collect::<Vec<_>>(),
        "trust": trust(report),
    })
}

/// Which room this is.
#[must_use]
pub fn room(report: &Report<'_>) -> Value {
    json!({
        "id": report.room.tenant.id.as_str(),
        "name": report.room.tenant.name,
        "plan": report.plan.id.as_str(),
    })
}

/// The stages that matter now.
#[must_use]
pub fn stage(report: &Report<'_>) -> Value {
    let stage = &report.readiness.stage;
    json!({
        "accepted": stage.accepted.as_ref().map(crate::domain::ids::GateId::as_str),
        "allowed": stage.allowed.as_ref().map(crate::domain::ids::GateId::as_str),
        "next": stage.next.as_ref().map(crate::domain::ids::GateId::as_str),
        "target": stage.target.as_str(),
    })
}

fn gate(gate: &GateState) -> Value {
    json!({
        "id": gate.id.as_str(),
        "title": gate.title,
        "status": gate.status.as_str(),
        "outside": gate.outside,
        "met": gate.met,
        "total": gate.total,
        "stop_rule": gate.stop_rule,
        "holds_until": gate.holds_until.as_ref().map(|(at, _)| words::stamp(*at)),
        "ends_because": gate.holds_until.as_ref().map(|(_, why)| why),
        "requirements": gate.requirements.iter().map(requirement).collect::<Vec<_>>(),
    })
}

fn requirement(state: &RequirementState) -> Value {
    json!({
        "id": state.id.as_str(),
        "kind": state.kind,
        "text": state.text,
        "status": state.status.as_str(),
        "reason": state.reason,
        "owner": state.owner.as_str(),
        "remedy": state.remedy,
        "excludable": state.excludable,
        "fresh_until": state.fresh_until.map(words::stamp),
        "since": state.since.map(words::stamp),
        "evidence": state.evidence,
        "exclusion": state.exclusion.as_ref().map(crate::domain::ids::ExclusionId::as_str),
        "covered": state.covered.iter().map(crate::domain::ids::CheckId::as_str).collect::<Vec<_>>(),
        "failing": state.failing.iter().map(crate::domain::ids::CheckId::as_str).collect::<Vec<_>>(),
        "missing": state.missing,
    })
}

fn action(action: &Action) -> Value {
    json!({
        "text": action.text,
        "owner": action.owner.as_str(),
        "side": action.side.as_str(),
        "command": action.command,
        "unlocks": action.unlocks.iter().map(crate::domain::ids::RequirementId::as_str).collect::<Vec<_>>(),
        "after": action.after,
        "asked": action.asked.map(words::stamp),
        "dangerous": action.dangerous,
    })
}

fn trust(report: &Report<'_>) -> Value {
    let trust = &report.readiness.trust;
    let failed = trust
        .newer_failures
        .iter()
        .map(|run| json!({ "proof": run.proof.as_str(), "outcome": run.outcome.as_str(), "at": words::stamp(run.at) }));
    json!({
        "entries": trust.entries,
        "head": trust.head.to_hex(),
        "chain": if trust.damage.is_none() { "intact" } else { "damaged" },
        "damage": trust.damage.as_ref().map(|damage| json!({ "line": damage.line, "what": damage.what })),
        "blobs": { "wanted": trust.blobs, "intact": trust.intact },
        "unverified": trust.unverified.iter().map(|one| one.seq).collect::<Vec<_>>(),
        "receipts": trust.receipts,
        "newer_failures": failed.collect::<Vec<_>>(),
    })
}
