//! Exclusions as JSON and as lines: what each leaves out, from when until when, who stands for it, what to look at.

use crate::domain::gate::{self, ExclusionStanding, ExclusionState};
use crate::domain::ids::GateId;
use crate::domain::plan::Plan;
use crate::domain::room::Room;
use crate::present::line::{Line, Tone};
use crate::present::symbols::Symbols;
use crate::present::words;
use serde_json::{Value, json};

/// One exclusion for a program.
#[must_use]
pub fn json(plan: &Plan, room: &Room, state: &ExclusionState) -> Value {
    json!({
        "seq": state.seq,
        "id": state.id.as_str(),
        "covers": state.covers,
        "narrows": gate::narrowed(plan, &state.covers),
        "wording": state.wording,
        "signed_by": state.signed_by,
        "approved_by": state.approved_by,
        "recorded_by": state.by,
        "reference": state.reference,
        "from": state.from.map(|day| day.to_string()),
        "starts": state.starts.map(words::stamp),
        "until": state.until.to_string(),
        "ends": words::stamp(state.ends),
        "zone": zone(room),
        "state": state.standing.as_str(),
        "live": state.live,
        "caps": state.caps.as_ref().map(GateId::as_str),
        "remarks": state.remarks.iter().map(|one| json!({ "rule": one.rule, "told": one.told })).collect::<Vec<_>>(),
    })
}

/// One exclusion for a person.
#[must_use]
pub fn lines(plan: &Plan, room: &Room, state: &ExclusionState, symbols: &Symbols) -> Vec<Line> {
    let (tone, mark) = match state.standing {
        ExclusionStanding::InForce => (Tone::Plain, symbols.excluded),
        ExclusionStanding::Ended => (Tone::Bad, symbols.unmet),
        ExclusionStanding::NotYet | ExclusionStanding::Revoked(_) => (Tone::Quiet, symbols.idle),
    };
    let head = Line::of(tone, format!("{mark} {:<5} ", state.id.as_str())).and(Tone::Strong, state.covers.clone());
    let mut lines = vec![head.and(tone, format!("  {}", words::exclusion(state.standing)))];
    let mut put = |tone, text: String| lines.push(Line::of(tone, format!("        {text}")));
    put(Tone::Plain, format!("“{}”", state.wording));
    put(Tone::Quiet, people(state));
    let caps = state.caps.as_ref().map(|stage| format!("; caps {}", words::stage(plan, stage.as_str()))).unwrap_or_default();
    put(Tone::Quiet, format!("{}{caps}", period(room, state)));
    for remark in &state.remarks {
        put(Tone::Warn, format!("{} {}", symbols.warning, remark.told));
    }
    lines
}

/// `Saskia de Wit, approved by Ingrid Aasen, recorded by J. Okafor, paper: OF-2026-014 §7`.
#[must_use]
pub fn people(state: &ExclusionState) -> String {
    let approved = state.approved_by.as_ref().map(|name| format!(", approved by {name}")).unwrap_or_default();
    let paper = state.reference.as_ref().map(|reference| format!(", paper: {reference}")).unwrap_or_default();
    format!("{}{approved}, recorded by {}{paper}", state.signed_by, state.by)
}

/// `from 01 Dec 2026 to 31 Jan 2027, midnight Europe/Amsterdam`: the midnights with which its days begin and end.
#[must_use]
pub fn period(room: &Room, state: &ExclusionState) -> String {
    let from = state.from.map(|day| format!("from {} ", words::date_with_year(day))).unwrap_or_default();
    format!("{from}to {}, midnight {}", words::date_with_year(state.until), zone(room))
}

/// `in force; it ends with Sun 22 Nov`.
#[must_use]
pub fn standing(state: &ExclusionState) -> String {
    let told = std::iter::once(words::exclusion(state.standing)).chain(state.remarks.iter().map(|one| one.told.clone()));
    told.collect::<Vec<_>>().join("; ")
}

fn zone(room: &Room) -> &str {
    room.tenant.timezone.iana_name().unwrap_or("UTC")
}
