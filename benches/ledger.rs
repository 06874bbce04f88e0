//! Opening a ledger, and judging a room on it. Aims: 100,000 entries opened, chain verified, within 300 ms; a verdict on
//! 10,000 entries within 5 ms; both linear.

#![allow(clippy::unwrap_used)] // a bench may stop where it stands

use divan::{Bencher, black_box, counter::BytesCount};
use launchroom::domain::gate;
use launchroom::domain::ledger::{Body, Decision, DecisionOutcome, Ledger, RoomChanged, ValueChange, chain::seal};
use launchroom::domain::plan::Plan;
use launchroom::domain::room::{Room, Value};
use launchroom::format::{ledger_jsonl, plan_toml, room_toml};
use launchroom::infra::file::sample_ledger;
use std::sync::Arc;

fn main() {
    divan::main();
}

#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 10)]
fn open(bencher: Bencher, entries: u64) {
    let bytes = sample_ledger(entries);
    bencher.counter(BytesCount::new(bytes.len())).bench(|| {
        let (read, damage) = ledger_jsonl::parse(black_box(&bytes));
        assert!(damage.is_none());
        read
    });
}

#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 20)]
fn evaluate(bencher: Bencher, entries: u64) {
    let (plan, room, ledger, now) = pilot(entries);
    bencher.bench(|| gate::evaluate(black_box(&plan), black_box(&room), black_box(&ledger), now));
}

/// The same after a decision on all of it, and a dependency that changed since: what drifted, because of what, is worked out.
#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 20)]
fn evaluate_drifted(bencher: Bencher, entries: u64) {
    let (plan, mut room, mut ledger, now) = pilot(entries);
    for dependency in &plan.dependencies {
        for (field, text) in [("treatment", "invoice"), ("order_form", "OF-2026-014"), ("launch_room", "accepted")] {
            room.put(&format!("dependencies.{}.{field}", dependency.id), Some(&Value::Text(text.into())));
        }
    }
    let stage = "paid-beta".into();
    let judged = gate::judged(&plan, &room, &ledger, now, &stage);
    let digest = Some(judged.digest());
    let (customer, operator) = ("Ingrid Aasen".into(), "Jonas Okafor".into());
    let (head, length) = (Some(ledger.head()), Some(ledger.entries.len() as u64));
    let outcome = DecisionOutcome::Accepted;
    let decided = Decision { stage, outcome, customer, operator, digest, judged, head, length, reference: None, note: None };
    let path = "dependencies.stripe.treatment";
    let value = Value::Text("manual".into());
    room.put(path, Some(&value));
    let changed = RoomChanged::new(vec![ValueChange { path: path.into(), was: None, now: Some(value) }]);
    for body in [Body::Decided(Box::new(decided)), Body::RoomChanged(changed)] {
        let sealed = seal(ledger.head(), ledger.entries.len() as u64 + 1, now, "J. Okafor", body).unwrap();
        Arc::make_mut(&mut ledger.entries).push(sealed.entry);
    }
    let readiness = gate::evaluate(&plan, &room, &ledger, now);
    assert!(readiness.decision.is_some_and(|decision| !decision.stands && !decision.changes.is_empty()));
    bencher.bench(|| gate::evaluate(black_box(&plan), black_box(&room), black_box(&ledger), now));
}

fn pilot(entries: u64) -> (Plan, Room, Ledger, jiff::Timestamp) {
    let plan = plan_toml::parse(plan_toml::embedded("first-customer").unwrap_or_default(), "plan").map_err(|_| ()).unwrap();
    let text = room_toml::template(&plan, "northwind", "Northwind Logistics", jiff::civil::date(2026, 11, 2));
    let room = room_toml::parse(&text, "room", &plan).map_err(|_| ()).unwrap();
    let (read, _) = ledger_jsonl::parse(&sample_ledger(entries));
    let now = read.last().map(|entry| entry.at).unwrap();
    (plan, room, Ledger { entries: Arc::new(read), ..Ledger::default() }, now)
}
