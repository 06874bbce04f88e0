//! The checks of one or several JSON documents. Whatever says worse counts, and what cannot be read is said to be unread.

use super::Reading;
use super::aimed;
use super::node::{Map, Node};
use super::said::{self, badness};
use crate::domain::{
    ids::CheckId,
    ledger::{Check, CheckStatus},
};
use std::collections::{BTreeMap, BTreeSet};

const MOST_CHECKS: usize = 10_000;
const DEEPEST: usize = 16;
const LONGEST_ID: usize = 200;
const LONGEST_DETAIL: usize = 600;

pub const GROUPS: [&str; 6] = ["groups", "sections", "suites", "bundles", "proofs", "results"];
pub const WRAPPERS: [&str; 5] = ["bundle", "report", "result", "data", "proof"];
/// Hold counts of a whole.
const SUMMARIES: [&str; 3] = ["summary", "totals", "stats"];
const NAMES: [&str; 5] = ["id", "name", "key", "check", "title"];
const DETAILS: [&str; 7] = ["detail", "details", "message", "reason", "error", "summary", "note"];

/// What a document turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Bundle,
    /// It holds no checks that anybody could find.
    Other,
}

/// Checks as they are read.
#[derive(Default)]
pub struct Reader {
    found: Vec<Found>,
    is_bundle: bool,
    unread: Option<String>,
    hosts: BTreeSet<String>,
}

struct Found {
    group: String,
    id: String,
    status: CheckStatus,
    detail: String,
}

/// Whose checks these are.
#[derive(Clone, Copy)]
enum Whole<'a> {
    Document,
    Group { parent: &'a str, id: &'a str },
}

impl Reader {
    /// Reads one document.
    pub fn document(&mut self, document: &Node) -> Kind {
        let is_bundle = match document {
            Node::Map(map) => self.part(map, "", Whole::Document, 0),
            Node::List(items) if items.iter().any(is_check) => {
                self.checks(document, "", 0);
                true
            }
            _ => false,
        };
        self.is_bundle |= is_bundle;
        if is_bundle {
            aimed::collect(document, &mut self.hosts);
        }
        if is_bundle { Kind::Bundle } else { Kind::Other }
    }

    pub fn is_bundle(&self) -> bool {
        self.is_bundle
    }

    /// Part of it was not read. The first reason is told.
    pub fn unread(&mut self, why: impl Into<String>) {
        self.unread.get_or_insert_with(|| why.into());
    }

    /// Reads what holds checks; `false` when it holds none.
    fn part(&mut self, map: &Map, group: &str, whole: Whole<'_>, depth: usize) -> bool {
        if depth > DEEPEST {
            self.unread("it is nested too deep");
            return true;
        }
        let before = self.found.len();
        let mut any = false;
        for (key, value) in &map.0 {
            match (key.as_str(), value) {
                ("checks", _) => {
                    self.checks(value, group, depth);
                    any = true;
                }
                // A count such as `"results": 3` is no group, and neither is a list of words.
                (key, Node::Map(_)) if GROUPS.contains(&key) => {
                    self.checks(value, group, depth);
                    any = true;
                }
                (key, Node::List(items)) if GROUPS.contains(&key) && (items.is_empty() || items.iter().any(is_container)) => {
                    self.checks(value, group, depth);
                    any = true;
                }
                (key, Node::Map(inner)) if matches!(whole, Whole::Document) && WRAPPERS.contains(&key) => {
                    any |= self.part(inner, group, Whole::Document, depth + 1);
                }
                _ => {}
            }
        }
        if any {
            self.doubled(map);
            self.weigh(map, whole, before);
        }
        any
    }

    /// A whole that says it did not pass, though none of its checks says why.
    fn weigh(&mut self, map: &Map, whole: Whole<'_>, before: usize) {
        let inner = || WRAPPERS.iter().chain(&SUMMARIES).flat_map(|key| map.all(key)).filter_map(Node::map);
        let all = std::iter::once(map).chain(inner());
        let Some(said) = all.filter_map(said::of_whole).max_by_key(|said| badness(said.status)) else { return };
        let children = self.found.get(before..).unwrap_or_default();
        let has = |status| children.iter().any(|check| check.status == status);
        if has(CheckStatus::Failed) || (said.status == CheckStatus::Skipped && !has(CheckStatus::Passed)) {
            return;
        }
        let word = said.word.unwrap_or_default();
        match whole {
            Whole::Document => self.unread(format!("it says `{word}` as a whole, though no check in it failed")),
            Whole::Group { parent, id } => self.push(parent, id, said.status, format!("says `{word}` as a whole")),
        }
    }

