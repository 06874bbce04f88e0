//! Looks a locked env file over before anything runs with it: who may read it, which names are there, whether it is this
//! tenant's. Names and hosts come out of here, never a value.

use super::prove::command::host;
use super::prove::placeholder::is_placeholder;
use crate::domain::ids::{GroupId, ProofId};
use crate::domain::plan::Plan;
use crate::domain::room::Room;

/// What was found in an env file that may be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preflight {
    /// Secrets that proofs read.
    pub needed: Vec<Needed>,
    /// Values to collect, by activation group: how many of its names are in the file.
    pub groups: Vec<Collected>,
    /// Addresses of a name that the plan knows, and tenants: whether they are this room's.
    pub aims: Vec<Aim>,
    /// Phrases that a person has to say at each run; a file must not say them.
    pub confirmations: Vec<String>,
    /// Names that still hold a placeholder.
    pub placeholders: Vec<String>,
}

/// A name that proofs cannot run without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    pub name: String,
    pub by: Vec<ProofId>,
    pub present: bool,
}

/// How far a group's names are in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collected {
    pub group: GroupId,
    pub present: usize,
    pub of: usize,
}

/// What a value points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim {
    pub name: String,
    /// A host, or the room's own tenant; of any other tenant nothing is repeated.
    pub at: String,
    /// What it should be, when it is something else.
    pub instead_of: Option<String>,
}

impl Preflight {
    /// How many things a person has to look at.
    #[must_use]
    pub fn findings(&self) -> usize {
        let missing = self.needed.iter().filter(|needed| !needed.present).count();
        missing
            + self.aims.iter().filter(|aim| aim.instead_of.is_some()).count()
            + self.confirmations.len()
            + self.placeholders.len()
    }
}

/// Looks over the values of an env file.
#[must_use]
pub fn preflight(plan: &Plan, room: &Room, values: &[(String, String)]) -> Preflight {
    let value = |name: &str| values.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.trim());
    let present = |name: &str| value(name).is_some_and(|value| !value.is_empty() && !is_placeholder(value));
    let mut needed: Vec<Needed> = Vec::new();
    let mut aims: Vec<Aim> = Vec::new();
    for proof in &plan.proofs {
        for env in &proof.env {
            if env.secret {
                if let Some(known) = needed.iter_mut().find(|needed| needed.name == env.name) {
                    known.by.push(proof.id.clone());
                } else {
                    let by = vec![proof.id.clone()];
                    needed.push(Needed { name: env.name.clone(), by, present: present(&env.name) });
                }
            } else if let Some(at) = value(&env.name).and_then(host).filter(|_| aims.iter().all(|aim| aim.name != env.name)) {
                let usual = env.default.as_deref().and_then(host);
                let ours = &room.tenant.hosts;
                let instead_of = match ours.first() {
                    Some(first) => (!ours.contains(&at)).then(|| first.clone()),
                    None => usual.filter(|usual| *usual != at),
                };
                aims.push(Aim { name: env.name.clone(), instead_of, at });
            }
        }
    }
    for (name, ours) in tenants(room, values) {
        let tenant = &room.tenant.id;
        let (at, instead_of) =
            if ours { (tenant.to_string(), None) } else { ("another tenant".into(), Some(tenant.to_string())) };
        aims.push(Aim { name: name.to_owned(), at, instead_of });
    }
    let groups = plan.activation.iter().filter(|group| !group.env.is_empty());
    let collected = groups.map(|group| Collected {
        group: group.id.clone(),
        present: group.env.iter().filter(|name| present(&name.name)).count(),
        of: group.env.len(),
    });
    Preflight {
        groups: collected.filter(|group| group.present > 0).collect(),
        placeholders: values.iter().filter(|(_, value)| is_placeholder(value.trim())).map(|(name, _)| name.clone()).collect(),
        confirmations: values.iter().map(|(name, _)| name).filter(|name| name.starts_with("CONFIRM_")).cloned().collect(),
        needed,
        aims,
    }
}

/// The name under which an env file says that it is another tenant's. Nothing runs with such a file: what it would show
/// is true of somebody else.
#[must_use]
pub fn of_another_tenant<'v>(room: &Room, values: &'v [(String, String)]) -> Option<&'v str> {
    tenants(room, values).find_map(|(name, ours)| (!ours).then_some(name))
}

/// The names that say whose an env file is, and whether that is this room's tenant.
fn tenants<'v>(room: &Room, values: &'v [(String, String)]) -> impl Iterator<Item = (&'v str, bool)> {
    let ours = [room.tenant.id.to_string(), room.tenant.name.clone()];
    let told = values.iter().map(|(name, value)| (name.as_str(), value.trim()));
    let told = told.filter(|(name, value)| names_a_tenant(name) && !value.is_empty() && !is_placeholder(value));
    told.map(move |(name, value)| (name, ours.iter().any(|ours| ours.eq_ignore_ascii_case(value))))
}

/// `LAUNCH_TENANT`, `SMOKE_TENANT_ID`, `TENANT_SLUG`.
fn names_a_tenant(name: &str) -> bool {
    let last: Vec<&str> = name.rsplit('_').take(2).collect();
    matches!(last.as_slice(), ["TENANT", ..] | ["ID" | "SLUG" | "NAME", "TENANT"])
}
