//! A cockpit for tests, without a terminal, a disk or a clock: a model that messages bring anywhere, and its picture.
//!
//! The room is the pilot of the operator's view, on Thursday of week 2. How it stands is written down here by hand, so
//! that a change of the rules does not change what these tests are about.

use super::model::{Model, Opened};
use super::msg::Msg;
use super::terminal::{Code, Key};
use super::{Cockpit, LookSettings, action::Keymap, effect::Effect, update, view};
use crate::app::error::Error;
use crate::app::ports::{Clock, RunEvent, RunHandle, RunOrder, Runner, Snapshot, TrustStore};
use crate::app::settings;
use crate::domain::gate::{
    Action, ActionKind, DecisionStanding, DecisionState, Ending, FieldState, GateState, GateStatus, LastRun, ProofState,
    Readiness, RequirementState, RequirementStatus, RoleState, StageView, StepState, StepStatus, TaskState, Week,
};
use crate::domain::ids::{Digest, ProofId};
use crate::domain::ledger::{DecisionOutcome, Ledger, Outcome};
use crate::domain::plan::{Need, Party, Plan, Side};
use crate::domain::room::Room;
use jiff::{Timestamp, civil::date};
use ratatui::{buffer::Buffer, layout::Rect};
use std::{collections::BTreeMap, sync::Arc};

/// Thu 19 Nov 2026, 09:14 in Amsterdam.
pub const NOW: &str = "2026-11-19T08:14:00Z";

/// A minute as a moment.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// The embedded plan.
pub fn plan() -> Plan {
    let text = crate::format::plan_toml::embedded("first-customer").expect("the plan is embedded");
    crate::format::plan_toml::parse(text, "first-customer").unwrap_or_else(|wrong| panic!("{}", wrong.render()))
}

/// A room of the plan.
pub fn room(plan: &Plan, text: &str) -> Room {
    crate::format::room_toml::parse(text, "launchroom.toml", plan).unwrap_or_else(|wrong| panic!("{}", wrong.render()))
}

/// The room of the pictures.
pub const NORTHWIND: &str = r#"schema = 1
plan = "first-customer"

[tenant]
id = "northwind"
name = "Northwind Logistics"
kickoff = 2026-11-02
timezone = "Europe/Amsterdam"
motion = "invoice-paid-beta"
go_no_go = 2026-11-25T15:00

[scope]
commercial = "OF-2026-014: 2 modules, 42 workers"
billing_route = "invoice"
cohort = "42 warehouse supervisors, Rotterdam"
modules = ["credentials", "evidence"]
verifier_audiences = ["client auditors"]
employee_notice = ""
retention = "24 months after offboarding"
support_path = "shared mailbox, office hours"

[owners.executive-sponsor]
name = "Ingrid Aasen"
[owners.tenant-owner]
name = "Mara Lindt"
contact = "mara@example.test"
basis = "settings owner since 2026-11-04"
[owners.billing-owner]
name = "Pieter Vos"
[owners.privacy-security-approver]
name = "Saskia de Wit"
[owners.implementation-owner]
name = "Jonas Okafor"

[functions.operator]
name = "Jonas Okafor"
[functions.finance]
name = "Priya Nair"

[steps.scope]
done = ["close-pack", "wording", "billing"]
[steps.operator-activation]
done = ["preflight", "env-names", "seed"]

[activation.operator-seed]
status = "proven"

[dependencies.support-email]
treatment = "manual"
order_form = "OF-2026-014 section 4"
[dependencies.stripe]
treatment = "invoice"
order_form = "OF-2026-014 section 4"
launch_room = "accepted 2026-11-06"
"#;

/// A room in which nothing is filled in.
pub const BLANK: &str = r#"schema = 1
plan = "first-customer"
[tenant]
id = "acme"
name = "Acme Freight"
kickoff = 2026-11-16
"#;

