//! The hosts that a bundle says it was made against. Only members that say so are read: any other address in a report may
//! be that of its readers.

use super::node::{Map, Node};
use super::reader::WRAPPERS;
use crate::domain::command;
use std::collections::BTreeSet;

/// Members that name what was tested, without case and joints.
const AIMED: [&str; 14] = [
    "baseurl",
    "targeturl",
    "targethost",
    "target",
    "deploymenturl",
    "deployment",
    "siteurl",
    "site",
    "smokeurl",
    "environmenturl",
    "origin",
    "host",
    "hostname",
    "baseuri",
];
/// Parts of a bundle that tell about all of it.
const ABOUT: [&str; 8] = ["meta", "metadata", "config", "options", "environment", "run", "context", "summary"];
const DEEPEST: usize = 4;
/// A bundle names one host, or a few.
const MOST: usize = 16;
const LONGEST: usize = 253;

/// Adds the hosts that a document names.
pub fn collect(document: &Node, into: &mut BTreeSet<String>) {
    if let Node::Map(map) = document {
        part(map, into, 0);
    }
}

fn part(map: &Map, into: &mut BTreeSet<String>, depth: usize) {
    for (key, value) in &map.0 {
        let key: String = key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        match value {
            Node::Text(text) if AIMED.contains(&key.as_str()) || key.ends_with("smokeurl") || key.ends_with("baseurl") => {
                let bare = || key.starts_with("host").then(|| text.trim().to_ascii_lowercase()).filter(|text| is_host(text));
                let host = command::host(text.trim()).filter(|host| is_host(host)).or_else(bare);
                into.extend(host.filter(|_| into.len() < MOST));
            }
            Node::Map(inner) if depth < DEEPEST && (WRAPPERS.contains(&key.as_str()) || ABOUT.contains(&key.as_str())) => {
                part(inner, into, depth + 1);
            }
            _ => {}
        }
    }
}

fn is_host(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    text.len() <= LONGEST && text.contains(['.', ':']) && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::super::read;

    fn hosts(text: &str) -> Vec<String> {
        read(text.as_bytes(), &[], true).hosts
    }

    #[test]
    fn what_a_bundle_says_it_was_made_against_is_read() {
        let checks = r#""checks":[{"id":"a","status":"passed"}]"#;
        assert_eq!(hosts(&format!(r#"{{"base_url":"https://www.Other.test/x",{checks}}}"#)), ["www.other.test"]);
        assert_eq!(hosts(&format!(r#"{{"meta":{{"baseUrl":"http://127.0.0.1:8080"}},{checks}}}"#)), ["127.0.0.1:8080"]);
        assert_eq!(hosts(&format!(r#"{{"host":"www.other.test",{checks}}}"#)), ["www.other.test"]);
        assert_eq!(hosts(&format!("one line\n{{\"report\":{{\"targetUrl\":\"https://a.test\",{checks}}}}}\n")), ["a.test"]);
    }

    #[test]
    fn other_addresses_in_it_are_nobodys_target() {
        let text = r#"{"url":"https://ci.test/1","docs":"https://docs.test","target":"launch-room","host":"ops",
            "checks":[{"id":"a","status":"passed","detail":"https://b.test","base_url":"https://c.test"}]}"#;
        assert!(hosts(text).is_empty());
        assert!(hosts(r#"{"base_url":"https://no.test"}"#).is_empty(), "what is no bundle says nothing");
    }
}
