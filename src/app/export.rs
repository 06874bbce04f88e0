//! Makes a dossier: what its reader may see of a room, checked once more before it leaves.

use super::curtain;
use super::error::{Error, Kind};
use super::evidence::{self, is_elsewhere};
use super::open::{self, Opened};
use super::ports::{Clock, RoomStore};
use crate::domain::calendar;
use crate::domain::dossier::{self as cut, Private};
use crate::domain::gate;
use crate::domain::ids::Digest;
use crate::domain::ledger::{Attached, Body, DamageKind, Ledger, chain::Head, replay};
use crate::domain::plan::{Class, Plan};
use crate::domain::redact::{Redactor, Secret};
use crate::domain::room::Room;
use crate::format::dossier::{self, Captured, Dossier, File, Found, Kept, Place, Point, Record};
use crate::format::redact_toml;
use crate::present::audience::Audience;
use crate::present::words;
use jiff::{Timestamp, ToSpan as _, civil::Date};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Days of the course at most; a longer one is told by fewer of its days.
const DAYS: i64 = 32;

/// What to make.
pub struct Wish {
    pub audience: Audience,
    /// The stated moment. `None`: that of the newest entry, so that the same state makes the same bytes.
    pub as_of: Option<Timestamp>,
    /// Records whose files nobody can search, named one by one.
    pub include: Vec<u64>,
    pub form: Form,
    /// Values known to be secret here.
    pub secrets: Vec<Secret>,
}

/// In which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Zip,
    Html,
    Markdown,
    Json,
}

impl Form {
    /// As the shell calls it, and how the name of its file ends.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Json => "json",
        }
    }
}

/// Values that this process was given under names the plan calls secret.
pub fn secrets(plan: &Plan, var: impl Fn(&str) -> Option<String>) -> Vec<Secret> {
    let named = plan.proofs.iter().flat_map(|proof| &proof.env).filter(|need| need.secret).map(|need| need.name.as_str());
    named.chain(["LAUNCHROOM_TOKEN"]).filter_map(|name| Some(Secret::new(var(name)?, name))).collect()
}

/// A dossier that may leave.
pub struct Exported {
    pub dossier: Dossier,
    /// What was looked at, file by file.
    pub files: Vec<File>,
    /// What to write.
    pub bytes: Vec<u8>,
}

/// Makes a dossier of a room.
///
/// # Errors
/// `Integrity` for a ledger that is damaged and for captured bytes that are not what was attached, `Refused` when the last look finds what must not leave, `Usage` for an entry
/// that is no record; what the store says.
pub fn export(store: &dyn RoomStore, clock: &dyn Clock, wish: &Wish) -> Result<Exported, Error> {
    let opened = open::open(store, clock)?;
    export_of(store, &opened, wish)
}

/// The same of a room that is open.
///
/// # Errors
/// As [`export`].
pub fn export_of(store: &dyn RoomStore, opened: &Opened, wish: &Wish) -> Result<Exported, Error> {
    if let Some(damage) = opened.snapshot.ledger.damage.as_ref().filter(|damage| damage.kind == DamageKind::Broken) {
        let why = format!("the ledger is damaged at line {}: {}", damage.line, damage.what);
        return Err(Error::new(Kind::Integrity, "no dossier was made", why)
            .hint("put ledger.jsonl back from a copy; what is wrong with it: launchroom evidence verify"));
    }
    let lines = store.lines()?;
    let made = Making::new(store, opened, wish);
    let dossier = made.dossier(&lines)?;
    let files = match wish.form {
        Form::Zip => dossier::files(&dossier),
        Form::Html => one("index.html", dossier::html(&dossier, true)),
        Form::Markdown => one("dossier.md", dossier::markdown(&dossier)),
        Form::Json => one("dossier.json", format!("{:#}\n", dossier::json(&dossier))),
    };
    let redactor = Redactor::new(redact_toml::rules_with(&opened.snapshot.room.redact), &wish.secrets);
    let found = dossier::scan(&files, &redactor, &made.private);
    if !found.is_empty() {
        return Err(refused(&dossier, &found));
    }
    let bytes = match (wish.form, files.as_slice()) {
        (Form::Html | Form::Markdown | Form::Json, [only]) => only.bytes.clone(),
        _ => dossier::zipped(&files).map_err(|why| Error::new(Kind::Storage, "the zip could not be made", why.to_string()))?,
    };
    Ok(Exported { dossier, files, bytes })
}

fn one(name: &str, text: String) -> Vec<File> {
    vec![File { name: name.to_owned(), bytes: text.into_bytes() }]
}

