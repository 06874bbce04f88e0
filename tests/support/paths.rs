//! Every path a source file writes, resolved from the root of the crate. A small reader of tokens, not of Rust: it knows
//! comments, text, modules, `use` trees and paths, which is all a layer can be crossed with.

/// One path, resolved: `crate`, `std`, … then the segments; `*` for a glob.
#[derive(Debug, PartialEq)]
pub struct Found {
    pub line: usize,
    segments: Vec<String>,
    /// The name a `use` brings it in under; `None` for a path in an expression or a type.
    alias: Option<String>,
}

impl Found {
    pub fn text(&self) -> String {
        self.segments.join("::")
    }

    /// The layer this path leads into; `None` for another crate's path. `crate::*` and a bare `crate` lead everywhere.
    pub fn in_crate(&self) -> Option<&str> {
        (self.segments[0] == "crate").then(|| self.segments.get(1).map_or("everything", String::as_str))
    }

    /// Whether `name` can be reached through this path: it is the name, lies below it, or brings in something above it
    /// (`use std;`, `use std::*`) under a name that nobody could follow.
    pub fn brings_in(&self, name: &str) -> bool {
        let name: Vec<&str> = name.split("::").collect();
        let own: Vec<&str> = self.segments.iter().map(String::as_str).collect();
        let opens = self.alias.is_some() && (own.last() == Some(&"*") || own.len() == 1);
        let stem = if own.last() == Some(&"*") { &own[..own.len() - 1] } else { &own[..] };
        own.starts_with(&name) || (opens && name.starts_with(stem))
    }

    pub fn ends_with(&self, tail: &[&str]) -> bool {
        self.segments.len() >= tail.len() && self.segments[self.segments.len() - tail.len()..].iter().eq(tail.iter())
    }
}

/// The paths of `text`, which is the file of module `file` (`["app", "ports"]`; `["main"]` and `["lib"]` are roots).
/// Modules under `#[cfg(test)]` are left out: a test may look at the world.
pub fn paths_of(text: &str, file: &[&str]) -> Vec<Found> {
    let tokens = tokens(text);
    let mut reader = Reader { tokens: &tokens, at: 0, modules: modules(file), depth: 0, inline: Vec::new(), found: Vec::new() };
    reader.read();
    follow_aliases(reader.found)
}

/// `use std::time; time::Instant` is `std::time::Instant`.
fn follow_aliases(mut found: Vec<Found>) -> Vec<Found> {
    let known: Vec<(String, Vec<String>)> =
        found.iter().filter_map(|path| Some((path.alias.clone()?, path.segments.clone()))).collect();
    for path in found.iter_mut().filter(|path| path.alias.is_none()) {
        if let Some((_, full)) = known.iter().find(|(alias, _)| *alias == path.segments[0]) {
            path.segments.splice(..1, full.iter().cloned());
        }
    }
    found
}

fn modules(file: &[&str]) -> Vec<String> {
    let root = matches!(file, ["main" | "lib"]);
    if root { Vec::new() } else { file.iter().map(ToString::to_string).collect() }
}

