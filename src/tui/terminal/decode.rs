//! Bytes from the terminal to keys, clicks and pastes. Pure; every way of cutting the bytes gives the same answer.

/// One thing a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Key(Key),
    Mouse(Mouse),
    Paste(String),
}

/// A key with its modifiers. Shift is in the character itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
}

impl Key {
    /// A key without modifiers.
    #[must_use]
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    /// The character it types, when it types one.
    #[must_use]
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }
}

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    F(u8),
}

/// A click or a turn of the wheel, in cells from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mouse {
    Click { column: u16, row: u16 },
    WheelUp { column: u16, row: u16 },
    WheelDown { column: u16, row: u16 },
}

const PASTE_END: &[u8] = b"\x1b[201~";
/// A paste larger than this is cut: nothing here takes a text of that size.
const PASTE_MAX: usize = 1 << 20;

/// Keeps what is not whole yet.
#[derive(Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    paste: Option<Vec<u8>>,
}

/// What the front of the bytes is.
enum Front {
    /// So many bytes are this.
    Is(usize, Input),
    /// So many bytes mean nothing to us.
    Nothing(usize),
    PasteBegins(usize),
    /// It may still become something.
    Unfinished,
}

impl Decoder {
    /// Takes bytes in, and hands out what they make.
    pub fn feed(&mut self, bytes: &[u8], mut sink: impl FnMut(Input)) {
        self.bytes.extend_from_slice(bytes);
        while !self.bytes.is_empty() {
            if self.paste.is_some() {
                if !self.paste_on(&mut sink) {
                    return;
                }
                continue;
            }
            let used = match front(&self.bytes) {
                Front::Is(used, input) => {
                    sink(input);
                    used
                }
                Front::Nothing(used) => used,
                Front::PasteBegins(used) => {
                    self.paste = Some(Vec::new());
                    used
                }
                Front::Unfinished => return,
            };
            self.bytes.drain(..used);
        }
    }

    /// Whether an escape is held back that may be a key by itself.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.paste.is_none() && self.bytes.first() == Some(&0x1b)
    }

    /// Nothing more came: a held escape is the Esc key, and what follows it is typed text.
    pub fn give_up(&mut self, mut sink: impl FnMut(Input)) {
        if !self.is_waiting() {
            return;
        }
        let rest = self.bytes.split_off(1);
        self.bytes.clear();
        sink(Input::Key(Key::plain(Code::Esc)));
        // An unfinished sequence is no text: `ESC [ 1` and then silence is noise on the line.
        if rest.first().is_some_and(|b| !matches!(b, b'[' | b'O')) {
            self.feed(&rest, sink);
        }
    }

    /// `false` when the paste goes on beyond what has come.
    fn paste_on(&mut self, sink: &mut impl FnMut(Input)) -> bool {
        let Some(text) = self.paste.as_mut() else { return true };
        let end = self.bytes.windows(PASTE_END.len()).position(|at| at == PASTE_END);
        // The end mark itself may be cut in two, so its length stays behind.
        let whole = end.unwrap_or(self.bytes.len().saturating_sub(PASTE_END.len() - 1));
        let room = PASTE_MAX.saturating_sub(text.len());
        text.extend(self.bytes.iter().take(whole.min(room)));
        self.bytes.drain(..whole + if end.is_some() { PASTE_END.len() } else { 0 });
        if end.is_some() {
            let text = self.paste.take().unwrap_or_default();
            sink(Input::Paste(String::from_utf8_lossy(&text).replace("\r\n", "\n").replace('\r', "\n")));
        }
        end.is_some()
    }
}

