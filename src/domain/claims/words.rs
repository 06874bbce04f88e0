//! A text as runs of words with their places, without markup. Owns what separates two words, and two sentences.

use super::blocks::{self, Kind};
use super::{fold, markup};

/// How much of a text is markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// Text or Markdown: lines begin items, headings and rows; a tag is one that HTML knows, since `a <b` may be said.
    Text,
    /// Everything in angle brackets is a tag, and only a tag begins a block.
    Html,
}

/// Words between two ends of a sentence or a block, so that no wording runs across.
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

/// Reads a text, run by run; what a tag shows in its attributes comes after the text around it.
pub fn read<'t>(text: &'t str, markup: Markup, each: &mut dyn FnMut(&Run)) {
    let mut reader = Reader::new(text, markup);
    reader.read(0, text.len(), each);
    for (start, end) in std::mem::take(&mut reader.shown) {
        reader.read(start, end, each);
    }
}

/// The block that is being read.
#[derive(Clone, Copy, Default)]
struct Block {
    /// Its line is all of it.
    whole: bool,
    /// `|` ends it.
    cells: bool,
    /// The rows of a table go on until a line is none.
    table: bool,
    /// How many `>` it is quoted by.
    depth: usize,
}

struct Reader<'t> {
    text: &'t str,
    markup: Markup,
    run: Run,
    /// Where the word that is being read began: in the letters, in the text.
    word: Option<(usize, usize)>,
    /// Where its last letter ended.
    end: usize,
    /// Ends of line since the last letter or mark.
    lines: usize,
    /// The same of those that a tag makes.
    breaks: usize,
    block: Block,
    tags: markup::Tags<'t>,
    /// What attributes show, to be read later.
    shown: Vec<(usize, usize)>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, markup: Markup) -> Self {
        let tags = markup::Tags::new(text, markup);
        Self {
            text,
            markup,
            run: Run::default(),
            word: None,
            end: 0,
            lines: 0,
            breaks: 0,
            block: Block::default(),
            tags,
            shown: Vec::new(),
        }
    }

    fn read(&mut self, from: usize, to: usize, each: &mut dyn FnMut(&Run)) {
        let bytes = &self.text.as_bytes()[..to];
        (self.block, self.lines) = (Block::default(), 0);
        let mut at = self.opened(from, to, each);
        while let Some(byte) = bytes.get(at) {
            at = match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => self.letters(at, to),
                b'\n' | b'\r' => self.line(at, 1, to, each),
                b'.' | b';' | b'!' | b'?' => self.stop(at, to, each),
                b'<' | b'&' | b'[' | b']' => self.markup(at, to, each),
                b'|' => self.bar(at, each),
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
        (self.lines, self.breaks) = (0, 0);
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
        self.breaks = 0;
    }

    /// An end of line separates, an empty line ends the block; to a page both are a space, but for what is set as it is.
    fn line(&mut self, at: usize, len: usize, to: usize, each: &mut dyn FnMut(&Run)) -> usize {
        let next = at + if self.text[at..to].starts_with("\r\n") { 2 } else { len };
        self.gap(next);
        if self.markup == Markup::Html && !self.tags.is_set_as_is() {
            return next;
        }
        self.lines += 1;
        let is_empty = self.lines > 1;
        self.block.table &= !is_empty;
        if is_empty || self.block.whole {
            self.break_off(each);
        }
        self.opened(next, to, each)
    }

    /// Past what a line begins with; where that begins a block, the one before is over.
    fn opened(&mut self, at: usize, to: usize, each: &mut dyn FnMut(&Run)) -> usize {
        if self.markup == Markup::Html {
            return at;
        }
        let opening = blocks::opening(&self.text[at..to]);
        let is_empty = matches!(self.text.as_bytes()[..to].get(at + opening.skip), None | Some(b'\n' | b'\r'));
        let in_table = self.block.table && opening.depth <= self.block.depth;
        let kind = if in_table && opening.kind == Kind::Flows && !is_empty { Kind::Row } else { opening.kind };
        let goes_on = kind == Kind::Flows && opening.depth <= self.block.depth && !self.block.whole;
        if !goes_on {
            self.break_off(each);
        }
        // A line of a quote may leave out the marks of the one before.
        let depth = if self.run.words.is_empty() { opening.depth } else { self.block.depth };
        let table = kind == Kind::Delimiter || (in_table && (kind == Kind::Row || is_empty));
        let whole = !matches!(kind, Kind::Flows | Kind::Item);
        self.block = Block { whole, cells: kind == Kind::Row, table, depth };
        if kind != Kind::Flows {
            self.lines = 0;
        }
        at + opening.skip
    }

    /// Between two cells.
    fn bar(&mut self, at: usize, each: &mut dyn FnMut(&Run)) -> usize {
        let is_escaped = at > 0 && self.text.as_bytes()[at - 1] == b'\\';
        if self.block.cells && !is_escaped {
            self.break_off(each);
        }
        self.gap(at + 1)
    }

    /// What a tag breaks is one line further; two of them are an empty line.
    fn broken(&mut self, next: usize, each: &mut dyn FnMut(&Run)) -> usize {
        self.gap(next);
        self.breaks += 1;
        if self.breaks > 1 {
            self.break_off(each);
        }
        next
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
            '\u{85}' | '\u{2028}' => self.line(at, c.len_utf8(), to, each),
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
        (self.lines, self.breaks) = (0, 0);
        self.end = next;
        next
    }

    fn markup(&mut self, at: usize, to: usize, each: &mut dyn FnMut(&Run)) -> usize {
        match self.tags.at(at, to, &mut self.shown) {
            Some(markup::Skip::Gap(next)) => self.gap(next),
            Some(markup::Skip::Line(next)) => self.broken(next, each),
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
