//! `dossier.json`: everything a program may want to know.

use super::content::{allowed, blocked, said};
use super::{CANNOT_SEE, Captured, Dossier, Kept, Place, Point, Record};
use crate::format::decisions::Told;
use crate::format::review;
use crate::present::words;
use serde_json::{Value, json};

/// The dossier as JSON.
#[must_use]
pub fn json(dossier: &Dossier) -> Value {
    let (plan, room, readiness) = (&dossier.plan, &dossier.room, &dossier.readiness);
    let ledger = &dossier.ledger;
    let (gate, now) = (&readiness.stage.target, readiness.as_of);
    let report = review::Report { plan, room, ledger, readiness, gate, assumed: &[], now, unheard: None };
    let said = said(dossier);
    let judged = review::json(&report);
    let (included, withheld): (Vec<&Kept>, Vec<&Kept>) = dossier.lines.iter().partition(|line| line.line.is_some());
    json!({
        "schema": 1,
        "kind": "dossier",
        "audience": dossier.audience.as_str(),
        "as_of": words::stamp(readiness.as_of),
        "room": judged["room"],
        "ledger": {
            "length": dossier.head.seq,
            "head": dossier.head.hash.to_hex(),
            "included": included.len(),
            "withheld": withheld.len(),
        },
        "verdict": judged["verdict"],
        "stage": judged["stage"],
        "gates": judged["gates"],
        "steps": steps(dossier),
        "owners": owners(dossier),
        "exclusions": exclusions(dossier),
        "decisions": decisions(dossier),
        "evidence": dossier.records.iter().map(record).collect::<Vec<_>>(),
        "wording": { "allowed": allowed(&said), "blocked": blocked(&said) },
        "boundaries": plan.boundaries,
        "readiness_over_time": dossier.series.iter().map(point).collect::<Vec<_>>(),
        "manifest": {
            "included": included.iter().map(|line| json!({ "seq": line.seq, "class": line.class })).collect::<Vec<_>>(),
            "withheld": withheld.iter().map(|line| json!({ "seq": line.seq, "class": line.class, "why": line.why })).collect::<Vec<_>>(),
        },
        "cannot_see": CANNOT_SEE,
    })
}

fn steps(dossier: &Dossier) -> Vec<Value> {
    let one = |state: &crate::domain::gate::StepState| {
        let step = dossier.plan.step(state.id.as_str())?;
        let done: Vec<_> = state.tasks.iter().filter(|task| task.done).map(|task| task.id.as_str()).collect();
        Some(json!({
            "id": step.id, "title": step.title, "week": state.week, "due": state.due.to_string(),
            "state": state.status.as_str(), "tasks": state.tasks.len(), "done": done, "open": state.open,
        }))
    };
    dossier.readiness.steps.iter().filter_map(one).collect()
}

fn owners(dossier: &Dossier) -> Vec<Value> {
    let one = |state: &crate::domain::gate::RoleState| {
        let role = dossier.plan.role(state.id.as_str())?;
        let name = dossier.room.holder(role.id.as_str()).map_or("", |owner| owner.name.as_str());
        Some(json!({
            "id": role.id, "title": role.title, "side": role.side, "due": role.due, "name": name,
            "blank": state.blank, "shown": !state.shown.is_empty(), "outside": state.outside,
        }))
    };
    dossier.readiness.roles.iter().filter_map(one).collect()
}

fn exclusions(dossier: &Dossier) -> Vec<Value> {
    let one = |one: &crate::domain::gate::ExclusionState| {
        json!({
            "seq": one.seq, "id": one.id, "covers": one.covers, "wording": one.wording, "signed_by": one.signed_by,
            "approved_by": one.approved_by, "recorded_by": one.by, "reference": one.reference,
            "from": one.from.map(|day| day.to_string()), "until": one.until.to_string(),
            "ends": words::stamp(one.ends), "state": one.standing.as_str(), "live": one.live, "caps": one.caps,
        })
    };
    dossier.readiness.exclusions.iter().map(one).collect()
}

fn decisions(dossier: &Dossier) -> Vec<Value> {
    let (plan, room, ledger, now) = (&dossier.plan, &dossier.room, &dossier.ledger, dossier.readiness.as_of);
    let told = Told { plan, room, ledger, now };
    // The newest last, as the ledger has them.
    dossier.decisions.iter().rev().map(|state| told.json(state)).collect()
}

fn record(record: &Record) -> Value {
    let file = |captured: &Captured| {
        let (path, why) = match &captured.place {
            Place::Here(path) => (Some(path.as_str()), None),
            Place::Withheld(why) => (None, Some(*why)),
        };
        json!({ "digest": captured.digest.to_hex(), "size": captured.size, "path": path, "withheld": why })
    };
    json!({
        "seq": record.seq, "proof": record.proof, "serves": record.serves, "target": record.target, "class": record.class,
        "outcome": record.outcome, "status": record.status, "reason": record.reason,
        "files": record.files.iter().map(file).collect::<Vec<_>>(),
    })
}

fn point(point: &Point) -> Value {
    let gate = |(id, status, met, total): &(crate::domain::ids::GateId, crate::domain::gate::GateStatus, usize, usize)| json!({ "id": id, "status": status.as_str(), "met": met, "total": total });
    json!({ "day": point.day.to_string(), "gates": point.gates.iter().map(gate).collect::<Vec<_>>() })
}
