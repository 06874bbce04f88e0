//! The public packs: what of a plan anybody may read, as JSON and as one page. Names of values only, never a value.

use crate::domain::plan::{EnvPlace, Plan};
use serde_json::{Value, json};

/// A section of a pack: its key, and how to cut it from a plan.
type Section = (&'static str, fn(&Plan) -> Value);

/// Each pack's name in `/api/product/NAME`, and its sections.
const PACKS: &[(&str, &[Section])] = &[
    (
        "first-customer-launch-plan",
        &[
            ("stance", stance),
            ("motions", motions),
            ("steps", steps),
            ("gates", gates),
            ("roles", roles),
            ("proofs", proofs),
            ("attachments", attachments),
            ("blocked_wording", blocked_wording),
            ("boundaries", boundaries),
        ],
    ),
    ("commercial-pack", &[("stance", stance), ("motions", motions), ("blocked_wording", blocked_wording)]),
    (
        "order-form-template",
        &[("scope", scope), ("attachments", attachments), ("blocked_wording", blocked_wording), ("boundaries", boundaries)],
    ),
    ("customer-launch-room", &[("roles", roles), ("scope", scope), ("steps", steps), ("gates", gates), ("proofs", proofs)]),
    ("launch-evidence", &[("targets", targets), ("proofs", proofs)]),
    ("launch-activation-manifest", &[("activation", activation)]),
    ("dependency-acceptance", &[("dependencies", dependencies)]),
    (
        "buyer-close-pack",
        &[("motions", motions), ("steps", steps), ("attachments", attachments), ("blocked_wording", blocked_wording)],
    ),
    ("production-proof", &[("proofs", proofs), ("gates", gates)]),
];

/// The names of all packs.
pub fn names() -> impl Iterator<Item = &'static str> {
    PACKS.iter().map(|(name, _)| *name)
}

/// One pack of a plan; `None` for a name that is none.
#[must_use]
pub fn pack(plan: &Plan, name: &str) -> Option<Value> {
    let (_, sections) = PACKS.iter().find(|(known, _)| *known == name)?;
    let mut out = json!({ "schema": 1, "pack": name, "plan": plan.id, "title": plan.title, "vendor": plan.vendor });
    if let Some(map) = out.as_object_mut() {
        map.extend(sections.iter().map(|(key, cut)| ((*key).to_owned(), cut(plan))));
    }
    Some(out)
}

/// Whether the deployment could be called ready, as far as a plan alone can tell: nothing is collected, so nothing is.
#[must_use]
pub fn readiness(plan: &Plan, strict: bool) -> Value {
    let blockers: Vec<Value> = plan.activation.iter().map(|group| json!({ "id": group.id, "title": group.title })).collect();
    let status = match (blockers.is_empty(), strict) {
        (true, _) => "ready",
        (false, true) => "not_ready",
        (false, false) => "degraded",
    };
    json!({ "schema": 1, "strict": strict, "status": status, "blockers": blockers })
}

