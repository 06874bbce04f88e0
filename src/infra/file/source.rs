//! Reading the two files that people edit: the room, and the plan it names.
//!
//! Both are refused before they are read when they cannot be what they should be: a folder, a FIFO, something too large.

use super::{place::Place, trouble};
use crate::app::error::{Error, Kind};
use crate::domain::{plan::Plan, room::Room};
use crate::format::{
    diagnose::{Diagnosed, Problem, nearest},
    plan_toml, room_toml,
};
use crate::infra::disk::{self, Disk};
use std::{
    io,
    path::{Component, Path},
    sync::Arc,
};

/// Nobody writes more than this by hand.
const LIMIT: u64 = 4 << 20;

/// A room and its plan, and the texts they were read from.
#[derive(Clone)]
pub struct Source {
    pub text: Arc<str>,
    pub room: Arc<Room>,
    pub plan: Arc<Plan>,
    pub plan_name: String,
    pub plan_text: Arc<str>,
}

/// Reads the room and its plan; what did not change since `before` is not read into values again.
pub fn read(disk: &dyn Disk, place: &Place, before: Option<&Source>) -> Result<Source, Error> {
    let text = read_text(disk, &place.room, &place.shown, "room file")?;
    read_as(disk, place, text.into(), before)
}

/// The same for a text that is not in the file yet.
pub fn read_as(disk: &dyn Disk, place: &Place, text: Arc<str>, before: Option<&Source>) -> Result<Source, Error> {
    let name = match before.filter(|before| before.text == text) {
        Some(before) => before.plan_name.clone(),
        None => room_toml::plan_name(&text, &place.shown).map_err(|problems| input(&place.shown, &problems))?,
    };
    let (plan_text, plan_path) = find_plan(disk, place, &text, &name)?;
    let known = before.filter(|before| before.plan_text == plan_text);
    if let Some(known) = known.filter(|known| known.text == text) {
        return Ok(known.clone());
    }
    let plan = match known {
        Some(known) => known.plan.clone(),
        None => plan_toml::shared(&plan_text, &plan_path).map_err(|problems| input(&plan_path, &problems))?,
    };
    let room = room_toml::parse(&text, &place.shown, &plan).map_err(|problems| input(&place.shown, &problems))?;
    Ok(Source { text, room: Arc::new(room), plan, plan_name: name, plan_text })
}

/// Whether a file can be one that people edit, by its outside.
pub fn check(disk: &dyn Disk, path: &Path, shown: &str, what: &str) -> Result<(), Error> {
    let found = disk.stat(path).and_then(|found| found.ok_or_else(|| io::ErrorKind::NotFound.into()));
    let found = found.map_err(|error| unreadable(shown, what, &error))?;
    match found.kind {
        disk::Kind::File if found.len > LIMIT => Err(too_large(shown, what)),
        disk::Kind::File => Ok(()),
        disk::Kind::Folder => Err(refused(shown, what, "it is a folder").hint("name the file in it")),
        disk::Kind::Fifo => Err(refused(shown, what, "it is a named pipe, not a file")),
        disk::Kind::Other => Err(refused(shown, what, "it is a device or a socket, not a file")),
    }
}

fn read_text(disk: &dyn Disk, path: &Path, shown: &str, what: &str) -> Result<String, Error> {
    check(disk, path, shown, what)?;
    let bytes = disk.read(path, 0, LIMIT + 1).map_err(|error| unreadable(shown, what, &error))?;
    if bytes.len() as u64 > LIMIT {
        return Err(too_large(shown, what));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..at).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        refused(shown, what, format!("{shown}:{line}:{column}: it is not UTF-8 text from here on"))
    })
}

fn unreadable(shown: &str, what: &str, error: &io::Error) -> Error {
    trouble::storage(&format!("cannot read the {what}"), Path::new(shown), error)
}

fn refused(shown: &str, what: &str, why: impl Into<String>) -> Error {
    Error::new(Kind::Input, format!("cannot use the {what} {shown}"), why)
}

fn too_large(shown: &str, what: &str) -> Error {
    refused(shown, what, format!("it is larger than {} MiB", LIMIT >> 20))
}

/// The plan a room names: one of ours, or a file beneath the room's folder.
fn find_plan(disk: &dyn Disk, place: &Place, text: &Arc<str>, name: &str) -> Result<(Arc<str>, String), Error> {
    if let Some(embedded) = plan_toml::embedded(name) {
        return Ok((embedded.into(), format!("plan {name}")));
    }
    let wrong = |message: &str| Err(input(&place.shown, &plan_problem(&place.shown, text, name, message)));
    let inside = |part: Component| matches!(part, Component::Normal(_) | Component::CurDir);
    if name.is_empty() || name.contains('\0') || !Path::new(name).components().all(inside) {
        return wrong("a plan is a name we know or a file beneath the room's folder");
    }
    let path = match disk.resolve(&place.folder.join(name)) {
        Ok(path) => path,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return wrong("there is no such plan, and no such file"),
        Err(error) => return Err(trouble::storage("cannot read the plan", &place.folder.join(name), &error)),
    };
    if !path.starts_with(&place.folder) {
        return wrong("this link leads out of the room's folder");
    }
    Ok((read_text(disk, &path, name, "plan")?.into(), name.to_owned()))
}

/// Points at the value of `plan`, or at the start when it cannot be found.
fn plan_problem(path: &str, text: &Arc<str>, name: &str, message: &str) -> Diagnosed {
    let found =
        toml_edit::Document::parse(&**text).ok().and_then(|document| document.get("plan").and_then(toml_edit::Item::span));
    let known: Vec<String> = plan_toml::embedded_names().map(|name| format!("\"{name}\"")).collect();
    let help = match nearest(name, plan_toml::embedded_names()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("write {}, or a path such as \"plans/mine.toml\"", known.join(" or ")),
    };
    // What is wrong besides does not wait for the plan to be mended.
    room_toml::without_plan(text, path, Some(Problem::new(found.unwrap_or(0..0), message).help(help)))
}

fn input(path: &str, problems: &Diagnosed) -> Error {
    Error::new(Kind::Input, format!("cannot use {path}"), problems.render())
}
