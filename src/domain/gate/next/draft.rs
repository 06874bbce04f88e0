//! An action before it has its place in the list.

use crate::domain::gate::status::{ActionKind, RequirementStatus};
use crate::domain::ids::{RequirementId, TargetId};
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
    /// Where a document may be attached.
    pub targets: Vec<TargetId>,
    /// Two that do the same thing have the same name, e.g. the same document for two gates.
    pub same: String,
}

/// Adds an action, or what it unlocks to the one that does the same. A document that one place takes for both is one.
pub fn merge(drafts: &mut Vec<Draft>, draft: Draft) {
    let same = drafts.iter_mut().find_map(|other| {
        let targets = (other.same == draft.same).then(|| common(&other.targets, &draft.targets))??;
        Some((other, targets))
    });
    let Some((other, targets)) = same else { return drafts.push(draft) };
    let narrowed = targets != other.targets;
    other.targets = targets;
    if is_of_step(&draft) && !is_of_step(other) {
        // Attached for the step's own requirement it shows the work of the step, too.
        other.kind = draft.kind;
        other.command = draft.command;
    }
    if narrowed {
        other.name_target();
    }
    let new: Vec<_> = draft.unlocks.into_iter().filter(|id| !other.unlocks.contains(id)).collect();
    other.unlocks.extend(new);
    other.asked = other.asked.max(draft.asked);
}

impl Draft {
    /// Says the target in the command: not every one that the requirement takes will do.
    pub fn name_target(&mut self) {
        if let (ActionKind::Attach(serves), Some(target)) = (&self.kind, self.targets.first()) {
            self.command = format!("launchroom attach --meets {serves} --target {target} FILE");
        }
    }
}

/// A document for a requirement that is a step's own: what it unlocks is the gate's line about the step.
fn is_of_step(draft: &Draft) -> bool {
    matches!(&draft.kind, ActionKind::Attach(serves) if !draft.unlocks.iter().any(|id| *id == *serves.as_str()))
}

/// Where both may be attached; no target means anywhere.
fn common(one: &[TargetId], other: &[TargetId]) -> Option<Vec<TargetId>> {
    match (one, other) {
        ([], any) | (any, []) => Some(any.to_vec()),
        _ => Some(one.iter().filter(|target| other.contains(target)).cloned().collect()).filter(|both: &Vec<_>| !both.is_empty()),
    }
}

/// A value for a shell: plain words as they are, everything else in single quotes.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
