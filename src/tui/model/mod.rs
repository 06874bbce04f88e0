//! Everything the cockpit knows. Built by messages alone, so a test can bring it anywhere.

pub mod claims;
pub mod form;
pub mod list;
pub mod overlay;
pub mod run;
pub mod since;
pub mod start;
mod subject;
pub mod text;

pub use form::Form;
pub use list::Place;
pub use overlay::Overlay;
pub use subject::Subject;

use super::action::Keymap;
use super::msg::Msg;
use super::theme::{Depth, Theme};
use super::{Cockpit, LookSettings};
use crate::app::ports::{Captured, Snapshot};
use crate::app::sync::Link;
use crate::domain::change::Change;
use crate::domain::gate::{self, Readiness};
use crate::domain::ids::RequirementId;
use crate::domain::plan::Plan;
use crate::domain::room::Room;
use crate::present::audience::Audience;
use crate::present::symbols::{ASCII, Symbols, UNICODE};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use ratatui::layout::Rect;
use std::collections::{BTreeMap, BTreeSet};

pub use crate::app::open::Opened;

/// The whole state.
pub struct Model {
    pub look: Look,
    pub keymap: Keymap,
    /// The moment the picture is of; moved on by messages only.
    pub now: Timestamp,
    pub size: Rect,
    pub screen: Screen,
    /// `None`: the start screen.
    pub opened: Option<Opened>,
    /// How the room stands to its server, when it has one.
    pub link: Option<Link>,
    /// Conflicts that a person was asked about; each comes up by itself once.
    pub asked: BTreeSet<u64>,
    /// Why the room cannot be read any more, while what is shown is from before.
    pub unreadable: Option<String>,
    /// Where the room is, for people.
    pub place: String,
    pub what_if: WhatIf,
    /// Selection and scroll of each screen, so that coming back finds them as they were.
    pub places: BTreeMap<Screen, Place>,
    pub filter: Filter,
    /// Only what is not in order.
    pub problems_only: bool,
    /// Roles and functions that are the person's own, by id.
    pub mine: Vec<String>,
    /// Only what those owe.
    pub mine_only: bool,
    /// How long a proof may print nothing before that is said.
    pub quiet_after: SignedDuration,
    /// How many proofs run at the same time; the others wait.
    pub proofs_at_once: usize,
    /// Actions up to the target, not only to the next gate.
    pub whole_way: bool,
    /// Gates folded open or shut by hand; the others follow their status.
    pub folds: BTreeMap<String, bool>,
    /// The topmost is last and gets the keys.
    pub overlays: Vec<Overlay>,
    pub notice: Option<Notice>,
    /// Forms that were left half filled in.
    pub drafts: Vec<Form>,
    /// What takes the last changes back, the newest last.
    pub undo: Vec<(Change, String)>,
    pub runs: run::Runs,
    /// Proofs that run one after another, while they do.
    pub batch: Option<run::Batch>,
    pub spool: Vec<Captured>,
    /// Writes asked for and not answered yet.
    pub writing: usize,
    pub start: start::Start,
    pub numbers: Numbers,
    /// Somebody watches: what they may not see is behind it.
    pub curtain: Option<Box<Curtain>>,
    /// What moved since somebody last looked.
    pub since: since::SinceView,
    /// What may be said, and the text that is checked.
    pub claims: claims::ClaimsView,
}

/// What nobody who watches may see, until they no longer do.
pub struct Curtain {
    pub audience: Audience,
    /// The moment the picture stands still at.
    pub at: Timestamp,
    /// Changes that arrived meanwhile.
    pub waiting: usize,
    /// What workers told meanwhile, in order.
    pub held: Vec<Msg>,
    pub opened: Option<Opened>,
    pub place: String,
    pub spool: Vec<Captured>,
    pub runs: run::Runs,
    pub unreadable: Option<String>,
    pub link: Option<Link>,
}

/// Numbers handed out, so that late answers can be told from current ones.
#[derive(Default)]
pub struct Numbers {
    pub preview: u64,
    pub run: u64,
}

/// Marks and styles.
#[derive(Clone, Copy)]
pub struct Look {
    pub theme: Theme,
    pub symbols: &'static Symbols,
}

impl Look {
    /// From the person's settings, else from the environment.
    #[must_use]
    pub fn new(settings: &LookSettings, env: &BTreeMap<String, String>) -> Self {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| env.get(*name).filter(|value| !value.is_empty()));
        let symbols = match settings.ascii {
            Some(true) => &ASCII,
            Some(false) => &UNICODE,
            None => Symbols::for_locale(locale.map_or("", String::as_str)),
        };
        let depth = match (settings.color, Depth::of(env)) {
            (Some(false), _) => Depth::None,
            (Some(true), Depth::None) => Depth::Ansi16,
            (_, depth) => depth,
        };
        Self { theme: Theme::new(depth), symbols }
    }
}

/// The nine screens, in the order of their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Screen {
    Now,
    Steps,
    Owners,
    Gates,
    Proofs,
    Evidence,
    Deps,
    Claims,
    Decide,
}

impl Screen {
    /// In tab order.
    pub const ALL: [Self; 9] =
        [Self::Now, Self::Steps, Self::Owners, Self::Gates, Self::Proofs, Self::Evidence, Self::Deps, Self::Claims, Self::Decide];

