//! Running a proof: what will run and with what (the run sheet), then the run itself.
//!
//! Each run that ends leaves a `run.finished` line before anybody hears of it, so that no failed run can be forgotten.

pub mod again;
pub mod batch;
pub mod command;
pub mod placeholder;
mod sheet;
mod values;

pub use sheet::{EnvLine, Given, RunSheet, is_agreed};

use super::{
    edit,
    error::{Error, Kind},
    ports::{Captured, Clock, RoomStore, RunEvent, RunHandle, RunOrder, Runner, Snapshot, TrustStore},
};
use crate::domain::{
    canary,
    change::Change,
    gate,
    ids::{ProofId, RunId},
    ledger::{Body, CheckStatus, RunFinished},
};
use command::part;
use placeholder::{is_placeholder, placeholder};
use sheet::{Prepared, prepare};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

/// Which proof, and with what.
#[derive(Clone, Default)]
pub struct Wanted {
    pub proof: Option<ProofId>,
    /// Our own environment.
    pub environment: BTreeMap<String, String>,
    /// Values a person typed for this run.
    pub typed: Vec<(String, String)>,
    /// A locked env file.
    pub env_file: Option<PathBuf>,
    /// Names handed on besides the declared ones.
    pub pass_env: Vec<String>,
    /// Words added to the command.
    pub extra: Vec<String>,
    /// What a person typed where a phrase is asked for.
    pub confirmation: Option<String>,
    /// Instead of the plan's.
    pub timeout: Option<Duration>,
    /// A person agrees to run a command of the room file, or of a plan file, in this form.
    pub agree: bool,
    /// The source of the sheet that a person looked at: another command is not run in its place.
    pub source: Option<String>,
}

/// What a run needs of the world outside.
#[derive(Clone)]
pub struct Means {
    pub store: Arc<dyn RoomStore>,
    pub clock: Arc<dyn Clock>,
    pub runner: Arc<dyn Runner>,
    pub trust: Arc<dyn TrustStore>,
    /// Who runs it.
    pub by: String,
}

/// Whether somebody has to put a value into a command before it can run as it is written.
#[must_use]
pub fn has_placeholder(command: &str) -> bool {
    let parted = part(command);
    placeholder(&parted.command).is_some() || parted.before.iter().any(|(_, value)| is_placeholder(value))
}

/// What would run, and whether it may.
///
/// # Errors
/// `Usage` for a proof the plan does not have; `Refused` for an env file that is not locked; what loading the room says.
pub fn sheet(means: &Means, wanted: &Wanted) -> Result<RunSheet, Error> {
    let snapshot = means.store.load()?;
    Ok(prepare(means, &snapshot, wanted)?.sheet)
}

/// Starts a run. `events` hears of it from another thread; before `Ended` is told, the run is in the ledger.
///
/// # Errors
/// `Refused` with the reasons of the sheet; `Storage` when the run could not be captured.
pub fn start(
    means: &Means,
    wanted: &Wanted,
    id: RunId,
    events: Box<dyn Fn(RunEvent) + Send + Sync>,
) -> Result<Box<dyn RunHandle>, Error> {
    let snapshot = means.store.load()?;
    let Prepared { sheet, mut env, command, mut secrets, bundle } = prepare(means, &snapshot, wanted)?;
    if !sheet.refused.is_empty() {
        return Err(not_run(&sheet, &snapshot));
    }
    // A store that cannot be written says so here, before anything runs or is remembered.
    let spool = means.store.spool_dir()?;
    if let Some(text) = &sheet.asked {
        means.trust.trust(&means.store.identity(), &sheet.proof, text)?;
    }
    // As it is now: what changes while the command runs, it may not have seen.
    let proof = snapshot.plan.proof(sheet.proof.as_str());
    let inputs = proof.map(|proof| gate::inputs_of(&snapshot.plan, &snapshot.room, &snapshot.ledger, proof)).unwrap_or_default();
    // Nobody needs it: where it turns up, something handed on what it was given.
    let canary = canary::of(&id);
    env.insert(canary::NAME.into(), canary.expose().to_owned());
    secrets.push(canary);
    let order = RunOrder {
        id,
        proof: sheet.proof.clone(),
        command,
        shown: sheet.command,
        class: sheet.class,
        workdir: means.store.workdir(),
        env: env.into_iter().collect(),
        secrets,
        redact: snapshot.room.redact.clone(),
        host: sheet.host,
        timeout: sheet.timeout,
        outputs: sheet.outputs,
        bundle,
        inputs,
        spool,
    };
    let (runner, means) = (Arc::clone(&means.runner), means.clone());
    runner.start(order, Box::new(move |event| events(recorded(&means, event))))
}

