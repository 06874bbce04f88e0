//! [`SafeText`]: the only way bytes from outside become something to display.
//!
//! Whatever could drive a terminal, hide text or reorder it becomes a visible mark, so that a line shows all that is in
//! it. What this module does not do is find secrets: that has happened before, see `domain::redact`.

mod sgr;

pub use sgr::{Colour, Sgr, styled, styled_from};

use std::{fmt, ops::Deref};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Marks that may sit on one cell before the rest of them are spelled out; enough for every living script.
pub const MARKS_A_CELL: usize = 3;
const TAB: usize = 8;

/// One line of text that is safe to show: no control, nothing invisible, nothing that reorders.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafeText(String);

/// Makes one line of outside text safe. Line ends in it become marks too.
#[must_use]
pub fn line(text: &str) -> SafeText {
    let mut out = Pen::new(text.len());
    out.text(text);
    out.finish()
}

/// Makes one line of outside bytes safe; what is not UTF-8 becomes marks such as `\xff`.
#[must_use]
pub fn bytes(bytes: &[u8]) -> SafeText {
    let mut out = Pen::new(bytes.len());
    out.bytes(bytes);
    out.finish()
}

/// Makes text of several lines safe, line by line. A `\r` before a line end belongs to it.
pub fn lines(text: &str) -> impl Iterator<Item = SafeText> {
    text.lines().map(line)
}

impl SafeText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// How many terminal cells it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.0.width()
    }

    /// The text in at most `width` cells; what is cut off leaves a `…`.
    #[must_use]
    pub fn fit(&self, width: usize) -> Self {
        if self.width() <= width {
            return self.clone();
        }
        let Some(room) = width.checked_sub(1) else { return Self::default() };
        let (mut kept, mut used) = (0, 0);
        for (at, cluster) in self.0.grapheme_indices(true) {
            used += cluster.width();
            if used > room {
                break;
            }
            kept = at + cluster.len();
        }
        Self(format!("{}…", &self.0[..kept]))
    }

    /// The text for a terminal that has only ASCII: marks in caret notation, other characters as their nearest twin or `?`.
    #[must_use]
    pub fn to_ascii(&self) -> Self {
        if self.0.is_ascii() {
            return self.clone();
        }
        let mut out = String::with_capacity(self.0.len());
        for c in self.0.chars() {
            match c {
                ' '..='~' => out.push(c),
                '\u{2400}'..='\u{241f}' => {
                    out.push('^');
                    out.push(char::from((c as u32 - 0x2400) as u8 + b'@'));
                }
                '␡' => out.push_str("^?"),
                '…' => out.push_str("..."),
                '‐'..='―' | '−' => out.push('-'),
                '‘' | '’' => out.push('\''),
                '“' | '”' => out.push('"'),
                '·' | '•' => out.push('.'),
                '→' => out.push_str("->"),
                '⟨' => out.push('<'),
                '⟩' => out.push('>'),
                '§' => out.push_str("s."),
                '\u{a0}' => out.push(' '),
                _ if c.width() == Some(0) => {}
                _ => out.push('?'),
            }
        }
        Self(out)
    }
}

impl Deref for SafeText {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for SafeText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl From<SafeText> for String {
    fn from(text: SafeText) -> Self {
        text.0
    }
}

/// Writes safe text, remembering what the next character would land on.
struct Pen {
    out: String,
    /// Cells since the line began, for tab stops.
    column: usize,
    /// Marks on the cell just written; `None` when there is no cell to sit on.
    marks: Option<usize>,
}

impl Pen {
    fn new(capacity: usize) -> Self {
        Self { out: String::with_capacity(capacity), column: 0, marks: None }
    }

    fn finish(self) -> SafeText {
        SafeText(self.out)
    }

    /// Hands over what was written and goes on in the same line.
    fn take(&mut self) -> SafeText {
        SafeText(std::mem::take(&mut self.out))
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for chunk in bytes.utf8_chunks() {
            self.text(chunk.valid());
            for byte in chunk.invalid() {
                self.mark(&format!("\\x{byte:02x}"));
            }
        }
    }

    fn text(&mut self, text: &str) {
        // Nearly everything is printable ASCII: copy such stretches whole.
        let mut rest = text;
        while !rest.is_empty() {
            let plain = rest.bytes().take_while(|byte| matches!(byte, b' '..=b'~')).count();
            if plain > 0 {
                self.out.push_str(&rest[..plain]);
                self.column += plain;
                self.marks = Some(0);
                rest = &rest[plain..];
            }
            let mut chars = rest.chars();
            if let Some(c) = chars.next() {
                self.char(c);
                rest = chars.as_str();
            }
        }
    }

    fn char(&mut self, c: char) {
        match c {
            ' '..='~' => self.cell(c, 1),
            '\t' => {
                for _ in 0..TAB - self.column % TAB {
                    self.cell(' ', 1);
                }
            }
            '\0'..='\u{1f}' => self.picture(0x2400 + c as u32),
            '\u{7f}' => self.picture(0x2421),
            // Asks for the coloured form of a symbol. Terminals do not agree how wide that is, so it goes.
            '\u{fe0f}' if self.marks == Some(0) && self.out.chars().next_back().is_some_and(is_symbol) => {}
            _ if is_invisible(c) => self.mark(&format!("\\u{{{:x}}}", c as u32)),
            _ => match (c.width().unwrap_or(0), self.marks) {
                (0, Some(marks)) if marks < MARKS_A_CELL => {
                    self.out.push(c);
                    self.marks = Some(marks + 1);
                }
                (0, _) => self.mark(&format!("\\u{{{:x}}}", c as u32)),
                (width, _) => self.cell(c, width),
            },
        }
    }

