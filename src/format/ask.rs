//! A request that can be sent as it is: what is missing, from whom, in the plan's own words. It holds nothing confidential:
//! no contact, no captured text, nothing that somebody typed into the room.
//!
//! One request a person; and for values that are still to collect one a source system, whoever owns them, those first that
//! unblock most.

use crate::domain::gate::{Action, ActionKind, Gap, Readiness};
use crate::domain::ids::{DependencyId, FieldId, GroupId, RequirementId, RoleId};
use crate::domain::plan::{Group, Plan, Side};
use crate::domain::room::Room;
use crate::format::review::whom;
use crate::present::words;
use jiff::Timestamp;

/// One request, to one person or one side; or for one system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// A person, or the side that has to name one. For a system: everybody who owns something that comes from there.
    pub to: String,
    pub side: Side,
    /// The parties that owe it, by id.
    pub owners: Vec<String>,
    /// The source system that all of it comes from.
    pub system: Option<String>,
    /// What waits for it.
    pub unlocks: Vec<RequirementId>,
    /// What it is about, as the ledger writes it.
    pub about: Vec<String>,
    pub lines: Vec<String>,
    /// Since when all of it was asked for; `None` when some of it never was.
    pub asked: Option<Timestamp>,
}

/// What is asked of whom on the whole way to the target: what only a person can answer, in the order of the actions, then
/// what comes out of systems.
#[must_use]
pub fn requests(plan: &Plan, room: &Room, readiness: &Readiness) -> Vec<Request> {
    let systems = systems(plan, &readiness.gaps);
    let mut out: Vec<Request> = Vec::new();
    for action in readiness.way.iter().filter(|action| !is_of_a_system(&systems, &action.kind)) {
        let (Some(line), about) = (line(plan, action), about(&action.kind)) else { continue };
        let to = whom(plan, room, &action.owner).to_owned();
        match out.iter_mut().find(|request| request.to == to && request.side == action.side) {
            Some(request) => {
                request.asked = request.asked.zip(action.asked).map(|(one, other)| one.min(other));
                request.about.push(about);
                request.lines.push(line);
                request.add(&action.unlocks);
                if !request.owners.iter().any(|owner| *owner == *action.owner.as_str()) {
                    request.owners.push(action.owner.as_str().to_owned());
                }
            }
            None => out.push(Request {
                to,
                side: action.side,
                owners: vec![action.owner.as_str().to_owned()],
                system: None,
                unlocks: action.unlocks.clone(),
                about: vec![about],
                lines: vec![line],
                asked: action.asked,
            }),
        }
    }
    out.extend(systems.iter().filter_map(|system| system.request(plan, room)));
    out
}

fn is_of_a_system(systems: &[System<'_>], kind: &ActionKind) -> bool {
    let of = |id: &GroupId| systems.iter().flat_map(|system| &system.gaps).any(|gap| gap.group == *id);
    matches!(kind, ActionKind::ProveActivation(id) if of(id))
}

impl Request {
    fn add(&mut self, unlocks: &[RequirementId]) {
        for id in unlocks {
            if !self.unlocks.contains(id) {
                self.unlocks.push(id.clone());
            }
        }
    }

    /// The whole text, ready to send.
    #[must_use]
    pub fn text(&self, room: &Room) -> String {
        self.system.as_ref().map_or_else(|| text(room, &self.lines), |system| text_of_system(room, system, &self.lines))
    }
}

/// A place that values come from, and what is to collect there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System<'a> {
    pub name: &'a str,
    /// Those that unblock most first.
    pub gaps: Vec<&'a Gap>,
    /// What waits for any of them.
    pub unlocks: Vec<&'a RequirementId>,
}

