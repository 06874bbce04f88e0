//! One word a status, a date, an age: the same on every face. Pure; `now` and the tenant's zone are arguments.

use crate::domain::gate::{
    DecisionStanding, DecisionState, ExclusionStanding, GateStatus, Readiness, RequirementStatus, StepStatus, Unverified,
    Verdict, Week,
};
use crate::domain::ledger::{CheckStatus, DecisionOutcome, Outcome, Run};
use crate::domain::plan::Plan;
use crate::domain::room::{Room, Treatment};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use std::collections::BTreeMap;

/// How a requirement stands.
#[must_use]
pub fn requirement(status: RequirementStatus) -> &'static str {
    status.as_str()
}

/// How a gate stands.
#[must_use]
pub fn gate(status: GateStatus) -> &'static str {
    match status {
        GateStatus::Clear => "clear",
        GateStatus::ClearWithExclusions => "clear with exclusions",
        GateStatus::AwaitingDecision => "awaiting decision",
        GateStatus::Stale => "stale",
        GateStatus::Held => "held",
        GateStatus::Blocked => "blocked by policy",
    }
}

/// How a step stands against its week.
#[must_use]
pub fn step(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Closed => "closed",
        StepStatus::Late => "late",
        StepStatus::AtRisk => "at risk",
        StepStatus::Ahead => "ahead",
    }
}

/// The verdict as a headline.
#[must_use]
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Go => "GO",
        Verdict::GoWithExclusions => "GO with exclusions",
        Verdict::AwaitingDecision => "AWAITING DECISION",
        Verdict::NoGo => "NO-GO",
    }
}

/// The verdict within a sentence.
#[must_use]
pub fn verdict_in_a_sentence(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Go => "go",
        Verdict::GoWithExclusions => "go with exclusions",
        Verdict::AwaitingDecision => "awaiting decision",
        Verdict::NoGo => "no-go",
    }
}

/// What was decided.
#[must_use]
pub fn decision(outcome: DecisionOutcome) -> &'static str {
    match outcome {
        DecisionOutcome::Accepted => "accepted",
        DecisionOutcome::AcceptedWithExclusions => "accepted with exclusions",
        DecisionOutcome::Deferred => "deferred",
        DecisionOutcome::Rejected => "rejected",
    }
}

/// The stage that is accepted now; one that was and changed since is not called never accepted.
#[must_use]
pub fn accepted_now(plan: &Plan, readiness: &Readiness) -> String {
    match (&readiness.stage.accepted, &readiness.decision) {
        (Some(accepted), _) => stage(plan, accepted.as_str()),
        (None, Some(decision)) if decision.outcome.accepts() && !decision.stands => {
            let accepted = stage(plan, decision.stage.as_str());
            format!("none: {accepted} was (#{}), changed since and asked again", decision.seq)
        }
        (None, _) => "none yet".to_owned(),
    }
}

/// How a decision stands.
#[must_use]
pub fn standing(standing: DecisionStanding) -> String {
    match standing {
        DecisionStanding::Stands => "stands".to_owned(),
        DecisionStanding::ChangedSince => "changed since".to_owned(),
        DecisionStanding::Superseded(by) => format!("superseded by #{by}"),
        DecisionStanding::Ended(by) => format!("ended by #{by}"),
    }
}

/// Where an exclusion is on its way.
#[must_use]
pub fn exclusion(standing: ExclusionStanding) -> String {
    match standing {
        ExclusionStanding::NotYet => "not yet in force".to_owned(),
        ExclusionStanding::InForce => "in force".to_owned(),
        ExclusionStanding::Ended => "ended".to_owned(),
        ExclusionStanding::Revoked(by) => format!("revoked by #{by}"),
    }
}

/// How one check of a bundle went. Not tested is not passed.
#[must_use]
pub fn check(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Passed => "passed",
        CheckStatus::Failed => "failed",
        CheckStatus::Skipped => "not tested",
    }
}

/// How a pilot treats a dependency; `not recorded` when nobody said.
#[must_use]
pub fn treatment(treatment: Option<Treatment>) -> &'static str {
    match treatment {
        Some(Treatment::Ready) => "ready",
        Some(Treatment::Manual) => "manual",
        Some(Treatment::Invoice) => "invoice",
        Some(Treatment::Managed) => "managed",
        Some(Treatment::FixturePending) => "fixture pending",
        Some(Treatment::OutOfScope) => "out of scope",
        None => "not recorded",
    }
}

/// How a run ended.
#[must_use]
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Signal => "ended by a signal",
        Outcome::Timeout => "timed out",
        Outcome::Stopped => "stopped",
        Outcome::Interrupted => "interrupted",
        Outcome::Reference => "stated",
    }
}

