//! Attaching: captured bytes or a reference become evidence. Bytes are on disk before the ledger speaks of them.
//!
//! Whoever attaches may leave out target and class: both follow from the proof, or from the requirement or step it is for.

use super::{
    edit,
    error::{Error, Kind},
    ports::{Captured, Clock, RoomStore, Snapshot},
};
use crate::domain::{
    apply,
    change::Change,
    ids::{Digest, ProofId, RunId, StepId, TargetId},
    ledger::{Attached, Check, CheckStatus, Outcome},
    plan::{Class, Need, Plan, Proof},
    redact::{Added, Redactor},
};
use crate::format::{bundle_json, redact_toml};
use std::collections::BTreeMap;

/// Where a record goes. What is `None` follows from the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct How {
    pub target: Option<TargetId>,
    /// A requirement (`gate/slug`), a step or a role.
    pub serves: Option<String>,
    pub class: Option<Class>,
    pub note: Option<String>,
}

/// Target and class as they come out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    pub target: TargetId,
    pub class: Class,
}

/// Who attaches, to what.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    pub store: &'a dyn RoomStore,
    pub clock: &'a dyn Clock,
    pub by: &'a str,
}

impl Desk<'_> {
    fn record(&self, mut attached: Attached) -> Result<Snapshot, Error> {
        if attached.class == Class::Locked && attached.digest.is_some() {
            // Locked bytes stay on this machine; the record says which one that is.
            attached.holder = Some(self.store.holder()?);
        }
        edit::edit(self.store, self.by, self.clock.now(), &Change::AttachEvidence(Box::new(attached)))
    }
}

/// Attaches a captured run.
///
/// # Errors
/// `Usage` for a run that is not captured, or a target that has to be named; what the rules refuse; what the store says.
pub fn attach_run(desk: Desk<'_>, run: &RunId, how: &How) -> Result<Snapshot, Error> {
    let snapshot = desk.store.load()?;
    let captured = desk.store.spooled()?.into_iter().find(|captured| captured.run.id == *run).ok_or_else(|| {
        Error::new(
            Kind::Usage,
            format!("there is no captured run {run}"),
            "it was attached or discarded, or it is still under way",
        )
        .hint("launchroom proofs lists what is captured")
    })?;
    let placed = place(&snapshot.plan, Some(&captured.proof), Some(captured.class), how)?;
    let attached = of_run(captured, &placed, how);
    allowed(desk, &snapshot, &attached)?;
    desk.store.keep_spooled(run, placed.class)?;
    let snapshot = desk.record(attached)?;
    // The ledger has it; what stays in the spool is a copy that nobody lists.
    let _ = desk.store.discard(run);
    Ok(snapshot)
}

/// Attaches the bytes of a file. Text is redacted first; with a proof, the file has to be a bundle, because no exit
/// status speaks for it.
///
/// # Errors
/// `Usage` for a target that has to be named; what the rules refuse; what the store says.
pub fn attach_file(desk: Desk<'_>, name: &str, bytes: &[u8], proof: Option<&ProofId>, how: &How) -> Result<Snapshot, Error> {
    let snapshot = desk.store.load()?;
    let placed = place(&snapshot.plan, proof, None, how)?;
    if bytes.trim_ascii().is_empty() {
        let why = "it holds nothing, so it shows nothing";
        return Err(Error::new(Kind::Refused, format!("{name} was not taken in"), why).hint("see that it was written to its end"));
    }
    let (bytes, redactions) = redacted(name, bytes, &snapshot.room.redact)?;
    let (outcome, checks, unread) = match proof {
        Some(proof) => {
            let found = bundle_json::read(&bytes, &[], true);
            let checks = found.checks.ok_or_else(|| {
                Error::new(
                    Kind::Refused,
                    format!("{name} does not show how {proof} ended"),
                    "it has no checks in it, and no exit status speaks for it",
                )
                .hint(format!("launchroom run {proof} --attach"))
            })?;
            (verdict(&checks), Some(checks), found.unread)
        }
        None => (Outcome::Passed, None, None),
    };
    let attached = Attached {
        proof: proof.cloned(),
        outcome,
        digest: Some(Digest::of(&bytes)),
        size: Some(bytes.len() as u64),
        file: Some(name.to_owned()),
        checks,
        unread,
        redactions,
        ..blank(&placed, how)
    };
    allowed(desk, &snapshot, &attached)?;
    desk.store.keep(placed.class, &bytes)?;
    desk.record(attached)
}

