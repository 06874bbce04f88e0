//! Forms: opened from what is selected, filled in, previewed, saved. The room changes only through `submit`.

use super::{decide, document, runs};
use crate::domain::apply;
use crate::domain::change::Change;
use crate::domain::ids::{DependencyId, FieldId, FunctionId, GroupId, RoleId};
use crate::domain::ledger::Body;
use crate::domain::plan::{FieldKind, Party};
use crate::domain::room::{ActivationStatus, Treatment, Value};
use crate::present::words;
use crate::tui::effect::{Effect, Leave};
use crate::tui::model::form::{Field, FieldInput, Form, Preview, Purpose};
use crate::tui::model::overlay::Confirm;
use crate::tui::model::text::TextInput;
use crate::tui::model::{Facts, Model, Overlay, Subject, start::Way};
use crate::tui::terminal::{Code, Key};

/// `e`: the form for what is selected.
pub fn edit(model: &mut Model) -> Vec<Effect> {
    let purpose = model.facts().zip(model.selected()).and_then(|(facts, subject)| match subject.behind(&facts) {
        Subject::Role(id) => Some(Purpose::Owner(id)),
        Subject::Function(id) => Some(Purpose::Function(id)),
        Subject::Field(id) => Some(Purpose::Scope(id)),
        Subject::Group(id) => Some(Purpose::Activation(id)),
        Subject::Dependency(id) => Some(Purpose::Dependency(id)),
        _ => None,
    });
    purpose.map_or_else(Vec::new, |purpose| open(model, &purpose))
}

/// Opens a form, or the half filled in one that waits for it.
pub fn open(model: &mut Model, purpose: &Purpose) -> Vec<Effect> {
    let Some(fresh) = model.facts().and_then(|facts| fresh(&facts, purpose)) else { return Vec::new() };
    show(model, fresh)
}

/// Shows a form; what was typed into the same one before is put back into it.
pub fn show(model: &mut Model, fresh: Form) -> Vec<Effect> {
    let waiting = model.drafts.iter().position(|draft| draft.purpose == fresh.purpose);
    let form = match waiting.map(|at| model.drafts.remove(at)) {
        Some(mut draft) => {
            draft.follow(&fresh, |field| since(model, &fresh.purpose, &field.id));
            // A danger is confirmed anew each time.
            for field in draft.fields.iter_mut().filter(|field| field.id == "confirm") {
                field.input = FieldInput::Text(TextInput::default());
            }
            (draft.facts, draft.error, draft.phrase, draft.head) = (fresh.facts, None, fresh.phrase, fresh.head);
            (draft.title, draft.how) = (fresh.title, fresh.how);
            (draft.preview, draft.looked_at) = (Preview::None, None);
            draft
        }
        None => fresh,
    };
    model.overlays.push(Overlay::Form(Box::new(form)));
    preview(model)
}

/// The form as the room would fill it in now; `None` for forms that are not about the room's values.
pub fn fresh(facts: &Facts, purpose: &Purpose) -> Option<Form> {
    match purpose {
        Purpose::Owner(id) => owner(facts, id),
        Purpose::Function(id) => function(facts, id),
        Purpose::Scope(id) => scope(facts, id),
        Purpose::Activation(id) => activation(facts, id),
        Purpose::Dependency(id) => dependency(facts, id),
        Purpose::Run(_)
        | Purpose::Batch(_)
        | Purpose::AttachRun(_)
        | Purpose::AttachDocument(_)
        | Purpose::Withdraw(_)
        | Purpose::Decide
        | Purpose::Exclude(_)
        | Purpose::Revoke(_)
        | Purpose::Discard(_)
        | Purpose::Dossier
        | Purpose::Present
        | Purpose::CheckText
        | Purpose::SinceDate
        | Purpose::NewRoom
        | Purpose::OpenRoom
        | Purpose::Connect => None,
    }
}

fn owner(facts: &Facts, id: &RoleId) -> Option<Form> {
    let role = facts.plan.role(id.as_str())?;
    let owner = facts.room.owners.get(id).cloned().unwrap_or_default();
    let stage = words::stage(facts.plan, role.due.as_str());
    Some(
        Form::new(Purpose::Owner(id.clone()), &role.title, "save")
            .fact("Decides", &role.decides)
            .fact("Needed for", stage)
            .fact("Shown by", &role.evidence)
            .field(Field::text("name", "Name", "who holds it", &owner.name))
            .field(Field::text("contact", "Contact", "mail or phone; never leaves this room", &owner.contact))
            .field(Field::text("basis", "Basis", "why we believe it, e.g. named in the order form", &owner.basis)),
    )
}

