//! Records an exclusion, or takes one back. Whether it may be excluded is for the rules to say.

use crate::app::error::Error;
use crate::cli::args::ExcludeArgs;
use crate::cli::{Exit, context::Context, context::filled, context::unknown, context::usage};
use crate::domain::change::Change;
use crate::domain::plan::Plan;
use crate::format::moment;

pub fn run(cx: &mut Context<'_>, args: &ExcludeArgs) -> Result<Exit, Error> {
    filled([args.wording.as_deref(), args.signed_by.as_deref()])?;
    let change = match (&args.revoke, &args.covers) {
        (Some(exclusion), _) => {
            Change::RevokeExclusion { exclusion: exclusion.as_str().into(), why: args.why.clone().unwrap_or_default() }
        }
        (None, Some(covers)) => Change::SignExclusion {
            covers: covers.clone(),
            wording: args.wording.clone().unwrap_or_default(),
            signed_by: args.signed_by.clone().unwrap_or_default(),
            approved_by: args.approved_by.clone(),
            from: args.from.as_deref().map(moment::day).transpose().map_err(usage)?,
            until: moment::day(args.until.as_deref().unwrap_or_default()).map_err(usage)?,
            reference: args.reference.clone(),
        },
        (None, None) => {
            return Err(usage("what to exclude is missing").hint("a requirement: launchroom exclude paid-beta/issuer …"));
        }
    };
    cx.change(|opened| {
        if let Some(covers) = &args.covers {
            known(&opened.snapshot.plan, covers)?;
        }
        Ok(change)
    })
}

/// A requirement that there is, or a check of a proof that there is: which checks a bundle has, its runs tell.
fn known(plan: &Plan, covers: &str) -> Result<(), Error> {
    let proof = covers.split_once(':').and_then(|(proof, _)| plan.proof(proof));
    if proof.is_some() || plan.requirement(covers).is_some() {
        return Ok(());
    }
    Err(unknown("requirement", covers, plan.requirements().map(|requirement| requirement.id.as_str())))
}
