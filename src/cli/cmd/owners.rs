//! Who holds which role, and which scope fields are filled.

use super::mine;
use crate::app::error::Error;
use crate::app::open::Opened;
use crate::cli::args::OwnersArgs;
use crate::cli::{Exit, context::Context};
use crate::domain::gate::{FieldState, RoleState};
use crate::domain::plan::{FieldKind, Role, ScopeField, Side};
use crate::format::review::who;
use crate::present::line::{Line, Tone, clip, columns};
use crate::present::symbols::Symbols;
use crate::present::words;
use serde_json::{Value, json};

pub fn run(cx: &mut Context<'_>, args: &OwnersArgs) -> Result<Exit, Error> {
    let (_, opened) = cx.opened()?;
    let mine = args.mine.then(|| mine::of(cx)).transpose()?;
    let owns = |id: &str| mine.as_ref().is_none_or(|mine| mine.owns(id));
    let wanted = |is_blank: bool| !args.blank || is_blank;
    let roles: Vec<_> = rows(&opened).filter(|(role, state)| wanted(state.blank) && owns(role.id.as_str())).collect();
    let fields: Vec<_> = fields(&opened).filter(|(field, state)| wanted(state.blank) && owns(field.owner.as_str())).collect();
    if args.reading.json {
        let told = json!({
            "schema": 1,
            "roles": roles.iter().map(|(role, state)| role_json(&opened, role, state)).collect::<Vec<_>>(),
            "scope": fields.iter().map(|(field, state)| field_json(&opened, field, state)).collect::<Vec<_>>(),
        });
        cx.out.json(&told);
        return Ok(Exit::Ok);
    }
    let symbols = cx.symbols();
    cx.out.line(summary(&opened));
    for side in [Side::Customer, Side::Vendor, Side::Joint] {
        let of_side: Vec<_> = roles
            .iter()
            .filter(|(role, _)| role.side == side)
            .map(|(role, state)| role_row(&opened, role, state, symbols))
            .collect();
        if of_side.is_empty() {
            continue;
        }
        cx.out.line("");
        let title = if side == Side::Vendor { opened.snapshot.plan.vendor.to_uppercase() } else { side.as_str().to_uppercase() };
        cx.out.line(Line::of(Tone::Strong, title));
        cx.out.lines(columns(&of_side));
    }
    if !fields.is_empty() {
        cx.out.line("");
        cx.out.line(Line::of(Tone::Strong, "SCOPE"));
        cx.out.lines(columns(&fields.iter().map(|(field, state)| field_row(&opened, field, state, symbols)).collect::<Vec<_>>()));
    }
    let functions: Vec<_> = opened
        .snapshot
        .plan
        .functions
        .iter()
        .filter(|function| owns(function.id.as_str()))
        .map(|function| {
            let person = opened.snapshot.room.functions.get(&function.id);
            let name = person.map(|person| person.name.clone()).unwrap_or_default();
            vec![
                (Tone::Plain, format!("  {}", function.id)),
                (Tone::Plain, if name.is_empty() { "nobody named".into() } else { name }),
            ]
        })
        .collect();
    if !args.blank && !functions.is_empty() {
        cx.out.line("");
        cx.out.line(Line::of(Tone::Strong, "FUNCTIONS"));
        cx.out.lines(columns(&functions));
    }
    Ok(Exit::Ok)
}

fn rows(opened: &Opened) -> impl Iterator<Item = (&Role, &RoleState)> {
    opened.readiness.roles.iter().filter_map(|state| Some((opened.snapshot.plan.role(state.id.as_str())?, state)))
}

fn fields(opened: &Opened) -> impl Iterator<Item = (&ScopeField, &FieldState)> {
    opened.readiness.scope.iter().filter_map(|state| Some((opened.snapshot.plan.field(state.id.as_str())?, state)))
}

fn role_json(opened: &Opened, role: &Role, state: &RoleState) -> Value {
    let owner = opened.snapshot.room.owners.get(&role.id).cloned().unwrap_or_default();
    json!({
        "id": role.id.as_str(),
        "title": role.title,
        "side": role.side.as_str(),
        "due": role.due.as_str(),
        "name": owner.name,
        "contact": owner.contact,
        "evidence": owner.basis,
        "blank": state.blank,
        "urgent": state.urgent,
        "outside": state.outside,
        "shown": state.shown,
        "late_days": state.late_days,
        "asked": state.asked.map(words::stamp),
    })
}

