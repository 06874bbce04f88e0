//! What is on screen. Only reads: `draw(&Model, &mut Frame)`; where things are is `regions()`, which the mouse asks too.
//!
//! A screen is a file here with the same few functions: `items` (its rows, as values), `line` (one row, drawn), `detail`
//! (what stands beside or below for the selected row), and titles. The frame around them is drawn here, once.

mod chrome;
pub mod claims;
mod conflict;
mod decide;
mod deps;
mod evidence;
mod form;
pub mod gates;
mod link;
mod now;
pub mod output;
mod overlay;
mod owners;
mod parts;
pub mod proofs;
mod regions;
mod rooms;
mod since;
mod stale;
mod start;
mod steps;
#[cfg(test)]
mod tests;
mod verb;

pub use chrome::footer_keys;
pub use overlay::last_top as overlay_last_top;
pub use regions::{Regions, regions};

use super::model::list::{Item, Kind};
use super::model::{Model, Screen, Subject};
use super::widget::{self, Ink};
use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect},
    text::Line,
    widgets::Widget as _,
};

/// Draws everything.
pub fn draw(model: &Model, frame: &mut Frame) {
    let area = frame.area();
    let buffer = frame.buffer_mut();
    let cursor = paint(model, area, buffer);
    if let Some(cursor) = cursor.filter(|at| area.contains(*at)) {
        frame.set_cursor_position(cursor);
    }
}

/// Paints everything; the answer is where text is typed, if it is.
pub fn paint(model: &Model, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    if regions::is_too_small(area) {
        let text = "Enlarge the window to 40 by 10 cells";
        for (row, line) in (area.y..area.bottom()).zip(widget::wrap(model.look.symbols, text, usize::from(area.width))) {
            Line::from(line).render(Rect { y: row, height: 1, ..area }, buffer);
        }
        return None;
    }
    let cursor = if model.opened.is_none() {
        start::paint(model, area, buffer);
        None
    } else {
        screen(model, area, buffer)
    };
    let over = overlay::paint(model, area, buffer);
    if model.overlays.is_empty() { cursor } else { over }
}

fn screen(model: &Model, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let regions = regions(model);
    chrome::header(model, &regions, buffer);
    let head = head(model, usize::from(regions.head.width));
    lines(&head, 0, regions.head, buffer);
    titles(model, &regions, buffer);
    list(model, &regions, buffer);
    if let Some(region) = regions.detail {
        if model.screen == Screen::Proofs && output::has_pane(model) {
            output::pane(model, region, buffer);
        } else {
            let detail = detail(model, region.width);
            lines(&detail, model.place().detail_top, region, buffer);
            let title = regions.detail_title.map(|area| (detail_title(model), area));
            more(model, detail.len(), model.place().detail_top, title, region, buffer);
        }
    }
    edges(model, &regions, buffer);
    joints(model, &regions, buffer);
    chrome::footer(model, &regions, area, buffer)
}

/// The rules over the list and the detail, with their titles.
fn titles(model: &Model, regions: &Regions, buffer: &mut Buffer) {
    let look = &model.look;
    if let Some(area) = regions.list_title {
        widget::put(&widget::rule(look, &list_title(model), usize::from(area.width)), area, buffer);
    }
    if let Some(area) = regions.detail_title {
        let title = detail_title(model);
        widget::put(&widget::rule(look, &title, usize::from(area.width)), area, buffer);
    }
}

/// Rules inside a detail go on to the edge, over the cell that texts leave free there.
fn edges(model: &Model, regions: &Regions, buffer: &mut Buffer) {
    let (Some(area), symbols) = (regions.detail, model.look.symbols) else { return };
    let (last, edge) = (area.right().saturating_sub(1), area.right());
    for y in area.y..area.bottom() {
        let is_rule = |x: u16| buffer.cell((x, y)).is_some_and(|cell| cell.symbol() == symbols.rule);
        if is_rule(last)
            && is_rule(last.saturating_sub(1))
            && let Some(cell) = buffer.cell_mut((edge, y))
        {
            cell.set_symbol(symbols.rule).set_style(model.look.theme.rule);
        }
    }
}

/// The bar between list and detail, joined to every rule that meets it.
fn joints(model: &Model, regions: &Regions, buffer: &mut Buffer) {
    let (Some(bar), symbols) = (regions.bar, model.look.symbols) else { return };
    let style = model.look.theme.rule;
    for y in bar.y..bar.bottom() {
        let is_rule = |x: u16| buffer.cell((x, y)).is_some_and(|cell| cell.symbol() == symbols.rule);
        let (before, after) = (bar.x.saturating_sub(1), bar.x + 1);
        let (left, right) = (is_rule(before) || is_rule(before.saturating_sub(1)), is_rule(after) || is_rule(after + 1));
        let joint = match (y == bar.y, y + 1 == bar.bottom()) {
            (true, _) => symbols.tee_down,
            (_, true) => symbols.tee_up,
            _ => match (left, right) {
                (true, true) => symbols.cross,
                (true, false) => symbols.tee_left,
                (false, true) => symbols.tee_right,
                (false, false) => symbols.bar,
            },
        };
        buffer.set_string(bar.x, y, joint, style);
        if left {
            buffer.set_string(before, y, symbols.rule, style);
        }
        if right {
            buffer.set_string(after, y, symbols.rule, style);
        }
    }
}

