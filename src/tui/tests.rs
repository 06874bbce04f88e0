//! The screen ring: models built by messages alone, looked at as pictures and asked for their orders.

use super::action::{Keymap, Scope, TABLE};
use super::effect::{Effect, Leave};
use super::model::{Screen, Subject, start::Way};
use super::msg::{Msg, Sheet};
use super::testing::{BLANK, NORTHWIND, blank_model, model, opened, painted, picture, press, tell};
use super::theme::{Depth, Theme};
use crate::domain::change::Change;
use proptest::prelude::*;
use ratatui::style::Modifier;
use std::collections::BTreeMap;

/// `SIZE=100x30 KEYS=4jj,w ROOM=blank cargo test --lib tui::tests::look -- --ignored --nocapture` shows a screen.
#[test]
#[ignore = "for looking at, not for judging"]
fn look() {
    let var = |name: &str, or: &str| std::env::var(name).unwrap_or(or.into());
    let size = var("SIZE", "80x24");
    let (width, height) = size.split_once('x').expect("WIDTHxHEIGHT");
    let (width, height) = (width.parse().expect("a number"), height.parse().expect("a number"));
    let mut model = match var("ROOM", "").as_str() {
        "none" => blank_model(width, height),
        "blank" => model(BLANK, width, height),
        _ => model(NORTHWIND, width, height),
    };
    for keys in var("KEYS", "").split(',') {
        let effects = press(&mut model, keys);
        println!("{}{effects:?}\n", picture(&model));
    }
}

#[test]
fn every_screen_of_a_pilot_in_week_two() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        for screen in Screen::ALL {
            let mut model = model(NORTHWIND, width, height);
            press(&mut model, &screen.number().to_string());
            insta::assert_snapshot!(format!("northwind-{}-{width}x{height}", screen.title()), picture(&model));
        }
    }
}

#[test]
fn a_blank_room_says_what_is_missing() {
    for screen in [Screen::Now, Screen::Owners, Screen::Gates, Screen::Deps] {
        let mut model = model(BLANK, 80, 24);
        press(&mut model, &screen.number().to_string());
        insta::assert_snapshot!(format!("blank-{}-80x24", screen.title()), picture(&model));
    }
}

#[test]
fn without_a_room_there_are_four_ways_to_one() {
    let mut model = blank_model(80, 24);
    insta::assert_snapshot!("start-80x24", picture(&model));
    assert_eq!(press(&mut model, "<Enter>"), [Effect::Leave(Leave::To(Way::Demo))]);
    let effects = press(&mut model, "j<Enter>Northwind<Enter>");
    assert_eq!(effects, [Effect::Leave(Leave::To(Way::New { path: "launchroom.toml".into(), tenant: "Northwind".into() }))]);
}

#[test]
fn every_key_that_works_is_in_the_help() {
    let mut model = model(NORTHWIND, 100, 200);
    press(&mut model, "?");
    let help = picture(&model);
    for action in TABLE {
        for chord in model.keymap.chords(action) {
            let listed = help.lines().any(|line| line.split_whitespace().any(|word| word == chord.to_string()));
            assert!(listed, "{chord} of {} is not in the help", action.id);
        }
    }
}

#[test]
fn filling_in_a_blank_role_orders_exactly_that_change() {
    let mut model = model(NORTHWIND, 80, 24);
    // The first action is the blank role: `e` opens its form from the first screen.
    let effects = press(&mut model, "eLena Brandt<Tab>lena@example.test<Enter>");
    let wanted = Change::SetOwner {
        role: "support-incident-owner".into(),
        name: Some("Lena Brandt".into()),
        contact: Some("lena@example.test".into()),
        basis: None,
    };
    assert!(matches!(effects.as_slice(), [Effect::Write { change, .. }] if **change == wanted), "{effects:?}");
}

#[test]
fn what_was_typed_waits_until_the_form_is_opened_again() {
    let mut model = model(NORTHWIND, 80, 24);
    press(&mut model, "eLena<Esc>");
    assert!(model.overlays.is_empty());
    press(&mut model, "e");
    assert!(picture(&model).contains("Lena"));
}

