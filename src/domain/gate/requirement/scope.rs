//! `scope`: the listed fields are not blank.

use crate::domain::calendar;
use crate::domain::gate::case::Case;
use crate::domain::gate::finding::{Finding, listed};
use crate::domain::gate::people;
use crate::domain::ids::FieldId;

pub fn find(case: &Case<'_>, fields: &[FieldId]) -> Finding {
    let blank: Vec<&FieldId> = fields.iter().filter(|field| case.room.is_blank(field.as_str())).collect();
    let Some(first) = blank.first() else {
        return Finding::met(format!("{} of {} fields filled", fields.len(), fields.len()));
    };
    let names: Vec<&str> = blank.iter().map(|field| field.as_str()).collect();
    let verb = if blank.len() == 1 { "is" } else { "are" };
    let due = blank.iter().filter_map(|field| people::field_due(case, field)).min();
    let late = due.filter(|due| *due < calendar::today(case.now, &case.room.tenant.timezone));
    let emptied = case.history.changes(&format!("scope.{first}")).last().map(|change| change.at);
    Finding::unmet(format!("{} {verb} blank", listed(&names, 3)))
        .missing(blank.iter().map(ToString::to_string))
        .since(emptied.or(late.map(|due| calendar::end_of(due, &case.room.tenant.timezone))))
}
