//! What each kind of requirement wants done, runs of proofs aside: those are put together in `runs`.

use super::choose::Way;
use super::draft::{Draft, Phase, quoted};
use super::{Known, runs};
use crate::domain::bundle;
use crate::domain::gate::finding::{Finding, inside};
use crate::domain::gate::people;
use crate::domain::gate::requirement::{self, Place, View};
use crate::domain::gate::status::{ActionKind, RequirementState, RequirementStatus};
use crate::domain::ids::{CheckId, DependencyId, FieldId, GateId, GroupId, ProofId, RoleId, StepId, TargetId};
use crate::domain::plan::{Input, Need, Party, Requirement};
use crate::domain::room::{Acceptance, Treatment};

/// What this need wants done: when it is not settled, or when another act unsettles it.
pub fn of(way: &Way<'_, '_, '_>, need: &Need, requirement: &Requirement, stage: &GateId) -> Vec<Draft> {
    let mut drafts = match need {
        Need::Decision | Need::Gate(_) => return Vec::new(),
        Need::Any(needs) => {
            let is_settled = |need: &Need| found(way, need, requirement, stage).status.is_settled();
            way.pick(needs, is_settled, |need| of(way, need, requirement, stage))
        }
        Need::Step(_) | Need::Proof(_) | Need::Evidence { .. } if way.case.broken().is_some() => {
            way.case.broken().map(|damage| restore_ledger(damage.line, requirement)).into_iter().collect()
        }
        // Its parts are looked at one by one: one that is met may be outdated by another act.
        Need::Step(id) => step(way, id, requirement, stage),
        Need::Proof(id) => proof(way, id, requirement, stage),
        Need::Roles | Need::Scope(_) | Need::Evidence { .. } | Need::Dependencies(_) | Need::Activation(_) => {
            let found = found(way, need, requirement, stage);
            if found.status.is_settled() { Vec::new() } else { by_kind(way, need, requirement, &found) }
        }
    };
    for draft in drafts.iter_mut().filter(|draft| !matches!(draft.kind, ActionKind::NameOwner(_))) {
        draft.side = way.case.plan.party_side(&draft.owner);
    }
    if requirement.excludable {
        for draft in &mut drafts {
            draft.alternative = draft.alternative.take().or_else(|| Some(exclude(requirement.id.as_str())));
        }
    }
    drafts
}

fn found(known: &Known<'_, '_>, need: &Need, requirement: &Requirement, stage: &GateId) -> Finding {
    let place = Place { stage, excludable: requirement.excludable };
    requirement::need(known.case, need, requirement, place, View::Undecided)
}

/// A run, when it does not count now or what it rests on will be another thing; and the fallbacks to agree on.
fn proof(way: &Way<'_, '_, '_>, id: &ProofId, requirement: &Requirement, stage: &GateId) -> Vec<Draft> {
    let found = found(way, &requirement_of(id), requirement, stage);
    let rests = way.case.plan.proof(id.as_str()).map_or(&[][..], |proof| &proof.depends_on);
    if found.status.is_settled() {
        let again = Finding::met("");
        return if way.changes_any(rests) { vec![runs::wanted(way, id, requirement, &again)] } else { Vec::new() };
    }
    let fallbacks = fallbacks(way, &found.failing);
    let mut drafts: Vec<Draft> = fallbacks.iter().map(|id| accept(way, id, requirement)).collect();
    let mut run = runs::wanted(way, id, requirement, &found);
    let check = found.failing.first().filter(|_| requirement.excludable);
    run.alternative = check.map(|check| exclude(&format!("{id}:{check}")));
    drafts.push(run);
    drafts
}

fn requirement_of(id: &ProofId) -> Need {
    Need::Proof(id.clone())
}

fn by_kind(known: &Known<'_, '_>, need: &Need, requirement: &Requirement, found: &Finding) -> Vec<Draft> {
    match need {
        Need::Roles => found.missing.iter().filter_map(|id| name_owner(known, &id.as_str().into(), requirement)).collect(),
        Need::Scope(_) => found.missing.iter().filter_map(|id| fill_scope(known, &id.as_str().into(), requirement)).collect(),
        Need::Dependencies(_) => found.missing.iter().map(|id| accept(known, &id.as_str().into(), requirement)).collect(),
        Need::Activation(_) => {
            found.missing.iter().filter_map(|id| prove_group(known, &id.as_str().into(), requirement)).collect()
        }
        Need::Evidence { document, targets, .. } => vec![attach_document(requirement, document.as_str(), targets, found)],
        Need::Step(_) | Need::Proof(_) | Need::Any(_) | Need::Decision | Need::Gate(_) => Vec::new(),
    }
}

