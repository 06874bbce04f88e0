//! Screen 3. Who holds what, what is blank, and since when it is late.

use super::parts;
use crate::domain::gate::{FieldState, RoleState};
use crate::domain::plan::Side;
use crate::domain::room::Value;
use crate::present::words;
use crate::tui::model::list::Item;
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::widget::{self, Ink};
use ratatui::{style::Style, text::Line};

/// How much is blank, and what waits for it.
pub fn head(model: &Model, width: usize) -> Vec<Line<'static>> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let theme = &model.look.theme;
    let roles = facts.readiness.roles.iter().filter(|role| role.blank && !role.outside);
    let fields = facts.readiness.scope.iter().filter(|field| field.blank && !field.outside);
    let (blank_roles, blank_fields) = (roles.clone().count(), fields.clone().count());
    let urgent = roles.filter(|role| role.urgent).count() + fields.filter(|field| field.urgent).count();
    if blank_roles + blank_fields == 0 {
        return vec![
            Ink::new(&model.look, width).gap(1).text("Every role is named and every scope field is filled in", theme.good).line(),
        ];
    }
    let plural = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let next = facts.readiness.stage.next.as_ref().map(|id| words::stage(facts.plan, id.as_str())).unwrap_or_default();
    let holds = match urgent {
        0 => "none of them holds the next stage".to_owned(),
        1 => format!("1 of them holds {next}"),
        n => format!("{n} of them hold {next}"),
    };
    let blank = format!("{} and {} blank; ", plural(blank_roles, "role"), plural(blank_fields, "scope field"));
    vec![Ink::new(&model.look, width).gap(1).text(&blank, theme.strong).plain(&holds).line()]
}

/// Roles by side, scope fields, functions.
pub fn items(model: &Model) -> Vec<Item> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let mut items = Vec::new();
    for (side, title) in [(Side::Customer, "CUSTOMER"), (Side::Vendor, "VENDOR"), (Side::Joint, "JOINT")] {
        let roles: Vec<_> = facts.plan.roles.iter().filter(|role| role.side == side).collect();
        if roles.is_empty() {
            continue;
        }
        items.push(Item::group(title));
        items.extend(roles.into_iter().map(|role| {
            let problem = state(&facts, role.id.as_str()).is_some_and(|state| state.blank && !state.outside);
            Item::row(Subject::Role(role.id.clone()), problem)
        }));
    }
    let filled = facts.plan.scope.iter().filter(|field| !facts.room.is_blank(field.id.as_str())).count();
    items.push(Item::heading(format!("Scope, {filled} of {} filled", facts.plan.scope.len())));
    items.extend(facts.plan.scope.iter().map(|field| {
        let problem = field_state(&facts, field.id.as_str()).is_some_and(|state| state.blank && !state.outside);
        Item::row(Subject::Field(field.id.clone()), problem)
    }));
    if !facts.plan.functions.is_empty() {
        items.push(Item::heading("Functions"));
        items.extend(facts.plan.functions.iter().map(|function| Item::row(Subject::Function(function.id.clone()), false)));
    }
    items
}

fn state<'a>(facts: &Facts<'a>, id: &str) -> Option<&'a RoleState> {
    facts.readiness.roles.iter().find(|role| role.id == *id)
}

fn field_state<'a>(facts: &Facts<'a>, id: &str) -> Option<&'a FieldState> {
    facts.readiness.scope.iter().find(|field| field.id == *id)
}

/// One row.
pub fn line(model: &Model, subject: &Subject, width: usize) -> Line<'static> {
    let Some(facts) = model.facts() else { return Line::default() };
    match subject {
        Subject::Role(id) => role_line(model, &facts, id.as_str(), width),
        Subject::Field(id) => field_line(model, &facts, id.as_str(), width),
        Subject::Function(id) => {
            let person = facts.room.functions.get(id).map(|person| person.name.clone()).unwrap_or_default();
            let title = facts.plan.function(id.as_str()).map_or(id.as_str(), |function| &function.title);
            let theme = &model.look.theme;
            let (mark, style) =
                if person.is_empty() { (model.look.symbols.idle, theme.quiet) } else { (model.look.symbols.met, theme.good) };
            let (name, name_style) =
                if person.is_empty() { ("nobody named", theme.quiet) } else { (person.as_str(), theme.text) };
            Ink::new(&model.look, width)
                .gap(1)
                .text(mark, style)
                .gap(1)
                .cell(title, 30, theme.text)
                .gap(1)
                .text(name, name_style)
                .line()
        }
        _ => Line::default(),
    }
}

