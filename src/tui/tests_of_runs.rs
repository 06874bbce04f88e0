//! Proofs under way in the cockpit: what is told about them while nobody has pressed a key.

use super::effect::Effect;
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
