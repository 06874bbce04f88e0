//! Moving about: screens, rows, panes, filters. Nothing here changes the room.

use super::{choose, forms, runs};
use crate::tui::action::Choice;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Overlay, Screen, Subject, overlay::Pager};
use crate::tui::msg::BytesOf;
use crate::tui::terminal::Mouse;
use crate::tui::view;
use ratatui::layout::Position;

/// To another screen; its selection is as it was left.
pub fn show(model: &mut Model, screen: Screen) -> Vec<Effect> {
    model.screen = screen;
    model.filter = crate::tui::model::Filter::default();
    if model.place().selected.is_none() {
        let first = first_trouble(model);
        model.place_mut().selected = first;
    }
    Vec::new()
}

/// Where a screen opens the first time: on what somebody comes for, the first thing that is not in order.
fn first_trouble(model: &Model) -> Option<Subject> {
    let facts = model.facts()?;
    match model.screen {
        // Newest first, or in the order one reads them.
        Screen::Now | Screen::Evidence | Screen::Claims => None,
        Screen::Gates => facts.readiness.stage.next.clone().map(Subject::Gate),
        // What is to be decided is the stage that this pilot aims at.
        Screen::Decide => Some(Subject::Gate(facts.readiness.stage.target.clone())),
        Screen::Steps | Screen::Owners | Screen::Proofs | Screen::Deps => {
            view::items(model).into_iter().find(|item| item.problem && item.subject.is_some()).and_then(|item| item.subject)
        }
    }
}

/// To a subject, on the screen where it lives.
pub fn go_to(model: &mut Model, subject: Subject) {
    let screen = match &subject {
        Subject::Action(_) | Subject::Ending(_) | Subject::Since | Subject::Way(_) => Screen::Now,
        Subject::Gate(_) | Subject::Requirement(_) => Screen::Gates,
        Subject::Step(_) | Subject::Task(..) => Screen::Steps,
        Subject::Role(_) | Subject::Field(_) | Subject::Function(_) => Screen::Owners,
        Subject::Proof(_) | Subject::Run(_) | Subject::Spooled(_) => Screen::Proofs,
        Subject::Record(_) => Screen::Evidence,
        Subject::Group(_) | Subject::System(_) | Subject::Dependency(_) => Screen::Deps,
        Subject::Claim(_) | Subject::Finding(_) | Subject::Attachment(_) => Screen::Claims,
        Subject::Decision => Screen::Decide,
    };
    if let Subject::Requirement(id) = &subject {
        model.folds.insert(id.gate().to_owned(), true);
    }
    model.problems_only = false;
    show(model, screen);
    model.place_mut().selected = Some(subject);
}

/// Up, down and further.
pub fn moved(model: &mut Model, choice: Choice) -> Vec<Effect> {
    let page = isize::from(i16::try_from(view::regions(model).list.height / 2).unwrap_or(i16::MAX)).max(1);
    let by = match choice {
        Choice::Up => -1,
        Choice::Down => 1,
        Choice::PageUp => -page,
        Choice::PageDown => page,
        Choice::First => isize::MIN / 2,
        _ => isize::MAX / 2,
    };
    let fitting = match model.overlays.last() {
        Some(Overlay::Palette(palette)) => super::palette::matches(model, &palette.text).len(),
        Some(Overlay::Rooms(rooms)) => super::room_matches(rooms).len(),
        _ => 0,
    };
    if let Some(overlay) = model.overlays.last_mut() {
        match overlay {
            Overlay::Palette(palette) => {
                let last = fitting.saturating_sub(1);
                palette.selected = palette.selected.saturating_add_signed(by).min(last);
            }
            Overlay::Rooms(rooms) => {
                rooms.selected = rooms.selected.saturating_add_signed(by).min(fitting.saturating_sub(1));
            }
            overlay => scroll_overlay(overlay, by),
        }
        let last = view::overlay_last_top(model);
        if let Some(top) = model.overlays.last_mut().and_then(Overlay::top_mut) {
            *top = (*top).min(last);
        }
        return Vec::new();
    }
    if model.opened.is_none() {
        let last = crate::tui::model::start::WAYS.len() - 1;
        model.start.selected = model.start.selected.saturating_add_signed(by).min(last);
        return Vec::new();
    }
    if model.place().in_detail {
        if model.screen == Screen::Proofs && runs::scrolled(model, by) {
            return Vec::new();
        }
        let place = model.place_mut();
        place.detail_top = place.detail_top.saturating_add_signed(by);
        return Vec::new();
    }
    let items = view::items(model);
    let place = model.place_mut();
    match choice {
        Choice::First | Choice::Last => place.end(&items, choice == Choice::Last),
        _ => place.step(&items, by),
    }
    // The first row brings its heading along.
    if items.iter().take(place.row).all(|item| item.subject.is_none()) {
        place.top = 0;
    }
    Vec::new()
}

fn scroll_overlay(overlay: &mut Overlay, by: isize) {
    if let Some(top) = overlay.top_mut() {
        *top = top.saturating_add_signed(by);
    }
}

