//! The tables of a room file, one function a table.

use super::redact;
use crate::domain::command;
use crate::domain::ids::{DependencyId, FieldId, FunctionId, GroupId, MotionId, ProofId, RoleId, StepId, TaskId, TenantId};
use crate::domain::plan::{FieldKind, Plan, ScopeField, Step};
use crate::domain::room::{Acceptance, ActivationStatus, Owner, Person, Room, Tenant, Treatment, Value};
use crate::format::diagnose::{Problem, quoted};
use crate::format::table::{At, Table, unknown};
use jiff::{civil, tz::TimeZone};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::de::DeValue;

pub fn room(table: &Table<'_>, plan: &Plan) -> Room {
    schema(table);
    table.text("plan");
    let room = Room {
        tenant: tenant(table, Some(plan)),
        scope: section(table, "scope", "[scope]").map(|scope| fields(&scope, plan)).unwrap_or_default(),
        owners: section(table, "owners", "[owners]").map(|owners| owners_of(&owners, plan)).unwrap_or_default(),
        functions: section(table, "functions", "[functions]").map(|functions| people(&functions, plan)).unwrap_or_default(),
        steps: section(table, "steps", "[steps]").map(|steps| done(&steps, plan)).unwrap_or_default(),
        activation: section(table, "activation", "[activation]").map(|groups| statuses(&groups, plan)).unwrap_or_default(),
        dependencies: section(table, "dependencies", "[dependencies]").map(|all| acceptances(&all, plan)).unwrap_or_default(),
        commands: section(table, "commands", "[commands]").map(|commands| lines(&commands, plan)).unwrap_or_default(),
        redact: redact::added(table),
    };
    table.finish();
    room
}

/// What can be said of a room when nobody knows its plan: which ids there are is the plan's to say.
pub fn without_plan(table: &Table<'_>) {
    schema(table);
    table.text("plan");
    tenant(table, None);
    for (key, name) in SECTIONS {
        drop(section(table, key, name));
    }
    drop(redact::added(table));
    table.finish();
}

/// The tables whose ids the plan knows.
const SECTIONS: [(&str, &str); 7] = [
    ("scope", "[scope]"),
    ("owners", "[owners]"),
    ("functions", "[functions]"),
    ("steps", "[steps]"),
    ("activation", "[activation]"),
    ("dependencies", "[dependencies]"),
    ("commands", "[commands]"),
];

fn schema(table: &Table<'_>) {
    if !table.has("schema") {
        table.problems().add(Problem::new(0..0, "the room has no `schema`").help("add schema = 1 at the top"));
    }
}

fn section<'t>(table: &Table<'t>, key: &'static str, name: &'static str) -> Option<Table<'t>> {
    table.table(key, name)
}

/// Whether the plan has this id; when not, what was probably meant.
fn is_known<'p>(table: &Table<'_>, id: &At<&str>, what: &str, mut known: impl Iterator<Item = &'p str> + Clone) -> bool {
    let found = known.clone().any(|one| one == id.value);
    if !found {
        let known = known.by_ref().collect::<Vec<_>>();
        table.problems().add(unknown(id.span.clone(), what, id.value, "the plan", known.into_iter()));
    }
    found
}

/// A text of one line: what is shown in one cell, and what no control character may reach into.
fn line(table: &Table<'_>, key: &'static str) -> String {
    let Some(text) = table.text_if(key) else { return String::new() };
    if text.value.chars().any(char::is_control) {
        let problem = Problem::new(text.span, format!("`{key}` has a control character in it"));
        table.problems().add(problem.help("write it as one plain line"));
    }
    text.value
}

