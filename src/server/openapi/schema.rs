//! The shapes of bodies, as JSON Schema. A test holds the changes to what the domain really reads.

use crate::domain::room::{ActivationStatus, Treatment};
use serde_json::{Map, Value, json};

/// All shapes by name.
pub fn all() -> Value {
    let text = || json!({ "type": "string" });
    let number = || json!({ "type": "integer", "minimum": 0 });
    let digest = || json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" });
    json!({
        "Any": { "type": "object" },
        "Health": object(&[("schema", number()), ("status", text())], &[]),
        "Pack": { "type": "object", "required": ["schema"], "properties": { "schema": number() } },
        "Problem": {
            "type": "object",
            "description": "RFC 9457.",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": text(),
                "title": text(),
                "status": number(),
                "detail": { "type": "string", "description": "What, why and what to do, for a person." },
                "rule": { "type": "string", "description": "The rule that forbids it; its name stays." },
                "field": { "type": "string", "description": "Where in the request, as a JSON pointer or a parameter's name." },
                "revision": text(),
                "entries": { "type": "array", "items": { "$ref": "#/components/schemas/Entry" } },
            },
        },
        "Room": {
            "type": "object",
            "required": ["schema", "revision", "tenant", "room", "ledger", "blobs", "here", "readiness"],
            "properties": {
                "schema": number(),
                "revision": text(),
                "tenant": text(),
                "room": { "type": "object", "required": ["text"], "properties": { "text": text(), "plan": {} } },
                "ledger": object(&[("head", digest()), ("length", number())], &[]),
                "blobs": { "type": "array", "items": digest() },
                "here": { "type": "array", "items": text() },
                "readiness": { "type": "object", "description": "As `launchroom review --json`." },
            },
        },
        "Entry": {
            "type": "object",
            "description": "A line of the ledger. Its canonical JSON (RFC 8785) without `hash` is what is hashed.",
            "required": ["seq", "at", "by", "kind", "body", "prev", "hash"],
            "properties": {
                "seq": number(),
                "at": { "type": "string", "format": "date-time" },
                "by": text(),
                "kind": text(),
                "body": { "type": "object" },
                "prev": digest(),
                "hash": digest(),
            },
        },
        "Page": {
            "type": "object",
            "required": ["schema", "entries", "more"],
            "properties": {
                "schema": number(),
                "entries": { "type": "array", "items": { "$ref": "#/components/schemas/Entry" } },
                "more": { "type": "boolean" },
            },
        },
        "Evidence": {
            "type": "object",
            "required": ["schema", "evidence"],
            "properties": { "schema": number(), "target": text(), "evidence": { "type": "array", "items": { "type": "object" } } },
        },
        "Rooms": {
            "type": "object",
            "required": ["schema", "rooms"],
            "properties": { "schema": number(), "rooms": { "type": "array", "items": { "type": "object" } } },
        },
        "Changed": {
            "type": "object",
            "required": ["schema", "revision", "entries"],
            "properties": {
                "schema": number(),
                "revision": text(),
                "entries": { "type": "array", "items": { "$ref": "#/components/schemas/Entry" } },
            },
        },
        "Changes": {
            "type": "object",
            "additionalProperties": false,
            "required": ["base_revision", "changes"],
            "properties": {
                "schema": { "const": 1 },
                "base_revision": { "type": "string", "description": "The revision the changes were made on." },
                "changes": { "type": "array", "minItems": 1, "maxItems": 500, "items": { "$ref": "#/components/schemas/Change" } },
            },
        },
        "Change": { "oneOf": changes() },
        "Value": { "oneOf": [text(), { "type": "array", "items": text() }] },
        "Attached": attached(),
        "Run": run(),
    })
}

