//! A key: looked up in the table, or typed into whatever takes text.

use super::{choose, forms, runs};
use crate::tui::action::{PRESENTING, scopes};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Overlay, Screen};
use crate::tui::terminal::{Code, Key};

/// A key was pressed.
pub fn pressed(model: &mut Model, key: Key) -> Vec<Effect> {
    // What was told stays until somebody does something.
    model.notice = None;
    let found = model.keymap.find(&scopes(model), key);
    // A choice between words is turned with the arrows, and with the space bar.
    if found.is_none() || key.typed().is_some() && takes_text(model) {
        return typed(model, key);
    }
    match found {
        Some(action) => match action.is_possible(model) {
            Ok(()) => choose(model, action.choice),
            Err(why) => {
                model.say(format!("{}: {why}", action.title));
                Vec::new()
            }
        },
        None => Vec::new(),
    }
}

/// Whether plain characters are text and not commands.
fn takes_text(model: &Model) -> bool {
    match model.overlays.last() {
        Some(Overlay::Form(_) | Overlay::Palette(_) | Overlay::Rooms(_)) => true,
        Some(_) => false,
        None => model.filter.typing,
    }
}

fn typed(model: &mut Model, key: Key) -> Vec<Effect> {
    match model.overlays.last_mut() {
        Some(Overlay::Form(_)) => return forms::typed(model, key),
        Some(Overlay::Palette(palette)) => {
            palette.text.press(key);
            palette.selected = 0;
        }
        Some(Overlay::Rooms(rooms)) => {
            rooms.text.press(key);
            rooms.selected = 0;
        }
        None if model.filter.typing => {
            let text = if let Some(run) = runs::searched(model) { &mut run.search } else { &mut model.filter.text };
            text.press(key);
            runs::search_changed(model);
            // What is still there stays selected; otherwise the first row that fits is.
            model.place_mut().row = 0;
        }
        None if matches!(key.code, Code::Char(c) if c.is_ascii_alphanumeric() || c.is_ascii_punctuation()) => {
            let help = model.keymap.hint("help");
            model.say(format!("That key does nothing here; {help} lists the keys that do"));
        }
        Some(_) | None => {}
    }
    Vec::new()
}

/// A text was pasted: into whatever takes text, and nowhere else. It never works as keys.
pub fn pasted(model: &mut Model, text: &str) -> Vec<Effect> {
    model.notice = None;
    match model.overlays.last_mut() {
        Some(Overlay::Form(_)) => forms::pasted(model, text),
        Some(Overlay::Palette(palette)) => {
            palette.text.insert(text);
            Vec::new()
        }
        Some(Overlay::Rooms(rooms)) => {
            rooms.text.insert(text);
            rooms.selected = 0;
            Vec::new()
        }
        None if model.filter.typing => {
            let input = if let Some(run) = runs::searched(model) { &mut run.search } else { &mut model.filter.text };
            input.insert(text);
            runs::search_changed(model);
            Vec::new()
        }
        None if model.curtain.is_some() => {
            model.say(format!("Nothing is taken from the clipboard: {PRESENTING}"));
            Vec::new()
        }
        None if model.screen == Screen::Claims && model.opened.is_some() => super::claims::taken(model, text.to_owned()),
        _ => {
            model.say("Nothing here takes a text; open a form first");
            Vec::new()
        }
    }
}
