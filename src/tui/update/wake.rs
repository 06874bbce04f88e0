//! The next moment at which the picture changes by itself. Before it, nothing wakes the cockpit.

use crate::tui::model::Model;
use jiff::{SignedDuration, Timestamp};

/// When something is due within this time, the clock in the header runs; otherwise it shows when the picture is of.
const NEAR: SignedDuration = SignedDuration::from_hours(1);

/// The next moment that matters.
#[must_use]
pub fn next(model: &Model) -> Option<Timestamp> {
    if model.curtain.is_some() {
        return None;
    }
    let facts = model.facts()?;
    let now = model.now;
    let today = now.to_zoned(facts.zone.clone());
    let midnight = today.tomorrow().ok().and_then(|tomorrow| tomorrow.start_of_day().ok()).map(|day| day.timestamp());
    let endings = facts.real.endings.iter().flat_map(|ending| [Some(ending.at), ending.start_by]).flatten();
    let due = endings.chain(facts.room.go_no_go()).chain(midnight).filter(|at| *at > now).min();
    let clock = due.filter(|at| at.duration_since(now) <= NEAR).and(next_minute(now));
    let seconds =
        (model.runs.under_way() > 0).then(|| now + SignedDuration::from_millis(1000 - now.as_millisecond().rem_euclid(1000)));
    [due, clock, seconds].into_iter().flatten().min()
}

fn next_minute(now: Timestamp) -> Option<Timestamp> {
    Timestamp::from_second((now.as_second().div_euclid(60) + 1) * 60).ok()
}
