//! What may be said now, what not, and what would unlock it.

use super::locked;
use crate::domain::claims::{Because, Said, Standing};
use crate::domain::gate::Readiness;
use crate::domain::plan::Plan;
use crate::present::line::{Line, Tone};
use crate::present::symbols::Symbols;
use crate::present::words;
use serde_json::{Value, json};

/// Everything, with its state.
#[must_use]
pub fn json(said: &Said, readiness: &Readiness) -> Value {
    let allowed = said.allowed.iter().map(|wording| {
        let (state, after) = match &wording.standing {
            Standing::May => ("allowed", None),
            Standing::After(gate) => ("locked", Some(gate.to_string())),
            Standing::Excluded(_) => ("excluded", None),
        };
        json!({ "wording": wording.text, "motion": wording.motion, "state": state, "unlocked_by": after })
    });
    let blocked = said.blocked.iter().map(|one| {
        json!({
            "claim": one.claim,
            "also": one.also,
            "unlocked_by": one.unlocked_by,
            "gate_status": readiness.gate(one.unlocked_by.as_str()).map(|gate| gate.status.as_str()),
            "because": one.because.iter().map(because).collect::<Vec<_>>(),
            "instead": one.instead,
        })
    });
    json!({
        "schema": 1,
        "allowed": allowed.collect::<Vec<_>>(),
        "blocked": blocked.collect::<Vec<_>>(),
        "unlocked": said.unlocked,
    })
}

fn because(one: &Because) -> Value {
    match one {
        Because::Gate(id) => json!({ "kind": "gate", "id": id }),
        Because::Dependency(id) => json!({ "kind": "dependency", "id": id }),
        Because::Activation(id) => json!({ "kind": "activation", "id": id }),
        Because::Exclusion(id, until) => json!({ "kind": "exclusion", "id": id, "until": until }),
    }
}

/// The same to read.
#[must_use]
pub fn text(said: &Said, plan: &Plan, symbols: &Symbols) -> Vec<Line> {
    let mut out = vec![Line::of(Tone::Strong, "MAY BE SAID")];
    for wording in &said.allowed {
        let (tone, mark, why) = match &wording.standing {
            Standing::May => (Tone::Good, symbols.met, String::new()),
            Standing::After(gate) => {
                (Tone::Quiet, symbols.idle, format!("  not before {} is clear", words::stage(plan, gate.as_str())))
            }
            Standing::Excluded(id) => (Tone::Warn, symbols.excluded, format!("  not while {id} stands")),
        };
        out.push(Line::of(tone, format!("{mark} ")).then(wording.text.clone()).and(Tone::Quiet, why));
    }
    for text in &said.unlocked {
        out.push(Line::of(Tone::Good, format!("{} ", symbols.met)).then(text.clone()).and(Tone::Quiet, "  unlocked"));
    }
    out.extend([Line::plain(""), Line::of(Tone::Strong, "MAY NOT BE SAID")]);
    for one in &said.blocked {
        out.push(Line::of(Tone::Bad, format!("{} ", symbols.blocked)).then(one.claim.clone()));
        out.push(Line::of(Tone::Quiet, format!("    {}", locked(one, plan))));
        out.push(Line::of(Tone::Good, "    say: ").then(one.instead.clone()));
    }
    out
}
