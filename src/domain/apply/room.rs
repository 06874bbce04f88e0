//! Changes of the room file. A change is reduced to values before and after, and each value to the smallest edit of the
//! file that makes it so, so that every other byte stays.

use super::{known_function, known_group, known_role, known_step, printable, readable, unknown};
use crate::domain::change::{Applied, Change, Edit, EditTo, Refused};
use crate::domain::ids::{DependencyId, FieldId};
use crate::domain::ledger::replay::History;
use crate::domain::ledger::{Body, Ledger, RoomChanged, ValueChange};
use crate::domain::plan::{FieldKind, Plan, ScopeField};
use crate::domain::room::{Room, Value};
use crate::domain::turns;
use std::collections::BTreeMap;

pub fn apply(plan: &Plan, room: &Room, ledger: &Ledger, change: &Change) -> Result<Applied, Refused> {
    let change = checked(plan, room, ledger, change)?;
    let mut changes = changes(room, &change).unwrap_or_default();
    for change in &mut changes {
        take_away_what_we_made(ledger, change);
    }
    if changes.is_empty() {
        return Ok(Applied::default());
    }
    let undo = matches!(change, Change::Restore { .. });
    if plan.ordered && !undo {
        in_turn(plan, room, ledger, &changes)?;
    }
    let edits = changes.iter().map(edit).collect();
    Ok(Applied { edits, entries: vec![Body::RoomChanged(RoomChanged { changes, undo })] })
}

/// Where the plan asks for its order, nothing is done before its turn.
fn in_turn(plan: &Plan, room: &Room, ledger: &Ledger, changes: &[ValueChange]) -> Result<(), Refused> {
    let mut after = room.clone();
    for change in changes {
        after.put(&change.path, change.now.as_ref());
    }
    match turns::would_be_early(plan, room, &after, ledger) {
        Some(early) => Err(Refused::new(early.rule, format!("Then {}. The plan asks for its order.", early.told))),
        None => Ok(()),
    }
}

/// The values a change of the room changes, before and after; `None` for a change of anything else.
pub fn changes(room: &Room, change: &Change) -> Option<Vec<ValueChange>> {
    let was = room.values();
    let mut wanted: BTreeMap<String, Option<Value>> = BTreeMap::new();
    let mut put = |path: String, text: &Option<String>| {
        if let Some(text) = text {
            let text = text.trim();
            wanted.insert(path, (!text.is_empty()).then(|| Value::Text(text.to_owned())));
        }
    };
    match change {
        Change::SetOwner { role, name, contact, basis } => {
            for (part, text) in [("name", name), ("contact", contact), ("basis", basis)] {
                put(format!("owners.{role}.{part}"), text);
            }
        }
        Change::ClearOwner { role } => {
            for part in ["name", "contact", "basis"] {
                put(format!("owners.{role}.{part}"), &Some(String::new()));
            }
        }
        Change::SetFunction { function, name, contact } => {
            for (part, text) in [("name", name), ("contact", contact)] {
                put(format!("functions.{function}.{part}"), text);
            }
        }
        Change::SetScope { field, value } => {
            // A field that is there stays there, blank: its line and its comment are worth keeping.
            let is_there = room.scope.contains_key(field);
            let value = &tidied(value);
            let now = if value.is_blank() && !is_there { None } else { Some(value.clone()) };
            let both_blank = value.is_blank() && room.is_blank(field.as_str());
            wanted.insert(format!("scope.{field}"), if both_blank { room.scope.get(field).cloned() } else { now });
        }
        Change::SetTask { step, task, done } => {
            let listed = room.steps.get(step);
            let mut tasks: Vec<String> = listed.into_iter().flatten().map(ToString::to_string).collect();
            match (done, tasks.iter().any(|id| *task == **id)) {
                (true, false) => tasks.push(task.to_string()),
                (false, true) => tasks.retain(|id| *task != **id),
                (true, true) | (false, false) => {}
            }
            let now = if tasks.is_empty() && listed.is_none() { None } else { Some(Value::List(tasks)) };
            wanted.insert(format!("steps.{step}.done"), now);
        }
        Change::SetActivation { group, status } => {
            let status = status.map(|status| status.as_str().to_owned()).unwrap_or_default();
            put(format!("activation.{group}.status"), &Some(status));
        }
        Change::SetDependency { dependency, treatment, order_form, launch_room, changed } => {
            put(format!("dependencies.{dependency}.treatment"), &treatment.map(|treatment| treatment.as_str().to_owned()));
            for (part, text) in [("order_form", order_form), ("launch_room", launch_room), ("changed", changed)] {
                put(format!("dependencies.{dependency}.{part}"), text);
            }
        }
        Change::Restore { changes } => {
            for change in changes {
                wanted.insert(change.path.clone(), change.was.clone());
            }
        }
        Change::AttachEvidence(_)
        | Change::WithdrawEvidence { .. }
        | Change::SignExclusion { .. }
        | Change::RevokeExclusion { .. }
        | Change::RecordDecision { .. }
        | Change::FinishRun(_)
        | Change::Ask(_)
        | Change::Answer(_) => return None,
    }
    let differs = wanted.into_iter().map(|(path, now)| ValueChange { was: was.get(&path).cloned(), path, now });
    Some(differs.filter(|change| change.was != change.now).collect())
}

