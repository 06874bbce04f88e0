//! Attaching and taking back: what may serve what, at which target, in which class.

use super::{entry, inputs_of_run, readable, unknown};
use crate::domain::change::{Applied, Refused};
use crate::domain::ids::TargetId;
use crate::domain::ledger::replay::History;
use crate::domain::ledger::{Attached, Body, Ledger, Withdrawn};
use crate::domain::plan::{Class, Need, Plan, Proof, Requirement};
use crate::domain::room::Room;

pub fn attach(plan: &Plan, room: &Room, ledger: &Ledger, attached: &Attached) -> Result<Applied, Refused> {
    let mut record = attached.clone();
    let target = plan.target(record.target.as_str());
    let target = target.ok_or_else(|| unknown("target", &record.target, plan.targets.iter().map(|target| &target.id)))?;
    let proof = match &record.proof {
        Some(id) => Some(plan.proof(id.as_str()).ok_or_else(|| unknown("proof", id, plan.proofs.iter().map(|proof| &proof.id)))?),
        None => None,
    };
    let serves = match record.serves.take() {
        Some(id) => Some(served(plan, proof, &record.target, &id)?),
        None => None,
    };
    if let Some(proof) = proof
        && !proof.targets.is_empty()
        && !proof.targets.contains(&record.target)
        && serves.is_none()
    {
        let may: Vec<&str> = proof.targets.iter().map(TargetId::as_str).collect();
        let why = format!("{} does not attach to {}. It attaches to: {}.", proof.id, record.target, may.join(", "));
        return Err(Refused::new("evidence.target-not-for-proof", why));
    }
    let lowest = proof.map_or(target.class, |proof| proof.class);
    if record.class < lowest {
        let what = proof.map_or_else(|| format!("Target {}", target.id), |proof| format!("Proof {}", proof.id));
        let why = format!(
            "{what} is {}, so its evidence cannot be {}. A class can be raised, never lowered.",
            lowest.as_str(),
            record.class.as_str()
        );
        return Err(Refused::new("evidence.class-too-low", why));
    }
    if record.is_held_back() {
        let strings = if record.suspects == 1 { "string looks" } else { "strings look" };
        let why = format!(
            "{} {strings} random in it, and no rule knows what that is. It is held back from `public` until a person looked.",
            record.suspects
        );
        return Err(Refused::new("evidence.suspects", why));
    }
    if record.is_stated() {
        reference(plan, &mut record, serves.as_deref())?;
    } else if record.digest.is_none() {
        let why = "Evidence is captured bytes, and there are none here. Attach a file, or state a reference.";
        return Err(Refused::new("evidence.no-bytes", why));
    }
    record.serves = serves;
    // Where nothing stands out, nobody has to have looked.
    record.looked &= record.suspects > 0;
    if let Some(earlier) = same(ledger, &record) {
        let why = format!("This is attached already, as #{earlier}. Withdraw that one first to attach it anew.");
        return Err(Refused::new("evidence.already-attached", why));
    }
    if let Some(proof) = proof {
        record.inputs = inputs_of_run(plan, room, ledger, proof, &record);
    }
    if record.class == Class::Locked && record.digest.is_some() {
        record.holder = record.holder.or_else(|| ledger.holder.clone());
    }
    Ok(entry(Body::Attached(Box::new(record))))
}

/// What a record serves, as the ledger names it: a requirement that wants a document, a step, or a role. Meaning a step
/// by the requirement that asks for it will do.
fn served(plan: &Plan, proof: Option<&Proof>, target: &TargetId, id: &str) -> Result<String, Refused> {
    if plan.role(id).is_some() {
        return Ok(id.to_owned());
    }
    if let Some(step) = plan.step(id) {
        return fits(id, &step.targets, target).map(|()| id.to_owned());
    }
    let Some(requirement) = plan.requirement(id) else {
        let steps = plan.steps.iter().map(|step| step.id.as_str());
        let documents = plan.requirements().filter(|r| r.need.is_document()).map(|r| r.id.as_str());
        let known: Vec<&str> = documents.chain(steps).collect();
        let why = format!("Nothing is called `{id}`. Evidence may serve: {}, or a role.", known.join(", "));
        return Err(Refused::new("unknown.requirement", why));
    };
    if let Need::Step(step) = &requirement.need {
        return served(plan, proof, target, step.as_str());
    }
    let mut targets = Vec::new();
    if documents(&requirement.need, &mut targets) {
        return fits(id, &targets, target).map(|()| id.to_owned());
    }
    match (&requirement.need, proof) {
        (Need::Proof(wanted), Some(proof)) if *wanted == proof.id => Ok(id.to_owned()),
        _ => Err(Refused::new("evidence.serves-nothing", met_otherwise(requirement))),
    }
}

