//! What may be said now, and what not. Clear gates unlock; what was left out, not agreed or not proven adds to what is
//! blocked; nothing else does either.

use super::family;
use crate::domain::gate::Readiness;
use crate::domain::ids::{DependencyId, ExclusionId, GateId, GroupId, MotionId};
use crate::domain::plan::{Claim, Motion, Need, Plan};
use crate::domain::room::{ActivationStatus, Room};
use jiff::civil::Date;
use std::collections::HashSet;

/// Wording that is blocked now, with what opens it and what to say meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    pub claim: String,
    /// Other wording for the same.
    pub also: Vec<String>,
    pub unlocked_by: GateId,
    pub instead: String,
    /// Everything that keeps it locked.
    pub because: Vec<Because>,
}

/// One thing that keeps wording locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// This gate is not clear.
    Gate(GateId),
    /// Not accepted in both the order form and the launch room.
    Dependency(DependencyId),
    /// Not proven.
    Activation(GroupId),
    /// Left out on purpose, up to and with this day.
    Exclusion(ExclusionId, Date),
}

/// Wording that a motion allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    pub text: String,
    pub motion: MotionId,
    pub standing: Standing,
}

/// Whether it may be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    May,
    /// It belongs to a motion that aims beyond this room's: not before this gate is clear.
    After(GateId),
    /// An exclusion says the opposite.
    Excluded(ExclusionId),
}

/// What may be said in one room, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub allowed: Vec<Wording>,
    pub blocked: Vec<Blocked>,
    /// Blocked by the plan once, unlocked by now.
    pub unlocked: Vec<String>,
    /// Sentences about what is blocked that may be said.
    pub prose: Vec<String>,
}

impl Said {
    /// What finds the blocked wording in a text.
    #[must_use]
    pub fn guard(&self) -> super::Guard {
        super::Guard::new(&self.blocked, &self.may(), &self.prose)
    }

    fn may(&self) -> Vec<String> {
        self.allowed.iter().filter(|wording| wording.standing == Standing::May).map(|wording| wording.text.clone()).collect()
    }
}

/// What may be said in this room as it was judged.
#[must_use]
pub fn now(plan: &Plan, room: &Room, readiness: &Readiness) -> Said {
    let allowed = allowed(plan, room, readiness);
    let mut said = Said { prose: prose(plan, room), allowed, ..Said::default() };
    let may = said.allowed.iter().filter(|wording| wording.standing == Standing::May);
    let mut known: HashSet<String> = may.map(|wording| family::letters(&wording.text)).collect();
    let mut add = |text: &str, also: Vec<String>, gate: &GateId, because: Vec<Because>, instead: String| {
        // What may be said, or is there already, stays as it is.
        if !text.trim().is_empty() && known.insert(family::letters(text)) {
            said.add(text, also, gate, because, instead);
        }
    };
    let judge = Judge { plan, room, readiness };
    let listed = plan.claims.iter().flat_map(|claim| claim.wording.iter().enumerate().map(move |(at, text)| (text, claim, at)));
    for (text, claim, at) in listed {
        let also = if at == 0 { claim.also.clone() } else { Vec::new() };
        add(text, also, &claim.gate, judge.claim(claim), judge.instead(&claim.instead));
    }
    let motions = plan.motions.iter().flat_map(|motion| &motion.blocked);
    for text in plan.blocked_wording.iter().chain(motions) {
        let gate = judge.gate_of(text);
        add(text, Vec::new(), &gate, judge.gate(&gate), judge.instead(&[]));
    }
    for group in &plan.activation {
        for text in &group.locks {
            let gate = judge.gate_of_group(&group.id);
            // Collected values alone open nothing: their gate has to be clear, too.
            let because = [judge.gate(&gate), judge.group(&group.id)].concat();
            add(text, Vec::new(), &gate, because, judge.instead(&[]));
        }
    }
    for dependency in &plan.dependencies {
        let gate = judge.gate_of_dependency(&dependency.id);
        let because = judge.dependency(&dependency.id);
        add(&dependency.acceptance, Vec::new(), &gate, because, "This is proposed and not agreed yet.".into());
    }
    for (one, wording) in readiness.exclusions.iter().filter_map(|one| Some((one, one.blocks()?))) {
        let gate = judge.gate_of_cover(&one.covers);
        let until = one.until.strftime("%-d %b %Y");
        let instead = format!("Out of scope for this pilot until {until}, as agreed.");
        said.exclude(wording, &gate, Because::Exclusion(one.id.clone(), one.until), instead);
    }
    said
}

