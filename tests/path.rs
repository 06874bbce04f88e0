//! The path is the smallest: on small random plans and rooms no smaller set of acts clears the gate, tried one by one.
//!
//! Nothing here knows how the path is found. Acts go through `apply` and the gate is judged by `evaluate`, as in the
//! program; a run that somebody is told to make passes.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, clippy::indexing_slicing)] // a test may stop where it stands

#[path = "support/story.rs"]
#[expect(dead_code, reason = "a scenario says more than a random room needs")]
mod story;
#[path = "support/told.rs"]
mod told;

use jiff::{SignedDuration, Timestamp};
use launchroom::domain::apply::apply;
use launchroom::domain::change::Change;
use launchroom::domain::gate::{Action, ActionKind, evaluate, path};
use launchroom::domain::ids::{Digest, GateId};
use launchroom::domain::ledger::{Attached, BlobState, DecisionOutcome, Inputs, Ledger, Outcome, Run, RunFinished};
use launchroom::domain::plan::{Class, Input, Need, Party, Plan, Proof, Requirement};
use launchroom::domain::room::{ActivationStatus, Treatment, Value};
use proptest::prelude::*;
use story::Stage;

const TARGETS: [&str; 2] = ["dossier", "billing"];

/// One thing a person may do.
#[derive(Clone, Debug, PartialEq)]
enum Act {
    Name(String),
    Fill(String),
    Accept(String),
    Prove(String),
    Document { serves: String, target: String },
    Tick(String, String),
    Run { proof: String, passes: bool },
}

/// Decisions of a generator, one after the other; what shrinks is smaller.
struct Dice<'d>(std::slice::Iter<'d, u8>);

impl Dice<'_> {
    fn below(&mut self, n: usize) -> usize {
        usize::from(*self.0.next().unwrap_or(&0)) % n.max(1)
    }

    fn chance(&mut self, of_ten: usize) -> bool {
        self.below(10) < of_ten
    }

    fn some<T: Clone>(&mut self, all: &[T], of_ten: usize) -> Vec<T> {
        all.iter().filter(|_| self.chance(of_ten)).cloned().collect()
    }
}

/// A document serves every line of a requirement that asks for one, so a requirement asks for a single one.
fn leaf(dice: &mut Dice<'_>, proofs: usize, document: &str) -> Need {
    match dice.below(7) {
        0 => Need::Roles,
        1 => Need::Scope(vec![["cohort", "notice"][dice.below(2)].into()]),
        2 => Need::Dependencies(vec![["mail", "stripe"][dice.below(2)].into()]),
        3 => Need::Activation(vec!["seed".into()]),
        4 => Need::Evidence {
            document: document.into(),
            targets: if dice.chance(5) { TARGETS.map(Into::into).to_vec() } else { vec![TARGETS[dice.below(2)].into()] },
            may_be_stated: false,
        },
        _ => Need::Proof(format!("p{}", dice.below(proofs)).as_str().into()),
    }
}

fn need(dice: &mut Dice<'_>, proofs: usize) -> Need {
    let document = ["terms", "rota"][dice.below(2)];
    match dice.below(10) {
        0..=3 => leaf(dice, proofs, document),
        4 => Need::Step("work".into()),
        _ => Need::Any((0..2 + dice.below(2)).map(|_| leaf(dice, proofs, document)).collect()),
    }
}

fn requirement(id: &str, need: Need) -> Requirement {
    let (text, remedy) = (String::new(), String::new());
    let owner = Party::Function("operator".into());
    Requirement { id: id.into(), text, owner, remedy, excludable: false, need }
}