    /// The word on its tab.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Now => "Now",
            Self::Steps => "Steps",
            Self::Owners => "Owners",
            Self::Gates => "Gates",
            Self::Proofs => "Proofs",
            Self::Evidence => "Evidence",
            Self::Deps => "Deps",
            Self::Claims => "Claims",
            Self::Decide => "Decide",
        }
    }

    /// Its key, counted from 1.
    #[must_use]
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|screen| *screen == self).map_or(0, |at| at + 1)
    }
}

/// What is assumed to be met, and how the room would stand then. Never saved.
#[derive(Default)]
pub struct WhatIf {
    pub assumed: BTreeSet<RequirementId>,
    pub readiness: Option<Box<Readiness>>,
}

/// Narrows a list to the rows with this text; a `!` in front turns it round.
#[derive(Default)]
pub struct Filter {
    pub text: text::TextInput,
    /// Keys go into it.
    pub typing: bool,
}

impl Filter {
    /// Whether a row with this text stays.
    #[must_use]
    pub fn keeps(&self, row: &str) -> bool {
        let wanted = self.text.as_str().to_lowercase();
        let row = row.to_lowercase();
        match wanted.strip_prefix('!') {
            Some("") => true,
            Some(unwanted) => !row.contains(unwanted),
            None => row.contains(&wanted),
        }
    }

    /// Whether anything is filtered.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.text.as_str().is_empty()
    }
}

/// One thing to tell, in the footer's place until the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub trouble: bool,
    pub text: String,
}

impl Model {
    /// Before anything is known but the environment.
    #[must_use]
    pub fn new(cockpit: &Cockpit, keymap: Keymap) -> Self {
        Self {
            look: Look::new(&cockpit.look, &cockpit.env),
            keymap,
            now: cockpit.clock.now(),
            size: Rect::new(0, 0, 80, 24),
            screen: Screen::Now,
            opened: None,
            link: cockpit.synced.as_ref().map(|synced| synced.link()),
            asked: BTreeSet::new(),
            unreadable: None,
            place: cockpit.store.as_ref().map(|store| store.place()).unwrap_or_default(),
            what_if: WhatIf::default(),
            places: BTreeMap::new(),
            filter: Filter::default(),
            problems_only: false,
            mine: cockpit.mine.clone(),
            mine_only: false,
            quiet_after: cockpit.quiet_after,
            proofs_at_once: cockpit.proofs_at_once,
            whole_way: false,
            folds: BTreeMap::new(),
            overlays: Vec::new(),
            notice: None,
            drafts: Vec::new(),
            undo: Vec::new(),
            runs: run::Runs::default(),
            batch: None,
            spool: Vec::new(),
            writing: 0,
            start: start::Start::default(),
            numbers: Numbers::default(),
            curtain: None,
            claims: claims::ClaimsView::default(),
            since: since::SinceView { looked: cockpit.looked, ..since::SinceView::default() },
        }
    }

    /// The room, its plan and how it stands, what-if included; `None` on the start screen.
    #[must_use]
    pub fn facts(&self) -> Option<Facts<'_>> {
        let opened = self.opened.as_ref()?;
        let real = &opened.readiness;
        Some(Facts {
            plan: &opened.snapshot.plan,
            room: &opened.snapshot.room,
            snapshot: &opened.snapshot,
            readiness: self.what_if.readiness.as_deref().unwrap_or(real),
            real,
            now: self.curtain.as_ref().map_or(self.now, |curtain| curtain.at),
            zone: &opened.snapshot.room.tenant.timezone,
        })
    }

    /// What is selected on the screen in front.
    #[must_use]
    pub fn selected(&self) -> Option<&Subject> {
        self.places.get(&self.screen)?.selected.as_ref()
    }

    /// Selection and scroll of the screen in front.
    pub fn place_mut(&mut self) -> &mut Place {
        self.places.entry(self.screen).or_default()
    }

    /// Selection and scroll of the screen in front.
    #[must_use]
    pub fn place(&self) -> Place {
        self.places.get(&self.screen).cloned().unwrap_or_default()
    }

    /// Why nothing can be written, when that is so.
    #[must_use]
    pub fn view_only(&self) -> Option<&str> {
        self.opened.as_ref()?.snapshot.view_only.as_deref()
    }

    /// Judges again under what is assumed.
    pub fn assume(&mut self, assumed: BTreeSet<RequirementId>) {
        self.what_if.readiness = self.opened.as_ref().filter(|_| !assumed.is_empty()).map(|opened| {
            let Snapshot { plan, room, ledger, .. } = &opened.snapshot;
            Box::new(gate::evaluate_assuming(plan, room, ledger, self.now, &assumed))
        });
        self.what_if.assumed = assumed;
    }

    /// Tells something, calmly.
    pub fn say(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { trouble: false, text: text.into() });
    }

    /// Tells of trouble: what, why, what to do.
    pub fn complain(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { trouble: true, text: text.into() });
    }
}

/// What the views read most, under short names.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    pub plan: &'a Plan,
    pub room: &'a Room,
    pub snapshot: &'a Snapshot,
    /// How the room stands, what-if included.
    pub readiness: &'a Readiness,
    /// How it really stands.
    pub real: &'a Readiness,
    pub now: Timestamp,
    pub zone: &'a TimeZone,
}