    fn checks(&mut self, value: &Node, group: &str, depth: usize) {
        if depth > DEEPEST {
            return self.unread("it is nested too deep");
        }
        match value {
            Node::List(items) => {
                for item in items {
                    match item {
                        Node::Map(map) => self.item(&name(map).unwrap_or_default(), map, group, depth),
                        _ => self.unread("an entry among its checks is none"),
                    }
                }
            }
            Node::Map(map) => {
                self.doubled(map);
                for (id, value) in &map.0 {
                    match (value, said::word(value)) {
                        (Node::Map(inner), _) => self.item(id, inner, group, depth),
                        (Node::List(_), _) => self.checks(value, id, depth + 1),
                        (_, Some(Ok(status))) => self.push(group, id, status, String::new()),
                        (_, Some(Err(word))) => self.push(group, id, CheckStatus::Failed, not_a_pass(word, "")),
                        (_, None) => self.unread(format!("{} does not say how it went", shown(id))),
                    }
                }
            }
            _ => self.unread("its checks are no list"),
        }
    }

    /// One check, or a group of them.
    fn item(&mut self, id: &str, map: &Map, group: &str, depth: usize) {
        let inner = if group.is_empty() { id.to_owned() } else { format!("{group}.{id}") };
        if self.part(map, &inner, Whole::Group { parent: group, id }, depth + 1) {
            return;
        }
        self.doubled(map);
        let Some(said) = said::of_check(map) else {
            // A map without a name and a status may be a group whose checks are its own keys.
            let nested = |value: &Node| matches!(value, Node::Map(_)) || matches!(said::word(value), Some(Ok(_)));
            if name(map).is_none() && !map.0.is_empty() && map.0.iter().all(|(_, value)| nested(value)) {
                return self.checks(&Node::Map(map.clone()), &inner, depth + 1);
            }
            return self.unread(format!("{} does not say how it went", shown(id)));
        };
        let detail = DETAILS.iter().flat_map(|key| map.all(key)).find_map(text).unwrap_or_default();
        let detail = said.word.map_or(detail.clone(), |word| not_a_pass(&word, &detail));
        self.push(group, id, said.status, detail);
    }

    fn doubled(&mut self, map: &Map) {
        if let Some(key) = map.doubled() {
            self.unread(format!("{} stands twice in it", shown(key)));
        }
    }

    fn push(&mut self, group: &str, id: &str, status: CheckStatus, detail: String) {
        let id = id.trim();
        if id.is_empty() {
            self.unread("a check in it has no name");
        } else if id.len() > LONGEST_ID {
            self.unread("a check in it has a name that is too long");
        } else if self.found.len() >= MOST_CHECKS {
            self.unread(format!("it has more than {MOST_CHECKS} checks"));
        } else {
            self.found.push(Found { group: group.to_owned(), id: id.to_owned(), status, detail: shorten(detail) });
        }
    }

    /// Leaf ids, unless two groups share one; of two results for one check the worse counts.
    pub fn finish(self) -> Reading {
        let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for found in &self.found {
            groups.entry(&found.id).or_default().insert(&found.group);
        }
        let mut place: BTreeMap<String, usize> = BTreeMap::new();
        let mut checks: Vec<Check> = Vec::new();
        for Found { group, id, status, detail } in &self.found {
            let shared = groups.get(id.as_str()).is_some_and(|groups| groups.len() > 1);
            let full = if shared && !group.is_empty() { format!("{group}.{id}") } else { id.clone() };
            let check = Check { id: CheckId::from(full.as_str()), status: *status, detail: detail.clone() };
            if let Some(&at) = place.get(&full) {
                if let Some(before) = checks.get_mut(at).filter(|before| badness(before.status) < badness(*status)) {
                    *before = check;
                }
            } else {
                place.insert(full, checks.len());
                checks.push(check);
            }
        }
        Reading { checks: self.is_bundle.then_some(checks), unread: self.unread, hosts: self.hosts.into_iter().collect() }
    }
}

fn is_container(node: &Node) -> bool {
    matches!(node, Node::Map(_) | Node::List(_))
}

/// Whether an entry of a list without a name of its own is a check: it says what it is and how it went.
fn is_check(node: &Node) -> bool {
    node.map().is_some_and(|map| name(map).is_some() && said::of_check(map).is_some())
}

fn name(map: &Map) -> Option<String> {
    NAMES.iter().flat_map(|key| map.all(key)).find_map(|value| match value {
        Node::Text(text) => Some(text.clone()),
        Node::Number(number) => Some(number.to_string()),
        Node::Null | Node::Bool(_) | Node::List(_) | Node::Map(_) => None,
    })
}

fn not_a_pass(word: &str, detail: &str) -> String {
    if detail.is_empty() { format!("says \"{word}\", which is not a pass") } else { format!("says \"{word}\": {detail}") }
}

fn text(value: &Node) -> Option<String> {
    match value {
        Node::Text(text) => Some(text.clone()),
        Node::Map(map) => map.all("message").find_map(text),
        Node::Bool(value) => Some(value.to_string()),
        Node::Number(value) => Some(value.to_string()),
        Node::Null | Node::List(_) => None,
    }
}

/// A name inside a reason.
fn shown(id: &str) -> String {
    if id.trim().is_empty() {
        return "a check in it".to_owned();
    }
    let short: String = id.chars().filter(|c| !c.is_control()).take(40).collect();
    format!("`{short}`")
}

fn shorten(mut text: String) -> String {
    if text.len() > LONGEST_DETAIL {
        text.truncate(text.floor_char_boundary(LONGEST_DETAIL));
        text.push('…');
    }
    text
}
