//! Pages of the ledger.

use super::super::{
    asked::Asked,
    problem::Problem,
    site::{Site, Visit},
};
use crate::format::api::page;
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Entries of a page at most, and about so many bytes.
const PAGE: usize = 1000;
const BYTES: usize = 4 << 20;
/// No entry has a higher number.
pub const ENTRY: u64 = (1 << 53) - 1;

pub async fn ledger(
    State(site): State<Arc<Site>>,
    Extension(visit): Extension<Visit>,
    Asked(query): Asked,
) -> Result<Json<Value>, Problem> {
    let after = after(&query)?.unwrap_or(0);
    let held = site.room(&visit).await?;
    let (mut lines, mut last) = (String::new(), after);
    for line in held.after(after, PAGE) {
        if lines.len() > BYTES {
            break;
        }
        lines.push_str(&line);
        lines.push('\n');
        last += 1;
    }
    Ok(Json(page(&lines, last < held.head.seq)))
}

/// The number of an entry, from `?after=`.
pub fn after(query: &BTreeMap<String, String>) -> Result<Option<u64>, Problem> {
    let Some(text) = query.get("after") else { return Ok(None) };
    let odd = || Problem::new(StatusCode::BAD_REQUEST, "`after` is the number of an entry.").with("field", "after");
    let seq: u64 = text.parse().map_err(|_| odd())?;
    // What a JSON number holds exactly, as the document says.
    if seq > ENTRY { Err(odd()) } else { Ok(Some(seq)) }
}
