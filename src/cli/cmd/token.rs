//! Who may come in to this server's rooms.

use crate::app::error::Error;
use crate::app::host::shelf::Shelf;
use crate::app::host::{self, Grant, Issued, Tenants};
use crate::cli::args::{TokenCommand, TokenCreateArgs};
use crate::cli::{Exit, context::Context, context::usage};
use crate::domain::ids::TenantId;
use crate::format::moment;
use crate::present::line::{Line, Tone, columns};
use crate::present::words;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use std::sync::Arc;

pub fn run(cx: &mut Context<'_>, command: &TokenCommand) -> Result<Exit, Error> {
    match command {
        TokenCommand::Create(args) => create(cx, args),
        TokenCommand::List { database, reading } => list(cx, database.database.as_deref(), reading.json),
        TokenCommand::Revoke { id, database } => revoke(cx, id, database.database.as_deref()),
    }
}

fn shelf(cx: &Context<'_>, database: Option<&str>) -> Result<Arc<dyn Shelf>, Error> {
    cx.wiring.hosting.shelf(database, None, false)
}

fn create(cx: &mut Context<'_>, args: &TokenCreateArgs) -> Result<Exit, Error> {
    cx.writable()?;
    if !host::looks_like_a_name(&args.name) {
        return Err(usage("a name stands in the ledger: on one line, at most 100 characters, no spaces around it"));
    }
    let tenants = if args.all_tenants { Tenants::All } else { Tenants::Only(args.tenant.iter().cloned().collect()) };
    if let Some(odd) = args.tenant.iter().find(|id| !TenantId::fits(id)) {
        return Err(usage(format!("`{odd}` is no tenant's id")).hint("small letters, digits and hyphens, as [tenant] id says"));
    }
    let expires = args.expires.as_deref().map(|text| end(text, cx.now())).transpose()?;
    let shelf = shelf(cx, args.database.database.as_deref())?;
    let (id, token) = host::issue(&cx.wiring.hosting.random()?);
    let grant = Grant { id, name: args.name.clone(), role: args.role.into(), tenants, expires, revoked: None };
    shelf.issue(&grant, &host::secret_of(&token), cx.now())?;
    if args.reading.json {
        let mut told = row(&Issued { grant, made: cx.now() }, cx.now());
        told["schema"] = 1.into();
        told["token"] = token.into();
        cx.out.json(&told);
        return Ok(Exit::Ok);
    }
    // The token alone on stdout: `TOKEN=$(launchroom token create …)` is what people do.
    cx.out.line(token);
    let known = shelf.tenants()?;
    for tenant in args.tenant.iter().filter(|tenant| !known.contains(tenant)) {
        cx.out.say(Line::of(Tone::Warn, format!("there is no room of {tenant} yet")));
    }
    cx.out.say(format!("shown once; end it with: launchroom token revoke {}", grant.id));
    Ok(Exit::Ok)
}

const LENGTH: &str = "or a length of time to come, like 30d; without --expires it holds until it is revoked";

fn end(text: &str, now: Timestamp) -> Result<Timestamp, Error> {
    let end = match moment::length(text) {
        Some(length) => now.checked_add(length).map_err(|_| usage(format!("`{text}` is too long")))?,
        None => moment::until(text, now, &TimeZone::UTC).map_err(|why| usage(why).hint(LENGTH))?,
    };
    if end <= now {
        return Err(usage(format!("the token would not hold at all: `{text}` is over already")).hint(LENGTH));
    }
    Ok(end)
}

fn list(cx: &mut Context<'_>, database: Option<&str>, as_json: bool) -> Result<Exit, Error> {
    let issued = shelf(cx, database)?.issued()?;
    let now = cx.now();
    if as_json {
        let tokens: Vec<Value> = issued.iter().map(|issued| row(issued, now)).collect();
        cx.out.json(&json!({ "schema": 1, "tokens": tokens }));
        return Ok(Exit::Ok);
    }
    if issued.is_empty() {
        cx.out.line("no tokens yet: launchroom token create --tenant TENANT --role ROLE --name NAME");
        return Ok(Exit::Ok);
    }
    let rows = issued.iter().map(|issued| {
        let grant = &issued.grant;
        let tenants = match &grant.tenants {
            Tenants::All => "all rooms".to_owned(),
            Tenants::Only(_) => grant.tenants.to_text().replace(',', ", "),
        };
        [grant.id.clone(), grant.role.to_string(), grant.name.clone(), tenants, state(grant, now)]
    });
    let rows: Vec<Vec<(Tone, String)>> = rows.map(|row| row.map(|cell| (Tone::Plain, cell)).to_vec()).collect();
    cx.out.lines(columns(&rows));
    Ok(Exit::Ok)
}

fn state(grant: &Grant, now: Timestamp) -> String {
    match (grant.revoked, grant.expires) {
        (Some(at), _) => format!("revoked {}", words::stamp(at)),
        (None, Some(end)) if end <= now => format!("ended {}", words::stamp(end)),
        (None, Some(end)) => format!("until {}", words::stamp(end)),
        (None, None) => "holds".to_owned(),
    }
}

fn row(issued: &Issued, now: Timestamp) -> Value {
    let grant = &issued.grant;
    let tenants = match &grant.tenants {
        Tenants::All => json!("*"),
        Tenants::Only(names) => json!(names),
    };
    json!({
        "id": grant.id,
        "name": grant.name,
        "role": grant.role.as_str(),
        "tenants": tenants,
        "made": words::stamp(issued.made),
        "expires": grant.expires.map(words::stamp),
        "revoked": grant.revoked.map(words::stamp),
        "holds": grant.holds(now),
    })
}

fn revoke(cx: &mut Context<'_>, id: &str, database: Option<&str>) -> Result<Exit, Error> {
    cx.writable()?;
    if !shelf(cx, database)?.revoke(id, cx.now())? {
        return Err(usage(format!("there is no token with the id `{id}`")).hint("launchroom token list"));
    }
    cx.out.line(format!("{id} lets nobody in any more"));
    Ok(Exit::Ok)
}