#[test]
fn a_change_from_outside_neither_moves_the_selection_nor_eats_what_is_typed() {
    let mut model = model(NORTHWIND, 80, 24);
    press(&mut model, "3gjjjeX");
    let text = NORTHWIND.replace("name = \"Jonas Okafor\"", "name = \"Ines Rask\"");
    assert_eq!(tell(&mut model, Msg::RoomChangedOutside).first(), Some(&Effect::Load));
    tell(&mut model, Msg::RoomLoaded(Ok(Box::new(opened(&text)))));
    let seen = picture(&model);
    assert!(seen.contains("Saskia de WitX"), "{seen}");
    press(&mut model, "<Esc>");
    assert_eq!(model.selected(), Some(&Subject::Role("privacy-security-approver".into())));
}

#[test]
fn why_a_proof_is_stale_says_why_since_when_who_and_what_to_do() {
    let mut model = model(NORTHWIND, 100, 30);
    press(&mut model, "5/bundle<Enter>w");
    let seen = picture(&model);
    for part in
        ["Launch proof bundle  stale", "support-email changed after this run", "Since    08:52", "Who  ", "Do       r runs it"]
    {
        assert!(seen.contains(part), "{part}: {seen}");
    }
    assert!(seen.contains("First    Accept the support-email change") && seen.contains("private-beta/public-bundle"), "{seen}");
}

fn copied(effects: &[Effect]) -> (String, String) {
    match effects {
        [Effect::Copy { text, what }] => (text.clone(), what.clone()),
        other => panic!("nothing was copied: {other:?}"),
    }
}

#[test]
fn a_request_asks_for_what_is_missing_only_and_keeps_its_capitals() {
    let mut model = model(NORTHWIND, 100, 30);
    assert_eq!(press(&mut model, "3gn"), []);
    assert!(picture(&model).contains("Nothing to ask for: Ingrid Aasen holds it"), "{}", picture(&model));
    press(&mut model, "b");
    let (text, _) = copied(&press(&mut model, "bn"));
    assert!(text.contains("Support and incident owner") && text.contains("SLA"), "{text}");
    assert_eq!(press(&mut model, "4gn"), [], "a gate is nobody's to give");
}

#[test]
fn while_something_is_only_assumed_nothing_is_copied() {
    let mut model = model(NORTHWIND, 100, 30);
    press(&mut model, "4");
    model.place_mut().selected = Some(Subject::Requirement("private-beta/roles".into()));
    press(&mut model, "<Space>");
    assert_eq!(press(&mut model, "y"), []);
    assert!(picture(&model).contains("what-if is on"), "{}", picture(&model));
    press(&mut model, "<Esc>");
    copied(&press(&mut model, "y"));
}

#[test]
fn a_copied_gate_says_why_it_stands_so() {
    let mut model = model(NORTHWIND, 100, 30);
    press(&mut model, "4");
    model.place_mut().selected = Some(Subject::Gate("private-beta".into()));
    let (text, what) = copied(&press(&mut model, "y"));
    assert_eq!(what, "why the gate stands so");
    assert!(
        text.starts_with("Managed private beta is held, 5 of 10 met. Until")
            && text.contains("\n- scope (unmet): employee notice path is blank (Mara Lindt)"),
        "{text}"
    );
    press(&mut model, "5");
    model.place_mut().selected = Some(Subject::Proof("launch-proof-bundle".into()));
    assert_eq!(copied(&press(&mut model, "y")).1, "the command");
    model.place_mut().selected = Some(Subject::Proof("scim-fixture".into()));
    assert_eq!(copied(&press(&mut model, "y")).1, "the command, with placeholders");
}

#[test]
fn whatever_somebody_does_takes_the_notice_away_and_the_keys_come_back() {
    use super::terminal::Mouse;
    let at = |row| Mouse::Click { column: 3, row };
    for mouse in [at(5), at(23), Mouse::WheelDown { column: 3, row: 8 }] {
        let mut model = model(NORTHWIND, 80, 24);
        model.say("Something was told");
        assert!(!picture(&model).contains("quit"));
        assert_eq!(tell(&mut model, Msg::Moused(mouse)).iter().filter(|effect| !matches!(effect, Effect::WakeAt(_))).count(), 0);
        assert!(model.notice.is_none() && picture(&model).contains("quit"), "{}", picture(&model));
    }
}

