//! A request that can be sent as it is: what is missing, from whom, in the plan's own words. It holds nothing confidential:
//! no contact, no captured text, nothing that somebody typed into the room.
//!
//! One request a person. Gaps that share a source system would be a request a system: [`requests`] is where they group.

use crate::domain::gate::{Action, ActionKind, Readiness};
use crate::domain::ids::{DependencyId, FieldId, RoleId};
use crate::domain::plan::{Plan, Side};
use crate::domain::room::Room;
use crate::format::review::whom;
use crate::present::words;
use jiff::Timestamp;

/// One request, to one person or one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// A person, or the side that has to name one.
    pub to: String,
    pub side: Side,
    /// The party that owes it, by id.
    pub owner: String,
    /// What it is about, as the ledger writes it.
    pub about: Vec<String>,
    pub lines: Vec<String>,
    /// Since when all of it was asked for; `None` when some of it never was.
    pub asked: Option<Timestamp>,
}

/// What is asked of whom on the whole way to the target, in the order of the actions. Only what a person can answer.
#[must_use]
pub fn requests(plan: &Plan, room: &Room, readiness: &Readiness) -> Vec<Request> {
    let mut out: Vec<Request> = Vec::new();
    for action in &readiness.way {
        let (Some(line), about) = (line(plan, action), about(&action.kind)) else { continue };
        let to = whom(plan, room, &action.owner).to_owned();
        match out.iter_mut().find(|request| request.to == to && request.side == action.side) {
            Some(request) => {
                request.asked = request.asked.zip(action.asked).map(|(one, other)| one.min(other));
                request.about.push(about);
                request.lines.push(line);
            }
            None => out.push(Request {
                to,
                side: action.side,
                owner: action.owner.as_str().to_owned(),
                about: vec![about],
                lines: vec![line],
                asked: action.asked,
            }),
        }
    }
    out
}

/// The whole text, ready to send.
#[must_use]
pub fn text(room: &Room, lines: &[String]) -> String {
    format!("For the launch of {}, we still need:\n{}\nThank you!\n", room.tenant.name, lines.join("\n"))
}

/// What the ledger calls it.
#[must_use]
pub fn about(kind: &ActionKind) -> String {
    match kind {
        ActionKind::NameOwner(role) => role.to_string(),
        ActionKind::FillScope(field) => format!("scope.{field}"),
        ActionKind::AcceptDependency(id) => format!("dependencies.{id}"),
        ActionKind::ProveActivation(group) => format!("activation.{group}"),
        ActionKind::TickTask(step, task) => format!("steps.{step}.{task}"),
        ActionKind::Attach(serves) => serves.clone(),
        ActionKind::RunProofs(ids) => ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        ActionKind::Restore(seq) => format!("#{seq}"),
        ActionKind::Decide(stage) => format!("decide.{stage}"),
    }
}

fn line(plan: &Plan, action: &Action) -> Option<String> {
    match &action.kind {
        ActionKind::NameOwner(id) => role(plan, id),
        ActionKind::FillScope(id) => field(plan, id),
        ActionKind::AcceptDependency(id) => dependency(plan, id),
        ActionKind::ProveActivation(id) => {
            let group = plan.group(id.as_str())?;
            let from = if group.sources.is_empty() { String::new() } else { format!(", from {}", group.sources.join(", ")) };
            Some(format!("- {}: {}{from}", group.title, group.accepted_when))
        }
        ActionKind::TickTask(step, task) => {
            let step = plan.step(step.as_str())?;
            Some(format!("- {}: {}", step.title, step.task(task.as_str())?.text))
        }
        ActionKind::Attach(serves) => {
            let requirement =
                plan.requirement(serves).map(|requirement| format!("- {} {}", requirement.text, requirement.remedy));
            requirement.or_else(|| {
                plan.step(serves).map(|step| format!("- {}: something that shows it: {}", step.title, step.exit_gate))
            })
        }
        // Nobody is asked for those: the operator runs and restores, both sides decide.
        ActionKind::RunProofs(_) | ActionKind::Restore(_) | ActionKind::Decide(_) => None,
    }
}

/// What is asked for about a role.
#[must_use]
pub fn role(plan: &Plan, id: &RoleId) -> Option<String> {
    let role = plan.role(id.as_str())?;
    let stage = words::stage(plan, role.due.as_str());
    let decides = words::inside(&role.decides);
    Some(format!("- {}: a name and how to reach them. Decides {decides} Needed for {stage}.", role.title))
}

/// What is asked for about a scope field.
#[must_use]
pub fn field(plan: &Plan, id: &FieldId) -> Option<String> {
    let field = plan.field(id.as_str())?;
    let stage = words::stage(plan, field.due.as_str());
    Some(format!("- {}: {}. Needed for {stage}.", field.title, field.hint.trim_end_matches('.')))
}

/// What is asked for about a dependency.
#[must_use]
pub fn dependency(plan: &Plan, id: &DependencyId) -> Option<String> {
    let dependency = plan.dependency(id.as_str())?;
    let acceptance = &dependency.acceptance;
    Some(format!("- {}: please confirm in the order form and the launch room: {acceptance}", dependency.title))
}