/// The plan as one page without scripts.
#[must_use]
pub fn page(plan: &Plan) -> String {
    let list = |items: Vec<String>| items.iter().flat_map(|item| ["<li>", item, "</li>"]).collect::<String>();
    let steps = plan.steps.iter().map(|step| {
        let tasks = list(step.tasks.iter().map(|task| escape(&task.text)).collect());
        let (title, exit, stop) = (escape(&step.title), escape(&step.exit_gate), escape(&step.stop_rule));
        format!("<h3>Week {}: {title}</h3><ul>{tasks}</ul><p>Exit gate: {exit}</p><p>If missing: {stop}</p>", step.week)
    });
    let gates = plan.gates.iter().map(|gate| {
        let (title, summary, stop) = (escape(&gate.title), escape(&gate.summary), escape(&gate.stop_rule));
        format!("<h3>{title}</h3><p>{summary}</p><p>If missing: {stop}</p>")
    });
    let roles = plan.roles.iter().map(|role| {
        let (title, decides) = (escape(&role.title), escape(&role.decides));
        format!("<h3>{title}</h3><p>{}, before {}. {decides}</p>", role.side.as_str(), escape(role.due.as_str()))
    });
    let proofs = plan.proofs.iter().map(|proof| {
        format!("<h3>{}</h3><p>{}</p><pre>{}</pre>", escape(&proof.title), escape(&proof.proves), escape(&proof.command))
    });
    let title = escape(&plan.title);
    let parts = [
        format!("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>"),
        "<style>body{font:16px/1.5 system-ui;max-width:44rem;margin:2rem auto;padding:0 1rem}pre{overflow:auto}</style>".into(),
        format!("<h1>{title}</h1><p>{}</p>", escape(&plan.stance.text)),
        format!("<p><a href=\"/api/product/{0}\">/api/product/{0}</a></p>", "first-customer-launch-plan"),
        format!("<h2>Timeline</h2>{}", steps.collect::<String>()),
        format!("<h2>Go/no-go gates</h2>{}", gates.collect::<String>()),
        format!("<h2>Owner map</h2>{}", roles.collect::<String>()),
        format!("<h2>Proof commands</h2>{}", proofs.collect::<String>()),
        format!("<h2>Blocked wording</h2><ul>{}</ul>", list(plan.blocked_wording.iter().map(|text| escape(text)).collect())),
        format!("<h2>Boundaries</h2><ul>{}</ul></html>", list(plan.boundaries.iter().map(|text| escape(text)).collect())),
    ];
    parts.concat()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn stance(plan: &Plan) -> Value {
    json!({ "text": plan.stance.text, "motion": plan.stance.motion, "billing_default": plan.stance.billing_default })
}

fn motions(plan: &Plan) -> Value {
    let one = |motion: &crate::domain::plan::Motion| {
        json!({
            "id": motion.id, "title": motion.title, "status": motion.status, "treatment": motion.treatment,
            "condition": motion.condition, "target": motion.target, "allowed": motion.allowed, "blocked": motion.blocked,
        })
    };
    plan.motions.iter().map(one).collect()
}

fn steps(plan: &Plan) -> Value {
    let one = |step: &crate::domain::plan::Step| {
        json!({
            "id": step.id, "title": step.title, "week": step.week, "owner": step.owner.as_str(), "goal": step.goal,
            "tasks": step.tasks.iter().map(|task| json!({ "id": task.id, "text": task.text })).collect::<Vec<_>>(),
            "exit_gate": step.exit_gate, "stop_rule": step.stop_rule, "targets": step.targets,
        })
    };
    plan.steps.iter().map(one).collect()
}

fn gates(plan: &Plan) -> Value {
    let one = |gate: &crate::domain::plan::Gate| {
        json!({
            "id": gate.id, "title": gate.title, "summary": gate.summary, "stop_rule": gate.stop_rule,
            "blocked_by_policy": gate.blocked_by_policy, "proof": gate.proof,
            "requirements": gate.requires.iter().map(|it| json!({ "id": it.id, "kind": it.need.kind(), "text": it.text })).collect::<Vec<_>>(),
        })
    };
    plan.gates.iter().map(one).collect()
}

fn roles(plan: &Plan) -> Value {
    let one = |role: &crate::domain::plan::Role| {
        json!({
            "id": role.id, "title": role.title, "side": role.side, "due": role.due,
            "decides": role.decides, "evidence": role.evidence,
        })
    };
    plan.roles.iter().map(one).collect()
}

fn scope(plan: &Plan) -> Value {
    let one = |field: &crate::domain::plan::ScopeField| json!({ "id": field.id, "title": field.title, "required": field.required, "boundary": field.boundary, "due": field.due, "hint": field.hint });
    plan.scope.iter().map(one).collect()
}

fn proofs(plan: &Plan) -> Value {
    let one = |proof: &crate::domain::plan::Proof| {
        json!({
            "id": proof.id, "title": proof.title, "proves": proof.proves, "command": proof.command,
            "class": proof.class, "mutating": proof.mutating, "targets": proof.targets,
        })
    };
    plan.proofs.iter().map(one).collect()
}

fn targets(plan: &Plan) -> Value {
    plan.targets.iter().map(|it| json!({ "id": it.id, "title": it.title, "class": it.class, "receives": it.receives })).collect()
}

fn activation(plan: &Plan) -> Value {
    let one = |group: &crate::domain::plan::Group| {
        let names = |place| group.env.iter().filter(|env| env.place == place).map(|env| &env.name).collect::<Vec<_>>();
        json!({
            "id": group.id, "title": group.title, "unlocks": group.unlocks, "owner": group.owner.as_str(),
            "sources": group.sources, "evidence": group.evidence, "claim_locks": group.locks, "accepted_when": group.accepted_when,
            "production_env": names(EnvPlace::Production), "operator_env": names(EnvPlace::Operator),
            "illustrative": group.illustrative,
        })
    };
    plan.activation.iter().map(one).collect()
}

fn dependencies(plan: &Plan) -> Value {
    let one = |it: &crate::domain::plan::Dependency| {
        json!({
            "id": it.id, "title": it.title, "category": it.category, "owner": it.owner.as_str(), "managed": it.managed,
            "invoice": it.invoice, "acceptance": it.acceptance, "illustrative": it.illustrative,
        })
    };
    plan.dependencies.iter().map(one).collect()
}

fn attachments(plan: &Plan) -> Value {
    plan.attachments.iter().map(|it| Value::from(it.text.as_str())).collect()
}

fn blocked_wording(plan: &Plan) -> Value {
    plan.blocked_wording.iter().map(|it| Value::from(it.as_str())).collect()
}

fn boundaries(plan: &Plan) -> Value {
    plan.boundaries.iter().map(|it| Value::from(it.as_str())).collect()
}
