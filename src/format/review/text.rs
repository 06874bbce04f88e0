//! The report in 22 lines of 80 columns: verdict, what may be done now, what holds it, what is left out on purpose, how
//! far to trust it, and the next command. `all` lifts the limit.

use super::{Report, whom};
use crate::domain::gate::{ExclusionState, RequirementState, RequirementStatus, Verdict};
use crate::domain::ids::ExclusionId;
use crate::present::line::{Line, Tone, clip, fit, wrap};
use crate::present::symbols::Symbols;
use crate::present::words;

const COLUMNS: usize = 80;
const ROWS: usize = 22;
/// Widths of the columns of a held requirement, the blank after each included.
const SLUG: usize = 19;
const REASON: usize = 36;
const WHO: usize = 17;

/// The report as lines. `flag` is what a command adds to mean this room.
#[must_use]
pub fn text(report: &Report<'_>, symbols: &Symbols, all: bool, flag: &str) -> Vec<Line> {
    let head = headline(report, symbols, all);
    let holds = holding(report, symbols, all);
    let out = left_out(report, symbols, all);
    let trust = trust_lines(report);
    let foot = footer(report, flag);
    // What is not a list has its rows first; the lists share the rest, what holds the gate before what is left out.
    let fixed = head.len() + 1 + titled(&holds) + titled(&out) + 1 + trust.len() + 1 + foot.len();
    let room = if all { usize::MAX } else { ROWS.saturating_sub(fixed) };
    let out_rows = out.len().min((room / 3).max(room.saturating_sub(holds.len())));
    let hold_rows = room.saturating_sub(out_rows);

    let mut lines = head;
    if !holds.is_empty() {
        let title = format!("HOLDS IT ({})", held(report).count());
        lines.push(Line::default());
        lines.push(Line::of(Tone::Strong, format!("{}{}{}", fit(&title, SLUG + REASON, ""), fit("WHO", WHO, ""), "SINCE")));
        lines.extend(cut(holds, hold_rows));
    }
    if !out.is_empty() {
        lines.push(Line::default());
        let count = excluded(report).count() + beside(report).count();
        lines.push(Line::of(Tone::Strong, format!("LEFT OUT ON PURPOSE ({count})")));
        lines.extend(cut(out, out_rows));
    }
    lines.push(Line::default());
    lines.push(Line::of(Tone::Strong, "TRUST"));
    for line in trust {
        let rows = rows(&line, COLUMNS - 2, symbols, all);
        lines.extend(rows.into_iter().map(|row| Line::plain(format!("  {row}"))));
    }
    if all {
        lines.extend(next(report, symbols, flag));
    }
    lines.push(Line::default());
    lines.extend(foot);
    lines
}

