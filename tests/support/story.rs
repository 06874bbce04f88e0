//! A scenario file, and how to play it.

use super::told;
use jiff::{SignedDuration, Timestamp};
use launchroom::domain::apply::apply;
use launchroom::domain::change::{Applied, Change};
use launchroom::domain::command;
use launchroom::domain::gate;
use launchroom::domain::ids::{Digest, RequirementId};
use launchroom::domain::ledger::replay;
use launchroom::domain::ledger::{
    Ask, Attached, BlobState, Body, Check, CheckStatus, Damage, DamageKind, DecisionOutcome, Entry, Inputs, Ledger, Outcome, Run,
    RunFinished,
};
use launchroom::domain::plan::{Class, Plan};
use launchroom::domain::room::{Room, Value};
use launchroom::format::{plan_toml, room_toml};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// The rule it shows.
    pub about: String,
    /// An embedded plan, or the name of one beside the scenarios.
    #[serde(default = "pilot")]
    plan: String,
    /// The plan asks for its order.
    #[serde(default)]
    ordered: bool,
    /// The plan asks for four eyes.
    #[serde(default)]
    four_eyes: bool,
    /// Everything people fill in is filled in.
    #[serde(default)]
    filled: bool,
    /// Everything that is asked for ran, passed and is attached, up to `live`: entries 1 to 5, on Monday 16 November.
    #[serde(default)]
    proven: bool,
    /// Replaces the values of the usual room, by path; an empty text takes one away.
    #[serde(default)]
    room: BTreeMap<String, Value>,
    #[serde(default)]
    event: Vec<Event>,
    now: Timestamp,
    /// The machine that looks.
    #[serde(default)]
    holder: Option<String>,
    /// The ledger is broken at this line, and ends before it.
    #[serde(default)]
    broken: Option<u64>,
    #[serde(default)]
    torn: Option<u64>,
    #[serde(default)]
    as_of: bool,
    #[serde(default)]
    assume: Vec<RequirementId>,
    expect: Vec<String>,
    #[serde(default)]
    never: Vec<String>,
}

fn pilot() -> String {
    "pilot".to_owned()
}

/// One thing that happened. Exactly one of the first group says what.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    at: Timestamp,
    /// Values of the room as somebody set them in the tool, or by hand with `outside`.
    set: Option<BTreeMap<String, Value>>,
    /// A proof that ran and ended; attached, too, when `attach` is not false.
    run: Option<String>,
    /// What a file or reference is attached for.
    attach: Option<String>,
    /// The proof whose earlier run is attached now.
    later: Option<String>,
    withdraw: Option<u64>,
    exclude: Option<String>,
    revoke: Option<String>,
    decide: Option<String>,
    ask: Option<String>,
    answer: Option<String>,

    #[serde(default)]
    outside: bool,
    /// The values take an earlier event back.
    #[serde(default)]
    undo: bool,
    #[serde(default)]
    unattached: bool,
    id: Option<String>,
    outcome: Option<String>,
    exit: Option<i32>,
    host: Option<String>,
    /// The hosts its bundle names.
    #[serde(default)]
    names: Vec<String>,
    command: Option<String>,
    ended: Option<Timestamp>,
    minutes: Option<i64>,
    checks: Option<BTreeMap<String, CheckStatus>>,
    /// Why its checks could not be read.
    unread: Option<String>,
    target: Option<String>,
    class: Option<Class>,
    reference: Option<String>,
    bytes: Option<Looked>,
    holder: Option<String>,
    until: Option<jiff::civil::Date>,
    from: Option<jiff::civil::Date>,
    /// Who signed an exclusion.
    signed: Option<String>,
    /// Who approved it.
    approved: Option<String>,
    customer: Option<String>,
    operator: Option<String>,
    /// The rule that must refuse it.
    refused: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Looked {
    Intact,
    Differs,
    Missing,
}

/// Everything that is known while a story is played.
pub struct Stage {
    pub plan: Plan,
    pub room: Room,
    pub ledger: Ledger,
}

