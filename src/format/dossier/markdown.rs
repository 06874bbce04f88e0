//! The dossier as Markdown, for a wiki or an email.

use super::content::{Block, Table, sections};
use super::{Dossier, html::ALONE};
use crate::format::markup;
use crate::present::words;
use std::fmt::Write as _;

/// All of it.
#[must_use]
pub fn markdown(dossier: &Dossier) -> String {
    let readiness = &dossier.readiness;
    let mut out = String::new();
    let _ = write!(
        out,
        "# {}: {}\n\n> {}\n\nLaunch dossier for the {}, as of {}.\n\n",
        markup::text(words::room_name(&dossier.room)),
        markup::text(&words::headline(&dossier.plan, readiness)),
        ALONE.replace("page", "text"),
        dossier.audience.as_str(),
        words::moment_in_full(readiness.as_of, &dossier.room.tenant.timezone),
    );
    for section in sections(dossier) {
        let _ = writeln!(out, "## {}\n", markup::text(&section.title));
        for one in &section.blocks {
            block(&mut out, one);
        }
    }
    out
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Text(text) => {
            let _ = writeln!(out, "{}\n", markup::text(text));
        }
        Block::Note(text) => {
            let _ = writeln!(out, "> {}\n", markup::text(text));
        }
        Block::Heading(text) => {
            let _ = writeln!(out, "### {}\n", markup::text(text));
        }
        Block::Items(items) => {
            for item in items {
                let _ = writeln!(out, "- {}", markup::text(item));
            }
            out.push('\n');
        }
        Block::Facts(facts) => {
            for (label, text) in facts {
                let _ = writeln!(out, "- {}: {}", markup::text(label), markup::text(text));
            }
            out.push('\n');
        }
        Block::Table(one) => table(out, one),
        Block::Figure(figure) => {
            let _ = writeln!(out, "{}\n", markup::text(&figure.told));
        }
    }
}

fn table(out: &mut String, table: &Table) {
    let _ = writeln!(out, "| {} |\n|{}", table.head.join(" | "), " --- |".repeat(table.head.len()));
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|one| markup::text(&one.text)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out.push('\n');
}
