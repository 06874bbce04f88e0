//! `evidence`: a record of a document at one of its targets, with its bytes as attached. A reference, which only says where
//! the document is, counts where the plan says that this suffices.

use crate::domain::gate::case::Case;
use crate::domain::gate::finding::Finding;
use crate::domain::gate::fresh::unverified;
use crate::domain::gate::status::RequirementStatus;
use crate::domain::ids::{DocumentId, TargetId};
use crate::domain::ledger::replay::Record;
use crate::domain::plan::{Need, Requirement};

/// What is asked for.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub document: &'a DocumentId,
    pub targets: &'a [TargetId],
    /// Saying where the document is will do.
    pub may_be_stated: bool,
}

pub fn find(case: &Case<'_>, requirement: &Requirement, wanted: Wanted<'_>) -> Finding {
    let records = of_document(case, wanted);
    let is_stated = |record: &Record<'_>| record.attached.is_stated();
    let (stated, captured): (Vec<Record<'_>>, Vec<Record<'_>>) = records.into_iter().partition(is_stated);
    let counts = |record: &&Record<'_>| unverified(case.ledger, record.attached).is_none();
    let shown = captured.iter().find(counts);
    let said = stated.first().filter(|_| wanted.may_be_stated);
    // The newer of the two, when there are both.
    if let Some(record) = shown.into_iter().chain(said).max_by_key(|record| record.seq) {
        let how = if is_stated(record) { "stated in" } else { "attached as" };
        return Finding::met(format!("{how} #{} {}", record.seq, case.moment(record.at))).evidence([record.seq]);
    }
    if let Some(record) = captured.first() {
        let why = unverified(case.ledger, record.attached).unwrap_or("bytes missing");
        return Finding::new(RequirementStatus::Unverified, format!("#{}: {why}", record.seq)).evidence([record.seq]);
    }
    let missing = [requirement.id.to_string()];
    if let Some(record) = stated.first() {
        return Finding::unmet(format!("stated in #{}; a captured file is needed", record.seq)).missing(missing);
    }
    let taken_back = case.history.records().iter().rev().find(|r| r.withdrawn.is_some() && serves(case, r, wanted));
    let reason = match taken_back {
        Some(record) => format!("#{} was withdrawn, nothing else is attached", record.seq),
        None => "nothing attached".to_owned(),
    };
    let since = taken_back.and_then(|record| record.withdrawn).and_then(|seq| entry_at(case, seq));
    Finding::unmet(reason).missing(missing).since(since)
}

/// Records of a document that were not taken back, newest first. What one requirement was given counts for every
/// requirement that asks for the same document.
fn of_document<'a>(case: &Case<'a>, wanted: Wanted<'_>) -> Vec<Record<'a>> {
    let mut out: Vec<Record<'a>> = Vec::new();
    for requirement in case.plan.requirements().filter(|requirement| asks_for(&requirement.need, wanted.document)) {
        out.extend(case.history.serving(requirement.id.as_str()).filter(|record| fits(record, wanted.targets)));
    }
    out.sort_by_key(|record| std::cmp::Reverse(record.seq));
    out.dedup_by_key(|record| record.seq);
    out
}

fn serves(case: &Case<'_>, record: &Record<'_>, wanted: Wanted<'_>) -> bool {
    let Some(what) = record.attached.serves.as_deref() else { return false };
    let asked = case.plan.requirement(what).is_some_and(|requirement| asks_for(&requirement.need, wanted.document));
    asked && fits(record, wanted.targets)
}

fn fits(record: &Record<'_>, targets: &[TargetId]) -> bool {
    (record.attached.is_shown() || record.attached.is_stated())
        && (targets.is_empty() || targets.contains(&record.attached.target))
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
