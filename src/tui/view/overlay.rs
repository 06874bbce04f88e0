//! What lies over a screen: help, the command list, why, since, captured text, forms and questions.

use super::{form, parts};
use crate::domain::gate::RequirementState;
use crate::domain::plan::{Need, Requirement};
use crate::present::words;
use crate::tui::action::{Action, Scope, TABLE};
use crate::tui::model::overlay::{Confirm, Overlay, Pager, Palette};
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::update::palette_matches;
use crate::tui::widget::{self, Ink};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::{Clear, Widget as _},
};

/// Paints the topmost overlay; the answer is where text is typed.
pub fn paint(model: &Model, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    match model.overlays.last()? {
        Overlay::Help { top } => read(model, "Keys", &help(model, text_cells(area)), *top, area, buffer),
        Overlay::Why { about, top } => read(model, "Why", &why(model, about, text_cells(area)), *top, area, buffer),
        Overlay::Since { top } => read(model, "Since", &super::since::text(model, text_cells(area)), *top, area, buffer),
        Overlay::Pager(pager) => read(model, &pager.title, &captured(model, pager, text_cells(area)), pager.top, area, buffer),
        Overlay::Palette(palette) => return Some(commands(model, palette, area, buffer)),
        Overlay::Rooms(rooms) => return Some(super::rooms::paint(model, rooms, area, buffer)),
        Overlay::Form(form) => return form::paint(model, form, area, buffer),
        Overlay::Conflict(about) => super::conflict::paint(model, about, area, buffer),
        Overlay::Confirm(question) => confirm(model, question, area, buffer),
    }
    None
}

/// The last line that may be the first one shown of the overlay in front: below it there is a whole window of text.
#[must_use]
pub fn last_top(model: &Model) -> usize {
    let cells = text_cells(model.size);
    let length = match model.overlays.last() {
        Some(Overlay::Help { .. }) => help(model, cells).len(),
        Some(Overlay::Why { about, .. }) => why(model, about, cells).len(),
        Some(Overlay::Since { .. }) => super::since::text(model, cells).len(),
        Some(Overlay::Pager(pager)) => captured(model, pager, cells).len(),
        Some(Overlay::Palette(_) | Overlay::Rooms(_) | Overlay::Conflict(_) | Overlay::Form(_) | Overlay::Confirm(_)) | None => 0,
    };
    length.saturating_sub(usize::from(text_area(model.size).height))
}

pub(super) fn text_cells(area: Rect) -> usize {
    usize::from(area.width.saturating_sub(4))
}

/// Where text is read, between the rules.
fn text_area(area: Rect) -> Rect {
    Rect { x: area.x + 2, y: area.y + 1, width: area.width.saturating_sub(4), height: area.height.saturating_sub(3) }
}