/// The usual name of a signal; `None` for one whose number differs from system to system.
#[must_use]
pub fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        4 => "ILL",
        5 => "TRAP",
        6 => "ABRT",
        8 => "FPE",
        9 => "KILL",
        11 => "SEGV",
        13 => "PIPE",
        14 => "ALRM",
        15 => "TERM",
        _ => return None,
    })
}

/// How a run ended, with its number: `passed`, `failed, exit 3`, `ended by signal 11 (SEGV)`.
#[must_use]
pub fn run_outcome(ended: Outcome, run: &Run) -> String {
    match (ended, run.exit, run.signal) {
        (Outcome::Failed, Some(exit), _) => format!("failed, exit {exit}"),
        (Outcome::Signal, _, Some(signal)) => match signal_name(signal) {
            Some(name) => format!("ended by signal {signal} ({name})"),
            None => format!("ended by signal {signal}"),
        },
        _ => outcome(ended).to_owned(),
    }
}

/// A title or sentence within another one: its first letter small, unless it begins with an abbreviation.
#[must_use]
pub fn inside(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(text.chars().skip(1)).collect(),
        _ => text.to_owned(),
    }
}

/// A stage within a sentence: `paid beta`. A hyphen that the gate's title keeps stays: `self-serve`.
#[must_use]
pub fn stage(plan: &Plan, id: &str) -> String {
    let keeps = plan.gate(id).is_some_and(|gate| gate.title.to_lowercase().contains(id));
    if keeps { id.to_owned() } else { id.replace('-', " ") }
}

/// The headline of the room: the verdict for its target, or what was decided about it and whether that stands.
#[must_use]
pub fn headline(plan: &Plan, readiness: &Readiness) -> String {
    let target = &readiness.stage.target;
    match readiness.decision.as_ref().filter(|decision| decision.outcome.accepts() && decision.stage == *target) {
        Some(DecisionState { stands: true, .. }) => format!("ACCEPTED {}, stands", stage(plan, target.as_str())),
        Some(DecisionState { stands: false, .. }) => format!("CHANGED SINCE {} was accepted", stage(plan, target.as_str())),
        None => format!("{}  {}", verdict(readiness.verdict()), stage(plan, target.as_str())),
    }
}

/// `Thu 19 Nov 09:14`, in the tenant's zone.
#[must_use]
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %d %b %H:%M").to_string()
}

/// `Thu 19 Nov 09:14 CET`, in the tenant's zone.
#[must_use]
pub fn moment_in_zone(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %d %b %H:%M %Z").to_string()
}

/// The shortest that is still exact for whoever reads it at `now`: `08:58` today, `Thu 19 Nov 08:58` this year,
/// `19 Nov 2025 08:58` otherwise.
#[must_use]
pub fn moment_near(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let form = match (at.date() == now.date(), at.year() == now.year()) {
        (true, _) => "%H:%M",
        (false, true) => "%a %d %b %H:%M",
        (false, false) => "%d %b %Y %H:%M",
    };
    at.strftime(form).to_string()
}

/// `Thu 19 Nov 09:14` this year, `19 Nov 2025 09:14` otherwise.
#[must_use]
pub fn moment_dated(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    dated(at, now, zone, "%a %d %b %H:%M", "%d %b %Y %H:%M")
}

/// `Thu 19 Nov 09:14 CET` this year, `19 Nov 2025 09:14 CET` otherwise.
#[must_use]
pub fn moment_dated_in_zone(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    dated(at, now, zone, "%a %d %b %H:%M %Z", "%d %b %Y %H:%M %Z")
}

/// `Thu 19 Nov 2026 09:14 CET`: for what is read later, nobody knows when.
#[must_use]
pub fn moment_in_full(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %d %b %Y %H:%M %Z").to_string()
}

/// `12 Nov` this year, `Nov 2025` otherwise.
#[must_use]
pub fn day_dated(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    dated(at, now, zone, "%d %b", "%b %Y")
}

fn dated(at: Timestamp, now: Timestamp, zone: &TimeZone, this_year: &str, another: &str) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    at.strftime(if at.year() == now.year() { this_year } else { another }).to_string()
}

