//! A run from its sheet to its end, and the captured runs that wait for somebody.

use super::{forms, room::sentence, turns};
use crate::app::{error::Error, ports::Captured};
use crate::domain::gate::ActionKind;
use crate::domain::ids::{ProofId, RunId};
use crate::present::words;
use crate::tui::action::run_in_front;
use crate::tui::effect::{Effect, How, RunRequest};
use crate::tui::model::form::{Field, FieldInput, Form, Purpose};
use crate::tui::model::run::{LiveRun, RunState};
use crate::tui::model::{Model, Overlay, Screen, Subject};
use crate::tui::msg::{BytesOf, Sheet};
use crate::tui::view;

/// `r`: asks for the run sheet of the proof behind the selected row.
pub fn sheet(model: &mut Model) -> Vec<Effect> {
    if let Some(Subject::Action(ActionKind::RunProofs(proofs))) = model.selected()
        && proofs.len() > 1
    {
        return super::batch::sheet(model, &proofs.clone());
    }
    prepare(model, How::Plain)
}

/// `R`: the same, with what its last run was given.
pub fn again(model: &mut Model) -> Vec<Effect> {
    prepare(model, How::Again)
}

fn prepare(model: &mut Model, how: How) -> Vec<Effect> {
    let Some(proof) = model.selected().and_then(|subject| subject.proof(model)) else { return Vec::new() };
    if let Some(run) = model.runs.of(&proof).filter(|run| run.is_open()) {
        let what = if run.is_waiting() { "It waits for its turn" } else { "It is running; stop it first, or wait" };
        model.say(what);
        return Vec::new();
    }
    vec![Effect::PrepareRun { proof, how }]
}

/// The run sheet is known: everything one has to know before the run, on one page.
pub fn sheet_ready(model: &mut Model, proof: ProofId, outcome: Result<Sheet, Error>) -> Vec<Effect> {
    let sheet = match outcome {
        Ok(sheet) => sheet,
        Err(error) => {
            model.complain(sentence(&error));
            return Vec::new();
        }
    };
    let title = match sheet.how {
        How::Plain => format!("Run {}?", sheet.title),
        How::Again => format!("Run {} again?", sheet.title),
    };
    let mut form = Form::new(Purpose::Run(proof), title, "run");
    form.how = sheet.how;
    form.facts = sheet.facts;
    form.danger = sheet.mutating;
    form.source = sheet.source;
    let tenant = model.facts().map(|facts| (facts.room.tenant.id.to_string(), facts.room.tenant.name.clone()));
    if let (true, Some((id, name))) = (sheet.mutating, &tenant) {
        let place = sheet.host.as_ref().map(|host| format!(", at {host}")).unwrap_or_default();
        form.facts.insert(0, ("Changes".into(), format!("something outside this machine{place}; undo does not reach there")));
        form.facts.insert(1, ("Tenant".into(), format!("{name} ({id})")));
    }
    // Enter alone never changes anything outside.
    let asked = match (sheet.confirm, sheet.mutating, tenant) {
        (Some((env, phrase)), ..) => Some((format!("type {phrase}; handed to the command as {env}, never stored"), phrase)),
        (None, true, Some((id, _))) => Some((format!("type {id}, the tenant it runs for"), id)),
        (None, ..) => None,
    };
    if let Some((hint, phrase)) = asked {
        form.fields.push(Field::text("confirm", "Confirm", &hint, ""));
        form.phrase = Some(phrase);
    }
    for (name, secret) in sheet.missing {
        let mut field = Field::text(&name, &name, "not set; typed here it is used for this run only", "");
        if secret {
            field.hint.push_str(", and masked");
            field.input = FieldInput::Secret(crate::tui::model::text::TextInput::default());
        }
        form.fields.push(field);
    }
    if sheet.wants_env_file {
        form.fields.push(Field::text("env-file", "Env file", "a locked file with the values, read for this run only", ""));
    }
    forms::show(model, form)
}

/// The sheet was answered: the run starts.
pub fn start(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Form(form)) = model.overlays.last_mut() else { return Vec::new() };
    let Purpose::Run(proof) = form.purpose.clone() else { return Vec::new() };
    if let Some(phrase) = form.phrase.clone().filter(|phrase| form.value("confirm") != phrase) {
        form.error = Some(format!("Nothing was run: type {phrase} exactly, then Enter"));
        form.focus = form.fields.iter().position(|field| field.id == "confirm").unwrap_or(form.focus);
        return Vec::new();
    }
    let typed =
        form.fields.iter().filter(|field| !matches!(field.id.as_str(), "confirm" | "env-file") && !field.value().is_empty());
    let request = RunRequest {
        proof: proof.clone(),
        typed: typed.map(|field| (field.id.clone(), field.value().to_owned())).collect(),
        env_file: Some(form.value("env-file").trim().to_owned()).filter(|path| !path.is_empty()),
        confirmation: Some(form.value("confirm").to_owned()).filter(|phrase| !phrase.is_empty()),
        source: form.source.clone(),
        how: form.how,
    };
    let (_, effect) = turns::begin(model, request);
    waits_or_starts(model, effect)
}