/// One shape a change can have, by its word.
fn changes() -> Vec<Value> {
    let text = || json!({ "type": "string" });
    let maybe = || json!({ "type": ["string", "null"] });
    let word = |words: Vec<&str>| json!({ "type": "string", "enum": words });
    let value = || json!({ "$ref": "#/components/schemas/Value" });
    let treatment = || {
        let words: Vec<Value> = Treatment::ALL.iter().map(|it| it.as_str().into()).chain([Value::Null]).collect();
        json!({ "enum": words })
    };
    let status = || {
        let words: Vec<Value> = ActivationStatus::ALL.iter().map(|it| it.as_str().into()).chain([Value::Null]).collect();
        json!({ "enum": words })
    };
    let outcome = word(vec!["accepted", "accepted_with_exclusions", "deferred", "rejected"]);
    let day = json!({ "type": "string", "format": "date" });
    let asks = || [("about", json!({ "type": "array", "items": text() })), ("to", text())];
    vec![
        change("set_owner", &[("role", text())], &[("name", maybe()), ("contact", maybe()), ("basis", maybe())]),
        change("clear_owner", &[("role", text())], &[]),
        change("set_function", &[("function", text())], &[("name", maybe()), ("contact", maybe())]),
        change("set_scope", &[("field", text()), ("value", value())], &[]),
        change("set_task", &[("step", text()), ("task", text()), ("done", json!({ "type": "boolean" }))], &[]),
        change("set_activation", &[("group", text())], &[("status", status())]),
        change(
            "set_dependency",
            &[("dependency", text())],
            &[("treatment", treatment()), ("order_form", maybe()), ("launch_room", maybe()), ("changed", maybe())],
        ),
        change(
            "restore",
            &[(
                "changes",
                json!({ "type": "array", "items": object(&[("path", text())], &[("was", value()), ("now", value())]) }),
            )],
            &[],
        ),
        json!({
            "type": "object",
            "required": ["change", "target", "class", "outcome"],
            "properties": merged(json!({ "change": { "const": "attach_evidence" } }), &attached()["properties"]),
        }),
        change("withdraw_evidence", &[("evidence", json!({ "type": "integer", "minimum": 0 })), ("why", text())], &[]),
        json!({
            "type": "object",
            "required": ["change", "covers", "wording", "signed_by", "until"],
            "properties": {
                "change": { "const": "sign_exclusion" },
                "covers": { "type": "string", "description": "`gate/slug` of a requirement, or `proof:check` of a bundle." },
                "wording": text(),
                "signed_by": text(),
                "from": { "type": ["string", "null"], "format": "date" },
                "until": day,
                "approved_by": maybe(),
                "reference": maybe(),
            },
        }),
        change("revoke_exclusion", &[("exclusion", text()), ("why", text())], &[]),
        change(
            "record_decision",
            &[("stage", text()), ("outcome", outcome), ("customer", text()), ("operator", text())],
            &[("reference", maybe()), ("note", maybe())],
        ),
        json!({
            "type": "object",
            "required": ["change", "proof", "outcome", "run"],
            "properties": {
                "change": { "const": "finish_run" },
                "proof": text(),
                "outcome": outcomes(),
                "run": { "$ref": "#/components/schemas/Run" },
            },
        }),
        change("ask", &asks(), &[("role", maybe())]),
        change("answer", &asks(), &[("role", maybe())]),
    ]
}

fn attached() -> Value {
    let text = || json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["target", "class", "outcome"],
        "properties": {
            "proof": text(),
            "serves": { "type": "string", "description": "The requirement (`gate/slug`) or step it serves." },
            "target": text(),
            "class": { "type": "string", "enum": ["public", "tenant", "locked"] },
            "outcome": outcomes(),
            "run": { "$ref": "#/components/schemas/Run" },
            "digest": { "type": "string", "pattern": "^[0-9a-f]{64}$" },
            "size": { "type": "integer", "minimum": 0 },
            "reference": text(),
            "file": text(),
            "note": text(),
        },
    })
}

fn outcomes() -> Value {
    json!({ "type": "string", "enum": ["passed", "failed", "signal", "timeout", "stopped", "interrupted", "reference"] })
}

