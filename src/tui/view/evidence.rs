//! Screen 6. What the ledger holds, the newest first.

use super::parts;
use crate::domain::ids::{Digest, ProofId};
use crate::domain::ledger::{Attached, BlobState, Body, Entry, Outcome};
use crate::domain::room::Value;
use crate::format::redact_toml;
use crate::present::{told, words};
use crate::tui::model::list::Item;
use crate::tui::model::{Facts, Model, Screen, Subject};
use crate::tui::widget::{self, Ink};
use ratatui::text::Line;

/// How many records there are.
#[must_use]
pub fn count(facts: &Facts) -> usize {
    facts.snapshot.ledger.entries.len()
}

/// The title over the list: length and state of the chain.
pub fn title(model: &Model) -> String {
    let Some(facts) = model.facts() else { return String::new() };
    let ledger = &facts.snapshot.ledger;
    let entries = ledger.entries.len();
    let plural = if entries == 1 { "entry" } else { "entries" };
    match &ledger.damage {
        Some(damage) => format!("Ledger, {entries} {plural}, DAMAGED at line {}", damage.line),
        None if entries == 0 => "Ledger, no entry yet".into(),
        None => format!("Ledger, {entries} {plural}, chain intact, head {}", ledger.head().short()),
    }
}

/// The entries, the newest first.
pub fn items(model: &Model) -> Vec<Item> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let today = day(&facts, facts.now);
    let (mut items, mut under) = (Vec::new(), None);
    for entry in facts.snapshot.ledger.entries.iter().rev() {
        let this = day(&facts, entry.at);
        if under != Some(this) {
            let year = if this.year() == today.year() { String::new() } else { format!(" {}", this.year()) };
            let prefix = if this == today { "today, " } else { "" };
            items.push(Item::group(format!("{prefix}{}{year}", words::weekday(this)).to_uppercase()));
        }
        under = Some(this);
        items.push(Item::row(Subject::Record(entry.seq), is_problem(&facts, entry)));
    }
    items
}

fn day(facts: &Facts, at: jiff::Timestamp) -> jiff::civil::Date {
    at.to_zoned(facts.zone.clone()).date()
}

fn is_problem(facts: &Facts, entry: &Entry) -> bool {
    match &entry.body {
        Body::Attached(attached) => {
            let bytes = attached.digest.and_then(|digest| facts.snapshot.ledger.blobs.get(&digest));
            let failed = !matches!(attached.outcome, Outcome::Passed | Outcome::Reference);
            // What another machine holds is not here, and that is no fault: its receipt counts.
            let missing = matches!(bytes, Some(BlobState::Missing)) && !is_elsewhere(facts, attached);
            failed || missing || matches!(bytes, Some(BlobState::Differs))
        }
        Body::RunFinished(run) => run.outcome != Outcome::Passed,
        Body::EditedOutside(_) | Body::Unknown(_) => true,
        Body::Withdrawn(_)
        | Body::ExclusionSigned(_)
        | Body::ExclusionRevoked(_)
        | Body::Decided(_)
        | Body::RoomChanged(_)
        | Body::AskSent(_)
        | Body::AskAnswered(_) => false,
    }
}

/// An entry in a few words.
#[must_use]
pub fn sentence(facts: &Facts, entry: &Entry) -> String {
    told::entry(facts.plan, &entry.body)
}