fn tenant(table: &Table<'_>, plan: Option<&Plan>) -> Tenant {
    let blank = Tenant {
        id: "".into(),
        name: String::new(),
        kickoff: civil::Date::default(),
        timezone: TimeZone::UTC,
        motion: None,
        go_no_go: None,
        hosts: Vec::new(),
    };
    let Some(tenant) = table.table("tenant", "[tenant]") else {
        if !table.has("tenant") {
            let problem = Problem::new(0..0, "the room has no [tenant]");
            table.problems().add(problem.help("add [tenant] with id, name and kickoff"));
        }
        return blank;
    };
    let id = tenant.text("id");
    if !id.value.trim().is_empty() && !TenantId::fits(&id.value) {
        let problem = Problem::new(id.span, format!("{} is no tenant id", quoted(&id.value)));
        tenant.problems().add(problem.help("1 to 64 of a-z, 0-9 and -"));
    }
    // Asked for twice: as something that must be there, and as one line.
    tenant.text("name");
    let read = Tenant {
        id: id.value.into(),
        name: line(&tenant, "name"),
        kickoff: kickoff(&tenant),
        timezone: timezone(&tenant),
        motion: motion(&tenant, plan),
        go_no_go: go_no_go(&tenant),
        hosts: hosts(&tenant),
    };
    tenant.finish();
    read
}

fn motion(tenant: &Table<'_>, plan: Option<&Plan>) -> Option<MotionId> {
    let text = tenant.text_if("motion").filter(|text| !text.value.trim().is_empty())?;
    let plan = plan?;
    let id = At { value: text.value.as_str(), span: text.span.clone() };
    is_known(tenant, &id, "motion", plan.motions.iter().map(|motion| motion.id.as_str())).then(|| text.value.as_str().into())
}

fn kickoff(tenant: &Table<'_>) -> civil::Date {
    let Some((text, span)) = moment(tenant, "kickoff", "a date, such as 2026-11-02") else {
        if !tenant.has("kickoff") {
            let problem = Problem::new(tenant.span(), "[tenant] has no `kickoff`");
            tenant.problems().add(problem.help("add kickoff = 2026-11-02, the first day of week 0"));
        }
        return civil::Date::default();
    };
    // A year nobody means, such as 20226, would put every due date out of the calendar.
    let near = |date: &civil::Date| (1970..=2999).contains(&date.year());
    text.parse::<civil::Date>().ok().filter(|date| text.len() == 10 && near(date)).unwrap_or_else(|| {
        let problem = Problem::new(span, format!("{} is no date", quoted(&text)));
        tenant.problems().add(problem.help("write year-month-day: 2026-11-02"));
        civil::Date::default()
    })
}

fn go_no_go(tenant: &Table<'_>) -> Option<civil::DateTime> {
    let (text, span) = moment(tenant, "go_no_go", "a date and time, such as 2026-11-25T15:00")?;
    if text.trim().is_empty() {
        return None;
    }
    // `Z` or an offset would say the zone twice, and one day differently.
    let zoned = text.ends_with(['Z', 'z']) || text.get(10..).is_some_and(|time| time.contains(['+', '-', '[']));
    let read = text.parse::<civil::DateTime>().ok().filter(|at| text.len() > 10 && (1970..=2999).contains(&at.year()));
    if zoned || read.is_none() {
        let problem = Problem::new(span, format!("{} is no local date and time", quoted(&text)));
        tenant.problems().add(problem.help("write 2026-11-25T15:00, meant in the room's timezone"));
        return None;
    }
    read
}

/// Hosts, as they stand in an address: `www.example.test`, `127.0.0.1:8080`. An address is taken for its host.
fn hosts(tenant: &Table<'_>) -> Vec<String> {
    let Some(listed) = tenant.texts_if("hosts") else { return Vec::new() };
    let read = listed.value.into_iter().filter_map(|text| {
        let written = text.value.trim().to_ascii_lowercase();
        let host = command::host(&written).unwrap_or(written);
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        if !host.is_empty() && host.chars().all(fits) {
            return Some(host);
        }
        let problem = Problem::new(text.span, format!("{} is no host", quoted(&text.value)));
        tenant.problems().add(problem.help("write it as it stands in an address: www.example.test, or 127.0.0.1:8080"));
        None
    });
    read.collect()
}

/// A native TOML date or time, or the same in quotes, as text.
fn moment(table: &Table<'_>, key: &'static str, wanted: &str) -> Option<(String, Range<usize>)> {
    let value = table.value(key)?;
    match value.get_ref() {
        DeValue::Datetime(moment) => Some((moment.to_string(), value.span())),
        DeValue::String(text) => Some((text.as_ref().to_owned(), value.span())),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Array(_) | DeValue::Table(_) => {
            table.wrong(key, value, wanted);
            None
        }
    }
}

