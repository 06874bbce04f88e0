//! Whatever a room, its ledger or a command says: no cell of any picture obeys it, hides it or turns it around.

use super::action::{Action, Choice, Chord, TABLE};
use super::effect::Effect;
use super::model::{Model, Opened, Screen};
use super::msg::{Msg, Sheet};
use super::testing::{NORTHWIND, NOW, at, blank_model, captured, model, opened, painted, picture, press, tell};
use crate::app::portfolio::{Moved, NextAction, Portfolio, Row, Standing};
use crate::app::ports::RunEvent;
use crate::domain::gate::{self, Verdict};
use crate::domain::ids::{Digest, ProofId};
use crate::domain::ledger::{Body, Entry};
use crate::domain::plan::Side;
use crate::domain::room::{Room, Value};
use serde_json::json;
use std::sync::Arc;

/// Clears the screen, sets the clipboard, makes links, colours, reorders, hides, ends the line, floods one cell.
const HOSTILE: &str = "\u{1b}[2J\u{202e}e\u{200b}v\u{e0041}il\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}]8;;http://x\u{1b}\\\u{9b}31m\u{2066}\
     \u{feff}\u{2028}\0\r\nGO  paid beta\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{7f}\u{85}\u{ad}\u{2060}\u{fe0f}\u{3164}";

fn obeyed_or_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{3164}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

fn harmless(model: &Model, how: &str) {
    let buffer = painted(model);
    for (n, cell) in buffer.content.iter().enumerate() {
        let symbol = cell.symbol();
        let bad = symbol.chars().any(obeyed_or_unseen) || symbol.chars().count() > 6;
        assert!(!bad, "{symbol:?} in cell {n} of {:?}, {how}\n{}", buffer.area, picture(model));
    }
}

fn bad() -> String {
    HOSTILE.to_owned()
}

fn spoil(room: &mut Room) {
    room.tenant.name = bad();
    for value in room.scope.values_mut() {
        *value = match value {
            Value::Text(_) => Value::Text(bad()),
            Value::List(_) => Value::List(vec![bad(), bad()]),
        };
    }
    for owner in room.owners.values_mut() {
        (owner.name, owner.contact, owner.basis) = (bad(), bad(), bad());
    }
    for person in room.functions.values_mut() {
        (person.name, person.contact) = (bad(), bad());
    }
    for acceptance in room.dependencies.values_mut() {
        (acceptance.order_form, acceptance.launch_room, acceptance.changed) = (bad(), bad(), bad());
    }
    room.commands = [(ProofId::from("launch-proof-bundle"), bad())].into();
}

/// One entry of each kind, all its words hostile.
fn bodies() -> Vec<Body> {
    let digest = Digest::of(b"bytes");
    let run = json!({ "id": bad(), "command": bad(), "env": [bad()], "host": bad(), "started": NOW, "ended": NOW, "exit": 1, "seen": 5 });
    let attached = json!({
        "proof": "launch-proof-bundle", "target": "launch-proof-bundle", "class": "public", "outcome": "failed",
        "run": run, "digest": digest, "size": 5, "file": bad(), "outputs": [{ "name": bad(), "digest": digest, "size": 5 }],
        "checks": [{ "id": bad(), "status": "failed", "detail": bad() }], "unread": bad(), "inputs": { bad(): bad() },
        "redactions": { bad(): 2 }, "note": bad(),
    });
    let stated = json!({
        "serves": "paid-beta/billing", "target": "launch-dossier", "class": "tenant", "outcome": "reference", "reference": bad(), "note": bad(),
    });
    let decided = json!({
        "stage": "setup", "outcome": "accepted", "customer": bad(), "operator": bad(), "judged": { bad(): bad() }, "reference": bad(), "note": bad(),
    });
    let signed = json!({
        "id": "X1", "covers": "paid-beta/issuer", "wording": bad(), "signed_by": bad(), "until": "2027-01-31", "reference": bad(),
    });
    let changed = json!({ "changes": [
        { "path": bad(), "was": bad(), "now": bad() }, { "path": "owners.tenant-owner.name", "was": bad(), "now": [bad()] },
    ] });
    vec![
        Body::RoomChanged(read(&changed)),
        Body::EditedOutside(read(&changed)),
        Body::RunFinished(Box::new(read(&json!({ "proof": "launch-proof-bundle", "outcome": "failed", "run": run })))),
        Body::Attached(Box::new(read(&attached))),
        Body::Attached(Box::new(read(&stated))),
        Body::ExclusionSigned(read(&signed)),
        Body::Decided(Box::new(read(&decided))),
        Body::AskSent(read(&json!({ "about": [bad(), "scope.employee_notice"], "role": "tenant-owner", "to": bad() }))),
        Body::AskAnswered(read(&json!({ "about": [bad()], "to": bad() }))),
        Body::Unknown(bad()),
        Body::Attached(Box::new(read(&attached))),
        Body::Withdrawn(read(&json!({ "evidence": 11, "why": bad() }))),
        Body::ExclusionRevoked(read(&json!({ "exclusion": "X9", "why": bad() }))),
    ]
}

