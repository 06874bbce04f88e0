//! Runs of proofs: which, together in one row where nothing is lost by it, and after what.

use super::Known;
use super::draft::{Draft, Phase};
use crate::domain::gate::finding::{Finding, inside};
use crate::domain::gate::status::{ActionKind, RequirementStatus};
use crate::domain::ids::ProofId;
use crate::domain::ledger::Outcome;
use crate::domain::plan::{Input, Party, Proof, Requirement};

/// A run that a requirement wants. Put into rows by [`into_rows`].
pub fn wanted(known: &Known<'_, '_>, id: &ProofId, requirement: &Requirement, found: &Finding) -> Draft {
    let proof = known.case.plan.proof(id.as_str());
    let passes =
        known.proofs.iter().any(|state| state.id == *id && state.newest.is_some_and(|(_, outcome)| outcome == Outcome::Passed));
    Draft {
        phase: if proof.is_some_and(|proof| proof.mutating) { Phase::Danger } else { Phase::Run },
        kind: ActionKind::RunProofs(vec![id.clone()]),
        text: String::new(),
        owner: requirement.owner.clone(),
        side: known.case.plan.party_side(&requirement.owner),
        status: found.status,
        command: command(known, id),
        unlocks: vec![requirement.id.clone()],
        asked: None,
        alternative: None,
        changes: if passes { Vec::new() } else { vec![Input::Proof(id.clone())] },
        rests: proof.map(|proof| proof.depends_on.clone()).unwrap_or_default(),
        targets: Vec::new(),
        same: format!("run {id}"),
    }
}

/// What a person types to run it, with a placeholder for whatever it will not do without: the agreement that names the
/// tenant, and the locked file with its secrets, where neither the command nor the room says otherwise.
fn command(known: &Known<'_, '_>, id: &ProofId) -> String {
    let mut out = format!("launchroom run {id} --attach");
    let Some(proof) = known.case.plan.proof(id.as_str()) else { return out };
    let is_own = known.case.room.commands.contains_key(id);
    let needs_file = proof.env.iter().any(|need| need.secret) && !is_own && !proof.command.contains("--env-file");
    if needs_file {
        out.push_str(" --env-file FILE");
    }
    match &proof.confirm {
        Some(_) => out.push_str(" --confirm PHRASE"),
        None if proof.mutating => out.push_str(" --confirm TENANT"),
        None => {}
    }
    out
}

/// Puts runs of a kind into one row each.
pub fn into_rows(known: &Known<'_, '_>, drafts: &mut Vec<Draft>, with_other_stale: bool) {
    let (runs, mut rest): (Vec<Draft>, Vec<Draft>) =
        drafts.drain(..).partition(|draft| matches!(draft.kind, ActionKind::RunProofs(_)));
    let (harmless, dangerous): (Vec<Draft>, Vec<Draft>) = runs.into_iter().partition(|draft| draft.phase == Phase::Run);
    let (again, first): (Vec<Draft>, Vec<Draft>) = harmless.into_iter().partition(|draft| is_again(known, draft));
    rest.extend(row(known, if with_other_stale { also_stale(known, again) } else { again }));
    rest.extend(row(known, first));
    rest.extend(dangerous.into_iter().filter_map(|draft| row(known, vec![draft])));
    *drafts = rest;
}

fn proofs_of<'a>(known: &Known<'_, 'a>, draft: &Draft) -> Vec<&'a Proof> {
    match &draft.kind {
        ActionKind::RunProofs(ids) => ids.iter().filter_map(|id| known.case.plan.proof(id.as_str())).collect(),
        ActionKind::NameOwner(_)
        | ActionKind::FillScope(_)
        | ActionKind::AcceptDependency(_)
        | ActionKind::ProveActivation(_)
        | ActionKind::TickTask(..)
        | ActionKind::Attach(_)
        | ActionKind::Restore(_)
        | ActionKind::Decide(_) => Vec::new(),
    }
}

/// It ran and passed before: running it again is expected to be enough.
fn is_again(_known: &Known<'_, '_>, draft: &Draft) -> bool {
    matches!(draft.status, RequirementStatus::Stale | RequirementStatus::Met)
}

