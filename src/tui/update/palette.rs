//! The command list: fuzzy over the titles of the action table.

use super::choose;
use crate::tui::action::{Action, Keymap, Scope, TABLE};
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

/// The commands that fit, the best first; all of them, in table order, when nothing was typed.
#[must_use]
pub fn matches(typed: &TextInput, _keymap: &Keymap) -> Vec<Match> {
    let listed = TABLE.iter().filter(|action| matches!(action.scope, Scope::Browse | Scope::On(_) | Scope::Always));
    if typed.as_str().trim().is_empty() {
        return listed.map(|action| Match { action, letters: Vec::new() }).collect();
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
    // Stable: equal scores stay in table order.
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, found)| found).collect()
}

/// Does the selected command, when it makes sense now.
pub fn take(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Palette(palette)) = model.overlays.last() else { return Vec::new() };
    let Some(action) = matches(&palette.text, &model.keymap).get(palette.selected).map(|found| found.action) else {
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
    if let Err(why) = (action.when)(model) {
        model.complain(format!("{}: {why}", action.title));
        return Vec::new();
    }
    model.overlays.pop();
    choose(model, action.choice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_action_of_a_screen_is_found_by_its_title() {
        let (keymap, _) = Keymap::new(&BTreeMap::new());
        for action in TABLE.iter().filter(|action| matches!(action.scope, Scope::Browse | Scope::On(_))) {
            let found = matches(&TextInput::new(action.title), &keymap);
            assert!(found.iter().any(|found| found.action.id == action.id), "{}", action.id);
        }
    }
}
