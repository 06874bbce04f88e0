//! A test runner that found nothing to run ends well: what it printed says so, and its exit status does not.

use regex::bytes::Regex;
use std::sync::LazyLock;

/// As test runners say that there was nothing.
const NOTHING: &str = r"(?im)\bno tests? (?:files? )?(?:were |was )?(?:found|ran|run|executed|collected|to run)\b|\bno test files\b|\bcollected 0 items\b|\b(?:ran|running|executed) 0 (?:tests?|checks?|specs?)\b|(?:^|\s)0 (?:tests?|checks?|specs?|examples|scenarios)(?: (?:found|ran|run|executed|passed|passing)\b|,|\s*$)|(?:^|\s)0 (?:passing|passed)\b|\btests:\s+0 total\b|^# tests 0$";
/// As they say that there was something. One suite of several may be empty.
const SOMETHING: &str = r"(?im)(?:^|[\s(:])[1-9][0-9]* (?:(?:tests?|checks?|specs?|examples|scenarios) )?(?:passed|passing|ok|succeeded)\b|\b(?:ran|running|executed|collected) [1-9][0-9]* |(?:^|\s)[1-9][0-9]* (?:tests?|checks?|specs?|examples|scenarios)\b|\btests:\s+[1-9]|^# pass [1-9]|^\s*(?:✓|✔|ok [0-9])";

/// Whether a command says of itself that it tested nothing at all.
pub(super) fn says_so(printed: &[u8]) -> bool {
    static PATTERNS: LazyLock<Option<(Regex, Regex)>> =
        LazyLock::new(|| Some((Regex::new(NOTHING).ok()?, Regex::new(SOMETHING).ok()?)));
    PATTERNS.as_ref().is_some_and(|(nothing, something)| nothing.is_match(printed) && !something.is_match(printed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_run_is_seen_whoever_ran_it() {
        for printed in [
            "No tests found, exiting with code 0\n",
            "running 0 tests\n\ntest result: ok. 0 passed; 0 failed\n",
            "  0 passing (2ms)\n",
            "collected 0 items\n\n=== no tests ran in 0.01s ===\n",
            "Ran 0 tests in 0.000s\n\nOK\n",
            "0 examples, 0 failures\n",
            "Tests:       0 total\n",
            "# tests 0\n# pass 0\n",
            "?   \texample.test/x\t[no test files]\n",
            "0 checks passed\n",
        ] {
            assert!(says_so(printed.as_bytes()), "{printed}");
        }
    }

    #[test]
    fn whoever_tested_something_is_believed() {
        for printed in [
            "running 12 tests\ntest result: ok. 12 passed; 0 failed\n\nrunning 0 tests\ntest result: ok. 0 passed; 0 failed\n",
            "  7 passing (40ms)\n  0 pending\n",
            "42 checks passed, 0 failed\n",
            "0 failed, 3 passed\n",
            "Tests:       0 failed, 9 passed, 9 total\n",
            "ok 1 - the plan is there\n# tests 1\n# pass 1\n",
            "launch plan: ok\n",
            "0 errors, 0 warnings\n",
            "1.0 tests are a matter of taste\n",
            "",
        ] {
            assert!(!says_so(printed.as_bytes()), "{printed}");
        }
    }
}
