//! The fewest acts that clear a stage's gate.

use super::mine;
use crate::app::error::Error;
use crate::app::prove;
use crate::cli::args::PathArgs;
use crate::cli::{Exit, context::Context, context::for_room, context::unknown};
use crate::domain::gate;
use crate::domain::ids::{GateId, ProofId};
use crate::format::path::{Path, json, proofs, text};

pub fn run(cx: &mut Context<'_>, args: &PathArgs) -> Result<Exit, Error> {
    let (store, opened) = cx.opened()?;
    let (snapshot, readiness) = (&opened.snapshot, &opened.readiness);
    let plan = &snapshot.plan;
    let to = args.to.as_deref().map_or_else(|| readiness.stage.target.clone(), GateId::from);
    if plan.gate(to.as_str()).is_none() {
        return Err(unknown("stage", to.as_str(), plan.gates.iter().map(|gate| gate.id.as_str())));
    }
    let mut actions = gate::path(plan, &snapshot.room, &snapshot.ledger, readiness.as_of, &to);
    let mut gaps = gate::gaps(plan, &snapshot.room, &snapshot.ledger, readiness.as_of, &to);
    let all = actions.len();
    if !args.reading.json {
        for_room(&mut actions, &cx.room_flag());
    }
    if args.mine {
        let mine = mine::of(cx)?;
        actions.retain(|action| mine.owes(&action.owner));
        gaps.retain(|gap| plan.group(gap.group.as_str()).is_some_and(|group| mine.owes(&group.owner)));
    }
    let is_unread = |id: &&ProofId| !prove::is_agreed(&*store, &*cx.wiring.trust, snapshot, id);
    let unread: Vec<ProofId> = actions.iter().flat_map(proofs).filter(is_unread).cloned().collect();
    let (room, actions, gaps, others) = (&*snapshot.room, &*actions, &*gaps, all - actions.len());
    let path = Path { plan, room, readiness, to: &to, actions, gaps, others, unread: &unread };
    if args.reading.json {
        cx.out.json(&json(&path));
    } else {
        let symbols = cx.symbols();
        cx.out.lines(text(&path, symbols));
    }
    Ok(Exit::Ok)
}
