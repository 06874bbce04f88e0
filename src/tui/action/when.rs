//! Whether an action makes sense on what is selected; if not, why, in words for the palette and the status line.

use crate::app::host::Role;
use crate::domain::gate;
use crate::tui::model::{Model, Screen, Subject, run::RunState};

type Answer = Result<(), &'static str>;

fn must(holds: bool, why: &'static str) -> Answer {
    if holds { Ok(()) } else { Err(why) }
}

fn writable(model: &Model) -> Answer {
    room(model)?;
    must(model.view_only().is_none(), "view only: the room cannot be written here")?;
    let reads = model.link.as_ref().is_some_and(|link| link.role == Some(Role::Viewer));
    must(!reads, "your token has the role viewer, which reads; ask whoever runs the server for another")
}

/// What the selected row is about.
fn about(model: &Model) -> Option<Subject> {
    Some(model.selected()?.behind(&model.facts()?))
}

/// Nothing has to hold.
#[expect(clippy::unnecessary_wraps, reason = "it stands where any condition may")]
pub fn always(_: &Model) -> Answer {
    Ok(())
}

/// A room is open.
pub fn room(model: &Model) -> Answer {
    must(model.opened.is_some(), "no room is open")
}

pub fn runnable(model: &Model) -> Answer {
    writable(model)?;
    must(model.what_if.assumed.is_empty(), "leave what-if first (Esc)")?;
    must(model.selected().and_then(|subject| subject.proof(model)).is_some(), "no proof belongs to this row")
}

pub fn run_before(model: &Model) -> Answer {
    runnable(model)?;
    let proof = model.selected().and_then(|subject| subject.proof(model));
    let before = model
        .facts()
        .zip(proof)
        .is_some_and(|(facts, proof)| facts.readiness.proofs.iter().any(|state| state.id == proof && state.newest.is_some()));
    must(before, "it never ran here: there is nothing to repeat")
}

/// What is assumed is nobody's to pass on.
pub fn copyable(model: &Model) -> Answer {
    room(model)?;
    must(model.what_if.assumed.is_empty(), "what-if is on, and what is only assumed leaves nothing behind; leave it first (Esc)")
}

/// A decision rests on what is there, not on what is assumed.
pub fn decidable(model: &Model) -> Answer {
    writable(model)?;
    must(
        model.what_if.assumed.is_empty(),
        "what-if is on, and nothing is decided on what is only assumed; leave it first (Esc)",
    )?;
    must(model.unreadable.is_none(), "the room file cannot be read; nothing is decided on what it was before")
}

/// What leaves the room rests on what is there, not on what is assumed.
pub fn exportable(model: &Model) -> Answer {
    room(model)?;
    must(
        model.what_if.assumed.is_empty(),
        "what-if is on, and nothing that is only assumed leaves the room; leave it first (Esc)",
    )?;
    must(
        model.unreadable.is_none(),
        "the room file cannot be read; a dossier of what it was before would not be one of this room",
    )
}

/// The run that the selected row shows.
#[must_use]
pub fn run_in_front(model: &Model) -> Option<&crate::tui::model::run::LiveRun> {
    match model.selected()? {
        Subject::Run(id) => model.runs.get(id),
        subject => model.runs.of(&subject.proof(model)?),
    }
}

pub fn stoppable(model: &Model) -> Answer {
    let stoppable = |state: &RunState| matches!(state, RunState::UnderWay { stopping: false } | RunState::Waiting(_));
    let running = run_in_front(model).is_some_and(|run| stoppable(&run.state));
    must(running, "no run is under way here")
}

pub fn run_pane(model: &Model) -> Answer {
    must(run_in_front(model).is_some(), "no run to follow here")
}

pub fn matching(model: &Model) -> Answer {
    must(run_in_front(model).is_some_and(|run| !run.search.as_str().is_empty()), "nothing is searched for; / searches")
}

pub fn attachable(model: &Model) -> Answer {
    writable(model)?;
    let captured = run_in_front(model).is_some_and(|run| matches!(run.state, RunState::Captured(_)));
    let spooled = matches!(model.selected(), Some(Subject::Spooled(_)));
    let document = model.facts().zip(model.selected()).and_then(|(facts, subject)| subject.serves(&facts)).is_some();
    must(captured || spooled || document, "select a captured run, a document requirement, a step or a role")
}

pub fn editable(model: &Model) -> Answer {
    writable(model)?;
    let fits = matches!(
        about(model),
        Some(Subject::Role(_) | Subject::Field(_) | Subject::Function(_) | Subject::Group(_) | Subject::Dependency(_))
    );
    must(fits, "select an owner, a scope field, a function, a group or a dependency")
}

pub fn tickable(model: &Model) -> Answer {
    match about(model) {
        Some(Subject::Task(..)) => writable(model),
        Some(Subject::Requirement(_)) => Ok(()),
        _ => Err("select a task or a requirement"),
    }
}

pub fn nudgeable(model: &Model) -> Answer {
    room(model)?;
    must(model.what_if.assumed.is_empty(), "leave what-if first (Esc)")?;
    let fits = matches!(
        about(model),
        Some(
            Subject::Role(_)
                | Subject::Field(_)
                | Subject::Dependency(_)
                | Subject::Group(_)
                | Subject::System(_)
                | Subject::Requirement(_)
                | Subject::Step(_)
                | Subject::Task(..)
        )
    );
    must(fits, "select something that somebody owes")
}

pub fn removable(model: &Model) -> Answer {
    writable(model)?;
    let facts = model.facts().ok_or("no room is open")?;
    match about(model) {
        Some(Subject::Role(role)) => must(facts.room.owners.contains_key(role.as_str()), "nobody is named here"),
        Some(Subject::Requirement(id)) => {
            must(model.what_if.assumed.is_empty(), "leave what-if first (Esc)")?;
            must(gate::excludable(facts.plan, id.as_str()).is_ok(), "the plan lets nobody exclude this")
        }
        Some(Subject::Record(seq)) => {
            if facts.standing_exclusion(seq).is_some() {
                return Ok(());
            }
            let is_evidence =
                facts.entry(seq).is_some_and(|entry| matches!(entry.body, crate::domain::ledger::Body::Attached(_)));
            must(is_evidence, "only evidence can be withdrawn, and only an exclusion that stands revoked")
        }
        Some(Subject::Spooled(_)) => Ok(()),
        Some(Subject::Run(_) | Subject::Proof(_)) => {
            let captured = run_in_front(model).is_some_and(|run| matches!(run.state, RunState::Captured(_)));
            must(captured, "no captured run to discard")
        }
        _ => Err("select an owner, a record, a captured run or a requirement"),
    }
}

pub fn foldable(model: &Model) -> Answer {
    room(model)
}

pub fn gates_or_now(model: &Model) -> Answer {
    room(model)?;
    must(model.screen == Screen::Now, "works on Now")
}

pub fn undoable(model: &Model) -> Answer {
    writable(model)?;
    must(!model.undo.is_empty(), "nothing was changed here yet")
}

pub fn blobs(model: &Model) -> Answer {
    room(model)
}

pub fn conflicted(model: &Model) -> Answer {
    must(model.link.as_ref().is_some_and(|link| !link.conflicts.is_empty()), "no change waits to be settled")
}

/// The room is a file that an editor can open.
pub fn file(model: &Model) -> Answer {
    room(model)?;
    must(model.link.is_none(), "a server keeps this room; e opens a form for the selected row")
}