/// `h` and `l`: a gate folds, everything else goes between the panes.
pub fn folded(model: &mut Model, open: bool) -> Vec<Effect> {
    match model.selected().cloned() {
        Some(Subject::Gate(gate)) if model.screen == Screen::Gates && !model.place().in_detail => {
            match (open, view::gates::is_open(model, gate.as_str())) {
                (true, true) => return into_detail(model),
                (false, false) => model.say("It is folded already, and this is the left pane"),
                _ => drop(model.folds.insert(gate.to_string(), open)),
            }
        }
        Some(Subject::Requirement(id)) if model.screen == Screen::Gates && !open && !model.place().in_detail => {
            model.place_mut().selected = Some(Subject::Gate(id.gate().into()));
        }
        _ if open => return into_detail(model),
        _ if model.place().in_detail => model.place_mut().in_detail = false,
        _ if view::regions(model).detail.is_none() => one_pane(model),
        _ => {
            let right = model.keymap.hint("move.unfold");
            model.say(format!("This is the left pane; {right} goes to the detail"));
        }
    }
    Vec::new()
}

/// Between the list and the detail.
pub fn next_pane(model: &mut Model) -> Vec<Effect> {
    if view::regions(model).detail.is_none() {
        one_pane(model);
        return Vec::new();
    }
    let place = model.place_mut();
    place.in_detail = !place.in_detail;
    Vec::new()
}

/// Goes into what is selected. Never changes the room.
pub fn open(model: &mut Model) -> Vec<Effect> {
    if model.opened.is_none() {
        return forms::way(model);
    }
    let Some(subject) = model.selected().cloned() else {
        model.say("Nothing is listed here, so nothing opens");
        return Vec::new();
    };
    let Some(facts) = model.facts() else { return Vec::new() };
    let behind = subject.behind(&facts);
    // Captured text and forms are for whoever works here.
    let watched = model.curtain.is_some();
    match (model.screen, behind) {
        (Screen::Evidence | Screen::Owners, _) | (_, Subject::Spooled(_)) if watched => into_detail(model),
        (Screen::Gates, Subject::Gate(gate)) => {
            let open = !view::gates::is_open(model, gate.as_str());
            model.folds.insert(gate.to_string(), open);
            Vec::new()
        }
        (Screen::Evidence, Subject::Record(seq)) => read_record(model, seq),
        (Screen::Proofs, Subject::Spooled(run)) => read(model, "Captured, not attached", BytesOf::Spool(run)),
        (_, Subject::Since) => choose(model, Choice::Since),
        (Screen::Now, Subject::Ending(at)) => {
            let ending = facts.readiness.endings.get(at);
            match ending.and_then(|ending| ending.proof.clone()) {
                Some(proof) => go_to(model, Subject::Proof(proof)),
                // An exclusion: those stand with the decision.
                None => drop(show(model, Screen::Decide)),
            }
            Vec::new()
        }
        (Screen::Now, behind) => {
            go_to(model, behind);
            Vec::new()
        }
        (Screen::Owners, _) if model.view_only().is_none() => forms::edit(model),
        _ => into_detail(model),
    }
}

/// The keys go to the detail; where that is so already, or there is none, it is said.
fn into_detail(model: &mut Model) -> Vec<Effect> {
    if view::regions(model).detail.is_none() {
        one_pane(model);
    } else if model.place().in_detail {
        let back = model.keymap.hint("back");
        model.say(format!("This is the detail: up and down scroll it, {back} goes back to the list"));
    } else {
        model.place_mut().in_detail = true;
    }
    Vec::new()
}

fn one_pane(model: &mut Model) {
    let why = model.keymap.hint("row.why");
    let wide = match model.screen {
        Screen::Now => "from 120 columns on this screen has a second one",
        _ => "a larger window shows the detail beside the list",
    };
    model.say(format!("There is one pane here; {wide}. {why} says why the row stands so"));
}

fn read_record(model: &mut Model, seq: u64) -> Vec<Effect> {
    let facts = model.facts();
    let digest = facts.and_then(|facts| match &facts.entry(seq)?.body {
        crate::domain::ledger::Body::Attached(attached) => attached.digest,
        _ => None,
    });
    if let Some(digest) = digest { read(model, &format!("Record #{seq}"), BytesOf::Blob(digest)) } else { into_detail(model) }
}

fn read(model: &mut Model, title: &str, of: BytesOf) -> Vec<Effect> {
    model.overlays.push(Overlay::Pager(Pager { title: title.into(), of: of.clone(), lines: None, top: 0 }));
    vec![Effect::ReadBytes(of)]
}

/// One step out: the filter, what is assumed, the detail, the problems, then Now.
pub fn back(model: &mut Model) -> Vec<Effect> {
    if model.filter.is_on() {
        model.filter = crate::tui::model::Filter::default();
    } else if !model.what_if.assumed.is_empty() {
        model.assume(std::collections::BTreeSet::new());
        model.say("What-if is off; this is how it stands");
    } else if model.place().in_detail {
        model.place_mut().in_detail = false;
    } else if model.problems_only || model.mine_only {
        (model.problems_only, model.mine_only) = (false, false);
    } else if model.screen != Screen::Now {
        model.screen = Screen::Now;
    }
    Vec::new()
}