fn draft(phase: Phase, kind: ActionKind, text: String, owner: Party, requirement: &Requirement) -> Draft {
    Draft {
        phase,
        same: format!("{kind:?}"),
        kind,
        text,
        owner,
        side: crate::domain::plan::Side::Joint,
        status: RequirementStatus::Unmet,
        command: String::new(),
        unlocks: vec![requirement.id.clone()],
        asked: None,
        alternative: None,
        changes: Vec::new(),
        rests: Vec::new(),
        targets: Vec::new(),
    }
}

fn name_owner(known: &Known<'_, '_>, id: &RoleId, requirement: &Requirement) -> Option<Draft> {
    let role = known.case.plan.role(id.as_str())?;
    let text = format!("Name the {}", inside(&role.title));
    let asked = people::asked(known.case, id.as_str(), &format!("owners.{id}.name"));
    let command = format!("launchroom assign {id} --name NAME");
    let draft = draft(Phase::Name, ActionKind::NameOwner(id.clone()), text, Party::Role(id.clone()), requirement);
    Some(Draft { side: role.side, command, asked, ..draft })
}

fn fill_scope(known: &Known<'_, '_>, id: &FieldId, requirement: &Requirement) -> Option<Draft> {
    let field = known.case.plan.field(id.as_str())?;
    let text = format!("Fill scope: {}", inside(&field.title));
    let path = format!("scope.{id}");
    let draft = draft(Phase::Fill, ActionKind::FillScope(id.clone()), text, field.owner.clone(), requirement);
    Some(Draft {
        command: format!("launchroom set {id} VALUE"),
        asked: people::asked(known.case, &path, &path),
        changes: vec![Input::Scope(id.clone())],
        ..draft
    })
}

fn accept(known: &Known<'_, '_>, id: &DependencyId, requirement: &Requirement) -> Draft {
    let blank = Acceptance::default();
    let acceptance = known.case.room.dependencies.get(id).unwrap_or(&blank);
    let was_accepted =
        known.case.history.changes(&format!("dependencies.{id}.launch_room")).iter().any(|change| change.change.was.is_some());
    let text = match (acceptance.treatment, acceptance.order_form.trim().is_empty(), acceptance.launch_room.trim().is_empty()) {
        (None, _, _) => format!("Choose a treatment for {id} and accept it"),
        (Some(_), true, true) => format!("Accept {id} in order form and room"),
        (Some(_), true, false) => format!("Accept {id} in order form"),
        (Some(_), false, true) if was_accepted => format!("Accept the {id} change in room"),
        (Some(_), false, true) => format!("Accept {id} in room"),
        (Some(_), false, false) => format!("Agree a fallback for {id}"),
    };
    let treatment = acceptance.treatment.map_or("TREATMENT", Treatment::as_str);
    let reference = if acceptance.order_form.trim().is_empty() { "REF".to_owned() } else { quoted(acceptance.order_form.trim()) };
    let about = format!("dependencies.{id}");
    let asked = people::asked(known.case, &about, &format!("{about}.launch_room"));
    let draft = draft(Phase::Accept, ActionKind::AcceptDependency(id.clone()), text, requirement.owner.clone(), requirement);
    Draft {
        command: format!("launchroom dependency accept {id} --treatment {treatment} --order-form {reference}"),
        asked,
        changes: vec![Input::Dependency(id.clone())],
        ..draft
    }
}

/// Dependencies whose accepted fallback would cover failing checks.
fn fallbacks(known: &Known<'_, '_>, failing: &[CheckId]) -> Vec<DependencyId> {
    let covers = |pattern: &String| failing.iter().any(|check| bundle::covers(pattern, check));
    let open = known.case.plan.dependencies.iter().filter(|dependency| dependency.covers.iter().any(covers));
    open.map(|dependency| dependency.id.clone()).collect()
}

