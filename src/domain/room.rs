//! The room: one tenant's state against one plan. What people edit, and nothing that happened.

use super::ids::{DependencyId, FieldId, FunctionId, GroupId, MotionId, ProofId, RoleId, StepId, TaskId, TenantId};
use super::plan::{Motion, Plan};
use super::redact::Added;
use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One tenant's state against one plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    pub tenant: Tenant,
    pub scope: BTreeMap<FieldId, Value>,
    pub owners: BTreeMap<RoleId, Owner>,
    pub functions: BTreeMap<FunctionId, Person>,
    /// The finished tasks of each step.
    pub steps: BTreeMap<StepId, Vec<TaskId>>,
    pub activation: BTreeMap<GroupId, ActivationStatus>,
    pub dependencies: BTreeMap<DependencyId, Acceptance>,
    /// Replaces a plan's command on this machine.
    pub commands: BTreeMap<ProofId, String>,
    /// What this tenant's secrets look like, besides what every room knows.
    pub redact: Vec<Added>,
}

/// The customer, and the clock its dates are meant in.
#[derive(Clone, Debug, PartialEq)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
    /// First day of week 0.
    pub kickoff: civil::Date,
    pub timezone: TimeZone,
    /// `None`: the plan's recommended motion.
    pub motion: Option<MotionId>,
    /// When the go/no-go call takes place.
    pub go_no_go: Option<civil::DateTime>,
    /// Where this tenant's deployment answers, as `host` or `host:port`. Empty: whatever the plan or the room's commands name.
    pub hosts: Vec<String>,
}

/// What a scope field holds. A blank text or an empty list is blank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Text(String),
    List(Vec<String>),
}

impl Value {
    /// Nothing a person could read is in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::List(items) => items.iter().all(|item| item.trim().is_empty()),
        }
    }

    /// Every text of it through `change`.
    #[must_use]
    pub fn map(&self, change: &dyn Fn(&str) -> String) -> Self {
        match self {
            Self::Text(text) => Self::Text(change(text)),
            Self::List(items) => Self::List(items.iter().map(|item| change(item)).collect()),
        }
    }

    /// As one line: list items joined by `, `.
    #[must_use]
    pub fn to_line(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(items) => items.join(", "),
        }
    }
}

/// Who holds a role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    pub name: String,
    pub contact: String,
    /// Why we believe it, in the words of whoever wrote it. Free text, not evidence.
    pub basis: String,
}

/// Who acts in a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub contact: String,
}

/// How far a group of values has been collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivationStatus {
    Missing,
    Requested,
    Collected,
    Proven,
    Excluded,
}

impl ActivationStatus {
    /// Every status, in the order work goes.
    pub const ALL: [Self; 5] = [Self::Missing, Self::Requested, Self::Collected, Self::Proven, Self::Excluded];

    /// The word of the room file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Requested => "requested",
            Self::Collected => "collected",
            Self::Proven => "proven",
            Self::Excluded => "excluded",
        }
    }

    /// Reads the word of the room file.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// How the pilot treats a dependency, and where the customer accepted that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acceptance {
    pub treatment: Option<Treatment>,
    /// Where in the order form.
    pub order_form: String,
    /// Where in the launch room.
    pub launch_room: String,
    /// An outside change recorded by a person; part of what proofs rest on.
    pub changed: String,
}

impl Acceptance {
    /// Accepted in both places; otherwise its claim stays locked.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.treatment.is_some() && !self.order_form.trim().is_empty() && !self.launch_room.trim().is_empty()
    }
}

/// How a pilot treats a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Treatment {
    Ready,
    Manual,
    Invoice,
    Managed,
    FixturePending,
    OutOfScope,
}

impl Treatment {
    /// Every treatment, in the order the plan's sources list them.
    pub const ALL: [Self; 6] = [Self::Ready, Self::Manual, Self::Invoice, Self::Managed, Self::FixturePending, Self::OutOfScope];

