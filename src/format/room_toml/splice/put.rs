//! Sets one value, and takes one away.

use super::outline::{Header, Outline};
use super::{array, key, line_end, line_start, newline, quote, render, replace};
use crate::domain::room::Value;
use std::ops::Range;

/// The text with `path` set to `value`.
pub fn set(text: &str, path: &[String], value: &Value) -> Result<String, String> {
    let outline = Outline::of(text)?;
    let Some(leaf) = outline.leaf(path) else { return set_raw(text, path, &render(value)) };
    let raw = text.get(leaf.value.clone()).unwrap_or_default();
    match (value, &leaf.items) {
        (Value::Text(value), _) if leaf.text.as_ref() == Some(value) => Ok(text.to_owned()),
        (Value::Text(value), _) => Ok(replace(text, leaf.value.clone(), &like(raw, value))),
        (Value::List(value), Some(items)) => set_list(text, path, items, value),
        (Value::List(_), None) => set_raw(text, path, &render(value)),
    }
}

/// A text in the manner of the value it replaces: a date stays a date, single quotes stay single quotes.
fn like(raw: &str, value: &str) -> String {
    let literal = raw.starts_with('\'') && !raw.starts_with("'''") && !value.contains(|c: char| c == '\'' || c.is_control());
    let moment = |text: &str| text.parse::<toml_edit::Datetime>().is_ok();
    match () {
        () if literal => format!("'{value}'"),
        () if moment(raw) && moment(value) => value.to_owned(),
        () => quote(value),
    }
}

/// A list that only grew or shrank at its end keeps its lines and comments.
fn set_list(text: &str, path: &[String], items: &[(String, Range<usize>)], value: &[String]) -> Result<String, String> {
    let old: Vec<&String> = items.iter().map(|(item, _)| item).collect();
    let shared = old.iter().zip(value).take_while(|(old, new)| **old == *new).count();
    if shared == old.len() {
        return value.iter().skip(shared).try_fold(text.to_owned(), |text, item| array::push(&text, path, item));
    }
    // The last item may take its list with it; an emptied list is written as one.
    if shared == value.len() && shared > 0 {
        return old.iter().skip(shared).rev().try_fold(text.to_owned(), |text, item| array::pull(&text, path, item));
    }
    set_raw(text, path, &render(&Value::List(value.to_vec())))
}

/// The text with `path` set to a value that is TOML already.
pub fn set_raw(text: &str, path: &[String], value: &str) -> Result<String, String> {
    let outline = Outline::of(text)?;
    if let Some(leaf) = outline.leaf(path) {
        return Ok(replace(text, leaf.value.clone(), value));
    }
    let Some((_, parent)) = path.split_last() else { return Err("no path".into()) };
    if let Some(inline) = outline.inlines.iter().filter(|inline| path.starts_with(&inline.path)).max_by_key(|i| i.path.len()) {
        let entry = format!("{} = {value}", key(path.get(inline.path.len()..).unwrap_or_default()));
        return Ok(match inline.entries.iter().map(|entry| entry.end).max() {
            Some(end) => replace(text, end..end, &format!(", {entry}")),
            None => replace(text, inline.span.start + 1..inline.span.start + 1, &entry),
        });
    }
    if let Some(header) = outline.headers.iter().find(|header| header.path == parent) {
        let after = outline.last_leaf(header).map_or(&header.span, |leaf| &leaf.value);
        // In a table that was there and empty the line is set in, so that taking it away leaves the table.
        let indent = match outline.last_leaf(header) {
            Some(leaf) => indent(text, leaf.key.start).to_owned(),
            None => format!("{}  ", indent(text, header.span.start)),
        };
        return Ok(insert_line(text, after, &format!("{indent}{} = {value}", key(path.get(parent.len()..).unwrap_or_default()))));
    }
    // `owners.a.name = "x"` above makes `owners.a.contact = "y"` the natural neighbour.
    if let Some(leaf) = outline.leaves.iter().rev().find(|leaf| !leaf.inline && leaf.path.starts_with(parent)) {
        let (header, _) = outline.section(leaf.value.start);
        let depth = header.map_or(0, |header| header.path.len());
        if depth < parent.len() {
            let line = format!(
                "{}{} = {value}",
                indent(text, line_start(text, leaf.key.start)),
                key(path.get(depth..).unwrap_or_default())
            );
            return Ok(insert_line(text, &leaf.value, &line));
        }
    }
    Ok(insert_table(text, &outline, parent, &format!("{} = {value}", key(path.get(parent.len()..).unwrap_or_default()))))
}

/// The white space in front of what stands at `at`, when nothing else does.
fn indent(text: &str, at: usize) -> &str {
    let start = line_start(text, at);
    let line = text.get(start..).unwrap_or_default();
    let width = line.len() - line.trim_start_matches([' ', '\t']).len();
    line.get(..width).unwrap_or_default()
}

/// A line below the one that `after` ends on.
fn insert_line(text: &str, after: &Range<usize>, line: &str) -> String {
    let (at, nl) = (line_end(text, after.end), newline(text));
    let open = at == text.len() && !text.ends_with('\n');
    replace(text, at..at, &if open { format!("{nl}{line}") } else { format!("{line}{nl}") })
}

