//! The report in 22 lines of 80 columns: verdict, what may be done now, what holds it, what is left out on purpose, how
//! far to trust it, and the next command. `all` lifts the limit.

use super::{Report, whom};
use crate::domain::gate::{RequirementState, RequirementStatus, Verdict};
use crate::present::line::{Line, Tone, clip, fit, wrap};
use crate::present::symbols::Symbols;
use crate::present::words;

const COLUMNS: usize = 80;
const ROWS: usize = 22;
/// Widths of the columns of a held requirement, the blank after each included.
const SLUG: usize = 19;
const REASON: usize = 37;
const WHO: usize = 17;

/// The report as lines.
#[must_use]
pub fn text(report: &Report<'_>, symbols: &Symbols, all: bool) -> Vec<Line> {
    let head = headline(report, symbols);
    let holds = holding(report, symbols);
    let out = left_out(report, symbols);
    let trust = trust_lines(report);
    let foot = footer(report, symbols);
    // What is not a list has its rows first; the lists share the rest, what holds the gate before what is left out.
    let fixed = head.len() + 1 + titled(&holds) + titled(&out) + 1 + trust.len() + 1 + 1;
    let room = if all { usize::MAX } else { ROWS.saturating_sub(fixed) };
    let out_rows = out.len().min((room / 3).max(room.saturating_sub(holds.len())));
    let hold_rows = room.saturating_sub(out_rows);

    let mut lines = head;
    if !holds.is_empty() {
        let title = format!("HOLDS IT ({})", holds.len());
        lines.push(Line::default());
        lines.push(Line::of(Tone::Strong, format!("{}{}{}", fit(&title, SLUG + REASON, ""), fit("WHO", WHO, ""), "SINCE")));
        lines.extend(cut(holds, hold_rows));
    }
    if !out.is_empty() {
        lines.push(Line::default());
        lines.push(Line::of(Tone::Strong, format!("LEFT OUT ON PURPOSE ({})", out.len())));
        lines.extend(cut(out, out_rows));
    }
    lines.push(Line::default());
    lines.push(Line::of(Tone::Strong, "TRUST"));
    lines.extend(trust.into_iter().map(|line| Line::plain(format!("  {}", clip(&line, COLUMNS - 2, symbols.ellipsis)))));
    if all {
        lines.extend(next(report, symbols));
    }
    lines.push(Line::default());
    lines.push(foot);
    lines
}

/// The blank line and the title of a list that is there.
fn titled(list: &[Line]) -> usize {
    if list.is_empty() { 0 } else { 2 }
}

/// The first `rows` of a list; when it is longer, its last row says how many more there are.
fn cut(mut list: Vec<Line>, rows: usize) -> Vec<Line> {
    if list.len() <= rows {
        return list;
    }
    let kept = rows.saturating_sub(1);
    let more = list.len() - kept;
    list.truncate(kept);
    list.push(Line::of(Tone::Quiet, format!("  {more} more: --all")));
    list
}

fn headline(report: &Report<'_>, symbols: &Symbols) -> Vec<Line> {
    let zone = &report.room.tenant.timezone;
    let verdict = report.verdict();
    let word = words::verdict(verdict);
    let moment = format!("as of {}", words::moment_in_zone(report.readiness.as_of, zone));
    let stage = words::stage(report.plan, report.gate.as_str());
    let name = format!("{stage}, {}", words::room_name(report.room));
    let middle = COLUMNS - fit(word, 8, "").chars().count() - moment.chars().count() - 1;
    let first = Line::of(tone(verdict), fit(word, 8, ""))
        .and(Tone::Strong, fit(&format!("{}{name}", if word.len() >= 8 { " " } else { "" }), middle, symbols.ellipsis))
        .then(format!(" {moment}"));
    let mut lines = vec![first];
    lines.extend(wrap(&may_now(report), COLUMNS).into_iter().take(3).map(Line::plain));
    if let Some((at, why)) = report.state().and_then(|gate| gate.holds_until.as_ref()) {
        let line = format!("Holds until {}: {why}", words::moment(*at, zone));
        lines.push(Line::plain(clip(&line, COLUMNS, symbols.ellipsis)));
    }
    if !report.assumed.is_empty() {
        let assumed: Vec<_> = report.assumed.iter().map(crate::domain::ids::RequirementId::as_str).collect();
        let line = format!("WHAT-IF, nothing saved; assumed met: {}", assumed.join(", "));
        lines.push(Line::of(Tone::Warn, clip(&line, COLUMNS, symbols.ellipsis)));
    }
    lines
}

