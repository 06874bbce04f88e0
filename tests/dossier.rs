//! What must hold for every dossier: nothing of a higher class is in it, the same state makes the same bytes, and whatever
//! is done to one afterwards is found.

#![allow(clippy::unwrap_used, clippy::panic)] // a test may stop where it stands

use jiff::Timestamp;
use launchroom::app::export::{Form, Wish, export_of};
use launchroom::app::open;
use launchroom::app::ports::RoomStore as _;
use launchroom::domain::ids::Digest;
use launchroom::domain::ledger::{
    Ask, Attached, Body, Decision, DecisionOutcome, Inputs, Outcome, RoomChanged, ValueChange, Withdrawn, chain::seal,
};
use launchroom::domain::plan::Class;
use launchroom::domain::room::Value;
use launchroom::format::dossier::{File, read, verify};
use launchroom::format::{plan_toml, room_toml};
use launchroom::infra::file::FileStore;
use launchroom::present::audience::Audience;
use proptest::prelude::*;

/// What may have happened.
#[derive(Clone, Debug)]
enum Deed {
    Attach {
        class: Class,
        note: bool,
        holder: bool,
        inputs: bool,
        same: bool,
    },
    /// Public, with strings in it that may be secrets.
    Suspect {
        looked: bool,
    },
    Withdraw(u64),
    Contact,
    Scope,
    Ask,
    Decide {
        note: bool,
    },
}

fn deed() -> impl Strategy<Value = Deed> {
    let class = prop::sample::select(vec![Class::Public, Class::Tenant, Class::Locked]);
    prop_oneof![
        4 => (class, any::<[bool; 4]>()).prop_map(|(class, [note, holder, inputs, same])| Deed::Attach {
            class,
            note: note && holder,
            holder,
            inputs,
            same
        }),
        1 => (1_u64..12).prop_map(Deed::Withdraw),
        1 => Just(Deed::Contact),
        1 => Just(Deed::Scope),
        1 => Just(Deed::Ask),
        1 => any::<bool>().prop_map(|note| Deed::Decide { note }),
    ]
}

const INNER: [&str; 4] = ["vendor-internal-note", "mara@private.example.test", "holder-of-these-bytes", "why it was taken back"];

fn captured(class: Class, seq: u64) -> String {
    format!("captured {} bytes number {seq}", class.as_str())
}

fn body(deed: &Deed, seq: u64) -> (Body, Option<(Class, String)>) {
    let text = |text: &str| Some(Value::Text(text.to_owned()));
    let change = |path: &str, now: &str| {
        Body::RoomChanged(RoomChanged::new(vec![ValueChange { path: path.into(), was: None, now: text(now) }]))
    };
    let body = match deed {
        Deed::Attach { class, note, holder, inputs, same } => {
            let bytes = if *same { "the same bytes in every class".to_owned() } else { captured(*class, seq) };
            let mut attached = Attached::at("launch-room".into(), *class, Outcome::Reference);
            attached.digest = Some(Digest::of(bytes.as_bytes()));
            attached.size = Some(bytes.len() as u64);
            attached.file = Some("shown.txt".into());
            attached.note = note.then(|| INNER[0].to_owned());
            attached.holder = holder.then(|| INNER[2].to_owned());
            let scope = [("scope:cohort".to_owned(), "42 warehouse supervisors, Rotterdam".to_owned())];
            attached.inputs = if *inputs { Inputs(scope.into()) } else { Inputs::default() };
            return (Body::Attached(Box::new(attached)), Some((*class, bytes)));
        }
        Deed::Suspect { looked } => {
            let bytes = format!("captured suspect, looked at: {looked}");
            let mut attached = Attached::at("launch-room".into(), Class::Public, Outcome::Reference);
            (attached.digest, attached.size) = (Some(Digest::of(bytes.as_bytes())), Some(bytes.len() as u64));
            (attached.suspects, attached.looked) = (2, *looked);
            return (Body::Attached(Box::new(attached)), Some((Class::Public, bytes)));
        }
        Deed::Withdraw(evidence) => Body::Withdrawn(Withdrawn { evidence: *evidence, why: INNER[3].into() }),
        Deed::Contact => change("owners.tenant-owner.contact", INNER[1]),
        Deed::Scope => change("scope.cohort", "42 warehouse supervisors, Rotterdam"),
        Deed::Ask => Body::AskSent(Ask { about: vec!["scope.cohort".into()], role: None, to: "Somebody Asked".into() }),
        Deed::Decide { note } => Body::Decided(Box::new(Decision {
            stage: "paid-beta".into(),
            outcome: DecisionOutcome::Deferred,
            customer: "Saskia de Wit".into(),
            operator: "J. Okafor".into(),
            digest: None,
            head: None,
            length: None,
            judged: Inputs::default(),
            reference: Some("paper of the tenant 014".into()),
            note: note.then(|| INNER[0].to_owned()),
        })),
    };
    (body, None)
}

