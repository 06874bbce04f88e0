//! Which lines of the ledger leave as they are, and which only by their hash.

use super::private::Private;
use crate::domain::ids::Digest;
use crate::domain::ledger::{Attached, Body, Entry, Inputs, RoomChanged, Run};
use crate::domain::plan::{Class, Plan};
use core::net::IpAddr;
use std::collections::BTreeMap;

/// What becomes of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Who may see the line: that of the record, or higher for what else the line says.
    pub class: Class,
    /// What made it so, in words that quote nothing.
    pub why: &'static str,
    /// It leaves as it is.
    pub included: bool,
}

/// The fate of every entry, in their order. `lines` are the entries as they lie on disk; `ceiling` is the highest class
/// that the reader may hear of.
pub fn cut<'l>(
    plan: &Plan,
    entries: &[Entry],
    lines: impl Iterator<Item = &'l str>,
    private: &Private,
    ceiling: Class,
) -> Vec<Fate> {
    let judge = |(entry, line): (&Entry, &str)| {
        let (mut class, mut why) = class_of(plan, &entry.body);
        if class <= ceiling && private.is_in(line.as_bytes()) {
            (class, why) = (Class::Locked, "it quotes a contact, a path or something else that is not for this reader");
        }
        Fate { class, why, included: class <= ceiling }
    };
    entries.iter().zip(lines).map(judge).collect()
}

/// The class of captured bytes: the highest of all records that point at them.
#[must_use]
pub fn bytes_class(entries: &[Entry]) -> BTreeMap<Digest, Class> {
    let mut out = BTreeMap::new();
    for entry in entries {
        let Body::Attached(attached) = &entry.body else { continue };
        for digest in attached.digests() {
            let class = out.entry(digest).or_insert(attached.class);
            *class = attached.class.max(*class);
        }
    }
    out
}

const OWN: &str = "of its class";
const NOTE: &str = "it holds a note of the vendor";

fn class_of(plan: &Plan, body: &Body) -> (Class, &'static str) {
    match body {
        Body::Attached(attached) => attached_class(plan, attached),
        Body::RunFinished(run) => {
            let own = plan.proof(run.proof.as_str()).map_or(Class::Locked, |proof| proof.class);
            raised(own, &[of_run(plan, &run.run), of_inputs(&run.inputs)])
        }
        Body::Decided(decision) if decision.note.is_some() => (Class::Locked, NOTE),
        Body::Decided(_) | Body::ExclusionSigned(_) => (Class::Tenant, "what was agreed with this customer, in full"),
        Body::Withdrawn(_) | Body::ExclusionRevoked(_) => (Class::Tenant, "it says why, in the words of whoever took it back"),
        Body::RoomChanged(changed) | Body::EditedOutside(changed) => of_change(changed),
        Body::AskSent(_) | Body::AskAnswered(_) => (Class::Tenant, "it names who was asked for what"),
        Body::Unknown(_) => (Class::Locked, "of a kind that this version does not know"),
    }
}

fn attached_class(plan: &Plan, attached: &Attached) -> (Class, &'static str) {
    let note = attached.note.is_some().then_some((Class::Locked, NOTE));
    let holder = attached.holder.is_some().then_some((Class::Locked, "it names the machine that holds the bytes"));
    let run = attached.run.as_ref().and_then(|run| of_run(plan, run));
    let files = attached.file.iter().chain(attached.outputs.iter().map(|output| &output.name));
    let inside = attached.hosts.iter().find(|host| is_inside(host));
    let inside = inside.map(|_| (Class::Tenant, "it names a host inside somebody's network"));
    let path = files.filter(|name| is_private_path(name)).map(|_| (Class::Tenant, "it names a path")).next();
    raised(attached.class, &[note, holder, run, path, inside, of_inputs(&attached.inputs)])
}

/// The highest of a class and what raises it.
fn raised(own: Class, by: &[Option<(Class, &'static str)>]) -> (Class, &'static str) {
    by.iter().flatten().fold(
        (own, OWN),
        |(class, why), (other, because)| {
            if *other > class { (*other, because) } else { (class, why) }
        },
    )
}

/// A command of the plan is known to everybody who has the plan. Any other is a machine's own: what it runs, where, with
/// which arguments. A host may be one that nobody outside can ask.
fn of_run(plan: &Plan, run: &Run) -> Option<(Class, &'static str)> {
    if !plan.proofs.iter().any(|proof| proof.command == run.command) {
        return Some((Class::Locked, "it names a command of a machine"));
    }
    run.host.as_ref().filter(|host| is_inside(host)).map(|_| (Class::Tenant, "it names a host inside somebody's network"))
}

fn is_inside(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    let is_private = match name.parse() {
        Ok(IpAddr::V4(address)) => address.is_private() || address.is_loopback() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
        Err(_) => name == "localhost" || !name.contains('.'),
    };
    is_private || [".internal", ".local", ".localhost", ".lan", ".corp", ".intranet"].iter().any(|end| name.ends_with(end))
}

/// A path that tells how a machine is laid out: absolute, and not where every machine keeps the same.
fn is_private_path(word: &str) -> bool {
    // What stands behind `https:` is no path.
    let rooted = word.starts_with('/') && !word.starts_with("//") || word.starts_with("~/") || word.starts_with("\\\\");
    rooted
        && word.len() > 1
        && !["/tmp/", "/dev/", "/bin/", "/usr/bin/", "/usr/bin/env"].iter().any(|known| word.starts_with(known))
}

/// Scope values and what a person said of a change are the tenant's.
fn of_inputs(inputs: &Inputs) -> Option<(Class, &'static str)> {
    let quotes = |(key, value): (&String, &String)| {
        let scope = key.starts_with("scope:") && value != "blank" && !value.starts_with("sha256 ");
        scope || key.starts_with("dependency:") && value.splitn(3, ", ").count() == 3
    };
    inputs.0.iter().any(quotes).then_some((Class::Tenant, "it rests on values of the customer's scope"))
}

fn of_change(changed: &RoomChanged) -> (Class, &'static str) {
    let inner = |path: &str| [".contact", ".basis"].iter().any(|end| path.ends_with(end)) || path.starts_with("commands.");
    if changed.changes.iter().any(|change| inner(&change.path)) {
        (Class::Locked, "it holds contacts, notes or commands of a machine")
    } else {
        (Class::Tenant, "it holds what was filled in for this customer")
    }
}
