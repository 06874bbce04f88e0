//! Reads a room file with exact diagnostics, and writes one value into it.
//!
//! Reading is strict: a key that nobody knows is a problem, not a shrug, because a misspelt owner would otherwise be a
//! blank owner. Writing is modest: it replaces the bytes of one value and leaves every other byte to whoever wrote it.

mod read;
mod redact;
mod splice;
mod template;

pub use splice::splice;
pub use template::template;

use super::diagnose::{Diagnosed, Problem};
use super::plan_toml::schema_problem;
use super::table::{Problems, Table, document};
use crate::domain::plan::Plan;
use crate::domain::room::Room;

/// The newest form of room file that this version reads.
const SCHEMA: u32 = 1;

/// Which plan a room follows: an embedded plan, or a path relative to the room file.
///
/// # Errors
/// When the text is no TOML, no room, or of a form this version does not know.
pub fn plan_name(text: &str, path: &str) -> Result<String, Diagnosed> {
    let root = document(text, path)?;
    let problems = Problems::default();
    let table = Table::root(&root, "the room", &problems);
    refuse(&table, text, path)?;
    let name = table.text("plan").value;
    problems.into_result(path, text, name).map_err(|_| without_plan(text, path, None))
}

/// Everything that is wrong with a room whose plan cannot be read: what about the plan, and what needs no plan to be seen.
#[must_use]
pub fn without_plan(text: &str, path: &str, about_plan: Option<Problem>) -> Diagnosed {
    let root = match document(text, path) {
        Ok(root) => root,
        Err(problems) => return problems,
    };
    let problems = Problems::default();
    if let Some(problem) = about_plan {
        problems.add(problem);
    }
    let table = Table::root(&root, "the room", &problems);
    // A schema of another version never comes this far; one that is no number is told with the rest.
    table.number("schema");
    read::without_plan(&table);
    match problems.into_result(path, text, ()) {
        Err(problems) => problems,
        Ok(()) => Diagnosed::new(path, text, Vec::new()),
    }
}

/// Reads a room that follows `plan`.
///
/// # Errors
/// Every problem of the text at once.
pub fn parse(text: &str, path: &str, plan: &Plan) -> Result<Room, Diagnosed> {
    let root = document(text, path)?;
    let problems = Problems::default();
    let table = Table::root(&root, "the room", &problems);
    refuse(&table, text, path)?;
    let room = read::room(&table, plan);
    problems.into_result(path, text, room)
}

/// What makes every other problem of the file beside the point.
fn refuse(table: &Table<'_>, text: &str, path: &str) -> Result<(), Diagnosed> {
    let stranger = !["schema", "plan", "tenant", "owners", "scope"].iter().any(|key| table.has(key));
    let problem = if stranger {
        let problem = Problem::new(0..0, "this is no room file: it has neither `schema`, `plan` nor [tenant]");
        Some(problem.help("`launchroom init` writes one to fill in"))
    } else {
        schema_problem(table, SCHEMA, "room")
    };
    problem.map_or(Ok(()), |problem| Err(Diagnosed::new(path, text, vec![problem])))
}

#[cfg(test)]
mod tests;
