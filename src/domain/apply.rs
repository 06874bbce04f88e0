//! What a change comes to: edits of the room file and entries of the ledger, or a refusal with its reason. Pure.

mod decision;
mod evidence;
mod exclusion;
mod room;

use super::change::{Applied, Change, Refused};
use super::ids::{FunctionId, GroupId, RoleId, StepId};
use super::ledger::replay::History;
use super::ledger::{Ask, Attached, Body, Inputs, Ledger, RunFinished};
use super::plan::Plan;
use super::room::Room;
use jiff::Timestamp;

/// What a change comes to. One that would change nothing answers an empty [`Applied`].
///
/// # Errors
/// A rule that forbids it, by its stable name, with what to do about it. Nothing is changed then.
pub fn apply(plan: &Plan, room: &Room, ledger: &Ledger, change: &Change, now: Timestamp) -> Result<Applied, Refused> {
    match change {
        Change::SetOwner { .. }
        | Change::ClearOwner { .. }
        | Change::SetFunction { .. }
        | Change::SetScope { .. }
        | Change::SetTask { .. }
        | Change::SetActivation { .. }
        | Change::SetDependency { .. }
        | Change::Restore { .. } => room::apply(plan, room, ledger, change),
        Change::AttachEvidence(attached) => evidence::attach(plan, room, ledger, attached),
        Change::WithdrawEvidence { evidence, why } => evidence::withdraw(ledger, *evidence, why),
        Change::SignExclusion { covers, wording, signed_by, approved_by, from, until, reference } => {
            let (from, until) = (*from, *until);
            let (approved_by, reference) = (approved_by.as_deref(), reference.as_deref());
            let wanted = exclusion::Wanted { covers, wording, signed_by, approved_by, from, until, reference };
            exclusion::sign(plan, room, ledger, &wanted, now)
        }
        Change::RevokeExclusion { exclusion, why } => exclusion::revoke(ledger, exclusion, why),
        Change::RecordDecision { .. } => decision::record(plan, room, ledger, change, now),
        Change::FinishRun(run) => finish(plan, room, ledger, run),
        Change::Ask(ask) => Ok(entry(Body::AskSent(checked(plan, ask)?))),
        Change::Answer(ask) => Ok(entry(Body::AskAnswered(checked(plan, ask)?))),
    }
}

/// What takes a change of the room back. What happened in the ledger has no inverse: it is taken back by a new entry.
#[must_use]
pub fn inverse(room_before: &Room, change: &Change) -> Option<Change> {
    let changes = room::changes(room_before, change)?;
    (!changes.is_empty()).then_some(Change::Restore { changes })
}

fn finish(plan: &Plan, room: &Room, ledger: &Ledger, run: &RunFinished) -> Result<Applied, Refused> {
    let proof = plan.proof(run.proof.as_str()).ok_or_else(|| unknown("proof", &run.proof, plan.proofs.iter().map(|p| &p.id)))?;
    if History::of(ledger).finished(run.proof.as_str(), run.run.id.as_str()).is_some() {
        return Ok(Applied::default());
    }
    let inputs = given(&run.inputs).unwrap_or_else(|| super::gate::inputs_of(plan, room, ledger, proof));
    Ok(entry(Body::RunFinished(Box::new(RunFinished { inputs, ..run.clone() }))))
}

fn checked(plan: &Plan, ask: &Ask) -> Result<Ask, Refused> {
    if ask.about.is_empty() {
        return Err(Refused::new("ask.about-nothing", "Say what is asked for: a role, or a scope field as `scope.FIELD`."));
    }
    if let Some(role) = &ask.role {
        known_role(plan, role)?;
    }
    for about in &ask.about {
        bounded("thing asked for", about)?;
    }
    Ok(Ask { about: ask.about.clone(), role: ask.role.clone(), to: readable("to", &ask.to, "ask.to-nobody")? })
}

fn entry(body: Body) -> Applied {
    Applied { edits: Vec::new(), entries: vec![body] }
}

fn known_role(plan: &Plan, id: &RoleId) -> Result<(), Refused> {
    plan.role(id.as_str()).map(|_| ()).ok_or_else(|| unknown("role", id, plan.roles.iter().map(|role| &role.id)))
}

fn known_function(plan: &Plan, id: &FunctionId) -> Result<(), Refused> {
    plan.function(id.as_str()).map(|_| ()).ok_or_else(|| unknown("function", id, plan.functions.iter().map(|f| &f.id)))
}

fn known_group(plan: &Plan, id: &GroupId) -> Result<(), Refused> {
    plan.group(id.as_str()).map(|_| ()).ok_or_else(|| unknown("activation group", id, plan.activation.iter().map(|g| &g.id)))
}

fn known_step<'a>(plan: &'a Plan, id: &StepId) -> Result<&'a super::plan::Step, Refused> {
    plan.step(id.as_str()).ok_or_else(|| unknown("step", id, plan.steps.iter().map(|step| &step.id)))
}

/// An id that the plan does not have, with those it has.
fn unknown<'a, T: AsRef<str> + 'a + ?Sized>(
    what: &str,
    id: &impl std::fmt::Display,
    known: impl Iterator<Item = &'a T>,
) -> Refused {
    let known: Vec<&str> = known.map(AsRef::as_ref).collect();
    let rule = format!("unknown.{}", what.replace(' ', "-"));
    Refused::new(&rule, format!("The plan has no {what} `{id}`. It has: {}.", known.join(", ")))
}

/// A text that a person can read: not blank, on one line, without control characters.
fn readable(what: &str, text: &str, rule: &str) -> Result<String, Refused> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refused::new(rule, format!("The {what} is blank. Write it out; a blank one counts for nothing.")));
    }
    printable(what, text)?;
    Ok(text.to_owned())
}

/// Characters of a text that one field takes: what is longer belongs into a file that is attached.
pub const LONGEST: usize = 1_000;

fn bounded(what: &str, text: &str) -> Result<(), Refused> {
    let length = text.chars().count();
    if length <= LONGEST {
        return Ok(());
    }
    let why = format!("The {what} has {length} characters, and at most {LONGEST} are taken. Say it in fewer, or attach a file.");
    Err(Refused::new("text.too-long", why))
}

fn printable(what: &str, text: &str) -> Result<(), Refused> {
    bounded(what, text)?;
    if text.chars().any(char::is_control) {
        return Err(Refused::new(
            "text.control-characters",
            format!("The {what} contains control characters. Write it on one line of plain text."),
        ));
    }
    Ok(())
}

/// What a run rested on: as recorded when it ended, else as it came along, else as it is now. A run that is attached
/// later may already be stale.
fn inputs_of_run(plan: &Plan, room: &Room, ledger: &Ledger, proof: &super::plan::Proof, record: &Attached) -> Inputs {
    let history = History::of(ledger);
    let ran = record.run.as_ref().and_then(|run| history.finished(proof.id.as_str(), run.id.as_str()));
    let recorded = ran.map(|ran| ran.inputs.clone()).or_else(|| given(&record.inputs));
    recorded.unwrap_or_else(|| super::gate::inputs_of(plan, room, ledger, proof))
}

/// What it rested on when the command started, where whoever ran it took that down: a change while it ran makes it stale.
fn given(inputs: &Inputs) -> Option<Inputs> {
    (!inputs.is_empty()).then(|| inputs.clone())
}
