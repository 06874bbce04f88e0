//! One symbol a status, in Unicode and in ASCII: never colour alone, and the same on every face.
//!
//! Unicode symbols are a cell wide wherever ambiguous width is narrow; on a wide-CJK terminal the ASCII set is the one
//! that lines up.

use crate::domain::gate::{GateStatus, RequirementStatus, StepStatus};

/// The marks a face draws with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbols {
    /// Met, clear, closed, passed.
    pub met: &'static str,
    /// Unmet or blank.
    pub unmet: &'static str,
    pub stale: &'static str,
    /// Left out on purpose.
    pub excluded: &'static str,
    /// Not yet, or not needed.
    pub idle: &'static str,
    /// Blocked by policy.
    pub blocked: &'static str,
    /// A role that is named but that no record shows.
    pub named: &'static str,
    pub warning: &'static str,
    /// Selected, or in progress.
    pub current: &'static str,
    /// One cell of a horizontal rule.
    pub rule: &'static str,
    /// One cell of a vertical separator.
    pub bar: &'static str,
    /// Where a rule meets a separator: below, above, to the right, to the left, on all sides.
    pub tee_down: &'static str,
    pub tee_up: &'static str,
    pub tee_right: &'static str,
    pub tee_left: &'static str,
    pub cross: &'static str,
    /// From one value to the next.
    pub arrow: &'static str,
    pub ellipsis: &'static str,
    /// The Enter key.
    pub enter: &'static str,
}

/// For terminals that speak UTF-8.
pub const UNICODE: Symbols = Symbols {
    met: "✓",
    unmet: "✗",
    stale: "~",
    excluded: "–",
    idle: "·",
    blocked: "■",
    named: "o",
    warning: "!",
    current: ">",
    rule: "─",
    bar: "│",
    tee_down: "┬",
    tee_up: "┴",
    tee_right: "├",
    tee_left: "┤",
    cross: "┼",
    arrow: "→",
    ellipsis: "…",
    enter: "↵",
};

/// For every other terminal, and for whoever prefers it.
pub const ASCII: Symbols = Symbols {
    met: "v",
    unmet: "x",
    stale: "~",
    excluded: "-",
    idle: ".",
    blocked: "#",
    named: "o",
    warning: "!",
    current: ">",
    rule: "-",
    bar: "|",
    tee_down: "+",
    tee_up: "+",
    tee_right: "+",
    tee_left: "+",
    cross: "+",
    arrow: "->",
    ellipsis: "...",
    enter: "Enter",
};

impl Symbols {
    /// The set a locale can show: Unicode when it names UTF-8, ASCII otherwise.
    #[must_use]
    pub fn for_locale(locale: &str) -> &'static Self {
        let locale = locale.to_ascii_lowercase();
        if locale.contains("utf-8") || locale.contains("utf8") { &UNICODE } else { &ASCII }
    }

    /// The mark in front of a requirement.
    #[must_use]
    pub fn requirement(&self, status: RequirementStatus) -> &'static str {
        match status {
            RequirementStatus::Met => self.met,
            RequirementStatus::Excluded => self.excluded,
            RequirementStatus::Stale => self.stale,
            RequirementStatus::Unverified => self.warning,
            RequirementStatus::Unmet => self.unmet,
        }
    }

    /// The mark in front of an action, by how what it is for stands now. What is still met will not be when its turn
    /// comes: not yet, then.
    #[must_use]
    pub fn action(&self, status: RequirementStatus) -> &'static str {
        if status == RequirementStatus::Met { self.idle } else { self.requirement(status) }
    }

    /// The mark in front of a gate.
    #[must_use]
    pub fn gate(&self, status: GateStatus) -> &'static str {
        match status {
            GateStatus::Clear | GateStatus::ClearWithExclusions => self.met,
            GateStatus::AwaitingDecision => self.idle,
            GateStatus::Stale => self.stale,
            GateStatus::Held => self.unmet,
            GateStatus::Blocked => self.blocked,
        }
    }

    /// The mark in front of a step.
    #[must_use]
    pub fn step(&self, status: StepStatus) -> &'static str {
        match status {
            StepStatus::Closed => self.met,
            StepStatus::Late => self.unmet,
            StepStatus::AtRisk => self.current,
            StepStatus::Ahead => self.idle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_without_utf8_gets_ascii() {
        assert_eq!(Symbols::for_locale("en_GB.UTF-8"), &UNICODE);
        assert_eq!(Symbols::for_locale("C.utf8"), &UNICODE);
        assert_eq!(Symbols::for_locale("C"), &ASCII);
        assert_eq!(Symbols::for_locale("de_DE.ISO-8859-1"), &ASCII);
        assert_eq!(Symbols::for_locale(""), &ASCII);
    }

    #[test]
    fn the_marks_of_two_requirement_statuses_never_look_alike() {
        use RequirementStatus::{Excluded, Met, Stale, Unmet, Unverified};
        for set in [&UNICODE, &ASCII] {
            let marks: std::collections::BTreeSet<_> =
                [Met, Excluded, Stale, Unverified, Unmet].map(|status| set.requirement(status)).into();
            assert_eq!(marks.len(), 5);
        }
    }
}
