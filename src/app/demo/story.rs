//! What happened in the pilot so far, entry by entry.
//!
//! The room file is how it stands now, so the story begins with the values it had and ends where the file is.

use super::room::Weeks;
use crate::domain::gate;
use crate::domain::ids::{Digest, ProofId};
use crate::domain::ledger::{
    Ask, Attached, Body, Check, CheckStatus, Decision, DecisionOutcome, Entry, Exclusion, Inputs, Ledger, Outcome, Revoked,
    RoomChanged, Run, RunFinished, ValueChange,
};
use crate::domain::plan::{Class, Plan};
use crate::domain::room::{Room, Value};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};

pub const OPERATOR: &str = "Jonas Okafor";
const SECURITY: &str = "Lena Brandt";
const FINANCE: &str = "Priya Nair";
/// Another machine holds the locked bytes: the operator's own.
const HOLDER: &str = "ops-1";
/// How long before now the support-email treatment changed.
const CHANGED_AGO: i64 = 22;

/// The public checks of the bundle, in the order of the pages they look at.
const PUBLIC: [&str; 6] = ["health", "plan-page", "plan-json", "evidence-packs", "deployment-parity", "readiness-advisory"];
/// The fixtures that passed, and those that need a vendor this motion leaves out.
const FIXTURES: [(&str, CheckStatus, &str); 12] = [
    ("authenticated-access", CheckStatus::Passed, "owner and granted employer in, denied employer out"),
    ("evidence-fixture", CheckStatus::Passed, "upload, scan and release"),
    ("audit-export-fixture", CheckStatus::Passed, "export matches the audit trail"),
    ("privacy-fixture", CheckStatus::Passed, "access and erasure request fulfilled"),
    ("issuer-fixture", CheckStatus::Skipped, "out of scope by order form"),
    ("support-notification", CheckStatus::Failed, "no mail provider is proven"),
    ("stripe-checkout", CheckStatus::Failed, "no products, prices or webhook"),
    ("enterprise-sso", CheckStatus::Failed, "no identity provider connected"),
    ("scim-provisioning", CheckStatus::Failed, "no token for this tenant"),
    ("hris-sync", CheckStatus::Failed, "no customer credentials"),
    ("official-issuer", CheckStatus::Failed, "no authority credentials"),
    ("readiness-strict", CheckStatus::Failed, "not_ready"),
];

/// An entry to be: when, by whom, what.
pub type Told = (Timestamp, String, Body);

/// Whoever tells it, and how far they have come.
struct Story<'a> {
    plan: &'a Plan,
    weeks: &'a Weeks,
    now: Timestamp,
    host: String,
    /// The room as it stood then, and its values by path.
    room: Room,
    values: BTreeMap<String, Value>,
    ledger: Ledger,
    blobs: Vec<Vec<u8>>,
    at: Timestamp,
}

/// The entries and the captured bytes that lie here.
pub fn tell(plan: &Plan, today: &Room, weeks: &Weeks, now: Timestamp, base_url: &str) -> (Vec<Told>, Vec<Vec<u8>>) {
    let host = base_url.split_once("://").map_or(base_url, |(_, host)| host).to_owned();
    let (room, ledger) = (at_kickoff(today), Ledger::default());
    let values = room.values();
    let mut story = Story { plan, weeks, now, host, room, values, ledger, blobs: Vec::new(), at: Timestamp::UNIX_EPOCH };
    story.week_0();
    story.week_1();
    story.week_2();
    let entries = Arc::unwrap_or_clone(story.ledger.entries);
    (entries.into_iter().map(|entry| (entry.at, entry.by, entry.body)).collect(), story.blobs)
}

/// The room file as it was on the first morning: nothing ticked, nothing collected, the treatment before the change.
fn at_kickoff(today: &Room) -> Room {
    let mut room = today.clone();
    room.steps.clear();
    room.activation.clear();
    if let Some(acceptance) = room.dependencies.get_mut("support-email") {
        acceptance.treatment = Some(crate::domain::room::Treatment::Managed);
        "accepted in week 0".clone_into(&mut acceptance.launch_room);
    }
    room
}

