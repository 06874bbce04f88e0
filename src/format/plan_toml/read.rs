//! The tables of a plan file, one function a table.

use super::names::{Kind, Names, is_id};
use super::requirement;
use crate::domain::ids::ProofId;
use crate::domain::plan::{
    Attachment, Claim, Class, Confirmation, Dependency, EnvName, EnvNeed, EnvPlace, FieldKind, Function, Gate, Group, Input,
    Motion, Party, Plan, Proof, Role, ScopeField, Side, Stance, Step, Target, Task,
};
use crate::format::diagnose::{Problem, quoted};
use crate::format::moment;
use crate::format::table::{At, Table};
use jiff::SignedDuration;
use std::collections::BTreeSet;

const SIDES: [(&str, Side); 3] = [("customer", Side::Customer), ("vendor", Side::Vendor), ("joint", Side::Joint)];
const CLASSES: [(&str, Class); 3] = [("public", Class::Public), ("tenant", Class::Tenant), ("locked", Class::Locked)];
/// Nobody plans a pilot of ten years; a week beyond that is a slip of the hand.
const LAST_WEEK: u32 = 520;

pub fn plan(table: &Table<'_>, names: &mut Names) -> Plan {
    let id = table.text("id");
    if !id.value.is_empty() && !is_id(&id.value) {
        table.problem(&id.span, format!("{} is no id for a plan", quoted(&id.value)));
    }
    if table.number("schema").is_none() && !table.has("schema") {
        table.problems().add(Problem::new(0..0, "the plan has no `schema`").help("add schema = 1 at the top"));
    }
    // Owners come first: whether `owner = "…"` is a role or a function depends on which of them is declared.
    let functions = each(table, "functions", "function", names, function);
    let roles = each(table, "roles", "role", names, role);
    let dependencies = each(table, "dependencies", "dependency", names, dependency);
    let plan = Plan {
        id: id.value.into(),
        title: table.text("title").value,
        vendor: table.text("vendor").value,
        ordered: table.flag("ordered").value,
        four_eyes: table.flag("four_eyes").value,
        stance: stance(table, names),
        motions: each(table, "motions", "motion", names, motion),
        scope: each(table, "scope", "scope field", names, field),
        functions,
        roles,
        steps: each(table, "steps", "step", names, step),
        gates: each(table, "gates", "gate", names, gate),
        proofs: each(table, "proofs", "proof", names, proof),
        activation: each(table, "activation", "activation group", names, group),
        dependencies,
        targets: each(table, "targets", "target", names, target),
        attachments: each(table, "attachments", "attachment", names, attachment),
        blocked_wording: values(table.texts("blocked_wording")),
        claims: each(table, "claims", "claim", names, claim),
        boundaries: values(table.texts("boundaries")),
    };
    table.finish();
    plan
}

/// Reads every table of a list and reports what is unknown in each.
fn each<T>(
    table: &Table<'_>,
    key: &'static str,
    name: &'static str,
    names: &mut Names,
    read: fn(&Table<'_>, &mut Names) -> T,
) -> Vec<T> {
    let read_one = |one: Table<'_>| {
        let item = read(&one, names);
        one.finish();
        item
    };
    table.tables(key, name).into_iter().map(read_one).collect()
}

fn values(list: Vec<At<String>>) -> Vec<String> {
    list.into_iter().map(|item| item.value).collect()
}

fn declared<Id: From<String>>(table: &Table<'_>, kind: Kind, names: &mut Names) -> Id {
    let id = table.text("id");
    names.declare(kind, &id);
    id.value.into()
}

/// A required id of something else.
fn mentioned<Id: From<String>>(table: &Table<'_>, key: &'static str, kind: Kind, names: &mut Names, place: &'static str) -> Id {
    let id = table.text(key);
    names.mention(kind, &id, place);
    id.value.into()
}

/// An id of something else that may be absent.
fn mentioned_if<Id: From<String>>(
    table: &Table<'_>,
    key: &'static str,
    kind: Kind,
    names: &mut Names,
    place: &'static str,
) -> Option<Id> {
    let id = table.text_if(key)?;
    names.mention(kind, &id, place);
    Some(id.value.into())
}

/// The ids in a list.
pub(super) fn mentioned_all<Id: From<String>>(
    table: &Table<'_>,
    key: &'static str,
    kind: Kind,
    names: &mut Names,
    place: &'static str,
) -> Vec<Id> {
    let note = |id: At<String>| {
        names.mention(kind, &id, place);
        id.value.into()
    };
    table.texts(key).into_iter().map(note).collect()
}

