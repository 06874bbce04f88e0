//! Proofs under way in the cockpit: what is told about them while nobody has pressed a key.

use super::effect::{Effect, How};
use super::model::Model;
use super::msg::{Msg, Sheet};
use super::testing::{NORTHWIND, model, picture, press, tell};
use crate::app::ports::RunEvent;
use crate::domain::ids::{ProofId, RunId};
use jiff::SignedDuration;

/// Starts this proof from its sheet; the run and the orders that came out.
fn started(model: &mut Model, proof: &str) -> (RunId, Vec<Effect>) {
    let proof = ProofId::from(proof);
    let sheet = Sheet { title: proof.to_string(), ..Sheet::default() };
    tell(model, Msg::SheetReady { proof: proof.clone(), outcome: Ok(sheet) });
    let effects = press(model, "<Enter>");
    let run = model.runs.of(&proof).expect("it is known from now on").id.clone();
    if effects.iter().any(|effect| matches!(effect, Effect::StartRun { .. })) {
        tell(model, Msg::RunStarted { run: run.clone(), outcome: Ok(()) });
    }
    (run, effects)
}

#[test]
fn a_run_that_prints_nothing_for_long_says_so_until_it_prints() {
    let mut model = model(NORTHWIND, 120, 40);
    let (run, _) = started(&mut model, "launch-proof-bundle");
    model.now += SignedDuration::from_secs(29);
    tell(&mut model, Msg::MomentCame);
    assert!(!picture(&model).contains("printed nothing"), "{}", picture(&model));
    model.now += SignedDuration::from_secs(2);
    tell(&mut model, Msg::MomentCame);
    assert!(picture(&model).contains("printed nothing for 31 s"), "{}", picture(&model));
    model.runs.get(&run).expect("it runs").feed.push(&RunEvent::Output(b"here\n".to_vec()));
    tell(&mut model, Msg::OutputArrived(run));
    assert!(!picture(&model).contains("printed nothing"), "{}", picture(&model));
}

/// The proofs that these orders start.
fn starts(effects: &[Effect]) -> Vec<&str> {
    let mut out = Vec::new();
    for effect in effects {
        if let Effect::StartRun { request, .. } = effect {
            out.push(request.proof.as_str());
        }
    }
    out
}

fn ended(model: &mut Model, run: &RunId) -> Vec<Effect> {
    let mut captured = super::testing::captured("launch-proof-bundle");
    captured.run.id = run.clone();
    tell(model, Msg::RunEnded { run: run.clone(), outcome: Ok(Box::new(captured)) })
}

#[test]
fn a_third_proof_waits_and_starts_when_one_has_ended() {
    let mut model = model(NORTHWIND, 120, 40);
    let (first, _) = started(&mut model, "launch-proof-bundle");
    let (second, _) = started(&mut model, "launch-clearance");
    let (third, effects) = started(&mut model, "readiness-strict");
    assert_eq!(starts(&effects), Vec::<&str>::new());
    let seen = picture(&model);
    assert!(seen.contains("2 running, 1 waiting") && seen.contains("waits for its turn"), "{seen}");
    assert!(model.overlays.is_empty(), "its sheet is done with");

    model.now += SignedDuration::from_secs(100);
    assert_eq!(starts(&ended(&mut model, &second)), ["readiness-strict"]);
    let run = model.runs.get(&third).expect("it runs now");
    assert!(run.is_under_way() && run.started == model.now, "its clock starts with it");
    assert_eq!(starts(&ended(&mut model, &first)), Vec::<&str>::new());
}

#[test]
fn one_that_waits_is_taken_off_and_never_starts() {
    let mut model = model(NORTHWIND, 120, 40);
    let (first, _) = started(&mut model, "launch-proof-bundle");
    started(&mut model, "launch-clearance");
    let (third, _) = started(&mut model, "readiness-strict");
    assert_eq!(press(&mut model, "S").iter().filter(|effect| matches!(effect, Effect::StopRun(_))).count(), 0);
    assert!(model.runs.get(&third).is_none());
    assert_eq!(starts(&ended(&mut model, &first)), Vec::<&str>::new());
}

