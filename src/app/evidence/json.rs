//! A record as JSON: what `launchroom evidence list --json` prints and the API answers.

use super::Record;
use crate::domain::ids::ProofId;
use crate::present::words;
use serde_json::{Value, json};

/// One record.
#[must_use]
pub fn record(record: &Record<'_>) -> Value {
    let attached = record.attached;
    json!({
        "seq": record.entry.seq,
        "at": words::stamp(record.entry.at),
        "by": record.entry.by,
        "proof": attached.proof.as_ref().map(ProofId::as_str),
        "serves": attached.serves,
        "target": attached.target.as_str(),
        "class": attached.class.as_str(),
        "outcome": attached.outcome.as_str(),
        "digest": attached.digest.map(|digest| digest.to_hex()),
        "size": attached.size,
        "status": record.standing.as_str(),
        "reason": record.reason,
        "reference": attached.reference,
        "file": attached.file,
        "suspects": attached.suspects,
        "looked": attached.looked,
    })
}
