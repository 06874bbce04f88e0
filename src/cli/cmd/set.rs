//! Fills a scope field.

use crate::app::error::Error;
use crate::cli::args::SetArgs;
use crate::cli::{Exit, context::Context, context::filled, context::unknown, context::usage};
use crate::domain::change::Change;
use crate::domain::plan::{FieldKind, Plan};
use crate::domain::room::Value;

pub fn run(cx: &mut Context<'_>, args: &SetArgs) -> Result<Exit, Error> {
    filled(args.value.iter().map(|value| Some(value.as_str())))?;
    cx.change(|opened| wanted(&opened.snapshot.plan, args))
}

fn wanted(plan: &Plan, args: &SetArgs) -> Result<Change, Error> {
    let id = args.field.strip_prefix("scope.").unwrap_or(&args.field);
    let field = plan.field(id).ok_or_else(|| unknown("scope field", id, plan.scope.iter().map(|field| field.id.as_str())))?;
    let value = match (&field.kind, args.value.as_slice()) {
        (FieldKind::List, items) => Value::List(items.iter().filter(|item| !item.trim().is_empty()).cloned().collect()),
        (FieldKind::Choice(words), [one]) if !one.is_empty() && !words.contains(one) => {
            return Err(unknown(&format!("{id} called"), one, words.iter().map(String::as_str)));
        }
        (FieldKind::Text | FieldKind::Choice(_), [one]) => Value::Text(one.clone()),
        (FieldKind::Text | FieldKind::Choice(_), _) => {
            return Err(usage(format!("`{id}` takes one value"))
                .hint(format!("in quotes: launchroom set {id} \"{}\"", args.value.join(" "))));
        }
    };
    Ok(Change::SetScope { field: field.id.clone(), value })
}
