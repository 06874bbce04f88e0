//! A new room file.

use crate::app::discover::ROOM_FILE;
use crate::app::error::{Error, Kind};
use crate::cli::args::InitArgs;
use crate::cli::{Exit, context::Context, context::usage};
use crate::format::{moment, plan_toml, room_toml};
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

const PLAN: &str = "first-customer";

pub fn run(cx: &mut Context<'_>, args: &InitArgs) -> Result<Exit, Error> {
    cx.writable()?;
    let name = args.tenant.trim();
    if name.is_empty() {
        return Err(usage("--tenant needs a name"));
    }
    let id = match &args.id {
        Some(id) => id.clone(),
        None => {
            id_from(name).ok_or_else(|| usage(format!("no id can be made from `{name}`")).hint("give one: --id northwind"))?
        }
    };
    let kickoff = match &args.kickoff {
        Some(text) => moment::day(text).map_err(usage)?,
        None => this_monday(cx.now()),
    };
    let text = plan_toml::embedded(PLAN).ok_or_else(|| usage(format!("there is no built-in plan `{PLAN}`")))?;
    let plan = plan_toml::parse(text, PLAN).map_err(|told| Error::new(Kind::Input, "the plan cannot be used", told.render()))?;
    let room = room_toml::template(&plan, &id, name, kickoff);
    // Whatever a person typed above must make a room that can be read.
    room_toml::parse(&room, ROOM_FILE, &plan)
        .map_err(|told| Error::new(Kind::Usage, "this would make no room", told.render()))?;

    let mut path = args.path.clone();
    if args.path.as_os_str().as_encoded_bytes().ends_with(b"/") || cx.wiring.rooms.is_folder(&path) {
        path.push(ROOM_FILE);
    }
    cx.wiring.rooms.create(&path, room.as_bytes())?;
    cx.out.line(format!("wrote {}: {name}, plan {PLAN}, week 0 begins {kickoff}", path.display()));
    let flag = if path.ends_with(ROOM_FILE) { String::new() } else { format!(" --room {}", args.path.display()) };
    cx.out.say(format!("next: launchroom owners --blank{flag}; launchroom status{flag}"));
    Ok(Exit::Ok)
}

/// `Northwind Logistics B.V.` → `northwind-logistics-b-v`.
fn id_from(name: &str) -> Option<String> {
    let spelled: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<_> = spelled.split('-').filter(|word| !word.is_empty()).collect();
    let mut id = words.join("-");
    id.truncate(64);
    let id = id.trim_end_matches('-');
    (!id.is_empty()).then(|| id.to_owned())
}

fn this_monday(now: Timestamp) -> Date {
    let today = now.to_zoned(TimeZone::UTC).date();
    today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).unwrap_or(today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_from_the_letters_of_a_name() {
        assert_eq!(id_from("Northwind Logistics B.V.").as_deref(), Some("northwind-logistics-b-v"));
        assert_eq!(id_from("  Ünder & Söhne ").as_deref(), Some("nder-s-hne"));
        assert_eq!(id_from("日本"), None);
    }

    #[test]
    fn week_0_begins_on_the_monday_of_this_week() {
        assert_eq!(this_monday("2026-11-19T08:00:00Z".parse().unwrap()), jiff::civil::date(2026, 11, 16));
        assert_eq!(this_monday("2026-11-16T00:00:00Z".parse().unwrap()), jiff::civil::date(2026, 11, 16));
    }
}
