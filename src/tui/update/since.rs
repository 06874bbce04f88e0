//! The start that "since" counts from, and the brief made of it.

use crate::format::brief::{Brief, lines};
use crate::format::moment;
use crate::present::audience::Audience;
use crate::tui::effect::Effect;
use crate::tui::model::form::{Field, Form, Purpose};
use crate::tui::model::since::Start;
use crate::tui::model::{Model, Overlay};

/// Works out what moved, when something did. Not while somebody watches: the picture stands still.
pub fn freshen(model: &mut Model) {
    if model.curtain.is_some() {
        return;
    }
    let mut since = std::mem::take(&mut model.since);
    if let Some(facts) = model.facts() {
        since.freshen(&facts);
    }
    model.since = since;
}

/// `s` in the list: the next start.
pub fn turn(model: &mut Model) -> Vec<Effect> {
    model.since.turn();
    top(model);
    Vec::new()
}

/// `e` in the list: a start of one's own.
pub fn date(model: &mut Model) -> Vec<Effect> {
    let hint = "a day like 2026-11-13, a moment like 2026-11-13T16:40, yesterday or monday";
    let form = Form::new(Purpose::SinceDate, "Since when", "show").field(Field::text("from", "Since", hint, ""));
    super::overlay(model, Overlay::Form(Box::new(form)))
}

/// The form was answered.
pub fn submit(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Form(form)) = model.overlays.last() else { return Vec::new() };
    let typed = form.value("from").trim().to_owned();
    let Some(read) = model.facts().map(|facts| {
        let from = moment::since(&typed, facts.now, facts.zone)?;
        if from > facts.now { Err("nothing happened yet since a moment to come".to_owned()) } else { Ok(from) }
    }) else {
        return Vec::new();
    };
    match read {
        Ok(from) => {
            model.overlays.pop();
            model.since.start = Start::At(from);
            top(model);
        }
        Err(why) => {
            if let Some(Overlay::Form(form)) = model.overlays.last_mut() {
                form.error = Some(why);
            }
        }
    }
    Vec::new()
}

fn top(model: &mut Model) {
    if let Some(top) = model.overlays.last_mut().and_then(Overlay::top_mut) {
        *top = 0;
    }
}

/// `b`: the brief, for the clipboard.
pub fn brief(model: &mut Model) -> Vec<Effect> {
    let (Some(facts), Some(since)) = (model.facts(), model.since.found()) else { return Vec::new() };
    let brief = Brief {
        plan: facts.plan,
        room: facts.room,
        ledger: &facts.snapshot.ledger,
        readiness: facts.real,
        since,
        audience: Audience::Operator,
    };
    let text = lines(&brief).join("\n") + "\n";
    vec![Effect::Copy { text, what: format!("the brief since {}", model.since.told(&facts)) }]
}
