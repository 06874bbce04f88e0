//! Where the settings are, and what they come to.

use crate::app::error::{Error, Kind};
use crate::cli::args::ConfigCommand;
use crate::cli::{Exit, context::Context};
use crate::present::line::{Tone, columns};
use serde_json::{Map, Value, json};

pub fn run(cx: &mut Context<'_>, command: &ConfigCommand) -> Result<Exit, Error> {
    match command {
        ConfigCommand::Path => path(cx),
        ConfigCommand::Show { origin, reading } => {
            show(cx, *origin, reading.json);
            Ok(Exit::Ok)
        }
    }
}

fn path(cx: &mut Context<'_>) -> Result<Exit, Error> {
    let why = "neither XDG_CONFIG_HOME nor a home folder is set";
    let path = cx.settings.path.clone().ok_or_else(|| Error::new(Kind::Input, "there is no place for a settings file", why))?;
    cx.out.line(path.display().to_string());
    Ok(Exit::Ok)
}

fn show(cx: &mut Context<'_>, origin: bool, as_json: bool) {
    let listed = cx.settings.listed();
    if as_json {
        let settings: Map<String, Value> = listed
            .into_iter()
            .map(|(name, value, origin)| (name.to_owned(), json!({ "value": value, "origin": origin.to_string() })))
            .collect();
        let path = cx.settings.path.as_ref().map(|path| path.display().to_string());
        cx.out.json(&json!({ "schema": 1, "path": path, "settings": settings }));
        return;
    }
    let rows: Vec<_> = listed
        .into_iter()
        .map(|(name, value, from)| {
            let value = if value.is_empty() { "-".to_owned() } else { value };
            let mut row = vec![(Tone::Plain, name.to_owned()), (Tone::Strong, value)];
            if origin {
                row.push((Tone::Quiet, from.to_string()));
            }
            row
        })
        .collect();
    cx.out.lines(columns(&rows));
}
