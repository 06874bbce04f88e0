//! Presenting: the picture stands still, shows what the audience may see, and leaving it takes two steps.

use crate::app::curtain;
use crate::present::audience::Audience;
use crate::tui::effect::Effect;
use crate::tui::model::form::{Field, Form, Purpose};
use crate::tui::model::overlay::Confirm;
use crate::tui::model::{Curtain, Model, Overlay, WhatIf};
use crate::tui::msg::Msg;

/// `P`: asks for whom; while presenting, whether to leave.
pub fn key(model: &mut Model) -> Vec<Effect> {
    if model.curtain.is_some() {
        let lines = vec!["What is hidden shows again: contacts, paths, notes, tenant and locked values.".to_owned()];
        let confirm = Confirm { title: "Leave presenting?".into(), lines, yes: "show everything".into(), then: Effect::Reveal };
        return super::overlay(model, Overlay::Confirm(confirm));
    }
    let options = [(Audience::Buyer, "buyer: what is public"), (Audience::Customer, "customer: what is the tenant's, too")];
    let options = options.map(|(audience, label)| (audience.as_str().to_owned(), label.to_owned())).to_vec();
    let form = Form::new(Purpose::Present, "Present", "present")
        .fact("Then", "the picture stands still; editing, runs, files and copying are off until you leave it")
        .field(Field::choice("audience", "Audience", options, Audience::Buyer.as_str()));
    super::overlay(model, Overlay::Form(Box::new(form)))
}

/// The form was answered.
pub fn submit(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Form(form)) = model.overlays.last() else { return Vec::new() };
    let audience = if form.value("audience") == Audience::Customer.as_str() { Audience::Customer } else { Audience::Buyer };
    if model.runs.under_way() > 0 || model.writing > 0 {
        if let Some(Overlay::Form(form)) = model.overlays.last_mut() {
            form.error = Some("A run or a change is under way; present when it has ended".into());
        }
        return Vec::new();
    }
    draw(model, audience);
    Vec::new()
}

/// Draws the curtain. From here on nothing of the room is in the model's reach that the audience may not see.
pub fn draw(model: &mut Model, audience: Audience) {
    super::since::freshen(model);
    let Some(opened) = &model.opened else { return };
    let shown = curtain::drawn(opened, audience);
    model.overlays.clear();
    model.notice = None;
    model.what_if = WhatIf::default();
    model.drafts.clear();
    model.claims.checked = None;
    model.curtain = Some(Box::new(Curtain {
        audience,
        at: model.now,
        waiting: 0,
        held: Vec::new(),
        opened: model.opened.replace(shown),
        place: std::mem::take(&mut model.place),
        spool: std::mem::take(&mut model.spool),
        runs: std::mem::take(&mut model.runs),
        unreadable: model.unreadable.take(),
        link: model.link.take(),
    }));
}

/// What may go on while somebody watches; everything else waits until they no longer do.
pub fn hold(model: &mut Model, msg: Msg) -> Option<Msg> {
    let Some(curtain) = &mut model.curtain else { return Some(msg) };
    match msg {
        Msg::KeyPressed(_) | Msg::Pasted(_) | Msg::Moused(_) | Msg::Resized { .. } | Msg::Continued | Msg::Revealed => Some(msg),
        // Nothing moves on by itself meanwhile.
        Msg::MomentCame => None,
        Msg::RoomChangedOutside => {
            curtain.waiting += 1;
            None
        }
        other => {
            curtain.held.push(other);
            None
        }
    }
}

/// Opens the curtain: the room as it was, then everything that waited.
pub fn reveal(model: &mut Model) -> Vec<Effect> {
    let Some(curtain) = model.curtain.take() else { return Vec::new() };
    let Curtain { opened, place, spool, runs, unreadable, link, held, .. } = *curtain;
    (model.opened, model.place, model.spool, model.runs) = (opened, place, spool, runs);
    (model.unreadable, model.link) = (unreadable, link);
    model.overlays.clear();
    let mut effects: Vec<Effect> = held.into_iter().flat_map(|msg| super::update(model, msg)).collect();
    effects.extend([Effect::Load, Effect::ListSpool]);
    model.say("Presenting is over; everything shows again");
    effects
}
