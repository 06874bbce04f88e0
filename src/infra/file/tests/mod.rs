//! The store against its promises: with the power cut at every step, full and failing disks, damaged files, two writers.

mod crash;
mod damage;
mod fault;
mod input;
mod kill;
mod real;
mod runner;
mod spool;

use super::{FileStore, spool as spooling};
use crate::app::{error::Error, ports::*};
use crate::domain::change::{Applied, Edit, EditTo};
use crate::domain::ids::{Digest, RunId};
use crate::domain::ledger::{
    Attached, Body, Entry, Inputs, Outcome, OutputFile, RoomChanged, Run, ValueChange, Withdrawn, chain::Head,
};
use crate::domain::plan::Class;
use crate::domain::room::Value;
use crate::format::ledger_jsonl;
use crate::infra::disk::{Disk, FaultyDisk};
use jiff::Timestamp;
use std::{path::Path, sync::Arc};

const ROOM: &str = "/r/northwind.toml";
const LEDGER: &str = "/r/northwind.evidence/ledger.jsonl";
const TEXT: &str = "# kept as it is\r\nschema = 1\r\nplan = \"plans/small.toml\"\r\n\r\n[tenant]\r\nid = \"northwind\"\r\n\
    name = \"Northwind\"\r\nkickoff = 2026-11-02\r\n\r\n[scope]\r\ncohort = \"42 supervisors\" # all of them\r\n\r\n\
    [steps.scope]\r\ndone = [\"wording\"]\r\n";

const PLAN: &str = include_str!("small-plan.toml");

fn now() -> Timestamp {
    "2026-11-19T08:14:00Z".parse().unwrap()
}

/// A disk with a room that nobody wrote to yet.
fn fresh() -> FaultyDisk {
    let disk = FaultyDisk::with_folders(&["/r", "/r/plans", "/d"]);
    disk.put("/r/plans/small.toml", PLAN.as_bytes());
    disk.put(ROOM, TEXT.as_bytes());
    disk
}

fn open(disk: &FaultyDisk) -> FileStore {
    try_open(disk, false).unwrap()
}

fn try_open(disk: &FaultyDisk, readonly: bool) -> Result<FileStore, Error> {
    FileStore::on(Arc::new(disk.clone()), Path::new(ROOM), Path::new("/d"), readonly)
}

#[allow(clippy::needless_pass_by_value, reason = "every caller makes one on the spot")]
fn update(store: &FileStore, applied: Applied) -> Result<Snapshot, Error> {
    store.update("J. Okafor", now(), &mut |_| Ok(applied.clone()))
}

/// Sets the cohort, as `apply` would.
fn edit(to: &str) -> Applied {
    let value = Value::Text(to.into());
    Applied {
        edits: vec![Edit { path: vec!["scope".into(), "cohort".into()], to: EditTo::Set(value.clone()) }],
        entries: vec![changed("scope.cohort", Value::Text("42 supervisors".into()), value)],
    }
}

fn tick() -> Applied {
    let list = |items: &[&str]| Value::List(items.iter().map(|item| (*item).to_owned()).collect());
    Applied {
        edits: vec![Edit { path: ["steps", "scope", "done"].map(String::from).to_vec(), to: EditTo::Push("billing".into()) }],
        entries: vec![changed("steps.scope.done", list(&["wording"]), list(&["wording", "billing"]))],
    }
}

fn changed(path: &str, was: Value, now: Value) -> Body {
    Body::RoomChanged(RoomChanged::new(vec![ValueChange { path: path.into(), was: Some(was), now: Some(now) }]))
}

fn only(body: Body) -> Applied {
    Applied { edits: vec![], entries: vec![body] }
}

fn withdraw(evidence: u64) -> Applied {
    only(Body::Withdrawn(Withdrawn { evidence, why: "wrong tenant".into() }))
}

fn attach(digest: Digest, run: Option<Run>) -> Applied {
    only(Body::Attached(Box::new(Attached {
        proof: Some("launch-proof-bundle".into()),
        serves: None,
        target: "launch-dossier".into(),
        class: Class::Public,
        outcome: Outcome::Passed,
        run,
        digest: Some(digest),
        size: Some(3),
        reference: None,
        file: None,
        outputs: vec![],
        checks: None,
        unread: None,
        hosts: vec![],
        inputs: Inputs::default(),
        redactions: [].into(),
        suspects: 0,
        looked: false,
        holder: None,
        note: None,
    })))
}

fn captured(id: &str, bytes: &[u8], outputs: &[&[u8]]) -> Captured {
    let run = Run {
        id: id.into(),
        command: "true".into(),
        env: vec![],
        host: None,
        started: now(),
        ended: now(),
        exit: Some(0),
        signal: None,
        seen: bytes.len() as u64,
        cut: false,
    };
    let output = |bytes: &&[u8]| OutputFile { name: "out.json".into(), digest: Digest::of(bytes), size: bytes.len() as u64 };
    Captured {
        proof: "launch-proof-bundle".into(),
        class: Class::Public,
        outcome: Outcome::Passed,
        run,
        digest: Digest::of(bytes),
        size: bytes.len() as u64,
        redactions: [].into(),
        suspects: 0,
        outputs: outputs.iter().map(output).collect(),
        checks: None,
        unread: None,
        hosts: vec![],
        inputs: Inputs::default(),
        notes: vec![],
    }
}

/// Puts a finished run into the spool, as a runner does.
fn spool(store: &FileStore, disk: &dyn Disk, id: &str, bytes: &[u8], outputs: &[&[u8]]) -> Captured {
    let folder = store.spool_dir().unwrap();
    let id = RunId::from(id);
    let put = |path: &Path, bytes: &[u8]| {
        let mut file = disk.create(path, 0o600).unwrap();
        file.write(bytes).unwrap();
        file.sync().unwrap();
    };
    put(&spooling::out_path(&folder, &id), bytes);
    for (n, output) in outputs.iter().enumerate() {
        put(&spooling::file_path(&folder, &id, n), output);
    }
    let captured = captured(id.as_str(), bytes, outputs);
    spooling::write_meta(disk, &folder, &id, &spooling::Meta::Finished { captured: Box::new(captured.clone()) }).unwrap();
    captured
}

/// The ledger file, which must be whole.
fn entries(disk: &FaultyDisk) -> Vec<Entry> {
    let (entries, damage) = ledger_jsonl::parse(&disk.get(LEDGER).unwrap_or_default());
    assert_eq!(damage, None);
    entries
}

fn room(disk: &FaultyDisk) -> String {
    String::from_utf8(disk.get(ROOM).unwrap()).unwrap()
}