fn run() -> Value {
    let text = || json!({ "type": "string" });
    let moment = || json!({ "type": "string", "format": "date-time" });
    json!({
        "type": "object",
        "required": ["id", "command", "started", "ended", "seen"],
        "properties": {
            "id": text(),
            "command": { "type": "string", "description": "As run, with secrets as placeholders." },
            "env": { "type": "array", "items": text(), "description": "Names only." },
            "host": text(),
            "started": moment(),
            "ended": moment(),
            "exit": { "type": "integer" },
            "signal": { "type": "integer" },
            "seen": { "type": "integer", "minimum": 0 },
            "cut": { "type": "boolean" },
        },
    })
}

fn change(word: &str, needed: &[(&str, Value)], more: &[(&str, Value)]) -> Value {
    let needed: Vec<(&str, Value)> = [("change", json!({ "const": word }))].into_iter().chain(needed.iter().cloned()).collect();
    // A field that is misspelt is refused, not passed over.
    merged(json!({ "additionalProperties": false }), &object(&needed, more))
}

fn object(needed: &[(&str, Value)], more: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = needed.iter().map(|(name, _)| *name).collect();
    let all = needed.iter().chain(more).map(|(name, shape)| ((*name).to_owned(), shape.clone()));
    json!({ "type": "object", "required": required, "properties": all.collect::<Map<_, _>>() })
}

fn merged(mut map: Value, more: &Value) -> Value {
    if let (Some(map), Some(more)) = (map.as_object_mut(), more.as_object()) {
        map.extend(more.clone());
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Change;

    /// A value of a shape, with everything in it that it may have.
    fn sample(shape: &Value) -> Value {
        if let Some(word) = shape.get("const") {
            return word.clone();
        }
        if let Some(words) = shape.get("enum") {
            return words[0].clone();
        }
        if let Some(name) = shape.get("$ref").and_then(Value::as_str) {
            return sample(&all()[name.rsplit('/').next().unwrap()]);
        }
        if let Some(shapes) = shape.get("oneOf") {
            return sample(&shapes[0]);
        }
        let kind = shape["type"].as_str().or_else(|| shape["type"][0].as_str()).unwrap();
        match (kind, shape["format"].as_str(), shape["pattern"].as_str()) {
            ("object", ..) => {
                shape["properties"].as_object().unwrap().iter().map(|(key, shape)| (key.clone(), sample(shape))).collect()
            }
            ("array", ..) => json!([sample(&shape["items"])]),
            ("integer", ..) => json!(1),
            ("boolean", ..) => json!(true),
            (_, Some("date"), _) => json!("2026-12-01"),
            (_, Some("date-time"), _) => json!("2026-12-01T10:00:00Z"),
            (_, _, Some(_)) => json!("0".repeat(64)),
            _ => json!("x"),
        }
    }

    #[test]
    fn every_change_that_is_described_reads_as_one_and_every_one_is_described() {
        let described = changes();
        let mut words = Vec::new();
        for shape in &described {
            let sample = sample(shape);
            let change: Change = serde_json::from_value(sample.clone()).unwrap_or_else(|error| panic!("{sample}: {error}"));
            let again = serde_json::to_value(&change).unwrap();
            words.push(again["change"].as_str().unwrap().to_owned());
            for (key, value) in sample.as_object().unwrap().iter().filter(|(_, value)| !value.is_null() && **value != json!("x"))
            {
                let is_moment = value.as_str().is_some_and(|text| text.ends_with('Z'));
                assert!(is_moment || again.get(key).is_some(), "{sample} lost {key}");
            }
            for needed in shape["required"].as_array().unwrap() {
                let mut less = sample.clone();
                less.as_object_mut().unwrap().remove(needed.as_str().unwrap());
                assert!(serde_json::from_value::<Change>(less).is_err(), "{needed} is not needed in {sample}");
            }
        }
        let unknown = serde_json::from_value::<Change>(json!({ "change": "?" })).unwrap_err().to_string();
        let known = unknown.matches('`').count() / 2 - 1;
        assert_eq!(words.len(), known, "{unknown}");
    }
}