/// A plan with two gates that matter, `setup` and `live`.
fn plan(dice: &mut Dice<'_>) -> Plan {
    let mut plan = story::plan("pilot");
    let proofs = 1 + dice.below(3);
    let pattern = plan.proofs[0].clone();
    plan.proofs = (0..proofs)
        .map(|n| {
            let mut rests: Vec<Input> =
                vec![Input::Scope("cohort".into()), Input::Dependency("mail".into()), Input::Activation("seed".into())];
            rests.extend((0..n).map(|before| Input::Proof(format!("p{before}").as_str().into())));
            Proof {
                id: format!("p{n}").as_str().into(),
                step: dice.chance(5).then(|| "work".into()),
                targets: vec![TARGETS[dice.below(2)].into()],
                depends_on: dice.some(&rests, 4),
                mutating: dice.chance(3),
                bundle: false,
                max_age: None,
                env: Vec::new(),
                ..pattern.clone()
            }
        })
        .collect();
    plan.steps.retain(|step| step.id == *"work");
    for step in &mut plan.steps {
        step.targets = if dice.chance(3) { Vec::new() } else { vec![TARGETS[dice.below(2)].into()] };
        step.requires = (0..dice.below(2)).map(|n| requirement(&format!("work/r{n}"), leaf(dice, proofs, "rota"))).collect();
    }
    plan.activation.iter_mut().for_each(|group| group.proof = None);
    let decides = dice.chance(5);
    for gate in &mut plan.gates {
        gate.proof = None;
        gate.requires = match gate.id.as_str() {
            "open" => Vec::new(),
            id => (0..=dice.below(2)).map(|n| requirement(&format!("{id}/r{n}"), need(dice, proofs))).collect(),
        };
        if gate.id == *"live" && dice.chance(6) {
            gate.requires.push(requirement("live/setup", Need::Gate("setup".into())));
        }
        if decides && gate.id != *"open" {
            gate.requires.push(requirement(&format!("{}/decision", gate.id), Need::Decision));
        }
    }
    plan
}

/// Everything somebody could do that might matter, in an order in which nothing outdates what came before.
fn acts(plan: &Plan) -> Vec<Act> {
    let mut out: Vec<Act> = ["sponsor", "helper"].map(|id| Act::Name(id.into())).to_vec();
    out.extend(["cohort", "notice"].map(|id| Act::Fill(id.into())));
    out.extend(["mail", "stripe"].map(|id| Act::Accept(id.into())));
    out.push(Act::Prove("seed".into()));
    for requirement in plan.requirements() {
        documents(&requirement.need, requirement, &mut out);
    }
    for step in &plan.steps {
        let targets = if step.targets.is_empty() { vec!["dossier".into()] } else { step.targets.clone() };
        out.extend(targets.iter().map(|target| Act::Document { serves: step.id.to_string(), target: target.to_string() }));
        out.extend(step.tasks.iter().map(|task| Act::Tick(step.id.to_string(), task.id.to_string())));
    }
    out.extend(plan.proofs.iter().map(|proof| Act::Run { proof: proof.id.to_string(), passes: true }));
    out
}

fn documents(need: &Need, requirement: &Requirement, out: &mut Vec<Act>) {
    match need {
        Need::Any(needs) => needs.iter().for_each(|need| documents(need, requirement, out)),
        Need::Evidence { targets, .. } => {
            for target in targets {
                let act = Act::Document { serves: requirement.id.to_string(), target: target.to_string() };
                if !out.contains(&act) {
                    out.push(act);
                }
            }
        }
        _ => {}
    }
}