/// A text over the whole screen, between two rules.
fn read(model: &Model, title: &str, text: &[Line<'static>], top: usize, area: Rect, buffer: &mut Buffer) {
    Clear.render(area, buffer);
    frame(model, title, area, buffer);
    let body = text_area(area);
    let top = top.min(text.len().saturating_sub(usize::from(body.height)));
    super::lines(text, top, body, buffer);
    let below = text.len().saturating_sub(top + usize::from(body.height));
    foot(
        model,
        Scope::Reading,
        "",
        &if below > 0 { words::count(below, "more line", "more lines") } else { String::new() },
        area,
        buffer,
    );
}

/// The rule on top and the one above the keys.
fn frame(model: &Model, title: &str, area: Rect, buffer: &mut Buffer) {
    let cells = usize::from(area.width);
    widget::rule(&model.look, title, cells).render(Rect { height: 1, ..area }, buffer);
    widget::rule(&model.look, "", cells).render(Rect { y: area.bottom().saturating_sub(2), height: 1, ..area }, buffer);
}

/// The keys that work in this scope; the first one may bear a word of its own.
pub(super) fn foot(model: &Model, scope: Scope, first: &str, right: &str, area: Rect, buffer: &mut Buffer) {
    let (look, theme) = (&model.look, &model.look.theme);
    let row = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
    let mut ink = Ink::new(look, usize::from(row.width)).gap(1);
    let mut actions: Vec<&Action> = TABLE.iter().filter(|action| action.scope == scope && action.weight > 0).collect();
    actions.sort_by_key(|action| std::cmp::Reverse(action.weight));
    for (at, action) in actions.into_iter().enumerate() {
        let key = model.keymap.chords(action).first().map(ToString::to_string).unwrap_or_default();
        let key = if key == "Enter" { look.symbols.enter.to_owned() } else { key };
        let word = if at == 0 && !first.is_empty() { first } else { action.word };
        ink = ink.text(&key, theme.key).gap(1).plain(word).gap(2);
    }
    ink.right(right, theme.quiet).line().render(row, buffer);
}

/// Every key, by where it works; the screen in front first.
fn help(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let (look, theme) = (&model.look, &model.look.theme);
    let mut scopes = vec![
        Scope::On(model.screen),
        Scope::Browse,
        Scope::Always,
        Scope::Reading,
        Scope::Form,
        Scope::Confirm,
        Scope::Palette,
        Scope::Filter,
    ];
    if model.opened.is_none() {
        scopes = vec![Scope::Start, Scope::Always, Scope::Form];
    }
    for action in TABLE {
        if !scopes.contains(&action.scope) {
            scopes.push(action.scope);
        }
    }
    let mut out = Vec::new();
    for scope in scopes {
        let mut rows = TABLE.iter().filter(|action| action.scope == scope).peekable();
        if rows.peek().is_none() {
            continue;
        }
        out.push(Line::default());
        out.push(Ink::new(look, cells).text(scope.title(), theme.heading).line());
        for action in rows {
            let chords: Vec<String> = model.keymap.chords(action).iter().map(ToString::to_string).collect();
            let doc = widget::wrap(look.symbols, action.doc, cells.saturating_sub(18).max(10));
            for (at, line) in doc.iter().enumerate() {
                let keys = if at == 0 { chords.join(" ") } else { String::new() };
                out.push(Ink::new(look, cells).gap(2).cell(&keys, 15, theme.key).gap(1).plain(line).line());
            }
        }
    }
    out.push(Line::default());
    out.push(Ink::new(look, cells).text("Marks", theme.heading).line());
    let s = look.symbols;
    for (mark, style, what) in [
        (s.met, theme.good, "met, clear, closed, passed"),
        (s.unmet, theme.trouble, "unmet or blank"),
        (s.stale, theme.caution, "stale: too old, or what it rests on changed"),
        (s.excluded, theme.excluded, "left out on purpose"),
        (s.named, theme.caution, "named, and no record shows it yet"),
        (s.warning, theme.caution, "needs an eye"),
        (s.blocked, theme.quiet, "blocked by policy"),
        (s.idle, theme.quiet, "not yet, or not needed"),
    ] {
        out.push(Ink::new(look, cells).gap(2).cell(mark, 15, style).gap(1).plain(what).line());
    }
    out
}

/// The chain from a red thing to its missing pieces, its owner and its stop rule.
fn why(model: &Model, about: &Subject, cells: usize) -> Vec<Line<'static>> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let theme = &model.look.theme;
    let requirement = match about {
        Subject::Requirement(id) => facts.readiness.requirement(id.as_str()),
        _ => None,
    };
    let mut out = vec![Line::default()];
    match (requirement, about) {
        (Some(state), _) => {
            gate_reason(model, &facts, state.id.gate(), cells, &mut out);
            chain(model, &facts, state, 1, cells, &mut out);
        }
        (None, Subject::Gate(id)) => {
            gate_reason(model, &facts, id.as_str(), cells, &mut out);
            if let Some(gate) = facts.readiness.gate(id.as_str()) {
                for state in gate.requirements.iter().filter(|state| !state.status.is_settled()) {
                    chain(model, &facts, state, 1, cells, &mut out);
                }
            }
        }
        (None, Subject::Proof(id)) => super::stale::why(model, &facts, id, cells, &mut out),
        (None, other) => {
            let name = parts::name(model, other);
            out.push(Ink::new(&model.look, cells).text(&name, theme.strong).line());
            let holding = facts.readiness.gates.iter().filter(|gate| !gate.outside).flat_map(|gate| &gate.requirements);
            let mut any = false;
            for state in holding.filter(|state| !state.status.is_settled() && rests_on(&facts, state, other)) {
                any = true;
                chain(model, &facts, state, 1, cells, &mut out);
            }
            if !any {
                out.extend(parts::text(model, cells, "Nothing that is not in order hangs on it.", theme.text));
            }
        }
    }
    out
}

