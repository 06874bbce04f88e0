//! Deciding and leaving out, in the cockpit: forms that say before Enter what is closed and why, and what would move.

use super::forms;
use crate::domain::apply;
use crate::domain::change::Change;
use crate::domain::gate::{self, RequirementState};
use crate::domain::ids::{ExclusionId, GateId};
use crate::domain::ledger::DecisionOutcome;
use crate::domain::plan::Party;
use crate::format::moment;
use crate::present::words;
use crate::tui::effect::Effect;
use crate::tui::model::form::{Field, Form, Purpose};
use crate::tui::model::{Facts, Model, Overlay, Subject};

const OUTCOMES: [DecisionOutcome; 4] =
    [DecisionOutcome::Accepted, DecisionOutcome::AcceptedWithExclusions, DecisionOutcome::Deferred, DecisionOutcome::Rejected];
/// A stage of its own that no gate guards.
const HOLD: &str = "hold";
/// Whoever is named is no question of what may be decided.
const SOMEBODY: [&str; 2] = ["one side", "other side"];

/// `d`: the decision, for the stage in front, else the one this pilot aims at; on the outcome that goes furthest.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let in_front = match model.selected() {
        Some(Subject::Gate(id)) => Some(id.clone()),
        Some(Subject::Requirement(id)) => facts.plan.gate(id.gate()).map(|gate| gate.id.clone()),
        _ => None,
    };
    let stage = in_front.unwrap_or_else(|| facts.real.stage.target.clone());
    let outcome = best(&facts, &stage);
    let stages = facts.plan.gates.iter().map(|gate| (gate.id.to_string(), words::stage(facts.plan, gate.id.as_str())));
    let stages = stages.chain([(HOLD.to_owned(), HOLD.to_owned())]).collect();
    let outcomes = OUTCOMES.map(|outcome| (outcome.as_str().to_owned(), words::decision(outcome).to_owned()));
    let (customer, operator) = names(&facts, &stage);
    let form = Form::new(Purpose::Decide, "The launch decision", "record")
        .field(Field::choice("stage", "Stage", stages, stage.as_str()))
        .field(Field::choice("outcome", "Outcome", outcomes.to_vec(), outcome.as_str()))
        // Blank: a decision in somebody's name is typed, never one Enter away.
        .field(Field::text("customer", "Customer", &hint("customer", &customer), ""))
        .field(Field::text("operator", "Operator", &hint("operator", &operator), ""))
        .field(Field::text("reference", "Paper", "where the signatures are", ""))
        .field(Field::text("note", "Note", "for whoever reads the ledger", ""));
    let head = Some(facts.snapshot.ledger.head());
    let form = Form { danger: true, head, facts: told(&facts, &stage, outcome.as_str()), focus: 1, ..form };
    forms::show(model, form)
}

fn hint(side: &str, likely: &str) -> String {
    let who = if likely.is_empty() { "as they sign".to_owned() } else { format!("as they sign, e.g. {likely}") };
    format!("who decides for the {side}, {who}")
}

/// Who is likely to decide: whoever owns the decision, and whoever acts as operator.
fn names(facts: &Facts, stage: &GateId) -> (String, String) {
    let gate = facts.plan.gate(stage.as_str());
    let owner = gate.and_then(|gate| gate.requires.iter().find(|one| one.id.slug() == "decision")).map(|one| &one.owner);
    let customer = match owner {
        Some(Party::Role(role)) => facts.room.holder(role.as_str()).map(|owner| owner.name.clone()),
        Some(Party::Function(_)) | None => None,
    };
    let operator = facts.room.functions.get("operator").map(|person| person.name.clone());
    (customer.unwrap_or_default(), operator.unwrap_or_default())
}

/// What the rules say to each outcome for a stage, as far as names do not matter.
fn refusal(facts: &Facts, stage: &GateId, outcome: DecisionOutcome) -> Option<String> {
    let [customer, operator] = SOMEBODY.map(str::to_owned);
    let wanted = Change::RecordDecision { stage: stage.clone(), outcome, customer, operator, reference: None, note: None };
    apply::apply(facts.plan, facts.room, &facts.snapshot.ledger, &wanted, facts.now).err().map(|refused| refused.why)
}

/// The outcome that goes furthest.
fn best(facts: &Facts, stage: &GateId) -> DecisionOutcome {
    let open = OUTCOMES.into_iter().find(|outcome| refusal(facts, stage, *outcome).is_none());
    open.unwrap_or(DecisionOutcome::Deferred)
}

/// Every outcome: those that are open on one line, then why the others are closed, outcomes of one reason together. Why the
/// chosen one is closed stands below, where it is always whole.
fn told(facts: &Facts, stage: &GateId, chosen: &str) -> Vec<(String, String)> {
    let mut open: Vec<&str> = Vec::new();
    let mut closed: Vec<(String, Vec<DecisionOutcome>)> = Vec::new();
    for outcome in OUTCOMES {
        match refusal(facts, stage, outcome) {
            None => open.push(words::decision(outcome)),
            Some(why) => match closed.iter_mut().find(|(known, _)| *known == why) {
                Some((_, outcomes)) => outcomes.push(outcome),
                None => closed.push((why, vec![outcome])),
            },
        }
    }
    let closed = closed.into_iter().map(|(why, outcomes)| {
        let below = outcomes.iter().any(|outcome| outcome.as_str() == chosen);
        let outcomes: Vec<&str> = outcomes.into_iter().map(words::decision).collect();
        let outcomes = outcomes.join(", ");
        ("Closed".to_owned(), if below { format!("{outcomes}, see below") } else { format!("{outcomes}: {why}") })
    });
    std::iter::once(("Open".to_owned(), open.join(", "))).chain(closed).collect()
}

