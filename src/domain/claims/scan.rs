//! All phrases at once, word after word. Owns that what was found out about a word is not found out again, so that a text of
//! nothing but beginnings of phrases is read about as fast as any other.

use super::family::{Hit, Phrase, Progress};
use super::settle::{Means, Spot};
use super::words::Run;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Words that are remembered; a newer one takes the place of an older.
const WORDS: usize = 1 << 13;
/// Bytes of a word that is remembered.
const SHORT: usize = 24;
/// So many states and steps are remembered, then all of it is found out anew.
const STATES: usize = 1 << 13;
const STEPS: usize = 1 << 17;
/// The state from which nothing is found any more.
const NOWHERE: u32 = 0;
/// No word has this number.
const UNKNOWN: u32 = 0;

/// What is looked for.
pub struct Wanted {
    phrases: Vec<(Phrase, Means)>,
    /// The phrases that begin with each byte: most words of a text begin none.
    by_first: Vec<Vec<Begins>>,
}

/// A phrase, and its second, third and fourth letter where all four are plain.
struct Begins {
    phrase: usize,
    next: Option<[u8; 3]>,
}

impl Wanted {
    pub fn new(phrases: Vec<(Phrase, Means)>) -> Self {
        let mut by_first: Vec<Vec<Begins>> = std::iter::repeat_with(Vec::new).take(256).collect();
        for (at, (phrase, _)) in phrases.iter().enumerate() {
            let bytes = phrase.letters.as_bytes();
            let next = bytes.get(..4).filter(|four| four.is_ascii()).map(|four| [four[1], four[2], four[3]]);
            if let Some(first) = bytes.first() {
                by_first[usize::from(*first)].push(Begins { phrase: at, next });
            }
        }
        Self { phrases, by_first }
    }

    /// Every way in which a place may begin with this word.
    fn begin(&self, word: &str) -> Vec<Item> {
        let mut items = Vec::new();
        let Some(first) = word.as_bytes().first() else { return items };
        for begins in self.by_first[usize::from(*first)].iter().filter(|begins| begins.may(word.as_bytes())) {
            let (phrase, means) = &self.phrases[begins.phrase];
            phrase.begin(word, means.bears_typos(), &mut |progress| items.push((begins.phrase, progress)));
        }
        items
    }

    fn step(&self, from: &[Item], word: &str) -> Vec<Item> {
        let mut items = Vec::new();
        for (at, progress) in from {
            let (phrase, means) = &self.phrases[*at];
            phrase.step(*progress, word, means.bears_typos(), &mut |progress| items.push((*at, progress)));
        }
        items
    }
}

impl Begins {
    /// Whether the word's first letters leave room for the phrase with one typo; a look that costs nothing.
    fn may(&self, word: &[u8]) -> bool {
        let (Some([second, third, fourth]), Some([_, have, then])) = (self.next, word.get(..3)) else { return true };
        let (have, then) = (*have, *then);
        let plain = have.is_ascii() && then.is_ascii();
        !plain || have == second || then == second || then == third || (have == third && then == fourth)
    }
}

/// One phrase, and how far a place has come in it.
type Item = (usize, Progress);

#[derive(Default)]
struct State {
    items: Vec<Item>,
    /// Which phrases end here.
    hits: Vec<(usize, Hit)>,
}

/// A word that was seen: where it leads at the beginning of a place.
#[derive(Clone, Copy, Default)]
struct Seen {
    letters: [u64; SHORT / 8],
    number: u32,
    begins: u32,
}

/// Looks through runs of words for all that is wanted.
pub struct Scan<'w> {
    wanted: &'w Wanted,
    states: Vec<State>,
    known: HashMap<Vec<Item>, u32>,
    steps: HashMap<u64, u32, BuildHasherDefault<Mix>>,
    seen: Vec<Seen>,
    numbers: u32,
    /// The words of one run: number, and the state it begins.
    row: Vec<(u32, u32)>,
}

impl<'w> Scan<'w> {
    pub fn new(wanted: &'w Wanted) -> Self {
        let mut scan = Self {
            wanted,
            states: Vec::new(),
            known: HashMap::new(),
            steps: HashMap::default(),
            seen: Vec::new(),
            numbers: UNKNOWN,
            row: Vec::new(),
        };
        scan.forget();
        scan
    }

