//! The room arrived, was written, or moved on by itself.

use super::{document, forms};
use crate::app::attach;
use crate::app::error::{Error, Kind};
use crate::domain::gate;
use crate::domain::plan::Plan;
use crate::present::words;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Opened, Overlay, form::Purpose};
use crate::tui::msg::Written;

/// How many changes can be taken back.
const UNDO: usize = 100;

/// The room was read again.
pub fn loaded(model: &mut Model, outcome: Result<Box<Opened>, Error>) -> Vec<Effect> {
    match outcome {
        Ok(opened) => {
            let notices = opened.snapshot.notices.join(". ");
            let effects = take(model, *opened);
            if !notices.is_empty() {
                model.complain(notices);
            }
            effects
        }
        // The room as it was last seen stays on screen; what is wrong with it now is said, over a form too.
        Err(error) => {
            let why = sentence(&error);
            model.complain(why.clone());
            model.unreadable = Some(why);
            Vec::new()
        }
    }
}

fn take(model: &mut Model, opened: Opened) -> Vec<Effect> {
    model.unreadable = None;
    model.opened = Some(opened);
    let assumed = std::mem::take(&mut model.what_if.assumed);
    model.assume(assumed);
    forms::follow(model)
}

/// A change was written, or refused.
pub fn written(model: &mut Model, what: &str, outcome: Result<Box<Written>, Error>) -> Vec<Effect> {
    model.writing = model.writing.saturating_sub(1);
    match outcome {
        Ok(written) => {
            let before = model.opened.as_ref().map(|opened| opened.readiness.clone());
            if let Some(undo) = written.undo {
                model.undo.push((undo, what.to_owned()));
                let over = model.undo.len().saturating_sub(UNDO);
                model.undo.drain(..over);
            }
            close_form(model);
            let mut effects = take(model, written.opened);
            let arrow = model.look.symbols.arrow;
            let moved = before
                .zip(model.opened.as_ref())
                .map(|(before, after)| moved(&after.snapshot.plan, &before, &after.readiness, arrow))
                .unwrap_or_default();
            let undo = if model.undo.is_empty() { String::new() } else { format!(". {} undoes", model.keymap.hint("room.undo")) };
            let notices = model.opened.as_ref().map(|opened| opened.snapshot.notices.join(". ")).unwrap_or_default();
            let waits = model.link.as_ref().is_some_and(|link| link.queued > 0);
            let saved = if waits { "Kept on this machine until the server answers" } else { "Saved" };
            if notices.is_empty() {
                model.say(format!("{saved}: {what}{moved}{undo}"));
            } else {
                model.complain(format!("{saved}: {what}{moved}. {notices}"));
            }
            effects.push(Effect::ListSpool);
            effects
        }
        Err(error) => {
            if let Some(Overlay::Form(form)) = model.overlays.last_mut() {
                form.error = Some(sentence(&error));
                if attach::is_held_back(&error) {
                    form.error = Some(format!("Held back: {}. Say below that you did, or raise the class", error.why));
                    document::held_back(form);
                }
                form.overtaken = error.kind == Kind::Conflict;
            } else {
                model.complain(sentence(&error));
            }
            if error.kind == Kind::Conflict { vec![Effect::Load] } else { Vec::new() }
        }
    }
}

/// The form that asked for the write is done.
fn close_form(model: &mut Model) {
    let asked = |purpose: &Purpose| {
        matches!(
            purpose,
            Purpose::Owner(_)
                | Purpose::Function(_)
                | Purpose::Scope(_)
                | Purpose::Activation(_)
                | Purpose::Dependency(_)
                | Purpose::Withdraw(_)
                | Purpose::Decide
                | Purpose::Exclude(_)
                | Purpose::Revoke(_)
                | Purpose::AttachRun(_)
                | Purpose::AttachDocument(_)
        )
    };
    if matches!(model.overlays.last(), Some(Overlay::Form(form)) if asked(&form.purpose)) {
        model.overlays.pop();
    }
}

