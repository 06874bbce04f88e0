//! Attaching: a captured run, a file, or a statement of where something is.

use super::{forms, runs};
use crate::app::ports::Captured;
use crate::domain::ids::TargetId;
use crate::domain::plan::{Class, Need, Target};
use crate::present::words;
use crate::tui::effect::{AttachDocument, AttachRun, Effect};
use crate::tui::model::form::{Field, Form, Purpose};
use crate::tui::model::{Facts, Model, Overlay};

/// `a`: the captured run in front, else a document for what is selected.
pub fn attach(model: &mut Model) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let form = match runs::captured_in_front(model) {
        Some(captured) => run_form(&facts, &captured),
        None => match model.selected().and_then(|subject| subject.serves(&facts)) {
            Some(serves) => document_form(&facts, &serves),
            None => return Vec::new(),
        },
    };
    forms::show(model, form)
}

fn run_form(facts: &Facts, captured: &Captured) -> Form {
    let proof = facts.plan.proof(captured.proof.as_str());
    let title = proof.map_or(captured.proof.as_str(), |proof| &proof.title);
    let targets: Vec<&Target> =
        facts.plan.targets.iter().filter(|target| proof.is_none_or(|proof| proof.targets.contains(&target.id))).collect();
    let class = proof.map_or(Class::Locked, |proof| proof.class);
    let first = proof.and_then(|proof| proof.targets.first()).map_or("", |target| target.as_str()).to_owned();
    let masked: u64 = captured.redactions.values().sum();
    let mut form = Form::new(Purpose::AttachRun(Box::new(captured.clone())), format!("Attach {title}"), "attach")
        .fact(
            "Run",
            format!("{}, {}", words::run_outcome(captured.outcome, &captured.run), words::moment(captured.run.ended, facts.zone)),
        )
        .fact(
            "Holds",
            format!("{}, {} masked", words::count(captured.size, "byte", "bytes"), words::count(masked, "secret", "secrets")),
        );
    for note in &captured.notes {
        form = form.fact("Note", note);
    }
    if captured.suspects > 0 {
        let told = words::suspects(captured.suspects, false);
        form = form.fact("Suspects", format!("{told}: read what it printed, in its pane, before buyers may"));
    }
    if let Some(proof) = proof {
        form = form.fact(
            "Shows",
            if captured.passed() { proof.proves.clone() } else { "that it did not pass; it counts as that".into() },
        );
    }
    let note = Field::text("note", "Note", "optional, for whoever reads the record", "");
    let form = form.field(targets_field(&targets, &first)).field(class_field(class)).field(note);
    if captured.suspects > 0 { form.field(looked_field()) } else { form }
}

/// Asked where something may be a secret that no rule knows, before buyers may see it.
fn looked_field() -> Field {
    let options = [("no", "not yet: it stays out of `public`"), ("yes", "I looked, and none of them is a secret")];
    let options = options.map(|(value, label)| (value.to_owned(), label.to_owned()));
    Field::choice("looked", "Looked", options.to_vec(), "no")
}

/// A document was held back: the form says why, and asks.
pub fn held_back(form: &mut Form) {
    if form.fields.iter().all(|field| field.id != "looked") {
        form.fields.push(looked_field());
    }
}

fn document_form(facts: &Facts, serves: &str) -> Form {
    let wanted: Vec<TargetId> =
        facts.plan.requirement(serves).map(|requirement| targets_of(&requirement.need)).unwrap_or_default();
    let wanted =
        if wanted.is_empty() { facts.plan.step(serves).map(|step| step.targets.clone()).unwrap_or_default() } else { wanted };
    let targets: Vec<&Target> =
        facts.plan.targets.iter().filter(|target| wanted.is_empty() || wanted.contains(&target.id)).collect();
    let title = facts
        .plan
        .requirement(serves)
        .map(|requirement| requirement.text.clone())
        .or_else(|| facts.plan.step(serves).map(|step| step.title.clone()))
        .or_else(|| facts.plan.role(serves).map(|role| format!("{}: {}", role.title, role.evidence)))
        .unwrap_or_else(|| serves.to_owned());
    let class = targets.first().map_or(Class::Tenant, |target| target.class);
    let first = targets.first().map_or("", |target| target.id.as_str()).to_owned();
    Form::new(Purpose::AttachDocument(serves.to_owned()), format!("Attach for {serves}"), "attach")
        .fact("For", title)
        .field(Field::text("file", "File", "a file to take in; or leave it blank and state a reference", ""))
        .field(Field::text(
            "reference",
            "Reference",
            "where the thing is, e.g. order form OF-2026-014 section 7; counts for documents only",
            "",
        ))
        .field(targets_field(&targets, &first))
        .field(class_field(class))
        .field(Field::text("note", "Note", "optional, for whoever reads the record", ""))
}

fn targets_of(need: &Need) -> Vec<TargetId> {
    match need {
        Need::Evidence { targets, .. } => targets.clone(),
        Need::Any(needs) => needs.iter().flat_map(targets_of).collect(),
        _ => Vec::new(),
    }
}

fn targets_field(targets: &[&Target], first: &str) -> Field {
    let options = targets.iter().map(|target| (target.id.to_string(), target.title.clone())).collect();
    Field::choice("target", "Target", options, first)
}

fn class_field(class: Class) -> Field {
    let options = [
        (Class::Public, "public: buyers may see it"),
        (Class::Tenant, "tenant: the operator and members of the tenant"),
        (Class::Locked, "locked: this machine only"),
    ];
    Field::choice(
        "class",
        "Class",
        options.map(|(class, label)| (class.as_str().to_owned(), label.to_owned())).to_vec(),
        class.as_str(),
    )
}

/// Attaches what the form says.
pub fn submit(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Form(form)) = model.overlays.last_mut() else { return Vec::new() };
    let class = match form.value("class") {
        "public" => Class::Public,
        "tenant" => Class::Tenant,
        _ => Class::Locked,
    };
    let text = |id: &str| Some(form.value(id).trim().to_owned()).filter(|text| !text.is_empty());
    let (target, note) = (TargetId::from(form.value("target")), text("note"));
    let looked = form.value("looked") == "yes";
    let effect = match form.purpose.clone() {
        Purpose::AttachRun(captured) => {
            Effect::AttachRun(Box::new(AttachRun { captured: *captured, target, class, note, looked }))
        }
        Purpose::AttachDocument(serves) => match (text("file"), text("reference")) {
            (None, None) => {
                form.error = Some("Name a file, or say where the thing is".into());
                return Vec::new();
            }
            (Some(_), Some(_)) => {
                form.error = Some("Either a file or a reference, not both".into());
                return Vec::new();
            }
            (file, reference) => {
                Effect::AttachDocument(Box::new(AttachDocument { file, reference, target, class, serves, note, looked }))
            }
        },
        _ => return Vec::new(),
    };
    model.writing += 1;
    vec![effect]
}