/// The order to start a run; one that has to wait says so, and its sheet is done with.
pub fn waits_or_starts(model: &mut Model, effect: Option<Effect>) -> Vec<Effect> {
    let waiting = model.runs.iter().next_back().filter(|run| run.is_waiting()).map(|run| run.proof.clone());
    if let Some(proof) = waiting.filter(|_| effect.is_none()) {
        model.overlays.pop();
        super::browse::go_to(model, Subject::Proof(proof));
        model.say(format!("It waits: {} already", words::count(model.runs.under_way(), "proof runs", "proofs run")));
    }
    effect.into_iter().collect()
}

/// Whether this is the sheet that the run was started from: another one may lie open by the time a run starts that waited.
fn is_sheet_of(overlay: Option<&Overlay>, proof: &ProofId) -> bool {
    let Some(Overlay::Form(form)) = overlay else { return false };
    match &form.purpose {
        Purpose::Run(of) => of == proof,
        Purpose::Batch(all) => all.contains(proof),
        _ => false,
    }
}

/// The run started, or why not.
pub fn started(model: &mut Model, run: &RunId, outcome: Result<(), Error>) -> Vec<Effect> {
    let Some(proof) = model.runs.get(run).map(|run| run.proof.clone()) else { return Vec::new() };
    // One that waited, or the next of several, starts by itself: it takes nobody away from where they are.
    let by_hand = is_sheet_of(model.overlays.last(), &proof);
    match outcome {
        Ok(()) if by_hand => {
            model.overlays.pop();
            super::browse::go_to(model, Subject::Proof(proof));
            Vec::new()
        }
        Ok(()) => Vec::new(),
        Err(error) => {
            let why = sentence(&error);
            model.runs.remove(run);
            model.batch.take_if(|batch| batch.current == *run);
            match model.overlays.last_mut() {
                Some(Overlay::Form(form)) if by_hand => form.error = Some(why),
                _ => model.complain(format!("{proof}: {why}")),
            }
            turns::next(model).into_iter().collect()
        }
    }
}

/// Output waits.
pub fn output_arrived(model: &mut Model, run: &RunId) -> Vec<Effect> {
    if let Some(run) = model.runs.get_mut(run) {
        run.heard = model.now;
        run.take_in();
    }
    Vec::new()
}

/// The run ended. Its exit status is the verdict; what it printed never is.
pub fn ended(model: &mut Model, id: &RunId, outcome: Result<Box<Captured>, String>) -> Vec<Effect> {
    let Some(run) = model.runs.get_mut(id) else { return Vec::new() };
    run.take_in();
    let of = run.proof.clone();
    let mut passed = false;
    let told = match outcome {
        Ok(captured) => {
            let told = words::run_outcome(captured.outcome, &captured.run);
            passed = captured.passed();
            run.state = RunState::Captured(captured);
            Ok(told)
        }
        Err(why) => {
            run.state = RunState::Broken(why.clone());
            Err(why)
        }
    };
    let attach = model.keymap.hint("evidence.attach");
    let title = model.facts().and_then(|facts| facts.plan.proof(of.as_str())).map(|proof| proof.title.clone());
    let proof = title.unwrap_or_else(|| of.to_string());
    let mut effects = vec![Effect::Load, Effect::ListSpool];
    let told = match told {
        Ok(told) => {
            model.say(format!("{proof}: {told}. {attach} attaches it"));
            told
        }
        Err(why) => {
            model.complain(format!("{proof}: {why}"));
            why
        }
    };
    let of_batch = super::batch::ended(model, id, &proof, passed, &told);
    effects.extend(of_batch.or_else(|| turns::next(model)));
    effects
}

/// `S`: asks the run to end.
pub fn stop(model: &mut Model) -> Vec<Effect> {
    let Some(id) = run_in_front(model).map(|run| run.id.clone()) else { return Vec::new() };
    if turns::leave(model, &id) {
        model.say("It was taken off, and did not run");
        return Vec::new();
    }
    if let Some(run) = model.runs.get_mut(&id) {
        run.state = RunState::UnderWay { stopping: true };
    }
    model.say("Stopping it…");
    vec![Effect::StopRun(id)]
}

