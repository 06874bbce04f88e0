//! Screen 7. What has to be collected before proofs can run, and the outside things the launch leans on.

use super::parts;
use crate::domain::ids::RequirementId;
use crate::domain::plan::{Dependency, EnvPlace, Group};
use crate::domain::room::ActivationStatus;
use crate::format::ask::{System, systems};
use crate::present::words;
use crate::tui::model::list::Item;
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::widget::Ink;
use ratatui::text::Line;

/// The title over the list.
pub fn title(model: &Model) -> String {
    let Some(facts) = model.facts() else { return String::new() };
    let accepted = facts.plan.dependencies.iter().filter(|dependency| !is_open(&facts, dependency.id.as_str())).count();
    format!("Dependencies, {accepted} of {} accepted", facts.plan.dependencies.len())
}

/// Whether a dependency's treatment is not accepted in both places.
#[must_use]
pub fn is_open(facts: &Facts, id: &str) -> bool {
    facts.room.dependencies.get(id).is_none_or(|accepted| !accepted.is_accepted())
}

/// Dependencies, then activation groups.
pub fn items(model: &Model) -> Vec<Item> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let mut items: Vec<Item> = facts
        .plan
        .dependencies
        .iter()
        .map(|dependency| Item::row(Subject::Dependency(dependency.id.clone()), is_open(&facts, dependency.id.as_str())))
        .collect();
    let proven = facts.room.activation.values().filter(|status| **status == ActivationStatus::Proven).count();
    let recorded = facts.room.activation.len();
    let title = if recorded == 0 {
        "Activation, not recorded".to_owned()
    } else {
        format!("Activation, {proven} of {} proven", facts.plan.activation.len())
    };
    items.push(Item::heading(title));
    items.extend(facts.plan.activation.iter().map(|group| {
        let settled = matches!(facts.room.activation.get(&group.id), Some(ActivationStatus::Proven | ActivationStatus::Excluded));
        Item::row(Subject::Group(group.id.clone()), !settled)
    }));
    let systems = systems(facts.plan, &facts.readiness.gaps);
    if !systems.is_empty() {
        items.push(Item::heading(format!("One ask a system, {}", systems.len())));
        items.extend(systems.iter().map(|system| Item::row(Subject::System(system.name.to_owned()), true)));
    }
    items
}

/// One row.
pub fn line(model: &Model, subject: &Subject, width: usize) -> Line<'static> {
    let Some(facts) = model.facts() else { return Line::default() };
    match subject {
        Subject::Dependency(id) => facts
            .plan
            .dependency(id.as_str())
            .map(|dependency| dependency_line(model, &facts, dependency, width))
            .unwrap_or_default(),
        Subject::Group(id) => {
            facts.plan.group(id.as_str()).map(|group| group_line(model, &facts, group, width)).unwrap_or_default()
        }
        Subject::System(name) => systems(facts.plan, &facts.readiness.gaps)
            .iter()
            .find(|system| system.name == name)
            .map(|system| system_line(model, &facts, system, width))
            .unwrap_or_default(),
        _ => Line::default(),
    }
}

/// What is to collect there, what waits for it, since when it is asked for.
fn system_line(model: &Model, facts: &Facts, system: &System<'_>, width: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let asked = system.asked();
    let (mark, style) = if asked.is_some() { (look.symbols.current, theme.caution) } else { (look.symbols.unmet, theme.trouble) };
    Ink::new(look, width)
        .gap(1)
        .text(mark, style)
        .gap(1)
        .cell(system.name, if width >= 72 { 38 } else { 30 }, theme.text)
        .gap(1)
        .cell(&words::count(system.gaps.len(), "group", "groups"), 13, theme.text)
        .gap(1)
        .quiet(&parts::asked(facts, asked))
        .line()
}

fn dependency_line(model: &Model, facts: &Facts, dependency: &Dependency, width: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let accepted = facts.room.dependencies.get(&dependency.id).cloned().unwrap_or_default();
    let (mark, style) = if accepted.is_accepted() { (look.symbols.met, theme.good) } else { (look.symbols.unmet, theme.trouble) };
    let where_accepted = match (accepted.order_form.trim().is_empty(), accepted.launch_room.trim().is_empty()) {
        (false, false) if width >= 72 => "order form and room",
        (false, true) if width >= 72 => "order form, not in room",
        (true, false) if width >= 72 => "room, not in order form",
        (false, false) => "accepted in both",
        (false, true) => "not in room",
        (true, false) => "not in order form",
        (true, true) => "accepted nowhere",
    };
    let treatment = words::treatment(accepted.treatment);
    Ink::new(look, width)
        .gap(1)
        .text(mark, style)
        .gap(1)
        .cell(&dependency.title, if width >= 72 { 30 } else { 24 }, theme.text)
        .gap(1)
        .cell(treatment, 15, if accepted.treatment.is_some() { theme.text } else { theme.quiet })
        .gap(1)
        .text(where_accepted, if accepted.is_accepted() { theme.quiet } else { theme.text })
        .line()
}

