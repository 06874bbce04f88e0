//! Weeks, midnights and moments, all meant in the tenant's own zone.

use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};

/// The date it is for the tenant.
#[must_use]
pub fn today(now: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(now).date()
}

/// Whole days from one date to another; negative when `to` comes first.
#[must_use]
pub fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

/// The week a date falls in, counted from the kickoff's, which is 0. Negative before the kickoff.
#[must_use]
pub fn week_of(kickoff: Date, date: Date) -> i64 {
    days_between(kickoff, date).div_euclid(7)
}

/// The last day of a week.
#[must_use]
pub fn last_day(kickoff: Date, week: u32) -> Date {
    kickoff.saturating_add(Span::new().days(i64::from(week.min(5_000)) * 7 + 6))
}

/// The midnight with which a day begins. In a zone that skips it, the first instant of the day.
#[must_use]
pub fn start_of(date: Date, zone: &TimeZone) -> Timestamp {
    let midnight = date.at(0, 0, 0, 0);
    zone.to_ambiguous_timestamp(midnight).compatible().unwrap_or(Timestamp::MAX)
}

/// The midnight with which a day ends: what holds "until" a day holds up to here.
#[must_use]
pub fn end_of(date: Date, zone: &TimeZone) -> Timestamp {
    date.tomorrow().map_or(Timestamp::MAX, |next| start_of(next, zone))
}

/// A moment as people say it: `Thu 08:58` within the week around `now`, else `Thu 12 Nov 08:58`, with the year when it is
/// another one.
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (then, today) = (zone.to_datetime(at), zone.to_datetime(now));
    let format = if days_between(then.date(), today.date()).abs() < 6 {
        "%a %H:%M"
    } else if then.year() == today.year() {
        "%a %-d %b %H:%M"
    } else {
        "%-d %b %Y %H:%M"
    };
    then.strftime(format).to_string()
}

/// A day as people say it: `Sun 15 Nov`, or `31 Jan 2027` in another year than `now`'s.
#[must_use]
pub fn day(date: Date, now: Timestamp, zone: &TimeZone) -> String {
    let format = if date.year() == today(now, zone).year() { "%a %-d %b" } else { "%-d %b %Y" };
    date.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_week_begins_on_the_weekday_of_the_kickoff() {
        let kickoff = date(2026, 11, 2);
        assert_eq!(week_of(kickoff, date(2026, 11, 8)), 0);
        assert_eq!(week_of(kickoff, date(2026, 11, 9)), 1);
        assert_eq!(week_of(kickoff, date(2026, 11, 1)), -1);
        assert_eq!(last_day(kickoff, 1), date(2026, 11, 15));
    }

    #[test]
    fn a_day_ends_at_the_midnight_of_the_tenants_zone() {
        let amsterdam = TimeZone::get("Europe/Amsterdam").unwrap();
        assert_eq!(end_of(date(2026, 11, 19), &amsterdam).to_string(), "2026-11-19T23:00:00Z");
        assert_eq!(end_of(date(2026, 7, 19), &amsterdam).to_string(), "2026-07-19T22:00:00Z");
    }

    #[test]
    fn the_end_of_time_is_no_panic() {
        assert_eq!(end_of(Date::MAX, &TimeZone::UTC), Timestamp::MAX);
        assert_eq!(last_day(Date::MAX, u32::MAX), Date::MAX);
    }

    #[test]
    fn a_near_moment_needs_no_date() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-19T09:14:00Z");
        assert_eq!(moment(at("2026-11-19T08:58:00Z"), now, &TimeZone::UTC), "Thu 08:58");
        assert_eq!(moment(at("2026-11-12T08:58:00Z"), now, &TimeZone::UTC), "Thu 12 Nov 08:58");
        assert_eq!(moment(at("2025-11-12T08:58:00Z"), now, &TimeZone::UTC), "12 Nov 2025 08:58");
    }
}
