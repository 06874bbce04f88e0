//! Changes made while the server is away: kept on disk, sent in order, never over what somebody else wrote.

use crate::desk::{Desk, edit, holder, open, owner};
use crate::server::{Fault, TOKEN};
use launchroom::app::attach::{self, Desk as At, How};
use launchroom::app::error::Kind;
use launchroom::app::ports::RoomStore as _;
use launchroom::app::sync::{State, Synced as _, Take};
use launchroom::domain::change::Change;
use launchroom::domain::ledger::{Ask, DecisionOutcome};
use launchroom::domain::plan::Class;
use launchroom::infra::http::Mode;

fn tick(task: &str) -> Change {
    Change::SetTask { step: "scope".into(), task: task.into(), done: true }
}

#[test]
fn what_is_changed_while_the_server_is_away_is_sent_in_order_by_whoever_comes_next() {
    let mut desk = Desk::new();
    let base = desk.server().base();
    let ada = desk.open("ada", Mode::Command).unwrap();
    let address = desk.down();
    for name in ["First", "Second", "Third"] {
        edit(&ada, &owner("tenant-owner", name)).unwrap();
    }
    edit(&ada, &tick("wording")).unwrap();
    assert_eq!(holder(&ada, "tenant-owner").as_deref(), Some("Third"), "what waits is shown");
    assert_eq!((ada.link().state, ada.link().queued), (State::Offline, 4));
    assert!(ada.unheard().is_some(), "a shell must not take it for what the server has");
    drop(ada);

    desk.up(address);
    let again = open(&desk.home.path().join("ada"), &base, Mode::Command, TOKEN).unwrap();
    assert_eq!((again.link().state, again.link().queued), (State::Live, 0));
    let names: Vec<String> = desk
        .server()
        .state
        .room
        .load()
        .unwrap()
        .ledger
        .entries
        .iter()
        .rev()
        .take(4)
        .map(|entry| format!("{:?}", entry.body))
        .collect();
    assert!(names[3].contains("First") && names[2].contains("Second") && names[1].contains("Third"), "{names:#?}");
}

#[test]
fn a_change_whose_answer_was_lost_is_made_once() {
    let desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    let before = desk.server().state.room.load().unwrap().ledger.entries.len();
    desk.server().fault(Fault::AckLost);
    edit(&ada, &Change::Ask(Ask { about: vec!["tenant-owner".into()], role: None, to: "Mara".into() })).unwrap();
    assert_eq!(ada.link().queued, 1, "nobody said that it was made");
    desk.server().fault(Fault::None);
    ada.exchange().unwrap();
    assert_eq!(ada.link().queued, 0);
    assert_eq!(desk.server().state.room.load().unwrap().ledger.entries.len(), before + 1);
}

#[test]
fn what_somebody_else_wrote_meanwhile_is_not_written_over_and_both_values_are_kept() {
    let mut desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    let address = desk.down();
    edit(&ada, &owner("tenant-owner", "Mine")).unwrap();
    edit(&ada, &owner("billing-owner", "Untouched")).unwrap();
    desk.up(address);
    desk.server().change("Bo", &owner("tenant-owner", "Theirs"));
    ada.exchange().unwrap();
    let link = ada.link();
    assert_eq!((link.state, link.queued, link.conflicts.len()), (State::Live, 0, 1), "{link:?}");
    let clash = &link.conflicts[0].values[0];
    assert_eq!((clash.path.as_str(), clash.mine.as_str(), clash.theirs.as_str()), ("owners.tenant-owner.name", "Mine", "Theirs"));
    assert_eq!(holder(&ada, "tenant-owner").as_deref(), Some("Theirs"));
    assert_eq!(holder(&ada, "billing-owner").as_deref(), Some("Untouched"), "what nobody touched goes on its way");

    ada.resolve(link.conflicts[0].number, Take::Mine).unwrap();
    ada.exchange().unwrap();
    assert_eq!(holder(&desk.server().state.room, "tenant-owner").as_deref(), Some("Mine"));
    assert!(ada.link().conflicts.is_empty());
    assert_eq!(ada.resolve(link.conflicts[0].number, Take::Mine).unwrap_err().kind, Kind::Usage);
}

#[test]
fn theirs_stands_when_a_person_says_so() {
    let mut desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    let address = desk.down();
    edit(&ada, &owner("tenant-owner", "Mine")).unwrap();
    desk.up(address);
    desk.server().change("Bo", &owner("tenant-owner", "Theirs"));
    ada.exchange().unwrap();
    ada.resolve(ada.link().conflicts[0].number, Take::Theirs).unwrap();
    ada.exchange().unwrap();
    assert_eq!(holder(&desk.server().state.room, "tenant-owner").as_deref(), Some("Theirs"));
    assert_eq!((ada.link().queued, ada.link().conflicts.len()), (0, 0));
}

#[test]
fn two_who_tick_tasks_of_one_step_are_not_in_each_others_way() {
    let mut desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    let address = desk.down();
    edit(&ada, &tick("wording")).unwrap();
    desk.up(address);
    desk.server().change("Bo", &tick("close-pack"));
    ada.exchange().unwrap();
    assert!(ada.link().conflicts.is_empty());
    let room = desk.server().state.room.load().unwrap().room;
    assert!(room.is_done("scope", "wording") && room.is_done("scope", "close-pack"));
}