fn changes(stage: &mut Stage, act: &Act, now: Timestamp) -> Vec<Change> {
    let digest = Digest::of(format!("{} {act:?}", stage.ledger.entries.len()).as_bytes());
    let record = |target: &str, outcome| Attached {
        digest: Some(digest),
        size: Some(1),
        ..Attached::at(target.into(), Class::Tenant, outcome)
    };
    let text = |text: &str| Some(text.to_owned());
    match act {
        Act::Name(role) => {
            vec![Change::SetOwner { role: role.as_str().into(), name: text("Mara Lindt"), contact: None, basis: None }]
        }
        Act::Fill(field) => {
            vec![Change::SetScope { field: field.as_str().into(), value: Value::Text("filled".to_owned()) }]
        }
        Act::Accept(id) => vec![Change::SetDependency {
            dependency: id.as_str().into(),
            treatment: Some(Treatment::Manual),
            order_form: text("OF-1"),
            launch_room: text("accepted"),
            changed: None,
        }],
        Act::Prove(group) => {
            vec![Change::SetActivation { group: group.as_str().into(), status: Some(ActivationStatus::Proven) }]
        }
        Act::Tick(step, task) => {
            vec![Change::SetTask { step: step.as_str().into(), task: task.as_str().into(), done: true }]
        }
        Act::Document { serves, target } => {
            stage.ledger.blobs.insert(digest, BlobState::Intact);
            vec![Change::AttachEvidence(Box::new(Attached { serves: Some(serves.clone()), ..record(target, Outcome::Passed) }))]
        }
        Act::Run { proof, passes } => {
            stage.ledger.blobs.insert(digest, BlobState::Intact);
            let outcome = if *passes { Outcome::Passed } else { Outcome::Failed };
            let run = Run {
                id: format!("run-{}", stage.ledger.entries.len()).into(),
                command: stage.plan.proof(proof).expect("a proof").command.clone(),
                env: Vec::new(),
                host: None,
                started: now,
                ended: now,
                exit: Some(i32::from(!passes)),
                signal: None,
                seen: 1,
                cut: false,
            };
            let target = stage.plan.proof(proof).expect("a proof").targets[0].to_string();
            let finished = RunFinished {
                proof: proof.as_str().into(),
                outcome,
                run: run.clone(),
                digest: None,
                inputs: Inputs::default(),
                failing: Vec::new(),
            };
            let attached = Attached { proof: Some(proof.as_str().into()), run: Some(run), ..record(&target, outcome) };
            vec![Change::FinishRun(Box::new(finished)), Change::AttachEvidence(Box::new(attached))]
        }
    }
}

fn play(stage: &mut Stage, act: &Act, now: &mut Timestamp) {
    for change in changes(stage, act, *now) {
        *now += SignedDuration::from_secs(1);
        let applied = apply(&stage.plan, &stage.room, &stage.ledger, &change, *now).unwrap_or_else(|no| panic!("{act:?}: {no}"));
        stage.take(applied, *now, "somebody");
    }
}

/// Whether the gate is clear once somebody has decided, where it can be decided.
fn clears<'a>(stage: &Stage, done: impl Iterator<Item = &'a Act>, mut now: Timestamp, gate: &GateId) -> bool {
    let mut stage = Stage { plan: stage.plan.clone(), room: stage.room.clone(), ledger: stage.ledger.clone() };
    done.for_each(|act| play(&mut stage, act, &mut now));
    now += SignedDuration::from_secs(1);
    let is_clear = |stage: &Stage| {
        let readiness = evaluate(&stage.plan, &stage.room, &stage.ledger, now);
        readiness.gate(gate.as_str()).is_some_and(|gate| gate.status.is_clear())
    };
    if is_clear(&stage) {
        return true;
    }
    let decision = Change::RecordDecision {
        stage: gate.clone(),
        outcome: DecisionOutcome::Accepted,
        customer: "Mara Lindt".to_owned(),
        operator: "J. Okafor".to_owned(),
        reference: None,
        note: None,
    };
    match apply(&stage.plan, &stage.room, &stage.ledger, &decision, now) {
        Ok(applied) => stage.take(applied, now, "somebody"),
        Err(_) => return false,
    }
    is_clear(&stage)
}

/// What a row of the path tells somebody to do.
fn told(plan: &Plan, action: &Action) -> Vec<Act> {
    match &action.kind {
        ActionKind::NameOwner(role) => vec![Act::Name(role.to_string())],
        ActionKind::FillScope(field) => vec![Act::Fill(field.to_string())],
        ActionKind::AcceptDependency(id) => vec![Act::Accept(id.to_string())],
        ActionKind::ProveActivation(group) => vec![Act::Prove(group.to_string())],
        ActionKind::TickTask(step, task) => vec![Act::Tick(step.to_string(), task.to_string())],
        ActionKind::RunProofs(ids) => ids.iter().map(|id| Act::Run { proof: id.to_string(), passes: true }).collect(),
        ActionKind::Attach(serves) => {
            let named = action.command.split("--target ").nth(1).and_then(|rest| rest.split(' ').next());
            let step = plan.step(serves).map(|step| step.targets.first().map_or("dossier".to_owned(), ToString::to_string));
            let mut all = Vec::new();
            if let Some(requirement) = plan.requirement(serves) {
                documents(&requirement.need, requirement, &mut all);
            }
            let only = all.into_iter().find_map(|act| match act {
                Act::Document { target, .. } => Some(target),
                _ => None,
            });
            let target = named.map(str::to_owned).or(step).or(only).expect("a target");
            vec![Act::Document { serves: serves.clone(), target }]
        }
        ActionKind::Decide(_) => Vec::new(),
        ActionKind::Restore(_) => panic!("nothing is broken"),
    }
}

