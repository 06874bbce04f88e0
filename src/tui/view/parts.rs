//! Words and small pieces that several screens share.

use crate::domain::gate::{GateState, GateStatus, RequirementState, RequirementStatus};
use crate::domain::plan::Party;
use crate::present::words;
use crate::tui::model::{Facts, Model, Subject};
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
        Subject::Spooled(_) | Subject::Run(_) => Some("Captured run".into()),
        Subject::Decision => Some("Decision".into()),
        Subject::Claim(_) => Some("Wording".into()),
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

/// `── Also stale ────` inside a detail.
#[must_use]
pub fn section(model: &Model, cells: usize, title: &str) -> Line<'static> {
    widget::rule(&model.look, title, cells)
}

/// A requirement as a row: mark, slug, who owes it, why.
#[must_use]
pub fn requirement(model: &Model, facts: &Facts, state: &RequirementState, cells: usize, indent: usize) -> Line<'static> {
    let Facts { .. } = facts;
    let look = &model.look;
    let assumed = model.what_if.assumed.contains(&state.id);
    let mark = if assumed { "?" } else { look.symbols.requirement(state.status) };
    let style = if assumed { look.theme.excluded } else { look.theme.requirement(state.status) };
    let reason = if assumed { "assumed to be met".to_owned() } else { short(state) };
    let settled = state.status.is_settled() && !assumed;
    let who = if settled { String::new() } else { who(facts, &state.owner) };
    let mut ink = Ink::new(look, cells).gap(indent).text(mark, style).gap(1).cell(state.id.slug(), 17, look.theme.text).gap(1);
    // The reason says more than the name; the detail beside a narrow list has both.
    ink = if cells >= 66 { ink.cell(&who, 16, look.theme.text).gap(1) } else { ink };
    ink.text(&reason, if settled { look.theme.quiet } else { look.theme.text }).line()
}

/// The reason of a requirement, short enough for a row.
#[must_use]
pub fn short(state: &RequirementState) -> String {
    state.reason.lines().next().unwrap_or_default().to_owned()
}

/// `asked 3 d ago` or `not asked yet`.
#[must_use]
pub fn asked(facts: &Facts, asked: Option<jiff::Timestamp>) -> String {
    asked.map_or_else(|| "not asked yet".into(), |at| format!("asked {}", words::relative(at, facts.now)))
}
