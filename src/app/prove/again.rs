//! A run like the one before: the same arguments and the same names, with the values of today. No value was kept.

use super::command::{part, words};
use super::values::BASICS;
use super::{Means, Wanted, sheet};
use crate::app::error::{Error, Kind};
use crate::domain::canary;
use crate::domain::ledger::{Body, Run};
use crate::domain::plan::Plan;

/// What the last run of a proof was given besides what the plan says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Words added to the command.
    pub extra: Vec<String>,
    /// Names of its environment.
    pub names: Vec<String>,
}

/// Fills in what the last run of the wanted proof was given.
///
/// # Errors
/// `Usage` when it never ran; `Refused` when the command is another by now, an argument was masked, or a name has no
/// value any more; what the sheet says.
pub fn again(means: &Means, mut wanted: Wanted) -> Result<Wanted, Error> {
    let now = sheet(means, &wanted)?;
    let id = now.proof;
    let snapshot = means.store.load()?;
    let last = snapshot.ledger.entries.iter().rev().find_map(|entry| match &entry.body {
        Body::RunFinished(run) if run.proof == id => Some(&run.run),
        _ => None,
    });
    let last = last.ok_or_else(|| {
        let error = Error::new(Kind::Usage, format!("{id} cannot run again"), "no run of it is in the ledger");
        error.hint(format!("launchroom run {id}"))
    })?;
    let refused = |why: String| Error::new(Kind::Refused, format!("{id} was not run again"), why);
    let Given { extra, names } = given(&snapshot.plan, last, &now.command).map_err(|why| {
        let error = refused(why);
        error.hint(format!("launchroom run {id}, with the arguments it needs now"))
    })?;
    let file = match &wanted.env_file {
        Some(path) => means.runner.env_file(path)?.unwrap_or_default(),
        None => Vec::new(),
    };
    let declared = |name: &str| now.env.iter().any(|line| line.name == name);
    let names: Vec<String> = names.into_iter().filter(|name| !declared(name)).collect();
    let in_file = |name: &str| file.iter().any(|(known, _)| known == name);
    let lost: Vec<&str> =
        names.iter().map(String::as_str).filter(|name| !in_file(name) && !wanted.environment.contains_key(*name)).collect();
    if !lost.is_empty() {
        let error = refused(format!("its last run was given {}, and no value was kept", lost.join(", ")));
        return Err(error.hint("set it in the environment, or name the locked file it came from with --env-file"));
    }
    wanted.pass_env = names.into_iter().filter(|name| !in_file(name)).collect();
    wanted.extra = extra;
    Ok(wanted)
}

/// What a run was given, read back from its record and from the command as it would run now.
fn given(plan: &Plan, last: &Run, now: &str) -> Result<Given, String> {
    let (was, now) = (part(&last.command), part(now));
    let added = was.command.strip_prefix(&now.command).filter(|rest| rest.is_empty() || rest.starts_with(' '));
    let added = added.ok_or_else(|| format!("the command is another by now; it was: {}", last.command))?;
    if added.contains("⟨redacted:") {
        return Err("an argument of its last run was masked, and is kept nowhere".into());
    }
    let extra = words(added).ok_or("the arguments of its last run cannot be read back")?;
    let phrase = |name: &str| plan.proofs.iter().filter_map(|proof| proof.confirm.as_ref()).any(|confirm| confirm.env == name);
    let ours = |name: &str| {
        BASICS.contains(&name)
            || name == "TERM"
            || name.starts_with("LC_")
            || name.starts_with("CONFIRM_")
            || phrase(name)
            || was.before.iter().any(|(assigned, _)| assigned == name)
    };
    Ok(Given { extra, names: last.env.iter().filter(|name| !ours(name) && *name != canary::NAME).cloned().collect() })
}
