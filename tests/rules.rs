//! What must hold for every room and every history: removing evidence never helps, an exclusion never raises, the same
//! input gives the same answer, and a change that is taken back was never there.

#![allow(clippy::expect_used, clippy::panic)] // a test may stop where it stands

#[allow(dead_code)] // expectations are for the scenarios
#[path = "support/story.rs"]
mod story;
#[allow(dead_code)] // and so are the lines
#[path = "support/told.rs"]
mod told;

use jiff::{SignedDuration, Timestamp};
use launchroom::domain::apply::{apply, inverse};
use launchroom::domain::change::{Change, EditTo};
use launchroom::domain::gate::{Readiness, Verdict, evaluate};
use launchroom::domain::ids::Digest;
use launchroom::domain::ledger::{
    Attached, BlobState, Body, Check, CheckStatus, DecisionOutcome, Inputs, Ledger, Outcome, Run, RunFinished,
};
use launchroom::domain::plan::{Class, Plan};
use launchroom::domain::room::{ActivationStatus, Treatment, Value};
use launchroom::format::room_toml;
use proptest::prelude::*;
use story::Stage;

/// Something that may happen. Refused ones do not.
#[derive(Clone, Debug)]
enum Deed {
    Change(Change),
    Run { proof: usize, outcome: Outcome, checks: Vec<(usize, CheckStatus)>, attach: bool, intact: bool },
    File { serves: usize, intact: bool },
    Withdraw(usize),
    Decide { stage: usize, outcome: DecisionOutcome },
    Exclude(usize, i64),
    Wait(i64),
}

const PROOFS: [&str; 3] = ["smoke", "bundle", "strict"];
const CHECKS: [&str; 4] = ["api", "mail-send", "stripe-pay", "sso"];
const STAGES: [&str; 4] = ["setup", "live", "open", "hold"];
const COVERS: [&str; 7] =
    ["setup/smoke", "live/bundle", "live/billing", "live/work-step", "live/seed", "bundle:sso", "bundle:stripe-pay"];

