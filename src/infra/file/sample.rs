//! Ledgers of any length, for measuring.

use crate::domain::ids::Digest;
use crate::domain::ledger::{
    Attached, Body, Check, CheckStatus, Inputs, Outcome, RoomChanged, Run, RunFinished, ValueChange, chain::seal,
};
use crate::domain::{plan::Class, room::Value};
use jiff::Timestamp;

/// The bytes of a whole ledger: runs, evidence and room changes in turn, about 500 bytes an entry.
#[must_use]
pub fn sample_ledger(count: u64) -> Vec<u8> {
    let mut prev = Digest::ZERO;
    let mut out = Vec::new();
    for seq in 1..=count {
        let at = Timestamp::from_second(1_790_000_000 + seq.cast_signed()).unwrap_or(Timestamp::UNIX_EPOCH);
        let Ok(sealed) = seal(prev, seq, at, "J. Okafor", body(seq, at)) else { break };
        prev = sealed.entry.hash;
        out.extend_from_slice(&sealed.line);
    }
    out
}

fn body(seq: u64, at: Timestamp) -> Body {
    let inputs = Inputs([("dependency:stripe".into(), "invoice, accepted".into())].into());
    match seq % 3 {
        0 => Body::RoomChanged(RoomChanged::new(vec![ValueChange {
            path: "scope.cohort".into(),
            was: Some(Value::Text(format!("{seq} warehouse supervisors, Rotterdam"))),
            now: Some(Value::Text(format!("{} warehouse supervisors, Rotterdam", seq + 1))),
        }])),
        1 => Body::RunFinished(Box::new(RunFinished {
            proof: "launch-proof-bundle".into(),
            outcome: Outcome::Passed,
            run: run(seq, at),
            digest: Some(Digest::of(&seq.to_le_bytes())),
            inputs,
            failing: Vec::new(),
        })),
        _ => Body::Attached(Box::new(Attached {
            proof: Some("launch-proof-bundle".into()),
            serves: None,
            target: "launch-dossier".into(),
            class: Class::Public,
            outcome: Outcome::Passed,
            run: Some(run(seq, at)),
            digest: Some(Digest::of(&(seq - 1).to_le_bytes())),
            size: Some(5_120),
            reference: None,
            file: None,
            outputs: Vec::new(),
            checks: Some(vec![Check { id: "status".into(), status: CheckStatus::Passed, detail: String::new() }]),
            unread: None,
            hosts: Vec::new(),
            inputs,
            redactions: [("known-value".into(), 2)].into(),
            suspects: 0,
            looked: false,
            holder: None,
            note: None,
        })),
    }
}

fn run(seq: u64, at: Timestamp) -> Run {
    Run {
        id: format!("run-{seq}").into(),
        command: "npm run check:launch-proof-bundle -- --base-url $PILOT_SMOKE_URL".into(),
        env: vec!["PILOT_SMOKE_URL".into()],
        host: Some("www.example.test".into()),
        started: at,
        ended: at,
        exit: Some(0),
        signal: None,
        seen: 5_120,
        cut: false,
    }
}
