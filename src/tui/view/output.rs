//! The pane of a run: how it ended, what each check of a bundle said, and what it printed.

use super::proofs::elapsed;
use crate::app::ports::Captured;
use crate::domain::ledger::{Check, CheckStatus};
use crate::present::{safe, words};
use crate::tui::action::run_in_front;
use crate::tui::model::run::{LiveRun, RunState};
use crate::tui::model::{Facts, Model, Subject};
use crate::tui::widget::{self, Ink};
use jiff::SignedDuration;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
    text::{Line, Span},
};
use unicode_segmentation::UnicodeSegmentation as _;

/// Whether the right or lower part shows a run's output.
#[must_use]
pub fn has_pane(model: &Model) -> bool {
    run_in_front(model).is_some_and(|run| !matches!(run.state, RunState::Settled(_)) || model.place().in_detail)
}

/// Where the output of the run in front is shown: the pane without the lines that tell how it stands.
fn output_area(model: &Model, run: &LiveRun) -> Rect {
    let area = super::regions(model).detail.unwrap_or_default();
    let head = model.facts().map_or(1, |facts| status(model, &facts, run, usize::from(area.width)).len() as u16).min(area.height);
    Rect { y: area.y + head, height: area.height - head, ..area }
}

/// The first line shown while the pane follows the end: from there on everything fits, long lines folded.
#[must_use]
pub fn last_top(model: &Model, run: &LiveRun) -> usize {
    let area = output_area(model, run);
    let (cells, mut left) = (usize::from(area.width), usize::from(area.height));
    let mut top = run.lines.len();
    for line in run.lines.iter().rev() {
        let rows = rows(model, line, "", cells, left.max(1)).len();
        if rows > left {
            break;
        }
        left -= rows;
        top -= 1;
    }
    top.min(run.lines.len().saturating_sub(1))
}

/// The title of the pane: which run, and how far.
#[must_use]
pub fn pane_title(model: &Model) -> String {
    let (Some(run), Some(facts)) = (run_in_front(model), model.facts()) else { return String::new() };
    let title = facts.plan.proof(run.proof.as_str()).map_or(run.proof.as_str(), |proof| &proof.title);
    title.to_owned()
}

/// The output, following its end or frozen where somebody scrolled to. The verdict stands outside of it, on the first
/// line, and is drawn from the exit status alone. What the checks of a bundle said comes first; its text beneath.
pub fn pane(model: &Model, area: Rect, buffer: &mut Buffer) {
    let (Some(run), Some(facts)) = (run_in_front(model), model.facts()) else { return };
    let cells = usize::from(area.width);
    super::lines(&status(model, &facts, run, cells), 0, area, buffer);
    let body = output_area(model, run);
    let height = usize::from(body.height);
    let wanted = run.search.as_str().to_lowercase();
    let mut out: Vec<Line<'static>> = Vec::with_capacity(height);
    let following = run.frozen_at.is_none() && wanted.is_empty();
    if following && let Some(checks) = run.captured().and_then(|captured| captured.checks.as_ref()).filter(|all| !all.is_empty())
    {
        out = results(model, &facts, run, checks, cells);
        out.push(super::parts::section(model, cells, "Output"));
    }
    let room = height.saturating_sub(out.len());
    let partial = (!run.partial.is_empty() && run.frozen_at.is_none()).then_some(&run.partial);
    if let Some(top) = run.frozen_at {
        for line in run.lines.iter().skip(top) {
            out.extend(rows(model, line, &wanted, cells, height));
            if out.len() >= height {
                break;
            }
        }
    } else {
        // From the end backwards, as much as fits.
        let mut tail: Vec<Line<'static>> = Vec::new();
        for line in run.lines.iter().chain(partial).rev() {
            if tail.len() >= room {
                break;
            }
            tail.extend(rows(model, line, &wanted, cells, height).into_iter().rev());
        }
        tail.truncate(room);
        out.extend(tail.into_iter().rev());
    }
    super::lines(&out, 0, body, buffer);
}

