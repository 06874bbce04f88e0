//! A text as words with their places: lower case, singular, without markup. Owns what separates two words.

/// One word.
pub(super) struct Token {
    pub stem: String,
    pub start: usize,
    pub end: usize,
    /// A sentence or paragraph ended before it, so that no phrase runs across.
    pub breaks: bool,
}

/// The words of a text, where markup separates and what is invisible does not.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let (mut out, mut word): (Vec<Token>, Option<Token>) = (Vec::new(), None);
    let (mut at, mut breaks, mut lines) = (0, false, 0);
    while let Some(next) = text[at..].chars().next() {
        let here = at;
        at += next.len_utf8();
        if let Some(skip) = markup(&text[here..]) {
            at = here + skip;
            if text[here..at].eq_ignore_ascii_case("&shy;") {
                continue;
            }
        } else if is_invisible(next) {
            continue;
        } else if plain(next).is_alphanumeric() {
            let held = word.get_or_insert_with(|| Token { stem: String::new(), start: here, end: at, breaks });
            held.stem.extend(plain(next).to_lowercase());
            held.end = at;
            (breaks, lines) = (false, 0);
            continue;
        }
        push(&mut out, word.take());
        lines += usize::from(next == '\n');
        let ends = matches!(next, '.' | ';' | '!' | '?') && text[at..].chars().next().is_none_or(char::is_whitespace);
        breaks |= ends || lines > 1;
    }
    push(&mut out, word);
    out
}

fn push(out: &mut Vec<Token>, word: Option<Token>) {
    out.extend(word.map(|mut word| {
        let len = word.stem.len();
        if len > 3 && word.stem.ends_with('s') && !word.stem.ends_with("ss") {
            word.stem.truncate(len - 1);
        }
        word
    }));
}

/// Bytes of the tag, entity or link target that starts here.
fn markup(rest: &str) -> Option<usize> {
    let end = |close: u8, most: usize| rest.bytes().take(most).position(|byte| byte == close).map(|at| at + 1);
    if rest.starts_with("](") {
        return end(b')', 2_048);
    }
    let second = rest.as_bytes().get(1)?;
    match rest.as_bytes().first()? {
        b'<' if second.is_ascii_alphabetic() || matches!(second, b'/' | b'!') => end(b'>', 2_048),
        b'&' if second.is_ascii_alphabetic() || *second == b'#' => end(b';', 12),
        _ => None,
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// A full-width look-alike as its plain letter.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}
