//! Running a proof: what will run and with what (the run sheet), then the run itself.
//!
//! Values come from a typed field, a locked env file, the environment or the plan's default, in this order, and reach the
//! command through its environment only. Whatever could be secret among them is handed to the redactor with the run. Each
//! run that ends leaves a `run.finished` line before anybody hears of it, so that no failed run can be forgotten.

pub mod again;
pub mod batch;
pub mod command;
pub mod placeholder;

use super::{
    edit,
    error::{Error, Kind},
    ports::{Clock, RoomStore, RunEvent, RunHandle, RunOrder, Runner, Snapshot, TrustStore},
    preflight,
};
use crate::domain::{
    canary,
    change::Change,
    gate,
    ids::{ProofId, RunId},
    ledger::{Body, CheckStatus, Outcome, RunFinished},
    plan::{Class, Confirmation, Proof},
    redact::Secret,
};
use crate::format::{plan_toml, redact_toml};
use command::{Parted, host, option, part, quote};
use jiff::SignedDuration;
use placeholder::{is_placeholder, placeholder};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

/// Names of our own environment that every command gets. All others need to be declared or passed on by name.
const BASICS: [&str; 12] =
    ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "XDG_CACHE_HOME", "NVM_DIR", "VOLTA_HOME"];
/// Never handed on, whoever asks.
const OURS: [&str; 2] = ["LAUNCHROOM_TOKEN", canary::NAME];

/// Which proof, and with what.
#[derive(Clone, Default)]
pub struct Wanted {
    pub proof: Option<ProofId>,
    /// Our own environment.
    pub environment: BTreeMap<String, String>,
    /// Values a person typed for this run.
    pub typed: Vec<(String, String)>,
    /// A locked env file.
    pub env_file: Option<PathBuf>,
    /// Names handed on besides the declared ones.
    pub pass_env: Vec<String>,
    /// Words added to the command.
    pub extra: Vec<String>,
    /// What a person typed where a phrase is asked for.
    pub confirmation: Option<String>,
    /// Instead of the plan's.
    pub timeout: Option<Duration>,
    /// A person agrees to run a command of the room file, or of a plan file, in this form.
    pub agree: bool,
    /// The source of the sheet that a person looked at: another command is not run in its place.
    pub source: Option<String>,
}

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

/// What a run needs of the world outside.
#[derive(Clone)]
pub struct Means {
    pub store: Arc<dyn RoomStore>,
    pub clock: Arc<dyn Clock>,
    pub runner: Arc<dyn Runner>,
    pub trust: Arc<dyn TrustStore>,
    /// Who runs it.
    pub by: String,
}

/// Whether somebody has to put a value into a command before it can run as it is written.
#[must_use]
pub fn has_placeholder(command: &str) -> bool {
    let parted = part(command);
    placeholder(&parted.command).is_some() || parted.before.iter().any(|(_, value)| is_placeholder(value))
}

/// What would run, and whether it may.
///
/// # Errors
/// `Usage` for a proof the plan does not have; `Refused` for an env file that is not locked; what loading the room says.
pub fn sheet(means: &Means, wanted: &Wanted) -> Result<RunSheet, Error> {
    let snapshot = means.store.load()?;
    Ok(prepare(means, &snapshot, wanted)?.sheet)
}

