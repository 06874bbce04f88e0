//! Words and small pieces that several screens share.

use crate::domain::gate::{DecisionChange, GateState, GateStatus, RequirementState, RequirementStatus, StepState, StepStatus};
use crate::domain::ledger::Outcome;
use crate::domain::plan::{Need, Party, Side};
use crate::present::words;
use crate::tui::model::{Facts, Look, Model, Subject};
use crate::tui::widget::{self, Ink};
use ratatui::{style::Style, text::Line};

/// What a row is called.
#[must_use]
pub fn name(model: &Model, subject: &Subject) -> String {
    let Some(facts) = model.facts() else { return String::new() };
    let plan = facts.plan;
    let found = match subject.behind(&facts) {
        Subject::Gate(id) => plan.gate(id.as_str()).map(|gate| gate.title.clone()),
        Subject::Requirement(id) => Some(id.to_string()),
        Subject::Step(id) | Subject::Task(id, _) => plan.step(id.as_str()).map(|step| step.title.clone()),
        Subject::Role(id) => plan.role(id.as_str()).map(|role| role.title.clone()),
        Subject::Field(id) => plan.field(id.as_str()).map(|field| field.title.clone()),
        Subject::Function(id) => plan.function(id.as_str()).map(|function| function.title.clone()),
        Subject::Proof(id) => plan.proof(id.as_str()).map(|proof| proof.title.clone()),
        Subject::Record(seq) => Some(format!("Record #{seq}")),
        Subject::Group(id) => plan.group(id.as_str()).map(|group| group.title.clone()),
        Subject::Dependency(id) => plan.dependency(id.as_str()).map(|dependency| dependency.title.clone()),
        Subject::System(name) => Some(name),
        Subject::Spooled(_) | Subject::Run(_) => Some("Captured run".into()),
        Subject::Decision => Some("Decision".into()),
        Subject::Claim(_) => Some("Wording".into()),
        Subject::Finding(_) => Some("Your text".into()),
        Subject::Attachment(_) => Some("Attachment".into()),
        Subject::Action(_) | Subject::Ending(_) | Subject::Since | Subject::Way(_) => None,
    };
    found.unwrap_or_default()
}

/// Who acts: the person when one is named, else the role or function.
#[must_use]
pub fn who(facts: &Facts, party: &Party) -> String {
    match party {
        Party::Role(id) => facts
            .room
            .holder(id.as_str())
            .map_or_else(|| format!("{}, blank", facts.plan.party_side(party).as_str()), |owner| owner.name.clone()),
        Party::Function(id) => match facts.room.functions.get(id).map(|person| person.name.trim()) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => facts.plan.party_title(party).to_owned(),
        },
    }
}

/// Who owes a requirement. A decision is for both sides; blank roles are owed by the sides that have to name them, not by
/// whoever asks.
#[must_use]
pub fn owes(facts: &Facts, state: &RequirementState) -> String {
    match state.kind {
        "decision" => "both sides".into(),
        "roles" => {
            let of = |side: Side| {
                let mut missing = state.missing.iter().filter_map(|id| facts.plan.role(id));
                missing.any(|role| role.side == side)
            };
            let sides: Vec<Side> = [Side::Customer, Side::Vendor, Side::Joint].into_iter().filter(|side| of(*side)).collect();
            match sides.as_slice() {
                [] => who(facts, &state.owner),
                [side] => format!("{}, blank", side.as_str()),
                [_, _] => "2 sides".into(),
                _ => "all sides".into(),
            }
        }
        _ => who(facts, &state.owner),
    }
}

/// How many proofs are stale: attached, passed, and no longer counted. A failed proof is failed, not stale. Every place
/// that counts them asks here.
#[must_use]
pub fn stale_proofs(facts: &Facts) -> usize {
    let stale = |last: &crate::domain::gate::LastRun| last.outcome == Outcome::Passed && !last.fresh;
    facts.readiness.proofs.iter().filter(|proof| proof.last.as_ref().is_some_and(stale)).count()
}

/// The last day for a step: the day of the go/no-go when that falls into the last week of the plan, else its Sunday.
#[must_use]
pub fn due(facts: &Facts, state: &StepState) -> jiff::civil::Date {
    let call = facts.room.tenant.go_no_go.map(jiff::civil::DateTime::date);
    let last = i64::from(state.week) == facts.readiness.week.last;
    let begins = state.due.checked_sub(jiff::Span::new().days(6)).unwrap_or(state.due);
    call.filter(|day| last && (begins..=state.due).contains(day)).unwrap_or(state.due)
}

/// How a step stands against its week, in a few words.
#[must_use]
pub fn standing(facts: &Facts, state: &StepState) -> String {
    match state.status {
        StepStatus::Closed => "closed".into(),
        StepStatus::Late => format!("{} d late", state.late_days),
        StepStatus::AtRisk => "at risk".into(),
        StepStatus::Ahead => words::weekday(due(facts, state)),
    }
}

