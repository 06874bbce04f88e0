//! Makes the text of a new room: commented, and readable by the reader before anybody writes it.

use super::error::{Error, Kind};
use crate::format::{plan_toml, room_toml};
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

/// The plan of a new room.
pub const PLAN: &str = "first-customer";

/// What a person says about a new room.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub tenant: String,
    /// `None`: made from the name.
    pub id: Option<String>,
    /// The first day of week 0. `None`: this week's Monday.
    pub kickoff: Option<Date>,
}

/// The text of the room file, and the day week 0 begins.
///
/// # Errors
/// `Usage` when what was said makes no room.
pub fn init(wish: &Wish, now: Timestamp) -> Result<(String, Date), Error> {
    let name = wish.tenant.trim();
    if name.is_empty() {
        return Err(Error::new(Kind::Usage, "the customer needs a name", "").hint("say it: --tenant \"Northwind Logistics\""));
    }
    let id = wish.id.clone().or_else(|| id_from(name)).ok_or_else(|| {
        Error::new(Kind::Usage, format!("no id can be made from `{name}`"), "")
            .hint("say one in a-z, 0-9 and hyphens: --id northwind")
    })?;
    let kickoff = wish.kickoff.unwrap_or_else(|| this_monday(now));
    let plan = plan_toml::embedded(PLAN).unwrap_or_default();
    let plan = plan_toml::parse(plan, PLAN).map_err(|told| Error::new(Kind::Input, "the plan cannot be used", told.render()))?;
    let text = room_toml::template(&plan, &id, name, kickoff);
    // Whatever a person typed must make a room that can be read again.
    room_toml::parse(&text, "the new room", &plan)
        .map_err(|told| Error::new(Kind::Usage, "this would make no room", told.render()))?;
    Ok((text, kickoff))
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
        assert_eq!(id_from("  Under & Over ").as_deref(), Some("under-over"));
        assert_eq!(id_from("日本"), None);
    }

    #[test]
    fn week_0_begins_on_the_monday_of_this_week() {
        assert_eq!(this_monday("2026-11-19T08:00:00Z".parse().unwrap()), jiff::civil::date(2026, 11, 16));
        assert_eq!(this_monday("2026-11-16T00:00:00Z".parse().unwrap()), jiff::civil::date(2026, 11, 16));
    }

    #[test]
    fn a_name_with_quotes_and_line_breaks_still_makes_a_room() {
        let wish = Wish { tenant: "O\"Neil\n\\ & [Sons]".to_owned(), ..Wish::default() };
        let made = init(&wish, "2026-11-19T08:00:00Z".parse().unwrap());
        assert!(made.is_ok() || made.is_err_and(|error| error.kind == Kind::Usage));
    }
}