fn function(facts: &Facts, id: &FunctionId) -> Option<Form> {
    let function = facts.plan.function(id.as_str())?;
    let person = facts.room.functions.get(id).cloned().unwrap_or_default();
    let owes = facts.plan.steps.iter().filter(|step| step.owner == Party::Function(id.clone())).map(|step| step.title.clone());
    Some(
        Form::new(Purpose::Function(id.clone()), &function.title, "save")
            .fact("Owns", owes.collect::<Vec<_>>().join(", "))
            .field(Field::text("name", "Name", "who acts in it", &person.name))
            .field(Field::text("contact", "Contact", "mail or phone; never leaves this room", &person.contact)),
    )
}

fn scope(facts: &Facts, id: &FieldId) -> Option<Form> {
    let field = facts.plan.field(id.as_str())?;
    let value = facts.room.scope.get(id).map(Value::to_line).unwrap_or_default();
    let input = match &field.kind {
        FieldKind::Text => Field::text("value", "Value", &field.hint, &value),
        FieldKind::List => Field::text("value", "Values", &format!("{}; commas between them", field.hint), &value),
        FieldKind::Choice(options) => {
            let blank = (String::new(), "blank".to_owned());
            let options = std::iter::once(blank).chain(options.iter().map(|option| (option.clone(), option.clone())));
            Field::choice("value", "Value", options.collect(), &value)
        }
    };
    Some(
        Form::new(Purpose::Scope(id.clone()), &field.title, "save")
            .fact("Asks", facts.plan.party_title(&field.owner))
            .fact("Needed for", words::stage(facts.plan, field.due.as_str()))
            .field(input),
    )
}

fn activation(facts: &Facts, id: &GroupId) -> Option<Form> {
    let group = facts.plan.group(id.as_str())?;
    let status = facts.room.activation.get(id).map_or("", |status| status.as_str());
    let options = std::iter::once((String::new(), "not recorded".to_owned()))
        .chain(ActivationStatus::ALL.map(|status| (status.as_str().to_owned(), status.as_str().to_owned())));
    Some(
        Form::new(Purpose::Activation(id.clone()), &group.title, "save")
            .fact("Owner", facts.plan.party_title(&group.owner))
            .fact("Accepted when", &group.accepted_when)
            .field(Field::choice("status", "Status", options.collect(), status)),
    )
}

fn dependency(facts: &Facts, id: &DependencyId) -> Option<Form> {
    let dependency = facts.plan.dependency(id.as_str())?;
    let accepted = facts.room.dependencies.get(id).cloned().unwrap_or_default();
    let options = Treatment::ALL.map(|treatment| (treatment.as_str().to_owned(), words::treatment(Some(treatment)).to_owned()));
    let options = match accepted.treatment {
        Some(_) => options.to_vec(),
        None => std::iter::once((String::new(), "not recorded".to_owned())).chain(options).collect(),
    };
    let treatment = accepted.treatment.map_or("", Treatment::as_str);
    Some(
        Form::new(Purpose::Dependency(id.clone()), &dependency.title, "save")
            .fact("Owner", facts.plan.party_title(&dependency.owner))
            .fact("To accept", &dependency.acceptance)
            .field(Field::choice("treatment", "Treatment", options, treatment))
            .field(Field::text("order_form", "In order form", "where, e.g. OF-2026-014 section 4", &accepted.order_form))
            .field(Field::text("launch_room", "In room", "where, e.g. accepted 2026-11-06", &accepted.launch_room))
            .field(Field::text("changed", "Changed", "an outside change worth a re-run, in words", &accepted.changed)),
    )
}

