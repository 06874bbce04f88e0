//! Changes: read strictly, then asked of the house.

use super::super::metrics::one;
use super::super::{
    problem::Problem,
    site::{Site, Visit},
};
use super::blobs::read_all;
use crate::app::host::{MAY_NOT, Order, Outcome, Role, shelf::Key, takes};
use crate::domain::change::Change;
use crate::domain::ids::Digest;
use crate::format::api::SCHEMA;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A request asks for no more.
const MOST: usize = 500;
/// No key is longer.
const KEY: usize = 200;

pub async fn changes(
    State(site): State<Arc<Site>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let asked = asked(&site, &headers, body).await;
    if visit.grant.role < Role::Customer {
        return Err(changes_nothing(&site, &visit, asked).await);
    }
    let Asked { key, base, changes, bytes } = asked?;
    let count = changes.len();
    // Whoever did not hear the answer asks again on the room as it is by then: the changes make the request.
    let asked = serde_json::to_vec(&changes).unwrap_or(bytes);
    let key = key.map(|key| Key { who: visit.grant.id.clone(), key, request: Digest::of(&asked) });
    let outcome = site
        .run(move |house| {
            let order = Order { grant: &visit.grant, tenant: &visit.tenant, base: &base, changes: &changes, key: key.as_ref() };
            house.change(&order)
        })
        .await?;
    match outcome {
        Outcome::Accepted(accepted) => {
            site.metrics.entries.fetch_add(count as u64, Ordering::Relaxed);
            Ok(([(header::CONTENT_TYPE, "application/json")], accepted.body).into_response())
        }
        Outcome::Stale { revision, entries } => {
            one(&site.metrics.stale);
            let entries: Vec<Value> = entries.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
            let detail = "Somebody else changed the room first. Read what was written since, and ask again on its revision.";
            let problem = Problem::new(StatusCode::CONFLICT, detail).with("schema", SCHEMA).with("rule", "room.stale-revision");
            Err(problem.with("revision", revision).with("entries", entries))
        }
        Outcome::Refused { at, refused, is_role } => {
            one(&site.metrics.refused);
            let status = if is_role { StatusCode::FORBIDDEN } else { StatusCode::UNPROCESSABLE_ENTITY };
            let field = field(at, &refused.rule);
            Err(Problem::new(status, refused.why).with("rule", refused.rule).with("field", field))
        }
        Outcome::OtherRequest => {
            let detail = "This Idempotency-Key was used for another request. Take a new one.";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).with("rule", "idempotency.other-request"))
        }
        Outcome::Absent => Err(Problem::absent()),
    }
}

/// A request, read.
struct Asked {
    key: Option<String>,
    base: String,
    changes: Vec<Change>,
    bytes: Vec<u8>,
}

async fn asked(site: &Site, headers: &HeaderMap, body: Body) -> Result<Asked, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send JSON: Content-Type: application/json."));
    }
    let key = key(headers)?;
    let bytes = read_all(body, site.limits.changes, site.limits.piece).await?;
    let (base, changes) = read(&bytes)?;
    Ok(Asked { key, base, changes, bytes })
}

/// Whoever may change nothing is told which role this takes, whatever else is wrong with it.
async fn changes_nothing(site: &Arc<Site>, visit: &Visit, asked: Result<Asked, Problem>) -> Problem {
    let (name, role) = (&visit.grant.name, visit.grant.role);
    let least = match (asked, site.room(visit).await) {
        (Ok(asked), Ok(held)) => asked.changes.iter().map(|change| takes(&held.plan, change, &|_| false)).max(),
        (Err(_), _) | (_, Err(_)) => None,
    };
    let detail = match least {
        Some(least) => format!("{name} has the role {role}; this takes the role {least}."),
        None => format!("{name} has the role {role}, which reads; a change takes the role {} at least.", Role::Customer),
    };
    one(&site.metrics.refused);
    Problem::new(StatusCode::FORBIDDEN, detail).with("rule", MAY_NOT)
}

/// Where in the request the trouble is, as far as the rule tells: `/changes/0/role` for `unknown.role`.
fn field(at: usize, rule: &str) -> String {
    let part = match rule.split_once('.') {
        Some(("unknown", what)) => what,
        Some((_, rule)) if rule.starts_with("blank-") => rule.trim_start_matches("blank-"),
        _ => return format!("/changes/{at}"),
    };
    format!("/changes/{at}/{}", part.replace('-', "_"))
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key =
        key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= KEY && key.bytes().all(|byte| byte.is_ascii_graphic()));
    let odd = || Problem::new(StatusCode::BAD_REQUEST, format!("An Idempotency-Key has 1 to {KEY} visible characters of ASCII."));
    key.map(|key| Some(key.to_owned())).ok_or_else(odd)
}