fn may_now(report: &Report<'_>) -> String {
    let readiness = report.readiness;
    let stage = |id: &crate::domain::ids::GateId| words::stage(report.plan, id.as_str());
    let now = readiness.stage.allowed.as_ref().map_or("nothing beyond demo data".to_owned(), &stage);
    let accepted = match &readiness.decision {
        Some(decision) if decision.outcome.accepts() && decision.stands => format!(" Accepted: {}.", stage(&decision.stage)),
        Some(decision) if decision.outcome.accepts() => format!(" {} was accepted, changed since.", stage(&decision.stage)),
        _ => String::new(),
    };
    let rule = match report.state().filter(|gate| !gate.status.is_clear()) {
        Some(gate) => format!(" Stop rule: {}", gate.stop_rule),
        None => String::new(),
    };
    format!("You may now: {now}.{accepted}{rule}")
}

fn holding(report: &Report<'_>, symbols: &Symbols) -> Vec<Line> {
    let held = report.state().into_iter().flat_map(|gate| &gate.requirements).filter(|state| !state.status.is_settled());
    held.map(|state| held_line(report, state, symbols)).collect()
}

fn held_line(report: &Report<'_>, state: &RequirementState, symbols: &Symbols) -> Line {
    let zone = &report.room.tenant.timezone;
    let since = state.since.map(|at| words::day(at, zone)).unwrap_or_default();
    let who = whose(report, state);
    let tone = if state.status == RequirementStatus::Stale { Tone::Warn } else { Tone::Bad };
    Line::of(tone, symbols.requirement(state.status))
        .then(format!(" {} ", fit(state.id.slug(), SLUG - 3, symbols.ellipsis)))
        .then(format!("{} ", fit(&state.reason, REASON - 1, symbols.ellipsis)))
        .then(format!("{} ", fit(who, WHO - 1, symbols.ellipsis)))
        .then(since)
}

/// A gate that another gate builds on has no owner of its own: its requirements do. Blank roles are for their side to name.
fn whose<'a>(report: &Report<'a>, state: &'a RequirementState) -> &'a str {
    let mut sides = state.missing.iter().filter_map(|id| report.plan.role(id)).map(|role| role.side.as_str());
    match (state.kind, sides.next()) {
        ("gate", _) => "",
        ("roles", Some(side)) if sides.all(|other| other == side) => side,
        ("roles", Some(_)) => "both sides",
        _ => whom(report.plan, report.room, &state.owner),
    }
}

fn left_out(report: &Report<'_>, symbols: &Symbols) -> Vec<Line> {
    let excluded = report.state().into_iter().flat_map(|gate| &gate.requirements);
    let excluded = excluded.filter(|state| state.status == RequirementStatus::Excluded);
    excluded.map(|state| left_out_line(report, state, symbols)).collect()
}

fn left_out_line(report: &Report<'_>, state: &RequirementState, symbols: &Symbols) -> Line {
    let recorded = report.readiness.exclusions.iter().find(|exclusion| state.exclusion.as_ref() == Some(&exclusion.id));
    let why = match recorded {
        Some(exclusion) => {
            let paper = exclusion.reference.as_ref().map(|reference| format!(", {reference}")).unwrap_or_default();
            let until = words::date_with_year(exclusion.until);
            let caps = exclusion.caps.as_ref().map(|stage| format!(", caps {}", words::stage(report.plan, stage.as_str())));
            format!("{}, {}{paper}, to {until}{}", exclusion.id, exclusion.signed_by, caps.unwrap_or_default())
        }
        None => state.reason.clone(),
    };
    Line::of(Tone::Quiet, symbols.excluded).then(format!(" {} ", fit(state.id.slug(), SLUG - 3, symbols.ellipsis))).then(clip(
        &why,
        COLUMNS - SLUG,
        symbols.ellipsis,
    ))
}