impl Said {
    /// Adds wording that is blocked while anything keeps it locked.
    fn add(&mut self, text: &str, also: Vec<String>, gate: &GateId, because: Vec<Because>, instead: String) {
        if because.is_empty() {
            self.unlocked.push(text.to_owned());
        } else {
            self.blocked.push(Blocked { claim: text.to_owned(), also, unlocked_by: gate.clone(), instead, because });
        }
    }

    /// Adds the wording of an exclusion, whatever was unlocked. `no issuer` also blocks `issuer`.
    fn exclude(&mut self, text: &str, gate: &GateId, because: Because, instead: String) {
        if text.trim().is_empty() {
            return;
        }
        if let Because::Exclusion(id, _) = &because {
            let said_so = self.allowed.iter_mut().filter(|wording| is_same(&wording.text, text));
            said_so.for_each(|wording| wording.standing = Standing::Excluded(id.clone()));
        }
        self.unlocked.retain(|known| !is_same(known, text));
        if let Some(known) = self.blocked.iter_mut().find(|known| is_same(&known.claim, text)) {
            known.because.push(because);
            return;
        }
        let also = positive(text).into_iter().collect();
        let claim = text.trim().to_owned();
        self.blocked.push(Blocked { claim, also, unlocked_by: gate.clone(), instead, because: vec![because] });
    }
}

/// What a wording that says no says no to.
fn positive(text: &str) -> Option<String> {
    let (first, rest) = text.trim().split_once(char::is_whitespace)?;
    let says_no = ["no", "not", "without", "excludes", "excluding", "excluded:"].iter().any(|no| first.eq_ignore_ascii_case(no));
    // A single word of its own would be found everywhere.
    (says_no && rest.split_whitespace().count() > 1).then(|| rest.trim().to_owned())
}

fn is_same(one: &str, other: &str) -> bool {
    one == other || family::letters(one) == family::letters(other)
}

/// The allowed wording of every motion, the room's own first.
fn allowed(plan: &Plan, room: &Room, readiness: &Readiness) -> Vec<Wording> {
    let own = room.motion(plan);
    let reach = own.and_then(|motion| plan.rank(motion.target.as_str()));
    let standing = |motion: &Motion| {
        let clear = readiness.gate(motion.target.as_str()).is_some_and(|gate| gate.status.is_clear());
        let within = reach.is_some_and(|reach| plan.rank(motion.target.as_str()).is_some_and(|rank| rank <= reach));
        if clear || within { Standing::May } else { Standing::After(motion.target.clone()) }
    };
    let mut motions: Vec<&Motion> = plan.motions.iter().collect();
    motions.sort_by_key(|motion| Some(&motion.id) != own.map(|own| &own.id));
    let mut out: Vec<Wording> = Vec::new();
    for motion in motions {
        for text in &motion.allowed {
            if !out.iter().any(|known| is_same(&known.text, text)) {
                out.push(Wording { text: text.clone(), motion: motion.id.clone(), standing: standing(motion) });
            }
        }
    }
    out
}

/// What the plan itself says about its limits, and what was agreed instead of a dependency.
fn prose(plan: &Plan, room: &Room) -> Vec<String> {
    let mut out = plan.boundaries.clone();
    out.extend([plan.stance.text.clone(), plan.stance.billing_default.clone()]);
    out.extend(plan.motions.iter().map(|motion| motion.condition.clone()));
    out.extend(plan.gates.iter().flat_map(|gate| [gate.stop_rule.clone(), gate.summary.clone()]));
    out.extend(plan.steps.iter().map(|step| step.stop_rule.clone()));
    out.extend(plan.claims.iter().flat_map(|claim| claim.instead.clone()));
    let agreed = plan.dependencies.iter().filter(|dependency| is_agreed(room, &dependency.id));
    out.extend(agreed.map(|dependency| dependency.acceptance.clone()));
    out
}

