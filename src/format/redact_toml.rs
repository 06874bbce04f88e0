//! The credential formats that come with the program, read once.

use crate::domain::redact::{Added, Redactor, Rule, Shape};
use serde::Deserialize;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// The rules of `assets/redact/rules.toml`. Patterns are compiled later, each when it is first needed.
#[must_use]
pub fn rules() -> Arc<Vec<Rule>> {
    static RULES: LazyLock<Arc<Vec<Rule>>> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("../../assets/redact/rules.toml")).unwrap_or_default();
        let rules = file.rule.into_iter().map(|rule| Rule::new(rule.name, rule.keywords, rule.pattern, rule.shape));
        Arc::new(rules.collect())
    });
    Arc::clone(&RULES)
}

/// The same, and behind them what a room adds.
#[must_use]
pub fn rules_with(added: &[Added]) -> Arc<Vec<Rule>> {
    if added.is_empty() {
        return rules();
    }
    Arc::new(rules().iter().cloned().chain(added.iter().map(Added::rule)).collect())
}

/// Whether a rule that comes with the program goes by this name, or a mask of its own.
#[must_use]
pub fn is_known(name: &str) -> bool {
    name == "private-key" || rules().iter().any(|rule| rule.name == name)
}

/// Masks what people typed in a room that adds rules.
#[must_use]
pub fn mask_with(added: &[Added]) -> Box<dyn Fn(&str) -> String> {
    let fresh = of_room(added);
    Box::new(move |text| String::from_utf8_lossy(&fresh.another().once(text.as_bytes())).into_owned())
}

/// A text of a room that adds rules, as it may be shown.
#[must_use]
pub fn mask_in(text: &str, added: &[Added]) -> String {
    String::from_utf8_lossy(&of_room(added).once(text.as_bytes())).into_owned()
}

/// What people typed, as it may be kept: whatever has the shape of a credential is masked.
#[must_use]
pub fn mask(text: &str) -> String {
    redacted(text).0
}

/// The same, when there was something to mask at all.
#[must_use]
pub fn masked(text: &str) -> Option<String> {
    let (text, found) = redacted(text);
    found.then_some(text)
}

/// The rules that find a credential in it, those of the room among them.
#[must_use]
pub fn rules_in(text: &str, added: &[Added]) -> Vec<String> {
    let mut redactor = of_room(added);
    let _ = redactor.once(text.as_bytes());
    redactor.counts().keys().cloned().collect()
}

fn redacted(text: &str) -> (String, bool) {
    let mut redactor = redactor();
    let text = String::from_utf8_lossy(&redactor.once(text.as_bytes())).into_owned();
    (text, !redactor.counts().is_empty())
}

fn redactor() -> Redactor {
    static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(rules(), &[]));
    REDACTOR.another()
}

