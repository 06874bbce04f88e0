//! The text of a DOCX, a line a paragraph: body, headers, footers, notes and comments, without what was deleted.

use super::{Document, TEXT, Unreadable, no, no_but};
use crate::domain::claims::Markup;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use std::io::{Cursor, Read as _};
use zip::{ZipArchive, result::ZipError};

/// No part of one is larger, unpacked.
const PART: u64 = 64 << 20;
/// Nor all of them together.
const PARTS: u64 = 128 << 20;
/// The parts that people read, in the order they are read.
const READ: [&str; 6] = ["document", "header", "footer", "footnotes", "endnotes", "comments"];
/// Elements of which nothing is shown: what was moved away, and what is there again for older programs.
const HIDDEN: [&str; 2] = ["moveFrom", "Fallback"];
/// What stands in a box, set beside a paragraph.
const BOX: &str = "txbxContent";
/// The end of a paragraph: no wording runs across it, and it ends the line.
const PARAGRAPH: &str = "\u{2029}\n";

pub fn read(bytes: &[u8]) -> Result<Document, Unreadable> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| no("it is a ZIP or DOCX that is cut off or damaged"))?;
    let names = parts(&zip);
    if names.is_empty() {
        let packed = zip.file_names().any(|name| name.starts_with("ppt/") || name.starts_with("xl/"));
        let why = if packed { "it is an Office file, but no DOCX" } else { "it is a ZIP, but no DOCX" };
        return Err(no_but(why, "unpack it, or save it as DOCX, PDF or text"));
    }
    let (mut text, mut total) = (String::new(), 0);
    for name in names {
        let member = zip.by_name(&name).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
                no_but("it is protected by a password", "save it without one, or as PDF or text")
            }
            _ => no(format!("{name} in it cannot be read")),
        })?;
        let mut part = Vec::new();
        let read = member.take(PART + 1).read_to_end(&mut part);
        read.map_err(|_| no(format!("{name} in it is cut off or damaged")))?;
        total += part.len() as u64;
        if part.len() as u64 > PART || total > PARTS {
            return Err(no(format!("{name} in it is larger than {} MiB when unpacked", PART >> 20)));
        }
        words(&part, &mut text).map_err(|()| no(format!("{name} in it is no XML")))?;
    }
    if text.len() > TEXT {
        return Err(no(format!("it holds more than {} MiB of text", TEXT >> 20)));
    }
    Ok(Document { text, markup: Markup::Text, lacks: None, guess: None })
}

fn parts(zip: &ZipArchive<Cursor<&[u8]>>) -> Vec<String> {
    let rank = |name: &str| {
        let stem = name.strip_prefix("word/")?.strip_suffix(".xml")?.trim_end_matches(|c: char| c.is_ascii_digit());
        READ.iter().position(|known| *known == stem)
    };
    let mut names: Vec<(usize, String)> = zip.file_names().filter_map(|name| Some((rank(name)?, name.to_owned()))).collect();
    names.sort();
    // Notes of no document are none.
    if names.first().is_none_or(|(rank, _)| *rank != 0) {
        return Vec::new();
    }
    names.into_iter().map(|(_, name)| name).collect()
}

/// Appends what a part shows. A box that is set beside a paragraph is read after it.
fn words(part: &[u8], text: &mut String) -> Result<(), ()> {
    let part = std::str::from_utf8(part).map_err(|_| ())?;
    let mut reader = Reader::from_str(part);
    let (mut in_text, mut hidden, mut open) = (false, 0_usize, 0_usize);
    let mut page = Page::default();
    loop {
        match reader.read_event().map_err(|_| ())? {
            Event::Start(tag) => {
                open += 1;
                let name = tag.local_name();
                if HIDDEN.contains(&name.as_ref()) {
                    hidden += 1;
                }
                if name.as_ref() == BOX {
                    page.open.push(String::new());
                }
                in_text = name.as_ref() == "t";
            }
            Event::End(tag) => {
                open = open.checked_sub(1).ok_or(())?;
                let name = tag.local_name();
                if HIDDEN.contains(&name.as_ref()) {
                    hidden = hidden.saturating_sub(1);
                }
                in_text = false;
                match name.as_ref() {
                    "p" if hidden == 0 => page.paragraph(),
                    BOX => page.beside.extend(page.open.pop()),
                    _ => {}
                }
            }
            Event::Empty(tag) if hidden == 0 => match tag.local_name().as_ref() {
                "tab" | "ptab" => page.text().push('\t'),
                "br" | "cr" => page.text().push('\u{2028}'),
                "noBreakHyphen" => page.text().push('\u{2011}'),
                "softHyphen" => page.text().push('\u{ad}'),
                // An empty paragraph is a line too.
                "p" => page.paragraph(),
                _ => {}
            },
            Event::Text(words) if in_text && hidden == 0 => page.text().push_str(&words),
            Event::CData(words) if in_text && hidden == 0 => page.text().push_str(&words),
            Event::GeneralRef(name) if in_text && hidden == 0 => page.text().push(referred(&name)),
            Event::Eof if open == 0 => {
                text.push_str(&page.whole);
                return Ok(());
            }
            Event::Eof => return Err(()),
            _ => {}
        }
    }
}

/// What was read of a part.
#[derive(Default)]
struct Page {
    whole: String,
    /// Boxes that are being read, one in the other.
    open: Vec<String>,
    /// Boxes that were read, and belong after the paragraph they are set beside.
    beside: Vec<String>,
}

impl Page {
    fn text(&mut self) -> &mut String {
        self.open.last_mut().unwrap_or(&mut self.whole)
    }

    fn paragraph(&mut self) {
        self.text().push_str(PARAGRAPH);
        if self.open.is_empty() {
            self.beside.drain(..).for_each(|aside| self.whole.push_str(&aside));
        }
    }
}

/// The character of `&amp;` or `&#8211;`; a name that the file made up is a space.
fn referred(name: &BytesRef<'_>) -> char {
    if let Ok(Some(c)) = name.resolve_char_ref() {
        return c;
    }
    match &**name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => ' ',
    }
}
