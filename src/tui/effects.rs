//! Acts. Every long work runs on a thread of its own and answers with a `Msg`; writes go through one queue, in order.

mod dossier;

use super::Cockpit;
use super::Watch;
use super::clipboard;
use super::effect::{AttachDocument, AttachRun, Effect, FeedOf, How as Repeat, RunRequest};
use super::msg::{BytesOf, Event, Msg, Sheet, Written};
use crate::app::attach::{self, Desk, How};
use crate::app::error::{Error, Kind};
use crate::app::ports::{Clock, RoomStore, RunEvent, RunHandle};
use crate::app::prove::{self, Means, Wanted, again};
use crate::app::{edit, open};
use crate::domain::apply;
use crate::domain::canary;
use crate::domain::change::Change;
use crate::domain::gate::{self, ProofState, Readiness};
use crate::domain::ids::{Digest, ProofId, RunId};
use crate::domain::ledger::{Body, Entry, ValueChange};
use crate::domain::plan::{Class, Plan};
use crate::domain::room::{Room, Value};
use crate::format::document::{self, Document};
use crate::present::words;
use jiff::SignedDuration;
use std::{
    collections::HashMap,
    path::PathBuf,
    process::Command,
    sync::mpsc::{Sender, channel},
    sync::{Arc, Mutex, PoisonError},
};

/// A file to attach may be this large.
const FILE_MAX: u64 = 64 << 20;

type Job = Box<dyn FnOnce() -> Option<Msg> + Send>;

/// Does what `update` orders.
pub struct Effects {
    cockpit: Arc<Cockpit>,
    sink: Sender<Event>,
    /// Writes wait here for the one before; made with the first write.
    queue: Option<Sender<Job>>,
    /// Runs under way. Dropping a handle stops its run.
    runs: Arc<Mutex<HashMap<RunId, Box<dyn RunHandle>>>>,
}

impl Effects {
    /// Nothing is started yet.
    #[must_use]
    pub fn new(cockpit: Cockpit, sink: Sender<Event>) -> Self {
        Self { cockpit: Arc::new(cockpit), sink, queue: None, runs: Arc::default() }
    }

    /// After the first frame: looks for captured runs, and starts watching the room. The answer keeps the watch alive.
    pub fn begin(&mut self, watch: Option<Watch>) -> Arc<Mutex<Option<Box<dyn Send>>>> {
        let watching: Arc<Mutex<Option<Box<dyn Send>>>> = Arc::default();
        if self.cockpit.store.is_none() {
            return watching;
        }
        self.with_store("spool", |cockpit, store| {
            // Runs whose cockpit went away: their end belongs in the ledger before anybody attaches them.
            if let Ok(means) = means(cockpit) {
                let _ = prove::record_interrupted(&means);
            }
            Msg::SpoolListed(store.spooled())
        });
        if let Some(watch) = watch {
            let (sink, keep) = (self.sink.clone(), Arc::clone(&watching));
            self.spawn("watch", move |_| {
                let changed = move || drop(sink.send(Event::Msg(Msg::RoomChangedOutside)));
                // Without a watch the room is still whole: Ctrl-R reads it again.
                *keep.lock().unwrap_or_else(PoisonError::into_inner) = watch(Box::new(changed)).ok();
                None
            });
        }
        watching
    }

