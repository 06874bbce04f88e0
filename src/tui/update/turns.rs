//! Whose turn it is: no more proofs run at once than the settings let, the others wait in the order they were asked for.

use crate::domain::ids::RunId;
use crate::tui::effect::{Effect, FeedOf, RunRequest};
use crate::tui::model::Model;
use crate::tui::model::run::{LiveRun, RunState};
use std::sync::Arc;

/// A run from a sheet that was answered: the order to start it, or nothing while it has to wait.
pub fn begin(model: &mut Model, request: RunRequest) -> (RunId, Option<Effect>) {
    model.numbers.run += 1;
    // Unique among all cockpits on this room: the moment, and a count within it.
    let run: RunId = format!("{}-{}", model.now.as_millisecond(), model.numbers.run).into();
    let mut live = LiveRun::new(run.clone(), request.proof.clone(), model.now);
    live.state = RunState::Waiting(Box::new(request));
    model.runs.add(live);
    (run, next(model))
}

/// The order to start whoever has waited longest, when there is room for one more.
pub fn next(model: &mut Model) -> Option<Effect> {
    if model.runs.under_way() >= model.proofs_at_once {
        return None;
    }
    let now = model.now;
    let live = model.runs.iter_mut().find(|run| run.is_waiting())?;
    let RunState::Waiting(request) = std::mem::replace(&mut live.state, RunState::UnderWay { stopping: false }) else {
        return None;
    };
    (live.started, live.heard) = (now, now);
    Some(Effect::StartRun { run: live.id.clone(), request, feed: FeedOf(Arc::clone(&live.feed)) })
}

/// Takes a run off that still waits; whether it did.
pub fn leave(model: &mut Model, run: &RunId) -> bool {
    let waits = model.runs.get(run).is_some_and(LiveRun::is_waiting);
    if waits {
        model.runs.remove(run);
        model.batch.take_if(|batch| batch.current == *run);
    }
    waits
}
