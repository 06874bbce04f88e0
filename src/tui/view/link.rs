//! How the room stands to its server, in the few words of the header.

use crate::app::sync::State;
use crate::present::words;
use crate::tui::model::{Facts, Model};

/// So many names of others, the rest as a number.
const NAMES: usize = 2;

/// When all is well; it may give way on a short line.
pub fn healthy(model: &Model) -> String {
    let saved = if model.writing > 0 { "saving" } else { "local" };
    let Some(link) = &model.link else { return saved.to_owned() };
    let state = match link.state {
        State::Live if model.writing > 0 => "saving",
        State::Live => "live",
        State::Syncing | State::Offline | State::Refused | State::Doubted => "syncing",
    };
    match link.here.as_slice() {
        [] => state.to_owned(),
        names if names.len() <= NAMES => format!("{state} with {}", names.join(", ")),
        names => format!("{state} with {} others", names.len()),
    }
}

/// That it is live, where there is room for nothing else: of a room of a server it is always said how it stands.
pub fn shortest(model: &Model) -> Option<String> {
    short(model).map(|_| "live".to_owned())
}

/// The same in fewer words, where the names of others have no room.
pub fn short(model: &Model) -> Option<String> {
    let link = model.link.as_ref().filter(|link| link.state == State::Live && model.writing == 0)?;
    Some(match link.here.len() {
        0 => "live".to_owned(),
        others => format!("live with {}", words::count(others, "other", "others")),
    })
}

/// What must not be overlooked: that this is not what the server has, that something waits, that somebody has to settle it.
pub fn trouble(model: &Model, facts: &Facts) -> Option<String> {
    let link = model.link.as_ref()?;
    let as_of = link.as_of.map(|at| format!(" as of {}", words::moment_near(at, facts.now, facts.zone))).unwrap_or_default();
    let conflict = (!link.conflicts.is_empty()).then(|| {
        let key = model.keymap.hint("room.conflicts");
        format!("CONFLICT {}, {key}", link.conflicts.len())
    });
    let queued = if link.queued > 0 { format!(" ({} queued)", link.queued) } else { String::new() };
    let state = match link.state {
        State::Live if link.queued == 0 => None,
        State::Live => Some(format!("SENDING{queued}")),
        State::Syncing => Some(format!("SYNCING{as_of}{queued}")),
        State::Offline => Some(format!("OFFLINE{queued}{as_of}")),
        State::Refused => Some(format!("NO ACCESS{queued}{as_of}, {}", model.keymap.hint("room.reload"))),
        State::Doubted => Some(format!("OUT OF STEP{queued}{as_of}")),
    };
    let both: Vec<String> = conflict.into_iter().chain(state).collect();
    (!both.is_empty()).then(|| both.join("  "))
}