/// Which gates a change moved, in words.
fn moved(plan: &Plan, before: &gate::Readiness, after: &gate::Readiness, arrow: &str) -> String {
    let mut out = String::new();
    for gate in &after.gates {
        let Some(was) = before.gate(gate.id.as_str()) else { continue };
        if gate.outside || (was.met, was.status) == (gate.met, gate.status) {
            continue;
        }
        let stage = words::stage(plan, gate.id.as_str());
        out = format!("{out}. {stage} {} {arrow} {} of {}", was.met, gate.met, gate.total);
    }
    out
}

/// Read again; where a server keeps it, that is asked, too.
pub fn reload(model: &Model) -> Vec<Effect> {
    let asks = model.link.as_ref().map(|_| Effect::Sync);
    asks.into_iter().chain([Effect::Load, Effect::ListSpool]).collect()
}

/// Something went stale, a day began: judged again.
pub fn moment_came() -> Vec<Effect> {
    vec![Effect::Load]
}

/// Takes the newest change back.
pub fn undo(model: &mut Model) -> Vec<Effect> {
    let Some((change, what)) = model.undo.pop() else { return Vec::new() };
    model.writing += 1;
    vec![Effect::Write { change: Box::new(change), what: format!("{what}, taken back"), seen: None }]
}

/// Opens the room file where the selected thing stands in it.
pub fn edit_file(model: &mut Model) -> Vec<Effect> {
    let line = model.opened.as_ref().zip(model.selected()).and_then(|(opened, subject)| {
        use crate::tui::model::Subject;
        let facts = model.facts()?;
        let table = match subject.behind(&facts) {
            Subject::Role(id) => format!("[owners.{id}]"),
            Subject::Function(id) => format!("[functions.{id}]"),
            Subject::Field(_) => "[scope]".to_owned(),
            Subject::Step(id) | Subject::Task(id, _) => format!("[steps.{id}]"),
            Subject::Group(id) => format!("[activation.{id}]"),
            Subject::Dependency(id) => format!("[dependencies.{id}]"),
            _ => return None,
        };
        opened.snapshot.text.lines().position(|line| line.trim_start().starts_with(&table))
    });
    vec![Effect::OpenEditor { line: line.map_or(1, |line| line + 1) }]
}

/// Back from the editor.
pub fn editor_left(model: &mut Model, outcome: Result<(), Error>) -> Vec<Effect> {
    if let Err(error) = outcome {
        model.complain(sentence(&error));
    }
    vec![Effect::Load, Effect::ListSpool]
}

/// Walks the ledger and all captured bytes.
pub fn verify(model: &mut Model) -> Vec<Effect> {
    model.say("Reading every captured file…");
    vec![Effect::CheckEvidence]
}

/// Chain and bytes were looked at.
pub fn checked(model: &mut Model, outcome: Result<String, Error>) -> Vec<Effect> {
    match outcome {
        Ok(told) => model.say(told),
        Err(error) => model.complain(sentence(&error)),
    }
    vec![Effect::Load]
}

/// What, why, what to do, in one line.
#[must_use]
pub fn sentence(error: &Error) -> String {
    let first = error.why.lines().next().unwrap_or_default();
    // `cannot use room.toml`, and then a diagnosis that begins with the same path: once is enough.
    let path = error.what.rsplit(' ').next().unwrap_or_default();
    let why = match first.strip_prefix(path).and_then(|rest| rest.strip_prefix(':')) {
        _ if first.is_empty() => String::new(),
        Some(place) if !path.is_empty() => format!(", line {place}"),
        _ => format!(": {first}"),
    };
    // A rule by its name is for scripts; its sentence is here already.
    let hint = error.hint.as_ref().filter(|hint| !hint.starts_with("rule: "));
    let hint = hint.map(|hint| format!(". {hint}")).unwrap_or_default();
    let mut what = error.what.clone();
    if let Some(first) = what.get(..1).map(str::to_uppercase) {
        what.replace_range(..1, &first);
    }
    format!("{what}{why}{hint}")
}
