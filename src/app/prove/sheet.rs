//! The run sheet: everything to know before a run, and every reason it may not start as things are.

use super::command::{Parted, host, option, part, quote};
use super::placeholder::{is_placeholder, placeholder};
use super::values::Values;
use super::{Means, Wanted};
use crate::app::error::{Error, Kind};
use crate::app::ports::{RoomStore, Snapshot, TrustStore};
use crate::app::preflight;
use crate::domain::gate;
use crate::domain::ids::ProofId;
use crate::domain::ledger::{Body, Outcome};
use crate::domain::plan::{Class, Confirmation, Proof};
use crate::domain::redact::Secret;
use crate::format::{plan_toml, redact_toml};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Everything to know before a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSheet {
    pub proof: ProofId,
    pub title: String,
    /// As it runs, with secrets as placeholders.
    pub command: String,
    /// What would run, as the room or the plan has it, to the letter. Never shown: it may hold what nobody should see.
    pub source: String,
    /// What a person is asked to agree to: a command that did not come with the program, in the form it stands there.
    pub asked: Option<String>,
    /// It came with the program, or a person agreed to it here before.
    pub trusted: bool,
    pub host: Option<String>,
    pub class: Class,
    pub mutating: bool,
    pub env: Vec<EnvLine>,
    pub confirm: Option<Confirmation>,
    /// How long it takes: the last run that ended by itself, or what the plan expects.
    pub expected: Option<SignedDuration>,
    /// How long it may take before it is ended.
    pub timeout: Option<Duration>,
    pub outputs: Vec<String>,
    /// Why it cannot start as things are, one sentence each.
    pub refused: Vec<String>,
    /// What has to be done first and is not. A person who agrees all the same does so knowing it.
    pub too_early: Option<String>,
    /// Why it will not count once it has ended: it is aimed at another host than the plan or the room means. Where the
    /// room says which hosts are the tenant's, that is refused.
    pub elsewhere: Option<String>,
    /// The question a person has to say yes to, by naming the tenant, when nobody did so yet.
    pub question: Option<String>,
}

impl RunSheet {
    /// Names of values that are not there and have to be.
    pub fn missing(&self) -> impl Iterator<Item = &EnvLine> {
        self.env.iter().filter(|line| line.from == Given::Missing && line.needed)
    }
}

/// One name of the environment, never its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvLine {
    pub name: String,
    pub secret: bool,
    pub from: Given,
    /// The command cannot run without it.
    pub needed: bool,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    Typed,
    EnvFile,
    Environment,
    /// The plan, or the command itself.
    Default,
    Missing,
}

impl Given {
    /// In words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Typed => "typed",
            Self::EnvFile => "env file",
            Self::Environment => "environment",
            Self::Default => "default",
            Self::Missing => "missing",
        }
    }
}

/// A sheet, and what a start needs besides. Holds values: no `Debug`.
pub(super) struct Prepared {
    pub sheet: RunSheet,
    pub env: BTreeMap<String, String>,
    pub command: String,
    pub secrets: Vec<Secret>,
    pub bundle: bool,
}

/// # Errors
/// `Usage` for a proof the plan does not have; `Refused` for an env file that is not locked.
pub(super) fn prepare(means: &Means, snapshot: &Snapshot, wanted: &Wanted) -> Result<Prepared, Error> {
    let proof = proof(snapshot, wanted)?;
    let file = env_file(means, wanted)?;
    let line = Line::of(snapshot, proof);
    let trusted = line.is_agreed(&*means.store, &*means.trust, &proof.id);
    let mut parted = part(&line.text);
    let confirm = confirmation(proof, &mut parted);
    let mut values = Values::new(proof, &parted, wanted, &file, line.from_room);
    let command = wanted.extra.iter().fold(parted.command, |command, word| format!("{command} {}", quote(word)));
    let named = option(&command, "--env-file").filter(|path| !path.contains('$')).map(|path| means.store.workdir().join(path));

    let mut refused = Vec::from_iter(of_another_tenant(snapshot, &file));
    refused.extend(named.as_ref().and_then(|path| look_for(means, snapshot, proof, path, &mut values)));
    refused.extend(line.another_than(wanted.source.as_ref()));
    refused.extend((!trusted && !wanted.agree).then(|| line.unread(snapshot)));
    refused.extend(values.open());
    let stand_in = placeholder(&command);
    refused.extend(
        stand_in.map(|found| format!("{found} is a placeholder: give the value through the environment, never in the command")),
    );
    refused.extend(confirm.as_ref().and_then(|confirm| values.confirm(confirm, wanted.confirmation.as_deref())));
    let host = gate::aimed_at(proof, &command).or_else(|| target(proof, &command, &values.env));
    let foreign = gate::aimed_elsewhere(&snapshot.room, proof, &command, host.as_deref());
    let foreign = foreign.map(|why| format!("it would be {why}"));
    let (elsewhere, foreign) = if snapshot.room.tenant.hosts.is_empty() { (foreign, None) } else { (None, foreign) };
    refused.extend(foreign);
    let too_early = too_early(snapshot, proof);
    let question = question(snapshot, proof, wanted, confirm.as_ref(), host.as_deref());
    if let Some(question) = &question {
        refused.extend(too_early.clone());
        refused.push(question.clone());
    }
    let locked = proof.class == Class::Locked || wanted.env_file.is_some() || named.is_some();
    let sheet = RunSheet {
        proof: proof.id.clone(),
        title: proof.title.clone(),
        command: redact_toml::mask_in(&format!("{}{command}", values.shown), &snapshot.room.redact),
        source: line.source(),
        asked: line.asked,
        trusted: trusted || wanted.agree,
        host,
        class: if locked { Class::Locked } else { proof.class },
        mutating: proof.mutating,
        env: values.lines,
        confirm,
        expected: last_duration(snapshot, &proof.id).or(proof.expected),
        timeout: wanted.timeout.or_else(|| proof.timeout.and_then(|timeout| timeout.try_into().ok())),
        outputs: outputs(proof, &command),
        refused,
        too_early,
        elsewhere,
        question,
    };
    Ok(Prepared { sheet, env: values.env, command, secrets: values.secrets, bundle: proof.bundle })
}