/// The change as it may be made: every id known, every text readable, every value of its field's kind.
fn checked(plan: &Plan, room: &Room, ledger: &Ledger, change: &Change) -> Result<Change, Refused> {
    let mut change = change.clone();
    match &mut change {
        Change::SetOwner { role, name, contact, basis } => {
            known_role(plan, role)?;
            if let Some(name) = name {
                *name = readable("name", name, "owner.blank-name")?;
            }
            for (what, text) in [("contact", contact), ("basis", basis)] {
                printable(what, text.as_deref().unwrap_or_default())?;
            }
        }
        Change::ClearOwner { role } => known_role(plan, role)?,
        Change::SetFunction { function, name, contact } => {
            known_function(plan, function)?;
            for (what, text) in [("name", name), ("contact", contact)] {
                printable(what, text.as_deref().unwrap_or_default())?;
            }
        }
        Change::SetScope { field, value } => *value = of_kind(plan, field, value)?,
        Change::SetTask { step, task, .. } => {
            let step = known_step(plan, step)?;
            if step.task(task.as_str()).is_none() {
                let known: Vec<&str> = step.tasks.iter().map(|task| task.id.as_str()).collect();
                let why = format!("Step {} has no task `{task}`. It has: {}.", step.id, known.join(", "));
                return Err(Refused::new("unknown.task", why));
            }
        }
        Change::SetActivation { group, .. } => known_group(plan, group)?,
        Change::SetDependency { dependency, treatment, order_form, launch_room, changed } => {
            known_dependency(plan, dependency)?;
            for (what, text) in [("order form reference", &*order_form), ("launch room note", launch_room), ("change", changed)] {
                printable(what, text.as_deref().unwrap_or_default())?;
            }
            let accepts = [order_form, launch_room].into_iter().flatten().any(|text| !text.trim().is_empty());
            let treated = treatment.is_some() || room.dependencies.get(dependency).is_some_and(|a| a.treatment.is_some());
            if accepts && !treated {
                let why = format!("Say how the pilot treats {dependency} first: nothing can be accepted without a treatment.");
                return Err(Refused::new("dependency.no-treatment", why));
            }
        }
        Change::Restore { changes } => restorable(plan, room, ledger, changes)?,
        Change::AttachEvidence(_)
        | Change::WithdrawEvidence { .. }
        | Change::SignExclusion { .. }
        | Change::RevokeExclusion { .. }
        | Change::RecordDecision { .. }
        | Change::FinishRun(_)
        | Change::Ask(_)
        | Change::Answer(_) => {}
    }
    Ok(change)
}

/// A scope value in the form its field wants.
fn of_kind(plan: &Plan, id: &FieldId, value: &Value) -> Result<Value, Refused> {
    let field = known_field(plan, id)?;
    let items = match tidied(value) {
        Value::Text(text) if text.is_empty() => Vec::new(),
        Value::Text(text) => vec![text],
        Value::List(items) => items,
    };
    for item in &items {
        printable("value", item)?;
    }
    let line = items.join(", ");
    match &field.kind {
        FieldKind::List => Ok(Value::List(items)),
        FieldKind::Text => Ok(Value::Text(line)),
        FieldKind::Choice(words) if line.is_empty() || words.contains(&line) => Ok(Value::Text(line)),
        FieldKind::Choice(words) => {
            let why = format!("`{line}` is no {}. It is one of: {}.", field.title, words.join(", "));
            Err(Refused::new("scope.not-a-choice", why))
        }
    }
}

fn texts(value: &Value) -> &[String] {
    match value {
        Value::Text(text) => std::slice::from_ref(text),
        Value::List(items) => items,
    }
}

