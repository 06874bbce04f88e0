//! A text is checked for wording that may not be used: pasted on screen 8, or into the form that asks for it.

use super::forms;
use crate::app::error::Error;
use crate::domain::claims;
use crate::format::document::Document;
use crate::present::words;
use crate::tui::effect::Effect;
use crate::tui::model::form::{Field, Form, Purpose};
use crate::tui::model::{Model, Overlay, Screen, Subject};

/// What may be said follows the room, what-if included.
pub fn freshen(model: &mut Model) {
    if model.screen != Screen::Claims {
        return;
    }
    let said = model.facts().map(|facts| claims::now(facts.plan, facts.room, facts.readiness));
    model.claims.follow(said.unwrap_or_default());
}

/// Asks for the text.
pub fn ask(model: &mut Model) -> Vec<Effect> {
    let form = Form::new(Purpose::CheckText, "Check a text", "check")
        .fact("Then", "each place with wording that may not be used is a row, with its gate and what to say instead")
        .field(Field::text("text", "Text", "paste it, whole pages too, or type a sentence", ""))
        .field(Field::text("file", "Or file", "text, Markdown, HTML, DOCX or PDF", ""));
    forms::show(model, form)
}

/// The text was typed, or a file was named.
pub fn submit(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Form(form)) = model.overlays.last() else { return Vec::new() };
    let file = form.value("file").trim().to_owned();
    if !file.is_empty() {
        model.overlays.pop();
        model.say(format!("Reading {file}"));
        return vec![Effect::ReadDocument(file)];
    }
    let text = form.value("text").to_owned();
    taken(model, text)
}

/// The file was read, or cannot be.
pub fn read(model: &mut Model, file: &str, outcome: Result<Document, Error>) -> Vec<Effect> {
    match outcome {
        Ok(document) => {
            let told = document.lacks.clone().or_else(|| document.guess.map(str::to_owned));
            freshen(model);
            model.claims.take(Some(file.to_owned()), document);
            shown(model, told.map(|told| format!("{file}: {told}")));
        }
        Err(error) => model.complain(super::room::sentence(&error)),
    }
    Vec::new()
}

/// Goes to the first place that was found, and says how many there are.
fn shown(model: &mut Model, told: Option<String>) {
    let found = model.claims.checked.as_ref().map_or(0, |checked| checked.findings.len());
    let count = match found {
        0 => "No blocked wording in this text".to_owned(),
        found => words::count(found, "place with blocked wording", "places with blocked wording"),
    };
    model.say(told.map_or_else(|| count.clone(), |told| format!("{count}; {told}")));
    if model.screen == Screen::Claims {
        let place = model.place_mut();
        place.top = 0;
        place.selected = (found > 0).then_some(Subject::Finding(0));
    }
}

/// The text was typed or pasted.
pub fn taken(model: &mut Model, text: String) -> Vec<Effect> {
    if matches!(model.overlays.last(), Some(Overlay::Form(form)) if form.purpose == Purpose::CheckText) {
        model.overlays.pop();
    }
    if text.trim().is_empty() {
        model.claims.checked = None;
        model.say("No text is checked any more");
        return Vec::new();
    }
    freshen(model);
    model.claims.take_text(text);
    shown(model, None);
    Vec::new()
}
