//! What changed in a room as a sentence: the names a person knows instead of the path in the file.

use super::words;
use crate::domain::ledger::{Body, RoomChanged, ValueChange};
use crate::domain::plan::Plan;
use crate::domain::room::Value;

/// What an entry says, as a sentence.
#[must_use]
pub fn entry(plan: &Plan, body: &Body) -> String {
    match body {
        Body::Attached(attached) => {
            let what = attached.proof.as_ref().map(ToString::to_string).or_else(|| attached.serves.clone()).unwrap_or_default();
            format!("attached {what}, {}", words::outcome(attached.outcome))
        }
        Body::Withdrawn(withdrawn) => format!("withdrew #{}: {}", withdrawn.evidence, withdrawn.why),
        Body::ExclusionSigned(exclusion) => {
            format!("exclusion {} of {}, to {}", exclusion.id, exclusion.covers, words::date_with_year(exclusion.until))
        }
        Body::ExclusionRevoked(revoked) => format!("exclusion {} revoked: {}", revoked.exclusion, revoked.why),
        Body::Decided(decision) => {
            format!("decided {}: {}", words::stage(plan, decision.stage.as_str()), words::decision(decision.outcome))
        }
        Body::RoomChanged(changed) => changes(plan, changed),
        Body::EditedOutside(changed) => format!("by hand: {}", changes(plan, changed)),
        Body::RunFinished(run) => format!("ran {}, {}", run.proof, words::run_outcome(run.outcome, &run.run)),
        Body::AskSent(ask) => format!("asked {} for {}", ask.to, ask.about.join(", ")),
        Body::AskAnswered(ask) => format!("answered: {}", ask.about.join(", ")),
        Body::Unknown(kind) => format!("{kind}, unknown to this version"),
    }
}

/// All that changed, in one line: the first change, and how many more there were.
#[must_use]
pub fn changes(plan: &Plan, changed: &RoomChanged) -> String {
    let Some(first) = changed.changes.first() else { return "nothing changed".into() };
    let back = if changed.undo { "taken back: " } else { "" };
    match changed.changes.len() - 1 {
        0 => format!("{back}{}", change(plan, first)),
        more => format!("{back}{}; {more} more", change(plan, first)),
    }
}

/// One value: `Tenant owner is Mara Lindt`.
#[must_use]
pub fn change(plan: &Plan, change: &ValueChange) -> String {
    let parts: Vec<&str> = change.path.split('.').collect();
    match parts.as_slice() {
        ["steps", id, "done"] => {
            let step = plan.steps.iter().find(|step| step.id == *id).map_or(*id, |step| &step.title);
            format!("{step}: {}", ticks(change))
        }
        ["owners", id, "name"] => {
            let role = plan.roles.iter().find(|role| role.id == *id).map_or(*id, |role| &role.title);
            format!("{role} {}", is(change))
        }
        ["owners", id, field] => about(plan.roles.iter().find(|role| role.id == *id).map(|role| &role.title), id, field, change),
        ["functions", id, field] => {
            about(plan.functions.iter().find(|function| function.id == *id).map(|function| &function.title), id, field, change)
        }
        ["scope", id] => {
            let field = plan.scope.iter().find(|field| field.id == *id).map_or(*id, |field| &field.title);
            format!("{field} {}", is(change))
        }
        ["activation", id, field] => {
            about(plan.activation.iter().find(|group| group.id == *id).map(|group| &group.title), id, field, change)
        }
        ["dependencies", id, field] => {
            let title = plan.dependencies.iter().find(|dependency| dependency.id == *id).map(|dependency| &dependency.title);
            about(title, id, field, change)
        }
        ["commands", id] => {
            let proof = plan.proofs.iter().find(|proof| proof.id == *id).map_or(*id, |proof| &proof.title);
            format!("{proof}: command {}", is(change))
        }
        ["tenant", field] => format!("{} {}", spaced(field), is(change)),
        _ => format!("{} {}", change.path, is(change)),
    }
}

fn about(title: Option<&String>, id: &str, field: &str, change: &ValueChange) -> String {
    let title = title.map_or(id, String::as_str);
    // What a thing's status is, is what it is; a title may be in the plural.
    if field == "status" {
        return format!("{title}: {}", change.now.as_ref().filter(|now| !now.is_blank()).map_or("blank".into(), Value::to_line));
    }
    format!("{title}: {} {}", spaced(field), is(change))
}

fn is(change: &ValueChange) -> String {
    match change.now.as_ref().filter(|now| !now.is_blank()) {
        Some(now) => format!("is {}", now.to_line()),
        None => "is blank".into(),
    }
}

fn spaced(id: &str) -> String {
    id.replace('_', " ")
}

/// Which tasks were ticked, and which were not any more.
fn ticks(change: &ValueChange) -> String {
    let of = |value: Option<&Value>| match value {
        Some(Value::List(items)) => items.clone(),
        Some(Value::Text(text)) => vec![text.clone()],
        None => Vec::new(),
    };
    let (was, now) = (of(change.was.as_ref()), of(change.now.as_ref()));
    let only = |these: &[String], those: &[String]| {
        these.iter().filter(|item| !those.contains(item)).cloned().collect::<Vec<_>>().join(", ")
    };
    match (only(&now, &was), only(&was, &now)) {
        (ticked, unticked) if ticked.is_empty() && unticked.is_empty() => "the same tasks".into(),
        (ticked, unticked) if unticked.is_empty() => format!("ticked {ticked}"),
        (ticked, unticked) if ticked.is_empty() => format!("unticked {unticked}"),
        (ticked, unticked) => format!("ticked {ticked}, unticked {unticked}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::plan_toml;

    /// Several words are a list, none is absent.
    fn told(path: &str, was: &[&str], now: &[&str]) -> String {
        let text = plan_toml::embedded("first-customer").unwrap();
        let plan = plan_toml::parse(text, "first-customer").unwrap();
        let value = |words: &[&str]| match words {
            [] => None,
            [one] => Some(Value::Text((*one).into())),
            many => Some(Value::List(many.iter().map(ToString::to_string).collect())),
        };
        change(&plan, &ValueChange { path: path.into(), was: value(was), now: value(now) })
    }

    #[test]
    fn what_a_person_knows_it_by_stands_instead_of_the_path() {
        assert_eq!(told("owners.tenant-owner.name", &[], &["Mara Lindt"]), "Tenant owner is Mara Lindt");
        assert_eq!(told("owners.tenant-owner.contact", &[], &["m@x"]), "Tenant owner: contact is m@x");
        assert_eq!(
            told("dependencies.support-email.treatment", &["managed"], &["manual"]),
            "Support email and status broadcasts: treatment is manual"
        );
        assert_eq!(
            told("activation.operator-seed.status", &[], &["proven"]),
            "Operator fixture seed and auth-smoke records: proven"
        );
        assert_eq!(told("owners.tenant-owner.name", &["Mara Lindt"], &[]), "Tenant owner is blank");
    }

    #[test]
    fn a_tick_names_the_task_that_was_ticked() {
        let (one, two) = (["tenant"].as_slice(), ["tenant", "boundaries"].as_slice());
        assert_eq!(told("steps.tenant-setup.done", one, two), "Tenant setup and named owners: ticked boundaries");
        assert_eq!(told("steps.tenant-setup.done", two, one), "Tenant setup and named owners: unticked boundaries");
    }

    #[test]
    fn what_the_plan_does_not_know_keeps_its_path() {
        assert_eq!(told("something.else", &[], &["x"]), "something.else is x");
    }
}