fn read<T: serde::de::DeserializeOwned>(value: &serde_json::Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|wrong| panic!("{wrong}: {value}"))
}

fn hostile_room() -> Opened {
    let mut room = opened(NORTHWIND);
    spoil(Arc::make_mut(&mut room.snapshot.room));
    let mut entries = Vec::new();
    for (n, body) in bodies().into_iter().enumerate() {
        entries.push(Entry { seq: n as u64 + 1, at: at(NOW), by: bad(), body, prev: Digest::ZERO, hash: Digest::ZERO });
    }
    room.snapshot.ledger.entries = Arc::new(entries);
    room.snapshot.notices = vec![bad()];
    room.readiness = gate::evaluate(&room.snapshot.plan, &room.snapshot.room, &room.snapshot.ledger, at(NOW));
    room
}

/// Answers what was asked for, in the worst words there are.
fn answer(model: &mut Model, effects: Vec<Effect>) {
    let sheet = || Sheet {
        title: bad(),
        source: bad(),
        facts: vec![(bad(), bad())],
        host: Some(bad()),
        confirm: Some((bad(), bad())),
        missing: vec![(bad(), true)],
        ..Sheet::default()
    };
    for effect in effects {
        match effect {
            Effect::Preview { number, .. } => tell(model, Msg::Previewed { number, outcome: Ok(vec![bad(), bad()]) }),
            Effect::PrepareRun { proof, .. } => tell(model, Msg::SheetReady { proof, outcome: Ok(sheet()) }),
            Effect::PrepareBatch(proofs) => {
                let sheets = proofs.iter().map(|_| sheet()).collect();
                tell(model, Msg::BatchReady { proofs, outcome: Ok(sheets) })
            }
            Effect::ReadBytes(of) => tell(model, Msg::BytesRead { of, outcome: Ok(bad().repeat(9).into_bytes()) }),
            Effect::ListRooms => tell(model, Msg::RoomsListed(Ok(rooms()))),
            Effect::ReadDocument(file) => {
                let document = crate::format::document::read("-", bad().as_bytes()).map_err(|_| error());
                tell(model, Msg::DocumentRead { file, outcome: document })
            }
            Effect::CheckEvidence => tell(model, Msg::EvidenceChecked(Ok(bad()))),
            _ => Vec::new(),
        };
    }
}

fn error() -> crate::app::error::Error {
    crate::app::error::Error::new(crate::app::error::Kind::Refused, bad(), bad())
}

fn rooms() -> Portfolio {
    let standing = Standing {
        id: bad(),
        name: bad(),
        plan: bad(),
        verdict: Verdict::NoGo,
        headline: bad(),
        stage: bad(),
        accepted: None,
        allowed: None,
        next: None,
        target: "paid-beta".into(),
        met: 1,
        total: 2,
        action: Some(NextAction { text: bad(), owner: bad(), side: Side::Joint, command: bad() }),
        moved: Some(Moved { at: at(NOW), by: bad(), what: bad() }),
        zone: jiff::tz::TimeZone::UTC,
        damage: Some(bad()),
    };
    Portfolio { place: bad(), rows: vec![Row { place: bad(), found: Ok(Box::new(standing)) }], cut: Some(bad()) }
}

