//! The last look at every byte before it leaves: whatever should not be there refuses the dossier, by file and by rule.

use super::File;
use crate::domain::canary;
use crate::domain::dossier::Private;
use crate::domain::redact::Redactor;
use std::collections::BTreeSet;

/// Where something was found. Never what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    pub file: String,
    pub rule: String,
}

/// Credentials and what is above the reader's class, in files that are about to leave.
#[must_use]
pub fn scan(files: &[File], redactor: &Redactor, private: &Private) -> Vec<Found> {
    let mut out = BTreeSet::new();
    for file in files {
        let mut look = redactor.another();
        let _ = look.once(&file.bytes);
        let rules = look.counts().keys().cloned();
        let above = private.rules_in(&file.bytes).into_iter().map(str::to_owned);
        let canary = canary::leaks(&file.bytes).then(|| canary::RULE.to_owned());
        out.extend(rules.chain(above).chain(canary).map(|rule| Found { file: file.name.clone(), rule }));
    }
    out.into_iter().collect()
}