/// Where, and by which rule; never what.
fn refused(dossier: &Dossier, found: &[Found]) -> Error {
    let records = |file: &str| -> String {
        let here = |captured: &Captured| captured.place == Place::Here(file.to_owned());
        let seqs = dossier.records.iter().filter(|record| record.files.iter().any(here));
        let seqs: Vec<String> = seqs.map(|record| format!("#{}", record.seq)).collect();
        if seqs.is_empty() { String::new() } else { format!(" (entry {})", seqs.join(", ")) }
    };
    let told: Vec<String> = found.iter().map(|one| format!("  {}{}: {}", one.file, records(&one.file), one.rule)).collect();
    let why = format!("the last look found what must not leave, by file and rule:\n{}", told.join("\n"));
    Error::new(Kind::Refused, "no dossier was made", why)
        .hint("withdraw the record and attach a clean one: launchroom evidence withdraw SEQ --why TEXT")
}

/// A dossier under way.
struct Making<'m> {
    store: &'m dyn RoomStore,
    wish: &'m Wish,
    /// The room and its ledger as they were at the stated moment.
    opened: Opened,
    private: Private,
    classes: BTreeMap<Digest, Class>,
    /// Records that were taken back by now, whatever the stated moment.
    withdrawn: BTreeSet<u64>,
}

impl<'m> Making<'m> {
    fn new(store: &'m dyn RoomStore, opened: &Opened, wish: &'m Wish) -> Self {
        let snapshot = &opened.snapshot;
        let newest = replay::History::of(&snapshot.ledger).newest();
        let kickoff = || calendar::start_of(snapshot.room.tenant.kickoff, &snapshot.room.tenant.timezone);
        let at = wish.as_of.or(newest).unwrap_or_else(kickoff);
        let (room, ledger) = replay::as_of(&snapshot.room, &snapshot.ledger, at);
        let mut then = snapshot.clone();
        then.room = Arc::new(room);
        then.ledger = ledger;
        // Earlier days rest on records that today's verdict does not look at.
        let all: Vec<Digest> = cut::bytes_class(&then.ledger.entries).into_keys().collect();
        then.ledger.blobs.extend(store.check(&all));
        let mut opened = open::evaluate(store, then, at);
        opened.readiness.as_of = at;
        let ceiling = wish.audience.class();
        let private = cut::private(&snapshot.plan, &snapshot.room, &snapshot.ledger, ceiling);
        let classes = cut::bytes_class(&snapshot.ledger.entries);
        let withdrawn = snapshot.ledger.entries.iter().filter_map(|entry| match &entry.body {
            Body::Withdrawn(taken) => Some(taken.evidence),
            _ => None,
        });
        Self { store, wish, opened, private, classes, withdrawn: withdrawn.collect() }
    }

    fn dossier(&self, lines: &str) -> Result<Dossier, Error> {
        let snapshot = &self.opened.snapshot;
        let entries = &snapshot.ledger.entries;
        let fates = cut::cut(&snapshot.plan, entries, lines.lines(), &self.private, self.wish.audience.class());
        let kept = entries.iter().zip(lines.lines()).zip(fates).map(|((entry, line), fate)| Kept {
            seq: entry.seq,
            class: fate.class,
            hash: entry.hash,
            prev: entry.prev,
            line: fate.included.then(|| line.to_owned()),
            why: fate.why,
        });
        let kept: Vec<Kept> = kept.collect();
        let mut bytes = BTreeMap::new();
        let records = self.records(&mut bytes)?;
        let drawn = curtain::drawn(&self.opened, self.wish.audience);
        Ok(Dossier {
            audience: self.wish.audience,
            plan: drawn.snapshot.plan,
            room: drawn.snapshot.room,
            ledger: drawn.snapshot.ledger,
            readiness: drawn.readiness,
            decisions: curtain::decisions(&self.opened, self.wish.audience),
            head: Head::of(entries),
            lines: kept,
            records,
            bytes,
            series: series(&self.opened),
        })
    }

    /// A dossier rests on every record: what cannot be shown to be what was attached is mended or taken back first.
    fn all_there(&self, records: &[evidence::Record<'_>]) -> Result<(), Error> {
        let is_wrong = |record: &&evidence::Record<'_>| {
            record.standing == evidence::Standing::Unverified && !self.withdrawn.contains(&record.entry.seq)
        };
        let wrong: Vec<_> = records.iter().filter(is_wrong).collect();
        let Some(first) = wrong.first() else { return Ok(()) };
        let told = wrong.iter().map(|record| {
            let rests = &self.opened.readiness.trust.unverified;
            match rests.iter().find(|one| one.seq == record.entry.seq) {
                Some(one) => words::wrong_bytes(one),
                None => format!("#{}: {}", record.entry.seq, record.reason),
            }
        });
        let why = told.collect::<Vec<_>>().join("\n  ");
        Err(Error::new(Kind::Integrity, "no dossier was made", why).hint(words::restore_bytes(first.entry.seq)))
    }

