//! The values a run is given: a typed field, a locked env file, the environment or the plan's default, in this order. They
//! reach the command through its environment only; whatever could be secret among them is handed to the redactor.

use super::Wanted;
use super::command::{Parted, host, quote};
use super::placeholder::is_placeholder;
use super::sheet::{EnvLine, Given};
use crate::domain::canary;
use crate::domain::plan::{Confirmation, Proof};
use crate::domain::redact::Secret;
use std::collections::BTreeMap;

/// Names of our own environment that every command gets. All others need to be declared or passed on by name.
pub(super) const BASICS: [&str; 12] =
    ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "XDG_CACHE_HOME", "NVM_DIR", "VOLTA_HOME"];
/// Never handed on, whoever asks.
const OURS: [&str; 2] = ["LAUNCHROOM_TOKEN", canary::NAME];

/// The environment of a run, what is shown of it, and what is secret in it.
pub(super) struct Values {
    pub env: BTreeMap<String, String>,
    pub lines: Vec<EnvLine>,
    pub secrets: Vec<Secret>,
    /// Names that were given a placeholder, and where it stands.
    stand_ins: Vec<(String, Given)>,
    /// The assignments before the command, with secrets as placeholders.
    pub shown: String,
}

impl Values {
    pub fn new(proof: &Proof, parted: &Parted, wanted: &Wanted, file: &[(String, String)], from_room: bool) -> Self {
        let mut all =
            Self { env: BTreeMap::new(), lines: Vec::new(), secrets: Vec::new(), stand_ins: Vec::new(), shown: String::new() };
        all.ours(wanted);
        all.of_file(proof, file);
        all.passed_on(&wanted.pass_env);
        for need in &proof.env {
            let written = parted.before.iter().find(|(name, _)| *name == need.name).map(|(_, value)| value.as_str());
            let default = written.filter(|value| !is_placeholder(value)).or(need.default.as_deref()).filter(|_| !need.secret);
            // A room may run something that does without.
            let needed = need.secret && (!from_room || written.is_some() || parted.command.contains(&need.name));
            all.declared(wanted, file, &need.name, need.secret, default, needed);
        }
        for (name, value) in &parted.before {
            all.written(proof, wanted, file, name, value);
        }
        all
    }

    /// The basics of our own environment, and what was asked for by name.
    fn ours(&mut self, wanted: &Wanted) {
        for (name, value) in &wanted.environment {
            let asked = wanted.pass_env.iter().any(|asked| asked == name);
            if (BASICS.contains(&name.as_str()) || name.starts_with("LC_") || asked) && !is_ours(name) {
                self.env.insert(name.clone(), value.clone());
            }
            if asked || is_ours(name) {
                self.secrets.extend(telling(name).then(|| Secret::new(value, name)));
            }
        }
        // No terminal is there, and nothing should ask for one.
        self.env.insert("TERM".into(), "dumb".into());
    }

    fn of_file(&mut self, proof: &Proof, file: &[(String, String)]) {
        for (name, value) in file.iter().filter(|(name, _)| !is_ours(name)) {
            self.env.insert(name.clone(), value.clone());
        }
        self.hide(proof, file.to_vec());
        for (name, _) in file.iter().filter(|(_, value)| is_placeholder(value.trim())) {
            self.stand_in(name, Given::EnvFile);
        }
    }

    fn passed_on(&mut self, names: &[String]) {
        for name in names {
            let from = if self.env.contains_key(name) { Given::Environment } else { Given::Missing };
            if self.env.get(name).is_some_and(|value| is_placeholder(value.trim())) {
                self.stand_in(name, from);
            }
            self.lines.push(EnvLine { name: name.clone(), secret: telling(name), from, needed: false });
        }
    }

    /// A value that the command itself says before it begins, and how that is shown.
    fn written(&mut self, proof: &Proof, wanted: &Wanted, file: &[(String, String)], name: &str, value: &str) {
        if proof.env.iter().all(|need| need.name != name) && !is_ours(name) {
            if is_placeholder(value) {
                self.declared(wanted, file, name, true, None, true);
            } else {
                self.env.insert(name.to_owned(), value.to_owned());
            }
        }
        let secret = self.lines.iter().any(|line| line.name == name && line.secret);
        let value = self.env.get(name).filter(|_| !secret).map_or(value.to_owned(), |value| quote(value));
        let value = if secret && !is_placeholder(&value) { format!("<{}>", name.to_ascii_lowercase()) } else { value };
        self.shown.extend([name, "=", &value, " "]);
    }

    /// Takes the phrase of a confirmation in. It is said once, by a person: neither a file, nor the environment, nor what
    /// the command prints may keep it. Says why the run may not start, when it was not said.
    pub fn confirm(&mut self, confirm: &Confirmation, said: Option<&str>) -> Option<String> {
        self.env.remove(&confirm.env);
        self.secrets.push(Secret::new(&confirm.phrase, &confirm.env));
        match said.map(str::trim) {
            Some(said) if said == confirm.phrase => {
                self.env.insert(confirm.env.clone(), confirm.phrase.clone());
                None
            }
            Some(_) => Some(format!("the phrase is not `{}`", confirm.phrase)),
            None => Some(format!("it wants the phrase `{}` typed", confirm.phrase)),
        }
    }

    /// What still wants a value of its own, one sentence each.
    pub fn open(&self) -> Vec<String> {
        let stands_in = |name: &str| self.stand_ins.iter().any(|(known, _)| known == name);
        let missing = self.lines.iter().filter(|line| line.needed && line.from == Given::Missing && !stands_in(&line.name));
        let stand_ins = self.stand_ins.iter();
        let stand_ins =
            stand_ins.map(|(name, from)| format!("{name} is a placeholder ({}): it wants the value itself", from.as_str()));
        stand_ins.chain(missing.map(|line| format!("{} has no value", line.name))).collect()
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
    pub fn hide(&mut self, proof: &Proof, values: Vec<(String, String)>) {
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
