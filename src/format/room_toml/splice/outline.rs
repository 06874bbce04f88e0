//! Where everything stands in a TOML text: headers, keys and values by their byte ranges.

use std::ops::Range;
use toml_edit::{Document, InlineTable, Item, Table, Value};

/// Headers and values of a text, each in the order of the text.
pub struct Outline {
    pub headers: Vec<Header>,
    pub leaves: Vec<Leaf>,
    pub inlines: Vec<Inline>,
}

/// `[a.b]`.
pub struct Header {
    pub path: Vec<String>,
    pub span: Range<usize>,
}

/// `key = value`, in a table or in an inline table.
pub struct Leaf {
    pub path: Vec<String>,
    /// The last part of the key.
    pub key: Range<usize>,
    pub value: Range<usize>,
    /// It is inside an inline table.
    pub inline: bool,
    /// The text, when it is a string.
    pub text: Option<String>,
    /// The items, when it is an array of strings.
    pub items: Option<Vec<(String, Range<usize>)>>,
}

/// `{ … }`.
pub struct Inline {
    pub path: Vec<String>,
    pub span: Range<usize>,
    /// Its own entries in the order of the text, the key's start to the value's end. Of `x.a = 1, x.b = 2` the second starts
    /// where the first does: only the ends, and the first start, are to be relied on.
    pub entries: Vec<Range<usize>>,
}

impl Outline {
    /// Reads a text.
    pub fn of(text: &str) -> Result<Self, String> {
        let document = Document::parse(text).map_err(|error| format!("not TOML: {}", error.message()))?;
        let mut outline = Self { headers: Vec::new(), leaves: Vec::new(), inlines: Vec::new() };
        outline.table(document.as_table(), &mut Vec::new());
        outline.headers.sort_by_key(|header| header.span.start);
        outline.leaves.sort_by_key(|leaf| leaf.value.start);
        Ok(outline)
    }

    /// The leaf at this path.
    pub fn leaf(&self, path: &[String]) -> Option<&Leaf> {
        self.leaves.iter().find(|leaf| leaf.path == path)
    }

    /// The header that the byte at `at` stands under, and where its section ends; `None` above the first header.
    pub fn section(&self, at: usize) -> (Option<&Header>, usize) {
        let index = self.headers.partition_point(|header| header.span.start <= at);
        let end = self.headers.get(index).map_or(usize::MAX, |header| header.span.start);
        (index.checked_sub(1).and_then(|index| self.headers.get(index)), end)
    }

    /// The last plain leaf of the section that starts with `header`.
    pub fn last_leaf(&self, header: &Header) -> Option<&Leaf> {
        let (_, end) = self.section(header.span.start);
        self.leaves.iter().rev().find(|leaf| !leaf.inline && leaf.value.start > header.span.end && leaf.value.start < end)
    }

    fn table(&mut self, table: &Table, path: &mut Vec<String>) {
        if !table.is_implicit()
            && !table.is_dotted()
            && !path.is_empty()
            && let Some(span) = table.span()
        {
            self.headers.push(Header { path: path.clone(), span });
        }
        for (name, item) in table {
            path.push(name.to_owned());
            match item {
                Item::Table(inner) => self.table(inner, path),
                Item::ArrayOfTables(tables) => tables.iter().for_each(|inner| self.table(inner, path)),
                Item::Value(value) => self.value(value, table.key(name).and_then(toml_edit::Key::span), path, false),
                Item::None => {}
            }
            path.pop();
        }
    }

    fn value(&mut self, value: &Value, key: Option<Range<usize>>, path: &mut Vec<String>, inline: bool) {
        if let (Some(key), Some(span)) = (key, value.span()) {
            let item = |item: &Value| Some((item.as_str()?.to_owned(), item.span()?));
            let items = value.as_array().map(|array| array.iter().filter_map(item).collect());
            let text = value.as_str().map(ToOwned::to_owned);
            self.leaves.push(Leaf { path: path.clone(), key, value: span, inline, text, items });
        }
        if let Value::InlineTable(table) = value {
            self.inline(table, path);
        }
    }

    fn inline(&mut self, table: &InlineTable, path: &mut Vec<String>) {
        let mut entries = Vec::new();
        self.entries(table, path, None, &mut entries);
        entries.sort_by_key(|entry| entry.end);
        if let Some(span) = table.span() {
            self.inlines.push(Inline { path: path.clone(), span, entries });
        }
    }

    /// The entries of an inline table; a dotted key in it is an entry of the same table, not a table of its own.
    fn entries(&mut self, table: &InlineTable, path: &mut Vec<String>, start: Option<usize>, out: &mut Vec<Range<usize>>) {
        for (name, value) in table {
            let key = table.key(name).and_then(toml_edit::Key::span);
            let start = start.or(key.as_ref().map(|key| key.start));
            path.push(name.to_owned());
            match value {
                Value::InlineTable(dotted) if dotted.is_dotted() => self.entries(dotted, path, start, out),
                value => {
                    out.extend(start.zip(value.span()).map(|(start, span)| start..span.end));
                    self.value(value, key, path, true);
                }
            }
            path.pop();
        }
    }
}