/// Requirements of the pictures that are not met: id, status, reason.
const HELD: &[(&str, RequirementStatus, &str)] = &[
    ("private-beta/roles", RequirementStatus::Unmet, "Support and incident owner is blank, late since Sun 15 Nov"),
    ("private-beta/scope", RequirementStatus::Unmet, "employee notice path is blank"),
    ("private-beta/dependencies", RequirementStatus::Unmet, "support-email: accepted in the order form, not in the room"),
    (
        "private-beta/public-bundle",
        RequirementStatus::Stale,
        "support-email changed today 08:52, the run is from Wed 18 Nov 15:58",
    ),
    ("private-beta/decision", RequirementStatus::Unmet, "nobody has decided yet"),
    ("paid-beta/private-beta", RequirementStatus::Unmet, "private beta is held: 3 unmet, 1 stale"),
    ("paid-beta/roles", RequirementStatus::Unmet, "Continuity owner is blank"),
    ("paid-beta/billing", RequirementStatus::Unmet, "nothing is attached"),
    ("paid-beta/fixture-proof", RequirementStatus::Unmet, "2 checks fail and nothing covers them"),
    ("paid-beta/access-step", RequirementStatus::Unmet, "2 of 3 tasks are done"),
    ("paid-beta/support-step", RequirementStatus::Unmet, "1 of 3 tasks is done"),
    ("paid-beta/issuer", RequirementStatus::Excluded, "X2, signed by Saskia de Wit, to 31 Jan 2027"),
    ("paid-beta/decision", RequirementStatus::Unmet, "nobody has decided yet"),
];

fn requirement(plan: &Plan, spec: &crate::domain::plan::Requirement, blank: bool) -> RequirementState {
    let held = HELD.iter().find(|(id, ..)| spec.id == **id);
    let outside = matches!(spec.id.gate(), "self-serve" | "enterprise");
    let (status, reason) = match held {
        _ if blank => (RequirementStatus::Unmet, "nothing is recorded yet"),
        Some((_, status, reason)) => (*status, *reason),
        None if outside => (RequirementStatus::Unmet, "nothing is attached"),
        None => (RequirementStatus::Met, "attached Thu 12 Nov and verified"),
    };
    let _ = plan;
    RequirementState {
        id: spec.id.clone(),
        kind: spec.need.kind(),
        text: spec.text.clone(),
        status,
        reason: reason.into(),
        owner: spec.owner.clone(),
        remedy: spec.remedy.clone(),
        excludable: spec.excludable,
        only_decision: matches!(spec.need, Need::Decision),
        fresh_until: None,
        ends_because: None,
        since: None,
        evidence: Vec::new(),
        exclusion: (status == RequirementStatus::Excluded).then(|| "X2".into()),
        covered: Vec::new(),
        failing: Vec::new(),
        missing: Vec::new(),
    }
}

fn gates(plan: &Plan, blank: bool) -> Vec<GateState> {
    plan.gates
        .iter()
        .map(|gate| {
            let requirements: Vec<_> = gate.requires.iter().map(|spec| requirement(plan, spec, blank)).collect();
            let met = requirements.iter().filter(|state| state.status.is_settled()).count();
            let status = match gate.id.as_str() {
                _ if gate.blocked_by_policy => GateStatus::Blocked,
                _ if met == requirements.len() => GateStatus::Clear,
                _ => GateStatus::Held,
            };
            GateState {
                id: gate.id.clone(),
                title: gate.title.clone(),
                status,
                outside: gate.blocked_by_policy,
                met,
                total: requirements.len(),
                stop_rule: gate.stop_rule.clone(),
                requirements,
                holds_until: None,
            }
        })
        .collect()
}

