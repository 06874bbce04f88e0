//! Reads the days and moments people type, in the tenant's zone.

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil, tz::TimeZone};

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

/// A length of time: a number and its unit, `90 s`, `10m`, `2 days`, up to a century.
#[must_use]
pub fn length(text: &str) -> Option<SignedDuration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let seconds: i64 = match unit.trim() {
        "s" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 3600,
        "d" | "day" | "days" => 86_400,
        "w" | "week" | "weeks" => 7 * 86_400,
        _ => return None,
    };
    // A time that cannot be added to a date is no time; a century is.
    let seconds = number.parse::<i64>().ok()?.checked_mul(seconds).filter(|all| (1..=3_155_760_000).contains(all))?;
    Some(SignedDuration::from_secs(seconds))
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
    fn a_length_of_time_is_a_number_and_its_unit() {
        for (text, seconds) in [("90 s", 90), ("10m", 600), ("2 days", 172_800), ("1 hour", 3600)] {
            assert_eq!(length(text), Some(SignedDuration::from_secs(seconds)), "{text}");
        }
        for text in ["", "10", "m", "0 s", "-1 s", "1.5 h", "200 years", "99999999999999999999 s", "1 s 2 s"] {
            assert_eq!(length(text), None, "{text}");
        }
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