/// Who owes it: `owner = "billing-owner"` is a role, `owner = "finance"` a function.
pub(super) fn owner(table: &Table<'_>, names: &mut Names, place: &'static str) -> Party {
    let id = table.text("owner");
    names.mention_party(&id, place);
    if names.is_declared(Kind::Role, &id.value) { Party::Role(id.value.into()) } else { Party::Function(id.value.into()) }
}

fn side(table: &Table<'_>) -> Side {
    table.word(&table.text("side"), "side", &SIDES).unwrap_or(Side::Joint)
}

fn class(table: &Table<'_>) -> Class {
    // Unknown is the strictest; the plan is refused anyway.
    table.word(&table.text("class"), "class", &CLASSES).unwrap_or(Class::Locked)
}

fn stance(table: &Table<'_>, names: &mut Names) -> Stance {
    let Some(stance) = table.table("stance", "[stance]") else {
        if !table.has("stance") {
            let problem = Problem::new(0..0, "the plan has no [stance]");
            table.problems().add(problem.help("add [stance] with text, motion and billing_default"));
        }
        return Stance { text: String::new(), motion: "".into(), billing_default: String::new() };
    };
    let read = Stance {
        text: stance.text("text").value,
        motion: mentioned(&stance, "motion", Kind::Motion, names, "[stance]"),
        billing_default: stance.text("billing_default").value,
    };
    stance.finish();
    read
}

fn motion(table: &Table<'_>, names: &mut Names) -> Motion {
    Motion {
        id: declared(table, Kind::Motion, names),
        title: table.text("title").value,
        status: table.text("status").value,
        treatment: table.text("treatment").value,
        condition: table.text("condition").value,
        target: mentioned(table, "target", Kind::Gate, names, "a motion"),
        allowed: values(table.texts("allowed")),
        blocked: values(table.texts("blocked")),
    }
}

fn function(table: &Table<'_>, names: &mut Names) -> Function {
    Function { id: declared(table, Kind::Function, names), title: table.text("title").value, side: side(table) }
}

fn role(table: &Table<'_>, names: &mut Names) -> Role {
    Role {
        id: declared(table, Kind::Role, names),
        title: table.text("title").value,
        side: side(table),
        due: mentioned(table, "due", Kind::Gate, names, "a role"),
        decides: table.text("decides").value,
        evidence: table.text("evidence").value,
    }
}

fn field(table: &Table<'_>, names: &mut Names) -> ScopeField {
    #[derive(Clone, Copy)]
    enum Shape {
        Text,
        List,
        Choice,
    }
    let shapes = [("text", Shape::Text), ("list", Shape::List), ("choice", Shape::Choice)];
    let kind = match table.word(&table.text("kind"), "kind", &shapes) {
        Some(Shape::List) => FieldKind::List,
        Some(Shape::Choice) => FieldKind::Choice(choices(table)),
        Some(Shape::Text) | None => FieldKind::Text,
    };
    ScopeField {
        id: declared(table, Kind::Field, names),
        title: table.text("title").value,
        kind,
        required: table.flag("required").value,
        boundary: table.flag("boundary").value,
        due: mentioned(table, "due", Kind::Gate, names, "a scope field"),
        owner: owner(table, names, "a scope field"),
        hint: table.text("hint").value,
    }
}

fn choices(table: &Table<'_>) -> Vec<String> {
    let choices = table.texts("choices");
    if choices.is_empty() {
        table.problems().add(Problem::new(table.span(), "a choice without choices").help("add choices = [\"…\", \"…\"]"));
    }
    values(choices)
}

fn step(table: &Table<'_>, names: &mut Names) -> Step {
    let id = table.text("id");
    names.declare(Kind::Step, &id);
    let week = table.number("week").unwrap_or_else(|| {
        if !table.has("week") {
            table.problems().add(Problem::new(table.span(), "step has no `week`").help("weeks count from the kickoff week, 0"));
        }
        At::default()
    });
    if week.value > LAST_WEEK {
        table.problem(&week.span, format!("week {} is more than ten years away", week.value));
    }
    Step {
        title: table.text("title").value,
        week: week.value,
        owner: owner(table, names, "a step"),
        goal: table.text("goal").value,
        tasks: tasks(table),
        exit_gate: table.text("exit_gate").value,
        stop_rule: table.text("stop_rule").value,
        targets: mentioned_all(table, "targets", Kind::Target, names, "a step"),
        requires: requirement::of_step(table, &id, names),
        id: id.value.into(),
    }
}

