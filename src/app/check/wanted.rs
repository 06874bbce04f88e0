//! What of a plan a page must name, and how it is looked for.

use crate::domain::plan::Plan;
use serde_json::Value;

/// What of the plan a pack must name.
pub fn wanted<'p>(plan: &'p Plan, name: &str) -> Vec<&'p str> {
    let titles = |it: &mut dyn Iterator<Item = &'p String>| it.map(String::as_str).collect::<Vec<_>>();
    let steps = titles(&mut plan.steps.iter().map(|it| &it.title));
    let gates = titles(&mut plan.gates.iter().map(|it| &it.title));
    let roles = titles(&mut plan.roles.iter().map(|it| &it.title));
    let proofs = titles(&mut plan.proofs.iter().filter(|it| !it.illustrative).map(|it| &it.command));
    let motions = titles(&mut plan.motions.iter().map(|it| &it.title));
    let wording = titles(&mut plan.blocked_wording.iter());
    let attachments = titles(&mut plan.attachments.iter().map(|it| &it.text));
    match name {
        "first-customer-launch-plan" => [steps, gates, roles, proofs, wording].concat(),
        "commercial-pack" => [motions, wording].concat(),
        "order-form-template" => [attachments, wording].concat(),
        "customer-launch-room" => [roles, steps, gates].concat(),
        "launch-evidence" => titles(&mut plan.targets.iter().map(|it| &it.title)),
        "launch-activation-manifest" => titles(&mut plan.activation.iter().map(|it| &it.title)),
        "dependency-acceptance" => titles(&mut plan.dependencies.iter().map(|it| &it.title)),
        "buyer-close-pack" => [motions, attachments, wording].concat(),
        "production-proof" => proofs,
        _ => Vec::new(),
    }
}

/// Every text of a JSON value, wherever it stands.
pub fn collect<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => out.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
        Value::Object(map) => map.values().for_each(|item| collect(item, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What is missing, in a sentence.
pub fn complete(missing: &[&str]) -> String {
    match missing {
        [] => "nothing of the plan is missing".to_owned(),
        [one] => format!("missing: {one}"),
        [first, rest @ ..] => format!("missing: {first}, and {} more", rest.len()),
    }
}

/// A text as it stands in a page.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
