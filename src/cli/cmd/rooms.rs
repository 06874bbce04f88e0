//! Many rooms side by side.

use crate::app::discover::Where;
use crate::app::error::Error;
use crate::app::portfolio::{Portfolio, Row, json};
use crate::cli::args::RoomsArgs;
use crate::cli::{Exit, context::Context};
use crate::domain::gate::Verdict;
use crate::present::line::{Line, Tone, clip, columns};
use crate::present::symbols::Symbols;
use crate::present::words;
use jiff::Timestamp;

const COLUMNS: usize = 80;
/// A name takes no more of a row.
const NAME: usize = 26;

pub fn run(cx: &mut Context<'_>, args: &RoomsArgs) -> Result<Exit, Error> {
    // A server that is named for its room has the others, too.
    let server = cx.settings.named_room().filter(|named| matches!(Where::of(named), Where::Server(_)));
    let place = args.place.as_deref().or(server).or(cx.settings.rooms.value.as_deref()).unwrap_or(".").to_owned();
    let now = cx.now();
    let portfolio = cx.wiring.rooms.portfolio(&place, &cx.settings)?;
    if args.reading.json {
        cx.out.json(&json::to_json(&portfolio, now));
    } else {
        let symbols = cx.symbols();
        cx.out.lines(as_text(&portfolio, now, symbols));
        if portfolio.rows.is_empty() {
            let hint = if matches!(Where::of(&place), Where::Server(_)) {
                cx.out.say(format!("{} has no room yet, or none that your token may see", portfolio.place));
                "  on the server: launchroom serve --import launchroom.toml brings one in"
            } else {
                cx.out.say(format!("there is no room beneath {}", portfolio.place));
                "  make one: launchroom init --tenant NAME; look around first: launchroom demo"
            };
            cx.out.say(Line::of(Tone::Quiet, hint));
        }
    }
    if let Some(cut) = &portfolio.cut {
        cx.out.say(Line::of(Tone::Warn, cut.clone()));
    }
    Ok(exit(&portfolio))
}

/// Whether they could be read; what their verdicts are is what the list says.
fn exit(portfolio: &Portfolio) -> Exit {
    let of = |row: &Row| match &row.found {
        Ok(standing) if standing.damage.is_some() => Exit::Fault,
        Ok(_) => Exit::Ok,
        Err(error) => error.kind.into(),
    };
    let ends: Vec<Exit> = portfolio.rows.iter().map(of).collect();
    // A fault outranks what is merely unreadable.
    let worst = |end: &Exit| ends.contains(end);
    [Exit::Fault, Exit::Usage, Exit::Refused].into_iter().find(worst).unwrap_or(Exit::Ok)
}

fn as_text(portfolio: &Portfolio, now: Timestamp, symbols: &Symbols) -> Vec<Line> {
    let heads = columns(&portfolio.rows.iter().map(|row| head(row, now, symbols)).collect::<Vec<_>>());
    let mut lines = Vec::new();
    for (row, head) in portfolio.rows.iter().zip(heads) {
        lines.push(head);
        lines.extend(beneath(row, symbols));
    }
    if portfolio.rows.len() > 1 {
        lines.push(Line::of(Tone::Quiet, total(&portfolio.rows)));
    }
    lines
}

/// Name, verdict, stage, last movement.
fn head(row: &Row, now: Timestamp, symbols: &Symbols) -> Vec<(Tone, String)> {
    let Ok(standing) = &row.found else {
        let place = clip(&row.place, NAME + 14, symbols.ellipsis).into_owned();
        return vec![(Tone::Bad, format!("{} {place}", symbols.warning)), (Tone::Bad, "cannot be read".into())];
    };
    let (tone, mark) = match standing.verdict {
        _ if standing.damage.is_some() => (Tone::Bad, symbols.warning),
        Verdict::Go | Verdict::GoWithExclusions => (Tone::Good, symbols.met),
        Verdict::AwaitingDecision => (Tone::Warn, symbols.idle),
        Verdict::NoGo => (Tone::Bad, symbols.unmet),
    };
    let moved =
        standing.moved.as_ref().map_or_else(|| "not moved yet".to_owned(), |it| words::moment_dated(it.at, now, &standing.zone));
    vec![
        (tone, format!("{mark} {}", clip(&standing.name, NAME, symbols.ellipsis))),
        (tone, standing.headline.clone()),
        (Tone::Plain, format!("{}/{}", standing.met, standing.total)),
        (Tone::Plain, format!("at {}", standing.stage)),
        (Tone::Quiet, moved),
    ]
}

fn beneath(row: &Row, symbols: &Symbols) -> Vec<Line> {
    let quiet = |text: String| Line::of(Tone::Quiet, format!("    {}", clip(&text, COLUMNS - 4, symbols.ellipsis)));
    match &row.found {
        Ok(standing) => {
            let mut lines = Vec::new();
            if let Some(damage) = &standing.damage {
                lines.push(Line::of(Tone::Bad, format!("    {damage}")));
            }
            lines.extend(standing.action.as_ref().map(|it| quiet(format!("next: {} ({})", it.text, it.owner))));
            lines.push(quiet(row.place.clone()));
            lines
        }
        Err(error) => vec![quiet(json::why(error))],
    }
}

fn total(rows: &[Row]) -> String {
    let of =
        |wanted: fn(Verdict) -> bool| rows.iter().filter(|row| row.found.as_ref().is_ok_and(|it| wanted(it.verdict))).count();
    let parts = [
        (of(|it| matches!(it, Verdict::Go | Verdict::GoWithExclusions)), "go"),
        (of(|it| it == Verdict::AwaitingDecision), "awaiting a decision"),
        (of(|it| it == Verdict::NoGo), "no-go"),
        (rows.iter().filter(|row| row.found.is_err()).count(), "cannot be read"),
    ];
    let told: Vec<String> = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    format!("{}: {}", words::count(rows.len(), "room", "rooms"), told.join(", "))
}