/// A text in so many cells: cut to one row, or with `all` in as many rows as it takes.
fn rows(text: &str, cells: usize, symbols: &Symbols, all: bool) -> Vec<String> {
    let cut = |row: &str| clip(row, cells, symbols.ellipsis).into_owned();
    if !all {
        return vec![cut(text)];
    }
    let rows = wrap(&clip(text, usize::MAX, symbols.ellipsis), cells);
    // A word that no row can hold is the only thing cut.
    if rows.is_empty() { vec![String::new()] } else { rows.iter().map(|row| cut(row)).collect() }
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

fn headline(report: &Report<'_>, symbols: &Symbols, all: bool) -> Vec<Line> {
    let zone = &report.room.tenant.timezone;
    let verdict = report.verdict();
    let word = words::verdict(verdict);
    let moment = format!("as of {}", words::moment_dated_in_zone(report.readiness.as_of, report.now, zone));
    let stage = words::stage(report.plan, report.gate.as_str());
    let name = format!("{stage}, {}", words::room_name(report.room));
    // The verdict is never cut; the name beside it may be.
    let verdict_cells = (word.len() + 1).max(8);
    let middle = COLUMNS.saturating_sub(verdict_cells + moment.chars().count() + 1);
    let first = Line::of(tone(verdict), fit(word, verdict_cells, ""))
        .and(Tone::Strong, fit(&name, middle, symbols.ellipsis))
        .then(format!(" {moment}"));
    let mut lines = vec![first];
    let may_now = rows(&may_now(report), COLUMNS, symbols, true);
    lines.extend(may_now.into_iter().take(if all { usize::MAX } else { 3 }).map(Line::plain));
    if let Some((at, why)) = report.state().and_then(|gate| gate.holds_until.as_ref()) {
        let line = format!("Holds until {}: {why}", words::moment_dated(*at, report.now, zone));
        lines.extend(rows(&line, COLUMNS, symbols, all).into_iter().map(Line::plain));
    }
    if !report.assumed.is_empty() {
        let assumed: Vec<_> = report.assumed.iter().map(crate::domain::ids::RequirementId::as_str).collect();
        let line = format!("WHAT-IF, nothing saved; assumed met: {}", assumed.join(", "));
        lines.extend(rows(&line, COLUMNS, symbols, all).into_iter().map(|row| Line::of(Tone::Warn, row)));
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
    // Where nothing is allowed yet, the lowest stage's rule is the one to keep: it forbids most.
    let lowest = readiness.gates.iter().find(|gate| !gate.status.is_clear()).filter(|_| readiness.stage.allowed.is_none());
    let rule = match lowest.or(report.state()).filter(|gate| !gate.status.is_clear()) {
        Some(gate) => format!(" Stop rule: {}", gate.stop_rule),
        None => String::new(),
    };
    format!("You may now: {now}.{accepted}{rule}")
}

fn held<'a>(report: &Report<'a>) -> impl Iterator<Item = &'a RequirementState> + use<'a> {
    report.state().into_iter().flat_map(|gate| &gate.requirements).filter(|state| !state.status.is_settled())
}

fn holding(report: &Report<'_>, symbols: &Symbols, all: bool) -> Vec<Line> {
    held(report).flat_map(|state| held_lines(report, state, symbols, all)).collect()
}

fn held_lines(report: &Report<'_>, state: &RequirementState, symbols: &Symbols, all: bool) -> Vec<Line> {
    let zone = &report.room.tenant.timezone;
    let since = state.since.map(|at| words::day_dated(at, report.now, zone)).unwrap_or_default();
    let who = whose(report, state);
    let tone = if state.status == RequirementStatus::Stale { Tone::Warn } else { Tone::Bad };
    let mut reason = rows(&state.reason, REASON - 1, symbols, all).into_iter();
    let first = Line::of(tone, symbols.requirement(state.status))
        .then(format!(" {} ", fit(state.id.slug(), SLUG - 3, symbols.ellipsis)))
        .then(format!("{} ", fit(&reason.next().unwrap_or_default(), REASON - 1, symbols.ellipsis)))
        .then(format!("{} ", fit(who, WHO - 1, symbols.ellipsis)))
        .then(since);
    let more = reason.map(|row| Line::plain(format!("{:SLUG$}{row}", "")));
    std::iter::once(first).chain(more).collect()
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

fn excluded<'a>(report: &Report<'a>) -> impl Iterator<Item = &'a RequirementState> + use<'a> {
    let all = report.state().into_iter().flat_map(|gate| &gate.requirements);
    all.filter(|state| state.status == RequirementStatus::Excluded)
}

/// Exclusions that are no requirement of this gate: of another one, of a single check, ended or still to come.
fn beside<'a>(report: &Report<'a>) -> impl Iterator<Item = &'a ExclusionState> + use<'a> {
    let shown: Vec<&ExclusionId> = excluded(report).filter_map(|state| state.exclusion.as_ref()).collect();
    report.readiness.exclusions.iter().filter(move |exclusion| !shown.contains(&&exclusion.id))
}

fn left_out(report: &Report<'_>, symbols: &Symbols, all: bool) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for state in excluded(report) {
        let recorded = report.readiness.exclusions.iter().find(|exclusion| state.exclusion.as_ref() == Some(&exclusion.id));
        let why = recorded.map_or_else(|| state.reason.clone(), |exclusion| terms(report, exclusion));
        lines.extend(left_out_lines(state.id.slug(), &why, symbols, all));
    }
    for exclusion in beside(report) {
        let standing = if exclusion.live { String::new() } else { format!("{}, ", words::exclusion(exclusion.standing)) };
        let covers = exclusion.covers.strip_prefix(&format!("{}/", report.gate)).unwrap_or(&exclusion.covers);
        lines.extend(left_out_lines(covers, &format!("{standing}{}", terms(report, exclusion)), symbols, all));
    }
    lines
}

