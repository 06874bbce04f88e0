//! Until the rules land: enough of an answer to drive the shell with. This file goes away with them.
#![allow(clippy::all, clippy::pedantic)]

use crate::domain::{change::*, gate::*, ids::*, ledger::*, plan::*, room::*};
use jiff::Timestamp;
use std::collections::BTreeSet;

pub fn evaluate(plan: &Plan, room: &Room, _: &Ledger, now: Timestamp) -> Readiness {
    let gates = plan
        .gates
        .iter()
        .map(|g| GateState {
            id: g.id.clone(),
            title: g.title.clone(),
            status: if g.blocked_by_policy { GateStatus::Blocked } else { GateStatus::Held },
            outside: g.blocked_by_policy,
            met: 0,
            total: g.requires.len(),
            stop_rule: g.stop_rule.clone(),
            holds_until: None,
            requirements: g
                .requires
                .iter()
                .map(|r| RequirementState {
                    id: r.id.clone(),
                    kind: r.need.kind(),
                    text: r.text.clone(),
                    status: RequirementStatus::Unmet,
                    reason: "this is a stand-in reason that is fairly long so it is cut".into(),
                    owner: r.owner.clone(),
                    remedy: r.remedy.clone(),
                    excludable: r.excludable,
                    only_decision: false,
                    fresh_until: None,
                    since: Some(now),
                    evidence: vec![],
                    exclusion: None,
                    covered: vec![],
                    failing: vec![],
                    missing: vec!["x".into()],
                })
                .collect(),
        })
        .collect();
    let date = room.tenant.kickoff;
    Readiness {
        as_of: now,
        week: Week { now: 0, last: 3 },
        stage: StageView { accepted: None, allowed: None, next: Some("setup".into()), target: "paid-beta".into() },
        gates,
        steps: plan
            .steps
            .iter()
            .map(|s| StepState {
                id: s.id.clone(),
                status: StepStatus::Late,
                week: s.week,
                due: date,
                late_days: 3,
                tasks: s.tasks.iter().map(|t| TaskState { id: t.id.clone(), done: false }).collect(),
                evidence: vec![],
                open: vec!["2 of 3 tasks".into()],
                requirements: vec![],
            })
            .collect(),
        roles: plan
            .roles
            .iter()
            .map(|r| RoleState {
                id: r.id.clone(),
                blank: room.holder(r.id.as_str()).is_none(),
                urgent: true,
                shown: vec![],
                outside: false,
                due: None,
                late_days: 0,
                asked: None,
            })
            .collect(),
        scope: plan
            .scope
            .iter()
            .map(|r| FieldState {
                id: r.id.clone(),
                blank: room.is_blank(r.id.as_str()),
                urgent: true,
                outside: false,
                due: None,
                late_days: 0,
                asked: None,
            })
            .collect(),
        proofs: plan
            .proofs
            .iter()
            .map(|p| ProofState { id: p.id.clone(), last: None, newest: None, typical_ms: None, gates: vec![] })
            .collect(),
        decision: None,
        actions: vec![],
        way: vec![],
        endings: vec![],
    }
}
pub fn evaluate_assuming(a: &Plan, b: &Room, c: &Ledger, d: Timestamp, _: &BTreeSet<RequirementId>) -> Readiness {
    evaluate(a, b, c, d)
}
pub fn wanted_blobs(_: &Plan, _: &Ledger) -> Vec<Digest> {
    vec![]
}
pub fn inputs_of(_: &Plan, _: &Room, _: &Ledger, _: &Proof) -> Inputs {
    todo!()
}

pub fn apply(_: &Plan, room: &Room, _: &Ledger, c: &Change, _: jiff::Timestamp) -> Result<Applied, Refused> {
    use EditTo::*;
    let mut before = room.clone();
    let edits = match c {
        Change::SetOwner { role, name, .. } => {
            before.owners.entry(role.clone()).or_default().name = name.clone().unwrap_or_default();
            vec![Edit {
                path: vec!["owners".into(), role.to_string(), "name".into()],
                to: Set(Value::Text(name.clone().unwrap_or_default())),
            }]
        }
        Change::SetTask { step, task, done } => {
            let v = before.steps.entry(step.clone()).or_default();
            if *done {
                v.push(task.clone())
            } else {
                v.retain(|t| t != task)
            };
            vec![Edit {
                path: vec!["steps".into(), step.to_string(), "done".into()],
                to: if *done { Push(task.to_string()) } else { Pull(task.to_string()) },
            }]
        }
        _ => return Err(Refused::new("standin", "not yet")),
    };
    let (a, b) = (room.values(), before.values());
    let mut changes = vec![];
    for (k, v) in &b {
        if a.get(k) != Some(v) {
            changes.push(ValueChange { path: k.clone(), was: a.get(k).cloned(), now: Some(v.clone()) })
        }
    }
    for (k, v) in &a {
        if !b.contains_key(k) {
            changes.push(ValueChange { path: k.clone(), was: Some(v.clone()), now: None })
        }
    }
    if changes.is_empty() {
        return Ok(Applied::default());
    }
    Ok(Applied { edits, entries: vec![Body::RoomChanged(RoomChanged { changes })] })
}

pub fn as_of(r: &Room, l: &Ledger, _: jiff::Timestamp) -> (Room, Ledger) {
    (r.clone(), l.clone())
}
pub fn edited_outside(room: &Room, ledger: &Ledger) -> Option<RoomChanged> {
    let mut known = std::collections::BTreeMap::new();
    for entry in ledger.entries.iter() {
        if let Body::RoomChanged(changed) | Body::EditedOutside(changed) = &entry.body {
            for change in &changed.changes {
                match &change.now {
                    Some(now) => known.insert(change.path.clone(), now.clone()),
                    None => known.remove(&change.path),
                };
            }
        }
    }
    let now = room.values();
    let paths: std::collections::BTreeSet<_> = known.keys().chain(now.keys()).cloned().collect();
    let changes: Vec<_> = paths
        .into_iter()
        .filter(|path| known.get(path) != now.get(path))
        .map(|path| ValueChange { was: known.get(&path).cloned(), now: now.get(&path).cloned(), path })
        .collect();
    (!changes.is_empty()).then_some(RoomChanged { changes })
}
