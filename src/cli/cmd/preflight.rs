//! Looks a locked env file over. Prints names and hosts, never a value.

use crate::app::error::{Error, Kind};
use crate::app::preflight::{self, Preflight};
use crate::cli::args::PreflightArgs;
use crate::cli::{Exit, context::Context};
use crate::domain::ids::ProofId;
use crate::present::line::{Line, Tone};
use crate::present::words;
use serde_json::{Value, json};

pub fn run(cx: &mut Context<'_>, args: &PreflightArgs) -> Result<Exit, Error> {
    let (_, opened) = cx.opened()?;
    let path = &args.env_file;
    let values = cx.wiring.runner.env_file(path)?.ok_or_else(|| {
        Error::new(Kind::Input, format!("the env file {} is not used", path.display()), "there is no such file")
    })?;
    let found = preflight::preflight(&opened.snapshot.plan, &opened.snapshot.room, &values);
    if args.reading.json {
        cx.out.json(&shape(&found));
    } else {
        print(cx, &found, values.len());
    }
    Ok(if found.findings() == 0 { Exit::Ok } else { Exit::No })
}

fn print(cx: &mut Context<'_>, found: &Preflight, names: usize) {
    let symbols = cx.symbols();
    let line = |ok: bool, text: String| {
        let (mark, tone) = if ok { (symbols.met, Tone::Good) } else { (symbols.unmet, Tone::Bad) };
        Line::of(tone, mark).then(format!(" {text}"))
    };
    cx.out.line(line(true, format!("yours, for nobody else, no link, {}", words::count(names, "name", "names"))));
    for needed in &found.needed {
        let by = needed.by.iter().map(ProofId::as_str).collect::<Vec<_>>().join(", ");
        let state = if needed.present { "is there" } else { "is missing" };
        cx.out.line(line(needed.present, format!("{} {state}, for {by}", needed.name)));
    }
    for aim in &found.aims {
        let text = match &aim.instead_of {
            None => format!("{} is {}", aim.name, aim.at),
            Some(usual) => format!("{} is {}, not {usual}", aim.name, aim.at),
        };
        cx.out.line(line(aim.instead_of.is_none(), text));
    }
    for name in &found.placeholders {
        cx.out.line(line(false, format!("{name} is still a placeholder: it wants the value itself")));
    }
    for name in &found.confirmations {
        cx.out.line(line(false, format!("{name} is in the file: a person types it at each run, take it out")));
    }
    for group in &found.groups {
        cx.out.line(Line::of(Tone::Quiet, format!("  {}: {} of {} names", group.group, group.present, group.of)));
    }
}

fn shape(found: &Preflight) -> Value {
    let needed = found.needed.iter().map(|one| json!({ "name": one.name, "present": one.present, "proofs": one.by }));
    let aims = found.aims.iter().map(|one| json!({ "name": one.name, "at": one.at, "instead_of": one.instead_of }));
    let groups = found.groups.iter().map(|one| json!({ "id": one.group, "present": one.present, "of": one.of }));
    json!({
        "schema": 1,
        "ok": found.findings() == 0,
        "needed": needed.collect::<Vec<_>>(),
        "aims": aims.collect::<Vec<_>>(),
        "placeholders": found.placeholders,
        "confirmations": found.confirmations,
        "groups": groups.collect::<Vec<_>>(),
    })
}
