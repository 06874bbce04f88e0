//! Lists, shows, saves, verifies and withdraws evidence.

use crate::app::error::{Error, Kind};
use crate::app::evidence::{self, Record, Standing, json};
use crate::app::open::Opened;
use crate::app::seal;
use crate::cli::args::EvidenceCommand;
use crate::cli::{Exit, context::Context, context::unknown, context::usage};
use crate::domain::change::Change;
use crate::domain::ledger::BlobState;
use crate::domain::plan::Plan;
use crate::present::line::{Line, Tone, columns};
use crate::present::{safe, words};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

pub fn run(cx: &mut Context<'_>, command: &EvidenceCommand) -> Result<Exit, Error> {
    match command {
        EvidenceCommand::List { target, serves, reading } => list(cx, target.as_deref(), serves.as_deref(), reading.json),
        EvidenceCommand::Show { seq, reading } => show(cx, *seq, reading.json),
        EvidenceCommand::Save { seq, output } => save(cx, *seq, output.as_deref()),
        EvidenceCommand::Verify(reading) => verify(cx, reading.json),
        EvidenceCommand::Withdraw { seq, why } => withdraw(cx, *seq, why),
    }
}

fn list(cx: &mut Context<'_>, target: Option<&str>, serves: Option<&str>, as_json: bool) -> Result<Exit, Error> {
    let (store, opened) = cx.opened()?;
    if let Some(target) = target.filter(|id| opened.snapshot.plan.target(id).is_none()) {
        return Err(unknown("evidence target", target, opened.snapshot.plan.targets.iter().map(|target| target.id.as_str())));
    }
    if let Some(what) = serves {
        known(&opened.snapshot.plan, what)?;
    }
    let wanted = |record: &Record<'_>| {
        let at_target = target.is_none_or(|target| record.attached.target == *target);
        at_target && serves.is_none_or(|what| serves_it(&opened, record, what))
    };
    let records: Vec<_> = evidence::records(&*store, &opened).into_iter().filter(wanted).collect();
    if as_json {
        cx.out.json(&json!({ "schema": 1, "evidence": records.iter().map(json::record).collect::<Vec<_>>() }));
        return Ok(Exit::Ok);
    }
    if records.is_empty() {
        let of = |flag: &str, value: Option<&str>| value.map(|value| format!(" {flag} {value}")).unwrap_or_default();
        let filter = of("at", target) + &of("for", serves);
        cx.out.say(if filter.is_empty() { "no evidence yet".to_owned() } else { format!("no evidence{filter}") });
        return Ok(Exit::Ok);
    }
    let zone = &opened.snapshot.room.tenant.timezone;
    let rows = records.iter().map(|record| {
        let tone = match record.standing {
            Standing::Verified => Tone::Good,
            Standing::Stated => Tone::Plain,
            Standing::Stale => Tone::Warn,
            Standing::Unverified => Tone::Bad,
            Standing::Withdrawn => Tone::Quiet,
        };
        vec![
            (Tone::Plain, format!("#{}", record.entry.seq)),
            (Tone::Plain, words::day_dated(record.entry.at, opened.readiness.as_of, zone)),
            (tone, record.standing.as_str().to_owned()),
            (Tone::Plain, words::outcome(record.attached.outcome).to_owned()),
            (Tone::Plain, what(record).to_owned()),
            (Tone::Plain, record.attached.target.to_string()),
            (Tone::Quiet, record.attached.class.as_str().to_owned()),
        ]
    });
    let lines = columns(&rows.collect::<Vec<_>>());
    cx.out.lines(lines);
    Ok(Exit::Ok)
}

/// Whether the plan has anything of this id that a record can serve.
fn known(plan: &Plan, what: &str) -> Result<(), Error> {
    let steps = plan.steps.iter().flat_map(|step| step.requires.iter().map(|own| own.id.as_str()).chain([step.id.as_str()]));
    let roles = plan.roles.iter().map(|role| role.id.as_str());
    let proofs = plan.proofs.iter().map(|proof| proof.id.as_str());
    let all: Vec<_> = plan.requirements().map(|one| one.id.as_str()).chain(steps).chain(roles).chain(proofs).collect();
    if all.contains(&what) { Ok(()) } else { Err(unknown("requirement, step, role or proof", what, all.into_iter())) }
}

/// A record serves what it says it serves, its proof, that proof's step, and whatever rests on it in the verdict.
fn serves_it(opened: &Opened, record: &Record<'_>, what: &str) -> bool {
    let proof = record.attached.proof.as_ref();
    let step = proof.and_then(|id| opened.snapshot.plan.proof(id.as_str())).and_then(|proof| proof.step.as_ref());
    let rests = opened.readiness.requirement(what).is_some_and(|state| state.evidence.contains(&record.entry.seq));
    record.attached.serves.as_deref() == Some(what)
        || proof.is_some_and(|id| *id == *what)
        || step.is_some_and(|id| *id == *what)
        || rests
}