/// A new table: below its last relative, else at the end.
fn insert_table(text: &str, outline: &Outline, path: &[String], line: &str) -> String {
    let nl = newline(text);
    let table = format!("[{}]{nl}{line}", key(path));
    let related = |header: &Header| header.path.iter().zip(path).take_while(|(a, b)| a == b).count();
    let nearest = outline.headers.iter().map(related).max().filter(|&shared| shared > 0);
    let last = nearest.and_then(|shared| outline.headers.iter().rev().find(|header| related(header) == shared));
    let at = last.map_or(text.len(), |header| {
        let end = outline.last_leaf(header).map_or(header.span.end, |leaf| leaf.value.end);
        end_of_comments(text, line_end(text, end))
    });
    if at < text.len() {
        return replace(text, at..at, &format!("{nl}{table}{nl}"));
    }
    let gap = if text.is_empty() { "" } else { nl };
    if text.is_empty() || text.ends_with('\n') { format!("{text}{gap}{table}{nl}") } else { format!("{text}{nl}{gap}{table}") }
}

/// Behind the comment lines that follow directly: they belong to what is above.
fn end_of_comments(text: &str, mut at: usize) -> usize {
    while text.get(at..).is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with('#')) {
        at = line_end(text, at);
    }
    at
}

/// The text without `path`; its table goes too when it was made for it.
pub fn remove(text: &str, path: &[String]) -> Result<String, String> {
    let outline = Outline::of(text)?;
    let Some(leaf) = outline.leaf(path) else { return Ok(text.to_owned()) };
    let raw = text.get(leaf.value.clone()).unwrap_or_default();
    let ways = without(text, &outline, path);
    let blank = (leaf.text.is_some() && may_be_blank(path)).then(|| replace(text, leaf.value.clone(), "\"\""));
    let undoes = |candidate: &&String| set_raw(candidate, path, raw).is_ok_and(|again| again == text);
    let inverse = ways.iter().chain(&blank).find(undoes);
    Ok(inverse.or_else(|| ways.last()).cloned().unwrap_or_else(|| text.to_owned()))
}

/// Where a blank text says the same as none, so that a form somebody filled in can be emptied and stay a form.
fn may_be_blank(path: &[String]) -> bool {
    path.first().is_some_and(|table| matches!(table.as_str(), "owners" | "functions" | "dependencies" | "activation"))
}

/// Ways to drop a key, the boldest first, the plain one last.
pub fn without(text: &str, outline: &Outline, path: &[String]) -> Vec<String> {
    match outline.leaf(path) {
        Some(leaf) if leaf.inline => without_entry(text, outline, path),
        Some(_) => without_line(text, outline, path),
        None => Vec::new(),
    }
}

/// Ways to drop a line, the boldest first, the plain one last.
fn without_line(text: &str, outline: &Outline, path: &[String]) -> Vec<String> {
    let Some(leaf) = outline.leaf(path) else { return Vec::new() };
    let (start, end) = (line_start(text, leaf.key.start), line_end(text, leaf.value.end));
    let mut out = Vec::new();
    let alone = outline.section(leaf.value.start).0.filter(|header| {
        outline.last_leaf(header).is_some_and(|last| last.path == path)
            && text.get(line_end(text, header.span.end)..start).is_some_and(|between| between.trim().is_empty())
    });
    if let Some(header) = alone {
        let from = line_start(text, header.span.start);
        for from in above(text, from) {
            out.push(replace(text, from..end, ""));
        }
    }
    // A comment behind the value is the author's, not ours: it stays, on a line of its own.
    let comment = text.get(leaf.value.end..end).unwrap_or_default().trim_start_matches([' ', '\t']);
    if comment.starts_with('#') {
        out.push(replace(text, start..end, comment));
    } else if end == text.len() && !text.ends_with('\n') {
        out.extend(above(text, start).into_iter().map(|from| replace(text, from..end, "")));
    } else {
        out.push(replace(text, start..end, ""));
    }
    out
}

/// Where to cut above a line: with two line ends before it, with one, with none.
fn above(text: &str, at: usize) -> Vec<usize> {
    let one = |at: usize| {
        let head = text.get(..at)?;
        let head = head.strip_suffix("\r\n").or_else(|| head.strip_suffix('\n'))?;
        Some(head.len())
    };
    let mut out = vec![at];
    if let Some(first) = one(at) {
        out.insert(0, first);
        if let Some(second) = one(first) {
            out.insert(0, second);
        }
    }
    out
}

/// Ways to drop an entry of an inline table.
fn without_entry(text: &str, outline: &Outline, path: &[String]) -> Vec<String> {
    let Some(leaf) = outline.leaf(path) else { return Vec::new() };
    let holder = outline.inlines.iter().filter(|inline| path.starts_with(&inline.path)).max_by_key(|inline| inline.path.len());
    let Some(inline) = holder else { return Vec::new() };
    let Some(index) = inline.entries.iter().position(|entry| entry.end == leaf.value.end) else { return Vec::new() };
    let entry = inline.entries.get(index).cloned().unwrap_or_default();
    if let Some(before) = index.checked_sub(1).and_then(|index| inline.entries.get(index)) {
        return vec![replace(text, before.end..entry.end, "")];
    }
    let behind = text.get(entry.end..inline.span.end).unwrap_or_default();
    let comma = array::comma(behind).map_or(entry.end, |at| entry.end + at + 1);
    let next = text.get(comma..).unwrap_or_default();
    let gap = next.len() - next.trim_start_matches([' ', '\t']).len();
    vec![replace(text, entry.clone(), ""), replace(text, entry.start..comma + gap, "")]
}
