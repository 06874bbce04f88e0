//! Letters as one plain letter each, and words without their plural. Owns which characters are nothing to a reader.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Whether a reader does not see it: it neither spells nor separates.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        // Marks of a trade name or a footnote, raised.
        | '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{2070}'..='\u{209c}' | '\u{2120}' | '\u{2122}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
        || is_combining_mark(c)
}

/// Appends a character as it is compared: lower case, without accents, plain where it only looks like another one.
/// `false`: it spells nothing.
pub fn fold(c: char, letters: &mut String) -> bool {
    let before = letters.len();
    // Most of what is written without an alphabet is plain already.
    if matches!(c, '\u{3400}'..='\u{9fff}') {
        letters.push(c);
        return true;
    }
    decompose_compatible(c, |part| {
        if part.is_alphanumeric() && !is_combining_mark(part) {
            part.to_lowercase().filter(|part| !is_combining_mark(*part)).for_each(|part| letters.push(look_alike(part)));
        }
    });
    letters.len() > before
}

/// The Latin letter that a Greek or Cyrillic one looks like.
fn look_alike(c: char) -> char {
    match c {
        'а' | 'α' | 'ɑ' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' | 'є' => 'e',
        'ɡ' => 'g',
        'һ' | 'н' | 'η' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' | 'ⅼ' => 'l',
        'м' | 'μ' => 'm',
        'ո' => 'n',
        'о' | 'ο' | 'σ' | 'ø' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ѵ' | 'ν' => 'v',
        'ԝ' | 'ѡ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' | 'ү' => 'y',
        'ζ' => 'z',
        c => c,
    }
}

/// Takes the plural from the word that begins at `from`.
pub fn singular(letters: &mut String, from: usize) {
    let word = letters.as_bytes().get(from..).unwrap_or_default();
    let ends = |end: &str| word.ends_with(end.as_bytes());
    let (cut, add) = match word.len() {
        5.. if ends("ies") => (3, "y"),
        5.. if ["ches", "shes", "sses", "xes", "zes"].iter().any(|end| ends(end)) => (2, ""),
        4.. if ends("s") && !ends("ss") => (1, ""),
        _ => return,
    };
    letters.truncate(letters.len() - cut);
    letters.push_str(add);
}
