//! The dossier as one page that needs nothing else: no script, no remote thing, and a policy that forbids both.

use super::content::{Block, Section, Table, sections};
use super::svg::{Figure, escape};
use super::{Dossier, File};
use crate::domain::gate::Verdict;
use crate::domain::ids::Digest;
use crate::present::words;
use std::fmt::Write as _;

const STYLE: &str = include_str!("../../../assets/dossier/style.css");

/// The page. `alone`: it is not inside of a zip, so it cannot be checked by itself, and says so first.
#[must_use]
pub fn html(dossier: &Dossier, alone: bool) -> String {
    let room = escape(words::room_name(&dossier.room));
    let sections = sections(dossier);
    // Only this very style applies, whatever slipped in.
    let style = base64(&Digest::of(STYLE.as_bytes()).0);
    let mut out = String::with_capacity(64 * 1024);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{room}: launch dossier</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">To the content</a>\n"
    );
    head(&mut out, dossier, &room, alone);
    out.push_str("<nav aria-label=\"Contents\"><ol>\n");
    for section in &sections {
        let _ = writeln!(out, "<li><a href=\"#{}\">{}</a></li>", section.id, escape(&section.title));
    }
    out.push_str("</ol></nav>\n<main id=\"main\">\n");
    for one in &sections {
        section(&mut out, one);
    }
    let _ = write!(
        out,
        "</main>\n<footer><p>Made by launchroom {} from the ledger with head <code>{}</code>.</p></footer>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION"),
        dossier.head.hash.to_hex()
    );
    out
}

fn head(out: &mut String, dossier: &Dossier, room: &str, alone: bool) {
    let readiness = &dossier.readiness;
    let tone = match readiness.verdict() {
        Verdict::Go => "good",
        Verdict::GoWithExclusions | Verdict::AwaitingDecision => "warn",
        Verdict::NoGo => "bad",
    };
    let at = words::moment_in_full(readiness.as_of, &dossier.room.tenant.timezone);
    let _ = write!(
        out,
        "<header>\n<p class=\"kind\">Launch dossier for the {}</p>\n<h1>{room}</h1>\n\
         <p class=\"verdict v-{tone}\"><strong>{}</strong></p>\n<p class=\"asof\">As of {}. {}, {} withheld.</p>\n",
        dossier.audience.as_str(),
        escape(&words::headline(&dossier.plan, readiness)),
        escape(&at),
        words::count(dossier.included(), "ledger entry goes along", "ledger entries go along"),
        dossier.withheld(),
    );
    if alone {
        let _ = writeln!(out, "<p class=\"alone\" role=\"note\">{}</p>", escape(ALONE));
    }
    out.push_str("</header>\n");
}

/// What a page or a text by itself has to say first.
pub const ALONE: &str =
    "This page cannot be verified alone: it holds no ledger. Ask for the zip dossier, which can be checked offline.";

fn section(out: &mut String, section: &Section) {
    let _ = writeln!(out, "<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>", section.id, escape(&section.title));
    for one in &section.blocks {
        block(out, one);
    }
    out.push_str("</section>\n");
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Text(text) => {
            let _ = writeln!(out, "<p>{}</p>", escape(text));
        }
        Block::Note(text) => {
            let _ = writeln!(out, "<p class=\"note\">{}</p>", escape(text));
        }
        Block::Heading(text) => {
            let _ = writeln!(out, "<h3>{}</h3>", escape(text));
        }
        Block::Items(items) => {
            out.push_str("<ul>\n");
            for item in items {
                let _ = writeln!(out, "<li>{}</li>", escape(item));
            }
            out.push_str("</ul>\n");
        }
        Block::Facts(facts) => {
            out.push_str("<dl>\n");
            for (label, text) in facts {
                let _ = writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escape(label), escape(text));
            }
            out.push_str("</dl>\n");
        }
        Block::Table(one) => table(out, one),
        Block::Figure(one) => figure(out, one),
    }
}

fn table(out: &mut String, table: &Table) {
    let _ = write!(out, "<div class=\"wide\"><table>\n<caption>{}</caption>\n<thead><tr>", escape(&table.caption));
    for head in &table.head {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(head));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (n, cell) in row.iter().enumerate() {
            let (text, tone) = (escape(&cell.text), cell.tone.as_str());
            let _ = match n {
                0 => write!(out, "<th scope=\"row\">{text}</th>"),
                _ => write!(out, "<td class=\"{tone}\">{text}</td>"),
            };
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}

fn figure(out: &mut String, figure: &Figure) {
    let Figure { id, title, told, width, height, inner } = figure;
    let _ = writeln!(
        out,
        "<figure><svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\
         <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>{inner}</svg></figure>",
        escape(title),
        escape(told)
    );
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for n in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * n) & 63) as usize] as char;
            out.push(if n <= chunk.len() { digit } else { '=' });
        }
    }
    out
}

/// The page as a file of the zip.
pub fn file(dossier: &Dossier) -> File {
    File { name: "index.html".into(), bytes: html(dossier, false).into_bytes() }
}