/// One row.
pub fn line(model: &Model, subject: &Subject, width: usize) -> Line<'static> {
    let (Some(facts), Subject::Record(seq)) = (model.facts(), subject) else { return Line::default() };
    let Some(entry) = facts.entry(*seq) else { return Line::default() };
    let (look, theme) = (&model.look, &model.look.theme);
    let (mark, style) = match &entry.body {
        Body::Attached(_) if is_withdrawn(&facts, entry.seq) => (look.symbols.excluded, theme.quiet),
        Body::Attached(_) if is_problem(&facts, entry) => (look.symbols.unmet, theme.trouble),
        Body::Attached(_) | Body::Decided(_) => (look.symbols.met, theme.good),
        Body::EditedOutside(_) | Body::Unknown(_) => (look.symbols.warning, theme.caution),
        Body::RunFinished(run) if run.outcome != Outcome::Passed => (look.symbols.unmet, theme.trouble),
        _ => (look.symbols.idle, theme.quiet),
    };
    let (what, ended) = row(&facts, entry);
    let ink = Ink::new(look, width).gap(1).text(mark, style).gap(1);
    let ink = ink.cell(&format!("{:>4}", format!("#{}", entry.seq)), 5, theme.quiet).gap(1);
    // Beneath the heading of its day a row needs only the time.
    let ink = if model.screen == Screen::Evidence {
        ink.cell(&entry.at.to_zoned(facts.zone.clone()).strftime("%H:%M").to_string(), 5, theme.quiet).gap(1)
    } else {
        ink.cell(&words::moment_near(entry.at, facts.now, facts.zone), 16, theme.quiet).gap(1)
    };
    // How it ended is never cut; what it is about is.
    let room = ink.left().saturating_sub(if ended.is_empty() { 0 } else { widget::width(&ended) + 1 });
    let what = widget::fit(look.symbols, &what, room).into_owned();
    ink.text(&what, theme.text).right(&ended, style).line()
}

/// An entry as a row: what it is about, and how that ended.
fn row(facts: &Facts, entry: &Entry) -> (String, String) {
    let title = |id: &ProofId| facts.plan.proof(id.as_str()).map_or_else(|| id.to_string(), |proof| proof.title.clone());
    match &entry.body {
        Body::Attached(attached) => {
            let what = attached.proof.as_ref().map(title).or_else(|| attached.serves.clone()).unwrap_or_default();
            let ended = match facts.snapshot.ledger.blobs.get(&attached.digest.unwrap_or(Digest::ZERO)) {
                _ if is_withdrawn(facts, entry.seq) => "withdrawn".to_owned(),
                Some(BlobState::Differs) => "bytes differ".to_owned(),
                Some(BlobState::Missing) if is_elsewhere(facts, attached) => {
                    format!("{}, receipt", words::outcome(attached.outcome))
                }
                Some(BlobState::Missing) => "bytes missing".to_owned(),
                Some(BlobState::Intact) | None => words::outcome(attached.outcome).to_owned(),
            };
            (what, ended)
        }
        Body::RunFinished(run) => (format!("ran {}", title(&run.proof)), words::run_outcome(run.outcome, &run.run)),
        _ => (sentence(facts, entry), String::new()),
    }
}

fn is_withdrawn(facts: &Facts, seq: u64) -> bool {
    facts
        .snapshot
        .ledger
        .entries
        .iter()
        .skip(seq as usize)
        .any(|entry| matches!(&entry.body, Body::Withdrawn(withdrawn) if withdrawn.evidence == seq))
}

/// Everything a record says.
pub fn detail(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let (Some(facts), Some(Subject::Record(seq))) = (model.facts(), model.selected()) else { return Vec::new() };
    let Some(entry) = facts.entry(*seq) else { return Vec::new() };
    let theme = &model.look.theme;
    let put = |label: &str, text: &str| parts::labelled(model, cells, label, text, theme.text);
    let mut out = put("What", &sentence(&facts, entry));
    out.extend(put("When", &format!("{} by {}", words::moment_in_zone(entry.at, facts.zone), entry.by)));
    match &entry.body {
        Body::Attached(attached) => out.extend(attached_detail(model, &facts, entry, attached, cells)),
        Body::RoomChanged(changed) | Body::EditedOutside(changed) => {
            for change in &changed.changes {
                // The path has a line of its own: it says what, and is often longer than both values.
                out.extend(parts::text(model, cells, &change.path, theme.quiet));
                let values =
                    format!("{} {} {}", value(change.was.as_ref()), model.look.symbols.arrow, value(change.now.as_ref()));
                out.extend(parts::labelled(model, cells, "", &values, theme.text));
            }
        }
        Body::Decided(decision) => {
            out.extend(put("Customer", &format!("{}, recorded by {}", decision.customer, entry.by)));
            out.extend(put("Operator", &format!("{}, recorded by {}", decision.operator, entry.by)));
            out.extend(decision.reference.iter().flat_map(|reference| put("Paper", reference)));
            out.extend(decision.note.iter().flat_map(|note| put("Note", note)));
        }
        Body::ExclusionSigned(exclusion) => {
            out.extend(put("Wording", &exclusion.wording));
            out.extend(put("Signed", &format!("{}, recorded by {}", exclusion.signed_by, entry.by)));
            out.extend(exclusion.reference.iter().flat_map(|reference| put("Paper", reference)));
        }
        Body::RunFinished(run) => {
            out.extend(put("Command", &run.run.command));
            out.extend(put("Note", "a run is no evidence until somebody attaches it"));
        }
        Body::Withdrawn(_) | Body::ExclusionRevoked(_) | Body::AskSent(_) | Body::AskAnswered(_) | Body::Unknown(_) => {}
    }
    out.extend(put("Hash", &entry.hash.to_hex()));
    out
}