fn steps(plan: &Plan, room: &Room) -> Vec<StepState> {
    plan.steps
        .iter()
        .map(|step| {
            let tasks: Vec<TaskState> = step
                .tasks
                .iter()
                .map(|task| TaskState { id: task.id.clone(), done: room.is_done(step.id.as_str(), task.id.as_str()) })
                .collect();
            let done = tasks.iter().all(|task| task.done);
            let status = match (done, step.week) {
                (true, _) => StepStatus::Closed,
                (false, 0 | 1) => StepStatus::Late,
                (false, 2) => StepStatus::AtRisk,
                (false, _) => StepStatus::Ahead,
            };
            let due = date(2026, 11, 8).checked_add(jiff::Span::new().weeks(i64::from(step.week))).expect("a day");
            StepState {
                id: step.id.clone(),
                status,
                week: step.week,
                due,
                late_days: if status == StepStatus::Late { 4 } else { 0 },
                tasks,
                evidence: if done { vec![4] } else { Vec::new() },
                open: if done { Vec::new() } else { vec!["tasks are open".into(), "no evidence is attached".into()] },
                requirements: Vec::new(),
            }
        })
        .collect()
}

fn roles(plan: &Plan, room: &Room) -> Vec<RoleState> {
    plan.roles
        .iter()
        .map(|role| {
            let blank = room.holder(role.id.as_str()).is_none();
            let late = blank && role.due.as_str() == "private-beta";
            RoleState {
                id: role.id.clone(),
                blank,
                urgent: late,
                shown: if blank || role.id == *"billing-owner" { Vec::new() } else { vec![4] },
                outside: role.due.as_str() == "enterprise",
                due: Some(date(2026, 11, 15)),
                late_days: if late { 4 } else { 0 },
                asked: late.then(|| at("2026-11-16T09:20:00Z")),
            }
        })
        .collect()
}

fn scope(plan: &Plan, room: &Room) -> Vec<FieldState> {
    plan.scope
        .iter()
        .map(|field| {
            let blank = room.is_blank(field.id.as_str());
            FieldState {
                id: field.id.clone(),
                blank,
                urgent: blank,
                outside: false,
                due: None,
                late_days: if blank { 4 } else { 0 },
                asked: None,
            }
        })
        .collect()
}

fn proofs(plan: &Plan, blank: bool) -> Vec<ProofState> {
    plan.proofs
        .iter()
        .enumerate()
        .map(|(n, proof)| {
            let fresh = proof.id != *"launch-proof-bundle";
            let reason = if fresh { "nothing it rests on changed" } else { "support-email changed after this run" };
            let last = (n < 6 && !blank).then(|| LastRun {
                seq: 35,
                at: at("2026-11-18T14:58:00Z"),
                outcome: Outcome::Passed,
                fresh,
                reason: reason.into(),
                since: (!fresh).then(|| at("2026-11-19T07:52:00Z")),
                fresh_until: fresh.then(|| at("2026-11-20T15:05:00Z")),
            });
            ProofState { id: proof.id.clone(), last, newest: None, typical_ms: Some(220_000), gates: vec!["private-beta".into()] }
        })
        .collect()
}

fn action(text: &str, kind: ActionKind, owner: Party, side: Side, status: RequirementStatus) -> Action {
    Action {
        text: text.into(),
        kind,
        owner,
        side,
        status,
        command: "launchroom …".into(),
        unlocks: Vec::new(),
        after: None,
        asked: None,
        dangerous: false,
        alternative: None,
    }
}

