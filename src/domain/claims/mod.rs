//! Finds wording that may not be used yet in a text. Owns what counts as the same wording; never reads a file.

mod tokens;

use tokens::{Token, tokens};

/// Wording that is blocked now, with what opens it and what to say meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    pub claim: String,
    pub unlocked_by: String,
    pub instead: String,
}

/// One place where blocked wording stands; `start..end` are bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub blocked: usize,
    pub start: usize,
    pub end: usize,
}

/// Letters from which a word may hold one typo.
const TYPO_FROM: usize = 7;

/// Every blocked wording in the text that is not part of a whole allowed sentence, in order of place.
#[must_use]
pub fn find(text: &str, blocked: &[Blocked], allowed: &[String]) -> Vec<Found> {
    let words = tokens(text);
    let free: Vec<(usize, usize)> = allowed.iter().flat_map(|phrase| spots(&words, &tokens(phrase), false)).collect();
    let mut found: Vec<Found> = Vec::new();
    for (at, claim) in blocked.iter().enumerate() {
        let phrase = tokens(&claim.claim);
        found.extend(
            spots(&words, &phrase, true)
                .into_iter()
                .filter(|(start, end)| !free.iter().any(|(from, to)| from <= start && end <= to))
                .map(|(start, end)| Found { blocked: at, start, end }),
        );
    }
    found.sort_by_key(|one| (one.start, std::cmp::Reverse(one.end), one.blocked));
    found.dedup_by(|later, kept| later.start >= kept.start && later.end <= kept.end);
    found
}

/// Line and column of a byte of the text, both from 1; the column counts characters.
#[must_use]
pub fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// Where the phrase stands among the words.
fn spots(words: &[Token], phrase: &[Token], typos: bool) -> Vec<(usize, usize)> {
    let joined: String = phrase.iter().map(|word| word.stem.as_str()).collect();
    if joined.is_empty() {
        return Vec::new();
    }
    (0..words.len())
        .filter_map(|from| {
            let rest = &words[from..];
            let taken = same_letters(rest, &joined).or_else(|| if typos { near(rest, phrase) } else { None })?;
            Some((rest.first()?.start, rest.get(taken - 1)?.end))
        })
        .collect()
}

/// How many words spell these letters exactly, however they are joined or split.
fn same_letters(words: &[Token], joined: &str) -> Option<usize> {
    let mut left = joined;
    for (at, word) in words.iter().enumerate() {
        if at > 0 && word.breaks {
            return None;
        }
        left = left.strip_prefix(word.stem.as_str())?;
        if left.is_empty() {
            return Some(at + 1);
        }
    }
    None
}

/// How many words are the phrase word by word, where a long one may hold one typo.
fn near(words: &[Token], phrase: &[Token]) -> Option<usize> {
    let run = words.get(..phrase.len())?;
    let same = run.iter().zip(phrase).enumerate().all(|(at, (word, wanted))| {
        (at == 0 || !word.breaks)
            && (word.stem == wanted.stem || (wanted.stem.chars().count() >= TYPO_FROM && one_edit(&word.stem, &wanted.stem)))
    });
    same.then_some(phrase.len())
}

/// Whether one letter more, less, other, or two swapped makes the words equal.
fn one_edit(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let head = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    match (&one[head..], &other[head..]) {
        ([], [_]) | ([_], []) => true,
        ([x, y, left @ ..], [v, w, right @ ..]) if x == w && y == v && left == right => true,
        (left @ [_, rest @ ..], right @ [_, tail @ ..]) => rest == tail || rest == right || left == tail,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
