//! Looks at everything that could be in the way, and says what to do about it.

use crate::app::discover::Where;
use crate::app::error::{Error, Kind};
use crate::app::open::Opened;
use crate::app::ports::RoomStore;
use crate::app::sync::State as Link;
use crate::app::{evidence, open};
use crate::cli::args::Reading;
use crate::cli::{Exit, context::Context, context::remedy};
use crate::domain::turns;
use crate::present::line::{Line, Tone};
use crate::present::words;
use serde_json::json;

/// One thing looked at.
struct Finding {
    what: &'static str,
    state: State,
    told: String,
    /// What to do about it.
    remedy: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fine,
    Remark,
    Trouble,
    /// Of storage or integrity: it outranks everything else that is found.
    Fault,
}

/// `unread` is why the settings could not be read.
pub fn run(cx: &mut Context<'_>, reading: Reading, unread: Option<&Error>) -> Exit {
    let config = unread.map_or_else(|| config(cx), |error| trouble("config", error));
    let mut found = vec![config, identity(cx)];
    match cx.store() {
        Ok(store) => found.extend(room(cx, &*store)),
        Err(error) => found.push(trouble("room", &error)),
    }
    found.extend(server(cx));
    found.push(terminal(cx));
    found.push(locale(cx));
    let has = |state| found.iter().any(|finding| finding.state == state);
    let exit = match (has(State::Fault), has(State::Trouble)) {
        (true, _) => Exit::Fault,
        (false, true) => Exit::No,
        (false, false) => Exit::Ok,
    };
    if reading.json {
        let findings = found.iter().map(|finding| {
            let state = match finding.state {
                State::Fine => "ok",
                State::Remark => "remark",
                State::Trouble | State::Fault => "trouble",
            };
            json!({ "what": finding.what, "state": state, "told": finding.told, "remedy": finding.remedy })
        });
        cx.out.json(&json!({ "schema": 1, "findings": findings.collect::<Vec<_>>() }));
        return exit;
    }
    let symbols = cx.symbols();
    for finding in &found {
        let (tone, mark) = match finding.state {
            State::Fine => (Tone::Good, symbols.met),
            State::Remark => (Tone::Warn, symbols.warning),
            State::Trouble | State::Fault => (Tone::Bad, symbols.unmet),
        };
        let mut told = finding.told.lines();
        cx.out.line(Line::of(tone, mark).then(format!(" {:<9} {}", finding.what, told.next().unwrap_or_default())));
        told.for_each(|line| cx.out.line(format!("            {line}")));
        if let Some(remedy) = &finding.remedy {
            cx.out.line(Line::of(Tone::Quiet, format!("            do: {remedy}")));
        }
    }
    exit
}

fn fine(what: &'static str, told: impl Into<String>) -> Finding {
    Finding { what, state: State::Fine, told: told.into(), remedy: None }
}

fn remark(what: &'static str, told: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding { what, state: State::Remark, told: told.into(), remedy: Some(remedy.into()) }
}

fn trouble(what: &'static str, error: &Error) -> Finding {
    let state = match error.kind {
        Kind::Storage | Kind::Network | Kind::Integrity => State::Fault,
        Kind::Usage | Kind::Input | Kind::Refused | Kind::Conflict | Kind::Interrupted => State::Trouble,
    };
    Finding { what, state, told: error.to_string(), remedy: error.hint.clone() }
}

fn config(cx: &Context<'_>) -> Finding {
    match &cx.settings.path {
        Some(path) if cx.wiring.rooms.is_there(path) => fine("config", path.display().to_string()),
        Some(path) => fine("config", format!("no settings file, defaults hold; it would be {}", path.display())),
        None => remark("config", "there is no place for a settings file", "set HOME or XDG_CONFIG_HOME"),
    }
}

