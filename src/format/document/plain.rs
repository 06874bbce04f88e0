//! Bytes as text: UTF-8, UTF-16 that says so, else the old Windows set, whose dashes matter here.

use super::{Document, Unreadable, no, no_but};
use crate::domain::claims::Markup;

/// 0x80 to 0x9f in Windows-1252; what it leaves open stays a control character.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“', '”',
    '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

pub fn read(bytes: &[u8], is_html: bool) -> Result<Document, Unreadable> {
    let (text, guess) = decoded(bytes)?;
    let begins: String = text.trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    let is_html = is_html || begins.starts_with("<!doctype html") || begins.starts_with("<html");
    Ok(Document { text, markup: if is_html { Markup::Html } else { Markup::Text }, lacks: None, guess })
}

fn decoded(bytes: &[u8]) -> Result<(String, Option<&'static str>), Unreadable> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map(|text| (text, None)).map_err(|_| no("it says UTF-16 and is none"))
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => return utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return utf16(rest, u16::from_be_bytes),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if memchr::memchr(0, bytes).is_some() {
        return Err(no_but("it is no text", "it reads text, Markdown, HTML, DOCX and PDF"));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((text.to_owned(), None));
    }
    let letter = |byte: &u8| match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        byte => char::from(*byte),
    };
    Ok((bytes.iter().map(letter).collect(), Some("it is no UTF-8 and was read as Windows-1252")))
}