fn mark(model: &Model, role: &RoleState) -> (&'static str, Style) {
    let (symbols, theme) = (model.look.symbols, &model.look.theme);
    match (role.blank, role.outside, role.shown.is_empty()) {
        (true, true, _) => (symbols.idle, theme.quiet),
        (true, false, _) => (symbols.unmet, theme.trouble),
        (false, _, true) => (symbols.named, theme.caution),
        (false, _, false) => (symbols.met, theme.good),
    }
}

fn person(facts: &Facts, role: &RoleState) -> String {
    match facts.room.holder(role.id.as_str()) {
        Some(owner) => owner.name.clone(),
        None if role.outside => "not needed".into(),
        None if role.late_days > 0 => format!("BLANK, late {} d", role.late_days),
        None => "BLANK".into(),
    }
}

fn role_line(model: &Model, facts: &Facts, id: &str, width: usize) -> Line<'static> {
    let (Some(state), Some(role)) = (state(facts, id), facts.plan.role(id)) else { return Line::default() };
    let theme = &model.look.theme;
    let (mark, style) = mark(model, state);
    let shown = match (state.blank, state.outside, state.shown.as_slice()) {
        (_, true, _) => "outside this motion".to_owned(),
        (true, ..) => String::new(),
        (false, _, []) => "not shown yet".to_owned(),
        (false, _, [first, ..]) => format!("shown by #{first}"),
    };
    let asked = match (state.blank && !state.outside, state.asked) {
        (false, _) => String::new(),
        (true, Some(_) | None) => parts::asked(facts, state.asked),
    };
    let extra = width >= 96;
    let person_style = if state.blank && !state.outside { theme.trouble } else { theme.text };
    let ink = Ink::new(&model.look, width)
        .gap(1)
        .text(mark, style)
        .gap(1)
        .cell(&role.title, 30, theme.text)
        .gap(1)
        .cell(&person(facts, state), if extra { 20 } else { 16 }, person_style)
        .gap(1)
        .cell(&words::stage(facts.plan, role.due.as_str()), if extra { 13 } else { 12 }, theme.quiet)
        .gap(1);
    // What fits of: what shows it, and whether anybody was asked. A blank role has only the latter.
    match (shown.is_empty(), asked.is_empty()) {
        (true, false) if extra => ink.gap(16).text(&asked, theme.quiet),
        (true, false) => ink.text(&asked, theme.quiet),
        (false, false) if extra => ink.cell(&shown, 15, theme.text).gap(1).text(&asked, theme.quiet),
        _ => ink.text(&shown, theme.quiet),
    }
    .line()
}

fn field_line(model: &Model, facts: &Facts, id: &str, width: usize) -> Line<'static> {
    let (Some(state), Some(field)) = (field_state(facts, id), facts.plan.field(id)) else { return Line::default() };
    let (symbols, theme) = (model.look.symbols, &model.look.theme);
    let value = facts.room.scope.get(id).map(Value::to_line).unwrap_or_default();
    let ink = Ink::new(&model.look, width).gap(1);
    if !state.blank {
        return ink.text(symbols.met, theme.good).gap(1).cell(&field.title, 30, theme.text).gap(1).plain(&value).line();
    }
    if state.outside || !field.required {
        return ink
            .text(symbols.idle, theme.quiet)
            .gap(1)
            .cell(&field.title, 30, theme.text)
            .gap(1)
            .quiet("blank, not needed")
            .line();
    }
    let late = if state.late_days > 0 { format!("BLANK, late {} d", state.late_days) } else { "BLANK".into() };
    ink.text(symbols.unmet, theme.trouble)
        .gap(1)
        .cell(&field.title, 30, theme.text)
        .gap(1)
        .cell(&late, 18, theme.trouble)
        .gap(1)
        .cell(&words::stage(facts.plan, field.due.as_str()), 13, theme.quiet)
        .gap(1)
        .quiet(&format!("asks {}", parts::who(facts, &field.owner)))
        .line()
}