/// Starts typing a filter; in a run's pane, a search.
pub fn filter(model: &mut Model) -> Vec<Effect> {
    model.filter.typing = true;
    Vec::new()
}

/// Done typing.
pub fn filter_left(model: &mut Model, keep: bool) -> Vec<Effect> {
    model.filter.typing = false;
    if !keep {
        if let Some(run) = runs::searched(model) {
            run.search.clear();
        } else {
            model.filter.text.clear();
        }
    }
    Vec::new()
}

/// Only what is not in order, or everything.
pub fn problems(model: &mut Model) -> Vec<Effect> {
    model.problems_only = !model.problems_only;
    model.say(if model.problems_only { "Problems only" } else { "Everything" });
    Vec::new()
}

/// Only what one's own roles and functions owe, or everything.
pub fn mine(model: &mut Model) -> Vec<Effect> {
    if model.mine.is_empty() {
        model.say("Which roles and functions are yours stands in the settings, under [me]; nothing stands there yet");
        return Vec::new();
    }
    model.mine_only = !model.mine_only;
    model.say(if model.mine_only { format!("Only mine: {}", model.mine.join(", ")) } else { "Everybody's".to_owned() });
    Vec::new()
}

/// The actions for the next gate, or for the whole way.
pub fn whole_way(model: &mut Model) -> Vec<Effect> {
    model.whole_way = !model.whole_way;
    Vec::new()
}

/// The next role or field that is blank, round the end.
pub fn next_blank(model: &mut Model) -> Vec<Effect> {
    let Some(facts) = model.facts() else { return Vec::new() };
    let items = view::items(model);
    let blank = |subject: &Subject| match subject {
        Subject::Role(id) => facts.readiness.roles.iter().any(|role| role.id == *id && role.blank && !role.outside),
        Subject::Field(id) => facts.readiness.scope.iter().any(|field| field.id == *id && field.blank && !field.outside),
        _ => false,
    };
    let row = model.place().row;
    let found =
        (row + 1..items.len()).chain(0..=row).find(|at| items.get(*at).and_then(|item| item.subject.as_ref()).is_some_and(blank));
    match found {
        Some(found) => model.place_mut().go(&items, Some(found)),
        None => model.say("Nothing is blank"),
    }
    Vec::new()
}

/// The chain behind what is selected.
pub fn why(model: &mut Model) -> Vec<Effect> {
    let (Some(subject), Some(facts)) = (model.selected().cloned(), model.facts()) else { return Vec::new() };
    let about = match subject {
        Subject::Action(kind) => {
            let action = facts.readiness.actions.iter().chain(&facts.readiness.way).find(|action| action.kind == kind);
            let unlocks = action.and_then(|action| action.unlocks.first().cloned());
            let behind = Subject::Action(kind).behind(&facts);
            unlocks.map_or(behind, Subject::Requirement)
        }
        subject @ (Subject::Ending(_) | Subject::Run(_) | Subject::Spooled(_)) => {
            subject.proof(model).map_or(subject, Subject::Proof)
        }
        other => other,
    };
    super::overlay(model, Overlay::Why { about, top: 0 })
}

/// A click selects; a click on what is selected opens it; the wheel moves what it is over.
pub fn moused(model: &mut Model, mouse: Mouse) -> Vec<Effect> {
    let (column, row, choice) = match mouse {
        Mouse::Click { column, row } => (column, row, None),
        Mouse::WheelUp { column, row } => (column, row, Some(Choice::Up)),
        Mouse::WheelDown { column, row } => (column, row, Some(Choice::Down)),
    };
    let at = Position { x: column, y: row };
    let regions = view::regions(model);
    // What was told stays until somebody does something. The keys it covered were nobody's aim.
    let covered = model.notice.take().is_some() && regions.footer.contains(at);
    if covered {
        return Vec::new();
    }
    if let Some(choice) = choice {
        if model.overlays.is_empty() && model.opened.is_some() {
            model.place_mut().in_detail = regions.detail.is_some_and(|detail| detail.contains(at));
        }
        return moved(model, choice);
    }
    if !model.overlays.is_empty() || model.opened.is_none() {
        return Vec::new();
    }
    if let Some((screen, _)) = regions.tabs.iter().find(|(_, tab)| tab.contains(at)) {
        return show(model, *screen);
    }
    if let Some((choice, _)) = view::footer_keys(model).into_iter().find(|(_, key)| key.contains(at)) {
        return choose(model, choice);
    }
    if regions.detail.is_some_and(|detail| detail.contains(at)) && model.screen != Screen::Now {
        model.place_mut().in_detail = true;
        return Vec::new();
    }
    let Some(hit) = view::item_at(model, at) else { return Vec::new() };
    let items = view::items(model);
    let was = model.selected().cloned();
    model.place_mut().in_detail = false;
    model.place_mut().go(&items, Some(hit));
    if was.is_some() && model.selected() == was.as_ref() { open(model) } else { Vec::new() }
}