fn chord(action: &Action) -> Option<Chord> {
    action.keys.first().and_then(|word| Chord::parse(word))
}

/// Every action on this row of this screen, then what a hasty person types into whatever opened.
fn every_action(size: (u16, u16), screen: Screen, row: usize) {
    let mut model = blank_model(size.0, size.1);
    tell(
        &mut model,
        Msg::SpoolListed(Ok(vec![{
            let mut run = captured("launch-proof-bundle");
            (run.run.id, run.run.command, run.notes, run.unread) = (bad().as_str().into(), bad(), vec![bad()], Some(bad()));
            run
        }])),
    );
    let room = hostile_room();
    let mut marked = false;
    for action in TABLE {
        tell(&mut model, Msg::RoomLoaded(Ok(Box::new(room.clone()))));
        (model.screen, model.curtain) = (screen, None);
        model.overlays.clear();
        press(&mut model, "g");
        press(&mut model, &"j".repeat(row));
        let (Some(chord), false) = (chord(action), matches!(action.choice, Choice::Show(_))) else { continue };
        let how = format!("{} on row {row} of {}", action.id, screen.title());
        let effects = tell(&mut model, Msg::KeyPressed(chord.0));
        answer(&mut model, effects);
        harmless(&model, &how);
        marked |= picture(&model).contains('␛');
        if model.overlays.is_empty() {
            continue;
        }
        tell(&mut model, Msg::Pasted(bad()));
        let effects = press(&mut model, "<Tab>");
        answer(&mut model, effects);
        harmless(&model, &format!("{how}, next field"));
        let effects = press(&mut model, "<Enter>");
        answer(&mut model, effects);
        harmless(&model, &format!("{how}, entered"));
    }
    assert!(marked, "nothing hostile came up on {}", screen.title());
}

#[test]
fn no_screen_overlay_or_form_obeys_what_a_room_says() {
    for (size, rows) in [((80, 24), vec![0_usize, 3]), ((160, 50), vec![1])] {
        for screen in Screen::ALL {
            for row in &rows {
                every_action(size, screen, *row);
            }
        }
    }
}

#[test]
fn errors_and_notices_are_shown_and_not_obeyed() {
    let mut model = model(NORTHWIND, 80, 24);
    model.complain(bad());
    harmless(&model, "a complaint");
    for msg in [
        Msg::RoomLoaded(Err(error())),
        Msg::Written { what: bad(), outcome: Err(error()) },
        Msg::EvidenceChecked(Err(error())),
        Msg::RoomsListed(Err(error())),
        Msg::DocumentRead { file: bad(), outcome: Err(error()) },
        Msg::Copied { what: bad() },
    ] {
        let how = format!("{msg:?}");
        tell(&mut model, msg);
        harmless(&model, &how);
    }
}

#[test]
fn what_a_command_prints_stays_in_its_pane() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut model = model(NORTHWIND, width, height);
        let before = picture(&model);
        let proof = ProofId::from("launch-proof-bundle");
        let sheet = Sheet { title: proof.to_string(), ..Sheet::default() };
        tell(&mut model, Msg::SheetReady { proof: proof.clone(), outcome: Ok(sheet) });
        press(&mut model, "<Enter>");
        let run = model.runs.of(&proof).expect("it is known").id.clone();
        tell(&mut model, Msg::RunStarted { run: run.clone(), outcome: Ok(()) });
        let forged = format!("\u{1b}[1;1H\u{1b}[2JGO  FORGED\r\u{1b}[1AGO  FORGED\u{8}{HOSTILE}\n").repeat(200);
        model.runs.get(&run).expect("it runs").feed.push(&RunEvent::Output(forged.into_bytes()));
        tell(&mut model, Msg::OutputArrived(run));
        harmless(&model, "output");
        let seen = picture(&model);
        assert!(seen.contains("FORGED"), "it is shown: {seen}");
        assert_eq!(seen.lines().next(), before.lines().next(), "the header is ours");
        let edge = seen.lines().take(2).chain(seen.lines().last()).find(|line| line.contains("FORGED"));
        assert_eq!(edge, None, "{seen}");
    }
}
