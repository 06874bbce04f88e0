//! Who stands for what: owners, exclusions, decisions, and the words that may be used.

use super::{Block, Dossier, Section, Table, Tone, plain, toned};
use crate::domain::claims::{self, Said, Standing};
use crate::domain::gate::{DecisionStanding, ExclusionStanding};
use crate::format::decisions::Told;
use crate::format::exclusions;
use crate::format::review::who;
use crate::present::words;

pub fn owners(dossier: &Dossier) -> Section {
    let (plan, room) = (&dossier.plan, &dossier.room);
    let rows = dossier.readiness.roles.iter().filter_map(|state| {
        let role = plan.role(state.id.as_str())?;
        let name = room.holder(role.id.as_str()).map(|owner| owner.name.clone()).unwrap_or_default();
        let (tone, told) = match (state.blank, state.outside, state.shown.is_empty()) {
            (true, true, _) => (Tone::Quiet, "not needed in this motion"),
            (true, false, _) => (Tone::Bad, "blank"),
            (false, _, true) => (Tone::Warn, "named, not shown by a record"),
            (false, _, false) => (Tone::Good, "named and shown"),
        };
        Some(vec![
            plain(role.title.clone()),
            plain(role.side.as_str()),
            plain(name),
            plain(words::stage(plan, role.due.as_str())),
            toned(tone, told),
        ])
    });
    let table =
        Table { caption: "Owners".into(), head: vec!["Role", "Side", "Held by", "Needed for", "State"], rows: rows.collect() };
    Section { id: "owners", title: "Owners".into(), blocks: vec![Block::Table(table)] }
}

pub fn exclusions(dossier: &Dossier) -> Section {
    let title = "Left out on purpose".into();
    let exclusions = &dossier.readiness.exclusions;
    if exclusions.is_empty() {
        return Section { id: "exclusions", title, blocks: vec![Block::Text("Nothing is excluded.".into())] };
    }
    let rows = exclusions.iter().map(|one| {
        let tone = match one.standing {
            ExclusionStanding::InForce => Tone::Warn,
            ExclusionStanding::Ended => Tone::Bad,
            ExclusionStanding::NotYet | ExclusionStanding::Revoked(_) => Tone::Quiet,
        };
        let caps = one.caps.as_ref().map_or("nothing".to_owned(), |id| words::stage(&dossier.plan, id.as_str()));
        vec![
            plain(format!("{} {}", one.id, one.covers)),
            plain(one.wording.clone()),
            plain(exclusions::people(one)),
            plain(exclusions::period(&dossier.room, one)),
            plain(caps),
            toned(tone, words::exclusion(one.standing)),
        ]
    });
    let table = Table {
        caption: "Exclusions: each narrows what may be said and caps the stage that can be reached".into(),
        head: vec!["What", "Wording", "Signed", "Holds", "Caps at", "State"],
        rows: rows.collect(),
    };
    Section { id: "exclusions", title, blocks: vec![Block::Table(table)] }
}

/// `Saskia de Wit, recorded by J. Okafor, paper: OF-2026-014 §7`.
fn stated(name: &str, by: &str, reference: Option<&str>) -> String {
    let paper = reference.map(|reference| format!(", paper: {reference}")).unwrap_or_default();
    format!("{name}, recorded by {by}{paper}")
}

pub fn decisions(dossier: &Dossier) -> Section {
    let title = "Decisions".into();
    let (plan, room, ledger, now) = (&dossier.plan, &dossier.room, &dossier.ledger, dossier.readiness.as_of);
    let decided = &dossier.decisions;
    if decided.is_empty() {
        return Section { id: "decisions", title, blocks: vec![Block::Text("Nothing was decided yet.".into())] };
    }
    let told = Told { plan, room, ledger, now };
    let rows = decided.iter().filter_map(|state| {
        let (entry, decision) = told.recorded(state.seq)?;
        let tone = match state.standing {
            DecisionStanding::Stands => Tone::Good,
            DecisionStanding::ChangedSince => Tone::Bad,
            DecisionStanding::Superseded(_) | DecisionStanding::Ended(_) => Tone::Quiet,
        };
        let changed = if state.changed.is_empty() { String::new() } else { format!(": {}", state.changed.join("; ")) };
        let people = format!("{} for the customer, {} for the operator", decision.customer, decision.operator);
        Some(vec![
            plain(format!("#{}", entry.seq)),
            plain(words::moment_in_full(entry.at, &room.tenant.timezone)),
            plain(format!("{} {}", words::stage(plan, decision.stage.as_str()), words::decision(decision.outcome))),
            plain(stated(&people, &entry.by, decision.reference.as_deref())),
            toned(tone, format!("{}{changed}", words::standing(state.standing))),
        ])
    });
    let table = Table {
        caption: "Decisions, the newest first".into(),
        head: vec!["Entry", "When", "What", "By whom", "State"],
        rows: rows.collect(),
    };
    Section { id: "decisions", title, blocks: vec![Block::Table(table)] }
}

/// What may be said and what not, as everywhere else: in the room as it was judged.
pub fn said(dossier: &Dossier) -> Said {
    claims::now(&dossier.plan, &dossier.room, &dossier.readiness)
}

/// Every wording that may not be used, each once.
pub fn blocked(said: &Said) -> Vec<String> {
    said.blocked.iter().map(|one| one.claim.clone()).collect()
}

/// What may be said, with what a clear gate has unlocked.
pub fn allowed(said: &Said) -> Vec<String> {
    let may = said.allowed.iter().filter(|wording| wording.standing == Standing::May).map(|wording| &wording.text);
    may.chain(&said.unlocked).cloned().collect()
}

pub fn wording(dossier: &Dossier) -> Section {
    let said = said(dossier);
    let mut blocks = vec![Block::Heading("May be said".into()), Block::Items(allowed(&said))];
    blocks.extend([Block::Heading("May not be said".into()), Block::Items(blocked(&said))]);
    let boundaries: Vec<String> = dossier.plan.boundaries.clone();
    if !boundaries.is_empty() {
        blocks.extend([Block::Heading("Boundaries".into()), Block::Items(boundaries)]);
    }
    let attachments = dossier.plan.attachments.iter().filter_map(|attachment| {
        let proof = attachment.proof.as_ref()?;
        let there = dossier.records.iter().any(|record| record.proof.as_deref() == Some(proof.as_str()));
        Some(format!("{}: {}", attachment.text, if there { "a record is attached" } else { "no record this reader may see" }))
    });
    let attachments: Vec<String> = attachments.collect();
    if !attachments.is_empty() {
        blocks.extend([Block::Heading("Goes with the order form".into()), Block::Items(attachments)]);
    }
    let asks: Vec<String> = dossier
        .readiness
        .actions
        .iter()
        .map(|action| format!("{} ({})", action.text, who(&dossier.plan, &dossier.room, &action.owner)))
        .collect();
    if !asks.is_empty() {
        blocks.extend([Block::Heading("What is next".into()), Block::Items(asks)]);
    }
    Section { id: "wording", title: "What may be said".into(), blocks }
}
