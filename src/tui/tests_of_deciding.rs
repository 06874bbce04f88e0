//! Deciding and leaving out in the cockpit: what is closed says why, and nothing is decided on a room that moved on.

use super::effect::Effect;
use super::model::{Model, Subject};
use super::msg::Msg;
use super::testing::{self, NORTHWIND, at, picture, press, tell};
use crate::domain::change::Change;
use crate::domain::gate::{DecisionChange, DecisionStanding, DecisionState};
use crate::domain::ids::Digest;
use crate::domain::ledger::{Attached, Body, Check, CheckStatus, DecisionOutcome, Entry, Exclusion, Outcome, RoomChanged, Run};
use crate::domain::plan::Class;
use std::sync::Arc;

fn written(effects: &[Effect]) -> Option<&Change> {
    effects.iter().find_map(|effect| match effect {
        Effect::Write { change, .. } => Some(&**change),
        _ => None,
    })
}

/// The room with one more entry.
fn later(body: Body) -> Msg {
    let mut opened = testing::opened(NORTHWIND);
    let entries = Arc::make_mut(&mut opened.snapshot.ledger.entries);
    let seq = entries.len() as u64 + 1;
    let hash = Digest::of(&seq.to_be_bytes());
    entries.push(Entry { seq, at: at(testing::NOW), by: "J. Okafor".into(), body, prev: Digest::ZERO, hash });
    let snapshot = &opened.snapshot;
    opened.readiness.exclusions =
        crate::domain::gate::evaluate(&snapshot.plan, &snapshot.room, &snapshot.ledger, at(testing::NOW)).exclusions;
    Msg::RoomLoaded(Ok(Box::new(opened)))
}

fn select(model: &mut Model, wanted: &dyn Fn(&Subject) -> bool) {
    for _ in 0..80 {
        if model.selected().is_some_and(wanted) {
            return;
        }
        press(model, "j");
    }
    panic!("no such row:\n{}", picture(model));
}

#[test]
fn the_form_lists_every_outcome_with_the_reason_a_closed_one_is_closed() {
    let mut model = testing::model(NORTHWIND, 120, 40);
    press(&mut model, "9d");
    let seen = picture(&model);
    assert!(
        seen.contains("Closed") && seen.contains("accepted, accepted with exclusions: ") && seen.contains("In the way: "),
        "{seen}"
    );
    assert!(seen.contains("Open      deferred, rejected") && seen.contains("Ingrid Aasen"), "{seen}");
    assert!(written(&press(&mut model, "<Enter>")).is_none_or(|change| {
        matches!(change, Change::RecordDecision { customer, operator, .. } if customer.is_empty() && operator.is_empty())
    }));
    let mut model = testing::model(NORTHWIND, 120, 40);
    let effects = press(&mut model, "9d<Tab>Ingrid Aasen<Tab>Jonas Okafor<Enter>");
    let Some(Change::RecordDecision { stage, outcome, customer, operator, .. }) = written(&effects) else {
        panic!("{effects:?}")
    };
    assert_eq!(
        (stage.as_str(), *outcome),
        ("paid-beta", DecisionOutcome::Deferred),
        "what this pilot aims at, and the furthest that is open"
    );
    assert_eq!((customer.as_str(), operator.as_str()), ("Ingrid Aasen", "Jonas Okafor"));
}

#[test]
fn why_the_chosen_outcome_is_closed_is_whole_on_a_small_screen_and_what_is_cut_says_so() {
    let mut model = testing::model(NORTHWIND, 80, 24);
    press(&mut model, "9d");
    let seen = picture(&model);
    assert!(seen.contains("Stage") && seen.contains("< paid beta >") && seen.contains("< deferred >  "), "{seen}");
    assert!(seen.contains("…") && !seen.contains("Refused"), "nothing was asked of the reader yet: {seen}");
    let effects = press(&mut model, "<Left><Left>");
    let Some(Effect::Preview { number, change }) = effects.into_iter().last() else { panic!("no preview") };
    assert!(matches!(&*change, Change::RecordDecision { customer, .. } if !customer.is_empty()), "names are not the question");
    let opened = testing::opened(NORTHWIND);
    let snapshot = &opened.snapshot;
    let told = crate::domain::apply::apply(&snapshot.plan, &snapshot.room, &snapshot.ledger, &change, at(testing::NOW));
    let why = told.expect_err("it is closed").why;
    tell(&mut model, Msg::Previewed { number, outcome: Err(why.clone()) });
    let seen = picture(&model);
    assert!(seen.contains("< accepted with exclusions >") || seen.contains("< accepted >"), "{seen}");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&seen).contains(&words(&why)), "{why}\n{seen}");
}

#[test]
fn another_stage_closes_other_outcomes_and_hold_accepts_nothing() {
    let mut model = testing::model(NORTHWIND, 120, 40);
    press(&mut model, "9d");
    // Round the end of the list of stages: from paid beta over private beta and setup back to hold.
    press(&mut model, "<BackTab><Left><Left><Left>");
    let seen = picture(&model);
    assert!(seen.contains("`hold` accepts nothing"), "{seen}");
}

#[test]
fn nothing_is_decided_on_a_room_that_changed_since_the_form_was_opened() {
    let mut model = testing::model(NORTHWIND, 120, 40);
    press(&mut model, "9d");
    tell(&mut model, later(Body::RoomChanged(RoomChanged::default())));
    let effects = press(&mut model, "<Enter>");
    assert_eq!(written(&effects), None);
    assert!(picture(&model).contains("The room changed since this was opened"), "{}", picture(&model));
    press(&mut model, "<Esc>d");
    assert!(written(&press(&mut model, "<Enter>")).is_some(), "looked at anew, it is recorded");
}