fn gate_reason(model: &Model, facts: &Facts, gate: &str, cells: usize, out: &mut Vec<Line<'static>>) {
    let Some(gate) = facts.readiness.gate(gate) else { return };
    let theme = &model.look.theme;
    let mark = model.look.symbols.gate(gate.status);
    out.push(
        Ink::new(&model.look, cells)
            .text(mark, theme.gate(gate.status))
            .gap(1)
            .text(&format!("{} is {}", words::stage(facts.plan, gate.id.as_str()), words::gate(gate.status)), theme.strong)
            .line(),
    );
    for line in widget::wrap(model.look.symbols, &format!("Until it is clear: {}", gate.stop_rule), cells.saturating_sub(4)) {
        out.push(Ink::new(&model.look, cells).gap(4).plain(&line).line());
    }
}

/// One requirement, why, who, what to do; and what it in turn waits for.
pub fn chain(model: &Model, facts: &Facts, state: &RequirementState, depth: usize, cells: usize, out: &mut Vec<Line<'static>>) {
    let (look, theme) = (&model.look, &model.look.theme);
    let (mark, style) = parts::mark(model, facts, state);
    let indent = depth * 4;
    let room = cells.saturating_sub(indent + 4).max(16);
    out.push(Line::default());
    out.push(
        Ink::new(look, cells)
            .gap(indent - 2)
            .text(mark, style)
            .gap(1)
            .text(state.id.as_str(), theme.strong)
            .gap(2)
            .text(words::requirement(state.status), style)
            .line(),
    );
    let mut put = |label: &str, text: &str| {
        for line in parts::labelled(model, room, label, text, theme.text) {
            let mut spans = vec![Span::raw(" ".repeat(indent))];
            spans.extend(line.spans);
            out.push(Line::from(spans));
        }
    };
    put("Why", &state.reason);
    if !state.missing.is_empty() {
        put("Missing", &state.missing.join(", "));
    }
    put("Who", &parts::owes(facts, state));
    if !state.status.is_settled() {
        put("Do", &state.remedy);
    }
    // Gates build on gates, but never on themselves: a plan with a cycle is refused.
    let beneath = facts.plan.requirement(state.id.as_str()).map(|spec| &spec.need);
    if let (Some(Need::Gate(gate)), true) = (beneath, depth < 4)
        && let Some(gate) = facts.readiness.gate(gate.as_str())
    {
        for state in gate.requirements.iter().filter(|state| !state.status.is_settled()) {
            chain(model, facts, state, depth + 1, cells, out);
        }
    }
}

/// Whether a requirement waits for this thing.
fn rests_on(facts: &Facts, state: &RequirementState, subject: &Subject) -> bool {
    let missing = |id: &str| state.missing.iter().any(|missing| missing == id || missing.ends_with(&format!(".{id}")));
    match subject {
        Subject::Role(id) => missing(id.as_str()),
        Subject::Field(id) => missing(id.as_str()),
        Subject::Dependency(id) => missing(id.as_str()),
        Subject::Group(id) => missing(id.as_str()),
        Subject::Step(id) | Subject::Task(id, _) => {
            matches!(facts.plan.requirement(state.id.as_str()), Some(Requirement { need: Need::Step(step), .. }) if step == id)
        }
        _ => false,
    }
}

