//! A form over the foot of the screen: what it is about, its fields with a hint for each, and what saving would do.

use super::overlay::{foot, sheet, text_cells};
use crate::tui::action::Scope;
use crate::tui::model::Model;
use crate::tui::model::form::{Field, FieldInput, Form, Preview, Purpose};
use crate::tui::widget::{self, Ink};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
    text::Line,
};

/// Nothing typed is longer than that on most days; the rest scrolls.
const INPUT: usize = 56;
/// An input narrower than this leaves its hint to the line beneath.
const NARROW: usize = 28;
/// Rows kept free for what saving does, so that the fields do not move while it is worked out.
const CONSEQUENCES: usize = 2;

/// How a form shares its width.
#[derive(Clone, Copy)]
struct Columns {
    label: usize,
    input: usize,
    /// Hints stand beside the inputs, else beneath them.
    beside: bool,
    cells: usize,
}

impl Columns {
    fn of(form: &Form, cells: usize) -> Self {
        let labels = form.fields.iter().map(|field| field.label.as_str());
        let labels = labels.chain(form.facts.iter().map(|(label, _)| label.as_str())).chain(["Meanwhile"]);
        // Two more: the mark of the field in hand, and a blank.
        let label = labels.map(widget::width).max().unwrap_or(0).min(cells / 3) + 2;
        let room = cells.saturating_sub(label);
        let hint = form.fields.iter().map(|field| widget::width(&field.hint)).max().unwrap_or(0);
        let left = room.saturating_sub(hint + 2);
        if hint > 0 && left >= NARROW {
            Self { label, input: left.min(INPUT), beside: true, cells }
        } else {
            Self { label, input: room.min(INPUT), beside: false, cells }
        }
    }

    /// The cells beside the labels.
    fn room(self) -> usize {
        self.cells.saturating_sub(self.label).max(8)
    }
}

/// Paints the form; the answer is where text is typed.
pub fn paint(model: &Model, form: &Form, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let columns = Columns::of(form, text_cells(area));
    let (above, below) = (facts(model, form, columns, usize::MAX), consequences(model, form, columns));
    let room = usize::from(area.height.saturating_sub(7));
    // Hints of all fields when there is room for them, else of the one in hand.
    let beneath = |field: &&Field| !columns.beside && !field.hint.is_empty();
    let hints = form.fields.iter().filter(beneath).count();
    let all = above.len() + 1 + form.fields.len() + hints + below.len() <= room;
    let mut fields: Vec<Line<'static>> = Vec::new();
    let mut cursor = None;
    for (at, field) in form.fields.iter().enumerate() {
        let focused = at == form.focus;
        if focused {
            cursor = Some((fields.len(), (columns.label + visible(model, field, columns.input).1) as u16));
        }
        fields.push(input(model, field, focused, columns));
        if beneath(&field) && (focused || all) {
            let hints = widget::wrap(model.look.symbols, &field.hint, columns.room());
            fields.extend(hints.iter().map(|hint| Ink::new(&model.look, columns.cells).gap(columns.label).quiet(hint).line()));
        }
    }
    // What saving does and why it was refused stay; when there is no room, what explains the form gives way.
    let kept = room.saturating_sub(fields.len() + below.len() + 1);
    let mut lines = if above.len() > kept { facts(model, form, columns, kept) } else { above };
    if !lines.is_empty() && !fields.is_empty() {
        lines.push(Line::default());
    }
    let first = lines.len();
    lines.extend(fields);
    lines.extend(below);
    let body = sheet(model, &form.title, lines.len(), area, buffer);
    let inner = Rect { x: body.x + 1, width: body.width.saturating_sub(1), ..body };
    // When the window is lower than the form, the field in hand stays in sight.
    let focus = cursor.map_or(0, |(row, _)| first + row + 1);
    let top = (focus + 1).saturating_sub(usize::from(inner.height)).min(lines.len().saturating_sub(usize::from(inner.height)));
    super::lines(&lines, top, inner, buffer);
    foot(model, Scope::Form, form.submit, "", area, buffer);
    let (row, column) = cursor?;
    let y = (first + row).checked_sub(top)?;
    (y < usize::from(inner.height)).then(|| Position { x: inner.x + column, y: inner.y + y as u16 })
}

/// What the form is about, in so many rows: where they do not do, what is longest ends with a mark that there is more.
fn facts(model: &Model, form: &Form, columns: Columns, rows: usize) -> Vec<Line<'static>> {
    let style = (model.look.theme.quiet, model.look.theme.text);
    let mut out = Vec::new();
    for (at, (label, text)) in form.facts.iter().enumerate() {
        // A row for each that comes after it.
        let most = rows.saturating_sub(out.len() + form.facts.len() - at - 1);
        out.extend(labelled(model, label, text, style, columns, most));
    }
    out
}

