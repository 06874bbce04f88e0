//! A line into cells. Nearly all of a screen is characters of exactly one cell, and those need neither clusters nor
//! widths looked up; whatever else there is goes the long way.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::Widget as _,
};

/// Draws a line into the first row of `area`.
pub fn put(line: &Line<'_>, area: Rect, buffer: &mut Buffer) {
    if area.height == 0 || line.style != Style::new() || line.alignment.is_some() {
        return line.render(area, buffer);
    }
    let area = area.intersection(buffer.area);
    let mut x = area.x;
    for span in &line.spans {
        let left = Rect { x, width: area.right().saturating_sub(x), height: 1, ..area };
        if left.width == 0 {
            return;
        }
        if span.content.chars().all(takes_one_cell) {
            x = put_cells(span, left, buffer);
        } else {
            x = put_clusters(span, left, buffer);
            // A wide character that does not fit leaves a cell free, but the line ends there.
            if super::width(&span.content) > usize::from(left.width) {
                return;
            }
        }
    }
}

/// One cell, whatever stands beside it: printable ASCII, and the marks that our own symbol set draws with.
fn takes_one_cell(c: char) -> bool {
    matches!(c, ' '..='~' | '─' | '│' | '┬' | '┴' | '├' | '┤' | '┼' | '✓' | '✗' | '–' | '·' | '■' | '→' | '…' | '↵')
}

fn put_cells(span: &Span<'_>, area: Rect, buffer: &mut Buffer) -> u16 {
    let mut at = area.x;
    for (x, c) in (area.x..area.right()).zip(span.content.chars()) {
        if let Some(cell) = buffer.cell_mut((x, area.y)) {
            cell.set_char(c).set_style(span.style);
        }
        at = x + 1;
    }
    at
}

fn put_clusters(span: &Span<'_>, area: Rect, buffer: &mut Buffer) -> u16 {
    buffer.set_stringn(area.x, area.y, &span.content, usize::from(area.width), span.style).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::symbols::UNICODE;
    use proptest::prelude::*;
    use ratatui::style::Color;

    fn both(spans: &[String], width: u16) -> (Buffer, Buffer) {
        let styles = [Style::new(), Style::new().fg(Color::Red)];
        let line: Line<'_> = spans.iter().zip(styles.iter().cycle()).map(|(text, style)| Span::styled(text, *style)).collect();
        let area = Rect::new(0, 0, width, 1);
        let (mut ours, mut theirs) = (Buffer::empty(area), Buffer::empty(area));
        put(&line, area, &mut ours);
        (&line).render(area, &mut theirs);
        (ours, theirs)
    }

    #[test]
    fn every_mark_of_ours_takes_one_cell() {
        let s = UNICODE;
        let states = [s.met, s.unmet, s.stale, s.excluded, s.idle, s.blocked, s.named, s.warning, s.current];
        let lines = [s.rule, s.bar, s.tee_down, s.tee_up, s.tee_right, s.tee_left, s.cross, s.arrow, s.ellipsis, s.enter];
        for mark in states.into_iter().chain(lines) {
            assert!(mark.chars().all(takes_one_cell), "{mark} goes the long way");
            assert_eq!(crate::tui::widget::width(mark), 1, "{mark}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_paints_what_the_long_way_paints(
            spans in prop::collection::vec("[ -~─│✓✗·…→漢é]{0,9}", 0..6),
            width in 1u16..30,
        ) {
            let (ours, theirs) = both(&spans, width);
            prop_assert_eq!(ours, theirs);
        }
    }
}