fn front(bytes: &[u8]) -> Front {
    let key = |used, code| Front::Is(used, Input::Key(Key::plain(code)));
    let ctrl = |c| Front::Is(1, Input::Key(Key { code: Code::Char(c), ctrl: true, alt: false }));
    match bytes {
        [] => Front::Unfinished,
        [0x1b, rest @ ..] => escape(rest),
        [b'\r' | b'\n', ..] => key(1, Code::Enter),
        [b'\t', ..] => key(1, Code::Tab),
        [0x7f | 0x08, ..] => key(1, Code::Backspace),
        [0, ..] => ctrl(' '),
        [c @ 0x01..=0x1a, ..] => ctrl(char::from(c - 1 + b'a')),
        [c @ 0x1c..=0x1f, ..] => ctrl(char::from(c - 0x1c + b'4')),
        _ => match character(bytes) {
            Some((used, Some(c))) => key(used, Code::Char(c)),
            Some((used, None)) => Front::Nothing(used),
            None => Front::Unfinished,
        },
    }
}

/// After an escape.
fn escape(rest: &[u8]) -> Front {
    match rest {
        [] | [b'O'] => Front::Unfinished,
        [b'[', rest @ ..] => csi(rest),
        [b'O', c, ..] => Front::Is(
            3,
            Input::Key(Key::plain(match letter(*c) {
                Some(code) => code,
                None => return Front::Nothing(3),
            })),
        ),
        // Esc pressed twice is Esc, and the second one may begin something.
        [0x1b, ..] => Front::Is(1, Input::Key(Key::plain(Code::Esc))),
        rest => match front(rest) {
            Front::Is(used, Input::Key(key)) => Front::Is(used + 1, Input::Key(Key { alt: true, ..key })),
            Front::Is(used, _) | Front::Nothing(used) | Front::PasteBegins(used) => Front::Nothing(used + 1),
            Front::Unfinished => Front::Unfinished,
        },
    }
}

/// After `ESC [`: parameters, then one final byte.
fn csi(rest: &[u8]) -> Front {
    let Some(end) = rest.iter().position(|b| (0x40..=0x7e).contains(b)) else {
        // Longer than any key: it is noise, and must not hold the keys behind it.
        return if rest.len() > 64 { Front::Nothing(rest.len() + 2) } else { Front::Unfinished };
    };
    let used = end + 3;
    let (parameters, last) = (rest.get(..end).unwrap_or_default(), rest.get(end).copied().unwrap_or_default());
    if let [b'<', numbers @ ..] = parameters {
        return mouse(numbers, last).map_or(Front::Nothing(used), |mouse| Front::Is(used, Input::Mouse(mouse)));
    }
    let numbers = numbers(parameters);
    let first = numbers.first().copied().unwrap_or(0);
    let code = match last {
        b'~' => match first {
            1 | 7 => Code::Home,
            2 => Code::Insert,
            3 => Code::Delete,
            4 | 8 => Code::End,
            5 => Code::PageUp,
            6 => Code::PageDown,
            n @ 11..=15 => Code::F((n - 10) as u8),
            n @ 17..=21 => Code::F((n - 11) as u8),
            n @ 23..=24 => Code::F((n - 12) as u8),
            200 => return Front::PasteBegins(used),
            _ => return Front::Nothing(used),
        },
        b'Z' => Code::BackTab,
        // `12;40R` is the place of a cursor that somebody asked for, not F3.
        b'P'..=b'S' if first > 1 => return Front::Nothing(used),
        c => match letter(c) {
            Some(code) => code,
            None => return Front::Nothing(used),
        },
    };
    // Modifiers are a bit set plus one: 1 shift, 2 alt, 4 ctrl.
    let modifiers = numbers.get(1).copied().unwrap_or(1).saturating_sub(1);
    Front::Is(used, Input::Key(Key { code, alt: modifiers & 2 != 0, ctrl: modifiers & 4 != 0 }))
}

fn letter(c: u8) -> Option<Code> {
    Some(match c {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'M' => Code::Enter,
        c @ b'P'..=b'S' => Code::F(c - b'P' + 1),
        _ => return None,
    })
}

