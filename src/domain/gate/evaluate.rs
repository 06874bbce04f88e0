//! The one function that answers where a launch stands.
//!
//! First everything is judged without looking at decisions, which says what may be decided; then whether the newest
//! decision still stands; then the same again with it.

use super::case::{Case, Found};
use super::drift::{self, Drift};
use super::finding::sooner;
use super::requirement::{View, gate};
use super::status::{
    Action, Gap, GateState, GateStatus, ProofState, Readiness, RequirementState, RequirementStatus, StageView, StepState, Week,
};
use super::{endings, exclusion, gaps as gap, next, people, proofs, steps, trust};
use crate::domain::calendar;
use crate::domain::ids::{GateId, RequirementId};
use crate::domain::ledger::Ledger;
use crate::domain::plan::{Gate, Plan};
use crate::domain::room::Room;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Where the launch stands: no I/O, no clock, same input, same answer. Linear in the length of the ledger.
///
/// A `now` before the newest entry is taken for that entry's time, so that a clock set back freshens nothing; for a day in
/// the past, cut the ledger with [`crate::domain::ledger::replay::as_of`] first.
#[must_use]
pub fn evaluate(plan: &Plan, room: &Room, ledger: &Ledger, now: Timestamp) -> Readiness {
    evaluate_assuming(plan, room, ledger, now, &BTreeSet::new())
}

/// The same, as if these requirements were met. Never saved.
#[must_use]
pub fn evaluate_assuming(
    plan: &Plan,
    room: &Room,
    ledger: &Ledger,
    now: Timestamp,
    assumed: &BTreeSet<RequirementId>,
) -> Readiness {
    let case = Case::new(plan, room, ledger, now, assumed);
    let judged = judge(&case);
    let (actions, way) = next::actions(&judged.known(&case));
    let Judged { drift, stage, gates, steps, proofs } = judged;
    let today = calendar::today(case.now, &room.tenant.timezone);
    Readiness {
        as_of: case.now,
        week: Week {
            now: calendar::week_of(room.tenant.kickoff, today),
            last: plan.steps.iter().map(|step| i64::from(step.week)).max().unwrap_or(0),
        },
        roles: people::roles(&case, &stage),
        scope: people::fields(&case, &stage),
        endings: endings::of(&case, &proofs),
        exclusions: exclusion::standing(&case),
        trust: trust::trust(&case, &gates),
        gaps: gap::of(&case, &gates, &stage.target),
        decision: drift::newest(&case, &drift),
        stage,
        gates,
        steps,
        proofs,
        actions,
        way,
    }
}

/// The fewest acts that clear the gate of a stage and all it builds on, in the order to do them; none when it is clear.
/// What a gate that policy blocks wants is listed all the same: its own proofs are its only way.
#[must_use]
pub fn path(plan: &Plan, room: &Room, ledger: &Ledger, now: Timestamp, stage: &GateId) -> Vec<Action> {
    let assumed = BTreeSet::new();
    let case = Case::new(plan, room, ledger, now, &assumed);
    next::path(&judge(&case).known(&case), stage, next::choose::WHEN_ASKED)
}

/// The activation groups that the way to a stage waits for, those that unblock most first.
#[must_use]
pub fn gaps(plan: &Plan, room: &Room, ledger: &Ledger, now: Timestamp, stage: &GateId) -> Vec<Gap> {
    let assumed = BTreeSet::new();
    let case = Case::new(plan, room, ledger, now, &assumed);
    gap::of(&case, &judge(&case).gates, stage)
}

/// What the lists of actions are made from.
struct Judged {
    drift: Drift,
    stage: StageView,
    gates: Vec<GateState>,
    steps: Vec<StepState>,
    proofs: Vec<ProofState>,
}

impl Judged {
    fn known<'k, 'a>(&'k self, case: &'k Case<'a>) -> next::Known<'k, 'a> {
        next::Known { case, gates: &self.gates, steps: &self.steps, proofs: &self.proofs, stage: &self.stage }
    }
}

fn judge(case: &Case<'_>) -> Judged {
    let plan = case.plan;
    let undecided: Vec<GateStatus> =
        plan.gates.iter().map(|gate| gate::status(gate, gate::findings(case, gate, View::Undecided))).collect();
    let drift = drift::of_newest(case);
    let found: Vec<(&Gate, &Found<'_>)> =
        plan.gates.iter().map(|gate| (gate, gate::findings(case, gate, View::Decided(&drift)))).collect();
    let stage = stages(case, &drift, &undecided, &found);
    let target = plan.rank(stage.target.as_str());
    let gates: Vec<GateState> = found.into_iter().map(|(gate, found)| gate_state(plan, gate, found, target)).collect();
    let steps = steps::states(case);
    let proofs = proofs::states(case, &gates);
    Judged { drift, stage, gates, steps, proofs }
}

fn stages(case: &Case<'_>, drift: &Drift, undecided: &[GateStatus], found: &[(&Gate, &Found<'_>)]) -> StageView {
    let plan = case.plan;
    let last = || plan.gates.last().map_or_else(|| GateId::from("none"), |gate| gate.id.clone());
    let target = case.room.motion(plan).map_or_else(last, |motion| motion.target.clone());
    let reach = plan.rank(target.as_str()).unwrap_or(usize::MAX);
    let newest = case.history.decision().map(|(_, decision)| decision);
    let accepted = newest.filter(|decision| decision.outcome.accepts() && drift.changed.is_empty());
    let allowed = plan.gates.iter().zip(undecided).rev().find(|(_, status)| status.is_clear());
    let next = found.iter().take(reach.saturating_add(1)).find(|(gate, found)| !gate::status(gate, found).is_clear());
    StageView {
        accepted: accepted.map(|decision| decision.stage.clone()).filter(|stage| plan.rank(stage.as_str()).is_some()),
        allowed: allowed.map(|(gate, _)| gate.id.clone()),
        next: next.map(|(gate, _)| gate.id.clone()),
        target,
    }
}

fn gate_state(plan: &Plan, gate: &Gate, found: &Found<'_>, target: Option<usize>) -> GateState {
    let status = gate::status(gate, found);
    let lasts = status.is_clear() || status == GateStatus::AwaitingDecision;
    let ends = found.iter().fold(None, |ends, (_, found)| sooner(ends, found.ends.clone()));
    let requirements: Vec<RequirementState> = found.iter().map(|(requirement, found)| found.state_of(requirement)).collect();
    GateState {
        id: gate.id.clone(),
        title: gate.title.clone(),
        status,
        outside: target.is_some_and(|target| plan.rank(gate.id.as_str()) > Some(target)),
        met: requirements.iter().filter(|requirement| counts(gate, requirement.status)).count(),
        total: requirements.len(),
        stop_rule: gate.stop_rule.clone(),
        requirements,
        holds_until: ends.filter(|_| lasts),
    }
}

/// Whether a line counts in `met`. What policy keeps closed is opened by nothing that was left out.
fn counts(gate: &Gate, status: RequirementStatus) -> bool {
    if gate.blocked_by_policy { status == RequirementStatus::Met } else { status.is_settled() }
}
