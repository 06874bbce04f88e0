//! What a store promises, whichever it is.

use crate::backend::{Backend, Now, asks, backends, edit, owner};
use jiff::Timestamp;
use launchroom::app::attach::{self, Desk, How};
use launchroom::app::edit::decide;
use launchroom::app::error::Kind;
use launchroom::app::ports::RoomStore;
use launchroom::domain::change::{Applied, Change, Refused};
use launchroom::domain::ids::Digest;
use launchroom::domain::ledger::chain::Head;
use launchroom::domain::ledger::{BlobState, Body};
use launchroom::domain::plan::Class;
use launchroom::format::ledger_jsonl;

fn each(try_it: impl Fn(&Backend)) {
    for backend in backends() {
        // Named in the output of a test that fails.
        println!("on {}", backend.name);
        try_it(&backend);
    }
}

/// The ledger, which must be one valid chain.
pub fn chain(store: &dyn RoomStore) -> Vec<launchroom::domain::ledger::Entry> {
    let lines = store.lines().unwrap();
    let (entries, damage) = ledger_jsonl::parse_after(Head::START, lines.as_bytes());
    assert_eq!(damage, None);
    let numbers: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..=entries.len() as u64).collect::<Vec<_>>());
    entries
}

#[test]
fn what_was_changed_is_read_by_whoever_opens_it_next() {
    each(|place| {
        let after = edit(&*place.store, "Ada", &owner("tenant-owner", "Mara Lindt")).unwrap();
        assert_eq!(after.room.holder("tenant-owner").unwrap().name, "Mara Lindt");
        let again = (place.again)().load().unwrap();
        assert_eq!(again.room.holder("tenant-owner").unwrap().name, "Mara Lindt");
        assert_eq!(again.text, after.text);
        assert_eq!(*again.ledger.entries, *after.ledger.entries);
        assert!(again.ledger.damage.is_none());
        let last = again.ledger.entries.last().unwrap();
        assert_eq!(last.by, "Ada");
        assert_eq!(chain(&*place.store), *again.ledger.entries);
    });
}

#[test]
fn a_room_is_the_same_text_wherever_it_is_kept() {
    let mut texts = Vec::new();
    each(|place| {
        edit(&*place.store, "Ada", &owner("tenant-owner", "Mara Lindt")).unwrap();
        let tick = Change::SetTask { step: "scope".into(), task: "wording".into(), done: true };
        edit(&*place.store, "Ada", &tick).unwrap();
    });
    for place in backends() {
        edit(&*place.store, "Ada", &owner("tenant-owner", "Mara Lindt")).unwrap();
        edit(&*place.store, "Ada", &Change::ClearOwner { role: "tenant-owner".into() }).unwrap();
        texts.push(place.store.load().unwrap().text.to_string());
    }
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:#?}");
}

#[test]
fn what_the_rules_refuse_leaves_nothing_behind() {
    each(|place| {
        let before = place.store.lines().unwrap();
        for change in [
            owner("no-such-role", "X"),
            Change::SetTask { step: "scope".into(), task: "nonsense".into(), done: true },
            Change::WithdrawEvidence { evidence: 99, why: "wrong".into() },
        ] {
            let error = edit(&*place.store, "Ada", &change).unwrap_err();
            assert_eq!(error.kind, Kind::Refused, "{change:?}: {error}");
        }
        assert_eq!(place.store.lines().unwrap(), before);
        assert!((place.again)().load().unwrap().room.holder("tenant-owner").is_none());
    });
}

#[test]
fn of_several_changes_all_are_made_or_none() {
    each(|place| {
        let before = place.store.load().unwrap();
        let several = |changes: &[Change]| {
            place.store.update("Ada", Timestamp::now(), &mut |now| {
                let mut all = Applied::default();
                for change in changes {
                    let applied = decide(now, change, Timestamp::now(), &|_| std::collections::BTreeMap::new())?;
                    all.edits.extend(applied.edits);
                    all.entries.extend(applied.entries);
                }
                Ok(all)
            })
        };
        several(&[owner("tenant-owner", "Mara"), asks("one"), owner("no-such-role", "X")]).unwrap_err();
        assert_eq!(place.store.load().unwrap().text, before.text);
        assert_eq!(chain(&*place.store).len(), before.ledger.entries.len());
        several(&[owner("tenant-owner", "Mara"), asks("one"), asks("two")]).unwrap();
        assert_eq!(chain(&*(place.again)()).len(), before.ledger.entries.len() + 3);
    });
}

