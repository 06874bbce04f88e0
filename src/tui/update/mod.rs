//! What a message comes to: the model moves on, and orders come out. Values only; nothing here acts.

mod batch;
mod browse;
mod claims;
mod conflict;
mod decide;
mod document;
mod dossier;
mod forms;
mod keys;
mod nudge;
mod palette;
pub mod present;
mod room;
mod rooms;
mod runs;
mod since;
mod turns;
mod wake;

pub use palette::matches as palette_matches;
pub use rooms::{is_here, matches as room_matches};

use super::action::Choice;
use super::effect::{Effect, Leave};
use super::model::{Model, Overlay};
use super::msg::Msg;
use super::view;
use crate::app::sync::Take;

/// Decides.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    let Some(msg) = present::hold(model, msg) else { return Vec::new() };
    let mut effects = match msg {
        Msg::KeyPressed(key) => keys::pressed(model, key),
        Msg::Pasted(text) => keys::pasted(model, &text),
        Msg::Moused(mouse) => browse::moused(model, mouse),
        Msg::Resized { width, height } => {
            (model.size.width, model.size.height) = (width, height);
            Vec::new()
        }
        Msg::MomentCame => room::moment_came(),
        Msg::RoomChangedOutside => vec![Effect::Load, Effect::ListSpool],
        Msg::RoomLoaded(outcome) => room::loaded(model, outcome),
        Msg::Written { what, outcome } => room::written(model, &what, outcome),
        Msg::Previewed { number, outcome } => forms::previewed(model, number, outcome),
        Msg::SheetReady { proof, outcome } => runs::sheet_ready(model, proof, outcome),
        Msg::BatchReady { proofs, outcome } => batch::ready(model, &proofs, outcome),
        Msg::RunStarted { run, outcome } => runs::started(model, &run, outcome),
        Msg::OutputArrived(run) => runs::output_arrived(model, &run),
        Msg::RunEnded { run, outcome } => runs::ended(model, &run, outcome),
        Msg::SpoolListed(outcome) => runs::spool_listed(model, outcome),
        Msg::BytesRead { of, outcome } => runs::bytes_read(model, &of, outcome),
        Msg::EvidenceChecked(outcome) => room::checked(model, outcome),
        Msg::DossierLookedAt { number, outcome } => dossier::looked_at(model, number, outcome),
        Msg::DossierWritten(outcome) => dossier::written(model, outcome),
        Msg::Linked(link) => conflict::linked(model, *link),
        Msg::Settled(outcome) => conflict::settled(model, outcome),
        Msg::DocumentRead { file, outcome } => claims::read(model, &file, outcome),
        Msg::RoomsListed(outcome) => rooms::listed(model, outcome),
        Msg::Copied { what } => told(model, format!("Copied {what}")),
        Msg::EditorLeft(outcome) => room::editor_left(model, outcome),
        Msg::Continued => Vec::new(),
        Msg::Revealed => present::reveal(model),
    };
    since::freshen(model);
    claims::freshen(model);
    settle(model);
    effects.extend(wake::next(model).map(Effect::WakeAt));
    effects
}

fn told(model: &mut Model, text: String) -> Vec<Effect> {
    model.say(text);
    Vec::new()
}

