//! One line of a screen, written from left to right. Every text goes through `present::safe` here, at the lowest place
//! there is, so that no screen can forget it.

use crate::present::safe;
use crate::present::symbols::Symbols;
use crate::tui::model::Look;
use ratatui::{
    style::Style,
    text::{Line, Span},
};
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// How many cells a text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) { text.len() } else { text.width() }
}

/// A text as it may be shown: safe, and ASCII where the terminal has nothing else.
#[must_use]
pub fn clean<'a>(symbols: &Symbols, text: &'a str) -> Cow<'a, str> {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let safe = safe::line(text);
    let safe = if symbols.ellipsis.is_ascii() { safe.to_ascii() } else { safe };
    Cow::Owned(safe.into_string())
}

/// A text in at most so many cells; what is cut off leaves a mark.
#[must_use]
pub fn fit<'a>(symbols: &Symbols, text: &'a str, cells: usize) -> Cow<'a, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    let mark = if width(symbols.ellipsis) < cells { symbols.ellipsis } else { "" };
    let room = cells - width(mark);
    let (mut kept, mut used) = (0, 0);
    for (at, cluster) in text.grapheme_indices(true) {
        used += width(cluster);
        if used > room {
            break;
        }
        kept = at + cluster.len();
    }
    Cow::Owned(format!("{}{mark}", text.get(..kept).unwrap_or_default().trim_end()))
}

/// A text in lines of at most so many cells, broken between words where that is possible.
#[must_use]
pub fn wrap(symbols: &Symbols, text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(1);
    let mut out = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in clean(symbols, paragraph).split_whitespace() {
            if !line.is_empty() && width(&line) + 1 + width(word) > cells {
                out.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            // A word longer than a line: in pieces, for nothing may be hidden.
            for cluster in word.graphemes(true) {
                // No line is wide enough for it: a mark, as for everything else that is cut.
                let cluster = if width(cluster) > cells { "?" } else { cluster };
                if width(&line) + width(cluster) > cells && !line.is_empty() {
                    out.push(std::mem::take(&mut line));
                }
                line.push_str(cluster);
            }
        }
        out.push(line);
    }
    out
}

/// `── Stages ─────────`, over the whole width; without a title, a plain rule.
#[must_use]
pub fn rule(look: &Look, title: &str, cells: usize) -> Line<'static> {
    rule_from(look, 2, title, cells)
}

/// A rule with so many cells before its title.
#[must_use]
pub fn rule_from(look: &Look, lead: usize, title: &str, cells: usize) -> Line<'static> {
    let Look { theme, symbols } = look;
    let mut ink = Ink::new(look, cells);
    if !title.is_empty() {
        ink = ink
            .text(&symbols.rule.repeat(lead), theme.rule)
            .text(" ", theme.rule)
            .text(title, theme.heading)
            .text(" ", theme.rule);
    }
    let rest = cells.saturating_sub(ink.used());
    ink.text(&symbols.rule.repeat(rest), theme.rule).line()
}

/// A line being written.
pub struct Ink<'a> {
    look: &'a Look,
    spans: Vec<Span<'static>>,
    used: usize,
    cells: usize,
}

impl<'a> Ink<'a> {
    /// An empty line of so many cells.
    #[must_use]
    pub fn new(look: &'a Look, cells: usize) -> Self {
        Self { look, spans: Vec::with_capacity(8), used: 0, cells }
    }

    /// Cells written so far.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used
    }

    /// Cells left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.cells.saturating_sub(self.used)
    }

    /// A text, cut at the end of the line.
    #[must_use]
    pub fn text(mut self, text: &str, style: Style) -> Self {
        let text = clean(self.look.symbols, text);
        let text = fit(self.look.symbols, &text, self.left());
        if !text.is_empty() {
            self.used += width(&text);
            self.spans.push(Span::styled(text.into_owned(), style));
        }
        self
    }

    /// A text in its ordinary style.
    #[must_use]
    pub fn plain(self, text: &str) -> Self {
        let style = self.look.theme.text;
        self.text(text, style)
    }

    /// A text beside the point.
    #[must_use]
    pub fn quiet(self, text: &str) -> Self {
        let style = self.look.theme.quiet;
        self.text(text, style)
    }

    /// So many blanks.
    #[must_use]
    pub fn gap(mut self, cells: usize) -> Self {
        let cells = cells.min(self.left());
        if cells > 0 {
            self.used += cells;
            self.spans.push(Span::raw(" ".repeat(cells)));
        }
        self
    }

    /// Blanks up to this column; one at least when the column is passed already.
    #[must_use]
    pub fn to(self, column: usize) -> Self {
        let cells = if self.used >= column && column > 0 { 1 } else { column - self.used.min(column) };
        self.gap(cells)
    }

    /// A text in a column of its own: cut to its width, blanks behind.
    #[must_use]
    pub fn cell(self, text: &str, cells: usize, style: Style) -> Self {
        let from = self.used;
        let symbols = self.look.symbols;
        let text = clean(symbols, text);
        let text = fit(symbols, &text, cells).into_owned();
        let to = from + cells;
        let ink = self.text(&text, style);
        let rest = to.saturating_sub(ink.used);
        ink.gap(rest)
    }

    /// A text that ends where the line ends, when there is room for all of it.
    #[must_use]
    pub fn right(self, text: &str, style: Style) -> Self {
        let text = clean(self.look.symbols, text).into_owned();
        let need = width(&text);
        if self.left() <= need {
            return self;
        }
        let gap = self.left() - need;
        self.gap(gap).text(&text, style)
    }

    /// The finished line.
    #[must_use]
    pub fn line(self) -> Line<'static> {
        Line::from(self.spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::symbols::{ASCII, UNICODE};
    use proptest::prelude::*;

    #[test]
    fn nothing_is_lost_by_wrapping() {
        assert_eq!(wrap(&UNICODE, "run demo and setup workflows only", 12), ["run demo and", "setup", "workflows", "only"]);
        assert_eq!(wrap(&UNICODE, "abcdefgh", 3), ["abc", "def", "gh"]);
    }

    #[test]
    fn what_no_line_is_wide_enough_for_leaves_a_mark() {
        assert_eq!(wrap(&UNICODE, "a \u{30000}\u{d02} b", 2), ["a", "?", "b"]);
    }

    #[test]
    fn a_text_that_is_cut_says_so() {
        assert_eq!(fit(&UNICODE, "Northwind", 6), "North…");
        assert_eq!(fit(&ASCII, "Northwind", 7), "Nort...");
        assert_eq!(fit(&UNICODE, "Northwind", 0), "");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_it_may_be(text in any::<String>(), cells in 0usize..30) {
            prop_assert!(width(&fit(&UNICODE, &clean(&UNICODE, &text), cells)) <= cells);
            for line in wrap(&UNICODE, &text, cells.max(2)) {
                prop_assert!(width(&line) <= cells.max(2));
            }
        }
    }
}
