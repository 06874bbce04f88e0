//! Outside text inside Markdown: what it says, and never markup, a link, a mention or a reference of whatever shows it.
//!
//! Marks of `CommonMark` and GitHub's dialect are escaped. What such a page would link by itself (an address, `@name`, `#12`)
//! is split by a zero-width space, written as an entity so that the source hides nothing. What is invisible or reorders
//! text is a visible mark already.

use crate::present::safe;
use std::fmt::Write as _;

/// Nothing to see, and no link across it.
const SPLIT: &str = "&#8203;";

/// One line of outside text, inline.
#[must_use]
pub fn text(text: &str) -> String {
    let plain = one_line(text);
    let chars: Vec<char> = plain.chars().collect();
    let mut out = String::with_capacity(plain.len());
    for (at, c) in chars.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied();
        let after = chars.get(at + 1).copied();
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '$' | '#' | '@' => {
                out.push('\\');
                out.push(c);
            }
            // They begin a list or underline a heading only at the beginning.
            '-' | '+' | '=' if at == 0 => {
                out.push('\\');
                out.push(c);
            }
            '.' | ')' if at > 0 && chars.iter().take(at).all(char::is_ascii_digit) => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
        if links(before, c, after, &chars[..at]) {
            out.push_str(SPLIT);
        }
    }
    out
}

/// Whether a page would make a link of what stands around here: `@name`, `#12`, `://`, `mailto:`, `www.`, `GH-12`.
fn links(before: Option<char>, c: char, after: Option<char>, read: &[char]) -> bool {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let ends = |word: &str| {
        let tail = read.iter().rev().take(word.len());
        tail.rev().collect::<String>().eq_ignore_ascii_case(word)
    };
    match c {
        '@' | '#' => word(after),
        ':' => after == Some('/') || ends("mailto") || ends("xmpp"),
        '.' => word(before) && ends("www"),
        '-' => ends("GH") && word(after),
        _ => false,
    }
}

/// The same as a code span: as it is, whatever it holds.
#[must_use]
pub fn code(text: &str) -> String {
    let plain = one_line(text);
    let longest = plain.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if plain.is_empty() || plain.starts_with('`') || plain.ends_with('`') { " " } else { "" };
    let mut out = String::new();
    // Writing into a String cannot fail. A bar ends a cell of a table even inside of code.
    let _ = write!(out, "{fence}{pad}{}{pad}{fence}", plain.replace('|', "\\|"));
    out
}

/// On one line, with a mark for whatever hides or reorders.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split(['\n', '\r', '\t', ' ', '\u{2028}', '\u{2029}']).filter(|word| !word.is_empty()).collect();
    safe::line(&words.join(" ")).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mark_of_markdown_is_one() {
        let hostile = "# *a* _b_ `c` [d](e) <b>f</b> ![g](h) ~~i~~ | j \\ k & l $m$";
        let told = text(hostile);
        for mark in ["# ", "*", "_", "`", "[", "]", "!", "~", "|", "$"] {
            for (at, _) in told.match_indices(mark) {
                assert!(told[..at].ends_with('\\'), "{mark} in {told}");
            }
        }
        assert!(!told.contains('<') && !told.contains('>'), "{told}");
        assert_eq!(text("a & b"), "a &amp; b");
    }

    #[test]
    fn nothing_is_linked_by_itself() {
        assert_eq!(text("@octocat"), "\\@&#8203;octocat");
        assert_eq!(text("ask mara@example.test"), "ask mara\\@&#8203;example.test");
        assert_eq!(text("see #12, a@ b"), "see \\#&#8203;12, a\\@ b");
        assert_eq!(text("https://example.test"), "https:&#8203;//example.test");
        assert_eq!(text("WWW.example.test"), "WWW.&#8203;example.test");
        assert_eq!(text("mailto:a"), "mailto:&#8203;a");
    }

    #[test]
    fn a_line_begins_no_list_and_ends_no_line() {
        assert_eq!(text("- a\n\n# b"), "\\- a \\# b");
        assert_eq!(text("12. a. b"), "12\\. a. b");
        assert_eq!(text("\u{2028}   a\tb"), "a b");
    }

    #[test]
    fn what_hides_is_seen() {
        for hidden in ["\u{202e}", "\u{200b}", "\u{1b}", "\u{2066}", "\u{e0041}"] {
            let told = text(&format!("a{hidden}b"));
            assert!(!told.contains(hidden) && told.chars().count() > 2, "{told:?}");
        }
    }

    #[test]
    fn code_stays_code() {
        assert_eq!(code("a `b`"), "`` a `b` ``");
        assert_eq!(code("a\nb|c"), "`a b\\|c`");
        assert_eq!(code(""), "`  `");
    }
}