fn actions() -> Vec<Action> {
    let role = |id: &str| Party::Role(id.into());
    let mut actions = vec![
        action(
            "Name the support and incident owner",
            ActionKind::NameOwner("support-incident-owner".into()),
            role("support-incident-owner"),
            Side::Joint,
            RequirementStatus::Unmet,
        ),
        action(
            "Fill scope: employee notice path",
            ActionKind::FillScope("employee_notice".into()),
            role("tenant-owner"),
            Side::Customer,
            RequirementStatus::Unmet,
        ),
        action(
            "Accept the support-email change in the room",
            ActionKind::AcceptDependency("support-email".into()),
            role("privacy-security-approver"),
            Side::Customer,
            RequirementStatus::Unmet,
        ),
        action(
            "Re-run 3 stale proofs, ~6 min, read-only",
            ActionKind::RunProofs(vec!["launch-proof-bundle".into()]),
            Party::Function("operator".into()),
            Side::Vendor,
            RequirementStatus::Stale,
        ),
        action(
            "Decide private beta, or wait for paid beta",
            ActionKind::Decide("private-beta".into()),
            Party::Function("operator".into()),
            Side::Joint,
            RequirementStatus::Unmet,
        ),
    ];
    actions[0].asked = Some(at("2026-11-16T09:20:00Z"));
    actions[0].unlocks = vec!["private-beta/roles".into()];
    actions[1].asked = Some(at("2026-11-17T08:00:00Z"));
    actions[3].after = Some(3);
    actions
}

/// How a room of the plan stands, by hand.
pub fn readiness(plan: &Plan, room: &Room, now: Timestamp) -> Readiness {
    let blank = room.owners.is_empty();
    let decision = (!blank).then(|| DecisionState {
        seq: 19,
        at: at("2026-11-12T10:00:00Z"),
        stage: "setup".into(),
        outcome: DecisionOutcome::Accepted,
        standing: DecisionStanding::Stands,
        stands: true,
        changed: Vec::new(),
        changes: Vec::new(),
        voices: Vec::new(),
        same_person: false,
        digest: Digest::ZERO,
        digest_now: Digest::ZERO,
    });
    let ending = |moment: &str, what: &str| Ending {
        at: at(moment),
        what: what.into(),
        proof: Some("customer-launch-room".into()),
        exclusion: None,
        start_by: None,
    };
    Readiness {
        as_of: now,
        week: Week { now: if blank { 0 } else { 2 }, last: 3 },
        stage: StageView {
            accepted: (!blank).then(|| "setup".into()),
            allowed: (!blank).then(|| "setup".into()),
            next: Some(if blank { "setup" } else { "private-beta" }.into()),
            target: "paid-beta".into(),
        },
        gates: gates(plan, blank),
        steps: steps(plan, room),
        roles: roles(plan, room),
        scope: scope(plan, room),
        proofs: proofs(plan, blank),
        decision,
        actions: if blank { Vec::new() } else { actions() },
        way: actions(),
        endings: if blank {
            Vec::new()
        } else {
            vec![ending("2026-11-20T15:05:00Z", "launch room"), ending("2026-11-24T15:05:00Z", "close pack")]
        },
        ..crate::domain::gate::evaluate(plan, room, &Ledger::default(), now)
    }
}

/// A run that ended, captured and not attached.
pub fn captured(proof: &str) -> crate::app::ports::Captured {
    let run = crate::domain::ledger::Run {
        id: "run-1".into(),
        command: "true".into(),
        env: Vec::new(),
        host: None,
        started: at(NOW),
        ended: at(NOW),
        exit: Some(0),
        signal: None,
        seen: 0,
        cut: false,
    };
    crate::app::ports::Captured {
        proof: proof.into(),
        class: crate::domain::plan::Class::Public,
        outcome: Outcome::Passed,
        run,
        digest: crate::domain::ids::Digest::of(b""),
        size: 0,
        redactions: BTreeMap::new(),
        suspects: 0,
        outputs: Vec::new(),
        checks: None,
        notes: Vec::new(),
        unread: None,
        hosts: Vec::new(),
        inputs: crate::domain::ledger::Inputs::default(),
    }
}

/// A room as the cockpit holds it.
pub fn opened(text: &str) -> Opened {
    let plan = plan();
    let room = room(&plan, text);
    let readiness = readiness(&plan, &room, at(NOW));
    let snapshot = Snapshot {
        plan: Arc::new(plan),
        room: Arc::new(room),
        text: text.into(),
        ledger: Ledger::default(),
        view_only: None,
        notices: Vec::new(),
    };
    Opened { snapshot, readiness }
}

