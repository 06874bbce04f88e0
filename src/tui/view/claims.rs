//! Screen 8, for reading. What may be said, what may not, and which gate would unlock it.

use super::parts;
use crate::present::words;
use crate::tui::model::list::Item;
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::widget::Ink;
use ratatui::text::Line;

/// Cells for `after private beta`.
const WORD: usize = 18;

/// One line of wording.
struct Wording<'a> {
    text: &'a str,
    allowed: bool,
    /// The motion it belongs to; `None` is for every motion.
    motion: Option<&'a crate::domain::plan::Motion>,
}

impl Wording<'_> {
    /// The stage whose gate still locks it; `None` when it may be said now.
    fn after(&self, facts: &Facts) -> Option<String> {
        let target = &self.motion?.target;
        let clear = facts.readiness.gate(target.as_str()).is_some_and(|gate| gate.status.is_clear());
        (!clear).then(|| words::stage(facts.plan, target.as_str()))
    }
}

/// Every line of wording: the room's own motion first, then the others', then what nobody may say.
fn wordings<'a>(facts: &Facts<'a>) -> Vec<Wording<'a>> {
    let own = facts.room.motion(facts.plan).map(|motion| motion.id.clone());
    let mut motions: Vec<_> = facts.plan.motions.iter().collect();
    motions.sort_by_key(|motion| Some(&motion.id) != own.as_ref());
    let mut out = Vec::new();
    for motion in motions {
        out.extend(motion.allowed.iter().map(|text| Wording { text, allowed: true, motion: Some(motion) }));
        out.extend(motion.blocked.iter().map(|text| Wording { text, allowed: false, motion: Some(motion) }));
    }
    out.extend(facts.plan.blocked_wording.iter().map(|text| Wording { text, allowed: false, motion: None }));
    out
}

/// The wording with this number, for copying.
#[must_use]
pub fn wording(facts: &Facts, at: usize) -> Option<String> {
    wordings(facts).get(at).map(|wording| wording.text.to_owned())
}

/// The title over the list: the motion this room follows.
pub fn title(model: &Model) -> String {
    let Some(facts) = model.facts() else { return String::new() };
    facts.room.motion(facts.plan).map_or_else(|| "Wording".into(), |motion| format!("Wording, {}", motion.title))
}

/// Wording by motion, attachments, boundaries.
pub fn items(model: &Model) -> Vec<Item> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let mut items = Vec::new();
    let mut under: Option<Option<&str>> = None;
    for (at, wording) in wordings(&facts).iter().enumerate() {
        let motion = wording.motion.map(|motion| motion.title.as_str());
        if under != Some(motion) {
            items.push(Item::group(motion.map_or("NOBODY MAY SAY".to_owned(), str::to_uppercase)));
        }
        under = Some(motion);
        items.push(Item::row(Subject::Claim(at), !wording.allowed || wording.after(&facts).is_some()));
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
            let all = wordings(&facts);
            let Some(wording) = all.get(*at) else { return Line::default() };
            let (mark, style, word) = match (wording.allowed, wording.after(&facts)) {
                (false, _) => (look.symbols.blocked, theme.quiet, "may not".to_owned()),
                (true, None) => (look.symbols.met, theme.good, "may".to_owned()),
                (true, Some(stage)) => (look.symbols.idle, theme.quiet, format!("after {stage}")),
            };
            Ink::new(look, width).gap(1).text(mark, style).gap(1).cell(&word, WORD, style).gap(1).plain(wording.text).line()
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

/// The whole wording, and what unlocks it.
pub fn detail(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let (Some(facts), Some(subject)) = (model.facts(), model.selected()) else { return Vec::new() };
    let theme = &model.look.theme;
    let put = |label: &str, text: &str| parts::labelled(model, cells, label, text, theme.text);
    match subject {
        Subject::Claim(at) => {
            let all = wordings(&facts);
            let Some(wording) = all.get(*at) else { return Vec::new() };
            let mut out = put(if wording.allowed { "Wording" } else { "Never" }, wording.text);
            if wording.allowed {
                let (text, style) = match wording.after(&facts) {
                    None => ("yes, its gate is clear".to_owned(), theme.good),
                    Some(stage) => (format!("not before {stage} is clear"), theme.caution),
                };
                out.extend(parts::labelled(model, cells, "Allowed", &text, style));
            }
            match wording.motion {
                Some(motion) => {
                    out.extend(put("Motion", &format!("{} ({})", motion.title, motion.status)));
                    out.extend(put("When", &motion.condition));
                    let gate = facts.readiness.gate(motion.target.as_str());
                    let status = gate
                        .map(|gate| format!("{}, {} of {} met", words::gate(gate.status), gate.met, gate.total))
                        .unwrap_or_default();
                    out.extend(put("Gate", &format!("{}: {status}", words::stage(facts.plan, motion.target.as_str()))));
                }
                None => out.extend(put("When", "for this customer never, whatever the motion")),
            }
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
