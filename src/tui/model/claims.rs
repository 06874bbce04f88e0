//! Screen 8: what may be said now, and a text that somebody pasted to be checked. Knows nothing of drawing.

use crate::domain::claims::{Blocked, Markup, Said, Wording};
use crate::format::claims::{Finding, check};
use crate::format::document::Document;

/// What the screen is of.
#[derive(Default)]
pub struct ClaimsView {
    pub said: Said,
    /// The text that is checked, with what was found in it.
    pub checked: Option<Checked>,
}

/// A text and what was found in it.
pub struct Checked {
    /// The file it is from; `None` for what was typed or pasted.
    pub file: Option<String>,
    pub document: Document,
    pub findings: Vec<Finding>,
}

/// One row of wording.
pub enum Row<'a> {
    Allowed(&'a Wording),
    Unlocked(&'a str),
    Blocked(&'a Blocked),
}

impl ClaimsView {
    /// Every row of wording: what may be said, what was unlocked, what may not be said.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let said = &self.said;
        let unlocked = said.unlocked.iter().map(|text| Row::Unlocked(text));
        said.allowed.iter().map(Row::Allowed).chain(unlocked).chain(said.blocked.iter().map(Row::Blocked))
    }

    /// Takes a text that was typed or pasted.
    pub fn take_text(&mut self, text: String) {
        let begins: String = text.trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
        let is_html = begins.starts_with("<!doctype html") || begins.starts_with("<html");
        let markup = if is_html { Markup::Html } else { Markup::Text };
        self.take(None, Document { text, markup, lacks: None, guess: None });
    }

    /// Takes a document to be checked.
    pub fn take(&mut self, file: Option<String>, document: Document) {
        self.checked = Some(Checked { file, document, findings: Vec::new() });
        self.look();
    }

    /// What may be said has changed, or may have.
    pub fn follow(&mut self, said: Said) {
        if said != self.said {
            self.said = said;
            self.look();
        }
    }

    fn look(&mut self) {
        if let Some(checked) = &mut self.checked {
            checked.findings = check("", &checked.document, &self.said.guard()).findings;
        }
    }

    /// A place that was found, and the wording that is blocked there.
    #[must_use]
    pub fn finding(&self, at: usize) -> Option<(&Finding, &Blocked)> {
        let finding = self.checked.as_ref()?.findings.get(at)?;
        Some((finding, self.said.blocked.get(finding.blocked)?))
    }
}
