//! Secrets go before any sink: raw bytes in, redacted raw bytes out, the same for every way the input is cut up.
//!
//! Whole lines are the unit. A fast search for the keywords of all rules and every form of every known value decides
//! which lines are looked at; all others pass as they are. Looking means: the line as it is and the line without escape
//! sequences, because colour codes split secrets, and what is found in either is masked in the raw bytes. Neither a
//! secret's digest nor its length is kept, only how often each rule hit.

mod keyblock;
mod known;
mod rules;
mod shape;
mod stand_in;
mod strip;
mod suspect;

pub use known::Secret;
pub use rules::{Added, Rule, Shape};
pub use strip::strip_escapes;
pub use suspect::{suspect_lines, suspects_in};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use keyblock::{Goes, KeyBlock};
use known::Form;
use std::{collections::BTreeMap, sync::Arc};
use strip::Plain;
use suspect::Suspects;

/// A longer line is looked at in pieces of this many bytes …
const PIECE: usize = 64 * 1024;
/// … that share this many, so that what spans a cut is seen whole.
const OVERLAP: usize = 8 * 1024;
/// The longest stretch around a base64 hit that goes with it, each way.
const RUN: usize = 4096;

/// Masks secrets in a stream of bytes.
pub struct Redactor {
    search: Arc<Search>,
    /// The end of the input so far that is no whole line yet.
    carry: Vec<u8>,
    key: KeyBlock,
    /// A mask reached the end of a piece: what goes on in the next one is the same secret.
    going_on: bool,
    counts: BTreeMap<String, u64>,
    suspects: Suspects,
}

/// What is searched for: one automaton for all keywords and all known values.
struct Search {
    rules: Arc<Vec<Rule>>,
    forms: Vec<Form>,
    names: Vec<String>,
    automaton: Option<AhoCorasick>,
    /// Rules without a keyword: their pattern itself is searched for.
    unnamed: Vec<usize>,
    /// What the patterns of the automaton stand for, in its order.
    meaning: Vec<Meaning>,
}

enum Meaning {
    Rules(Vec<usize>),
    Form(usize),
    KeyBlock,
}

/// One thing to mask, in raw bytes.
#[derive(Clone)]
struct Hit {
    /// With what made it recognisable.
    whole: (usize, usize),
    mask: (usize, usize),
    rule: String,
    /// A private key without its end: the lines behind it are part of it.
    opens_key: Option<Goes>,
}

impl Redactor {
    /// A redactor for one stream.
    #[must_use]
    pub fn new(rules: Arc<Vec<Rule>>, secrets: &[Secret]) -> Self {
        let search = Arc::new(Search::new(rules, secrets));
        Self::searching(search)
    }