/// Reads a request, and says where it is none.
fn read(bytes: &[u8]) -> Result<(String, Vec<Change>), Problem> {
    let body: Value = serde_json::from_slice(bytes).map_err(|error| {
        let at = format!("line {} column {}", error.line(), error.column());
        Problem::new(StatusCode::BAD_REQUEST, format!("The body is no JSON: it breaks off or is malformed at {at}."))
    })?;
    let wrong = |field: &str, why: String| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why).with("rule", "request.shape").with("field", field)
    };
    let object = body.as_object().ok_or_else(|| wrong("", "The body is `{base_revision, changes: […]}`.".into()))?;
    if let Some(odd) = object.keys().find(|key| !matches!(key.as_str(), "base_revision" | "changes" | "schema")) {
        return Err(wrong(&format!("/{odd}"), "The body is `{base_revision, changes: […]}`, and has nothing else.".into()));
    }
    if object.get("schema").is_some_and(|schema| schema.as_u64() != Some(SCHEMA)) {
        return Err(wrong("/schema", format!("This server speaks schema {SCHEMA}.")));
    }
    let base = object.get("base_revision").and_then(Value::as_str);
    let base = base.ok_or_else(|| wrong("/base_revision", "Name the revision the changes were made on.".into()))?;
    let list = object.get("changes").and_then(Value::as_array);
    let list = list.ok_or_else(|| wrong("/changes", "`changes` is a list.".into()))?;
    if list.is_empty() || list.len() > MOST {
        return Err(wrong("/changes", format!("Ask for 1 to {MOST} changes at once.")));
    }
    let mut changes = Vec::with_capacity(list.len());
    for (at, change) in list.iter().enumerate() {
        let read: Change = serde_json::from_value(change.clone())
            .map_err(|error| wrong(&format!("/changes/{at}"), format!("This is no change: {error}.")))?;
        let understood = serde_json::to_value(&read).unwrap_or_default();
        if let Some(place) = unread(change, &understood) {
            return Err(wrong(&format!("/changes/{at}{place}"), "This field is not known here. Is it spelt right?".into()));
        }
        changes.push(read);
    }
    Ok((base.to_owned(), changes))
}

/// Where something was said that nobody would act on: a field that is misspelt must not look done.
fn unread(said: &Value, understood: &Value) -> Option<String> {
    match (said, understood) {
        (Value::Object(said), Value::Object(understood)) => said.iter().find_map(|(name, value)| {
            let place = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            match understood.get(name) {
                Some(there) => unread(value, there).map(|more| place + &more),
                None if says_nothing(value) => None,
                None => Some(place),
            }
        }),
        (Value::Array(said), Value::Array(understood)) => {
            let mut pairs = said.iter().zip(understood).enumerate();
            pairs.find_map(|(at, (said, understood))| unread(said, understood).map(|more| format!("/{at}{more}")))
        }
        _ => None,
    }
}

/// What is left out when it is written again.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(is_said) => !is_said,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(body: &Value) -> (u16, String) {
        let problem = read(body.to_string().as_bytes()).unwrap_err();
        (problem.status.as_u16(), problem.more["field"].as_str().unwrap_or_default().to_owned())
    }

    #[test]
    fn what_is_no_request_is_told_by_its_place() {
        let clear = json!({ "change": "clear_owner", "role": "tenant-owner" });
        assert_eq!(refused(&json!({ "changes": [clear] })), (422, "/base_revision".into()));
        assert_eq!(refused(&json!({ "base_revision": "r", "changes": [] })), (422, "/changes".into()));
        assert_eq!(
            refused(&json!({ "base_revision": "r", "changes": [clear, { "change": "drop" }] })),
            (422, "/changes/1".into())
        );
        assert_eq!(refused(&json!({ "base_revision": "r", "changes": [clear], "by": "Mara" })), (422, "/by".into()));
        let misspelt = json!({ "change": "set_owner", "role": "tenant-owner", "name": "Mara", "contct": "mara@example.test" });
        assert_eq!(refused(&json!({ "base_revision": "r", "changes": [misspelt] })), (422, "/changes/0/contct".into()));
        let deep = json!({ "change": "restore", "changes": [{ "path": "scope.cohort", "now": "x", "wsa": "y" }] });
        assert_eq!(refused(&json!({ "base_revision": "r", "changes": [deep] })), (422, "/changes/0/changes/0/wsa".into()));
        assert_eq!(read(b"{\"base").unwrap_err().status, StatusCode::BAD_REQUEST);
        assert_eq!(field(2, "unknown.role"), "/changes/2/role");
        assert_eq!(field(0, "owner.blank-name"), "/changes/0/name");
    }
}
