//! Colours of a command's output: the one escape sequence that is kept, as data. Every other one is shown as it is, and
//! so are carriage returns, backspaces and cursor moves: nothing printed later can hide what was printed before.

use super::{Pen, SafeText};

/// How a stretch of output is to look. Blinking and concealed text do not exist here: one disturbs, the other hides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sgr {
    pub fg: Colour,
    pub bg: Colour,
    pub bold: bool,
    pub dim: bool,
    pub italic: bool,
    pub underline: bool,
    pub reverse: bool,
    pub strike: bool,
}

/// A colour as the command asked for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Colour {
    #[default]
    Default,
    /// 0–15 are the terminal's own sixteen.
    Indexed(u8),
    Rgb(u8, u8, u8),
}

/// Splits one line of output into runs of one look. A line end at the end of `line` is dropped.
#[must_use]
pub fn styled(line: &[u8]) -> Vec<(Sgr, SafeText)> {
    styled_from(&mut Sgr::default(), line)
}

/// Like [`styled`], going on in the look that the line before ended in.
#[must_use]
pub fn styled_from(look: &mut Sgr, line: &[u8]) -> Vec<(Sgr, SafeText)> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let mut rest = line.strip_suffix(b"\r").unwrap_or(line);
    let mut runs = Vec::new();
    let mut pen = Pen::new(rest.len());
    while let Some(at) = memchr::memchr(0x1b, rest) {
        pen.bytes(&rest[..at]);
        rest = &rest[at..];
        if let Some((parameters, len)) = sequence(rest) {
            let before = look.visible();
            look.apply(parameters);
            if look.visible() != before && !pen.out.is_empty() {
                runs.push((before, pen.take()));
            }
            rest = &rest[len..];
        } else {
            pen.bytes(&rest[..1]);
            rest = &rest[1..];
        }
    }
    pen.bytes(rest);
    if !pen.out.is_empty() {
        runs.push((look.visible(), pen.finish()));
    }
    runs
}

/// The parameters and length of a colour sequence at the start of `bytes`, when there is one.
fn sequence(bytes: &[u8]) -> Option<(&[u8], usize)> {
    const LONGEST: usize = 64;
    let body = bytes.strip_prefix(b"\x1b[")?;
    let end = body.iter().take(LONGEST).position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':'))?;
    (body[end] == b'm').then_some((&body[..end], end + 3))
}

impl Sgr {
    fn apply(&mut self, parameters: &[u8]) {
        let numbers = parameters.split(|byte| matches!(byte, b';' | b':'));
        let mut numbers = numbers.map(|digits| digits.iter().fold(0_u32, |n, d| (n * 10 + u32::from(d - b'0')).min(999)));
        while let Some(code) = numbers.next() {
            match code {
                0 => *self = Self::default(),
                1 => self.bold = true,
                2 => self.dim = true,
                3 => self.italic = true,
                4 => self.underline = true,
                7 => self.reverse = true,
                9 => self.strike = true,
                22 => (self.bold, self.dim) = (false, false),
                23 => self.italic = false,
                24 => self.underline = false,
                27 => self.reverse = false,
                29 => self.strike = false,
                30..=37 => self.fg = Colour::Indexed((code - 30) as u8),
                38 => self.fg = extended(&mut numbers).unwrap_or(self.fg),
                39 => self.fg = Colour::Default,
                40..=47 => self.bg = Colour::Indexed((code - 40) as u8),
                48 => self.bg = extended(&mut numbers).unwrap_or(self.bg),
                49 => self.bg = Colour::Default,
                90..=97 => self.fg = Colour::Indexed((code - 82) as u8),
                100..=107 => self.bg = Colour::Indexed((code - 92) as u8),
                _ => {}
            }
        }
    }

    /// Text in the colour of its ground is there but cannot be read: it loses both.
    fn visible(self) -> Self {
        if self.fg == self.bg { Self { fg: Colour::Default, bg: Colour::Default, ..self } } else { self }
    }
}

fn extended(numbers: &mut impl Iterator<Item = u32>) -> Option<Colour> {
    let mut byte = || numbers.next().map(|n| n.min(255) as u8);
    match byte()? {
        5 => byte().map(Colour::Indexed),
        2 => Some(Colour::Rgb(byte()?, byte()?, byte()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(line: &[u8]) -> String {
        styled(line).into_iter().map(|(_, text)| text.into_string()).collect()
    }

    #[test]
    fn colour_runs_are_kept() {
        let runs = styled(b"\x1b[1;32mok\x1b[0m done \x1b[38;5;208mx\x1b[48;2;1;2;3my\n");
        let texts: Vec<&str> = runs.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["ok", " done ", "x", "y"]);
        assert_eq!(runs[0].0, Sgr { fg: Colour::Indexed(2), bold: true, ..Sgr::default() });
        assert_eq!(runs[1].0, Sgr::default());
        assert_eq!(runs[3].0.bg, Colour::Rgb(1, 2, 3));
    }

    #[test]
    fn no_other_sequence_does_anything() {
        assert_eq!(shown(b"FAIL\r\x1b[2K\x1b[1Gok\x08\x08\r\n"), "FAIL␍␛[2K␛[1Gok␈␈");
        assert_eq!(shown(b"\x1b]0;title\x07x\x1b[8msecret"), "␛]0;title␇xsecret");
    }

    #[test]
    fn text_cannot_hide_in_its_own_ground() {
        assert_eq!(styled(b"\x1b[31;41mhidden")[0].0, Sgr::default());
    }

    #[test]
    fn a_look_goes_on_in_the_next_line() {
        let mut look = Sgr::default();
        let _ = styled_from(&mut look, b"\x1b[31mred");
        assert_eq!(styled_from(&mut look, b"still")[0].0.fg, Colour::Indexed(1));
    }

    proptest! {
        #[test]
        fn runs_hold_no_control(input in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(!shown(&input).chars().any(char::is_control));
        }

        #[test]
        fn any_parameters_are_survived(input in "(\x1b\\[[0-9;:]{0,70}m?a?){0,8}") {
            prop_assert!(!shown(input.as_bytes()).chars().any(char::is_control));
        }
    }
}