/// The redactor of a room. The last one is kept: a screen masks with the same one, frame after frame.
fn of_room(added: &[Added]) -> Redactor {
    static LAST: Mutex<Option<(Vec<Added>, Redactor)>> = Mutex::new(None);
    if added.is_empty() {
        return redactor();
    }
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, redactor)) = &*last
        && known == added
    {
        return redactor.another();
    }
    let fresh = Redactor::new(rules_with(added), &[]);
    let redactor = fresh.another();
    *last = Some((added.to_vec(), fresh));
    redactor
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<RuleRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleRow {
    name: String,
    keywords: Vec<String>,
    pattern: String,
    #[serde(default)]
    shape: Shape,
    /// Samples, for the tests: with `«…»` around what is masked …
    #[serde(rename = "match")]
    #[cfg_attr(not(test), expect(dead_code, reason = "samples are tests"))]
    matches: Vec<String>,
    /// … and text that stays.
    #[cfg_attr(not(test), expect(dead_code, reason = "samples are tests"))]
    keep: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::redact::Redactor;

    fn file() -> File {
        toml::from_str(include_str!("../../assets/redact/rules.toml")).unwrap()
    }

    fn redact(text: &str) -> String {
        String::from_utf8(Redactor::new(rules(), &[]).once(text.as_bytes())).unwrap()
    }

    #[test]
    fn every_rule_compiles_and_none_is_lost() {
        assert_eq!(rules().len(), file().rule.len());
        for rule in rules().iter() {
            assert!(rule.regex().is_some(), "{} is no pattern: {:?}", rule.name, regex::bytes::Regex::new(&rule.pattern).err());
            assert!(!rule.keywords.is_empty());
        }
    }

    #[test]
    fn every_rule_masks_its_samples_and_nothing_else_of_them() {
        let mask = regex::Regex::new("⟨redacted:[a-z-]+⟩").unwrap();
        for rule in file().rule {
            assert!(!rule.matches.is_empty() && !rule.keep.is_empty(), "{} has no samples", rule.name);
            for sample in &rule.matches {
                let expected: String = sample
                    .split('«')
                    .enumerate()
                    .map(|(n, part)| match part.split_once('»') {
                        Some((_, rest)) if n > 0 => format!("⟨redacted:⟩{rest}"),
                        _ => part.to_owned(),
                    })
                    .collect();
                let masked = redact(&sample.replace(['«', '»'], ""));
                // Which rule names the mask may differ where two see the same secret.
                let anonymous = mask.replace_all(&masked, "⟨redacted:⟩");
                assert_eq!(anonymous, expected, "{}", rule.name);
                let alone = Rule::new(rule.name.clone(), rule.keywords.clone(), rule.pattern.clone(), rule.shape);
                let alone = Redactor::new(Arc::new(vec![alone]), &[]).once(sample.replace(['«', '»'], "").as_bytes());
                assert!(String::from_utf8_lossy(&alone).contains("⟨redacted:"), "{} leaves {sample} to others", rule.name);
            }
        }
    }

    /// What is printed, and the secret in it.
    fn seeded() -> Vec<(String, String)> {
        let cases = include_str!("../../assets/redact/seeded.tsv").lines().filter(|line| !line.starts_with('#'));
        let case = |line: &str| {
            let text = line.split('\t').nth(2).unwrap().replace('¦', "").replace('␛', "\x1b");
            let secret = text.split_once('«').unwrap().1.split_once('»').unwrap().0.to_owned();
            (text.replace(['«', '»'], ""), secret)
        };
        cases.map(case).collect()
    }

    fn in_pieces(input: &[u8], size: usize) -> Vec<u8> {
        let (mut redactor, mut out) = (redactor(), Vec::new());
        input.chunks(size).for_each(|piece| redactor.feed(piece, &mut out));
        redactor.finish(&mut out);
        out
    }

    #[test]
    fn no_seeded_secret_comes_out_alone_or_among_others_however_it_comes_in() {
        let seeded = seeded();
        assert!(seeded.len() >= 200, "{}", seeded.len());
        let mut leaks = Vec::new();
        for (text, secret) in &seeded {
            let whole = redact(text);
            let outside = text.replace(secret.as_str(), "");
            if whole.contains(secret.as_str()) || !whole.contains("⟨redacted:") {
                leaks.push(format!("{text} -> {whole}"));
            }
            assert!(
                outside
                    .split(|c: char| !c.is_alphanumeric())
                    .filter(|word| word.len() > 9)
                    .all(|word| whole.contains(word) || word.len() > 14),
                "{text} -> {whole}"
            );
            for size in [1, 2, 3, 7, 64] {
                assert_eq!(String::from_utf8_lossy(&in_pieces(text.as_bytes(), size)), whole, "in pieces of {size}");
            }
        }
        assert!(leaks.is_empty(), "{} leak:\n{}", leaks.len(), leaks.join("\n"));
        for end in ["\n", "\r\n", " "] {
            // Where a value in YAML is over, only the end of its line says.
            let seeded: Vec<_> = seeded.iter().filter(|(text, _)| end != " " || !text.contains("password: ")).collect();
            let all = seeded.iter().flat_map(|(text, _)| [text.as_str(), end]).collect::<String>();
            let whole = String::from_utf8(in_pieces(all.as_bytes(), usize::MAX)).unwrap();
            for (text, secret) in seeded {
                assert!(!whole.contains(secret.as_str()), "{text} among others");
            }
            for size in [1, 2, 3, 7, 64, 4096, 65536] {
                assert!(in_pieces(all.as_bytes(), size) == whole.as_bytes(), "in pieces of {size}, lines ended by {end:?}");
            }
        }
    }

    #[test]
    fn look_alikes_survive() {
        for rule in file().rule {
            for sample in rule.keep {
                assert_eq!(redact(&sample), sample, "{}", rule.name);
            }
        }
        for text in [
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "550e8400-e29b-41d4-a716-446655440000",
            "commit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
            "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "pk_live_51HfakeFakeFakeFakeFake",
            "missing: THESMIOS_SCIM_TOKEN, STATUS_BROADCAST_SECRET",
            "THESMIOS_SMOKE_URL=https://www.thesmios.com npm run check:scim-fixture",
            "did:web:thesmios.com#issuer-ed25519-2026",
            "{\"checks\":[{\"id\":\"scim-token\",\"status\":\"pass\",\"detail\":\"token prefix and last use recorded\"}]}",
            "-----BEGIN CERTIFICATE-----",
            "{\"credential\": \"EmployeeBadge2026\"}",
            "GET /workers?page_token=abcdef123456&limit=50",
            "{\"next_page_token\": \"CAUQAA12xyz\"}",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
