//! Opening a ledger, and judging a room on it. Aims: 100,000 entries opened, chain verified, within 300 ms; a verdict on
//! 10,000 entries within 5 ms; both linear.

#![allow(clippy::unwrap_used)] // a bench may stop where it stands

use divan::{Bencher, black_box, counter::BytesCount};
use launchroom::domain::{gate, ledger::Ledger};
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
    let plan = plan_toml::parse(plan_toml::embedded("first-customer").unwrap_or_default(), "plan").map_err(|_| ()).unwrap();
    let text = room_toml::template(&plan, "northwind", "Northwind Logistics", jiff::civil::date(2026, 11, 2));
    let room = room_toml::parse(&text, "room", &plan).map_err(|_| ()).unwrap();
    let (read, _) = ledger_jsonl::parse(&sample_ledger(entries));
    let now = read.last().map(|entry| entry.at).unwrap();
    let ledger = Ledger { entries: Arc::new(read), ..Ledger::default() };
    bencher.bench(|| gate::evaluate(black_box(&plan), black_box(&room), black_box(&ledger), now));
}