impl Story<'_> {
    fn week_0(&mut self) {
        let found = self.values.clone().into_iter();
        let changes = found.map(|(path, now)| ValueChange { path, was: None, now: Some(now) }).collect();
        self.then(0, 9, 12);
        self.write(OPERATOR, Body::EditedOutside(RoomChanged::new(changes)));
        self.then(0, 9, 40);
        self.document(
            OPERATOR,
            "implementation-owner",
            "launch-room",
            include_str!("../../../assets/demo/launch-room-record.md"),
            "launch-room-record.md",
        );
        self.then(0, 10, 5);
        self.reference(OPERATOR, "executive-sponsor", "external-register", "OF-2026-014, page 1: sponsor Ingrid Aasen");
        self.then(0, 14, 30);
        self.passed(OPERATOR, "buyer-close-pack", 6);
        self.done("scope", &["close-pack"]);
        self.then(1, 11, 20);
        self.done("scope", &["close-pack", "wording"]);
        self.then(1, 16, 2);
        self.passed(OPERATOR, "first-customer-launch-plan", 5);
        self.then(2, 10, 15);
        self.document(
            OPERATOR,
            "tenant-owner",
            "launch-room",
            include_str!("../../../assets/demo/tenant-settings.md"),
            "tenant-settings.md",
        );
        self.then(3, 15, 41);
        self.passed(OPERATOR, "dependency-acceptance", 4);
        self.then(4, 9, 55);
        self.done("scope", &["close-pack", "wording", "billing"]);
    }

    fn week_1(&mut self) {
        self.then(7, 9, 30);
        self.done("tenant-setup", &["tenant"]);
        self.then(7, 13, 10);
        self.passed(OPERATOR, "launch-activation-manifest", 6);
        self.exclude("X1", "2026 only");
        self.then(8, 10, 0);
        self.done("operator-activation", &["preflight", "env-names"]);
        self.then(9, 16, 45);
        self.done("tenant-setup", &["tenant", "boundaries"]);
        self.then(10, 11, 30);
        self.decide_setup();
        self.then(10, 14, 0);
        let why = "the customer's procurement wants the whole first quarter's start".to_owned();
        self.write(OPERATOR, Body::ExclusionRevoked(Revoked { exclusion: "X1".into(), why }));
        self.exclude("X2", "no official issuer in this pilot");
        self.then(11, 9, 20);
        self.collect(&[("operator-seed", "proven"), ("fixture-shell", "proven")]);
        self.collect(&[
            ("trust-secrets", "collected"),
            ("support-email", "requested"),
            ("invoice-billing", "collected"),
            ("stripe-billing", "missing"),
        ]);
        self.done("operator-activation", &["preflight", "env-names", "seed"]);
        self.then(11, 15, 5);
        self.document(
            SECURITY,
            "privacy-security-approver",
            "launch-dossier",
            include_str!("../../../assets/demo/privacy-bundle.md"),
            "privacy-bundle.md",
        );
        self.then(11, 16, 40);
        self.locked(OPERATOR, "private-beta/operator-seed", "seed-output.json", 2_144);
    }

    /// This week is not over, and may hardly have begun: what is told of it is never later than now.
    fn week_2(&mut self) {
        self.by(14, 10, 20, 60 * 26);
        self.ask(&["support-incident-owner"], "Mara Lindt and Lena Brandt");
        self.by(14, 14, 15, 60 * 24);
        self.locked(SECURITY, "private-beta/access-proof", "route-proof.json", 5_318);
        self.done("access-proof", &["routes"]);
        self.by(15, 9, 5, 60 * 22);
        self.ask(&["scope.employee_notice"], "Mara Lindt");
        self.by(15, 11, 30, 60 * 21);
        self.document(
            FINANCE,
            "private-beta/support-fallback",
            "support-package",
            include_str!("../../../assets/demo/support-fallback.md"),
            "support-fallback.md",
        );
        self.done("continuity", &["support"]);
        self.ago(60 * 19);
        self.fixtures();
        self.done("access-proof", &["routes", "fixtures"]);
        self.ago(60 * 17 + 16);
        self.bundle();
        self.ago(60 * 17 + 9);
        self.passed(OPERATOR, "customer-launch-room", 7);
        self.ago(CHANGED_AGO);
        self.change(
            OPERATOR,
            &[
                ("dependencies.support-email.launch_room", None),
                ("dependencies.support-email.treatment", Some(Value::Text("manual".to_owned()))),
            ],
        );
    }

    // ── Times ──

    fn then(&mut self, day: i32, hour: i8, minute: i8) {
        self.at = self.at.max(self.weeks.at(day, hour, minute));
    }

    fn ago(&mut self, minutes: i64) {
        self.at = self.at.max(self.now.saturating_sub(minutes.minutes()).unwrap_or(self.now));
    }

    /// Then, or so long ago if that is still to come.
    fn by(&mut self, day: i32, hour: i8, minute: i8, ago: i64) {
        let latest = self.now.saturating_sub(ago.minutes()).unwrap_or(self.now);
        self.at = self.at.max(self.weeks.at(day, hour, minute).min(latest));
    }

    // ── Entries ──

    fn write(&mut self, by: &str, body: Body) {
        let seq = self.ledger.entries.len() as u64 + 1;
        let at = Timestamp::from_millisecond(self.at.as_millisecond()).unwrap_or(self.at);
        let entry = Entry { seq, at, by: by.to_owned(), body, prev: Digest::ZERO, hash: Digest::ZERO };
        Arc::make_mut(&mut self.ledger.entries).push(entry);
        // Nobody does two things in the same second.
        self.at = self.at.saturating_add(40.seconds()).unwrap_or(self.at);
    }

    fn change(&mut self, by: &str, values: &[(&str, Option<Value>)]) {
        let mut changes = Vec::new();
        for (path, now) in values {
            self.room.put(path, now.as_ref());
            let path = (*path).to_owned();
            let was = match now.clone() {
                Some(now) => self.values.insert(path.clone(), now),
                None => self.values.remove(&path),
            };
            changes.push(ValueChange { path, was, now: now.clone() });
        }
        self.write(by, Body::RoomChanged(RoomChanged::new(changes)));
    }

    fn done(&mut self, step: &str, tasks: &[&str]) {
        let value = Value::List(tasks.iter().map(ToString::to_string).collect());
        self.change(OPERATOR, &[(&format!("steps.{step}.done"), Some(value))]);
    }

    fn collect(&mut self, groups: &[(&str, &str)]) {
        let paths: Vec<String> = groups.iter().map(|(group, _)| format!("activation.{group}.status")).collect();
        let values = paths.iter().zip(groups).map(|(path, (_, status))| (path.as_str(), Some(Value::Text((*status).to_owned()))));
        self.change(OPERATOR, &values.collect::<Vec<_>>());
    }

    fn ask(&mut self, about: &[&str], to: &str) {
        let about = about.iter().map(ToString::to_string).collect();
        self.write(OPERATOR, Body::AskSent(Ask { about, role: None, to: to.to_owned() }));
    }

    fn exclude(&mut self, id: &str, wording: &str) {
        let exclusion = Exclusion {
            id: id.into(),
            covers: "paid-beta/issuer".to_owned(),
            wording: wording.to_owned(),
            signed_by: "Saskia de Wit".to_owned(),
            approved_by: Some("Ingrid Aasen".to_owned()),
            from: None,
            until: self.weeks.kickoff.saturating_add(90.days()),
            reference: Some("OF-2026-014 §7".to_owned()),
        };
        self.write(OPERATOR, Body::ExclusionSigned(exclusion));
    }

    fn decide_setup(&mut self) {
        let stage = "setup".into();
        let judged = gate::judged(self.plan, &self.room, &self.ledger, self.at, &stage);
        let decision = Decision {
            stage,
            outcome: DecisionOutcome::Accepted,
            customer: "Ingrid Aasen".to_owned(),
            operator: OPERATOR.to_owned(),
            digest: Some(judged.digest()),
            judged,
            head: None,
            length: None,
            reference: Some("minutes of the weekly call".to_owned()),
            note: None,
        };
        self.write(OPERATOR, Body::Decided(Box::new(decision)));
    }

    // ── Evidence ──

    fn document(&mut self, by: &str, serves: &str, target: &str, text: &str, file: &str) {
        let (digest, size) = self.keep(text);
        let attached = Attached {
            digest: Some(digest),
            size: Some(size),
            file: Some(file.to_owned()),
            ..Attached::at(target.into(), Class::Tenant, Outcome::Passed)
        };
        self.write(by, Body::Attached(Box::new(Attached { serves: Some(serves.to_owned()), ..attached })));
    }

    fn reference(&mut self, by: &str, serves: &str, target: &str, words: &str) {
        let stated = Attached {
            outcome: Outcome::Reference,
            reference: Some(words.to_owned()),
            ..Attached::at(target.into(), Class::Tenant, Outcome::Passed)
        };
        self.write(by, Body::Attached(Box::new(Attached { serves: Some(serves.to_owned()), ..stated })));
    }

    /// A record whose bytes another machine holds: what counts is its receipt.
    fn locked(&mut self, by: &str, serves: &str, file: &str, size: u64) {
        let receipt = Attached {
            serves: Some(serves.to_owned()),
            digest: Some(Digest::of(file.as_bytes())),
            size: Some(size),
            file: Some(file.to_owned()),
            holder: Some(HOLDER.to_owned()),
            ..Attached::at("fixture-evidence".into(), Class::Locked, Outcome::Passed)
        };
        self.write(by, Body::Attached(Box::new(receipt)));
    }

    /// A public check that passed, printed line by line.
    fn passed(&mut self, by: &str, proof: &str, seconds: i64) {
        let lines = ["deployed", "complete", "public-safe", "linked"];
        let text = lines.map(|line| format!("passed  {proof}-{line}\n")).concat();
        let (digest, size) = self.keep(&text);
        self.ran(by, proof, Class::Public, Outcome::Passed, seconds, (digest, size), None);
    }

    fn bundle(&mut self) {
        let checks: Vec<Check> = PUBLIC.iter().map(|id| check(id, CheckStatus::Passed, "")).collect();
        let text = json!({ "schema": 1, "name": "launch-proof-bundle", "checks": checks }).to_string();
        let kept = self.keep(&text);
        self.ran(OPERATOR, "launch-proof-bundle", Class::Public, Outcome::Passed, 221, kept, Some(checks));
    }

    fn fixtures(&mut self) {
        let public = PUBLIC.iter().map(|id| check(id, CheckStatus::Passed, ""));
        let checks = public.chain(FIXTURES.iter().map(|(id, status, detail)| check(id, *status, detail))).collect();
        let receipt = (Digest::of(b"fixture-proof.json"), 3_870);
        self.ran(OPERATOR, "paid-beta-fixture-proof", Class::Locked, Outcome::Failed, 688, receipt, Some(checks));
    }

    #[allow(clippy::too_many_arguments)] // one run is all of these
    fn ran(
        &mut self,
        by: &str,
        proof: &str,
        class: Class,
        outcome: Outcome,
        seconds: i64,
        kept: (Digest, u64),
        checks: Option<Vec<Check>>,
    ) {
        let id = ProofId::from(proof);
        let Some(known) = self.plan.proof(proof) else { return };
        let inputs: Inputs = gate::inputs_of(self.plan, &self.room, &self.ledger, known);
        let ended = self.at;
        let run = Run {
            id: format!("demo-{proof}").into(),
            command: self.room.commands.get(&id).unwrap_or(&known.command).clone(),
            env: known.env.iter().map(|need| need.name.clone()).collect(),
            host: Some(self.host.clone()),
            started: ended.saturating_sub(SignedDuration::from_secs(seconds)).unwrap_or(ended),
            ended,
            exit: Some(i32::from(outcome != Outcome::Passed)),
            signal: None,
            seen: kept.1,
            cut: false,
        };
        let finished = RunFinished {
            proof: id.clone(),
            outcome,
            run: run.clone(),
            digest: Some(kept.0),
            inputs: inputs.clone(),
            failing: Vec::new(),
        };
        self.write(by, Body::RunFinished(Box::new(finished)));
        let target = known.targets.first().map_or("launch-dossier", |target| target.as_str());
        let record = Attached {
            proof: Some(id),
            outcome,
            run: Some(run),
            digest: Some(kept.0),
            size: Some(kept.1),
            checks,
            inputs,
            holder: (class == Class::Locked).then(|| HOLDER.to_owned()),
            ..Attached::at(target.into(), class, Outcome::Passed)
        };
        self.write(by, Body::Attached(Box::new(record)));
    }

    fn keep(&mut self, text: &str) -> (Digest, u64) {
        self.blobs.push(text.as_bytes().to_vec());
        (Digest::of(text.as_bytes()), text.len() as u64)
    }
}

fn check(id: &str, status: CheckStatus, detail: &str) -> Check {
    Check { id: id.into(), status, detail: detail.to_owned() }
}
