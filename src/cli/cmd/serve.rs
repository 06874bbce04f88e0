//! Serves rooms to a team.

use crate::app::error::Error;
use crate::app::host::TakenIn;
use crate::cli::args::{LogTo, ServeArgs};
use crate::cli::{Exit, Serving, context::Context};
use crate::present::line::{Line, Tone};
use crate::present::words;

pub fn run(cx: &mut Context<'_>, args: &ServeArgs) -> Result<Exit, Error> {
    cx.writable()?;
    let host = &cx.wiring.hosting;
    let shelf = host.shelf(args.database.database.as_deref(), args.blobs.as_deref(), true)?;
    for taken in cx.wiring.hosting.take_in(&*shelf, &args.import)? {
        tell(cx, &taken);
    }
    let rooms = shelf.tenants()?;
    if rooms.is_empty() {
        cx.out.say(Line::of(Tone::Warn, "there is no room here yet: launchroom serve --import launchroom.toml"));
    }
    if shelf.issued()?.iter().all(|issued| !issued.grant.holds(cx.now())) {
        let tenant = rooms.first().map_or("TENANT", String::as_str);
        let hint = format!("nobody may come in yet: launchroom token create --tenant {tenant} --role operator --name NAME");
        cx.out.say(Line::of(Tone::Warn, hint));
    }
    let serving = Serving {
        bind: args.bind.clone(),
        tls: args.tls_cert.clone().zip(args.tls_key.clone()),
        max_upload: args.max_upload << 20,
        max_connections: args.max_connections as usize,
        is_logged: args.log == LogTo::Stderr,
    };
    let place = shelf.place();
    let out = &mut cx.out;
    let is_open = serving.tls.is_none();
    cx.wiring.hosting.serve(shelf, &serving, &mut |address| {
        let count = words::count(rooms.len(), "room", "rooms");
        out.line(format!("{address} serves {count} from {place}"));
        let is_near = ["127.", "localhost", "[::1]"].iter().any(|near| address.contains(&format!("://{near}")));
        if is_open && !is_near {
            let warning = "without --tls-cert what goes there can be read on the way: put a proxy with TLS in front of it";
            out.say(Line::of(Tone::Warn, warning));
        }
        out.flush();
    })
}

fn tell(cx: &mut Context<'_>, taken: &TakenIn) {
    if taken.was_here {
        cx.out.say(format!("{} is here already", taken.tenant));
        return;
    }
    let (entries, files) = (words::count(taken.entries, "entry", "entries"), words::count(taken.files, "file", "files"));
    cx.out.line(format!("{} came in: {entries}, {files}", taken.tenant));
    if taken.receipts > 0 {
        let records = words::count(taken.receipts, "locked record", "locked records");
        cx.out.line(Line::of(Tone::Quiet, format!("  {records} by receipt: the bytes stay on the machine that holds them")));
    }
}
