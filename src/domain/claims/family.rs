//! One wording in all its forms. Owns how far two wordings may differ and still be the same.

use super::words::{self, Markup, Run};

/// Letters from which a wording may hold one typo, wherever its words are joined or split.
const TYPO_FROM: usize = 10;
/// Letters from which each word may hold one of its own.
const WORD_TYPO_FROM: usize = 7;

/// A wording, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    pub letters: String,
    words: Vec<String>,
}

/// How exactly a phrase was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    Exact,
    Typo,
}

/// A blocked wording as it may be written out: `SSO/SCIM` is also `SSO and SCIM`.
/// One of several sentences is sentence by sentence.
pub fn phrases(text: &str) -> Vec<Phrase> {
    let parts = sentences(text);
    if parts.len() > 1 {
        return parts;
    }
    let mut texts = vec![String::new()];
    for (at, part) in listed(text).into_iter().enumerate() {
        let links: &[&str] = match at {
            0 => &[""],
            // More lists than two in one wording are read as they stand.
            1 | 2 => &[" ", " and ", " or "],
            _ => &[" "],
        };
        let with = |link: &&str| texts.iter().map(|text| format!("{text}{link}{part}")).collect::<Vec<_>>();
        texts = links.iter().flat_map(with).collect();
    }
    texts.iter().filter_map(|text| whole(text)).collect()
}

/// The parts of `A/B`, `A & B`, `A and B`, `A or B`.
fn listed(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for word in text.replace(['/', '&'], " and ").split_whitespace() {
        if word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or") {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push_str(word);
            part.push(' ');
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The sentences of a text that may be said, each by itself.
pub fn sentences(text: &str) -> Vec<Phrase> {
    let mut out = Vec::new();
    words::read(text, Markup::Text, &mut |run| out.push(phrase(run)));
    out
}

/// A wording as one phrase, also where it holds a full stop.
fn whole(text: &str) -> Option<Phrase> {
    let mut whole = Phrase { letters: String::new(), words: Vec::new() };
    for part in sentences(text) {
        whole.letters.push_str(&part.letters);
        whole.words.extend(part.words);
    }
    (!whole.letters.is_empty()).then_some(whole)
}

/// A wording as its letters alone.
pub fn letters(text: &str) -> String {
    whole(text).map(|phrase| phrase.letters).unwrap_or_default()
}

fn phrase(run: &Run) -> Phrase {
    let words = run.words.iter().map(|word| run.letters[word.from..word.to].to_owned()).collect();
    Phrase { letters: run.letters.clone(), words }
}

impl Phrase {
    /// Whether it stands where this word begins, and with which word it ends.
    pub fn at(&self, run: &Run, word: usize, typos: bool) -> Option<(usize, Hit)> {
        let text = &run.letters[run.words[word].from..];
        let same = text.bytes().zip(self.letters.bytes()).take_while(|(a, b)| a == b).count();
        if same == self.letters.len()
            && let Some(last) = run.ends(word, same)
        {
            return Some((last, Hit::Exact));
        }
        if !typos || same == 0 {
            return None;
        }
        let typo = if self.letters.len() < TYPO_FROM { None } else { self.with_a_typo(run, word, text, same) };
        typo.or_else(|| self.word_by_word(run, word)).map(|last| (last, Hit::Typo))
    }

    /// The last word, when one letter more, less, other, or two swapped makes the letters the same.
    fn with_a_typo(&self, run: &Run, word: usize, text: &str, same: usize) -> Option<usize> {
        let same = (0..=same).rev().find(|at| text.is_char_boundary(*at) && self.letters.is_char_boundary(*at))?;
        let (have, want) = (&text[same..], &self.letters[same..]);
        let ends = |rest: &str, wanted: &str| {
            let len = text.len() - rest.len() + wanted.len();
            rest.starts_with(wanted).then(|| run.ends(word, len)).flatten()
        };
        let (x, y) = (letter(have), letter(want));
        let more = x.and_then(|x| ends(&have[x.len_utf8()..], want));
        let less = || y.and_then(|y| ends(have, &want[y.len_utf8()..]));
        let other = || x.zip(y).and_then(|(x, y)| ends(&have[x.len_utf8()..], &want[y.len_utf8()..]));
        let swapped = || {
            let (x, y) = x.zip(y)?;
            let (after, then) = (&have[x.len_utf8()..], &want[y.len_utf8()..]);
            let both = after.starts_with(y) && then.starts_with(x);
            both.then(|| ends(&after[y.len_utf8()..], &then[x.len_utf8()..])).flatten()
        };
        other().or_else(swapped).or_else(less).or(more)
    }

    /// The last word, when each long word is the wanted one but for one typo of its own.
    fn word_by_word(&self, run: &Run, word: usize) -> Option<usize> {
        let have = run.words.get(word..word + self.words.len())?;
        let same = have.iter().zip(&self.words).all(|(have, want)| {
            let have = &run.letters[have.from..have.to];
            have == want || (want.len() >= WORD_TYPO_FROM && one_typo(have, want))
        });
        same.then_some(word + self.words.len() - 1)
    }
}

/// The letter a typo may be in. A digit is never one: phase 1 is not phase 2.
fn letter(text: &str) -> Option<char> {
    text.chars().next().filter(|c| c.is_alphabetic())
}

/// Whether one letter more, less, other, or two swapped makes the words equal.
fn one_typo(one: &str, other: &str) -> bool {
    if one.len().abs_diff(other.len()) > 4 {
        return false;
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let head = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let typo = |c: &char| c.is_alphabetic();
    match (&one[head..], &other[head..]) {
        ([], [x]) | ([x], []) => typo(x),
        ([x, y, left @ ..], [v, w, right @ ..]) if x == w && y == v && left == right => typo(x) && typo(y),
        (left @ [x, rest @ ..], right @ [y, tail @ ..]) => {
            (rest == tail && typo(x) && typo(y)) || (rest == right && typo(x)) || (left == tail && typo(y))
        }
        _ => false,
    }
}
