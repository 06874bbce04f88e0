//! The command list: fuzzy over the titles of the action table.

use super::choose;
use crate::tui::action::{Action, Choice, Scope, TABLE};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Overlay, text::TextInput};
use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

/// A command that fits what was typed, and which letters of its title did.
pub struct Match {
    pub action: &'static Action,
    pub letters: Vec<u32>,
}

/// The commands that fit, the best first; when nothing was typed all of them, and what makes sense now before the rest.
#[must_use]
pub fn matches(model: &Model, typed: &TextInput) -> Vec<Match> {
    let listed = TABLE.iter().filter(|action| is_command(action));
    if typed.as_str().trim().is_empty() {
        let mut all: Vec<Match> = listed.map(|action| Match { action, letters: Vec::new() }).collect();
        // Stable: within each part in table order.
        all.sort_by_key(|found| !is_usable(model, found.action));
        return all;
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed.as_str(), CaseMatching::Ignore, Normalization::Smart);
    let mut found: Vec<(u32, Match)> = listed
        .filter_map(|action| {
            let (mut letters, mut buffer) = (Vec::new(), Vec::new());
            let score = pattern.indices(Utf32Str::new(action.title, &mut buffer), &mut matcher, &mut letters)?;
            letters.sort_unstable();
            Some((score, Match { action, letters }))
        })
        .collect();
    // Stable: equal ones stay in table order.
    found.sort_by_key(|(score, found)| (std::cmp::Reverse(*score), !is_usable(model, found.action)));
    found.into_iter().map(|(_, found)| found).collect()
}

/// Moving about is for keys alone: whoever searches for a command wants something done.
fn is_command(action: &Action) -> bool {
    matches!(action.scope, Scope::Browse | Scope::On(_) | Scope::Always)
        && !matches!(
            action.choice,
            Choice::Up
                | Choice::Down
                | Choice::PageUp
                | Choice::PageDown
                | Choice::First
                | Choice::Last
                | Choice::Fold
                | Choice::Unfold
                | Choice::NextPane
                | Choice::Palette
        )
}

fn is_usable(model: &Model, action: &Action) -> bool {
    let is_here = !matches!(action.scope, Scope::On(screen) if screen != model.screen);
    is_here && action.is_possible(model).is_ok()
}

/// Does the selected command, when it makes sense now.
pub fn take(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Palette(palette)) = model.overlays.last() else { return Vec::new() };
    let Some(action) = matches(model, &palette.text).get(palette.selected).map(|found| found.action) else {
        return Vec::new();
    };
    if let Scope::On(screen) = action.scope
        && screen != model.screen
    {
        model.overlays.pop();
        model.screen = screen;
        super::settle(model);
        model.say(format!("{} works here; select a row first if it needs one", action.title));
        return Vec::new();
    }
    if let Err(why) = action.is_possible(model) {
        model.complain(format!("{}: {why}", action.title));
        return Vec::new();
    }
    model.overlays.pop();
    choose(model, action.choice)
}