/// A role in the second column of Now.
pub fn short_line(model: &Model, facts: &Facts, state: &RoleState, cells: usize) -> Line<'static> {
    let theme = &model.look.theme;
    let (mark, style) = mark(model, state);
    let title = facts.plan.role(state.id.as_str()).map_or(state.id.as_str(), |role| &role.title);
    // A narrow column says less and cuts nothing; the mark in front tells the rest.
    let titles = if cells < 60 { 26 } else { 34 };
    let room = cells.saturating_sub(titles + 3);
    let first_fit = |texts: [String; 2]| {
        let [long, short] = texts;
        if widget::width(&long) <= room { long } else { short }
    };
    let person = person(facts, state);
    let who = if state.outside {
        first_fit(["not in this motion".into(), "not needed".into()])
    } else if !state.blank && state.shown.is_empty() {
        first_fit([format!("{person}, not shown"), person])
    } else {
        person
    };
    let style_of_who = if state.blank && !state.outside { theme.trouble } else { theme.text };
    Ink::new(&model.look, cells).text(mark, style).gap(1).cell(title, titles, theme.text).gap(1).text(&who, style_of_who).line()
}

/// What the selected role, field or function is for, and what it holds up.
pub fn detail(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let (Some(facts), Some(subject)) = (model.facts(), model.selected()) else { return Vec::new() };
    let theme = &model.look.theme;
    let put = |label: &str, text: &str| parts::labelled(model, cells, label, text, theme.text);
    match subject {
        Subject::Role(id) => {
            let (Some(role), Some(state)) = (facts.plan.role(id.as_str()), state(&facts, id.as_str())) else { return Vec::new() };
            let owner = facts.room.owners.get(id).cloned().unwrap_or_default();
            let mut out = put("Decides", &role.decides);
            out.extend(put("Due", &due(&facts, state.due, state.late_days, role.due.as_str())));
            if !owner.contact.is_empty() {
                out.extend(put("Contact", &owner.contact));
            }
            if !owner.basis.is_empty() {
                out.extend(put("Basis", &owner.basis));
            }
            out.extend(put("Shown by", &role.evidence));
            if state.blank && !state.outside {
                out.extend(put("Until", &stop_rule(&facts, role.due.as_str())));
                out.extend(put("Asked", &parts::asked(&facts, state.asked)));
            }
            out
        }
        Subject::Field(id) => {
            let (Some(field), Some(state)) = (facts.plan.field(id.as_str()), field_state(&facts, id.as_str())) else {
                return Vec::new();
            };
            let value = facts.room.scope.get(id).map(Value::to_line).unwrap_or_default();
            let mut out = put("Value", if state.blank { "blank" } else { &value });
            out.extend(put("Holds", &field.hint));
            out.extend(put("Asks", &parts::who(&facts, &field.owner)));
            out.extend(put("Due", &due(&facts, state.due, state.late_days, field.due.as_str())));
            if field.boundary {
                out.extend(put("Note", "a cohort boundary: while it is blank the tenant works on demo data only"));
            }
            if state.blank && !state.outside {
                out.extend(put("Asked", &parts::asked(&facts, state.asked)));
            }
            out
        }
        Subject::Function(id) => {
            let person = facts.room.functions.get(id).cloned().unwrap_or_default();
            let owns = facts.plan.steps.iter().filter(|step| step.owner.as_str() == id.as_str()).map(|step| step.title.clone());
            let mut out = put("Acts", if person.name.is_empty() { "nobody named" } else { &person.name });
            if !person.contact.is_empty() {
                out.extend(put("Contact", &person.contact));
            }
            out.extend(put("Owns", &owns.collect::<Vec<_>>().join("; ")));
            out
        }
        _ => Vec::new(),
    }
}

fn due(facts: &Facts, due: Option<jiff::civil::Date>, late: i64, stage: &str) -> String {
    let stage = words::stage(facts.plan, stage);
    match due {
        Some(day) if late > 0 => format!("{}, {late} d late; and before {stage}", words::weekday(day)),
        Some(day) => format!("{}; and before {stage}", words::weekday(day)),
        None => format!("before {stage}"),
    }
}

fn stop_rule(facts: &Facts, stage: &str) -> String {
    facts.readiness.gate(stage).map(|gate| gate.stop_rule.clone()).unwrap_or_default()
}
