//! `decision`: the newest decision accepts this stage or a later one, and still stands.

use super::View;
use crate::domain::gate::case::Case;
use crate::domain::gate::decision::is_about;
use crate::domain::gate::finding::{Finding, stage_words};
use crate::domain::ids::GateId;

pub fn find(case: &Case<'_>, stage: &GateId, view: View<'_>) -> Finding {
    let View::Decided(drift) = view else { return Finding::met("not looked at") };
    let Some((entry, decision)) = case.history.decision() else {
        return Finding::unmet("not decided");
    };
    let accepts = decision.outcome.accepts() && is_about(case.plan, decision, stage);
    let when = case.moment(entry.at);
    let title = stage_words(&decision.stage);
    if !decision.outcome.accepts() {
        let words = decision.outcome.as_str();
        Finding::unmet(format!("{title} {words} {when}, #{}", entry.seq)).since(Some(entry.at))
    } else if !accepts {
        Finding::unmet(format!("not decided; only {title} is accepted"))
    } else if let Some(first) = drift.changed.first() {
        let more = if drift.changed.len() > 1 { format!(", and {} more", drift.changed.len() - 1) } else { String::new() };
        Finding::unmet(format!("accepted {when}, changed since: {first}{more}")).since(drift.since).evidence([entry.seq])
    } else {
        Finding::met(format!("{title} accepted {when}, #{}", entry.seq)).evidence([entry.seq])
    }
}