fn list(model: &Model, regions: &Regions, buffer: &mut Buffer) {
    let (area, items, place) = (regions.list, items(model), model.place());
    let look = &model.look;
    if items.iter().all(|item| item.subject.is_none()) && (model.filter.is_on() || model.problems_only) {
        let why = if model.filter.is_on() {
            "Nothing here has that text. Esc shows everything."
        } else {
            "No problems here. Esc shows everything."
        };
        Ink::new(look, usize::from(area.width)).gap(1).quiet(why).line().render(Rect { height: 1, ..area }, buffer);
        return;
    }
    for (y, (at, item)) in (area.y..area.bottom()).zip(items.iter().enumerate().skip(place.top)) {
        let row = Rect { y, height: 1, ..area };
        // Text leaves a cell free at the right as it does at the left; beside a bar that cell is there already.
        let margin = u16::from(regions.bar.is_none() && !matches!(item.kind, Kind::Heading(_)));
        widget::put(&line(model, item, usize::from(area.width - margin.min(area.width))), row, buffer);
        let selected = item.subject.is_some() && at == place.row && model.overlays.is_empty();
        if selected {
            // The keys are where the row is reversed; the detail has a mark of its own while it has them.
            buffer.set_string(row.x, y, look.symbols.current, look.theme.strong);
            if !place.in_detail {
                buffer.set_style(row, look.theme.selected);
            }
        }
    }
    let title = regions.list_title.map(|area| (list_title(model), area));
    more(model, items.len(), place.top, title, area, buffer);
}

/// Says in the rule over a region how much of it is out of sight.
fn more(model: &Model, length: usize, top: usize, title: Option<(String, Rect)>, area: Rect, buffer: &mut Buffer) {
    let Some((text_of_title, title)) = title else { return };
    let look = &model.look;
    let below = length.saturating_sub(top + usize::from(area.height));
    let text = match (top, below) {
        (0, 0) => return,
        (0, below) => format!(" {below} more "),
        (above, 0) => format!(" {above} above "),
        (above, below) => format!(" {above} above, {below} more "),
    };
    let cells = widget::width(&text);
    // Rule, title and count share the line; the title gives way.
    let room = usize::from(title.width).saturating_sub(cells + 2);
    if room >= 16 {
        let short = widget::fit(look.symbols, &text_of_title, room.saturating_sub(6)).into_owned();
        let line = widget::rule(look, &short, usize::from(title.width));
        widget::put(&line, title, buffer);
        buffer.set_string(title.x + room as u16, title.y, text, look.theme.quiet);
    }
}

