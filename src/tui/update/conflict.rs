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
    match (turned, link.state, &link.why) {
        (true, State::Refused, Some(why)) => {
            let key = model.keymap.hint("room.reload");
            let hint = link.hint.as_ref().map_or_else(String::new, |hint| format!("{hint}, then {key}. "));
            model.complain(format!("{hint}{why}; what you see is from before"));
        }
        (true, State::Offline | State::Doubted, Some(why)) => {
            model.complain(format!("{why}; what you see is from before, and changes wait on this machine"));
        }
        (_, State::Live | State::Syncing | State::Offline | State::Refused | State::Doubted, _) => {}
    }
    if turned && matches!(was, Some(State::Offline | State::Refused | State::Doubted)) && link.state == State::Live {
        model.say("The server is back");
    }
    model.link = Some(link);
    match fresh {
        Some(conflict) if model.overlays.is_empty() && !model.filter.typing => overlay(model, Overlay::Conflict(conflict)),
        Some(conflict) => {
            let key = model.keymap.hint("room.conflicts");
            model.complain(match conflict.refused {
                Some(_) => format!("The server does not take a change of yours; {key} says why"),
                None => format!("Somebody else was first with a change of yours; {key} shows both"),
            });
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
    // Should it wait again, it is asked about again.
    model.asked.remove(&number);
    vec![Effect::Settle { number, take }]
}

/// It was settled: the next one comes with how it stands then.
pub fn settled(model: &mut Model, outcome: Result<(), Error>) -> Vec<Effect> {
    match outcome {
        Ok(()) => model.say("Settled"),
        Err(error) => {
            // It still waits, and was told just now.
            model.asked.extend(model.link.iter().flat_map(|link| &link.conflicts).map(|conflict| conflict.number));
            model.complain(room::sentence(&error));
        }
    }
    vec![Effect::Load]
}