/// Collects where the documents of a need may attach; `false` when it wants none.
fn documents(need: &Need, targets: &mut Vec<TargetId>) -> bool {
    match need {
        Need::Evidence { targets: these, .. } => {
            targets.extend(these.iter().cloned());
            true
        }
        // Every one is asked, not only the first that wants a document.
        Need::Any(needs) => needs.iter().filter(|need| documents(need, targets)).count() > 0,
        Need::Roles
        | Need::Scope(_)
        | Need::Step(_)
        | Need::Proof(_)
        | Need::Dependencies(_)
        | Need::Activation(_)
        | Need::Decision
        | Need::Gate(_) => false,
    }
}

fn fits(id: &str, targets: &[TargetId], target: &TargetId) -> Result<(), Refused> {
    if targets.is_empty() || targets.contains(target) {
        return Ok(());
    }
    let may: Vec<&str> = targets.iter().map(TargetId::as_str).collect();
    let why = format!("Evidence for {id} does not attach to {target}. It attaches to: {}.", may.join(", "));
    Err(Refused::new("evidence.target-not-for-requirement", why))
}

fn met_otherwise(requirement: &Requirement) -> String {
    let id = &requirement.id;
    let how = match &requirement.need {
        Need::Proof(proof) => format!("by an attached run: launchroom run {proof} --attach"),
        Need::Roles => "by names: launchroom assign ROLE --name N".to_owned(),
        Need::Scope(_) => "by filled fields: launchroom set FIELD VALUE".to_owned(),
        Need::Dependencies(_) => "by acceptance: launchroom dependency accept DEP".to_owned(),
        Need::Activation(_) => "by proven groups: launchroom activation set GROUP proven".to_owned(),
        Need::Decision => "by a decision".to_owned(),
        Need::Gate(gate) => format!("by a clear gate: launchroom why {gate}"),
        Need::Step(_) | Need::Evidence { .. } | Need::Any(_) => requirement.remedy.clone(),
    };
    format!("A file or reference does not meet {id}. It is met {how}.")
}

/// A reference states where a document stands. It shows no run and closes no step.
fn reference(plan: &Plan, record: &mut Attached, serves: Option<&str>) -> Result<(), Refused> {
    let document =
        |id: &str| plan.role(id).is_some() || plan.requirement(id).is_some_and(|requirement| requirement.need.is_document());
    if record.proof.is_some() || !serves.is_some_and(document) {
        let why = "A reference satisfies document requirements only. Name one with --meets, or attach a file.";
        return Err(Refused::new("evidence.reference-for-documents-only", why));
    }
    record.reference = Some(readable("reference", record.reference.as_deref().unwrap_or_default(), "evidence.blank-reference")?);
    (record.digest, record.size, record.run, record.checks) = (None, None, None, None);
    Ok(())
}

/// The standing record of the very same thing at the same place.
fn same(ledger: &Ledger, record: &Attached) -> Option<u64> {
    let history = History::of(ledger);
    let run = record.run.as_ref().map(|run| &run.id);
    let same = history.records().iter().rev().find(|other| {
        let there = other.attached;
        other.withdrawn.is_none()
            && (&there.proof, &there.serves, &there.target, there.outcome)
                == (&record.proof, &record.serves, &record.target, record.outcome)
            && there.run.as_ref().map(|run| &run.id) == run
            && (&there.digest, &there.reference) == (&record.digest, &record.reference)
    });
    same.map(|other| other.seq)
}

pub fn withdraw(ledger: &Ledger, evidence: u64, why: &str) -> Result<Applied, Refused> {
    let history = History::of(ledger);
    let Some(record) = history.record(evidence) else {
        let why = format!("Entry #{evidence} is no evidence. `launchroom evidence list` shows what is.");
        return Err(Refused::new("unknown.evidence", why));
    };
    if let Some(seq) = record.withdrawn {
        return Err(Refused::new("evidence.already-withdrawn", format!("#{evidence} was withdrawn already, by entry #{seq}.")));
    }
    let why = readable("reason", why, "evidence.withdrawn-without-reason")?;
    Ok(entry(Body::Withdrawn(Withdrawn { evidence, why })))
}
