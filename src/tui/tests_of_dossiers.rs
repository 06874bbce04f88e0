//! A dossier from the cockpit: looked at, then written, and what keeps it from being either.

use super::effect::{DossierWish, Effect, WriteDossier};
use super::model::{Model, Overlay};
use super::msg::{Looked, Msg};
use super::testing::{self, picture, press, tell};
use crate::app::error::{Error, Kind};
use crate::app::export::Form;
use crate::domain::ids::Digest;
use crate::present::audience::Audience;

fn looked() -> Looked {
    let line = |label: &str, text: &str| (label.to_owned(), text.to_owned());
    let lines = vec![
        line("Goes in", "29 entries as they are, 4 files of evidence"),
        line("Withheld", "9 entries, by their hash"),
        line("", "6 tenant: it says who acts, in the tenant's own words"),
    ];
    Looked { lines, head: Digest::of(b"head") }
}

/// The form as `D` opens it, and what it asks.
fn opened(width: u16, height: u16) -> (Model, u64) {
    let mut model = testing::model(testing::NORTHWIND, width, height);
    let effects = press(&mut model, "9D");
    let [Effect::LookAtDossier { number, wish }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(*wish, DossierWish { audience: Audience::Buyer, form: Form::Zip, include: Vec::new() });
    let number = *number;
    (model, number)
}

#[test]
fn a_dossier_is_looked_at_before_it_is_written_and_its_path_is_told() {
    let (mut model, number) = opened(80, 24);
    assert!(press(&mut model, "<Enter>").is_empty(), "nothing is written unseen");
    assert!(picture(&model).contains("still being looked at"), "{}", picture(&model));
    tell(&mut model, Msg::DossierLookedAt { number, outcome: Ok(looked()) });
    let seen = picture(&model);
    for text in ["Goes in", "29 entries as they are", "9 entries, by their hash", "northwind-buyer.zip"] {
        assert!(seen.contains(text), "{text}\n{seen}");
    }
    let effects = press(&mut model, "<Enter>");
    let wish = DossierWish { audience: Audience::Buyer, form: Form::Zip, include: Vec::new() };
    let wanted = WriteDossier { wish, path: "northwind-buyer.zip".into(), head: Digest::of(b"head") };
    assert_eq!(effects, [Effect::WriteDossier(Box::new(wanted))]);
    tell(&mut model, Msg::DossierWritten(Ok("Wrote /tmp/northwind-buyer.zip: a dossier for the buyer".into())));
    assert!(model.overlays.is_empty() && model.writing == 0);
    assert!(picture(&model).contains("/tmp/northwind-buyer.zip"), "{}", picture(&model));
}

#[test]
fn another_audience_or_form_is_looked_at_anew_and_names_its_file_unless_somebody_typed_one() {
    let (mut model, first) = opened(120, 40);
    let effects = press(&mut model, "<Right><Tab><Right>");
    let [Effect::LookAtDossier { wish: customer, .. }, Effect::LookAtDossier { number, wish }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((customer.audience, wish.audience, wish.form), (Audience::Customer, Audience::Customer, Form::Html));
    assert!(picture(&model).contains("northwind-customer.html"), "{}", picture(&model));
    tell(&mut model, Msg::DossierLookedAt { number: first, outcome: Ok(looked()) });
    assert!(!picture(&model).contains("29 entries"), "an answer to an older question is dropped");
    tell(&mut model, Msg::DossierLookedAt { number: *number, outcome: Ok(looked()) });
    let typed = press(&mut model, "<Tab>2<Tab>");
    assert!(typed.is_empty(), "a file's name is not a reason to look again: {typed:?}");
    press(&mut model, "<BackTab><BackTab><Right>");
    assert!(picture(&model).contains("northwind-customer.html2"), "what was typed stays: {}", picture(&model));
}

#[test]
fn what_keeps_it_from_leaving_has_a_place_in_the_form() {
    let (mut model, number) = opened(100, 30);
    let why = "the last look found what must not leave, by file and rule:\n  evidence/ab.txt (entry #7): jwt";
    let error = Error::new(Kind::Refused, "no dossier was made", why).hint("withdraw the record");
    tell(&mut model, Msg::DossierLookedAt { number, outcome: Err(error) });
    let seen = picture(&model);
    assert!(seen.contains("Refused") && seen.contains("evidence/ab.txt (entry #7): jwt") && seen.contains("withdraw"), "{seen}");
    assert!(press(&mut model, "<Enter>").is_empty(), "it is not written anyway");

    let (mut model, number) = opened(100, 30);
    tell(&mut model, Msg::DossierLookedAt { number, outcome: Ok(looked()) });
    press(&mut model, "<Enter>");
    let there = Error::new(Kind::Conflict, "cannot write a.zip", "it is there already, and nothing is written over it");
    tell(&mut model, Msg::DossierWritten(Err(there)));
    let seen = picture(&model);
    assert!(seen.contains("Not done") && seen.contains("it is there already"), "{seen}");
    assert!(matches!(model.overlays.last(), Some(Overlay::Form(_))), "what was chosen is still there");

    let (mut model, _) = opened(100, 30);
    press(&mut model, "<Tab><Tab><Tab>twelve");
    assert!(picture(&model).contains("twelve is no number of a record"), "{}", picture(&model));
}

#[test]
fn a_room_that_moves_on_is_looked_at_again_while_the_form_is_open() {
    let (mut model, number) = opened(80, 24);
    tell(&mut model, Msg::DossierLookedAt { number, outcome: Ok(looked()) });
    let same = tell(&mut model, Msg::RoomLoaded(Ok(Box::new(testing::opened(testing::NORTHWIND)))));
    assert!(!same.iter().any(|effect| matches!(effect, Effect::LookAtDossier { .. })), "nothing moved: {same:?}");
    let mut room = testing::opened(testing::NORTHWIND);
    std::sync::Arc::make_mut(&mut room.snapshot.ledger.entries).push(crate::domain::ledger::Entry {
        seq: 1,
        at: testing::at(testing::NOW),
        by: "J. Okafor".into(),
        body: crate::domain::ledger::Body::EditedOutside(crate::domain::ledger::RoomChanged::default()),
        prev: Digest::ZERO,
        hash: Digest::of(b"1"),
    });
    let moved = tell(&mut model, Msg::RoomLoaded(Ok(Box::new(room))));
    assert!(moved.iter().any(|effect| matches!(effect, Effect::LookAtDossier { .. })), "{moved:?}");
}

#[test]
fn what_is_only_assumed_or_watched_leaves_in_no_dossier() {
    let mut model = testing::model(testing::NORTHWIND, 100, 30);
    press(&mut model, "4jj<Space>");
    assert!(!model.what_if.assumed.is_empty(), "something is assumed");
    assert!(press(&mut model, "9D").is_empty() && model.overlays.is_empty());
    assert!(picture(&model).contains("what-if is on"), "{}", picture(&model));
    press(&mut model, ":export");
    assert!(picture(&model).contains("what-if is on"), "the palette says why: {}", picture(&model));

    let mut model = testing::model(testing::NORTHWIND, 100, 30);
    super::update::present::draw(&mut model, Audience::Buyer);
    assert!(press(&mut model, "6D").is_empty() && model.overlays.is_empty());
    assert!(picture(&model).contains("only looking is possible while presenting"), "{}", picture(&model));
}

#[test]
fn the_key_stands_in_the_footer_where_somebody_looks_for_it() {
    for screen in ["6", "9"] {
        let mut model = testing::model(testing::NORTHWIND, 80, 24);
        press(&mut model, screen);
        let seen = picture(&model);
        assert!(seen.lines().last().is_some_and(|footer| footer.contains("D dossier")), "{seen}");
    }
}
