//! How the pilot treats outside dependencies, and where the customer accepted that.

use crate::app::error::Error;
use crate::app::open::Opened;
use crate::cli::args::DependencyCommand;
use crate::cli::{Exit, context::Context, context::filled, context::unknown, context::usage};
use crate::domain::change::Change;
use crate::domain::plan::{Dependency, Plan};
use crate::domain::room::{Acceptance, Room, Treatment};
use crate::format::review::who;
use crate::present::line::{Line, Tone, columns};
use crate::present::symbols::Symbols;
use crate::present::words;
use serde_json::{Value, json};

pub fn run(cx: &mut Context<'_>, command: &DependencyCommand) -> Result<Exit, Error> {
    match command {
        DependencyCommand::List(reading) => list(cx, reading.json),
        DependencyCommand::Accept { dependency, treatment, order_form, launch_room } => {
            filled([order_form.as_deref()])?;
            let now = cx.now();
            cx.change(|opened| {
                let dependency = find(&opened.snapshot.plan, dependency)?;
                let treatment = Treatment::from_word(treatment)
                    .ok_or_else(|| unknown("treatment", treatment, Treatment::ALL.iter().map(|treatment| treatment.as_str())))?;
                let known = opened.snapshot.room.dependencies.get(&dependency.id).cloned().unwrap_or_default();
                // Another treatment is another agreement: the clause that accepted the old one does not carry over.
                let is_other = known.treatment.is_some_and(|before| before != treatment);
                let kept = Some(known.order_form).filter(|text| !text.trim().is_empty() && !is_other);
                let order_form = order_form.clone().or(kept);
                let order_form = order_form.ok_or_else(|| {
                    usage(format!("where in the order form `{}` is accepted as {} is missing", dependency.id, treatment.as_str()))
                        .hint("say it: --order-form \"OF-2026-014 §4\"")
                })?;
                // Recording it here is accepting it in the launch room.
                let today = now.to_zoned(opened.snapshot.room.tenant.timezone.clone()).date();
                let launch_room = launch_room.clone().unwrap_or_else(|| format!("accepted {today}"));
                Ok(Change::SetDependency {
                    dependency: dependency.id.clone(),
                    treatment: Some(treatment),
                    order_form: Some(order_form),
                    launch_room: Some(launch_room),
                    changed: None,
                })
            })
        }
        DependencyCommand::Changed { dependency, what } => {
            if what.trim().is_empty() {
                return Err(usage("--what needs a text").hint("say what changed, e.g. --what \"moved to a new provider\""));
            }
            cx.change(|opened| {
                Ok(Change::SetDependency {
                    dependency: find(&opened.snapshot.plan, dependency)?.id.clone(),
                    treatment: None,
                    order_form: None,
                    launch_room: None,
                    changed: Some(what.clone()),
                })
            })
        }
    }
}

fn find<'a>(plan: &'a Plan, id: &str) -> Result<&'a Dependency, Error> {
    plan.dependency(id)
        .ok_or_else(|| unknown("dependency", id, plan.dependencies.iter().map(|dependency| dependency.id.as_str())))
}

fn list(cx: &mut Context<'_>, as_json: bool) -> Result<Exit, Error> {
    let (_, opened) = cx.opened()?;
    let (plan, room) = (&*opened.snapshot.plan, &*opened.snapshot.room);
    if as_json {
        let all = plan.dependencies.iter().map(|dependency| dependency_json(room, dependency));
        cx.out.json(&json!({ "schema": 1, "dependencies": all.collect::<Vec<_>>() }));
        return Ok(Exit::Ok);
    }
    if plan.dependencies.is_empty() {
        cx.out.say("this plan has no dependencies");
        return Ok(Exit::Ok);
    }
    let symbols = cx.symbols();
    let rows: Vec<_> = plan.dependencies.iter().map(|dependency| dependency_row(&opened, dependency, symbols)).collect();
    cx.out.lines(columns(&rows));
    if plan.dependencies.iter().any(|dependency| dependency.illustrative) {
        cx.out.line(Line::of(Tone::Quiet, "* illustrative: the plan's sources do not state it"));
    }
    Ok(Exit::Ok)
}

fn recorded(room: &Room, dependency: &Dependency) -> Acceptance {
    room.dependencies.get(&dependency.id).cloned().unwrap_or_default()
}

fn dependency_json(room: &Room, dependency: &Dependency) -> Value {
    let acceptance = recorded(room, dependency);
    json!({
        "id": dependency.id.as_str(),
        "title": dependency.title,
        "category": dependency.category,
        "owner": dependency.owner.as_str(),
        "treatment": acceptance.treatment.map(Treatment::as_str),
        "order_form": acceptance.order_form,
        "launch_room": acceptance.launch_room,
        "changed": acceptance.changed,
        "accepted": acceptance.is_accepted(),
        "claim": if acceptance.is_accepted() { "open" } else { "locked" },
        "managed": dependency.managed,
        "invoice": dependency.invoice,
        "acceptance": dependency.acceptance,
        "illustrative": dependency.illustrative,
    })
}

fn dependency_row(opened: &Opened, dependency: &Dependency, symbols: &Symbols) -> Vec<(Tone, String)> {
    let (plan, room) = (&*opened.snapshot.plan, &*opened.snapshot.room);
    let acceptance = recorded(room, dependency);
    let missing = match (acceptance.order_form.trim().is_empty(), acceptance.launch_room.trim().is_empty()) {
        _ if acceptance.is_accepted() => "accepted in both places",
        (true, true) => "accepted nowhere, claim locked",
        (true, false) => "not in the order form, claim locked",
        (false, true) => "not in the launch room, claim locked",
        (false, false) => "no treatment, claim locked",
    };
    let mark = if dependency.illustrative { "*" } else { "" };
    let (symbol, tone) = if acceptance.is_accepted() { (symbols.met, Tone::Good) } else { (symbols.unmet, Tone::Bad) };
    vec![
        (tone, symbol.to_owned()),
        (Tone::Plain, format!("{}{mark}", dependency.id)),
        (Tone::Plain, words::treatment(acceptance.treatment).to_owned()),
        (Tone::Plain, missing.to_owned()),
        (Tone::Quiet, who(plan, room, &dependency.owner).to_owned()),
    ]
}