/// Whether a value of this path is one that a change of ours could make, of something the plan has.
fn place(plan: &Plan, path: &str) -> Result<(), Refused> {
    let mut parts = path.splitn(3, '.');
    let (table, id, part) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next());
    match (table, part) {
        ("owners", Some("name" | "contact" | "basis")) => known_role(plan, &id.into()),
        ("functions", Some("name" | "contact")) => known_function(plan, &id.into()),
        ("scope", None) => known_field(plan, &id.into()).map(drop),
        ("steps", Some("done")) => known_step(plan, &id.into()).map(drop),
        ("activation", Some("status")) => known_group(plan, &id.into()),
        ("dependencies", Some("treatment" | "order_form" | "launch_room" | "changed")) => known_dependency(plan, &id.into()),
        _ => Err(Refused::new("restore.not-editable", format!("{path} cannot be put back from here. Edit the room file."))),
    }
}

fn known_field<'p>(plan: &'p Plan, id: &FieldId) -> Result<&'p ScopeField, Refused> {
    plan.field(id.as_str()).ok_or_else(|| unknown("scope field", id, plan.scope.iter().map(|field| &field.id)))
}

fn known_dependency(plan: &Plan, id: &DependencyId) -> Result<(), Refused> {
    let known = || plan.dependencies.iter().map(|dependency| &dependency.id);
    plan.dependency(id.as_str()).map(drop).ok_or_else(|| unknown("dependency", id, known()))
}

/// Without spaces around it, and without blank items.
fn tidied(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(text.trim().to_owned()),
        Value::List(items) => {
            Value::List(items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect())
        }
    }
}

/// Values are put back only where a change of ours could have made them, and only over what it made.
fn restorable(plan: &Plan, room: &Room, ledger: &Ledger, changes: &[ValueChange]) -> Result<(), Refused> {
    let now = room.values();
    let history = History::of(ledger);
    for change in changes {
        place(plan, &change.path)?;
        // What was there before may come back as it was, however somebody wrote it by hand.
        let was_there = history.changes(&change.path).iter().any(|noted| noted.change.was == change.was);
        for text in change.was.iter().filter(|_| !was_there).flat_map(texts) {
            printable("value", text)?;
        }
        // Compared as a person reads them: a value may have been tidied on its way into the file.
        let line = |value: Option<&Value>| value.map(|value| value.to_line().trim().to_owned()).unwrap_or_default();
        let there = line(now.get(&change.path));
        if there != line(change.now.as_ref()) && there != line(change.was.as_ref()) {
            let why = format!("{} was changed again since, so taking the older change back would lose that.", change.path);
            return Err(Refused::new("restore.changed-since", why));
        }
    }
    Ok(())
}

/// Unticking the last task of a list that our own ticks made takes the list away, too: the file is as it was before.
fn take_away_what_we_made(ledger: &Ledger, change: &mut ValueChange) {
    let emptied = change.path.starts_with("steps.") && change.now == Some(Value::List(Vec::new()));
    if !emptied {
        return;
    }
    let history = History::of(ledger);
    let made = history.changes(&change.path).iter().rev().find(|noted| noted.change.was.is_none());
    if made.is_some_and(|noted| !noted.outside) {
        change.now = None;
    }
}

/// The smallest edit that makes one value so.
fn edit(change: &ValueChange) -> Edit {
    let path: Vec<String> = change.path.splitn(3, '.').map(str::to_owned).collect();
    let to = match (&change.was, &change.now) {
        (_, None) => EditTo::Remove,
        (was, Some(Value::List(now))) if change.path.starts_with("steps.") => {
            let was: &[String] = if let Some(Value::List(was)) = was { was } else { &[] };
            one_more(was, now)
                .map(EditTo::Push)
                .or_else(|| one_less(was, now).map(EditTo::Pull))
                .unwrap_or_else(|| EditTo::Set(Value::List(now.clone())))
        }
        (_, Some(now)) => EditTo::Set(now.clone()),
    };
    Edit { path, to }
}

fn one_more(was: &[String], now: &[String]) -> Option<String> {
    let (last, rest) = now.split_last()?;
    (rest == was).then(|| last.clone())
}

fn one_less(was: &[String], now: &[String]) -> Option<String> {
    let gone = was.iter().find(|item| !now.contains(item))?;
    let rest: Vec<&String> = was.iter().filter(|item| *item != gone).collect();
    (rest.len() + 1 == was.len() && rest.iter().copied().eq(now)).then(|| gone.clone())
}
