//! The two files that people write as JSON Schema, for editors and other programs: which keys there are, of which kind,
//! and which words they take. What a schema cannot say (that an id exists, that a plan can be met) only `validate` can.

use crate::domain::plan::{FieldKind, Plan};
use crate::domain::room::{ActivationStatus, Treatment};
use serde_json::{Map, Value, json};

/// What stands under a key.
#[derive(Clone, Copy)]
enum Of {
    Text,
    /// A name made of a-z, 0-9, - and _.
    Id,
    Texts,
    TextOrTexts,
    Flag,
    Number,
    /// A date, or a date and time, native or in quotes.
    Moment,
    Words(&'static [&'static str]),
    One(&'static [Key]),
    Many(&'static [Key]),
}

/// A key, what stands under it, and whether it has to be there.
type Key = (&'static str, Of, bool);

const MUST: bool = true;
const MAY: bool = false;
const CLASSES: Of = Of::Words(&["public", "tenant", "locked"]);
const SIDES: Of = Of::Words(&["customer", "vendor", "joint"]);

const TENANT: &[Key] = &[
    ("id", Of::Id, MUST),
    ("name", Of::Text, MUST),
    ("kickoff", Of::Moment, MUST),
    ("timezone", Of::Text, MAY),
    ("motion", Of::Text, MAY),
    ("go_no_go", Of::Moment, MAY),
    ("hosts", Of::Texts, MAY),
];
const OWNER: &[Key] =
    &[("name", Of::Text, MAY), ("contact", Of::Text, MAY), ("basis", Of::Text, MAY), ("evidence", Of::Text, MAY)];
const PERSON: &[Key] = &[("name", Of::Text, MAY), ("contact", Of::Text, MAY)];
const REDACT: &[Key] = &[
    ("id", Of::Id, MUST),
    ("keyword", Of::Text, MAY),
    ("pattern", Of::Text, MAY),
    ("sample", Of::TextOrTexts, MUST),
    ("keep", Of::Texts, MAY),
];

const STANCE: &[Key] = &[("text", Of::Text, MUST), ("motion", Of::Id, MUST), ("billing_default", Of::Text, MUST)];
const MOTION: &[Key] = &[
    ("id", Of::Id, MUST),
    ("title", Of::Text, MUST),
    ("status", Of::Text, MUST),
    ("treatment", Of::Text, MUST),
    ("condition", Of::Text, MUST),
    ("target", Of::Id, MUST),
    ("allowed", Of::Texts, MAY),
    ("blocked", Of::Texts, MAY),
];
const FUNCTION: &[Key] = &[("id", Of::Id, MUST), ("title", Of::Text, MUST), ("side", SIDES, MUST)];
const ROLE: &[Key] = &[
    ("id", Of::Id, MUST),
    ("title", Of::Text, MUST),
    ("side", SIDES, MUST),
    ("due", Of::Id, MUST),
    ("decides", Of::Text, MUST),
    ("evidence", Of::Text, MUST),
];
const FIELD: &[Key] = &[
    ("id", Of::Id, MUST),
    ("title", Of::Text, MUST),
    ("kind", Of::Words(&["text", "list", "choice"]), MUST),
    ("choices", Of::Texts, MAY),
    ("required", Of::Flag, MAY),
    ("boundary", Of::Flag, MAY),
    ("due", Of::Id, MUST),
    ("owner", Of::Id, MUST),
    ("hint", Of::Text, MUST),
];
const TASK: &[Key] = &[("id", Of::Id, MUST), ("text", Of::Text, MUST), ("after", Of::Texts, MAY), ("approved", Of::Flag, MAY)];
const ALTERNATIVE: &[Key] = &[
    ("kind", KINDS, MUST),
    ("fields", Of::Texts, MAY),
    ("dependencies", Of::Texts, MAY),
    ("groups", Of::Texts, MAY),
    ("step", Of::Id, MAY),
    ("proof", Of::Id, MAY),
    ("gate", Of::Id, MAY),
    ("document", Of::Id, MAY),
    ("targets", Of::Texts, MAY),
    ("may_be_stated", Of::Flag, MAY),
];
const KINDS: Of =
    Of::Words(&["roles", "scope", "step", "proof", "evidence", "dependencies", "activation", "decision", "gate", "any"]);
const REQUIREMENT: &[Key] = &[
    ("id", Of::Id, MUST),
    ("kind", KINDS, MUST),
    ("text", Of::Text, MUST),
    ("remedy", Of::Text, MUST),
    ("owner", Of::Id, MUST),
    ("excludable", Of::Flag, MAY),
    ("fields", Of::Texts, MAY),
    ("dependencies", Of::Texts, MAY),
    ("groups", Of::Texts, MAY),
    ("step", Of::Id, MAY),
    ("proof", Of::Id, MAY),
    ("gate", Of::Id, MAY),
    ("document", Of::Id, MAY),
    ("targets", Of::Texts, MAY),
    ("may_be_stated", Of::Flag, MAY),
    ("any", Of::Many(ALTERNATIVE), MAY),
];
const STEP: &[Key] = &[
    ("id", Of::Id, MUST),
    ("title", Of::Text, MUST),
    ("week", Of::Number, MUST),
    ("owner", Of::Id, MUST),
    ("goal", Of::Text, MUST),
    ("exit_gate", Of::Text, MUST),
    ("stop_rule", Of::Text, MUST),
    ("targets", Of::Texts, MAY),
    ("tasks", Of::Many(TASK), MAY),
    ("requires", Of::Many(REQUIREMENT), MAY),
];
const GATE: &[Key] = &[
    ("id", Of::Id, MUST),
    ("title", Of::Text, MUST),
    ("summary", Of::Text, MUST),
    ("stop_rule", Of::Text, MUST),
    ("blocked_by_policy", Of::Flag, MAY),
    ("proof", Of::Id, MAY),
    ("requires", Of::Many(REQUIREMENT), MAY),
];
const ENV: &[Key] = &[("name", Of::Text, MUST), ("secret", Of::Flag, MAY), ("default", Of::Text, MAY)];
const CONFIRM: &[Key] = &[("env", Of::Text, MUST), ("phrase", Of::Text, MUST)];
const PROOF: &[Key] = &[
    ("id", Of::Id, MUST),
    ("title", Of::Text, MUST),
    ("proves", Of::Text, MUST),
    ("command", Of::Text, MUST),
    ("class", CLASSES, MUST),
    ("mutating", Of::Flag, MAY),
    ("env", Of::Many(ENV), MAY),
    ("confirm", Of::One(CONFIRM), MAY),
    ("outputs", Of::Texts, MAY),
    ("targets", Of::Texts, MAY),
    ("step", Of::Id, MAY),
    ("after", Of::Id, MAY),
    ("depends_on", Of::Texts, MAY),
    ("max_age", Of::Text, MAY),
    ("expected", Of::Text, MAY),
    ("timeout", Of::Text, MAY),
    ("bundle", Of::Flag, MAY),
    ("illustrative", Of::Flag, MAY),
];
const GROUP: &[Key] = &[
    ("id", Of::Id, MUST),
    ("title", Of::Text, MUST),
    ("unlocks", Of::Text, MUST),
    ("owner", Of::Id, MUST),
    ("sources", Of::Texts, MAY),
    ("evidence", Of::Texts, MAY),
    ("env", Of::Texts, MAY),
    ("operator_env", Of::Texts, MAY),
    ("locks", Of::Texts, MAY),
    ("accepted_when", Of::Text, MUST),
    ("proof", Of::Id, MAY),
    ("after", Of::Texts, MAY),
    ("illustrative", Of::Flag, MAY),
];
const DEPENDENCY: &[Key] = &[
    ("id", Of::Id, MUST),
    ("title", Of::Text, MUST),
    ("category", Of::Text, MUST),
    ("owner", Of::Id, MUST),
    ("managed", Of::Text, MUST),
    ("invoice", Of::Text, MUST),
    ("acceptance", Of::Text, MUST),
    ("target", Of::Id, MAY),
    ("covers", Of::Texts, MAY),
    ("illustrative", Of::Flag, MAY),
];
const TARGET: &[Key] = &[("id", Of::Id, MUST), ("title", Of::Text, MUST), ("class", CLASSES, MUST), ("receives", Of::Text, MUST)];
const ATTACHMENT: &[Key] = &[("text", Of::Text, MUST), ("proof", Of::Id, MAY)];
const CLAIM: &[Key] = &[
    ("wording", Of::Texts, MUST),
    ("also", Of::Texts, MAY),
    ("gate", Of::Id, MUST),
    ("dependencies", Of::Texts, MAY),
    ("activation", Of::Texts, MAY),
    ("instead", Of::Texts, MUST),
];
const PLAN: &[Key] = &[
    ("schema", Of::Number, MUST),
    ("id", Of::Id, MUST),
    ("title", Of::Text, MUST),
    ("vendor", Of::Text, MUST),
    ("ordered", Of::Flag, MAY),
    ("four_eyes", Of::Flag, MAY),
    ("stance", Of::One(STANCE), MUST),
    ("motions", Of::Many(MOTION), MAY),
    ("scope", Of::Many(FIELD), MAY),
    ("functions", Of::Many(FUNCTION), MAY),
    ("roles", Of::Many(ROLE), MAY),
    ("steps", Of::Many(STEP), MAY),
    ("gates", Of::Many(GATE), MAY),
    ("proofs", Of::Many(PROOF), MAY),
    ("activation", Of::Many(GROUP), MAY),
    ("dependencies", Of::Many(DEPENDENCY), MAY),
    ("targets", Of::Many(TARGET), MAY),
    ("attachments", Of::Many(ATTACHMENT), MAY),
    ("blocked_wording", Of::Texts, MAY),
    ("claims", Of::Many(CLAIM), MAY),
    ("boundaries", Of::Texts, MAY),
];

/// The schema of a plan file.
#[must_use]
pub fn plan() -> Value {
    head("A launch plan", object(PLAN))
}

/// The schema of a room file on this plan: its ids are the keys there are.
#[must_use]
pub fn room(plan: &Plan) -> Value {
    let done = |tasks: Vec<&str>| exact([("done", json!({ "type": "array", "uniqueItems": true, "items": { "enum": tasks } }))]);
    let status: Vec<&str> = ActivationStatus::ALL.iter().map(|one| one.as_str()).collect();
    let treatment: Vec<&str> = Treatment::ALL.iter().map(|one| one.as_str()).chain([""]).collect();
    let text = || json!({ "type": "string" });
    let dependency = exact([
        ("treatment", json!({ "enum": treatment })),
        ("order_form", text()),
        ("launch_room", text()),
        ("changed", text()),
    ]);
    let field = |kind: &FieldKind| match kind {
        FieldKind::Text => text(),
        FieldKind::List => of(Of::Texts),
        FieldKind::Choice(words) => json!({ "enum": words.iter().map(String::as_str).chain([""]).collect::<Vec<_>>() }),
    };
    let steps = plan.steps.iter().map(|step| (step.id.as_str(), done(step.tasks.iter().map(|task| task.id.as_str()).collect())));
    let mut schema = exact([
        ("schema", json!({ "const": 1 })),
        ("plan", text()),
        ("tenant", object(TENANT)),
        ("scope", exact(plan.scope.iter().map(|one| (one.id.as_str(), field(&one.kind))))),
        ("owners", exact(plan.roles.iter().map(|role| (role.id.as_str(), object(OWNER))))),
        ("functions", exact(plan.functions.iter().map(|function| (function.id.as_str(), object(PERSON))))),
        ("steps", exact(steps)),
        (
            "activation",
            exact(plan.activation.iter().map(|one| (one.id.as_str(), exact([("status", json!({ "enum": status }))])))),
        ),
        ("dependencies", exact(plan.dependencies.iter().map(|one| (one.id.as_str(), dependency.clone())))),
        ("commands", exact(plan.proofs.iter().map(|proof| (proof.id.as_str(), text())))),
        ("redact", of(Of::Many(REDACT))),
    ]);
    schema["required"] = json!(["schema", "plan", "tenant"]);
    head(&format!("A launch room on the plan {}", plan.id), schema)
}

fn head(title: &str, mut schema: Value) -> Value {
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!(title);
    schema
}

/// These keys and no other.
fn exact<'k>(keys: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    let properties: Map<String, Value> = keys.into_iter().map(|(key, schema)| (key.to_owned(), schema)).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn object(keys: &[Key]) -> Value {
    let mut schema = exact(keys.iter().map(|(key, what, _)| (*key, of(*what))));
    let must: Vec<&str> = keys.iter().filter(|(_, _, must)| *must).map(|(key, _, _)| *key).collect();
    schema["required"] = json!(must);
    schema
}

fn of(what: Of) -> Value {
    match what {
        Of::Text | Of::Moment => json!({ "type": "string" }),
        Of::Id => json!({ "type": "string", "pattern": "^[a-z0-9_-]{1,64}$" }),
        Of::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Of::TextOrTexts => json!({ "anyOf": [of(Of::Text), of(Of::Texts)] }),
        Of::Flag => json!({ "type": "boolean" }),
        Of::Number => json!({ "type": "integer", "minimum": 0 }),
        Of::Words(words) => json!({ "enum": words }),
        Of::One(keys) => object(keys),
        Of::Many(keys) => json!({ "type": "array", "items": object(keys) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{plan_toml, room_toml};

    fn parsed(text: &str) -> Value {
        fn plain(value: &toml::Value) -> Value {
            match value {
                toml::Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
                toml::Value::Array(items) => items.iter().map(plain).collect(),
                toml::Value::Datetime(at) => json!(at.to_string()),
                other => serde_json::to_value(other).unwrap(),
            }
        }
        plain(&toml::Value::Table(toml::from_str(text).unwrap()))
    }

    /// As much of JSON Schema as is used here.
    fn faults(schema: &Value, value: &Value, at: &str, out: &mut Vec<String>) {
        if let Some(words) = schema["enum"].as_array()
            && !words.contains(value)
        {
            out.push(format!("{at}: {value} is none of {words:?}"));
        }
        let fits = match schema["type"].as_str() {
            Some("object") => value.is_object(),
            Some("array") => value.is_array(),
            Some("string") => value.is_string(),
            Some("boolean") => value.is_boolean(),
            Some("integer") => value.is_u64(),
            _ => true,
        };
        if !fits {
            out.push(format!("{at}: {value} is no {}", schema["type"]));
        }
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if value.get(key).is_none() {
                out.push(format!("{at}: {key} is missing"));
            }
        }
        for (key, one) in value.as_object().into_iter().flatten().filter(|_| schema["type"] == "object") {
            match schema["properties"].get(key) {
                Some(schema) => faults(schema, one, &format!("{at}.{key}"), out),
                None => out.push(format!("{at}: {key} is not known")),
            }
        }
        for (n, one) in value.as_array().into_iter().flatten().enumerate().filter(|_| schema["items"].is_object()) {
            faults(&schema["items"], one, &format!("{at}[{n}]"), out);
        }
    }

    fn of_file(schema: &Value, text: &str) -> Vec<String> {
        let mut out = Vec::new();
        faults(schema, &parsed(text), "", &mut out);
        out
    }

    fn first() -> Plan {
        plan_toml::parse(plan_toml::embedded("first-customer").unwrap(), "plan").unwrap()
    }

    #[test]
    fn the_plans_there_are_fit_the_schema_and_a_key_that_is_none_does_not() {
        let text = plan_toml::embedded("first-customer").unwrap();
        for text in
            [text, include_str!("../../tests/plans/lab-instrument.toml"), include_str!("../../tests/plans/two-people.toml")]
        {
            assert_eq!(of_file(&plan(), text), Vec::<String>::new());
        }
        let odd = text.replacen("stop_rule", "stop_rulle", 1).replacen("kind = \"proof\"", "kind = \"prof\"", 1);
        let told = of_file(&plan(), &odd);
        assert!(told.iter().any(|one| one.contains("stop_rulle is not known")), "{told:?}");
        assert!(told.iter().any(|one| one.contains("\"prof\" is none of")), "{told:?}");
    }

    #[test]
    fn a_new_room_and_a_filled_one_fit_the_schema_and_an_id_the_plan_has_not_does_not() {
        let plan = first();
        let new = room_toml::template(&plan, "northwind", "Northwind", jiff::civil::date(2026, 11, 2));
        let filled = include_str!("../../tests/fuzz/seeds/room_toml/pilot.toml");
        for text in [&*new, filled] {
            assert_eq!(of_file(&room(&plan), text), Vec::<String>::new());
        }
        let odd = filled.replacen("[owners.tenant-owner]", "[owners.tenant-ower]", 1);
        assert!(of_file(&room(&plan), &odd)[0].contains("tenant-ower is not known"));
    }
}
