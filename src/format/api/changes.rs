//! `POST /api/platform/launch-room/changes`: changes, all or nothing, on the room of one revision.

use crate::domain::change::Change;
use serde::{Deserialize, Serialize};

/// What somebody wants changed, and the room it was made on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangesBody {
    pub base_revision: String,
    pub changes: Vec<Change>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::{Attached, DecisionOutcome, Outcome};
    use crate::domain::plan::Class;
    use crate::domain::room::Value;

    #[test]
    fn every_kind_of_change_reads_back() {
        let changes = vec![
            Change::SetOwner { role: "tenant-owner".into(), name: Some("Mara".into()), contact: None, basis: None },
            Change::SetScope { field: "modules".into(), value: Value::List(vec!["a".into(), "b".into()]) },
            Change::SetScope { field: "cohort".into(), value: Value::Text("42".into()) },
            Change::SetTask { step: "scope".into(), task: "wording".into(), done: true },
            Change::AttachEvidence(Box::new(Attached::at("launch-room".into(), Class::Tenant, Outcome::Reference))),
            Change::RecordDecision {
                stage: "hold".into(),
                outcome: DecisionOutcome::Deferred,
                customer: "A".into(),
                operator: "B".into(),
                reference: None,
                note: None,
            },
        ];
        let body = ChangesBody { base_revision: "r1".into(), changes };
        let text = serde_json::to_string(&body).unwrap();
        assert_eq!(serde_json::from_str::<ChangesBody>(&text).unwrap(), body);
        assert!(text.contains("\"change\":\"set_owner\""), "{text}");
    }

    #[test]
    fn a_change_that_nobody_knows_is_refused() {
        let text = r#"{"base_revision":"r1","changes":[{"change":"drop_everything"}]}"#;
        assert!(serde_json::from_str::<ChangesBody>(text).is_err());
    }
}
