//! `roles`: everybody due at this stage, or at an earlier one, has a name.

use crate::domain::calendar;
use crate::domain::gate::case::Case;
use crate::domain::gate::finding::{Finding, listed};
use crate::domain::gate::people;
use crate::domain::ids::GateId;
use crate::domain::plan::{Plan, Role};

/// The roles that have to be named at a stage.
pub fn due<'a>(plan: &'a Plan, stage: &GateId) -> impl Iterator<Item = &'a Role> {
    let rank = plan.rank(stage.as_str());
    plan.roles.iter().filter(move |role| plan.rank(role.due.as_str()) <= rank)
}

pub fn find(case: &Case<'_>, stage: &GateId) -> Finding {
    let all: Vec<&Role> = due(case.plan, stage).collect();
    let blank: Vec<&Role> = all.iter().copied().filter(|role| case.room.holder(role.id.as_str()).is_none()).collect();
    let Some(first) = blank.first() else {
        return Finding::met(format!("{} of {} roles named", all.len(), all.len()));
    };
    let titles: Vec<&str> = blank.iter().map(|role| role.title.as_str()).collect();
    let verb = if blank.len() == 1 { "is" } else { "are" };
    let wanted = blank.iter().filter_map(|role| people::role_due(case, role)).min();
    let late = wanted.filter(|due| *due < calendar::today(case.now, &case.room.tenant.timezone));
    let since = late.map(|due| format!("; late since {}", case.day(due))).unwrap_or_default();
    let emptied = case.history.changes(&format!("owners.{}.name", first.id)).last().map(|change| change.at);
    Finding::unmet(format!("{} {verb} blank{since}", listed(&titles, 2)))
        .missing(blank.iter().map(|role| role.id.to_string()))
        .since(emptied.or(late.map(|due| calendar::end_of(due, &case.room.tenant.timezone))))
}
