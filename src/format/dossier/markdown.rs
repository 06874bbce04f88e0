//! The dossier as Markdown, for a wiki or an email.

use super::content::{Block, Table, sections};
use super::{Dossier, html::ALONE};
use crate::format::review::markdown::{cell, escape};
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
        escape(words::room_name(&dossier.room)),
        escape(&words::headline(&dossier.plan, readiness)),
        ALONE.replace("page", "text"),
        dossier.audience.as_str(),
        words::moment_in_full(readiness.as_of, &dossier.room.tenant.timezone),
    );
    for section in sections(dossier) {
        let _ = writeln!(out, "## {}\n", escape(&section.title));
        for one in &section.blocks {
            block(&mut out, one);
        }
    }
    out
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Text(text) => {
            let _ = writeln!(out, "{}\n", cell(text));
        }
        Block::Note(text) => {
            let _ = writeln!(out, "> {}\n", cell(text));
        }
        Block::Heading(text) => {
            let _ = writeln!(out, "### {}\n", cell(text));
        }
        Block::Items(items) => {
            for item in items {
                let _ = writeln!(out, "- {}", cell(item));
            }
            out.push('\n');
        }
        Block::Facts(facts) => {
            for (label, text) in facts {
                let _ = writeln!(out, "- {}: {}", cell(label), cell(text));
            }
            out.push('\n');
        }
        Block::Table(one) => table(out, one),
        Block::Figure(figure) => {
            let _ = writeln!(out, "{}\n", cell(&figure.told));
        }
    }
}

fn table(out: &mut String, table: &Table) {
    let _ = writeln!(out, "| {} |\n|{}", table.head.join(" | "), " --- |".repeat(table.head.len()));
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|one| cell(&one.text)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out.push('\n');
}
