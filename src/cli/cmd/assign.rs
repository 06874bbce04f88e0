//! Names who holds a role or acts in a function.

use crate::app::error::Error;
use crate::cli::args::AssignArgs;
use crate::cli::{Exit, context::Context, context::filled, context::unknown, context::usage};
use crate::domain::change::Change;
use crate::domain::plan::Plan;

pub fn run(cx: &mut Context<'_>, args: &AssignArgs) -> Result<Exit, Error> {
    if !args.remove && args.name.is_none() && args.contact.is_none() && args.evidence.is_none() {
        return Err(usage("there is nothing to assign").hint("say who: --name NAME, --contact C or --evidence TEXT; or --remove"));
    }
    filled([args.name.as_deref()])?;
    cx.change(|opened| wanted(&opened.snapshot.plan, args))
}

fn wanted(plan: &Plan, args: &AssignArgs) -> Result<Change, Error> {
    let id = args.role.as_str();
    let (name, contact) = (args.name.clone(), args.contact.clone());
    if plan.role(id).is_some() {
        if args.remove {
            return Ok(Change::ClearOwner { role: id.into() });
        }
        return Ok(Change::SetOwner { role: id.into(), name, contact, basis: args.evidence.clone() });
    }
    if plan.function(id).is_none() {
        let roles = plan.roles.iter().map(|role| role.id.as_str());
        return Err(unknown("role or function", id, roles.chain(plan.functions.iter().map(|function| function.id.as_str()))));
    }
    if args.evidence.is_some() {
        return Err(usage("a function has a name and a contact").hint("--evidence is for roles"));
    }
    let blank = args.remove.then(String::new);
    Ok(Change::SetFunction { function: id.into(), name: blank.clone().or(name), contact: blank.or(contact) })
}
