//! What lies over a screen. The topmost gets the keys.

use super::text::TextInput;
use super::{Form, Subject};
use crate::app::portfolio::Portfolio;
use crate::app::sync::Conflict;
use crate::tui::msg::BytesOf;

/// One thing laid over the screen.
pub enum Overlay {
    /// Keys and what they do, from the action table.
    Help {
        top: usize,
    },
    Palette(Palette),
    /// The rooms a person could go to.
    Rooms(Switcher),
    /// The chain from a red thing to its missing pieces, its owner and its stop rule.
    Why {
        about: Subject,
        top: usize,
    },
    /// What changed since the last look.
    Since {
        top: usize,
    },
    /// Captured text.
    Pager(Pager),
    Form(Box<Form>),
    /// A change of ours that somebody else's is in the way of.
    Conflict(Conflict),
    /// A question with one dangerous answer.
    Confirm(Confirm),
}

/// The command palette.
#[derive(Default)]
pub struct Palette {
    pub text: TextInput,
    pub selected: usize,
}

/// The room switcher.
#[derive(Default)]
pub struct Switcher {
    pub text: TextInput,
    pub selected: usize,
    /// `None` while they are being looked for.
    pub listed: Option<Result<Portfolio, String>>,
}

/// Captured bytes, being read.
pub struct Pager {
    pub title: String,
    pub of: BytesOf,
    /// `None` while they are being fetched.
    pub lines: Option<Vec<Vec<u8>>>,
    pub top: usize,
}

/// A question. Enter does nothing here: `y` says yes, Esc leaves things as they are.
pub struct Confirm {
    pub title: String,
    /// What would happen, in whole sentences.
    pub lines: Vec<String>,
    pub yes: String,
    pub then: crate::tui::effect::Effect,
}

impl Overlay {
    /// The first line shown, of those that scroll.
    pub fn top_mut(&mut self) -> Option<&mut usize> {
        match self {
            Self::Help { top } | Self::Why { top, .. } | Self::Since { top } => Some(top),
            Self::Pager(pager) => Some(&mut pager.top),
            Self::Palette(_) | Self::Rooms(_) | Self::Conflict(_) | Self::Form(_) | Self::Confirm(_) => None,
        }
    }
}
