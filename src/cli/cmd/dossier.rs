//! Writes a dossier, or tells what would be in it.

use crate::app::error::{Error, Kind};
use crate::app::export::{self, Exported, Form, Wish};
use crate::app::prove::command::quote;
use crate::cli::args::{DossierArgs, DossierFormat};
use crate::cli::{Exit, context::Context, context::usage};
use crate::format::dossier::{Dossier, preview};
use crate::format::moment;
use crate::present::line::{Line, Tone};
use crate::present::words;
use std::path::Path;

pub fn run(cx: &mut Context<'_>, args: &DossierArgs) -> Result<Exit, Error> {
    // As everywhere else, a dash is no name.
    let output = args.output.as_deref().filter(|path| path.as_os_str() != "-");
    let form = form(args.format, output)?;
    let to_terminal = output.is_none() && cx.wiring.process.stdout_is_terminal;
    if form == Form::Zip && to_terminal && !args.preview {
        return Err(
            usage("a zip is not for a terminal").hint("name a file: launchroom dossier -o dossier.zip, or look first: --preview")
        );
    }
    let there = output.filter(|path| !args.preview && cx.wiring.rooms.has_name(path));
    if let Some(path) = there.filter(|_| !args.force) {
        let what = format!("cannot write {}", path.display());
        return Err(Error::new(Kind::Conflict, what, "it is there already, and nothing is written over it")
            .hint("name another path, or --force"));
    }
    let (store, opened) = cx.opened()?;
    let zone = &opened.snapshot.room.tenant.timezone;
    let as_of = args.as_of.as_deref().map(|text| moment::until(text, cx.now(), zone)).transpose().map_err(usage)?;
    let wish = Wish {
        audience: args.audience.into(),
        as_of,
        include: args.include.clone(),
        form,
        secrets: export::secrets(&opened.snapshot.plan, |name| cx.wiring.process.var(name)),
    };
    let made = export::export_of(&*store, &opened, &wish)?;
    if args.preview {
        cx.out.lines(preview(&made.dossier, &made.files, made.bytes.len()));
        return Ok(Exit::Ok);
    }
    if opened.readiness.verdict() != made.dossier.readiness.verdict() {
        let now = words::verdict_in_a_sentence(opened.readiness.verdict());
        let at = words::moment_in_full(made.dossier.readiness.as_of, zone);
        cx.out
            .say(Line::of(Tone::Warn, format!("the dossier is as of {at}; by now it is {now} (--as-of states another moment)")));
    }
    match output {
        Some(path) => written(cx, path, args.force, &made)?,
        // What a terminal shows goes through the printer that makes it safe.
        None if to_terminal => cx.out.document(&String::from_utf8_lossy(&made.bytes)),
        None => cx.out.bytes(&made.bytes),
    }
    Ok(Exit::Ok)
}

/// The form that was asked for, by name or by the end of the file's name. The two must not say different things.
fn form(asked: Option<DossierFormat>, output: Option<&Path>) -> Result<Form, Error> {
    let asked = asked.map(|format| match format {
        DossierFormat::Zip => Form::Zip,
        DossierFormat::Html => Form::Html,
        DossierFormat::Md => Form::Markdown,
        DossierFormat::Json => Form::Json,
    });
    let ending = output.and_then(Path::extension).map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let named = match ending.as_deref() {
        Some("zip") => Some(Form::Zip),
        Some("html" | "htm") => Some(Form::Html),
        Some("md" | "markdown") => Some(Form::Markdown),
        Some("json") => Some(Form::Json),
        _ => None,
    };
    match (asked, named, output) {
        (Some(asked), Some(named), Some(path)) if asked != named => {
            let what = format!("--format {} and a file named {} say different things", asked.as_str(), path.display());
            Err(usage(what).hint("leave --format out, or name the file by its form"))
        }
        (asked, named, _) => Ok(asked.or(named).unwrap_or(Form::Zip)),
    }
}

fn written(cx: &mut Context<'_>, path: &Path, force: bool, made: &Exported) -> Result<(), Error> {
    if force {
        cx.wiring.rooms.replace(path, &made.bytes)?;
    } else {
        cx.wiring.rooms.create(path, &made.bytes)?;
    }
    let Dossier { audience, head, .. } = &made.dossier;
    let size = words::size(made.bytes.len() as u64);
    cx.out.line(format!("{} is a dossier for the {}: {size}", path.display(), audience.as_str()));
    let counts = format!(
        "  {} as they are, {} withheld, head {} #{}",
        words::count(made.dossier.included(), "entry", "entries"),
        made.dossier.withheld(),
        head.hash.short(),
        head.seq
    );
    cx.out.line(Line::of(Tone::Quiet, counts));
    if made.files.len() > 1 {
        cx.out.line(Line::of(Tone::Quiet, format!("  check it: launchroom verify {}", quote(&path.to_string_lossy()))));
    }
    Ok(())
}
