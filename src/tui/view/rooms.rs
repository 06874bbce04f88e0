//! The room switcher: a row a room, and beneath the list what the selected one waits for.

use super::overlay::{foot, sheet};
use crate::app::portfolio::{Row, Standing};
use crate::domain::gate::Verdict;
use crate::present::words;
use crate::tui::action::Scope;
use crate::tui::model::{Model, overlay::Switcher};
use crate::tui::update::{is_here, room_matches};
use crate::tui::widget::{self, Ink};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
    text::Line,
    widgets::Widget as _,
};

/// What stands about the selected room: a rule and two lines.
const ABOUT: u16 = 3;
const NAME: usize = 28;

/// Paints it; the answer is where text is typed.
pub fn paint(model: &Model, rooms: &Switcher, area: Rect, buffer: &mut Buffer) -> Position {
    let (look, theme) = (&model.look, &model.look.theme);
    let found = room_matches(rooms);
    let body = sheet(model, "Rooms", usize::from(area.height) * 2 / 3, area, buffer);
    let cells = usize::from(body.width);
    let told = match &rooms.listed {
        None => "looking".to_owned(),
        Some(Err(_)) => String::new(),
        Some(Ok(_)) => words::count(found.len(), "room", "rooms"),
    };
    Ink::new(look, cells)
        .text("Find: ", theme.strong)
        .plain(rooms.text.as_str())
        .right(&told, theme.quiet)
        .line()
        .render(Rect { height: 1, ..body }, buffer);
    let about = ABOUT.min(body.height.saturating_sub(2));
    let list = Rect { y: body.y + 1, height: body.height.saturating_sub(1 + about), ..body };
    let top = rooms.selected.saturating_sub(usize::from(list.height).saturating_sub(1));
    for (y, (at, row)) in (list.y..list.bottom()).zip(found.iter().enumerate().skip(top)) {
        let place = Rect { y, height: 1, ..list };
        line(model, row, cells).render(place, buffer);
        if at == rooms.selected {
            buffer.set_style(place, theme.selected);
        }
    }
    let selected = found.get(rooms.selected).copied();
    let beneath = selected.map_or_else(|| nothing(model, rooms, cells), |row| detail(model, row, cells));
    super::lines(&beneath, 0, Rect { y: list.bottom(), height: about, ..body }, buffer);
    foot(model, Scope::Rooms, "", "", area, buffer);
    if let Some(notice) = &model.notice {
        // What was told about the selected row: the list stays open over the footer it would stand in.
        let row = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
        ratatui::widgets::Clear.render(row, buffer);
        Ink::new(look, usize::from(row.width)).gap(1).text(&notice.text, theme.trouble).line().render(row, buffer);
    }
    let before = widget::clean(look.symbols, rooms.text.before_cursor()).into_owned();
    Position { x: body.x + 6 + (widget::width(&before) as u16).min(body.width.saturating_sub(7)), y: body.y }
}

/// Name, verdict, how far, last movement.
fn line(model: &Model, row: &Row, cells: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let ink = Ink::new(look, cells);
    let Ok(standing) = &row.found else {
        let told = "cannot be read";
        let place = widget::fit(look.symbols, &row.place, cells.saturating_sub(told.len() + 4)).into_owned();
        return ink.text(look.symbols.warning, theme.trouble).gap(1).text(&place, theme.text).right(told, theme.trouble).line();
    };
    let (mark, style) = mark(model, standing);
    let moved = standing
        .moved
        .as_ref()
        .map_or_else(|| "not moved yet".to_owned(), |moved| words::moment_near(moved.at, model.now, &standing.zone));
    let here = if is_here(model, row) { "  here" } else { "" };
    ink.text(mark, style)
        .gap(1)
        .cell(&standing.name, NAME.min(cells / 3), theme.text)
        .gap(1)
        .text(&standing.headline, style)
        .quiet(&format!("  {}/{}{here}", standing.met, standing.total))
        .right(&moved, theme.quiet)
        .line()
}

fn mark(model: &Model, standing: &Standing) -> (&'static str, Style) {
    let (symbols, theme) = (model.look.symbols, &model.look.theme);
    match standing.verdict {
        _ if standing.damage.is_some() => (symbols.warning, theme.trouble),
        Verdict::Go | Verdict::GoWithExclusions => (symbols.met, theme.good),
        Verdict::AwaitingDecision => (symbols.idle, theme.caution),
        Verdict::NoGo => (symbols.unmet, theme.trouble),
    }
}

/// What the selected room waits for and where it is; or why it cannot be read.
fn detail(model: &Model, row: &Row, cells: usize) -> Vec<Line<'static>> {
    let (look, theme) = (&model.look, &model.look.theme);
    let fact = |label: &str, text: &str, style| Ink::new(look, cells).cell(label, 7, theme.quiet).text(text, style).line();
    let first = match &row.found {
        Err(error) => {
            let first = error.why.lines().find(|line| !line.trim().is_empty());
            fact("Why", first.unwrap_or(&error.what), theme.trouble)
        }
        Ok(standing) => match (&standing.damage, &standing.action) {
            (Some(damage), _) => fact("Wrong", damage, theme.trouble),
            (None, Some(action)) => fact("Next", &format!("{} ({})", action.text, action.owner), theme.text),
            (None, None) => fact("Next", "nothing is left to do", theme.text),
        },
    };
    vec![widget::rule(look, "", cells), first, fact("Where", &row.place, theme.text)]
}

fn nothing(model: &Model, rooms: &Switcher, cells: usize) -> Vec<Line<'static>> {
    let (look, theme) = (&model.look, &model.look.theme);
    let said = |text: &str, style| super::parts::text(model, cells, text, style);
    match &rooms.listed {
        None => said("Looking at every room around here", theme.quiet),
        Some(Err(why)) => said(why, theme.trouble),
        Some(Ok(portfolio)) if portfolio.rows.is_empty() => {
            said(&format!("There is no room beneath {}", portfolio.place), theme.quiet)
        }
        Some(Ok(_)) => vec![Ink::new(look, cells).quiet("No room fits").line()],
    }
}