/// The zip for an audience, and the ledger it was made of.
fn made(deeds: &[Deed], audience: Audience) -> Vec<u8> {
    let home = tempfile::tempdir().unwrap();
    let plan = plan_toml::parse(plan_toml::embedded("first-customer").unwrap(), "plan").map_err(|_| ()).unwrap();
    let text = room_toml::template(&plan, "northwind", "Northwind Logistics", jiff::civil::date(2026, 11, 2));
    let room = home.path().join("launchroom.toml");
    std::fs::write(&room, text).unwrap();
    let store = FileStore::open(&room, home.path(), false).unwrap();
    let (mut prev, mut ledger) = (Digest::ZERO, Vec::new());
    for (seq, deed) in (1..).zip(deeds) {
        let (body, bytes) = body(deed, seq);
        if let Some((class, bytes)) = bytes {
            store.keep(class, bytes.as_bytes()).unwrap();
        }
        let at = Timestamp::from_second(1_793_600_000 + 40_000 * i64::try_from(seq).unwrap()).unwrap();
        let sealed = seal(prev, seq, at, "J. Okafor", body).unwrap();
        prev = sealed.entry.hash;
        ledger.extend_from_slice(&sealed.line);
    }
    std::fs::create_dir_all(home.path().join("launchroom.evidence")).unwrap();
    std::fs::write(home.path().join("launchroom.evidence/ledger.jsonl"), ledger).unwrap();
    let now = Timestamp::from_second(1_794_900_000).unwrap();
    let opened = open::evaluate(&store, store.load().unwrap(), now);
    let wish = Wish { audience, as_of: None, include: Vec::new(), form: Form::Zip, secrets: Vec::new() };
    export_of(&store, &opened, &wish).unwrap_or_else(|error| panic!("{error}")).bytes
}

fn is_found(files: &[File], older: Option<&[File]>) -> bool {
    verify::verify(files, older).map_or(true, |verified| !verified.findings.is_empty())
}

fn sums_anew(files: &mut [File]) {
    let sums: String = files
        .iter()
        .filter(|file| file.name != "SHA256SUMS")
        .fold(String::new(), |all, file| format!("{all}{}  {}\n", Digest::of(&file.bytes).to_hex(), file.name));
    files.iter_mut().filter(|file| file.name == "SHA256SUMS").for_each(|file| file.bytes = sums.clone().into_bytes());
}

