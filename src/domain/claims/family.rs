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

/// How far a text has come into a phrase, at the end of one of its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Progress {
    /// So many bytes of its letters, however its words are joined or split.
    Exact(usize),
    /// The same, with one typo on the way.
    Typo(usize),
    /// So many of its words, each long one with a typo of its own or none.
    Words(usize),
}

/// How exactly a phrase was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// Where the first word of a place leads.
    pub fn begin(&self, word: &str, typos: bool, each: &mut dyn FnMut(Progress)) {
        // A place begins with the right letter.
        if word.bytes().next() != self.letters.bytes().next() {
            return;
        }
        self.step(Progress::Exact(0), word, typos, each);
        if typos && self.words.iter().any(|word| word.len() >= WORD_TYPO_FROM) {
            self.step(Progress::Words(0), word, typos, each);
        }
    }

    /// Where one more word leads: nowhere, or to one or several that may still be.
    pub fn step(&self, from: Progress, word: &str, typos: bool, each: &mut dyn FnMut(Progress)) {
        match from {
            Progress::Exact(at) => self.letter_by_letter(at, word, typos, each),
            Progress::Typo(at) if self.letters[at..].starts_with(word) => each(Progress::Typo(at + word.len())),
            Progress::Words(n) if self.words.get(n).is_some_and(|want| same_word(word, want)) => each(Progress::Words(n + 1)),
            Progress::Typo(_) | Progress::Words(_) => {}
        }
    }

    /// Whether that is all of it.
    pub fn hit(&self, progress: Progress) -> Option<Hit> {
        match progress {
            Progress::Exact(at) => (at == self.letters.len()).then_some(Hit::Exact),
            Progress::Typo(at) => (at == self.letters.len()).then_some(Hit::Typo),
            Progress::Words(n) => (n == self.words.len()).then_some(Hit::Typo),
        }
    }

    fn letter_by_letter(&self, at: usize, word: &str, typos: bool, each: &mut dyn FnMut(Progress)) {
        let rest = &self.letters[at..];
        let same = word.bytes().zip(rest.bytes()).take_while(|(have, want)| have == want).count();
        let typos = typos && self.letters.len() >= TYPO_FROM;
        if same == word.len() {
            each(Progress::Exact(at + same));
            // One that is missing anywhere else is missed when the next word comes.
            if typos && letter(&rest[same..]).is_some_and(|last| same + last.len_utf8() == rest.len()) {
                each(Progress::Typo(self.letters.len()));
            }
        } else if typos && at + same > 0 {
            self.with_a_typo(at, word, same, each);
        }
    }

    /// One letter more, less, other, or two swapped, where word and phrase first differ.
    fn with_a_typo(&self, at: usize, word: &str, same: usize, each: &mut dyn FnMut(Progress)) {
        let rest = &self.letters[at..];
        let Some(same) = (0..=same).rev().find(|at| word.is_char_boundary(*at) && rest.is_char_boundary(*at)) else { return };
        let (have, want) = (&word[same..], &rest[same..]);
        let mut try_on = |have: &str, want: &str| {
            if want.starts_with(have) {
                each(Progress::Typo(self.letters.len() - want.len() + have.len()));
            }
        };
        let (x, y) = (letter(have), letter(want));
        if let Some(x) = x {
            try_on(&have[x.len_utf8()..], want);
        }
        if let Some(y) = y {
            try_on(have, &want[y.len_utf8()..]);
        }
        if let (Some(x), Some(y)) = (x, y) {
            let (after, then) = (&have[x.len_utf8()..], &want[y.len_utf8()..]);
            try_on(after, then);
            if after.starts_with(y) && then.starts_with(x) {
                try_on(&after[y.len_utf8()..], &then[x.len_utf8()..]);
            }
        }
    }
}

/// Whether it is the wanted word, a long one but for one typo.
fn same_word(have: &str, want: &str) -> bool {
    have == want || (want.len() >= WORD_TYPO_FROM && one_typo(have, want))
}

/// The letter a typo may be in. A digit is never one: phase 1 is not phase 2.
fn letter(text: &str) -> Option<char> {
    text.chars().next().filter(|c| c.is_alphabetic())
}

/// Whether one letter more, less, other, or two swapped makes the words equal.
fn one_typo(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return differ_by_one(one.as_bytes(), other.as_bytes(), u8::is_ascii_alphabetic);
    }
    if one.len().abs_diff(other.len()) > 4 {
        return false;
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    differ_by_one(&one, &other, |c| c.is_alphabetic())
}

fn differ_by_one<T: PartialEq>(one: &[T], other: &[T], typo: fn(&T) -> bool) -> bool {
    if one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let head = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    match (&one[head..], &other[head..]) {
        ([], [x]) | ([x], []) => typo(x),
        ([x, y, left @ ..], [v, w, right @ ..]) if x == w && y == v && left == right => typo(x) && typo(y),
        (left @ [x, rest @ ..], right @ [y, tail @ ..]) => {
            (rest == tail && typo(x) && typo(y)) || (rest == right && typo(x)) || (left == tail && typo(y))
        }
        _ => false,
    }
}