/// One a system, those first that unblock most: more requirements, then more groups, then the plan's order. A group whose
/// values come from several systems is asked for in each.
#[must_use]
pub fn systems<'a>(plan: &'a Plan, gaps: &'a [Gap]) -> Vec<System<'a>> {
    let mut out: Vec<System<'a>> = Vec::new();
    for gap in gaps.iter().filter(|gap| gap.is_to_collect()) {
        let sources = plan.group(gap.group.as_str()).map_or(&[][..], |group| &group.sources);
        for name in sources {
            if out.iter().all(|system| system.name != name) {
                out.push(System { name, gaps: Vec::new(), unlocks: Vec::new() });
            }
            for system in out.iter_mut().filter(|system| system.name == name) {
                system.gaps.push(gap);
                let new = gap.unlocks.iter().filter(|id| !system.unlocks.contains(id)).collect::<Vec<_>>();
                system.unlocks.extend(new);
            }
        }
    }
    out.sort_by_key(|system| std::cmp::Reverse((system.unlocks.len(), system.gaps.len())));
    out
}

impl System<'_> {
    /// Since when all of it is asked for; `None` when some of it never was.
    #[must_use]
    pub fn asked(&self) -> Option<Timestamp> {
        self.gaps.iter().map(|gap| gap.asked).reduce(|one, other| one.zip(other).map(|(one, other)| one.min(other))).flatten()
    }

    /// The request for all of it; `None` when the plan knows none of its groups.
    #[must_use]
    pub fn request(&self, plan: &Plan, room: &Room) -> Option<Request> {
        let groups: Vec<&Group> = self.gaps.iter().filter_map(|gap| plan.group(gap.group.as_str())).collect();
        let side = plan.party_side(&groups.first()?.owner);
        let (mut to, mut owners) = (Vec::new(), Vec::new());
        for group in &groups {
            let (who, owner) = (whom(plan, room, &group.owner).to_owned(), group.owner.as_str().to_owned());
            if !to.contains(&who) {
                to.push(who);
            }
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        }
        Some(Request {
            to: to.join(", "),
            side,
            owners,
            system: Some(self.name.to_owned()),
            unlocks: self.unlocks.iter().map(|id| (*id).clone()).collect(),
            about: self.gaps.iter().map(|gap| format!("activation.{}", gap.group)).collect(),
            lines: groups.iter().map(|group| collect(group)).collect(),
            asked: self.asked(),
        })
    }
}

/// What is to collect of a group: names, never values.
fn collect(group: &Group) -> String {
    let names: Vec<&str> = group.env.iter().map(|env| env.name.as_str()).collect();
    let names = if names.is_empty() { String::new() } else { format!(" By name: {}.", names.join(", ")) };
    format!("- {}: {}{names}", group.title, group.accepted_when)
}

/// The whole text, ready to send.
#[must_use]
pub fn text(room: &Room, lines: &[String]) -> String {
    format!("For the launch of {}, we still need:\n{}\nThank you!\n", room.tenant.name, lines.join("\n"))
}

/// The same for what one system holds.
#[must_use]
pub fn text_of_system(room: &Room, system: &str, lines: &[String]) -> String {
    let names = "Please say only that it is there and under which name; values go into the locked file, never into a message.";
    format!("For the launch of {}, we still need from {system}:\n{}\n{names}\nThank you!\n", room.tenant.name, lines.join("\n"))
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
        ActionKind::ProveActivation(id) => group(plan, id),
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

/// What is asked for about an activation group.
#[must_use]
pub fn group(plan: &Plan, id: &GroupId) -> Option<String> {
    let group = plan.group(id.as_str())?;
    let from = if group.sources.is_empty() { String::new() } else { format!(" From {}.", group.sources.join(", ")) };
    Some(format!("{}{from}", collect(group)))
}

/// What is asked for about a dependency.
#[must_use]
pub fn dependency(plan: &Plan, id: &DependencyId) -> Option<String> {
    let dependency = plan.dependency(id.as_str())?;
    let acceptance = &dependency.acceptance;
    Some(format!("- {}: please confirm in the order form and the launch room: {acceptance}", dependency.title))
}