#[test]
fn enter_on_owners_opens_the_form_of_the_row_and_elsewhere_does_something_that_can_be_seen() {
    let mut model = model(NORTHWIND, 80, 24);
    press(&mut model, "3");
    assert!(picture(&model).contains("↵ name"), "{}", picture(&model));
    press(&mut model, "<Enter>");
    assert!(picture(&model).contains("who holds it"), "{}", picture(&model));
    for screen in Screen::ALL {
        for (width, height) in [(80, 24), (140, 40), (80, 14)] {
            let mut model = super::testing::model(NORTHWIND, width, height);
            press(&mut model, &screen.number().to_string());
            for _ in 0..3 {
                let before = picture(&model);
                press(&mut model, "<Enter>");
                let after = picture(&model);
                let same = before == after && model.notice.is_none() && !model.place().in_detail;
                assert!(!same, "{screen:?} at {width}x{height}: {before}");
            }
        }
    }
}

#[test]
fn the_cursor_has_one_mark_and_it_is_not_that_of_something_idle() {
    let mut model = model(NORTHWIND, 100, 30);
    press(&mut model, "5<Tab>");
    let seen = picture(&model);
    assert!(model.place().in_detail && !seen.lines().any(|line| line.starts_with('·')), "{seen}");
}

#[test]
fn keys_that_go_between_panes_say_so_when_there_is_only_one() {
    for key in ["h", "l", "<Tab>"] {
        let mut narrow = model(NORTHWIND, 80, 24);
        press(&mut narrow, key);
        assert!(picture(&narrow).contains("There is one pane here"), "{key}: {}", picture(&narrow));
    }
    let mut wide = model(NORTHWIND, 140, 40);
    press(&mut wide, "<Tab>");
    assert!(wide.place().in_detail);
}

#[test]
fn a_new_room_is_written_only_where_it_is_found_again() {
    let mut model = blank_model(80, 24);
    assert_eq!(press(&mut model, "j<Enter>Northwind<Tab><Backspace><Backspace><Enter>"), []);
    assert!(picture(&model).contains("A room file ends in .toml"), "{}", picture(&model));
    assert_eq!(press(&mut model, "ml<Enter>").len(), 1);
}

/// The picture in which the row of runs stands for three of them, one of which changes something outside.
fn with_a_batch() -> super::model::Model {
    use crate::domain::gate::ActionKind;
    let mut room = opened(NORTHWIND);
    let ids = ["launch-proof-bundle", "scim-fixture", "launch-clearance"];
    for action in &mut room.readiness.actions {
        if let ActionKind::RunProofs(proofs) = &mut action.kind {
            *proofs = ids.map(Into::into).to_vec();
        }
    }
    let mut model = blank_model(100, 30);
    tell(&mut model, Msg::RoomLoaded(Ok(Box::new(room))));
    model.place_mut().selected = Some(Subject::Action(ActionKind::RunProofs(ids.map(Into::into).to_vec())));
    tell(&mut model, Msg::Continued);
    model
}

fn run_ended(
    model: &mut super::model::Model,
    run: crate::domain::ids::RunId,
    outcome: crate::domain::ledger::Outcome,
) -> Vec<Effect> {
    let mut captured = super::testing::captured("launch-proof-bundle");
    (captured.outcome, captured.run.id) = (outcome, run.clone());
    let mut effects = tell(model, Msg::RunEnded { run, outcome: Ok(Box::new(captured)) });
    effects.retain(|effect| matches!(effect, Effect::StartRun { .. }));
    effects
}