/// The run whose pane has the keys, for searching in it.
pub fn searched(model: &mut Model) -> Option<&mut LiveRun> {
    if model.screen != Screen::Proofs || !model.place().in_detail {
        return None;
    }
    let id = run_in_front(model)?.id.clone();
    model.runs.get_mut(&id)
}

/// The search changed: the newest match comes into sight.
pub fn search_changed(model: &mut Model) {
    if searched(model).is_some() {
        match_shown(model, true);
    }
}

/// Scrolls the pane of the run in front; `false` when there is none. Scrolling back freezes it, the end follows again.
pub fn scrolled(model: &mut Model, by: isize) -> bool {
    let last = run_in_front(model).map_or(0, |run| view::output::last_top(model, run));
    let Some(run) = searched(model) else { return false };
    let top = run.frozen_at.unwrap_or(last).min(last).saturating_add_signed(by);
    run.frozen_at = (top < last).then_some(top);
    true
}

/// `f`: to the newest line.
pub fn follow(model: &mut Model) -> Vec<Effect> {
    if let Some(id) = run_in_front(model).map(|run| run.id.clone())
        && let Some(run) = model.runs.get_mut(&id)
    {
        run.frozen_at = None;
    }
    Vec::new()
}

/// The next line with the searched text comes into sight, or the one before.
pub fn match_shown(model: &mut Model, back: bool) -> Vec<Effect> {
    let last = run_in_front(model).map_or(0, |run| view::output::last_top(model, run));
    let Some(run) = searched(model) else { return Vec::new() };
    let wanted = run.search.as_str().to_lowercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let hit = |line: &Vec<u8>| String::from_utf8_lossy(line).to_lowercase().contains(&wanted);
    let top = run.frozen_at.unwrap_or(last);
    let found = if back {
        (0..top).rev().find(|at| run.lines.get(*at).is_some_and(hit))
    } else {
        (top + 1..run.lines.len()).find(|at| run.lines.get(*at).is_some_and(hit))
    };
    match found {
        Some(at) => run.frozen_at = Some(at),
        None => model.say(if back { "No match above" } else { "No match below" }),
    }
    Vec::new()
}

/// The captured runs that wait. Those of this cockpit are in its own list already.
pub fn spool_listed(model: &mut Model, outcome: Result<Vec<Captured>, Error>) -> Vec<Effect> {
    match outcome {
        Ok(spool) => {
            model.runs.settle(&spool);
            model.spool = spool;
            model.spool.retain(|captured| model.runs.get(&captured.run.id).is_none());
        }
        Err(error) => model.complain(sentence(&error)),
    }
    Vec::new()
}

/// Captured text arrived for the pager that waits for it.
pub fn bytes_read(model: &mut Model, read: &BytesOf, outcome: Result<Vec<u8>, Error>) -> Vec<Effect> {
    let Some(Overlay::Pager(pager)) = model.overlays.last_mut() else { return Vec::new() };
    if pager.of != *read {
        return Vec::new();
    }
    match outcome {
        Ok(bytes) => pager.lines = Some(bytes.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect()),
        Err(error) => {
            model.overlays.pop();
            model.complain(sentence(&error));
        }
    }
    Vec::new()
}

/// The captured run that the selected row shows.
#[must_use]
pub fn captured_in_front(model: &Model) -> Option<Captured> {
    match model.selected()? {
        Subject::Spooled(id) => model.spool.iter().find(|captured| captured.run.id == *id).cloned(),
        _ => match &run_in_front(model)?.state {
            RunState::Captured(captured) => Some((**captured).clone()),
            RunState::Waiting(_) | RunState::UnderWay { .. } | RunState::Settled(_) | RunState::Broken(_) => None,
        },
    }
}

/// Asks before a captured run is dropped.
pub fn discard(model: &mut Model, _: &Subject) -> Vec<Effect> {
    let Some(captured) = captured_in_front(model) else { return Vec::new() };
    let failed = !captured.passed();
    let confirm = crate::tui::model::overlay::Confirm {
        title: format!("Discard what {} printed?", captured.proof),
        lines: vec![
            "The captured text is gone then. That it ran, and how it ended, stays in the ledger.".into(),
            if failed { "It did not pass, so whatever it is newer than stays stale.".into() } else { String::new() },
        ],
        yes: "discard".into(),
        then: Effect::Discard(captured.run.id),
    };
    super::overlay(model, Overlay::Confirm(confirm))
}
