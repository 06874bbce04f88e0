//! The leak canary: a fake secret that every run is given. Nobody uses it, so wherever it turns up, something handed on
//! what it should have kept to itself.
//!
//! It is made from the run's id, so that nothing has to be stored. All of them begin alike, so that one search finds any.

use super::ids::{Digest, RunId};
use super::redact::{Redactor, Secret};
use std::sync::{Arc, LazyLock};

/// The environment name a run finds it under.
pub const NAME: &str = "LAUNCHROOM_CANARY";
/// The name of its mask.
pub const RULE: &str = "leak-canary";
/// How each of them begins.
const STEM: &str = "lrc_live_9vQm4TzXK2cV7hWdR5nB";

/// What tells one: no format escapes anything in it, and a line that was cut short may still hold it.
const TOLD: std::ops::Range<usize> = 9..21;

/// The canary of one run.
#[must_use]
pub fn of(run: &RunId) -> Secret {
    let own = Digest::of(run.as_str().as_bytes()).to_hex();
    Secret::new(format!("{STEM}{}", own.get(..16).unwrap_or_default()), RULE)
}

/// Whether a canary stands in these bytes: as it is, or as JSON, URL, HTML, hex or base64 would write it. Every export is
/// searched for it; one that holds it is not made.
#[must_use]
pub fn leaks(bytes: &[u8]) -> bool {
    static SEARCH: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(Arc::new(Vec::new()), &[Secret::new(&STEM[TOLD], RULE)]));
    let mut search = SEARCH.another();
    let _ = search.once(bytes);
    search.counts().values().sum::<u64>() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> String {
        text.bytes().fold(String::new(), |all, byte| all + &format!("{byte:02X}"))
    }

    #[test]
    fn a_canary_is_found_however_it_is_written_down() {
        let canary = of(&"1795421640240-4711".into());
        let value = canary.expose();
        for text in [
            value.to_owned(),
            format!("{{\"env\":{{\"X\":\"{value}\"}}}}"),
            hex(value),
            format!("a{value}b"),
            value[..22].into(),
            value.replace('_', "\\_"),
        ] {
            assert!(leaks(text.as_bytes()), "{text}");
        }
        // base64 of the value behind nothing, one and two bytes
        for text in ["bHJjX2xpdmVfOXZRbTRUelhLMmNWN2hXZFI1bkI=", "eGxyY19saXZlXzl2UW00VHpYSzJjVjdoV2RSNW5C"] {
            assert!(leaks(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn each_run_has_its_own_and_other_text_holds_none() {
        assert_ne!(of(&"1-1".into()).expose(), of(&"1-2".into()).expose());
        for text in ["", "lrc_live_", "LAUNCHROOM_CANARY=<value>", "⟨redacted:leak-canary⟩"] {
            assert!(!leaks(text.as_bytes()), "{text}");
        }
    }
}
