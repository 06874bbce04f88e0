//! Where a byte of a text is, as people count. Owns what ends a line: `\n`, `\r\n`, and `\r` alone.

/// Line and column, both from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// The places of bytes that come in order, in one walk through the text.
pub fn places(text: &str) -> impl FnMut(usize) -> Place {
    let (mut seen, mut place, mut carriage) = (0, Place { line: 1, column: 1 }, false);
    move |at| {
        let step = text.get(seen..at).unwrap_or_default();
        for c in step.chars() {
            match c {
                // The second half of an end that was counted already.
                '\n' if carriage => {}
                '\n' | '\r' => place = Place { line: place.line + 1, column: 1 },
                _ => place.column += 1,
            }
            carriage = c == '\r';
        }
        seen = seen.max(at);
        place
    }
}