fn timezone(tenant: &Table<'_>) -> TimeZone {
    let Some(text) = tenant.text_if("timezone") else { return TimeZone::UTC };
    if text.value.trim().is_empty() {
        return TimeZone::UTC;
    }
    // Only plain names reach the zone database, which may look them up as files.
    let plain = text.value.len() <= 64 && text.value.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
    let zone = plain.then(|| TimeZone::get(&text.value).ok()).flatten();
    zone.unwrap_or_else(|| {
        let problem = Problem::new(text.span, format!("there is no timezone {}", quoted(&text.value)));
        tenant.problems().add(problem.help("write a name such as \"Europe/Amsterdam\" or \"UTC\""));
        TimeZone::UTC
    })
}

fn fields(scope: &Table<'_>, plan: &Plan) -> BTreeMap<FieldId, Value> {
    let mut out = BTreeMap::new();
    for (key, value) in scope.entries() {
        if !is_known(scope, &key, "scope field", plan.scope.iter().map(|field| field.id.as_str())) {
            continue;
        }
        let Some(field) = plan.field(key.value) else { continue };
        let read = match (&field.kind, value.get_ref()) {
            (FieldKind::List, DeValue::Array(_)) => list(scope, key.value, value).map(Value::List),
            (FieldKind::Text, DeValue::String(text)) => Some(Value::Text(text.as_ref().to_owned())),
            (FieldKind::Choice(choices), DeValue::String(text)) => Some(Value::Text(choice(scope, field, choices, text, value))),
            (FieldKind::List, _) => {
                scope.wrong(key.value, value, "a list: [\"…\", \"…\"]");
                None
            }
            (FieldKind::Text | FieldKind::Choice(_), _) => {
                scope.wrong(key.value, value, "a text in quotes");
                None
            }
        };
        out.extend(read.map(|read| (field.id.clone(), read)));
    }
    out
}

fn choice(scope: &Table<'_>, field: &ScopeField, choices: &[String], text: &str, value: &toml::Spanned<DeValue<'_>>) -> String {
    if !text.trim().is_empty() && !choices.iter().any(|choice| choice == text) {
        let known = choices.iter().map(String::as_str);
        scope.problems().add(unknown(value.span(), "choice", text, format!("`{}`", field.id), known));
    }
    text.to_owned()
}

fn list(table: &Table<'_>, key: &str, value: &toml::Spanned<DeValue<'_>>) -> Option<Vec<String>> {
    let items = value.get_ref().as_array()?;
    let text = |item: &toml::Spanned<DeValue<'_>>| {
        let text = item.get_ref().as_str();
        if text.is_none() {
            table.wrong(key, item, "a list of texts");
        }
        text.map(ToOwned::to_owned)
    };
    Some(items.iter().filter_map(text).collect())
}

fn owners_of(owners: &Table<'_>, plan: &Plan) -> BTreeMap<RoleId, Owner> {
    let mut out = BTreeMap::new();
    for (id, table) in owners.named_tables() {
        if !is_known(owners, &id, "role", plan.roles.iter().map(|role| role.id.as_str())) {
            continue;
        }
        let basis = match (table.has("basis"), table.has("evidence")) {
            (true, true) => {
                let problem = Problem::new(table.key_span("evidence"), "`evidence` and `basis` say the same thing twice");
                table.problems().add(problem.help("keep `basis`"));
                String::new()
            }
            // Rooms may call it `evidence`; it is free text and never counts as such.
            (false, true) => line(&table, "evidence"),
            (_, false) => line(&table, "basis"),
        };
        let owner = Owner { name: line(&table, "name"), contact: line(&table, "contact"), basis };
        table.finish();
        // A form nobody filled in is no owner.
        if owner != Owner::default() {
            out.insert(id.value.into(), owner);
        }
    }
    out
}

fn people(functions: &Table<'_>, plan: &Plan) -> BTreeMap<FunctionId, Person> {
    let mut out = BTreeMap::new();
    for (id, table) in functions.named_tables() {
        if !is_known(functions, &id, "function", plan.functions.iter().map(|function| function.id.as_str())) {
            continue;
        }
        let person = Person { name: line(&table, "name"), contact: line(&table, "contact") };
        table.finish();
        if person != Person::default() {
            out.insert(id.value.into(), person);
        }
    }
    out
}