/// Whether something not met is trouble already: the next gate waits for it, or its day has passed. What only a later gate
/// wants is not yet.
#[must_use]
pub fn is_pressing(facts: &Facts, state: &RequirementState) -> bool {
    let r = facts.readiness;
    let place = |id: &str| r.gates.iter().position(|gate| gate.id == *id);
    let next = r.stage.next.as_ref().unwrap_or(&r.stage.target);
    let late_role = |id: &String| r.roles.iter().any(|role| role.id == *id.as_str() && role.late_days > 0);
    let late_field = |id: &String| r.scope.iter().any(|field| field.id == *id.as_str() && field.late_days > 0);
    place(state.id.gate()) <= place(next.as_str()) || state.missing.iter().any(|id| late_role(id) || late_field(id))
}

/// The mark of a requirement, and its colour. Red is for what is missing now; a decision nobody can take yet is not.
#[must_use]
pub fn mark(model: &Model, facts: &Facts, state: &RequirementState) -> (&'static str, Style) {
    let Look { theme, symbols } = &model.look;
    if model.what_if.assumed.contains(&state.id) {
        return ("?", theme.excluded);
    }
    match state.status {
        RequirementStatus::Unmet if state.kind == "decision" => (symbols.idle, theme.quiet),
        RequirementStatus::Unmet if !is_pressing(facts, state) => (symbols.unmet, theme.text),
        status => (symbols.requirement(status), theme.requirement(status)),
    }
}

/// The mark of a gate, and its colour: only the next one is red.
#[must_use]
pub fn gate_style(model: &Model, facts: &Facts, gate: &GateState) -> Style {
    let later = facts.readiness.stage.next.as_ref().is_some_and(|next| *next != gate.id);
    match gate.status {
        GateStatus::Held if later => model.look.theme.text,
        status => model.look.theme.gate(status),
    }
}

/// `3 unmet, 1 stale, decision`: what holds a gate.
#[must_use]
pub fn tally(gate: &GateState) -> String {
    let count = |wanted: RequirementStatus| {
        gate.requirements.iter().filter(|requirement| requirement.status == wanted && requirement.kind != "decision").count()
    };
    let mut parts = Vec::new();
    for (status, word) in
        [(RequirementStatus::Unmet, "unmet"), (RequirementStatus::Unverified, "unverified"), (RequirementStatus::Stale, "stale")]
    {
        match count(status) {
            0 => {}
            n => parts.push(format!("{n} {word}")),
        }
    }
    let undecided =
        gate.requirements.iter().any(|requirement| requirement.kind == "decision" && !requirement.status.is_settled());
    if undecided {
        parts.push(if parts.is_empty() { "only the decision is missing".into() } else { "decision".into() });
    }
    let excluded = count(RequirementStatus::Excluded);
    let mut out = parts.join(", ");
    if excluded > 0 {
        out += if out.is_empty() { "(" } else { "  (" };
        out += &excluded.to_string();
        out += " excluded)";
    }
    out
}

/// The status of a gate in one or two words.
#[must_use]
pub fn gate_word(gate: &GateState) -> &'static str {
    match gate.status {
        // That something is excluded stands in the tally beside it.
        GateStatus::Clear | GateStatus::ClearWithExclusions => "clear",
        GateStatus::AwaitingDecision => "to decide",
        GateStatus::Stale => "stale",
        GateStatus::Held => "held",
        GateStatus::Blocked => "blocked",
    }
}

/// `Why    support-email changed …`, wrapped, with the label once.
#[must_use]
pub fn labelled(model: &Model, cells: usize, label: &str, text: &str, style: Style) -> Vec<Line<'static>> {
    const LABEL: usize = 9;
    let look = &model.look;
    let room = cells.saturating_sub(LABEL).max(8);
    widget::wrap(look.symbols, text, room)
        .into_iter()
        .enumerate()
        .map(|(at, line)| {
            Ink::new(look, cells).cell(if at == 0 { label } else { "" }, LABEL, look.theme.quiet).text(&line, style).line()
        })
        .collect()
}

/// Wrapped text without a label.
#[must_use]
pub fn text(model: &Model, cells: usize, text: &str, style: Style) -> Vec<Line<'static>> {
    let look = &model.look;
    widget::wrap(look.symbols, text, cells).into_iter().map(|line| Ink::new(look, cells).text(&line, style).line()).collect()
}

/// `─ Also stale ────` inside a detail. One cell of rule stands before the detail begins, so its title starts where the
/// title over the detail does.
#[must_use]
pub fn section(model: &Model, cells: usize, title: &str) -> Line<'static> {
    widget::rule_from(&model.look, 1, title, cells)
}