/// `X2, S. de Wit, OF-2026-014 s.7, to 31 Jan 2027, caps paid beta`.
fn terms(report: &Report<'_>, exclusion: &ExclusionState) -> String {
    let paper = exclusion.reference.as_ref().map(|reference| format!(", {reference}")).unwrap_or_default();
    let from = exclusion.from.map(|day| format!(", from {}", words::date_with_year(day))).unwrap_or_default();
    let until = words::date_with_year(exclusion.until);
    let caps = exclusion.caps.as_ref().map(|stage| format!(", caps {}", words::stage(report.plan, stage.as_str())));
    format!("{}, {}{paper}{from}, to {until}{}", exclusion.id, exclusion.signed_by, caps.unwrap_or_default())
}

fn left_out_lines(slug: &str, why: &str, symbols: &Symbols, all: bool) -> Vec<Line> {
    let mut why = rows(why, COLUMNS - SLUG, symbols, all).into_iter();
    let first = Line::of(Tone::Quiet, symbols.excluded)
        .then(format!(" {} ", fit(slug, SLUG - 3, symbols.ellipsis)))
        .then(why.next().unwrap_or_default());
    let more = why.map(|row| Line::plain(format!("{:SLUG$}{row}", "")));
    std::iter::once(first).chain(more).collect()
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
        let more = if trust.unverified.len() > 1 { format!(", {} more", trust.unverified.len() - 1) } else { String::new() };
        lines.push(format!("record {}{more}", words::wrong_bytes(first)));
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
    lines.extend(to_look_at(report));
    lines
}

/// What is said about exclusions, one of them by name.
fn to_look_at(report: &Report<'_>) -> Option<String> {
    let remarks: Vec<_> =
        report.readiness.exclusions.iter().flat_map(|one| one.remarks.iter().map(move |r| (&one.id, r))).collect();
    let (id, first) = remarks.first()?;
    let more = if remarks.len() > 1 { format!(", {} more", remarks.len() - 1) } else { String::new() };
    Some(format!("exclusion {id}: {}{more}: launchroom exclusions", first.told))
}

/// What to do, in the order to do it. Only with `all`: the short report names the first thing to read instead.
fn next(report: &Report<'_>, symbols: &Symbols, room: &str) -> Vec<Line> {
    let actions = &report.readiness.actions;
    if actions.is_empty() {
        return Vec::new();
    }
    let stage = &report.readiness.stage;
    let clears = stage.next.as_ref().map(|id| words::stage(report.plan, id.as_str()).to_uppercase()).unwrap_or_default();
    let mut lines = vec![Line::default(), Line::of(Tone::Strong, format!("DO NEXT, TO CLEAR {clears} ({})", actions.len()))];
    for action in actions {
        let after = action.after.map(|row| format!(", after row {row}")).unwrap_or_default();
        let who = whom(report.plan, report.room, &action.owner);
        lines.push(Line::plain(format!("{} {} ({who}{after})", symbols.action(action.status), action.text)));
        lines.push(Line::of(Tone::Quiet, format!("    {}", action.command)));
    }
    if stage.next.as_ref() != Some(&stage.target) {
        let target = words::stage(report.plan, stage.target.as_str());
        lines.push(Line::of(Tone::Quiet, format!("  the whole way to {target}: launchroom path{room}")));
    }
    lines
}

fn short_head(report: &Report<'_>) -> String {
    let hex = report.readiness.trust.head.to_hex();
    format!("{}..{}", hex.get(..4).unwrap_or_default(), hex.get(60..).unwrap_or_default())
}

