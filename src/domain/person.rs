//! Whether two names, as people typed them, mean one person. Never whether somebody is who they say.

/// The same person, as far as two names can tell: case, spacing, punctuation, what is invisible, the order of the words
/// and an address or remark in brackets make no other person. Two blank names are nobody.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    !one.is_empty() && one == other
}

fn words(name: &str) -> Vec<String> {
    let bare = name.split(['<', '(', '[']).next().unwrap_or_default();
    let bare = if bare.trim().is_empty() { name } else { bare };
    // An apostrophe or a combining mark is inside a word, everything else that is no letter is between two.
    let inside = |c: &char| !matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}');
    let plain: String = bare.chars().filter(inside).map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let mut words: Vec<String> = plain.to_lowercase().split_whitespace().map(str::to_owned).collect();
    words.sort();
    words
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn one_person_is_one_person_however_typed() {
        for other in [
            "mara lindt",
            "  MARA   Lindt ",
            "Lindt, Mara",
            "Mara\u{a0}Lindt",
            "Mara Lindt <mara@example.test>",
            "Mara\u{200b} Lindt.",
        ] {
            assert!(same("Mara Lindt", other), "{other}");
        }
        assert!(same("J. Okafor", "j okafor"));
        assert!(same("李雷", " 李雷 "));
    }

    #[test]
    fn others_are_others_and_nobody_is_nobody() {
        for other in ["Mara Lind", "Mara", "Maria Lindt", "", " "] {
            assert!(!same("Mara Lindt", other), "{other}");
        }
        assert!(!same("", " "));
        assert!(!same("...", "—"));
    }
}