fn tasks(table: &Table<'_>) -> Vec<Task> {
    let mut seen = BTreeSet::new();
    let mut read = |task: Table<'_>| {
        let id = task.text("id");
        if !id.value.is_empty() && !is_id(&id.value) {
            task.problem(&id.span, format!("{} is no id for a task", quoted(&id.value)));
        }
        if !id.value.is_empty() && !seen.insert(id.value.clone()) {
            let message = format!("a second task of this step is called {}", quoted(&id.value));
            task.problems().add(Problem::new(id.span.clone(), message).help("give it a name of its own"));
        }
        let text = task.text("text").value;
        let approved = task.flag("approved").value;
        let after = task.texts_if("after").map(|after| after.value).unwrap_or_default();
        for first in after.iter().filter(|first| !seen.contains(&first.value) || first.value == id.value) {
            let message = format!("{} is no task of this step that comes before", quoted(&first.value));
            task.problems().add(Problem::new(first.span.clone(), message).help("name tasks that are listed above this one"));
        }
        task.finish();
        Task { id: id.value.into(), text, after: after.into_iter().map(|first| first.value.into()).collect(), approved }
    };
    table.tables("tasks", "task").into_iter().map(&mut read).collect()
}

fn gate(table: &Table<'_>, names: &mut Names) -> Gate {
    let id = table.text("id");
    names.declare(Kind::Gate, &id);
    Gate {
        title: table.text("title").value,
        summary: table.text("summary").value,
        stop_rule: table.text("stop_rule").value,
        blocked_by_policy: table.flag("blocked_by_policy").value,
        proof: mentioned_if::<ProofId>(table, "proof", Kind::Proof, names, "a gate"),
        requires: requirement::of_gate(table, &id, names),
        id: id.value.into(),
    }
}

fn proof(table: &Table<'_>, names: &mut Names) -> Proof {
    Proof {
        id: declared(table, Kind::Proof, names),
        title: table.text("title").value,
        proves: table.text("proves").value,
        command: table.text("command").value,
        class: class(table),
        mutating: table.flag("mutating").value,
        env: table.tables("env", "env").iter().map(env_need).collect(),
        confirm: table.table("confirm", "confirm").as_ref().map(confirmation),
        outputs: values(table.texts("outputs")),
        targets: mentioned_all(table, "targets", Kind::Target, names, "a proof"),
        step: mentioned_if(table, "step", Kind::Step, names, "a proof"),
        after: mentioned_if(table, "after", Kind::Step, names, "a proof"),
        depends_on: inputs(table, names),
        max_age: duration(table, "max_age"),
        bundle: table.flag("bundle").value,
        expected: duration(table, "expected"),
        timeout: duration(table, "timeout"),
        illustrative: table.flag("illustrative").value,
    }
}

fn env_need(table: &Table<'_>) -> EnvNeed {
    let need = EnvNeed {
        name: env_name(table, &table.text("name")),
        secret: table.flag("secret").value,
        default: table.text_if("default").map(|text| text.value),
    };
    if need.secret && need.default.is_some() {
        let help = "drop the default: a secret comes from the operator, never from a plan";
        table.problems().add(Problem::new(table.key_span("default"), "a secret has no default").help(help));
    }
    table.finish();
    need
}

fn confirmation(table: &Table<'_>) -> Confirmation {
    let read = Confirmation { env: env_name(table, &table.text("env")), phrase: table.text("phrase").value };
    table.finish();
    read
}

fn env_name(table: &Table<'_>, name: &At<String>) -> String {
    let fits = |(at, b): (usize, u8)| matches!(b, b'A'..=b'Z' | b'a'..=b'z' | b'_') || (at > 0 && b.is_ascii_digit());
    if !name.value.is_empty() && !name.value.bytes().enumerate().all(fits) {
        let problem = Problem::new(name.span.clone(), format!("{} is no name of an environment value", quoted(&name.value)));
        table.problems().add(problem.help("letters, digits and _, the first no digit"));
    }
    name.value.clone()
}

/// What a result rests on: `dependency:stripe`, `scope:cohort`, or all of a kind: `dependency:*`.
fn inputs(table: &Table<'_>, names: &mut Names) -> Vec<Input> {
    let mut out = Vec::new();
    for text in table.texts("depends_on") {
        let (kind, id) = text.value.split_once(':').unwrap_or((&text.value, ""));
        let id = At { value: id.to_owned(), span: text.span.clone() };
        match kind {
            // Dependencies are read by now; a plan that gains one gains it as an input too.
            "dependency" if id.value == "*" => {
                out.extend(names.of(Kind::Dependency).map(|id| Input::Dependency(id.value.as_str().into())));
            }
            "dependency" => out.push(Input::Dependency(noted(&id, Kind::Dependency, names))),
            "scope" => out.push(Input::Scope(noted(&id, Kind::Field, names))),
            "activation" => out.push(Input::Activation(noted(&id, Kind::Group, names))),
            "proof" => out.push(Input::Proof(noted(&id, Kind::Proof, names))),
            _ => table.problems().add(
                Problem::new(text.span.clone(), format!("{} names no input", quoted(&text.value)))
                    .help("write dependency:…, scope:…, activation:…, proof:… or dependency:*"),
            ),
        }
        if id.value.is_empty() && matches!(kind, "dependency" | "scope" | "activation" | "proof") {
            table.problem(&text.span, format!("{} does not say which {kind}", quoted(&text.value)));
        }
    }
    out
}

