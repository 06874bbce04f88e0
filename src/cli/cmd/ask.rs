//! Requests that can be sent as they are, and that they were sent.

use crate::app::edit;
use crate::app::error::Error;
use crate::cli::args::{AskArgs, SideWord};
use crate::cli::{Exit, context::Context, context::unknown, context::usage};
use crate::domain::change::Change;
use crate::domain::ids::RequirementId;
use crate::domain::ledger::Ask;
use crate::domain::plan::Side;
use crate::format::ask::{Request, requests};
use crate::present::line::{Line, Tone};
use crate::present::words;
use jiff::Timestamp;
use serde_json::{Value, json};

pub fn run(cx: &mut Context<'_>, args: &AskArgs) -> Result<Exit, Error> {
    if args.mark_sent {
        cx.writable()?;
    }
    let (store, opened) = cx.opened()?;
    let (plan, room) = (&opened.snapshot.plan, &opened.snapshot.room);
    if let Some(role) = args.role.as_deref().filter(|id| plan.role(id).is_none() && plan.function(id).is_none()) {
        let known = plan.roles.iter().map(|role| role.id.as_str());
        return Err(unknown("role", role, known.chain(plan.functions.iter().map(|function| function.id.as_str()))));
    }
    let side = args.side.map(Side::from);
    let mut wanted = requests(plan, room, &opened.readiness);
    wanted.retain(|request| side.is_none_or(|side| request.side == side));
    wanted.retain(|request| {
        let is = |role: &str| request.owners.iter().chain(&request.about).any(|id| id == role);
        args.role.as_deref().is_none_or(is)
    });
    if let Some(name) = args.system.as_deref() {
        let known = |system: &String| system.eq_ignore_ascii_case(name);
        let sources = || plan.activation.iter().flat_map(|group| &group.sources);
        if !sources().any(known) {
            let known: std::collections::BTreeSet<&str> = sources().map(String::as_str).collect();
            return Err(unknown("source system", name, known.into_iter()));
        }
        wanted.retain(|request| request.system.as_ref().is_some_and(known));
    }
    if let Some(to) = args.to.as_deref() {
        // Somebody it is sent to who is no owner yet gets all that was chosen.
        if wanted.iter().any(|request| request.to == to) {
            wanted.retain(|request| request.to == to);
        } else if args.side.is_none() && args.role.is_none() && args.system.is_none() && wanted.len() > 1 {
            let known = wanted.iter().map(|request| request.to.as_str()).collect::<Vec<_>>().join(", ");
            return Err(usage(format!("{to} owes nothing by that name"))
                .hint(format!("say what to ask for with --side, --role or --system; waiting on: {known}")));
        }
    }
    if args.mark_sent {
        let to = args.to.clone().or_else(|| match wanted.as_slice() {
            [only] => Some(only.to.clone()),
            _ => None,
        });
        let Some(to) = to else {
            return Err(usage("several people are asked").hint("say who it was sent to: --mark-sent --to NAME"));
        };
        let about: Vec<String> = wanted.iter().flat_map(|request| request.about.iter().cloned()).collect();
        if !about.is_empty() {
            edit::edit(&*store, cx.by(), cx.now(), &Change::Ask(Ask { about, role: None, to: to.clone() }))?;
            cx.out.say(format!(
                "recorded: asked {to} for {}",
                words::count(wanted.iter().map(|r| r.about.len()).sum::<usize>(), "thing", "things")
            ));
        }
    }
    if args.reading.json {
        let told = wanted.iter().map(|request| as_json(request, &request.text(room)));
        cx.out.json(&json!({ "schema": 1, "requests": told.collect::<Vec<_>>() }));
        return Ok(Exit::Ok);
    }
    if wanted.is_empty() {
        cx.out.say("nothing to ask for: nobody owes anything that was chosen");
    }
    let several = wanted.len() > 1;
    for (at, request) in wanted.iter().enumerate() {
        let head = head(request, opened.readiness.as_of);
        if several {
            if at > 0 {
                cx.out.line("");
            }
            cx.out.line(Line::of(Tone::Strong, head));
        } else {
            cx.out.say(Line::of(Tone::Quiet, head));
        }
        cx.out.document(&request.text(room));
    }
    Ok(Exit::Ok)
}

/// To whom, and since when they know.
fn head(request: &Request, now: Timestamp) -> String {
    let asked = request.asked.map_or("not asked".to_owned(), |at| format!("asked {}", words::age(at, now)));
    let side = request.side.as_str();
    if let Some(system) = &request.system {
        let unlocks = words::count(request.unlocks.len(), "requirement", "requirements");
        return format!("From {system}, for {unlocks}: {}, {asked}", request.to);
    }
    if request.to == side { format!("To the {side} side, {asked}") } else { format!("To {} ({side}), {asked}", request.to) }
}

fn as_json(request: &Request, text: &str) -> Value {
    json!({
        "to": request.to,
        "side": request.side.as_str(),
        "owner": request.owners.first(),
        "owners": request.owners,
        "system": request.system,
        "unlocks": request.unlocks.iter().map(RequirementId::as_str).collect::<Vec<_>>(),
        "about": request.about,
        "text": text,
        "asked": request.asked.map(words::stamp),
    })
}

impl From<SideWord> for Side {
    fn from(word: SideWord) -> Self {
        match word {
            SideWord::Customer => Self::Customer,
            SideWord::Vendor => Self::Vendor,
            SideWord::Joint => Self::Joint,
        }
    }
}