/// States where a document stands. Nothing is captured.
///
/// # Errors
/// `Usage` for a target that has to be named; what the rules refuse; what the store says.
pub fn attach_reference(desk: Desk<'_>, reference: &str, how: &How) -> Result<Snapshot, Error> {
    let snapshot = desk.store.load()?;
    let placed = place(&snapshot.plan, None, None, how)?;
    let (reference, redactions) = masked(reference.as_bytes(), &snapshot.room.redact);
    let reference = Some(String::from_utf8_lossy(&reference).into_owned());
    desk.record(Attached { reference, redactions, ..blank(&placed, how) })
}

/// Takes a record back. It stays in the ledger and no longer counts.
///
/// # Errors
/// What the rules refuse; what the store says.
pub fn withdraw(desk: Desk<'_>, evidence: u64, why: &str) -> Result<Snapshot, Error> {
    edit::edit(desk.store, desk.by, desk.clock.now(), &Change::WithdrawEvidence { evidence, why: why.to_owned() })
}

/// Where a record goes and who may see it: what was said, or else what the plan says. A class is never lowered.
///
/// # Errors
/// `Usage` for an unknown name, or when several targets fit and none was named.
pub fn place(plan: &Plan, proof: Option<&ProofId>, lowest: Option<Class>, how: &How) -> Result<Placed, Error> {
    let proof = match proof {
        Some(id) => Some(
            plan.proof(id.as_str())
                .ok_or_else(|| Error::new(Kind::Usage, format!("there is no proof `{id}`"), "launchroom proofs lists them"))?,
        ),
        None => None,
    };
    let target = match &how.target {
        Some(target) => target.clone(),
        None => default_target(plan, proof, how.serves.as_deref())?,
    };
    let usual = plan.target(target.as_str()).map(|target| target.class);
    let floor = lowest.into_iter().chain(proof.map(|proof| proof.class)).max();
    // The rules refuse a class below the proof's or target's; what is locked by how it was run, they cannot know.
    let class = how.class.or(floor).or(usual).unwrap_or(Class::Locked);
    if let Some(lowest) = lowest.filter(|lowest| class < *lowest) {
        let why = format!("this run is {}: its class can be raised, never lowered", lowest.as_str());
        return Err(Error::new(Kind::Refused, format!("it is not attached as {}", class.as_str()), why));
    }
    Ok(Placed { target, class })
}

fn default_target(plan: &Plan, proof: Option<&Proof>, serves: Option<&str>) -> Result<TargetId, Error> {
    let mut fitting: Vec<TargetId> = Vec::new();
    if let Some(serves) = serves {
        if let Some(step) = plan.step(serves) {
            fitting.clone_from(&step.targets);
        } else if let Some(requirement) = plan.requirement(serves) {
            collect(plan, &requirement.need, &mut fitting);
        }
    }
    let of_proof = proof.map_or(&[][..], |proof| &proof.targets);
    // With a proof its own order decides, within what fits.
    if let Some(first) = of_proof.iter().find(|target| fitting.is_empty() || fitting.contains(target)) {
        return Ok(first.clone());
    }
    let mut seen = std::collections::BTreeSet::new();
    fitting.retain(|target| seen.insert(target.clone()));
    match fitting.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Error::new(Kind::Usage, "it is not said where this attaches", "nothing here leads to one target")
            .hint(format!("Name one with --target: {}", listed(plan.targets.iter().map(|target| &target.id))))),
        several => Err(Error::new(Kind::Usage, "it is not said where this attaches", "several targets fit")
            .hint(format!("Name one with --target: {}", listed(several.iter())))),
    }
}

