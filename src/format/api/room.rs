//! `GET /api/platform/launch-room`: the room as a text, the end of its ledger, and what the server knows besides.

use super::SCHEMA;
use crate::domain::ids::Digest;
use crate::domain::ledger::chain::Head;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A room as its server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomBody {
    /// Changes whenever anything in it does; also the `ETag`, in quotes.
    pub revision: String,
    pub tenant: String,
    /// The room file.
    pub text: String,
    /// A plan that is not built in.
    pub plan: Option<PlanText>,
    pub head: Head,
    /// Captured bytes that the server holds and has hashed.
    pub blobs: BTreeSet<Digest>,
    /// Who else listens to the room's events, by the name of their token.
    pub here: Vec<String>,
}

/// A plan that a room names, as a file beneath its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanText {
    pub name: String,
    pub text: String,
}

impl RoomBody {
    /// As JSON; `readiness` is how the server judges it, for whoever has no rules of his own.
    #[must_use]
    pub fn to_json(&self, readiness: &Value) -> Value {
        json!({
            "schema": SCHEMA,
            "revision": self.revision,
            "tenant": self.tenant,
            "room": {
                "text": self.text,
                "plan": self.plan.as_ref().map(|plan| json!({ "name": plan.name, "text": plan.text })),
            },
            "ledger": { "head": self.head.hash, "length": self.head.seq },
            "blobs": self.blobs,
            "here": self.here,
            "readiness": readiness,
        })
    }

    /// Reads it.
    ///
    /// # Errors
    /// What is missing, in a sentence that goes on from "its answer".
    pub fn from_json(value: &Value) -> Result<Self, String> {
        let text = |pointer: &str| {
            let found = value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
            found.ok_or_else(|| format!("has no {}", pointer.trim_start_matches('/').replace('/', ".")))
        };
        let list = |key: &str| value.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let plan = match value.pointer("/room/plan") {
            None | Some(Value::Null) => None,
            Some(_) => Some(PlanText { name: text("/room/plan/name")?, text: text("/room/plan/text")? }),
        };
        Ok(Self {
            revision: text("/revision")?,
            tenant: text("/tenant")?,
            text: text("/room/text")?,
            plan,
            head: Head {
                seq: value.pointer("/ledger/length").and_then(Value::as_u64).ok_or("has no ledger.length")?,
                hash: Digest::from_hex(&text("/ledger/head")?).ok_or("has a ledger.head that is no digest")?,
            },
            blobs: list("blobs").filter_map(Digest::from_hex).collect(),
            here: list("here").map(str::to_owned).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_reads_back_and_what_is_missing_is_named() {
        let body = RoomBody {
            revision: "r7".into(),
            tenant: "northwind".into(),
            text: "schema = 1\n".into(),
            plan: Some(PlanText { name: "plans/mine.toml".into(), text: "id = \"x\"\n".into() }),
            head: Head { seq: 3, hash: Digest::of(b"x") },
            blobs: [Digest::of(b"y")].into(),
            here: vec!["Mara Lindt".into()],
        };
        let json = body.to_json(&json!({}));
        assert_eq!(RoomBody::from_json(&json), Ok(body));
        for missing in ["/revision", "/room/text", "/ledger/head", "/ledger/length", "/room/plan/name"] {
            let mut less = json.clone();
            *less.pointer_mut(missing).unwrap() = Value::Null;
            let told = RoomBody::from_json(&less).unwrap_err();
            assert!(told.contains(&missing[1..].replace('/', ".")), "{missing}: {told}");
        }
    }
}