#[test]
fn who_refuses_is_heard_as_they_said_it() {
    each(|place| {
        let refuse = |_: &_| Err(Refused::new("test.never", "Never."));
        let error = place.store.update("Ada", Timestamp::now(), &mut { refuse }).unwrap_err();
        assert_eq!((error.kind, error.why.as_str()), (Kind::Refused, "Never."));
    });
}

#[test]
fn two_who_have_it_open_go_on_from_each_other() {
    each(|place| {
        let other = (place.again)();
        if place.name.starts_with("sqlite") {
            // One server has the file, and remembers what is in it.
            return;
        }
        for round in 0..10 {
            edit(&*place.store, "Ada", &asks(&format!("ada {round}"))).unwrap();
            edit(&*other, "Bo", &asks(&format!("bo {round}"))).unwrap();
        }
        assert_eq!(place.store.lines().unwrap(), other.lines().unwrap());
        assert_eq!(chain(&*place.store).iter().filter(|entry| entry.by == "Bo").count(), 10);
    });
}

#[test]
fn bytes_are_kept_under_their_digest_once() {
    each(|place| {
        // More than one part, and not a whole number of them.
        let large: Vec<u8> = (0..2_500_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for bytes in [&b""[..], b"invoice 4711\n", &large] {
            let digest = place.store.keep(Class::Tenant, bytes).unwrap();
            assert_eq!(digest, Digest::of(bytes));
            assert_eq!(place.store.keep(Class::Tenant, bytes).unwrap(), digest);
            assert_eq!((place.again)().blob(&digest).unwrap().as_deref(), Some(bytes));
            assert_eq!(place.store.check(&[digest])[&digest], BlobState::Intact);
        }
        let unknown = Digest::of(b"never kept");
        assert_eq!(place.store.blob(&unknown).unwrap(), None);
        assert_eq!(place.store.check(&[unknown])[&unknown], BlobState::Missing);
    });
}

#[test]
fn a_file_that_is_attached_counts_for_what_it_serves() {
    each(|place| {
        let how = How { serves: Some("paid-beta/billing".into()), class: Some(Class::Tenant), ..How::default() };
        let at = Desk { store: &*place.store, clock: &Now, by: "Ada" };
        attach::attach_file(at, "invoice.txt", b"invoice 4711, to be paid\n", None, &how).unwrap();
        let room = (place.again)();
        let entries = room.load().unwrap().ledger.entries;
        let attached = entries.iter().find_map(|entry| match &entry.body {
            Body::Attached(attached) => Some(attached.clone()),
            _ => None,
        });
        let digest = attached.unwrap().digest.unwrap();
        assert_eq!(room.blob(&digest).unwrap().unwrap(), b"invoice 4711, to be paid\n");
        let opened = launchroom::app::open::open(&*room, &Now).unwrap();
        assert_eq!((opened.readiness.trust.intact, opened.readiness.trust.blobs), (1, 1));
    });
}

#[test]
fn an_undo_is_a_change_like_any_other() {
    each(|place| {
        let before = place.store.load().unwrap();
        let change = owner("tenant-owner", "Mara Lindt");
        let undo = launchroom::domain::apply::inverse(&before.room, &change).unwrap();
        edit(&*place.store, "Ada", &change).unwrap();
        let after = edit(&*place.store, "Ada", &undo).unwrap();
        assert_eq!(after.text, before.text);
        assert_eq!(after.ledger.entries.len(), before.ledger.entries.len() + 2);
    });
}

#[test]
fn text_of_every_kind_comes_back_as_it_was() {
    each(|place| {
        for name in ["Åsa Öberg", "安藤 さくら", "O'Brien; drop table entry; --", "a \"quoted\" \\ name", "\u{1f680} Launch"]
        {
            edit(&*place.store, "Ada", &owner("tenant-owner", name)).unwrap();
            assert_eq!((place.again)().load().unwrap().room.holder("tenant-owner").unwrap().name, name);
        }
        chain(&*place.store);
    });
}
