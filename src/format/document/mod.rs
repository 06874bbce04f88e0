//! The text of a document: plain text, Markdown, HTML, DOCX, PDF. Owns how a file is told from another, by what is in it;
//! never runs, fetches or unpacks more than a stated amount of anything.

mod docx;
mod pdf;
mod plain;

use crate::domain::claims::Markup;

/// No text taken from a document is longer.
pub const TEXT: usize = 256 << 20;

/// A document as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub text: String,
    pub markup: Markup,
    /// What of it could not be read.
    pub lacks: Option<String>,
    /// How it had to be read, when that is a guess.
    pub guess: Option<&'static str>,
}

/// Why a document cannot be read, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub why: String,
    pub hint: Option<&'static str>,
}

fn no(why: impl Into<String>) -> Unreadable {
    Unreadable { why: why.into(), hint: None }
}

fn no_but(why: impl Into<String>, hint: &'static str) -> Unreadable {
    Unreadable { why: why.into(), hint: Some(hint) }
}

const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const OLE_ENCRYPTED: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
/// A PDF may begin with something else, but not with much of it.
const PDF_BEGINS: usize = 1 << 10;

/// The text of a document; its name only helps where its bytes do not tell.
///
/// # Errors
/// For what is protected, damaged, too large unpacked, or no text.
pub fn read(name: &str, bytes: &[u8]) -> Result<Document, Unreadable> {
    let ends = |end: &str| name.len() > end.len() && name.to_ascii_lowercase().ends_with(end);
    let begins = &bytes[..bytes.len().min(PDF_BEGINS)];
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return docx::read(bytes);
    }
    if memchr::memmem::find(begins, b"%PDF-").is_some() {
        return pdf::read(bytes);
    }
    if bytes.starts_with(OLE) {
        let is_protected = memchr::memmem::find(bytes, OLE_ENCRYPTED).is_some();
        return Err(if is_protected {
            no_but("it is protected by a password", "save it without one, or as PDF or text")
        } else {
            no_but("it is an older Office file", "save it as DOCX, PDF or text")
        });
    }
    if ends(".docx") || ends(".pdf") {
        let what = if ends(".pdf") { "a PDF" } else { "a DOCX" };
        let why = if bytes.is_empty() { "it is empty".to_owned() } else { format!("it is named like {what} and is none") };
        return Err(no_but(why, "it may be cut off or damaged: get it again"));
    }
    plain::read(bytes, ends(".html") || ends(".htm") || ends(".xhtml"))
}

#[cfg(test)]
mod tests;
