//! The frame around every screen: header, tabs, status or keys.

use super::link;
use super::regions::Regions;
use super::verb;
use crate::domain::plan::Plan;
use crate::present::words;
use crate::tui::action::{Action, Choice, TABLE, scopes};
use crate::tui::model::{Facts, Model, Notice, Screen};
use crate::tui::widget::{self, Ink};
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    widgets::{Clear, Widget as _},
};

/// From this width on, tabs carry a count of what is not in order.
const WIDE: u16 = 100;
/// A tenant's name takes no more of the header: week, clock and go/no-go have to survive it.
const TENANT: usize = 24;
/// So many rows of the screen a notice may take.
const NOTICE: usize = 4;

/// Header, tabs and the rule under them.
pub fn header(model: &Model, regions: &Regions, buffer: &mut Buffer) {
    let Some(facts) = model.facts() else { return };
    widget::put(&header_line(model, &facts, usize::from(regions.header.width)), regions.header, buffer);
    tab_line(model, regions, buffer);
    widget::put(&widget::rule(&model.look, "", usize::from(regions.rule.width)), regions.rule, buffer);
    widget::put(&widget::rule(&model.look, "", usize::from(regions.foot_rule.width)), regions.foot_rule, buffer);
}

/// Parts of the header and how soon they give way when the line is short; trouble never does.
fn header_line(model: &Model, facts: &Facts, width: usize) -> ratatui::text::Line<'static> {
    let theme = &model.look.theme;
    let trouble = trouble(model, facts);
    let moment = |zone: bool| {
        if zone { words::moment_in_zone(facts.now, facts.zone) } else { words::moment(facts.now, facts.zone) }
    };
    let week = format!("{}, ", words::week(facts.readiness.week));
    let motion = facts.room.motion(facts.plan).map(|motion| motion.title.clone()).unwrap_or_default();
    let call = facts.room.tenant.go_no_go.map(|at| {
        let left = facts.room.go_no_go().map(|at| words::age(facts.now, at)).unwrap_or_default();
        format!("go/no-go {}, {left}", at.strftime("%a %d %b %H:%M"))
    });
    let saved = link::healthy(model);
    let tenant = widget::clean(model.look.symbols, &facts.room.tenant.name);
    let tenant = widget::fit(model.look.symbols, &tenant, TENANT);
    // The order things are dropped in: motion, healthy state, zone, who else is here, week.
    for dropped in 0..=6 {
        let mut parts = vec![(tenant.to_string(), theme.strong)];
        if dropped < 1 && !motion.is_empty() {
            parts.push((motion.clone(), theme.text));
        }
        let when = format!("{}{}", if dropped < 5 { &week } else { "" }, moment(dropped < 3));
        parts.push((when, theme.text));
        if let Some(call) = call.as_ref().filter(|_| dropped < 6) {
            parts.push((call.clone(), theme.text));
        }
        match &trouble {
            // Nobody may overlook it: it comes first, and what is cut is behind it.
            Some(trouble) if model.curtain.is_some() => parts.insert(0, (trouble.clone(), theme.caution)),
            Some(trouble) => parts.push((trouble.clone(), theme.caution)),
            None if dropped < 2 => parts.push((saved.clone(), theme.quiet)),
            None if dropped < 4 => parts.extend(link::short(model).map(|told| (told, theme.quiet))),
            None => parts.extend(link::shortest(model).map(|told| (told, theme.quiet))),
        }
        let need: usize = parts.iter().map(|(text, _)| widget::width(text) + 3).sum::<usize>().saturating_sub(2);
        if need <= width || dropped == 6 {
            let mut ink = Ink::new(&model.look, width).gap(1);
            for (at, (text, style)) in parts.iter().enumerate() {
                ink = if at == 0 { ink } else { ink.gap(3) };
                ink = ink.text(text, *style);
            }
            return ink.line();
        }
    }
    ratatui::text::Line::default()
}

/// Everything that must not be overlooked; none of it hides another.
fn trouble(model: &Model, facts: &Facts) -> Option<String> {
    if let Some(curtain) = &model.curtain {
        return Some(presenting(curtain, facts));
    }
    let assumed = model.what_if.assumed.len();
    let what_if = (assumed > 0).then(|| format!("WHAT-IF {assumed} assumed, Esc"));
    let unreadable = model.unreadable.as_ref().map(|_| "CANNOT BE READ NOW".to_owned());
    let damage = facts.snapshot.ledger.damage.as_ref().map(|damage| format!("LEDGER DAMAGED at line {}", damage.line));
    let view_only = model.view_only().map(|_| "VIEW ONLY".to_owned()).filter(|_| unreadable.is_none() && damage.is_none());
    let all: Vec<String> = [what_if, link::trouble(model, facts), unreadable, damage, view_only].into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join("  "))
}

