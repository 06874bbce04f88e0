//! The path to a stage of the first-customer plan, from a room in which nothing is filled in. Aim: under 50 ms.

#![allow(clippy::unwrap_used)] // a bench may stop where it stands

use divan::Bencher;
use launchroom::domain::gate::path;
use launchroom::domain::ledger::Ledger;
use launchroom::format::{ledger_jsonl, plan_toml, room_toml};
use launchroom::infra::file::sample_ledger;
use std::sync::Arc;

fn main() {
    divan::main();
}

#[divan::bench(args = ["setup", "private-beta", "paid-beta", "self-serve", "enterprise"])]
fn to(bencher: Bencher, stage: &str) {
    measure(bencher, stage, &Ledger::default());
}

#[divan::bench(args = [1_000, 10_000])]
fn with_entries(bencher: Bencher, entries: u64) {
    let (read, _) = ledger_jsonl::parse(&sample_ledger(entries));
    measure(bencher, "paid-beta", &Ledger { entries: Arc::new(read), ..Ledger::default() });
}

fn measure(bencher: Bencher, stage: &str, ledger: &Ledger) {
    let plan = plan_toml::parse(plan_toml::embedded("first-customer").unwrap_or_default(), "plan").map_err(|_| ()).unwrap();
    let text = room_toml::template(&plan, "northwind", "Northwind Logistics", jiff::civil::date(2026, 11, 2));
    let room = room_toml::parse(&text, "room", &plan).map_err(|_| ()).unwrap();
    let (now, stage) = (jiff::Timestamp::from_second(1_790_100_000).unwrap(), stage.into());
    bencher.bench_local(|| path(&plan, &room, ledger, now, &stage).len());
}
