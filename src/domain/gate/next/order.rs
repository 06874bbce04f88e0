//! Puts actions in the order to do them.

use super::draft::{Draft, Phase};
use crate::domain::gate::status::Action;
use crate::domain::plan::Party;

/// By phase, and within one by who acts; an action that rests on what another changes comes after it.
pub fn of(mut drafts: Vec<Draft>) -> Vec<Action> {
    let mut owners: Vec<Party> = Vec::new();
    for draft in &drafts {
        if !owners.contains(&draft.owner) {
            owners.push(draft.owner.clone());
        }
    }
    drafts.sort_by_key(|draft| (draft.phase, owners.iter().position(|owner| *owner == draft.owner)));
    let mut placed: Vec<(usize, Draft)> = Vec::new();
    let mut waiting: Vec<(usize, Draft)> = drafts.into_iter().enumerate().collect();
    while !waiting.is_empty() {
        let free =
            waiting.iter().position(|(at, draft)| !waiting.iter().any(|(other, first)| other != at && goes_before(first, draft)));
        // Two that wait for each other: the plan allows no circle of proofs, two rows of several may make one.
        placed.push(waiting.remove(free.unwrap_or(0)));
    }
    let drafts: Vec<Draft> = placed.into_iter().map(|(_, draft)| draft).collect();
    (0..drafts.len()).filter_map(|at| action(&drafts, at)).collect()
}

fn goes_before(first: &Draft, then: &Draft) -> bool {
    first.changes.iter().any(|input| then.rests.contains(input))
}

fn action(drafts: &[Draft], at: usize) -> Option<Action> {
    let draft = drafts.get(at)?.clone();
    let after = drafts.iter().take(at).rposition(|first| goes_before(first, &draft));
    Some(Action {
        text: draft.text,
        kind: draft.kind,
        owner: draft.owner,
        side: draft.side,
        status: draft.status,
        command: draft.command,
        unlocks: draft.unlocks,
        after: after.map(|place| place + 1),
        asked: draft.asked,
        dangerous: draft.phase == Phase::Danger,
        alternative: draft.alternative,
    })
}