fn identity(cx: &Context<'_>) -> Finding {
    if matches!(cx.place(None), Ok(Where::Server(_))) {
        return fine("me", "entries are made under the name of the token, whatever this machine is called");
    }
    match cx.by() {
        "unknown" => remark("me", "entries are made by \"unknown\"", "name yourself in the settings: [me] name = \"…\""),
        name => fine("me", format!("entries are made by {name} ({})", cx.settings.name.origin)),
    }
}

fn room(cx: &Context<'_>, store: &dyn RoomStore) -> Vec<Finding> {
    let snapshot = match store.load() {
        Ok(snapshot) => snapshot,
        Err(error) => return vec![trouble("room", &error)],
    };
    let opened = open::evaluate(store, snapshot, cx.now());
    let (plan, room) = (&opened.snapshot.plan, &opened.snapshot.room);
    let mut found = vec![fine("room", format!("{}: {}, plan {}", store.place(), words::room_name(room), plan.id))];
    found.push(ledger(&opened));
    found.extend(set_aside(store));
    found.push(blobs(store, &opened));
    found.extend(exclusions(&opened));
    found.extend(order(&opened));
    found.push(match &opened.snapshot.view_only {
        None => fine("writing", "the room can be changed from here"),
        Some(why) => remark("writing", format!("view only: {why}"), may_write_when(cx, &opened)),
    });
    match store.spooled() {
        Ok(runs) if runs.is_empty() => found.push(fine("runs", "no captured run waits to be attached")),
        Ok(runs) => {
            let waiting = words::count(runs.len(), "captured run waits", "captured runs wait");
            let ids: Vec<_> = runs.iter().map(|run| format!("{} ({})", run.run.id, run.proof)).collect();
            let oldest = runs.first().map(|run| format!("launchroom attach --run {}", run.run.id)).unwrap_or_default();
            found.push(remark("runs", format!("{waiting} to be attached: {}", ids.join(", ")), oldest));
        }
        Err(error) => found.push(trouble("runs", &error)),
    }
    found
}