    /// Acts on one order, without waiting for it.
    pub fn act(&mut self, effect: Effect) {
        match effect {
            Effect::Load => {
                let sink = self.sink.clone();
                self.with_store("load", move |cockpit, store| {
                    let opened = open::open(store, cockpit.clock.as_ref()).map(Box::new);
                    tell_link(cockpit, &sink);
                    Msg::RoomLoaded(opened)
                });
            }
            Effect::Sync => self.spawn("sync", |cockpit| {
                cockpit.synced.as_ref()?.wake();
                None
            }),
            Effect::Settle { number, take } => {
                self.spawn("settle", move |cockpit| {
                    let synced = cockpit.synced.as_ref()?;
                    let outcome = synced.resolve(number, take);
                    // What comes of sending it, the link says.
                    let _ = synced.exchange();
                    Some(Msg::Settled(outcome))
                });
            }
            Effect::Write { change, what, seen } => self.write(*change, what, seen.map(|seen| *seen)),
            Effect::Preview { number, change } => self.with_store("preview", move |cockpit, store| Msg::Previewed {
                number,
                outcome: preview(store, cockpit.clock.as_ref(), &change),
            }),
            Effect::PrepareRun { proof, how } => self.with_store("sheet", move |cockpit, _| {
                let outcome = sheet(cockpit, &proof, how);
                Msg::SheetReady { proof, outcome }
            }),
            Effect::PrepareBatch(proofs) => self.with_store("sheet", move |cockpit, _| {
                let outcome = proofs.iter().map(|proof| sheet(cockpit, proof, Repeat::Plain)).collect();
                Msg::BatchReady { proofs, outcome }
            }),
            Effect::StartRun { run, request, feed } => self.start_run(run, *request, feed),
            Effect::StopRun(run) => {
                if let Some(handle) = self.runs.lock().unwrap_or_else(PoisonError::into_inner).get(&run) {
                    handle.stop();
                }
            }
            Effect::AttachRun(attach) => self
                .enqueue_write(format!("{} attached", attach.captured.proof), move |cockpit, store| {
                    attach_run(cockpit, store, &attach)
                }),
            Effect::AttachDocument(attach) => self
                .enqueue_write(format!("attached for {}", attach.serves), move |cockpit, store| {
                    attach_document(cockpit, store, &attach)
                }),
            Effect::Discard(run) => {
                self.enqueue(move |_, store| Msg::SpoolListed(store.discard(&run).and_then(|()| store.spooled())));
            }
            Effect::ListSpool => self.with_store("spool", |_, store| Msg::SpoolListed(store.spooled())),
            Effect::ReadBytes(of) => self.with_store("read", move |_, store| Msg::BytesRead { outcome: read(store, &of), of }),
            Effect::CheckEvidence => self.with_store("verify", |_, store| Msg::EvidenceChecked(verify(store))),
            Effect::LookAtDossier { number, wish } => self.with_store("dossier", move |cockpit, store| Msg::DossierLookedAt {
                number,
                outcome: dossier::look(cockpit, store, &wish),
            }),
            Effect::WriteDossier(wanted) => {
                self.with_store("dossier", move |cockpit, store| Msg::DossierWritten(dossier::write(cockpit, store, &wanted)));
            }
            Effect::ReadDocument(file) => self.spawn("document", move |cockpit| {
                let outcome = read_document(cockpit, &file);
                Some(Msg::DocumentRead { file, outcome })
            }),
            Effect::ListRooms => self.spawn("rooms", |cockpit| Some(Msg::RoomsListed((cockpit.rooms)()))),
            Effect::Copy { text, .. } if canary::leaks(text.as_bytes()) => {
                let what = "nothing: the leak canary of a run stands in it".to_owned();
                drop(self.sink.send(Event::Msg(Msg::Copied { what })));
            }
            Effect::Copy { text, what } => {
                if let Some(command) = self.cockpit.copy_command.clone() {
                    let text = text.clone();
                    self.spawn("copy", move |_| {
                        clipboard::pipe_to(&command, &text);
                        None
                    });
                }
                let told = clipboard::copy(&text).map_or_else(|why| format!("nothing: {why}"), |()| what);
                drop(self.sink.send(Event::Msg(Msg::Copied { what: told })));
            }
            Effect::Reveal => drop(self.sink.send(Event::Msg(Msg::Revealed))),
            // The loop's own: they need the terminal or end it.
            Effect::OpenEditor { .. } | Effect::Suspend | Effect::WakeAt(_) | Effect::Leave(_) => {}
        }
    }

