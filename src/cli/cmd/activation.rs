//! How far the activation groups are collected. Names only, never values.

use crate::app::error::Error;
use crate::app::open::Opened;
use crate::cli::args::ActivationCommand;
use crate::cli::{Exit, context::Context, context::unknown};
use crate::domain::change::Change;
use crate::domain::plan::{EnvPlace, Group, Plan};
use crate::domain::room::{ActivationStatus, Room};
use crate::domain::turns;
use crate::format::review::who;
use crate::present::line::{Line, Tone, columns};
use crate::present::words;
use serde_json::{Value, json};

/// The word for a group nobody said anything about, which takes back what was said.
const NOT_RECORDED: &str = "not-recorded";

pub fn run(cx: &mut Context<'_>, command: &ActivationCommand) -> Result<Exit, Error> {
    match command {
        ActivationCommand::List(reading) => list(cx, reading.json),
        ActivationCommand::Set { group, status } => cx.change(|opened| wanted(&opened.snapshot.plan, group, status)),
    }
}

fn wanted(plan: &Plan, group: &str, word: &str) -> Result<Change, Error> {
    let group = plan
        .group(group)
        .ok_or_else(|| unknown("activation group", group, plan.activation.iter().map(|group| group.id.as_str())))?;
    let status = ActivationStatus::from_word(word);
    if status.is_none() && word != NOT_RECORDED {
        let words = ActivationStatus::ALL.iter().map(|status| status.as_str()).chain([NOT_RECORDED]);
        return Err(unknown("status", word, words));
    }
    Ok(Change::SetActivation { group: group.id.clone(), status })
}

fn list(cx: &mut Context<'_>, as_json: bool) -> Result<Exit, Error> {
    let (_, opened) = cx.opened()?;
    let (plan, room) = (&*opened.snapshot.plan, &*opened.snapshot.room);
    let early = turns::early(plan, room, &opened.snapshot.ledger);
    if as_json {
        let groups: Vec<_> = plan.activation.iter().map(|group| group_json(room, group)).collect();
        let early: Vec<_> = early.iter().map(|one| json!({ "rule": one.rule, "told": one.told })).collect();
        cx.out.json(&json!({ "schema": 1, "activation": groups, "early": early }));
        return Ok(Exit::Ok);
    }
    if plan.activation.is_empty() {
        cx.out.say("this plan has no activation groups");
        return Ok(Exit::Ok);
    }
    let rows: Vec<_> = plan.activation.iter().map(|group| group_row(&opened, group)).collect();
    cx.out.lines(columns(&rows));
    if plan.activation.iter().any(|group| group.illustrative) {
        cx.out.line(Line::of(Tone::Quiet, "* illustrative: the plan's sources do not state it"));
    }
    let symbols = cx.symbols();
    cx.out.lines(early.into_iter().map(|one| Line::of(Tone::Warn, symbols.warning).then(format!(" {}", one.told))));
    Ok(Exit::Ok)
}

fn recorded(room: &Room, group: &Group) -> Option<ActivationStatus> {
    room.activation.get(&group.id).copied()
}

fn group_json(room: &Room, group: &Group) -> Value {
    let env = group.env.iter().map(|env| {
        let place = match env.place {
            EnvPlace::Production => "production",
            EnvPlace::Operator => "operator",
        };
        json!({ "name": env.name, "place": place })
    });
    json!({
        "id": group.id.as_str(),
        "title": group.title,
        "status": recorded(room, group).map(ActivationStatus::as_str),
        "owner": group.owner.as_str(),
        "unlocks": group.unlocks,
        "sources": group.sources,
        "after": group.after,
        "env": env.collect::<Vec<_>>(),
        "locks": group.locks,
        "proof": group.proof.as_ref().map(crate::domain::ids::ProofId::as_str),
        "illustrative": group.illustrative,
    })
}

fn group_row(opened: &Opened, group: &Group) -> Vec<(Tone, String)> {
    let (plan, room) = (&*opened.snapshot.plan, &*opened.snapshot.room);
    let (tone, status) = match recorded(room, group) {
        Some(ActivationStatus::Proven) => (Tone::Good, "proven"),
        Some(status) => (Tone::Plain, status.as_str()),
        None => (Tone::Warn, "not recorded"),
    };
    let mark = if group.illustrative { "*" } else { "" };
    vec![
        (Tone::Plain, format!("{}{mark}", group.id)),
        (tone, status.to_owned()),
        (Tone::Plain, words::count(group.env.len(), "name", "names")),
        (Tone::Quiet, who(plan, room, &group.owner).to_owned()),
    ]
}