    fn forget(&mut self) {
        self.states.clear();
        self.states.push(State::default());
        self.known.clear();
        self.known.insert(Vec::new(), NOWHERE);
        self.steps.clear();
        self.seen.clear();
        self.seen.resize(WORDS, Seen::default());
        self.numbers = UNKNOWN;
    }

    /// Adds every place of the run where a phrase stands.
    pub fn look(&mut self, run: &Run, spots: &mut Vec<Spot>) {
        if self.states.len() > STATES || self.steps.len() > STEPS || self.numbers > u32::MAX / 2 {
            self.forget();
        }
        let mut row = std::mem::take(&mut self.row);
        row.clear();
        row.extend(run.words.iter().map(|word| self.word(&run.letters[word.from..word.to])));
        for (at, (_, begins)) in row.iter().enumerate() {
            let (mut state, mut last) = (*begins, at);
            while state != NOWHERE {
                let (start, end) = (run.words[at].start, run.words[last].end);
                spots.extend(self.states[state as usize].hits.iter().map(|(phrase, hit)| Spot {
                    phrase: *phrase,
                    means: self.wanted.phrases[*phrase].1,
                    start,
                    end,
                    exact: *hit == Hit::Exact,
                }));
                last += 1;
                let (Some((number, _)), Some(word)) = (row.get(last), run.words.get(last)) else { break };
                state = self.step(state, *number, &run.letters[word.from..word.to]);
            }
        }
        self.row = row;
    }

    /// The number of a word, and the state that it begins.
    fn word(&mut self, word: &str) -> (u32, u32) {
        let Some(letters) = packed(word) else { return (UNKNOWN, self.begin(word)) };
        let slot = usize::try_from(mixed(&letters)).unwrap_or_default() % WORDS;
        if self.seen[slot].letters == letters && self.seen[slot].number != UNKNOWN {
            return (self.seen[slot].number, self.seen[slot].begins);
        }
        self.numbers += 1;
        let seen = Seen { letters, number: self.numbers, begins: self.begin(word) };
        self.seen[slot] = seen;
        (seen.number, seen.begins)
    }

    fn begin(&mut self, word: &str) -> u32 {
        let items = self.wanted.begin(word);
        self.state(items)
    }

    fn step(&mut self, from: u32, number: u32, word: &str) -> u32 {
        let key = (u64::from(from) << 32) | u64::from(number);
        if number != UNKNOWN
            && let Some(known) = self.steps.get(&key)
        {
            return *known;
        }
        let items = self.wanted.step(&self.states[from as usize].items, word);
        let to = self.state(items);
        if number != UNKNOWN {
            self.steps.insert(key, to);
        }
        to
    }

    fn state(&mut self, mut items: Vec<Item>) -> u32 {
        if items.is_empty() {
            return NOWHERE;
        }
        items.sort_unstable();
        items.dedup();
        if let Some(known) = self.known.get(&items) {
            return *known;
        }
        let mut hits: Vec<(usize, Hit)> =
            items.iter().filter_map(|(at, progress)| Some((*at, self.wanted.phrases[*at].0.hit(*progress)?))).collect();
        // Of two ways to the same phrase the exact one counts.
        hits.dedup_by_key(|(at, _)| *at);
        let number = u32::try_from(self.states.len()).unwrap_or(NOWHERE);
        self.known.insert(items.clone(), number);
        self.states.push(State { items, hits });
        number
    }
}

/// A word in a few numbers; no letter is a zero.
fn packed(word: &str) -> Option<[u64; SHORT / 8]> {
    let mut bytes = [0; SHORT];
    bytes.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
    let (parts, _) = bytes.as_chunks::<8>();
    Some([u64::from_le_bytes(parts[0]), u64::from_le_bytes(parts[1]), u64::from_le_bytes(parts[2])])
}

fn mixed(letters: &[u64]) -> u64 {
    let mut mix = Mix::default();
    for part in letters {
        mix.write_u64(*part);
    }
    mix.finish()
}

/// Numbers spread over a table. Whoever makes them meet only makes the look slower: words and states are compared whole.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}