fn labelled(
    model: &Model,
    label: &str,
    text: &str,
    (of_label, of_text): (Style, Style),
    columns: Columns,
    most: usize,
) -> Vec<Line<'static>> {
    let mut rows = widget::wrap(model.look.symbols, text, columns.room());
    if rows.len() > most {
        let rest = rows.split_off(most.saturating_sub(1)).join(" ");
        rows.extend((most > 0).then_some(rest));
    }
    let put = |(at, line): (usize, &String)| {
        let label = if at == 0 { label } else { "" };
        Ink::new(&model.look, columns.cells).gap(1).cell(label, columns.label - 1, of_label).text(line, of_text).line()
    };
    rows.iter().enumerate().map(put).collect()
}

/// What saving does, what somebody else did meanwhile, why it was not done: set off by a blank line, always in the same
/// place at the foot.
fn consequences(model: &Model, form: &Form, columns: Columns) -> Vec<Line<'static>> {
    let theme = &model.look.theme;
    let mut texts: Vec<(&str, String, Style)> = Vec::new();
    match &form.preview {
        Preview::None => {}
        Preview::Asked(_) if form.purpose == Purpose::Dossier => texts.push(("Looking", "…".into(), theme.quiet)),
        Preview::Asked(_) => texts.push(("Saving", "…".into(), theme.quiet)),
        Preview::Known(lines) if lines.is_empty() => {
            texts.push(("Saving", "changes no verdict and stales nothing".into(), theme.text));
        }
        Preview::Known(lines) => texts.extend(
            lines.iter().enumerate().map(|(at, line)| (if at == 0 { "Saving" } else { "" }, line.clone(), theme.caution)),
        ),
        Preview::Holds(looked) => texts.extend(
            looked
                .lines
                .iter()
                .map(|(label, text)| (label.as_str(), text.clone(), if label.is_empty() { theme.quiet } else { theme.text })),
        ),
        Preview::Refused(why) => texts.push(("Refused", why.clone(), theme.trouble)),
    }
    texts.extend(form.meanwhile().map(|line| ("Meanwhile", line, theme.caution)));
    texts.extend(model.unreadable.iter().map(|why| ("Meanwhile", why.clone(), theme.trouble)));
    texts.extend(form.error.iter().map(|why| ("Not done", why.clone(), theme.trouble)));
    let foretold =
        matches!(form.purpose, Purpose::Scope(_) | Purpose::Dependency(_) | Purpose::Activation(_) | Purpose::Withdraw(_));
    if texts.is_empty() && !foretold {
        return Vec::new();
    }
    let mut out = vec![Line::default()];
    for (label, text, style) in texts {
        out.extend(labelled(model, label, &text, (style, style), columns, usize::MAX));
    }
    if foretold {
        out.resize(out.len().max(1 + CONSEQUENCES), Line::default());
    }
    out
}

fn input(model: &Model, field: &Field, focused: bool, columns: Columns) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let mark = if focused { look.symbols.current } else { " " };
    let ink = Ink::new(look, columns.cells)
        .cell(mark, 1, theme.strong)
        .cell(&field.label, columns.label - 2, if focused { theme.strong } else { theme.quiet })
        .gap(1);
    let ink = match &field.input {
        FieldInput::Text(_) | FieldInput::Secret(_) => {
            let (text, _) = visible(model, field, columns.input);
            ink.cell(&text, columns.input, theme.field)
        }
        FieldInput::Choice { options, at } => {
            let label = options.get(*at).map_or("", |(_, label)| label);
            let keys = if look.symbols.ellipsis.is_ascii() { "left/right" } else { "←/→" };
            let hint = format!("{keys} {} of {}", at + 1, options.len());
            if focused {
                ink.text("< ", theme.key).text(label, theme.strong).text(" >", theme.key).gap(2).quiet(&hint)
            } else {
                ink.text("< ", theme.quiet).plain(label).text(" >", theme.quiet)
            }
        }
    };
    if columns.beside && !field.hint.is_empty() {
        ink.to(columns.label + columns.input + 2).quiet(&field.hint).line()
    } else {
        ink.line()
    }
}

/// The part of a text around the cursor that fits, and the cursor's cell in it.
fn visible(model: &Model, field: &Field, room: usize) -> (String, usize) {
    let (input, hidden) = match &field.input {
        FieldInput::Text(input) => (input, false),
        FieldInput::Secret(input) => (input, true),
        FieldInput::Choice { .. } => return (String::new(), 0),
    };
    let room = room.saturating_sub(1).max(1);
    let shown =
        |text: &str| if hidden { "*".repeat(text.chars().count()) } else { widget::clean(model.look.symbols, text).into_owned() };
    let (text, before) = (shown(input.as_str()), shown(input.before_cursor()));
    let at = widget::width(&before);
    if at <= room {
        return (text, at);
    }
    // Scrolled so that the cursor stands at the right edge.
    let skip = at - room;
    let mut used = 0;
    let from = text.char_indices().find(|(_, c)| {
        let past = used >= skip;
        used += widget::width(c.encode_utf8(&mut [0; 4]));
        past
    });
    let text = from.map_or("", |(from, _)| text.get(from..).unwrap_or_default()).to_owned();
    (text, room)
}