fn captured(model: &Model, pager: &Pager, cells: usize) -> Vec<Line<'static>> {
    let Some(lines) = &pager.lines else {
        return vec![Ink::new(&model.look, cells).quiet("Reading…").line()];
    };
    // Only what can be seen is made safe; the rest keeps its place.
    let seen = pager.top..pager.top + usize::from(model.size.height);
    super::output::folded(model, lines, seen, cells)
}

/// A box at the bottom, as high as it needs to be. What it covers stays readable above.
pub(super) fn sheet(model: &Model, title: &str, height: usize, area: Rect, buffer: &mut Buffer) -> Rect {
    let height = (height as u16).min(area.height.saturating_sub(4)).max(3);
    let sheet = Rect { y: area.bottom() - height - 3, height: height + 3, ..area };
    Clear.render(sheet, buffer);
    frame(model, title, sheet, buffer);
    Rect { x: sheet.x + 1, y: sheet.y + 1, width: sheet.width.saturating_sub(2), height }
}

fn commands(model: &Model, palette: &Palette, area: Rect, buffer: &mut Buffer) -> Position {
    let (look, theme) = (&model.look, &model.look.theme);
    let found = palette_matches(model, &palette.text);
    let body = sheet(model, "Commands", usize::from(area.height) * 2 / 3, area, buffer);
    let cells = usize::from(body.width);
    Ink::new(look, cells)
        .text(":", theme.key)
        .plain(palette.text.as_str())
        .right(&format!("{} fit", found.len()), theme.quiet)
        .line()
        .render(Rect { height: 1, ..body }, buffer);
    let rows = usize::from(body.height.saturating_sub(1));
    let top = palette.selected.saturating_sub(rows.saturating_sub(1));
    for (y, (at, hit)) in (body.y + 1..body.bottom()).zip(found.iter().enumerate().skip(top)) {
        let row = Rect { y, height: 1, ..body };
        let why_not = hit.action.is_possible(model).err();
        let key = model.keymap.chords(hit.action).first().map(ToString::to_string).unwrap_or_default();
        let base = if why_not.is_some() { theme.quiet } else { theme.text };
        let mut ink = Ink::new(look, cells).gap(1).cell(&key, 8, if why_not.is_some() { theme.quiet } else { theme.key });
        for (letter, c) in hit.action.title.chars().enumerate() {
            let hit = hit.letters.contains(&(letter as u32));
            ink = ink.text(c.encode_utf8(&mut [0; 4]), if hit { base.patch(theme.found) } else { base });
        }
        ink.to(52.min(cells / 2 + 12))
            .text(why_not.unwrap_or(if hit.action.danger { "asks first" } else { "" }), theme.quiet)
            .line()
            .render(row, buffer);
        if at == palette.selected {
            buffer.set_style(row, theme.selected);
        }
    }
    foot(model, Scope::Palette, "", "", area, buffer);
    let before = widget::clean(look.symbols, palette.text.before_cursor()).into_owned();
    Position { x: body.x + 1 + (widget::width(&before) as u16).min(body.width.saturating_sub(2)), y: body.y }
}

fn confirm(model: &Model, question: &Confirm, area: Rect, buffer: &mut Buffer) {
    let theme = &model.look.theme;
    let cells = text_cells(area);
    let mut lines: Vec<Line<'static>> = Vec::new();
    for text in question.lines.iter().filter(|text| !text.is_empty()) {
        lines.extend(parts::text(model, cells, text, theme.text));
    }
    let body = sheet(model, &question.title, lines.len() + 1, area, buffer);
    super::lines(&lines, 0, Rect { x: body.x + 1, width: body.width.saturating_sub(1), ..body }, buffer);
    foot(model, Scope::Confirm, &question.yes, "", area, buffer);
}
