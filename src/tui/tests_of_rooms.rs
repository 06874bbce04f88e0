//! The room switcher.

use super::effect::{Effect, Leave};
use super::model::{Model, Overlay, start::Way};
use super::msg::Msg;
use super::testing::{BLANK, NORTHWIND, model, opened, picture, press, tell};
use crate::app::error::{Error, Kind};
use crate::app::portfolio::{Portfolio, Row, standing};
use std::sync::Arc;

fn portfolio() -> Portfolio {
    let row = |place: &str, text: &str| Row { place: place.into(), found: Ok(Box::new(standing(&opened(text)))) };
    let broken = Error::new(Kind::Input, "cannot use pilots/broken.toml", "pilots/broken.toml:3:1: a bracket is missing");
    Portfolio {
        place: "pilots".into(),
        rows: vec![
            row("pilots/acme.toml", BLANK),
            Row { place: "pilots/broken.toml".into(), found: Err(Arc::new(broken)) },
            row("pilots/northwind/launchroom.toml", NORTHWIND),
        ],
        cut: None,
    }
}

fn switcher(width: u16, height: u16) -> Model {
    let mut model = model(NORTHWIND, width, height);
    assert_eq!(press(&mut model, "o"), [Effect::ListRooms]);
    tell(&mut model, Msg::RoomsListed(Ok(portfolio())));
    model
}

#[test]
fn the_switcher_shows_how_every_room_stands() {
    for (width, height) in [(80, 24), (120, 40)] {
        insta::assert_snapshot!(format!("rooms-{width}x{height}"), picture(&switcher(width, height)));
    }
}

#[test]
fn a_few_letters_find_a_room_and_enter_goes_there() {
    let mut model = switcher(80, 24);
    let place = "pilots/northwind/launchroom.toml".to_owned();
    assert_eq!(press(&mut model, "ortw<Enter>"), [Effect::Leave(Leave::To(Way::Open(place)))]);
}

#[test]
fn a_room_that_cannot_be_read_is_told_and_not_opened() {
    let mut model = switcher(80, 24);
    press(&mut model, "<Down>");
    assert!(picture(&model).contains("a bracket is missing"), "{}", picture(&model));
    assert!(press(&mut model, "<Enter>").is_empty());
    assert!(matches!(model.overlays.last(), Some(Overlay::Rooms(_))));
    assert!(press(&mut model, "<Down><Enter>").len() == 1, "another one can still be chosen");
}

#[test]
fn the_room_in_front_is_not_left_for_itself() {
    let mut model = switcher(80, 24);
    model.place = "pilots/acme.toml".into();
    assert!(press(&mut model, "<Enter>").is_empty());
    assert!(picture(&model).contains("This is that room"));
}

#[test]
fn keys_are_answered_while_the_rooms_are_looked_for_and_a_late_answer_opens_nothing() {
    let mut model = model(NORTHWIND, 80, 24);
    press(&mut model, "o");
    assert!(picture(&model).contains("Looking at every room"));
    press(&mut model, "<Esc>");
    tell(&mut model, Msg::RoomsListed(Ok(portfolio())));
    assert!(model.overlays.is_empty());
    press(&mut model, "o");
    tell(&mut model, Msg::RoomsListed(Err(Error::new(Kind::Storage, "cannot look for rooms", "permission denied"))));
    assert!(picture(&model).contains("permission denied"));
}