/// What has to be mended before anything is written.
fn may_write_when(cx: &Context<'_>, opened: &Opened) -> &'static str {
    match &opened.snapshot.ledger.damage {
        _ if cx.settings.readonly.value => "leave --readonly out",
        Some(_) => "mend the ledger first, see above",
        None => "changes need a folder and files this user may write to",
    }
}

/// What was done before its turn.
fn order(opened: &Opened) -> Option<Finding> {
    let snapshot = &opened.snapshot;
    let early = turns::early(&snapshot.plan, &snapshot.room, &snapshot.ledger);
    let told: Vec<_> = early.into_iter().map(|one| one.told).collect();
    (!told.is_empty())
        .then(|| remark("order", told.join("\n"), "do what comes first, or take the tick back: launchroom tick STEP/TASK --undo"))
}

/// What about the exclusions somebody should look at.
fn exclusions(opened: &Opened) -> Option<Finding> {
    let all = &opened.readiness.exclusions;
    let said =
        all.iter().flat_map(|state| state.remarks.iter().map(move |one| format!("{} {}: {}", state.id, state.covers, one.told)));
    let said: Vec<_> = said.collect();
    if all.is_empty() {
        return None;
    }
    let count = words::count(all.len(), "exclusion", "exclusions");
    Some(if said.is_empty() {
        fine("excluded", format!("{count}, nothing to look at"))
    } else {
        remark("excluded", said.join("\n"), "launchroom exclusions; then sign anew, or exclude --revoke ID --why TEXT")
    })
}

/// How a room of a server stands to it. One that was never had is told as the room.
fn server(cx: &Context<'_>) -> Option<Finding> {
    let Ok(Where::Server(address)) = cx.place(None) else { return None };
    let link = cx.wiring.servers.synced(&address, &cx.settings).ok()?.link();
    let what = "server";
    let waits = match (link.queued, link.conflicts.len()) {
        (0, 0) => None,
        (queued, 0) => Some(format!("{} to be sent", words::count(queued, "change waits", "changes wait"))),
        (_, clashes) => Some(format!("{} settled by you", words::count(clashes, "change waits to be", "changes wait to be"))),
    };
    let remedy = format!("launchroom sync --room {address}");
    Some(match link.state {
        Link::Offline | Link::Refused | Link::Doubted => {
            let why = link.why.unwrap_or_default();
            let told =
                format!("this is a copy from before: {why}{}", waits.map(|waits| format!("; {waits}")).unwrap_or_default());
            let is_refused = link.state == Link::Refused;
            let remedy = if is_refused { format!("launchroom login --server {address}") } else { remedy };
            Finding { what, state: State::Fault, told, remedy: Some(remedy) }
        }
        Link::Live | Link::Syncing => match waits {
            Some(waits) => remark(what, format!("it answers; {waits}"), remedy),
            None if link.here.is_empty() => fine(what, "it answers; nothing waits to be sent"),
            None => fine(what, format!("it answers; nothing waits to be sent; here are {}", link.here.join(", "))),
        },
    })
}

fn ledger(opened: &Opened) -> Finding {
    let ledger = &opened.snapshot.ledger;
    let entries = words::count(ledger.entries.len(), "entry", "entries");
    match &ledger.damage {
        Some(damage) => Finding {
            what: "ledger",
            state: State::Fault,
            told: format!("damaged at line {}: {}; {entries} before it stand", damage.line, damage.what),
            remedy: Some(remedy(damage).to_owned()),
        },
        None if ledger.entries.is_empty() => fine("ledger", "none yet; the first change begins it"),
        None => fine("ledger", format!("{entries}, chain intact, head {}", ledger.head().short())),
    }
}

/// What a crash tore and a later write set aside: no fault any more, and not to be forgotten.
fn set_aside(store: &dyn RoomStore) -> Option<Finding> {
    let torn: Vec<_> =
        store.set_aside().iter().map(|(name, size)| format!("{name} ({})", words::count(*size, "byte", "bytes"))).collect();
    let told = format!("set aside as not whole, as after a crash: {}", torn.join(", "));
    (!torn.is_empty()).then(|| remark("ledger", told, "look whether anything in there is missed; then it may be deleted"))
}

fn blobs(store: &dyn RoomStore, opened: &Opened) -> Finding {
    let records = evidence::records(store, opened);
    let bad: Vec<_> = records.iter().filter(|record| record.standing == evidence::Standing::Unverified).collect();
    if bad.is_empty() {
        return fine("evidence", format!("{}, all bytes in place", words::count(records.len(), "record", "records")));
    }
    let rests = &opened.readiness.trust.unverified;
    let told = bad.iter().map(|record| match rests.iter().find(|one| one.seq == record.entry.seq) {
        Some(one) => words::wrong_bytes(one),
        None => format!("#{}: {}", record.entry.seq, record.reason),
    });
    let remedy = bad.first().map(|record| words::restore_bytes(record.entry.seq));
    Finding { what: "evidence", state: State::Fault, told: told.collect::<Vec<_>>().join("\n"), remedy }
}

fn terminal(cx: &Context<'_>) -> Finding {
    let process = &cx.wiring.process;
    let term = process.var("TERM").unwrap_or_default();
    if !process.stdout_is_terminal {
        return fine("terminal", "stdout is no terminal: no colour, no cockpit");
    }
    match term.as_str() {
        "" | "dumb" => remark("terminal", format!("TERM is \"{term}\""), "the cockpit needs a terminal that can move its cursor"),
        _ => fine("terminal", term),
    }
}

fn locale(cx: &Context<'_>) -> Finding {
    let locale = cx.wiring.process.locale();
    let symbols = cx.settings.symbols.value.as_str();
    if *cx.symbols() == crate::present::symbols::UNICODE {
        return fine("locale", format!("{locale}, symbols {symbols}: Unicode"));
    }
    let named = if locale.is_empty() { "no locale is set".to_owned() } else { locale };
    fine("locale", format!("{named}, symbols {symbols}: ASCII"))
}
