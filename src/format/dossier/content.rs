//! What a dossier says, once, for every format that is read by people.

mod evidence;
mod people;
mod verdict;

pub use people::{allowed, blocked, said};

use super::{Dossier, svg};

/// One part of it.
#[derive(Clone, Debug)]
pub struct Section {
    pub id: &'static str,
    pub title: String,
    pub blocks: Vec<Block>,
}

/// One thing in a part.
#[derive(Clone, Debug)]
pub enum Block {
    Text(String),
    /// A line that must not be read over.
    Note(String),
    Items(Vec<String>),
    Facts(Vec<(String, String)>),
    Table(Table),
    Heading(String),
    Figure(svg::Figure),
}

/// Rows under a head. The first cell of a row names it.
#[derive(Clone, Debug)]
pub struct Table {
    pub caption: String,
    pub head: Vec<&'static str>,
    pub rows: Vec<Vec<Cell>>,
}

/// One cell. A tone tells of a status what its word tells, too.
#[derive(Clone, Debug)]
pub struct Cell {
    pub text: String,
    pub tone: Tone,
}

/// How a cell is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Warn,
    Bad,
    Quiet,
    /// A digest, an id or a command.
    Exact,
}

impl Tone {
    /// The name of its style.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Quiet => "quiet",
            Self::Exact => "exact",
        }
    }
}

fn plain(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), tone: Tone::Plain }
}

fn toned(tone: Tone, text: impl Into<String>) -> Cell {
    Cell { text: text.into(), tone }
}

/// All of it, in the order it is read.
#[must_use]
pub fn sections(dossier: &Dossier) -> Vec<Section> {
    vec![
        verdict::glance(dossier),
        verdict::stages(dossier),
        verdict::timeline(dossier),
        verdict::over_time(dossier),
        verdict::gates(dossier),
        people::owners(dossier),
        people::exclusions(dossier),
        people::decisions(dossier),
        evidence::evidence(dossier),
        people::wording(dossier),
        evidence::withheld(dossier),
        evidence::trust(dossier),
    ]
}
