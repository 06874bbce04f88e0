use super::*;
use crate::domain::gate::{GateStatus, RequirementStatus};
use crate::domain::ledger::{Body, replay};
use crate::present::told;

const URL: &str = "http://127.0.0.1:8080";

fn moments() -> Vec<Timestamp> {
    // Every day of a week, a minute past midnight and before it, and around a change of the clocks.
    let days = ["2026-11-16", "2026-11-17", "2026-11-19", "2026-11-22", "2026-10-25", "2026-03-29", "2028-02-29"];
    let times = ["T00:01:00Z", "T08:14:00Z", "T23:59:00Z"];
    days.iter().flat_map(|day| times.iter().map(move |time| format!("{day}{time}").parse().unwrap())).collect()
}

#[test]
fn the_demo_shows_the_intended_picture_on_any_day() {
    for now in moments() {
        let demo = build(now, URL, "/usr/bin/launchroom").unwrap();
        let ready = &demo.opened.readiness;
        let gates: Vec<_> = ready.gates.iter().take(3).map(|gate| (gate.status, gate.met, gate.total)).collect();
        let wanted = [(GateStatus::Clear, 7, 7), (GateStatus::Held, 5, 10), (GateStatus::Held, 2, 9)];
        assert_eq!(gates, wanted, "at {now}: {:#?}", ready.gates.iter().take(3).collect::<Vec<_>>());
        assert_eq!(ready.stage.accepted.as_ref().map(crate::domain::ids::GateId::as_str), Some("setup"));
        assert_eq!(ready.week.now, 2, "at {now}");
        let status = |id: &str| ready.gates.iter().flat_map(|gate| &gate.requirements).find(|r| r.id == *id).unwrap().status;
        assert_eq!(status("private-beta/public-bundle"), RequirementStatus::Stale);
        assert_eq!(status("paid-beta/issuer"), RequirementStatus::Excluded);
    }
}

#[test]
fn the_ledger_adds_up_to_the_room_file_and_nothing_is_later_than_now() {
    let plan = plan_toml::parse(plan_toml::embedded(PLAN).unwrap(), PLAN).unwrap();
    for now in moments() {
        let demo = build(now, URL, "/usr/bin/launchroom").unwrap();
        let room = room_toml::parse(&demo.room_toml, "demo.toml", &plan).unwrap();
        assert_eq!(replay::edited_outside(&room, &demo.opened.snapshot.ledger, &str::to_owned), None, "at {now}");
        let entries = &demo.opened.snapshot.ledger.entries;
        assert!(entries.iter().all(|entry| entry.at <= now), "at {now}");
        assert!(entries.is_sorted_by_key(|entry| entry.at), "at {now}");
    }
}

#[test]
fn a_program_path_with_spaces_and_quotes_stays_one_word() {
    let now = "2026-11-19T08:14:00Z".parse().unwrap();
    let demo = build(now, URL, "/opt/my tools/it's/launchroom").unwrap();
    assert!(
        demo.room_toml.contains(r"'/opt/my tools/it'\\''s/launchroom' check")
            || demo.room_toml.contains(r"'/opt/my tools/it'\''s/launchroom' check")
    );
}

#[test]
fn every_change_of_it_is_told_without_the_path_in_the_file() {
    let demo = build("2026-11-19T08:14:00Z".parse().unwrap(), URL, "/usr/bin/launchroom").unwrap();
    let mut told = 0;
    for entry in demo.opened.snapshot.ledger.entries.iter() {
        let (Body::RoomChanged(changed) | Body::EditedOutside(changed)) = &entry.body else { continue };
        for change in changed.changes.iter().filter(|change| !change.path.starts_with("tenant.")) {
            let sentence = told::change(&demo.opened.snapshot.plan, change);
            assert!(!sentence.contains(&change.path), "{sentence}");
            told += 1;
        }
    }
    assert!(told > 20);
}