/// What each check said: failed first, then those that something covers; the passed ones are one line.
fn results(model: &Model, facts: &Facts, run: &LiveRun, checks: &[Check], cells: usize) -> Vec<Line<'static>> {
    let (symbols, theme) = (model.look.symbols, &model.look.theme);
    let covered = |check: &Check| {
        let key = format!("{}:{}", run.proof, check.id);
        let signed = facts.readiness.exclusions.iter().any(|exclusion| exclusion.live && exclusion.covers == key);
        let mut needing = facts
            .readiness
            .gates
            .iter()
            .flat_map(|gate| &gate.requirements)
            .filter(|one| Subject::Requirement(one.id.clone()).proof(model).as_ref() == Some(&run.proof));
        signed || needing.any(|one| one.covered.contains(&check.id))
    };
    let open = |check: &&Check| check.status != CheckStatus::Passed;
    let (excused, failed): (Vec<&Check>, Vec<&Check>) = checks.iter().filter(open).partition(|check| covered(check));
    let id_cells = checks.iter().filter(open).map(|check| widget::width(check.id.as_str())).max().unwrap_or(0).min(cells / 2);
    let line = |check: &Check, mark: &str, style: Style, prefix: &str| {
        let detail = if check.detail.is_empty() { words::check(check.status) } else { &check.detail };
        let ink = Ink::new(&model.look, cells).text(mark, style).gap(1).cell(check.id.as_str(), id_cells, theme.text).gap(2);
        ink.plain(&format!("{prefix}{detail}")).line()
    };
    let mut out: Vec<Line<'static>> = failed.iter().map(|check| line(check, symbols.unmet, theme.trouble, "")).collect();
    out.extend(excused.iter().map(|check| line(check, symbols.excluded, theme.excluded, "covered: ")));
    let passed = checks.len() - failed.len() - excused.len();
    if passed > 0 {
        let text = format!("{} passed", words::count(passed, "check", "checks"));
        out.push(Ink::new(&model.look, cells).text(symbols.met, theme.good).gap(1).text(&text, theme.good).line());
    }
    out
}

/// How it stands and what may be done, on one line, or on two where one is too short: neither is ever dropped.
fn status(model: &Model, facts: &Facts, run: &LiveRun, cells: usize) -> Vec<Line<'static>> {
    let (look, theme) = (&model.look, &model.look.theme);
    let keys = |id: &str| model.keymap.hint(id);
    let (ink, does) = match &run.state {
        RunState::UnderWay { stopping } => {
            let word = if *stopping { "stopping" } else { "running" };
            let ink = Ink::new(look, cells).text(&format!("{word} {}", elapsed(facts, run)), theme.strong).gap(2);
            let ink = match quiet(model, facts, run) {
                Some(quiet) => ink.text(&format!("printed nothing for {quiet}"), theme.caution),
                None => ink.quiet(&lines_seen(run)),
            };
            (ink, format!("{} stops", keys("proof.stop")))
        }
        RunState::Waiting(_) => {
            let ink = Ink::new(look, cells).text("waits for its turn", theme.strong).gap(2);
            let ahead = format!("{} at once", words::count(model.proofs_at_once, "proof runs", "proofs run"));
            (ink.quiet(&ahead), format!("{} takes it off", keys("proof.stop")))
        }
        RunState::Captured(captured) => {
            (ended(model, run, captured, cells), format!("{} attach, {} discard", keys("evidence.attach"), keys("row.remove")))
        }
        RunState::Settled(captured) => (ended(model, run, captured, cells), "no longer in the spool".to_owned()),
        RunState::Broken(why) => {
            let lines = widget::wrap(look.symbols, why, cells.saturating_sub(2));
            let mark = |at: usize| if at == 0 { look.symbols.unmet } else { "" };
            let put = |(at, text): (usize, &String)| {
                Ink::new(look, cells).cell(mark(at), 2, theme.trouble).text(text, theme.trouble).line()
            };
            return lines.iter().enumerate().map(put).collect();
        }
    };
    let does = match (run.frozen_at, matches(run)) {
        (_, Some(0)) => format!("no line has it, {does}"),
        (_, Some(n)) => format!(
            "{}, {} {}",
            words::count(n, "line has it", "lines have it"),
            keys("run.previous-match"),
            keys("run.next-match")
        ),
        (Some(_), None) => format!("frozen, {} follows, {does}", keys("run.follow")),
        (None, None) => does,
    };
    if ink.left() > widget::width(&does) + 1 {
        return vec![ink.right(&does, theme.quiet).line()];
    }
    vec![ink.line(), Ink::new(look, cells).gap(2).quiet(&does).line()]
}

fn ended<'a>(model: &'a Model, run: &LiveRun, captured: &Captured, cells: usize) -> Ink<'a> {
    let (look, theme) = (&model.look, &model.look.theme);
    let passed = captured.passed();
    let (mark, style) = if passed { (look.symbols.met, theme.good) } else { (look.symbols.unmet, theme.trouble) };
    let took = words::duration(captured.run.ended.duration_since(captured.run.started));
    Ink::new(look, cells)
        .text(mark, style)
        .gap(1)
        .text(&words::run_outcome(captured.outcome, &captured.run), style)
        .gap(2)
        .quiet(&format!("{took}, {}", checks(captured).unwrap_or_else(|| lines_seen(run))))
}