fn field_json(opened: &Opened, field: &ScopeField, state: &FieldState) -> Value {
    let empty = if field.kind == FieldKind::List { json!([]) } else { json!("") };
    let value = opened.snapshot.room.scope.get(&field.id).map_or(empty, |value| json!(value));
    json!({
        "id": field.id.as_str(),
        "title": field.title,
        "value": value,
        "blank": state.blank,
        "required": field.required,
        "boundary": field.boundary,
        "due": field.due.as_str(),
        "urgent": state.urgent,
        "outside": state.outside,
        "owner": field.owner.as_str(),
    })
}

fn summary(opened: &Opened) -> Line {
    let roles = opened.readiness.roles.iter().filter(|role| role.blank && !role.outside);
    let fields = opened.readiness.scope.iter().filter(|field| field.blank && !field.outside);
    let urgent = roles.clone().filter(|role| role.urgent).count() + fields.clone().filter(|field| field.urgent).count();
    let (roles, fields) =
        (words::count(roles.count(), "role", "roles"), words::count(fields.count(), "scope field", "scope fields"));
    let next = opened.readiness.stage.next.as_ref().map(|id| words::stage(&opened.snapshot.plan, id.as_str()));
    let holds = match next {
        Some(next) if urgent > 0 => format!("; {urgent} of them hold {next}"),
        _ => String::new(),
    };
    Line::of(Tone::Strong, format!("{roles} and {fields} blank{holds}"))
}

fn role_row(opened: &Opened, role: &Role, state: &RoleState, symbols: &Symbols) -> Vec<(Tone, String)> {
    let mark = match (state.blank, state.outside, state.shown.is_empty()) {
        (true, true, _) => symbols.idle,
        (true, false, _) => symbols.unmet,
        (false, _, true) => symbols.named,
        (false, _, false) => symbols.met,
    };
    let person = match opened.snapshot.room.holder(role.id.as_str()) {
        Some(owner) => owner.name.clone(),
        None if state.outside => "not needed".to_owned(),
        None if state.late_days > 0 => format!("BLANK, late {} d", state.late_days),
        None => "BLANK".to_owned(),
    };
    let asked = state.asked.map(|at| format!("asked {}", words::relative(at, opened.readiness.as_of))).unwrap_or_default();
    let shown = match (state.blank, state.outside, state.shown.as_slice()) {
        (_, true, _) => "outside this motion".to_owned(),
        (true, _, _) => asked,
        (false, _, []) => "named, not shown".to_owned(),
        (false, _, records) => format!("shown by {}", records.iter().map(|seq| format!("#{seq}")).collect::<Vec<_>>().join(" ")),
    };
    vec![
        (Tone::Plain, format!("{mark} {}", role.id)),
        (if state.blank && !state.outside { Tone::Bad } else { Tone::Plain }, clip(&person, 28, symbols.ellipsis).into_owned()),
        (Tone::Plain, words::stage(&opened.snapshot.plan, role.due.as_str())),
        (Tone::Quiet, shown),
    ]
}

fn field_row(opened: &Opened, field: &ScopeField, state: &FieldState, symbols: &Symbols) -> Vec<(Tone, String)> {
    let room = &opened.snapshot.room;
    let mark = match (state.blank, state.outside || !field.required) {
        (true, true) => symbols.idle,
        (true, false) => symbols.unmet,
        (false, _) => symbols.met,
    };
    let value = match room.scope.get(&field.id).filter(|value| !value.is_blank()) {
        Some(value) => value.to_line(),
        None if state.late_days > 0 && field.required => format!("BLANK, late {} d", state.late_days),
        None => "BLANK".to_owned(),
    };
    let ask = if state.blank { format!("asks {}", who(&opened.snapshot.plan, room, &field.owner)) } else { String::new() };
    vec![
        (Tone::Plain, format!("{mark} {}", field.id)),
        (if state.blank && field.required { Tone::Bad } else { Tone::Plain }, clip(&value, 40, symbols.ellipsis).into_owned()),
        (Tone::Plain, words::stage(&opened.snapshot.plan, field.due.as_str())),
        (Tone::Quiet, ask),
    ]
}
