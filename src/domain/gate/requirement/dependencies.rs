//! `dependencies`: each has a treatment that is accepted in the order form and in the launch room.

use crate::domain::gate::case::Case;
use crate::domain::gate::finding::Finding;
use crate::domain::ids::DependencyId;
use crate::domain::room::Acceptance;

pub fn find(case: &Case<'_>, ids: &[DependencyId]) -> Finding {
    let blank = Acceptance::default();
    let of = |id: &DependencyId| case.room.dependencies.get(id).unwrap_or(&blank);
    let open: Vec<&DependencyId> = ids.iter().filter(|id| !of(id).is_accepted()).collect();
    let Some(first) = open.first() else {
        return Finding::met(format!("{} of {} accepted in order form and room", ids.len(), ids.len()));
    };
    let more = if open.len() > 1 { format!(", and {} more", open.len() - 1) } else { String::new() };
    let path = |part: &str| format!("dependencies.{first}.{part}");
    let newest = ["treatment", "order_form", "launch_room"].iter().filter_map(|part| case.history.changes(&path(part)).last());
    Finding::unmet(format!("{first}: {}{more}", what_is_open(of(first))))
        .missing(open.iter().map(ToString::to_string))
        .since(newest.max_by_key(|change| change.seq).map(|change| change.at))
}

fn what_is_open(acceptance: &Acceptance) -> &'static str {
    let (order_form, room) = (!acceptance.order_form.trim().is_empty(), !acceptance.launch_room.trim().is_empty());
    match (acceptance.treatment, order_form, room) {
        (None, _, _) => "no treatment chosen",
        (Some(_), true, false) => "accepted in order form, not in room",
        (Some(_), false, true) => "accepted in room, not in order form",
        (Some(_), false, false) => "accepted neither in order form nor in room",
        (Some(_), true, true) => "accepted",
    }
}
