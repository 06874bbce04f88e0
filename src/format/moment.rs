//! Reads the days and moments people type, in the tenant's zone.

use jiff::{Timestamp, ToSpan as _, civil, tz::TimeZone};

/// The last instant of a day, or the moment itself: `2026-11-19`, `2026-11-19T09:14`, an RFC 3339 time, `today`,
/// `yesterday`, `tomorrow`, `monday` (the last one), `now`.
///
/// # Errors
/// A sentence that says what would be right.
pub fn until(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    match read(text, now, zone)? {
        Read::Moment(at) => Ok(at),
        Read::Day(day) => {
            let next = day.tomorrow().map_err(|_| wrong(text))?;
            Ok(start(next, zone).ok_or_else(|| wrong(text))? - 1.millisecond())
        }
    }
}

/// The first instant of a day, or the moment itself, in the same forms.
///
/// # Errors
/// A sentence that says what would be right.
pub fn since(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    match read(text, now, zone)? {
        Read::Moment(at) => Ok(at),
        Read::Day(day) => start(day, zone).ok_or_else(|| wrong(text)),
    }
}

/// A day alone.
///
/// # Errors
/// A sentence that says what would be right.
pub fn day(text: &str) -> Result<civil::Date, String> {
    text.parse::<civil::Date>().ok().filter(|_| text.len() == 10).ok_or_else(|| format!("`{text}` is not a day like 2026-11-02"))
}

enum Read {
    Day(civil::Date),
    Moment(Timestamp),
}

fn read(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Read, String> {
    let today = now.to_zoned(zone.clone()).date();
    match text {
        "now" => return Ok(Read::Moment(now)),
        "today" => return Ok(Read::Day(today)),
        "yesterday" => return today.yesterday().map(Read::Day).map_err(|_| wrong(text)),
        "tomorrow" => return today.tomorrow().map(Read::Day).map_err(|_| wrong(text)),
        "monday" => {
            let back = i64::from(today.weekday().to_monday_zero_offset());
            return today.checked_sub(back.days()).map(Read::Day).map_err(|_| wrong(text));
        }
        _ => {}
    }
    if let Ok(day) = day(text) {
        return Ok(Read::Day(day));
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Read::Moment(at));
    }
    let local = text.parse::<civil::DateTime>().map_err(|_| wrong(text))?;
    let at = zone.to_ambiguous_timestamp(local).compatible().map_err(|_| wrong(text))?;
    Ok(Read::Moment(at))
}

fn start(day: civil::Date, zone: &TimeZone) -> Option<Timestamp> {
    day.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

fn wrong(text: &str) -> String {
    format!("`{text}` is neither a day like 2026-11-19 nor a moment like 2026-11-19T09:14")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amsterdam() -> (Timestamp, TimeZone) {
        ("2026-11-19T08:14:00Z".parse().unwrap(), TimeZone::get("Europe/Amsterdam").unwrap())
    }

    #[test]
    fn a_day_ends_and_begins_at_the_tenants_midnight() {
        let (now, zone) = amsterdam();
        assert_eq!(until("2026-11-19", now, &zone).unwrap().to_string(), "2026-11-19T22:59:59.999Z");
        assert_eq!(since("monday", now, &zone).unwrap().to_string(), "2026-11-15T23:00:00Z");
    }

    #[test]
    fn a_moment_without_a_zone_is_meant_in_the_tenants() {
        let (now, zone) = amsterdam();
        assert_eq!(until("2026-11-25T15:00", now, &zone).unwrap().to_string(), "2026-11-25T14:00:00Z");
        assert_eq!(until("2026-11-25T15:00:00Z", now, &zone).unwrap().to_string(), "2026-11-25T15:00:00Z");
    }

    #[test]
    fn nonsense_is_told_with_what_would_be_right() {
        let (now, zone) = amsterdam();
        assert!(until("soon", now, &zone).unwrap_err().contains("2026-11-19T09:14"));
        assert!(day("2026-13-01").is_err());
        assert!(day("2026-11-02T10:00").is_err());
    }
}
