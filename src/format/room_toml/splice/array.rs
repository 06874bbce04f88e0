//! Adds an item to a list, and takes one out.

use super::outline::{Leaf, Outline};
use super::{line_end, line_start, newline, put, quote, replace};
use std::ops::Range;

/// The text with one more item at the end of the list at `path`, which is made when it is absent.
pub fn push(text: &str, path: &[String], item: &str) -> Result<String, String> {
    let outline = Outline::of(text)?;
    // A list made here is set wider than an item put into `[]`: so the last pull knows whether the list goes too.
    let Some(leaf) = outline.leaf(path) else { return put::set_raw(text, path, &format!("[ {} ]", quote(item))) };
    let Some(items) = &leaf.items else { return Err(format!("`{}` is not a list", path.join("."))) };
    let item = quote(item);
    let Some((_, last)) = items.last() else {
        let inside = leaf.value.start + 1;
        return Ok(replace(text, inside..inside, &item));
    };
    let close = leaf.value.end - 1;
    let behind = text.get(last.end..close).unwrap_or_default();
    let comma = comma(behind).map(|at| last.end + at + 1);
    if !behind.contains('\n') {
        return Ok(match comma {
            Some(at) => replace(text, at..at, &format!(" {item},")),
            None => replace(text, last.end..last.end, &format!(", {item}")),
        });
    }
    // One item a line: below the last one and whatever was said behind it.
    let from = comma.unwrap_or(last.end);
    let tail = text.get(from..close).unwrap_or_default();
    let at = from + tail.trim_end().len();
    let line = format!("{}{}{item}", newline(text), indent(text, last));
    Ok(match comma {
        Some(_) => replace(text, at..at, &format!("{line},")),
        None => replace(&replace(text, at..at, &line), last.end..last.end, ","),
    })
}

/// The text without this item. The list stays, empty or not, unless a push would make it again as it is.
pub fn pull(text: &str, path: &[String], item: &str) -> Result<String, String> {
    let outline = Outline::of(text)?;
    let Some(leaf) = outline.leaf(path) else { return Ok(text.to_owned()) };
    let Some(items) = &leaf.items else { return Err(format!("`{}` is not a list", path.join("."))) };
    let Some(index) = items.iter().rposition(|(text, _)| text == item) else { return Ok(text.to_owned()) };
    let whole = if items.len() == 1 { put::without(text, &outline, path) } else { Vec::new() };
    let candidates = without(text, leaf, items, index);
    let undoes = |candidate: &&String| push(candidate, path, item).is_ok_and(|again| again == text);
    let inverse = whole.iter().chain(&candidates).find(undoes);
    let plain = || candidates.iter().rev().find(|candidate| Outline::of(candidate).is_ok());
    inverse.or_else(plain).cloned().ok_or_else(|| format!("`{}` cannot lose an item", path.join(".")))
}

/// Ways to take item `index` out, the plain one last.
fn without(text: &str, leaf: &Leaf, items: &[(String, Range<usize>)], index: usize) -> Vec<String> {
    let span = |index: usize| items.get(index).map(|(_, span)| span.clone());
    let Some(own) = span(index) else { return Vec::new() };
    let close = leaf.value.end - 1;
    let end = span(index + 1).map_or(close, |next| next.start);
    let own_comma = comma(text.get(own.end..end).unwrap_or_default()).map_or(own.end, |at| own.end + at + 1);
    let mut out = Vec::new();
    if let Some(before) = index.checked_sub(1).and_then(span) {
        let between = text.get(before.end..own.start).unwrap_or_default();
        let comma_before = comma(between).map_or(before.end, |at| before.end + at);
        let said = comma_before + text.get(comma_before..own.start).unwrap_or_default().trim_end().len();
        out.push(replace(text, said..own_comma, ""));
        out.push(replace(&replace(text, said..own_comma, ""), comma_before..comma_before + 1, ""));
        out.push(replace(text, before.end..own.end, ""));
    }
    out.push(replace(text, own.clone(), ""));
    out.push(replace(text, own.start..own_comma, ""));
    // In general: its line when it has one, else up to the next item.
    let (line, below) = (line_start(text, own.start), line_end(text, own_comma));
    let lone = text.get(line..own.start).is_some_and(|s| s.trim().is_empty())
        && text.get(own_comma..below).is_some_and(|s| s.trim().is_empty());
    out.push(match span(index + 1) {
        _ if lone && line > leaf.value.start => replace(text, line..below, ""),
        Some(next) => replace(text, own.start..next.start, ""),
        None => match index.checked_sub(1).and_then(span) {
            Some(before) => replace(text, before.end..own.end, ""),
            None => replace(text, own.start..own_comma, ""),
        },
    });
    out
}

/// Where the comma is, comments aside.
pub fn comma(between: &str) -> Option<usize> {
    let mut comment = false;
    between.bytes().position(|b| {
        match b {
            b'#' => comment = true,
            b'\n' => comment = false,
            _ => {}
        }
        b == b',' && !comment
    })
}

/// The white space in front of an item that begins its line; four blanks when it does not.
fn indent<'a>(text: &'a str, item: &Range<usize>) -> &'a str {
    let lead = text.get(line_start(text, item.start)..item.start).unwrap_or_default();
    if lead.trim().is_empty() { lead } else { "    " }
}