fn collect(plan: &Plan, need: &Need, into: &mut Vec<TargetId>) {
    let step = |id: &StepId| plan.step(id.as_str()).map(|step| step.targets.clone()).unwrap_or_default();
    match need {
        Need::Evidence { targets, .. } => into.extend(targets.iter().cloned()),
        Need::Step(id) => into.extend(step(id)),
        Need::Proof(id) => into.extend(plan.proof(id.as_str()).and_then(|proof| proof.targets.first().cloned())),
        Need::Any(needs) => needs.iter().for_each(|need| collect(plan, need, into)),
        Need::Roles | Need::Scope(_) | Need::Dependencies(_) | Need::Activation(_) | Need::Decision | Need::Gate(_) => {}
    }
}

fn listed<'a>(targets: impl Iterator<Item = &'a TargetId>) -> String {
    targets.map(TargetId::as_str).collect::<Vec<_>>().join(", ")
}

fn of_run(captured: Captured, placed: &Placed, how: &How) -> Attached {
    Attached {
        proof: Some(captured.proof),
        outcome: captured.outcome,
        run: Some(captured.run),
        digest: Some(captured.digest),
        size: Some(captured.size),
        outputs: captured.outputs,
        checks: captured.checks,
        unread: captured.unread,
        inputs: captured.inputs,
        redactions: captured.redactions,
        ..blank(placed, how)
    }
}

/// The rules fill in what it rests on.
fn blank(placed: &Placed, how: &How) -> Attached {
    Attached {
        serves: how.serves.clone(),
        note: how.note.clone().filter(|note| !note.trim().is_empty()),
        ..Attached::at(placed.target.clone(), placed.class, Outcome::Reference)
    }
}

/// A bundle without a run never passed: nobody saw how the command ended. It failed when a check in it did, or when it
/// tested nothing; otherwise somebody states that it ran.
fn verdict(checks: &[Check]) -> Outcome {
    let any = |status| checks.iter().any(|check| check.status == status);
    if any(CheckStatus::Passed) && !any(CheckStatus::Failed) { Outcome::Reference } else { Outcome::Failed }
}

/// What the rules will refuse is refused before any byte is kept: nothing may lie here that no record speaks of.
fn allowed(desk: Desk<'_>, snapshot: &Snapshot, attached: &Attached) -> Result<(), Error> {
    let change = Change::AttachEvidence(Box::new(attached.clone()));
    let ruled = apply::apply(&snapshot.plan, &snapshot.room, &snapshot.ledger, &change, desk.clock.now());
    ruled.map(drop).map_err(Error::from)
}

/// Whether a file is no text: what is packed inside it nobody searches.
#[must_use]
pub fn is_opaque(bytes: &[u8]) -> bool {
    bytes.contains(&0) || bytes.starts_with(b"%PDF-")
}

/// Text without its secrets. A file that is no text is kept as it is, for masks would break it, unless a secret can be
/// seen in it: then it is not taken at all. What is packed inside nobody sees; exports treat such files as opaque.
fn redacted(name: &str, bytes: &[u8], added: &[Added]) -> Result<(Vec<u8>, BTreeMap<String, u64>), Error> {
    if !is_opaque(bytes) {
        return Ok(masked(bytes, added));
    }
    // Text in two bytes a character is read without the zeros between; so is what stands between the zeros of anything.
    let legible: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    let split: Vec<u8> = bytes.iter().map(|byte| if *byte == 0 { b'\n' } else { *byte }).collect();
    let found: BTreeMap<String, u64> = [legible, split].iter().flat_map(|text| masked(text, added).1).collect();
    if found.is_empty() {
        return Ok((bytes.to_vec(), BTreeMap::new()));
    }
    let rules = found.into_keys().collect::<Vec<_>>().join(", ");
    let why = format!("it looks like it holds a secret ({rules}), and a file that is not plain text cannot be masked");
    Err(Error::new(Kind::Refused, format!("{name} was not taken in"), why).hint("Take the secret out, or attach it as text"))
}

fn masked(bytes: &[u8], added: &[Added]) -> (Vec<u8>, BTreeMap<String, u64>) {
    let mut redactor = Redactor::new(redact_toml::rules_with(added), &[]);
    let out = redactor.once(bytes);
    (out, redactor.counts().clone())
}