/// A requirement as a row: mark, slug, who owes it, why.
#[must_use]
pub fn requirement(model: &Model, facts: &Facts, state: &RequirementState, cells: usize, indent: usize) -> Line<'static> {
    let look = &model.look;
    let assumed = model.what_if.assumed.contains(&state.id);
    let (mark, style) = mark(model, facts, state);
    let settled = state.status.is_settled() && !assumed;
    let who = if settled { String::new() } else { owes(facts, state) };
    let mut ink = Ink::new(look, cells).gap(indent).text(mark, style).gap(1).cell(state.id.slug(), 17, look.theme.text).gap(1);
    // The reason says more than the name; the detail beside a narrow list has both.
    ink = match cells {
        66.. => ink.cell(&who, 16, look.theme.text).gap(1),
        54.. if !settled => ink.cell(&who, 12, look.theme.text).gap(1),
        _ => ink,
    };
    let room = ink.left();
    let reason = if assumed { "assumed to be met".to_owned() } else { reason(facts, state) };
    let calm = settled || state.kind == "decision";
    let until = state.fresh_until.filter(|_| settled && widget::width(&reason) > room);
    // A list of names that is cut at a comma says something else.
    let marks: &[&str] = if state.missing.len() > 1 { &CLAUSES[..2] } else { &CLAUSES };
    let short = until.map_or_else(|| cut(&reason, room, marks), |at| format!("fresh to {}", words::moment(at, facts.zone)));
    let short = if widget::width(&short) > room { brief(facts, state).unwrap_or(short) } else { short };
    ink.text(&short, if calm { look.theme.quiet } else { look.theme.text }).line()
}

/// Why a requirement stands so, for a row.
fn reason(facts: &Facts, state: &RequirementState) -> String {
    let undecided = state.kind == "decision" && state.status == RequirementStatus::Unmet;
    let waits = facts.readiness.gate(state.id.gate()).filter(|_| undecided).map_or(0, |gate| {
        gate.requirements.iter().filter(|other| other.kind != "decision" && !other.status.is_settled()).count()
    });
    match waits {
        0 => state.reason.lines().next().unwrap_or_default().to_owned(),
        n => format!("waits for {n} above"),
    }
}

/// The reason in two or three words, for where not even its first clause fits.
fn brief(facts: &Facts, state: &RequirementState) -> Option<String> {
    let pieces = state.missing.len();
    match state.kind {
        "roles" => {
            let late = facts.readiness.roles.iter().filter(|role| state.missing.iter().any(|id| role.id == *id.as_str()));
            match late.map(|role| role.late_days).max().unwrap_or(0) {
                0 => Some(format!("{pieces} blank")),
                days => Some(format!("{pieces} blank, {days} d late")),
            }
        }
        "scope" => Some(words::count(pieces, "field is blank", "fields are blank")),
        "gate" => {
            let gate = facts.plan.requirement(state.id.as_str()).and_then(|spec| match &spec.need {
                Need::Gate(gate) => facts.readiness.gate(gate.as_str()),
                _ => None,
            })?;
            Some(format!("{} open above", gate.total - gate.met))
        }
        _ => None,
    }
}

/// What ends a clause of a reason.
const CLAUSES: [&str; 3] = ["; ", ": ", ", "];

/// As many whole clauses of a sentence as fit: better a shorter reason than one that is cut.
#[must_use]
pub fn in_clauses(text: &str, cells: usize) -> String {
    cut(text, cells, &CLAUSES)
}

fn cut(text: &str, cells: usize, marks: &[&str]) -> String {
    let mut kept = text;
    while widget::width(kept) > cells {
        let cut = marks.iter().filter_map(|mark| kept.rfind(mark)).max();
        match cut.and_then(|at| kept.get(..at)).filter(|rest| !rest.is_empty()) {
            Some(rest) => kept = rest,
            None => return text.to_owned(),
        }
    }
    kept.to_owned()
}

/// What changed since a decision, in the most words that fit: all of it, without what it was before, the reason alone;
/// else the reason, cut, and `false`.
#[must_use]
pub fn since_decided(change: &DecisionChange, cells: usize) -> (String, bool) {
    let becomes = format!("{} was {}, now ", change.what, change.was);
    let after = change.told.strip_prefix(&becomes);
    let now = after.map(|after| format!("{} {after}", change.what));
    let reason = after.and_then(|after| after.strip_prefix(&format!("{}: ", change.now))).map(str::to_owned);
    let told = [Some(change.told.clone()), now, reason];
    let told: Vec<String> = told.into_iter().flatten().collect();
    match told.iter().find(|told| widget::width(told) <= cells) {
        Some(fitting) => (fitting.clone(), true),
        None => (in_clauses(told.last().map_or("", String::as_str), cells), false),
    }
}

/// `asked 3 d ago` or `not asked yet`.
#[must_use]
pub fn asked(facts: &Facts, asked: Option<jiff::Timestamp>) -> String {
    asked.map_or_else(|| "not asked yet".into(), |at| format!("asked {}", words::relative(at, facts.now)))
}