/// What a row of the action table comes to.
fn choose(model: &mut Model, choice: Choice) -> Vec<Effect> {
    match choice {
        Choice::Show(screen) => browse::show(model, screen),
        Choice::Up | Choice::Down | Choice::PageUp | Choice::PageDown | Choice::First | Choice::Last => {
            browse::moved(model, choice)
        }
        Choice::Fold | Choice::Unfold => browse::folded(model, choice == Choice::Unfold),
        Choice::NextPane => browse::next_pane(model),
        Choice::Open => browse::open(model),
        Choice::Back => browse::back(model),
        Choice::Filter => browse::filter(model),
        Choice::FilterKeep | Choice::FilterDrop => browse::filter_left(model, choice == Choice::FilterKeep),
        Choice::Problems => browse::problems(model),
        Choice::Mine => browse::mine(model),
        Choice::WholeWay => browse::whole_way(model),
        Choice::NextBlank => browse::next_blank(model),
        Choice::Why => browse::why(model),
        Choice::Since => overlay(model, Overlay::Since { top: 0 }),
        Choice::Present => present::key(model),
        Choice::SinceStart => since::turn(model),
        Choice::SinceDate => since::date(model),
        Choice::CheckText => claims::ask(model),
        Choice::Brief => since::brief(model),
        Choice::Help => overlay(model, Overlay::Help { top: 0 }),
        Choice::Palette => overlay(model, Overlay::Palette(super::model::overlay::Palette::default())),
        Choice::PaletteTake => palette::take(model),
        Choice::Rooms => rooms::open(model),
        Choice::RoomTake => rooms::take(model),
        Choice::Conflicts => conflict::show(model),
        Choice::TakeMine => conflict::settle(model, Take::Mine),
        Choice::TakeTheirs => conflict::settle(model, Take::Theirs),
        Choice::Reload => room::reload(model),
        Choice::Undo => room::undo(model),
        Choice::Copy => nudge::copy(model),
        Choice::Nudge => nudge::one(model),
        Choice::NudgeAll => nudge::all(model),
        Choice::EditFile => room::edit_file(model),
        Choice::Suspend => vec![Effect::Suspend],
        Choice::Quit => quit(model),
        Choice::Run => runs::sheet(model),
        Choice::RunAgain => runs::again(model),
        Choice::Stop => runs::stop(model),
        Choice::Follow => runs::follow(model),
        Choice::NextMatch | Choice::PreviousMatch => runs::match_shown(model, choice == Choice::PreviousMatch),
        Choice::Attach => document::attach(model),
        Choice::Edit => forms::edit(model),
        Choice::Remove => forms::remove(model),
        Choice::Space => forms::space(model),
        Choice::Verify => room::verify(model),
        Choice::Decide => decide::open(model),
        Choice::Dossier => dossier::open(model),
        Choice::Submit => forms::submit(model),
        Choice::NextField | Choice::PreviousField => forms::next_field(model, choice == Choice::PreviousField),
        Choice::Cancel => cancel(model),
        Choice::Yes => confirmed(model),
    }
}

fn overlay(model: &mut Model, overlay: Overlay) -> Vec<Effect> {
    model.overlays.push(overlay);
    Vec::new()
}

/// Closes what lies on top. A form that was typed into waits for the next time.
fn cancel(model: &mut Model) -> Vec<Effect> {
    if let Some(Overlay::Form(form)) = model.overlays.pop()
        && form.is_changed()
        // What is typed into a run sheet is for that run: a secret, a phrase that a person says once.
        && !matches!(form.purpose, crate::tui::model::form::Purpose::Run(_) | crate::tui::model::form::Purpose::Batch(_))
    {
        model.say("Not saved; what you typed waits here until you open it again");
        model.drafts.retain(|draft| draft.purpose != form.purpose);
        model.drafts.push(*form);
    }
    Vec::new()
}

fn confirmed(model: &mut Model) -> Vec<Effect> {
    match model.overlays.pop() {
        Some(Overlay::Confirm(confirm)) => vec![confirm.then],
        other => {
            model.overlays.extend(other);
            Vec::new()
        }
    }
}

fn quit(model: &mut Model) -> Vec<Effect> {
    if model.curtain.is_some() {
        let lines = vec!["Somebody watches; the terminal shows what was on it before the cockpit.".to_owned()];
        let then = Effect::Leave(Leave::Quit);
        let title = "Leave presenting, and the cockpit?".into();
        return overlay(model, Overlay::Confirm(super::model::overlay::Confirm { title, lines, yes: "leave".into(), then }));
    }
    leave(model, Leave::Quit)
}

/// Leaves; asks only while a run is under way.
fn leave(model: &mut Model, way: Leave) -> Vec<Effect> {
    let runs = model.runs.under_way();
    if runs == 0 {
        return vec![Effect::Leave(way)];
    }
    let waiting = match model.runs.waiting() {
        0 => String::new(),
        1 => " The one that waits does not run.".to_owned(),
        n => format!(" The {n} that wait do not run."),
    };
    let what = if runs == 1 { "A run is".to_owned() } else { format!("{runs} runs are") };
    overlay(
        model,
        Overlay::Confirm(super::model::overlay::Confirm {
            title: "Leave while a run is under way?".into(),
            lines: vec![
                format!("{what} under way. Leaving stops it, with everything it started.{waiting}"),
                "What it printed so far is kept and can be attached or discarded next time.".into(),
            ],
            yes: "stop and leave".into(),
            then: Effect::Leave(way),
        }),
    )
}

/// Selection and scroll follow what the list has become.
fn settle(model: &mut Model) {
    if model.opened.is_none() {
        return;
    }
    let items = view::items(model);
    let regions = view::regions(model);
    let detail =
        regions.detail.map_or(0, |detail| view::detail_length(model, detail.width).saturating_sub(usize::from(detail.height)));
    let place = model.place_mut();
    place.settle(&items, usize::from(regions.list.height));
    place.detail_top = place.detail_top.min(detail);
    place.in_detail &= regions.detail.is_some();
}
