//! `any`: the best of several.

use super::{Place, View};
use crate::domain::gate::case::Case;
use crate::domain::gate::finding::Finding;
use crate::domain::plan::{Need, Requirement};

pub fn find(case: &Case<'_>, needs: &[Need], requirement: &Requirement, place: Place<'_>, view: View<'_>) -> Finding {
    let found: Vec<Finding> = needs.iter().map(|need| super::need(case, need, requirement, place, view)).collect();
    let Some(best) = found.iter().min_by_key(|f| f.status).map(|f| f.status) else {
        return Finding::unmet("none of its alternatives can be met");
    };
    // Of those that do equally well the one that lasts longest: when it ends, all have ended.
    let lasts = |f: &Finding| f.ends.as_ref().map_or(jiff::Timestamp::MAX, |(at, _)| *at);
    let chosen = found.iter().filter(|f| f.status == best).rev().max_by_key(|f| lasts(f)).cloned();
    let mut chosen = chosen.unwrap_or_else(|| Finding::unmet("none of its alternatives is met"));
    if !best.is_settled() {
        let mut reasons: Vec<&str> = found.iter().map(|f| f.reason.as_str()).collect();
        let mut said = std::collections::BTreeSet::new();
        reasons.retain(|reason| said.insert(*reason));
        chosen.reason = format!("none of {}: {}", found.len(), reasons.join("; or "));
        chosen.only_decision = found.iter().any(|f| f.only_decision);
    }
    chosen
}