impl Story {
    pub fn check(&self) -> Result<(), String> {
        let mut stage = self.play()?;
        if self.as_of {
            (stage.room, stage.ledger) = replay::as_of(&stage.room, &stage.ledger, self.now);
        }
        let assumed: BTreeSet<RequirementId> = self.assume.iter().cloned().collect();
        let readiness = gate::evaluate_assuming(&stage.plan, &stage.room, &stage.ledger, self.now, &assumed);
        let mut lines = told::lines(&readiness);
        let decided = gate::decisions(&stage.plan, &stage.room, &stage.ledger, self.now);
        lines.extend(decided.iter().map(|one| {
            let by = one.standing.by().map(|seq| format!(" {seq}")).unwrap_or_default();
            format!("decided #{} {} {}{by}", one.seq, one.stage, one.standing.as_str())
        }));
        let is_there = |wanted: &String| lines.iter().any(|line| line.starts_with(wanted.as_str()));
        let missing: Vec<_> = self.expect.iter().filter(|wanted| !is_there(wanted)).map(|line| format!("- {line}")).collect();
        let extra: Vec<_> = self.never.iter().filter(|wanted| is_there(wanted)).map(|line| format!("+ {line}")).collect();
        if missing.is_empty() && extra.is_empty() {
            return Ok(());
        }
        Err(format!("{}\n{}\nas it came out:\n  {}\n", missing.join("\n"), extra.join("\n"), lines.join("\n  ")))
    }

    pub fn play(&self) -> Result<Stage, String> {
        let plan = Plan { four_eyes: self.four_eyes, ordered: self.ordered, ..plan(&self.plan) };
        let mut room = usual_room(&plan);
        if self.filled {
            fill(&plan, &mut room);
        }
        for (path, value) in &self.room {
            let blank = *value == Value::Text(String::new());
            if !room.put(path, (!blank).then_some(value)) {
                return Err(format!("no room has {path}"));
            }
        }
        let ledger = Ledger { holder: self.holder.clone(), ..Ledger::default() };
        let mut stage = Stage { plan, room, ledger };
        if self.proven {
            let events: Events = toml::from_str(PROVEN).map_err(|error| error.to_string())?;
            for (place, event) in events.event.iter().enumerate() {
                stage.play(1_000 + place, event)?;
            }
        }
        for (place, event) in self.event.iter().enumerate() {
            stage.play(place, event)?;
        }
        let damage = |line, kind| Damage { line, kind, what: String::new() };
        stage.ledger.damage = self.broken.map(|line| damage(line, DamageKind::Broken));
        stage.ledger.damage = stage.ledger.damage.or(self.torn.map(|line| damage(line, DamageKind::TornTail)));
        Ok(stage)
    }
}

