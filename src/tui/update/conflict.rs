//! How the room stands to its server, and changes that wait for a person because somebody else was first.

use super::{overlay, room};
use crate::app::error::Error;
use crate::app::sync::{Link, State, Take};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Overlay};

/// It stands so now. A conflict that is new is shown at once, unless somebody is busy with something else.
pub fn linked(model: &mut Model, link: Link) -> Vec<Effect> {
    let fresh = link.conflicts.iter().find(|conflict| !model.asked.contains(&conflict.number)).cloned();
    model.asked.extend(fresh.iter().map(|conflict| conflict.number));
    let was = model.link.as_ref().map(|link| link.state);
    let turned = was != Some(link.state);
    if let (true, State::Offline | State::Refused | State::Doubted, Some(why)) = (turned, link.state, &link.why) {
        model.complain(format!("{why}; what you see is from before, and changes wait on this machine"));
    }
    if turned && matches!(was, Some(State::Offline | State::Refused | State::Doubted)) && link.state == State::Live {
        model.say("The server is back");
    }
    model.link = Some(link);
    match fresh {
        Some(conflict) if model.overlays.is_empty() && !model.filter.typing => overlay(model, Overlay::Conflict(conflict)),
        Some(_) => {
            let key = model.keymap.hint("room.conflicts");
            model.complain(format!("Somebody else was first with a change of yours; {key} shows both"));
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// The first that waits.
pub fn show(model: &mut Model) -> Vec<Effect> {
    let first = model.link.as_ref().and_then(|link| link.conflicts.first().cloned());
    first.map_or_else(Vec::new, |conflict| overlay(model, Overlay::Conflict(conflict)))
}

/// Mine or theirs.
pub fn settle(model: &mut Model, take: Take) -> Vec<Effect> {
    let Some(Overlay::Conflict(conflict)) = model.overlays.last() else { return Vec::new() };
    let number = conflict.number;
    model.overlays.pop();
    vec![Effect::Settle { number, take }]
}

/// It was settled: the next one comes with how it stands then.
pub fn settled(model: &mut Model, outcome: Result<(), Error>) -> Vec<Effect> {
    match outcome {
        Ok(()) => model.say("Settled"),
        Err(error) => model.complain(room::sentence(&error)),
    }
    vec![Effect::Load]
}
