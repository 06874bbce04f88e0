//! What a run has to be to speak for the plan's command at all: as strict, and against the same host.
//!
//! A room may run a command of its own; that one is not compared. But whoever runs the plan's own program has to run it
//! with the plan's options, and where it was meant to run.

use super::case::Case;
use super::finding::listed;
use crate::domain::command::{self, Flag, Simple};
use crate::domain::ledger::Run;
use crate::domain::plan::Proof;
use crate::domain::room::Room;
use std::collections::BTreeSet;

/// Options that say where a result goes or how it looks, not what is tested.
const HARMLESS: [&str; 13] = [
    "--output",
    "--out",
    "-o",
    "--silent",
    "--quiet",
    "-q",
    "-s",
    "--verbose",
    "-v",
    "--json",
    "--color",
    "--no-color",
    "--no-progress",
];
/// Beginnings of options that leave something out or look away.
const NEGATING: [&str; 15] = [
    "--no-",
    "--skip",
    "--without",
    "--exclude",
    "--ignore",
    "--disable",
    "--omit",
    "--only",
    "--allow-fail",
    "--continue-on",
    "--keep-going",
    "--dry-run",
    "--advisory",
    "--if-present",
    "--pass-with",
];

/// Why a run does not speak for the plan's command, when it does not. `named` are the hosts its bundle names.
pub fn refused(case: &Case<'_>, proof: &Proof, run: &Run, named: &[String]) -> Option<String> {
    let lines = Lines::of(case.room, proof, &run.command);
    wrong_host(case.room, &lines, proof, run.host.as_deref())
        .or_else(|| names_another(case.room, named))
        .or_else(|| weaker(&lines))
}

/// Why a run of this command, aimed at `host`, will not count once it has ended: it is made against somebody else's.
#[must_use]
pub fn aimed_elsewhere(room: &Room, proof: &Proof, command: &str, host: Option<&str>) -> Option<String> {
    wrong_host(room, &Lines::of(room, proof, command), proof, host)
}

/// The commands there are for a proof, taken apart.
struct Lines {
    /// What was run.
    ran: Vec<Simple>,
    /// What the plan would run.
    plan: Vec<Simple>,
    /// What the room runs instead; often nothing.
    own: Vec<Simple>,
}

impl Lines {
    fn of(room: &Room, proof: &Proof, ran: &str) -> Self {
        Self {
            ran: command::commands(ran),
            plan: command::commands(&proof.command),
            own: room.commands.get(&proof.id).map(|line| command::commands(line)).unwrap_or_default(),
        }
    }
}

/// What makes a run of the plan's own program weaker than the plan's command.
fn weaker(lines: &Lines) -> Option<String> {
    let (wanted, simple) = pair(&lines.plan, &lines.ran)?;
    // A runner hands on only what stands behind `--`.
    let parted = wanted.is_parted() && simple.starts_like(wanted);
    let (needed, had, all) = (wanted.flags(wanted.is_parted()), simple.flags(parted), simple.flags(false));
    let mut lacks: Vec<String> =
        needed.iter().filter(|flag| !is_harmless(flag) && !had.iter().any(|other| has(other, flag))).map(shown).collect();
    lacks.dedup();
    if !lacks.is_empty() {
        return Some(format!("a weaker run: without {}, which the plan's command has", listed(&lacks, 3)));
    }
    let mut added: Vec<String> =
        all.iter().filter(|flag| negates(flag) && !wanted.flags(false).contains(flag)).map(|flag| flag.name.clone()).collect();
    added.dedup();
    if !added.is_empty() {
        return Some(format!("a weaker run: with {}, which the plan's command has not", listed(&added, 3)));
    }
    let hides = simple.then.as_deref().filter(|joint| !matches!(*joint, "&&" | ")") && wanted.then.is_none());
    hides.map(|joint| format!("a weaker run: what follows `{joint}` hides how the command ended"))
}

