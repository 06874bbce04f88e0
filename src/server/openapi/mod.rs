//! The API as an OpenAPI 3.1 document: written from the table of routes, and committed as `assets/openapi.json`.

mod schema;

use super::route::{Access, ENTRY, Id, ROUTES, Row};
use crate::format::pack;
use serde_json::{Map, Value, json};

/// A parameter of a query.
#[derive(Debug)]
pub struct Query {
    pub name: &'static str,
    pub what: &'static str,
    /// Of JSON Schema.
    pub kind: &'static str,
    /// What it may be, where that is a list.
    pub words: &'static [&'static str],
}

/// What a route answers when it goes well.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// JSON of a schema.
    Json(&'static str),
    Text(&'static str),
    Bytes(&'static str),
    Stream(&'static str),
    Nothing,
}

/// The whole document.
#[must_use]
pub fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for row in ROUTES {
        let path = paths.entry(row.path.to_owned()).or_insert_with(|| json!({}));
        path[row.method.as_str().to_ascii_lowercase()] = operation(row);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "launchroom",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Launch rooms of many tenants: read, change by one path, hear of every entry. A token of one tenant learns nothing of another: what is not its own is absent (404).",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": schema::all(),
        },
    })
}

fn operation(row: &Row) -> Value {
    let mut responses = json!({ "200": good(row) });
    match row.id {
        Id::PutBlob => responses = json!({ "204": { "description": "It is kept, and on disk." } }),
        Id::Room => {
            responses["200"]["headers"] = json!({ "ETag": { "schema": { "type": "string" }, "description": "The revision." } });
            responses["304"] = json!({ "description": "The room is still the one of If-None-Match." });
        }
        Id::GetBlob => responses["304"] = json!({ "description": "If-None-Match names these bytes." }),
        _ => {}
    }
    for (status, why) in refusals(row) {
        responses[*status] = json!({
            "description": why,
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        });
    }
    let mut operation = json!({
        "operationId": name(row.id),
        "summary": row.summary,
        "parameters": parameters(row),
        "responses": responses,
        "security": [],
    });
    if row.access != Access::Public {
        operation["security"] = json!([{ "token": [] }]);
        operation["description"] = access(row.access).into();
    }
    match row.id {
        Id::Changes => {
            let schema = json!({ "$ref": "#/components/schemas/Changes" });
            operation["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        }
        Id::PutBlob => {
            operation["requestBody"] = json!({ "required": true, "content": { "application/octet-stream": { "schema": {} } } });
        }
        _ => {}
    }
    operation
}

fn good(row: &Row) -> Value {
    match row.answer {
        Answer::Json(schema) => {
            let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
            json!({ "description": row.summary, "content": { "application/json": { "schema": schema } } })
        }
        Answer::Bytes(_) if row.id == Id::Dossier => json!({
            "description": row.summary,
            "content": { "text/html": {}, "text/markdown": {}, "application/json": {}, "application/zip": {} },
        }),
        Answer::Text(kind) | Answer::Bytes(kind) | Answer::Stream(kind) => {
            let mut content = Map::new();
            content.insert(kind.to_owned(), json!({}));
            json!({ "description": row.summary, "content": content })
        }
        Answer::Nothing => json!({ "description": row.summary }),
    }
}

/// Which refusals a caller has to be ready for.
fn refusals(row: &Row) -> &'static [(&'static str, &'static str)] {
    const BUSY: (&str, &str) = ("503", "The database does not answer; Retry-After says when to ask again.");
    const WRONG: (&str, &str) = ("400", "The request makes no sense.");
    const UNKNOWN: (&str, &str) = ("401", "No token that holds.");
    const ROLE: (&str, &str) = ("403", "The role of the token may not do that.");
    const ABSENT: (&str, &str) = ("404", "Not there, or not for this token.");
    const GUESSES: (&str, &str) = ("429", "Too many wrong tokens from this address.");
    const SLOW: (&str, &str) = ("408", "The body did not come on.");
    const LARGE: (&str, &str) = ("413", "The body is too large.");
    const DAMAGED: (&str, &str) = ("500", "What is kept is not what was written.");
    match row.id {
        Id::Health => &[BUSY],
        Id::OpenApi | Id::Metrics | Id::Page => &[],
        Id::Readiness => &[WRONG],
        Id::Product => &[ABSENT],
        Id::Room | Id::Ledger | Id::Events | Id::GetBlob | Id::Billing => &[WRONG, UNKNOWN, ROLE, ABSENT, GUESSES, DAMAGED, BUSY],
        Id::Dossier => {
            &[WRONG, UNKNOWN, ROLE, ABSENT, ("422", "Something in it must not leave, or cannot be told."), GUESSES, DAMAGED, BUSY]
        }
        Id::Rooms => &[UNKNOWN, ROLE, GUESSES, DAMAGED, BUSY],
        Id::Changes => &[
            WRONG,
            UNKNOWN,
            ROLE,
            ABSENT,
            SLOW,
            ("409", "The room is another one by now: its revision, and what was written since."),
            LARGE,
            ("415", "The body is not JSON."),
            ("422", "A rule forbids it, by name; or the body is no change."),
            GUESSES,
            DAMAGED,
            BUSY,
        ],
        Id::PutBlob => {
            &[WRONG, UNKNOWN, ROLE, ABSENT, SLOW, LARGE, ("422", "The bytes have another digest."), GUESSES, DAMAGED, BUSY]
        }
    }
}

fn parameters(row: &Row) -> Value {
    let mut out: Vec<Value> = Vec::new();
    for name in row.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        let schema = match row.id {
            Id::Product => json!({ "type": "string", "enum": pack::names().collect::<Vec<_>>() }),
            _ => json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        };
        out.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
    }
    for query in row.query {
        let mut schema = json!({ "type": query.kind });
        if !query.words.is_empty() {
            schema["enum"] = query.words.into();
        }
        if query.kind == "integer" {
            schema["minimum"] = 0.into();
            // What a JSON number holds exactly.
            schema["maximum"] = ENTRY.into();
        }
        out.push(json!({ "name": query.name, "in": "query", "description": query.what, "schema": schema }));
    }
    if matches!(row.access, Access::Tenant(_) | Access::Change) {
        let what = "Whose room, for a token that sees several.";
        let schema = json!({ "type": "string", "pattern": "^[a-z0-9-]{1,64}$" });
        out.push(json!({ "name": "tenant", "in": "query", "description": what, "schema": schema }));
    }
    let mut header = |name: &str, what: &str, schema: Value| {
        out.push(json!({ "name": name, "in": "header", "description": what, "schema": schema }));
    };
    match row.id {
        Id::Room | Id::GetBlob => header("If-None-Match", "The ETag that is known.", json!({ "type": "string" })),
        Id::Events => {
            header("Last-Event-ID", "The last entry that was heard.", json!({ "type": "string", "pattern": "^[0-9]{1,15}$" }));
        }
        Id::Changes => header(
            "Idempotency-Key",
            "The same request with the same key is done once.",
            json!({ "type": "string", "pattern": "^[!-~]{1,200}$" }),
        ),
        _ => {}
    }
    out.into()
}

