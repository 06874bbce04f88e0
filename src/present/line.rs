//! A line of text with a tone for each piece: what the shell's printer and the pure reports agree on.

use super::safe;
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// What a piece of text means. A printer may colour it; the words carry the meaning alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Strong,
    Quiet,
    Good,
    Warn,
    Bad,
}

/// One line, piece by piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub Vec<(Tone, String)>);

impl Line {
    /// A line of plain words.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::of(Tone::Plain, text)
    }

    /// A line in one tone.
    pub fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self(vec![(tone, text.into())])
    }

    /// The same line with one more piece.
    #[must_use]
    pub fn and(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.0.push((tone, text.into()));
        self
    }

    /// The same line with plain words after it.
    #[must_use]
    pub fn then(self, text: impl Into<String>) -> Self {
        self.and(Tone::Plain, text)
    }

    /// The words without their tones, trailing blanks dropped.
    #[must_use]
    pub fn text(&self) -> String {
        let text: String = self.0.iter().map(|(_, text)| text.as_str()).collect();
        text.trim_end().to_owned()
    }

    /// How many cells it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        printed(&self.text(), "").width()
    }
}

/// The text as it will be printed: what is invisible or would drive a terminal is a mark then, and takes cells. A terminal
/// that wants an ASCII `mark` gets ASCII all along.
fn printed<'a>(text: &'a str, mark: &str) -> Cow<'a, str> {
    let plain = |c: char| matches!(c, ' '..='~');
    if text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let safe = safe::line(text);
    let is_ascii = !mark.is_empty() && mark.is_ascii();
    Cow::Owned(if is_ascii { safe.to_ascii() } else { safe }.into_string())
}

/// Cuts to at most `cells`, ending in `mark` when something was cut. Cells are counted as they will be printed.
#[must_use]
pub fn clip<'a>(text: &'a str, cells: usize, mark: &str) -> Cow<'a, str> {
    let text = printed(text, mark);
    if text.width() <= cells {
        return text;
    }
    let room = cells.saturating_sub(mark.width());
    let mut out = String::new();
    let mut used = 0;
    for cluster in text.graphemes(true) {
        used += cluster.width();
        if used > room {
            break;
        }
        out.push_str(cluster);
    }
    let kept = out.trim_end().len();
    out.truncate(kept);
    if mark.width() <= cells {
        out.push_str(mark);
    }
    Cow::Owned(out)
}

/// Cuts or pads to exactly `cells`.
#[must_use]
pub fn fit(text: &str, cells: usize, mark: &str) -> String {
    let mut out = clip(text, cells, mark).into_owned();
    let missing = cells.saturating_sub(out.width());
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

/// Breaks at blanks into lines of at most `cells`, counted as they will be printed; a word that is longer than a line stays
/// whole.
#[must_use]
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let text = printed(text, "");
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.width() + 1 + word.width() > cells {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Rows as aligned columns, two blanks between them, no blanks at the end. The last column is as wide as it likes.
#[must_use]
pub fn columns(rows: &[Vec<(Tone, String)>]) -> Vec<Line> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cells = |text: &str| printed(text, "").width();
    let widths: Vec<usize> = (0..count)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|(_, text)| cells(text)).max().unwrap_or(0))
        .collect();
    let lay = |row: &Vec<(Tone, String)>| {
        let mut line = Line::default();
        for (column, (tone, text)) in row.iter().enumerate() {
            let last = column + 1 == row.len();
            let width = widths.get(column).copied().unwrap_or(0);
            let blanks = if last { 0 } else { width - cells(text) + 2 };
            line = line.and(*tone, text.clone());
            if blanks > 0 {
                line = line.then(" ".repeat(blanks));
            }
        }
        line
    };
    rows.iter().map(lay).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clipped_text_never_takes_more_cells_than_given() {
        assert_eq!(clip("Continuity owner", 10, "…"), "Continuit…");
        assert_eq!(clip("日本語テキスト", 7, "…"), "日本語…");
        assert_eq!(clip("short", 10, "…"), "short");
        assert_eq!(clip("anything", 0, "…"), "");
    }

    #[test]
    fn what_is_invisible_is_counted_as_it_will_be_shown() {
        for text in ["A\u{202e}".repeat(30), "👩\u{200d}🚀".repeat(30), "\u{1b}[31m".repeat(30)] {
            for mark in ["…", "..."] {
                let cut = fit(&text, 20, mark);
                assert_eq!(safe::line(&cut).width(), 20, "{cut:?}");
                assert!(mark == "…" || cut.is_ascii(), "{cut:?}");
            }
        }
    }

    #[test]
    fn columns_line_up_by_cells_not_by_bytes() {
        let row = |a: &str, b: &str| vec![(Tone::Plain, a.to_owned()), (Tone::Plain, b.to_owned())];
        let lines = columns(&[row("日本", "x"), row("abc", "y")]);
        assert_eq!(lines[0].text(), "日本  x");
        assert_eq!(lines[1].text(), "abc   y");
    }

    #[test]
    fn a_long_sentence_wraps_at_blanks() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("", 7), Vec::<String>::new());
    }
}