fn proof<'s>(snapshot: &'s Snapshot, wanted: &Wanted) -> Result<&'s Proof, Error> {
    let id = wanted.proof.as_ref().map_or("", |id| id.as_str());
    snapshot.plan.proof(id).ok_or_else(|| {
        let known: Vec<&str> = snapshot.plan.proofs.iter().map(|proof| proof.id.as_str()).collect();
        Error::new(Kind::Usage, format!("there is no proof `{id}`"), format!("the plan has {}", known.join(", ")))
    })
}

fn env_file(means: &Means, wanted: &Wanted) -> Result<Vec<(String, String)>, Error> {
    let Some(path) = &wanted.env_file else { return Ok(Vec::new()) };
    means
        .runner
        .env_file(path)?
        .ok_or_else(|| Error::new(Kind::Input, format!("the env file {} is not used", path.display()), "there is no such file"))
}

/// What it shows would be true of somebody else.
fn of_another_tenant(snapshot: &Snapshot, values: &[(String, String)]) -> Option<String> {
    let name = preflight::of_another_tenant(&snapshot.room, values)?;
    Some(format!("the env file is another tenant's: {name} is not {}", snapshot.room.tenant.id))
}

/// A file that the command itself names holds values, too: they are looked for, and handed to nobody.
fn look_for(means: &Means, snapshot: &Snapshot, proof: &Proof, path: &Path, values: &mut Values) -> Option<String> {
    match means.runner.env_file(path) {
        Ok(Some(more)) => {
            let foreign = of_another_tenant(snapshot, &more);
            values.hide(proof, more);
            foreign
        }
        Ok(None) => proof.mutating.then(|| format!("the env file that the command names, {}, is not there", path.display())),
        Err(error) => Some(error.to_string()),
    }
}

/// Whether a proof's command came with the program, or was agreed to in the form it has now.
#[must_use]
pub fn is_agreed(store: &dyn RoomStore, trust: &dyn TrustStore, snapshot: &Snapshot, id: &ProofId) -> bool {
    snapshot.plan.proof(id.as_str()).is_none_or(|proof| Line::of(snapshot, proof).is_agreed(store, trust, id))
}

/// The command as it stands in the room or the plan, and what came with it.
struct Line {
    text: String,
    from_room: bool,
    /// The values that a plan file brings besides its commands.
    brought: Option<String>,
    /// What a person is asked to agree to: everything that did not come with the program.
    asked: Option<String>,
}

impl Line {
    fn of(snapshot: &Snapshot, proof: &Proof) -> Self {
        let from_room = snapshot.room.commands.get(proof.id.as_str());
        let text = from_room.unwrap_or(&proof.command).clone();
        let brought = brought(snapshot, proof);
        let asked = match &brought {
            Some(values) => Some(format!("{values}{text}")),
            None => from_room.cloned(),
        };
        Self { from_room: from_room.is_some(), text, brought, asked }
    }

    fn is_agreed(&self, store: &dyn RoomStore, trust: &dyn TrustStore, id: &ProofId) -> bool {
        self.asked.as_ref().is_none_or(|text| trust.is_trusted(&store.identity(), id, text))
    }

    fn source(&self) -> String {
        format!("{}{}", self.brought.as_deref().unwrap_or_default(), self.text)
    }

