//! The room switcher: the rooms around here, narrowed by a few letters, and the way to one of them.

use super::{leave, overlay};
use crate::app::error::Error;
use crate::app::portfolio::{Portfolio, Row};
use crate::tui::effect::{Effect, Leave};
use crate::tui::model::{Model, Overlay, overlay::Switcher, start::Way};
use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

/// Lists the rooms; which those are is found out meanwhile.
pub fn open(model: &mut Model) -> Vec<Effect> {
    overlay(model, Overlay::Rooms(Switcher::default()));
    vec![Effect::ListRooms]
}

/// They were found, or could not be looked for.
pub fn listed(model: &mut Model, outcome: Result<Portfolio, Error>) -> Vec<Effect> {
    // Whoever closed the list meanwhile does not want it any more.
    if let Some(Overlay::Rooms(rooms)) = model.overlays.last_mut() {
        rooms.listed = Some(outcome.map_err(|error| super::room::sentence(&error)));
    }
    Vec::new()
}

/// The rooms that fit what was typed, the best first; when nothing was typed all of them, as they were found.
#[must_use]
pub fn matches(rooms: &Switcher) -> Vec<&Row> {
    let all = rooms.listed.as_ref().and_then(|listed| listed.as_ref().ok()).map_or(&[][..], |portfolio| &portfolio.rows);
    let typed = rooms.text.as_str().trim();
    if typed.is_empty() {
        return all.iter().collect();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut found: Vec<(u32, &Row)> = all
        .iter()
        .filter_map(|row| {
            let name = row.found.as_ref().map_or("", |standing| &standing.name);
            let text = format!("{name} {}", row.place);
            let mut buffer = Vec::new();
            Some((pattern.score(Utf32Str::new(&text, &mut buffer), &mut matcher)?, row))
        })
        .collect();
    // Stable: equal ones stay as they were found.
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, row)| row).collect()
}

/// Whether a row is the room in front. A server's room may be named without its tenant.
#[must_use]
pub fn is_here(model: &Model, row: &Row) -> bool {
    let of_server = model.link.is_some() && row.place.contains("://");
    let tenant = model.opened.as_ref().map(|opened| opened.snapshot.room.tenant.id.as_str());
    let same = row.found.as_ref().is_ok_and(|standing| tenant == Some(standing.id.as_str()));
    row.place == model.place || (of_server && same)
}

/// Goes to the selected room, when it can be read.
pub fn take(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Rooms(rooms)) = model.overlays.last() else { return Vec::new() };
    let Some(row) = matches(rooms).get(rooms.selected).copied() else { return Vec::new() };
    if let Err(error) = &row.found {
        let told = super::room::sentence(error);
        model.complain(told);
        return Vec::new();
    }
    let (place, is_here) = (row.place.clone(), is_here(model, row));
    model.overlays.pop();
    if is_here {
        model.say("This is that room");
        return Vec::new();
    }
    leave(model, Leave::To(Way::Open(place)))
}
