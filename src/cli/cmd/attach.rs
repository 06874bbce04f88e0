//! Attaches a file, a reference or a captured run. Target and class follow from what it meets.

use super::captured;
use crate::app::attach::{self, Desk, How};
use crate::app::error::Error;
use crate::app::open::{self, Opened};
use crate::cli::args::AttachArgs;
use crate::cli::{Exit, context::Context, context::unknown, context::usage, moved};
use crate::domain::ids::ProofId;
use crate::domain::ledger::Body;
use crate::domain::ledger::replay::History;
use crate::domain::plan::Plan;
use crate::present::line::{Line, Tone};
use crate::present::words;

/// No evidence is larger.
const LIMIT: u64 = 256 << 20;

pub fn run(cx: &mut Context<'_>, args: &AttachArgs) -> Result<Exit, Error> {
    cx.writable()?;
    let (store, before) = cx.opened()?;
    known(&before.snapshot.plan, args)?;
    let how = How {
        target: args.target.as_deref().map(Into::into),
        serves: args.meets.clone(),
        class: args.class.map(Into::into),
        note: args.note.clone(),
        looked: args.looked,
    };
    let by = cx.by().to_owned();
    let desk = Desk { store: &*store, clock: &*cx.wiring.clock, by: &by };
    let mut opaque = None;
    let snapshot = match (&args.run, &args.reference, &args.file) {
        (Some(run), ..) => attach::attach_run(desk, &captured::find(&*store, run)?.run.id, &how)?,
        (None, Some(reference), _) => {
            if reference.trim().is_empty() {
                return Err(usage("--reference needs a text").hint("say where it stands: --reference \"OF-2026-014, page 3\""));
            }
            attach::attach_reference(desk, reference, &how)?
        }
        (None, None, Some(file)) => {
            let bytes = cx.wiring.rooms.read(file, LIMIT)?;
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let proof = args.proof.as_deref().map(ProofId::from);
            opaque = attach::is_opaque(&bytes).then(|| name.to_string());
            attach::attach_file(desk, &name, &bytes, proof.as_ref(), &how)?
        }
        (None, None, None) => {
            let hint = "a file, --reference TEXT where there is none, or --run ID for a captured run";
            return Err(usage("there is nothing to attach").hint(hint));
        }
    };
    cx.seen(&snapshot);
    let after = open::evaluate(&*store, snapshot, cx.now());
    let symbols = cx.symbols();
    cx.out.lines(moved::told(&before, &after, &|seq| store.is_ours(seq), symbols));
    tell_secrets(cx, &before, &after, opaque.as_deref());
    tell_same(cx, &before, &after);
    tell_open(cx, &after, args.meets.as_deref());
    Ok(Exit::Ok)
}

/// Attached for a requirement that is not met by it: why not is said now, not at the next review.
fn tell_open(cx: &mut Context<'_>, after: &Opened, meets: Option<&str>) {
    let all = after.readiness.gates.iter().flat_map(|gate| &gate.requirements);
    for open in all.filter(|state| meets == Some(state.id.as_str()) && !state.status.is_settled()) {
        cx.out.say(Line::of(Tone::Warn, format!("{} is still {}: {}", open.id, open.status.as_str(), open.reason)));
    }
}

/// One file may well serve two requirements; whoever attaches it for the second hears that it is the same.
fn tell_same(cx: &mut Context<'_>, before: &Opened, after: &Opened) {
    let history = History::of(&after.snapshot.ledger);
    let known = before.snapshot.ledger.entries.len() as u64;
    let records = history.records();
    for new in records.iter().filter(|new| new.seq > known && new.attached.run.is_none() && new.attached.digest.is_some()) {
        let mut standing = records.iter().filter(|old| old.seq <= known && old.withdrawn.is_none());
        if let Some(first) = standing.find(|old| old.attached.digest == new.attached.digest) {
            cx.out.say(Line::of(Tone::Warn, format!("the same bytes are evidence #{} already", first.seq)));
        }
    }
}

/// What was masked before it was kept, and what could not be looked into.
fn tell_secrets(cx: &mut Context<'_>, before: &Opened, after: &Opened, opaque: Option<&str>) {
    for entry in after.snapshot.ledger.entries.iter().skip(before.snapshot.ledger.entries.len()) {
        let Body::Attached(attached) = &entry.body else { continue };
        if !attached.redactions.is_empty() {
            let masked = words::masked(&attached.redactions);
            cx.out.say(Line::of(Tone::Warn, format!("masked before it was kept: {masked}")));
        }
    }
    if let Some(name) = opaque {
        let told = format!("{name} is no plain text: only what could be unpacked was searched for secrets");
        cx.out.say(Line::of(Tone::Warn, told));
    }
}

/// Every id on the command line is one of the plan's.
fn known(plan: &Plan, args: &AttachArgs) -> Result<(), Error> {
    if let Some(id) = args.target.as_deref().filter(|id| plan.target(id).is_none()) {
        return Err(unknown("evidence target", id, plan.targets.iter().map(|target| target.id.as_str())));
    }
    if let Some(id) = args.proof.as_deref().filter(|id| plan.proof(id).is_none()) {
        return Err(unknown("proof", id, plan.proofs.iter().map(|proof| proof.id.as_str())));
    }
    let serves = |id: &str| plan.requirement(id).is_some() || plan.step(id).is_some() || plan.role(id).is_some();
    if let Some(id) = args.meets.as_deref().filter(|id| !serves(id)) {
        let steps = plan.steps.iter().map(|step| step.id.as_str());
        let roles = plan.roles.iter().map(|role| role.id.as_str());
        let all = plan.requirements().map(|requirement| requirement.id.as_str()).chain(steps).chain(roles);
        return Err(unknown("requirement, step or role", id, all));
    }
    Ok(())
}