fn is_agreed(room: &Room, dependency: &DependencyId) -> bool {
    room.dependencies.get(dependency).is_some_and(crate::domain::room::Acceptance::is_accepted)
}

struct Judge<'a> {
    plan: &'a Plan,
    room: &'a Room,
    readiness: &'a Readiness,
}

impl Judge<'_> {
    fn claim(&self, claim: &Claim) -> Vec<Because> {
        let mut because = self.gate(&claim.gate);
        because.extend(claim.dependencies.iter().flat_map(|id| self.dependency(id)));
        because.extend(claim.activation.iter().flat_map(|id| self.group(id)));
        because
    }

    fn gate(&self, gate: &GateId) -> Vec<Because> {
        let clear = self.readiness.gate(gate.as_str()).is_some_and(|gate| gate.status.is_clear());
        if clear { Vec::new() } else { vec![Because::Gate(gate.clone())] }
    }

    fn dependency(&self, id: &DependencyId) -> Vec<Because> {
        if is_agreed(self.room, id) { Vec::new() } else { vec![Because::Dependency(id.clone())] }
    }

    fn group(&self, id: &GroupId) -> Vec<Because> {
        let proven = self.room.activation.get(id) == Some(&ActivationStatus::Proven);
        if proven { Vec::new() } else { vec![Because::Activation(id.clone())] }
    }

    /// Of several sentences the first that this room's motion allows; else the first; else what the motion allows first.
    fn instead(&self, texts: &[String]) -> String {
        let own: &[String] = self.room.motion(self.plan).map_or(&[], |motion| &motion.allowed);
        let fits = texts.iter().find(|text| own.iter().any(|own| is_same(own, text)));
        let chosen = fits.or_else(|| texts.first()).or_else(|| own.first());
        chosen.cloned().unwrap_or_else(|| self.plan.stance.billing_default.clone())
    }

    /// The gate of wording for which the plan names none: the target of a motion that is blocked and says so.
    fn gate_of(&self, text: &str) -> GateId {
        let blocks = |motion: &&Motion| motion.status == "blocked" && motion.blocked.iter().any(|known| is_same(known, text));
        let motion = self.plan.motions.iter().find(blocks).map(|motion| motion.target.clone());
        let locks = |group: &&crate::domain::plan::Group| group.locks.iter().any(|known| is_same(known, text));
        let group = || self.plan.activation.iter().find(locks).map(|group| self.gate_of_group(&group.id));
        motion.or_else(group).unwrap_or_else(|| self.last())
    }

    fn gate_of_group(&self, id: &GroupId) -> GateId {
        let proof = self.plan.activation.iter().find(|group| group.id == *id).and_then(|group| group.proof.as_ref());
        let asked = self.first(&|need| matches!(need, Need::Activation(groups) if groups.contains(id)));
        let shown = || proof.and_then(|proof| self.first(&|need| need.asks_for(proof)));
        asked.or_else(shown).unwrap_or_else(|| self.readiness.stage.target.clone())
    }

    fn gate_of_dependency(&self, id: &DependencyId) -> GateId {
        let asked = self.first(&|need| matches!(need, Need::Dependencies(ids) if ids.contains(id)));
        asked.unwrap_or_else(|| self.readiness.stage.target.clone())
    }

    /// The gate of a requirement, or of the proof one of whose checks is left out.
    fn gate_of_cover(&self, covers: &str) -> GateId {
        let own = covers.split_once('/').map(|(gate, _)| gate).filter(|gate| self.plan.gate(gate).is_some()).map(GateId::from);
        let proof = || covers.split_once(':').and_then(|(proof, _)| self.first(&|need| need.asks_for(&proof.into())));
        own.or_else(proof).unwrap_or_else(|| self.readiness.stage.target.clone())
    }

    fn first(&self, asks: &dyn Fn(&Need) -> bool) -> Option<GateId> {
        let any = |need: &Need| asks(need) || matches!(need, Need::Any(needs) if needs.iter().any(asks));
        let gate = self.plan.gates.iter().find(|gate| gate.requires.iter().any(|requirement| any(&requirement.need)));
        gate.map(|gate| gate.id.clone())
    }

    fn last(&self) -> GateId {
        self.plan.gates.last().map_or_else(|| self.readiness.stage.target.clone(), |gate| gate.id.clone())
    }
}