fn prove_group(known: &Known<'_, '_>, id: &GroupId, requirement: &Requirement) -> Option<Draft> {
    let group = known.case.plan.group(id.as_str())?;
    let text = format!("Prove activation: {}", inside(&group.title));
    let about = format!("activation.{id}");
    let asked = people::asked(known.case, &about, &format!("{about}.status"));
    let draft = draft(Phase::Activate, ActionKind::ProveActivation(id.clone()), text, group.owner.clone(), requirement);
    Some(Draft {
        asked,
        command: format!("launchroom activation set {id} proven"),
        changes: vec![Input::Activation(id.clone())],
        ..draft
    })
}

fn attach_document(requirement: &Requirement, document: &str, targets: &[TargetId], found: &Finding) -> Draft {
    let id = &requirement.id;
    let (kind, text) = match found.evidence.first() {
        Some(seq) => (ActionKind::Restore(*seq), format!("Restore the bytes of #{seq}, or attach it again")),
        None => (ActionKind::Attach(id.to_string()), requirement.remedy.trim_end_matches('.').to_owned()),
    };
    let draft = draft(Phase::Attach, kind, text, requirement.owner.clone(), requirement);
    // Where one of several ways would do, each has targets of its own.
    let fits_one = targets.len() == 1 && !matches!(requirement.need, Need::Any(_));
    Draft {
        status: found.status,
        command: attach(id.as_str(), targets, fits_one),
        targets: targets.to_vec(),
        same: format!("document {document}"),
        ..draft
    }
}

fn step(known: &Way<'_, '_, '_>, id: &StepId, requirement: &Requirement, stage: &GateId) -> Vec<Draft> {
    let plan = known.case.plan;
    let (Some(step), Some(state)) = (plan.step(id.as_str()), known.steps.iter().find(|state| state.id == *id)) else {
        return Vec::new();
    };
    let mut drafts = Vec::new();
    for own in &step.requires {
        let left_out = |state: &&RequirementState| state.id == own.id && state.status.is_settled() && state.exclusion.is_some();
        if state.requirements.iter().any(|state| left_out(&state)) || known.case.assumed.contains(&own.id) {
            continue;
        }
        let wanted = of(known, &own.need, own, stage).into_iter();
        drafts.extend(wanted.map(|draft| Draft { unlocks: vec![requirement.id.clone()], ..draft }));
    }
    if state.evidence.is_empty() {
        let text = format!("Attach evidence for {}", inside(&step.title));
        let draft = draft(Phase::Attach, ActionKind::Attach(id.to_string()), text, step.owner.clone(), requirement);
        let command = attach(id.as_str(), &step.targets, step.targets.len() == 1);
        drafts.push(Draft { command, targets: step.targets.clone(), ..draft });
    }
    for task in state.tasks.iter().filter(|task| !task.done) {
        let text =
            step.task(task.id.as_str()).map_or_else(|| task.id.to_string(), |task| task.text.trim_end_matches('.').to_owned());
        let draft = draft(Phase::Tick, ActionKind::TickTask(id.clone(), task.id.clone()), text, step.owner.clone(), requirement);
        drafts.push(Draft { command: format!("launchroom tick {id}/{}", task.id), ..draft });
    }
    drafts
}

/// A target is named where `--meets` alone leaves a choice.
fn attach(serves: &str, targets: &[TargetId], fits_one: bool) -> String {
    match targets.first().filter(|_| !fits_one) {
        Some(target) => format!("launchroom attach --meets {serves} --target {target} FILE"),
        None => format!("launchroom attach --meets {serves} FILE"),
    }
}

fn restore_ledger(line: u64, requirement: &Requirement) -> Draft {
    let text = format!("Restore the ledger from a copy: broken at line {line}");
    let draft = draft(Phase::Name, ActionKind::Restore(line), text, requirement.owner.clone(), requirement);
    Draft { status: RequirementStatus::Unverified, command: "launchroom evidence verify".to_owned(), ..draft }
}

fn exclude(covers: &str) -> String {
    format!("launchroom exclude {covers} --wording WORDING --signed-by NAME --until DATE")
}
