//! A row of a portfolio as JSON: what `launchroom rooms --json` prints and `GET /api/platform/launch-rooms` answers.

use super::{Moved, NextAction, Portfolio, Row, Standing};
use crate::app::error::{Error, Kind};
use crate::domain::gate::Verdict;
use crate::domain::plan::Side;
use crate::present::words;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use std::sync::Arc;

/// All rows, as of a moment.
#[must_use]
pub fn to_json(portfolio: &Portfolio, now: Timestamp) -> Value {
    json!({
        "schema": 1,
        "as_of": words::stamp(now),
        "place": portfolio.place,
        "rooms": portfolio.rows.iter().map(row).collect::<Vec<_>>(),
        "cut": portfolio.cut,
    })
}

/// One row.
#[must_use]
pub fn row(row: &Row) -> Value {
    let mut value = match &row.found {
        Ok(standing) => self::standing(standing),
        Err(error) => json!({ "error": why(error) }),
    };
    value["place"] = row.place.clone().into();
    value
}

/// How a room stands.
#[must_use]
pub fn standing(standing: &Standing) -> Value {
    let action = standing.action.as_ref();
    json!({
        "room": { "id": standing.id, "name": standing.name, "plan": standing.plan },
        "verdict": standing.verdict.as_str(),
        "headline": standing.headline,
        "stage": {
            "now": standing.stage,
            "accepted": standing.accepted.as_ref().map(AsRef::<str>::as_ref),
            "allowed": standing.allowed.as_ref().map(AsRef::<str>::as_ref),
            "next": standing.next.as_ref().map(AsRef::<str>::as_ref),
            "target": standing.target.as_str(),
        },
        "met": standing.met,
        "total": standing.total,
        "next_action": action.map(|it| json!({ "text": it.text, "owner": it.owner, "side": it.side.as_str(), "command": it.command })),
        "last": standing.moved.as_ref().map(|it| json!({ "at": words::stamp(it.at), "by": it.by, "what": it.what })),
        "timezone": standing.zone.iana_name(),
        "error": standing.damage,
    })
}

/// The first line of what is wrong; the whole of it is told by `validate`.
#[must_use]
pub fn why(error: &Error) -> String {
    let first = error.why.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    match error.kind {
        Kind::Input if !first.is_empty() => first.to_owned(),
        _ if first.is_empty() => error.what.clone(),
        _ => format!("{}: {first}", error.what),
    }
}

/// The rows of a server's answer; `place` says what opens the room of a tenant.
///
/// # Errors
/// What is missing, in a sentence that goes on from "its answer".
pub fn rows(value: &Value, place: &dyn Fn(&str) -> String) -> Result<Vec<Row>, String> {
    let rooms = value.get("rooms").and_then(Value::as_array).ok_or("has no rooms")?;
    Ok(rooms.iter().map(|room| read(room, place)).collect())
}

fn read(value: &Value, place: &dyn Fn(&str) -> String) -> Row {
    let id = value.pointer("/room/id").and_then(Value::as_str).unwrap_or_default();
    let found = standing_of(value).map(Box::new).ok_or_else(|| {
        let why = value.get("error").and_then(Value::as_str).unwrap_or("its server does not say how it stands");
        Arc::new(Error::new(Kind::Network, format!("{id} cannot be read"), why))
    });
    Row { place: place(id), found }
}

fn standing_of(value: &Value) -> Option<Standing> {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let count = |key: &str| value.get(key).and_then(Value::as_u64).unwrap_or_default() as usize;
    let verdict = match text("/verdict")?.as_str() {
        "go" => Verdict::Go,
        "go_with_exclusions" => Verdict::GoWithExclusions,
        "awaiting_decision" => Verdict::AwaitingDecision,
        // What is not known is no go.
        _ => Verdict::NoGo,
    };
    let target = text("/stage/target")?;
    let action = text("/next_action/text").map(|what| NextAction {
        text: what,
        owner: text("/next_action/owner").unwrap_or_default(),
        side: match text("/next_action/side").as_deref() {
            Some("customer") => Side::Customer,
            Some("vendor") => Side::Vendor,
            _ => Side::Joint,
        },
        command: text("/next_action/command").unwrap_or_default(),
    });
    let moved = text("/last/at").and_then(|at| at.parse().ok()).map(|at| Moved {
        at,
        by: text("/last/by").unwrap_or_default(),
        what: text("/last/what").unwrap_or_default(),
    });
    Some(Standing {
        id: text("/room/id")?,
        name: text("/room/name")?,
        plan: text("/room/plan").unwrap_or_default(),
        headline: text("/headline").unwrap_or_else(|| format!("{}  {}", words::verdict(verdict), target.replace('-', " "))),
        verdict,
        stage: text("/stage/now").or_else(|| text("/stage/allowed")).unwrap_or_else(|| "demo data only".into()),
        accepted: text("/stage/accepted").map(Into::into),
        allowed: text("/stage/allowed").map(Into::into),
        next: text("/stage/next").map(Into::into),
        target: target.into(),
        met: count("met"),
        total: count("total"),
        action,
        moved,
        zone: text("/timezone").and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC),
        damage: text("/error"),
    })
}