#[test]
fn a_change_on_a_room_that_moved_on_is_made_on_the_newer_one() {
    let desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    ada.load().unwrap();
    desk.server().change("Bo", &owner("billing-owner", "Bo"));
    edit(&ada, &owner("tenant-owner", "Mara")).unwrap();
    let room = desk.server().state.room.load().unwrap().room;
    assert_eq!(
        (room.holder("tenant-owner").unwrap().name.as_str(), room.holder("billing-owner").unwrap().name.as_str()),
        ("Mara", "Bo")
    );
    assert!(desk.server().count("POST", "changes") >= 2, "the first was stale");
}

#[test]
fn a_value_that_two_change_at_the_same_time_is_refused_to_the_second() {
    let desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    ada.load().unwrap();
    desk.server().change("Bo", &owner("tenant-owner", "Theirs"));
    let error = edit(&ada, &owner("tenant-owner", "Mine")).unwrap_err();
    assert_eq!(error.kind, Kind::Conflict);
    assert!(error.why.contains("Theirs") && error.why.contains("Mine"), "{error}");
    assert_eq!(ada.link().queued, 0, "whoever waits for the answer still has what was typed");
}

#[test]
fn what_the_server_refuses_later_waits_for_a_person_with_the_reason() {
    let mut desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    let address = desk.down();
    edit(&ada, &Change::WithdrawEvidence { evidence: 1, why: "wrong".into() }).unwrap_err();
    edit(&ada, &owner("tenant-owner", "Mara")).unwrap();
    desk.up(address);
    desk.server().fault(Fault::Status(403, None));
    let _ = ada.exchange();
    desk.server().fault(Fault::None);
    ada.exchange().unwrap();
    assert_eq!(
        holder(&desk.server().state.room, "tenant-owner").as_deref(),
        Some("Mara"),
        "a token that was short of rights for a while loses nothing"
    );
}

#[test]
fn nobody_decides_on_a_room_that_is_not_the_one_everybody_sees() {
    let mut desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    desk.down();
    edit(&ada, &owner("tenant-owner", "Mara")).unwrap();
    let decision = Change::RecordDecision {
        stage: "hold".into(),
        outcome: DecisionOutcome::Deferred,
        customer: "A".into(),
        operator: "B".into(),
        reference: None,
        note: None,
    };
    assert_eq!(edit(&ada, &decision).unwrap_err().kind, Kind::Network);
    assert_eq!(ada.link().queued, 1);
}

#[test]
fn a_queue_that_cannot_be_read_is_told_and_the_room_is_still_shown() {
    let mut desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    let address = desk.down();
    edit(&ada, &owner("tenant-owner", "Mara")).unwrap();
    std::fs::write(desk.home.path().join("ada/servers/x/queue/000000000001.json"), "not json").unwrap();
    desk.up(address);
    let error = ada.exchange().unwrap_err();
    assert_eq!(error.kind, Kind::Integrity, "{error}");
    assert_eq!(holder(&ada, "executive-sponsor").as_deref(), Some("Ingrid Aasen"));
    assert!(ada.unheard().is_some());
}

#[test]
fn evidence_attached_while_the_server_is_away_goes_up_bytes_first() {
    let mut desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    let address = desk.down();
    let how = How { serves: Some("paid-beta/billing".into()), class: Some(Class::Tenant), ..How::default() };
    let at = At { store: &ada, clock: &crate::desk::Now, by: "Ada" };
    attach::attach_file(at, "invoice.txt", b"invoice 4711\n", None, &how).unwrap();
    desk.up(address);
    ada.exchange().unwrap();
    let asked = desk.server().state.asked.lock().unwrap().clone();
    let writes: Vec<&str> = asked.iter().filter(|asked| asked.method != "GET").map(|asked| asked.method.as_str()).collect();
    assert_eq!(writes, ["PUT", "POST"]);
    assert_eq!(ada.link().queued, 0);
}

#[test]
fn many_machines_that_write_at_the_same_time_lose_nothing_and_agree() {
    let desk = Desk::new();
    let before = desk.server().state.room.load().unwrap().ledger.entries.len();
    let machines: Vec<_> = (0..4).map(|n| desk.open(&format!("machine-{n}"), Mode::Command).unwrap()).collect();
    std::thread::scope(|scope| {
        for (n, store) in machines.iter().enumerate() {
            scope.spawn(move || {
                for round in 0..10 {
                    let ask = Ask { about: vec![format!("scope.{n}-{round}")], role: None, to: "Mara".into() };
                    edit(store, &Change::Ask(ask)).unwrap();
                }
            });
        }
    });
    for store in &machines {
        store.exchange().unwrap();
    }
    let theirs = desk.server().state.room.load().unwrap().ledger.entries;
    assert_eq!(theirs.len(), before + 40);
    for store in &machines {
        assert_eq!(*store.load().unwrap().ledger.entries, *theirs);
        assert_eq!(store.link().queued, 0);
    }
}

#[test]
fn whoever_waits_behind_others_is_told_that_his_own_was_overtaken() {
    let mut desk = Desk::new();
    let ada = desk.open("ada", Mode::Command).unwrap();
    let address = desk.down();
    edit(&ada, &owner("billing-owner", "First")).unwrap();
    desk.up(address);
    desk.server().change("Bo", &owner("tenant-owner", "Theirs"));
    let error = edit(&ada, &owner("tenant-owner", "Mine")).unwrap_err();
    assert_eq!(error.kind, Kind::Conflict, "{error}");
    assert_eq!((ada.link().queued, ada.link().conflicts.len()), (0, 0));
    assert_eq!(holder(&desk.server().state.room, "billing-owner").as_deref(), Some("First"));
}
