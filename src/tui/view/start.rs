//! Without a room: what this is, and four ways to one. Not an error.

use crate::tui::action::{TABLE, scopes};
use crate::tui::model::{Model, start::WAYS};
use crate::tui::widget::{self, Ink};
use ratatui::{buffer::Buffer, layout::Rect, text::Line, widgets::Widget as _};

/// Paints the start screen.
pub fn paint(model: &Model, area: Rect, buffer: &mut Buffer) {
    let (look, theme) = (&model.look, &model.look.theme);
    let cells = usize::from(area.width);
    let mut lines: Vec<Line<'static>> = vec![
        Ink::new(look, cells).gap(1).text("launchroom", theme.strong).line(),
        widget::rule(look, "", cells),
        Line::default(),
        Ink::new(look, cells).gap(3).plain("Moves one customer from interest to an accepted pilot, by evidence.").line(),
        Ink::new(look, cells).gap(3).quiet("There is no room here yet. Where to?").line(),
        Line::default(),
    ];
    let mut selected = None;
    for (at, (title, what)) in WAYS.iter().enumerate() {
        if at == model.start.selected {
            selected = Some(lines.len() as u16);
        }
        let mark = if at == model.start.selected { look.symbols.current } else { " " };
        lines.push(Ink::new(look, cells).gap(1).text(mark, theme.strong).gap(1).text(title, theme.strong).line());
        lines.push(Ink::new(look, cells).gap(5).quiet(what).line());
        lines.push(Line::default());
    }
    let body = Rect { height: area.height.saturating_sub(2), ..area };
    super::lines(&lines, 0, body, buffer);
    if let Some(row) = selected.filter(|row| *row < body.height && model.overlays.is_empty()) {
        buffer.set_style(Rect { x: area.x, y: area.y + row, width: area.width, height: 1 }, theme.selected);
    }
    let rule = Rect { y: area.bottom().saturating_sub(2), height: 1, ..area };
    widget::rule(look, "", cells).render(rule, buffer);
    let mut foot = Ink::new(look, cells).gap(1);
    if let Some(notice) = &model.notice {
        foot = foot.text(&notice.text, if notice.trouble { theme.trouble } else { theme.strong });
    } else {
        let scopes = scopes(model);
        for action in TABLE.iter().filter(|action| action.weight > 0 && scopes.contains(&action.scope)) {
            let key = model.keymap.chords(action).first().map(ToString::to_string).unwrap_or_default();
            let key = if key == "Enter" { look.symbols.enter.to_owned() } else { key };
            foot = foot.text(&key, theme.key).gap(1).plain(action.word).gap(2);
        }
    }
    foot.line().render(Rect { y: area.bottom() - 1, height: 1, ..area }, buffer);
}
