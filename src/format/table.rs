//! A TOML table, read key by key.
//!
//! Reading never stops at the first fault: a value that is missing or of the wrong kind becomes a problem and a blank, so
//! that one pass finds everything. The keys that were asked for are the keys that exist: [`Table::finish`] reports every
//! other one, with the nearest of those that are known.

use super::diagnose::{Diagnosed, Problem, nearest, quoted};
use std::{borrow::Cow, cell::RefCell, fmt::Display, ops::Range};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong so far, in one text.
#[derive(Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub fn add(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    /// The result of reading: all problems, or none and the thing itself.
    pub fn into_result<T>(self, path: &str, text: &str, read: T) -> Result<T, Diagnosed> {
        let problems = self.0.into_inner();
        if problems.is_empty() { Ok(read) } else { Err(Diagnosed::new(path, text, problems)) }
    }
}

/// A value with the bytes it stands at.
#[derive(Clone, Debug, Default)]
pub(super) struct At<T> {
    pub value: T,
    pub span: Range<usize>,
}

/// One table and what was asked of it.
pub(super) struct Table<'t> {
    entries: &'t DeTable<'t>,
    span: Range<usize>,
    /// How a message calls it: `step`, `[tenant]`.
    name: Cow<'static, str>,
    known: RefCell<Vec<&'static str>>,
    problems: &'t Problems,
}

/// The syntax tree of a text, or every syntax error in it.
pub(super) fn document<'t>(text: &'t str, path: &str) -> Result<Spanned<DeTable<'t>>, Diagnosed> {
    let (root, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(root);
    }
    // Message and span only: toml's own rendering quotes the raw line.
    let problems = errors.iter().map(|error| Problem::new(error.span().unwrap_or_default(), error.message())).collect();
    Err(Diagnosed::new(path, text, problems))
}

impl<'t> Table<'t> {
    pub fn root(root: &'t Spanned<DeTable<'t>>, name: &'static str, problems: &'t Problems) -> Self {
        // What is missing from a file is missing at its start.
        Self::new(root.get_ref(), 0..0, name.into(), problems)
    }