/// Starts a run. `events` hears of it from another thread; before `Ended` is told, the run is in the ledger.
///
/// # Errors
/// `Refused` with the reasons of the sheet; `Storage` when the run could not be captured.
pub fn start(
    means: &Means,
    wanted: &Wanted,
    id: RunId,
    events: Box<dyn Fn(RunEvent) + Send + Sync>,
) -> Result<Box<dyn RunHandle>, Error> {
    let snapshot = means.store.load()?;
    let Prepared { sheet, mut env, command, mut secrets, bundle } = prepare(means, &snapshot, wanted)?;
    if let Some(first) = sheet.refused.first() {
        let mut error = Error::new(Kind::Refused, format!("{} was not run", sheet.proof), sheet.refused.join("\n"));
        if sheet.trusted && sheet.question.is_some() {
            error = error.hint(format!("Read the command, then agree for this tenant: --confirm {}", snapshot.room.tenant.id));
        } else if !sheet.trusted {
            error = error.hint("Read the command, then run it with --trust");
        } else if first.contains("phrase") {
            error = error.hint("Type the phrase, or give it with --confirm");
        } else if sheet.missing().next().is_some() {
            error = error.hint("Set it in the environment, or name a locked file with --env-file");
        }
        return Err(error);
    }
    // A store that cannot be written says so here, before anything runs or is remembered.
    let spool = means.store.spool_dir()?;
    if let Some(text) = &sheet.asked {
        means.trust.trust(&means.store.identity(), &sheet.proof, text)?;
    }
    // As it is now: what changes while the command runs, it may not have seen.
    let proof = snapshot.plan.proof(sheet.proof.as_str());
    let inputs = proof.map(|proof| gate::inputs_of(&snapshot.plan, &snapshot.room, &snapshot.ledger, proof)).unwrap_or_default();
    // Nobody needs it: where it turns up, something handed on what it was given.
    let canary = canary::of(&id);
    env.insert(canary::NAME.into(), canary.expose().to_owned());
    secrets.push(canary);
    let order = RunOrder {
        id,
        proof: sheet.proof.clone(),
        command,
        shown: sheet.command,
        class: sheet.class,
        workdir: means.store.workdir(),
        env: env.into_iter().collect(),
        secrets,
        redact: snapshot.room.redact.clone(),
        host: sheet.host,
        timeout: sheet.timeout,
        outputs: sheet.outputs,
        bundle,
        inputs,
        spool,
    };
    let (runner, means) = (Arc::clone(&means.runner), means.clone());
    runner.start(
        order,
        Box::new(move |event| {
            events(match event {
                RunEvent::Ended(Ok(mut captured)) => {
                    if captured.redactions.contains_key(canary::RULE) {
                        captured
                            .notes
                            .push("it printed the leak canary: it prints what it is given, so look at what else".into());
                    }
                    match record(&means, &captured) {
                        Ok(snapshot) => captured.notes.extend(snapshot.notices),
                        Err(error) => captured.notes.push(format!("the end of this run is not in the ledger: {error}")),
                    }
                    RunEvent::Ended(Ok(captured))
                }
                RunEvent::Ended(Err(why)) => {
                    // What could not be kept whole is in the spool as interrupted; that it ended must not be forgotten.
                    let told = record_interrupted(&means).map(drop);
                    RunEvent::Ended(Err(match told {
                        Ok(()) => why,
                        Err(error) => format!("{why}; the end of this run is not in the ledger: {error}"),
                    }))
                }
                other => other,
            });
        }),
    )
}

/// Puts runs into the ledger whose cockpit went away before they ended. Returns how many that were, and what the store
/// did by itself meanwhile.
///
/// # Errors
/// As the store says.
pub fn record_interrupted(means: &Means) -> Result<(usize, Vec<String>), Error> {
    let known: BTreeSet<RunId> = means
        .store
        .load()?
        .ledger
        .entries
        .iter()
        .filter_map(|entry| match &entry.body {
            Body::RunFinished(run) => Some(run.run.id.clone()),
            _ => None,
        })
        .collect();
    let left: Vec<_> = means.store.spooled()?.into_iter().filter(|captured| !known.contains(&captured.run.id)).collect();
    let mut notices = Vec::new();
    for captured in &left {
        notices.extend(record(means, captured)?.notices);
    }
    Ok((left.len(), notices))
}

fn record(means: &Means, captured: &super::ports::Captured) -> Result<Snapshot, Error> {
    let failing = captured.checks.iter().flatten().filter(|check| check.status == CheckStatus::Failed);
    let finished = RunFinished {
        proof: captured.proof.clone(),
        outcome: captured.outcome,
        run: captured.run.clone(),
        digest: Some(captured.digest),
        inputs: captured.inputs.clone(),
        failing: failing.map(|check| check.id.clone()).collect(),
    };
    edit::edit(&*means.store, &means.by, means.clock.now(), &Change::FinishRun(Box::new(finished)))
}