fn noted<Id: From<String>>(id: &At<String>, kind: Kind, names: &mut Names) -> Id {
    names.mention(kind, id, "`depends_on`");
    id.value.clone().into()
}

/// A length of time in one unit: `"30 days"`, `"36 hours"`, `"4 minutes"`.
fn duration(table: &Table<'_>, key: &'static str) -> Option<SignedDuration> {
    let text = table.text_if(key)?;
    let read = moment::length(&text.value);
    if read.is_none() {
        let problem = Problem::new(text.span, format!("{} is no length of time", quoted(&text.value)));
        table.problems().add(problem.help("write a number and seconds, minutes, hours, days or weeks: \"2 days\""));
    }
    read
}

fn group(table: &Table<'_>, names: &mut Names) -> Group {
    let env = |key, place| {
        let name = move |name: At<String>| EnvName { name: env_name(table, &name), place };
        table.texts(key).into_iter().map(name)
    };
    Group {
        id: declared(table, Kind::Group, names),
        title: table.text("title").value,
        unlocks: table.text("unlocks").value,
        owner: owner(table, names, "an activation group"),
        sources: values(table.texts("sources")),
        evidence: values(table.texts("evidence")),
        env: env("env", EnvPlace::Production).chain(env("operator_env", EnvPlace::Operator)).collect(),
        locks: values(table.texts("locks")),
        accepted_when: table.text("accepted_when").value,
        proof: mentioned_if(table, "proof", Kind::Proof, names, "an activation group"),
        after: table.texts_if("after").map(|after| values(after.value)).unwrap_or_default(),
        illustrative: table.flag("illustrative").value,
    }
}

fn dependency(table: &Table<'_>, names: &mut Names) -> Dependency {
    Dependency {
        id: declared(table, Kind::Dependency, names),
        title: table.text("title").value,
        category: table.text("category").value,
        owner: owner(table, names, "a dependency"),
        managed: table.text("managed").value,
        invoice: table.text("invoice").value,
        acceptance: table.text("acceptance").value,
        target: mentioned_if(table, "target", Kind::Target, names, "a dependency"),
        covers: covers(table),
        illustrative: table.flag("illustrative").value,
    }
}

/// Patterns of check ids: a whole id, or a beginning and `*`.
fn covers(table: &Table<'_>) -> Vec<String> {
    let pattern = |pattern: At<String>| {
        let stem = pattern.value.strip_suffix('*').unwrap_or(&pattern.value);
        if stem.is_empty() || stem.contains('*') {
            let problem = Problem::new(pattern.span, format!("{} would cover checks it does not name", quoted(&pattern.value)));
            table.problems().add(problem.help("write a whole check id, or its beginning and one `*` at the end"));
        }
        pattern.value
    };
    table.texts("covers").into_iter().map(pattern).collect()
}

fn target(table: &Table<'_>, names: &mut Names) -> Target {
    Target {
        id: declared(table, Kind::Target, names),
        title: table.text("title").value,
        class: class(table),
        receives: table.text("receives").value,
    }
}

fn attachment(table: &Table<'_>, names: &mut Names) -> Attachment {
    Attachment { text: table.text("text").value, proof: mentioned_if(table, "proof", Kind::Proof, names, "an attachment") }
}

fn claim(table: &Table<'_>, names: &mut Names) -> Claim {
    let filled = |key: &'static str, why: &'static str| {
        let texts = values(table.texts(key));
        if texts.iter().all(|text| text.trim().is_empty()) {
            table.problems().add(Problem::new(table.span(), format!("a claim without `{key}`")).help(why));
        }
        texts
    };
    Claim {
        wording: filled("wording", "add the words that may not be used: wording = [\"…\"]"),
        also: values(table.texts("also")),
        gate: mentioned(table, "gate", Kind::Gate, names, "a claim"),
        dependencies: mentioned_all(table, "dependencies", Kind::Dependency, names, "a claim"),
        activation: mentioned_all(table, "activation", Kind::Group, names, "a claim"),
        instead: filled("instead", "add what to say meanwhile: instead = [\"…\"]"),
    }
}
