//! Reads a plan, and refuses one that cannot work.
//!
//! A plan file is lists of tables in the order of the screen, see `assets/plans/first-customer.toml`. Reading collects
//! values; [`names`] knows which ids exist; [`sense`] asks whether the whole can ever be fulfilled. Whoever holds a
//! [`Plan`] may rely on all three.

mod names;
mod read;
mod requirement;
mod sense;

use super::diagnose::{Diagnosed, Problem};
use super::table::{Problems, Table, document};
use crate::domain::plan::Plan;
use names::Names;
use std::sync::{Arc, OnceLock};

/// The newest form of plan file that this version reads.
const SCHEMA: u32 = 1;

/// The plans that come with the program, by name.
const EMBEDDED: [(&str, &str); 1] = [("first-customer", include_str!("../../../assets/plans/first-customer.toml"))];

/// Those of them that somebody asked for.
static READ: [OnceLock<Arc<Plan>>; EMBEDDED.len()] = [const { OnceLock::new() }; EMBEDDED.len()];

/// The text of a plan that comes with the program.
#[must_use]
pub fn embedded(name: &str) -> Option<&'static str> {
    EMBEDDED.iter().find(|(id, _)| *id == name).map(|(_, text)| *text)
}

/// The names of the plans that come with the program.
pub fn embedded_names() -> impl Iterator<Item = &'static str> {
    EMBEDDED.iter().map(|(name, _)| *name)
}

/// Reads a plan to share. One that comes with the program is read once, however many ask: it is most of a start.
///
/// # Errors
/// Those of [`parse`].
pub fn shared(text: &str, path: &str) -> Result<Arc<Plan>, Diagnosed> {
    let read = EMBEDDED.iter().zip(&READ).find(|((_, known), _)| *known == text).map(|(_, read)| read);
    if let Some(plan) = read.and_then(OnceLock::get) {
        Ok(Arc::clone(plan))
    } else {
        let plan = Arc::new(parse(text, path)?);
        Ok(read.map_or_else(|| Arc::clone(&plan), |read| Arc::clone(read.get_or_init(|| Arc::clone(&plan)))))
    }
}

/// Whether a plan came with the program: only its commands are ours, a file beside the room may hold anybody's.
#[must_use]
pub fn is_embedded(plan: &Arc<Plan>) -> bool {
    READ.iter().filter_map(OnceLock::get).any(|ours| Arc::ptr_eq(ours, plan))
}

/// Reads a plan.
///
/// # Errors
/// Every problem of the text at once: syntax, unknown keys and ids, duplicates, cycles, and what nobody could fulfil.
pub fn parse(text: &str, path: &str) -> Result<Plan, Diagnosed> {
    let root = document(text, path)?;
    let problems = Problems::default();
    let table = Table::root(&root, "the plan", &problems);
    if let Some(problem) = schema_problem(&table, SCHEMA, "plan") {
        return Err(Diagnosed::new(path, text, vec![problem]));
    }
    let mut names = Names::default();
    let plan = read::plan(&table, &mut names);
    if let Some(problem) = names.too_many() {
        return Err(Diagnosed::new(path, text, vec![problem]));
    }
    names.check(&problems);
    sense::check(&plan, &names, &problems);
    problems.into_result(path, text, plan)
}

/// Whether a file is of a form this version does not know. Nothing else of it is worth reporting then.
pub(super) fn schema_problem(table: &Table<'_>, known: u32, what: &str) -> Option<Problem> {
    let schema = table.number("schema")?;
    (schema.value != known).then(|| {
        let message = match schema.value {
            0 => format!("there is no {what} schema 0"),
            newer => format!("this {what} is of schema {newer}; this launchroom reads schema {known}"),
        };
        let help = if schema.value > known { "update launchroom, or ask who wrote the file" } else { "write schema = 1" };
        Problem::new(schema.span, message).help(help)
    })
}

#[cfg(test)]
mod tests;