fn access(access: Access) -> String {
    match access {
        Access::Public => "For anybody.".to_owned(),
        Access::Tenant(role) => format!("For a token of the tenant, in the role {role} or one that may more."),
        Access::Change => {
            "For a token of the tenant. Each change takes its role, customer at least; a refusal names it.".to_owned()
        }
        Access::Portfolio => "For an operator's token.".to_owned(),
    }
}

fn name(id: Id) -> &'static str {
    match id {
        Id::Health => "health",
        Id::OpenApi => "openapi",
        Id::Metrics => "metrics",
        Id::Page => "launchPlanPage",
        Id::Readiness => "readiness",
        Id::Product => "pack",
        Id::Room => "readRoom",
        Id::Changes => "changeRoom",
        Id::Ledger => "readLedger",
        Id::Events => "followRoom",
        Id::PutBlob => "putBlob",
        Id::GetBlob => "getBlob",
        Id::Billing => "billingEvidence",
        Id::Dossier => "dossier",
        Id::Rooms => "rooms",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_document_is_the_one_the_code_makes() {
        let made = format!("{:#}\n", document());
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/openapi.json");
        if std::env::var_os("UPDATE_ASSETS").is_some() {
            std::fs::write(path, &made).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(kept == made, "assets/openapi.json is old: UPDATE_ASSETS=1 cargo test openapi");
    }

    #[test]
    fn every_route_is_in_it_and_every_schema_it_names() {
        let document = document();
        for row in ROUTES {
            assert!(document["paths"][row.path][row.method.as_str().to_ascii_lowercase()].is_object(), "{}", row.path);
        }
        let text = document.to_string();
        for named in text.split("#/components/schemas/").skip(1) {
            let name = named.split('"').next().unwrap();
            assert!(document["components"]["schemas"][name].is_object(), "{name}");
        }
    }
}