/// Calls `look` with every choice of `count` of these, in their order, until it says yes.
fn any_choice(all: &[Act], count: usize, chosen: &mut Vec<Act>, look: &mut dyn FnMut(&[Act]) -> bool) -> bool {
    if count == 0 {
        return look(chosen);
    }
    (0..(all.len() + 1).saturating_sub(count)).any(|at| {
        chosen.push(all[at].clone());
        let found = any_choice(&all[at + 1..], count - 1, chosen, look);
        chosen.pop();
        found
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_smaller_set_of_acts_clears_the_gate(dice in prop::collection::vec(any::<u8>(), 160)) {
        let dice = &mut Dice(dice.iter());
        let plan = plan(dice);
        let mut now: Timestamp = "2026-11-16T09:00:00Z".parse().unwrap();
        let room = story::usual_room(&plan);
        let mut stage = Stage { plan, room, ledger: Ledger::default() };
        let all = acts(&stage.plan);
        // What happened already, in any order: some of it is outdated by what came after.
        for _ in 0..dice.below(12) {
            let act = match all[dice.below(all.len())].clone() {
                Act::Run { proof, .. } => Act::Run { proof, passes: dice.chance(7) },
                other => other,
            };
            play(&mut stage, &act, &mut now);
        }
        let gate = GateId::from(if dice.chance(8) { "live" } else { "setup" });
        let rows = path(&stage.plan, &stage.room, &stage.ledger, now, &gate);
        let path: Vec<Act> = rows.iter().flat_map(|row| told(&stage.plan, row)).collect();
        prop_assert!(clears(&stage, path.iter(), now, &gate), "the path does not clear {gate}: {rows:#?}\n{:#?}", stage.plan.gates);
        for (place, row) in rows.iter().enumerate() {
            prop_assert!(row.after.is_none_or(|after| after <= place), "a row waits for a later one: {rows:#?}");
        }
        // Most acts change nothing any more; those that do are tried in every smaller number.
        let useful: Vec<Act> = all.into_iter().filter(|act| changes_something(&stage, act, now)).collect();
        // Where even everything else would not do, it is in every set; runs aside, for they may only be needed because of others.
        let (needed, free): (Vec<Act>, Vec<Act>) = useful.iter().cloned().partition(|act| {
            !matches!(act, Act::Run { .. }) && !clears(&stage, useful.iter().filter(|other| *other != act), now, &gate)
        });
        for count in needed.len()..path.len() {
            let mut smaller = None;
            any_choice(&free, count - needed.len(), &mut Vec::new(), &mut |chosen| {
                let set: Vec<&Act> = useful.iter().filter(|act| needed.contains(act) || chosen.contains(act)).collect();
                let found = clears(&stage, set.iter().copied(), now, &gate);
                if found {
                    smaller = Some(chosen.to_vec());
                }
                found
            });
            prop_assert!(smaller.is_none(), "{smaller:?} is smaller than {path:?}\n{:#?}", stage.plan.gates);
        }
    }
}

/// Doing it again would write something.
fn changes_something(stage: &Stage, act: &Act, now: Timestamp) -> bool {
    let mut stage = Stage { plan: stage.plan.clone(), room: stage.room.clone(), ledger: stage.ledger.clone() };
    let changes = changes(&mut stage, act, now);
    changes.iter().any(|change| !apply(&stage.plan, &stage.room, &stage.ledger, change, now).unwrap().is_empty())
}