fn mouse(parameters: &[u8], last: u8) -> Option<Mouse> {
    let numbers = numbers(parameters);
    let [button, column, row] = *numbers.as_slice() else { return None };
    let (column, row) = ((column.max(1) - 1) as u16, (row.max(1) - 1) as u16);
    // Bits 2 to 4 are modifiers: a click with Shift is a click.
    match (button & !0b1_1100, last) {
        (0, b'M') => Some(Mouse::Click { column, row }),
        (64, b'M') => Some(Mouse::WheelUp { column, row }),
        (65, b'M') => Some(Mouse::WheelDown { column, row }),
        _ => None,
    }
}

fn numbers(parameters: &[u8]) -> Vec<u32> {
    let text = std::str::from_utf8(parameters).unwrap_or_default();
    text.split(';').map(|number| number.parse::<u32>().unwrap_or(0).min(65_535)).collect()
}

/// The first character and its length; `None` inside when the bytes are no UTF-8, `None` when more must come.
fn character(bytes: &[u8]) -> Option<(usize, Option<char>)> {
    let length = match bytes.first()? {
        0x00..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Some((1, None)),
    };
    let Some(bytes) = bytes.get(..length) else {
        let broken = bytes.iter().skip(1).any(|b| !(0x80..=0xbf).contains(b));
        return broken.then_some((1, None));
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => Some((length, text.chars().next())),
        Err(_) => Some((1, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(chunks: &[&[u8]]) -> Vec<Input> {
        let (mut decoder, mut out) = (Decoder::default(), Vec::new());
        for chunk in chunks {
            decoder.feed(chunk, |input| out.push(input));
        }
        decoder.give_up(|input| out.push(input));
        out
    }

    fn key(code: Code) -> Input {
        Input::Key(Key::plain(code))
    }

    #[test]
    fn arrows_come_in_both_dialects() {
        assert_eq!(decode(&[b"\x1b[A\x1bOB"]), [key(Code::Up), key(Code::Down)]);
    }

    #[test]
    fn a_lone_escape_is_the_key_once_nothing_follows() {
        assert_eq!(decode(&[b"\x1b"]), [key(Code::Esc)]);
        assert_eq!(decode(&[b"\x1b\x1b"]), [key(Code::Esc), key(Code::Esc)]);
    }

    #[test]
    fn modifiers_are_kept() {
        let ctrl_right = Input::Key(Key { code: Code::Right, ctrl: true, alt: false });
        assert_eq!(decode(&[b"\x1b[1;5C"]), [ctrl_right]);
        assert_eq!(decode(&[b"\x12"]), [Input::Key(Key { code: Code::Char('r'), ctrl: true, alt: false })]);
        assert_eq!(decode(&[b"\x1bf"]), [Input::Key(Key { code: Code::Char('f'), ctrl: false, alt: true })]);
    }

    #[test]
    fn a_paste_is_one_text_whatever_is_in_it() {
        assert_eq!(
            decode(&[b"\x1b[200~q\r\x1b[A", b"x\x1b[20", b"1~j"]),
            [Input::Paste("q\n\x1b[Ax".into()), key(Code::Char('j'))]
        );
    }

    #[test]
    fn clicks_and_the_wheel_are_counted_from_nought() {
        assert_eq!(
            decode(&[b"\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<65;1;1M"]),
            [Input::Mouse(Mouse::Click { column: 9, row: 4 }), Input::Mouse(Mouse::WheelDown { column: 0, row: 0 })]
        );
    }

    #[test]
    fn answers_to_questions_nobody_asked_are_dropped() {
        assert_eq!(decode(&[b"\x1b[?62;4c\x1b[12;40Rj"]), [key(Code::Char('j'))]);
    }

    proptest! {
        #[test]
        fn cutting_the_bytes_changes_nothing(bytes in prop::collection::vec(prop_oneof![Just(0x1b), Just(b'['), any::<u8>()], 0..40), at in 0usize..40) {
            let at = at.min(bytes.len());
            let (whole, cut) = (decode(&[&bytes]), decode(&[&bytes[..at], &bytes[at..]]));
            prop_assert_eq!(whole, cut);
        }
    }
}
