//! `evidence`: a record of a document at one of its targets, with its bytes as attached. A reference will do.

use crate::domain::gate::case::Case;
use crate::domain::gate::finding::Finding;
use crate::domain::gate::fresh::unverified;
use crate::domain::gate::status::RequirementStatus;
use crate::domain::ids::{DocumentId, TargetId};
use crate::domain::ledger::Outcome;
use crate::domain::ledger::replay::Record;
use crate::domain::plan::{Need, Requirement};

pub fn find(case: &Case<'_>, requirement: &Requirement, document: &DocumentId, targets: &[TargetId]) -> Finding {
    let records = of_document(case, document, targets);
    let counts = |record: &&Record<'_>| unverified(case.ledger, record.attached).is_none();
    if let Some(record) = records.iter().find(counts) {
        let how = match record.attached.outcome {
            Outcome::Reference => "stated in",
            _ => "attached as",
        };
        return Finding::met(format!("{how} #{} {}", record.seq, case.moment(record.at))).evidence([record.seq]);
    }
    if let Some(record) = records.first() {
        let why = unverified(case.ledger, record.attached).unwrap_or("bytes missing");
        return Finding::new(RequirementStatus::Unverified, format!("#{}: {why}", record.seq)).evidence([record.seq]);
    }
    let taken_back = case.history.records().iter().rev().find(|r| r.withdrawn.is_some() && serves(case, r, document, targets));
    let reason = match taken_back {
        Some(record) => format!("#{} was withdrawn, nothing else is attached", record.seq),
        None => "nothing attached".to_owned(),
    };
    let since = taken_back.and_then(|record| record.withdrawn).and_then(|seq| entry_at(case, seq));
    Finding::unmet(reason).missing([requirement.id.to_string()]).since(since)
}

/// Records of a document that were not taken back, newest first. What one requirement was given counts for every
/// requirement that asks for the same document.
fn of_document<'a>(case: &Case<'a>, document: &DocumentId, targets: &[TargetId]) -> Vec<Record<'a>> {
    let mut out: Vec<Record<'a>> = Vec::new();
    for requirement in case.plan.requirements().filter(|requirement| asks_for(&requirement.need, document)) {
        out.extend(case.history.serving(requirement.id.as_str()).filter(|record| fits(record, targets)));
    }
    out.sort_by_key(|record| std::cmp::Reverse(record.seq));
    out.dedup_by_key(|record| record.seq);
    out
}

fn serves(case: &Case<'_>, record: &Record<'_>, document: &DocumentId, targets: &[TargetId]) -> bool {
    let Some(what) = record.attached.serves.as_deref() else { return false };
    let asked = case.plan.requirement(what).is_some_and(|requirement| asks_for(&requirement.need, document));
    asked && fits(record, targets)
}

fn fits(record: &Record<'_>, targets: &[TargetId]) -> bool {
    let shown = matches!(record.attached.outcome, Outcome::Passed | Outcome::Reference);
    shown && (targets.is_empty() || targets.contains(&record.attached.target))
}

fn asks_for(need: &Need, document: &DocumentId) -> bool {
    match need {
        Need::Evidence { document: asked, .. } => asked == document,
        Need::Any(needs) => needs.iter().any(|need| asks_for(need, document)),
        Need::Roles
        | Need::Scope(_)
        | Need::Step(_)
        | Need::Proof(_)
        | Need::Dependencies(_)
        | Need::Activation(_)
        | Need::Decision
        | Need::Gate(_) => false,
    }
}

fn entry_at(case: &Case<'_>, seq: u64) -> Option<jiff::Timestamp> {
    let place = case.ledger.entries.binary_search_by_key(&seq, |entry| entry.seq).ok()?;
    case.ledger.entries.get(place).map(|entry| entry.at)
}
