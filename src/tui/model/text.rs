//! One line of text being typed. Moves and deletes by what a person sees as one character.

use crate::tui::terminal::{Code, Key};
use unicode_segmentation::UnicodeSegmentation as _;

/// Longer than any name or reference; pastes beyond it are cut.
const MAX_BYTES: usize = 16 * 1024;

/// The text and where the cursor is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextInput {
    text: String,
    /// In bytes, on a character border.
    cursor: usize,
}

impl TextInput {
    /// With the cursor behind the text.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { cursor: text.len(), text }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text before the cursor.
    #[must_use]
    pub fn before_cursor(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or_default()
    }

    /// Empties it.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Types a text. Line ends become spaces: it is one line.
    pub fn insert(&mut self, text: &str) {
        for c in text.chars() {
            let c = if c.is_control() { ' ' } else { c };
            if self.text.len() + c.len_utf8() > MAX_BYTES {
                return;
            }
            self.text.insert(self.cursor, c);
            self.cursor += c.len_utf8();
        }
    }

    /// Acts on a key; `false` when it means nothing here.
    pub fn press(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return true;
        }
        match (key.code, key.ctrl, key.alt) {
            (Code::Left, false, false) | (Code::Char('b'), true, false) => self.cursor = self.left(),
            (Code::Right, false, false) | (Code::Char('f'), true, false) => self.cursor = self.right(),
            (Code::Left, ..) | (Code::Char('b'), false, true) => self.cursor = self.word_left(),
            (Code::Right, ..) | (Code::Char('f'), false, true) => self.cursor = self.word_right(),
            (Code::Home, ..) | (Code::Char('a'), true, false) => self.cursor = 0,
            (Code::End, ..) | (Code::Char('e'), true, false) => self.cursor = self.text.len(),
            (Code::Backspace, false, false) => self.cut(self.left()),
            (Code::Backspace, ..) | (Code::Char('w'), true, false) => self.cut(self.word_left()),
            (Code::Delete, ..) => {
                let to = self.right();
                self.text.drain(self.cursor..to);
            }
            (Code::Char('u'), true, false) => self.cut(0),
            (Code::Char('k'), true, false) => self.text.truncate(self.cursor),
            _ => return false,
        }
        true
    }

    /// Deletes back to there.
    fn cut(&mut self, from: usize) {
        self.text.drain(from..self.cursor);
        self.cursor = from;
    }

    fn left(&self) -> usize {
        self.before_cursor().grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        let rest = self.text.get(self.cursor..).unwrap_or_default();
        self.cursor + rest.graphemes(true).next().map_or(0, str::len)
    }

    fn word_left(&self) -> usize {
        self.before_cursor().unicode_word_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn word_right(&self) -> usize {
        let rest = self.text.get(self.cursor..).unwrap_or_default();
        rest.unicode_word_indices().next().map_or(self.text.len(), |(at, word)| self.cursor + at + word.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(input: &mut TextInput, code: Code) {
        input.press(Key::plain(code));
    }

    #[test]
    fn backspace_takes_one_character_as_people_see_it() {
        let mut input = TextInput::new("Zoe\u{308}");
        press(&mut input, Code::Backspace);
        assert_eq!(input.as_str(), "Zo");
    }

    #[test]
    fn a_paste_of_several_lines_stays_one_line() {
        let mut input = TextInput::new("a");
        input.insert("b\nc");
        assert_eq!(input.as_str(), "ab c");
    }

    #[test]
    fn words_are_deleted_whole() {
        let mut input = TextInput::new("Mara Lindt");
        input.press(Key { code: Code::Char('w'), ctrl: true, alt: false });
        assert_eq!(input.as_str(), "Mara ");
    }
}
