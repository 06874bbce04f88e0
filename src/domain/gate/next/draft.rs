//! An action before it has its place in the list.

use crate::domain::gate::status::{ActionKind, RequirementStatus};
use crate::domain::ids::RequirementId;
use crate::domain::plan::{Input, Party, Side};
use jiff::Timestamp;

/// When in the list an action comes, others aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Name,
    Fill,
    Accept,
    Activate,
    Run,
    Attach,
    Tick,
    /// Changes something outside.
    Danger,
}

/// An action before it has its place in the list.
#[derive(Clone, Debug)]
pub struct Draft {
    pub phase: Phase,
    pub kind: ActionKind,
    pub text: String,
    pub owner: Party,
    pub side: Side,
    pub status: RequirementStatus,
    pub command: String,
    pub unlocks: Vec<RequirementId>,
    pub asked: Option<Timestamp>,
    pub alternative: Option<String>,
    /// What it changes that a proof may rest on.
    pub changes: Vec<Input>,
    /// What it rests on itself.
    pub rests: Vec<Input>,
    /// Two that do the same thing have the same name, e.g. the same document for two gates.
    pub same: String,
}

/// Adds an action, or what it unlocks to the one that does the same.
pub fn merge(drafts: &mut Vec<Draft>, draft: Draft) {
    match drafts.iter_mut().find(|other| other.same == draft.same) {
        Some(other) => {
            let new: Vec<_> = draft.unlocks.into_iter().filter(|id| !other.unlocks.contains(id)).collect();
            other.unlocks.extend(new);
            other.asked = other.asked.max(draft.asked);
        }
        None => drafts.push(draft),
    }
}

/// A value for a shell: plain words as they are, everything else in single quotes.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