/// A plan by its name.
pub fn plan(name: &str) -> Plan {
    let beside = format!("{}/tests/scenario/plans/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = plan_toml::embedded(name).map_or_else(|| std::fs::read_to_string(beside).expect("the plan"), str::to_owned);
    plan_toml::parse(&text, name).unwrap_or_else(|bad| panic!("{}", bad.render()))
}

#[derive(Deserialize)]
struct Events {
    event: Vec<Event>,
}

/// What `proven` means, for the small plan.
const PROVEN: &str = r#"
[[event]]
at = "2026-11-16T08:00:00Z"
run = "smoke"

[[event]]
at = "2026-11-16T08:10:00Z"
run = "bundle"
checks = { api = "passed", mail-send = "passed" }

[[event]]
at = "2026-11-16T08:20:00Z"
attach = "live/billing"
target = "billing"
"#;

/// Everything people fill in, filled in.
fn fill(plan: &Plan, room: &mut Room) {
    let mut put = |path: String, text: &str| room.put(&path, Some(&Value::Text(text.to_owned())));
    for role in &plan.roles {
        put(format!("owners.{}.name", role.id), "Mara Lindt");
    }
    for dependency in &plan.dependencies {
        put(format!("dependencies.{}.treatment", dependency.id), "managed");
        put(format!("dependencies.{}.order_form", dependency.id), "OF-1 §4");
        put(format!("dependencies.{}.launch_room", dependency.id), "accepted 2026-11-06");
    }
    for group in &plan.activation {
        put(format!("activation.{}.status", group.id), "proven");
    }
    for field in &plan.scope {
        let value = match &field.kind {
            launchroom::domain::plan::FieldKind::Text => Value::Text("filled".to_owned()),
            launchroom::domain::plan::FieldKind::List => Value::List(vec!["one".to_owned(), "two".to_owned()]),
            launchroom::domain::plan::FieldKind::Choice(words) => Value::Text(words.first().cloned().unwrap_or_default()),
        };
        room.put(&format!("scope.{}", field.id), Some(&value));
    }
    for step in &plan.steps {
        let done = step.tasks.iter().map(|task| task.id.to_string()).collect();
        room.put(&format!("steps.{}.done", step.id), Some(&Value::List(done)));
    }
}

/// A room with kickoff and zone, in which everything else is blank.
pub fn usual_room(plan: &Plan) -> Room {
    let text = room_toml::template(plan, "northwind", "Northwind", jiff::civil::date(2026, 11, 2));
    let mut room = room_toml::parse(&text, "room", plan).unwrap_or_else(|bad| panic!("{}", bad.render()));
    room.put("tenant.timezone", Some(&Value::Text("Europe/Amsterdam".to_owned())));
    room
}

impl Stage {
    fn play(&mut self, place: usize, event: &Event) -> Result<(), String> {
        if let Some(values) = &event.set {
            return self.set(event, values);
        }
        let changes = self.changes(place, event);
        let last = changes.len() - 1;
        for (at, change) in changes.iter().enumerate() {
            let refused = event.refused.as_ref().filter(|_| at == last);
            match (apply(&self.plan, &self.room, &self.ledger, change, event.at), refused) {
                (Err(given), Some(rule)) if given.rule == *rule => {}
                (Err(given), _) => return Err(format!("event {place} was refused by {}: {}", given.rule, given.why)),
                (Ok(_), Some(rule)) => return Err(format!("event {place} was not refused by {rule}")),
                (Ok(applied), None) => self.take(applied, event.at, "J. Okafor"),
            }
        }
        Ok(())
    }

    /// Takes in what a change came to, as a store does.
    pub fn take(&mut self, applied: Applied, at: Timestamp, by: &str) {
        for body in applied.entries {
            if let Body::RoomChanged(changed) | Body::EditedOutside(changed) = &body {
                for change in &changed.changes {
                    self.room.put(&change.path, change.now.as_ref());
                }
            }
            let seq = self.ledger.entries.len() as u64 + 1;
            let entry =
                Entry { seq, at, by: by.to_owned(), body, prev: self.ledger.head(), hash: Digest::of(&seq.to_be_bytes()) };
            Arc::make_mut(&mut self.ledger.entries).push(entry);
        }
    }

    fn set(&mut self, event: &Event, values: &BTreeMap<String, Value>) -> Result<(), String> {
        let before = self.room.values();
        for (path, value) in values {
            let blank = *value == Value::Text(String::new());
            if !self.room.put(path, (!blank).then_some(value)) {
                return Err(format!("no room has {path}"));
            }
        }
        let after = self.room.values();
        let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        let changes = paths.into_iter().filter(|path| before.get(*path) != after.get(*path));
        let changes = changes.map(|path| launchroom::domain::ledger::ValueChange {
            path: path.clone(),
            was: before.get(path).cloned(),
            now: after.get(path).cloned(),
        });
        let changed = launchroom::domain::ledger::RoomChanged { changes: changes.collect(), undo: event.undo };
        let body = if event.outside { Body::EditedOutside(changed) } else { Body::RoomChanged(changed) };
        self.take(Applied { edits: Vec::new(), entries: vec![body] }, event.at, "J. Okafor");
        Ok(())
    }

    fn changes(&mut self, place: usize, event: &Event) -> Vec<Change> {
        let name = |text: &Option<String>, usual: &str| text.clone().unwrap_or_else(|| usual.to_owned());
        let ask = |what: &String| Ask {
            about: vec![what.clone()],
            role: self.plan.role(what).map(|role| role.id.clone()),
            to: "Mara Lindt".to_owned(),
        };
        if let Some(proof) = &event.run {
            let finished = finished(&self.plan, proof, place, event);
            let run = Change::FinishRun(Box::new(finished.clone()));
            if event.unattached {
                return vec![run];
            }
            return vec![run, self.attach_run(&finished, place, event)];
        }
        if let Some(proof) = &event.later {
            let id = name(&event.id, "?");
            let ran = self.ledger.entries.iter().find_map(|entry| match &entry.body {
                Body::RunFinished(run) if run.run.id == *id => Some((**run).clone()),
                _ => None,
            });
            return vec![self.attach_run(&ran.unwrap_or_else(|| panic!("no run {id} of {proof}")), place, event)];
        }
        if let Some(serves) = &event.attach {
            return vec![self.attach_file(serves, place, event)];
        }
        if let Some(evidence) = event.withdraw {
            return vec![Change::WithdrawEvidence { evidence, why: "a mistake".to_owned() }];
        }
        if let Some(covers) = &event.exclude {
            return vec![Change::SignExclusion {
                covers: covers.clone(),
                wording: "not part of it".to_owned(),
                signed_by: name(&event.signed, "S. de Wit"),
                approved_by: event.approved.clone(),
                from: event.from,
                until: event.until.unwrap_or(jiff::civil::date(2027, 1, 31)),
                reference: None,
            }];
        }
        if let Some(id) = &event.revoke {
            return vec![Change::RevokeExclusion { exclusion: id.as_str().into(), why: "no longer".to_owned() }];
        }
        if let Some(stage) = &event.decide {
            let outcome = match name(&event.outcome, "accepted").as_str() {
                "accepted" => DecisionOutcome::Accepted,
                "accepted_with_exclusions" => DecisionOutcome::AcceptedWithExclusions,
                "deferred" => DecisionOutcome::Deferred,
                "rejected" => DecisionOutcome::Rejected,
                other => panic!("no outcome {other}"),
            };
            let (customer, operator) = (name(&event.customer, "Mara Lindt"), name(&event.operator, "J. Okafor"));
            let stage = stage.as_str().into();
            return vec![Change::RecordDecision { stage, outcome, customer, operator, reference: None, note: None }];
        }
        match (&event.ask, &event.answer) {
            (Some(what), _) => vec![Change::Ask(ask(what))],
            (None, Some(what)) => vec![Change::Answer(ask(what))],
            (None, None) => panic!("event {place} says nothing"),
        }
    }

    fn attach_run(&mut self, ran: &RunFinished, place: usize, event: &Event) -> Change {
        let proof = self.plan.proof(ran.proof.as_str());
        let target = proof.and_then(|proof| proof.targets.first()).map(ToString::to_string);
        let checks = event.checks.as_ref().map(|checks| {
            let check =
                |(id, status): (&String, &CheckStatus)| Check { id: id.as_str().into(), status: *status, detail: String::new() };
            checks.iter().map(check).collect()
        });
        Change::AttachEvidence(Box::new(Attached {
            proof: Some(ran.proof.clone()),
            outcome: ran.outcome,
            run: Some(ran.run.clone()),
            checks,
            unread: event.unread.clone(),
            hosts: event.names.clone(),
            ..self.record(place, event, target, proof.map(|proof| proof.class))
        }))
    }

    fn attach_file(&mut self, serves: &str, place: usize, event: &Event) -> Change {
        let record = self.record(place, event, None, None);
        let reference = event.reference.clone();
        let outcome = if reference.is_some() { Outcome::Reference } else { record.outcome };
        let digest = record.digest.filter(|_| reference.is_none());
        Change::AttachEvidence(Box::new(Attached { serves: Some(serves.to_owned()), reference, outcome, digest, ..record }))
    }

    fn record(&mut self, place: usize, event: &Event, target: Option<String>, class: Option<Class>) -> Attached {
        let digest = Digest::of(format!("bytes {place}").as_bytes());
        let state = match event.bytes.unwrap_or(Looked::Intact) {
            Looked::Intact => BlobState::Intact,
            Looked::Differs => BlobState::Differs,
            Looked::Missing => BlobState::Missing,
        };
        self.ledger.blobs.insert(digest, state);
        let target = event.target.clone().or(target).unwrap_or_else(|| "dossier".to_owned());
        let usual = self.plan.target(&target).map_or(Class::Tenant, |target| target.class);
        Attached {
            digest: Some(digest),
            size: Some(7),
            holder: event.holder.clone(),
            ..Attached::at(target.into(), event.class.or(class).unwrap_or(usual), outcome(event))
        }
    }
}

fn outcome(event: &Event) -> Outcome {
    match event.outcome.as_deref().unwrap_or("passed") {
        "passed" => Outcome::Passed,
        "failed" => Outcome::Failed,
        "signal" => Outcome::Signal,
        "timeout" => Outcome::Timeout,
        "stopped" => Outcome::Stopped,
        "interrupted" => Outcome::Interrupted,
        other => panic!("no outcome {other}"),
    }
}

fn finished(plan: &Plan, proof: &str, place: usize, event: &Event) -> RunFinished {
    let usual = plan.proof(proof).map_or(proof, |proof| &proof.command);
    let host = || command::commands(usual).iter().find_map(command::Simple::host);
    let outcome = outcome(event);
    let ended = event.ended.unwrap_or(event.at);
    let exit = event.exit.or(match outcome {
        Outcome::Passed => Some(0),
        Outcome::Failed => Some(1),
        Outcome::Signal | Outcome::Timeout | Outcome::Stopped | Outcome::Interrupted | Outcome::Reference => None,
    });
    RunFinished {
        proof: proof.into(),
        outcome,
        run: Run {
            id: event.id.clone().unwrap_or_else(|| format!("run-{place}")).into(),
            command: event.command.clone().unwrap_or_else(|| usual.to_owned()),
            env: Vec::new(),
            host: event.host.clone().or_else(host).or(Some("www.example.test".to_owned())),
            started: ended - SignedDuration::from_mins(event.minutes.unwrap_or(2)),
            ended,
            exit,
            signal: None,
            seen: 7,
            cut: false,
        },
        digest: None,
        inputs: Inputs::default(),
        failing: Vec::new(),
    }
}
