//! Where everything is. Pure: the drawing and the mouse ask the same function.

use super::chrome;
use crate::tui::model::{Model, Screen};
use ratatui::layout::Rect;

/// The parts of a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regions {
    pub header: Rect,
    pub tabs: Vec<(Screen, Rect)>,
    pub tab_line: Rect,
    /// The rule under the tabs.
    pub rule: Rect,
    /// The verdict, on screens that open with one.
    pub head: Rect,
    pub list_title: Option<Rect>,
    pub list: Rect,
    pub detail_title: Option<Rect>,
    pub detail: Option<Rect>,
    /// Between list and detail when they stand side by side, rules included.
    pub bar: Option<Rect>,
    /// The rule over the footer.
    pub foot_rule: Rect,
    pub footer: Rect,
}

/// Too small for anything but a sentence.
#[must_use]
pub fn is_too_small(area: Rect) -> bool {
    area.width < 40 || area.height < 10
}

/// Side by side from this width on.
const SIDE_BY_SIDE: u16 = 100;
/// Now gets its second column later: from where the first still has all of its own columns.
const NOW_SIDE_BY_SIDE: u16 = 132;

/// The regions of the screen in front.
#[must_use]
pub fn regions(model: &Model) -> Regions {
    let area = model.size;
    let row = |y: u16| Rect { x: area.x, y: area.y + y.min(area.height), width: area.width, height: u16::from(y < area.height) };
    let head = match model.screen {
        Screen::Now | Screen::Gates => 2,
        Screen::Owners | Screen::Decide => 1,
        Screen::Steps | Screen::Proofs | Screen::Evidence | Screen::Deps | Screen::Claims => 0,
    };
    let foot = area.height.saturating_sub(2);
    let body = Rect { y: area.y + 3 + head, height: foot.saturating_sub(3 + head), ..area };
    let base = Regions {
        header: row(0),
        tabs: chrome::tabs(model, row(1)),
        tab_line: row(1),
        rule: row(2),
        head: Rect { y: area.y + 3, height: head.min(area.height.saturating_sub(3)), ..narrower(area) },
        list_title: None,
        list: body,
        detail_title: None,
        detail: None,
        bar: None,
        foot_rule: row(foot),
        footer: row(area.height.saturating_sub(1)),
    };
    let side_by_side = match model.screen {
        Screen::Now => area.width >= NOW_SIDE_BY_SIDE,
        Screen::Owners => area.width >= 140,
        Screen::Steps | Screen::Gates | Screen::Proofs | Screen::Evidence | Screen::Deps | Screen::Claims | Screen::Decide => {
            area.width >= SIDE_BY_SIDE
        }
    };
    if side_by_side { beside(model, base, body) } else { below(model, base, body) }
}

fn beside(model: &Model, base: Regions, body: Rect) -> Regions {
    let share = match model.screen {
        // A very wide window is halved: both columns have room for everything.
        Screen::Now if body.width >= 180 => 50,
        // Output needs the room more than the list of proofs does.
        Screen::Proofs if super::output::has_pane(model) => 44,
        Screen::Gates | Screen::Proofs if body.width < 110 => 61,
        Screen::Now | Screen::Gates | Screen::Proofs | Screen::Decide | Screen::Deps => 65,
        Screen::Owners => 64,
        Screen::Steps | Screen::Claims | Screen::Evidence => 61,
    };
    let left = (u32::from(body.width) * share / 100) as u16;
    let title = Rect { height: body.height.min(1), ..body };
    let rest = Rect { y: body.y + title.height, height: body.height - title.height, ..body };
    let right = body.x + left + 1;
    let right_width = body.width - left - 1;
    Regions {
        list_title: Some(Rect { width: left, ..title }),
        // One blank cell on either side of the bar.
        list: Rect { width: left.saturating_sub(1), ..rest },
        detail_title: Some(Rect { x: right, width: right_width, ..title }),
        detail: Some(narrower(Rect { x: right + 1, width: right_width.saturating_sub(1), ..rest })),
        bar: Some(Rect { x: body.x + left, y: title.y, width: 1, height: body.height + 1 }),
        ..base
    }
}

fn below(model: &Model, base: Regions, body: Rect) -> Regions {
    let title = Rect { height: body.height.min(1), ..body };
    let rest = Rect { y: body.y + title.height, height: body.height - title.height, ..body };
    // Now is one page; the others keep at least five rows of list before a detail gets any.
    let pane = model.screen == Screen::Proofs && model.place().in_detail;
    let wanted = match model.screen {
        Screen::Now => 0,
        _ if pane => rest.height.saturating_sub(4),
        Screen::Proofs | Screen::Evidence => rest.height / 2,
        Screen::Owners | Screen::Claims => (rest.height / 2).saturating_sub(1).min(6),
        _ => (rest.height / 2).saturating_sub(1).min(9),
    };
    if wanted < 3 || rest.height < 8 {
        return Regions { list_title: Some(title), list: rest, ..base };
    }
    let list = rest.height - wanted - 1;
    Regions {
        list_title: Some(title),
        list: Rect { height: list, ..rest },
        detail_title: Some(Rect { y: rest.y + list, height: 1, ..rest }),
        detail: Some(narrower(Rect { x: rest.x + 1, width: rest.width.saturating_sub(1), y: rest.y + list + 1, height: wanted })),
        ..base
    }
}

/// With a free cell at the right edge, as there is one at the left.
fn narrower(area: Rect) -> Rect {
    Rect { width: area.width.saturating_sub(1), ..area }
}
