//! The text of a PDF, page after page. Text only: what is drawn or scanned is nothing that could be read.

mod page;
mod tags;

use super::{Document, TEXT, Unreadable, no, no_but};
use crate::domain::claims::Markup;
use lopdf::{Error, LoadOptions};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Nothing in one unpacks to more.
const UNPACKED: usize = 64 << 20;
/// Nobody reads more pages.
const PAGES: usize = 20_000;

pub fn read(bytes: &[u8]) -> Result<Document, Unreadable> {
    // A damaged file must never end more than its own reading.
    catch_unwind(AssertUnwindSafe(|| pages(bytes))).unwrap_or_else(|_| Err(damaged()))
}

fn damaged() -> Unreadable {
    no_but("it is a PDF that is cut off or damaged", "get it again, or save it as text")
}

fn protected() -> Unreadable {
    no_but("it is protected by a password", "save it without one, or as text")
}

fn pages(bytes: &[u8]) -> Result<Document, Unreadable> {
    let loaded = lopdf::Document::load_mem_with_options(bytes, LoadOptions::with_max_decompressed_size(UNPACKED));
    let pdf = loaded.map_err(|error| match error {
        Error::InvalidPassword | Error::Decryption(_) | Error::UnsupportedSecurityHandler(_) => protected(),
        _ => damaged(),
    })?;
    if pdf.is_encrypted() {
        return Err(protected());
    }
    let pages = pdf.get_pages();
    if pages.is_empty() {
        return Err(damaged());
    }
    if pages.len() > PAGES {
        return Err(no(format!("it has more than {PAGES} pages")));
    }
    let tags = tags::Tags::of(&pdf);
    let (mut text, mut unread) = (String::new(), Vec::new());
    for (number, page) in pages {
        match page::text(&pdf, page, &tags) {
            Ok((shown, whole)) => {
                text.push_str(&shown);
                unread.extend((!whole).then_some(number));
            }
            Err(_) => unread.push(number),
        }
        text.push('\n');
        if text.len() > TEXT {
            return Err(no(format!("it holds more than {} MiB of text", TEXT >> 20)));
        }
    }
    if text.trim().is_empty() {
        return Err(no_but("no text is in it, perhaps it is a scan", "nothing of it was checked: get it as text"));
    }
    let lacks = (!unread.is_empty()).then(|| format!("not all of page {} could be read", listed(&unread)));
    Ok(Document { text, markup: Markup::Text, lacks, guess: None })
}

fn listed(pages: &[u32]) -> String {
    let shown: Vec<String> = pages.iter().take(5).map(u32::to_string).collect();
    let more = if pages.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