    /// It is not what a person looked at.
    fn another_than(&self, looked_at: Option<&String>) -> Option<String> {
        let another = looked_at.is_some_and(|looked_at| *looked_at != self.source());
        another.then(|| "the command was changed while its sheet was open: open it again and read it".to_owned())
    }

    /// Nobody agreed to it here.
    fn unread(&self, snapshot: &Snapshot) -> String {
        let whose = if self.from_room { "the room file" } else { "a plan file" };
        let values = self.brought.as_deref().map(|values| redact_toml::mask_in(values.trim_end(), &snapshot.room.redact));
        let values = values.filter(|values| !values.is_empty()).map(|values| format!(", with {values},")).unwrap_or_default();
        format!("the command comes from {whose}{values} and was not run here before in this form")
    }
}

/// What a person has to say yes to, by naming the tenant, when nobody did so yet. Whoever names another tenant means
/// another tenant, whatever else they agreed to.
fn question(
    snapshot: &Snapshot,
    proof: &Proof,
    wanted: &Wanted,
    confirm: Option<&Confirmation>,
    host: Option<&str>,
) -> Option<String> {
    let tenant = &snapshot.room.tenant;
    let names =
        |said: &str| said == tenant.id.as_str() || said == tenant.name || confirm.is_some_and(|confirm| confirm.phrase == said);
    let agreed = wanted.confirmation.as_deref().map(str::trim).map_or(wanted.agree, names);
    let place = host.map(|host| format!(", at {host}")).unwrap_or_default();
    (proof.mutating && !agreed)
        .then(|| format!("{} changes something outside this machine, for {} ({}){place}", proof.id, tenant.name, tenant.id))
}

/// What has to be done before a proof that changes something may run: the tasks of the step it comes after.
fn too_early(snapshot: &Snapshot, proof: &Proof) -> Option<String> {
    let step = snapshot.plan.step(proof.after.as_ref()?.as_str())?;
    let done = step.tasks.iter().filter(|task| snapshot.room.is_done(step.id.as_str(), task.id.as_str())).count();
    let all = step.tasks.len();
    (done < all).then(|| format!("{}: {done} of {all} tasks done. Until then: {}", step.title, step.stop_rule))
}

/// The phrase a person has to type: the plan's, or one that a command would say for itself (`CONFIRM_RESET=yes …`), which
/// is taken off it.
fn confirmation(proof: &Proof, parted: &mut Parted) -> Option<Confirmation> {
    let at = parted.before.iter().position(|(name, _)| name.starts_with("CONFIRM_"));
    let written = at.map(|at| parted.before.remove(at)).map(|(env, phrase)| Confirmation { env, phrase });
    proof.confirm.clone().or(written.filter(|written| !is_placeholder(&written.phrase)))
}

/// The values that a plan file brings besides its commands; what came with the program needs no telling. A value such as
/// `PATH` decides what a command is, so it is shown and agreed to with it.
fn brought(snapshot: &Snapshot, proof: &Proof) -> Option<String> {
    let values = proof.env.iter().filter_map(|need| Some((&need.name, need.default.as_ref()?)));
    let values = values.chain(proof.confirm.iter().map(|confirm| (&confirm.env, &confirm.phrase)));
    let told = || values.fold(String::new(), |told, (name, value)| told + name + "=" + &quote(value) + " ");
    (!plan_toml::is_embedded(&snapshot.plan)).then(told)
}

/// The host a run is aimed at: its base URL, a declared URL, or the first URL of its command.
fn target(proof: &Proof, command: &str, env: &BTreeMap<String, String>) -> Option<String> {
    let value = |text: &str| match text.strip_prefix('$') {
        Some(name) => env.get(name.trim_matches(['{', '}'])).cloned(),
        None => Some(text.to_owned()),
    };
    let declared = || proof.env.iter().filter(|need| !need.secret).find_map(|need| host(env.get(&need.name)?));
    let written = || command.split_whitespace().find_map(|word| host(word.trim_matches(['"', '\''])));
    option(command, "--base-url").and_then(value).and_then(|url| host(&url)).or_else(declared).or_else(written)
}

/// The declared files; a single one goes by the name that the command really gives it.
fn outputs(proof: &Proof, command: &str) -> Vec<String> {
    match (option(command, "--output").filter(|path| !path.contains('$')), proof.outputs.as_slice()) {
        (Some(named), [_]) => vec![named.to_owned()],
        (_, declared) => declared.to_vec(),
    }
}

fn last_duration(snapshot: &Snapshot, proof: &ProofId) -> Option<SignedDuration> {
    snapshot.ledger.entries.iter().rev().find_map(|entry| match &entry.body {
        Body::RunFinished(run) if run.proof == *proof && matches!(run.outcome, Outcome::Passed | Outcome::Failed) => {
            Some(run.run.ended.duration_since(run.run.started))
        }
        _ => None,
    })
}
