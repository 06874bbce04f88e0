//! Attaching: captured bytes or a reference become evidence. Bytes are on disk before the ledger speaks of them.
//!
//! Whoever attaches may leave out target and class: both follow from the proof, or from the requirement or step it is for.

use super::{
    edit,
    error::{Error, Kind},
    ports::{Captured, Clock, RoomStore, Snapshot},
    seal,
};
use crate::domain::{
    apply,
    change::Change,
    ids::{Digest, ProofId, RunId, StepId, TargetId},
    ledger::{Attached, Check, CheckStatus, Outcome},
    plan::{Class, Need, Plan, Proof},
    redact::{Added, Redactor, suspect_lines, suspects_in},
};
use crate::format::{bundle_json, redact_toml, unpacked};
use std::collections::BTreeMap;

/// Where a record goes. What is `None` follows from the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct How {
    pub target: Option<TargetId>,
    /// A requirement (`gate/slug`), a step or a role.
    pub serves: Option<String>,
    pub class: Option<Class>,
    pub note: Option<String>,
    /// Somebody looked at the strings in it that may be secrets: none is one.
    pub looked: bool,
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
    let mut attached = of_run(captured, &placed, how);
    if attached.outcome == Outcome::Interrupted {
        // Whoever captured it was gone before it could say how many there are.
        attached.suspects += suspects_in(&desk.store.spooled_bytes(run)?);
    }
    let read = format!("launchroom run --show {run}");
    held_back(&attached, &read, &format!("launchroom attach --run {run}"), || desk.store.spooled_bytes(run))?;
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
    seal::taken_in(bytes, &format!("{name} was not taken in"))?;
    let (bytes, found) = redacted(name, bytes, &snapshot.room.redact)?;
    let (outcome, checks, unread, hosts) = match proof {
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
            (verdict(&checks), Some(checks), found.unread, found.hosts)
        }
        None => (Outcome::Passed, None, None, Vec::new()),
    };
    let attached = Attached {
        proof: proof.cloned(),
        outcome,
        digest: Some(Digest::of(&bytes)),
        size: Some(bytes.len() as u64),
        file: Some(name.to_owned()),
        checks,
        unread,
        hosts,
        redactions: found.redactions,
        suspects: found.suspects,
        ..blank(&placed, how)
    };
    held_back(&attached, &format!("open {name}"), "", || Ok(bytes.clone()))?;
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
    seal::taken_in(reference.as_bytes(), "the reference was not taken in")?;
    let (bytes, found) = masked(reference.as_bytes(), &snapshot.room.redact);
    let reference = Some(String::from_utf8_lossy(&bytes).into_owned());
    let (redactions, suspects) = (found.redactions, found.suspects);
    let attached = Attached { reference, redactions, suspects, ..blank(&placed, how) };
    held_back(&attached, "read the reference again", "", || Ok(bytes))?;
    desk.record(attached)
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
        hosts: captured.hosts,
        inputs: captured.inputs,
        redactions: captured.redactions,
        suspects: captured.suspects,
        ..blank(placed, how)
    }
}

/// The rules fill in what it rests on.
fn blank(placed: &Placed, how: &How) -> Attached {
    Attached {
        serves: how.serves.clone(),
        note: how.note.clone().filter(|note| !note.trim().is_empty()),
        looked: how.looked,
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

const HELD_BACK: &str = "it is held back from `public`";

/// What buyers may see has been looked at by a person, where something in it may be a secret that no rule knows. Says how
/// much there is and where, never what.
fn held_back(attached: &Attached, read: &str, again: &str, bytes: impl FnOnce() -> Result<Vec<u8>, Error>) -> Result<(), Error> {
    const NAMED: usize = 8;
    if !attached.is_held_back() {
        return Ok(());
    }
    let lines = suspect_lines(&bytes()?, NAMED + 1);
    let (several, strings) = (attached.suspects > 1, attached.suspects);
    let mut place: Vec<String> = lines.iter().take(NAMED).map(ToString::to_string).collect();
    if lines.len() > NAMED {
        place.push("…".into());
    }
    let place = match lines.len() {
        0 => "in its command, or in a file it wrote".to_owned(),
        1 => format!("line {}", place.join("")),
        _ => format!("lines {}", place.join(", ")),
    };
    let strings = if several { format!("{strings} strings in it look random") } else { "1 string in it looks random".into() };
    let why = format!("{strings} and no rule knows what that is ({place}); a person has to look first");
    let again = if again.is_empty() { "attach it" } else { again };
    Err(Error::new(Kind::Refused, HELD_BACK, why)
        .hint(format!("Look: {read}. If none is a secret: {again}, with --looked. If one is: --class tenant, or take it out")))
}

/// Whether this is why something was not attached: a person who looked may say so.
#[must_use]
pub fn is_held_back(error: &Error) -> bool {
    error.what == HELD_BACK
}

/// Whether a file is no text: what is packed inside it nobody searches.
#[must_use]
pub fn is_opaque(bytes: &[u8]) -> bool {
    bytes.contains(&0) || [b"%PDF-" as &[u8], b"\x1f\x8b", b"PK\x03\x04"].iter().any(|magic| bytes.starts_with(magic))
}

/// Text without its secrets. A file that is no text is kept as it is, for masks would break it, unless a secret can be
/// seen in it or in what is packed inside: then it is not taken at all. Exports treat such files as opaque.
fn redacted(name: &str, bytes: &[u8], added: &[Added]) -> Result<(Vec<u8>, Looked), Error> {
    if !is_opaque(bytes) {
        return Ok(masked(bytes, added));
    }
    // Text in two bytes a character is read without the zeros between; so is what stands between the zeros of anything.
    let legible: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    let split: Vec<u8> = bytes.iter().map(|byte| if *byte == 0 { b'\n' } else { *byte }).collect();
    let mut texts = unpacked::parts(bytes);
    for part in &texts {
        seal::taken_in(part, &format!("{name} was not taken in"))?;
    }
    texts.extend([legible, split]);
    let found: BTreeMap<String, u64> = texts.iter().flat_map(|text| masked(text, added).1.redactions).collect();
    if found.is_empty() {
        return Ok((bytes.to_vec(), Looked::default()));
    }
    let rules = found.into_keys().collect::<Vec<_>>().join(", ");
    let why = format!("it looks like it holds a secret ({rules}), and a file that is not plain text cannot be masked");
    Err(Error::new(Kind::Refused, format!("{name} was not taken in"), why).hint("Take the secret out, or attach it as text"))
}

/// What was found in bytes that were taken in.
#[derive(Default)]
struct Looked {
    redactions: BTreeMap<String, u64>,
    suspects: u64,
}

fn masked(bytes: &[u8], added: &[Added]) -> (Vec<u8>, Looked) {
    let mut redactor = Redactor::new(redact_toml::rules_with(added), &[]);
    let out = redactor.once(bytes);
    let found = Looked { redactions: redactor.counts().clone(), suspects: redactor.suspects() };
    (out, found)
}