/// The facts about the ledger and the captured bytes, a sentence a line.
pub(super) fn trust_lines(report: &Report<'_>) -> Vec<String> {
    let trust = &report.readiness.trust;
    let (now, zone) = (report.readiness.as_of, &report.room.tenant.timezone);
    let mut lines = Vec::new();
    let entries = words::count(trust.entries, "entry", "entries");
    lines.push(match &trust.damage {
        Some(damage) => format!("ledger damaged at line {}: {}; {entries} before it stand", damage.line, damage.what),
        None if trust.entries == 0 => "no ledger yet: nothing has happened in this room".to_owned(),
        None => {
            let blobs = format!("{} of {} blobs verified", trust.intact, trust.blobs);
            format!("ledger {entries}, chain intact, head {}; {blobs}", short_head(report))
        }
    });
    if let Some(first) = trust.unverified.first() {
        let more = if trust.unverified.len() > 1 { format!(" and {} more", trust.unverified.len() - 1) } else { String::new() };
        lines.push(format!("record #{first}{more}: {}; not counted", trust.wrong.unwrap_or("bytes missing")));
    }
    if !trust.receipts.is_empty() {
        let records = words::count(trust.receipts.len(), "locked record", "locked records");
        lines.push(format!("{records}: bytes not on this machine, receipts counted"));
    }
    if let Some(run) = trust.newer_failures.first() {
        let runs = words::count(trust.newer_failures.len(), "newer failed run", "newer failed runs");
        let (ended, at) = (words::outcome(run.outcome), words::moment_near(run.at, now, zone));
        lines.push(format!("{runs} not attached: {}, {ended} {at}", run.proof));
    }
    lines
}

/// What to do, in the order to do it. Only with `all`: the short report names the first thing to read instead.
fn next(report: &Report<'_>, symbols: &Symbols) -> Vec<Line> {
    let actions = &report.readiness.actions;
    if actions.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::default(), Line::of(Tone::Strong, format!("DO NEXT ({})", actions.len()))];
    for action in actions {
        let after = action.after.map(|row| format!(", after row {row}")).unwrap_or_default();
        let who = whom(report.plan, report.room, &action.owner);
        lines.push(Line::plain(format!("{} {} ({who}{after})", symbols.action(action.status), action.text)));
        lines.push(Line::of(Tone::Quiet, format!("    {}", action.command)));
    }
    lines
}

fn short_head(report: &Report<'_>) -> String {
    let hex = report.readiness.trust.head.to_hex();
    format!("{}..{}", hex.get(..4).unwrap_or_default(), hex.get(60..).unwrap_or_default())
}

fn footer(report: &Report<'_>, symbols: &Symbols) -> Line {
    let verdict = report.verdict();
    let (code, why) = report.ending();
    let code = format!("exit {code} ({why})");
    // Never a command that is cut off: what deciding takes is longer than a line, and `why` tells all of it.
    let next = match verdict {
        _ if report.readiness.trust.damage.is_some() => "More: launchroom evidence verify".to_owned(),
        Verdict::NoGo | Verdict::AwaitingDecision => format!("More: launchroom why {}", first_held(report)),
        Verdict::Go | Verdict::GoWithExclusions => "More: launchroom review --all".to_owned(),
    };
    Line::plain(fit(&next, COLUMNS - code.chars().count() - 1, symbols.ellipsis)).and(tone(verdict), format!(" {code}"))
}

