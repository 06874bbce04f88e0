//! What a command works with: the wiring, the settings, the printer, and the room once it is found.

use super::out::{Out, Paint};
use super::{Exit, Wiring, moved};
use crate::app::discover::{self, Search, Where};
use crate::app::edit;
use crate::app::error::{Error, Kind};
use crate::app::open::{self, Opened};
use crate::app::ports::{RoomStore, Snapshot};
use crate::app::prove::command::quote;
use crate::app::settings::{Color, Origin, Settings, SymbolSet};
use crate::domain::change::Change;
use crate::domain::gate::{Action, Readiness, Unverified};
use crate::domain::ledger::{Damage, DamageKind};
use crate::format::diagnose;
use crate::present::line::{Line, Tone};
use crate::present::symbols::{self, Symbols};
use crate::present::words;
use jiff::Timestamp;
use std::cell::RefCell;
use std::sync::Arc;

/// One command's world.
pub struct Context<'a> {
    pub wiring: &'a Wiring,
    pub settings: Settings,
    pub out: Out,
    /// What is wrong with the ledger, as it was last seen.
    damage: Option<Damage>,
    /// Records that the verdict this command told rests on, whose bytes are not what was attached.
    unverified: Vec<Unverified>,
    /// The room this command works on, once it was opened.
    store: RefCell<Option<Arc<dyn RoomStore>>>,
}

impl<'a> Context<'a> {
    /// Settles what the streams can show.
    pub fn new(wiring: &'a Wiring, settings: Settings) -> Self {
        let process = &wiring.process;
        let capable = process.var("TERM").is_none_or(|term| term != "dumb");
        let colour = |terminal: bool| match settings.color.value {
            Color::Auto => terminal && capable,
            Color::Always => true,
            Color::Never => false,
        };
        let paint = Paint {
            stdout: colour(process.stdout_is_terminal),
            stderr: colour(process.stderr_is_terminal),
            ascii: *symbols_of(&settings, &process.locale()) == symbols::ASCII,
        };
        Self { wiring, settings, out: Out::new(paint), damage: None, unverified: Vec::new(), store: RefCell::default() }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.wiring.clock.now()
    }

    /// Who acts.
    pub fn by(&self) -> &str {
        &self.settings.name.value
    }

    /// The marks this locale can show.
    pub fn symbols(&self) -> &'static Symbols {
        symbols_of(&self.settings, &self.wiring.process.locale())
    }

    /// Where the room is: named here, by flag or environment, else found.
    pub fn place(&self, named: Option<&str>) -> Result<Where, Error> {
        let search = Search {
            named: named.or_else(|| self.settings.named_room()),
            here: &self.wiring.process.here,
            default: self.settings.default_room(),
        };
        discover::discover(&search, &|path| self.wiring.rooms.has_name(path))
    }

    /// The room's store.
    pub fn store(&self) -> Result<Arc<dyn RoomStore>, Error> {
        let store = self.wiring.rooms.open(&self.place(None)?, &self.settings)?;
        self.store.replace(Some(Arc::clone(&store)));
        Ok(store)
    }

    /// The room, opened and judged.
    pub fn opened(&mut self) -> Result<(Arc<dyn RoomStore>, Opened), Error> {
        let store = self.store()?;
        let opened = open::open(&*store, &*self.wiring.clock)?;
        self.seen(&opened.snapshot);
        Ok((store, opened))
    }

    /// The room as a command sees it now: what the store did by itself is told, and damage decides how we end.
    pub fn seen(&mut self, snapshot: &Snapshot) {
        for notice in &snapshot.notices {
            self.out.say(Line::of(Tone::Warn, notice.clone()));
        }
        self.damage.clone_from(&snapshot.ledger.damage);
    }

    /// What a printed command has to say to mean this room: nothing, when it is found from here anyway.
    pub fn room_flag(&self) -> String {
        match (&self.settings.room.value, &self.settings.room.origin) {
            (Some(room), Origin::Flag(_)) => format!(" --room {}", quote(room)),
            _ => String::new(),
        }
    }

    /// A verdict was told. What it could not count because the bytes are not what was attached decides how we end.
    pub fn judged(&mut self, readiness: &Readiness) {
        self.unverified.clone_from(&readiness.trust.unverified);
    }

    /// Changes the room as `decide` says, and prints what that changed.
    pub fn change(&mut self, decide: impl FnOnce(&Opened) -> Result<Change, Error>) -> Result<Exit, Error> {
        self.writable()?;
        let (store, before) = self.opened()?;
        let change = decide(&before)?;
        let now = self.now();
        let snapshot = edit::edit(&*store, self.by(), now, &change)?;
        self.seen(&snapshot);
        let after = open::evaluate(&*store, snapshot, now);
        let symbols = self.symbols();
        self.out.lines(moved::told(&before, &after, &|seq| store.is_ours(seq), symbols));
        Ok(Exit::Ok)
    }

    /// Refuses to change anything when that was asked for.
    pub fn writable(&self) -> Result<(), Error> {
        if self.settings.readonly.value {
            let why = format!("read-only was asked for ({})", self.settings.readonly.origin);
            return Err(Error::new(Kind::Refused, "nothing was changed", why));
        }
        Ok(())
    }

    /// Says how it ended, and makes sure that everything is out. A fault outranks a verdict.
    pub fn end(mut self, ended: Result<Exit, Error>) -> Exit {
        let ended = ended.and_then(|exit| self.out.finish().map(|()| exit));
        // What is known was printed; that it may not be all of it outranks what it says.
        let unheard = self.store.borrow().as_ref().and_then(|store| store.unheard());
        let is_fault = self.damage.is_some() || !self.unverified.is_empty();
        let ended = ended.map(|exit| match unheard {
            _ if is_fault => Exit::Fault,
            Some(error) => error.kind.into(),
            None => exit,
        });
        match (&ended, &self.damage) {
            (Err(_), _) => {}
            (Ok(_), Some(damage)) => {
                let told = format!("the ledger is damaged at line {}: {}", damage.line, damage.what);
                self.out.say(Line::of(Tone::Bad, told));
                self.out.say(Line::of(Tone::Quiet, format!("  {}", remedy(damage))));
            }
            (Ok(_), None) => bytes_remedy(&self.unverified).into_iter().for_each(|line| self.out.say(line)),
        }
        ended.unwrap_or_else(|error| {
            self.out.flush();
            self.out.error(&error);
            error.kind.into()
        })
    }
}