#[test]
fn nothing_is_decided_or_left_out_on_what_is_only_assumed() {
    let mut model = testing::model(NORTHWIND, 120, 40);
    press(&mut model, "4");
    select(&mut model, &|subject| matches!(subject, Subject::Requirement(id) if *id == *"paid-beta/issuer"));
    press(&mut model, "<Space>");
    for key in ["d", "x"] {
        press(&mut model, key);
        assert!(model.overlays.is_empty(), "{key}: {}", picture(&model));
    }
}

#[test]
fn a_requirement_is_left_out_in_a_form_and_that_is_taken_back_in_another() {
    let mut model = testing::model(NORTHWIND, 120, 40);
    press(&mut model, "4");
    select(&mut model, &|subject| matches!(subject, Subject::Requirement(id) if *id == *"paid-beta/issuer"));
    press(&mut model, "xno issuer<Tab>Saskia de Wit<Tab>Ingrid Aasen<Tab><Tab>soon");
    assert_eq!(written(&press(&mut model, "<Enter>")), None);
    assert!(picture(&model).contains("`soon` is not a day like"), "{}", picture(&model));
    press(&mut model, "<Ctrl-u>2027-01-31");
    let effects = press(&mut model, "<Enter>");
    let Some(Change::SignExclusion { covers, wording, approved_by, until, .. }) = written(&effects) else {
        panic!("{effects:?}")
    };
    assert_eq!((covers.as_str(), wording.as_str()), ("paid-beta/issuer", "no issuer"));
    assert_eq!((approved_by.as_deref(), until.to_string().as_str()), (Some("Ingrid Aasen"), "2027-01-31"));

    let signed = Exclusion {
        id: "X1".into(),
        covers: "paid-beta/issuer".into(),
        wording: "no issuer".into(),
        signed_by: "Saskia de Wit".into(),
        approved_by: None,
        from: None,
        until: jiff::civil::date(2027, 1, 31),
        reference: None,
    };
    let mut model = testing::model(NORTHWIND, 120, 40);
    tell(&mut model, later(Body::ExclusionSigned(signed)));
    press(&mut model, "9");
    select(&mut model, &|subject| matches!(subject, Subject::Record(_)));
    press(&mut model, "xthe issuer joined");
    let effects = press(&mut model, "<Enter>");
    assert!(matches!(written(&effects), Some(Change::RevokeExclusion { exclusion, .. }) if *exclusion == *"X1"), "{effects:?}");
}

#[test]
fn where_single_checks_fail_one_of_them_is_the_narrower_thing_to_leave_out() {
    let check = |id: &str, status| Check { id: id.into(), status, detail: String::new() };
    let run = Run {
        id: "run-1".into(),
        command: String::new(),
        env: Vec::new(),
        host: None,
        started: at(testing::NOW),
        ended: at(testing::NOW),
        exit: Some(1),
        signal: None,
        seen: 0,
        cut: false,
    };
    let record = Attached {
        proof: Some("paid-beta-fixture-proof".into()),
        run: Some(run),
        checks: Some(vec![
            check("api", CheckStatus::Passed),
            check("hris-sync", CheckStatus::Failed),
            check("sso", CheckStatus::Failed),
        ]),
        ..Attached::at("fixture-evidence".into(), Class::Locked, Outcome::Failed)
    };
    let mut model = testing::model(NORTHWIND, 120, 40);
    tell(&mut model, later(Body::Attached(Box::new(record))));
    press(&mut model, "4");
    select(&mut model, &|subject| matches!(subject, Subject::Requirement(id) if *id == *"paid-beta/fixture-proof"));
    press(&mut model, "x");
    assert!(picture(&model).contains("< the check hris-sync >"), "{}", picture(&model));
    let effects = press(&mut model, "<Right><Tab>no single sign-on<Tab>Saskia de Wit<Tab><Tab><Tab>2027-01-31<Enter>");
    assert!(
        matches!(written(&effects), Some(Change::SignExclusion { covers, .. }) if covers == "paid-beta-fixture-proof:sso"),
        "{effects:?}"
    );
}

/// The pilot, accepted at its target; since then a proof went stale.
fn drifted(width: u16, height: u16) -> Model {
    let mut opened = testing::opened(NORTHWIND);
    let reason = "support-email changed: was managed, now manual";
    let change = DecisionChange {
        what: "paid-beta/fixture-proof".into(),
        was: "excluded stripe-checkout by stripe".into(),
        now: "stale".into(),
        told: format!("paid-beta/fixture-proof was excluded stripe-checkout by stripe, now stale: {reason}"),
        cause: None,
        at: None,
        voice: None,
    };
    let decision = DecisionState {
        seq: 1,
        at: at(testing::NOW),
        stage: opened.readiness.stage.target.clone(),
        outcome: DecisionOutcome::Accepted,
        standing: DecisionStanding::ChangedSince,
        stands: false,
        changed: vec![change.told.clone()],
        changes: vec![change],
        voices: Vec::new(),
        same_person: false,
        digest: Digest::ZERO,
        digest_now: Digest::ZERO,
    };
    opened.readiness.decision = Some(decision);
    let mut model = testing::model(NORTHWIND, width, height);
    model.opened = Some(opened);
    model
}

#[test]
fn why_a_decision_no_longer_stands_is_not_cut_on_the_first_screen() {
    for (width, height) in [(80, 24), (100, 30), (140, 40)] {
        let seen = picture(&drifted(width, height));
        let head = seen.lines().nth(3).unwrap_or_default();
        assert!(head.contains("CHANGED SINCE") && head.contains("paid beta"), "{seen}");
        assert!(head.contains("support-email changed: was managed, now manual"), "{seen}");
    }
}
