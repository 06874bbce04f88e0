//! What a row stands for. Selections are kept by subject, never by row number, so that a reload does not move them.

use super::{Facts, Model};
use crate::domain::gate::ActionKind;
use crate::domain::ids::{
    DependencyId, ExclusionId, FieldId, FunctionId, GateId, GroupId, ProofId, RequirementId, RoleId, RunId, StepId, TaskId,
};
use crate::domain::plan::{Need, Party};

/// One thing of the room that a person can point at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A next action, by what it does.
    Action(ActionKind),
    Gate(GateId),
    Requirement(RequirementId),
    Step(StepId),
    Task(StepId, TaskId),
    Role(RoleId),
    Field(FieldId),
    Function(FunctionId),
    Proof(ProofId),
    /// A run under way or just ended, in this cockpit.
    Run(RunId),
    /// A captured run that nobody has attached yet.
    Spooled(RunId),
    /// A ledger entry.
    Record(u64),
    Group(GroupId),
    /// A place that values come from, by its name.
    System(String),
    Dependency(DependencyId),
    /// A line of wording, by its place among the lines of screen 8.
    Claim(usize),
    /// A place in the checked text, by its number.
    Finding(usize),
    Attachment(usize),
    /// What ends by itself, by its place in the readiness.
    Ending(usize),
    /// What changed since somebody last looked.
    Since,
    Decision,
    /// Line of the start screen.
    Way(usize),
}

impl Subject {
    /// The proof that `r` runs here.
    #[must_use]
    pub fn proof(&self, model: &Model) -> Option<ProofId> {
        let facts = model.facts()?;
        match self {
            Self::Proof(id) => Some(id.clone()),
            Self::Action(ActionKind::RunProofs(ids)) => ids.first().cloned(),
            Self::Action(ActionKind::ProveActivation(group)) | Self::Group(group) => {
                facts.plan.group(group.as_str())?.proof.clone()
            }
            Self::Action(ActionKind::Restore(seq)) | Self::Record(seq) => match &facts.entry(*seq)?.body {
                crate::domain::ledger::Body::Attached(attached) => attached.proof.clone(),
                _ => None,
            },
            Self::Requirement(id) => needed_proof(&facts.plan.requirement(id.as_str())?.need),
            Self::Gate(id) => facts.plan.gate(id.as_str())?.proof.clone(),
            Self::Run(id) => model.runs.get(id).map(|run| run.proof.clone()),
            Self::Spooled(id) => {
                model.spool.iter().find(|captured| captured.run.id == *id).map(|captured| captured.proof.clone())
            }
            Self::Ending(at) => facts.readiness.endings.get(*at)?.proof.clone(),
            _ => None,
        }
    }

    /// The requirement or step that `a` attaches to here, as `serves` writes it.
    #[must_use]
    pub fn serves(&self, facts: &Facts) -> Option<String> {
        match self {
            Self::Requirement(id) => match &facts.plan.requirement(id.as_str())?.need {
                Need::Step(step) => Some(step.to_string()),
                need if need.is_document() => Some(id.to_string()),
                _ => None,
            },
            Self::Step(id) | Self::Task(id, _) => Some(id.to_string()),
            Self::Role(id) => Some(id.to_string()),
            Self::Action(ActionKind::Attach(serves)) => Some(serves.clone()),
            Self::Action(ActionKind::TickTask(step, _)) => Some(step.to_string()),
            _ => None,
        }
    }

    /// Its id as commands take it, where it has one.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Gate(id) => Some(id.to_string()),
            Self::Requirement(id) => Some(id.to_string()),
            Self::Step(id) => Some(id.to_string()),
            Self::Task(step, task) => Some(format!("{step}/{task}")),
            Self::Role(id) => Some(id.to_string()),
            Self::Field(id) => Some(id.to_string()),
            Self::Function(id) => Some(id.to_string()),
            Self::Proof(id) => Some(id.to_string()),
            Self::Run(id) | Self::Spooled(id) => Some(id.to_string()),
            Self::Record(seq) => Some(format!("#{seq}")),
            Self::Group(id) => Some(id.to_string()),
            Self::Dependency(id) => Some(id.to_string()),
            Self::System(name) => Some(name.clone()),
            Self::Action(_)
            | Self::Claim(_)
            | Self::Finding(_)
            | Self::Attachment(_)
            | Self::Ending(_)
            | Self::Since
            | Self::Decision
            | Self::Way(_) => None,
        }
    }

    /// Who owes it, for showing only one's own.
    #[must_use]
    pub fn owner<'a>(&self, facts: &Facts<'a>) -> Option<&'a Party> {
        let plan = facts.plan;
        match self {
            Self::Action(kind) => {
                let mut actions = facts.readiness.actions.iter().chain(&facts.readiness.way);
                actions.find(|action| action.kind == *kind).map(|action| &action.owner)
            }
            Self::Requirement(id) => plan.requirement(id.as_str()).map(|requirement| &requirement.owner),
            Self::Step(id) | Self::Task(id, _) => plan.step(id.as_str()).map(|step| &step.owner),
            Self::Field(id) => plan.field(id.as_str()).map(|field| &field.owner),
            Self::Group(id) => plan.group(id.as_str()).map(|group| &group.owner),
            Self::Dependency(id) => plan.dependency(id.as_str()).map(|dependency| &dependency.owner),
            Self::Gate(_)
            | Self::Role(_)
            | Self::Function(_)
            | Self::Proof(_)
            | Self::Run(_)
            | Self::Spooled(_)
            | Self::Record(_)
            | Self::System(_)
            | Self::Claim(_)
            | Self::Finding(_)
            | Self::Attachment(_)
            | Self::Ending(_)
            | Self::Since
            | Self::Decision
            | Self::Way(_) => None,
        }
    }

    /// What `Enter` and `e` lead to when the row is an action: the thing it is about.
    #[must_use]
    pub fn behind(&self, facts: &Facts) -> Self {
        let Self::Action(kind) = self else { return self.clone() };
        match kind {
            ActionKind::NameOwner(role) => Self::Role(role.clone()),
            ActionKind::FillScope(field) => Self::Field(field.clone()),
            ActionKind::AcceptDependency(dependency) => Self::Dependency(dependency.clone()),
            ActionKind::ProveActivation(group) => Self::Group(group.clone()),
            ActionKind::TickTask(step, task) => Self::Task(step.clone(), task.clone()),
            ActionKind::RunProofs(proofs) => proofs.first().map_or(self.clone(), |proof| Self::Proof(proof.clone())),
            ActionKind::Attach(serves) if facts.plan.step(serves).is_some() => Self::Step(serves.as_str().into()),
            ActionKind::Attach(serves) => Self::Requirement(serves.as_str().into()),
            ActionKind::Restore(seq) => Self::Record(*seq),
            ActionKind::Decide(_) => Self::Decision,
        }
    }
}

fn needed_proof(need: &Need) -> Option<ProofId> {
    match need {
        Need::Proof(id) => Some(id.clone()),
        Need::Any(needs) => needs.iter().find_map(needed_proof),
        _ => None,
    }
}

impl Facts<'_> {
    /// The exclusion that this entry signed and nobody revoked.
    #[must_use]
    pub fn standing_exclusion(&self, seq: u64) -> Option<ExclusionId> {
        self.real.exclusions.iter().find(|state| state.seq == seq).map(|state| state.id.clone())
    }

    /// The ledger entry with this number.
    #[must_use]
    pub fn entry(&self, seq: u64) -> Option<&crate::domain::ledger::Entry> {
        let at = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.snapshot.ledger.entries.get(at).filter(|entry| entry.seq == seq)
    }
}