/// The plan's command and the run's, when the run has the same program.
fn pair<'a>(plan: &'a [Simple], ran: &'a [Simple]) -> Option<(&'a Simple, &'a Simple)> {
    plan.iter().find_map(|wanted| ran.iter().find(|simple| simple.runs(wanted)).map(|simple| (wanted, simple)))
}

fn is_harmless(flag: &Flag) -> bool {
    HARMLESS.contains(&flag.name.as_str())
}

/// Whether an option is there, and means the same. A path, an address and a variable may be another one.
fn has(flag: &Flag, wanted: &Flag) -> bool {
    let given = flag.value.as_ref().or(flag.next.as_ref());
    let off = given.is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "false" | "no" | "off" | "0" | "none"));
    let free = |value: &String| value.contains(['/', '$', '.', '<']) || value.is_empty();
    let same = match (wanted.value.as_ref().or(wanted.next.as_ref()), given) {
        (Some(wanted), Some(given)) => wanted == given || free(wanted),
        (Some(wanted), None) => free(wanted),
        (None, _) => !off,
    };
    flag.name == wanted.name && same
}

fn shown(flag: &Flag) -> String {
    flag.name.clone()
}

fn negates(flag: &Flag) -> bool {
    !is_harmless(flag) && NEGATING.iter().any(|beginning| flag.name.starts_with(beginning))
}

/// Another host than the one the plan or the room names for this program.
fn wrong_host(room: &Room, lines: &Lines, proof: &Proof, host: Option<&str>) -> Option<String> {
    let Lines { ran, plan, own } = lines;
    let host = host.map(str::to_owned).or_else(|| aimed(proof, ran)).or_else(|| ran.iter().find_map(Simple::host))?;
    if !room.tenant.hosts.is_empty() {
        return foreign(room, &host);
    }
    let of_plan = pair(plan, ran).map(|(wanted, _)| wanted.host().or_else(|| default_host(proof)));
    let of_room = pair(own, ran).map(|(wanted, _)| wanted.host());
    let meant: BTreeSet<String> = if of_plan.is_some() {
        own.iter().find_map(Simple::host).into_iter().chain(of_plan.flatten()).collect()
    } else {
        of_room.flatten().into_iter().collect()
    };
    if meant.is_empty() || meant.iter().any(|meant| meant.eq_ignore_ascii_case(&host)) {
        return None;
    }
    let meant: Vec<String> = meant.into_iter().collect();
    Some(format!("made against {host}, not {}", meant.join(" or ")))
}

/// The host that a command line sets by itself, see [`aimed`].
#[must_use]
pub fn aimed_at(proof: &Proof, command: &str) -> Option<String> {
    aimed(proof, &command::commands(command))
}

/// The host that a line sets for a name that the proof reads: that is where it goes, whatever it was given from outside.
fn aimed(proof: &Proof, ran: &[Simple]) -> Option<String> {
    let read = |name: &str| proof.env.iter().any(|need| !need.secret && need.name == name);
    let set = ran.iter().flat_map(Simple::sets).filter(|(name, _)| read(name));
    set.filter_map(|(_, value)| command::host(&value)).last()
}

/// A host that is none of this tenant's, where the room says which those are.
fn foreign(room: &Room, host: &str) -> Option<String> {
    let ours = &room.tenant.hosts;
    let known = ours.iter().any(|known| known.eq_ignore_ascii_case(host));
    (!known).then(|| format!("made against {host}, none of this tenant's hosts: {}", listed(ours, 2)))
}

/// Its own bundle says that it was made against a host that is none of this tenant's, whatever its command says.
fn names_another(room: &Room, named: &[String]) -> Option<String> {
    if room.tenant.hosts.is_empty() {
        return None;
    }
    named.iter().find_map(|host| foreign(room, host)).map(|why| format!("its own result says it was {why}"))
}

/// The host that a run is aimed at when the operator sets nothing.
fn default_host(proof: &Proof) -> Option<String> {
    proof.env.iter().filter(|need| !need.secret).find_map(|need| command::host(need.default.as_deref()?))
}