/// Lines from `top` on, as many as fit.
pub fn lines(lines: &[Line<'static>], top: usize, area: Rect, buffer: &mut Buffer) {
    for (y, line) in (area.y..area.bottom()).zip(lines.iter().skip(top)) {
        widget::put(line, Rect { y, height: 1, ..area }, buffer);
    }
}

/// The rows of the screen in front, narrowed as somebody asked for.
#[must_use]
pub fn items(model: &Model) -> Vec<Item> {
    let mut items = match model.screen {
        Screen::Now => now::items(model),
        Screen::Steps => steps::items(model),
        Screen::Owners => owners::items(model),
        Screen::Gates => gates::items(model),
        Screen::Proofs => proofs::items(model),
        Screen::Evidence => evidence::items(model),
        Screen::Deps => deps::items(model),
        Screen::Claims => claims::items(model),
        Screen::Decide => decide::items(model),
    };
    if model.problems_only && model.screen != Screen::Now {
        items.retain(|item| item.problem || item.subject.is_none());
    }
    if model.filter.is_on() {
        items.retain(|item| {
            let Some(subject) = &item.subject else { return true };
            let shown = line(model, item, 400).spans.iter().map(|span| span.content.as_ref()).collect::<String>();
            // An id may be shown in part, or as a title; whoever types it whole means this row.
            model.filter.keeps(&format!("{shown} {}", subject.id().unwrap_or_default()))
        });
    }
    if let (true, Some(facts)) = (model.mine_only, model.facts()) {
        let others =
            |subject: &Subject| subject.owner(&facts).is_some_and(|owner| !model.mine.iter().any(|mine| mine == owner.as_str()));
        items.retain(|item| !item.subject.as_ref().is_some_and(others));
    }
    if model.problems_only || model.filter.is_on() {
        without_empty_sections(&mut items);
    }
    items
}

/// Headings with nothing left beneath them go.
fn without_empty_sections(items: &mut Vec<Item>) {
    let keep: Vec<bool> = items
        .iter()
        .enumerate()
        .map(|(at, item)| {
            let rest = items.iter().skip(at + 1);
            match &item.kind {
                Kind::Row(_) => true,
                Kind::Note(_) => false,
                Kind::Group(_) => rest.take_while(|next| matches!(next.kind, Kind::Row(_))).next().is_some(),
                Kind::Heading(_) => {
                    rest.take_while(|next| !matches!(next.kind, Kind::Heading(_))).any(|next| matches!(next.kind, Kind::Row(_)))
                }
            }
        })
        .collect();
    let mut keep = keep.into_iter();
    items.retain(|_| keep.next().unwrap_or(true));
}

/// One row, drawn. The first cell stays free for the mark of the selection.
fn line(model: &Model, item: &Item, width: usize) -> Line<'static> {
    let look = &model.look;
    match (&item.kind, &item.subject) {
        (Kind::Heading(title), _) => widget::rule(look, title, width),
        (Kind::Group(title), _) => Ink::new(look, width).gap(3).text(title, look.theme.quiet).line(),
        (Kind::Note(text), _) => Ink::new(look, width).gap(1).quiet(text).line(),
        (Kind::Row(_), None) => Line::default(),
        (Kind::Row(_), Some(subject)) => match model.screen {
            Screen::Now => now::line(model, subject, width),
            Screen::Steps => steps::line(model, subject, width),
            Screen::Owners => owners::line(model, subject, width),
            Screen::Gates => gates::line(model, subject, width),
            Screen::Proofs => proofs::line(model, subject, width),
            Screen::Evidence => evidence::line(model, subject, width),
            Screen::Deps => deps::line(model, subject, width),
            Screen::Claims => claims::line(model, subject, width),
            Screen::Decide => decide::line(model, subject, width),
        },
    }
}

/// What stands beside or below the list.
fn detail(model: &Model, width: u16) -> Vec<Line<'static>> {
    let cells = usize::from(width);
    match model.screen {
        Screen::Now => now::side(model, cells),
        Screen::Steps => steps::detail(model, cells),
        Screen::Owners => owners::detail(model, cells),
        Screen::Gates => gates::detail(model, cells),
        Screen::Proofs => proofs::detail(model, cells),
        Screen::Evidence => evidence::detail(model, cells),
        Screen::Deps => deps::detail(model, cells),
        Screen::Claims => claims::detail(model, cells),
        Screen::Decide => decide::detail(model, cells),
    }
}

/// How many lines the detail has.
#[must_use]
pub fn detail_length(model: &Model, width: u16) -> usize {
    detail(model, width).len()
}

/// Up to two lines under the tabs: the verdict this screen is about.
fn head(model: &Model, width: usize) -> Vec<Line<'static>> {
    match model.screen {
        Screen::Now => now::head(model, width),
        Screen::Gates => gates::head(model, width),
        Screen::Owners => owners::head(model, width),
        Screen::Decide => decide::head(model, width),
        Screen::Steps | Screen::Proofs | Screen::Evidence | Screen::Deps | Screen::Claims => Vec::new(),
    }
}

fn list_title(model: &Model) -> String {
    let title = match model.screen {
        Screen::Now => now::title(model),
        Screen::Steps => "Weeks".into(),
        Screen::Owners => "Roles".into(),
        Screen::Gates => "Gates".into(),
        Screen::Proofs => proofs::title(model),
        Screen::Evidence => evidence::title(model),
        Screen::Deps => deps::title(model),
        Screen::Claims => claims::title(model),
        Screen::Decide => "Stages".into(),
    };
    let title = if model.mine_only { format!("{title}, only mine") } else { title };
    match (model.filter.is_on(), model.problems_only) {
        (true, _) => format!("{title}, with \"{}\"", model.filter.text.as_str()),
        (false, true) => format!("{title}, problems only"),
        (false, false) => title,
    }
}

fn detail_title(model: &Model) -> String {
    let title = match model.screen {
        Screen::Now => "Weeks".into(),
        Screen::Proofs if output::has_pane(model) => output::pane_title(model),
        _ => model.selected().map(|subject| parts::name(model, subject)).unwrap_or_default(),
    };
    if model.place().in_detail { format!("{title} {}", model.look.symbols.current) } else { title }
}

/// Which row of the list is there.
#[must_use]
pub fn item_at(model: &Model, at: Position) -> Option<usize> {
    let list = regions(model).list;
    list.contains(at).then(|| model.place().top + usize::from(at.y - list.y))
}
