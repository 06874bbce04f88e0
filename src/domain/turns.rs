//! Whether things are done in their order: a preflight before names are collected, a seed only once its confirmation is
//! approved, a group proven only after that. Said, or refused where the plan asks for it.

use super::gate::Remark;
use super::ledger::Ledger;
use super::ledger::replay::History;
use super::plan::{Plan, Step, Task};
use super::room::{ActivationStatus, Room};

const OUT_OF_ORDER: &str = "activation.out-of-order";
const UNAPPROVED: &str = "activation.unapproved";

/// What was done before its turn, one remark each, in the plan's order.
#[must_use]
pub fn early(plan: &Plan, room: &Room, ledger: &Ledger) -> Vec<Remark> {
    let history = History::of(ledger);
    let mut out = Vec::new();
    for step in &plan.steps {
        for task in step.tasks.iter().filter(|task| room.is_done(step.id.as_str(), task.id.as_str())) {
            out.extend(task_early(room, &history, step, task));
        }
    }
    for group in &plan.activation {
        if room.activation.get(&group.id) != Some(&ActivationStatus::Proven) {
            continue;
        }
        let open = group.after.iter().filter(|first| first.split_once('/').is_some_and(|(step, task)| !room.is_done(step, task)));
        let open: Vec<&str> = open.map(String::as_str).collect();
        if !open.is_empty() {
            let told = format!("{} is proven before {} is done", group.id, open.join(", "));
            out.push(Remark { rule: OUT_OF_ORDER, told });
        }
    }
    out
}

fn task_early(room: &Room, history: &History<'_>, step: &Step, task: &Task) -> Vec<Remark> {
    let name = |id: &str| format!("{}/{id}", step.id);
    let open = task.after.iter().filter(|first| !room.is_done(step.id.as_str(), first.as_str()));
    let open: Vec<String> = open.map(|first| name(first.as_str())).collect();
    let mut out = Vec::new();
    if !open.is_empty() {
        let told = format!("{} is ticked before {}", name(task.id.as_str()), open.join(", "));
        out.push(Remark { rule: OUT_OF_ORDER, told });
    }
    if task.approved && history.serving(step.id.as_str()).next().is_none() {
        // Where several targets fit, one has to be named.
        let target = step.targets.first().filter(|_| step.targets.len() > 1);
        let target = target.map(|target| format!(" --target {target}")).unwrap_or_default();
        let told = format!(
            "{} is ticked, and nothing shows that its confirmation was approved: launchroom attach --meets {}{target} FILE",
            name(task.id.as_str()),
            step.id
        );
        out.push(Remark { rule: UNAPPROVED, told });
    }
    out
}

/// What a change of the room would do before its turn.
#[must_use]
pub fn would_be_early(plan: &Plan, before: &Room, after: &Room, ledger: &Ledger) -> Option<Remark> {
    let known = early(plan, before, ledger);
    early(plan, after, ledger).into_iter().find(|remark| !known.contains(remark))
}
