//! Several proofs that only read, one after another in the order they rest on each other, from one sheet.

use super::{forms, room::sentence, runs, turns};
use crate::app::error::Error;
use crate::app::prove::batch;
use crate::domain::ids::{ProofId, RunId};
use crate::present::words;
use crate::tui::effect::{Effect, How, RunRequest};
use crate::tui::model::form::{Form, Purpose};
use crate::tui::model::run::{Batch, LiveRun};
use crate::tui::model::{Model, Overlay};
use crate::tui::msg::Sheet;
use jiff::SignedDuration;

/// `r` on a row of several: asks for the sheet of each.
pub fn sheet(model: &mut Model, proofs: &[ProofId]) -> Vec<Effect> {
    if model.batch.is_some() {
        model.say("Several proofs run one after another already; stop them first, or wait");
        return Vec::new();
    }
    let Some(facts) = model.facts() else { return Vec::new() };
    let reads = |id: &&ProofId| facts.plan.proof(id.as_str()).is_some_and(|proof| !proof.mutating);
    let runs: Vec<ProofId> = proofs.iter().filter(reads).cloned().collect();
    if let Some(busy) = runs.iter().find(|id| model.runs.of(id).is_some_and(LiveRun::is_open)) {
        model.say(format!("{busy} is running; stop it first, or wait"));
        return Vec::new();
    }
    vec![Effect::PrepareBatch(runs)]
}

/// The sheets are known: one page for all of them.
pub fn ready(model: &mut Model, proofs: &[ProofId], outcome: Result<Vec<Sheet>, Error>) -> Vec<Effect> {
    let sheets = match outcome {
        Ok(sheets) => sheets,
        Err(error) => {
            model.complain(sentence(&error));
            return Vec::new();
        }
    };
    let (Some(facts), Some(opened)) = (model.facts(), &model.opened) else { return Vec::new() };
    let took: Option<i64> = proofs
        .iter()
        .map(|id| facts.readiness.proofs.iter().find(|state| state.id == *id).and_then(|state| state.typical_ms))
        .sum();
    let took = took.map(|ms| format!(", about {}", words::duration(SignedDuration::from_millis(ms)))).unwrap_or_default();
    let mut form = Form::new(Purpose::Batch(proofs.to_vec()), format!("Run {} proofs?", proofs.len()), "run")
        .fact("Together", format!("read-only{took}; one after another, and no further than the first that does not pass"));
    for (at, sheet) in (1..).zip(&sheets) {
        form = form.fact(&format!("{at} of {}", sheets.len()), format!("{}: {}", sheet.title, fact(sheet, "Command")));
        if !fact(sheet, "New here").is_empty() {
            form = form.fact("", "new here: the room file brings this command; running it says you trust it");
        }
        for (name, _) in &sheet.missing {
            form = form.fact("", format!("{name} is not set: run this one by itself, where it can be typed"));
        }
    }
    for left in batch::stale(opened, None).left {
        let title = facts.plan.proof(left.as_str()).map_or(left.as_str(), |proof| &proof.title);
        form = form.fact("Not run", format!("{title}: stale, too, but it changes something outside"));
    }
    form.sources = sheets.into_iter().map(|sheet| sheet.source).collect();
    forms::show(model, form)
}

fn fact<'a>(sheet: &'a Sheet, wanted: &str) -> &'a str {
    sheet.facts.iter().find(|(label, _)| label == wanted).map_or("", |(_, text)| text)
}

/// The sheet was answered: the first one starts.
pub fn start(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Form(form)) = model.overlays.last() else { return Vec::new() };
    let Purpose::Batch(proofs) = form.purpose.clone() else { return Vec::new() };
    let total = proofs.len();
    let mut left: std::collections::VecDeque<_> = proofs.into_iter().zip(form.sources.clone()).collect();
    let Some(first) = left.pop_front() else { return Vec::new() };
    let (current, effect) = turns::begin(model, request(first));
    model.batch = Some(Batch { current, left, at: 1, total });
    runs::waits_or_starts(model, effect)
}

fn request((proof, source): (ProofId, String)) -> RunRequest {
    RunRequest { proof, typed: Vec::new(), env_file: None, confirmation: None, source, how: How::Plain }
}

/// One of them ended: the next one starts, or the batch is over. Says which.
pub fn ended(model: &mut Model, run: &RunId, proof: &str, passed: bool, told: &str) -> Option<Effect> {
    let mut batch = model.batch.take_if(|batch| batch.current == *run)?;
    let (at, total) = (batch.at, batch.total);
    let attach = model.keymap.hint("evidence.attach");
    match batch.left.pop_front() {
        Some(next) if passed => {
            model.say(format!("{at} of {total}: {proof} passed; now {}", next.0));
            let (current, effect) = turns::begin(model, request(next));
            model.batch = Some(Batch { current, at: at + 1, ..batch });
            effect
        }
        Some(next) => {
            let rest: Vec<&str> = std::iter::once(&next).chain(&batch.left).map(|(proof, _)| proof.as_str()).collect();
            model.complain(format!("{at} of {total}: {proof} {told}. Not run: {}", rest.join(", ")));
            None
        }
        None if passed => {
            model.say(format!("All {total} passed, and none is attached yet; {attach} attaches one"));
            None
        }
        None => {
            model.complain(format!("{at} of {total}: {proof} {told}"));
            None
        }
    }
}