/// Once stale proofs are run at all, the other harmless ones that are stale go along: it is one row either way.
fn also_stale(known: &Known<'_, '_>, mut again: Vec<Draft>) -> Vec<Draft> {
    let Some(first) = again.iter().find(|draft| draft.status == RequirementStatus::Stale).cloned() else { return again };
    for proof in known.case.plan.proofs.iter().filter(|proof| !proof.mutating) {
        let state = known.proofs.iter().find(|state| state.id == proof.id);
        let stale =
            state.and_then(|state| state.last.as_ref()).is_some_and(|last| !last.fresh && last.outcome == Outcome::Passed);
        if stale && !again.iter().any(|draft| draft.same == format!("run {}", proof.id)) {
            again.push(Draft {
                kind: ActionKind::RunProofs(vec![proof.id.clone()]),
                unlocks: Vec::new(),
                changes: Vec::new(),
                rests: proof.depends_on.clone(),
                command: command(known, &proof.id),
                same: format!("run {}", proof.id),
                alternative: None,
                ..first.clone()
            });
        }
    }
    again
}

/// Several runs as one action, those first that others rest on.
fn row(known: &Known<'_, '_>, mut runs: Vec<Draft>) -> Option<Draft> {
    sort(known, &mut runs);
    let proofs: Vec<&Proof> = runs.iter().flat_map(|run| proofs_of(known, run)).collect();
    let mut all = runs.first()?.clone();
    all.kind = ActionKind::RunProofs(proofs.iter().map(|proof| proof.id.clone()).collect());
    let stale = runs.iter().all(|run| run.status == RequirementStatus::Stale);
    all.command = runs.iter().map(|run| run.command.as_str()).collect::<Vec<_>>().join(" && ");
    all.owner = common(&runs, |run| run.owner.clone()).unwrap_or_else(|| operator(known, &all.owner));
    for run in runs.iter().skip(1) {
        all.unlocks.extend(run.unlocks.iter().filter(|id| !all.unlocks.contains(id)).cloned().collect::<Vec<_>>());
        all.changes.extend(run.changes.iter().cloned());
        all.rests.extend(run.rests.iter().cloned());
        all.status = all.status.max(run.status);
        all.alternative = None;
    }
    all.side = known.case.plan.party_side(&all.owner);
    all.text = text(known, &all, &proofs, stale);
    Some(all)
}

fn sort(known: &Known<'_, '_>, runs: &mut Vec<Draft>) {
    let mut sorted: Vec<Draft> = Vec::new();
    while !runs.is_empty() {
        let waits = |run: &Draft| {
            runs.iter()
                .any(|other| proofs_of(known, other).iter().any(|proof| run.rests.contains(&Input::Proof(proof.id.clone()))))
        };
        let free = runs.iter().position(|run| !waits(run)).unwrap_or(0);
        sorted.push(runs.remove(free));
    }
    *runs = sorted;
}

fn common<T: PartialEq>(runs: &[Draft], of: impl Fn(&Draft) -> T) -> Option<T> {
    let first = of(runs.first()?);
    runs.iter().all(|run| of(run) == first).then_some(first)
}

/// Runs of several owners are the operator's, where the plan has one.
fn operator(known: &Known<'_, '_>, otherwise: &Party) -> Party {
    known.case.plan.function("operator").map_or_else(|| otherwise.clone(), |function| Party::Function(function.id.clone()))
}

/// `Re-run 3 stale proofs, ~6 min, read-only`.
fn text(known: &Known<'_, '_>, draft: &Draft, proofs: &[&Proof], stale: bool) -> String {
    let what = match (proofs, draft.status) {
        // Fresh now; what is done before this row ends that.
        ([proof], RequirementStatus::Met) => format!("Run {} again", inside(&proof.title)),
        (several, RequirementStatus::Met) => format!("Run {} proofs again", several.len()),
        ([proof], RequirementStatus::Stale | RequirementStatus::Unverified) => format!("Re-run {}", inside(&proof.title)),
        ([proof], _) if has_run(known, proof) => format!("Fix and re-run {}", inside(&proof.title)),
        ([proof], _) => format!("Run {}", inside(&proof.title)),
        (several, _) if stale => format!("Re-run {} stale proofs", several.len()),
        (several, RequirementStatus::Stale) => format!("Re-run {} proofs", several.len()),
        (several, _) => format!("Run {} proofs", several.len()),
    };
    let took: Option<i64> = proofs
        .iter()
        .map(|proof| known.proofs.iter().find(|state| state.id == proof.id).and_then(|state| state.typical_ms))
        .sum();
    let minutes = took.map(|ms| ((ms + 59_999) / 60_000).max(1)).map(|minutes| format!(", ~{minutes} min")).unwrap_or_default();
    let harm = if draft.phase == Phase::Danger { "changes things outside" } else { "read-only" };
    format!("{what}{minutes}, {harm}")
}

fn has_run(known: &Known<'_, '_>, proof: &Proof) -> bool {
    known.proofs.iter().any(|state| state.id == proof.id && state.last.is_some())
}