fn symbols_of(settings: &Settings, locale: &str) -> &'static Symbols {
    match settings.symbols.value {
        SymbolSet::Auto => Symbols::for_locale(locale),
        SymbolSet::Unicode => &symbols::UNICODE,
        SymbolSet::Ascii => &symbols::ASCII,
    }
}

/// What to do about a ledger that is not what was written.
pub fn remedy(damage: &Damage) -> &'static str {
    match damage.kind {
        DamageKind::TornTail => "everything before it stands; the next change sets the torn line aside",
        DamageKind::Broken => "put ledger.jsonl back from a copy: nothing is written to it as it is (launchroom evidence verify)",
    }
}

/// Which captured bytes are not what was attached, what does not count because of it, and what to do.
fn bytes_remedy(wrong: &[Unverified]) -> Vec<Line> {
    let Some(first) = wrong.first() else { return Vec::new() };
    let told = wrong.iter().map(|one| Line::of(Tone::Bad, words::wrong_bytes(one)));
    told.chain([Line::of(Tone::Quiet, format!("  {}", words::restore_bytes(first.seq)))]).collect()
}

/// Misuse, in one sentence.
pub fn usage(what: impl Into<String>) -> Error {
    Error::new(Kind::Usage, what, "")
}

/// Refuses a word that a printed command has in the place of a value: pasted as it stands, it is nobody's name.
pub fn filled<'v>(values: impl IntoIterator<Item = Option<&'v str>>) -> Result<(), Error> {
    const STAND_INS: [&str; 4] = ["NAME", "VALUE", "WORDING", "REF"];
    match values.into_iter().flatten().find(|value| STAND_INS.contains(value)) {
        Some(word) => Err(usage(format!("{word} stands in the place of a value")).hint("put the value there, in quotes")),
        None => Ok(()),
    }
}

/// Lets the commands of these actions say which room they mean.
pub fn for_room<'a>(actions: impl IntoIterator<Item = &'a mut Action>, flag: &str) {
    for action in actions {
        action.command = in_room(&action.command, flag);
        action.alternative = action.alternative.take().map(|instead| in_room(&instead, flag));
    }
}

/// One command, or several in a row.
fn in_room(command: &str, flag: &str) -> String {
    command.split(" && ").map(|one| format!("{one}{flag}")).collect::<Vec<_>>().join(" && ")
}

/// The error for an id that is not known: the nearest one that is, or all of them.
pub fn unknown<'n>(what: &str, given: &str, known: impl Iterator<Item = &'n str>) -> Error {
    let known: Vec<_> = known.collect();
    let hint = match diagnose::nearest(given, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", known.join(", ")),
    };
    usage(format!("there is no {what} `{given}`")).hint(hint)
}
