//! The requirements of gates and steps.

use super::names::{Kind, Names, is_id};
use super::read::{mentioned_all, owner};
use crate::domain::ids::RequirementId;
use crate::domain::plan::{Need, Requirement};
use crate::format::diagnose::{Problem, quoted};
use crate::format::table::{At, Table};

/// Whose requirement it is: only a gate stands at a stage.
#[derive(Clone, Copy, PartialEq)]
enum Holder {
    Gate,
    Step,
}

#[derive(Clone, Copy)]
enum Word {
    Roles,
    Scope,
    Step,
    Proof,
    Evidence,
    Dependencies,
    Activation,
    Decision,
    Gate,
    Any,
}

const WORDS: [(&str, Word); 10] = [
    ("roles", Word::Roles),
    ("scope", Word::Scope),
    ("step", Word::Step),
    ("proof", Word::Proof),
    ("evidence", Word::Evidence),
    ("dependencies", Word::Dependencies),
    ("activation", Word::Activation),
    ("decision", Word::Decision),
    ("gate", Word::Gate),
    ("any", Word::Any),
];

/// The requirements of a gate, called `gate/slug`.
pub fn of_gate(table: &Table<'_>, gate: &At<String>, names: &mut Names) -> Vec<Requirement> {
    all(table, gate, Holder::Gate, names)
}

/// What a step needs besides its tasks, called `step/slug`.
pub fn of_step(table: &Table<'_>, step: &At<String>, names: &mut Names) -> Vec<Requirement> {
    all(table, step, Holder::Step, names)
}

fn all(table: &Table<'_>, holder: &At<String>, kind: Holder, names: &mut Names) -> Vec<Requirement> {
    let read = |one: Table<'_>| {
        let requirement = requirement(&one, &holder.value, kind, names);
        one.finish();
        requirement
    };
    table.tables("requires", "requirement").into_iter().map(read).collect()
}

fn requirement(table: &Table<'_>, holder: &str, kind: Holder, names: &mut Names) -> Requirement {
    let slug = table.text("id");
    if !slug.value.is_empty() && !is_id(&slug.value) {
        let problem = Problem::new(slug.span.clone(), format!("{} is no id for a requirement", quoted(&slug.value)));
        table.problems().add(problem.help("only the part after the gate: 1 to 64 of a-z, 0-9, - and _"));
    }
    let id = RequirementId::new(&holder.into(), &slug.value);
    names.declare(Kind::Requirement, &At { value: id.to_string(), span: slug.span });

    let need = need(table, kind, names).unwrap_or(Need::Any(Vec::new()));
    let excludable = table.flag("excludable");
    if excludable.value && matches!(need, Need::Roles | Need::Scope(_) | Need::Decision) {
        let message = format!("a {} requirement can never be excluded", need.kind());
        table.problems().add(Problem::new(excludable.span, message).help("drop `excludable`"));
    }
    Requirement {
        id,
        text: table.text("text").value,
        owner: owner(table, names, "a requirement"),
        remedy: table.text("remedy").value,
        excludable: excludable.value,
        need,
    }
}

/// When it is met. `None` when the kind is unknown, which is a problem already.
fn need(table: &Table<'_>, holder: Holder, names: &mut Names) -> Option<Need> {
    const PLACE: &str = "a requirement";
    let kind = table.text("kind");
    let word = table.word(&kind, "kind", &WORDS)?;
    if holder == Holder::Step && matches!(word, Word::Roles | Word::Decision) {
        let message = format!("a step cannot require `{}`: only a gate stands at a stage", kind.value);
        table.problem(&kind.span, message);
    }
    Some(match word {
        Word::Roles => Need::Roles,
        Word::Decision => Need::Decision,
        Word::Scope => Need::Scope(listed(table, "fields", Kind::Field, names)),
        Word::Dependencies => Need::Dependencies(listed(table, "dependencies", Kind::Dependency, names)),
        Word::Activation => Need::Activation(listed(table, "groups", Kind::Group, names)),
        Word::Step => Need::Step(one(table, "step", Kind::Step, names)),
        Word::Proof => Need::Proof(one(table, "proof", Kind::Proof, names)),
        Word::Gate => Need::Gate(one(table, "gate", Kind::Gate, names)),
        Word::Evidence => {
            // Most documents have the requirement's own name.
            let document = table.text_if("document").or_else(|| table.text_if("id")).unwrap_or_default();
            if !is_id(&document.value) && !document.value.is_empty() {
                table.problem(&document.span, format!("{} is no id for a document", quoted(&document.value)));
            }
            if document.value.is_empty() {
                table.problem(&table.span(), "evidence of what? Add `document`");
            }
            Need::Evidence {
                document: document.value.into(),
                targets: listed(table, "targets", Kind::Target, names),
                may_be_stated: table.flag("may_be_stated").value,
            }
        }
        Word::Any => {
            let alternative = |one: Table<'_>| {
                let need = need(&one, holder, names);
                one.finish();
                need
            };
            let needs: Vec<Need> = table.tables("any", PLACE).into_iter().filter_map(alternative).collect();
            if needs.is_empty() {
                let problem = Problem::new(table.span(), "any of nothing is never met");
                table.problems().add(problem.help("add any = [{ kind = \"…\" }, …]"));
            }
            Need::Any(needs)
        }
    })
}

fn one<Id: From<String>>(table: &Table<'_>, key: &'static str, kind: Kind, names: &mut Names) -> Id {
    let id = table.text(key);
    names.mention(kind, &id, "a requirement");
    id.value.into()
}

/// A list that must name something: a requirement for nothing is a slip, and would be met by nobody.
fn listed<Id: From<String>>(table: &Table<'_>, key: &'static str, kind: Kind, names: &mut Names) -> Vec<Id> {
    let list = mentioned_all(table, key, kind, names, "a requirement");
    if list.is_empty() {
        let problem = Problem::new(table.key_span(key), format!("a requirement without `{key}` can be met by nobody"));
        table.problems().add(problem.help(format!("add {key} = [\"…\"]")));
    }
    list
}