fn footer(report: &Report<'_>, room: &str) -> Vec<Line> {
    let verdict = report.verdict();
    let (code, why) = report.ending();
    let code = format!("exit {code} ({why})");
    // Never a command that is cut off: what deciding takes is longer than a line, and `why` tells all of it.
    let next = match verdict {
        _ if report.readiness.trust.damage.is_some() || !report.readiness.trust.unverified.is_empty() => {
            "More: launchroom evidence verify".to_owned()
        }
        Verdict::NoGo | Verdict::AwaitingDecision => format!("More: launchroom why {}", first_held(report)),
        Verdict::Go | Verdict::GoWithExclusions => "More: launchroom review --all".to_owned(),
    };
    let next = next + room;
    let cells = COLUMNS - code.chars().count() - 1;
    if next.chars().count() > cells {
        return vec![Line::plain(next), Line::of(tone(verdict), format!("{code:>COLUMNS$}"))];
    }
    vec![Line::plain(fit(&next, cells, "")).and(tone(verdict), format!(" {code}"))]
}

/// The requirement whose reason is worth reading first: one with pieces of its own rather than another gate.
fn first_held<'a>(report: &Report<'a>) -> &'a str {
    let own = held(report).find(|state| !matches!(state.kind, "gate" | "decision")).or_else(|| held(report).next());
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
    use crate::present::safe;
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
        let status = if requirements.iter().any(|state| state.status == RequirementStatus::Excluded)
            && requirements.iter().all(|state| state.status.is_settled())
        {
            GateStatus::ClearWithExclusions
        } else if requirements.iter().all(|state| state.status.is_settled()) {
            GateStatus::Clear
        } else {
            GateStatus::Held
        };
        let stop_rule = plan.gate("paid-beta").unwrap().stop_rule.clone();
        let ends = ("2026-11-20T15:05:00Z".parse().unwrap(), "the launch room proof goes stale".to_owned());
        let (id, title) = (GateId::from("paid-beta"), "Invoice-led paid beta".to_owned());
        let (met, total) = (0, requirements.len());
        GateState { id, title, status, outside: false, met, total, stop_rule, requirements, holds_until: Some(ends) }
    }

    fn lines(counts: &[(RequirementStatus, usize)], symbols: &Symbols, all: bool) -> Vec<String> {
        lines_of("Northwind Logistics of the Netherlands and Belgium", counts, symbols, all)
    }

    fn lines_of(name: &str, counts: &[(RequirementStatus, usize)], symbols: &Symbols, all: bool) -> Vec<String> {
        let plan = plan();
        let kickoff = jiff::civil::date(2026, 11, 2);
        let room = room_toml::template(&plan, "northwind", "Northwind", kickoff);
        let mut room = room_toml::parse(&room, "room", &plan).unwrap();
        name.clone_into(&mut room.tenant.name);
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
            gaps: Vec::new(),
            endings: Vec::new(),
            exclusions: Vec::new(),
            trust: crate::domain::gate::Trust::default(),
        };
        let gate = readiness.stage.target.clone();
        let ledger = crate::domain::ledger::Ledger::default();
        let (plan, room, readiness, now) = (&plan, &room, &readiness, readiness.as_of);
        let report = Report { plan, room, ledger: &ledger, readiness, gate: &gate, assumed: &[], now, unheard: None };
        text(&report, symbols, all, "").iter().map(Line::text).collect()
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
    fn a_name_that_hides_what_it_is_made_of_breaks_no_line() {
        for name in ["A\u{202e}".repeat(30), "👩\u{200d}🚀".repeat(20), "\u{1b}[2J…→".repeat(20), "word".repeat(40)] {
            for (symbols, all) in [(&UNICODE, false), (&ASCII, false), (&UNICODE, true), (&ASCII, true)] {
                for line in lines_of(&name, &[(RequirementStatus::Unmet, 3), (RequirementStatus::Excluded, 2)], symbols, all) {
                    let shown = safe::line(&line);
                    let shown = if *symbols == ASCII { shown.to_ascii() } else { shown };
                    assert!(shown.width() <= 80, "{shown}");
                }
            }
        }
    }

    #[test]
    fn the_verdict_is_whole_and_with_all_so_is_every_reason() {
        let first = lines(&[(RequirementStatus::Excluded, 1)], &UNICODE, false).remove(0);
        assert!(first.starts_with("GO with exclusions "), "{first}");
        let all = lines(&[(RequirementStatus::Unmet, 1)], &UNICODE, true).join(" ");
        let all = all.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(all.contains("everybody was asked more than once"), "{all}");
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
