//! A change that waits because somebody else was first: both values, side by side, and the question.

use super::overlay::{foot, sheet, text_cells};
use super::parts;
use crate::app::sync::Conflict;
use crate::present::words;
use crate::tui::action::Scope;
use crate::tui::model::Model;
use crate::tui::widget::Ink;
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

/// Paints it.
pub fn paint(model: &Model, conflict: &Conflict, area: Rect, buffer: &mut Buffer) {
    let lines = told(model, conflict, text_cells(area));
    let title = if conflict.refused.is_some() { "The server does not take a change" } else { "Somebody else was first" };
    let body = sheet(model, title, lines.len() + 1, area, buffer);
    super::lines(&lines, 0, Rect { x: body.x + 1, width: body.width.saturating_sub(1), ..body }, buffer);
    let (first, right) = match &conflict.refused {
        Some(_) => ("send again", "taking theirs drops it"),
        None => ("take mine", "the ledger keeps both"),
    };
    foot(model, Scope::Conflict, first, right, area, buffer);
}

fn told(model: &Model, conflict: &Conflict, cells: usize) -> Vec<Line<'static>> {
    let (look, theme) = (&model.look, &model.look.theme);
    let when = model.facts().map(|facts| words::moment_near(conflict.at, facts.now, facts.zone)).unwrap_or_default();
    let mut lines = parts::text(model, cells, &format!("Your change of {when} waits: {}", conflict.what), theme.text);
    if let Some(why) = &conflict.refused {
        lines.extend(parts::text(model, cells, why, theme.trouble));
    }
    for clash in &conflict.values {
        let value = |text: &str| if text.is_empty() { "blank".to_owned() } else { text.to_owned() };
        lines.push(Line::default());
        lines.push(Ink::new(look, cells).text(&clash.path, theme.heading).line());
        lines.push(Ink::new(look, cells).gap(2).cell("mine", 8, theme.quiet).text(&value(&clash.mine), theme.strong).line());
        lines.push(Ink::new(look, cells).gap(2).cell("theirs", 8, theme.quiet).text(&value(&clash.theirs), theme.strong).line());
    }
    lines
}
