//! What a key is called on the row in front: `r` runs a proof or runs it again, `x` removes, withdraws or discards.
//!
//! A key has one meaning everywhere; only its word in the footer follows the row, and how much it matters there.

use crate::tui::action::{Action, Choice};
use crate::tui::model::{Facts, Model, Screen, Subject};

/// The word in the footer.
#[must_use]
pub fn word(model: &Model, action: &Action) -> &'static str {
    on_row(model, action).unwrap_or(action.word)
}

fn on_row(model: &Model, action: &Action) -> Option<&'static str> {
    let (facts, selected) = (model.facts()?, model.selected()?);
    let subject = selected.behind(&facts);
    match (action.choice, &subject) {
        (Choice::Open, Subject::Role(_) | Subject::Function(_)) if is_form(model) => Some("name"),
        (Choice::Open, Subject::Field(_)) if is_form(model) => Some("fill in"),
        (Choice::Run, _) => has_run(&facts, model, selected).then_some("re-run"),
        (Choice::Space, Subject::Task(step, task)) => {
            Some(if facts.room.is_done(step.as_str(), task.as_str()) { "untick" } else { "tick" })
        }
        (Choice::Space, Subject::Requirement(id)) => {
            Some(if model.what_if.assumed.contains(id) { "do not assume" } else { "assume" })
        }
        (Choice::Remove, Subject::Requirement(_)) => Some("exclude"),
        (Choice::Remove, Subject::Record(seq)) if facts.standing_exclusion(*seq).is_some() => Some("revoke"),
        (Choice::Remove, Subject::Record(_)) => Some("withdraw"),
        (Choice::Remove, Subject::Spooled(_) | Subject::Run(_) | Subject::Proof(_)) => Some("discard"),
        (Choice::WholeWay, _) if model.whole_way => Some("next gate"),
        (Choice::Problems, _) if model.problems_only => Some("everything"),
        _ => None,
    }
}

/// Whether Enter opens a form here, not a detail.
fn is_form(model: &Model) -> bool {
    model.screen == Screen::Owners && model.view_only().is_none()
}

fn has_run(facts: &Facts, model: &Model, subject: &Subject) -> bool {
    let Some(proof) = subject.proof(model) else { return false };
    facts.readiness.proofs.iter().any(|state| state.id == proof && (state.last.is_some() || state.newest.is_some()))
}

/// How much a key belongs in the footer now.
#[must_use]
pub fn weight(model: &Model, action: &Action) -> u8 {
    match action.choice {
        // A change can be taken back as long as it is fresh in mind.
        Choice::Undo if !model.undo.is_empty() => 96,
        // Only possible while something is searched for.
        Choice::NextMatch | Choice::PreviousMatch => 92,
        // The sheet is there to decide on.
        Choice::Decide if model.screen == Screen::Decide => 84,
        // These two are where somebody looks for what to hand over.
        Choice::Dossier if matches!(model.screen, Screen::Evidence | Screen::Decide) => 82,
        // Owners is where people are chased.
        Choice::Nudge | Choice::NudgeAll | Choice::Remove if model.screen == Screen::Owners => 81,
        Choice::Attach if model.screen == Screen::Owners => 60,
        _ => action.weight,
    }
}