/// What recording it would move, and whether it would be taken: whoever it will be that decides.
pub fn foretold(form: &Form) -> Option<Change> {
    let mut wanted = change(form).ok()?;
    if let Change::RecordDecision { customer, operator, .. } = &mut wanted
        && (customer.is_empty() || operator.is_empty())
    {
        [*customer, *operator] = SOMEBODY.map(str::to_owned);
    }
    Some(wanted)
}

/// The stage or the outcome of the form may be another one now: what is closed follows.
pub fn follow(model: &mut Model) {
    let Some(facts) = model.facts() else { return };
    let Some(Overlay::Form(form)) = model.overlays.last() else { return };
    if form.purpose != Purpose::Decide {
        return;
    }
    let told = told(&facts, &form.value("stage").into(), form.value("outcome"));
    if let Some(Overlay::Form(form)) = model.overlays.last_mut() {
        form.facts = told;
    }
}

/// `x` on a requirement: leaves it out. On an exclusion: takes that back.
pub fn exclude(model: &mut Model, state: &RequirementState) -> Vec<Effect> {
    let form = Form::new(Purpose::Exclude(state.id.to_string()), format!("Leave out {}", state.id), "sign")
        .fact("What", &state.text)
        .fact("Then", "its wording may not be used, and a decision can at best accept with exclusions");
    let which = model.facts().and_then(|facts| which(&facts, state));
    let form = which
        .into_iter()
        .fold(form, Form::field)
        .field(Field::text("wording", "Wording", "what is left out, in the words that were signed", ""))
        .field(Field::text("signed_by", "Signed by", "who signed it", ""))
        .field(Field::text("approved_by", "Approved", "who approved it, somebody else", ""))
        .field(Field::text("from", "From", "first day, e.g. 2026-12-01; blank: at once", ""))
        .field(Field::text("until", "Until", "last day, to its midnight in the room's zone, e.g. 2027-01-31", ""))
        .field(Field::text("reference", "Paper", "where the signature is", ""));
    forms::show(model, Form { danger: true, ..form })
}

/// Where single checks of a bundle fail, one of them is the narrower thing to leave out.
fn which(facts: &Facts, state: &RequirementState) -> Option<Field> {
    let (plan, room, ledger) = (facts.plan, facts.room, &facts.snapshot.ledger);
    let checks = gate::uncovered(plan, room, ledger, facts.now, plan.requirement(state.id.as_str())?);
    let first = checks.first()?;
    let whole = (state.id.to_string(), format!("all of {}", state.id.slug()));
    let each = checks.iter().map(|covers| {
        let check = covers.split_once(':').map_or(covers.as_str(), |(_, check)| check);
        (covers.clone(), format!("the check {check}"))
    });
    Some(Field::choice("covers", "Leave out", each.chain([whole]).collect(), first))
}

pub fn revoke(model: &mut Model, id: &ExclusionId) -> Vec<Effect> {
    let form = Form::new(Purpose::Revoke(id.clone()), format!("Revoke exclusion {id}"), "revoke")
        .fact("What", "it stays in the ledger and counts no longer; what it covered is asked for again")
        .field(Field::text("why", "Why", "in words, for whoever reads the ledger", ""));
    forms::show(model, Form { danger: true, ..form })
}

/// What a form of these asks for.
///
/// # Errors
/// What is missing or cannot be read, in a sentence.
pub fn change(form: &Form) -> Result<Change, String> {
    let text = |id: &str| form.value(id).trim().to_owned();
    let filled = |id: &str| Some(text(id)).filter(|text| !text.is_empty());
    match &form.purpose {
        Purpose::Exclude(covers) => Ok(Change::SignExclusion {
            covers: filled("covers").unwrap_or_else(|| covers.clone()),
            wording: text("wording"),
            signed_by: text("signed_by"),
            approved_by: filled("approved_by"),
            from: filled("from").map(|day| moment::day(&day)).transpose()?,
            until: moment::day(&text("until"))?,
            reference: filled("reference"),
        }),
        Purpose::Revoke(exclusion) => Ok(Change::RevokeExclusion { exclusion: exclusion.clone(), why: text("why") }),
        _ => {
            let outcome = OUTCOMES.into_iter().find(|outcome| outcome.as_str() == form.value("outcome"));
            Ok(Change::RecordDecision {
                stage: form.value("stage").into(),
                outcome: outcome.ok_or("Choose an outcome")?,
                customer: text("customer"),
                operator: text("operator"),
                reference: filled("reference"),
                note: filled("note"),
            })
        }
    }
}

/// Records it, unless the room is another one than what was looked at.
pub fn submit(model: &mut Model) -> Vec<Effect> {
    let unreadable = model.unreadable.is_some();
    let head = model.facts().map(|facts| facts.snapshot.ledger.head());
    let Some(Overlay::Form(form)) = model.overlays.last_mut() else { return Vec::new() };
    let moved_on = form.purpose == Purpose::Decide && form.head != head;
    let wanted = match change(form) {
        _ if unreadable => Err("Nothing can be saved while the room file cannot be read. What you typed stays here".to_owned()),
        _ if moved_on => Err("The room changed since this was opened. Esc, look at what changed, and decide again".to_owned()),
        wanted => wanted,
    };
    let what = form.title.clone();
    match wanted {
        Ok(change) => {
            model.writing += 1;
            vec![Effect::Write { change: Box::new(change), what, seen: None }]
        }
        Err(why) => {
            form.error = Some(why);
            Vec::new()
        }
    }
}
