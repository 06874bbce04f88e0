//! Requests and copies: text for the clipboard that holds nothing confidential, neither contacts nor captured text.

use crate::domain::change::Change;
use crate::domain::gate::GateState;
use crate::domain::ids::RoleId;
use crate::domain::ledger::Ask;
use crate::domain::plan::{Party, Proof};
use crate::domain::room::ActivationStatus;
use crate::format::{ask, redact_toml, review};
use crate::present::words;
use crate::tui::effect::Effect;
use crate::tui::model::overlay::{Confirm, Overlay};
use crate::tui::model::{Facts, Model, Subject};

/// `n`: a request for what is selected.
pub fn one(model: &mut Model) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let Some(subject) = model.selected().map(|subject| subject.behind(&facts)) else { return Vec::new() };
    if let Some(why) = settled(&facts, &subject) {
        model.say(why);
        return Vec::new();
    }
    if let Subject::System(name) = &subject {
        return of_system(model, name);
    }
    let Some(line) = line(&facts, &subject) else {
        model.say("Nothing here that one person could be asked for");
        return Vec::new();
    };
    let copied = copy_request(&facts, &[line], "a request");
    let about = about(&subject);
    let to = whom(&facts, &subject);
    offer(model, about.into_iter().collect(), &to);
    vec![copied]
}

/// One request for everything that a source system holds and the way waits for.
fn of_system(model: &mut Model, name: &str) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let systems = ask::systems(facts.plan, &facts.readiness.gaps);
    let found = systems.iter().find(|system| system.name == name);
    let Some(request) = found.and_then(|system| system.request(facts.plan, facts.room)) else { return Vec::new() };
    let copied = Effect::Copy { text: request.text(facts.room), what: format!("one request for {name}") };
    offer(model, request.about, &request.to);
    vec![copied]
}

/// What the ledger calls it, of what a request is remembered for.
fn about(subject: &Subject) -> Option<String> {
    match subject {
        Subject::Role(id) => Some(id.to_string()),
        Subject::Field(id) => Some(format!("scope.{id}")),
        Subject::Dependency(id) => Some(format!("dependencies.{id}")),
        Subject::Group(id) => Some(format!("activation.{id}")),
        _ => None,
    }
}

/// Whom one would ask: the person who owes it, or the side that has to name one.
fn whom(facts: &Facts, subject: &Subject) -> String {
    let role = |id: &RoleId| Party::Role(id.clone());
    let owner = match subject {
        Subject::Role(id) => Some(role(id)),
        other => other.owner(facts).cloned(),
    };
    owner.map_or_else(|| "the customer".to_owned(), |owner| review::whom(facts.plan, facts.room, &owner).to_owned())
}

/// A request that was copied is mostly sent: whoever says so is asked no more.
fn offer(model: &mut Model, about: Vec<String>, to: &str) {
    if about.is_empty() || model.view_only().is_some() {
        return;
    }
    let what = words::count(about.len(), "thing", "things");
    let lines = vec![
        format!("The request is copied. Was it sent to {to}? Then the room remembers since when {what} waits for an answer."),
        "Filling what was asked for closes it.".to_owned(),
    ];
    let change = Change::Ask(Ask { about, role: None, to: to.to_owned() });
    let then = Effect::Write { change: Box::new(change), what: format!("asked {to}"), seen: None };
    model.overlays.push(Overlay::Confirm(Confirm { title: "Mark as asked?".into(), lines, yes: "mark as asked".into(), then }));
}

/// Why there is nothing to ask for, when there is not.
fn settled(facts: &Facts, subject: &Subject) -> Option<String> {
    match subject {
        Subject::Role(id) => {
            let holder = facts.room.holder(id.as_str())?;
            Some(format!("Nothing to ask for: {} holds it", holder.name))
        }
        Subject::Field(id) => {
            (!facts.room.is_blank(id.as_str())).then(|| "Nothing to ask for: the field is filled in".to_owned())
        }
        Subject::Dependency(id) => {
            let accepted = facts.room.dependencies.get(id).is_some_and(crate::domain::room::Acceptance::is_accepted);
            accepted.then(|| format!("Nothing to ask for: {id} is accepted in the order form and in the room"))
        }
        Subject::Group(id) => {
            let status = facts.room.activation.get(id)?;
            let settled = matches!(status, ActivationStatus::Proven | ActivationStatus::Excluded);
            settled.then(|| format!("Nothing to ask for: {id} is {}", status.as_str()))
        }
        Subject::Requirement(id) => {
            let state = facts.readiness.requirement(id.as_str())?;
            state.status.is_settled().then(|| format!("Nothing to ask for: {id} is {}", words::requirement(state.status)))
        }
        Subject::Step(id) => {
            let step = facts.plan.step(id.as_str())?;
            let done = step.tasks.iter().all(|task| facts.room.is_done(id.as_str(), task.id.as_str()));
            done.then(|| "Nothing to ask for: every task of the step is done".to_owned())
        }
        Subject::Task(step, task) => {
            facts.room.is_done(step.as_str(), task.as_str()).then(|| "Nothing to ask for: the task is done".to_owned())
        }
        _ => None,
    }
}

