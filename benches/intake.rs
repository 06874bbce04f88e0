//! What a proof prints, taken in: stripped, redacted, hashed, spooled and synced. Aim: a million lines (100 MB) in at most
//! half the time of `script` and `sha256sum`, memory flat.

#![allow(clippy::unwrap_used)] // a bench may stop where it stands

use divan::{Bencher, black_box, counter::BytesCount};
use launchroom::app::ports::{RunEvent, RunOrder, Runner as _};
use launchroom::domain::redact::Redactor;
use launchroom::format::redact_toml;
use launchroom::infra::proc::ProcessRunner;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::{path::PathBuf, process::Command, sync::mpsc};

fn main() {
    divan::main();
}

/// 100 bytes a line, as a program would print it.
fn lines(count: usize) -> Vec<u8> {
    (0..count)
        .flat_map(|i| {
            format!("{i:>8} GET /api/platform/launch-room 200 in 12 ms, tenant northwind, request {i:016x}, ok ....\n")
                .into_bytes()
        })
        .collect()
}

#[divan::bench(sample_count = 10)]
fn redact_16_mb(bencher: Bencher) {
    let bytes = lines(160_000);
    bencher.counter(BytesCount::new(bytes.len())).bench(|| {
        let mut redactor = Redactor::new(redact_toml::rules(), &[]);
        let mut out = Vec::with_capacity(bytes.len());
        redactor.feed(black_box(&bytes), &mut out);
        redactor.finish(&mut out);
        out
    });
}

static RUN: AtomicU32 = AtomicU32::new(0);

/// The file that the commands below print.
fn printed() -> (tempfile::TempDir, PathBuf, usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lines");
    let bytes = lines(1_000_000);
    std::fs::write(&path, &bytes).unwrap();
    (folder, path, bytes.len())
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn run_a_million_lines(bencher: Bencher) {
    let (folder, path, bytes) = printed();
    let spool = folder.path().join("spool");
    std::fs::create_dir(&spool).unwrap();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let (done, ended) = mpsc::channel();
        let order = RunOrder {
            id: format!("bench-{}", RUN.fetch_add(1, Relaxed)).into(),
            proof: "launch-proof-bundle".into(),
            command: format!("cat {}", path.display()),
            shown: "cat lines".into(),
            class: launchroom::domain::plan::Class::Public,
            workdir: folder.path().to_owned(),
            env: vec![("PATH".into(), std::env::var("PATH").unwrap_or_default())],
            secrets: Vec::new(),
            redact: Vec::new(),
            host: None,
            timeout: None,
            outputs: Vec::new(),
            bundle: false,
            inputs: launchroom::domain::ledger::Inputs::default(),
            spool: spool.clone(),
        };
        let events = Box::new(move |event| {
            if let RunEvent::Ended(result) = event {
                _ = done.send(result);
            }
        });
        let _handle = ProcessRunner::guarded_by(env!("CARGO_BIN_EXE_launchroom")).start(order, events).unwrap();
        let captured = ended.recv().unwrap().unwrap();
        assert_eq!(captured.size, bytes as u64);
    });
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn script_and_sha256sum(bencher: Bencher) {
    let (folder, path, bytes) = printed();
    let log = folder.path().join("log");
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let line = format!("script -qec 'cat {}' {} >/dev/null && sha256sum {}", path.display(), log.display(), log.display());
        assert!(Command::new("sh").args(["-c", &line]).output().unwrap().status.success());
    });
}