fn group_line(model: &Model, facts: &Facts, group: &Group, width: usize) -> Line<'static> {
    let (look, theme) = (&model.look, &model.look.theme);
    let status = facts.room.activation.get(&group.id).copied();
    let (mark, style) = match status {
        Some(ActivationStatus::Proven) => (look.symbols.met, theme.good),
        Some(ActivationStatus::Excluded) => (look.symbols.excluded, theme.excluded),
        Some(ActivationStatus::Collected | ActivationStatus::Requested) => (look.symbols.current, theme.caution),
        Some(ActivationStatus::Missing) => (look.symbols.unmet, theme.trouble),
        None => (look.symbols.idle, theme.quiet),
    };
    let word = status.map_or("not recorded", ActivationStatus::as_str);
    Ink::new(look, width)
        .gap(1)
        .text(mark, style)
        .gap(1)
        .cell(&group.title, if width >= 72 { 38 } else { 30 }, theme.text)
        .gap(1)
        .cell(word, 13, style)
        .gap(1)
        .quiet(&parts::who(facts, &group.owner))
        .line()
}

fn waiting<'a>(unlocks: impl IntoIterator<Item = &'a RequirementId>) -> String {
    unlocks.into_iter().map(RequirementId::as_str).collect::<Vec<_>>().join(", ")
}

/// What the selected row is, needs and holds up.
pub fn detail(model: &Model, cells: usize) -> Vec<Line<'static>> {
    let (Some(facts), Some(subject)) = (model.facts(), model.selected()) else { return Vec::new() };
    let theme = &model.look.theme;
    let put = |label: &str, text: &str| parts::labelled(model, cells, label, text, theme.text);
    let mut out = Vec::new();
    let illustrative = match subject {
        Subject::Dependency(id) => {
            let Some(dependency) = facts.plan.dependency(id.as_str()) else { return Vec::new() };
            let accepted = facts.room.dependencies.get(id).cloned().unwrap_or_default();
            let or = |text: &str, blank: &str| if text.trim().is_empty() { blank.to_owned() } else { text.to_owned() };
            out.extend(put("Now", words::treatment(accepted.treatment)));
            out.extend(put("Order", &or(&accepted.order_form, "not accepted in the order form")));
            out.extend(put("Room", &or(&accepted.launch_room, "not accepted in the launch room")));
            if !accepted.changed.trim().is_empty() {
                out.extend(put("Changed", &accepted.changed));
            }
            out.extend(put("Accept", &dependency.acceptance));
            out.extend(put("Owner", &parts::who(&facts, &dependency.owner)));
            out.extend(put("Managed", &dependency.managed));
            out.extend(put("Invoice", &dependency.invoice));
            let resting: Vec<&str> = facts
                .plan
                .proofs
                .iter()
                .filter(|proof| {
                    proof
                        .depends_on
                        .iter()
                        .any(|input| matches!(input, crate::domain::plan::Input::Dependency(dependency) if dependency == id))
                })
                .map(|proof| proof.title.as_str())
                .collect();
            if !resting.is_empty() {
                out.extend(put("Stales", &resting.join(", ")));
            }
            dependency.illustrative
        }
        Subject::Group(id) => {
            let Some(group) = facts.plan.group(id.as_str()) else { return Vec::new() };
            out.extend(put("Unlocks", &group.unlocks));
            out.extend(put("Owner", &parts::who(&facts, &group.owner)));
            out.extend(put("Sources", &group.sources.join(", ")));
            for (place, label) in [(EnvPlace::Production, "Host env"), (EnvPlace::Operator, "Own env")] {
                let names: Vec<&str> = group.env.iter().filter(|env| env.place == place).map(|env| env.name.as_str()).collect();
                if !names.is_empty() {
                    out.extend(put(label, &names.join(" ")));
                }
            }
            out.extend(put("Proven", &group.accepted_when));
            if !group.locks.is_empty() {
                out.extend(put("Locks", &group.locks.join("; ")));
            }
            if let Some(gap) = facts.readiness.gaps.iter().find(|gap| gap.group == *id) {
                out.extend(put("Waits", &waiting(&gap.unlocks)));
                out.extend(put("Asked", &parts::asked(&facts, gap.asked)));
            }
            group.illustrative
        }
        Subject::System(name) => {
            let systems = systems(facts.plan, &facts.readiness.gaps);
            let Some(system) = systems.iter().find(|system| system.name == name) else { return Vec::new() };
            out.extend(put("Unblocks", &waiting(system.unlocks.iter().copied())));
            for group in system.gaps.iter().filter_map(|gap| facts.plan.group(gap.group.as_str())) {
                out.extend(put("Group", &format!("{}, {}", group.title, parts::who(&facts, &group.owner))));
                let names: Vec<&str> = group.env.iter().map(|env| env.name.as_str()).collect();
                if !names.is_empty() {
                    out.extend(put("", &names.join(" ")));
                }
            }
            out.extend(put("Asked", &parts::asked(&facts, system.asked())));
            false
        }
        _ => false,
    };
    if illustrative {
        out.extend(parts::text(model, cells, "Illustrative: the plan's sources do not state it.", theme.quiet));
    }
    out
}