    fn cell(&mut self, c: char, width: usize) {
        self.out.push(c);
        self.column += width;
        self.marks = Some(0);
    }

    fn picture(&mut self, code: u32) {
        self.cell(char::from_u32(code).unwrap_or('\u{fffd}'), 1);
    }

    fn mark(&mut self, mark: &str) {
        self.out.push_str(mark);
        self.column += mark.len();
        self.marks = Some(0);
    }
}

fn is_symbol(c: char) -> bool {
    matches!(c, '\u{2030}'..='\u{2bff}' | '\u{3030}'..='\u{303d}' | '\u{3290}'..='\u{32ff}' | '\u{1f000}'..='\u{1faff}' | '©' | '®')
}

/// Characters that show nothing themselves but change, hide or reorder what is around them.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'                         // C1: some terminals obey them
        | '\u{ad}' | '\u{34f}' | '\u{61c}'          // soft hyphen, grapheme joiner, Arabic letter mark
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
        | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'                   // Mongolian selectors
        | '\u{200b}'..='\u{200f}'                   // zero width, direction marks
        | '\u{2028}'..='\u{202e}'                   // line separators, bidi embeddings and overrides
        | '\u{2060}'..='\u{206f}'                   // joiners, bidi isolates
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' // variation selectors
        | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
        | '\u{fdd0}'..='\u{fdef}'
        | '\u{13430}'..='\u{1345f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'                 // tags
    ) || c as u32 & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_safe(text: &str) -> bool {
        !text.chars().any(|c| c.is_control() || is_invisible(c))
    }

    #[test]
    fn escapes_and_controls_are_shown_not_obeyed() {
        assert_eq!(line("\x1b[2Jgone\r\x08\0\x7f").as_str(), "␛[2Jgone␍␈␀␡");
        assert_eq!(line("a\u{9b}31mb").as_str(), "a\\u{9b}31mb");
        assert_eq!(line("one\ntwo").as_str(), "one␊two");
    }

    #[test]
    fn text_cannot_be_reordered_or_hidden() {
        assert_eq!(line("pass\u{202e}liaf").as_str(), "pass\\u{202e}liaf");
        assert_eq!(line("a\u{200b}b\u{feff}\u{e0041}\u{2028}").as_str(), "a\\u{200b}b\\u{feff}\\u{e0041}\\u{2028}");
    }

    #[test]
    fn bytes_that_are_no_text_are_spelled_out() {
        assert_eq!(bytes(b"ok \xff\xc3").as_str(), "ok \\xff\\xc3");
    }

    #[test]
    fn tabs_reach_the_next_stop() {
        assert_eq!(line("ab\tc").as_str(), "ab      c");
    }

    #[test]
    fn a_cell_carries_a_few_marks_and_no_tower() {
        assert_eq!(line("e\u{301}").as_str(), "e\u{301}");
        assert_eq!(line("e\u{301}\u{301}\u{301}\u{301}").as_str(), "e\u{301}\u{301}\u{301}\\u{301}");
        assert_eq!(line("\u{301}x").as_str(), "\\u{301}x");
    }

    #[test]
    fn a_symbol_stays_a_symbol_without_its_selector() {
        assert_eq!(line("✔\u{fe0f} done").as_str(), "✔ done");
        assert_eq!(line("a\u{fe0f}").as_str(), "a\\u{fe0f}");
    }

    #[test]
    fn fitting_counts_cells_and_says_that_it_cut() {
        assert_eq!(line("Northwind").fit(6).as_str(), "North…");
        assert_eq!(line("日本語").fit(4).as_str(), "日…");
        assert_eq!(line("short").fit(5).as_str(), "short");
        assert_eq!(line("short").fit(0).as_str(), "");
    }

    #[test]
    fn ascii_has_a_twin_for_every_mark() {
        assert_eq!(line("\x1b[m – ü ⟨x⟩").to_ascii().as_str(), "^[[m - ? <x>");
    }

    proptest! {
        #[test]
        fn nothing_that_comes_out_can_drive_a_terminal(input in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(is_safe(&bytes(&input)));
        }

        #[test]
        fn safe_text_is_its_own_safe_text(input in any::<String>(), width in 0_usize..20) {
            let once = line(&input);
            prop_assert!(is_safe(&once));
            prop_assert_eq!(&line(&once), &once);
            prop_assert!(once.fit(width).width() <= width);
            prop_assert!(once.to_ascii().is_ascii());
        }

        #[test]
        fn hostile_ranges_are_no_exception(input in "[\u{0}-\u{20}\u{7f}-\u{a0}\u{300}-\u{310}\u{200b}-\u{206f}\u{fe00}-\u{fe0f}✔a]{0,40}") {
            let once = line(&input);
            prop_assert!(is_safe(&once));
            prop_assert_eq!(&line(&once), &once);
        }
    }
}