/// Why it was not run, and what to do.
fn not_run(sheet: &RunSheet, snapshot: &Snapshot) -> Error {
    let error = Error::new(Kind::Refused, format!("{} was not run", sheet.proof), sheet.refused.join("\n"));
    let wants_a_phrase = sheet.refused.iter().any(|why| why.contains("phrase"));
    if sheet.trusted && sheet.question.is_some() && sheet.confirm.is_none() {
        error.hint(format!("Read the command, then agree for this tenant: --confirm {}", snapshot.room.tenant.id))
    } else if !sheet.trusted {
        error.hint("Read the command, then run it with --trust")
    } else if wants_a_phrase {
        error.hint("Type the phrase, or give it with --confirm")
    } else if sheet.missing().next().is_some() {
        error.hint("Set it in the environment, or name a locked file with --env-file")
    } else {
        error
    }
}

/// The end of a run is in the ledger before anybody hears of it.
fn recorded(means: &Means, event: RunEvent) -> RunEvent {
    match event {
        RunEvent::Ended(Ok(mut captured)) => {
            if captured.redactions.contains_key(canary::RULE) {
                captured.notes.push("it printed the leak canary: it prints what it is given, so look at what else".into());
            }
            match record(means, &captured) {
                Ok(snapshot) => captured.notes.extend(snapshot.notices),
                Err(error) => captured.notes.push(format!("the end of this run is not in the ledger: {error}")),
            }
            RunEvent::Ended(Ok(captured))
        }
        RunEvent::Ended(Err(why)) => {
            // What could not be kept whole is in the spool as interrupted; that it ended must not be forgotten.
            let told = record_interrupted(means).map(drop);
            RunEvent::Ended(Err(match told {
                Ok(()) => why,
                Err(error) => format!("{why}; the end of this run is not in the ledger: {error}"),
            }))
        }
        other => other,
    }
}

/// Puts runs into the ledger whose cockpit went away before they ended. Returns how many that were, and what the store
/// did by itself meanwhile.
///
/// # Errors
/// As the store says.
pub fn record_interrupted(means: &Means) -> Result<(usize, Vec<String>), Error> {
    let known: BTreeSet<RunId> = means
        .store
        .load()?
        .ledger
        .entries
        .iter()
        .filter_map(|entry| match &entry.body {
            Body::RunFinished(run) => Some(run.run.id.clone()),
            _ => None,
        })
        .collect();
    let left: Vec<_> = means.store.spooled()?.into_iter().filter(|captured| !known.contains(&captured.run.id)).collect();
    let mut notices = Vec::new();
    for captured in &left {
        notices.extend(record(means, captured)?.notices);
    }
    Ok((left.len(), notices))
}

fn record(means: &Means, captured: &Captured) -> Result<Snapshot, Error> {
    let failing = captured.checks.iter().flatten().filter(|check| check.status == CheckStatus::Failed);
    let finished = RunFinished {
        proof: captured.proof.clone(),
        outcome: captured.outcome,
        run: captured.run.clone(),
        digest: Some(captured.digest),
        inputs: captured.inputs.clone(),
        failing: failing.map(|check| check.id.clone()).collect(),
    };
    edit::edit(&*means.store, &means.by, means.clock.now(), &Change::FinishRun(Box::new(finished)))
}