#[test]
fn several_proofs_run_from_one_sheet_one_after_another_up_to_the_first_that_fails() {
    use crate::domain::ledger::Outcome;
    for (first, second_starts) in [(Outcome::Passed, true), (Outcome::Failed, false)] {
        let mut model = with_a_batch();
        let effects = press(&mut model, "r");
        let [Effect::PrepareBatch(proofs)] = effects.as_slice() else { panic!("{effects:?}") };
        assert_eq!(
            proofs.iter().map(super::super::domain::ids::ProofId::as_str).collect::<Vec<_>>(),
            ["launch-proof-bundle", "launch-clearance"]
        );
        let one = |title: &str| Sheet { title: title.into(), source: title.into(), ..Sheet::default() };
        let outcome = Ok(vec![one("Launch proof bundle"), one("Launch clearance")]);
        tell(&mut model, Msg::BatchReady { proofs: proofs.clone(), outcome });
        let seen = picture(&model);
        assert!(seen.contains("Run 2 proofs?") && seen.contains("2 of 2") && seen.contains("one after another"), "{seen}");

        let effects = press(&mut model, "<Enter>");
        let [Effect::StartRun { run, request, .. }] = effects.as_slice() else { panic!("{effects:?}") };
        assert_eq!((request.proof.as_str(), request.source.as_str()), ("launch-proof-bundle", "Launch proof bundle"));
        tell(&mut model, Msg::RunStarted { run: run.clone(), outcome: Ok(()) });
        assert!(model.overlays.is_empty());
        let next = run_ended(&mut model, run.clone(), first);
        match next.as_slice() {
            [Effect::StartRun { run, request, .. }] if second_starts => {
                assert_eq!((request.proof.as_str(), request.source.as_str()), ("launch-clearance", "Launch clearance"));
                assert_eq!(run_ended(&mut model, run.clone(), Outcome::Passed), []);
                assert!(picture(&model).contains("All 2 passed"), "{}", picture(&model));
            }
            [] if !second_starts => assert!(picture(&model).contains("Not run: launch-clearance"), "{}", picture(&model)),
            other => panic!("{first:?}: {other:?}"),
        }
    }
}

/// The room of the pictures after somebody else wrote into its file.
fn changed_outside(model: &mut super::model::Model, from: &str, to: &str) {
    let text = NORTHWIND.replace(from, to);
    assert_ne!(text, NORTHWIND);
    tell(model, Msg::RoomLoaded(Ok(Box::new(opened(&text)))));
}

#[test]
fn what_somebody_else_wrote_meanwhile_is_said_before_it_is_written_over() {
    let mut model = model(NORTHWIND, 100, 30);
    press(&mut model, "eLena Brandt");
    let named = "[owners.support-incident-owner]\nname = \"Outside Person\"\n[functions.operator]";
    changed_outside(&mut model, "[functions.operator]", named);
    let seen = picture(&model);
    assert!(seen.contains("Name changed meanwhile: Outside Person, 09:14") && seen.contains("Lena Brandt"), "{seen}");

    assert_eq!(press(&mut model, "<Enter>"), [], "the first Enter only says it");
    let seen = picture(&model);
    assert!(seen.contains("Name is now Outside Person, here Lena Brandt"), "{seen}");
    let effects = press(&mut model, "<Enter>");
    assert!(matches!(effects.as_slice(), [Effect::Write { .. }]), "the second one keeps mine: {effects:?}");
}