#[test]
fn one_that_could_not_start_makes_room_and_another_sheet_stays_open() {
    let mut model = model(NORTHWIND, 120, 40);
    let (first, _) = started(&mut model, "launch-proof-bundle");
    started(&mut model, "launch-clearance");
    let (third, _) = started(&mut model, "readiness-strict");
    started(&mut model, "buyer-close-pack");
    let sheet = Sheet { title: "Another".into(), ..Sheet::default() };
    tell(&mut model, Msg::SheetReady { proof: "customer-launch-room".into(), outcome: Ok(sheet) });
    ended(&mut model, &first);
    let why = crate::app::error::Error::new(crate::app::error::Kind::Refused, "not run", "it changed");
    let effects = tell(&mut model, Msg::RunStarted { run: third, outcome: Err(why) });
    assert_eq!(starts(&effects), ["buyer-close-pack"]);
    assert_eq!(model.overlays.len(), 1, "the sheet that lies open is another one's");
}

/// A captured run in the pane, with so many strings that may be secrets.
fn with_suspects(model: &mut Model, suspects: u64) {
    let (run, _) = started(model, "launch-proof-bundle");
    let mut captured = super::testing::captured("launch-proof-bundle");
    captured.run.id = run.clone();
    captured.suspects = suspects;
    tell(model, Msg::RunEnded { run, outcome: Ok(Box::new(captured)) });
}

#[test]
fn attaching_what_may_be_a_secret_asks_whether_somebody_looked() {
    let mut model = model(NORTHWIND, 120, 40);
    with_suspects(&mut model, 2);
    press(&mut model, "a");
    let shown = picture(&model);
    assert!(shown.contains("2 strings look random, nobody looked: read what it printed"), "{shown}");
    assert!(shown.contains("Looked"), "{shown}");
    let looked = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::AttachRun(wish) => Some(wish.looked),
            _ => None,
        })
    };
    assert_eq!(looked(&press(&mut model, "<Tab><Tab><Tab><Right><Enter>")), Some(true));
}

#[test]
fn attaching_what_holds_none_asks_nothing_more() {
    let mut model = model(NORTHWIND, 120, 40);
    with_suspects(&mut model, 0);
    press(&mut model, "a");
    assert!(!picture(&model).contains("Looked"), "{}", picture(&model));
}

#[test]
fn a_document_that_was_held_back_is_asked_about_in_its_form() {
    let mut model = model(NORTHWIND, 120, 40);
    press(&mut model, "3a");
    assert!(!picture(&model).contains("Looked"), "{}", picture(&model));
    let error = crate::app::error::Error::new(
        crate::app::error::Kind::Refused,
        "it is held back from `public`",
        "1 string in it looks random (line 3)",
    );
    tell(&mut model, Msg::Written { what: "attach".into(), outcome: Err(error) });
    let shown = picture(&model);
    assert!(shown.contains("Looked") && shown.contains("(line 3). Say below"), "{shown}");
}

#[test]
fn a_proof_runs_again_from_a_sheet_that_says_so_and_only_when_it_ran_before() {
    let mut model = model(NORTHWIND, 120, 40);
    press(&mut model, "5");
    assert_eq!(press(&mut model, "R"), [], "it never ran");
    assert!(picture(&model).contains("it never ran here"), "{}", picture(&model));
    let proof = ProofId::from("launch-proof-bundle");
    let sheet = Sheet { title: "Bundle".into(), how: How::Again, ..Sheet::default() };
    tell(&mut model, Msg::SheetReady { proof, outcome: Ok(sheet) });
    assert!(picture(&model).contains("Run Bundle again?"), "{}", picture(&model));
    let effects = press(&mut model, "<Enter>");
    let again = effects.iter().any(|effect| matches!(effect, Effect::StartRun { request, .. } if request.how == How::Again));
    assert!(again, "{effects:?}");
}
