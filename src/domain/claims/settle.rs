//! Which of all the places count. Owns that what may be said is never found, and that one place is found once.

use super::Found;
use std::collections::BTreeMap;

/// What a phrase stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    Blocked(usize),
    /// It may be said, whatever stands in it.
    Free,
}

impl Means {
    /// What may be said is that to the letter.
    pub fn bears_typos(self) -> bool {
        matches!(self, Self::Blocked(_))
    }
}

/// Where a phrase stands.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// Which phrase; the sentences of one wording follow each other.
    pub phrase: usize,
    pub means: Means,
    pub start: usize,
    pub end: usize,
    pub exact: bool,
}

/// The places that count, in order: the longest of those inside each other, none inside what may be said.
pub fn settle(text: &str, mut spots: Vec<Spot>) -> Vec<Found> {
    // Of two at one place what may be said comes first, then the longer, then the one without a typo.
    spots.sort_by_key(|spot| (spot.start, spot.means != Means::Free, std::cmp::Reverse(spot.end), !spot.exact));
    let exact = exact_places(&spots);
    let (mut free_to, mut found_to) = (0, 0);
    let mut last: BTreeMap<usize, usize> = BTreeMap::new();
    let mut found: Vec<Found> = Vec::new();
    let mut phrase = 0;
    for spot in spots {
        let Means::Blocked(blocked) = spot.means else {
            free_to = free_to.max(spot.end);
            continue;
        };
        let doubled = !spot.exact && overlaps(exact.get(&blocked), &spot);
        let again = last.get(&blocked).is_some_and(|end| *end > spot.start);
        if spot.end <= free_to || spot.end <= found_to || doubled || again {
            continue;
        }
        found_to = spot.end;
        last.insert(blocked, spot.end);
        let before = found.last_mut().filter(|before| before.blocked == blocked && spot.phrase == phrase + 1);
        phrase = spot.phrase;
        match before.filter(|before| says_nothing(&text[before.end..spot.start])) {
            // The next sentence of the same wording.
            Some(before) => before.end = spot.end,
            None => found.push(Found { blocked, start: spot.start, end: spot.end }),
        }
    }
    found
}

fn exact_places(spots: &[Spot]) -> BTreeMap<usize, Vec<(usize, usize)>> {
    let mut exact: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for spot in spots.iter().filter(|spot| spot.exact) {
        if let Means::Blocked(blocked) = spot.means {
            exact.entry(blocked).or_default().push((spot.start, spot.end));
        }
    }
    exact
}

/// Whether a place without a typo shares text with this one: then the typo is only the word beside it.
fn overlaps(exact: Option<&Vec<(usize, usize)>>, spot: &Spot) -> bool {
    let Some(exact) = exact else { return false };
    let from = exact.partition_point(|(start, _)| *start < spot.start);
    let near = exact.get(from.saturating_sub(1)..(from + 1).min(exact.len())).unwrap_or_default();
    near.iter().any(|(start, end)| *start < spot.end && spot.start < *end)
}

fn says_nothing(between: &str) -> bool {
    !between.contains(char::is_alphanumeric)
}
