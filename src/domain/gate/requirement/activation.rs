//! `activation`: each group is proven. A room that has no activation data is not recorded, which is not "no gaps".

use crate::domain::gate::case::Case;
use crate::domain::gate::finding::Finding;
use crate::domain::ids::GroupId;
use crate::domain::room::ActivationStatus;

pub fn find(case: &Case<'_>, groups: &[GroupId]) -> Finding {
    let status = |group: &GroupId| case.room.activation.get(group).copied();
    let open: Vec<&GroupId> = groups.iter().filter(|group| status(group) != Some(ActivationStatus::Proven)).collect();
    let Some(first) = open.first() else {
        return Finding::met(format!("{} of {} groups proven", groups.len(), groups.len()));
    };
    let what = match status(first) {
        None => format!("{first} is not recorded"),
        Some(ActivationStatus::Excluded) => format!("{first} is set to excluded, and no signed exclusion covers it"),
        Some(status) => format!("{first} is {}, not proven", status.as_str()),
    };
    let reason = match (case.room.activation.is_empty(), open.len()) {
        (true, _) => "not recorded: the room has no activation data".to_owned(),
        (false, 1) => what,
        (false, more) => format!("{what}, and {} more", more - 1),
    };
    let changed = case.history.changes(&format!("activation.{first}.status")).last();
    Finding::unmet(reason).missing(open.iter().map(ToString::to_string)).since(changed.map(|change| change.at))
}