#[test]
fn a_write_knows_what_it_replaces_and_what_overtook_it_is_said_over_the_form() {
    let mut model = model(NORTHWIND, 100, 30);
    let effects = press(&mut model, "3gjeX<Enter>");
    let [Effect::Write { seen: Some(seen), what, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let Change::Restore { changes } = &**seen else { panic!("{seen:?}") };
    assert_eq!((changes[0].path.as_str(), changes.len()), ("owners.tenant-owner.name", 1));
    let error = crate::app::error::Error::new(crate::app::error::Kind::Conflict, "it was not written over", "somebody else");
    let effects = tell(&mut model, Msg::Written { what: what.clone(), outcome: Err(error) });
    assert_eq!(effects.first(), Some(&Effect::Load));
    changed_outside(&mut model, "Mara Lindt", "Outside Person");
    let seen = picture(&model);
    assert!(seen.contains("changed meanwhile: Outside Person") && seen.contains("Mara LindtX"), "{seen}");
    assert!(matches!(press(&mut model, "<Enter>").as_slice(), [Effect::Write { .. }]), "it was said: this Enter keeps mine");
}

#[test]
fn a_room_file_that_cannot_be_read_any_more_is_said_over_the_form_and_nothing_typed_is_lost() {
    let mut model = model(NORTHWIND, 100, 30);
    press(&mut model, "eLena");
    let error = crate::app::error::Error::new(crate::app::error::Kind::Input, "the room file cannot be read", "line 3");
    tell(&mut model, Msg::RoomLoaded(Err(error)));
    let seen = picture(&model);
    assert!(seen.contains("The room file cannot be read: line 3") && seen.contains("Lena"), "{seen}");
    assert_eq!(press(&mut model, "<Enter>"), []);
    tell(&mut model, Msg::RoomLoaded(Ok(Box::new(opened(NORTHWIND)))));
    assert!(matches!(press(&mut model, "<Enter>").as_slice(), [Effect::Write { .. }]));
}

fn sheet(mutating: bool, confirm: Option<(&str, &str)>) -> Sheet {
    let confirm = confirm.map(|(env, phrase)| (env.to_owned(), phrase.to_owned()));
    Sheet { title: "SCIM fixture".into(), host: Some("www.example.test".into()), mutating, confirm, ..Sheet::default() }
}

#[test]
fn what_was_typed_into_a_run_sheet_is_gone_with_it() {
    let mut model = model(NORTHWIND, 100, 30);
    let open = |model: &mut _| {
        let missing = vec![("SCIM_TOKEN".to_owned(), true)];
        let outcome = Ok(Sheet { title: "SCIM fixture".into(), missing, ..Sheet::default() });
        tell(model, Msg::SheetReady { proof: "scim-fixture".into(), outcome });
    };
    open(&mut model);
    press(&mut model, "hunter2<Esc>");
    open(&mut model);
    let [Effect::StartRun { request, .. }] = &press(&mut model, "<Enter>")[..] else { panic!("it did not start") };
    assert_eq!(request.typed, []);
}

#[test]
fn a_run_that_changes_something_outside_never_starts_on_enter_alone() {
    for (confirm, phrase) in [(None, "northwind"), (Some(("CONFIRM_RESET", "reset the sandbox")), "reset the sandbox")] {
        let mut model = model(NORTHWIND, 100, 30);
        press(&mut model, "5");
        tell(&mut model, Msg::SheetReady { proof: "scim-fixture".into(), outcome: Ok(sheet(true, confirm)) });
        let seen = picture(&model);
        assert!(seen.contains("Run SCIM fixture? ─") && seen.contains("www.example.test"), "{seen}");
        assert!(seen.contains("Northwind Logistics (northwind)") && seen.contains(phrase), "{seen}");
        assert_eq!(press(&mut model, "<Enter>"), []);
        assert_eq!(press(&mut model, "n<Enter>"), [], "not the whole phrase");
        assert!(picture(&model).contains(&format!("type {phrase} exactly")));
        let effects = press(&mut model, &format!("<Backspace>{phrase}<Enter>"));
        assert!(matches!(effects.as_slice(), [Effect::StartRun { .. }]), "{effects:?}");
    }
    let mut model = model(NORTHWIND, 100, 30);
    tell(&mut model, Msg::SheetReady { proof: "launch-proof-bundle".into(), outcome: Ok(sheet(false, None)) });
    assert!(matches!(press(&mut model, "<Enter>").as_slice(), [Effect::StartRun { .. }]), "read-only ones need no more");
}

#[test]
fn a_phrase_typed_once_does_not_wait_in_the_sheet_for_the_next_enter() {
    let mut model = model(NORTHWIND, 100, 30);
    let ready = || Msg::SheetReady { proof: "scim-fixture".into(), outcome: Ok(sheet(true, None)) };
    tell(&mut model, ready());
    press(&mut model, "northwind<Esc>");
    tell(&mut model, ready());
    assert_eq!(press(&mut model, "<Enter>"), []);
}

#[test]
fn enter_opens_and_never_changes_the_room_or_starts_a_run() {
    for screen in Screen::ALL {
        for down in 0..30 {
            let mut model = model(NORTHWIND, 100, 30);
            press(&mut model, &screen.number().to_string());
            press(&mut model, &"j".repeat(down));
            let effects = press(&mut model, "<Enter><Enter>");
            let harmless = |effect: &Effect| matches!(effect, Effect::ReadBytes(_));
            assert!(effects.iter().all(harmless), "{screen:?} row {down}: {effects:?}");
        }
    }
}

#[test]
fn a_screen_opens_on_the_first_thing_that_is_not_in_order_and_stays_where_it_was_left() {
    let mut model = model(NORTHWIND, 100, 30);
    press(&mut model, "4");
    assert_eq!(model.selected(), Some(&Subject::Gate("private-beta".into())), "the next gate, not the first");
    press(&mut model, "3");
    assert!(picture(&model).lines().any(|line| line.starts_with(">✗") && line.contains("BLANK")), "{}", picture(&model));
    press(&mut model, "4j3g4");
    assert_ne!(model.selected(), Some(&Subject::Gate("private-beta".into())), "where it was left");
}

#[test]
fn the_space_bar_ticks_a_task() {
    let mut model = model(NORTHWIND, 80, 24);
    press(&mut model, "2g");
    let effects = press(&mut model, "j<Space>");
    let wanted = Change::SetTask { step: "scope".into(), task: "close-pack".into(), done: false };
    assert!(matches!(effects.as_slice(), [Effect::Write { change, .. }] if **change == wanted), "{effects:?}");
}

#[test]
fn a_danger_asks_and_only_y_says_yes() {
    let mut model = model(NORTHWIND, 80, 24);
    assert_eq!(press(&mut model, "3gx<Enter>"), []);
    let effects = press(&mut model, "y");
    assert!(
        matches!(effects.as_slice(), [Effect::Write { change, .. }] if matches!(**change, Change::ClearOwner { .. })),
        "{effects:?}"
    );
}

#[test]
fn a_room_that_cannot_be_written_offers_no_key_that_writes() {
    let mut model = blank_model(80, 24);
    let mut room = opened(NORTHWIND);
    room.snapshot.view_only = Some("the folder is read-only".into());
    tell(&mut model, Msg::RoomLoaded(Ok(Box::new(room))));
    assert_eq!(press(&mut model, "e3ex2<Space>5r"), []);
    assert!(picture(&model).contains("VIEW ONLY"));
}

#[test]
fn a_filter_narrows_by_text_and_a_bang_turns_it_round() {
    let mut model = model(NORTHWIND, 80, 24);
    press(&mut model, "3/blank<Enter>");
    let seen = picture(&model);
    assert!(seen.contains("Continuity owner") && !seen.contains("Ingrid Aasen"), "{seen}");
    press(&mut model, "<Esc>/!blank<Enter>");
    let seen = picture(&model);
    assert!(!seen.contains("Continuity owner ") && seen.contains("Ingrid Aasen"), "{seen}");
}

#[test]
fn a_filter_finds_a_row_by_its_whole_id() {
    for (keys, id, shown) in [("4", "paid-beta/billing", "billing"), ("3", "continuity-owner", "Continuity owner")] {
        let mut model = model(NORTHWIND, 80, 24);
        press(&mut model, &format!("{keys}/{id}<Enter>"));
        assert!(model.selected().and_then(Subject::id).is_some_and(|selected| selected == id), "{}", picture(&model));
        assert!(picture(&model).contains(shown), "{}", picture(&model));
    }
}

#[test]
fn the_selected_row_can_be_seen_without_any_colour() {
    let mut model = model(NORTHWIND, 80, 24);
    model.look.theme = Theme::new(Depth::None);
    let buffer = painted(&model);
    let selected = (0..24).filter(|y| buffer[(5, *y)].modifier.contains(Modifier::REVERSED)).count();
    assert_eq!(selected, 1);
}

#[test]
fn no_screen_shows_a_byte_that_drives_a_terminal() {
    // Reading refuses such names, but a server or a later version may hand them over.
    let mut hostile = opened(NORTHWIND);
    let room = std::sync::Arc::make_mut(&mut hostile.snapshot.room);
    room.tenant.name = "N\u{9b}31mo".into();
    room.owners.values_mut().for_each(|owner| owner.name = "In\u{1b}[2Jgrid\u{202e}".into());
    for screen in Screen::ALL {
        let mut model = blank_model(120, 40);
        tell(&mut model, Msg::RoomLoaded(Ok(Box::new(hostile.clone()))));
        press(&mut model, &screen.number().to_string());
        let seen = picture(&model);
        assert!(!seen.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{screen:?}: {seen}");
    }
}

#[test]
fn ascii_is_ascii_everywhere() {
    for screen in Screen::ALL {
        let mut model = model(NORTHWIND, 120, 40);
        model.look.symbols = &crate::present::symbols::ASCII;
        press(&mut model, &screen.number().to_string());
        let seen = picture(&model);
        assert!(seen.is_ascii(), "{screen:?}: {seen}");
    }
}

#[test]
fn nothing_wakes_the_cockpit_but_what_is_due() {
    let mut model = model(NORTHWIND, 80, 24);
    let effects = tell(&mut model, Msg::Continued);
    // The next thing to change by itself is the date, at midnight in Amsterdam.
    assert_eq!(effects, [Effect::WakeAt("2026-11-19T23:00:00Z".parse().expect("a moment"))]);
}

#[test]
fn a_rebound_key_is_the_one_that_the_screen_names() {
    let mut model = model(NORTHWIND, 80, 24);
    model.keymap = Keymap::new(&BTreeMap::from([("row.why".to_owned(), vec!["W".to_owned()])])).0;
    assert!(picture(&model).contains("W why"));
    press(&mut model, "w");
    assert!(model.overlays.is_empty());
    press(&mut model, "W");
    assert_eq!(model.overlays.len(), 1);
}

#[test]
fn every_scope_has_a_way_out() {
    for scope in [Scope::Reading, Scope::Form, Scope::Confirm, Scope::Palette, Scope::Filter, Scope::Browse, Scope::Start] {
        assert!(TABLE.iter().any(|action| action.scope == scope && action.keys.contains(&"Esc")), "{scope:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_size_and_no_key_makes_it_fall_over(
        width in 0u16..300, height in 0u16..120, later in (1u16..300, 1u16..120),
        keys in "[1-9jkhlgGeanwstbx?:/!vfm \\]\\[]{0,24}",
    ) {
        let mut model = model(NORTHWIND, width, height);
        for key in keys.chars() {
            let word = if key == ' ' { "<Space>".to_owned() } else { key.to_string() };
            press(&mut model, &word);
            picture(&model);
        }
        tell(&mut model, Msg::Resized { width: later.0, height: later.1 });
        picture(&model);
        press(&mut model, "<Esc><Esc><Enter><Tab>jk<PgDn>");
        picture(&model);
    }
}

#[test]
fn one_cell_and_a_wall_of_cells_are_both_fine() {
    for (width, height) in [(1, 1), (500, 200), (39, 9), (40, 10), (60, 24), (79, 23)] {
        for screen in Screen::ALL {
            let mut model = model(NORTHWIND, width, height);
            press(&mut model, &screen.number().to_string());
            picture(&model);
        }
    }
}

#[test]
fn the_command_list_has_what_can_be_done_and_first_what_can_be_done_now() {
    let mut model = model(NORTHWIND, 120, 40);
    press(&mut model, ":");
    let listed = super::update::palette_matches(&model, &super::model::text::TextInput::new(""));
    let usable = |action: &super::action::Action| {
        !matches!(action.scope, super::action::Scope::On(screen) if screen != model.screen) && (action.when)(&model).is_ok()
    };
    let first_unusable = listed.iter().position(|found| !usable(found.action)).expect("not everything can be done on one row");
    assert!(listed.iter().skip(first_unusable).all(|found| !usable(found.action)));
    assert!(!listed.iter().any(|found| found.action.id.starts_with("move.")));
    // Each that is listed is found by its own title.
    for action in super::action::TABLE.iter().filter(|action| listed.iter().any(|found| found.action.id == action.id)) {
        let found = super::update::palette_matches(&model, &super::model::text::TextInput::new(action.title));
        assert!(found.iter().any(|found| found.action.id == action.id), "{}", action.id);
    }
}
