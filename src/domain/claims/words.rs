//! A text as runs of words with their places, without markup. Owns what separates two words, and two sentences.

use super::{fold, markup};

/// How much of a text is markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// Text or Markdown: a tag is one that HTML knows, since `a <b` may be said.
    Text,
    /// Everything in angle brackets is a tag.
    Html,
}

/// Words between two ends of a sentence, so that no wording runs across.
#[derive(Debug, Default)]
pub struct Run {
    /// The words after each other, folded.
    pub letters: String,
    pub words: Vec<Word>,
}

/// One word: `from..to` in the letters, `start..end` in the text.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    pub from: usize,
    pub to: usize,
    pub start: usize,
    pub end: usize,
}

impl Run {
    /// The word that ends this many letters after the beginning of another.
    pub fn ends(&self, word: usize, letters: usize) -> Option<usize> {
        let to = self.words.get(word)?.from + letters;
        let step = self.words[word..].iter().position(|word| word.to >= to)?;
        (self.words[word + step].to == to && letters > 0).then_some(word + step)
    }
}

/// Reads a text, run by run; what a tag shows in its attributes comes after the text around it.
pub fn read<'t>(text: &'t str, markup: Markup, each: &mut dyn FnMut(&Run)) {
    let mut reader = Reader::new(text, markup);
    reader.read(0, text.len(), each);
    for (start, end) in std::mem::take(&mut reader.shown) {
        reader.read(start, end, each);
    }
}

struct Reader<'t> {
    text: &'t str,
    run: Run,
    /// Where the word that is being read began: in the letters, in the text.
    word: Option<(usize, usize)>,
    /// Where its last letter ended.
    end: usize,
    /// Ends of line since the last letter.
    lines: usize,
    tags: markup::Tags<'t>,
    /// What attributes show, to be read later.
    shown: Vec<(usize, usize)>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, markup: Markup) -> Self {
        let tags = markup::Tags::new(text, markup);
        Self { text, run: Run::default(), word: None, end: 0, lines: 0, tags, shown: Vec::new() }
    }

    fn read(&mut self, from: usize, to: usize, each: &mut dyn FnMut(&Run)) {
        let bytes = &self.text.as_bytes()[..to];
        let mut at = self.numbered(from, to);
        while let Some(byte) = bytes.get(at) {
            at = match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => self.letters(at, to),
                b'\n' | b'\r' => self.line(at, to, each),
                b'.' | b';' | b'!' | b'?' => self.stop(at, to, each),
                b'<' | b'&' | b']' => self.markup(at, to, each),
                b'\'' => self.apostrophe(at, 1, to),
                0x80.. => self.wide(at, to, each),
                _ => self.gap(at + 1),
            };
        }
        self.break_off(each);
    }

    /// Plain letters, as many as there are: the way that most of a text goes.
    fn letters(&mut self, at: usize, to: usize) -> usize {
        self.open(at);
        let bytes = &self.text.as_bytes()[at..to];
        let count = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let from = self.run.letters.len();
        self.run.letters.push_str(&self.text[at..at + count]);
        self.run.letters[from..].make_ascii_lowercase();
        self.end = at + count;
        self.end
    }

    fn open(&mut self, at: usize) {
        self.word.get_or_insert((self.run.letters.len(), at));
        self.lines = 0;
    }

    fn gap(&mut self, next: usize) -> usize {
        if let Some((from, start)) = self.word.take() {
            fold::singular(&mut self.run.letters, from);
            self.run.words.push(Word { from, to: self.run.letters.len(), start, end: self.end });
        }
        next
    }

    /// Ends the sentence.
    fn break_off(&mut self, each: &mut dyn FnMut(&Run)) {
        self.gap(0);
        if !self.run.words.is_empty() {
            each(&self.run);
            self.run.letters.clear();
            self.run.words.clear();
        }
        self.lines = 0;
    }

    /// An end of line separates, an empty line ends the sentence.
    fn line(&mut self, at: usize, to: usize, each: &mut dyn FnMut(&Run)) -> usize {
        let next = at + if self.text[at..to].starts_with("\r\n") { 2 } else { 1 };
        self.gap(next);
        self.lines += 1;
        if self.lines > 1 {
            self.break_off(each);
        }
        self.numbered(next, to)
    }

    /// Past the `> 12. ` that numbers a line of a list.
    fn numbered(&mut self, at: usize, to: usize) -> usize {
        let line = &self.text[at..to];
        let inner = line.trim_start_matches([' ', '\t', '>', '*', '-', '+']);
        let digits = inner.bytes().take(4).take_while(u8::is_ascii_digit).count();
        let number = (1..4).contains(&digits) && inner[digits..].starts_with(['.', ')']) && {
            inner[digits + 1..].starts_with([' ', '\t'])
        };
        if number { at + (line.len() - inner.len()) + digits + 1 } else { at }
    }

    fn stop(&mut self, at: usize, to: usize, each: &mut dyn FnMut(&Run)) -> usize {
        let mut rest = self.text[at + 1..to].chars();
        let mut next = rest.next();
        while matches!(next, Some('"' | '\'' | ')' | ']' | '*' | '_' | '\u{201d}' | '\u{2019}' | '\u{bb}')) {
            next = rest.next();
        }
        if next.is_none_or(|next| next.is_whitespace() || next == '<') {
            self.break_off(each);
        }
        self.gap(at + 1)
    }

    /// `checkout's` is one word.
    fn apostrophe(&mut self, at: usize, len: usize, to: usize) -> usize {
        let mut after = self.text[at + len..to].chars();
        let owns =
            self.word.is_some() && matches!(after.next(), Some('s' | 'S')) && !after.next().is_some_and(char::is_alphanumeric);
        self.gap(at + len + usize::from(owns))
    }

    fn wide(&mut self, at: usize, to: usize, each: &mut dyn FnMut(&Run)) -> usize {
        let Some(c) = self.text[at..to].chars().next() else { return to };
        let next = at + c.len_utf8();
        match c {
            c if fold::is_invisible(c) => next,
            '\u{2019}' | '\u{2bc}' => self.apostrophe(at, c.len_utf8(), to),
            '\u{85}' | '\u{2028}' => self.gap(next),
            '\u{2029}' => {
                self.break_off(each);
                next
            }
            c => self.letter(c, at, next),
        }
    }

    /// A character that may spell something.
    fn letter(&mut self, c: char, at: usize, next: usize) -> usize {
        let from = self.run.letters.len();
        if !fold::fold(c, &mut self.run.letters) {
            return self.gap(next);
        }
        self.word.get_or_insert((from, at));
        self.lines = 0;
        self.end = next;
        next
    }

    fn markup(&mut self, at: usize, to: usize, each: &mut dyn FnMut(&Run)) -> usize {
        match self.tags.at(at, to, &mut self.shown) {
            Some(markup::Skip::Gap(next)) => self.gap(next),
            Some(markup::Skip::Break(next)) => {
                self.break_off(each);
                next
            }
            Some(markup::Skip::Letter(c, next)) if fold::is_invisible(c) => next,
            Some(markup::Skip::Letter(c, next)) => self.letter(c, at, next),
            None => self.gap(at + 1),
        }
    }
}
