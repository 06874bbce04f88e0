//! A verdict as lines, so that a scenario can say what it expects.

use launchroom::domain::gate::{Action, Readiness, RequirementState};

pub fn lines(readiness: &Readiness) -> Vec<String> {
    let mut out = Vec::new();
    let stage = &readiness.stage;
    let or_none = |id: &Option<launchroom::domain::ids::GateId>| id.as_ref().map_or("none".to_owned(), ToString::to_string);
    out.push(format!("verdict {}", readiness.verdict().as_str()));
    for (what, id) in [("accepted", &stage.accepted), ("allowed", &stage.allowed), ("next", &stage.next)] {
        out.push(format!("{what} {}", or_none(id)));
    }
    out.push(format!("target {}", stage.target));
    out.push(format!("week {} of {}", readiness.week.now, readiness.week.last));
    for gate in &readiness.gates {
        let outside = if gate.outside { ", outside" } else { "" };
        out.push(format!("gate {} {} {}/{}{outside}", gate.id, gate.status.as_str(), gate.met, gate.total));
        if let Some((at, why)) = &gate.holds_until {
            out.push(format!("holds {} until {at}: {why}", gate.id));
        }
        out.extend(gate.requirements.iter().map(requirement));
        for state in &gate.requirements {
            out.extend(state.since.map(|since| format!("since {} {since}", state.id)));
        }
    }
    for step in &readiness.steps {
        let late = if step.late_days > 0 { format!(", {} days", step.late_days) } else { String::new() };
        out.push(format!("step {} {}{late}: {}", step.id, step.status.as_str(), step.open.join("; ")));
        out.extend(step.requirements.iter().map(requirement));
    }
    for role in &readiness.roles {
        let flags = flags(&[
            ("blank", role.blank),
            ("urgent", role.urgent),
            ("outside", role.outside),
            ("shown", !role.shown.is_empty()),
            ("asked", role.asked.is_some()),
        ]);
        out.push(format!("role {}{flags}, {} days late", role.id, role.late_days));
    }
    for field in &readiness.scope {
        let flags = flags(&[
            ("blank", field.blank),
            ("urgent", field.urgent),
            ("outside", field.outside),
            ("asked", field.asked.is_some()),
        ]);
        out.push(format!("field {}{flags}, {} days late", field.id, field.late_days));
    }
    for proof in &readiness.proofs {
        let last = proof.last.as_ref().map_or("never".to_owned(), |last| {
            format!("{} {}: {}", last.outcome.as_str(), if last.fresh { "fresh" } else { "stale" }, last.reason)
        });
        out.push(format!("proof {} {last}", proof.id));
    }
    if let Some(decision) = &readiness.decision {
        let stands = if decision.stands { "stands" } else { "changed since" };
        let one = if decision.same_person { " by one person" } else { "" };
        out.push(format!("decision {} {} {stands}{one}", decision.stage, decision.outcome.as_str()));
        out.extend(decision.changed.iter().map(|changed| format!("changed {changed}")));
        out.extend(decision.changes.iter().map(|one| {
            let cause = one.cause.as_ref().map(|cause| format!(" #{} {}", cause.seq, cause.by)).unwrap_or_default();
            format!("drift {}: {} -> {}{cause}", one.what, one.was, one.now)
        }));
        out.extend(decision.voices.iter().map(|(party, because)| format!("voice {}: {}", party.as_str(), because.join(", "))));
    }
    out.extend(readiness.actions.iter().enumerate().map(|(at, one)| action("action", at, one)));
    out.extend(readiness.way.iter().enumerate().map(|(at, one)| action("way", at, one)));
    for ending in &readiness.endings {
        let start = ending.start_by.map(|at| format!(", start by {at}")).unwrap_or_default();
        out.push(format!("ending {} {}{start}", ending.at, ending.what));
    }
    for exclusion in &readiness.exclusions {
        let live = if exclusion.live { "live" } else { exclusion.standing.as_str() };
        out.extend(exclusion.remarks.iter().map(|one| format!("remark {} {}: {}", exclusion.id, one.rule, one.told)));
        out.push(format!("exclusion {} {} {live} to {}", exclusion.id, exclusion.covers, exclusion.until));
    }
    let trust = &readiness.trust;
    let unverified: Vec<u64> = trust.unverified.iter().map(|one| one.seq).collect();
    out.push(format!(
        "trust {} of {} blobs, unverified {:?}, receipts {:?}",
        trust.intact, trust.blobs, unverified, trust.receipts
    ));
    out
}

fn requirement(state: &RequirementState) -> String {
    let decision = if state.only_decision { " (only a decision)" } else { "" };
    format!("{} {}{decision}: {}", state.id, state.status.as_str(), state.reason)
}

fn flags(flags: &[(&str, bool)]) -> String {
    flags.iter().filter(|(_, on)| *on).fold(String::new(), |out, (name, _)| out + " " + name)
}

fn action(list: &str, at: usize, action: &Action) -> String {
    let after = action.after.map(|after| format!(" after {after}")).unwrap_or_default();
    let asked = if action.asked.is_some() { " asked" } else { "" };
    format!(
        "{list} {} {} | {} {}{after}{asked} | {}",
        at + 1,
        action.text,
        action.owner.as_str(),
        action.side.as_str(),
        action.command
    )
}