/// `PRESENTING buyer, 1 change waiting, as of 10:02:33`: what gives way first stands last.
fn presenting(curtain: &crate::tui::model::Curtain, facts: &Facts) -> String {
    let second = curtain.at.to_zoned(facts.zone.clone()).strftime("%H:%M:%S").to_string();
    let waiting = match curtain.waiting {
        0 => String::new(),
        n => format!(", {} waiting", words::count(n, "change", "changes")),
    };
    format!("PRESENTING {}{waiting}, as of {second}", curtain.audience.as_str())
}

/// The tabs and where they are.
#[must_use]
pub fn tabs(model: &Model, area: Rect) -> Vec<(Screen, Rect)> {
    let mut x = area.x + u16::from(area.width < WIDE && model.screen != Screen::Now);
    let counts = Counts::that_fit(model, usize::from(area.width));
    let mut out = Vec::new();
    for screen in Screen::ALL {
        let cells = widget::width(&tab(model, screen, counts)) as u16;
        let left = area.right().saturating_sub(x);
        out.push((screen, Rect { x: x.min(area.right()), width: cells.min(left), ..area }));
        // On a wide line every tab has a blank on either side already.
        x = x.saturating_add(cells).saturating_add(u16::from(area.width < WIDE));
    }
    out
}

/// What the tabs count. Every tab stays whole: the line gives up numbers first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counts {
    All,
    /// Not how many records there are: that is no problem.
    Problems,
    None,
}

impl Counts {
    fn that_fit(model: &Model, width: usize) -> Self {
        let line = |counts| Screen::ALL.iter().map(|screen| widget::width(&tab(model, *screen, counts))).sum::<usize>();
        [Self::All, Self::Problems].into_iter().find(|counts| line(*counts) <= width).unwrap_or(Self::None)
    }
}

/// The text of a tab; wide lines say how much on it is not in order, very narrow ones only its number.
fn tab(model: &Model, screen: Screen, counts: Counts) -> String {
    let current = screen == model.screen;
    let text = format!("{} {}", screen.number(), screen.title());
    let badge = || match counts {
        Counts::None => String::new(),
        Counts::Problems if screen == Screen::Evidence => String::new(),
        Counts::All | Counts::Problems => badge(model, screen),
    };
    match model.size.width {
        WIDE.. if current => format!("[{text}{}]", badge()),
        WIDE.. => format!(" {text}{} ", badge()),
        _ if current => format!("[{text}]"),
        80.. => text,
        _ => screen.number().to_string(),
    }
}

fn tab_line(model: &Model, regions: &Regions, buffer: &mut Buffer) {
    let theme = &model.look.theme;
    let counts = Counts::that_fit(model, usize::from(regions.tab_line.width));
    for (screen, area) in &regions.tabs {
        let style = if *screen == model.screen { theme.strong } else { theme.quiet };
        buffer.set_stringn(area.x, area.y, tab(model, *screen, counts), usize::from(area.width), style);
    }
}

/// How much on a screen is not in order.
fn badge(model: &Model, screen: Screen) -> String {
    let Some(facts) = model.facts() else { return String::new() };
    let r = facts.readiness;
    let count = |n: usize| if n == 0 { String::new() } else { format!(" !{n}") };
    match screen {
        Screen::Now | Screen::Claims | Screen::Decide => String::new(),
        Screen::Steps => {
            let late = r.steps.iter().filter(|step| step.status == crate::domain::gate::StepStatus::Late).count();
            if late == 0 { String::new() } else { " !".into() }
        }
        Screen::Owners => {
            let roles = r.roles.iter().filter(|role| role.blank && !role.outside).count();
            count(roles + r.scope.iter().filter(|field| field.blank && !field.outside).count())
        }
        Screen::Gates => count(next_gate(&facts).map_or(0, |gate| gate.total - gate.met)),
        Screen::Proofs => {
            let stale = super::parts::stale_proofs(&facts);
            if stale == 0 { String::new() } else { format!(" ~{stale}") }
        }
        Screen::Evidence => format!(" {}", super::evidence::count(&facts)),
        Screen::Deps => {
            let open =
                facts.plan.dependencies.iter().filter(|dependency| super::deps::is_open(&facts, dependency.id.as_str())).count();
            count(open)
        }
    }
}

/// The gate that comes next, else the target's.
#[must_use]
pub fn next_gate<'a>(facts: &Facts<'a>) -> Option<&'a crate::domain::gate::GateState> {
    let stage = &facts.readiness.stage;
    facts.readiness.gate(stage.next.as_ref().unwrap_or(&stage.target).as_str())
}

/// A stage by name, for sentences.
#[must_use]
pub fn stage(plan: &Plan, id: &str) -> String {
    words::stage(plan, id)
}