/// The requirement whose reason is worth reading first: one with pieces of its own rather than another gate.
fn first_held<'a>(report: &Report<'a>) -> &'a str {
    let held = || report.state().into_iter().flat_map(|gate| &gate.requirements).filter(|state| !state.status.is_settled());
    let own = held().find(|state| !matches!(state.kind, "gate" | "decision")).or_else(|| held().next());
    own.map_or(report.gate.as_str(), |state| state.id.as_str())
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Go | Verdict::GoWithExclusions => Tone::Good,
        Verdict::AwaitingDecision => Tone::Warn,
        Verdict::NoGo => Tone::Bad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::gate::{GateState, GateStatus, Readiness, StageView, Week};
    use crate::domain::ids::GateId;
    use crate::domain::plan::{Party, Plan};
    use crate::format::{plan_toml, room_toml};
    use crate::present::symbols::{ASCII, UNICODE};
    use unicode_width::UnicodeWidthStr as _;

    fn plan() -> Plan {
        plan_toml::parse(plan_toml::embedded("first-customer").unwrap(), "plan").unwrap()
    }

    /// A gate with so many requirements of each status, whose every text is long.
    fn gate(plan: &Plan, counts: &[(RequirementStatus, usize)]) -> GateState {
        let owner = Party::Role("continuity-owner".into());
        let many = counts.iter().flat_map(|(status, count)| std::iter::repeat_n(*status, *count));
        let requirements = many.enumerate().map(|(at, status)| RequirementState {
            id: format!("paid-beta/a-requirement-with-a-long-name-{at}").into(),
            kind: "evidence",
            text: String::new(),
            status,
            reason: "nothing is attached, although 数多くの weeks went by and everybody was asked more than once".into(),
            owner: owner.clone(),
            remedy: String::new(),
            excludable: true,
            only_decision: false,
            fresh_until: None,
            ends_because: None,
            since: Some("2026-11-12T08:00:00Z".parse().unwrap()),
            evidence: Vec::new(),
            exclusion: None,
            covered: Vec::new(),
            failing: Vec::new(),
            missing: Vec::new(),
        });
        let requirements: Vec<_> = requirements.collect();
        let status =
            if requirements.iter().all(|state| state.status.is_settled()) { GateStatus::Clear } else { GateStatus::Held };
        let stop_rule = plan.gate("paid-beta").unwrap().stop_rule.clone();
        let ends = ("2026-11-20T15:05:00Z".parse().unwrap(), "the launch room proof goes stale".to_owned());
        let (id, title) = (GateId::from("paid-beta"), "Invoice-led paid beta".to_owned());
        let (met, total) = (0, requirements.len());
        GateState { id, title, status, outside: false, met, total, stop_rule, requirements, holds_until: Some(ends) }
    }

    fn lines(counts: &[(RequirementStatus, usize)], symbols: &Symbols, all: bool) -> Vec<String> {
        let plan = plan();
        let kickoff = jiff::civil::date(2026, 11, 2);
        let room = room_toml::template(&plan, "northwind", "Northwind Logistics of the Netherlands and Belgium", kickoff);
        let room = room_toml::parse(&room, "room", &plan).unwrap();
        let gate = gate(&plan, counts);
        let readiness = Readiness {
            as_of: "2026-11-19T08:14:00Z".parse().unwrap(),
            week: Week { now: 2, last: 3 },
            stage: StageView { accepted: None, allowed: Some("setup".into()), next: None, target: gate.id.clone() },
            gates: vec![gate],
            steps: Vec::new(),
            roles: Vec::new(),
            scope: Vec::new(),
            proofs: Vec::new(),
            decision: None,
            actions: Vec::new(),
            way: Vec::new(),
            endings: Vec::new(),
            exclusions: Vec::new(),
            trust: crate::domain::gate::Trust::default(),
        };
        let gate = readiness.stage.target.clone();
        let report = Report { plan: &plan, room: &room, readiness: &readiness, gate: &gate, assumed: &[] };
        text(&report, symbols, all).iter().map(Line::text).collect()
    }

    #[test]
    fn however_long_the_lists_are_the_report_fits_a_screen() {
        use RequirementStatus::{Excluded, Stale, Unmet, Unverified};
        for (held, excluded) in [(0, 0), (1, 0), (6, 1), (9, 3), (40, 0), (0, 40), (40, 40)] {
            for symbols in [&UNICODE, &ASCII] {
                let counts = [(Unmet, held), (Stale, held / 2), (Unverified, held / 3), (Excluded, excluded)];
                let lines = lines(&counts, symbols, false);
                assert!(lines.len() <= 22, "{held} {excluded}: {} lines\n{}", lines.len(), lines.join("\n"));
                assert!(lines.iter().all(|line| line.width() <= 80), "{}", lines.join("\n"));
            }
        }
    }

    #[test]
    fn a_list_that_is_cut_says_how_much_is_missing() {
        let cut = lines(&[(RequirementStatus::Unmet, 40)], &UNICODE, false);
        assert!(cut.iter().any(|line| line.ends_with(" more: --all")), "{}", cut.join("\n"));
        let whole = lines(&[(RequirementStatus::Unmet, 40)], &UNICODE, true);
        assert_eq!(whole.iter().filter(|line| line.starts_with("✗ ")).count(), 40);
    }

    #[test]
    fn the_last_line_ends_with_the_exit_code() {
        let last = |counts| lines(counts, &UNICODE, false).pop().unwrap();
        assert!(last(&[(RequirementStatus::Unmet, 1)]).ends_with("exit 1 (no-go)"));
        assert!(last(&[(RequirementStatus::Met, 1)]).ends_with("exit 0 (go)"));
    }
}
