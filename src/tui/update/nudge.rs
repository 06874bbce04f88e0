//! Requests and copies: text for the clipboard that holds nothing confidential, neither contacts nor captured text.

use crate::domain::gate::GateState;
use crate::domain::plan::{Party, Proof};
use crate::format::redact_toml;
use crate::present::words;
use crate::tui::effect::Effect;
use crate::tui::model::{Facts, Model, Subject};

/// `n`: a request for what is selected.
pub fn one(model: &mut Model) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let Some(subject) = model.selected().map(|subject| subject.behind(&facts)) else { return Vec::new() };
    if let Some(why) = settled(&facts, &subject) {
        model.say(why);
        return Vec::new();
    }
    let Some(line) = line(&facts, &subject) else {
        model.say("Nothing here that one person could be asked for");
        return Vec::new();
    };
    vec![copy_request(&facts, &[line], "a request")]
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
    let lines: Vec<String> = roles.chain(fields).filter_map(|subject| line(&facts, &subject)).collect();
    if lines.is_empty() {
        model.say("Nothing is blank: nobody to ask");
        return Vec::new();
    }
    let count = lines.len();
    vec![copy_request(&facts, &lines, &format!("one request for {count} blanks"))]
}

fn copy_request(facts: &Facts, lines: &[String], what: &str) -> Effect {
    let text = format!("For the launch of {}, we still need:\n{}\nThank you!\n", facts.room.tenant.name, lines.join("\n"));
    Effect::Copy { text, what: what.to_owned() }
}

/// What is needed, by when, and what waits for it.
fn line(facts: &Facts, subject: &Subject) -> Option<String> {
    match subject {
        Subject::Role(id) => {
            let role = facts.plan.role(id.as_str())?;
            let stage = words::stage(facts.plan, role.due.as_str());
            Some(format!(
                "- {}: a name and how to reach them. Decides {} Needed for {stage}.",
                role.title,
                words::inside(&role.decides)
            ))
        }
        Subject::Field(id) => {
            let field = facts.plan.field(id.as_str())?;
            let stage = words::stage(facts.plan, field.due.as_str());
            Some(format!("- {}: {}. Needed for {stage}.", field.title, field.hint.trim_end_matches('.')))
        }
        Subject::Dependency(id) => {
            let dependency = facts.plan.dependency(id.as_str())?;
            Some(format!(
                "- {}: please confirm in the order form and the launch room: {}",
                dependency.title, dependency.acceptance
            ))
        }
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
        Subject::Claim(at) => match crate::tui::view::claims::wording(&facts, *at) {
            Some(text) => (text, "the wording"),
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
    let command = redact_toml::mask(facts.room.commands.get(&proof.id).unwrap_or(&proof.command));
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
