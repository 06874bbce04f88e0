//! What a person can do. One table feeds dispatch, the footer, `?`, the palette and the documentation.

mod chord;
mod keymap;
mod table;
mod when;

pub use chord::Chord;
pub use keymap::Keymap;
pub use table::TABLE;
pub use when::run_in_front;

use super::model::{Model, Screen};

/// Why something is not possible while somebody watches.
pub const PRESENTING: &str = "only looking is possible while presenting; leave that first";

/// One thing a person can do: a row of the table.
pub struct Action {
    /// Stable, for settings and documentation: `proof.run`.
    pub id: &'static str,
    /// One word for the footer.
    pub word: &'static str,
    /// For the palette.
    pub title: &'static str,
    /// One sentence for `?` and the documentation.
    pub doc: &'static str,
    pub scope: Scope,
    pub keys: &'static [&'static str],
    /// How much it belongs in the footer; 0 stays out.
    pub weight: u8,
    /// It may change something that cannot be taken back; it asks first.
    pub danger: bool,
    /// Whether it makes sense now; if not, why.
    pub when: fn(&Model) -> Result<(), &'static str>,
    pub choice: Choice,
}

impl Action {
    /// Whether it makes sense now; if not, why.
    ///
    /// # Errors
    /// Why it does not, in words for the palette and the status line.
    pub fn is_possible(&self, model: &Model) -> Result<(), &'static str> {
        if model.curtain.is_some() && !self.choice.only_looks() {
            return Err(PRESENTING);
        }
        (self.when)(model)
    }
}

impl Choice {
    /// It neither changes, starts, opens nor hands out anything: it may be done while somebody watches.
    #[must_use]
    pub fn only_looks(self) -> bool {
        matches!(
            self,
            Self::Show(_)
                | Self::Up
                | Self::Down
                | Self::PageUp
                | Self::PageDown
                | Self::First
                | Self::Last
                | Self::Fold
                | Self::Unfold
                | Self::NextPane
                | Self::Open
                | Self::Back
                | Self::Filter
                | Self::FilterKeep
                | Self::FilterDrop
                | Self::Problems
                | Self::Why
                | Self::Since
                | Self::Present
                | Self::Help
                | Self::Palette
                | Self::PaletteTake
                | Self::WholeWay
                | Self::Mine
                | Self::NextBlank
                | Self::Quit
                | Self::Cancel
                | Self::Yes
        )
    }
}

/// Where a key means something. A model is in several of them at a time, see [`scopes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Whatever is in front.
    Always,
    /// On any screen with a room, when nothing lies over it.
    Browse,
    /// On one of them only.
    On(Screen),
    /// Without a room.
    Start,
    /// Where text is read: help, why, since, captured text.
    Reading,
    /// Where it stands what moved.
    Since,
    Form,
    Confirm,
    Palette,
    /// In the list of rooms.
    Rooms,
    /// When a change waits to be settled.
    Conflict,
    /// While a filter is typed.
    Filter,
}

impl Scope {
    /// The heading over its keys in `?`.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::Browse => "On every screen",
            Self::On(screen) => screen.title(),
            Self::Start => "On the start screen",
            Self::Reading => "While reading",
            Self::Since => "In what moved",
            Self::Form => "In a form",
            Self::Confirm => "When asked",
            Self::Palette => "In the command list",
            Self::Rooms => "In the list of rooms",
            Self::Conflict => "When somebody else was first",
            Self::Filter => "While filtering",
        }
    }
}

/// What was chosen. `update` knows what it comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    Show(Screen),
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Fold,
    Unfold,
    NextPane,
    Open,
    Back,
    Filter,
    FilterKeep,
    FilterDrop,
    Problems,
    Why,
    Since,
    SinceStart,
    SinceDate,
    CheckText,
    Brief,
    Present,
    Help,
    Palette,
    PaletteTake,
    Rooms,
    RoomTake,
    Conflicts,
    TakeMine,
    TakeTheirs,
    WholeWay,
    Mine,
    Reload,
    Undo,
    Copy,
    EditFile,
    Suspend,
    Quit,
    Run,
    RunAgain,
    Stop,
    Follow,
    NextMatch,
    PreviousMatch,
    Attach,
    Edit,
    NextBlank,
    Nudge,
    NudgeAll,
    Remove,
    Space,
    Verify,
    Decide,
    Dossier,
    Submit,
    NextField,
    PreviousField,
    Cancel,
    Yes,
}

/// Where the model is, the nearest first.
#[must_use]
pub fn scopes(model: &Model) -> Vec<Scope> {
    use super::model::Overlay;
    let here = match model.overlays.last() {
        Some(Overlay::Help { .. } | Overlay::Why { .. } | Overlay::Pager(_)) => vec![Scope::Reading],
        Some(Overlay::Since { .. }) => vec![Scope::Since, Scope::Reading],
        Some(Overlay::Palette(_)) => vec![Scope::Palette],
        Some(Overlay::Rooms(_)) => vec![Scope::Rooms],
        Some(Overlay::Conflict(_)) => vec![Scope::Conflict],
        Some(Overlay::Form(_)) => vec![Scope::Form],
        Some(Overlay::Confirm(_)) => vec![Scope::Confirm],
        None if model.filter.typing => vec![Scope::Filter],
        None if model.opened.is_none() => vec![Scope::Start],
        None => vec![Scope::On(model.screen), Scope::Browse],
    };
    here.into_iter().chain([Scope::Always]).collect()
}