#[test]
fn public_bytes_that_may_hold_a_secret_and_that_nobody_looked_at_stay_here() {
    let deeds = [Deed::Suspect { looked: false }, Deed::Suspect { looked: true }];
    for audience in [Audience::Buyer, Audience::Customer] {
        let files = read::unzip(&made(&deeds, audience)).unwrap();
        let holds = |text: &str| files.iter().any(|file| String::from_utf8_lossy(&file.bytes).contains(text));
        assert!(!holds("captured suspect, looked at: false") && holds("captured suspect, looked at: true"), "{audience:?}");
        assert!(holds("nobody looked"), "why it is not here is said");
        assert!(!is_found(&files, None), "{audience:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn nothing_of_a_higher_class_is_in_a_dossier(deeds in prop::collection::vec(deed(), 0..14)) {
        for audience in [Audience::Buyer, Audience::Customer, Audience::Operator] {
            let files = read::unzip(&made(&deeds, audience)).unwrap();
            prop_assert!(!is_found(&files, None), "{audience:?} {:?}", verify::verify(&files, None));
            for file in &files {
                let text = String::from_utf8_lossy(&file.bytes);
                prop_assert!(!text.contains("captured locked bytes"), "{}", file.name);
                if audience != Audience::Operator {
                    prop_assert!(INNER.iter().all(|inner| !text.contains(inner)) || audience == Audience::Customer
                        && !INNER[..3].iter().any(|inner| text.contains(inner)), "{audience:?} {}", file.name);
                }
                if audience == Audience::Buyer {
                    for of_tenant in ["captured tenant bytes", "42 warehouse supervisors", "paper of the tenant", "Somebody Asked"] {
                        prop_assert!(!text.contains(of_tenant), "{of_tenant} in {}", file.name);
                    }
                }
            }
        }
    }

    #[test]
    fn the_same_state_makes_the_same_bytes(deeds in prop::collection::vec(deed(), 0..14)) {
        prop_assert!(made(&deeds, Audience::Customer) == made(&deeds, Audience::Customer));
    }

    #[test]
    fn any_byte_that_is_changed_is_found(
        deeds in prop::collection::vec(deed(), 1..8),
        place in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let mut files = read::unzip(&made(&deeds, Audience::Customer)).unwrap();
        let file = place.get(&files).name.clone();
        let bytes = &mut files.iter_mut().find(|one| one.name == file).unwrap().bytes;
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(is_found(&files, None), "byte {at} of {file}");
    }

    #[test]
    fn an_entry_that_was_removed_or_moved_is_found_also_when_the_sums_are_made_anew(
        deeds in prop::collection::vec(deed(), 3..10),
        place in any::<prop::sample::Index>(),
        moved in any::<bool>(),
    ) {
        let mut files = read::unzip(&made(&deeds, Audience::Customer)).unwrap();
        let ledger = files.iter_mut().find(|file| file.name == "ledger.jsonl").unwrap();
        let mut lines: Vec<Vec<u8>> = ledger.bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let at = place.index(lines.len() - 1);
        if moved {
            lines.swap(at, at + 1);
        } else {
            lines.remove(at);
        }
        ledger.bytes = lines.concat();
        sums_anew(&mut files);
        prop_assert!(is_found(&files, None));
    }

    #[test]
    fn a_log_that_was_chained_anew_is_found_against_an_older_dossier(
        deeds in prop::collection::vec(deed(), 2..10),
        more in prop::collection::vec(deed(), 0..4),
        place in any::<prop::sample::Index>(),
    ) {
        let older = read::unzip(&made(&deeds, Audience::Buyer)).unwrap();
        let grown: Vec<Deed> = deeds.iter().chain(&more).cloned().collect();
        let newer = read::unzip(&made(&grown, Audience::Buyer)).unwrap();
        prop_assert!(!is_found(&newer, Some(&older)));

        let mut anew = grown.clone();
        let at = place.index(deeds.len());
        anew[at] = Deed::Withdraw(7_777);
        let anew = read::unzip(&made(&anew, Audience::Buyer)).unwrap();
        prop_assert!(!is_found(&anew, None));
        prop_assert!(is_found(&anew, Some(&older)));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), cut in any::<prop::sample::Index>()) {
        let _ = read::unzip(&bytes);
        let whole = made(&[Deed::Ask], Audience::Buyer);
        prop_assert!(read::unzip(&whole[..cut.index(whole.len())]).is_err());
    }
}
