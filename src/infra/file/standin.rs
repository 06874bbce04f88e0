//! Stand-ins until `format::room_toml` and `ledger::replay` are there.
#![allow(clippy::all, clippy::pedantic, clippy::unwrap_used)]

pub mod room_toml {
    use crate::format::diagnose::{Diagnosed, Problem};
    fn fail<T>(path: &str, text: &str, message: impl ToString) -> Result<T, Diagnosed> {
        Err(Diagnosed::new(path, text, vec![Problem::new(0..0, message.to_string())]))
    }
    use crate::domain::{change::*, plan::Plan, room::*};
    pub fn plan_name(text: &str, path: &str) -> Result<String, Diagnosed> {
        let document = match toml_edit::Document::parse(text) {
            Ok(document) => document,
            Err(error) => return fail(path, text, error.message()),
        };
        match document.get("plan").and_then(|plan| plan.as_str()) {
            Some(name) => Ok(name.to_owned()),
            None => fail(path, text, "no plan"),
        }
    }
    pub fn parse(text: &str, path: &str, _: &Plan) -> Result<Room, Diagnosed> {
        let document = toml_edit::Document::parse(text).unwrap();
        let Some(id) = document.get("tenant").and_then(|tenant| tenant.get("id")).and_then(|id| id.as_str()) else {
            return fail(path, text, "no tenant");
        };
        let tenant = Tenant {
            id: id.into(),
            name: document["tenant"]["name"].as_str().unwrap_or(id).into(),
            kickoff: jiff::civil::date(2026, 11, 2),
            timezone: jiff::tz::TimeZone::UTC,
            motion: None,
            go_no_go: None,
        };
        let mut room = Room {
            tenant,
            scope: Default::default(),
            owners: Default::default(),
            functions: Default::default(),
            steps: Default::default(),
            activation: Default::default(),
            dependencies: Default::default(),
            commands: Default::default(),
        };
        for (key, item) in document.get("scope").and_then(|item| item.as_table()).into_iter().flatten() {
            room.scope.insert(key.into(), Value::Text(item.as_str().unwrap_or_default().into()));
        }
        for (key, item) in document.get("steps").and_then(|item| item.as_table()).into_iter().flatten() {
            let done = item["done"].as_array().into_iter().flatten().filter_map(|item| item.as_str()).map(Into::into);
            room.steps.insert(key.into(), done.collect());
        }
        Ok(room)
    }
    pub fn splice(text: &str, edits: &[Edit]) -> Result<String, String> {
        if edits.is_empty() {
            return Ok(text.into());
        }
        let mut document: toml_edit::DocumentMut = text.parse().map_err(|_| "no")?;
        for edit in edits {
            let mut item = document.as_item_mut();
            for key in &edit.path {
                item = &mut item[key];
            }
            match &edit.to {
                EditTo::Set(Value::Text(value)) => *item = toml_edit::value(value),
                EditTo::Push(value) => item.as_array_mut().unwrap().push(value),
                EditTo::Pull(value) => item.as_array_mut().unwrap().retain(|item| item.as_str() != Some(value)),
                _ => return Err("not in the stand-in".into()),
            }
        }
        let text_is_crlf = text.contains("\r\n");
        let out = document.to_string();
        Ok(if text_is_crlf { out.replace("\r\n", "\n").replace('\n', "\r\n") } else { out })
    }
}
pub mod replay {
    use crate::domain::{ledger::*, room::Room};
    pub fn edited_outside(room: &Room, ledger: &Ledger) -> Option<RoomChanged> {
        let mut known = std::collections::BTreeMap::new();
        for entry in ledger.entries.iter() {
            if let Body::RoomChanged(changed) | Body::EditedOutside(changed) = &entry.body {
                for change in &changed.changes {
                    match &change.now {
                        Some(now) => known.insert(change.path.clone(), now.clone()),
                        None => known.remove(&change.path),
                    };
                }
            }
        }
        let now = room.values();
        let paths: std::collections::BTreeSet<_> = known.keys().chain(now.keys()).cloned().collect();
        let changes: Vec<_> = paths
            .into_iter()
            .filter(|path| known.get(path) != now.get(path))
            .map(|path| ValueChange { was: known.get(&path).cloned(), now: now.get(&path).cloned(), path })
            .collect();
        (!changes.is_empty()).then_some(RoomChanged { changes })
    }
}
