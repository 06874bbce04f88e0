//! A dossier of a long ledger. Aim: 10,000 entries under 1 s, the last look and the zip included.

#![allow(clippy::unwrap_used)] // a bench may stop where it stands

use divan::Bencher;
use launchroom::app::export::{Form, Wish, export_of};
use launchroom::app::open;
use launchroom::app::ports::RoomStore as _;
use launchroom::domain::ids::Digest;
use launchroom::format::{plan_toml, room_toml};
use launchroom::infra::file::{FileStore, sample_ledger};
use launchroom::present::audience::Audience;

fn main() {
    divan::main();
}

#[divan::bench(args = [1_000, 10_000], sample_count = 5)]
fn zip(bencher: Bencher, entries: u64) {
    let home = tempfile::tempdir().unwrap();
    let plan = plan_toml::parse(plan_toml::embedded("first-customer").unwrap_or_default(), "plan").map_err(|_| ()).unwrap();
    let text = room_toml::template(&plan, "northwind", "Northwind Logistics", jiff::civil::date(2026, 11, 2));
    let room = home.path().join("launchroom.toml");
    std::fs::write(&room, text).unwrap();
    std::fs::create_dir_all(home.path().join("launchroom.evidence")).unwrap();
    std::fs::write(home.path().join("launchroom.evidence/ledger.jsonl"), sample_ledger(entries)).unwrap();
    for seq in (1..=entries).filter(|seq| seq % 3 == 2) {
        let bytes = (seq - 1).to_le_bytes();
        let hex = Digest::of(&bytes).to_hex();
        let shelf = home.path().join("launchroom.evidence/blobs").join(&hex[..2]);
        std::fs::create_dir_all(&shelf).unwrap();
        std::fs::write(shelf.join(&hex), bytes).unwrap();
    }
    let store = FileStore::open(&room, home.path(), true).unwrap();
    let opened = open::evaluate(&store, store.load().unwrap(), jiff::Timestamp::from_second(1_790_100_000).unwrap());
    let wish = Wish { audience: Audience::Operator, as_of: None, include: Vec::new(), form: Form::Zip, secrets: Vec::new() };
    bencher.bench_local(|| export_of(&store, &opened, &wish).map_err(|error| error.to_string()).unwrap().bytes.len());
}