/// How many lines have the searched text, when one is searched for.
fn matches(run: &LiveRun) -> Option<usize> {
    let wanted = run.search.as_str().to_lowercase();
    if wanted.is_empty() {
        return None;
    }
    let hit = |line: &&Vec<u8>| String::from_utf8_lossy(line).to_lowercase().contains(&wanted);
    Some(run.lines.iter().filter(hit).count())
}

/// For how long it has printed nothing, when that is long. It runs on: only a person knows whether that is in order.
fn quiet(model: &Model, facts: &Facts, run: &LiveRun) -> Option<String> {
    let since = SignedDuration::from_secs(facts.now.duration_since(run.heard).as_secs());
    (since >= model.quiet_after).then(|| words::duration(since))
}

fn lines_seen(run: &LiveRun) -> String {
    let seen = run.skipped + run.lines.len() as u64;
    let counted = words::count(seen, "line", "lines");
    if run.skipped == 0 { counted } else { format!("{counted}, the last {} here", run.lines.len()) }
}

/// `42 checks, 40 passed`, when the output was a bundle.
fn checks(captured: &crate::app::ports::Captured) -> Option<String> {
    let checks = captured.checks.as_ref()?;
    let passed = checks.iter().filter(|check| check.status == CheckStatus::Passed).count();
    Some(format!("{}, {passed} passed", words::count(checks.len(), "check", "checks")))
}

/// A line of output, folded where the pane ends: colours kept where there are colours, everything else that could drive
/// a terminal made visible.
fn rows(model: &Model, line: &[u8], wanted: &str, cells: usize, most: usize) -> Vec<Line<'static>> {
    let theme = &model.look.theme;
    // A line of megabytes is not made safe whole.
    let line = line.get(..line.len().min(8 * 1024)).unwrap_or(line);
    let hit = !wanted.is_empty() && String::from_utf8_lossy(line).to_lowercase().contains(wanted);
    let mut out: Vec<Vec<Span<'static>>> = vec![Vec::new()];
    let mut used = 0;
    for (look, text) in safe::styled(line) {
        let text = widget::clean(model.look.symbols, text.as_str()).into_owned();
        let style = if theme.good.fg.is_none() { Style::new() } else { style(look) };
        let style = if hit { style.patch(theme.found) } else { style };
        let mut run = String::new();
        for cluster in text.graphemes(true) {
            let wide = widget::width(cluster);
            if used + wide > cells && used > 0 {
                out.last_mut().into_iter().for_each(|row| row.push(Span::styled(std::mem::take(&mut run), style)));
                if out.len() >= most {
                    return out.into_iter().map(Line::from).collect();
                }
                out.push(Vec::new());
                used = 0;
            }
            run.push_str(cluster);
            used += wide;
        }
        out.last_mut().into_iter().for_each(|row| row.push(Span::styled(std::mem::take(&mut run), style)));
    }
    out.into_iter().map(Line::from).collect()
}

/// Captured text in rows of so many cells: nothing of a long line is out of sight. Which rows, and how many there are in
/// all, is asked line by line, and only those that can be seen are made.
pub fn folded(model: &Model, lines: &[Vec<u8>], seen: std::ops::Range<usize>, cells: usize) -> Vec<Line<'static>> {
    let mut out: Vec<Line<'static>> = Vec::with_capacity(lines.len());
    for line in lines {
        let shown = line.get(..line.len().min(8 * 1024)).unwrap_or(line);
        let plain = shown.iter().all(|byte| matches!(byte, b' '..=b'~'));
        let first = out.len();
        if plain && (first >= seen.end || first + shown.len() / cells.max(1) < seen.start) {
            out.resize(first + shown.len().div_ceil(cells.max(1)).max(1), Line::default());
        } else {
            out.extend(rows(model, line, "", cells.max(1), usize::MAX));
        }
    }
    out
}

fn style(look: safe::Sgr) -> Style {
    let colour = |colour: safe::Colour| match colour {
        safe::Colour::Default => None,
        safe::Colour::Indexed(n) => Some(Color::Indexed(n)),
        safe::Colour::Rgb(r, g, b) => Some(Color::Rgb(r, g, b)),
    };
    let mut style = Style { fg: colour(look.fg), bg: colour(look.bg), ..Style::new() };
    for (on, modifier) in [
        (look.bold, Modifier::BOLD),
        (look.dim, Modifier::DIM),
        (look.italic, Modifier::ITALIC),
        (look.underline, Modifier::UNDERLINED),
        (look.reverse, Modifier::REVERSED),
    ] {
        if on {
            style = style.add_modifier(modifier);
        }
    }
    style
}