/// The change that saving a form makes; `None` when nothing was changed or the form makes none.
pub fn change(facts: &Facts, form: &Form) -> Option<Change> {
    if matches!(form.purpose, Purpose::Decide | Purpose::Exclude(_) | Purpose::Revoke(_)) {
        return decide::change(form).ok();
    }
    if !form.is_changed() {
        return None;
    }
    match &form.purpose {
        Purpose::Owner(role) => Some(Change::SetOwner {
            role: role.clone(),
            name: form.changed("name"),
            contact: form.changed("contact"),
            basis: form.changed("basis"),
        }),
        Purpose::Function(function) => {
            Some(Change::SetFunction { function: function.clone(), name: form.changed("name"), contact: form.changed("contact") })
        }
        Purpose::Scope(field) => {
            let text = form.value("value").trim().to_owned();
            let value = match facts.plan.field(field.as_str())?.kind {
                FieldKind::List => {
                    Value::List(text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect())
                }
                FieldKind::Text | FieldKind::Choice(_) => Value::Text(text),
            };
            Some(Change::SetScope { field: field.clone(), value })
        }
        Purpose::Activation(group) => {
            Some(Change::SetActivation { group: group.clone(), status: ActivationStatus::from_word(form.value("status")) })
        }
        Purpose::Dependency(dependency) => Some(Change::SetDependency {
            dependency: dependency.clone(),
            treatment: form.changed("treatment").and_then(|word| Treatment::from_word(&word)),
            order_form: form.changed("order_form"),
            launch_room: form.changed("launch_room"),
            changed: form.changed("changed"),
        }),
        Purpose::Withdraw(evidence) => {
            Some(Change::WithdrawEvidence { evidence: *evidence, why: form.value("why").trim().to_owned() })
        }
        Purpose::Run(_)
        | Purpose::Batch(_)
        | Purpose::AttachRun(_)
        | Purpose::AttachDocument(_)
        | Purpose::Decide
        | Purpose::Exclude(_)
        | Purpose::Revoke(_)
        | Purpose::Discard(_)
        | Purpose::Dossier
        | Purpose::Present
        | Purpose::CheckText
        | Purpose::SinceDate
        | Purpose::NewRoom
        | Purpose::OpenRoom
        | Purpose::Connect => None,
    }
}

/// A key that is text, or turns a choice.
pub fn typed(model: &mut Model, key: Key) -> Vec<Effect> {
    let Some(Overlay::Form(form)) = model.overlays.last_mut() else { return Vec::new() };
    form.error = None;
    match form.focused().map(|field| &mut field.input) {
        Some(FieldInput::Text(text) | FieldInput::Secret(text)) => drop(text.press(key)),
        Some(FieldInput::Choice { options, at }) => match key.code {
            Code::Right | Code::Char(' ' | 'l') => *at = (*at + 1) % options.len().max(1),
            Code::Left | Code::Char('h') => *at = (*at + options.len().max(1) - 1) % options.len().max(1),
            // The first letter finds the word.
            Code::Char(c) => {
                let count = options.len();
                let found = (1..=count).map(|by| (*at + by) % count.max(1)).find(|at| options[*at].1.starts_with(c));
                *at = found.unwrap_or(*at);
            }
            _ => {}
        },
        None => {}
    }
    preview(model)
}

/// Text was pasted into a form.
pub fn pasted(model: &mut Model, text: &str) -> Vec<Effect> {
    let Some(Overlay::Form(form)) = model.overlays.last_mut() else { return Vec::new() };
    if form.purpose == Purpose::CheckText {
        return super::claims::taken(model, text.to_owned());
    }
    if let Some(FieldInput::Text(input) | FieldInput::Secret(input)) = form.focused().map(|field| &mut field.input) {
        input.insert(text.trim_end_matches('\n'));
    }
    preview(model)
}

/// Asks what saving would do, for the forms whose effect reaches further than their fields.
fn preview(model: &mut Model) -> Vec<Effect> {
    decide::follow(model);
    let Some(facts) = model.opened.as_ref().and(model.facts()) else { return Vec::new() };
    let Some(Overlay::Form(form)) = model.overlays.last() else { return Vec::new() };
    if form.purpose == Purpose::Dossier {
        return super::dossier::look(model);
    }
    if !matches!(
        form.purpose,
        Purpose::Scope(_)
            | Purpose::Dependency(_)
            | Purpose::Activation(_)
            | Purpose::Withdraw(_)
            | Purpose::Decide
            | Purpose::Exclude(_)
            | Purpose::Revoke(_)
    ) {
        return Vec::new();
    }
    let change = if form.purpose == Purpose::Decide { decide::foretold(form) } else { change(&facts, form) };
    let number = model.numbers.preview + 1;
    model.numbers.preview = number;
    let Some(Overlay::Form(form)) = model.overlays.last_mut() else { return Vec::new() };
    if let Some(change) = change {
        form.preview = Preview::Asked(number);
        vec![Effect::Preview { number, change: Box::new(change) }]
    } else {
        form.preview = Preview::None;
        Vec::new()
    }
}

/// What saving would do is known. An answer to an older question is dropped.
pub fn previewed(model: &mut Model, number: u64, outcome: Result<Vec<String>, String>) -> Vec<Effect> {
    if let Some(Overlay::Form(form)) = model.overlays.last_mut()
        && form.preview == Preview::Asked(number)
    {
        form.preview = match outcome {
            Ok(lines) => Preview::Known(lines),
            Err(why) => Preview::Refused(why),
        };
    }
    Vec::new()
}