fn what<'a>(record: &'a Record<'_>) -> &'a str {
    let attached = record.attached;
    attached
        .proof
        .as_ref()
        .map(crate::domain::ids::ProofId::as_str)
        .or(attached.serves.as_deref())
        .or(attached.file.as_deref())
        .unwrap_or("-")
}

fn find(records: Vec<Record<'_>>, seq: u64) -> Result<Record<'_>, Error> {
    let known: Vec<_> = records.iter().map(|record| format!("#{}", record.entry.seq)).collect();
    let hint = if known.is_empty() { "no evidence yet".to_owned() } else { format!("records: {}", known.join(" ")) };
    records
        .into_iter()
        .find(|record| record.entry.seq == seq)
        .ok_or_else(|| usage(format!("there is no evidence #{seq}")).hint(hint))
}

fn show(cx: &mut Context<'_>, seq: u64, as_json: bool) -> Result<Exit, Error> {
    let (store, opened) = cx.opened()?;
    let record = find(evidence::records(&*store, &opened), seq)?;
    let attached = record.attached;
    if as_json {
        let mut told = json::record(&record);
        told["schema"] = json!(1);
        told["record"] = serde_json::to_value(attached).unwrap_or_default();
        cx.out.json(&told);
        return Ok(Exit::Ok);
    }
    let zone = &opened.snapshot.room.tenant.timezone;
    let mut rows = vec![
        ("what", what(&record).to_owned()),
        ("status", format!("{}: {}", record.standing.as_str(), record.reason)),
        (
            "when",
            format!("{} by {}", words::moment_dated_in_zone(record.entry.at, opened.readiness.as_of, zone), record.entry.by),
        ),
        ("at", format!("{}, {}", attached.target, attached.class.as_str())),
    ];
    let mut row = |label, text: Option<String>| rows.extend(text.map(|text| (label, text)));
    row("serves", attached.serves.clone());
    row("reference", attached.reference.clone());
    row("file", attached.file.clone());
    row("note", attached.note.clone());
    if let Some(run) = &attached.run {
        row("command", Some(run.command.clone()));
        row(
            "ended",
            Some(format!(
                "{}, {}",
                words::run_outcome(attached.outcome, run),
                words::duration(run.ended.duration_since(run.started))
            )),
        );
        row("host", run.host.clone());
        row("made at", (!attached.hosts.is_empty()).then(|| attached.hosts.join(", ")));
        row("env", (!run.env.is_empty()).then(|| run.env.join(" ")));
    }
    row("sha256", attached.digest.map(|digest| digest.to_hex()));
    row("size", attached.size.map(words::size));
    row("masked", (!attached.redactions.is_empty()).then(|| words::masked(&attached.redactions)));
    row("suspects", (attached.suspects > 0).then(|| words::suspects(attached.suspects, attached.looked)));
    for file in &attached.outputs {
        row("output", Some(format!("{} {} {}", file.name, words::size(file.size), file.digest.to_hex())));
    }
    cx.out.lines(columns(
        &rows.into_iter().map(|(label, text)| vec![(Tone::Quiet, label.to_owned()), (Tone::Plain, text)]).collect::<Vec<_>>(),
    ));
    for check in attached.checks.iter().flatten() {
        let detail = if check.detail.is_empty() { String::new() } else { format!("  {}", check.detail) };
        cx.out.line(format!("  {}: {}{detail}", check.id, words::check(check.status)));
    }
    if let Some(bytes) = attached.digest.map(|digest| store.blob(&digest)).transpose()?.flatten() {
        cx.out.line("");
        for line in bytes.split(|byte| *byte == b'\n') {
            cx.out.line(safe::bytes(line).into_string());
        }
    }
    Ok(Exit::Ok)
}

fn save(cx: &mut Context<'_>, seq: u64, output: Option<&Path>) -> Result<Exit, Error> {
    let (store, opened) = cx.opened()?;
    let record = find(evidence::records(&*store, &opened), seq)?;
    let digest = record.attached.digest.ok_or_else(|| usage(format!("#{seq} is a reference: there are no bytes")))?;
    let bytes = store.blob(&digest)?.ok_or_else(|| {
        let elsewhere = evidence::is_elsewhere(record.attached, opened.snapshot.ledger.holder.as_ref());
        if elsewhere {
            return Error::new(Kind::Refused, format!("the bytes of #{seq} are not here"), "they lie on the machine that ran it");
        }
        Error::new(Kind::Integrity, format!("the bytes of #{seq} are missing"), "they should lie beside the room")
    })?;
    seal::sealed(&bytes)?;
    match output {
        Some(path) => {
            cx.wiring.rooms.create(path, &bytes)?;
            cx.out.say(format!("saved {} of #{seq} to {}", words::size(bytes.len() as u64), path.display()));
        }
        // A terminal is never handed bytes from outside.
        None if cx.wiring.process.stdout_is_terminal => {
            for line in bytes.split(|byte| *byte == b'\n') {
                cx.out.line(safe::bytes(line).into_string());
            }
        }
        None => cx.out.bytes(&bytes),
    }
    Ok(Exit::Ok)
}

fn verify(cx: &mut Context<'_>, as_json: bool) -> Result<Exit, Error> {
    // Looking for damage must not add to it: nothing is recorded here, not even a hand edit.
    let store = cx.store()?;
    let snapshot = store.load()?;
    let ledger = &snapshot.ledger;
    let mut holders = BTreeMap::new();
    let mut elsewhere = std::collections::BTreeSet::new();
    for entry in ledger.entries.iter() {
        let crate::domain::ledger::Body::Attached(attached) = &entry.body else { continue };
        for digest in attached.digests() {
            holders.entry(digest).or_insert(entry.seq);
            if evidence::is_elsewhere(attached, ledger.holder.as_ref()) {
                elsewhere.insert(digest);
            }
        }
    }
    let wanted: Vec<_> = holders.keys().copied().collect();
    store.fetch(&wanted)?;
    let states = store.check(&wanted);
    let state = |digest| states.get(digest).copied().unwrap_or(BlobState::Missing);
    let intact = holders.keys().filter(|digest| state(digest) == BlobState::Intact).count();
    let not_here = holders.keys().filter(|digest| state(digest) == BlobState::Missing && elsewhere.contains(digest)).count();
    let mut bad: Vec<_> = holders
        .iter()
        .filter_map(|(digest, seq)| match state(digest) {
            BlobState::Intact => None,
            BlobState::Missing if elsewhere.contains(digest) => None,
            BlobState::Missing => Some((*seq, *digest, "missing")),
            BlobState::Differs => Some((*seq, *digest, "differ")),
        })
        .collect();
    bad.sort_by_key(|(seq, ..)| *seq);
    let whole = ledger.damage.is_none() && bad.is_empty();
    if as_json {
        cx.out.json(&json!({
            "schema": 1,
            "ok": whole,
            "entries": ledger.entries.len(),
            "head": ledger.head().to_hex(),
            "chain": if ledger.damage.is_none() { "intact" } else { "damaged" },
            "first_bad": ledger.damage.as_ref().map(|damage| json!({ "line": damage.line, "what": damage.what })),
            "set_aside": store.set_aside().into_iter().map(|(name, size)| json!({ "name": name, "size": size })).collect::<Vec<_>>(),
            "blobs": {
                "checked": holders.len(),
                "intact": intact,
                "not_here": not_here,
                "bad": bad.iter().map(|(seq, digest, what)| json!({ "seq": seq, "digest": digest.to_hex(), "bytes": what })).collect::<Vec<_>>(),
            },
        }));
    } else {
        let entries = words::count(ledger.entries.len(), "entry", "entries");
        match &ledger.damage {
            None => cx
                .out
                .line(Line::of(Tone::Good, "ledger ").then(format!("{entries}, chain intact, head {}", ledger.head().to_hex()))),
            Some(damage) => {
                cx.out.line(Line::of(Tone::Bad, format!("ledger damaged at line {}: ", damage.line)).then(damage.what.clone()));
                cx.out.line(format!("  {entries} before it stand; from there on nothing counts"));
            }
        }
        for (name, size) in store.set_aside() {
            cx.out.line(format!("  {name}: {} set aside, not whole, as after a crash", words::count(size, "byte", "bytes")));
        }
        let elsewhere = if not_here > 0 { format!(", {not_here} on another machine") } else { String::new() };
        cx.out.line(format!("captured bytes: {intact} of {} verified{elsewhere}", holders.len()));
        for (seq, digest, what) in &bad {
            cx.out.line(Line::of(Tone::Bad, format!("  #{seq}: bytes {what}")).then(format!(", sha256 {}", digest.to_hex())));
        }
        if whole {
            cx.out.say("not seen from here: a cut tail or a whole rewrite; compare the head with one somebody else noted");
        }
    }
    if whole {
        return Ok(Exit::Ok);
    }
    // The findings are data and are out; the fault decides how we end.
    cx.out.say(Line::of(Tone::Bad, "what is stored is not what was written"));
    Ok(Exit::Fault)
}

fn withdraw(cx: &mut Context<'_>, seq: u64, why: &str) -> Result<Exit, Error> {
    if why.trim().is_empty() {
        return Err(usage("--why needs a reason"));
    }
    cx.change(|_| Ok(Change::WithdrawEvidence { evidence: seq, why: why.to_owned() }))
}