struct Token {
    line: usize,
    text: String,
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    /// Where we are, from the root.
    modules: Vec<String>,
    depth: usize,
    /// The depth at which each inline module opened.
    inline: Vec<usize>,
    found: Vec<Found>,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| &token.text)
    }

    fn read(&mut self) {
        while self.at < self.tokens.len() {
            match self.peek(0) {
                "#" if self.cfg_test() => self.skip_item(),
                "use" if self.peek(1) != "<" => {
                    self.at += 1;
                    self.tree(&[]);
                }
                "mod" if self.peek(2) == "{" => {
                    self.modules.push(self.peek(1).to_owned());
                    self.inline.push(self.depth);
                    self.at += 2; // The brace itself is counted below.
                }
                "{" => self.step(1),
                "}" => self.step(-1),
                "::" if is_name(self.peek(1)) && !self.follows_name() => {
                    self.at += 1;
                    self.path(true);
                }
                name if is_name(name) => self.path(false),
                _ => self.at += 1,
            }
        }
    }

    fn step(&mut self, by: isize) {
        self.depth = self.depth.saturating_add_signed(by);
        self.at += 1;
        if by < 0 && self.inline.last() == Some(&self.depth) {
            self.inline.pop();
            self.modules.pop();
        }
    }

    /// `#[cfg(test)]` or `#[cfg(any(test, …))]` is next.
    fn cfg_test(&self) -> bool {
        self.peek(1) == "[" && self.peek(2) == "cfg" && self.peek(3) == "(" && (self.peek(4) == "test" || self.peek(6) == "test")
    }

    /// Goes behind the item that follows: its block, or its semicolon.
    fn skip_item(&mut self) {
        let mut depth = 0;
        while self.at < self.tokens.len() {
            let token = self.peek(0).to_owned();
            self.at += 1;
            match token.as_str() {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => {
                    depth -= 1;
                    if depth == 0 && token == "}" {
                        return;
                    }
                }
                ";" if depth == 0 => return,
                _ => {}
            }
        }
    }

    /// `>::Name` and `name::Name` go on with a path; a leading `::` starts one.
    fn follows_name(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or("", |token| token.text.as_str());
        before == ">" || is_name(before)
    }

    /// One path in an expression or a type.
    fn path(&mut self, absolute: bool) {
        let line = self.tokens[self.at].line;
        let mut segments = vec![self.peek(0).to_owned()];
        self.at += 1;
        while self.peek(0) == "::" && is_name(self.peek(1)) {
            segments.push(self.peek(1).to_owned());
            self.at += 2;
        }
        // A bare word is a variable, a keyword or something that a `use` has already accounted for.
        if segments.len() > 1 || absolute {
            self.note(line, &segments, None);
        }
    }

    /// One branch of a `use`, up to the `,` `}` or `;` behind it.
    fn tree(&mut self, stem: &[String]) {
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        let mut segments = stem.to_vec();
        let mut alias = None;
        loop {
            match self.peek(0) {
                "::" => self.at += 1,
                "{" => {
                    self.at += 1;
                    while !matches!(self.peek(0), "}" | "") {
                        self.tree(&segments);
                        if self.peek(0) == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                "self" if !segments.is_empty() => self.at += 1, // `{self}` is the stem itself.
                "as" => {
                    alias = Some(self.peek(1).to_owned());
                    self.at += 2;
                }
                "*" => {
                    segments.push("*".to_owned());
                    self.at += 1;
                }
                name if is_name(name) => {
                    segments.push(name.to_owned());
                    self.at += 1;
                }
                _ => break,
            }
        }
        let name = alias.or_else(|| segments.last().cloned()).unwrap_or_default();
        self.note(line, &segments, Some(name));
    }

    fn note(&mut self, line: usize, segments: &[String], alias: Option<String>) {
        let mut rest = segments;
        let mut base: Option<Vec<String>> = None;
        while let Some(first) = rest.first() {
            match first.as_str() {
                "crate" | "launchroom" => base = Some(Vec::new()),
                "self" => base = Some(base.unwrap_or_else(|| self.modules.clone())),
                "super" => {
                    let mut up = base.unwrap_or_else(|| self.modules.clone());
                    up.pop();
                    base = Some(up);
                }
                _ => break,
            }
            rest = &rest[1..];
        }
        let mut segments: Vec<String> = Vec::new();
        if let Some(base) = base {
            segments.push("crate".to_owned());
            segments.extend(base);
        }
        segments.extend_from_slice(rest);
        self.found.push(Found { line, segments, alias });
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Words, `::`, and single signs. Comments and text are gone; `$crate` is `crate`; `r#type` is `type`.
fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut at, mut line) = (Vec::new(), 0, 1);
    let get = |at: usize| chars.get(at).copied().unwrap_or('\0');
    while at < chars.len() {
        let start = at;
        match get(at) {
            '/' if get(at + 1) == '/' => {
                while at < chars.len() && get(at) != '\n' {
                    at += 1;
                }
            }
            '/' if get(at + 1) == '*' => at = end_of_comment(&chars, at),
            'r' | 'b' | 'c' if raw_hashes(&chars, at).is_some() => at = end_of_raw(&chars, at),
            '"' => at = end_of_text(&chars, at),
            'b' | 'c' if get(at + 1) == '"' => at = end_of_text(&chars, at + 1),
            '\'' if get(at + 1) == '\\' => {
                at += 3;
                while at < chars.len() && get(at) != '\'' {
                    at += 1;
                }
                at += 1;
            }
            '\'' if get(at + 2) == '\'' => at += 3,
            // The quote of a lifetime: its name is read as a bare word, which means nothing.
            '\'' | '$' => at += 1,
            'r' if get(at + 1) == '#' => at += 2,
            c if c.is_alphanumeric() || c == '_' => {
                while get(at).is_alphanumeric() || get(at) == '_' {
                    at += 1;
                }
                out.push(Token { line, text: chars[start..at].iter().collect() });
            }
            ':' if get(at + 1) == ':' => {
                at += 2;
                out.push(Token { line, text: "::".to_owned() });
            }
            c => {
                at += 1;
                if !c.is_whitespace() {
                    out.push(Token { line, text: c.to_string() });
                }
            }
        }
        line += chars[start..at.min(chars.len())].iter().filter(|c| **c == '\n').count();
    }
    out
}

fn end_of_comment(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn end_of_text(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// How many `#` a raw text at `at` has, if one starts there: `r"`, `br##"`.
fn raw_hashes(chars: &[char], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).and_then(|at| chars.get(at));
    if before.is_some_and(|c| c.is_alphanumeric() || *c == '_') {
        return None;
    }
    let after_r = at + usize::from(matches!(chars[at], 'b' | 'c')) + 1;
    let hashes = chars.get(after_r..)?.iter().take_while(|c| **c == '#').count();
    (chars.get(after_r - 1) == Some(&'r') && chars.get(after_r + hashes) == Some(&'"')).then_some(hashes)
}

fn end_of_raw(chars: &[char], start: usize) -> usize {
    let hashes = raw_hashes(chars, start).unwrap_or(0);
    let mut at = start;
    while at < chars.len() && chars[at] != '"' {
        at += 1;
    }
    at += 1;
    while at < chars.len() {
        if chars[at] == '"' && chars[at + 1..].iter().take_while(|c| **c == '#').count() >= hashes {
            return at + 1 + hashes;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::paths_of;

    fn texts(text: &str) -> Vec<String> {
        paths_of(text, &["app", "ports"]).iter().map(super::Found::text).collect()
    }

    #[test]
    fn a_group_is_every_path_in_it() {
        assert_eq!(
            texts("use crate::{domain::{self, room::*}, tui as screen};"),
            ["crate::domain", "crate::domain::room::*", "crate::tui"]
        );
    }

    #[test]
    fn super_climbs_from_the_file_and_from_a_module_inside_it() {
        assert_eq!(texts("use super::super::tui;"), ["crate::tui"]);
        assert_eq!(
            texts("mod a { mod b { use super::super::c; } } use self::d;"),
            ["crate::app::ports::c", "crate::app::ports::d"]
        );
    }

    #[test]
    fn a_path_in_an_expression_counts_without_a_use() {
        assert_eq!(texts("fn f() -> u8 { ::std::fs::read(1); $crate::tui::go() }"), ["std::fs::read", "crate::tui::go"]);
    }

    #[test]
    fn a_path_through_an_imported_name_is_followed() {
        assert_eq!(texts("use std::time as t; t::Instant::now()"), ["std::time", "std::time::Instant::now"]);
    }

    #[test]
    fn comments_text_and_tests_say_nothing() {
        assert_eq!(
            texts(
                r##"/* a::b /* c::d */ */ let x = "e::f"; let y = r#"g::"h"#; 'i'; // j::k
            #[cfg(test)] mod tests { use std::fs; } #[cfg(test)] use std::env; l::m"##
            ),
            ["l::m"]
        );
    }

    #[test]
    fn a_glob_or_another_name_for_a_crate_brings_in_all_of_it() {
        let found = |text| paths_of(text, &["app"]).pop().expect("a path");
        assert!(found("use std::*;").brings_in("std::fs"));
        assert!(found("use std as s;").brings_in("std::fs"));
        assert!(found("use std::fs::File;").brings_in("std::fs"));
        assert!(!found("use std::fmt;").brings_in("std::fs"));
        assert_eq!(found("use crate as c;").in_crate(), Some("everything"));
    }
}
