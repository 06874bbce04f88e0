//! Roles and scope fields: who or what is blank, by both clocks, and since when somebody was asked.

use super::case::Case;
use super::status::{FieldState, RoleState, StageView};
use crate::domain::calendar;
use crate::domain::gate::fresh::unverified;
use crate::domain::ids::{FieldId, GateId};
use crate::domain::ledger::Outcome;
use crate::domain::ledger::replay::Changed;
use crate::domain::plan::{Need, Role};
use jiff::{Timestamp, civil::Date};

pub fn roles(case: &Case<'_>, stage: &StageView) -> Vec<RoleState> {
    let states = case.plan.roles.iter().map(|role| {
        let blank = case.room.holder(role.id.as_str()).is_none();
        let outside = is_beyond(case, &role.due, Some(&stage.target));
        let due = role_due(case, role).filter(|_| !outside);
        let shows = |attached: &crate::domain::ledger::Attached| matches!(attached.outcome, Outcome::Passed | Outcome::Reference);
        let shown =
            case.history.serving(role.id.as_str()).filter(|r| shows(r.attached) && unverified(case.ledger, r.attached).is_none());
        RoleState {
            id: role.id.clone(),
            blank,
            urgent: blank && !outside && stage.next.is_some() && !is_beyond(case, &role.due, stage.next.as_ref()),
            shown: shown.map(|record| record.seq).collect(),
            outside,
            due,
            late_days: if blank { late_days(case, due) } else { 0 },
            asked: asked(case, role.id.as_str(), &format!("owners.{}.name", role.id)).filter(|_| blank),
        }
    });
    states.collect()
}

pub fn fields(case: &Case<'_>, stage: &StageView) -> Vec<FieldState> {
    let states = case.plan.scope.iter().map(|field| {
        let blank = case.room.is_blank(field.id.as_str());
        let outside = is_beyond(case, &field.due, Some(&stage.target));
        let due = field_due(case, &field.id).filter(|_| !outside);
        let wanted = field.required && !is_beyond(case, &field.due, stage.next.as_ref());
        FieldState {
            id: field.id.clone(),
            blank,
            urgent: blank && !outside && stage.next.is_some() && (wanted || next_asks_for(case, stage, &field.id)),
            outside,
            due,
            late_days: if blank { late_days(case, due) } else { 0 },
            asked: asked(case, &format!("scope.{}", field.id), &format!("scope.{}", field.id)).filter(|_| blank),
        }
    });
    states.collect()
}

/// The newest unanswered request about something. Filling the value closes it, whoever fills it and wherever; taking that
/// back opens it again.
pub fn asked(case: &Case<'_>, about: &str, path: &str) -> Option<Timestamp> {
    let mut stands: Vec<&Changed<'_>> = Vec::new();
    for changed in case.history.changes(path) {
        match stands.last() {
            Some(last) if changed.undo && last.change.now == changed.change.was => drop(stands.pop()),
            Some(_) | None => stands.push(changed),
        }
    }
    let filled = stands.iter().rev().find(|changed| changed.change.now.as_ref().is_some_and(|value| !value.is_blank()));
    let since = filled.map_or(0, |change| change.seq);
    let open = |asked: &&crate::domain::ledger::replay::Asked<'_>| {
        !asked.answered
            && asked.seq > since
            && (asked.ask.about.iter().any(|what| what == about) || asked.ask.role.as_ref().is_some_and(|role| *role == *about))
    };
    case.history.asks().iter().rev().find(open).map(|asked| asked.at)
}

/// The last day by which the timeline wants a role filled: that of the first week whose work its stage rests on.
pub fn role_due(case: &Case<'_>, role: &Role) -> Option<Date> {
    stage_week(case, &role.due).map(|week| calendar::last_day(case.room.tenant.kickoff, week))
}

/// The last day by which the timeline wants a field filled: that of the first step that asks for it, else of its stage.
pub fn field_due(case: &Case<'_>, id: &FieldId) -> Option<Date> {
    let asks = case.plan.steps.iter().filter(|step| {
        step.requires.iter().any(|requirement| matches!(&requirement.need, Need::Scope(fields) if fields.contains(id)))
    });
    let by_stage = || case.plan.field(id.as_str()).and_then(|field| stage_week(case, &field.due));
    let week = asks.map(|step| step.week).min().or_else(by_stage);
    week.map(|week| calendar::last_day(case.room.tenant.kickoff, week))
}

/// The first week whose work a stage rests on, by its gate's steps and by the steps its proofs belong to.
fn stage_week(case: &Case<'_>, stage: &GateId) -> Option<u32> {
    let gate = case.plan.gate(stage.as_str())?;
    let steps = gate.requires.iter().filter_map(|requirement| match &requirement.need {
        Need::Step(id) => Some(id),
        Need::Proof(id) => case.plan.proof(id.as_str()).and_then(|proof| proof.step.as_ref()),
        Need::Roles
        | Need::Scope(_)
        | Need::Evidence { .. }
        | Need::Dependencies(_)
        | Need::Activation(_)
        | Need::Decision
        | Need::Gate(_)
        | Need::Any(_) => None,
    });
    steps.filter_map(|id| case.plan.step(id.as_str())).map(|step| step.week).min()
}

fn late_days(case: &Case<'_>, due: Option<Date>) -> i64 {
    let today = calendar::today(case.now, &case.room.tenant.timezone);
    due.map_or(0, |due| calendar::days_between(due, today).max(0))
}

/// Whether a stage lies beyond another.
fn is_beyond(case: &Case<'_>, stage: &GateId, limit: Option<&GateId>) -> bool {
    let limit = limit.and_then(|limit| case.plan.rank(limit.as_str()));
    limit.is_some_and(|limit| case.plan.rank(stage.as_str()) > Some(limit))
}

fn next_asks_for(case: &Case<'_>, stage: &StageView, field: &FieldId) -> bool {
    let gate = stage.next.as_ref().and_then(|id| case.plan.gate(id.as_str()));
    gate.is_some_and(|gate| gate.requires.iter().any(|r| matches!(&r.need, Need::Scope(fields) if fields.contains(field))))
}
