//! The room file of the demo, with its dates around today and its commands on this machine.

use crate::domain::plan::Plan;
use jiff::{Timestamp, ToSpan as _, civil, tz::TimeZone};
use std::fmt::Write as _;

const TEMPLATE: &str = include_str!("../../../assets/demo/room.toml");
/// Where the customer is; UTC on a machine that does not know the zone.
const ZONE: &str = "Europe/Amsterdam";

/// The calendar of the pilot: this week is week 2.
pub struct Weeks {
    pub kickoff: civil::Date,
    pub zone: TimeZone,
    zone_name: &'static str,
}

impl Weeks {
    pub fn around(now: Timestamp) -> Self {
        let (zone, zone_name) = TimeZone::get(ZONE).map_or((TimeZone::UTC, "UTC"), |zone| (zone, ZONE));
        let today = zone.to_datetime(now).date();
        let since_monday = i32::from(today.weekday().to_monday_zero_offset());
        Self { kickoff: today.saturating_sub((14 + since_monday).days()), zone, zone_name }
    }

    /// A moment of the pilot, days counted from the kickoff.
    pub fn at(&self, day: i32, hour: i8, minute: i8) -> Timestamp {
        let local = self.kickoff.saturating_add(day.days()).at(hour, minute, 0, 0);
        self.zone.to_ambiguous_timestamp(local).compatible().unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

pub fn text(weeks: &Weeks, plan: &Plan, base_url: &str, exe: &str) -> String {
    // The Wednesday of week 3, which is always still to come.
    let call = weeks.kickoff.saturating_add(23.days()).at(15, 0, 0, 0);
    let mut out = TEMPLATE
        .replace("{kickoff}", &weeks.kickoff.to_string())
        .replace("{timezone}", weeks.zone_name)
        .replace("{go_no_go}", &call.strftime("%Y-%m-%dT%H:%M").to_string());
    for proof in &plan.proofs {
        if let Some(command) = native(&proof.command, base_url, exe) {
            let _ = writeln!(out, "{} = {}", proof.id, toml::Value::String(command));
        }
    }
    out
}

/// The native twin of a plan's command: `… check:NAME -- FLAGS` becomes `launchroom check NAME --base-url URL FLAGS`.
///
/// A locked env file is left out: nothing on the demo's pages could be opened with it.
fn native(command: &str, base_url: &str, exe: &str) -> Option<String> {
    let (name, flags) = command.split_once("check:")?.1.split_once(" -- ").unwrap_or((command.split_once("check:")?.1, ""));
    let mut out = format!("{} check {} --base-url {base_url}", quoted(exe), name.trim());
    let mut words = flags.split_whitespace();
    while let Some(word) = words.next() {
        match word {
            "--env-file" => drop(words.next()),
            word => {
                let _ = write!(out, " {word}");
            }
        }
    }
    Some(out)
}

/// A path as one word of `sh`.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if path.chars().all(plain) && !path.is_empty() { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