/// A sheet, and what a start needs besides. Holds values: no `Debug`.
struct Prepared {
    sheet: RunSheet,
    env: BTreeMap<String, String>,
    command: String,
    secrets: Vec<Secret>,
    bundle: bool,
}

fn prepare(means: &Means, snapshot: &Snapshot, wanted: &Wanted) -> Result<Prepared, Error> {
    let id = wanted.proof.as_ref().map_or("", |id| id.as_str());
    let proof = snapshot.plan.proof(id).ok_or_else(|| {
        let known: Vec<&str> = snapshot.plan.proofs.iter().map(|proof| proof.id.as_str()).collect();
        Error::new(Kind::Usage, format!("there is no proof `{id}`"), format!("the plan has {}", known.join(", ")))
    })?;
    let file = match &wanted.env_file {
        Some(path) => means.runner.env_file(path)?.ok_or_else(|| {
            Error::new(Kind::Input, format!("the env file {} is not used", path.display()), "there is no such file")
        })?,
        None => Vec::new(),
    };
    let from_room = snapshot.room.commands.get(proof.id.as_str()).cloned();
    let text = from_room.as_deref().unwrap_or(&proof.command);
    let brought = brought(snapshot, proof);
    // Everything that did not come with the program is asked about.
    let asked = match &brought {
        Some(values) => Some(format!("{values}{text}")),
        None => from_room.clone(),
    };
    let trusted = asked.as_ref().is_none_or(|text| means.trust.is_trusted(&means.store.identity(), &proof.id, text));
    let mut parted = part(text);
    let confirm = confirmation(proof, &mut parted);
    let mut values = Values::new(proof, &parted, wanted, &file, from_room.is_some());
    let mut command = parted.command.clone();
    wanted.extra.iter().for_each(|word| command = format!("{command} {}", quote(word)));

    // A file that the command itself names holds values too: they are looked for, and handed to nobody.
    let named = option(&command, "--env-file").filter(|path| !path.contains('$')).map(|path| means.store.workdir().join(path));
    let mut refused = Vec::new();
    let mut whose = |values: &[(String, String)]| {
        let name = preflight::of_another_tenant(&snapshot.room, values);
        refused.extend(name.map(|name| format!("the env file is another tenant's: {name} is not {}", snapshot.room.tenant.id)));
    };
    whose(&file);
    if let Some(path) = &named {
        match means.runner.env_file(path) {
            Ok(Some(more)) => {
                whose(&more);
                values.hide(proof, more);
            }
            Ok(None) if proof.mutating => {
                refused.push(format!("the env file that the command names, {}, is not there", path.display()));
            }
            Ok(None) => {}
            Err(error) => refused.push(error.to_string()),
        }
    }
    let source = format!("{}{text}", brought.as_deref().unwrap_or_default());
    if wanted.source.as_ref().is_some_and(|looked_at| *looked_at != source) {
        refused.push("the command was changed while its sheet was open: open it again and read it".into());
    }
    if !trusted && !wanted.agree {
        let whose = if from_room.is_some() { "the room file" } else { "a plan file" };
        let values = brought
            .as_deref()
            .map(|values| redact_toml::mask_in(values.trim_end(), &snapshot.room.redact))
            .filter(|values| !values.is_empty());
        let values = values.map(|values| format!(", with {values},")).unwrap_or_default();
        refused.push(format!("the command comes from {whose}{values} and was not run here before in this form"));
    }
    for (name, from) in &values.stand_ins {
        refused.push(format!("{name} is a placeholder ({}): it wants the value itself", from.as_str()));
    }
    let stands_in = |name: &String| values.stand_ins.iter().any(|(known, _)| known == name);
    for line in values.lines.iter().filter(|line| line.needed && line.from == Given::Missing && !stands_in(&line.name)) {
        refused.push(format!("{} has no value", line.name));
    }
    if let Some(found) = placeholder(&command) {
        refused.push(format!("{found} is a placeholder: give the value through the environment, never in the command"));
    }
    if let Some(confirm) = &confirm {
        let phrase = wanted.confirmation.as_deref().map(str::trim);
        // It is said once, by a person: neither a file, nor the environment, nor what the command prints may keep it.
        values.env.remove(&confirm.env);
        values.secrets.push(Secret::new(&confirm.phrase, &confirm.env));
        if phrase == Some(confirm.phrase.as_str()) {
            values.env.insert(confirm.env.clone(), confirm.phrase.clone());
        } else if phrase.is_some() {
            refused.push(format!("the phrase is not `{}`", confirm.phrase));
        } else {
            refused.push(format!("it wants the phrase `{}` typed", confirm.phrase));
        }
    }
    let tenant = &snapshot.room.tenant;
    let host = target(proof, &command, &values.env);
    if let Some(host) = host.as_ref().filter(|host| !tenant.hosts.is_empty() && !tenant.hosts.contains(host)) {
        refused.push(format!("it is aimed at {host}, none of this tenant's hosts: {}", tenant.hosts.join(", ")));
    }
    let elsewhere = gate::aimed_elsewhere(&snapshot.room, proof, &command, host.as_deref());
    let said = wanted.confirmation.as_deref().map(str::trim);
    let names =
        |said: &str| said == tenant.id.as_str() || said == tenant.name || confirm.as_ref().is_some_and(|c| c.phrase == said);
    // Whoever names another tenant means another tenant, whatever else they agreed to.
    let agreed = said.map_or(wanted.agree, names);
    let too_early = too_early(snapshot, proof);
    let question = (proof.mutating && !agreed).then(|| {
        let place = host.as_ref().map(|host| format!(", at {host}")).unwrap_or_default();
        format!("{} changes something outside this machine, for {} ({}){place}", proof.id, tenant.name, tenant.id)
    });
    if let Some(question) = &question {
        refused.extend(too_early.clone());
        refused.push(question.clone());
    }
    let locked = proof.class == Class::Locked || wanted.env_file.is_some() || named.is_some();
    let sheet = RunSheet {
        proof: proof.id.clone(),
        title: proof.title.clone(),
        command: redact_toml::mask_in(&format!("{}{command}", values.shown), &snapshot.room.redact),
        source,
        asked,
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
        elsewhere: elsewhere.filter(|_| tenant.hosts.is_empty()),
        question,
    };
    Ok(Prepared { sheet, env: values.env, command, secrets: values.secrets, bundle: proof.bundle })
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

/// The environment of a run, what is shown of it, and what is secret in it.
struct Values {
    env: BTreeMap<String, String>,
    lines: Vec<EnvLine>,
    secrets: Vec<Secret>,
    /// Names that were given a placeholder, and where it stands.
    stand_ins: Vec<(String, Given)>,
    /// The assignments before the command, with secrets as placeholders.
    shown: String,
}

impl Values {
    fn new(proof: &Proof, parted: &Parted, wanted: &Wanted, file: &[(String, String)], from_room: bool) -> Self {
        let mut all =
            Self { env: BTreeMap::new(), lines: Vec::new(), secrets: Vec::new(), stand_ins: Vec::new(), shown: String::new() };
        for (name, value) in &wanted.environment {
            let asked = wanted.pass_env.iter().any(|asked| asked == name);
            if (BASICS.contains(&name.as_str()) || name.starts_with("LC_") || asked) && !is_ours(name) {
                all.env.insert(name.clone(), value.clone());
            }
            if asked || is_ours(name) {
                all.secrets.extend(telling(name).then(|| Secret::new(value, name)));
            }
        }
        // No terminal is there, and nothing should ask for one.
        all.env.insert("TERM".into(), "dumb".into());
        for (name, value) in file.iter().filter(|(name, _)| !is_ours(name)) {
            all.env.insert(name.clone(), value.clone());
        }
        all.hide(proof, file.to_vec());
        for (name, _) in file.iter().filter(|(_, value)| is_placeholder(value.trim())) {
            all.stand_in(name, Given::EnvFile);
        }
        for name in &wanted.pass_env {
            let from = if all.env.contains_key(name) { Given::Environment } else { Given::Missing };
            if all.env.get(name).is_some_and(|value| is_placeholder(value.trim())) {
                all.stand_in(name, from);
            }
            all.lines.push(EnvLine { name: name.clone(), secret: telling(name), from, needed: false });
        }
        for need in &proof.env {
            let written = parted.before.iter().find(|(name, _)| *name == need.name).map(|(_, value)| value.as_str());
            let default = written.filter(|value| !is_placeholder(value)).or(need.default.as_deref()).filter(|_| !need.secret);
            // A room may run something that does without.
            let needed = need.secret && (!from_room || written.is_some() || parted.command.contains(&need.name));
            all.declared(wanted, file, &need.name, need.secret, default, needed);
        }
        for (name, value) in &parted.before {
            if proof.env.iter().all(|need| need.name != *name) && !is_ours(name) {
                let secret = is_placeholder(value);
                if secret {
                    all.declared(wanted, file, name, true, None, true);
                } else {
                    all.env.insert(name.clone(), value.clone());
                }
            }
            let secret = all.lines.iter().any(|line| line.name == *name && line.secret);
            let value = all.env.get(name).filter(|_| !secret).map_or(value.clone(), |value| quote(value));
            let value = if secret && !is_placeholder(&value) { format!("<{}>", name.to_ascii_lowercase()) } else { value };
            all.shown.extend([name.as_str(), "=", &value, " "]);
        }
        all
    }

    /// A value the plan says the command reads.
    fn declared(
        &mut self,
        wanted: &Wanted,
        file: &[(String, String)],
        name: &str,
        secret: bool,
        default: Option<&str>,
        needed: bool,
    ) {
        if is_ours(name)
            || self.lines.iter().any(|line| line.name == name && line.from != Given::Missing && !line.needed && secret)
        {
            return;
        }
        let of = |pairs: &[(String, String)]| pairs.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let found = of(&wanted.typed)
            .map(|value| (value, Given::Typed))
            .or_else(|| of(file).map(|value| (value, Given::EnvFile)))
            .or_else(|| wanted.environment.get(name).map(|value| (value.clone(), Given::Environment)))
            .filter(|(value, _)| !value.trim().is_empty());
        let stands_in = found.as_ref().is_some_and(|(value, _)| is_placeholder(value.trim()));
        if let Some((_, from)) = found.as_ref().filter(|_| stands_in) {
            self.stand_in(name, *from);
        }
        let found = found.filter(|_| !stands_in).or_else(|| default.map(|value| (value.to_owned(), Given::Default)));
        let from = found.as_ref().map_or(Given::Missing, |(_, from)| *from);
        if let Some((value, from)) = found {
            if secret || from == Given::Typed {
                self.secrets.push(Secret::new(&value, name));
            }
            self.env.insert(name.to_owned(), value);
        }
        self.lines.retain(|line| line.name != name);
        self.lines.push(EnvLine { name: name.to_owned(), secret, from, needed });
    }

    fn stand_in(&mut self, name: &str, from: Given) {
        if self.stand_ins.iter().all(|(known, _)| known != name) {
            self.stand_ins.push((name.to_owned(), from));
        }
    }

    /// Values that are secret because of where they stand. What the plan declares as open stays open.
    fn hide(&mut self, proof: &Proof, values: Vec<(String, String)>) {
        for (name, value) in values {
            let open = proof.env.iter().any(|need| need.name == name && !need.secret);
            let address = host(&value).is_some() && !value.contains('@') && value.split('/').count() <= 4 && !value.contains('?');
            if !open && !address {
                self.secrets.push(Secret::new(value, name));
            }
        }
    }
}

fn is_ours(name: &str) -> bool {
    OURS.contains(&name)
}

/// A name that says its value is secret.
fn telling(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["SECRET", "TOKEN", "KEY", "PASS", "CREDENTIAL", "AUTH"].iter().any(|word| name.contains(word))
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
