//! Screen 8. What may be said, what may not, which gate would unlock it; and a pasted text, place by place.

use super::parts;
use crate::domain::claims::Standing;
use crate::format::claims::locked;
use crate::present::words;
use crate::tui::model::claims::Row;
use crate::tui::model::list::Item;
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::widget::Ink;
use ratatui::text::Line;

/// Cells for `after private beta`.
const WORD: usize = 18;
/// Cells for `1234:56`.
const PLACE: usize = 9;

/// What copying this row copies: wording that may be used.
#[must_use]
pub fn wording(model: &Model, subject: &Subject) -> Option<(String, &'static str)> {
    match subject {
        Subject::Claim(at) => Some(match model.claims.rows().nth(*at)? {
            Row::Allowed(wording) => (wording.text.clone(), "the wording"),
            Row::Unlocked(text) => (text.to_owned(), "the wording"),
            Row::Blocked(blocked) => (blocked.instead.clone(), "what to say instead"),
        }),
        Subject::Finding(at) => Some((model.claims.finding(*at)?.1.instead.clone(), "what to say instead")),
        _ => None,
    }
}

/// The title over the list: the motion this room follows.
pub fn title(model: &Model) -> String {
    let Some(facts) = model.facts() else { return String::new() };
    facts.room.motion(facts.plan).map_or_else(|| "Wording".into(), |motion| format!("Wording, {}", motion.title))
}

/// The checked text, wording, attachments, boundaries.
pub fn items(model: &Model) -> Vec<Item> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let mut items = Vec::new();
    if let Some(checked) = &model.claims.checked {
        let lines = words::count(checked.document.text.lines().count(), "line", "lines");
        let name = checked.file.as_deref().unwrap_or("YOUR TEXT");
        items.push(Item::group(format!("{name}, {lines}: {}", found(checked.findings.len()))));
        items.extend((0..checked.findings.len()).map(|at| Item::row(Subject::Finding(at), true)));
    }
    let mut under = None;
    for (at, row) in model.claims.rows().enumerate() {
        let (group, problem) = match &row {
            Row::Allowed(wording) => ("MAY BE SAID", wording.standing != Standing::May),
            Row::Unlocked(_) => ("MAY BE SAID", false),
            Row::Blocked(_) => ("MAY NOT BE SAID", true),
        };
        if under != Some(group) {
            items.push(Item::group(group));
        }
        under = Some(group);
        items.push(Item::row(Subject::Claim(at), problem));
    }
    let attached = (0..facts.plan.attachments.len()).filter(|at| is_attached(&facts, *at) == Some(true)).count();
    items.push(Item::heading(format!("Order-form attachments, {attached} of {} attached", facts.plan.attachments.len())));
    items.extend(
        (0..facts.plan.attachments.len()).map(|at| Item::row(Subject::Attachment(at), is_attached(&facts, at) == Some(false))),
    );
    if !facts.plan.boundaries.is_empty() {
        items.push(Item::heading("Boundaries"));
        items.extend(facts.plan.boundaries.iter().map(Item::note));
    }
    items
}

fn found(places: usize) -> String {
    if places == 0 {
        "no blocked wording".to_owned()
    } else {
        words::count(places, "place with blocked wording", "places with blocked wording")
    }
}

/// Whether fresh evidence shows an attachment; `None` when no proof belongs to it.
fn is_attached(facts: &Facts, at: usize) -> Option<bool> {
    let proof = facts.plan.attachments.get(at)?.proof.as_ref()?;
    let state = facts.readiness.proofs.iter().find(|state| state.id == *proof)?;
    Some(state.last.as_ref().is_some_and(|last| last.fresh))
}

/// One row.
pub fn line(model: &Model, subject: &Subject, width: usize) -> Line<'static> {
    let Some(facts) = model.facts() else { return Line::default() };
    let (look, theme) = (&model.look, &model.look.theme);
    match subject {
        Subject::Claim(at) => {
            let Some(row) = model.claims.rows().nth(*at) else { return Line::default() };
            let (mark, style, word, text) = match row {
                Row::Allowed(wording) => match &wording.standing {
                    Standing::May => (look.symbols.met, theme.good, "may".to_owned(), &*wording.text),
                    Standing::After(gate) => {
                        let after = format!("after {}", words::stage(facts.plan, gate.as_str()));
                        (look.symbols.idle, theme.quiet, after, &*wording.text)
                    }
                    Standing::Excluded(id) => (look.symbols.excluded, theme.quiet, format!("not while {id}"), &*wording.text),
                },
                Row::Unlocked(text) => (look.symbols.met, theme.good, "may, unlocked".to_owned(), text),
                Row::Blocked(blocked) => {
                    let gate = words::stage(facts.plan, blocked.unlocked_by.as_str());
                    (look.symbols.blocked, theme.quiet, gate, &*blocked.claim)
                }
            };
            Ink::new(look, width).gap(1).text(mark, style).gap(1).cell(&word, WORD, style).gap(1).plain(text).line()
        }
        Subject::Finding(at) => {
            let Some((finding, blocked)) = model.claims.finding(*at) else { return Line::default() };
            let place = format!("{}:{}", finding.at.line, finding.at.column);
            let ink = Ink::new(look, width).gap(1).text(look.symbols.unmet, theme.trouble).gap(1);
            let ink = ink.cell(&place, PLACE, theme.quiet).gap(1).text(&finding.text, theme.trouble);
            ink.right(&words::stage(facts.plan, blocked.unlocked_by.as_str()), theme.quiet).line()
        }
        Subject::Attachment(at) => {
            let Some(attachment) = facts.plan.attachments.get(*at) else { return Line::default() };
            let (mark, style, word) = match is_attached(&facts, *at) {
                Some(true) => (look.symbols.met, theme.good, "attached"),
                Some(false) => (look.symbols.unmet, theme.trouble, "missing"),
                None => (look.symbols.idle, theme.quiet, "by hand"),
            };
            Ink::new(look, width).gap(1).text(mark, style).gap(1).cell(word, 9, style).plain(&attachment.text).line()
        }
        _ => Line::default(),
    }
}