    /// The word of the room file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Manual => "manual",
            Self::Invoice => "invoice",
            Self::Managed => "managed",
            Self::FixturePending => "fixture-pending",
            Self::OutOfScope => "out-of-scope",
        }
    }

    /// Reads the word of the room file.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|treatment| treatment.as_str() == word)
    }

    /// Whether the pilot goes on without the dependency, so that its failing checks are expected.
    /// `ready` promises a pass and `fixture-pending` still owes one: neither is a fallback.
    #[must_use]
    pub fn is_fallback(self) -> bool {
        matches!(self, Self::Manual | Self::Invoice | Self::Managed | Self::OutOfScope)
    }
}

impl Room {
    /// The motion this room follows: its own, or the plan's recommended one.
    #[must_use]
    pub fn motion<'a>(&self, plan: &'a Plan) -> Option<&'a Motion> {
        plan.motion(self.tenant.motion.as_ref().unwrap_or(&plan.stance.motion).as_str())
    }

    /// Whether a scope field has nothing in it.
    #[must_use]
    pub fn is_blank(&self, field: &str) -> bool {
        self.scope.get(field).is_none_or(Value::is_blank)
    }

    /// Whoever holds a role, when a name is there.
    #[must_use]
    pub fn holder(&self, role: &str) -> Option<&Owner> {
        self.owners.get(role).filter(|owner| !owner.name.trim().is_empty())
    }

    /// Whether a task is ticked.
    #[must_use]
    pub fn is_done(&self, step: &str, task: &str) -> bool {
        self.steps.get(step).is_some_and(|done| done.iter().any(|id| *id == *task))
    }

    /// The instant of the go/no-go call.
    #[must_use]
    pub fn go_no_go(&self) -> Option<Timestamp> {
        let local = self.tenant.go_no_go?;
        self.tenant.timezone.to_ambiguous_timestamp(local).compatible().ok()
    }

    /// Puts one value where [`Self::values`] has it; `None` takes it away. A path or a value that a room cannot have
    /// changes nothing and answers `false`.
    pub fn put(&mut self, path: &str, value: Option<&Value>) -> bool {
        let mut parts = path.splitn(3, '.');
        let (Some(table), Some(key)) = (parts.next(), parts.next()) else { return false };
        let text = value.map(Value::to_line).unwrap_or_default();
        match (table, key, parts.next()) {
            ("tenant", key, None) => return self.put_tenant(key, text),
            ("scope", field, None) => put_or_remove(&mut self.scope, field, value.cloned()),
            ("commands", proof, None) => put_or_remove(&mut self.commands, proof, value.map(|_| text)),
            ("steps", step, Some("done")) => {
                let done = value.map(|value| match value {
                    Value::Text(task) => vec![task.as_str().into()],
                    Value::List(tasks) => tasks.iter().map(|task| task.as_str().into()).collect(),
                });
                put_or_remove(&mut self.steps, step, done);
            }
            ("activation", group, Some("status")) => {
                put_or_remove(&mut self.activation, group, ActivationStatus::from_word(&text));
            }
            ("owners", role, Some(part @ ("name" | "contact" | "basis"))) => {
                let owner = self.owners.entry(role.into()).or_default();
                match part {
                    "name" => owner.name = text,
                    "contact" => owner.contact = text,
                    _ => owner.basis = text,
                }
                self.owners.retain(|_, owner| *owner != Owner::default());
            }
            ("functions", function, Some(part @ ("name" | "contact"))) => {
                let person = self.functions.entry(function.into()).or_default();
                *(if part == "name" { &mut person.name } else { &mut person.contact }) = text;
                self.functions.retain(|_, person| *person != Person::default());
            }
            ("dependencies", id, Some(part @ ("treatment" | "order_form" | "launch_room" | "changed"))) => {
                let acceptance = self.dependencies.entry(id.into()).or_default();
                match part {
                    "treatment" => acceptance.treatment = Treatment::from_word(&text),
                    "order_form" => acceptance.order_form = text,
                    "launch_room" => acceptance.launch_room = text,
                    _ => acceptance.changed = text,
                }
                self.dependencies.retain(|_, acceptance| *acceptance != Acceptance::default());
            }
            _ => return false,
        }
        true
    }

    fn put_tenant(&mut self, key: &str, text: String) -> bool {
        let tenant = &mut self.tenant;
        match key {
            "id" if !text.is_empty() => tenant.id = text.into(),
            "name" => tenant.name = text,
            "motion" => tenant.motion = (!text.is_empty()).then(|| text.into()),
            "kickoff" => return text.parse().map(|date| tenant.kickoff = date).is_ok(),
            "timezone" => return TimeZone::get(&text).map(|zone| tenant.timezone = zone).is_ok(),
            "go_no_go" if text.is_empty() => tenant.go_no_go = None,
            "hosts" => tenant.hosts = text.split(", ").filter(|host| !host.is_empty()).map(str::to_owned).collect(),
            "go_no_go" => return text.parse().map(|at| tenant.go_no_go = Some(at)).is_ok(),
            _ => return false,
        }
        true
    }

    /// The room as flat `path → value` pairs, e.g. `owners.tenant-owner.name`. What is absent has no pair; what is
    /// there but blank has one. The ledger records changes in these terms.
    #[must_use]
    pub fn values(&self) -> BTreeMap<String, Value> {
        let mut out = BTreeMap::new();
        let mut put = |path: String, text: &str| {
            if !text.is_empty() {
                out.insert(path, Value::Text(text.to_owned()));
            }
        };
        let tenant = &self.tenant;
        put("tenant.id".into(), tenant.id.as_str());
        put("tenant.name".into(), &tenant.name);
        put("tenant.kickoff".into(), &tenant.kickoff.to_string());
        put("tenant.timezone".into(), tenant.timezone.iana_name().unwrap_or("UTC"));
        put("tenant.motion".into(), tenant.motion.as_ref().map_or("", |id| id.as_str()));
        put("tenant.go_no_go".into(), &tenant.go_no_go.map(|at| at.to_string()).unwrap_or_default());
        put("tenant.hosts".into(), &tenant.hosts.join(", "));
        for (role, owner) in &self.owners {
            put(format!("owners.{role}.name"), &owner.name);
            put(format!("owners.{role}.contact"), &owner.contact);
            put(format!("owners.{role}.basis"), &owner.basis);
        }
        for (function, person) in &self.functions {
            put(format!("functions.{function}.name"), &person.name);
            put(format!("functions.{function}.contact"), &person.contact);
        }
        for (group, status) in &self.activation {
            put(format!("activation.{group}.status"), status.as_str());
        }
        for (dependency, acceptance) in &self.dependencies {
            put(format!("dependencies.{dependency}.treatment"), acceptance.treatment.map_or("", Treatment::as_str));
            put(format!("dependencies.{dependency}.order_form"), &acceptance.order_form);
            put(format!("dependencies.{dependency}.launch_room"), &acceptance.launch_room);
            put(format!("dependencies.{dependency}.changed"), &acceptance.changed);
        }
        for (proof, command) in &self.commands {
            put(format!("commands.{proof}"), command);
        }
        for (field, value) in &self.scope {
            out.insert(format!("scope.{field}"), value.clone());
        }
        for (step, done) in &self.steps {
            let done = done.iter().map(|id| id.as_str().to_owned()).collect();
            out.insert(format!("steps.{step}.done"), Value::List(done));
        }
        out
    }
}

fn put_or_remove<K: Ord + for<'a> From<&'a str> + std::borrow::Borrow<str>, V>(
    map: &mut BTreeMap<K, V>,
    key: &str,
    value: Option<V>,
) {
    match value {
        Some(value) => map.insert(key.into(), value),
        None => map.remove(key),
    };
}