/// What is told, what is typed, or the keys that work here. The answer is where text is typed.
pub fn footer(model: &Model, regions: &Regions, _: Rect, buffer: &mut Buffer) -> Option<Position> {
    let (area, look) = (regions.footer, &model.look);
    let width = usize::from(area.width);
    if model.filter.typing {
        let searched = model.screen == Screen::Proofs && model.place().in_detail;
        let input =
            if searched { crate::tui::action::run_in_front(model).map(|run| &run.search) } else { Some(&model.filter.text) };
        let (label, text) = (if searched { "Search: " } else { "Filter: " }, input.map_or("", |input| input.as_str()));
        Ink::new(look, width)
            .gap(1)
            .text(label, look.theme.strong)
            .text(text, look.theme.text)
            .right("! in front turns it round  Enter keep  Esc drop", look.theme.quiet)
            .line()
            .render(area, buffer);
        let before = widget::clean(look.symbols, input.map_or("", |input| input.before_cursor())).into_owned();
        let column = 1 + widget::width(label) + widget::width(&before);
        return Some(Position { x: area.x + (column as u16).min(area.width.saturating_sub(1)), y: area.y });
    }
    if let Some(notice) = &model.notice {
        told(model, notice, regions, buffer);
        return None;
    }
    for (_, key, word, at) in keys(model, area) {
        buffer.set_string(at.x, at.y, &key, look.theme.key);
        buffer.set_string(at.x + widget::width(&key) as u16 + 1, at.y, word, look.theme.text);
    }
    None
}

/// What is told, in the footer's place. A long one is not cut: it takes the rule over it too, and rows of the screen.
fn told(model: &Model, notice: &Notice, regions: &Regions, buffer: &mut Buffer) {
    let (look, area) = (&model.look, regions.footer);
    let (style, mark) =
        if notice.trouble { (look.theme.trouble, look.symbols.warning) } else { (look.theme.strong, look.symbols.arrow) };
    let indent = widget::width(mark) + 2;
    let cells = usize::from(area.width);
    let lines = widget::wrap(look.symbols, &notice.text, cells.saturating_sub(indent + 1));
    let rows = lines.len().min(NOTICE) as u16;
    let top = area.y.saturating_sub(rows.saturating_sub(1)).max(regions.header.y);
    for (at, (y, line)) in (top..area.bottom()).zip(lines).enumerate() {
        let row = Rect { y, height: 1, ..area };
        Clear.render(row, buffer);
        let ink = Ink::new(look, cells).gap(1).text(if at == 0 { mark } else { "" }, style).to(indent);
        widget::put(&ink.text(&line, style).line(), row, buffer);
    }
    if rows > 1 && top > regions.header.y {
        widget::put(&widget::rule(look, "", cells), Rect { y: top - 1, height: 1, ..area }, buffer);
    }
}

/// The keys in the footer and where they are, for the mouse.
#[must_use]
pub fn footer_keys(model: &Model) -> Vec<(Choice, Rect)> {
    if model.notice.is_some() || model.filter.typing {
        return Vec::new();
    }
    keys(model, super::regions(model).footer).into_iter().map(|(choice, _, _, at)| (choice, at)).collect()
}

/// As many keys as fit, the heaviest first choice, in the order of the table.
fn keys(model: &Model, area: Rect) -> Vec<(Choice, String, &'static str, Rect)> {
    let scopes = scopes(model);
    let fits = |action: &Action| scopes.contains(&action.scope) && action.is_possible(model).is_ok();
    let mut wanted: Vec<_> =
        TABLE.iter().enumerate().filter(|(_, action)| verb::weight(model, action) > 0 && fits(action)).collect();
    wanted.sort_by_key(|(_, action)| std::cmp::Reverse(verb::weight(model, action)));
    let mut left = usize::from(area.width).saturating_sub(1);
    let mut chosen = Vec::new();
    for (row, action) in wanted {
        let Some(chord) = model.keymap.chords(action).first() else { continue };
        let key = match chord.to_string() {
            key if key == "Enter" => model.look.symbols.enter.to_owned(),
            key if key == "Space" => "space".to_owned(),
            key => key,
        };
        let word = verb::word(model, action);
        let need = widget::width(&key) + 1 + widget::width(word) + 2;
        if need <= left + 2 {
            left = left.saturating_sub(need);
            chosen.push((row, action, key, word));
        }
    }
    chosen.sort_by_key(|(row, ..)| *row);
    let mut x = area.x + 1;
    let mut out = Vec::new();
    for (_, action, key, word) in chosen {
        let cells = (widget::width(&key) + 1 + widget::width(word)) as u16;
        out.push((action.choice, key, word, Rect { x, y: area.y, width: cells, height: 1 }));
        x += cells + 2;
    }
    out
}
