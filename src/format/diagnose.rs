//! Problems in a text, told with path, line, column, the line itself and what would be right.
//!
//! All problems of a file at once, so that somebody who fixes it by hand fixes it once. The text may be hostile: whatever
//! is shown of it goes through [`SafeText`], long lines are cut around the place, and a flood of problems is counted, not
//! listed. A parser's own rendering is never used, because it quotes raw bytes.

use super::redact_toml;
use crate::present::safe::{self, SafeText};
use crate::present::words;
use std::{fmt::Write as _, ops::Range, sync::Arc};
use unicode_width::UnicodeWidthStr as _;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Bytes of the text; empty when something is missing there.
    pub span: Range<usize>,
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Problem {
    /// A problem at these bytes.
    #[must_use]
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None }
    }

    /// Says what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Everything that is wrong with one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosed {
    pub path: String,
    pub text: Arc<str>,
    pub problems: Vec<Problem>,
}

/// More problems than this are only counted.
const SHOWN_PROBLEMS: usize = 40;
/// Characters of a line shown before and after the start of a problem.
const BEFORE: usize = 48;
const AFTER: usize = 64;

impl Diagnosed {
    /// Puts the problems in the order of the text.
    #[must_use]
    pub fn new(path: &str, text: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.span.start);
        problems.dedup();
        Self { path: path.to_owned(), text: text.into(), problems }
    }

    /// Line and column of a byte, both from 1; columns count characters.
    #[must_use]
    pub fn position(&self, byte: usize) -> (usize, usize) {
        let (start, number) = self.line_at(byte);
        let before = self.text.get(start..floor(&self.text, byte)).unwrap_or_default();
        // A byte order mark is no column: editors do not count it.
        (number, before.trim_start_matches('\u{feff}').chars().count() + 1)
    }

    /// One block a problem: `path:line:column: message`, the line, a caret, and what would be right.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = String::new();
        for problem in self.problems.iter().take(SHOWN_PROBLEMS) {
            self.render_one(problem, &mut out);
        }
        if let Some(more) = self.problems.len().checked_sub(SHOWN_PROBLEMS).filter(|more| *more > 0) {
            let more = words::count(more, "more problem", "more problems");
            let _ = writeln!(out, "{}: {more}", safe::line(&self.path).as_str());
        }
        out
    }

    fn render_one(&self, problem: &Problem, out: &mut String) {
        let (line, column) = self.position(problem.span.start);
        let path = safe::line(&self.path);
        let _ = writeln!(out, "{}:{line}:{column}: {}", path.as_str(), safe::line(&redact_toml::mask(&problem.message)).as_str());
        let excerpt = self.excerpt(&problem.span);
        let number = line.to_string();
        let _ = writeln!(out, "  {number} | {}", excerpt.line);
        let _ = writeln!(out, "  {:w$} | {:i$}{}", "", "", "^".repeat(excerpt.width), w = number.len(), i = excerpt.indent);
        if let Some(help) = &problem.help {
            let _ = writeln!(out, "  help: {}", safe::line(help).as_str());
        }
    }

    /// The line of a problem, made safe and cut around it, and where the carets go under it.
    fn excerpt(&self, span: &Range<usize>) -> Excerpt {
        let (start, _) = self.line_at(span.start);
        let rest = self.text.get(start..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        // Somebody who names the wrong file must not find its passwords on the screen.
        if let Some(masked) = redact_toml::masked(line) {
            let kept = masked.char_indices().nth(BEFORE + AFTER).map_or(masked.len(), |(at, _)| at);
            return Excerpt { indent: 0, width: 1, line: shown(&masked[..kept], false, kept < masked.len()) };
        }
        let from = floor(line, span.start.saturating_sub(start));
        let to = floor(line, span.end.saturating_sub(start)).max(from);

        let left = line[..from].char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
        let right = line[from..].char_indices().nth(AFTER).map_or(line.len(), |(at, _)| from + at);
        let before = shown(line[left..from].trim_start_matches('\u{feff}'), left > 0, false);
        let marked = safe::line(&line[from..to.min(right)]);
        let after = shown(&line[to.min(right)..right], false, right < line.len());
        Excerpt {
            indent: before.width(),
            width: marked.as_str().width().max(1),
            line: format!("{before}{}{after}", marked.as_str()),
        }
    }

    /// Where the line of this byte starts, and its number from 1.
    fn line_at(&self, byte: usize) -> (usize, usize) {
        let bytes = self.text.as_bytes();
        let before = &bytes[..byte.min(bytes.len())];
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        (start, memchr::memchr_iter(b'\n', before).count() + 1)
    }
}

