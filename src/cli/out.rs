//! The only printer. Data goes to stdout, talk to stderr; whatever is printed has been made safe; colour is for
//! terminals that want it; a reader that has gone away is no error.

use crate::app::error::{Error, Kind};
use crate::app::seal;
use crate::domain::canary;
use crate::present::line::{Line, Tone};
use crate::present::safe::{self, MARKS_A_CELL};
use std::fmt::Write as _;
use std::io::{self, BufWriter, Stderr, Stdout, Write};
use unicode_width::UnicodeWidthChar as _;

/// Prints.
pub struct Out {
    stdout: BufWriter<Stdout>,
    stderr: Stderr,
    paint: Paint,
    /// The first thing that went wrong with stdout.
    trouble: Option<io::Error>,
    /// A leak canary stood in what was to be printed: it was not, and nothing is from there on.
    leaked: bool,
}

/// What the two streams can show.
#[derive(Clone, Copy, Debug, Default)]
pub struct Paint {
    pub stdout: bool,
    pub stderr: bool,
    /// Replace what is not ASCII.
    pub ascii: bool,
}

impl Out {
    /// A printer on the process's own streams.
    #[must_use]
    pub fn new(paint: Paint) -> Self {
        Self { stdout: BufWriter::new(io::stdout()), stderr: io::stderr(), paint, trouble: None, leaked: false }
    }

    /// One line of data.
    pub fn line(&mut self, line: impl Into<Line>) {
        let mut text = render(&line.into(), self.paint.stdout, self.paint.ascii);
        text.push('\n');
        self.data(text.as_bytes());
    }

    /// Lines of data.
    pub fn lines(&mut self, lines: impl IntoIterator<Item = Line>) {
        let (paint, ascii) = (self.paint.stdout, self.paint.ascii);
        let text: String = lines.into_iter().map(|line| render(&line, paint, ascii) + "\n").collect();
        self.data(text.as_bytes());
    }

    /// A document that we wrote and that is complete in itself, line by line, e.g. Markdown.
    pub fn document(&mut self, text: &str) {
        self.lines(text.lines().map(Line::plain));
    }

    /// A report for a machine: UTF-8 whatever the locale is, and nothing in it that drives a terminal.
    pub fn report(&mut self, text: &str) {
        for line in safe::lines(text) {
            self.data(line.as_bytes());
            self.data(b"\n");
        }
    }

    /// JSON. What could drive a terminal is escaped, which JSON allows everywhere in a text.
    pub fn json(&mut self, value: &serde_json::Value) {
        let mut text = String::new();
        let _ = write!(text, "{value:#}");
        let mut text = escape(&text);
        text.push('\n');
        self.data(text.as_bytes());
    }

    /// Bytes exactly as they are: only for a stdout that is no terminal.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.data(bytes);
    }

    /// One line of talk.
    pub fn say(&mut self, line: impl Into<Line>) {
        let mut text = render(&line.into(), self.paint.stderr, self.paint.ascii);
        text.push('\n');
        // Talk that nobody hears is no trouble.
        let _ = self.stderr.write_all(text.as_bytes());
    }

    /// What went wrong, why, and what to do.
    pub fn error(&mut self, error: &Error) {
        let prefix = Line::of(Tone::Bad, "launchroom: ");
        if error.why.contains('\n') {
            self.say(prefix.then(error.what.clone()));
            for line in error.why.lines() {
                self.say(line);
            }
        } else {
            self.say(prefix.then(error.to_string()));
        }
        if let Some(hint) = &error.hint {
            self.say(Line::of(Tone::Quiet, "  ").then(hint.clone()));
        }
    }

    /// Hands on what is buffered, so that whoever watches sees it now.
    pub fn flush(&mut self) {
        if self.trouble.is_none() {
            self.trouble = self.stdout.flush().err();
        }
    }

    /// Everything is out.
    ///
    /// # Errors
    /// `Storage` when stdout took less than everything, a reader that has gone away aside; `Refused` for a leak canary.
    pub fn finish(&mut self) -> Result<(), Error> {
        self.flush();
        if self.leaked {
            return Err(seal::leaked("it is not printed"));
        }
        match &self.trouble {
            Some(trouble) if trouble.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::new(Kind::Storage, "the output could not be written", trouble.to_string()))
            }
            _ => Ok(()),
        }
    }

    fn data(&mut self, bytes: &[u8]) {
        self.leaked |= canary::leaks(bytes);
        if self.leaked {
            return;
        }
        if self.trouble.is_none() {
            self.trouble = self.stdout.write_all(bytes).err();
        }
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

fn render(line: &Line, colour: bool, ascii: bool) -> String {
    let mut out = String::new();
    let last = line.0.iter().rposition(|(_, text)| !text.trim_end().is_empty());
    for (at, (tone, text)) in line.0.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
        let text = if Some(at) == last { text.trim_end() } else { text };
        let text = safe::line(text);
        let text = if ascii { text.to_ascii() } else { text };
        match sgr(*tone).filter(|_| colour) {
            Some(sgr) => {
                let _ = write!(out, "\u{1b}[{sgr}m{}\u{1b}[0m", text.as_str());
            }
            None => out.push_str(text.as_str()),
        }
    }
    out
}

fn sgr(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Plain => None,
        Tone::Strong => Some("1"),
        Tone::Quiet => Some("2"),
        Tone::Good => Some("32"),
        Tone::Warn => Some("33"),
        Tone::Bad => Some("31"),
    }
}

/// Control characters, direction overrides, invisible characters, tags, and marks beyond what a letter may carry, as
/// `\uXXXX`.
fn escape(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut marks = 0;
    for c in json.chars() {
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        if c == '\n' || !drives_a_terminal(c) && marks <= MARKS_A_CELL {
            out.push(c);
            continue;
        }
        let mut units = [0; 2];
        for unit in c.encode_utf16(&mut units) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

fn drives_a_terminal(c: char) -> bool {
    c.is_control() || crate::present::safe::is_invisible(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_that_could_drive_a_terminal_is_escaped_and_means_the_same() {
        let value = serde_json::json!({ "name": "a\u{1b}[2J\u{9b}\u{202e}\u{e0041}b", "marks": format!("e\u{301}o{}x", "\u{336}".repeat(40)) });
        let text = escape(&value.to_string());
        assert!(text.chars().all(|c| !drives_a_terminal(c)));
        assert!(text.contains("e\u{301}o") && text.matches('\u{336}').count() == MARKS_A_CELL, "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn outside_text_never_reaches_the_terminal_raw() {
        let line = Line::of(Tone::Bad, "x").then("evil \u{1b}]0;title\u{7} text");
        let text = render(&line, true, false);
        assert_eq!(text.matches('\u{1b}').count(), 2, "only our own colours");
    }
}