    /// A redactor for another stream of the same run.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::searching(Arc::clone(&self.search))
    }

    fn searching(search: Arc<Search>) -> Self {
        Self {
            search,
            carry: Vec::new(),
            key: KeyBlock::default(),
            going_on: false,
            counts: BTreeMap::new(),
            suspects: Suspects::default(),
        }
    }

    /// Takes the next bytes and adds to `out` what is decided: whole lines, and long lines as far as they are.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let from = out.len();
        self.take(bytes, out);
        self.suspects.feed(&out[from..]);
    }

    fn take(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        if !self.carry.is_empty() {
            let end = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1);
            self.carry.extend_from_slice(&bytes[..end]);
            bytes = &bytes[end..];
            let mut carry = std::mem::take(&mut self.carry);
            let done = self.line(&carry, carry.ends_with(b"\n"), out);
            carry.drain(..done);
            self.carry = carry;
            if bytes.is_empty() {
                return;
            }
        }
        let whole = memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1);
        let (lines, rest) = bytes.split_at(whole);
        self.lines(lines, out);
        let done = self.line(rest, false, out);
        self.carry.extend_from_slice(&rest[done..]);
    }

    /// The input is over: what is left is a line too.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let carry = std::mem::take(&mut self.carry);
        if !carry.is_empty() {
            let from = out.len();
            self.line(&carry, true, out);
            self.suspects.feed(&out[from..]);
        }
        self.suspects.finish();
    }

    /// The line that is not finished yet, for showing it live. What could become a secret is held back.
    #[must_use]
    pub fn partial(&self) -> Vec<u8> {
        if self.carry.is_empty() || self.key.is_open() || self.going_on {
            return Vec::new();
        }
        let plain = Plain::of(&self.carry);
        let shown = plain.text.len() - self.search.unsure(&plain.text);
        if plain.span(shown, shown).0 < self.carry.len() && shown < plain.text.len() {
            // Colours in front of what is held back may stay; they end where the shown text does.
            let end = if shown == 0 { 0 } else { plain.span(0, shown).1 };
            let mut out = self.another().once(&self.carry[..end]);
            out.extend_from_slice("…".as_bytes());
            return out;
        }
        self.another().once(&self.carry)
    }

    /// How often each rule masked something.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }

    /// How many strings came through that look random and that no rule knows. All of them, once it is finished.
    #[must_use]
    pub fn suspects(&self) -> u64 {
        self.suspects.count()
    }

    /// Redacts bytes that are all there.
    #[must_use]
    pub fn once(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        self.feed(bytes, &mut out);
        self.finish(&mut out);
        out
    }

    /// Whole lines, most of which need no look.
    fn lines(&mut self, region: &[u8], out: &mut Vec<u8>) {
        let mut at = 0;
        let (mut hit, mut control, mut split) = (Next::Unknown, Next::Unknown, Next::Unknown);
        let search = Arc::clone(&self.search);
        while at < region.len() {
            let look = if self.key.is_open() {
                at
            } else {
                let hit = hit.from(at, || search.next(&region[at..]).map(|found| at + found));
                // What nobody sees may split what the search looks for.
                let control = control.from(at, || memchr::memchr3(0x1b, 0x08, 0, &region[at..]).map(|found| at + found));
                let split = split.from(at, || strip::next_split(&region[at..]).map(|found| at + found));
                hit.min(control).min(split)
            };
            if look == usize::MAX {
                out.extend_from_slice(&region[at..]);
                return;
            }
            let start = memchr::memrchr(b'\n', &region[at..look]).map_or(at, |found| at + found + 1);
            let end = memchr::memchr(b'\n', &region[look..]).map_or(region.len(), |found| look + found + 1);
            out.extend_from_slice(&region[at..start]);
            self.line(&region[start..end], true, out);
            at = end;
        }
    }

    /// One line, or the rest of one, in pieces. Returns how much of it is done: all of it when it `is_whole`.
    fn line(&mut self, line: &[u8], is_whole: bool, out: &mut Vec<u8>) -> usize {
        let mut at = 0;
        while line.len() - at > PIECE {
            at += self.piece(&line[at..at + PIECE], false, out);
        }
        if is_whole && at < line.len() {
            self.piece(&line[at..], true, out);
            self.going_on = false;
            return line.len();
        }
        at
    }

    /// One piece of a line, the last one or not. Returns how much of it is decided; the rest is looked at again.
    fn piece(&mut self, raw: &[u8], is_last: bool, out: &mut Vec<u8>) -> usize {
        let mut skip = 0;
        if self.key.is_open() {
            let plain = Plain::of(raw);
            if let Some(end) = self.key.ends(&plain.text) {
                skip = plain.span(0, end).1;
                if raw[skip..].trim_ascii().is_empty() {
                    return raw.len();
                }
            } else if self.key.takes(&plain.text, is_last) {
                return if is_last { raw.len() } else { PIECE - OVERLAP };
            }
        }
        if std::mem::take(&mut self.going_on) {
            skip = raw.iter().take_while(|byte| is_token(**byte)).count();
            if skip == raw.len() {
                self.going_on = !is_last;
                return skip;
            }
        }
        let body = &raw[skip..];
        let hits = self.search.hits(body);
        let mut cut = if is_last { body.len() } else { body.len().saturating_sub(OVERLAP) };
        if let Some((start, end)) = spanning(&hits, cut) {
            cut = if start > 0 || skip > 0 { start } else { end };
            self.going_on = cut == body.len();
        }
        let mut at = 0;
        for hit in hits.into_iter().filter(|hit| hit.mask.0 < cut) {
            let (start, end) = (hit.mask.0.max(at), hit.mask.1.min(cut));
            out.extend_from_slice(&body[at..start]);
            out.extend_from_slice(format!("⟨redacted:{}⟩", hit.rule).as_bytes());
            strip::colours(&body[start..end]).for_each(|colour| out.extend_from_slice(colour));
            if let Some(goes) = hit.opens_key {
                self.key.open(goes, &Plain::of(&body[..hit.mask.0]).text);
                self.going_on = false;
            }
            *self.counts.entry(hit.rule).or_default() += 1;
            at = end;
        }
        out.extend_from_slice(&body[at..cut]);
        skip + cut
    }
}