    /// Ends every run at once. What it printed so far is kept.
    pub fn kill_runs(&self) {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).values().for_each(|run| run.kill());
    }

    /// Runs the person's editor on the room file and waits for it. The terminal is the editor's meanwhile.
    ///
    /// # Errors
    /// When there is no editor, or it failed.
    #[expect(
        clippy::disallowed_methods,
        reason = "not a proof: the editor is given the terminal, with everything that goes with it"
    )]
    pub fn edit(&self, line: usize) -> Result<(), Error> {
        let place = self.cockpit.store.as_ref().map(|store| store.place()).unwrap_or_default();
        let var = |name: &str| self.cockpit.env.get(name).filter(|value| !value.trim().is_empty());
        let editor = var("VISUAL").or_else(|| var("EDITOR")).map_or("vi", String::as_str);
        let mut words = editor.split_whitespace();
        let program = words.next().unwrap_or("vi");
        let mut command = Command::new(program);
        command.args(words);
        let name = program.rsplit('/').next().unwrap_or(program);
        if matches!(name, "vi" | "vim" | "nvim" | "nano" | "emacs" | "kak" | "micro" | "joe" | "ne") {
            command.arg(format!("+{line}"));
        }
        let ended = command.arg(&place).status();
        let failed = |why: String| {
            Error::new(Kind::Usage, format!("{editor} did not edit the room"), why)
                .hint("Set VISUAL or EDITOR to an editor that works here")
        };
        match ended {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(failed(status.to_string())),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    fn write(&mut self, change: Change, what: String, seen: Option<Change>) {
        self.enqueue_write(what, move |cockpit, store| {
            let now = cockpit.clock.now();
            // What takes it back is worked out from the room it was made on.
            let before = store.load()?;
            if let Some(path) = seen.and_then(|seen| overtaken(&before.room, &seen)) {
                let why = "somebody else changed it in the meantime";
                return Err(Error::new(Kind::Conflict, format!("{path} was not written over"), why));
            }
            let undo = apply::inverse(&before.room, &change);
            let snapshot = edit::edit(store, &cockpit.by, now, &change)?;
            Ok(Written { opened: open::evaluate(store, snapshot, now), undo })
        });
    }

    fn enqueue_write(
        &mut self,
        what: String,
        work: impl FnOnce(&Cockpit, &dyn RoomStore) -> Result<Written, Error> + Send + 'static,
    ) {
        let sink = self.sink.clone();
        self.enqueue(move |cockpit, store| {
            let outcome = work(cockpit, store).map(Box::new);
            tell_link(cockpit, &sink);
            Msg::Written { what, outcome }
        });
    }

    /// Into the queue of writes.
    fn enqueue(&mut self, work: impl FnOnce(&Cockpit, &dyn RoomStore) -> Msg + Send + 'static) {
        let cockpit = Arc::clone(&self.cockpit);
        let job: Job = Box::new(move || Some(work(&cockpit, cockpit.store.as_deref()?)));
        if self.queue.is_none() {
            let (queue, jobs) = channel::<Job>();
            let sink = self.sink.clone();
            self.spawn("writes", move |_| {
                for job in jobs {
                    if let Some(msg) = job() {
                        drop(sink.send(Event::Msg(msg)));
                    }
                }
                None
            });
            self.queue = Some(queue);
        }
        if let Some(queue) = &self.queue {
            drop(queue.send(job));
        }
    }

    fn with_store(&self, name: &str, work: impl FnOnce(&Cockpit, &dyn RoomStore) -> Msg + Send + 'static) {
        self.spawn(name, move |cockpit| Some(work(cockpit, cockpit.store.as_deref()?)));
    }

    fn spawn(&self, name: &str, work: impl FnOnce(&Cockpit) -> Option<Msg> + Send + 'static) {
        let (cockpit, sink) = (Arc::clone(&self.cockpit), self.sink.clone());
        let thread = std::thread::Builder::new().name(name.to_owned());
        // No thread to be had is a machine at its end; the next key says nothing happened.
        drop(thread.spawn(move || {
            if let Some(msg) = work(&cockpit) {
                drop(sink.send(Event::Msg(msg)));
            }
        }));
    }

    fn start_run(&self, run: RunId, request: RunRequest, feed: FeedOf) {
        let (runs, sink) = (Arc::clone(&self.runs), self.sink.clone());
        self.with_store("start", move |cockpit, _| {
            let outcome = start(cockpit, &run, &request, feed, sink).map(|handle| {
                runs.lock().unwrap_or_else(PoisonError::into_inner).insert(run.clone(), handle);
            });
            Msg::RunStarted { run, outcome }
        });
    }
}

/// How the room stands to its server now, when it has one.
fn tell_link(cockpit: &Cockpit, sink: &Sender<Event>) {
    if let Some(synced) = &cockpit.synced {
        drop(sink.send(Event::Msg(Msg::Linked(Box::new(synced.link())))));
    }
}

/// The first value that is neither what it was to whoever asked for a change nor what the change makes it.
fn overtaken(room: &Room, seen: &Change) -> Option<String> {
    let Change::Restore { changes } = seen else { return None };
    let values = room.values();
    let line = |value: Option<&Value>| value.map(|value| value.to_line().trim().to_owned()).unwrap_or_default();
    let moved = |change: &&ValueChange| {
        let there = line(values.get(&change.path));
        there != line(change.was.as_ref()) && there != line(change.now.as_ref())
    };
    changes.iter().find(moved).map(|change| change.path.clone())
}

/// What a change would do to the verdict, without doing it: the room and the ledger as they would be, judged.
fn preview(store: &dyn RoomStore, clock: &dyn Clock, change: &Change) -> Result<Vec<String>, String> {
    let said = |error: Error| error.to_string();
    let (before, now) = (open::open(store, clock).map_err(said)?, clock.now());
    let snapshot = &before.snapshot;
    store.may(snapshot, change).map_err(|refused| refused.why)?;
    let applied = apply::apply(&snapshot.plan, &snapshot.room, &snapshot.ledger, change, now).map_err(|refused| refused.why)?;
    let (mut room, mut ledger) = ((*snapshot.room).clone(), snapshot.ledger.clone());
    let entries = Arc::make_mut(&mut ledger.entries);
    for body in applied.entries {
        if let Body::RoomChanged(changed) = &body {
            for change in &changed.changes {
                room.put(&change.path, change.now.as_ref());
            }
        }
        // Never written, so nothing to chain: judging goes by number.
        let seq = entries.len() as u64 + 1;
        entries.push(Entry { seq, at: now, by: String::new(), body, prev: Digest::ZERO, hash: Digest::ZERO });
    }
    let after = gate::evaluate(&snapshot.plan, &room, &ledger, now);
    Ok(difference(&snapshot.plan, &before.readiness, &after))
}

/// How one verdict differs from another, in sentences.
fn difference(plan: &Plan, before: &Readiness, after: &Readiness) -> Vec<String> {
    let mut out = Vec::new();
    let fresh = |readiness: &Readiness, id: &ProofId| {
        readiness.proofs.iter().find(|proof| proof.id == *id).and_then(|proof| proof.last.as_ref()).map(|last| last.fresh)
    };
    let turned =
        |from: bool| move |proof: &&ProofState| fresh(before, &proof.id) == Some(from) && fresh(after, &proof.id) == Some(!from);
    let staled: Vec<_> = before.proofs.iter().filter(turned(true)).collect();
    if !staled.is_empty() {
        let took: i64 = staled.iter().filter_map(|proof| proof.typical_ms).sum();
        let took = if took > 0 {
            format!(" (about {} to re-run)", words::duration(SignedDuration::from_millis(took)))
        } else {
            String::new()
        };
        let names: Vec<&str> =
            staled.iter().map(|proof| plan.proof(proof.id.as_str()).map_or(proof.id.as_str(), |spec| &spec.title)).collect();
        let (count, goes) = (names.len(), if names.len() == 1 { "proof goes" } else { "proofs go" });
        out.push(format!("{count} {goes} stale{took}: {}", names.join(", ")));
    }
    let renewed = before.proofs.iter().filter(turned(false)).count();
    if renewed > 0 {
        out.push(format!("{renewed} stale {} fresh again", if renewed == 1 { "proof is" } else { "proofs are" }));
    }
    out.extend(decided(plan, before, after));
    for gate in after.gates.iter().filter(|gate| !gate.outside) {
        let Some(was) = before.gate(gate.id.as_str()) else { continue };
        if (was.met, was.status) != (gate.met, gate.status) {
            let stage = words::stage(plan, gate.id.as_str());
            out.push(format!(
                "{stage}: {} {}/{}, was {} {}/{}",
                words::gate(gate.status),
                gate.met,
                gate.total,
                words::gate(was.status),
                was.met,
                was.total
            ));
        }
    }
    out
}

/// What becomes of the decision that stands: it asks again, and of whom, or another one takes its place.
fn decided(plan: &Plan, before: &Readiness, after: &Readiness) -> Option<String> {
    let stood = before.decision.as_ref().filter(|decision| decision.outcome.accepts() && decision.stands)?;
    let now = after.decision.as_ref()?;
    let seq = stood.seq;
    if now.seq != seq {
        let ends = if now.outcome.accepts() { "takes the place of" } else { "ends" };
        return Some(format!("it {ends} decision #{seq}, {}", words::stage(plan, stood.stage.as_str())));
    }
    let voices: Vec<&str> = now.voices.iter().map(|(party, _)| plan.party_title(party)).collect();
    let needed = if voices.is_empty() { String::new() } else { format!("; needed again: {}", voices.join(", ")) };
    (!now.stands).then(|| format!("decision #{seq} asks again: what it was judged on changes{needed}"))
}

/// What the use cases need of the world to run a proof.
fn means(cockpit: &Cockpit) -> Result<Means, Error> {
    let store = cockpit.store.clone().ok_or_else(|| Error::new(Kind::Usage, "no room is open", ""))?;
    let (clock, runner, trust) = (Arc::clone(&cockpit.clock), Arc::clone(&cockpit.runner), Arc::clone(&cockpit.trust));
    Ok(Means { store, clock, runner, trust, by: cockpit.by.clone() })
}

/// The run sheet, in words.
fn sheet(cockpit: &Cockpit, proof: &ProofId, how: Repeat) -> Result<Sheet, Error> {
    let means = means(cockpit)?;
    let wanted = Wanted { proof: Some(proof.clone()), environment: cockpit.env.clone(), ..Wanted::default() };
    let wanted = as_before(&means, wanted, how)?;
    let sheet = prove::sheet(&means, &wanted)?;
    let touches = if sheet.mutating { "CHANGES something outside this machine" } else { "read-only" };
    let mut facts =
        vec![("Command".to_owned(), sheet.command.clone()), ("Class".to_owned(), format!("{}, {touches}", sheet.class.as_str()))];
    let mut fact = |label: &str, text: String| facts.push((label.to_owned(), text));
    if let Some(host) = &sheet.host {
        fact("Host", host.clone());
    }
    if !sheet.env.is_empty() {
        let lines: Vec<String> = sheet.env.iter().map(|line| format!("{} ({})", line.name, line.from.as_str())).collect();
        fact("Given", lines.join(", "));
    }
    if let Some(expected) = sheet.expected {
        fact("Takes", format!("about {}", words::duration(expected)));
    }
    if let Some(timeout) = sheet.timeout.and_then(|timeout| SignedDuration::try_from(timeout).ok()) {
        fact("Ended", format!("after {} at the latest", words::duration(timeout)));
    }
    if !sheet.outputs.is_empty() {
        fact("Takes in", sheet.outputs.join(", "));
    }
    if let Some(why) = sheet.too_early.clone().filter(|_| sheet.mutating) {
        fact("Too early", why);
    }
    if let Some(why) = sheet.elsewhere.clone() {
        fact("Not ours", format!("it will not count: {why}"));
    }
    if !sheet.trusted {
        fact(
            "New here",
            "the room brings this command and it was not run on this machine in this form; running it says you trust it".into(),
        );
    }
    Ok(Sheet {
        title: sheet.title.clone(),
        source: sheet.source.clone(),
        how,
        facts,
        mutating: sheet.mutating,
        host: sheet.host.clone(),
        confirm: sheet.confirm.clone().map(|confirm| (confirm.env, confirm.phrase)),
        missing: sheet.missing().map(|line| (line.name.clone(), line.secret)).collect(),
        wants_env_file: sheet.missing().any(|line| line.secret),
    })
}

/// With what the last run was given, when that was asked for.
fn as_before(means: &Means, wanted: Wanted, how: Repeat) -> Result<Wanted, Error> {
    match how {
        Repeat::Plain => Ok(wanted),
        Repeat::Again => again::again(means, wanted),
    }
}

fn start(
    cockpit: &Cockpit,
    run: &RunId,
    request: &RunRequest,
    feed: FeedOf,
    sink: Sender<Event>,
) -> Result<Box<dyn RunHandle>, Error> {
    let wanted = Wanted {
        proof: Some(request.proof.clone()),
        environment: cockpit.env.clone(),
        typed: request.typed.clone(),
        env_file: request.env_file.as_deref().map(|path| typed_path(cockpit, path)),
        confirmation: request.confirmation.clone(),
        // The sheet said where the command comes from, and a person let it run.
        agree: true,
        source: Some(request.source.clone()),
        ..Wanted::default()
    };
    let id = run.clone();
    let events = move |event: RunEvent| {
        if let RunEvent::Ended(outcome) = event {
            drop(sink.send(Event::Msg(Msg::RunEnded { run: id.clone(), outcome })));
        } else if feed.0.push(&event) {
            drop(sink.send(Event::Msg(Msg::OutputArrived(id.clone()))));
        }
    };
    let means = means(cockpit)?;
    let wanted = as_before(&means, wanted, request.how)?;
    prove::start(&means, &wanted, run.clone(), Box::new(events))
}

fn attach_run(cockpit: &Cockpit, store: &dyn RoomStore, wish: &AttachRun) -> Result<Written, Error> {
    let (target, class, note) = (Some(wish.target.clone()), Some(wish.class), wish.note.clone());
    let how = How { target, serves: None, class, note, looked: wish.looked };
    let snapshot = attach::attach_run(desk(cockpit, store), &wish.captured.run.id, &how)?;
    Ok(Written { opened: open::evaluate(store, snapshot, cockpit.clock.now()), undo: None })
}

fn read_document(cockpit: &Cockpit, file: &str) -> Result<Document, Error> {
    let bytes = (cockpit.read)(&typed_path(cockpit, file), FILE_MAX)?;
    document::read(file, &bytes).map_err(|no| Error::new(Kind::Input, format!("cannot read {file}"), no.why))
}

fn attach_document(cockpit: &Cockpit, store: &dyn RoomStore, wish: &AttachDocument) -> Result<Written, Error> {
    let (target, serves) = (Some(wish.target.clone()), Some(wish.serves.clone()));
    let how = How { target, serves, class: Some(wish.class), note: wish.note.clone(), looked: wish.looked };
    let snapshot = match (&wish.file, &wish.reference) {
        (Some(file), _) => {
            let path = typed_path(cockpit, file);
            let bytes = (cockpit.read)(&path, FILE_MAX)?;
            let name = path.file_name().map_or_else(|| file.clone(), |name| name.to_string_lossy().into_owned());
            attach::attach_file(desk(cockpit, store), &name, &bytes, None, &how)?
        }
        (None, reference) => attach::attach_reference(desk(cockpit, store), reference.as_deref().unwrap_or_default(), &how)?,
    };
    Ok(Written { opened: open::evaluate(store, snapshot, cockpit.clock.now()), undo: None })
}

fn desk<'a>(cockpit: &'a Cockpit, store: &'a dyn RoomStore) -> Desk<'a> {
    Desk { store, clock: cockpit.clock.as_ref(), by: &cockpit.by }
}

fn read(store: &dyn RoomStore, of: &BytesOf) -> Result<Vec<u8>, Error> {
    match of {
        BytesOf::Spool(run) => store.spooled_bytes(run),
        BytesOf::Blob(digest) => store.blob(digest)?.ok_or_else(|| {
            Error::new(Kind::Storage, "the captured text is not on this machine", "locked records stay with whoever holds them")
        }),
    }
}

fn verify(store: &dyn RoomStore) -> Result<String, Error> {
    let snapshot = store.load()?;
    use crate::domain::ledger::BlobState;
    let holder = snapshot.ledger.holder.clone();
    let attached: Vec<_> = snapshot
        .ledger
        .entries
        .iter()
        .filter_map(|entry| match &entry.body {
            Body::Attached(attached) => Some((attached.digest?, attached.class == Class::Locked && attached.holder != holder)),
            _ => None,
        })
        .collect();
    let digests: std::collections::BTreeSet<_> = attached.iter().map(|(digest, _)| *digest).collect();
    let wanted: Vec<_> = digests.iter().copied().collect();
    store.fetch(&wanted)?;
    let found = store.check(&wanted);
    let is = |digest: &Digest, state: BlobState| found.get(digest) == Some(&state);
    // Locked records of another machine count by their receipts: that their bytes are not here is no fault.
    let elsewhere: std::collections::BTreeSet<_> = attached
        .iter()
        .filter(|(digest, foreign)| *foreign && is(digest, BlobState::Missing))
        .map(|(digest, _)| *digest)
        .collect();
    let here = digests.len() - elsewhere.len();
    let intact = digests.iter().filter(|digest| is(digest, BlobState::Intact)).count();
    if let Some(damage) = &snapshot.ledger.damage {
        return Err(Error::new(Kind::Integrity, format!("the ledger is damaged at line {}", damage.line), damage.what.clone()));
    }
    let locked = match elsewhere.len() {
        0 => String::new(),
        n => format!("; {n} locked, receipts counted"),
    };
    let files = format!("{intact} of {here} files here{locked}");
    if intact < here {
        return Err(Error::new(Kind::Integrity, "captured bytes differ or are missing", files));
    }
    Ok(format!("{}, chain intact; {files}", words::count(snapshot.ledger.entries.len(), "entry", "entries")))
}

/// Where a path that a person typed leads: `~` is home, everything else is from where the cockpit was started.
#[must_use]
pub fn typed_path(cockpit: &Cockpit, text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), cockpit.env.get("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(text),
    }
}
