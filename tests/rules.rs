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
use launchroom::domain::gate::{Readiness, Verdict, decisions, evaluate, judged};
use launchroom::domain::ids::Digest;
use launchroom::domain::ledger::{
    Attached, BlobState, Body, Check, CheckStatus, Decision, DecisionOutcome, Entry, Inputs, Ledger, Outcome, Run, RunFinished,
};
use launchroom::domain::plan::{Class, Plan};
use launchroom::domain::room::{ActivationStatus, Treatment, Value};
use launchroom::format::room_toml;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
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
    fn a_decision_stands_exactly_while_what_it_is_bound_to_is_unchanged(deeds in prop::collection::vec(deed(), 0..24), proven: bool, later in 0..300_i64) {
        let (stage, now) = played(&deeds, proven);
        let now = now + SignedDuration::from_hours(later);
        let states = decisions(&stage.plan, &stage.room, &stage.ledger, now);
        prop_assert_eq!(states.first().cloned(), judge(&stage, now).decision);
        let all = stage.ledger.entries.iter().filter(|entry| matches!(entry.body, Body::Decided(_))).count();
        prop_assert_eq!(states.len(), all, "none is ever lost");
        for (place, state) in states.iter().enumerate() {
            let (decision, before) = recorded(&stage.ledger, state.seq);
            prop_assert_eq!(decision.head, Some(before.map_or(Digest::ZERO, |entry| entry.hash)));
            prop_assert_eq!(decision.length, Some(state.seq - 1));
            prop_assert_eq!(decision.digest.unwrap_or(state.digest), decision.judged.digest());
            prop_assert_eq!(state.stands, place == 0 && state.changes.is_empty());
            prop_assert_eq!(state.digest == state.digest_now, state.changes.is_empty());
        }
        // Looked at once more, by comparing what it was judged on with what it would be judged on now.
        let Some(state) = states.first().filter(|state| state.stands && state.outcome.accepts()) else { return Ok(()) };
        let (decision, _) = recorded(&stage.ledger, state.seq);
        let today = judged(&stage.plan, &stage.room, &stage.ledger, now, &state.stage).0;
        for (key, was) in &decision.judged.0 {
            let Some(is) = today.get(key) else { continue };
            let better = is == "met" || (was.starts_with("excluded ") && is.starts_with("excluded "));
            prop_assert!(was == is || (key.contains('/') && (better || is == "stale")), "{key} was {was}, is {is}");
        }
    }

    #[test]
    fn a_change_affects_exactly_the_decisions_whose_inputs_it_touches(deeds in prop::collection::vec(deed(), 0..16), change in room_change()) {
        let (mut stage, now) = played(&deeds, true);
        for (which, outcome) in [(1, DecisionOutcome::Accepted), (1, DecisionOutcome::AcceptedWithExclusions), (0, DecisionOutcome::Accepted)] {
            for decide in changes(&mut stage, &Deed::Decide { stage: which, outcome }, 99, now) {
                if let Ok(applied) = apply(&stage.plan, &stage.room, &stage.ledger, &decide, now) {
                    stage.take(applied, now, "somebody");
                }
            }
        }
        let Some(state) = judge(&stage, now).decision.filter(|state| state.stands && state.outcome.accepts()) else { return Ok(()) };
        let bound = recorded(&stage.ledger, state.seq).0.judged.0.clone();
        let Ok(applied) = apply(&stage.plan, &stage.room, &stage.ledger, &change, now) else { return Ok(()) };
        let before = meanings(&stage);
        let had = judged(&stage.plan, &stage.room, &stage.ledger, now, &state.stage).0;
        // What had merely got old may be worse now, or not: nobody can tell from outside.
        let bound: BTreeMap<String, String> =
            bound.into_iter().filter(|(key, _)| had.get(key).is_none_or(|had| had != "stale")).collect();
        stage.take(applied, now, "somebody else");
        let after = meanings(&stage);
        let today = judged(&stage.plan, &stage.room, &stage.ledger, now, &state.stage).0;
        let worse = |key: &String, was: &String| today.get(key).is_some_and(|is| is != was && is != "met" && !is_part(is, was));
        let touched: BTreeSet<String> = bound
            .iter()
            .filter(|(key, was)| if key.contains('/') { worse(key, was) } else { before.get(*key) != after.get(*key) })
            .map(|(key, _)| key.clone())
            .collect();
        let drifted = judge(&stage, now).decision.expect("none is lost");
        prop_assert_eq!(drifted.seq, state.seq);
        let told: BTreeSet<String> =
            drifted.changes.iter().map(|one| one.what.clone()).filter(|what| bound.contains_key(what)).collect();
        prop_assert_eq!(&told, &touched, "{:?}", change);
        prop_assert_eq!(drifted.stands, drifted.changes.is_empty());
        let last = stage.ledger.entries.last().map(|entry| entry.seq);
        for one in drifted.changes.iter().filter(|one| !one.what.contains('/')) {
            prop_assert_eq!(one.cause.as_ref().map(|cause| (Some(cause.seq), cause.by.as_str())), Some((last, "somebody else")));
        }
        let asked: BTreeSet<&String> = drifted.voices.iter().flat_map(|(_, because)| because).collect();
        let changed: BTreeSet<&String> = drifted.changes.iter().map(|one| &one.what).collect();
        prop_assert_eq!(asked, changed, "somebody answers for each");
    }

    #[test]
    fn ending_an_exclusion_never_turns_no_go_into_go(deeds in prop::collection::vec(deed(), 0..24), proven: bool, later in 0..300_i64) {
        let (stage, now) = played(&deeds, proven);
        let now = now + SignedDuration::from_hours(later);
        let before = judge(&stage, now);
        for exclusion in &before.exclusions {
            let revoke = Change::RevokeExclusion { exclusion: exclusion.id.clone(), why: "over".to_owned() };
            let applied = apply(&stage.plan, &stage.room, &stage.ledger, &revoke, now).expect("what stands can be revoked");
            let mut without = Stage { plan: stage.plan.clone(), room: stage.room.clone(), ledger: stage.ledger.clone() };
            without.take(applied, now, "somebody");
            never_better(&before, &judge(&without, now))?;
            let last = exclusion.ends.max(now);
            never_better(&judge(&stage, last - SignedDuration::from_millis(1)), &judge(&stage, last))?;
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

/// A decision, and the entry before it.
fn recorded(ledger: &Ledger, seq: u64) -> (&Decision, Option<&Entry>) {
    let place = usize::try_from(seq).expect("a place") - 1;
    let Body::Decided(decision) = &ledger.entries[place].body else { panic!("#{seq} is no decision") };
    (decision, place.checked_sub(1).map(|before| &ledger.entries[before]))
}

/// Whether no more is left out than was.
fn is_part(is: &str, was: &str) -> bool {
    let (Some(is), Some(was)) = (is.strip_prefix("excluded "), was.strip_prefix("excluded ")) else { return false };
    is.split(", ").all(|one| was.split(", ").any(|other| one == other))
}

/// What the values of the room mean to a decision, said once more.
fn meanings(stage: &Stage) -> BTreeMap<String, String> {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = BTreeMap::new();
    for role in &stage.plan.roles {
        let name = stage.room.holder(role.id.as_str()).map(|owner| owner.name.trim().to_owned());
        out.insert(format!("role:{}", role.id), name.unwrap_or_default());
    }
    for (field, value) in &stage.room.scope {
        let mut items = match value {
            Value::Text(text) => vec![plain(text)],
            Value::List(items) => items.iter().map(|item| plain(item)).filter(|item| !item.is_empty()).collect(),
        };
        items.sort();
        out.insert(format!("scope:{field}"), items.join(", "));
    }
    for (id, one) in &stage.room.dependencies {
        out.insert(format!("dependency:{id}"), format!("{:?} {} {}", one.treatment, one.is_accepted(), plain(&one.changed)));
    }
    for (group, status) in &stage.room.activation {
        out.insert(format!("activation:{group}"), status.as_str().to_owned());
    }
    out
}

fn never_better(before: &Readiness, after: &Readiness) -> Result<(), TestCaseError> {
    for (then, now) in before.gates.iter().zip(&after.gates) {
        let (was, is) = (then.status.verdict(), now.status.verdict());
        prop_assert!(was != Verdict::NoGo || is == Verdict::NoGo, "{}: {:?} became {:?}", then.id, then.status, now.status);
    }
    Ok(())
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
