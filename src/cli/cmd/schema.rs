//! The JSON Schema of the files that people write.

use crate::app::error::{Error, Kind};
use crate::app::init::PLAN;
use crate::cli::args::SchemaWord;
use crate::cli::{Exit, context::Context};
use crate::format::{plan_toml, schema};

pub fn run(cx: &mut Context<'_>, what: SchemaWord) -> Result<Exit, Error> {
    let told = match what {
        SchemaWord::Plan => schema::plan(),
        SchemaWord::Room => match cx.place(None) {
            // Looking must not write: not even a hand edit is recorded here.
            Ok(place) => schema::room(&cx.wiring.rooms.look(&place.file()?)?.load()?.plan),
            Err(_) if cx.settings.named_room().is_none() => built_in()?,
            Err(error) => return Err(error),
        },
    };
    cx.out.json(&told);
    Ok(Exit::Ok)
}

fn built_in() -> Result<serde_json::Value, Error> {
    let text = plan_toml::embedded(PLAN).unwrap_or_default();
    let plan = plan_toml::shared(text, PLAN).map_err(|problems| Error::new(Kind::Input, "the plan", problems.render()))?;
    Ok(schema::room(&plan))
}
