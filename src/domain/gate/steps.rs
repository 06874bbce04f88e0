//! The timeline: which steps are closed, late, at risk, and what keeps each open.

use super::case::Case;
use super::requirement::step;
use super::status::{StepState, StepStatus, TaskState};
use crate::domain::calendar;
use crate::domain::ids::GateId;
use crate::domain::plan::{Need, Plan, Step};

pub fn states(case: &Case<'_>) -> Vec<StepState> {
    case.plan.steps.iter().map(|step| state(case, step)).collect()
}

fn state(case: &Case<'_>, step: &Step) -> StepState {
    let tenant = &case.room.tenant;
    let parts = step::parts(case, step, &stage_of(case.plan, step));
    let requirements =
        step.requires.iter().zip(&parts.requirements).map(|(requirement, found)| found.clone().state_of(requirement)).collect();
    let tasks = step
        .tasks
        .iter()
        .map(|task| TaskState { id: task.id.clone(), done: case.room.is_done(step.id.as_str(), task.id.as_str()) });
    let open = open(step, &parts);
    let evidence = if parts.evidence.status.is_settled() { parts.evidence.evidence.clone() } else { Vec::new() };
    let closed = step::sum(step, &parts).status.is_settled();
    let due = calendar::last_day(tenant.kickoff, step.week);
    let today = calendar::today(case.now, &tenant.timezone);
    let status = match closed {
        true => StepStatus::Closed,
        false if today > due => StepStatus::Late,
        false if calendar::week_of(tenant.kickoff, today) == i64::from(step.week) => StepStatus::AtRisk,
        false => StepStatus::Ahead,
    };
    StepState {
        id: step.id.clone(),
        status,
        week: step.week,
        due,
        late_days: if status == StepStatus::Late { calendar::days_between(due, today) } else { 0 },
        tasks: tasks.collect(),
        evidence,
        open,
        requirements,
    }
}

/// What keeps a step open, one sentence each.
fn open(step: &Step, parts: &step::Parts) -> Vec<String> {
    let mut out = Vec::new();
    if parts.done < step.tasks.len() {
        out.push(format!("{} of {} tasks done", parts.done, step.tasks.len()));
    }
    if !parts.evidence.status.is_settled() {
        out.push(parts.evidence.reason.clone());
    }
    for (requirement, found) in step.requires.iter().zip(&parts.requirements).filter(|(_, found)| !found.status.is_settled()) {
        out.push(format!("{}: {}", requirement.id.slug(), found.reason));
    }
    out
}

/// The stage whose roles a step means: the first whose gate asks for the step, else the first stage.
pub fn stage_of(plan: &Plan, step: &Step) -> GateId {
    let asks = plan.gates.iter().find(|gate| gate.requires.iter().any(|r| r.need == Need::Step(step.id.clone())));
    asks.or(plan.gates.first()).map_or_else(|| GateId::from("none"), |gate| gate.id.clone())
}
