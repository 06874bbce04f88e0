//! How a room of a server stands to it: the header says so, and a conflict shows both values and asks.

use super::effect::Effect;
use super::model::{Model, Overlay};
use super::msg::Msg;
use super::testing::{NORTHWIND, at, model, picture, press, tell};
use crate::app::sync::{Clash, Conflict, Link, State, Take};

fn link(state: State) -> Link {
    Link {
        state,
        as_of: Some(at("2026-11-19T07:52:00Z")),
        queued: 0,
        conflicts: Vec::new(),
        here: Vec::new(),
        why: None,
        hint: None,
        role: None,
    }
}

fn conflict(number: u64) -> Conflict {
    let clash = Clash { path: "owners.tenant-owner.name".into(), mine: "Mara Lindt".into(), theirs: String::new() };
    Conflict {
        number,
        at: at("2026-11-19T07:40:00Z"),
        what: "Tenant owner is Mara Lindt".into(),
        values: vec![clash],
        refused: None,
    }
}

fn linked(width: u16, link: Link) -> Model {
    let mut model = model(NORTHWIND, width, 24);
    tell(&mut model, Msg::Linked(Box::new(link)));
    model.notice = None;
    model
}

fn header(model: &Model) -> String {
    picture(model).lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_header_says_how_it_stands_and_trouble_never_drops() {
    let offline = Link { queued: 2, why: Some("nobody answers there".into()), ..link(State::Offline) };
    let conflicted = Link { conflicts: vec![conflict(1)], ..link(State::Offline) };
    for (link, wanted) in [
        (link(State::Syncing), "SYNCING as of 08:52"),
        (offline, "OFFLINE (2 queued) as of 08:52"),
        (link(State::Refused), "NO ACCESS as of 08:52, Ctrl-R"),
        (link(State::Doubted), "OUT OF STEP as of 08:52"),
        (Link { queued: 1, ..link(State::Live) }, "SENDING (1 queued)"),
        (conflicted, "CONFLICT 1, C  OFFLINE as of 08:52"),
    ] {
        for width in [80, 100, 140, 200] {
            let said = header(&linked(width, link.clone()));
            assert!(said.contains(wanted), "{width}: {said}");
        }
    }
    let mut both = linked(100, link(State::Offline));
    press(&mut both, "4jjj ");
    assert!(header(&both).contains("WHAT-IF") && header(&both).contains("OFFLINE"), "{}", header(&both));
}

#[test]
fn a_healthy_link_names_who_else_is_here() {
    let with = |names: &[&str]| Link { here: names.iter().map(ToString::to_string).collect(), ..link(State::Live) };
    assert!(header(&linked(160, with(&[]))).ends_with("live"));
    assert!(header(&linked(160, with(&["Mara Lindt"]))).ends_with("live with Mara Lindt"));
    assert!(header(&linked(160, with(&["A", "B", "C"]))).ends_with("live with 3 others"));
    let hostile = header(&linked(160, with(&["\u{1b}[2J\u{202e}evil"])));
    assert!(!hostile.contains(['\u{1b}', '\u{202e}']), "{hostile:?}");
}

#[test]
fn a_conflict_comes_up_once_and_is_settled_by_a_person() {
    for (keys, take) in [("m", Take::Mine), ("t", Take::Theirs)] {
        let conflicted = Link { conflicts: vec![conflict(7)], ..link(State::Live) };
        let mut model = linked(80, conflicted.clone());
        if take == Take::Mine {
            insta::assert_snapshot!("conflict-80x24", picture(&model));
        }
        press(&mut model, "<Esc>");
        tell(&mut model, Msg::Linked(Box::new(conflicted)));
        assert!(model.overlays.is_empty(), "it does not come up again by itself");
        press(&mut model, "C");
        assert_eq!(press(&mut model, keys), [Effect::Settle { number: 7, take }]);
    }
}

#[test]
fn a_conflict_does_not_take_the_keys_from_somebody_who_types() {
    let mut model = model(NORTHWIND, 80, 24);
    press(&mut model, "3e");
    tell(&mut model, Msg::Linked(Box::new(Link { conflicts: vec![conflict(7)], ..link(State::Live) })));
    assert!(matches!(model.overlays.last(), Some(Overlay::Form(_))));
    assert!(header(&model).contains("CONFLICT 1"));
}

#[test]
fn a_reload_asks_the_server_and_its_room_has_no_file_to_edit() {
    let mut model = linked(80, link(State::Offline));
    assert!(press(&mut model, "<Ctrl-R>").contains(&Effect::Sync));
    assert!(press(&mut model, "E").is_empty());
    assert!(picture(&model).contains("a server keeps this room"));
}

#[test]
fn without_access_it_says_what_to_do_and_how_to_ask_again() {
    let refused = Link {
        why: Some("x does not give this room: the token is wrong".into()),
        hint: Some("launchroom login --server https://x".into()),
        ..link(State::Refused)
    };
    let mut model = model(NORTHWIND, 120, 24);
    tell(&mut model, Msg::Linked(Box::new(refused)));
    let screen = picture(&model);
    assert!(screen.contains("launchroom login --server https://x, then Ctrl-R"), "{screen}");
}

#[test]
fn whoever_only_reads_is_told_before_a_form_is_filled_in() {
    let reads = Link { role: Some(crate::app::host::Role::Viewer), ..link(State::Live) };
    let mut model = linked(100, reads);
    assert!(press(&mut model, "3e").is_empty() && model.overlays.is_empty());
    assert!(picture(&model).contains("role viewer, which reads"), "{}", picture(&model));
}

#[test]
fn a_change_that_is_refused_again_is_asked_about_again() {
    let refused = Conflict { values: Vec::new(), refused: Some("this takes the role operator".into()), ..conflict(7) };
    let waiting = Link { conflicts: vec![refused], ..link(State::Live) };
    let mut model = linked(80, waiting.clone());
    assert!(picture(&model).contains("takes the role operator") && picture(&model).contains("m send again"));
    assert_eq!(press(&mut model, "m"), [Effect::Settle { number: 7, take: Take::Mine }]);
    tell(&mut model, Msg::Linked(Box::new(waiting)));
    assert!(matches!(model.overlays.last(), Some(Overlay::Conflict(_))), "it waits again, and says so");
}

#[test]
fn that_it_is_live_is_said_at_every_width() {
    for width in [80, 90, 100, 110, 120, 140, 200] {
        let said = header(&linked(width, link(State::Live)));
        assert!(said.contains("live"), "{width}: {said}");
    }
}

#[test]
fn who_else_is_here_gives_way_before_that_it_is_live() {
    let with = Link { here: vec!["Mara Lindt".into()], ..link(State::Live) };
    assert!(header(&linked(100, with.clone())).ends_with("live with 1 other"), "{}", header(&linked(100, with.clone())));
    assert!(header(&linked(80, with)).contains("live"));
}