/// A model with this room on screen, and nothing else.
pub fn model(text: &str, width: u16, height: u16) -> Model {
    let mut model = blank_model(width, height);
    tell(&mut model, Msg::RoomLoaded(Ok(Box::new(opened(text)))));
    model
}

/// A model without a room.
pub fn blank_model(width: u16, height: u16) -> Model {
    let env = BTreeMap::from([("LANG".to_owned(), "en_GB.UTF-8".to_owned()), ("TERM".to_owned(), "xterm-256color".to_owned())]);
    let cockpit = Cockpit {
        prepared: None,
        store: None,
        synced: None,
        clock: Arc::new(Fixed),
        runner: Arc::new(Nothing),
        trust: Arc::new(Nothing),
        by: "J. Okafor".into(),
        env,
        look: LookSettings { ascii: None, color: None, mouse: true },
        mine: vec!["operator".into()],
        read: Arc::new(|_, _| Ok(Vec::new())),
        create: Arc::new(|path, _| Ok(path.to_owned())),
        copy_command: None,
        quiet_after: settings::QUIET_AFTER,
        proofs_at_once: settings::PROOFS_AT_ONCE,
        keys: BTreeMap::new(),
        watch: None,
        rooms: Arc::new(|| Ok(crate::app::portfolio::Portfolio::default())),
        greeting: None,
        present: None,
        looked: None,
        remember: None,
    };
    let mut model = Model::new(&cockpit, Keymap::new(&BTreeMap::new()).0);
    tell(&mut model, Msg::Resized { width, height });
    model
}

/// Tells the model something that happened.
pub fn tell(model: &mut Model, msg: Msg) -> Vec<Effect> {
    update::update(model, msg)
}

/// Presses keys, one after the other: characters, or names in angle brackets.
pub fn press(model: &mut Model, keys: &str) -> Vec<Effect> {
    let mut effects = Vec::new();
    let mut rest = keys;
    while let Some(c) = rest.chars().next() {
        let (word, after) = match rest.strip_prefix('<').and_then(|named| named.split_once('>')) {
            Some((word, after)) => (word.to_owned(), after),
            None => (c.to_string(), &rest[c.len_utf8()..]),
        };
        rest = after;
        let key = super::action::Chord::parse(&word).map_or(Key::plain(Code::Char(c)), |chord| chord.0);
        effects.extend(tell(model, Msg::KeyPressed(key)));
    }
    effects.retain(|effect| !matches!(effect, Effect::WakeAt(_)));
    effects
}

/// The screen as text.
pub fn picture(model: &Model) -> String {
    let buffer = painted(model);
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut row = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            if skip == 0 {
                row.push_str(symbol);
                skip = super::widget::width(symbol).saturating_sub(1);
            } else {
                skip -= 1;
            }
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}

/// The screen as cells.
pub fn painted(model: &Model) -> Buffer {
    let area = Rect::new(0, 0, model.size.width, model.size.height);
    let mut buffer = Buffer::empty(area);
    view::paint(model, area, &mut buffer);
    buffer
}

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        at(NOW)
    }
}

/// Runs nothing and trusts nothing.
struct Nothing;

impl Runner for Nothing {
    fn start(&self, _: RunOrder, _: Box<dyn Fn(RunEvent) + Send + Sync>) -> Result<Box<dyn RunHandle>, Error> {
        Err(Error::new(crate::app::error::Kind::Refused, "nothing runs here", ""))
    }
}

impl TrustStore for Nothing {
    fn is_trusted(&self, _: &str, _: &ProofId, _: &str) -> bool {
        false
    }

    fn trust(&self, _: &str, _: &ProofId, _: &str) -> Result<(), Error> {
        Ok(())
    }
}