fn room_change() -> impl Strategy<Value = Change> {
    let text = prop::sample::select(vec!["", "Mara Lindt", "J. Okafor", "  a b  "]);
    let owner = (prop::sample::select(vec!["sponsor", "helper", "provisioner"]), text.clone(), text.clone());
    let tasks = prop::sample::select(vec![("start", "agree"), ("start", "write"), ("work", "run")]);
    let treatment = prop::option::of(prop::sample::select(Treatment::ALL.to_vec()));
    let dependency = prop::sample::select(vec!["mail", "stripe"]);
    let status = prop::option::of(prop::sample::select(ActivationStatus::ALL.to_vec()));
    prop_oneof![
        owner.prop_map(|(role, name, contact)| Change::SetOwner {
            role: role.into(),
            name: Some(name.to_owned()),
            contact: Some(contact.to_owned()),
            basis: None
        }),
        prop::sample::select(vec!["sponsor", "helper"]).prop_map(|role| Change::ClearOwner { role: role.into() }),
        (prop::sample::select(vec!["cohort", "notice"]), text.clone())
            .prop_map(|(field, text)| Change::SetScope { field: field.into(), value: Value::Text(text.to_owned()) }),
        prop::collection::vec(text.clone(), 0..3).prop_map(|items| Change::SetScope {
            field: "modules".into(),
            value: Value::List(items.into_iter().map(str::to_owned).collect())
        }),
        (tasks, any::<bool>()).prop_map(|((step, task), done)| Change::SetTask { step: step.into(), task: task.into(), done }),
        status.prop_map(|status| Change::SetActivation { group: "seed".into(), status }),
        (dependency, treatment, prop::option::of(text.clone()), prop::option::of(text)).prop_map(
            |(id, treatment, form, room)| {
                Change::SetDependency {
                    dependency: id.into(),
                    treatment,
                    order_form: form.map(str::to_owned),
                    launch_room: room.map(str::to_owned),
                    changed: None,
                }
            }
        ),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    let outcome = prop::sample::select(vec![
        Outcome::Passed,
        Outcome::Passed,
        Outcome::Passed,
        Outcome::Failed,
        Outcome::Timeout,
        Outcome::Stopped,
    ]);
    let status = prop::sample::select(vec![CheckStatus::Passed, CheckStatus::Passed, CheckStatus::Failed, CheckStatus::Skipped]);
    let decided = prop::sample::select(vec![
        DecisionOutcome::Accepted,
        DecisionOutcome::AcceptedWithExclusions,
        DecisionOutcome::AcceptedWithExclusions,
        DecisionOutcome::Deferred,
    ]);
    let mostly = || prop::bool::weighted(0.85);
    prop_oneof![
        2 => room_change().prop_map(Deed::Change),
        6 => (0..PROOFS.len(), outcome, prop::collection::vec((0..CHECKS.len(), status), 0..4), mostly(), mostly())
            .prop_map(|(proof, outcome, checks, attach, intact)| Deed::Run { proof, outcome, checks, attach, intact }),
        2 => (0..2_usize, mostly()).prop_map(|(serves, intact)| Deed::File { serves, intact }),
        1 => (0..12_usize).prop_map(Deed::Withdraw),
        4 => (0..STAGES.len(), decided).prop_map(|(stage, outcome)| Deed::Decide { stage, outcome }),
        2 => (0..COVERS.len(), 0..20_i64).prop_map(|(covers, days)| Deed::Exclude(covers, days)),
        1 => (1..200_i64).prop_map(Deed::Wait),
    ]
}

/// A room that is filled and mostly proven, to which these things happened.
fn played(deeds: &[Deed], proven: bool) -> (Stage, Timestamp) {
    let text = format!("about = \"\"\nfilled = true\nproven = {proven}\nnow = \"2026-11-16T09:00:00Z\"\nexpect = []");
    let story: story::Story = toml::from_str(&text).expect("a story");
    let mut stage = story.play().expect("played");
    let mut now: Timestamp = "2026-11-16T09:00:00Z".parse().expect("a time");
    for (place, deed) in deeds.iter().enumerate() {
        now += SignedDuration::from_mins(10);
        if let Deed::Wait(hours) = deed {
            now += SignedDuration::from_hours(*hours);
        }
        for change in changes(&mut stage, deed, place, now) {
            let Ok(applied) = apply(&stage.plan, &stage.room, &stage.ledger, &change, now) else { break };
            stage.take(applied, now, "somebody");
        }
    }
    (stage, now)
}

fn changes(stage: &mut Stage, deed: &Deed, place: usize, now: Timestamp) -> Vec<Change> {
    let mut look = |intact: bool| {
        let digest = Digest::of(format!("deed {place}").as_bytes());
        stage.ledger.blobs.insert(digest, if intact { BlobState::Intact } else { BlobState::Missing });
        digest
    };
    match deed {
        Deed::Wait(_) => Vec::new(),
        Deed::Change(change) => vec![change.clone()],
        Deed::Run { proof, outcome, checks, attach, intact } => {
            let proof = PROOFS[*proof];
            let exit = matches!(outcome, Outcome::Passed | Outcome::Failed).then_some(i32::from(*outcome != Outcome::Passed));
            let run = Run {
                id: format!("run-{place}").into(),
                command: stage.plan.proof(proof).map_or(proof, |proof| &proof.command).to_owned(),
                env: Vec::new(),
                host: None,
                started: now,
                ended: now,
                exit,
                signal: None,
                seen: 1,
                cut: false,
            };
            let finished = RunFinished {
                proof: proof.into(),
                outcome: *outcome,
                run,
                digest: None,
                inputs: Inputs::default(),
                failing: Vec::new(),
            };
            let check =
                |(id, status): &(usize, CheckStatus)| Check { id: CHECKS[*id].into(), status: *status, detail: String::new() };
            let record = Attached {
                proof: Some(proof.into()),
                outcome: *outcome,
                run: Some(finished.run.clone()),
                checks: Some(checks.iter().map(check).collect()),
                ..record("dossier", look(*intact))
            };
            let mut out = vec![Change::FinishRun(Box::new(finished))];
            out.extend(attach.then(|| Change::AttachEvidence(Box::new(record))));
            out
        }
        Deed::File { serves, intact } => {
            let serves = ["live/billing", "work"][*serves].to_owned();
            vec![Change::AttachEvidence(Box::new(Attached { serves: Some(serves), ..record("dossier", look(*intact)) }))]
        }
        Deed::Withdraw(nth) => withdrawals(&stage.ledger).into_iter().cycle().nth(*nth).into_iter().collect(),
        Deed::Decide { stage, outcome } => vec![Change::RecordDecision {
            stage: STAGES[*stage].into(),
            outcome: *outcome,
            customer: "Mara Lindt".to_owned(),
            operator: "J. Okafor".to_owned(),
            reference: None,
            note: None,
        }],
        Deed::Exclude(covers, days) => vec![exclusion(COVERS[*covers], now, *days)],
    }
}

fn record(target: &str, digest: Digest) -> Attached {
    Attached { digest: Some(digest), size: Some(1), ..Attached::at(target.into(), Class::Locked, Outcome::Passed) }
}

fn exclusion(covers: &str, now: Timestamp, days: i64) -> Change {
    let until = (now + SignedDuration::from_hours(24 * days)).to_zoned(jiff::tz::TimeZone::UTC).date();
    Change::SignExclusion {
        covers: covers.to_owned(),
        wording: "not in it".to_owned(),
        signed_by: "S. de Wit".to_owned(),
        approved_by: None,
        from: None,
        until,
        reference: None,
    }
}

fn withdrawals(ledger: &Ledger) -> Vec<Change> {
    let seqs = ledger.entries.iter().filter(|entry| matches!(entry.body, Body::Attached(_))).map(|entry| entry.seq);
    seqs.map(|evidence| Change::WithdrawEvidence { evidence, why: "a mistake".to_owned() }).collect()
}

fn judge(stage: &Stage, now: Timestamp) -> Readiness {
    evaluate(&stage.plan, &stage.room, &stage.ledger, now)
}

fn goes(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::NoGo => 0,
        Verdict::AwaitingDecision => 1,
        Verdict::GoWithExclusions => 2,
        Verdict::Go => 3,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn removing_evidence_never_turns_no_go_into_go(deeds in prop::collection::vec(deed(), 0..24), proven: bool, later in 0..300_i64) {
        let (stage, now) = played(&deeds, proven);
        let now = now + SignedDuration::from_hours(later);
        let before = judge(&stage, now);
        for withdrawal in withdrawals(&stage.ledger) {
            let Ok(applied) = apply(&stage.plan, &stage.room, &stage.ledger, &withdrawal, now) else { continue };
            let mut without = Stage { plan: stage.plan.clone(), room: stage.room.clone(), ledger: stage.ledger.clone() };
            without.take(applied, now, "somebody");
            let after = judge(&without, now);
            for (then, now) in before.gates.iter().zip(&after.gates) {
                prop_assert!(goes(now.status.verdict()) <= goes(then.status.verdict()), "{withdrawal:?} took {} from {:?} to {:?}", then.id, then.status, now.status);
            }
            let rank = |stage_id: &Option<launchroom::domain::ids::GateId>| stage_id.as_ref().and_then(|id| stage.plan.rank(id.as_str()));
            prop_assert!(rank(&after.stage.accepted) <= rank(&before.stage.accepted));
            prop_assert!(rank(&after.stage.allowed) <= rank(&before.stage.allowed));
        }
    }

    #[test]
    fn an_exclusion_never_raises_what_is_accepted_nor_clears_a_gate(deeds in prop::collection::vec(deed(), 0..24), proven: bool, later in 0..300_i64) {
        let (stage, now) = played(&deeds, proven);
        let now = now + SignedDuration::from_hours(later);
        let before = judge(&stage, now);
        for covers in COVERS {
            let Ok(applied) = apply(&stage.plan, &stage.room, &stage.ledger, &exclusion(covers, now, 3), now) else { continue };
            let mut with = Stage { plan: stage.plan.clone(), room: stage.room.clone(), ledger: stage.ledger.clone() };
            with.take(applied, now, "somebody");
            let after = judge(&with, now);
            let rank = |stage_id: &Option<launchroom::domain::ids::GateId>| stage_id.as_ref().and_then(|id| stage.plan.rank(id.as_str()));
            prop_assert!(rank(&after.stage.accepted) <= rank(&before.stage.accepted), "{covers}");
            for (then, now) in before.gates.iter().zip(&after.gates) {
                prop_assert!(!now.status.is_clear() || then.status.is_clear(), "excluding {covers} cleared {}", then.id);
                let opened = then.status.as_str() == "blocked" && now.status.as_str() != "blocked";
                prop_assert!(!opened, "excluding {covers} opened {}", then.id);
            }
        }
    }

    #[test]
    fn the_same_input_gives_the_same_answer(deeds in prop::collection::vec(deed(), 0..24)) {
        let (stage, now) = played(&deeds, true);
        prop_assert_eq!(format!("{:?}", judge(&stage, now)), format!("{:?}", judge(&stage, now)));
    }

    #[test]
    fn a_change_taken_back_leaves_the_room_as_it_was(before in prop::collection::vec(room_change(), 0..8), change in room_change()) {
        let mut file = File::new(&before);
        let (room, text) = (file.stage.room.clone(), file.text.clone());
        let Some(back) = inverse(&room, &change) else { return Ok(()) };
        if file.make(&change).is_err() {
            return Ok(());
        }
        file.make(&back).expect("taking back is allowed");
        prop_assert_eq!(file.stage.room.values(), room.values());
        prop_assert_eq!(&parsed(&file.stage.plan, &file.text).values(), &room.values(), "{}\n---\n{}", text, file.text);
    }

    #[test]
    fn a_tick_and_its_untick_leave_the_same_bytes(ticked in prop::collection::vec((0..3_usize, any::<bool>()), 0..6), which in 0..3_usize) {
        const TASKS: [(&str, &str); 3] = [("start", "agree"), ("start", "write"), ("work", "run")];
        let set = |(which, done): (usize, bool)| Change::SetTask { step: TASKS[which].0.into(), task: TASKS[which].1.into(), done };
        let mut file = File::new(&ticked.into_iter().map(set).collect::<Vec<_>>());
        let text = file.text.clone();
        if file.stage.room.is_done(TASKS[which].0, TASKS[which].1) {
            return Ok(());
        }
        file.make(&set((which, true))).expect("ticked");
        prop_assert_ne!(&file.text, &text);
        file.make(&set((which, false))).expect("unticked");
        prop_assert_eq!(&file.text, &text);
    }
}

/// A room and its file, changed together as a store does.
struct File {
    stage: Stage,
    text: String,
}

impl File {
    fn new(changes: &[Change]) -> Self {
        let plan = story::plan("pilot");
        let text = room_toml::template(&plan, "northwind", "Northwind", jiff::civil::date(2026, 11, 2));
        let room = parsed(&plan, &text);
        let mut file = Self { stage: Stage { plan, room, ledger: Ledger::default() }, text };
        for change in changes {
            let _ = file.make(change);
        }
        file
    }

    fn make(&mut self, change: &Change) -> Result<(), String> {
        let now = "2026-11-16T09:00:00Z".parse().expect("a time");
        let applied =
            apply(&self.stage.plan, &self.stage.room, &self.stage.ledger, change, now).map_err(|refused| refused.rule)?;
        self.text = room_toml::splice(&self.text, &applied.edits).expect("the file can be edited");
        for edit in &applied.edits {
            assert!(edit.to != EditTo::Set(Value::Text(String::new())) || edit.path[0] == "scope", "only scope keeps a blank");
        }
        self.stage.take(applied, now, "somebody");
        let read = parsed(&self.stage.plan, &self.text);
        assert_eq!(read.values(), self.stage.room.values(), "the file and the ledger disagree\n{}", self.text);
        Ok(())
    }
}

fn parsed(plan: &Plan, text: &str) -> launchroom::domain::room::Room {
    room_toml::parse(text, "room", plan).unwrap_or_else(|bad| panic!("{}", bad.render()))
}