/// A moment for a program, always with its milliseconds: `2026-11-19T08:14:00.240Z`.
#[must_use]
pub fn stamp(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// `week 2`, `before week 0`, `after week 3`.
#[must_use]
pub fn week(week: Week) -> String {
    match week.now {
        ..0 => "before week 0".to_owned(),
        now if now > week.last => format!("after week {}", week.last),
        now => format!("week {now}"),
    }
}

/// The same, and of how many: `week 2 of 3`.
#[must_use]
pub fn week_of(of: Week) -> String {
    if (0..=of.last).contains(&of.now) { format!("{} of {}", week(of), of.last) } else { week(of) }
}

/// `12 Nov`, in the tenant's zone.
#[must_use]
pub fn day(at: Timestamp, zone: &TimeZone) -> String {
    date(at.to_zoned(zone.clone()).date())
}

/// `12 Nov`.
#[must_use]
pub fn date(date: Date) -> String {
    date.strftime("%d %b").to_string()
}

/// `Wed 25 Nov`.
#[must_use]
pub fn weekday(date: Date) -> String {
    date.strftime("%a %d %b").to_string()
}

/// `31 Jan 2027`.
#[must_use]
pub fn date_with_year(date: Date) -> String {
    date.strftime("%d %b %Y").to_string()
}

/// How long it is between two moments, in one unit: `now`, `12 min`, `5 h`, `3 d`. Rounded down, so that nothing is
/// said to be over before it is.
#[must_use]
pub fn age(from: Timestamp, to: Timestamp) -> String {
    let seconds = to.duration_since(from).as_secs().abs();
    match seconds {
        ..60 => "now".to_owned(),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// `3 d ago`, `in 6 d`, `now`.
#[must_use]
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let age = age(at, now);
    match age.as_str() {
        "now" => age,
        _ if at <= now => format!("{age} ago"),
        _ => format!("in {age}"),
    }
}

/// Calendar days from today to that day: `today`, `tomorrow`, `in 6 d`, `yesterday`, `4 d late`.
#[must_use]
pub fn due(day: Date, now: Timestamp, zone: &TimeZone) -> String {
    let today = now.to_zoned(zone.clone()).date();
    let days = today.until(day).map_or(0, |span| span.get_days());
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        2.. => format!("in {days} d"),
        _ => format!("{} d late", -days),
    }
}

/// A duration in at most two units: `41 ms`, `0.4 s`, `41 s`, `3 min 41 s`, `2 h 5 min`, `3 d`.
#[must_use]
pub fn duration(length: SignedDuration) -> String {
    let (seconds, millis) = (length.as_secs().max(0), length.as_millis().max(0));
    match seconds {
        0 if millis > 0 && millis < 100 => format!("{millis} ms"),
        0..10 if millis % 1000 != 0 => format!("{}.{} s", seconds, (millis % 1000) / 100),
        0..60 => format!("{seconds} s"),
        60..3_600 => two("min", seconds / 60, "s", seconds % 60),
        3_600..86_400 => two("h", seconds / 3_600, "min", seconds % 3_600 / 60),
        _ => two("d", seconds / 86_400, "h", seconds % 86_400 / 3_600),
    }
}

fn two(unit: &str, count: i64, small_unit: &str, small: i64) -> String {
    if small == 0 { format!("{count} {unit}") } else { format!("{count} {unit} {small} {small_unit}") }
}

/// `1 stale proof`, `3 stale proofs`.
#[must_use]
pub fn count<N: std::fmt::Display + Copy + PartialEq + From<u8>>(n: N, one: &str, many: &str) -> String {
    format!("{n} {}", if n == N::from(1) { one } else { many })
}

/// Which captured bytes are not what was attached, and what does not count because of it:
/// `#9: bytes differ (sha256 7557…f6eb); not counted for setup/plan-proof`.
#[must_use]
pub fn wrong_bytes(one: &Unverified) -> String {
    let held = if one.holds.is_empty() { String::new() } else { format!(" for {}", one.holds.join(", ")) };
    format!("#{}: {} (sha256 {}); not counted{held}", one.seq, one.what, one.digest.short())
}

/// What to do about them.
#[must_use]
pub fn restore_bytes(seq: u64) -> String {
    format!(
        "put the bytes back from a copy, or take the record back and attach anew: launchroom evidence withdraw {seq} --why TEXT"
    )
}

/// What was masked, by rule: `stripe-key 2, jwt 1`.
#[must_use]
pub fn masked(redactions: &BTreeMap<String, u64>) -> String {
    redactions.iter().map(|(rule, count)| format!("{rule} {count}")).collect::<Vec<_>>().join(", ")
}

/// Strings that look random and that no rule knows, and whether somebody looked.
#[must_use]
pub fn suspects(suspects: u64, looked: bool) -> String {
    let strings = if suspects == 1 { "1 string looks random".to_owned() } else { format!("{suspects} strings look random") };
    format!("{strings}, {}", if looked { "looked at" } else { "nobody looked" })
}

/// A size for people: `940 B`, `12.4 kB`, `3.1 MB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes / 100;
    let mut unit = "kB";
    for larger in &UNITS[1..] {
        if tenths < 10_000 {
            break;
        }
        tenths /= 1_000;
        unit = larger;
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// The room's name for a person, or the tenant's id when it has none.
#[must_use]
pub fn room_name(room: &Room) -> &str {
    if room.tenant.name.trim().is_empty() { room.tenant.id.as_str() } else { &room.tenant.name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_moment_is_told_in_the_tenants_zone() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let now = at("2026-11-19T08:14:00Z");
        assert_eq!(moment(now, &zone), "Thu 19 Nov 09:14");
        assert_eq!(moment_in_zone(now, &zone), "Thu 19 Nov 09:14 CET");
        assert_eq!(moment_near(at("2026-11-19T07:58:00Z"), now, &zone), "08:58");
        assert_eq!(moment_near(at("2026-11-18T07:58:00Z"), now, &zone), "Wed 18 Nov 08:58");
        assert_eq!(moment_near(at("2025-11-18T07:58:00Z"), now, &zone), "18 Nov 2025 08:58");
        assert_eq!(day(at("2026-11-11T23:30:00Z"), &zone), "12 Nov");
    }

    #[test]
    fn another_year_is_spelled_out_and_a_stamp_keeps_its_milliseconds() {
        let (now, utc) = (at("2026-11-19T08:14:00.240Z"), TimeZone::UTC);
        assert_eq!(moment_dated(now, now, &utc), "Thu 19 Nov 08:14");
        assert_eq!(moment_dated(at("2027-01-02T08:14:00Z"), now, &utc), "02 Jan 2027 08:14");
        assert_eq!(moment_dated_in_zone(at("2025-01-02T08:14:00Z"), now, &utc), "02 Jan 2025 08:14 UTC");
        assert_eq!(
            (day_dated(now, now, &utc), day_dated(at("2025-01-02T08:14:00Z"), now, &utc)),
            ("19 Nov".into(), "Jan 2025".into())
        );
        assert_eq!(stamp(now), "2026-11-19T08:14:00.240Z");
        assert_eq!(stamp(at("2026-11-19T08:14:00Z")), "2026-11-19T08:14:00.000Z");
    }

    #[test]
    fn a_week_outside_the_plan_is_before_or_after_it() {
        let told = |now| week_of(Week { now, last: 3 });
        assert_eq!([-6, 0, 3, 4, 359].map(told), ["before week 0", "week 0 of 3", "week 3 of 3", "after week 3", "after week 3"]);
    }

    #[test]
    fn an_age_has_one_unit_and_is_never_rounded_up() {
        let now = at("2026-11-19T08:14:00Z");
        assert_eq!(age(at("2026-11-16T08:14:01Z"), now), "2 d");
        assert_eq!(relative(at("2026-11-16T08:14:00Z"), now), "3 d ago");
        assert_eq!(relative(at("2026-11-25T14:00:00Z"), now), "in 6 d");
        assert_eq!(relative(at("2026-11-19T08:14:30Z"), now), "now");
        assert_eq!(relative(at("2026-11-19T07:02:00Z"), now), "1 h ago");
    }

    #[test]
    fn a_due_day_counts_calendar_days() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        let now = at("2026-11-19T22:30:00Z");
        assert_eq!(due(jiff::civil::date(2026, 11, 19), now, &zone), "today");
        assert_eq!(due(jiff::civil::date(2026, 11, 20), now, &zone), "tomorrow");
        assert_eq!(due(jiff::civil::date(2026, 11, 25), now, &zone), "in 6 d");
        assert_eq!(due(jiff::civil::date(2026, 11, 15), now, &zone), "4 d late");
    }

    #[test]
    fn a_duration_has_at_most_two_units() {
        let told = |millis| duration(SignedDuration::from_millis(millis));
        assert_eq!(told(41), "41 ms");
        assert_eq!(told(412), "0.4 s");
        assert_eq!(told(41_000), "41 s");
        assert_eq!(told(221_000), "3 min 41 s");
        assert_eq!(told(180_000), "3 min");
        assert_eq!(told(7_500_000), "2 h 5 min");
        assert_eq!(told(86_400_000 * 3), "3 d");
        assert_eq!(told(-5), "0 s");
    }

    #[test]
    fn a_size_and_a_count_read_like_a_person_wrote_them() {
        assert_eq!(size(940), "940 B");
        assert_eq!(size(12_430), "12.4 kB");
        assert_eq!(size(3_100_000), "3.1 MB");
        assert_eq!(size(1_073_741_824), "1.0 GB");
        assert_eq!(count(1, "stale proof", "stale proofs"), "1 stale proof");
        assert_eq!(count(0, "stale proof", "stale proofs"), "0 stale proofs");
    }
}
