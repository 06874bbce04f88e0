//! Writes one value into the original bytes of a room file: whatever is outside the value stays as it was, with its
//! comments, order, line ends and odd spacing.
//!
//! Two rules make ticking and unticking leave the same file. A new line goes in one place only, which depends on nothing but the text.
//! And taking something away looks for the text from which putting it there would make the present one: of all the ways
//! to remove a line, a comma or a whole table, the one that is the exact inverse wins.

mod array;
mod outline;
mod put;

use crate::domain::change::{Edit, EditTo};
use crate::domain::room::Value;
use outline::Outline;
use std::{fmt::Write as _, ops::Range};

const BOM: &str = "\u{feff}";

/// Applies `edits` in order to the text of a room file.
///
/// # Errors
/// A sentence, when the text is not TOML or the value cannot be placed without touching what is around it.
pub fn splice(text: &str, edits: &[Edit]) -> Result<String, String> {
    let (bom, body) = text.strip_prefix(BOM).map_or(("", text), |rest| (BOM, rest));
    let mut body = body.to_owned();
    for run in edits.chunk_by(|one, next| one.to == EditTo::Remove && next.to == EditTo::Remove) {
        for edit in in_order(&body, run)? {
            body = apply(&body, edit)?;
        }
    }
    Ok(format!("{bom}{body}"))
}

/// Several removals go from the last one up, against the order in which they would be made.
fn in_order<'e>(text: &str, run: &'e [Edit]) -> Result<Vec<&'e Edit>, String> {
    let mut run: Vec<&Edit> = run.iter().collect();
    if run.len() > 1 {
        let outline = Outline::of(text)?;
        run.sort_by_key(|edit| std::cmp::Reverse(outline.leaf(&edit.path).map(|leaf| leaf.value.start)));
    }
    Ok(run)
}

fn apply(text: &str, edit: &Edit) -> Result<String, String> {
    let next = match &edit.to {
        EditTo::Set(value) => put::set(text, &edit.path, value),
        EditTo::Remove => put::remove(text, &edit.path),
        EditTo::Push(item) => array::push(text, &edit.path, item),
        EditTo::Pull(item) => array::pull(text, &edit.path, item),
    }?;
    // Placing a value is surgery on text; whatever would not read back is refused rather than written.
    Outline::of(&next).map_err(|_| format!("`{}` cannot be changed without rewriting what is around it", edit.path.join(".")))?;
    Ok(next)
}

/// `text` with `range` replaced.
fn replace(text: &str, range: Range<usize>, with: &str) -> String {
    let (head, tail) = (text.get(..range.start).unwrap_or_default(), text.get(range.end..).unwrap_or_default());
    format!("{head}{with}{tail}")
}

/// The line end this file uses.
fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The start of the line that `at` is on.
fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|head| head.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// Just behind the line end of the line that `at` is on, or the end of the text.
fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|tail| tail.find('\n')).map_or(text.len(), |newline| at + newline + 1)
}

/// A value as TOML, on one line.
fn render(value: &Value) -> String {
    match value {
        Value::Text(text) => quote(text),
        Value::List(items) => format!("[{}]", items.iter().map(|item| quote(item)).collect::<Vec<_>>().join(", ")),
    }
}

/// A basic string. TOML forbids raw controls other than tab in it.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A dotted key, each part bare when it may be.
fn key(parts: &[String]) -> String {
    let bare = |part: &String| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    parts.iter().map(|part| if bare(part) { part.clone() } else { quote(part) }).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests;
