//! Requests and copies: text for the clipboard that holds nothing confidential, neither contacts nor captured text.

use crate::domain::plan::Party;
use crate::format::redact_toml;
use crate::present::words;
use crate::tui::effect::Effect;
use crate::tui::model::{Facts, Model, Subject};

/// `n`: a request for what is selected.
pub fn one(model: &mut Model) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let Some(subject) = model.selected().map(|subject| subject.behind(&facts)) else { return Vec::new() };
    match line(&facts, &subject) {
        Some(line) => vec![copy_request(&facts, &[line], "a request")],
        None => Vec::new(),
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
                role.decides.to_lowercase()
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
        Subject::Step(id) | Subject::Task(id, _) => {
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
            (redact_toml::mask(facts.room.commands.get(id).unwrap_or(&proof.command)), "the command, with placeholders")
        }
        Subject::Requirement(id) => {
            let Some(requirement) = facts.readiness.requirement(id.as_str()) else { return Vec::new() };
            (
                format!("{id}: {}. {} ({})", requirement.text, requirement.reason, owner(&facts, &requirement.owner)),
                "the requirement and its reason",
            )
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