/// The whole wording, what keeps it locked and what to say instead.
pub fn detail(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let (Some(facts), Some(subject)) = (model.facts(), model.selected()) else { return Vec::new() };
    let theme = &model.look.theme;
    let put = |label: &str, text: &str| parts::labelled(model, cells, label, text, theme.text);
    match subject {
        Subject::Claim(at) => {
            model.claims.rows().nth(*at).map_or_else(Vec::new, |row| wording_detail(model, &facts, &row, cells))
        }
        Subject::Finding(at) => {
            let Some((finding, blocked)) = model.claims.finding(*at) else { return Vec::new() };
            let mut out = put("At", &format!("line {}, column {}", finding.at.line, finding.at.column));
            out.extend(parts::labelled(model, cells, "Written", &finding.text, theme.trouble));
            if !finding.text.eq_ignore_ascii_case(&blocked.claim) {
                out.extend(put("Means", &blocked.claim));
            }
            out.extend(parts::labelled(model, cells, "Is", &locked(blocked, facts.plan), theme.caution));
            out.extend(parts::labelled(model, cells, "Say", &blocked.instead, theme.good));
            out
        }
        Subject::Attachment(at) => {
            let Some(attachment) = facts.plan.attachments.get(*at) else { return Vec::new() };
            let mut out = put("What", &attachment.text);
            match attachment.proof.as_ref().and_then(|id| facts.plan.proof(id.as_str())) {
                Some(proof) => out.extend(put("Proof", &format!("{}; screen 5 runs it", proof.title))),
                None => out.extend(put("Proof", "none: it goes with the order form by hand")),
            }
            out
        }
        _ => Vec::new(),
    }
}

fn wording_detail(model: &Model, facts: &Facts, row: &Row<'_>, cells: usize) -> Vec<Line<'static>> {
    let theme = &model.look.theme;
    let put = |label: &str, text: &str, style| parts::labelled(model, cells, label, text, style);
    match row {
        Row::Allowed(wording) => {
            let mut out = put("Wording", &wording.text, theme.text);
            let (told, style) = match &wording.standing {
                Standing::May => ("may be used".to_owned(), theme.good),
                Standing::After(gate) => {
                    (format!("not before {} is clear", words::stage(facts.plan, gate.as_str())), theme.caution)
                }
                Standing::Excluded(id) => (format!("not while {id} stands, which says the opposite"), theme.caution),
            };
            out.extend(put("Allowed", &told, style));
            if let Some(motion) = facts.plan.motion(wording.motion.as_str()) {
                out.extend(put("Motion", &format!("{} ({})", motion.title, motion.status), theme.text));
                out.extend(put("When", &motion.condition, theme.text));
            }
            out
        }
        Row::Unlocked(text) => {
            let mut out = put("Wording", text, theme.text);
            out.extend(put("Allowed", "unlocked: its gate is clear, and nothing else keeps it", theme.good));
            out
        }
        Row::Blocked(blocked) => {
            let mut out = put("Never", &blocked.claim, theme.text);
            if !blocked.also.is_empty() {
                out.extend(put("Nor", &blocked.also.join("; "), theme.text));
            }
            out.extend(put("Is", &locked(blocked, facts.plan), theme.caution));
            out.extend(put("Say", &blocked.instead, theme.good));
            let gate = facts.readiness.gate(blocked.unlocked_by.as_str());
            let status = gate.map(|gate| format!("{}, {} of {} met", words::gate(gate.status), gate.met, gate.total));
            let gate = words::stage(facts.plan, blocked.unlocked_by.as_str());
            out.extend(put("Gate", &format!("{gate}: {}", status.unwrap_or_default()), theme.text));
            out
        }
    }
}
