//! A bundle judged check by check: each failing one is covered, or it is not.
//!
//! Exit status decides whether a command passed; the checks decide what may be forgiven. Not tested is not passed, so a
//! bundle that tested nothing is hollow whatever it exits with.

use super::ids::CheckId;
use super::ledger::{Check, CheckStatus};

/// What the results of a bundle come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub skipped: usize,
    /// Failing checks that an exclusion or an accepted fallback covers, and which one.
    pub covered: Vec<(CheckId, String)>,
    /// Failing checks that nothing covers.
    pub failing: Vec<CheckId>,
}

impl Tally {
    /// Counts the results; `cover` names what covers a failing check, when something does.
    pub fn of(checks: &[Check], cover: impl Fn(&CheckId) -> Option<String>) -> Self {
        let mut tally = Self::default();
        for check in checks {
            match check.status {
                CheckStatus::Passed => tally.passed += 1,
                CheckStatus::Skipped => tally.skipped += 1,
                CheckStatus::Failed => match cover(&check.id) {
                    Some(by) => tally.covered.push((check.id.clone(), by)),
                    None => tally.failing.push(check.id.clone()),
                },
            }
        }
        tally
    }

    /// Nothing was tested.
    #[must_use]
    pub fn is_hollow(&self) -> bool {
        self.passed == 0 && self.covered.is_empty() && self.failing.is_empty()
    }

    /// `42 of 42 checks passed`, with what was skipped.
    #[must_use]
    pub fn words(&self) -> String {
        let tested = self.passed + self.covered.len() + self.failing.len();
        let skipped = if self.skipped == 0 { String::new() } else { format!(", {} skipped", self.skipped) };
        format!("{} of {tested} checks passed{skipped}", self.passed)
    }
}

/// Whether a plan's pattern means this check: the same id, or the same beginning when the pattern ends in `*`.
#[must_use]
pub fn covers(pattern: &str, check: &CheckId) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => check.as_str().starts_with(beginning),
        None => check == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(id: &str, status: CheckStatus) -> Check {
        Check { id: id.into(), status, detail: String::new() }
    }

    #[test]
    fn a_bundle_of_skipped_checks_is_hollow() {
        let tally = Tally::of(&[check("a", CheckStatus::Skipped)], |_| None);
        assert!(tally.is_hollow());
        assert!(Tally::of(&[], |_| None).is_hollow());
    }

    #[test]
    fn each_failing_check_is_covered_or_not() {
        let checks =
            [check("stripe-checkout", CheckStatus::Failed), check("sso", CheckStatus::Failed), check("api", CheckStatus::Passed)];
        let tally = Tally::of(&checks, |id| covers("stripe-*", id).then(|| "stripe".to_owned()));
        assert_eq!(tally.covered, [(CheckId::from("stripe-checkout"), "stripe".to_owned())]);
        assert_eq!(tally.failing, [CheckId::from("sso")]);
        assert_eq!(tally.words(), "1 of 3 checks passed");
    }

    #[test]
    fn a_pattern_without_a_star_means_one_check() {
        assert!(covers("stripe", &"stripe".into()));
        assert!(!covers("stripe", &"stripe-checkout".into()));
        assert!(covers("*", &"anything".into()));
    }
}