/// A value of the room as it may be shown: a secret that somebody typed into it stays out.
fn value(value: Option<&Value>) -> String {
    match value {
        None => "absent".to_owned(),
        Some(value) if value.is_blank() => "(empty)".to_owned(),
        Some(value) => redact_toml::mask(&value.to_line()),
    }
}

fn attached_detail(model: &Model, facts: &Facts, entry: &Entry, attached: &Attached, cells: usize) -> Vec<Line<'static>> {
    let theme = &model.look.theme;
    let put = |label: &str, text: &str| parts::labelled(model, cells, label, text, theme.text);
    let mut out = Vec::new();
    let target = facts.plan.target(attached.target.as_str()).map_or(attached.target.as_str(), |target| &target.title);
    out.extend(put("Target", &format!("{target}, {}", attached.class.as_str())));
    if is_withdrawn(facts, entry.seq) {
        out.extend(parts::labelled(model, cells, "Status", "withdrawn: it counts for nothing", theme.quiet));
    }
    if let Some(serves) = &attached.serves {
        out.extend(put("Serves", serves));
    }
    if let Some(run) = &attached.run {
        let took = words::duration(run.ended.duration_since(run.started));
        out.extend(put("Run", &format!("{}, {took}", words::run_outcome(attached.outcome, run))));
        out.extend(run.host.iter().flat_map(|host| put("Host", host)));
        out.extend(put("Command", &run.command));
    }
    out.extend(attached.reference.iter().flat_map(|reference| put("Stated", reference)));
    out.extend(attached.file.iter().flat_map(|file| put("File", file)));
    if let (Some(digest), Some(size)) = (attached.digest, attached.size) {
        let (word, style) = match facts.snapshot.ledger.blobs.get(&digest) {
            Some(BlobState::Intact) => ("bytes verified", theme.good),
            Some(BlobState::Differs) => ("BYTES DIFFER", theme.trouble),
            Some(BlobState::Missing) if is_elsewhere(facts, attached) => ("not here; its receipt counts", theme.quiet),
            Some(BlobState::Missing) => ("BYTES MISSING", theme.trouble),
            None => ("not looked at", theme.quiet),
        };
        out.extend(parts::labelled(model, cells, "Bytes", &format!("{size}, sha256 {}, {word}", digest.short()), style));
        out.extend(parts::text(model, cells, &format!("{} shows them", model.keymap.hint("row.open")), theme.quiet));
    }
    if let Some(checks) = &attached.checks {
        use crate::domain::ledger::CheckStatus;
        let passed = checks.iter().filter(|check| check.status == CheckStatus::Passed).count();
        out.extend(put("Checks", &format!("{} of {} passed", passed, checks.len())));
        for check in checks.iter().filter(|check| check.status != CheckStatus::Passed) {
            out.extend(parts::labelled(
                model,
                cells,
                "",
                &format!("{}: {} {}", check.id, words::check(check.status), check.detail),
                theme.trouble,
            ));
        }
    }
    if !attached.redactions.is_empty() {
        let rules: Vec<String> = attached.redactions.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
        out.extend(put("Masked", &rules.join(", ")));
    }
    if attached.suspects > 0 {
        out.extend(put("Suspects", &words::suspects(attached.suspects, attached.looked)));
    }
    out.extend(attached.note.iter().flat_map(|note| put("Note", note)));
    out
}

/// A locked record whose bytes another machine holds.
fn is_elsewhere(facts: &Facts, attached: &Attached) -> bool {
    attached.class == crate::domain::plan::Class::Locked && attached.holder != facts.snapshot.ledger.holder
}