/// `N`: a request for everything blank that this motion needs.
pub fn all(model: &mut Model) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let roles =
        facts.readiness.roles.iter().filter(|role| role.blank && !role.outside).map(|role| Subject::Role(role.id.clone()));
    let fields =
        facts.readiness.scope.iter().filter(|field| field.blank && !field.outside).map(|field| Subject::Field(field.id.clone()));
    let subjects: Vec<Subject> = roles.chain(fields).collect();
    let lines: Vec<String> = subjects.iter().filter_map(|subject| line(&facts, subject)).collect();
    let about: Vec<String> = subjects.iter().filter_map(about).collect();
    if lines.is_empty() {
        model.say("Nothing is blank: nobody to ask");
        return Vec::new();
    }
    let count = lines.len();
    let copied = copy_request(&facts, &lines, &format!("one request for {count} blanks"));
    offer(model, about, "the owners");
    vec![copied]
}

fn copy_request(facts: &Facts, lines: &[String], what: &str) -> Effect {
    Effect::Copy { text: ask::text(facts.room, lines), what: what.to_owned() }
}

/// What is needed, by when, and what waits for it.
fn line(facts: &Facts, subject: &Subject) -> Option<String> {
    match subject {
        Subject::Role(id) => ask::role(facts.plan, id),
        Subject::Field(id) => ask::field(facts.plan, id),
        Subject::Dependency(id) => ask::dependency(facts.plan, id),
        Subject::Group(id) => ask::group(facts.plan, id),
        Subject::Requirement(id) => {
            let requirement = facts.readiness.requirement(id.as_str())?;
            Some(format!("- {}: {}", requirement.text, requirement.remedy))
        }
        Subject::Task(id, task) => {
            let step = facts.plan.step(id.as_str())?;
            Some(format!("- {}: {}", step.title, step.task(task.as_str())?.text))
        }
        Subject::Step(id) => {
            let step = facts.plan.step(id.as_str())?;
            let open: Vec<&str> = step
                .tasks
                .iter()
                .filter(|task| !facts.room.is_done(id.as_str(), task.id.as_str()))
                .map(|task| task.text.as_str())
                .collect();
            Some(format!("- {}: {}", step.title, open.join(" ")))
        }
        _ => None,
    }
}

/// `y`: what is most useful elsewhere of the selected row.
pub fn copy(model: &mut Model) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let Some(subject) = model.selected() else { return Vec::new() };
    let (text, what) = match subject {
        Subject::Action(kind) => {
            let mut actions = facts.readiness.actions.iter().chain(&facts.readiness.way);
            let Some(action) = actions.find(|action| action.kind == *kind) else { return Vec::new() };
            (action.command.clone(), "its command")
        }
        Subject::Proof(id) => {
            let Some(proof) = facts.plan.proof(id.as_str()) else { return Vec::new() };
            command_of(&facts, proof)
        }
        Subject::Requirement(id) => {
            let Some(requirement) = facts.readiness.requirement(id.as_str()) else { return Vec::new() };
            (
                format!("{id}: {}. {} ({})", requirement.text, requirement.reason, owner(&facts, &requirement.owner)),
                "the requirement and its reason",
            )
        }
        Subject::Gate(id) => {
            let Some(gate) = facts.readiness.gate(id.as_str()) else { return Vec::new() };
            (why_gate(&facts, gate), "why the gate stands so")
        }
        Subject::Record(seq) => {
            let Some(entry) = facts.entry(*seq) else { return Vec::new() };
            (entry.hash.to_hex(), "the record's hash")
        }
        subject @ (Subject::Claim(_) | Subject::Finding(_)) => match crate::tui::view::claims::wording(model, subject) {
            Some(wording) => wording,
            None => return Vec::new(),
        },
        Subject::Attachment(at) => match facts.plan.attachments.get(*at) {
            Some(attachment) => (attachment.text.clone(), "the attachment"),
            None => return Vec::new(),
        },
        other => match line(&facts, &other.behind(&facts)) {
            Some(line) => (line, "the line"),
            None => (model.place.clone(), "where the room is"),
        },
    };
    vec![Effect::Copy { text, what: what.to_owned() }]
}

/// The command as it is written, and what to call it.
fn command_of(facts: &Facts, proof: &Proof) -> (String, &'static str) {
    let command = redact_toml::mask_in(facts.room.commands.get(&proof.id).unwrap_or(&proof.command), &facts.room.redact);
    let filled_in_later = crate::app::prove::has_placeholder(&command);
    (command, if filled_in_later { "the command, with placeholders" } else { "the command" })
}

/// `Private beta is held, 5 of 10 met.`, its stop rule, and one line for each requirement that is not met.
fn why_gate(facts: &Facts, gate: &GateState) -> String {
    let mut out = format!("{} is {}, {} of {} met.", gate.title, words::gate(gate.status), gate.met, gate.total);
    if !gate.status.is_clear() {
        out.extend([" Until it is clear: ", &gate.stop_rule]);
    }
    for state in gate.requirements.iter().filter(|state| !state.status.is_settled()) {
        let status = words::requirement(state.status);
        let line = format!("\n- {} ({status}): {} ({})", state.id.slug(), state.reason, owner(facts, &state.owner));
        out.push_str(&line);
    }
    out
}

/// The person who acts for a role or function, else its title.
#[must_use]
pub fn owner(facts: &Facts, party: &Party) -> String {
    let name = match party {
        Party::Role(id) => facts.room.holder(id.as_str()).map(|owner| owner.name.clone()),
        Party::Function(id) => {
            facts.room.functions.get(id).map(|person| person.name.clone()).filter(|name| !name.trim().is_empty())
        }
    };
    name.unwrap_or_else(|| facts.plan.party_title(party).to_owned())
}
