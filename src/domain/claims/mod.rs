//! Which wording may not be used yet, and where a text uses it. Owns what counts as the same wording; never reads a file.

mod blocks;
mod family;
mod fold;
mod markup;
mod now;
mod place;
mod scan;
mod settle;
mod words;

pub use now::{Because, Blocked, Said, Standing, Wording, now};
pub use place::{Place, places};
pub use words::Markup;

use family::Phrase;
use scan::{Scan, Wanted};
use settle::Means;

/// One place where blocked wording stands; `start..end` are bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which of the guard's blocked wording.
    pub blocked: usize,
    pub start: usize,
    pub end: usize,
}

/// Finds blocked wording in any number of texts.
pub struct Guard {
    wanted: Wanted,
}

impl Guard {
    /// A guard against blocked wording that leaves alone what may be said: `allowed` to the word, and whole sentences of
    /// `prose` that say more than a blocked wording by itself.
    #[must_use]
    pub fn new(blocked: &[Blocked], allowed: &[String], prose: &[String]) -> Self {
        let mut phrases: Vec<(Phrase, Means)> = Vec::new();
        for (at, one) in blocked.iter().enumerate() {
            let texts = std::iter::once(&one.claim).chain(&one.also);
            phrases.extend(texts.flat_map(|text| family::phrases(text)).map(|phrase| (phrase, Means::Blocked(at))));
        }
        let all = phrases.len();
        phrases.extend(allowed.iter().flat_map(|text| family::sentences(text)).map(|phrase| (phrase, Means::Free)));
        for phrase in prose.iter().flat_map(|text| family::sentences(text)) {
            if !phrases[..all].iter().any(|(blocked, _)| blocked.letters == phrase.letters) {
                phrases.push((phrase, Means::Free));
            }
        }
        Self { wanted: Wanted::new(phrases) }
    }

    /// Every blocked wording in the text that is not part of what may be said, in order of place.
    #[must_use]
    pub fn find(&self, text: &str, markup: Markup) -> Vec<Found> {
        let (mut scan, mut spots) = (Scan::new(&self.wanted), Vec::new());
        words::read(text, markup, &mut |run| scan.look(run, &mut spots));
        settle::settle(text, spots)
    }
}

#[cfg(test)]
mod tests;
