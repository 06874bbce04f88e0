//! Styles by meaning. A screen asks for "trouble", never for red; nothing is said by colour alone.
//!
//! The default tells good from bad by blue against orange, which the common kinds of colour blindness keep apart.

use crate::domain::gate::{GateStatus, RequirementStatus, StepStatus, Verdict};
use ratatui::style::{Color, Modifier, Style};
use std::collections::BTreeMap;

/// How many colours there are to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// `NO_COLOR`: bold, dim and reverse remain.
    None,
    Ansi16,
    Ansi256,
    True,
}

impl Depth {
    /// What the environment promises.
    #[must_use]
    pub fn of(env: &BTreeMap<String, String>) -> Self {
        let var = |name: &str| env.get(name).map_or("", String::as_str);
        let term = var("TERM");
        if !var("NO_COLOR").is_empty() || term == "dumb" || term.ends_with("-mono") {
            Self::None
        } else if matches!(var("COLORTERM"), "truecolor" | "24bit") || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256") {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }
}

/// A style for every meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    pub text: Style,
    /// Beside the point: units, hints, what is outside this motion.
    pub quiet: Style,
    pub strong: Style,
    /// Headings between rules.
    pub heading: Style,
    pub rule: Style,
    pub good: Style,
    pub trouble: Style,
    /// Stale, late soon, needs an eye.
    pub caution: Style,
    /// Left out on purpose, assumed.
    pub excluded: Style,
    /// A key one can press.
    pub key: Style,
    /// Laid over the selected row.
    pub selected: Style,
    /// Laid over what a search found.
    pub found: Style,
    /// The tab one is on.
    pub current_tab: Style,
    /// Where text is typed.
    pub field: Style,
}

impl Theme {
    /// The default theme, as far as this terminal can show it.
    #[must_use]
    pub fn new(depth: Depth) -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let dim = plain.add_modifier(Modifier::DIM);
        let reverse = plain.add_modifier(Modifier::REVERSED);
        let underline = plain.add_modifier(Modifier::UNDERLINED);
        let fg = |none: Style, ansi16: Color, ansi256: u8, rgb: (u8, u8, u8)| match depth {
            Depth::None => none,
            Depth::Ansi16 => none.fg(ansi16),
            Depth::Ansi256 => none.fg(Color::Indexed(ansi256)),
            Depth::True => none.fg(Color::Rgb(rgb.0, rgb.1, rgb.2)),
        };
        Self {
            text: plain,
            // Not dim where there are colours: dim is unreadable on many of them.
            quiet: if depth == Depth::None { dim } else { fg(plain, Color::DarkGray, 244, (128, 128, 128)) },
            strong: bold,
            heading: bold,
            rule: if depth == Depth::None { plain } else { fg(plain, Color::DarkGray, 240, (88, 88, 88)) },
            // Every colour keeps a contrast of at least 3.5 to 1 on white and on black: nobody tells us which it is.
            good: fg(plain, Color::Cyan, 32, (20, 125, 190)),
            trouble: fg(bold, Color::Red, 166, (208, 88, 10)),
            caution: fg(plain, Color::Yellow, 136, (160, 118, 0)),
            excluded: fg(plain, Color::Magenta, 133, (175, 95, 160)),
            key: fg(bold, Color::Cyan, 32, (20, 125, 190)),
            // One bar over everything the row is made of. Both colours are given, so it reads on light and dark alike.
            selected: match depth {
                Depth::None => reverse,
                Depth::Ansi16 => reverse.fg(Color::Reset).bg(Color::Reset),
                Depth::Ansi256 => plain.fg(Color::Indexed(231)).bg(Color::Indexed(24)),
                Depth::True => plain.fg(Color::Rgb(255, 255, 255)).bg(Color::Rgb(0, 95, 135)),
            }
            .remove_modifier(Modifier::DIM),
            found: underline.add_modifier(Modifier::BOLD),
            current_tab: reverse.add_modifier(Modifier::BOLD),
            field: underline,
        }
    }

    /// For a requirement.
    #[must_use]
    pub fn requirement(&self, status: RequirementStatus) -> Style {
        match status {
            RequirementStatus::Met => self.good,
            RequirementStatus::Excluded => self.excluded,
            RequirementStatus::Stale => self.caution,
            RequirementStatus::Unverified | RequirementStatus::Unmet => self.trouble,
        }
    }

    /// For a gate.
    #[must_use]
    pub fn gate(&self, status: GateStatus) -> Style {
        match status {
            GateStatus::Clear => self.good,
            GateStatus::ClearWithExclusions => self.excluded,
            GateStatus::AwaitingDecision | GateStatus::Stale => self.caution,
            GateStatus::Held => self.trouble,
            GateStatus::Blocked => self.quiet,
        }
    }

    /// For a step.
    #[must_use]
    pub fn step(&self, status: StepStatus) -> Style {
        match status {
            StepStatus::Closed => self.good,
            StepStatus::Late => self.trouble,
            StepStatus::AtRisk => self.caution,
            StepStatus::Ahead => self.quiet,
        }
    }

    /// For the headline.
    #[must_use]
    pub fn verdict(&self, verdict: Verdict) -> Style {
        match verdict {
            Verdict::Go => self.good,
            Verdict::GoWithExclusions => self.excluded,
            Verdict::AwaitingDecision => self.caution,
            Verdict::NoGo => self.trouble,
        }
        .add_modifier(Modifier::BOLD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn no_color_keeps_bold_and_reverse() {
        let theme = Theme::new(Depth::of(&env(&[("NO_COLOR", "1"), ("TERM", "xterm-256color")])));
        assert!(theme.selected.add_modifier.contains(Modifier::REVERSED));
        assert!(theme.trouble.add_modifier.contains(Modifier::BOLD));
        for style in [theme.good, theme.trouble, theme.caution, theme.excluded, theme.key, theme.quiet, theme.rule] {
            assert_eq!((style.fg, style.bg), (None, None));
        }
    }

    #[test]
    fn every_colour_can_be_read_on_white_and_on_black() {
        let part = |byte: u8| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.03928 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let theme = Theme::new(Depth::True);
        for style in [theme.good, theme.trouble, theme.caution, theme.excluded, theme.key, theme.quiet] {
            let Some(Color::Rgb(r, g, b)) = style.fg else { panic!("{style:?} has no colour") };
            let light = 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
            let (on_white, on_black) = (1.05 / (light + 0.05), (light + 0.05) / 0.05);
            assert!(on_white >= 3.5 && on_black >= 3.5, "{style:?}: {on_white:.1} on white, {on_black:.1} on black");
        }
    }

    #[test]
    fn the_environment_says_how_many_colours() {
        assert_eq!(Depth::of(&env(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")])), Depth::True);
        assert_eq!(Depth::of(&env(&[("TERM", "xterm-256color")])), Depth::Ansi256);
        assert_eq!(Depth::of(&env(&[("TERM", "xterm"), ("NO_COLOR", "")])), Depth::Ansi16);
        assert_eq!(Depth::of(&env(&[("TERM", "dumb")])), Depth::None);
    }
}
