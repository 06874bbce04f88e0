//! The room: all of it, or that it is still the one the visitor knows.

use super::super::{
    problem::Problem,
    site::{Site, Visit},
};
use crate::app::host::{Held, House, revision};
use crate::domain::gate;
use crate::domain::ids::Digest;
use crate::format::api::RoomBody;
use crate::format::review::{Report, json};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

pub async fn room(
    State(site): State<Arc<Site>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let tenant = visit.tenant.clone();
    let known = site.run(move |house| house.head(&tenant)).await?.ok_or_else(Problem::absent)?;
    if is_known(&headers, &revision(&known)) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag(&revision(&known)))]).into_response());
    }
    let here = site.hub.others(&visit.tenant, &visit.grant.name);
    let (revision, body) = site.run(move |house| told(house, &visit.tenant, here)).await?.ok_or_else(Problem::absent)?;
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(([kind, (header::ETAG, tag(&revision))], body).into_response())
}

fn told(house: &Arc<House>, tenant: &str, here: Vec<String>) -> Result<Option<(String, String)>, crate::app::error::Error> {
    let Some(held) = house.room(tenant)? else { return Ok(None) };
    let body = RoomBody {
        revision: revision(&held.head),
        tenant: tenant.to_owned(),
        text: held.text.to_string(),
        plan: held.plan_text.clone(),
        head: held.head,
        blobs: house.shelf().blobs(tenant)?,
        here,
    };
    let readiness = readiness(&held, &body.blobs, house.now());
    Ok(Some((body.revision.clone(), body.to_json(&readiness).to_string())))
}

/// As `review --json` tells it.
fn readiness(held: &Held, kept: &BTreeSet<Digest>, now: Timestamp) -> Value {
    let snapshot = House::snapshot_with(held, kept);
    let readiness = gate::evaluate(&snapshot.plan, &snapshot.room, &snapshot.ledger, now);
    let gate = readiness.stage.target.clone();
    json(&Report {
        plan: &snapshot.plan,
        room: &snapshot.room,
        readiness: &readiness,
        gate: &gate,
        assumed: &[],
        ledger: &snapshot.ledger,
        now,
        unheard: None,
    })
}

fn tag(revision: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{revision}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

fn is_known(headers: &HeaderMap, revision: &str) -> bool {
    let asked = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = asked.flat_map(|value| value.split(',')).map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'));
    tags.any(|tag| tag == revision || tag == "*")
}