    fn records(&self, bytes: &mut BTreeMap<Digest, Vec<u8>>) -> Result<Vec<Record>, Error> {
        let all = evidence::records(self.store, &self.opened);
        self.all_there(&all)?;
        if let Some(seq) = self.wish.include.iter().find(|seq| all.iter().all(|record| record.entry.seq != **seq)) {
            return Err(Error::new(Kind::Usage, format!("entry {seq} is no record of evidence"), "")
                .hint("`launchroom evidence list` shows them"));
        }
        let mut out = Vec::new();
        for record in all.iter().filter(|record| record.attached.class <= self.wish.audience.class()) {
            let attached = record.attached;
            let counts = record.standing != evidence::Standing::Unverified;
            let sizes = attached.digest.map(|digest| (digest, attached.size.unwrap_or_default()));
            let files = sizes.into_iter().chain(attached.outputs.iter().map(|file| (file.digest, file.size)));
            let mut captured = Vec::new();
            for (digest, size) in files {
                let place = self.place(record.entry.seq, attached, digest, counts, bytes)?;
                captured.push(Captured { digest, size, place });
            }
            out.push(Record {
                seq: record.entry.seq,
                proof: attached.proof.as_ref().map(ToString::to_string),
                serves: attached.serves.clone(),
                target: attached.target.to_string(),
                class: attached.class,
                outcome: attached.outcome.as_str(),
                status: record.standing.as_str(),
                reason: self.said(record.standing, &record.reason),
                files: captured,
            });
        }
        Ok(out)
    }

    /// Why something was taken back is told to whoever took it back.
    fn said(&self, standing: evidence::Standing, reason: &str) -> String {
        let quotes = standing == evidence::Standing::Withdrawn && self.wish.audience != Audience::Operator;
        if quotes || self.private.is_in(reason.as_bytes()) {
            "taken back, or no longer current".to_owned()
        } else {
            reason.to_owned()
        }
    }

    /// Whether captured bytes go along, and their bytes when they do.
    fn place(
        &self,
        seq: u64,
        attached: &Attached,
        digest: Digest,
        counts: bool,
        bytes: &mut BTreeMap<Digest, Vec<u8>>,
    ) -> Result<Place, Error> {
        let class = self.classes.get(&digest).copied().unwrap_or(attached.class);
        if class == Class::Locked {
            return Ok(Place::Withheld("locked bytes leave no machine"));
        }
        if class > self.wish.audience.class() {
            return Ok(Place::Withheld("the same bytes are attached in a higher class, too"));
        }
        if !counts || is_elsewhere(attached, self.opened.snapshot.ledger.holder.as_ref()) {
            return Ok(Place::Withheld("the bytes are missing or differ"));
        }
        if attached.is_held_back() && self.wish.audience != Audience::Operator {
            return Ok(Place::Withheld("strings in it may be secrets that no rule knows, and nobody looked"));
        }
        if matches!(self.wish.form, Form::Html | Form::Markdown | Form::Json) {
            return Ok(Place::Withheld("only a zip dossier holds captured bytes"));
        }
        let Some(found) = self.store.blob(&digest)? else { return Ok(Place::Withheld("the bytes are missing or differ")) };
        let opaque = is_opaque(&found);
        if opaque && self.wish.audience == Audience::Buyer && !self.wish.include.contains(&seq) {
            return Ok(Place::Withheld("opaque: it cannot be searched for secrets (name it with --include)"));
        }
        let ending = if opaque { "bin" } else { "txt" };
        bytes.insert(digest, found);
        Ok(Place::Here(format!("evidence/{}.{ending}", digest.to_hex())))
    }
}

/// What is packed inside nobody can search: PDF, Office, archives, images.
fn is_opaque(bytes: &[u8]) -> bool {
    const PACKED: [&[u8]; 7] = [b"%PDF", b"PK", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"{\\rtf"];
    super::attach::is_opaque(bytes) || PACKED.iter().any(|magic| bytes.starts_with(magic)) || std::str::from_utf8(bytes).is_err()
}

/// The ledger judged again at the end of each day it knows of.
fn series(opened: &Opened) -> Vec<Point> {
    let (snapshot, at) = (&opened.snapshot, opened.readiness.as_of);
    let zone = &snapshot.room.tenant.timezone;
    let Some(first) = snapshot.ledger.entries.iter().map(|entry| entry.at).min() else { return Vec::new() };
    let (from, to) = (calendar::today(first, zone), calendar::today(at, zone));
    let span = calendar::days_between(from, to).max(0);
    let step = span / DAYS + 1;
    let mut days: Vec<Date> = (0..=span / step).filter_map(|n| from.checked_add((n * step).days()).ok()).collect();
    if days.last().is_some_and(|last| *last < to) {
        days.push(to);
    }
    days.into_iter().map(|day| point(opened, day, if day == to { at } else { calendar::end_of(day, zone) })).collect()
}

fn point(opened: &Opened, day: Date, at: Timestamp) -> Point {
    let snapshot = &opened.snapshot;
    let now = opened.readiness.as_of == at;
    let then: Option<(Room, Ledger)> = (!now).then(|| replay::as_of(&snapshot.room, &snapshot.ledger, at));
    let judged = then.map(|(room, ledger)| gate::evaluate(&snapshot.plan, &room, &ledger, at));
    let readiness = judged.as_ref().unwrap_or(&opened.readiness);
    Point { day, gates: readiness.gates.iter().map(|gate| (gate.id.clone(), gate.status, gate.met, gate.total)).collect() }
}
