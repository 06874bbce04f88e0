//! Which changes a role may ask for. What the rules of the room say comes after.

use super::{Grant, Role};
use crate::domain::change::{Change, Refused};
use crate::domain::ids::RoleId;
use crate::domain::ledger::{Body, Entry};
use crate::domain::plan::{Class, Plan, Side};

/// Whether somebody may ask for a change.
///
/// # Errors
/// `role.…` with who may.
pub fn may(grant: &Grant, plan: &Plan, entries: &[Entry], change: &Change) -> Result<(), Refused> {
    let least = takes(plan, change, &|seq| is_theirs(grant, entries, seq));
    if grant.role >= least {
        return Ok(());
    }
    let why = format!("{} has the role {}; this takes the role {least}.", grant.name, grant.role);
    Err(Refused::new(MAY_NOT, why))
}

/// The rule that names a role which is missing.
pub const MAY_NOT: &str = "role.may-not";

/// The least role that a change takes. `is_theirs` says whether whoever asks attached a record themselves.
#[must_use]
pub fn takes(plan: &Plan, change: &Change, is_theirs: &dyn Fn(u64) -> bool) -> Role {
    match change {
        Change::SetOwner { role, .. } | Change::ClearOwner { role } => filler(plan, role),
        Change::SetScope { .. } | Change::SignExclusion { .. } | Change::Answer(_) => Role::Customer,
        Change::AttachEvidence(attached) if attached.class == Class::Locked => Role::Operator,
        Change::SetTask { .. } | Change::FinishRun(_) | Change::Ask(_) | Change::AttachEvidence(_) => Role::Member,
        // Whoever attached the wrong file takes it back.
        Change::WithdrawEvidence { evidence, .. } if is_theirs(*evidence) => Role::Member,
        Change::Restore { changes } => changes.iter().map(|change| restorer(plan, &change.path)).max().unwrap_or(Role::Operator),
        Change::SetFunction { .. }
        | Change::SetActivation { .. }
        | Change::SetDependency { .. }
        | Change::WithdrawEvidence { .. }
        | Change::RevokeExclusion { .. }
        | Change::RecordDecision { .. } => Role::Operator,
    }
}

/// The customer fills the customer's roles. One that the plan does not have is for the rules to refuse.
fn filler(plan: &Plan, role: &RoleId) -> Role {
    match plan.role(role.as_str()).map(|role| role.side) {
        Some(Side::Customer | Side::Joint) | None => Role::Customer,
        Some(Side::Vendor) => Role::Operator,
    }
}

/// Undoing a change takes the role that the change takes.
fn restorer(plan: &Plan, path: &str) -> Role {
    let mut parts = path.split('.');
    match (parts.next(), parts.next()) {
        (Some("owners"), Some(role)) => filler(plan, &role.into()),
        (Some("scope"), _) => Role::Customer,
        (Some("steps"), _) => Role::Member,
        _ => Role::Operator,
    }
}

fn is_theirs(grant: &Grant, entries: &[Entry], seq: u64) -> bool {
    let entry = usize::try_from(seq).ok().and_then(|seq| entries.get(seq.checked_sub(1)?));
    entry.is_some_and(|entry| entry.by == grant.name && matches!(entry.body, Body::Attached(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::host::Tenants;
    use crate::domain::ledger::{Attached, DecisionOutcome, Outcome, ValueChange};
    use crate::format::plan_toml;

    fn allowed(change: &Change) -> Vec<&'static str> {
        let plan = plan_toml::shared(plan_toml::embedded("first-customer").unwrap(), "plan").unwrap();
        let grant =
            |role| Grant { id: "x".into(), name: "Ada".into(), role, tenants: Tenants::All, expires: None, revoked: None };
        let may = |role: &Role| may(&grant(*role), &plan, &[], change).is_ok();
        Role::ALL.into_iter().filter(may).map(Role::as_str).collect()
    }

    #[test]
    fn each_role_may_what_the_one_before_may_and_more() {
        let owner = |role: &str| Change::SetOwner { role: role.into(), name: Some("M".into()), contact: None, basis: None };
        let attached = |class| Change::AttachEvidence(Box::new(Attached::at("launch-room".into(), class, Outcome::Reference)));
        let restore = |path: &str| Change::Restore { changes: vec![ValueChange { path: path.into(), was: None, now: None }] };
        let decision = Change::RecordDecision {
            stage: "hold".into(),
            outcome: DecisionOutcome::Deferred,
            customer: "A".into(),
            operator: "B".into(),
            reference: None,
            note: None,
        };
        assert_eq!(allowed(&owner("tenant-owner")), ["customer", "member", "operator"]);
        assert_eq!(allowed(&owner("implementation-owner")), ["operator"]);
        assert_eq!(allowed(&restore("scope.cohort")), ["customer", "member", "operator"]);
        assert_eq!(allowed(&restore("dependencies.stripe.treatment")), ["operator"]);
        assert_eq!(allowed(&attached(Class::Tenant)), ["member", "operator"]);
        assert_eq!(allowed(&attached(Class::Locked)), ["operator"]);
        assert_eq!(allowed(&decision), ["operator"]);
    }
}