/// Where something comes next, remembered until it is passed.
#[derive(Clone, Copy)]
enum Next {
    Unknown,
    At(usize),
}

impl Next {
    /// The next place from `at` on, `usize::MAX` when there is none.
    fn from(&mut self, at: usize, search: impl FnOnce() -> Option<usize>) -> usize {
        match *self {
            Self::At(place) if place >= at => place,
            _ => {
                let place = search().unwrap_or(usize::MAX);
                *self = Self::At(place);
                place
            }
        }
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'=' | b'-' | b'.' | b'~' | b'%')
}

impl Search {
    fn new(rules: Arc<Vec<Rule>>, secrets: &[Secret]) -> Self {
        let forms = known::forms(secrets);
        let names = secrets.iter().map(|secret| secret.rule().to_owned()).collect();
        let mut keywords: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (n, rule) in rules.iter().enumerate() {
            for keyword in &rule.keywords {
                keywords.entry(keyword.to_ascii_lowercase()).or_default().push(n);
            }
        }
        let mut patterns: Vec<&[u8]> = keyblock::KEYWORDS.iter().map(|keyword| keyword.as_bytes()).collect();
        let mut meaning: Vec<Meaning> = keyblock::KEYWORDS.iter().map(|_| Meaning::KeyBlock).collect();
        for (keyword, rules) in &keywords {
            patterns.push(keyword.as_bytes());
            meaning.push(Meaning::Rules(rules.clone()));
        }
        for (n, form) in forms.iter().enumerate() {
            patterns.push(&form.bytes);
            meaning.push(Meaning::Form(n));
        }
        // A full automaton is fastest; with very many values it would take longer to build than it saves.
        let small = patterns.iter().map(|pattern| pattern.len()).sum::<usize>() < 40_000;
        let kind = if small { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
        let automaton = AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(kind)).build(&patterns).ok();
        let unnamed = (0..rules.len()).filter(|n| rules[*n].keywords.is_empty()).collect();
        Self { rules, forms, names, automaton, unnamed, meaning }
    }

    /// Where the next line worth a look is. Without an automaton, which cannot be, every line is.
    fn next(&self, bytes: &[u8]) -> Option<usize> {
        let Some(automaton) = &self.automaton else { return Some(0) };
        let first = automaton.find(bytes).map(|found| found.start());
        let unnamed = self.unnamed.iter().filter_map(|rule| self.rules[*rule].regex()?.find(bytes)).map(|found| found.start());
        unnamed.chain(first).min()
    }

    /// What to mask in one piece of a line, in order and apart from each other.
    fn hits(&self, raw: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        self.find(raw, |hit| hits.push(hit));
        if strip::next_hidden(raw).is_some() {
            let plain = Plain::of(raw);
            self.find(&plain.text, |hit| {
                let (whole, mask) = (plain.span(hit.whole.0, hit.whole.1), plain.span(hit.mask.0, hit.mask.1));
                hits.push(Hit { whole, mask, ..hit });
            });
        }
        join(hits)
    }