/// To another field.
pub fn next_field(model: &mut Model, back: bool) -> Vec<Effect> {
    if let Some(Overlay::Form(form)) = model.overlays.last_mut() {
        form.next(back);
    }
    Vec::new()
}

/// Does what the form is for.
pub fn submit(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Form(form)) = model.overlays.last() else { return Vec::new() };
    match &form.purpose {
        Purpose::Run(_) => runs::start(model),
        Purpose::Batch(_) => super::batch::start(model),
        Purpose::AttachRun(_) | Purpose::AttachDocument(_) => document::submit(model),
        Purpose::Discard(captured) => {
            let run = captured.run.id.clone();
            model.overlays.pop();
            vec![Effect::Discard(run)]
        }
        Purpose::Dossier => super::dossier::submit(model),
        Purpose::Decide | Purpose::Exclude(_) | Purpose::Revoke(_) => decide::submit(model),
        Purpose::Present => super::present::submit(model),
        Purpose::CheckText => super::claims::submit(model),
        Purpose::SinceDate => super::since::submit(model),
        Purpose::NewRoom | Purpose::OpenRoom | Purpose::Connect => take_way(model),
        Purpose::Owner(_)
        | Purpose::Function(_)
        | Purpose::Scope(_)
        | Purpose::Activation(_)
        | Purpose::Dependency(_)
        | Purpose::Withdraw(_) => save(model),
    }
}

fn save(model: &mut Model) -> Vec<Effect> {
    if model.unreadable.is_some() {
        if let Some(Overlay::Form(form)) = model.overlays.last_mut() {
            form.error = Some("Nothing can be saved while the room file cannot be read. What you typed stays here".into());
        }
        return Vec::new();
    }
    let Some(facts) = model.facts() else { return Vec::new() };
    let Some(Overlay::Form(form)) = model.overlays.last() else { return Vec::new() };
    let (change, title) = (change(&facts, form), form.title.clone());
    let seen = change.as_ref().and_then(|change| apply::inverse(facts.room, change)).map(Box::new);
    if let Some(change) = change {
        if let Some(Overlay::Form(form)) = model.overlays.last_mut()
            && let Some(warning) = form.warn()
        {
            form.error = Some(warning);
            return Vec::new();
        }
        model.writing += 1;
        vec![Effect::Write { change: Box::new(change), what: title, seen }]
    } else {
        model.overlays.pop();
        model.say("Nothing was changed");
        Vec::new()
    }
}

/// `x`: removes an owner, withdraws a record, discards a captured run, leaves a requirement out or takes that back; asks first.
pub fn remove(model: &mut Model) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    match model.selected().map(|subject| subject.behind(&facts)) {
        Some(Subject::Role(role)) => remove_owner(model, role),
        Some(Subject::Requirement(id)) => match facts.real.requirement(id.as_str()).cloned() {
            Some(state) => decide::exclude(model, &state),
            None => Vec::new(),
        },
        Some(Subject::Record(seq)) => {
            if let Some(exclusion) = facts.standing_exclusion(seq) {
                return decide::revoke(model, &exclusion);
            }
            let form = Form::new(Purpose::Withdraw(seq), format!("Withdraw record #{seq}"), "withdraw")
                .fact("What", "it stays in the ledger and no longer counts; attaching again is a new record")
                .field(Field::text("why", "Why", "in words, for whoever reads the ledger", ""));
            show(model, Form { danger: true, ..form })
        }
        Some(subject) => runs::discard(model, &subject),
        None => Vec::new(),
    }
}

fn remove_owner(model: &mut Model, role: RoleId) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let (Some(spec), Some(owner)) = (facts.plan.role(role.as_str()), facts.room.owners.get(&role)) else { return Vec::new() };
    let confirm = Confirm {
        title: format!("Remove {} as {}?", owner.name, words::inside(&spec.title)),
        lines: vec![
            "The role is blank then, and whatever needs it is held again.".into(),
            format!("Needed for {}.", words::stage(facts.plan, spec.due.as_str())),
        ],
        yes: "remove".into(),
        then: {
            let change = Change::ClearOwner { role };
            let seen = apply::inverse(facts.room, &change).map(Box::new);
            Effect::Write { change: Box::new(change), what: spec.title.clone(), seen }
        },
    };
    super::overlay(model, Overlay::Confirm(confirm))
}