    fn new(entries: &'t DeTable<'t>, span: Range<usize>, name: Cow<'static, str>, problems: &'t Problems) -> Self {
        Self { entries, span, name, known: RefCell::default(), problems }
    }

    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    pub fn problems(&self) -> &'t Problems {
        self.problems
    }

    pub fn problem(&self, span: &Range<usize>, message: impl Into<String>) {
        self.problems.add(Problem::new(span.clone(), message));
    }

    pub fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// Where a key stands, for a problem with the key itself.
    pub fn key_span(&self, key: &str) -> Range<usize> {
        self.entries.get_key_value(key).map_or(self.span.clone(), |(key, _)| key.span())
    }

    fn get(&self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.known.borrow_mut().push(key);
        self.entries.get(key)
    }

    /// Reports the keys nobody asked for.
    pub fn finish(&self) {
        let known = self.known.borrow();
        for key in self.entries.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                self.problems.add(unknown(key.span(), "key", key.get_ref(), &self.name, known.iter().copied()));
            }
        }
    }

    fn missing(&self, key: &str, what: &str) {
        self.problems.add(Problem::new(self.span.clone(), format!("{} has no `{key}`", self.name)).help(format!("add {what}")));
    }

    /// A text that may be absent.
    pub fn text_if(&self, key: &'static str) -> Option<At<String>> {
        let value = self.get(key)?;
        let DeValue::String(text) = value.get_ref() else {
            self.wrong(key, value, "a text in quotes");
            return None;
        };
        Some(At { value: text.as_ref().to_owned(), span: value.span() })
    }

    /// A text that must be there and not blank.
    pub fn text(&self, key: &'static str) -> At<String> {
        if !self.has(key) {
            self.missing(key, &format!("{key} = \"…\""));
            return At { span: self.span(), ..At::default() };
        }
        let text = self.text_if(key).unwrap_or_default();
        if text.value.trim().is_empty() && !text.span.is_empty() {
            self.problem(&text.span, format!("`{key}` of {} is blank", self.name));
        }
        text
    }

    pub fn flag(&self, key: &'static str) -> At<bool> {
        let Some(value) = self.get(key) else { return At::default() };
        let DeValue::Boolean(flag) = value.get_ref() else {
            self.wrong(key, value, "true or false");
            return At::default();
        };
        At { value: *flag, span: value.span() }
    }

    /// A whole number that may be absent.
    pub fn number(&self, key: &'static str) -> Option<At<u32>> {
        let value = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => u32::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok(),
            _ => None,
        };
        match value.get_ref() {
            _ if number.is_some() => {}
            DeValue::Integer(_) => {
                let message = format!("{} must be a whole number from 0 to {}", quoted(key), u32::MAX);
                self.problem(&value.span(), message);
            }
            _ => self.wrong(key, value, "a whole number from 0"),
        }
        number.map(|number| At { value: number, span: value.span() })
    }

    /// A list of texts; absent is empty.
    pub fn texts(&self, key: &'static str) -> Vec<At<String>> {
        self.texts_if(key).map(|list| list.value).unwrap_or_default()
    }

    /// A list of texts that may be absent.
    pub fn texts_if(&self, key: &'static str) -> Option<At<Vec<At<String>>>> {
        let value = self.get(key)?;
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, value, "a list of texts");
            return None;
        };
        let text = |item: &Spanned<DeValue<'_>>| {
            if let DeValue::String(text) = item.get_ref() {
                return Some(At { value: text.as_ref().to_owned(), span: item.span() });
            }
            self.wrong(key, item, "a text in quotes");
            None
        };
        Some(At { value: items.iter().filter_map(text).collect(), span: value.span() })
    }

    /// The raw value, for what has a shape of its own.
    pub fn value(&self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.get(key)
    }

    /// A table under a key.
    pub fn table(&self, key: &'static str, name: &'static str) -> Option<Table<'t>> {
        let value = self.get(key)?;
        self.nested(key, value, name.into())
    }

    /// The tables of a list of tables: `[[steps]]`.
    pub fn tables(&self, key: &'static str, name: &'static str) -> Vec<Table<'t>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(key, value, &format!("a list of tables: [[{key}]]"));
            return Vec::new();
        };
        items.iter().filter_map(|item| self.nested(key, item, name.into())).collect()
    }

    /// Every table in this one, by key: `[owners.tenant-owner]`. All keys count as known.
    pub fn named_tables(&self) -> impl Iterator<Item = (At<&'t str>, Table<'t>)> {
        self.entries.iter().filter_map(|(key, value)| {
            let name = At { value: key.get_ref().as_ref(), span: key.span() };
            let title = format!("[{}.{}]", self.name.trim_matches(['[', ']']), name.value);
            let mut table = self.nested(name.value, value, title.into())?;
            // A table made by dotted keys has no header: its key is where it is.
            table.span = key.span();
            Some((name, table))
        })
    }

    /// Every key and raw value. All keys count as known.
    pub fn entries(&self) -> impl Iterator<Item = (At<&'t str>, &'t Spanned<DeValue<'t>>)> {
        self.entries.iter().map(|(key, value)| (At { value: key.get_ref().as_ref(), span: key.span() }, value))
    }

    fn nested(&self, key: &str, value: &'t Spanned<DeValue<'t>>, name: Cow<'static, str>) -> Option<Table<'t>> {
        if let DeValue::Table(entries) = value.get_ref() {
            return Some(Self::new(entries, value.span(), name, self.problems));
        }
        self.wrong(key, value, &format!("a table: [{key}]"));
        None
    }

    pub fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.problem(&value.span(), format!("{} must be {wanted}, not {found}", quoted(key)));
    }

    /// One of a few words. Anything else is a problem that names the nearest of them.
    pub fn word<T: Copy>(&self, text: &At<String>, what: &str, words: &[(&str, T)]) -> Option<T> {
        let found = words.iter().find(|(word, _)| *word == text.value);
        if found.is_none() && !text.value.is_empty() {
            let known = words.iter().map(|(word, _)| *word);
            self.problems.add(unknown(text.span.clone(), what, &text.value, &self.name, known));
        }
        found.map(|(_, meaning)| *meaning)
    }
}

/// The problem of a word that is not among those known here.
pub(super) fn unknown<'a>(
    span: Range<usize>,
    what: &str,
    word: &str,
    place: impl Display,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Problem {
    let problem = Problem::new(span, format!("unknown {what} {} in {place}", quoted(word)));
    match nearest(word, known.clone()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help(listed(known)),
    }
}

/// `known here: a, b, c`.
fn listed<'a>(known: impl Iterator<Item = &'a str>) -> String {
    const LISTED: usize = 14;
    let mut words: Vec<&str> = known.collect();
    words.sort_unstable();
    words.dedup();
    if words.is_empty() {
        return "there is none".into();
    }
    let more = words.len().saturating_sub(LISTED);
    words.truncate(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("known here: {}{more}", words.join(", "))
}