    fn find(&self, text: &[u8], mut hit: impl FnMut(Hit)) {
        let mut wanted = vec![self.automaton.is_none(); self.rules.len()];
        self.unnamed.iter().for_each(|rule| wanted[*rule] = true);
        let mut keys = false;
        for found in self.automaton.iter().flat_map(|automaton| automaton.find_overlapping_iter(text)) {
            match &self.meaning[found.pattern().as_usize()] {
                Meaning::Rules(rules) => rules.iter().for_each(|rule| wanted[*rule] = true),
                Meaning::KeyBlock => keys = true,
                Meaning::Form(form) => {
                    let form = &self.forms[*form];
                    let (mut start, mut end) = (found.start(), found.end());
                    if !form.any_case && text[start..end] != *form.bytes {
                        continue;
                    }
                    if form.in_run {
                        let digit =
                            |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'+' | b'/' | b'_' | b'-' | b'=');
                        start -= text[..start].iter().rev().take(RUN).take_while(digit).count();
                        end += text[end..].iter().take(RUN).take_while(digit).count();
                    }
                    hit(Hit { whole: (start, end), mask: (start, end), rule: self.names[form.secret].clone(), opens_key: None });
                }
            }
        }
        for (rule, _) in self.rules.iter().zip(&wanted).filter(|(_, wanted)| **wanted) {
            rule.each(text, |whole, mask| hit(Hit { whole, mask, rule: rule.name.clone(), opens_key: None }));
        }
        if keys {
            keyblock::each(text, |start, end, opens_key| {
                hit(Hit { whole: (start, end), mask: (start, end), rule: keyblock::RULE.into(), opens_key });
            });
        }
    }

    /// How many bytes at the end of an unfinished line could be the beginning of a secret.
    fn unsure(&self, text: &[u8]) -> usize {
        let run = text.iter().rev().take_while(|byte| !byte.is_ascii_whitespace()).count();
        let last = &text[text.len() - run..];
        let telling = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'_' | b'=' | b':' | b'/' | b'+' | b'"' | b'\'');
        let token_like = run >= 24 || run >= 8 && last.iter().any(telling);
        let run = if token_like || self.next(text).is_some() { run } else { 0 };
        // The beginning of a value that is known, in any of its forms.
        let begun = |form: &Form| {
            let most = form.bytes.len().min(text.len());
            (2..=most).rev().find(|n| text[text.len() - n..].eq_ignore_ascii_case(&form.bytes[..*n])).unwrap_or(0)
        };
        run.max(self.forms.iter().map(begun).max().unwrap_or(0))
    }
}

/// What must not be cut at `cut`: the hits across it, those that overlap these, and so on.
fn spanning(hits: &[Hit], cut: usize) -> Option<(usize, usize)> {
    let mut span = hits.iter().find(|hit| hit.whole.0 < cut && cut < hit.whole.1)?.whole;
    loop {
        let touching = hits.iter().filter(|hit| hit.whole.0 < span.1 && span.0 < hit.whole.1);
        let wider = touching.fold(span, |span, hit| (span.0.min(hit.whole.0), span.1.max(hit.whole.1)));
        if wider == span {
            return Some(span);
        }
        span = wider;
    }
}

/// Hits in order, overlapping ones made one. The earliest names the mask; of two, the longer.
fn join(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|a, b| (a.mask.0, b.mask.1, &a.rule).cmp(&(b.mask.0, a.mask.1, &b.rule)));
    let mut joined: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match joined.last_mut() {
            Some(last) if hit.mask.0 < last.mask.1 => {
                last.mask.1 = last.mask.1.max(hit.mask.1);
                last.whole = (last.whole.0.min(hit.whole.0), last.whole.1.max(hit.whole.1));
                last.opens_key = last.opens_key.or(hit.opens_key);
            }
            _ => joined.push(hit),
        }
    }
    joined
}

#[cfg(test)]
mod tests;