fn done(steps: &Table<'_>, plan: &Plan) -> BTreeMap<StepId, Vec<TaskId>> {
    let mut out = BTreeMap::new();
    for (id, table) in steps.named_tables() {
        if !is_known(steps, &id, "step", plan.steps.iter().map(|step| step.id.as_str())) {
            continue;
        }
        if let Some(step) = plan.step(id.value) {
            let done = table.texts("done").iter().filter_map(|task| ticked(&table, step, task)).collect::<Vec<TaskId>>();
            twice(&table, &table.texts("done"));
            table.finish();
            // An empty list is kept as one: unticking leaves it where it was.
            if table.has("done") {
                out.insert(id.value.into(), done);
            }
        }
    }
    out
}

fn ticked(table: &Table<'_>, step: &Step, task: &At<String>) -> Option<TaskId> {
    let found = step.task(&task.value).map(|task| task.id.clone());
    if found.is_none() {
        let known = step.tasks.iter().map(|task| task.id.as_str());
        table.problems().add(unknown(task.span.clone(), "task", &task.value, format!("step `{}`", step.id), known));
    }
    found
}

fn twice(table: &Table<'_>, ids: &[At<String>]) {
    let mut seen = std::collections::BTreeSet::new();
    for id in ids {
        if !seen.insert(&id.value) {
            let problem = Problem::new(id.span.clone(), format!("{} is ticked twice", quoted(&id.value)));
            table.problems().add(problem.help("keep one of them"));
        }
    }
}

fn statuses(groups: &Table<'_>, plan: &Plan) -> BTreeMap<GroupId, ActivationStatus> {
    let words = ActivationStatus::ALL.map(|status| (status.as_str(), status));
    let mut out = BTreeMap::new();
    for (id, table) in groups.named_tables() {
        if !is_known(groups, &id, "activation group", plan.activation.iter().map(|group| group.id.as_str())) {
            continue;
        }
        let status = table.text_if("status").and_then(|text| table.word(&text, "status", &words));
        table.finish();
        out.extend(status.map(|status| (id.value.into(), status)));
    }
    out
}

fn acceptances(dependencies: &Table<'_>, plan: &Plan) -> BTreeMap<DependencyId, Acceptance> {
    let words = Treatment::ALL.map(|treatment| (treatment.as_str(), treatment));
    let mut out = BTreeMap::new();
    for (id, table) in dependencies.named_tables() {
        if !is_known(dependencies, &id, "dependency", plan.dependencies.iter().map(|one| one.id.as_str())) {
            continue;
        }
        let acceptance = Acceptance {
            treatment: table.text_if("treatment").and_then(|text| table.word(&text, "treatment", &words)),
            order_form: line(&table, "order_form"),
            launch_room: line(&table, "launch_room"),
            changed: line(&table, "changed"),
        };
        table.finish();
        if acceptance != Acceptance::default() {
            out.insert(id.value.into(), acceptance);
        }
    }
    out
}

fn lines(commands: &Table<'_>, plan: &Plan) -> BTreeMap<ProofId, String> {
    let mut out = BTreeMap::new();
    for (id, value) in commands.entries() {
        if !is_known(commands, &id, "proof", plan.proofs.iter().map(|proof| proof.id.as_str())) {
            continue;
        }
        match value.get_ref().as_str() {
            None => commands.wrong(id.value, value, "a command in quotes"),
            Some(command) if command.trim().is_empty() => {
                let problem = Problem::new(value.span(), format!("the command of {} is blank", quoted(id.value)));
                commands.problems().add(problem.help("drop the key to use the plan's own command"));
            }
            // Whoever is asked to trust a command must see all of it.
            Some(command) if command.chars().any(char::is_control) => {
                commands.problem(&value.span(), format!("the command of {} is not one line", quoted(id.value)));
            }
            Some(command) => {
                out.insert(id.value.into(), command.to_owned());
            }
        }
    }
    out
}