/// The space bar: a task is done or not; a requirement is assumed or not.
pub fn space(model: &mut Model) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    match model.selected().map(|subject| subject.behind(&facts)) {
        Some(Subject::Task(step, task)) => {
            let done = !facts.room.is_done(step.as_str(), task.as_str());
            let what = format!("{step}/{task}");
            model.writing += 1;
            vec![Effect::Write { change: Box::new(Change::SetTask { step, task, done }), what, seen: None }]
        }
        Some(Subject::Requirement(id)) => {
            let mut assumed = model.what_if.assumed.clone();
            if !assumed.remove(&id) {
                assumed.insert(id);
            }
            model.assume(assumed);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// The start screen's lines.
pub fn way(model: &mut Model) -> Vec<Effect> {
    let form = match model.start.selected {
        0 => return vec![Effect::Leave(Leave::To(Way::Demo))],
        1 => Form::new(Purpose::NewRoom, "A new room", "create")
            .fact("What", "writes one commented file; nothing else, and nothing leaves this machine")
            .field(Field::text("tenant", "Customer", "e.g. Northwind Logistics", ""))
            .field(Field::text(
                "path",
                "File",
                "launchroom.toml is found by itself; any other name has to be given each time",
                "launchroom.toml",
            )),
        2 => Form::new(Purpose::OpenRoom, "Open a room file", "open").field(Field::text(
            "path",
            "File",
            "a launchroom.toml, or the folder it is in",
            "",
        )),
        _ => Form::new(Purpose::Connect, "Connect to a server", "connect").field(Field::text(
            "url",
            "Address",
            "https://… of the room",
            "",
        )),
    };
    show(model, form)
}

/// To the letter, as the search for rooms has it.
fn is_toml(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|end| end == "toml")
}

fn take_way(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Form(form)) = model.overlays.last_mut() else { return Vec::new() };
    let value = |id: &str| form.value(id).trim().to_owned();
    let (way, missing) = match form.purpose {
        Purpose::NewRoom => {
            (Way::New { path: value("path"), tenant: value("tenant") }, value("tenant").is_empty() || value("path").is_empty())
        }
        Purpose::OpenRoom => (Way::Open(value("path")), value("path").is_empty()),
        _ => (Way::Connect(value("url")), value("url").is_empty()),
    };
    if missing {
        form.error = Some("Fill in every field first".into());
        return Vec::new();
    }
    if form.purpose == Purpose::NewRoom && !is_toml(form.value("path").trim()) {
        form.error = Some("A room file ends in .toml, e.g. launchroom.toml; under another name nothing would find it".into());
        form.focus = form.fields.iter().position(|field| field.id == "path").unwrap_or(form.focus);
        return Vec::new();
    }
    vec![Effect::Leave(Leave::To(way))]
}

/// The room moved on: open forms follow it, without losing what was typed; a waiting one does when it is opened again.
pub fn follow(model: &mut Model) -> Vec<Effect> {
    for at in 0..model.overlays.len() {
        let Some(Overlay::Form(form)) = model.overlays.get(at) else { continue };
        let Some(fresh) = model.facts().and_then(|facts| fresh(&facts, &form.purpose)) else { continue };
        let when: Vec<(String, String)> =
            fresh.fields.iter().map(|field| (field.id.clone(), since(model, &fresh.purpose, &field.id))).collect();
        if let Some(Overlay::Form(form)) = model.overlays.get_mut(at) {
            form.follow(&fresh, |field| {
                when.iter().find(|(id, _)| *id == field.id).map(|(_, when)| when.clone()).unwrap_or_default()
            });
        }
    }
    preview(model)
}

/// When the value behind a field was last changed, as far as the ledger knows; and by whom, when that is known.
fn since(model: &Model, purpose: &Purpose, field: &str) -> String {
    let Some(facts) = model.facts() else { return String::new() };
    let path = match purpose {
        Purpose::Owner(id) => format!("owners.{id}.{field}"),
        Purpose::Function(id) => format!("functions.{id}.{field}"),
        Purpose::Scope(id) => format!("scope.{id}"),
        Purpose::Activation(id) => format!("activation.{id}.status"),
        Purpose::Dependency(id) => format!("dependencies.{id}.{field}"),
        _ => String::new(),
    };
    let changed = facts.snapshot.ledger.entries.iter().rev().find_map(|entry| {
        let (Body::RoomChanged(body) | Body::EditedOutside(body)) = &entry.body else { return None };
        let by = if matches!(entry.body, Body::EditedOutside(_)) { "" } else { entry.by.as_str() };
        body.changes.iter().any(|change| change.path == path).then_some((entry.at, by))
    });
    // A room without a ledger: nobody noted when, so it is when we saw it.
    let (at, by) = changed.unwrap_or((facts.now, ""));
    let at = words::moment_near(at, facts.now, facts.zone);
    if by.is_empty() { at } else { format!("{at} by {by}") }
}