struct Excerpt {
    line: String,
    indent: usize,
    width: usize,
}

fn shown(text: &str, cut_left: bool, cut_right: bool) -> String {
    let text: SafeText = safe::line(text);
    format!("{}{}{}", if cut_left { "… " } else { "" }, text.as_str(), if cut_right { " …" } else { "" })
}

/// The nearest character boundary at or before a byte.
fn floor(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// A word of a file, quoted for a message and cut when it is endless.
#[must_use]
pub fn quoted(word: &str) -> String {
    const LONGEST: usize = 48;
    match word.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("`{}…`", &word[..cut]),
        None => format!("`{word}`"),
    }
}

/// What somebody probably meant, out of the words that are known here.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A word nobody types is no typing mistake, and distance costs the product of the lengths.
    if word.len() > 64 {
        return None;
    }
    let allowed = (word.chars().count() / 3).clamp(1, 4);
    let plain = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
    let word = plain(word);
    known
        .into_iter()
        .map(|candidate| (distance(&word, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be added, dropped, changed or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut older = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (row[j] + usize::from(x != y)).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                let swapped: &Vec<usize> = &older;
                best = best.min(swapped[j - 1] + 1);
            }
            next.push(best);
        }
        older = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, span: Range<usize>) -> Diagnosed {
        Diagnosed::new("room.toml", text, vec![Problem::new(span, "no").help("yes")])
    }

    #[test]
    fn a_problem_shows_its_line_and_a_caret_under_it() {
        let shown = at("schema = 1\nplann = 2\n", 11..16).render();
        assert_eq!(shown, "room.toml:2:1: no\n  2 | plann = 2\n    | ^^^^^\n  help: yes\n");
    }

    #[test]
    fn a_password_on_the_line_is_not_shown() {
        let text = "DB_PASSWORD=correct-horse-battery\n";
        let shown = at(text, 0..11).render();
        assert!(shown.contains("room.toml:1:1: no") && !shown.contains("horse"), "{shown}");
    }

    #[test]
    fn columns_count_characters_and_carets_count_cells() {
        let text = "名前 = \"x\" oops";
        let start = text.find("oops").unwrap();
        let shown = at(text, start..start + 4).render();
        assert!(shown.starts_with("room.toml:1:10: no\n"), "{shown}");
        assert!(shown.contains("\n    |            ^^^^\n"), "{shown}");
    }

    #[test]
    fn a_byte_order_mark_and_crlf_change_no_column_and_show_no_mark() {
        let diagnosed = at("\u{feff}a = 1\r\nb = 2\r\n", 3..4);
        assert_eq!(diagnosed.position(3), (1, 1));
        assert_eq!(diagnosed.position(10), (2, 1));
        assert!(diagnosed.render().contains("  1 | a = 1\n"));
    }

    #[test]
    fn hostile_bytes_are_shown_and_not_obeyed() {
        let text = "name = \"\u{1b}[2J\u{202e}\u{9b}x\" bad";
        let shown = at(text, text.len() - 3..text.len()).render();
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{shown:?}");
    }

    #[test]
    fn an_endless_line_is_cut_around_the_place() {
        let text = format!("{}HERE{}", "a".repeat(1_000_000), "b".repeat(1_000_000));
        let shown = at(&text, 1_000_000..1_000_004).render();
        assert!(shown.len() < 600 && shown.contains("HERE"), "{}", shown.len());
        assert!(shown.starts_with("room.toml:1:1000001: no"));
    }

    #[test]
    fn a_flood_of_problems_is_counted() {
        let text = "x\n".repeat(1000);
        let problems = (0..1000).map(|n| Problem::new(n * 2..n * 2 + 1, "no")).collect();
        let shown = Diagnosed::new("p", &text, problems).render();
        assert!(shown.ends_with("p: 960 more problems\n"), "{shown}");
    }

    #[test]
    fn a_span_outside_the_text_is_its_end() {
        assert!(at("é", 1..99).render().contains("room.toml:1:1"));
        assert!(at("", 5..9).render().contains("room.toml:1:1"));
    }

    #[test]
    fn the_nearest_word_is_a_typing_mistake_away() {
        let known = ["tenant-owner", "billing-owner", "continuity-owner"];
        assert_eq!(nearest("tenant_owner", known), Some("tenant-owner"));
        assert_eq!(nearest("tenatn-owner", known), Some("tenant-owner"));
        assert_eq!(nearest("sheriff", known), None);
        assert_eq!(nearest(&"x".repeat(100_000), known), None);
    }
}
